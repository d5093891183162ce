"""Assignability and convertibility of operands, and what a type assertion may ask.

Both are asked of an operand, not of a type, because an untyped operand may become one type
but not another. Where a type parameter is involved, the answer must hold for each type of its
type set.

Source: cmd/compile/internal/types2/operand.go and conversions.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.checker import expr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import representable_const
from mkdocs_gomem.compiler.checker.operand import CONSTANT, INVALID, VALUE, Operand
from mkdocs_gomem.compiler.checker.version import GO1_17, GO1_20
from mkdocs_gomem.gotypes import constants, instantiate, lookup, types, typesets
from mkdocs_gomem.gotypes.identical import identical, identical_ignore_tags
from mkdocs_gomem.gotypes.predicates import (
    all_string,
    default,
    has_name,
    is_bytes_or_runes,
    is_complex,
    is_const_type,
    is_integer,
    is_integer_or_float,
    is_non_type_param_interface,
    is_string,
    is_type_param,
    is_uintptr,
    is_unsafe_pointer,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.gotypes.types import unalias
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker

_UNTYPED_NIL = types.TYP[types.BasicKind.UNTYPED_NIL]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something may be assigned, and if not, which rule forbids it and why."""

    ok: bool
    code: Code = Code.INCOMPATIBLE_ASSIGN
    cause: str = ""


_YES = Verdict(ok=True)
_NO = Verdict(ok=False)


def _implements(check: Checker, v: types.Type, t: types.Type) -> str | None:
    return instantiate.implements(
        v, t, qualifier=check.qualifier, go1_20=check.allow_version(GO1_20)
    )


def assignable_to(
    check: Checker, x: Operand, target: types.Type, *, explain: bool = False
) -> Verdict:
    """Tell whether an operand may be assigned to a variable of a type.

    Args:
        check: the state.
        x: the operand.
        target: the type.
        explain: work out the cause of a refusal; costs time.
    """
    if x.mode is INVALID or not is_valid(target):
        return _YES
    v, t = unalias(x.typ), unalias(target)
    if v is t or identical(v, t):
        return _YES
    vu, tu = v.underlying, t.underlying
    v_param = isinstance(v, types.TypeParam)
    t_param = isinstance(t, types.TypeParam)
    if is_untyped(vu):
        if isinstance(t, types.TypeParam):
            terms = typesets.specific_terms(t)
            ok = bool(terms) and all(
                expr.implicit_type_and_value(check, x, typesets.type_of(term))[0] is not None
                for term in terms
            )
            return _YES if ok else _NO
        ok = expr.implicit_type_and_value(check, x, t)[0] is not None
        return _YES if ok else _NO
    # gc asks this of interfaces even where names forbid it, which decides the order in which
    # their type sets are made, and so what is seen of interfaces in a circle.
    both_interfaces = isinstance(vu, types.Interface) and isinstance(tu, types.Interface)
    unnamed = not (has_name(v) and has_name(t))
    same = (both_interfaces or unnamed) and identical(vu, tu)
    if same and unnamed and not v_param and not t_param:
        return _YES
    if (isinstance(tu, types.Interface) and not t_param) or lookup.is_interface_ptr(tu):
        cause = _implements(check, v, t)
        if cause is None:
            return _YES
        if not v_param:
            return Verdict(ok=False, code=Code.INVALID_IFACE_ASSIGN, cause=cause)
    if (
        isinstance(vu, types.Interface)
        and not v_param
        and (explain and _implements(check, t, v) is None)
    ):
        return Verdict(ok=False, cause="need type assertion")
    if (
        isinstance(vu, types.Chan)
        and vu.dir is types.ChanDir.SEND_RECV
        and isinstance(tu, types.Chan)
        and identical(vu.elem, tu.elem)
    ):
        ok = not has_name(v) or not has_name(t)
        return _YES if ok else Verdict(ok=False, code=Code.INVALID_CHAN_ASSIGN)
    if isinstance(t, types.TypeParam) and not has_name(v):
        return _assignable_to_param(check, x, t, explain=explain)
    if isinstance(v, types.TypeParam) and not has_name(t):
        return _param_assignable_to(check, x, v, target, explain=explain)
    return _NO


def _assignable_to_param(
    check: Checker, x: Operand, t: types.TypeParam, *, explain: bool
) -> Verdict:
    verdict = _NO
    for term in typesets.specific_terms(t):
        typ = typesets.type_of(term)
        verdict = assignable_to(check, x, typ, explain=explain)
        if not verdict.ok:
            cause = (
                f"cannot assign {check.type_string(x.typ)} to {check.type_string(typ)} "
                f"(in {check.type_string(t)})"
            )
            return Verdict(ok=False, code=verdict.code, cause=_because(cause, verdict.cause))
    return verdict


def _param_assignable_to(
    check: Checker, x: Operand, v: types.TypeParam, target: types.Type, *, explain: bool
) -> Verdict:
    verdict = _NO
    for term in typesets.specific_terms(v):
        typ = typesets.type_of(term)
        each = x.copy()
        each.typ = typ
        verdict = assignable_to(check, each, target, explain=explain)
        if not verdict.ok:
            cause = (
                f"cannot assign {check.type_string(typ)} (in {check.type_string(v)}) "
                f"to {check.type_string(target)}"
            )
            return Verdict(ok=False, code=verdict.code, cause=_because(cause, verdict.cause))
    return verdict


def _because(cause: str, inner: str) -> str:
    return f"{cause}\n\t{inner}" if inner else cause


def assertable_to(check: Checker, v: types.Type, t: types.Type) -> tuple[bool, str]:
    """Tell whether a value of interface type may hold a type, and if not, why."""
    cause = lookup.assertable_to(v, t, check.qualifier)
    return cause is None, cause or ""


# Conversions


def conversion(check: Checker, x: Operand, t: types.Type) -> None:
    """Check `T(x)`; the operand becomes the result."""
    const_arg = x.mode is CONSTANT
    cause = ""
    ok = False
    if const_arg and is_const_type(t):
        basic = t.underlying
        assert isinstance(basic, types.Basic)
        value = _constant_as(x, basic)
        ok = value is not None
        if value is None and is_integer(basic):
            # Messages show the integer that gc has made of it by then.
            whole = constants.to_int(x.val)
            if constants.kind(whole) is constants.Kind.INT:
                x.val = whole
        if value is not None:
            x.val = value
        elif is_integer(x.typ) and is_integer(t):
            text = f"constant {constants.string(x.val)} overflows {check.type_string(t)}"
            check.error(x, Code.INVALID_CONVERSION, text)
            x.mode = INVALID
            return
    elif const_arg and is_type_param(t):
        ok, cause = _constant_to_param(check, x, t)
        x.mode = VALUE
    else:
        found = convertible_to(check, x, t)
        ok = found is None
        cause = found or ""
        if ok:
            x.mode = VALUE
    if not ok:
        text = f"cannot convert {check.operand_string(x)} to type {check.type_string(t)}"
        check.error(x, Code.INVALID_CONVERSION, f"{text}: {cause}" if cause else text)
        x.mode = INVALID
        return
    if is_untyped(x.typ):
        final = t
        if x.typ is _UNTYPED_NIL:
            pass
        elif is_non_type_param_interface(t) or (const_arg and not is_const_type(t)):
            final = default(x.typ)
        elif x.mode is CONSTANT and is_integer(x.typ) and all_string(t):
            final = x.typ
        expr.update_expr_type(check, x.expr, final, final=True)
    x.typ = t


def _constant_as(x: Operand, basic: types.Basic) -> constants.Value | None:
    value = constants.representable(x.val, basic)
    if value is None and is_integer(x.typ) and is_string(basic):
        code, fits = constants.uint64_val(x.val)
        if not fits or code > 0x10FFFF or 0xD800 <= code < 0xE000:
            code = 0xFFFD
        return constants.make_string(chr(code).encode())
    return value


def _constant_to_param(check: Checker, x: Operand, t: types.Type) -> tuple[bool, str]:
    param = unalias(t)
    assert isinstance(param, types.TypeParam)
    terms = typesets.specific_terms(param)
    spelled = check.type_string(t)
    if not terms:
        return False, f"{spelled} does not contain specific types"
    for term in terms:
        u = typesets.type_of(term).underlying
        if is_string(x.typ) and is_bytes_or_runes(u):
            continue
        if isinstance(u, types.Basic) and (
            representable_const(x.val, u) or (is_integer(x.typ) and is_string(u))
        ):
            continue
        if is_integer(x.typ) and is_integer(u):
            value = constants.string(x.val)
            return False, f"constant {value} overflows {check.type_string(u)} (in {spelled})"
        what = check.operand_string(x)
        return False, f"cannot convert {what} to type {check.type_string(u)} (in {spelled})"
    return True, ""


def convertible_to(check: Checker, x: Operand, target: types.Type) -> str | None:
    """Say why an operand can't be converted to a type; None if it can."""
    verdict = assignable_to(check, x, target, explain=True)
    if verdict.ok:
        return None
    v, t = unalias(x.typ), unalias(target)
    vu, tu = v.underlying, t.underlying
    v_param = isinstance(v, types.TypeParam)
    t_param = isinstance(t, types.TypeParam)
    if not v_param and not t_param and identical_ignore_tags(vu, tu):
        return None
    if (
        isinstance(v, types.Pointer)
        and isinstance(t, types.Pointer)
        and not is_type_param(v.elem)
        and not is_type_param(t.elem)
        and identical_ignore_tags(v.elem.underlying, t.elem.underlying)
    ):
        return None
    if _convertible_kinds(vu, tu):
        return None
    if isinstance(vu, types.Slice):
        if isinstance(tu, types.Array) and identical(vu.elem, tu.elem):
            if check.allow_version(GO1_20):
                return None
            return "conversion of slice to array requires go1.20 or later"
        if isinstance(tu, types.Pointer):
            array = tu.elem.underlying
            if isinstance(array, types.Array) and identical(vu.elem, array.elem):
                if check.allow_version(GO1_17):
                    return None
                return "conversion of slice to array pointer requires go1.17 or later"
    if not v_param and not t_param:
        return verdict.cause
    return _convertible_params(check, x, v, t, target, verdict.cause)


def _convertible_kinds(vu: types.Type, tu: types.Type) -> bool:
    """Tell whether numbers, strings and unsafe pointers may be converted."""
    if is_integer_or_float(vu) and is_integer_or_float(tu):
        return True
    if is_complex(vu) and is_complex(tu):
        return True
    if is_string(tu) and (is_integer(vu) or is_bytes_or_runes(vu)):
        return True
    if is_string(vu) and is_bytes_or_runes(tu):
        return True
    pointer = types.Pointer
    if is_unsafe_pointer(tu) and (isinstance(vu, pointer) or is_uintptr(vu)):
        return True
    return is_unsafe_pointer(vu) and (isinstance(tu, pointer) or is_uintptr(tu))


def _convertible_params(
    check: Checker,
    x: Operand,
    v: types.Type,
    t: types.Type,
    target: types.Type,
    outer: str,
) -> str | None:
    """Convert each type of the type sets; the first that can't be is the cause."""
    froms: list[types.Type] = [x.typ]
    tos: list[types.Type] = [target]
    from_note = to_note = ""
    if isinstance(v, types.TypeParam):
        froms = [typesets.type_of(term) for term in typesets.specific_terms(v)]
        from_note = f" (in {check.type_string(v)})"
    if isinstance(t, types.TypeParam):
        tos = [typesets.type_of(term) for term in typesets.specific_terms(t)]
        to_note = f" (in {check.type_string(t)})"
    if not froms or not tos:
        return ""
    for source in froms:
        each = x.copy()
        each.typ = source
        for to in tos:
            inner = convertible_to(check, each, to)
            if inner is not None:
                cause = (
                    f"cannot convert {check.type_string(source)}{from_note} "
                    f"to type {check.type_string(to)}{to_note}"
                )
                return _because(cause, inner or outer)
    return None
