"""Function types: parameters, results, receivers and what may be a receiver.

Source: cmd/compile/internal/types2/signature.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import decl, generics, resolver, typexpr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import TYPEXPR
from mkdocs_gomem.compiler.checker.version import GO1_18
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.gotypes.predicates import is_valid
from mkdocs_gomem.gotypes.types import unalias

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.checker.checker import Checker
    from mkdocs_gomem.source import Pos


def func_type(
    check: Checker,
    sig: types.Signature,
    recv_par: syntax.Field | None,
    tparams: Sequence[syntax.Field],
    ftyp: syntax.FuncType,
) -> None:
    """Fill a signature from its syntax."""
    check.open_scope(ftyp, "function")
    scope = check.env.scope
    scope.is_func = True
    sig.scope = scope
    recv: objects.Var | None = None
    rparams: Sequence[types.TypeParam] = ()
    if recv_par is not None:
        recv, rparams = _collect_recv(check, recv_par, ftyp.pos)
    if tparams:
        decl.collect_type_params(check, tparams, sig)
    params, variadic = _collect_params(check, objects.VarKind.PARAM_VAR, ftyp.param_list)
    results, _ = _collect_params(check, objects.VarKind.RESULT_VAR, ftyp.result_list)
    scope_pos = syntax.end_pos(ftyp)
    if recv is not None and recv.name:
        assert recv_par is not None
        decl.declare(check, scope, recv_par.name, recv, scope_pos)
    for fields, variables in ((ftyp.param_list, params), (ftyp.result_list, results)):
        for par, var in zip(fields, variables, strict=True):
            if par.name is not None and par.name.value:
                decl.declare(check, scope, par.name, var, scope_pos)
    sig.recv = recv
    sig.recv_type_params = rparams
    sig.params = types.Tuple(params)
    sig.results = types.Tuple(results)
    sig.variadic = variadic
    check.close_scope()


def _collect_recv(
    check: Checker, rparam: syntax.Field, scope_pos: Pos
) -> tuple[objects.Var, Sequence[types.TypeParam]]:
    rptr, rbase, rtparams = resolver.unpack_recv(check, rparam.type, unpack_params=True)
    recv_type: types.Type = types.INVALID
    tparams: Sequence[types.TypeParam] = ()
    if not rtparams:
        recv_type = typexpr.var_type(check, rparam.type)
        alias = _unpointer(recv_type)
        while isinstance(alias, types.Alias):
            assert alias.from_rhs is not None
            base = _unpointer(alias.from_rhs)
            if isinstance(base, types.Named | types.Alias) and base.type_params:
                what = check.type_string(base)
                text = f"cannot define new methods on instantiated type {what}"
                check.error(rbase, Code.INVALID_RECV, text)
                recv_type = types.INVALID
                break
            alias = base
    else:
        recv_type, tparams = _generic_recv(check, rparam, rbase, rtparams, scope_pos, rptr=rptr)
    recv_kind = objects.VarKind.RECV_VAR
    if rparam.name is not None and rparam.name.value:
        name = rparam.name
        recv = objects.Var(name.pos, check.pkg, name.value, recv_type, recv_kind)
    else:
        recv = objects.Var(rparam.pos, check.pkg, "", recv_type, recv_kind)
        check.info.implicits[rparam] = recv
    check.verify_later(lambda: _valid_recv(check, rbase, recv))
    return recv, tparams


def _generic_recv(
    check: Checker,
    rparam: syntax.Field,
    rbase: syntax.Expr,
    rtparams: Sequence[syntax.Name],
    scope_pos: Pos,
    *,
    rptr: bool,
) -> tuple[types.Type, Sequence[types.TypeParam]]:
    """Return the receiver's type `T[P, Q]` and its own type parameters P, Q."""
    base_type: types.Named | None = None
    gtyp, cause = typexpr.generic_type(check, rbase)
    if isinstance(gtyp, types.Named):
        base_type = gtyp
    elif isinstance(gtyp, types.Alias):
        if is_valid(gtyp):
            what = check.type_string(gtyp)
            text = f"cannot define new methods on generic alias type {what}"
            check.error(rbase, Code.INVALID_RECV, text)
    elif cause:
        check.error(rbase, Code.INVALID_RECV, cause)
    tparams: list[types.TypeParam] = []
    for name in rtparams:
        tparam = decl.declare_type_param(check, name, scope_pos)
        tparams.append(tparam)
        check.record_use(name, tparam.obj)
        check.record_type(name, TYPEXPR, tparam)
    types.bind_type_params(tparams)
    if base_type is None:
        return types.INVALID, tparams
    base_tparams = base_type.type_params
    if len(tparams) == len(base_tparams):
        renamed = generics.make_rename_map(base_tparams, tparams)
        for tparam, base_tparam in zip(tparams, base_tparams, strict=True):
            check.mono.record_canon(tparam, base_tparam)
            tparam.bound = generics.subst(check, base_tparam.bound, renamed)
    else:
        got = measure(len(tparams), "type parameter")
        text = f"receiver declares {got}, but receiver base type declares {len(base_tparams)}"
        check.error(rbase, Code.BAD_RECV, text)
    check.verify_version(rbase, GO1_18, "type instantiation")
    recv_type = generics.instance(check, rparam.type.pos, base_type, tparams)
    check.record_instance(rbase, tparams, recv_type)
    if rptr and is_valid(recv_type):
        recv_type = types.Pointer(recv_type)
    _record_recv_types(check, rparam.type, recv_type)
    return recv_type, tparams


def _unpointer(t: types.Type) -> types.Type:
    while isinstance(t, types.Pointer):
        t = t.elem
    return t


def _record_recv_types(check: Checker, e: syntax.Expr, t: types.Type) -> None:
    while True:
        check.record_type(e, TYPEXPR, t)
        if isinstance(e, syntax.ParenExpr):
            e = e.x
        elif isinstance(e, syntax.Operation) and e.op == "*" and isinstance(t, types.Pointer):
            e, t = e.x, t.elem
        else:
            return


def _collect_params(
    check: Checker, kind: objects.VarKind, fields: Sequence[syntax.Field]
) -> tuple[list[objects.Var], bool]:
    """Return one variable for each parameter, and whether the last is `...T`."""
    if not fields:
        return [], False
    params: list[objects.Var] = []
    variadic = named = anonymous = False
    t: types.Type = types.INVALID
    previous: syntax.Expr | None = None
    last = len(fields) - 1
    for i, field in enumerate(fields):
        ftype = field.type
        if ftype is not previous:
            previous = ftype
            if isinstance(ftype, syntax.DotsType):
                if kind is objects.VarKind.PARAM_VAR and i == last:
                    variadic = True
                else:
                    check.error(ftype, Code.INVALID_SYNTAX_TREE, "invalid use of ...")
                ftype = ftype.elem
            t = typexpr.var_type(check, ftype)
        if field.name is not None:
            name = field.name
            params.append(objects.Var(name.pos, check.pkg, name.value, t, kind))
            named = True
        else:
            par = objects.Var(field.pos, check.pkg, "", t, kind)
            check.info.implicits[field] = par
            params.append(par)
            anonymous = True
    if named and anonymous:
        text = "list contains both named and anonymous parameters"
        check.error(fields[0], Code.INVALID_SYNTAX_TREE, text)
    if variadic:
        elem = params[-1].type
        assert elem is not None
        params[-1].type = types.Slice(elem)
        check.record_type(fields[-1].type, TYPEXPR, params[-1].type)
    return params, variadic


def _valid_recv(check: Checker, at: syntax.Expr, recv: objects.Var) -> None:
    """Report a type that can't have methods."""
    assert recv.type is not None
    rtyp = recv.type
    pointer = unalias(rtyp)
    if isinstance(pointer, types.Pointer):
        rtyp = pointer.elem
    atyp = unalias(rtyp)
    if not is_valid(atyp):
        return
    if isinstance(atyp, types.Named):
        if atyp.obj.pkg is not check.pkg:
            text = f"cannot define new methods on non-local type {check.type_string(rtyp)}"
            check.error(at, Code.INVALID_RECV, text)
            return
        cause = ""
        match atyp.underlying:
            case types.Basic(kind=types.BasicKind.UNSAFE_POINTER):
                cause = "unsafe.Pointer"
            case types.Pointer() | types.Interface():
                cause = "pointer or interface type"
            case _:
                pass
        if cause:
            text = f"invalid receiver type {check.type_string(rtyp)} ({cause})"
            check.error(at, Code.INVALID_RECV, text)
    elif isinstance(atyp, types.Basic):
        text = f"cannot define new methods on non-local type {check.type_string(rtyp)}"
        check.error(at, Code.INVALID_RECV, text)
    else:
        text = f"invalid receiver type {check.type_string(recv.type)}"
        check.error(at, Code.INVALID_RECV, text)


def measure(count: int, unit: str) -> str:
    """Write a count with its unit: `1 value`, `2 values`."""
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
