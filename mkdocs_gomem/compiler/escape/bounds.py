"""Array indexes that can't be out of range, so that gc leaves the check out and says so.

Only what type, mask or shift of the index show by themselves: `a[i & 3]` of a `[4]int`, a byte
into `[256]T`. gc finds more of them later, silently.

Source: cmd/compile/internal/walk/expr.go (walkIndex), walk/walk.go (bounded), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import limits, type_facts
from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Expr, Func, Node, Op, Remark
from mkdocs_gomem.gotypes import types

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_BITS = 62


def remarks(funcs: Iterable[Func]) -> list[Remark]:
    """Return gc's lines, function by function, literals after what they stand in."""
    found: list[Remark] = []
    for func in funcs:
        if func.is_closure:
            continue
        todo = [func]
        while todo:
            inner: list[Func] = []
            visit.walk_list(todo.pop().body, lambda node, inner=inner: _look(node, inner, found))  # type: ignore[misc]
            todo.extend(inner)
    return found


def _look(node: Node, literals: list[Func], found: list[Remark]) -> None:
    if isinstance(node, nodes.ClosureExpr) and node.func.is_closure:
        literals.append(node.func)
    if not isinstance(node, nodes.IndexExpr) or node.op is not Op.INDEX:
        return
    typ = node.x.type.underlying
    if isinstance(typ, types.Pointer):
        typ = typ.elem.underlying
    if isinstance(typ, types.Array):
        count = typ.len
    elif isinstance(node.x, nodes.Literal) and isinstance(node.x.value, bytes):
        count = len(node.x.value)
    else:
        return
    if not isinstance(node.index, nodes.Literal) and bounded(node.index, count):
        found.append(Remark(nodes.outermost(node), "index bounds check elided"))


def bounded(index: Expr, count: int) -> bool:
    """Tell if an index is surely at least 0 and below `count`."""
    basic = index.type.underlying
    if not isinstance(basic, types.Basic) or not basic.info & types.IS_INTEGER:
        return False
    known = limits.small_int_const(index)
    if known is not None:
        return 0 <= known < count
    signed = not basic.info & types.IS_UNSIGNED
    bits = 8 * type_facts.size_of(index.type)
    match index:
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
