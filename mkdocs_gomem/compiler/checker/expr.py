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

from typing import TYPE_CHECKING, Any, Literal

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import (
    assignability,
    call,
    cycles,
    index,
    literals,
    operators,
    typexpr,
)
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import (
    convert_untyped,
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
)
from mkdocs_gomem.gotypes import constants, types
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import (
    all_integer,
    default,
    has_nil,
    is_generic,
    is_type_param,
    is_typed,
    is_untyped,
    is_valid,
    max_type,
)
from mkdocs_gomem.gotypes.typesets import common_under, is_universe, type_set, under_is
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.checker.checker import Checker

ExprKind = Literal["conversion", "expression", "statement"]
"""What may be done with an expression as a statement: only the last kind may stand alone."""

_UNTYPED_BOOL = types.TYP[types.BasicKind.UNTYPED_BOOL]


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
    elif isinstance(t, (types.Named, types.Alias)) and is_generic(t):
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
                if e.y is None or e.op in operators.SHIFTS:
                    update_expr_type(check, e.x, typ, final=final)
                elif e.op not in operators.COMPARISONS:
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
        operators.binary(check, x, e, e.x, e.y, e.op)
    elif e.op == "*":
        _indirection(check, x, e)
    else:
        operators.unary(check, x, e)
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
