"""Array indexes that can't be out of range, so that gc leaves the check out and says so.

Only what type, mask or shift of the index show by themselves: `a[i & 3]` of a `[4]int`, a byte
into `[256]T`. gc finds more of them later, silently.

Source: cmd/compile/internal/walk/expr.go (walkIndex, bounded, safeExpr), builtin.go (walkAppend),
go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import limits, type_facts
from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Expr, Func, Node, Op, Remark
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.compiler.ir.visit import Bodies

_MAX_BITS = 62


def remarks(funcs: Iterable[Func], bodies: Bodies) -> list[Remark]:
    """Return gc's lines, function by function, literals after what they stand in."""
    found: list[Remark] = []
    for func in funcs:
        if func.is_closure:
            continue
        todo = [func]
        while todo:
            body = bodies[todo.pop()]
            if visit.any_of(nodes.IndexExpr, body) or visit.any_of(nodes.ClosureExpr, body):
                look = _Look(found)
                for node in visit.of(_LOOKED_AT, body):
                    look(node)
                todo.extend(look.literals)
    return found


_LOOKED_AT = frozenset({nodes.CallExpr, nodes.IndexExpr, nodes.ClosureExpr})


class _Look:
    """Looks at the nodes of one function, a node before what is inside."""

    def __init__(self, found: list[Remark]) -> None:
        self.literals: list[Func] = []
        self._found = found
        self._hidden: set[Node] = set()
        """Indexed expressions whose index gc has put into a temporary: only its type is left."""

    def __call__(self, node: Node) -> None:
        """Look at one."""
        match node:
            case nodes.ClosureExpr() if node.func.is_closure:
                self.literals.append(node.func)
            case nodes.CallExpr(op=Op.APPEND):
                for argument in node.args:
                    self._hide(argument)
            case nodes.IndexExpr(op=Op.INDEX):
                if _is_elided(node, hidden=node in self._hidden):
                    remark = Remark(nodes.outermost(node), "index bounds check elided")
                    self._found.append(remark)
            case _:
                pass

    def _hide(self, node: Expr) -> None:
        """Follow walk's safeExpr, which makes an operand safe to be evaluated twice."""
        match node:
            case nodes.IndexExpr():
                self._hidden.add(node)
                self._hide(node.x)
                self._hide(node.index)
            case nodes.SelectorExpr(op=Op.DOT | Op.DOTPTR) | nodes.StarExpr():
                self._hide(node.x)
            case _:
                pass


def _is_elided(node: nodes.IndexExpr, *, hidden: bool) -> bool:
    typ = node.x.type.underlying
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    if isinstance(typ, types.Array):
        count = typ.len
    elif isinstance(node.x, nodes.Literal) and isinstance(node.x.value, bytes):
        count = len(node.x.value)
    else:
        return False
    return not isinstance(node.index, nodes.Literal) and bounded(node.index, count, hidden=hidden)


def bounded(index: Expr, count: int, *, hidden: bool = False) -> bool:
    """Tell if an index is surely at least 0 and below `count`, if it is hidden by its type."""
    basic = index.type.underlying
    if not isinstance(basic, types.Basic) or not basic.info & types.IS_INTEGER:
        return False
    known = limits.small_int_const(index)
    if known is not None:
        return 0 <= known < count
    signed = not basic.info & types.IS_UNSIGNED
    bits = 8 * type_facts.size_of(index.type)
    match index:
        case _ if hidden:
            pass
        case nodes.BinaryExpr(op=Op.AND | Op.ANDNOT):
            mask = _mask(index, bits, signed=signed)
            if 0 <= mask < count:
                return True
        case nodes.BinaryExpr(op=Op.MOD) if not signed:
            divisor = limits.small_int_const(index.y)
            if divisor is not None and 0 <= divisor <= count:
                return True
        case nodes.BinaryExpr(op=Op.DIV) if not signed:
            divisor = limits.small_int_const(index.y) or 0
            while bits > 0 and divisor >= 2:
                bits -= 1
                divisor >>= 1
        case nodes.BinaryExpr(op=Op.RSH) if not signed:
            shift = limits.small_int_const(index.y)
            if shift is not None:
                if shift > bits:
                    return count > 0
                bits -= shift
        case _:
            pass
    return not signed and bits <= _MAX_BITS and 1 << bits <= count


def _mask(index: nodes.BinaryExpr, bits: int, *, signed: bool) -> int:
    left = limits.small_int_const(index.x)
    if left is not None:
        return left
    right = limits.small_int_const(index.y)
    if right is None:
        return -1
    if index.op is Op.AND:
        return right
    return ~right if signed else ~right & (1 << bits) - 1
