"""Operators: arithmetic, comparisons, shifts, `&x` and `<-c`.

An operator asks its operands for one type, giving an untyped one the type of the other, and
works a constant result out at once. A shift of an untyped constant by a count that is none
waits for the type that its context gives it.

Source: cmd/compile/internal/types2/expr.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignability, cycles, expr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import (
    MAX_STRING,
    convert_untyped,
    op_pos,
    overflow,
    representable,
)
from mkdocs_gomem.compiler.checker.errors import INVALID_OP
from mkdocs_gomem.compiler.checker.operand import (
    COMMAOK,
    CONSTANT,
    INVALID,
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
    is_integer,
    is_non_type_param_interface,
    is_type_param,
    is_typed,
    is_unsigned,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.gotypes.typesets import common_under

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.checker.checker import Checker

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
COMPARISONS = frozenset(("==", "!=", "<", "<=", ">", ">="))
SHIFTS = frozenset(("<<", ">>"))
_MAX_SHIFT = 1023 - 1 + 52
"""Enough to write the smallest float64."""


def unary(check: Checker, x: Operand, e: syntax.Operation) -> None:
    """Check `op x`, other than `*x`."""
    expr.expr(check, None, x, e.x)
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
    expr.expr(check, None, x, lhs)
    expr.expr(check, None, y, rhs)
    if x.mode is INVALID:
        return
    if y.mode is INVALID:
        x.mode = INVALID
        x.expr = y.expr
        return
    if op in SHIFTS:
        _shift(check, x, y, e, op)
        return
    match_types(check, x, y)
    if x.mode is INVALID:
        return
    if op in COMPARISONS:
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
        expr.update_expr_type(check, x.expr, default(x.typ), final=True)
        expr.update_expr_type(check, y.expr, default(y.typ), final=True)
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
