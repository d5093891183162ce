"""Statements and function bodies, and what a body leaves unused.

Branches to labels, `break` and `continue` were checked by the parser, as in gc.

Source: cmd/compile/internal/types2/stmt.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignments, call, decl, expr, operators, typexpr
from mkdocs_gomem.compiler.checker import range as ranging
from mkdocs_gomem.compiler.checker.checker import Checker, DeclInfo, Environment
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.const import convert_untyped
from mkdocs_gomem.compiler.checker.errors import INVALID_OP
from mkdocs_gomem.compiler.checker.operand import (
    BUILTIN,
    CONSTANT,
    INVALID,
    TYPEXPR,
    Operand,
)
from mkdocs_gomem.compiler.checker.returns import is_terminating
from mkdocs_gomem.gotypes import constants, objects, spelling, types
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.predicates import (
    all_boolean,
    all_numeric,
    comparable,
    has_nil,
    is_interface,
    is_type_param,
    is_valid,
)
from mkdocs_gomem.source import Pos, order_of, spell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BOOL = types.TYP[types.BasicKind.BOOL]
_LOCAL = objects.VarKind.LOCAL_VAR


def func_body(
    check: Checker,
    info: DeclInfo | None,
    sig: types.Signature,
    body: syntax.BlockStmt,
    iota: constants.Value | None,
) -> None:
    """Check the body of a function or function literal."""
    saved = check.env
    scope = sig.scope
    assert scope is not None
    check.env = Environment(scope, saved.version, decl=info, iota=iota, sig=sig)
    for s in body.list:
        stmt(check, s)
    if check.trusted:
        check.env = saved
        return
    if len(sig.results) and not is_terminating(body, "", check.env.is_panic or frozenset()):
        check.error(body.rbrace, Code.MISSING_RETURN, "missing return")
    usage(check, scope)
    check.env = saved


def usage(check: Checker, scope: objects.Scope) -> None:
    """Report variables that nothing uses, those of outer scopes first."""
    unused = [
        obj
        for obj in scope.objects()
        if isinstance(obj, objects.Var) and not obj.used and obj.kind is _LOCAL
    ]
    unused.sort(key=lambda var: order_of(var.pos))
    for var in unused:
        check.error(var, Code.UNUSED_VAR, f"declared and not used: {var.name}")
    for child in scope.children:
        if not child.is_func:
            usage(check, child)


def stmt(check: Checker, s: syntax.Stmt) -> None:
    """Check a statement, and what it puts off."""
    top = len(check.delayed)
    _HANDLERS[type(s)](check, s)
    if len(check.delayed) > top:
        check.process_delayed(top)


def _empty(check: Checker, s: syntax.EmptyStmt) -> None:
    pass


def _decl(check: Checker, s: syntax.DeclStmt) -> None:
    decl.decl_stmt(check, s.decl_list)


def _labeled(check: Checker, s: syntax.LabeledStmt) -> None:
    stmt(check, s.stmt)


def _expr(check: Checker, s: syntax.ExprStmt) -> None:
    x = Operand()
    kind = expr.raw_expr(check, None, x, s.x, None, allow_generic=False)
    if x.mode is BUILTIN:
        text, code = "must be called", Code.UNCALLED_BUILTIN
    elif x.mode is TYPEXPR:
        text, code = "is not an expression", Code.NOT_AN_EXPR
    elif kind == "statement":
        return
    else:
        text, code = "is not used", Code.UNUSED_EXPR
    check.error(x, code, f"{check.operand_string(x)} {text}")


def _send(check: Checker, s: syntax.SendStmt) -> None:
    chan, val = Operand(), Operand()
    expr.expr(check, None, chan, s.chan)
    expr.generic_expr(check, val, s.value, None)
    if chan.mode is INVALID or val.mode is INVALID:
        return
    elem = operators.chan_elem(check, s, chan, recv=False)
    if elem is not None:
        assignments.assignment(check, val, elem, "send")


def _assign(check: Checker, s: syntax.AssignStmt) -> None:
    op = s.op
    if s.rhs is None:
        x = Operand()
        expr.expr(check, None, x, s.lhs)
        if x.mode is INVALID:
            return
        if not all_numeric(x.typ):
            what = syntax.spell(s.lhs)
            typ = check.type_string(x.typ)
            text = f"{INVALID_OP}{what}{op}{op} (non-numeric type {typ})"
            check.error(s.lhs, Code.NON_NUMERIC_INC_DEC, text)
            return
        assignments.assign_var(check, s.lhs, None, x, "assignment")
        return
    lhs = syntax.unpack_list_expr(s.lhs)
    rhs = syntax.unpack_list_expr(s.rhs)
    if op is None:
        assignments.assign_vars(check, lhs, rhs)
    elif op == ":":
        assignments.short_var_decl(check, s.pos, lhs, rhs)
    elif len(lhs) != 1 or len(rhs) != 1:
        text = f"assignment operation {op} requires single-valued expressions"
        check.error(s, Code.MULTI_VAL_ASSIGN_OP, text)
    else:
        x = Operand()
        operators.binary(check, x, None, lhs[0], rhs[0], op)
        assignments.assign_var(check, lhs[0], None, x, "assignment")


def _suspended_call(check: Checker, s: syntax.CallStmt) -> None:
    code = Code.INVALID_GO if s.tok == "go" else Code.INVALID_DEFER
    if not isinstance(s.call, syntax.CallExpr):
        text = f"expression in {s.tok} must be function call"
        check.error(s.call, code, text)
        call.use(check, s.call)
        return
    x = Operand()
    kind = expr.raw_expr(check, None, x, s.call, None, allow_generic=False)
    if kind == "statement":
        return
    if kind == "conversion":
        text = "requires function call, not conversion"
    else:
        text = "discards result of"
        code = Code.UNUSED_RESULTS
    check.error(x, code, f"{s.tok} {text} {check.operand_string(x)}")


def _return(check: Checker, s: syntax.ReturnStmt) -> None:
    sig = check.env.sig
    assert sig is not None
    results = sig.results.vars
    values = syntax.unpack_list_expr(s.results)
    if not values and results and results[0].name:
        for result in results:
            other = check.lookup(result.name)
            if other is not None and other is not result:
                report = check.new_report(Code.OUT_OF_SCOPE_RESULT)
                text = f"result parameter {result.name} not in scope at return"
                report.add(s.pos, text)
                spelled = spelling.object_string(result, check.qualifier)
                report.add(other.pos, f"inner declaration of {spelled}")
                report.report()
    elif results:
        assignments.init_vars(check, results, values, s)
    elif values:
        assignments.init_vars(check, [], values, s)


def _branch(check: Checker, s: syntax.BranchStmt) -> None:
    pass


def _block(check: Checker, s: syntax.BlockStmt) -> None:
    check.open_scope(s)
    for inner in s.list:
        stmt(check, inner)
    check.close_scope()


def _if(check: Checker, s: syntax.IfStmt) -> None:
    check.open_scope(s)
    if s.init is not None:
        stmt(check, s.init)
    _condition(check, s.cond, "if")
    stmt(check, s.then)
    if s.else_ is not None:
        stmt(check, s.else_)
    check.close_scope()


def _condition(check: Checker, cond: syntax.Expr, what: str) -> None:
    x = Operand()
    expr.expr(check, None, x, cond)
    if x.mode is not INVALID and not all_boolean(x.typ):
        check.error(cond, Code.INVALID_COND, f"non-boolean condition in {what} statement")


def _for(check: Checker, s: syntax.ForStmt) -> None:
    if isinstance(s.init, syntax.RangeClause):
        ranging.range_stmt(check, s, s.init)
        return
    check.open_scope(s)
    if s.init is not None:
        stmt(check, s.init)
    if s.cond is not None:
        _condition(check, s.cond, "for")
    if s.post is not None:
        stmt(check, s.post)
        if isinstance(s.post, syntax.AssignStmt) and s.post.op == ":":
            call.use(check, s.post.lhs)
    stmt(check, s.body)
    check.close_scope()


def _switch(check: Checker, s: syntax.SwitchStmt) -> None:
    check.open_scope(s)
    if s.init is not None:
        stmt(check, s.init)
    if isinstance(s.tag, syntax.TypeSwitchGuard):
        _type_switch(check, s, s.tag)
    else:
        _expr_switch(check, s, s.tag)
    check.close_scope()


def _multiple_defaults(
    check: Checker, clauses: Sequence[syntax.CaseClause] | Sequence[syntax.CommClause]
) -> None:
    first: Pos | None = None
    for clause in clauses:
        label = clause.cases if isinstance(clause, syntax.CaseClause) else clause.comm
        if label is not None:
            continue
        if first is None:
            first = clause.pos
        else:
            text = f"multiple defaults (first at {spell(first)})"
            check.error(clause, Code.DUPLICATE_DEFAULT, text)


def _clause_body(check: Checker, body: Sequence[syntax.Stmt]) -> None:
    for s in body:
        stmt(check, s)


def case_key(val: constants.Value) -> object:
    """Return a key that equal constants share, of whatever kind they are written in."""
    value = constants.to_int(val)
    if constants.kind(value) is not constants.Kind.INT:
        value = val
    return constants.kind(value), constants.exact_string(value)


def _expr_switch(check: Checker, s: syntax.SwitchStmt, tag: syntax.Expr | None) -> None:
    x = Operand()
    if tag is not None:
        expr.expr(check, None, x, tag)
        assignments.assignment(check, x, None, "switch expression")
        if x.mode is not INVALID and not comparable(x.typ) and not has_nil(x.typ):
            what, typ = check.operand_string(x), check.type_string(x.typ)
            text = f"cannot switch on {what} ({typ} is not comparable)"
            check.error(x, Code.INVALID_EXPR_SWITCH, text)
            x.mode = INVALID
    else:
        pos = s.body[0].pos if s.body else s.rbrace
        true: constants.Value = True
        x = Operand(CONSTANT, syntax.Name(pos, "true"), _BOOL, true)
    _multiple_defaults(check, s.body)
    seen: dict[object, list[tuple[Pos, types.Type]]] = {}
    for clause in s.body:
        for e in syntax.unpack_list_expr(clause.cases):
            _case_value(check, x, e, seen)
        check.open_scope(clause)
        _clause_body(check, clause.body)
        check.close_scope()


def _case_value(
    check: Checker,
    x: Operand,
    e: syntax.Expr,
    seen: dict[object, list[tuple[Pos, types.Type]]],
) -> None:
    v = Operand()
    expr.expr(check, None, v, e)
    if x.mode is INVALID or v.mode is INVALID:
        return
    convert_untyped(check, v, x.typ)
    if v.mode is INVALID:
        return
    result = v.copy()
    operators.comparison(check, result, x, "==", switch_case=True)
    if result.mode is INVALID or v.mode is not CONSTANT:
        return
    kind = constants.kind(v.val)
    if kind not in (constants.Kind.INT, constants.Kind.FLOAT, constants.Kind.STRING):
        return
    known = seen.setdefault((kind, constants.exact_string(v.val)), [])
    for pos, typ in known:
        if identical(v.typ, typ):
            report = check.new_report(Code.DUPLICATE_CASE)
            what = check.operand_string(v)
            report.add(syntax.start_pos(e), f"duplicate case {what} in expression switch")
            report.add(pos, "previous case")
            report.report()
            return
    known.append((e.pos, v.typ))


def _type_switch(check: Checker, s: syntax.SwitchStmt, guard: syntax.TypeSwitchGuard) -> None:
    lhs = guard.lhs
    if lhs is not None:
        if lhs.value == "_":
            text = "no new variable on left side of :="
            check.error(lhs, Code.NO_NEW_VAR, text)
            lhs = None
        else:
            check.record_def(lhs, None)
    subject: Operand | None = None
    x = Operand()
    expr.expr(check, None, x, guard.x)
    if x.mode is not INVALID:
        if is_type_param(x.typ):
            text = f"cannot use type switch on type parameter value {check.operand_string(x)}"
            check.error(x, Code.INVALID_TYPE_SWITCH, text)
        elif is_interface(x.typ):
            subject = x
        else:
            text = f"{check.operand_string(x)} is not an interface"
            check.error(x, Code.INVALID_TYPE_SWITCH, text)
    _multiple_defaults(check, s.body)
    lhs_vars: list[objects.Var] = []
    seen: list[tuple[types.Type | None, syntax.Expr]] = []
    for clause in s.body:
        t = _case_types(check, subject, syntax.unpack_list_expr(clause.cases), seen)
        check.open_scope(clause)
        if lhs is not None:
            var = objects.Var(lhs.pos, check.pkg, lhs.value, t, _LOCAL)
            decl.declare(check, check.env.scope, None, var, clause.colon)
            check.info.implicits[clause] = var
            lhs_vars.append(var)
        _clause_body(check, clause.body)
        check.close_scope()
    if lhs is not None:
        used = any(var.used for var in lhs_vars)
        for var in lhs_vars:
            var.used = True
        if not used:
            check.error(lhs, Code.UNUSED_VAR, f"{lhs.value} declared and not used")


def _case_types(
    check: Checker,
    x: Operand | None,
    cases: Sequence[syntax.Expr],
    seen: list[tuple[types.Type | None, syntax.Expr]],
) -> types.Type:
    """Check the types of one clause; return the type that the clause's variable has."""
    t: types.Type | None = None
    for e in cases:
        if _is_nil(check, e):
            t = None
            expr.expr(check, None, Operand(), e)
        else:
            t = typexpr.var_type(check, e)
            if not is_valid(t):
                continue
        other = _seen_before(t, seen)
        if other is not None:
            report = check.new_report(Code.DUPLICATE_CASE)
            spelled = "nil" if t is None else check.type_string(t)
            report.add(syntax.start_pos(e), f"duplicate case {spelled} in type switch")
            report.add(syntax.start_pos(other), "previous case")
            report.report()
            continue
        seen.append((t, e))
        if x is not None and t is not None:
            expr.type_assertion(check, e, x, t, type_switch=True)
    if len(cases) != 1 or t is None:
        return types.INVALID if x is None else x.typ
    return t


def _seen_before(
    t: types.Type | None, seen: list[tuple[types.Type | None, syntax.Expr]]
) -> syntax.Expr | None:
    for known, e in seen:
        if (t is None and known is None) or (
            t is not None and known is not None and identical(t, known)
        ):
            return e
    return None


def _is_nil(check: Checker, e: syntax.Expr) -> bool:
    name = syntax.unparen(e)
    return isinstance(name, syntax.Name) and isinstance(check.lookup(name.value), objects.Nil)


def _select(check: Checker, s: syntax.SelectStmt) -> None:
    _multiple_defaults(check, s.body)
    for clause in s.body:
        comm = clause.comm
        if comm is not None and not _is_communication(comm):
            text = "select case must be send or receive (possibly with assignment)"
            check.error(comm, Code.INVALID_SELECT_CASE, text)
            continue
        check.open_scope(clause)
        if comm is not None:
            stmt(check, comm)
        _clause_body(check, clause.body)
        check.close_scope()


def _is_communication(comm: syntax.SimpleStmt) -> bool:
    rhs: syntax.Expr | None = None
    match comm:
        case syntax.SendStmt():
            return True
        case syntax.AssignStmt():
            rhs = comm.rhs
        case syntax.ExprStmt():
            rhs = comm.x
        case _:
            pass
    if rhs is None:
        return False
    operation = syntax.unparen(rhs)
    return isinstance(operation, syntax.Operation) and operation.y is None and operation.op == "<-"


def _misplaced(check: Checker, s: syntax.Stmt) -> None:
    check.error(s, Code.INVALID_SYNTAX_TREE, "invalid statement")


_HANDLERS: dict[type, Callable[..., None]] = {
    syntax.ExprStmt: _expr,
    syntax.AssignStmt: _assign,
    syntax.IfStmt: _if,
    syntax.ReturnStmt: _return,
    syntax.ForStmt: _for,
    syntax.BlockStmt: _block,
    syntax.DeclStmt: _decl,
    syntax.SwitchStmt: _switch,
    syntax.BranchStmt: _branch,
    syntax.CallStmt: _suspended_call,
    syntax.SendStmt: _send,
    syntax.SelectStmt: _select,
    syntax.LabeledStmt: _labeled,
    syntax.EmptyStmt: _empty,
    syntax.RangeClause: _misplaced,
}
