"""Assignments of all kinds: to variables, parameters, results, constants, fields.

`assignment` is the one rule behind all of them: an untyped operand gets its type, then the
operand must be assignable.

Source: cmd/compile/internal/types2/assignments.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignability, call, decl, expr
from mkdocs_gomem.compiler.checker.checker import Checker, at_pos
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.operand import (
    BUILTIN,
    CONSTANT,
    INVALID,
    MAPINDEX,
    NO_VALUE,
    TYPEXPR,
    VARIABLE,
    Operand,
)
from mkdocs_gomem.compiler.checker.signature import measure
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.gotypes.predicates import (
    default,
    is_non_type_param_interface,
    is_numeric,
    is_untyped,
    is_valid,
)
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Sequence

_UNTYPED_NIL = types.TYP[types.BasicKind.UNTYPED_NIL]


def assignment(check: Checker, x: Operand, t: types.Type | None, context: str) -> None:
    """Assign an operand to a variable of a type, or of whatever type it has itself (None)."""
    expr.single_value(check, x)
    mode = x.mode
    if mode is INVALID:
        return
    if mode is NO_VALUE or mode is BUILTIN or mode is TYPEXPR:
        text = f"cannot assign {check.operand_string(x)} to {check.type_string(t)} in {context}"
        check.error(x, Code.INCOMPATIBLE_ASSIGN, text)
        x.mode = INVALID
        return
    if is_untyped(x.typ):
        target = t
        if x.is_nil:
            if t is None:
                check.error(x, Code.UNTYPED_NIL_USE, f"use of untyped nil in {context}")
                x.mode = INVALID
                return
        elif t is None or is_non_type_param_interface(t):
            target = default(x.typ)
        assert target is not None
        new_type, val, code = expr.implicit_type_and_value(check, x, target)
        if code is not None:
            what, to = check.operand_string(x), check.type_string(target)
            text = f"cannot use {what} as {to} value in {context}"
            if code is Code.TRUNCATED_FLOAT:
                text += " (truncated)"
            elif code is Code.NUMERIC_OVERFLOW:
                text += " (overflows)"
            else:
                code = Code.INCOMPATIBLE_ASSIGN
            check.error(x, code, text)
            x.mode = INVALID
            return
        if val is not None:
            x.val = val
            expr.update_expr_val(check, x.expr, val)
        if new_type is not x.typ:
            x.typ = new_type
            expr.update_expr_type(check, x.expr, new_type, final=False)
    typ = x.typ
    if isinstance(typ, (types.Signature, types.Named, types.Alias)):
        expr.non_generic(check, expr.new_target(t, context), x)
        if x.mode is INVALID:
            return
        typ = x.typ
    if t is None or t is typ:
        return
    verdict = assignability.assignable_to(check, x, t, explain=True)
    if not verdict.ok:
        text = f"cannot use {check.operand_string(x)} as {check.type_string(t)} value in {context}"
        if verdict.cause:
            text += ": " + verdict.cause
        check.error(x, verdict.code, text)
        x.mode = INVALID


def init_const(check: Checker, lhs: objects.Const, x: Operand) -> None:
    """Give a constant its value."""
    if x.mode is INVALID or not is_valid(x.typ) or lhs.type is types.INVALID:
        if lhs.type is None:
            lhs.type = types.INVALID
        return
    if x.mode is not CONSTANT:
        text = f"{check.operand_string(x)} is not constant"
        check.error(x, Code.INVALID_CONST_INIT, text)
        if lhs.type is None:
            lhs.type = types.INVALID
        return
    if lhs.type is None:
        lhs.type = x.typ
    assignment(check, x, lhs.type, "constant declaration")
    if x.mode is not INVALID:
        lhs.val = x.val


def init_var(check: Checker, lhs: objects.Var, x: Operand, context: str) -> None:
    """Give a variable its first value, and its type if it has none."""
    invalid = x.mode is INVALID or not is_valid(x.typ)
    if invalid or (lhs.type is not None and not is_valid(lhs.type)):
        if lhs.type is None:
            lhs.type = types.INVALID
        x.mode = INVALID
        return
    if lhs.type is None:
        typ = x.typ
        if is_untyped(typ):
            if typ is _UNTYPED_NIL:
                check.error(x, Code.UNTYPED_NIL_USE, f"use of untyped nil in {context}")
                lhs.type = types.INVALID
                x.mode = INVALID
                return
            typ = default(typ)
        lhs.type = typ
    assignment(check, x, lhs.type, context)


def _lhs_var(check: Checker, lhs: syntax.Expr) -> types.Type | None:
    """Return the type of what is assigned to: None for `_`, invalid after an error."""
    ident = syntax.unparen(lhs)
    var: objects.Var | None = None
    was_used = False
    if isinstance(ident, syntax.Name):
        if ident.value == "_":
            check.record_def(ident, None)
            return None
        # Assigning to a variable is no use of it.
        obj = check.lookup(ident.value)
        if isinstance(obj, objects.Var) and obj.pkg is check.pkg:
            var = obj
            was_used = obj.used
    x = Operand()
    expr.expr(check, None, x, lhs)
    if var is not None:
        var.used = was_used
    if x.mode is INVALID or not is_valid(x.typ):
        return types.INVALID
    if x.mode is VARIABLE or x.mode is MAPINDEX:
        typ: types.Type = x.typ
        return typ
    assert x.expr is not None
    what = syntax.spell(x.expr)
    if isinstance(x.expr, syntax.SelectorExpr):
        operand = Operand()
        expr.expr(check, None, operand, x.expr.x)
        if operand.mode is MAPINDEX:
            text = f"cannot assign to struct field {what} in map"
            check.error(x, Code.UNADDRESSABLE_FIELD_ASSIGN, text)
            return types.INVALID
    text = f"cannot assign to {what} (neither addressable nor a map index expression)"
    check.error(x, Code.UNASSIGNABLE_OPERAND, text)
    return types.INVALID


def assign_var(
    check: Checker,
    lhs: syntax.Expr,
    rhs: syntax.Expr | None,
    x: Operand | None,
    context: str,
) -> None:
    """Assign an expression, or an operand that was checked before."""
    t = _lhs_var(check, lhs)
    if t is not None and not is_valid(t):
        if x is not None:
            x.mode = INVALID
        else:
            assert rhs is not None
            call.use(check, rhs)
        return
    if x is None:
        assert rhs is not None
        target = None
        if t is not None and isinstance(t.underlying, types.Signature):
            target = expr.new_target(t, syntax.spell(lhs))
        x = Operand()
        expr.expr(check, target, x, rhs)
    if t is None and context == "assignment":
        context = "assignment to _ identifier"
    assignment(check, x, t, context)


def types_summary(
    check: Checker, typs: Sequence[types.Type | None], *, variadic: bool, has_dots: bool
) -> str:
    """Write the types of arguments, parameters or results: `(int, number, ...string)`."""
    spelled = []
    for i, t in enumerate(typs):
        last = i == len(typs) - 1
        if t is None or not is_valid(t):
            text = "unknown type"
        elif is_untyped(t):
            assert isinstance(t, types.Basic)
            text = "number" if is_numeric(t) else t.name.replace("untyped ", "")
        elif variadic and last and isinstance(t, types.Slice):
            text = check.type_string(t.elem)
        else:
            text = check.type_string(t)
        if last and variadic:
            text = "..." + text
        elif last and has_dots:
            text += "..."
        spelled.append(text)
    return "(" + ", ".join(spelled) + ")"


def _assign_error(check: Checker, rhs: Sequence[syntax.Expr], left: int, right: int) -> None:
    variables, values = measure(left, "variable"), measure(right, "value")
    text = f"assignment mismatch: {variables} but {values}"
    if len(rhs) == 1:
        only = syntax.unparen(rhs[0])
        if isinstance(only, syntax.CallExpr):
            fun = syntax.spell(only.fun)
            text = f"assignment mismatch: {variables} but {fun} returns {values}"
    check.error(rhs[0], Code.WRONG_ASSIGN_COUNT, text)


def _return_error(
    check: Checker, at: syntax.Stmt, lhs: Sequence[objects.Var], rhs: Sequence[Operand]
) -> None:
    where: syntax.Stmt | Operand = at
    qualifier = "not enough"
    if len(rhs) > len(lhs):
        where = rhs[len(lhs)]
        qualifier = "too many"
    elif rhs:
        where = rhs[-1]
    report = check.new_report(Code.WRONG_RESULT_COUNT)
    report.add(at_pos(where), f"{qualifier} return values")
    have = types_summary(check, [x.typ for x in rhs], variadic=False, has_dots=False)
    want = types_summary(check, [v.type for v in lhs], variadic=False, has_dots=False)
    report.add(NO_POS, f"have {have}")
    report.add(NO_POS, f"want {want}")
    report.report()


def init_vars(
    check: Checker,
    lhs: Sequence[objects.Var],
    orig_rhs: Sequence[syntax.Expr],
    return_stmt: syntax.ReturnStmt | None,
) -> None:
    """Give variables, or the results of a function, their values."""
    left, right = len(lhs), len(orig_rhs)
    context = "assignment"
    if return_stmt is not None:
        context = "return statement"
    elif left > 1:
        context = "multiple assignment"
    is_call = right == 1 and isinstance(syntax.unparen(orig_rhs[0]), syntax.CallExpr)
    if left == right and not is_call:
        for var, rhs in zip(lhs, orig_rhs, strict=True):
            desc = var.name
            if return_stmt is not None and not desc:
                desc = "result variable"
            x = Operand()
            expr.expr(check, expr.new_target(var.type, desc), x, rhs)
            init_var(check, var, x, context)
        return
    if right != 1:
        if call.use(check, *orig_rhs):
            if return_stmt is not None:
                operands = call.expr_list(check, orig_rhs)
                _return_error(check, return_stmt, lhs, operands)
            else:
                _assign_error(check, orig_rhs, left, right)
        _invalidate(lhs)
        return
    allow = left == 2 and return_stmt is None
    values, comma_ok = expr.multi_expr(check, orig_rhs[0], allow_comma_ok=allow)
    if left == len(values):
        for var, x in zip(lhs, values, strict=True):
            init_var(check, var, x, context)
        if comma_ok and all(x.mode is not INVALID for x in values):
            check.record_comma_ok_types(orig_rhs[0], values)
        return
    if values[0].mode is not INVALID:
        if return_stmt is not None:
            _return_error(check, return_stmt, lhs, values)
        else:
            _assign_error(check, orig_rhs, left, len(values))
    _invalidate(lhs)


def _invalidate(lhs: Sequence[objects.Var]) -> None:
    for var in lhs:
        if var.type is None:
            var.type = types.INVALID


def assign_vars(
    check: Checker, lhs: Sequence[syntax.Expr], orig_rhs: Sequence[syntax.Expr]
) -> None:
    """Check `lhs = rhs`."""
    left, right = len(lhs), len(orig_rhs)
    context = "multiple assignment" if left > 1 else "assignment"
    is_call = right == 1 and isinstance(syntax.unparen(orig_rhs[0]), syntax.CallExpr)
    if left == right and not is_call:
        for to, rhs in zip(lhs, orig_rhs, strict=True):
            assign_var(check, to, rhs, None, context)
        return
    if right != 1:
        lhs_ok = call.use_lhs(check, *lhs)
        rhs_ok = call.use(check, *orig_rhs)
        if lhs_ok and rhs_ok:
            _assign_error(check, orig_rhs, left, right)
        return
    values, comma_ok = expr.multi_expr(check, orig_rhs[0], allow_comma_ok=left == 2)
    if left == len(values):
        for to, x in zip(lhs, values, strict=True):
            assign_var(check, to, None, x, context)
        if comma_ok and all(x.mode is not INVALID for x in values):
            check.record_comma_ok_types(orig_rhs[0], values)
        return
    if values[0].mode is not INVALID:
        _assign_error(check, orig_rhs, left, len(values))
    call.use_lhs(check, *lhs)


def short_var_decl(
    check: Checker, pos: Pos, lhs: Sequence[syntax.Expr], rhs: Sequence[syntax.Expr]
) -> None:
    """Check `lhs := rhs`."""
    top = len(check.delayed)
    scope = check.env.scope
    seen: set[str] = set()
    lhs_vars: list[objects.Var] = []
    new_vars: list[objects.Var] = []
    failed = False
    local = objects.VarKind.LOCAL_VAR
    for e in lhs:
        dummy = objects.Var(e.pos, check.pkg, "_", None, local)
        if not isinstance(e, syntax.Name):
            call.use_lhs(check, e)
            text = f"non-name {syntax.spell(e)} on left side of :="
            check.error(e, Code.BAD_DECL, text)
            failed = True
            lhs_vars.append(dummy)
            continue
        name = e.value
        if name != "_":
            if name in seen:
                text = f"{name} repeated on left side of :="
                check.error(e, Code.REPEATED_DECL, text)
                failed = True
                lhs_vars.append(dummy)
                continue
            seen.add(name)
        other = scope.lookup(name)
        if other is not None:
            check.record_use(e, other)
            if isinstance(other, objects.Var):
                lhs_vars.append(other)
            else:
                check.error(e, Code.UNASSIGNABLE_OPERAND, f"cannot assign to {name}")
                failed = True
                lhs_vars.append(dummy)
            continue
        var = objects.Var(e.pos, check.pkg, name, None, local)
        lhs_vars.append(var)
        if name != "_":
            new_vars.append(var)
        check.record_def(e, var)
    init_vars(check, lhs_vars, rhs, None)
    check.process_delayed(top)
    if not new_vars and not failed:
        check.error(pos, Code.NO_NEW_VAR, "no new variables on left side of :=")
        return
    scope_pos = syntax.end_pos(rhs[-1])
    for var in new_vars:
        decl.declare(check, scope, None, var, scope_pos)
