"""Expressions: what each one denotes, and the way of untyped ones to their final type.

An expression is checked top down by `raw_expr`, which dispatches on the kind of node, fills
an `Operand` and records it. A constant, a comparison or a shift of constants may stay untyped
for a while: it waits in `Checker.untyped` until its context gives it a type, which
`update_expr_type` then carries down into the operands it belongs to. So a reader of `Info`
sees the types that values have at run time.

`hint` is the element type of the composite literal around, for elements that leave it out;
`target` is the function type that a generic function is assigned to.

Source: cmd/compile/internal/types2/expr.go, go1.27.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignability, call, cycles, index, literals, typexpr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import (
    MAX_STRING,
    convert_untyped,
    op_pos,
    overflow,
    representable,
    representation,
)
from mkdocs_gomem.compiler.checker.errors import INVALID_OP
from mkdocs_gomem.compiler.checker.operand import (
    BUILTIN,
    COMMAOK,
    CONSTANT,
    INVALID,
    MAPINDEX,
    NO_VALUE,
    TYPEXPR,
    VALUE,
    VARIABLE,
    Operand,
    composite_kind,
)
from mkdocs_gomem.compiler.checker.version import GO1_13
from mkdocs_gomem.gotypes import constants, layout, types
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import (
    all_boolean,
    all_integer,
    all_numeric,
    all_numeric_or_string,
    all_ordered,
    all_string,
    all_unsigned,
    comparable,
    comparable_type,
    default,
    has_nil,
    is_complex,
    is_generic,
    is_integer,
    is_non_type_param_interface,
    is_type_param,
    is_typed,
    is_unsigned,
    is_untyped,
    is_valid,
    max_type,
)
from mkdocs_gomem.gotypes.typesets import common_under, is_universe, type_set, under_is

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.checker.checker import Checker

ExprKind = Literal["conversion", "expression", "statement"]
"""What may be done with an expression as a statement: only the last kind may stand alone."""

_TYP = types.TYP
_UNTYPED_BOOL = _TYP[types.BasicKind.UNTYPED_BOOL]
_UNTYPED_INT = _TYP[types.BasicKind.UNTYPED_INT]
_UINT = _TYP[types.BasicKind.UINT]

_UNARY_PREDICATES: dict[str, Callable[[types.Type], bool]] = {
    "+": all_numeric,
    "-": all_numeric,
    "^": all_integer,
    "!": all_boolean,
}
_BINARY_PREDICATES: dict[str, Callable[[types.Type], bool]] = {
    "+": all_numeric_or_string,
    "-": all_numeric,
    "*": all_numeric,
    "/": all_numeric,
    "%": all_integer,
    "&": all_integer,
    "|": all_integer,
    "^": all_integer,
    "&^": all_integer,
    "&&": all_boolean,
    "||": all_boolean,
}
_COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
_SHIFTS = frozenset(("<<", ">>"))
_MAX_SHIFT = 1023 - 1 + 52
"""Enough to write the smallest float64."""


@dataclass(frozen=True, slots=True)
class Target:
    """The function type that a generic function is assigned to, and how messages call it."""

    sig: types.Signature
    desc: str


def new_target(typ: types.Type | None, desc: str) -> Target | None:
    """Return a target if a type is one of functions."""
    if typ is None:
        return None
    under = typ.underlying
    if isinstance(under, types.Signature):
        return Target(under, desc)
    if isinstance(under, types.Interface) and is_type_param(typ):
        common, _ = common_under(typ)
        if isinstance(common, types.Signature):
            return Target(common, desc)
    return None


# The ways in


def raw_expr(
    check: Checker,
    target: Target | None,
    x: Operand,
    e: syntax.Expr,
    hint: types.Type | None,
    *,
    allow_generic: bool,
) -> ExprKind:
    """Check any expression, of whatever kind, and record it."""
    x.mode = INVALID
    x.typ = types.INVALID
    kind: ExprKind = _HANDLERS[type(e)](check, target, x, e, hint)
    x.expr = e
    if not allow_generic:
        non_generic(check, target, x)
    check.record(x)
    return kind


def expr(check: Checker, target: Target | None, x: Operand, e: syntax.Expr) -> None:
    """Check an expression that must have one value."""
    raw_expr(check, target, x, e, None, allow_generic=False)
    exclude_non_values(check, x)
    single_value(check, x)


def generic_expr(check: Checker, x: Operand, e: syntax.Expr, hint: types.Type | None) -> None:
    """Check an expression that must have one value, perhaps a generic function."""
    raw_expr(check, None, x, e, hint, allow_generic=True)
    exclude_non_values(check, x)
    single_value(check, x)


def expr_or_type(check: Checker, x: Operand, e: syntax.Expr, *, allow_generic: bool) -> None:
    """Check an expression that has a value, or a type, or names a builtin."""
    raw_expr(check, None, x, e, None, allow_generic=allow_generic)
    if x.mode is NO_VALUE:
        text = f"{check.operand_string(x)} used as value or type"
        check.error(x, Code.TOO_MANY_VALUES, text)
        x.mode = INVALID
    single_value(check, x)


def multi_expr(
    check: Checker, e: syntax.Expr, *, allow_comma_ok: bool
) -> tuple[list[Operand], bool]:
    """Check an expression that may have several values, or two for `v, ok =`."""
    x = Operand()
    raw_expr(check, None, x, e, None, allow_generic=False)
    exclude_non_values(check, x)
    if isinstance(x.typ, types.Tuple) and x.mode is not INVALID:
        pos = syntax.start_pos(e)
        return [
            Operand(VALUE, syntax.Name(pos, nth(i, "function result")), v.type)
            for i, v in enumerate(x.typ.vars, 1)
        ], False
    if allow_comma_ok and (x.mode is MAPINDEX or x.mode is COMMAOK):
        name = syntax.Name(syntax.start_pos(e), "ok value of (comma, ok) expression")
        return [x, Operand(VALUE, name, _UNTYPED_BOOL)], True
    return [x], False


def nth(n: int, what: str) -> str:
    """Write `1st result`, `2nd result` …"""
    return f"{n}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(n, 'th') } {what}"


def exclude_non_values(check: Checker, x: Operand) -> None:
    """Report what has no value: a call without results, a builtin, a type."""
    mode = x.mode
    if mode is NO_VALUE:
        text = f"{check.operand_string(x)} used as value"
        check.error(x, Code.TOO_MANY_VALUES, text)
    elif mode is BUILTIN:
        check.error(x, Code.UNCALLED_BUILTIN, f"{check.operand_string(x)} must be called")
    elif mode is TYPEXPR:
        text = f"{check.operand_string(x)} is not an expression"
        check.error(x, Code.NOT_AN_EXPR, text)
    else:
        return
    x.mode = INVALID


def single_value(check: Checker, x: Operand) -> None:
    """Report several values where one is wanted."""
    if x.mode is VALUE and isinstance(x.typ, types.Tuple):
        text = f"multiple-value {check.operand_string(x)} in single-value context"
        check.error(x, Code.TOO_MANY_VALUES, text)
        x.mode = INVALID


def non_generic(check: Checker, target: Target | None, x: Operand) -> None:
    """Instantiate a generic function as its target asks, or report what lacks arguments."""
    if x.mode is INVALID or x.mode is NO_VALUE:
        return
    t = x.typ
    if isinstance(t, types.Signature):
        if not t.type_params:
            return
        if target is not None:
            assert x.expr is not None
            call.func_inst(check, target, x.expr.pos, x, None, infer=True)
            return
        what = "function"
    elif isinstance(t, types.Named | types.Alias) and is_generic(t):
        what = "type"
    else:
        return
    assert x.expr is not None
    text = f"cannot use generic {what} {syntax.spell(x.expr)} without instantiation"
    check.error(x.expr, Code.WRONG_TYPE_ARG_COUNT, text)
    x.mode = INVALID
    x.typ = types.INVALID


# Untyped expressions


def update_expr_type(
    check: Checker, e: syntax.Expr | None, typ: types.Type, *, final: bool
) -> None:
    """Give an untyped expression, and the operands that share its type, a new type."""
    assert e is not None
    old = check.untyped.get(e)
    if old is None:
        return
    match e:
        case syntax.Name() | syntax.BasicLit() | syntax.SelectorExpr() | syntax.CallExpr():
            pass
        case syntax.ParenExpr():
            update_expr_type(check, e.x, typ, final=final)
        case syntax.Operation():
            # A constant operation has its value; its operands keep their own types.
            if old.val is None:
                if e.y is None or e.op in _SHIFTS:
                    update_expr_type(check, e.x, typ, final=final)
                elif e.op not in _COMPARISONS:
                    update_expr_type(check, e.x, typ, final=final)
                    update_expr_type(check, e.y, typ, final=final)
        case _:
            return
    if not final and is_untyped(typ):
        under = typ.underlying
        assert isinstance(under, types.Basic)
        old.typ = under
        return
    del check.untyped[e]
    if old.is_lhs and not all_integer(typ):
        text = (
            f"{INVALID_OP}shifted operand {syntax.spell(e)} "
            f"(type {check.type_string(typ)}) must be integer"
        )
        check.error(e, Code.INVALID_SHIFT_OPERAND, text)
        return
    if old.val is not None:
        constant = Operand(old.mode, e, old.typ, old.val)
        convert_untyped(check, constant, typ)
        if constant.mode is INVALID:
            return
    check.record_type(e, old.mode, typ, old.val)


def update_expr_val(check: Checker, e: syntax.Expr | None, val: constants.Value) -> None:
    """Note the value that an untyped constant has after conversion."""
    assert e is not None
    old = check.untyped.get(e)
    if old is not None:
        old.val = val


def implicit_type_and_value(
    check: Checker, x: Operand, target: types.Type
) -> tuple[Any, constants.Value | None, Code | None]:
    """Return the type, and a constant's value, that an untyped operand gets from its context."""
    typ = x.typ
    if x.mode is INVALID or is_typed(typ) or not is_valid(target):
        return typ, None, None
    if is_untyped(target):
        larger = max_type(typ, target)
        if larger is not None:
            return larger, None, None
        return None, None, Code.INVALID_UNTYPED_CONVERSION
    if x.is_nil:
        if has_nil(target):
            return target, None, None
        return None, None, Code.INVALID_UNTYPED_CONVERSION
    match target.underlying:
        case types.Basic() as basic:
            if x.mode is CONSTANT:
                val, code = representation(x, basic)
                if code is not None:
                    return None, None, code
                return target, val, None
            info = typ.info
            fits = (
                (info & types.IS_BOOLEAN and basic.info & types.IS_BOOLEAN)
                or (info & types.IS_NUMERIC and basic.info & types.IS_NUMERIC)
                or (info & types.IS_STRING and basic.info & types.IS_STRING)
            )
            if not fits:
                return None, None, Code.INVALID_UNTYPED_CONVERSION
        case types.Interface() as interface:
            if is_type_param(target):

                def fits_term(u: types.Type | None) -> bool:
                    if u is None:
                        return False
                    return implicit_type_and_value(check, x, u)[0] is not None

                if not under_is(target, fits_term):
                    return None, None, Code.INVALID_UNTYPED_CONVERSION
                return target, None, None
            if not is_universe(type_set(interface)):
                return None, None, Code.INVALID_UNTYPED_CONVERSION
            return default(typ), None, None
        case _:
            return None, None, Code.INVALID_UNTYPED_CONVERSION
    return target, None, None


# Operators


def unary(check: Checker, x: Operand, e: syntax.Operation) -> None:
    """Check `op x`, other than `*x`."""
    expr(check, None, x, e.x)
    if x.mode is INVALID:
        return
    op = e.op
    if op == "&":
        if x.mode is not VARIABLE and not isinstance(syntax.unparen(e.x), syntax.CompositeLit):
            text = f"{INVALID_OP}cannot take address of {check.operand_string(x)}"
            check.error(x, Code.UNADDRESSABLE_OPERAND, text)
            x.mode = INVALID
            return
        x.mode = VALUE
        x.typ = types.Pointer(x.typ)
        return
    if op == "<-":
        elem = chan_elem(check, x, x, recv=True)
        if elem is not None and cycles.is_complete(check, elem):
            x.mode = COMMAOK
            x.typ = elem
            check.env.has_call_or_recv = True
            return
        x.mode = INVALID
        return
    if op == "~":
        text = "cannot use ~ outside of interface or type constraint"
        if not all_integer(x.typ):
            check.error(e, Code.UNDEFINED_OP, text)
            x.mode = INVALID
            return
        check.error(e, Code.UNDEFINED_OP, text + " (use ^ for bitwise complement)")
        op = "^"
    if not _operator_defined(check, _UNARY_PREDICATES, x, op):
        return
    if x.mode is not CONSTANT:
        x.mode = VALUE
        return
    if constants.kind(x.val) is constants.Kind.UNKNOWN:
        return
    precision = layout.sizeof(x.typ) * 8 if is_unsigned(x.typ) else 0
    x.val = constants.unary_op(op, x.val, precision)
    x.expr = e
    overflow(check, x, op_pos(e))


def _operator_defined(
    check: Checker,
    predicates: dict[str, Callable[[types.Type], bool]],
    x: Operand,
    op: str,
) -> bool:
    if predicates[op](x.typ):
        return True
    text = f"{INVALID_OP}operator {op} not defined on {check.operand_string(x)}"
    check.error(x, Code.UNDEFINED_OP, text)
    x.mode = INVALID
    return False


def chan_elem(
    check: Checker, at: Operand | syntax.Node, x: Operand, *, recv: bool
) -> types.Type | None:
    """Return the element type of a channel that is received from or sent to."""

    def usable(t: types.Type | None, u: types.Type | None) -> str | None:
        if u is None:
            return "no specific channel type"
        if not isinstance(u, types.Chan):
            return f"non-channel {check.type_string(t)}"
        if recv and u.dir is types.ChanDir.SEND_ONLY:
            return f"send-only channel {check.type_string(t)}"
        if not recv and u.dir is types.ChanDir.RECV_ONLY:
            return f"receive-only channel {check.type_string(t)}"
        return None

    u, cause = common_under(x.typ, usable, check.qualifier)
    if isinstance(u, types.Chan):
        return u.elem
    what = check.operand_string(x)
    verb = "receive from" if recv else "send to"
    code = Code.INVALID_RECEIVE if recv else Code.INVALID_SEND
    if is_type_param(x.typ):
        check.error(at, code, f"{INVALID_OP}cannot {verb} {what}: {cause}")
    else:
        check.error(at, code, f"{INVALID_OP}cannot {verb} {cause} {what}")
    return None


def binary(
    check: Checker,
    x: Operand,
    e: syntax.Operation | None,
    lhs: syntax.Expr,
    rhs: syntax.Expr,
    op: str,
) -> None:
    """Check `lhs op rhs`; without `e` it is the value of `lhs op= rhs`."""
    y = Operand()
    expr(check, None, x, lhs)
    expr(check, None, y, rhs)
    if x.mode is INVALID:
        return
    if y.mode is INVALID:
        x.mode = INVALID
        x.expr = y.expr
        return
    if op in _SHIFTS:
        _shift(check, x, y, e, op)
        return
    match_types(check, x, y)
    if x.mode is INVALID:
        return
    if op in _COMPARISONS:
        comparison(check, x, y, op)
        return
    if x.typ is not y.typ and not identical(x.typ, y.typ):
        if is_valid(x.typ) and is_valid(y.typ):
            what = (
                syntax.spell(e)
                if e is not None
                else f"{syntax.spell(lhs)} {op}= {syntax.spell(rhs)}"
            )
            xt, yt = check.type_string(x.typ), check.type_string(y.typ)
            text = f"{INVALID_OP}{what} (mismatched types {xt} and {yt})"
            check.error(x, Code.MISMATCHED_TYPES, text)
        x.mode = INVALID
        return
    if not _operator_defined(check, _BINARY_PREDICATES, x, op):
        return
    constant = x.mode is CONSTANT and y.mode is CONSTANT
    if op in ("/", "%") and y.mode is CONSTANT and _divides_by_zero(x, y):
        check.error(y, Code.DIV_BY_ZERO, f"{INVALID_OP}division by zero")
        x.mode = INVALID
        return
    if not constant:
        x.mode = VALUE
        return
    unknown = constants.Kind.UNKNOWN
    if constants.kind(x.val) is unknown or constants.kind(y.val) is unknown:
        x.val = constants.make_unknown()
        return
    if op == "/" and is_integer(x.typ):
        op = "/="
    if constants.kind(x.val) is constants.Kind.STRING and _too_long(check, x, y, e):
        return
    x.val = constants.binary_op(x.val, op, y.val)
    x.expr = e
    overflow(check, x, op_pos(e))


def _too_long(check: Checker, x: Operand, y: Operand, e: syntax.Operation | None) -> bool:
    """Report a constant string that gc can't hold, before it is made."""
    size = len(constants.string_val(x.val)) + len(constants.string_val(y.val))
    if size <= MAX_STRING:
        return False
    text = f"constant string too long ({size} bytes > {MAX_STRING} bytes)"
    check.error(op_pos(e), Code.INVALID_CONST_VAL, text)
    x.val = constants.make_unknown()
    x.expr = e
    return True


def _divides_by_zero(x: Operand, y: Operand) -> bool:
    if (x.mode is CONSTANT or all_integer(x.typ)) and constants.sign(y.val) == 0:
        return True
    if x.mode is CONSTANT and is_complex(x.typ):
        re, im = constants.real(y.val), constants.imag(y.val)
        squares = constants.binary_op(re, "*", re), constants.binary_op(im, "*", im)
        return constants.sign(squares[0]) == 0 and constants.sign(squares[1]) == 0
    return False


def match_types(check: Checker, x: Operand, y: Operand) -> None:
    """Give an untyped operand the type of the other, if that can be."""
    if _may_convert(x, y):
        convert_untyped(check, x, y.typ)
        if x.mode is INVALID:
            return
        convert_untyped(check, y, x.typ)
        if y.mode is INVALID:
            x.mode = INVALID


def _may_convert(x: Operand, y: Operand) -> bool:
    xt, yt = x.typ, y.typ
    if is_typed(xt) and is_typed(yt):
        return False
    if all_numeric(xt) != all_numeric(yt):
        return False
    if is_non_type_param_interface(xt) or is_non_type_param_interface(yt):
        return True
    if all_boolean(xt) != all_boolean(yt) or all_string(xt) != all_string(yt):
        return False
    if x.is_nil:
        return has_nil(yt)
    if y.is_nil:
        return has_nil(xt)
    pointer = types.Pointer
    return not (isinstance(xt.underlying, pointer) or isinstance(yt.underlying, pointer))


def comparison(
    check: Checker, x: Operand, y: Operand, op: str, *, switch_case: bool = False
) -> None:
    """Check `x op y`, or `case x` of a switch on `y`."""
    if not is_valid(x.typ) or not is_valid(y.typ):
        x.mode = INVALID
        return
    if switch_case:
        op = "=="
    code = Code.MISMATCHED_TYPES
    ok = x.typ is y.typ or assignability.assignable_to(check, x, y.typ).ok
    if not ok:
        ok = assignability.assignable_to(check, y, x.typ).ok
    if not ok:
        xt, yt = check.type_string(x.typ), check.type_string(y.typ)
        cause = f"mismatched types {xt} and {yt}"
        _comparison_error(check, x, y, op, y, code, cause, switch_case=switch_case)
        return
    code = Code.UNDEFINED_OP
    wrong: Operand | None = None
    cause = ""
    if op in ("==", "!="):
        if x.is_nil or y.is_nil:
            if not has_nil(y.typ if x.is_nil else x.typ):
                wrong = y
        elif not comparable(x.typ):
            wrong = x
            cause = _incomparable_cause(check, x.typ)
        elif not comparable(y.typ):
            wrong = y
            cause = _incomparable_cause(check, y.typ)
    elif not all_ordered(x.typ):
        wrong = x
    elif not all_ordered(y.typ):
        wrong = y
    if wrong is not None:
        _comparison_error(check, x, y, op, wrong, code, cause, switch_case=switch_case)
        return
    if x.mode is CONSTANT and y.mode is CONSTANT:
        x.val = constants.make_bool(constants.compare(x.val, op, y.val))
    else:
        x.mode = VALUE
        update_expr_type(check, x.expr, default(x.typ), final=True)
        update_expr_type(check, y.expr, default(y.typ), final=True)
    x.typ = _UNTYPED_BOOL


def _comparison_error(
    check: Checker,
    x: Operand,
    y: Operand,
    op: str,
    wrong: Operand,
    code: Code,
    cause: str,
    *,
    switch_case: bool,
) -> None:
    if not cause:
        if is_type_param(x.typ) or is_type_param(y.typ):
            if not is_type_param(x.typ):
                wrong = y
            cause = f"type parameter {check.type_string(wrong.typ)} cannot use operator {op}"
        else:
            what = composite_kind(wrong.typ) or check.type_string(wrong.typ)
            cause = f"operator {op} not defined on {what}"
    assert x.expr is not None
    assert y.expr is not None
    xs, ys = syntax.spell(x.expr), syntax.spell(y.expr)
    if switch_case:
        check.error(x, code, f"invalid case {xs} in switch on {ys} ({cause})")
    else:
        check.error(wrong, code, f"{INVALID_OP}{xs} {op} {ys} ({cause})")
    x.mode = INVALID


def _incomparable_cause(check: Checker, typ: types.Type) -> str:
    if isinstance(typ.underlying, types.Slice | types.Signature | types.Map):
        return composite_kind(typ) + " can only be compared to nil"
    return comparable_type(typ, dynamic=True, qualifier=check.qualifier) or ""


def _shift(check: Checker, x: Operand, y: Operand, e: syntax.Operation | None, op: str) -> None:
    int_kind = constants.Kind.INT
    xval = constants.to_int(x.val) if x.mode is CONSTANT else None
    untyped_int = is_untyped(x.typ) and xval is not None and constants.kind(xval) is int_kind
    if not (all_integer(x.typ) or untyped_int):
        text = f"{INVALID_OP}shifted operand {check.operand_string(x)} must be integer"
        check.error(x, Code.INVALID_SHIFT_OPERAND, text)
        x.mode = INVALID
        return
    yval: constants.Value | None = None
    if y.mode is CONSTANT:
        yval = constants.to_int(y.val)
        if constants.kind(yval) is int_kind and constants.sign(yval) < 0:
            text = f"{INVALID_OP}negative shift count {check.operand_string(y)}"
            check.error(y, Code.INVALID_SHIFT_COUNT, text)
            x.mode = INVALID
            return
        if is_untyped(y.typ):
            representable(check, y, _UINT)
            if y.mode is INVALID:
                x.mode = INVALID
                return
    elif all_integer(y.typ):
        if not all_unsigned(y.typ) and not check.allow_version(GO1_13):
            what = f"{INVALID_OP}signed shift count {check.operand_string(y)}"
            check.version_error(y, GO1_13, what)
            x.mode = INVALID
            return
    elif is_untyped(y.typ):
        convert_untyped(check, y, _UINT)
        if y.mode is INVALID:
            x.mode = INVALID
            return
    else:
        text = f"{INVALID_OP}shift count {check.operand_string(y)} must be integer"
        check.error(y, Code.INVALID_SHIFT_COUNT, text)
        x.mode = INVALID
        return
    if x.mode is CONSTANT:
        if y.mode is CONSTANT:
            _constant_shift(check, x, y, e, op, xval, yval)
            return
        if is_untyped(x.typ):
            # Its type comes from the context, as if there were no shift.
            assert x.expr is not None
            waiting = check.untyped.get(x.expr)
            if waiting is not None:
                waiting.is_lhs = True
            x.mode = VALUE
            return
    if not all_integer(x.typ):
        text = f"{INVALID_OP}shifted operand {check.operand_string(x)} must be integer"
        check.error(x, Code.INVALID_SHIFT_OPERAND, text)
        x.mode = INVALID
        return
    x.mode = VALUE


def _constant_shift(
    check: Checker,
    x: Operand,
    y: Operand,
    e: syntax.Operation | None,
    op: str,
    xval: Any,
    yval: Any,
) -> None:
    unknown = constants.Kind.UNKNOWN
    if constants.kind(x.val) is unknown or constants.kind(y.val) is unknown:
        x.val = constants.make_unknown()
        if not is_integer(x.typ):
            x.typ = _UNTYPED_INT
        return
    count, fits = constants.uint64_val(yval)
    if not fits or count > _MAX_SHIFT:
        text = f"{INVALID_OP}invalid shift count {check.operand_string(y)}"
        check.error(y, Code.INVALID_SHIFT_COUNT, text)
        x.mode = INVALID
        return
    if not is_integer(x.typ):
        x.typ = _UNTYPED_INT
    x.val = constants.shift(xval, op, count)
    x.expr = e
    overflow(check, x, op_pos(e))


# One function for each kind of expression


def _name(
    check: Checker, _target: Target | None, x: Operand, e: syntax.Name, _hint: types.Type | None
) -> ExprKind:
    typexpr.ident(check, x, e, want_type=False)
    return "expression"


def _basic_lit(
    check: Checker, _target: Target | None, x: Operand, e: syntax.BasicLit, _hint: types.Type | None
) -> ExprKind:
    if e.bad:
        return "statement"
    literals.basic_lit(check, x, e)
    return "statement" if x.mode is INVALID else "expression"


def _func_lit(
    check: Checker, _target: Target | None, x: Operand, e: syntax.FuncLit, _hint: types.Type | None
) -> ExprKind:
    literals.func_lit(check, x, e)
    return "expression"


def _composite_lit(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.CompositeLit,
    hint: types.Type | None,
) -> ExprKind:
    literals.composite_lit(check, x, e, hint)
    return "statement" if x.mode is INVALID else "expression"


def _paren(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.ParenExpr,
    _hint: types.Type | None,
) -> ExprKind:
    return raw_expr(check, None, x, e.x, None, allow_generic=False)


def _selector(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.SelectorExpr,
    _hint: types.Type | None,
) -> ExprKind:
    call.selector(check, x, e, want_type=False)
    return "expression"


def _index(
    check: Checker, target: Target | None, x: Operand, e: syntax.IndexExpr, _hint: types.Type | None
) -> ExprKind:
    if index.index_expr(check, x, e):
        call.func_inst(check, target, e.pos, x, e, infer=True)
    return "statement" if x.mode is INVALID else "expression"


def _slice(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.SliceExpr,
    _hint: types.Type | None,
) -> ExprKind:
    index.slice_expr(check, x, e)
    return "statement" if x.mode is INVALID else "expression"


def _assert(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.AssertExpr,
    _hint: types.Type | None,
) -> ExprKind:
    expr(check, None, x, e.x)
    if x.mode is INVALID:
        return "statement"
    if is_type_param(x.typ):
        what = check.operand_string(x)
        text = f"{INVALID_OP}cannot use type assertion on type parameter value {what}"
        check.error(x, Code.INVALID_ASSERT, text)
    elif not isinstance(x.typ.underlying, types.Interface):
        text = f"{INVALID_OP}{check.operand_string(x)} is not an interface"
        check.error(x, Code.INVALID_ASSERT, text)
    else:
        t = typexpr.var_type(check, e.type)
        if is_valid(t) and cycles.is_complete(check, t):
            type_assertion(check, e, x, t, type_switch=False)
            x.mode = COMMAOK
            x.typ = t
            return "expression"
    x.mode = INVALID
    return "statement"


def type_assertion(
    check: Checker, e: syntax.Expr, x: Operand, t: types.Type, *, type_switch: bool
) -> None:
    """Report a type that a value of an interface type can't have."""
    ok, cause = assignability.assertable_to(check, x.typ, t)
    if ok:
        return
    what, to = syntax.spell(e), check.type_string(t)
    if type_switch:
        text = (
            f"impossible type switch case: {what}\n\t"
            f"{check.operand_string(x)} cannot have dynamic type {to} {cause}"
        )
    else:
        text = (
            f"impossible type assertion: {what}\n\t"
            f"{to} does not implement {check.type_string(x.typ)} {cause}"
        )
    check.error(e, Code.IMPOSSIBLE_ASSERT, text)


def _call(
    check: Checker, _target: Target | None, x: Operand, e: syntax.CallExpr, _hint: types.Type | None
) -> ExprKind:
    return call.call_expr(check, x, e)


def _operation(
    check: Checker,
    _target: Target | None,
    x: Operand,
    e: syntax.Operation,
    _hint: types.Type | None,
) -> ExprKind:
    if e.y is not None:
        binary(check, x, e, e.x, e.y, e.op)
    elif e.op == "*":
        _indirection(check, x, e)
    else:
        unary(check, x, e)
        if e.op == "<-" and x.mode is not INVALID:
            return "statement"
    return "statement" if x.mode is INVALID else "expression"


def _indirection(check: Checker, x: Operand, e: syntax.Operation) -> None:
    expr_or_type(check, x, e.x, allow_generic=False)
    if x.mode is INVALID:
        return
    if x.mode is TYPEXPR:
        typexpr.valid_var_type(check, e.x, x.typ)
        x.typ = types.Pointer(x.typ)
        return
    base: types.Type | None = None

    def same_base(u: types.Type | None) -> bool:
        nonlocal base
        if not isinstance(u, types.Pointer):
            text = f"{INVALID_OP}cannot indirect {check.operand_string(x)}"
            check.error(x, Code.INVALID_INDIRECTION, text)
            return False
        if base is not None and not identical(u.elem, base):
            what = check.operand_string(x)
            text = f"{INVALID_OP}pointers of {what} must have identical base types"
            check.error(x, Code.INVALID_INDIRECTION, text)
            return False
        base = u.elem
        return True

    if under_is(x.typ, same_base) and cycles.is_complete(check, base):
        x.mode = VARIABLE
        x.typ = base
    else:
        x.mode = INVALID


def _type(
    check: Checker, _target: Target | None, x: Operand, e: syntax.Expr, _hint: types.Type | None
) -> ExprKind:
    x.mode = TYPEXPR
    x.typ = typexpr.typ(check, e)
    return "expression"


def _bad(
    _check: Checker, _target: Target | None, _x: Operand, _e: syntax.Expr, _hint: types.Type | None
) -> ExprKind:
    return "statement"


def _misplaced(
    check: Checker, _target: Target | None, _x: Operand, e: syntax.Expr, _hint: types.Type | None
) -> ExprKind:
    match e:
        case syntax.DotsType():
            text = "invalid use of ..."
        case syntax.TypeSwitchGuard():
            text = "use of .(type) outside type switch"
        case syntax.ListExpr():
            text = "unexpected list of expressions"
        case _:
            text = "no key:value expected"
    check.error(e, Code.INVALID_SYNTAX_TREE, text)
    if isinstance(e, syntax.TypeSwitchGuard):
        call.use(check, e.x)
    return "statement"


_HANDLERS: dict[type, Callable[..., ExprKind]] = {
    syntax.Name: _name,
    syntax.BasicLit: _basic_lit,
    syntax.SelectorExpr: _selector,
    syntax.CallExpr: _call,
    syntax.Operation: _operation,
    syntax.IndexExpr: _index,
    syntax.SliceExpr: _slice,
    syntax.CompositeLit: _composite_lit,
    syntax.ParenExpr: _paren,
    syntax.FuncLit: _func_lit,
    syntax.AssertExpr: _assert,
    syntax.ArrayType: _type,
    syntax.SliceType: _type,
    syntax.StructType: _type,
    syntax.FuncType: _type,
    syntax.InterfaceType: _type,
    syntax.MapType: _type,
    syntax.ChanType: _type,
    syntax.BadExpr: _bad,
    syntax.DotsType: _misplaced,
    syntax.TypeSwitchGuard: _misplaced,
    syntax.ListExpr: _misplaced,
    syntax.KeyValueExpr: _misplaced,
}
