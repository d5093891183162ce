"""`go` and `defer`: the call becomes one without arguments and results.

What must be evaluated at the statement is held in temporaries, which a wrapper captures:
`defer f(x, y)` becomes `x1, y1 := x, y; defer func() { f(x1, y1) }()`.

Source: cmd/compile/internal/typecheck/stmt.go (normalizeGoDeferCall), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.lower import exprs
from mkdocs_gomem.compiler.ir.lower.body import (
    NO_VALUE,
    Body,
    declare_params,
    new_closure,
    new_closure_var,
    new_temp,
)
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Op, Stmt
from mkdocs_gomem.compiler.ir.reassignment import static_callee
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.gotypes.types import BasicKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.source import Pos

_NO_PARAMS = types.Signature()


def go_defer(b: Body, s: syntax.CallStmt) -> Stmt:
    """Lower a `go` or `defer` statement."""
    op = Op.GO if s.tok == "go" else Op.DEFER
    call = exprs.expr(b, s.call)
    node = nodes.GoDeferStmt(s.pos, call, op=op)
    normalize(b.func, node)
    token = b.lowerer.defer_at.get(s)
    if token is not None:
        # The outer function runs the call; the loop's body only hands it over.
        cast("nodes.CallExpr", node.call).defer_at = exprs.expr(b, token)
    if op is Op.DEFER:
        b.func.has_defer = True
        b.func.num_defer += 1
    return node


def normalize(func: Func, node: nodes.GoDeferStmt) -> None:
    """Bring the call of a go or defer statement into normal form."""
    call = node.call
    init = node.init = list(call.init)
    call.init = nodes.NO_STMTS
    if isinstance(call, nodes.CallExpr) and call.op is Op.CALLFUNC and call.fun is not None:
        signature = cast("types.Signature", call.fun.type.underlying)
        if not signature.params.vars and not signature.results.vars:
            call.go_defer = True
            return
    wrapper = new_closure(func, node.pos, "go" if node.op is Op.GO else "defer", _NO_PARAMS)
    declare_params(wrapper, _NO_PARAMS, None)
    wrapper.is_wrapper = True
    wrapper.is_go_wrap = True
    if isinstance(call, nodes.CallExpr) and call.fun is not None:
        wrapper.wrapped = static_callee(call.fun)
    _spill(func, wrapper, node.pos, call, init)
    wrapper.body = [nodes.ExprStmt(call.pos, call, op=call.op)]
    if isinstance(call, nodes.CallExpr) and call.op is Op.RECOVER:
        wrapper.has_recover = True
    closure = cast("nodes.ClosureExpr", wrapper.closure)
    closure.is_go_wrap = True
    node.call = nodes.CallExpr(call.pos, NO_VALUE, closure, [], go_defer=True, op=Op.CALLFUNC)


class _Slot:
    """A place in a call where an operand stands, to be replaced."""

    __slots__ = ("put", "value")

    def __init__(self, value: Expr, put: Callable[[Expr], None]) -> None:
        self.value = value
        self.put = put


def _spill(func: Func, wrapper: Func, pos: Pos, call: Expr, init: list[Stmt]) -> None:
    slots: list[_Slot] = []
    match call:
        case nodes.CallExpr(op=Op.CALLINTER):
            fun = cast("nodes.SelectorExpr", call.fun)
            slots.append(_field_slot(fun, "x", fun.x))
            _visit_list(call.args, slots)
        case nodes.CallExpr():
            if call.fun is not None:
                _visit(_field_slot(call, "fun", call.fun), slots)
            _visit_list(call.args, slots)
        case nodes.BinaryExpr():
            _visit(_field_slot(call, "x", call.x), slots)
            _visit(_field_slot(call, "y", call.y), slots)
        case nodes.UnaryExpr():
            _visit(_field_slot(call, "x", call.x), slots)
        case _:
            raise TypeError(f"go or defer of {call.op.name}")
    if not slots:
        return
    assign = nodes.AssignListStmt(pos, [], [], op=Op.AS2)
    for slot in slots:
        value = slot.value
        own = pos if isinstance(value, nodes.Name) else value.pos
        temp = _temp(func, own, value)
        init.append(nodes.Decl(own, temp, op=Op.DCL))
        temp.defn = assign
        assign.lhs.append(temp)
        assign.rhs.append(value)
        slot.put(new_closure_var(wrapper, own, temp))
    init.append(assign)
    if call.op is Op.CALLINTER:
        init.append(nodes.CheckNilStmt(pos, assign.lhs[0], op=Op.CHECKNIL))


def _temp(func: Func, pos: Pos, value: Expr) -> nodes.Name:
    return new_temp(func, pos, value.type)


def _field_slot(node: nodes.Node, name: str, value: Expr) -> _Slot:
    return _Slot(value, lambda new: setattr(node, name, new))


def _list_slot(items: list[Expr], at: int) -> _Slot:
    def put(new: Expr) -> None:
        items[at] = new

    return _Slot(items[at], put)


def _visit_list(items: list[Expr], slots: list[_Slot]) -> None:
    for at in range(len(items)):
        _visit(_list_slot(items, at), slots)


def _is_basic(expr: Expr, kind: BasicKind) -> bool:
    under = expr.type.underlying
    return isinstance(under, types.Basic) and under.kind is kind


def _visit(slot: _Slot, slots: list[_Slot]) -> None:
    """Note an operand to be held, unless it can as well be evaluated later."""
    value = slot.value
    match value:
        case nodes.Literal() | nodes.Nil():
            return
        case nodes.SelectorExpr(op=Op.METHEXPR) | nodes.UnaryExpr(op=Op.NEW):
            return
        case nodes.Name(cls=Class.FUNC):
            return
        case nodes.ConvExpr(op=Op.CONVNOP) if _is_basic(value, BasicKind.UINTPTR) and _is_basic(
            value.x, BasicKind.UNSAFE_POINTER
        ):
            _visit(_field_slot(value, "x", value.x), slots)
            return
        case nodes.CompLitExpr(op=Op.ARRAYLIT | Op.SLICELIT | Op.STRUCTLIT):
            for at, elem in enumerate(value.elems):
                if isinstance(elem, nodes.KeyExpr | nodes.StructKeyExpr):
                    _visit(_field_slot(elem, "value", elem.value), slots)
                else:
                    _visit(_list_slot(value.elems, at), slots)
            return
        case _:
            slots.append(slot)
