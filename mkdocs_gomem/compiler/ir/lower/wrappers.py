"""Functions that nobody wrote: they adapt a method or generic function to how it is used.

- a method as a function whose first parameter is the receiver (its type, and METHEXPR nodes);
- `curry` and `method_expr_wrap`: literals that pass on what a plain function value can't carry, a
  dictionary or a receiver of a type parameter;
- `promoted`: the method that a type has because an embedded field has it, or because its base
  type has it: what an interface's method table or `T.M` calls.

Source: cmd/compile/internal/noder/reader.go (curry, methodExprWrap, syntheticClosure,
methodWrapper), typecheck/dcl.go (NewMethodType), go1.27.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

from mkdocs_gomem.compiler.ir import nodes, typefmt
from mkdocs_gomem.compiler.ir.lower import calls, exprs
from mkdocs_gomem.compiler.ir.lower.body import (
    NO_VALUE,
    Body,
    declare_params,
    new_closure,
    new_closure_var,
    new_temp,
)
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Op, Stmt
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.gotypes.types import Type


def plain_signature(signature: types.Signature) -> types.Signature:
    """Return a method's signature without its receiver."""
    if signature.recv is None:
        return signature
    return dataclasses.replace(signature, recv=None, scope=None)


def param(name: str, typ: Type) -> objects.Var:
    """Make a parameter that nobody wrote."""
    return objects.new_param(NO_POS, None, name, typ)


def method_type(signature: types.Signature, recv: Type) -> types.Signature:
    """Return the type of `T.M`: the receiver is the first parameter (typecheck.NewMethodType)."""
    params = types.Tuple((param("", recv), *signature.params.vars))
    return dataclasses.replace(
        signature, recv=None, params=params, scope=None, recv_type_params=(), type_params=()
    )


def method_expr_node(
    pos: Pos, recv: Type, name: str, method: objects.Func | None, func: Func
) -> nodes.SelectorExpr:
    """Make the METHEXPR of a concrete method; `func` takes the receiver first."""
    typ = method_type(func.type, recv)
    return nodes.SelectorExpr(
        pos, typ, nodes.TypeExpr(pos, recv, op=Op.TYPE), name, method, func, op=Op.METHEXPR
    )


def interface_method_expr(b: Body, pos: Pos, recv: Type, method: objects.Func) -> Expr:
    """Make `I.M` for an interface: a function that calls the method of its first argument."""
    func = b.lowerer.interface_method(recv, method)
    return method_expr_node(pos, recv, method.name, method, func)


# Literals that carry arguments.


def _synthetic(
    b: Body, pos: Pos, signature: types.Signature, captures: Sequence[Expr]
) -> tuple[Func, list[Stmt], list[Expr]]:
    """Make a literal without body; also the statements before it, and the captured values."""
    func = new_closure(b.func, pos, "func", signature)
    func.is_wrapper = True
    declare_params(func, signature, None)
    init: list[Stmt] = []
    inside: list[Expr] = []
    for value in captures:
        if calls.is_static(value):
            inside.append(value)
            continue
        temp = b.temp_copy(pos, value, init)
        inside.append(new_closure_var(func, pos, temp))
    return func, init, inside


def curry(
    b: Body, pos: Pos, fun: Expr, bound: list[Expr], typ: Type, *, nil_check: bool = False
) -> Expr:
    """Return a literal of type `typ` that calls `fun` with `bound` before its own arguments."""
    signature = _named_params(cast("types.Signature", typ.underlying))
    func, init, inside = _synthetic(b, pos, signature, [fun, *bound])
    if nil_check and isinstance(bound[0].type.underlying, types.Interface):
        temp = func.closure_vars[0].outer
        if temp is not None:
            init.append(nodes.CheckNilStmt(pos, temp, op=Op.CHECKNIL))
    tail_call(func, pos, inside[0], [*inside[1:], *func.params], is_ddd=signature.variadic)
    closure = cast("nodes.ClosureExpr", func.closure)
    return exprs.init_expr(init, closure)


def method_expr_wrap(
    b: Body,
    pos: Pos,
    recv: Type,
    implicits: Sequence[int],
    fun: Expr,
    dictionary: Expr | None,
    typ: Type,
) -> Expr:
    """Return a literal whose first parameter is `recv`, adapted to what the method takes."""
    signature = _named_params(cast("types.Signature", typ.underlying))
    bound = [fun] if dictionary is None else [fun, dictionary]
    func, init, inside = _synthetic(b, pos, signature, bound)
    first: Expr = func.params[0]
    for index in implicits:
        first = exprs.dot_field(pos, first, index, implicit=True)
    callee_type = cast("types.Signature", fun.type.underlying)
    wanted = types.unalias(callee_type.params.vars[0].type or NO_VALUE)
    first = exprs.adjust_receiver(pos, first, wanted)
    args = [first, *inside[1:], *func.params[1:]]
    tail_call(func, pos, inside[0], args, is_ddd=signature.variadic)
    del recv
    return exprs.init_expr(init, cast("nodes.ClosureExpr", func.closure))


def _named_params(signature: types.Signature) -> types.Signature:
    return dataclasses.replace(signature, scope=None, recv=None)


def tail_call(func: Func, pos: Pos, fun: Expr, args: list[Expr], *, is_ddd: bool) -> None:
    """Let a function's body be one call whose results it returns."""
    func.is_wrapper = True
    results = func.type.results.vars
    typ: Type
    if len(results) == 1:
        typ = types.unalias(results[0].type or NO_VALUE)
    else:
        typ = func.type.results if results else NO_VALUE
    call = calls.make_call(func, pos, fun, args, typ, is_ddd=is_ddd)
    if not results:
        func.body.append(nodes.ExprStmt(pos, call, op=call.op))
    elif len(results) == 1:
        func.body.append(nodes.ReturnStmt(pos, [call], op=Op.RETURN))
    else:
        func.body.append(return_call(func, pos, call))


def return_call(func: Func, pos: Pos, call: nodes.CallExpr) -> Stmt:
    """Return the several results of a call, through temporaries."""
    assign = nodes.AssignListStmt(pos, [], [call], op=Op.AS2FUNC)
    values: list[Expr] = []
    for var in func.type.results.vars:
        temp = new_temp(func, pos, types.unalias(var.type or NO_VALUE))
        assign.init.append(nodes.Decl(pos, temp, op=Op.DCL))
        assign.lhs.append(temp)
        values.append(temp)
    node = nodes.ReturnStmt(pos, values, op=Op.RETURN)
    node.init.append(assign)
    return node


# Methods of other types.


def promoted(lowerer: Lowerer, recv: Type, method: objects.Func, path: tuple[int, ...]) -> Func:
    """Make the method `recv.M` that calls the method of a field, or of the base type."""
    pos = NO_POS
    name = f"{_receiver(recv)}.{method.name}"
    func = _wrapper_func(lowerer, recv, method, name)
    value: Expr = func.params[0]
    for index in path:
        value = exprs.dot_field(pos, value, index, implicit=True)
    signature = method.signature
    declared = signature.recv
    args: list[Expr] = list(func.params[1:])
    if declared is None or isinstance((declared.type or NO_VALUE).underlying, types.Interface):
        fun: Expr = nodes.SelectorExpr(
            pos, plain_signature(func.type), value, method.name, method, op=Op.DOTINTER
        )
    else:
        wanted = types.unalias(declared.type or NO_VALUE)
        value = exprs.adjust_receiver(pos, value, wanted)
        target = lowerer.real_method(method)
        fun = method_expr_node(pos, wanted, method.name, method, target)
        args.insert(0, value)
    tail_call(func, pos, fun, args, is_ddd=signature.variadic)
    return func


def _receiver(recv: Type) -> str:
    text = typefmt.receiver_string(recv)
    return f"({text})" if isinstance(recv, types.Pointer) else text


def _wrapper_func(lowerer: Lowerer, recv: Type, method: objects.Func, name: str) -> Func:
    signature = dataclasses.replace(
        method.signature, recv=param(".this", recv), scope=None, recv_type_params=()
    )
    base = recv.elem if isinstance(recv, types.Pointer) else recv
    named = types.as_named(base)
    pkg = named.obj.pkg if named is not None else lowerer.pkg
    prefix = typefmt.path_prefix(pkg.path) if pkg is not None else "go"
    func = Func(
        NO_POS, typefmt.qualified(pkg, name), f"{prefix}.{name}", signature, pkg,
        is_wrapper=True, is_dupok=True, is_method=True, is_local=True, is_lowered=True,
    )  # fmt: skip
    func.nname = Name(NO_POS, signature, func.name, Class.FUNC, func=func, pkg=pkg)
    declare_params(func, signature, None, recv=signature.recv)
    return func


def interface_method(lowerer: Lowerer, recv: Type, method: objects.Func) -> Func:
    """Make the function that `I.M` is, for an interface type."""
    func = _wrapper_func(lowerer, recv, method, f"{_receiver(recv)}.{method.name}")
    fun = nodes.SelectorExpr(
        NO_POS, plain_signature(func.type), func.params[0], method.name, method, op=Op.DOTINTER
    )
    tail_call(func, NO_POS, fun, list(func.params[1:]), is_ddd=func.type.variadic)
    return func
