"""Assignments: what may be stored in, and which of them change nothing.

Source: cmd/compile/internal/escape/assign.go, utils.go (isSelfAssign), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.escape import expr, type_facts
from mkdocs_gomem.compiler.ir import fmt, nodes
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Node, Op
from mkdocs_gomem.compiler.ir.reassignment import is_blank
from mkdocs_gomem.gotypes import identical, types

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.escape.graph import Escape, Hole


def addr(e: Escape, node: Expr | None) -> Hole:
    """Return the hole that stores into an addressable expression (or a map element)."""
    if node is None or is_blank(node):
        return e.discard_hole()
    match node:
        case nodes.Name():
            return e.heap_hole() if node.cls is Class.EXTERN else e.batch.old_loc(node).as_hole()
        case nodes.SelectorExpr(op=Op.DOT):
            return addr(e, node.x)
        case nodes.IndexExpr(op=Op.INDEX):
            expr.discard(e, node.index)
            if type_facts.is_array(node.x.type):
                return addr(e, node.x)
            mutate(e, node.x)
        case nodes.StarExpr() | nodes.SelectorExpr(op=Op.DOTPTR):
            mutate(e, node.x)
        case nodes.IndexExpr(op=Op.INDEXMAP):
            expr.discard(e, node.x)
            # A key that is put into a map must be in the heap (internal/runtime/maps/map.go).
            assign_heap(e, node.index, "key of map put", node)
        case _:
            raise TypeError(f"escape: {type(node).__name__} is not addressable")
    return e.heap_hole()


def addrs(e: Escape, items: Sequence[Expr | None]) -> list[Hole]:
    """Return the holes of several addressable expressions."""
    return [addr(e, item) for item in items]


def mutate(e: Escape, node: Expr) -> None:
    """Let a pointer be written through."""
    expr.expr(e, e.mutator_hole(), node)


def assign_heap(e: Escape, value: Expr, why: str, where: Node) -> None:
    """Store a value in the heap."""
    expr.expr(e, e.heap_hole().note(where, why), value)


def assign_list(
    e: Escape, dsts: Sequence[Expr], srcs: Sequence[Expr | None], why: str, where: Node
) -> None:
    """Assign values to places, one to one; missing values are zero."""
    holes = addrs(e, dsts)
    for index, hole in enumerate(holes):
        src = srcs[index] if index < len(srcs) else None
        dst = dsts[index]
        target = hole
        if src is not None:
            if isinstance(dst, nodes.SelectorExpr) and is_reflect_header_data(dst):
                expr.unsafe_value(e, e.heap_hole().note(where, why), src)
                continue
            if is_self_assign(dst, src):
                text = f"{e.curfn.name} ignoring self-assignment in {fmt.node(where)}"
                e.batch.analysis.remarks.append(nodes.Remark(nodes.outermost(where), text))
                target = e.discard_hole()
        expr.expr(e, target.note(where, why), src)
    reassigned(e, holes, where)


def reassigned(_e: Escape, holes: Sequence[Hole], where: Node) -> None:
    """Mark what is assigned, except by the one statement that defines it."""
    if isinstance(where, nodes.AssignStmt) and where.y is None:
        dst = where.x
        if isinstance(dst, nodes.Name) and dst.defn is None:
            return  # `var x T`: this is how it starts
    is_range = isinstance(where, nodes.RangeStmt)
    for hole in holes:
        loc = hole.dst
        name = loc.node
        if isinstance(name, nodes.Name) and name.defn is where and not is_range:
            continue
        loc.reassigned = True


def is_reflect_header_data(node: Node) -> bool:
    """Tell if a node is `p.Data` of a reflect.SliceHeader or StringHeader."""
    if (
        not isinstance(node, nodes.SelectorExpr)
        or node.sel != "Data"
        or node.op not in {Op.DOT, Op.DOTPTR}
    ):
        return False
    holder = node.x.type
    if node.op is Op.DOTPTR:
        pointer = holder.underlying
        if not isinstance(pointer, types.Pointer):
            return False
        holder = pointer.elem
    named = types.as_named(holder)
    if named is None or named.obj.pkg is None or named.obj.pkg.path != "reflect":
        return False
    return named.obj.name in {"SliceHeader", "StringHeader"}


def is_self_assign(dst: Expr, src: Expr) -> bool:
    """Tell if an assignment stores nothing new: `b.buf = b.buf[i:j]`, `x.a = x.b`."""
    if _is_slice_self_assign(dst, src):
        return True
    if dst.op is not src.op:
        return False
    match dst, src:
        case nodes.SelectorExpr(op=Op.DOT | Op.DOTPTR), nodes.SelectorExpr():
            return same_safe_expr(dst.x, src.x)
        case nodes.IndexExpr(op=Op.INDEX), nodes.IndexExpr():
            if _may_affect_memory(dst.index) or _may_affect_memory(src.index):
                return False
            return same_safe_expr(dst.x, src.x)
        case _:
            return False


def _is_slice_self_assign(dst: Expr, src: Expr) -> bool:
    match dst:
        case nodes.StarExpr() | nodes.SelectorExpr(op=Op.DOTPTR):
            target = dst.x
        case _:
            return False
    if not isinstance(target, nodes.Name) or not isinstance(src, nodes.SliceExpr):
        return False
    if src.op in {Op.SLICEARR, Op.SLICE3ARR} and isinstance(src.x, nodes.AddrExpr):
        return False  # slicing an array in the object makes a new pointer to the object
    match src.x:
        case nodes.StarExpr(x=base) | nodes.SelectorExpr(op=Op.DOTPTR, x=base):
            return base is target
        case _:
            return False


def _may_affect_memory(node: Expr) -> bool:
    match node:
        case nodes.Name() | nodes.Literal() | nodes.Nil():
            return False
        case nodes.BinaryExpr() if node.op in expr.ARITHMETIC or node.op in {Op.LSH, Op.RSH}:
            return _may_affect_memory(node.x) or _may_affect_memory(node.y)
        case nodes.IndexExpr(op=Op.INDEX):
            return _may_affect_memory(node.x) or _may_affect_memory(node.index)
        case (
            nodes.ConvExpr(op=Op.CONVNOP | Op.CONV)
            | nodes.UnaryExpr(op=Op.LEN | Op.CAP | Op.NOT | Op.BITNOT | Op.PLUS | Op.NEG)
            | nodes.SelectorExpr(op=Op.DOT | Op.DOTPTR)
            | nodes.StarExpr()
        ):
            return _may_affect_memory(node.x)
        case _:
            return True


def same_safe_expr(left: Expr, right: Expr) -> bool:
    """Tell if two expressions are the same one and have no effects (ir.SameSafeExpr)."""
    left, right = _skip_nop(left), _skip_nop(right)
    if left.op is not right.op or not identical.identical(left.type, right.type):
        return False
    match left, right:
        case nodes.Name(), nodes.Name():
            return left is right
        case nodes.SelectorExpr(op=Op.DOT | Op.DOTPTR), nodes.SelectorExpr():
            return left.sel == right.sel and same_safe_expr(left.x, right.x)
        case nodes.StarExpr(), nodes.StarExpr():
            return same_safe_expr(left.x, right.x)
        case nodes.UnaryExpr(op=Op.NOT | Op.BITNOT | Op.PLUS | Op.NEG), nodes.UnaryExpr():
            return same_safe_expr(left.x, right.x)
        case nodes.ConvExpr(op=Op.CONV), nodes.ConvExpr():
            return isinstance(left.type.underlying, types.Basic) and same_safe_expr(left.x, right.x)
        case nodes.IndexExpr(), nodes.IndexExpr():
            return same_safe_expr(left.x, right.x) and same_safe_expr(left.index, right.index)
        case nodes.BinaryExpr(), nodes.BinaryExpr():
            return (
                left.op in expr.ARITHMETIC | {Op.LSH, Op.RSH}
                and same_safe_expr(left.x, right.x)
                and same_safe_expr(left.y, right.y)
            )
        case nodes.Literal(), nodes.Literal():
            return bool(left.value == right.value)
        case nodes.Nil(), nodes.Nil():
            return True
        case _:
            return False


def _skip_nop(node: Expr) -> Expr:
    while isinstance(node, nodes.ConvExpr) and node.op is Op.CONVNOP:
        node = node.x
    return node
