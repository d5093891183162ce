"""Constants: do they fit their type, and what an untyped one becomes.

Source: cmd/compile/internal/types2/const.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import expr
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import INVALID, Operand
from mkdocs_gomem.gotypes import constants, types
from mkdocs_gomem.gotypes.predicates import is_integer, is_numeric, is_type_param, is_typed
from mkdocs_gomem.source import NO_POS, Pos, unsupported

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker

MAX_BITS = 512
"""Untyped integers larger than this overflow."""
MAX_STRING = 2_000_000_000
"""Bytes of a constant string."""

_OP_NAMES_UNARY = {"^": "bitwise complement"}
_OP_NAMES_BINARY = {
    "+": "addition",
    "-": "subtraction",
    "^": "bitwise XOR",
    "*": "multiplication",
    "<<": "shift",
}


def op_pos(e: syntax.Expr | None) -> Pos:
    """Return the place where an overflow is told: an operation's operator."""
    if e is None:
        return NO_POS
    return e.pos if isinstance(e, syntax.Operation) else syntax.start_pos(e)


def _op_name(e: syntax.Expr | None) -> str:
    if not isinstance(e, syntax.Operation):
        return ""
    return (_OP_NAMES_UNARY if e.y is None else _OP_NAMES_BINARY).get(e.op, "")


def overflow(check: Checker, x: Operand, pos: Pos) -> None:
    """Report a constant result that does not fit."""
    val = x.val
    if isinstance(val, constants.TooLong):
        unsupported(pos, f"constant string of {val.length} bytes")
    if constants.kind(val) is constants.Kind.UNKNOWN:
        check.error(pos, Code.INVALID_CONST_VAL, "constant result is not representable")
        return
    typ = x.typ
    if is_typed(typ):
        under = typ.underlying
        assert isinstance(under, types.Basic)
        representable(check, x, under)
        return
    kind = constants.kind(val)
    if kind is constants.Kind.INT and constants.bit_len(val) > MAX_BITS:
        name = _op_name(x.expr)
        text = f"constant {name + ' ' if name else ''}overflow"
        check.error(pos, Code.INVALID_CONST_VAL, text)
        x.val = constants.make_unknown()


def representable_const(val: constants.Value, typ: types.Basic) -> bool:
    """Tell whether a value fits a basic type, rounding floats if need be."""
    return constants.representable(val, typ) is not None


def representable(check: Checker, x: Operand, typ: types.Basic) -> None:
    """Make a constant fit a basic type, or report that it does not."""
    val, code = representation(x, typ)
    if code is not None:
        invalid_conversion(check, code, x, typ)
        x.mode = INVALID
        return
    x.val = val


def representation(x: Operand, typ: types.Basic) -> tuple[constants.Value | None, Code | None]:
    """Return a constant's value as a basic type holds it, or the rule it breaks."""
    val = constants.representable(x.val, typ)
    if val is not None:
        return val, None
    if is_numeric(x.typ) and is_numeric(typ):
        if not is_integer(x.typ) and is_integer(typ):
            return None, Code.TRUNCATED_FLOAT
        return None, Code.NUMERIC_OVERFLOW
    return None, Code.INVALID_CONST_VAL


def invalid_conversion(check: Checker, code: Code, x: Operand, target: types.Type) -> None:
    """Report a constant that can't be what it should be."""
    what, to = check.operand_string(x), check.type_string(target)
    if code is Code.TRUNCATED_FLOAT:
        text = f"{what} truncated to {to}"
    elif code is Code.NUMERIC_OVERFLOW:
        text = f"{what} overflows {to}"
    else:
        text = f"cannot convert {what} to type {to}"
    check.error(x, code, text)


def convert_untyped(check: Checker, x: Operand, target: types.Type) -> None:
    """Give an untyped operand the type that its context asks for."""
    new_type, val, code = expr.implicit_type_and_value(check, x, target)
    if code is not None:
        t: types.Type = target
        if not is_type_param(target):
            t = target.underlying
        invalid_conversion(check, code, x, t)
        x.mode = INVALID
        return
    if val is not None:
        x.val = val
        expr.update_expr_val(check, x.expr, val)
    if new_type is not x.typ:
        x.typ = new_type
        expr.update_expr_type(check, x.expr, new_type, final=False)
