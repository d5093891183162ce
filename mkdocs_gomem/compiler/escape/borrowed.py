"""Which conversions of bytes to a string make none, because the string is only looked at?

gc lets such a string be the bytes themselves: in comparisons, as the key of a map that is read, as
what a `switch` of constants asks for, as part of a concatenation that has a constant. Of
`len(string(b))` and `len([]rune(s))` only the number is worked out.

Source: cmd/compile/internal/walk/{order,switch,builtin}.go (OBYTES2STRTMP, isRuneCount,
isByteCount), ssa/_gen/generic.rules (slicebytetostring), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import ConvExpr, Expr, Op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_COMPARISONS = frozenset({Op.EQ, Op.NE, Op.LT, Op.LE, Op.GT, Op.GE})
_MAYBE = frozenset({Op.BYTES2STR, Op.STR2RUNES})


def borrowed(body: Sequence[nodes.Node]) -> set[ConvExpr]:
    """Return the conversions among the nodes of a function that make nothing."""
    if not any(type(node) is ConvExpr and node.op in _MAYBE for node in body):
        return set()
    stored = set(_stored(body))
    found: set[ConvExpr] = set()
    for node in body:
        match node:
            case nodes.BinaryExpr() if node.op in _COMPARISONS:
                found.update(_bytes([node.x, node.y]))
            case nodes.IndexExpr(op=Op.INDEXMAP) if node not in stored:
                found.update(_in_key(node.index))
            case nodes.CallExpr(op=Op.DELETE):
                found.update(_bytes([_plain(node.args[1])]))
            case nodes.AddStringExpr():
                found.update(_joined(_operands(node)))
            case nodes.UnaryExpr(op=Op.LEN, x=ConvExpr() as counted) if counted.op in _MAYBE:
                found.add(counted)
            case nodes.SwitchStmt(tag=ConvExpr() as tag):
                if all(isinstance(x, nodes.Literal) for case in node.cases for x in case.values):
                    found.update(_bytes([tag]))
            case _:
                pass
    return found


def _stored(body: Iterable[nodes.Node]) -> Iterator[nodes.Node | None]:
    """Yield what is assigned to: an entry of a map keeps its key."""
    for node in body:
        match node:
            case nodes.AssignStmt() | nodes.AssignOpStmt():
                yield node.x
            case nodes.AssignListStmt():
                yield from node.lhs
            case nodes.RangeStmt():
                yield from (node.key, node.value)
            case _:
                pass


def _bare(x: Expr) -> Expr:
    while isinstance(x, nodes.ParenExpr):
        x = x.x
    return x


def _bytes(items: Iterable[Expr]) -> Iterator[ConvExpr]:
    for x in map(_bare, items):
        if isinstance(x, ConvExpr) and x.op is Op.BYTES2STR:
            yield x


def _plain(x: Expr) -> Expr:
    """Return what is converted to a type of the same kind, which costs nothing."""
    while isinstance(x, nodes.ParenExpr) or (isinstance(x, ConvExpr) and x.op is Op.CONVNOP):
        x = x.x
    return x


def _in_key(key: Expr) -> Iterator[ConvExpr]:
    match key:
        case nodes.CompLitExpr(op=Op.STRUCTLIT | Op.ARRAYLIT):
            for item in key.elems:
                if isinstance(item, nodes.KeyExpr | nodes.StructKeyExpr):
                    item = item.value  # noqa: PLW2901
                yield from _in_key(item)
        case _:
            yield from _bytes([_plain(key)])


def _operands(x: nodes.AddStringExpr) -> Iterator[Expr]:
    """Yield all that becomes one concatenation."""
    for operand in map(_bare, x.operands):
        if isinstance(operand, nodes.AddStringExpr):
            yield from _operands(operand)
        else:
            yield operand


def _joined(operands: Iterable[Expr]) -> Iterator[ConvExpr]:
    parts = list(operands)
    if any(isinstance(part, nodes.Literal) and part.value for part in parts):
        yield from _bytes(parts)
