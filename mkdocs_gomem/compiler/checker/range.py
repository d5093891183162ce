"""`for range`: over what, and which variables it gives.

Source: cmd/compile/internal/types2/range.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignments, decl, expr, stmt
from mkdocs_gomem.compiler.checker.builtins import array_ptr_deref
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import CONSTANT, INVALID, VALUE, Operand
from mkdocs_gomem.compiler.checker.version import GO1_22, GO1_23
from mkdocs_gomem.gotypes import constants, objects, types, universe
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import is_boolean, is_integer
from mkdocs_gomem.gotypes.typesets import common_under
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.checker import Checker

_INT = types.TYP[types.BasicKind.INT]
_BOOL = types.TYP[types.BasicKind.BOOL]
_YIELD = "func must be func(yield func(...) bool): "


@dataclass(frozen=True, slots=True)
class RangeTypes:
    """Types of the iteration variables; None where there is no variable."""

    key: types.Type | None = types.INVALID
    val: types.Type | None = types.INVALID
    ok: bool = False
    cause: str = ""


def _parts(
    clause: syntax.RangeClause,
) -> tuple[syntax.Expr | None, syntax.Expr | None, syntax.Expr | None]:
    lhs = clause.lhs
    if isinstance(lhs, syntax.ListExpr):
        elems = lhs.elem_list
        return elems[0], elems[1], elems[2] if len(elems) > 2 else None
    return lhs, None, None


def range_stmt(check: Checker, s: syntax.ForStmt, clause: syntax.RangeClause) -> None:
    """Check a `for range` statement."""
    key_expr, val_expr, extra = _parts(clause)
    range_var = clause.x
    x = Operand()
    check.env.has_call_or_recv = False
    expr.expr(check, None, x, range_var)
    if x.mode is not INVALID and val_expr is None and not check.env.has_call_or_recv:
        array = array_ptr_deref(x.typ.underlying)
        if isinstance(array, types.Array):
            # Only the length is needed: the operand is not evaluated.
            while isinstance(range_var, syntax.ParenExpr):
                range_var = range_var.x
            check.record(Operand(CONSTANT, range_var, _INT, constants.make_int(array.len)))
    key: types.Type | None = None
    val: types.Type | None = None
    if x.mode is not INVALID:
        found = range_key_val(check, x.typ)
        what = check.operand_string(x) if not found.ok else ""
        if not found.ok:
            text = f"cannot range over {what}"
            text += f": {found.cause}" if found.cause else ""
            check.error(x, Code.INVALID_RANGE_EXPR, text)
        elif found.key is None and key_expr is not None:
            text = f"range over {check.operand_string(x)} permits no iteration variables"
            check.error(key_expr, Code.INVALID_ITER_VAR, text)
        elif found.val is None and val_expr is not None:
            what = check.operand_string(x)
            text = f"range over {what} permits only one iteration variable"
            check.error(val_expr, Code.INVALID_ITER_VAR, text)
        elif extra is not None:
            text = "range clause permits at most two iteration variables"
            check.error(extra, Code.INVALID_ITER_VAR, text)
        key, val = found.key, found.val
    check.open_scope(s)
    pairs = [(key_expr, key), (val_expr, val)]
    over_int = x.mode is not INVALID and is_integer(x.typ)
    if clause.def_:
        _define(check, s, pairs, x, over_int=over_int)
    elif key_expr is not None:
        _assign(check, pairs, x, over_int=over_int)
    elif over_int:
        # The operand gets its type from itself.
        assignments.assignment(check, x, None, "range clause")
    stmt.stmt(check, s.body)
    check.close_scope()


def _define(
    check: Checker,
    s: syntax.ForStmt,
    pairs: list[tuple[syntax.Expr | None, types.Type | None]],
    x: Operand,
    *,
    over_int: bool,
) -> None:
    new_vars: list[objects.Var] = []
    local = objects.VarKind.LOCAL_VAR
    for lhs, typ in pairs:
        if lhs is None:
            continue
        if isinstance(lhs, syntax.Name):
            var = objects.Var(lhs.pos, check.pkg, lhs.value, None, local)
            check.record_def(lhs, var)
            if lhs.value != "_":
                new_vars.append(var)
        else:
            text = f"cannot declare {syntax.spell(lhs)}"
            check.error(lhs, Code.INVALID_SYNTAX_TREE, text)
            var = objects.Var(lhs.pos, check.pkg, "_", None, local)
        if typ is None or typ is types.INVALID:
            var.type = types.INVALID
            var.used = True
        elif over_int:
            assignments.init_var(check, var, x, "range clause")
        else:
            assignments.init_var(check, var, Operand(VALUE, lhs, typ), "assignment")
    if not new_vars:
        check.error(s, Code.NO_NEW_VAR, "no new variables on left side of :=")
    for var in new_vars:
        decl.declare(check, check.env.scope, None, var, s.body.pos)


def _assign(
    check: Checker,
    pairs: list[tuple[syntax.Expr | None, types.Type | None]],
    x: Operand,
    *,
    over_int: bool,
) -> None:
    for lhs, typ in pairs:
        if lhs is None or typ is None or typ is types.INVALID:
            continue
        if over_int:
            assignments.assign_var(check, lhs, None, x, "range clause")
            if x.mode is not INVALID and not is_integer(x.typ):
                text = f"cannot use iteration variable of type {check.type_string(x.typ)}"
                check.error(lhs, Code.INVALID_RANGE_EXPR, text)
        else:
            assignments.assign_var(check, lhs, None, Operand(VALUE, lhs, typ), "assignment")


def range_key_val(check: Checker, orig: types.Type) -> RangeTypes:
    """Return the types of the variables of a range over a type."""

    def receivable(t: types.Type | None, u: types.Type | None) -> str | None:
        if isinstance(u, types.Chan) and u.dir is types.ChanDir.SEND_ONLY:
            return f"receive from send-only channel {check.type_string(t)}"
        return None

    common, cause = common_under(orig, receivable, check.qualifier)
    if common is None:
        return RangeTypes(cause=cause)
    match array_ptr_deref(common):
        case types.Slice(elem=elem) | types.Array(elem=elem):
            return RangeTypes(_INT, elem, ok=True)
        case types.Map(key=key, elem=elem):
            return RangeTypes(key, elem, ok=True)
        case types.Chan(elem=elem):
            return RangeTypes(elem, None, ok=True)
        case types.Basic(info=info) if info & types.IS_STRING:
            return RangeTypes(_INT, universe.UNIVERSE_RUNE, ok=True)
        case types.Basic(info=info) if info & types.IS_INTEGER:
            if not check.allow_version(GO1_22):
                return RangeTypes(cause="requires go1.22 or later")
            return RangeTypes(orig, None, ok=True)
        case types.Signature() as sig:
            return _range_func(check, sig)
        case _:
            pass
    return RangeTypes(None, None)


def _range_func(check: Checker, sig: types.Signature) -> RangeTypes:
    if not check.allow_version(GO1_23):
        return RangeTypes(cause="requires go1.23 or later")
    if len(sig.params) != 1:
        return RangeTypes(cause=_YIELD + "wrong argument count")
    if len(sig.results) != 0:
        return RangeTypes(cause=_YIELD + "unexpected results")
    yield_type = sig.params.vars[0].type
    assert yield_type is not None
    callback, cause = common_under(yield_type, None, check.qualifier)
    if not isinstance(callback, types.Signature):
        if callback is None:
            return RangeTypes(cause=f"{_YIELD}in yield type, {cause}")
        return RangeTypes(cause=_YIELD + "argument is not func")
    params, results = callback.params.vars, callback.results.vars
    if len(params) > 2:
        return RangeTypes(cause=_YIELD + "yield func has too many parameters")
    returned = results[0].type if len(results) == 1 else None
    if returned is None or not identical(returned, _BOOL):
        if returned is not None and is_boolean(returned):
            why = "yield func returns user-defined boolean, not bool"
        else:
            why = "yield func does not return bool"
        return RangeTypes(cause=_YIELD + why)
    if callback.variadic:
        spelled = check.type_string(callback)
        return RangeTypes(cause=f"yield func of type {spelled} cannot be variadic")
    key = params[0].type if params else None
    val = params[1].type if len(params) > 1 else None
    return RangeTypes(key, val, ok=True)
