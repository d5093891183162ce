"""Calls, selectors, and the instantiation of generic functions.

Source: cmd/compile/internal/types2/call.go and errsupport.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import lean
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import (
    assignability,
    assignments,
    builtins,
    cycles,
    decl,
    expr,
    generics,
    index,
    typexpr,
)
from mkdocs_gomem.compiler.checker.checker import METHOD_EXPR, Checker, at_pos
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.errors import INVALID_OP
from mkdocs_gomem.compiler.checker.info import SelectionKind
from mkdocs_gomem.compiler.checker.operand import (
    BUILTIN,
    CONSTANT,
    INVALID,
    NO_VALUE,
    TYPEXPR,
    VALUE,
    VARIABLE,
    Operand,
)
from mkdocs_gomem.compiler.checker.version import GO1_18, GO1_21
from mkdocs_gomem.gotypes import infer as inference
from mkdocs_gomem.gotypes import lookup, objects, substitute, types, universe
from mkdocs_gomem.gotypes.instantiate import is_parameterized
from mkdocs_gomem.gotypes.predicates import is_type_param, is_valid
from mkdocs_gomem.gotypes.typesets import common_under, is_method_set, type_set
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Sequence


def func_inst(
    check: Checker,
    target: expr.Target | None,
    pos: Pos,
    x: Operand,
    inst: syntax.IndexExpr | None,
    *,
    infer: bool,
) -> list[types.Type] | None:
    """Instantiate a generic function, with what is written and what its target tells.

    Returns:
        The type arguments given, if more are needed and `infer` is False.
    """
    if inst is not None:
        pos = inst.pos
        x.expr = inst
    version_ok = check.verify_version(pos, GO1_18, "function instantiation")
    xlist: list[syntax.Expr] = []
    targs: list[types.Type] = []
    if inst is not None:
        xlist = syntax.unpack_list_expr(inst.index)
        written = typexpr.type_list(check, xlist)
        if written is None:
            x.mode = INVALID
            return None
        targs = written
    sig = x.typ
    assert isinstance(sig, types.Signature)
    got, want = len(targs), len(sig.type_params)
    if got > want:
        text = f"got {got} type arguments but want {want}"
        check.error(xlist[got - 1], Code.WRONG_TYPE_ARG_COUNT, text)
        x.mode = INVALID
        return None
    assert x.expr is not None
    if got < want:
        if not infer:
            return targs
        args: list[Operand] = []
        params = types.Tuple()
        if target is not None and sig.type_params:
            if version_ok and not check.allow_version(GO1_21):
                how = "partially" if inst is not None else "implicitly"
                what = f"{how} instantiated function in assignment"
                check.version_error(pos, GO1_21, what)
            plain = types.Signature(params=sig.params, results=sig.results, variadic=sig.variadic)
            params = types.Tuple([objects.new_param(x.expr.pos, check.pkg, "", plain)])
            name = syntax.Name(x.expr.pos, target.desc)
            args = [Operand(VALUE, name, target.sig)]
        tparams, renamed = inference.rename_type_params(sig.type_params, params, check.context)
        assert isinstance(renamed, types.Tuple)
        found = generics.infer(
            check, pos, tparams, targs, renamed, args, reverse=target is not None
        )
        if isinstance(found, inference.InferenceError):
            if found.message:
                check.error(found.pos, Code.CANNOT_INFER_TYPE_ARGS, found.message)
            x.mode = INVALID
            return None
        targs = found
    x.typ = _instantiate_signature(check, x.expr.pos, x.expr, sig, targs, xlist)
    x.mode = VALUE
    return None


def _instantiate_signature(
    check: Checker,
    pos: Pos,
    e: syntax.Expr,
    sig: types.Signature,
    targs: Sequence[types.Type],
    xlist: Sequence[syntax.Expr],
) -> types.Signature:
    inst = generics.instance(check, pos, sig, targs)
    assert isinstance(inst, types.Signature)
    check.record_instance(e, targs, inst)

    def verify() -> None:
        i, cause = generics.verify(check, sig.type_params, targs)
        if cause:
            check.error(xlist[i] if i < len(xlist) else pos, Code.INVALID_TYPE_ARG, cause)
        else:
            check.mono.record_instance(check.pkg, pos, sig.type_params, targs, xlist)

    check.verify_later(verify)
    return inst


def call_expr(check: Checker, x: Operand, call: syntax.CallExpr) -> expr.ExprKind:
    """Check a call, a conversion or a call of a builtin."""
    inst: syntax.IndexExpr | None = None
    fun = call.fun
    if isinstance(fun, syntax.IndexExpr):
        if index.index_expr(check, x, fun):
            inst = fun
        x.expr = fun
        check.record(x)
    else:
        expr.expr_or_type(check, x, fun, allow_generic=True)
    mode = x.mode
    if mode is INVALID:
        use(check, *call.arg_list)
        return "statement"
    if mode is TYPEXPR:
        _conversion(check, x, call)
        return "conversion"
    if mode is BUILTIN:
        builtin = x.id
        if not builtins.builtin(check, x, call, builtin):
            x.mode = INVALID
        elif x.mode is not CONSTANT:
            check.env.has_call_or_recv = True
        return universe.PREDECLARED_FUNCS[builtin].kind  # type: ignore[return-value]
    sig = _called_signature(check, x)
    if sig is None:
        # types2 checks no arguments here: what they use stays unused.
        x.mode = INVALID
        return "statement"
    was_generic = bool(sig.type_params)
    xlist: list[syntax.Expr] = []
    targs: list[types.Type] = []
    if inst is not None:
        xlist = syntax.unpack_list_expr(inst.index)
        written = typexpr.type_list(check, xlist)
        got, want = len(xlist), len(sig.type_params)
        if written is not None and got > want:
            text = f"got {got} type arguments but want {want}"
            check.error(xlist[want], Code.WRONG_TYPE_ARG_COUNT, text)
            written = None
        if written is None:
            use(check, *call.arg_list)
            x.mode = INVALID
            return "statement"
        targs = written
        if got == want > 0:
            check.verify_version(inst, GO1_18, "function instantiation")
            sig = _instantiate_signature(check, inst.pos, inst, sig, targs, xlist)
            targs, xlist = [], []
    args, arg_targs = _generic_expr_list(check, call.arg_list)
    sig = _arguments(check, call, sig, targs, xlist, args, arg_targs)
    if was_generic and not sig.type_params:
        check.record_type(call.fun, VALUE, sig)
    results = sig.results.vars
    if not results:
        x.mode = NO_VALUE
    elif len(results) == 1:
        typ = results[0].type
        if not cycles.is_complete(check, typ):
            x.mode = INVALID
            return "statement"
        x.mode = VALUE
        x.typ = typ
    else:
        x.mode = VALUE
        x.typ = sig.results
    check.env.has_call_or_recv = True
    if x.mode is VALUE and sig.type_params and is_parameterized(sig.type_params, x.typ):
        x.mode = INVALID
    return "statement"


def _called_signature(check: Checker, x: Operand) -> types.Signature | None:
    under = x.typ.underlying
    if isinstance(under, types.Signature):
        return under

    def function(t: types.Type | None, u: types.Type | None) -> str | None:
        if u is not None and not isinstance(u, types.Signature):
            return f"{check.type_string(t)} is not a function"
        return None

    common, cause = common_under(x.typ, function, check.qualifier)
    if isinstance(common, types.Signature):
        return common
    text = f"{INVALID_OP}cannot call {check.operand_string(x)}: {cause}"
    check.error(x, Code.INVALID_CALL, text)
    return None


def _conversion(check: Checker, x: Operand, call: syntax.CallExpr) -> None:
    expr.non_generic(check, None, x)
    if x.mode is INVALID:
        return
    t = x.typ
    x.mode = INVALID
    if not cycles.is_complete(check, t):
        return
    args = call.arg_list
    if not args:
        text = f"missing argument in conversion to {check.type_string(t)}"
        check.error(call, Code.WRONG_ARG_COUNT, text)
        return
    if len(args) > 1:
        use(check, *args)
        text = f"too many arguments in conversion to {check.type_string(t)}"
        check.error(args[-1], Code.WRONG_ARG_COUNT, text)
        return
    expr.expr(check, expr.new_target(t, "conversion"), x, args[0])
    if x.mode is INVALID:
        return
    under = t.underlying
    if (
        isinstance(under, types.Interface)
        and not is_type_param(t)
        and not (is_method_set(type_set(under)))
    ):
        text = (
            f"cannot use interface {check.type_string(t)} in conversion "
            "(contains specific type constraints or is comparable)"
        )
        check.error(call, Code.MISPLACED_CONSTRAINT_IFACE, text)
    elif call.has_dots:
        text = f"invalid use of ... in conversion to {check.type_string(t)}"
        check.error(args[0], Code.BAD_DOT_DOT_DOT_SYNTAX, text)
    else:
        assignability.conversion(check, x, t)


def expr_list(check: Checker, elist: Sequence[syntax.Expr]) -> list[Operand]:
    """Check expressions; a single one may have several values."""
    if len(elist) == 1:
        return expr.multi_expr(check, elist[0], allow_comma_ok=False)[0]
    found = []
    for e in elist:
        x = Operand()
        expr.expr(check, None, x, e)
        found.append(x)
    return found


def _generic_expr_list(
    check: Checker, elist: Sequence[syntax.Expr]
) -> tuple[list[Operand], list[list[types.Type]]]:
    """Check arguments, which may be generic functions, with some type arguments or none."""
    found: list[Operand] = []
    targs_list: list[list[types.Type]] = []
    infer = not check.allow_version(GO1_21)
    single = len(elist) == 1
    for e in elist:
        x = Operand()
        targs: list[types.Type] = []
        if isinstance(e, syntax.IndexExpr):
            told = len(check.errors)
            if index.index_expr(check, x, e):
                some = func_inst(check, None, e.x.pos, x, e, infer=infer)
                if some is not None:
                    targs = some
                    x.expr = e
                else:
                    check.record(x)
            elif len(check.errors) > told:
                # gc checks it a second time, which may tell the same errors again.
                expr.generic_expr(check, x, e, None)
            else:
                x.expr = e
                expr.non_generic(check, None, x)
                check.record(x)
                expr.exclude_non_values(check, x)
                expr.single_value(check, x)
        elif single:
            expr.raw_expr(check, None, x, e, None, allow_generic=True)
            expr.exclude_non_values(check, x)
            if isinstance(x.typ, types.Tuple) and x.mode is not INVALID:
                return [Operand(VALUE, e, v.type) for v in x.typ.vars], []
        else:
            expr.generic_expr(check, x, e, None)
        found.append(x)
        targs_list.append(targs)
    return found, targs_list


def arguments(
    check: Checker, call: syntax.CallExpr, sig: types.Signature, args: list[Operand]
) -> None:
    """Check the arguments of a call whose signature is known."""
    _arguments(check, call, sig, [], [], args, [])


def _arguments(
    check: Checker,
    call: syntax.CallExpr,
    sig: types.Signature,
    targs: Sequence[types.Type],
    xlist: Sequence[syntax.Expr],
    args: list[Operand],
    arg_targs: Sequence[Sequence[types.Type]],
) -> types.Signature:
    """Check arguments, infer type arguments, and return the signature that is called."""
    nargs, npars = len(args), len(sig.params.vars)
    params: Sequence[objects.Var] = sig.params.vars
    dots = call.has_dots
    adjusted = False
    if sig.variadic:
        if dots:
            if len(call.arg_list) == 1 and nargs > 1:
                what = syntax.spell(call.arg_list[0])
                text = f"cannot use ... with {nargs}-valued {what}"
                check.error(call, Code.INVALID_DOT_DOT_DOT, text)
                return sig
        elif nargs >= npars - 1:
            last = params[-1]
            assert isinstance(last.type, types.Slice)
            elem = last.type.elem
            extra = [
                objects.new_param(last.pos, last.pkg, last.name, elem)
                for _ in range(nargs - npars + 1)
            ]
            params = [*params[:-1], *extra]
            adjusted = True
            npars = nargs
        else:
            npars -= 1
    elif dots:
        text = f"cannot use ... in call to non-variadic {syntax.spell(call.fun)}"
        check.error(call, Code.NON_VARIADIC_DOT_DOT_DOT, text)
        return sig
    if nargs != npars:
        _wrong_arg_count(check, call, sig, args, npars)
        return sig
    n = len(sig.type_params)
    tparams: list[types.TypeParam] = []
    known: list[types.Type | None] = []
    if n:
        if not check.allow_version(GO1_18):
            if isinstance(call.fun, syntax.IndexExpr):
                check.version_error(call.fun, GO1_18, "function instantiation")
            else:
                check.version_error(call, GO1_18, "implicit function instantiation")
        renamed_params, renamed = inference.rename_type_params(
            sig.type_params, types.Tuple(list(params)), check.context
        )
        assert isinstance(renamed, types.Tuple)
        tparams = list(renamed_params)
        params = renamed.vars
        known = [*targs, *[None] * (n - len(targs))]
    generic_args: list[int] = []
    for i, arg in enumerate(args):
        asig = arg.typ
        if arg.mode is INVALID or not (isinstance(asig, types.Signature) and asig.type_params):
            continue
        more, own = inference.rename_type_params(asig.type_params, asig, check.context)
        assert isinstance(own, types.Signature)
        arg.typ = lean.replace(own, type_params=more)
        tparams.extend(more)
        if i < len(arg_targs):
            known.extend(arg_targs[i])
        known.extend([None] * (len(tparams) - len(known)))
        generic_args.append(i)
    if generic_args:
        what = "implicitly instantiated function as argument"
        check.verify_version(args[generic_args[0]], GO1_21, what)
    result = sig
    if tparams:
        found = generics.infer(check, call.pos, tparams, known, types.Tuple(params), args)
        if isinstance(found, inference.InferenceError):
            if found.message:
                text = f"in call to {syntax.spell(call.fun)}, {found.message}"
                check.error(found.pos, Code.CANNOT_INFER_TYPE_ARGS, text)
            return sig
        if n:
            result = _instantiate_signature(check, call.pos, call.fun, sig, found[:n], xlist)
            if adjusted:
                smap = substitute.make_subst_map(tparams[:n], found[:n])
                params = substitute.subst_tuple(types.Tuple(params), smap, check.context).vars
            else:
                params = result.params.vars
        j = n
        for i in generic_args:
            arg = args[i]
            asig = arg.typ
            assert arg.expr is not None
            k = j + len(asig.type_params)
            arg.typ = _instantiate_signature(check, call.pos, arg.expr, asig, found[j:k], ())
            check.record(arg)
            j = k
    if args:
        context = "argument to " + syntax.spell(call.fun)
        for arg, par in zip(args, params, strict=True):
            assignments.assignment(check, arg, par.type, context)
    return result


def _wrong_arg_count(
    check: Checker, call: syntax.CallExpr, sig: types.Signature, args: list[Operand], npars: int
) -> None:
    at: syntax.Node = call
    where: Pos | None = None
    qualifier = "not enough"
    if len(args) > npars:
        where = at_pos(args[npars])
        qualifier = "too many"
    elif args:
        where = at_pos(args[-1])
    report = check.new_report(Code.WRONG_ARG_COUNT)
    text = f"{qualifier} arguments in call to {syntax.spell(call.fun)}"
    report.add(at_pos(at) if where is None else where, text)
    have = [x.typ for x in args]
    want = [v.type for v in sig.params.vars]
    dots = call.has_dots
    summary = assignments.types_summary
    report.add(NO_POS, f"have {summary(check, have, variadic=False, has_dots=dots)}")
    report.add(NO_POS, f"want {summary(check, want, variadic=sig.variadic, has_dots=False)}")
    report.report()


# Selectors


def selector(check: Checker, x: Operand, e: syntax.SelectorExpr, *, want_type: bool) -> None:
    """Check `x.f`, or `pkg.Name`."""
    if isinstance(e.x, syntax.Name):
        pkg_name = check.lookup(e.x.value)
        if isinstance(pkg_name, objects.PkgName):
            _qualified(check, x, e, e.x, pkg_name)
            return
    if not _select(check, x, e, want_type=want_type):
        x.mode = INVALID
        x.typ = types.INVALID
    x.expr = e


def _qualified(
    check: Checker,
    x: Operand,
    e: syntax.SelectorExpr,
    name: syntax.Name,
    pkg_name: objects.PkgName,
) -> None:
    check.record_use(name, pkg_name)
    pkg_name.used = True
    pkg = pkg_name.imported
    sel = e.sel.value
    x.expr = e
    x.mode = INVALID
    x.typ = types.INVALID
    exported = pkg.scope.lookup(sel)
    if exported is None or not check.importer.sees(exported):
        if not pkg.fake and typexpr.is_valid_name(sel):
            others = pkg.scope.lookup_ignoring_case(sel, exported=True)
            text = f"undefined: {syntax.spell(e)}"
            if others:
                text += f" (but have {others[0].name})"
            check.error(e.sel, Code.UNDECLARED_IMPORTED_NAME, text)
        return
    if not exported.exported:
        text = f"name {sel} not exported by package {pkg.name}"
        check.error(e.sel, Code.UNEXPORTED_NAME, text)
    if exported.type is None:
        check.importer.complete(exported)
    check.record_use(e.sel, exported)
    match exported:
        case objects.Func():
            x.mode = VALUE
        case objects.TypeName():
            x.mode = TYPEXPR
        case objects.Var():
            x.mode = VARIABLE
        case objects.Const():
            x.mode = CONSTANT
            x.val = exported.val
        case objects.Builtin():
            x.mode = BUILTIN
            x.id = exported.builtin_id
        case _:
            pass
    x.typ = exported.type


def _select(check: Checker, x: Operand, e: syntax.SelectorExpr, *, want_type: bool) -> bool:
    expr.expr_or_type(check, x, e.x, allow_generic=False)
    if x.mode is BUILTIN:
        text = f"invalid use of {check.operand_string(x)} in selector expression"
        check.error(e.pos, Code.UNCALLED_BUILTIN, text)
        return False
    if x.mode is INVALID or not cycles.is_complete(check, x.typ):
        return False
    if want_type:
        check.error(e.sel, Code.NOT_A_TYPE, f"{syntax.spell(e)} is not a type")
        return False
    typ = x.typ
    under = typ.underlying
    if isinstance(under, types.Pointer) and not cycles.is_complete(check, under.elem):
        return False
    sel = e.sel.value
    found = lookup.lookup_field_or_method(typ, x.mode is VARIABLE, check.pkg, sel)
    obj, path, indirect = found
    if obj is None:
        if is_valid(under):
            _selector_error(check, x, e, found)
        return False
    if isinstance(obj, objects.Var):
        if x.mode is TYPEXPR:
            spelled = check.type_string(typ)
            text = f"operand for field selector {sel} must be value of type {spelled}"
            check.error(e.x, Code.MISSING_FIELD_OR_METHOD, text)
            return False
        assert obj.type is not None
        check.record_selection(
            e, SelectionKind.FIELD_VAL, typ, obj, path, obj.type, indirect=indirect
        )
        x.mode = VARIABLE if x.mode is VARIABLE or indirect else VALUE
        x.typ = obj.type
        return True
    assert isinstance(obj, objects.Func)
    if obj.type is None:
        decl.obj_decl(check, obj)
    check.add_decl_dep(obj)
    sig = obj.signature
    if x.mode is TYPEXPR:
        if sig.recv is None:
            text = "illegal cycle in method declaration"
            check.error(e, Code.INVALID_DECL_CYCLE, text)
            return False
        name = ""
        if sig.params.vars and sig.params.vars[0].name:
            name = sig.recv.name or "_"
        first = objects.new_param(sig.recv.pos, sig.recv.pkg, name, typ)
        x.typ = types.Signature(
            type_params=sig.type_params,
            params=types.Tuple([first, *sig.params.vars]),
            results=sig.results,
            variadic=sig.variadic,
            recv_old=METHOD_EXPR,
        )
        kind = SelectionKind.METHOD_EXPR
    else:
        x.typ = lean.replace(sig, recv=None, recv_old=sig.recv)
        kind = SelectionKind.METHOD_VAL
    x.mode = VALUE
    check.record_selection(e, kind, typ, obj, path, x.typ, indirect=indirect)
    return True


def _selector_error(
    check: Checker, x: Operand, e: syntax.SelectorExpr, found: lookup.Found
) -> None:
    sel = e.sel.value
    typ = x.typ
    assert x.expr is not None
    what = syntax.spell(x.expr)
    _, path, indirect = found
    if path:
        text = f"ambiguous selector {what}.{sel}"
        check.error(e.sel, Code.AMBIGUOUS_SELECTOR, text)
        return
    spelled = check.type_string(typ)
    if indirect:
        if x.mode is TYPEXPR:
            text = (
                f"invalid method expression {spelled}.{sel} "
                f"(needs pointer receiver (*{spelled}).{sel})"
            )
        else:
            text = f"cannot call pointer method {sel} on {spelled}"
        check.error(e.sel, Code.INVALID_METHOD_EXPR, text)
        return
    if lookup.is_interface_ptr(typ):
        why = lookup.interface_ptr_error(typ, check.qualifier)
    else:
        other = lookup.lookup_field_or_method(
            typ, x.mode is VARIABLE, check.pkg, sel, fold_case=True
        )
        why = lookup_error(check, typ, sel, other[0], struct_lit=False)
    check.error(e.sel, Code.MISSING_FIELD_OR_METHOD, f"{what}.{sel} undefined ({why})")


def lookup_error(
    check: Checker, typ: types.Type, sel: str, obj: objects.Object | None, *, struct_lit: bool
) -> str:
    """Say what may have been meant by a name that was not found."""
    state = "missing"
    alt = ""
    if obj is not None:
        alt = obj.name
        exported = objects.is_exported(alt)
        if obj.pkg is check.pkg:
            state = "misspelled"
        elif objects.is_exported(sel):
            if exported:
                state = "misspelled"
            elif sel[1:] == alt[1:]:
                state = "unexported"
        elif exported:
            if sel[1:] == alt[1:]:
                state = "misspelled"
        elif sel == alt:
            state = "inaccessible"
    spelled = check.type_string(typ)
    if struct_lit:
        if state == "inaccessible":
            return f"cannot refer to unexported field {alt} in struct literal of type {spelled}"
        text = f"unknown field {sel} in struct literal of type {spelled}"
        if state == "misspelled":
            text += f", but does have {alt}"
        elif state == "unexported":
            text += f", but does have unexported {alt}"
        return text
    what = "object"
    if isinstance(obj, objects.Var):
        what = "field"
    elif isinstance(obj, objects.Func):
        what = "method"
    if state == "inaccessible":
        return f"cannot refer to unexported {what} {alt}"
    text = f"type {spelled} has no field or method {sel}"
    if state == "misspelled":
        text += f", but does have {what} {alt}"
    elif state == "unexported":
        text += f", but does have unexported {what} {alt}"
    return text


# Using expressions after errors


def use(check: Checker, *exprs: syntax.Expr) -> bool:
    """Check expressions only for what they use; return True if all are valid."""
    return all(_use(check, e, lhs=False) for e in exprs)


def use_lhs(check: Checker, *exprs: syntax.Expr) -> bool:
    """Check left-hand sides; a variable that is a whole side is not used by that."""
    return all(_use(check, e, lhs=True) for e in exprs)


def _use(check: Checker, e: syntax.Expr, *, lhs: bool) -> bool:
    x = Operand(VALUE)
    n = syntax.unparen(e)
    if isinstance(n, syntax.Name):
        if n.value == "_":
            return True
        var: objects.Var | None = None
        was_used = False
        if lhs:
            obj = check.lookup(n.value)
            if isinstance(obj, objects.Var) and obj.pkg is check.pkg:
                var, was_used = obj, obj.used
        expr.expr_or_type(check, x, n, allow_generic=True)
        if var is not None:
            var.used = was_used
    elif isinstance(n, syntax.ListExpr):
        return all(_use(check, each, lhs=lhs) for each in n.elem_list)
    else:
        expr.raw_expr(check, None, x, e, None, allow_generic=True)
    return x.mode is not INVALID
