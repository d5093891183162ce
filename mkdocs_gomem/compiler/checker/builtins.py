"""The predeclared functions, and those of package unsafe.

Source: cmd/compile/internal/types2/builtins.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import (
    assignability,
    assignments,
    call,
    cycles,
    expr,
    index,
    operators,
    typexpr,
)
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import convert_untyped
from mkdocs_gomem.compiler.checker.errors import INVALID_ARG, INVALID_OP
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
from mkdocs_gomem.compiler.checker.version import GO1_17, GO1_20, GO1_21, GO1_26
from mkdocs_gomem.gotypes import constants, layout, lookup, objects, types, typesets, universe
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import (
    all_ordered,
    all_string,
    default,
    is_numeric,
    is_string,
    is_type_param,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.gotypes.types import unalias
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.checker.checker import Checker

_KIND = types.BasicKind
_TYP = types.TYP
_INT = _TYP[_KIND.INT]
_UINTPTR = _TYP[_KIND.UINTPTR]
_STRING = _TYP[_KIND.STRING]
_UNSAFE_POINTER = _TYP[_KIND.UNSAFE_POINTER]
_UNTYPED_FLOAT = _TYP[_KIND.UNTYPED_FLOAT]
_BYTES = types.Slice(universe.UNIVERSE_BYTE)
_BYTE_POINTER = types.Pointer(universe.UNIVERSE_BYTE)
_ID = objects.BuiltinId

MAX_SIZE = (1 << 63) - 1
"""Bytes of a type."""

_COMPLEX_OF = {
    _KIND.FLOAT32: _TYP[_KIND.COMPLEX64],
    _KIND.FLOAT64: _TYP[_KIND.COMPLEX128],
    _KIND.UNTYPED_FLOAT: _TYP[_KIND.UNTYPED_COMPLEX],
}
_PART_OF = {
    _KIND.COMPLEX64: _TYP[_KIND.FLOAT32],
    _KIND.COMPLEX128: _TYP[_KIND.FLOAT64],
    _KIND.UNTYPED_COMPLEX: _TYP[_KIND.UNTYPED_FLOAT],
}


def builtin(check: Checker, x: Operand, node: syntax.CallExpr, which: objects.BuiltinId) -> bool:
    """Check a call of a builtin; False after an error."""
    fact = universe.PREDECLARED_FUNCS[which]
    arg_list = node.arg_list
    if node.has_dots and which is not _ID.APPEND:
        text = f"{INVALID_OP}invalid use of ... with built-in {fact.name}"
        check.error(node, Code.INVALID_DOT_DOT_DOT, text)
        call.use(check, *arg_list)
        return False
    measured = which is _ID.LEN or which is _ID.CAP
    had_call = check.env.has_call_or_recv
    if measured:
        # Whether the length of an array is a constant depends on its own operand alone.
        check.env.has_call_or_recv = False
    args: list[Operand] = []
    if which in (_ID.MAKE, _ID.NEW, _ID.OFFSETOF):
        nargs = len(arg_list)
    else:
        args = call.expr_list(check, arg_list)
        nargs = len(args)
        if any(a.mode is INVALID for a in args):
            if measured:
                check.env.has_call_or_recv = had_call
            return False
        if args:
            x.assign(args[0])
    message = ""
    if nargs < fact.nargs:
        message = "not enough"
    elif not fact.variadic and nargs > fact.nargs:
        message = "too many"
    ok = False
    if message:
        text = (
            f"{INVALID_OP}{message} arguments for {syntax.spell(node)} "
            f"(expected {fact.nargs}, found {nargs})"
        )
        check.error(node, Code.WRONG_ARG_COUNT, text)
    else:
        ok = _HANDLERS[which](check, x, node, args, fact)
    if measured:
        check.env.has_call_or_recv = had_call
    return ok


def make_sig(result: types.Type | None, *args: types.Type) -> types.Signature:
    """Return the signature that a builtin has in one call."""
    params = [objects.new_param(NO_POS, None, "", default(arg)) for arg in args]
    results = []
    if result is not None:
        results = [objects.Var(NO_POS, None, "", result, objects.VarKind.RESULT_VAR)]
    return types.Signature(params=types.Tuple(params), results=types.Tuple(results))


def array_ptr_deref(typ: types.Type) -> types.Type:
    """Return the array that a type points to, else the type itself."""
    pointer = unalias(typ)
    if isinstance(pointer, types.Pointer):
        array = pointer.elem.underlying
        if isinstance(array, types.Array):
            return array
    return typ


def _record(check: Checker, node: syntax.CallExpr, sig: types.Signature) -> None:
    check.record_builtin_type(node.fun, sig)


def _slice_elem(check: Checker, x: Operand) -> tuple[types.Type | None, str]:
    """Return the element type of a slice, or why there is none."""
    elem: types.Type | None = None
    for _, u in typesets.typeset(x.typ):
        if not isinstance(u, types.Slice):
            have = "untyped nil" if x.is_nil else check.operand_string(x)
            return None, f"argument must be a slice; have {have}"
        if elem is None:
            elem = u.elem
        elif not identical(elem, u.elem):
            one, two = check.type_string(elem), check.type_string(u.elem)
            what = check.operand_string(x)
            return None, f"mismatched slice element types {one} and {two} in {what}"
    return elem, ""


def _bytes_or_strings(typ: types.Type) -> tuple[bool, bool]:
    """Tell whether a type is `[]byte` or a string throughout, and whether a string ever."""
    strings = False
    for _, u in typesets.typeset(typ):
        if isinstance(u, types.Slice) and identical(u.elem, universe.UNIVERSE_BYTE):
            continue
        if u is None or not is_string(u):
            return False, False
        strings = True
    return True, strings


def _append(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    elem, cause = _slice_elem(check, x)
    if elem is None:
        check.error(x, Code.INVALID_APPEND, f"invalid append: {cause}")
        return False
    sig: types.Signature | None = None
    if len(args) == 2 and node.has_dots and (assignability.assignable_to(check, x, _BYTES).ok):
        fits, strings = _bytes_or_strings(args[1].typ)
        if fits and strings:
            sig = make_sig(x.typ, x.typ, args[1].typ)
            sig.variadic = True
    typ = x.typ
    if sig is None:
        sig = make_sig(typ, typ, types.Slice(elem))
        sig.variadic = True
        call.arguments(check, node, sig, args)
    _record(check, node, sig)
    x.mode = VALUE
    x.typ = typ
    return True


def _len_cap(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    is_len = fact.name == "len"

    def measurable(u: types.Type | None) -> bool:
        match array_ptr_deref(u) if u is not None else None:
            case types.Basic(info=info):
                return is_len and info & types.IS_STRING != 0
            case types.Array() | types.Slice() | types.Chan():
                return True
            case types.Map():
                return is_len
            case _:
                pass
        return False

    under = x.typ.underlying
    t = array_ptr_deref(under)
    val: constants.Value | None = None
    if isinstance(t, types.Array):
        if not check.env.has_call_or_recv:
            val = constants.make_int(t.len) if t.len >= 0 else constants.make_unknown()
    elif isinstance(t, types.Basic) and x.mode is CONSTANT and measurable(t):
        val = constants.make_int(len(constants.string_val(x.val)))
    elif not (typesets.under_is(x.typ, measurable) if is_type_param(x.typ) else measurable(under)):
        if is_valid(under):
            code = Code.INVALID_LEN if is_len else Code.INVALID_CAP
            text = f"{INVALID_ARG}{check.operand_string(x)} for built-in {fact.name}"
            check.error(x, code, text)
        return False
    if val is None:
        _record(check, node, make_sig(_INT, x.typ))
    x.mode = VALUE if val is None else CONSTANT
    x.typ = _INT
    x.val = val
    return True


def _clear(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_21, "clear")

    def clearable(u: types.Type | None) -> bool:
        if isinstance(u, types.Map | types.Slice):
            return True
        text = (
            f"{INVALID_ARG}cannot clear {check.operand_string(x)}: "
            "argument must be (or constrained by) map or slice"
        )
        check.error(x, Code.INVALID_CLEAR, text)
        return False

    if not typesets.under_is(x.typ, clearable):
        return False
    _record(check, node, make_sig(None, x.typ))
    x.mode = NO_VALUE
    return True


def _close(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    def closable(u: types.Type | None) -> bool:
        if not isinstance(u, types.Chan):
            why = "non-channel"
        elif u.dir is types.ChanDir.RECV_ONLY:
            why = "receive-only channel"
        else:
            return True
        text = f"{INVALID_OP}cannot close {why} {check.operand_string(x)}"
        check.error(x, Code.INVALID_CLOSE, text)
        return False

    if not typesets.under_is(x.typ, closable):
        return False
    _record(check, node, make_sig(None, x.typ))
    x.mode = NO_VALUE
    return True


def _complex(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    y = args[1]
    x_untyped, y_untyped = is_untyped(x.typ), is_untyped(y.typ)
    if x_untyped and y_untyped:
        if x.mode is CONSTANT and y.mode is CONSTANT:
            for part in (x, y):
                if is_numeric(part.typ) and constants.sign(constants.imag(part.val)) == 0:
                    part.typ = _UNTYPED_FLOAT
        else:
            convert_untyped(check, x, _TYP[_KIND.FLOAT64])
            convert_untyped(check, y, _TYP[_KIND.FLOAT64])
    elif x_untyped:
        convert_untyped(check, x, y.typ)
    elif y_untyped:
        convert_untyped(check, y, x.typ)
    if x.mode is INVALID or y.mode is INVALID:
        return False
    if not identical(x.typ, y.typ):
        xt, yt = check.type_string(x.typ), check.type_string(y.typ)
        text = f"{INVALID_OP}{syntax.spell(node)} (mismatched types {xt} and {yt})"
        check.error(x, Code.INVALID_COMPLEX, text)
        return False
    result = _apply(check, x, fact.name, Code.INVALID_COMPLEX, _COMPLEX_OF)
    if result is None:
        spelled = check.type_string(x.typ)
        text = f"{INVALID_ARG}arguments have type {spelled}, expected floating-point"
        check.error(x, Code.INVALID_COMPLEX, text)
        return False
    if x.mode is CONSTANT and y.mode is CONSTANT:
        imaginary = constants.make_imag(constants.to_float(y.val))
        x.val = constants.binary_op(constants.to_float(x.val), "+", imaginary)
    else:
        x.mode = VALUE
        _record(check, node, make_sig(result, x.typ, x.typ))
    x.typ = result
    return True


def _real_imag(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    is_real = fact.name == "real"
    if is_untyped(x.typ):
        if x.mode is CONSTANT:
            if is_numeric(x.typ):
                x.typ = _TYP[_KIND.UNTYPED_COMPLEX]
        else:
            convert_untyped(check, x, _TYP[_KIND.COMPLEX128])
            if x.mode is INVALID:
                return False
    code = Code.INVALID_REAL if is_real else Code.INVALID_IMAG
    result = _apply(check, x, fact.name, code, _PART_OF)
    if result is None:
        spelled = check.type_string(x.typ)
        text = f"{INVALID_ARG}argument has type {spelled}, expected complex type"
        check.error(x, code, text)
        return False
    if x.mode is CONSTANT:
        x.val = constants.real(x.val) if is_real else constants.imag(x.val)
    else:
        x.mode = VALUE
        _record(check, node, make_sig(result, x.typ))
    x.typ = result
    return True


def _apply(
    check: Checker,
    x: Operand,
    name: str,
    code: Code,
    table: dict[types.BasicKind, types.Basic],
) -> types.Type | None:
    """Map a basic type, or each type of a type parameter, by a table."""
    param = unalias(x.typ)
    if not isinstance(param, types.TypeParam):
        under = x.typ.underlying
        return table.get(under.kind) if isinstance(under, types.Basic) else None
    terms: list[types.Term] = []
    for term in typesets.specific_terms(param):
        under = typesets.type_of(term).underlying
        mapped = table.get(under.kind) if isinstance(under, types.Basic) else None
        if mapped is None or term is None:
            return None
        terms.append(types.Term(term.tilde, mapped))
    if not terms:
        return None
    text = (
        f"{check.operand_string(x)} not supported as argument to built-in {name} "
        "for go1.18 (see go.dev/issue/50937)"
    )
    check.error(x, code, text)
    tname = objects.TypeName(NO_POS, check.pkg, param.obj.name)
    result = types.TypeParam(tname, types.Interface([], [types.Union(terms)]), param.index)
    tname.type = result
    return result


def _copy(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    dst, cause = _slice_elem(check, x)
    if dst is None:
        check.error(x, Code.INVALID_COPY, f"invalid copy: {cause}")
        return False
    y = args[1]
    special = assignability.assignable_to(check, x, _BYTES).ok and _bytes_or_strings(y.typ)[0]
    if not special:
        src, cause = _slice_elem(check, y)
        if src is None:
            if not all_string(y.typ):
                check.error(y, Code.INVALID_COPY, f"invalid copy: {cause}")
                return False
            src = universe.UNIVERSE_BYTE
        if not identical(dst, src):
            what, other = check.operand_string(x), check.operand_string(y)
            text = (
                f"invalid copy: arguments {what} and {other} have different element types "
                f"{check.type_string(dst)} and {check.type_string(src)}"
            )
            check.error(x, Code.INVALID_COPY, text)
            return False
    _record(check, node, make_sig(_INT, x.typ, y.typ))
    x.mode = VALUE
    x.typ = _INT
    return True


def _delete(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    map_type = x.typ
    key: types.Type | None = None

    def same_key(u: types.Type | None) -> bool:
        nonlocal key
        what = check.operand_string
        if not isinstance(u, types.Map):
            check.error(x, Code.INVALID_DELETE, f"{INVALID_ARG}{what(x)} is not a map")
            return False
        if key is not None and not identical(u.key, key):
            text = f"{INVALID_ARG}maps of {what(x)} must have identical key types"
            check.error(x, Code.INVALID_DELETE, text)
            return False
        key = u.key
        return True

    if not typesets.under_is(map_type, same_key):
        return False
    assert key is not None
    x.assign(args[1])
    assignments.assignment(check, x, key, "argument to delete")
    if x.mode is INVALID:
        return False
    x.mode = NO_VALUE
    _record(check, node, make_sig(None, map_type, key))
    return True


def _make(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    first, *rest = node.arg_list
    t = typexpr.var_type(check, first)
    if not is_valid(t):
        return False

    def makeable(_: types.Type | None, u: types.Type | None) -> str | None:
        if isinstance(u, types.Slice | types.Map | types.Chan):
            return None
        return "no specific type" if u is None else "type must be slice, map, or channel"

    common, cause = typesets.common_under(t, makeable, check.qualifier)
    if common is None:
        text = f"{INVALID_ARG}cannot make {syntax.spell(first)}: {cause}"
        check.error(first, Code.INVALID_MAKE, text)
        return False
    least = 2 if isinstance(common, types.Slice) else 1
    nargs = len(node.arg_list)
    if not least <= nargs <= least + 1:
        text = (
            f"{INVALID_OP}{syntax.spell(node)} expects {least} or {least + 1} arguments; "
            f"found {nargs}"
        )
        check.error(node, Code.WRONG_ARG_COUNT, text)
        return False
    typs: list[types.Type] = [t]
    sizes: list[int] = []
    for arg in rest:
        typ, size = index.index(check, arg, -1)
        typs.append(typ)
        if size >= 0:
            sizes.append(size)
    if len(sizes) == 2 and sizes[0] > sizes[1]:
        text = f"{INVALID_ARG}length and capacity swapped"
        check.error(node.arg_list[1], Code.SWAPPED_MAKE_ARGS, text)
    x.mode = VALUE
    x.typ = t
    _record(check, node, make_sig(t, *typs))
    return True


def _min_max(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_21, f"built-in {fact.name}")
    op = "<" if fact.name == "min" else ">"
    for i, a in enumerate(args):
        if a.mode is INVALID:
            return False
        if not all_ordered(a.typ):
            text = f"{INVALID_ARG}{check.operand_string(a)} cannot be ordered"
            check.error(a, Code.INVALID_MIN_MAX_OPERAND, text)
            return False
        if i == 0:
            continue
        operators.match_types(check, x, a)
        if x.mode is INVALID:
            return False
        if not identical(x.typ, a.typ):
            assert a.expr is not None
            xt, at = check.type_string(x.typ), check.type_string(a.typ)
            text = (
                f"{INVALID_ARG}mismatched types {xt} (previous argument) "
                f"and {at} (type of {syntax.spell(a.expr)})"
            )
            check.error(a, Code.MISMATCHED_TYPES, text)
            return False
        if x.mode is CONSTANT and a.mode is CONSTANT:
            if constants.compare(a.val, op, x.val):
                x.assign(a)
        else:
            x.mode = VALUE
    if x.mode is not CONSTANT:
        x.mode = VALUE
        context = f"argument to built-in {fact.name}"
        assignments.assignment(check, x, types.EMPTY_INTERFACE, context)
        if x.mode is INVALID:
            return False
    for a in args:
        expr.update_expr_type(check, a.expr, x.typ, final=True)
    if x.mode is not CONSTANT:
        _record(check, node, make_sig(x.typ, *[x.typ] * len(args)))
    return True


def _new(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    arg = node.arg_list[0]
    expr.expr_or_type(check, x, arg, allow_generic=False)
    if x.mode is BUILTIN:
        check.error(x, Code.UNCALLED_BUILTIN, f"{check.operand_string(x)} must be called")
        x.mode = INVALID
    if x.mode is INVALID:
        return False
    if x.mode is TYPEXPR:
        typexpr.valid_var_type(check, arg, x.typ)
    else:
        if is_untyped(x.typ):
            assignments.assignment(check, x, None, "argument to new")
            if x.mode is INVALID:
                return False
        check.verify_version(node.fun, GO1_26, f"new({syntax.spell(arg)})")
    t = x.typ
    x.mode = VALUE
    x.typ = types.Pointer(t)
    _record(check, node, make_sig(x.typ, t))
    return True


def _panic(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    env = check.env
    if env.sig is not None and env.sig.results.vars:
        if env.is_panic is None:
            env.is_panic = set()
        env.is_panic.add(node)
    assignments.assignment(check, x, types.EMPTY_INTERFACE, "argument to panic")
    if x.mode is INVALID:
        return False
    x.mode = NO_VALUE
    _record(check, node, make_sig(None, types.EMPTY_INTERFACE))
    return True


def _print(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    params = []
    for a in args:
        assignments.assignment(check, a, None, f"argument to built-in {fact.name}")
        if a.mode is INVALID:
            return False
        params.append(a.typ)
    x.mode = NO_VALUE
    _record(check, node, make_sig(None, *params))
    return True


def _recover(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    x.mode = VALUE
    x.typ = types.EMPTY_INTERFACE
    _record(check, node, make_sig(x.typ))
    return True


# Package unsafe


def _add(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_17, "unsafe.Add")
    assignments.assignment(check, x, _UNSAFE_POINTER, "argument to unsafe.Add")
    if x.mode is INVALID:
        return False
    y = args[1]
    code = Code.INVALID_UNSAFE_ADD
    if not index.is_valid_index(check, y, code, "length", allow_negative=True):
        return False
    x.mode = VALUE
    x.typ = _UNSAFE_POINTER
    _record(check, node, make_sig(x.typ, x.typ, y.typ))
    return True


def _sizeof_alignof(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    fact: universe.BuiltinFact,
) -> bool:
    assignments.assignment(check, x, None, f"argument to unsafe.{fact.name}")
    if x.mode is INVALID:
        return False
    if has_var_size(check, x.typ):
        x.mode = VALUE
        _record(check, node, make_sig(_UINTPTR, x.typ))
    else:
        size = layout.sizeof(x.typ) if fact.name == "Sizeof" else layout.alignof(x.typ)
        if size > MAX_SIZE:
            text = f"{check.operand_string(x)} is too large"
            check.error(x, Code.TYPE_TOO_LARGE, text)
            return False
        x.mode = CONSTANT
        x.val = constants.make_int(size)
    x.typ = _UINTPTR
    return True


def _offsetof(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    arg = node.arg_list[0]
    selector = syntax.unparen(arg)
    if not isinstance(selector, syntax.SelectorExpr):
        text = f"{INVALID_ARG}{syntax.spell(arg)} is not a selector expression"
        check.error(arg, Code.BAD_OFFSETOF_SYNTAX, text)
        call.use(check, arg)
        return False
    expr.expr(check, None, x, selector.x)
    if x.mode is INVALID:
        return False
    base = lookup.deref_struct_ptr(x.typ)
    sel = selector.sel.value
    field, path, indirect = lookup.lookup_field_or_method(
        base, pkg=check.pkg, name=sel, addressable=False
    )
    if field is None:
        spelled = check.type_string(base)
        text = f"{INVALID_ARG}{spelled} has no single field {sel}"
        check.error(x, Code.MISSING_FIELD_OR_METHOD, text)
        return False
    if not isinstance(field, objects.Var):
        text = f"{INVALID_ARG}{syntax.spell(arg)} is a method value"
        check.error(arg, Code.INVALID_OFFSETOF, text)
        return False
    if indirect:
        spelled = check.type_string(base)
        text = f"{INVALID_ARG}field {sel} is embedded via a pointer in {spelled}"
        check.error(x, Code.INVALID_OFFSETOF, text)
        return False
    assert field.type is not None
    check.record_selection(selector, SelectionKind.FIELD_VAL, base, field, path, field.type)
    mode = VARIABLE if x.mode is VARIABLE else VALUE
    check.record(Operand(mode, selector, field.type))
    if has_var_size(check, base):
        x.mode = VALUE
        _record(check, node, make_sig(_UINTPTR, field.type))
    else:
        offset = layout.offsetof(base, path)
        if offset > MAX_SIZE:
            text = f"{check.operand_string(x)} is too large"
            check.error(x, Code.TYPE_TOO_LARGE, text)
            return False
        x.mode = CONSTANT
        x.val = constants.make_int(offset)
    x.typ = _UINTPTR
    return True


def _unsafe_slice(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_17, "unsafe.Slice")
    code = Code.INVALID_UNSAFE_SLICE
    pointer, _ = typesets.common_under(x.typ)
    if not isinstance(pointer, types.Pointer):
        text = f"{INVALID_ARG}{check.operand_string(x)} is not a pointer"
        check.error(x, code, text)
        return False
    y = args[1]
    if not index.is_valid_index(check, y, code, "length", allow_negative=False):
        return False
    x.mode = VALUE
    x.typ = types.Slice(pointer.elem)
    _record(check, node, make_sig(x.typ, pointer, y.typ))
    return True


def _slice_data(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_20, "unsafe.SliceData")
    common, _ = typesets.common_under(x.typ)
    if not isinstance(common, types.Slice):
        text = f"{INVALID_ARG}{check.operand_string(x)} is not a slice"
        check.error(x, Code.INVALID_UNSAFE_SLICE_DATA, text)
        return False
    x.mode = VALUE
    x.typ = types.Pointer(common.elem)
    _record(check, node, make_sig(x.typ, common))
    return True


def _unsafe_string(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_20, "unsafe.String")
    assignments.assignment(check, x, _BYTE_POINTER, "argument to unsafe.String")
    if x.mode is INVALID:
        return False
    y = args[1]
    code = Code.INVALID_UNSAFE_STRING
    if not index.is_valid_index(check, y, code, "length", allow_negative=False):
        return False
    x.mode = VALUE
    x.typ = _STRING
    _record(check, node, make_sig(_STRING, _BYTE_POINTER, y.typ))
    return True


def _string_data(
    check: Checker,
    x: Operand,
    node: syntax.CallExpr,
    _args: list[Operand],
    _fact: universe.BuiltinFact,
) -> bool:
    check.verify_version(node.fun, GO1_20, "unsafe.StringData")
    assignments.assignment(check, x, _STRING, "argument to unsafe.StringData")
    if x.mode is INVALID:
        return False
    x.mode = VALUE
    x.typ = _BYTE_POINTER
    _record(check, node, make_sig(x.typ, _STRING))
    return True


def has_var_size(check: Checker, t: types.Type) -> bool:
    """Tell whether a type's size depends on type parameters."""
    named = unalias(t)
    match named:
        case types.Named():
            return _named_var_size(check, named)
        case types.Array():
            return has_var_size(check, named.elem)
        case types.Struct():
            return any(
                has_var_size(check, field.type) for field in named.fields if field.type is not None
            )
        case types.TypeParam():
            return True
        case _:
            pass
    return False


def _named_var_size(check: Checker, named: types.Named) -> bool:
    known = check.var_sizes.get(named)
    if isinstance(known, bool):
        return known
    # While its parts are looked at, the type stands on the path: it can't contain itself.
    obj = cycles.object_of(named) if known is None else known
    start = check.obj_path_index.get(obj)
    if start is not None:
        cycle = check.obj_path[start:]
        cycles.cycle_error(check, cycle, cycles.first_in_source(cycle))
        return True
    check.var_sizes[named] = obj
    check.push(obj)
    rhs = named.unpack().from_rhs
    result = rhs is not None and has_var_size(check, rhs)
    check.pop()
    check.var_sizes[named] = result
    return result


_HANDLERS: dict[objects.BuiltinId, Callable[..., bool]] = {
    _ID.APPEND: _append,
    _ID.CAP: _len_cap,
    _ID.CLEAR: _clear,
    _ID.CLOSE: _close,
    _ID.COMPLEX: _complex,
    _ID.COPY: _copy,
    _ID.DELETE: _delete,
    _ID.IMAG: _real_imag,
    _ID.LEN: _len_cap,
    _ID.MAKE: _make,
    _ID.MAX: _min_max,
    _ID.MIN: _min_max,
    _ID.NEW: _new,
    _ID.PANIC: _panic,
    _ID.PRINT: _print,
    _ID.PRINTLN: _print,
    _ID.REAL: _real_imag,
    _ID.RECOVER: _recover,
    _ID.ADD: _add,
    _ID.ALIGNOF: _sizeof_alignof,
    _ID.OFFSETOF: _offsetof,
    _ID.SIZEOF: _sizeof_alignof,
    _ID.SLICE: _unsafe_slice,
    _ID.SLICE_DATA: _slice_data,
    _ID.STRING: _unsafe_string,
    _ID.STRING_DATA: _string_data,
}
