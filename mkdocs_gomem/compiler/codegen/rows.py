"""Which rows of tables are the same in every turn of a loop, so that they are looked up once?

In `for j … { d[i][j] = d[i-1][j] + 1 }` the rows `d[i]` and `d[i-1]` stay what they are: the loop
assigns neither `d` nor `i`, stores no slice in memory, and calls nothing that could. A row whose
index is certainly in range can be looked up before the loop, where no turn has run yet. Another
goroutine may change it meanwhile only without any synchronization, which Go need not notice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import ranges
from mkdocs_gomem.compiler.ir import Op, reassignment, visit
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.codegen.function import FunctionWriter
    from mkdocs_gomem.compiler.codegen.ranges import Inside

Key: TypeAlias = tuple[ir.Name, ir.Name | None, int]
"""A row: of which slice, and its index, a variable and a number that is added."""

_STORING: frozenset[type[ir.Node]] = frozenset((
    ir.AssignStmt, ir.AssignOpStmt, ir.AssignListStmt, ir.RangeStmt,
))  # fmt: skip
_ASKED: frozenset[type[ir.Node]] = frozenset((
    ir.CallExpr, ir.GoDeferStmt, ir.SendStmt, ir.SelectStmt, ir.ClosureExpr, ir.UnaryExpr,
    ir.BinaryExpr, ir.RangeStmt,
))  # fmt: skip
_HARMLESS = frozenset((Op.MIN, Op.MAX, Op.PRINT, Op.PRINTLN))
_WITHOUT_SLICES = (
    types.Basic, types.Pointer, types.Map, types.Chan, types.Signature, types.Interface,
)  # fmt: skip


def key(node: ir.Expr) -> Key | None:
    """Return which row an expression is, if it may be one."""
    if not isinstance(node, ir.IndexExpr) or not isinstance(node.x, ir.Name) or node.init:
        return None
    match node.index:
        case ir.Name() as index:
            return node.x, index, 0
        case ir.Literal(value=int(number)):
            return node.x, None, number
        case ir.BinaryExpr(op=Op.ADD, x=ir.Name() as index, y=ir.Literal(value=int(number))):
            return node.x, index, number
        case ir.BinaryExpr(op=Op.SUB, x=ir.Name() as index, y=ir.Literal(value=int(number))):
            return node.x, index, -number
        case _:
            return None


def steady(f: FunctionWriter, has: Inside) -> dict[Key, ir.IndexExpr]:
    """List the rows that a loop indexes and that are the same in each turn, as they come."""
    found: dict[Key, ir.IndexExpr] = {}
    for node in has.nodes:
        if type(node) is ir.IndexExpr and type(node.x) is ir.IndexExpr:
            row = node.x
            which = key(row)
            if which is not None and which not in found and _is_steady(f, row, has):
                found[which] = row
    return found if found and not _may_store(has.nodes) else {}


def _is_steady(f: FunctionWriter, row: ir.IndexExpr, has: Inside) -> bool:
    table = row.x
    return (
        isinstance(table, ir.Name)
        and isinstance(table.type.underlying, types.Slice)
        and isinstance(row.type.underlying, types.Slice)
        and ranges.is_header(f, table)
        and table not in has.assigned
        and ranges.is_same(f, row.index, has.assigned)
        and ranges.of(f, row.index)[0] >= 0
        and ranges.is_below(f, row.index, table)
    )


def _may_store(nodes: Sequence[ir.Node]) -> bool:
    """Tell if a slice may be stored anywhere but in a local variable, or others may do it."""
    return any(map(_reaches, visit.of(_ASKED, nodes))) or any(
        not isinstance(target, ir.Name) and not _is_without(target.type)
        for node in visit.of(_STORING, nodes)
        for target in reassignment.targets(node)
    )


def _reaches(node: ir.Node) -> bool:
    match node:
        case ir.CallExpr(op=Op.APPEND, args=[ir.Expr(type=typ), *_]):
            return not _has_elements_without(typ)
        case ir.CallExpr():
            return node.op not in _HARMLESS
        case ir.BinaryExpr():
            return node.op is Op.COPY and not _has_elements_without(node.x.type)
        case ir.UnaryExpr():
            return node.op in {Op.RECV, Op.CLEAR}
        case ir.RangeStmt():
            return isinstance(node.x.type.underlying, types.Chan)
        case _:
            return True


def _has_elements_without(typ: types.Type) -> bool:
    under = typ.underlying
    return isinstance(under, types.Slice) and _is_without(under.elem)


def _is_without(typ: types.Type) -> bool:
    """Tell if no slice is part of a type's values themselves."""
    return isinstance(typ.underlying, _WITHOUT_SLICES)
