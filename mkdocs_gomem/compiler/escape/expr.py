"""Expressions: where their values go.

`expr(e, hole, node)` lets the value of `node` flow into `hole`; every part is visited, also when
its value is not used, because parts may hold assignments, calls and function literals.

Source: cmd/compile/internal/escape/expr.go, go1.27.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from mkdocs_gomem.compiler.escape import assign, call, place, stmt, type_facts
from mkdocs_gomem.compiler.escape.graph import Escape, Hole
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Op

_FUNC: Final = Class.FUNC
_EXTERN: Final = Class.EXTERN


def expr(e: Escape, hole: Hole, node: Expr | None) -> None:
    """Let the value of an expression flow into a hole."""
    if node is None:
        return
    if node.init:
        stmt.stmts(e, node.init)
    expr_skip_init(e, hole, node)


def expr_skip_init(e: Escape, hole: Hole, node: Expr) -> None:
    """Let the value flow, when the statements before it were seen already."""
    if hole.derefs >= 0 and not e.batch.analysis.holds_pointers[node.type]:
        hole = Hole(e.batch.blank, hole.derefs, hole.notes, addrtaken=hole.addrtaken)
    handler = _BY_CLASS.get(type(node))
    if handler is None:
        raise TypeError(f"escape: unexpected expression {type(node).__name__}")
    handler(e, hole, node)


def discard(e: Escape, node: Expr | None) -> None:
    """Evaluate for effects only."""
    if node is not None:
        expr(e, e.discard_hole(), node)


def discards(e: Escape, items: Iterable[Expr]) -> None:
    """Evaluate several for effects only."""
    for item in items:
        discard(e, item)


def _nothing(_e: Escape, _hole: Hole, _node: Expr) -> None:
    """Constants, types: nothing flows."""


def _name(e: Escape, hole: Hole, node: nodes.Name) -> None:
    if node.cls is _FUNC or node.cls is _EXTERN:
        return
    e.batch.flow(hole, e.batch.old_loc(node))


def _binary(e: Escape, hole: Hole, node: nodes.BinaryExpr) -> None:
    if node.op in _BINARY_CALLS:
        call.call(e, [hole], node)
        return
    discard(e, node.x)
    discard(e, node.y)


def _unary(e: Escape, hole: Hole, node: nodes.UnaryExpr) -> None:
    if node.op is Op.NEW:
        e.spill(hole, node)
    elif node.op in _UNARY_CALLS:
        call.call(e, [hole], node)
    else:
        discard(e, node.x)


def _call(e: Escape, hole: Hole, node: nodes.CallExpr | nodes.InlinedCallExpr) -> None:
    call.call(e, [hole], node)


def _addr(e: Escape, hole: Hole, node: nodes.AddrExpr) -> None:
    if node.op is Op.PTRLIT:
        expr(e, e.spill(hole, node), node.x)
    else:
        expr(e, hole.addr(node, "address-of"), node.x)


def _star(e: Escape, hole: Hole, node: nodes.StarExpr) -> None:
    expr(e, hole.deref(node, "indirection"), node.x)


def _paren(e: Escape, hole: Hole, node: nodes.ParenExpr) -> None:
    expr(e, hole, node.x)


def _selector(e: Escape, hole: Hole, node: nodes.SelectorExpr) -> None:
    match node.op:
        case Op.DOT | Op.DOTMETH | Op.DOTINTER:
            expr(e, hole.note(node, "dot"), node.x)
        case Op.DOTPTR:
            expr(e, hole.deref(node, "dot of pointer"), node.x)
        case Op.METHVALUE:
            _method_value(e, hole, node)
        case _:  # METHEXPR
            return


def _method_value(e: Escape, hole: Hole, node: nodes.SelectorExpr) -> None:
    """The receiver goes into the closure and into the method, called nobody knows how."""
    closure_hole = e.spill(hole, node)
    func = node.func
    if func is None:
        param_hole = e.heap_hole()
    else:
        results = [e.heap_hole() for _ in func.type.results.vars]
        param_hole = call.tag_hole(e, results, func, 0)
    expr(e, e.tee_hole([param_hole, closure_hole]), node.x)


def _type_assert(e: Escape, hole: Hole, node: nodes.TypeAssertExpr) -> None:
    expr(e, hole.dot_type(node.type, node, "dot"), node.x)


def _index(e: Escape, hole: Hole, node: nodes.IndexExpr) -> None:
    if node.op is Op.INDEXMAP:  # a key that is looked up stays where it is
        discard(e, node.x)
    elif type_facts.is_array(node.x.type):
        expr(e, hole.note(node, "fixed-array-index-of"), node.x)
    else:
        expr(e, hole.deref(node, "dot of pointer"), node.x)
    discard(e, node.index)


def _slice(e: Escape, hole: Hole, node: nodes.SliceExpr) -> None:
    expr(e, hole.note(node, "slice"), node.x)
    discard(e, node.low)
    discard(e, node.high)
    discard(e, node.max)


def _conv(e: Escape, hole: Hole, node: nodes.ConvExpr) -> None:
    match node.op:
        case Op.CONVIFACE:
            source = node.x.type
            if not type_facts.is_interface(source) and not type_facts.is_direct_iface(source):
                hole = e.spill(hole, node)
            expr(e, hole.note(node, "interface-converted"), node.x)
        case Op.CONV | Op.CONVNOP:
            if type_facts.is_unsafe_pointer(node.type) and type_facts.is_uintptr(node.x.type):
                unsafe_value(e, hole, node.x)
            else:
                expr(e, hole, node.x)
        case Op.SLICE2ARR:
            expr(e, hole.deref(node, "slice-to-array"), node.x)
        case Op.SLICE2ARRPTR:
            expr(e, hole, node.x)
        case _:  # between strings and slices
            e.spill(hole, node)
            discard(e, node.x)


def _make(e: Escape, hole: Hole, node: nodes.MakeExpr) -> None:
    if node.op is not Op.MAKECHAN:
        e.spill(hole, node)
    discard(e, node.len)
    if node.op is Op.MAKESLICE:
        discard(e, node.cap)


def _comp_lit(e: Escape, hole: Hole, node: nodes.CompLitExpr) -> None:
    match node.op:
        case Op.ARRAYLIT:
            for item in node.elems:
                value = item.value if isinstance(item, nodes.KeyExpr) else item
                expr(e, hole.note(node, "array literal element"), value)
        case Op.SLICELIT:
            hole = e.spill(hole, node)
            for item in node.elems:
                value = item.value if isinstance(item, nodes.KeyExpr) else item
                expr(e, hole.note(node, "slice-literal-element"), value)
        case Op.STRUCTLIT:
            for item in node.elems:
                if isinstance(item, nodes.StructKeyExpr):
                    expr(e, hole.note(node, "struct literal element"), item.value)
        case _:  # MAPLIT: keys and values are always stored in the heap
            e.spill(hole, node)
            for item in node.elems:
                if isinstance(item, nodes.KeyExpr):
                    assign.assign_heap(e, item.key, "map literal key", node)
                    assign.assign_heap(e, item.value, "map literal value", node)


def _closure(e: Escape, hole: Hole, node: nodes.ClosureExpr) -> None:
    batch = e.batch
    batch.closures.append((e.spill(hole, node), node))
    func = node.func
    if not func.is_closure:
        return  # captures nothing: a function like any other, analysed on its own
    for captured in func.closure_vars:
        loc = batch.old_loc(captured)
        if not loc.captured:
            loc.captured = True
            # What was assigned before the first capture, in straight line, does not matter.
            if loc.loop_depth == e.loop_depth:
                loc.reassigned = False
    inner = Escape(batch, func)
    for name in func.dcl:
        if name not in batch.locs:
            inner.new_loc(name, persists=True)
    place.walk_func(batch, func)


def _add_string(e: Escape, hole: Hole, node: nodes.AddStringExpr) -> None:
    e.spill(hole, node)
    discards(e, node.operands)


def unsafe_value(e: Escape, hole: Hole, node: Expr) -> None:
    """Look through arithmetic on a uintptr for a pointer that was converted to it."""
    stmt.stmts(e, node.init)
    match node:
        case nodes.ConvExpr(op=Op.CONV | Op.CONVNOP):
            if type_facts.is_unsafe_pointer(node.x.type):
                expr(e, hole, node.x)
            else:
                discard(e, node.x)
        case nodes.SelectorExpr(op=Op.DOTPTR):
            if assign.is_reflect_header_data(node):
                expr(e, hole.deref(node, "reflect.Header.Data"), node.x)
            else:
                discard(e, node.x)
        case nodes.UnaryExpr(op=Op.PLUS | Op.NEG | Op.BITNOT):
            unsafe_value(e, hole, node.x)
        case nodes.BinaryExpr(op=Op.LSH | Op.RSH):
            unsafe_value(e, hole, node.x)
            discard(e, node.y)
        case nodes.BinaryExpr() if node.op in ARITHMETIC:
            unsafe_value(e, hole, node.x)
            unsafe_value(e, hole, node.y)
        case _:
            expr_skip_init(e, e.discard_hole(), node)


ARITHMETIC: Final = frozenset(
    {Op.ADD, Op.SUB, Op.OR, Op.XOR, Op.MUL, Op.DIV, Op.MOD, Op.AND, Op.ANDNOT}
)
_BINARY_CALLS: Final = frozenset(
    {Op.COPY, Op.COMPLEX, Op.UNSAFEADD, Op.UNSAFESLICE, Op.UNSAFESTRING}
)
_UNARY_CALLS: Final = frozenset(
    {Op.LEN, Op.CAP, Op.REAL, Op.IMAG, Op.UNSAFESTRINGDATA, Op.UNSAFESLICEDATA}
)

_Handler: TypeAlias = Callable[[Escape, Hole, nodes.Expr], None]
_BY_CLASS: Final[dict[type, _Handler]] = {
    nodes.Name: _name,  # type: ignore[dict-item]
    nodes.Literal: _nothing,
    nodes.Nil: _nothing,
    nodes.TypeExpr: _nothing,
    nodes.BinaryExpr: _binary,  # type: ignore[dict-item]
    nodes.UnaryExpr: _unary,  # type: ignore[dict-item]
    nodes.AddStringExpr: _add_string,  # type: ignore[dict-item]
    nodes.AddrExpr: _addr,  # type: ignore[dict-item]
    nodes.StarExpr: _star,  # type: ignore[dict-item]
    nodes.ParenExpr: _paren,  # type: ignore[dict-item]
    nodes.SelectorExpr: _selector,  # type: ignore[dict-item]
    nodes.IndexExpr: _index,  # type: ignore[dict-item]
    nodes.SliceExpr: _slice,  # type: ignore[dict-item]
    nodes.TypeAssertExpr: _type_assert,  # type: ignore[dict-item]
    nodes.ConvExpr: _conv,  # type: ignore[dict-item]
    nodes.CompLitExpr: _comp_lit,  # type: ignore[dict-item]
    nodes.ClosureExpr: _closure,  # type: ignore[dict-item]
    nodes.CallExpr: _call,  # type: ignore[dict-item]
    nodes.InlinedCallExpr: _call,  # type: ignore[dict-item]
    nodes.MakeExpr: _make,  # type: ignore[dict-item]
}
