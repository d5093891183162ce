"""Statements: from syntax and the checker's findings to IR.

Statements come out flat, as in gc: a block's statements stand in the list around it, `if` with a
constant condition leaves only the branch that is taken, what follows a terminating statement is
left out (`Func.dropped_at` remembers where).

Not here: `go` and `defer` (`godefer`), range over functions (`rangefunc`).
Source: cmd/compile/internal/noder (writer.go: stmts, forStmt, ifStmt, switchStmt, terminates;
reader.go: the same), typecheck/stmt.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.lower import conversions, exprs, generics, godefer, rangefunc
from mkdocs_gomem.compiler.ir.lower.body import NO_VALUE, Body, blank
from mkdocs_gomem.compiler.ir.nodes import Expr, Name, Op, Stmt
from mkdocs_gomem.gotypes import constants, identical, objects, types, typesets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.gotypes.types import Type
    from mkdocs_gomem.source import Pos


def func_body(b: Body, signature: types.Signature, block: syntax.BlockStmt) -> None:
    """Lower the body of a function whose parameters are declared."""
    b.results = [var.type or NO_VALUE for var in signature.results.vars]
    body = stmts(b, rangefunc.rewrite(b, signature, block).list)
    if not body:
        body = [nodes.BlockStmt(source.NO_POS, [], op=Op.BLOCK)]
    b.func.body = body
    b.func.end = block.rbrace


def stmts(b: Body, items: Sequence[syntax.Stmt]) -> list[Stmt]:
    """Lower a list of statements."""
    out: list[Stmt] = []
    stmts_into(b, items, out)
    return out


def stmts_into(b: Body, items: Sequence[syntax.Stmt], out: list[Stmt]) -> None:
    """Lower a list of statements to the end of `out`."""
    last_label = -1
    for at, item in enumerate(items):
        if isinstance(item, syntax.LabeledStmt):
            last_label = at
    dead = False
    for at, item in enumerate(items):
        if dead and at > last_label:
            if not isinstance(item, syntax.EmptyStmt):
                b.func.dropped_at.append(item.pos)
            continue
        stmt(b, item, out)
        dead = _terminates(b, item)


def stmt(b: Body, s: syntax.Stmt, out: list[Stmt]) -> None:
    """Lower one statement to the end of `out`."""
    label = ""
    if out and isinstance(out[-1], nodes.LabelStmt):
        label = out[-1].label
    match s:
        case syntax.ExprStmt():
            x = exprs.expr(b, s.x)
            if isinstance(x, nodes.CallExpr):
                x.discarded = True
            out.append(nodes.ExprStmt(x.pos, x, op=x.op))
        case syntax.AssignStmt():
            _assign_stmt(b, s, out)
        case syntax.IfStmt():
            _if(b, s, out)
        case syntax.ReturnStmt():
            out.append(_return(b, s))
        case syntax.ForStmt():
            _for(b, s, label, out)
        case syntax.BlockStmt():
            stmts_into(b, s.list, out)
        case syntax.DeclStmt():
            for decl in s.decl_list:
                _decl(b, decl, out)
        case syntax.SwitchStmt():
            out.append(_switch(b, s, label))
        case syntax.BranchStmt():
            out.append(_branch(s))
        case syntax.CallStmt():
            out.append(godefer.go_defer(b, s))
        case syntax.SendStmt():
            out.append(_send(b, s))
        case syntax.SelectStmt():
            out.append(_select(b, s, label))
        case syntax.LabeledStmt():
            out.append(nodes.LabelStmt(s.pos, s.label.value, op=Op.LABEL))
            stmt(b, s.stmt, out)
        case syntax.EmptyStmt():
            pass
        case _:
            source.unsupported(s.pos, f"{type(s).__name__} as a statement")


_BRANCHES = {"break": Op.BREAK, "continue": Op.CONTINUE, "fallthrough": Op.FALL, "goto": Op.GOTO}


def _branch(s: syntax.BranchStmt) -> Stmt:
    label = s.label.value if s.label is not None else ""
    return nodes.BranchStmt(s.pos, label, op=_BRANCHES[s.tok])


def _return(b: Body, s: syntax.ReturnStmt) -> Stmt:
    values = syntax.unpack_list_expr(s.results)
    results = exprs.multi_expr(b, s.pos, lambda at: b.results[at], values)
    return nodes.ReturnStmt(s.pos, results, op=Op.RETURN)


def _send(b: Body, s: syntax.SendStmt) -> Stmt:
    chan = exprs.expr(b, s.chan)
    elem = cast("types.Chan", exprs.core_of(b, s.chan)).elem
    value = exprs.implicit_conv(b, elem, s.value)
    return nodes.SendStmt(s.pos, chan, value, op=Op.SEND)


# Assignments and declarations.


def _decl(b: Body, decl: syntax.Decl, out: list[Stmt]) -> None:
    match decl:
        case syntax.VarDecl():
            values = syntax.unpack_list_expr(decl.values)
            assign(b, decl.pos, list(decl.name_list), values, out)
        case syntax.TypeDecl():
            if b.env is not None:
                b.env.declare(b.info.defs.get(decl.name))
        case _:
            pass


def _assign_stmt(b: Body, s: syntax.AssignStmt, out: list[Stmt]) -> None:
    if s.rhs is None:
        op = exprs.BINARY_OPS[cast("str", s.op)]
        target = exprs.expr(b, s.lhs)
        _mark_assigned(target)
        one = exprs.literal(s.pos, target.type, constants.make_int(1))
        out.append(nodes.AssignOpStmt(s.pos, op, target, one, inc_dec=True, op=Op.ASOP))
    elif s.op is not None and s.op != ":":
        op = exprs.BINARY_OPS[s.op]
        target = exprs.expr(b, s.lhs)
        _mark_assigned(target)
        shift = op in {Op.LSH, Op.RSH}
        wanted = None if shift else exprs.written_value_type(b, s.lhs)
        value = exprs.implicit_conv(b, wanted, s.rhs)
        out.append(nodes.AssignOpStmt(s.pos, op, target, value, op=Op.ASOP))
    else:
        left = syntax.unpack_list_expr(s.lhs)
        assign(b, s.pos, left, syntax.unpack_list_expr(s.rhs), out)


def _mark_assigned(target: Expr) -> None:
    if isinstance(target, nodes.IndexExpr) and target.op is Op.INDEXMAP:
        target.assigned = True


def _targets(b: Body, left: Sequence[syntax.Expr]) -> tuple[list[Name], list[Expr | None]]:
    """Lower what is assigned to; None stands for the blank identifier."""
    names: list[Name] = []
    targets: list[Expr | None] = []
    for x in left:
        x = syntax.unparen(x)  # noqa: PLW2901 - the same operand
        if isinstance(x, syntax.Name):
            if x.value == "_":
                targets.append(None)
                continue
            obj = b.info.defs.get(x)
            if isinstance(obj, objects.Var):
                name = b.new_local(obj.pos, obj.name, b.typ(obj.type), obj)
                names.append(name)
                targets.append(name)
                continue
        target = exprs.expr(b, x)
        _mark_assigned(target)
        targets.append(target)
    return names, targets


def _init_defn(stmt_: Stmt, names: list[Name]) -> bool:
    for name in names:
        name.defn = stmt_
        nodes.add_init(stmt_, nodes.Decl(name.pos, name, op=Op.DCL))
    return bool(names)


def assign(
    b: Body,
    pos: Pos,
    left: Sequence[syntax.Expr],
    right: Sequence[syntax.Expr],
    out: list[Stmt],
) -> None:
    """Lower `left = right`, `left := right` or `var left = right`."""
    names, targets = _targets(b, left)
    if not right:
        for name in names:
            decl = nodes.Decl(pos, name, op=Op.DCL)
            out.append(nodes.AssignStmt(pos, name, None, init=[decl], op=Op.AS))
        return
    dst = [
        None if target is None else exprs.written_value_type(b, x)
        for target, x in zip(targets, left, strict=True)
    ]
    values = exprs.multi_expr(b, pos, lambda at: dst[at], right)
    if names and isinstance(values[0], nodes.ConvExpr) and _only_holds_init(values[0]):
        # gc wraps the first of several results at the variable it declared last.
        values[0].pos = names[-1].pos
    lhs = [
        blank(pos, value.type) if target is None else target
        for target, value in zip(targets, values, strict=True)
    ]
    if len(lhs) == 1:
        single = nodes.AssignStmt(pos, lhs[0], values[0], op=Op.AS)
        single.def_ = _init_defn(single, names)
        out.append(single)
        return
    several = nodes.AssignListStmt(pos, lhs, values, op=Op.AS2)
    several.def_ = _init_defn(several, names)
    out.append(several)


def _only_holds_init(conv: nodes.ConvExpr) -> bool:
    return bool(conv.init) and conv.op is Op.CONVNOP and not conv.implicit


# Conditions known before the run.


def static_bool(b: Body, x: syntax.Expr) -> tuple[int, syntax.Expr]:
    """Return 1 for a condition that always holds, -1 never, 0 unknown; and a simpler form."""
    tv = b.info.types.get(x)
    if tv is not None and tv.value is not None:
        return (1 if constants.bool_val(tv.value) else -1), x
    if not isinstance(x, syntax.Operation):
        return 0, x
    match x.op:
        case "!":
            # As gc has it, the sign of the operand is the sign of the whole.
            static, operand = static_bool(b, x.x)
            return static, _simplified(b, x, operand, x.y)
        case "&&" if x.y is not None:
            left, first = static_bool(b, x.x)
            if left < 0:
                return left, first
            right, second = static_bool(b, x.y)
            simpler = _simplified(b, x, first, second)
            if left > 0 or right < 0:
                return right, second if _is_constant(b, first) else simpler
            return 0, simpler
        case "||" if x.y is not None:
            left, first = static_bool(b, x.x)
            if left > 0:
                return left, first
            right, second = static_bool(b, x.y)
            simpler = _simplified(b, x, first, second)
            if left < 0 or right > 0:
                return right, second if _is_constant(b, first) else simpler
            return 0, simpler
        case _:
            pass
    return 0, x


def _simplified(
    b: Body, x: syntax.Operation, first: syntax.Expr, second: syntax.Expr | None
) -> syntax.Operation:
    """Return an operation with operands in a simpler form; it itself if they are the same."""
    if first is x.x and second is x.y:
        return x
    simpler = syntax.Operation(x.pos, x.op, first, second)
    b.info.types[simpler] = b.info.types[x]
    return simpler


def _is_constant(b: Body, x: syntax.Expr) -> bool:
    tv = b.info.types.get(x)
    return tv is not None and tv.value is not None


def _if(b: Body, s: syntax.IfStmt, out: list[Stmt]) -> None:
    static, cond_syntax = static_bool(b, s.cond)
    init: list[Stmt] = []
    if s.init is not None:
        stmts_into(b, [s.init], init)
    cond = exprs.expr(b, cond_syntax)
    then: list[Stmt] = []
    if static >= 0:
        stmts_into(b, s.then.list, then)
    else:
        b.func.dropped_at.extend(item.pos for item in s.then.list)
    else_: list[Stmt] = []
    if s.else_ is not None:
        if static <= 0:
            stmts_into(b, [s.else_], else_)
        else:
            b.func.dropped_at.append(s.else_.pos)
    if static:
        if not isinstance(cond, nodes.Literal):
            target = blank(s.pos, cond.type)
            init.append(nodes.AssignStmt(s.pos, target, cond, op=Op.AS))
        out.extend((*init, *then, *else_))
        return
    out.append(nodes.IfStmt(s.pos, cond, then, else_, init=init, op=Op.IF))


def _terminates(b: Body, s: syntax.Stmt | None) -> bool:
    match s:
        case syntax.BranchStmt():
            return s.tok == "goto"
        case syntax.ReturnStmt():
            return True
        case syntax.ExprStmt():
            call = syntax.unparen(s.x)
            return isinstance(call, syntax.CallExpr) and _is_panic(b, call.fun)
        case syntax.IfStmt():
            static, _ = static_bool(b, s.cond)
            return (static < 0 or _terminates(b, s.then)) and (
                static > 0 or _terminates(b, s.else_)
            )
        case syntax.BlockStmt():
            return _terminates(b, _last_non_empty(s.list))
        case _:
            return False


def _is_panic(b: Body, fun: syntax.Expr) -> bool:
    fun = syntax.unparen(fun)
    return (
        isinstance(fun, syntax.Name)
        and fun.value == "panic"
        and isinstance(b.info.uses.get(fun), objects.Builtin)
    )


def _last_non_empty(items: Sequence[syntax.Stmt]) -> syntax.Stmt | None:
    for item in reversed(items):
        if not isinstance(item, syntax.EmptyStmt):
            return item
    return None


# Loops.


def _distinct_vars(b: Body, pos: Pos) -> bool:
    version = b.info.file_versions.get(pos >> 40, "")
    if not version:
        return True
    major, _, minor = version.removeprefix("go").partition(".")
    return (int(major), int(minor.partition(".")[0] or 0)) >= (1, 22)


def _for(b: Body, s: syntax.ForStmt, label: str, out: list[Stmt]) -> None:
    if isinstance(s.init, syntax.RangeClause):
        _range(b, s, s.init, label, out)
        return
    cond_syntax = s.cond
    never = False
    if cond_syntax is not None:
        static, cond_syntax = static_bool(b, cond_syntax)
        never = static < 0
    init = stmts(b, [s.init] if s.init is not None else [])
    cond = exprs.opt_expr(b, cond_syntax)
    post: list[Stmt] = []
    body: list[Stmt] = []
    if never:
        b.func.dropped_at.extend(item.pos for item in s.body.list)
    else:
        if s.post is not None:
            stmts_into(b, [s.post], post)
        stmts_into(b, s.body.list, body)
    if never and isinstance(cond, nodes.Literal):
        out.extend(init)
        return
    distinct = _distinct_vars(b, s.pos)
    if distinct:
        for item in init:
            for decl in item.init:
                if isinstance(decl, nodes.Decl):
                    decl.x.loop_var = True
    node = nodes.ForStmt(s.pos, cond, _block(post), body, label, distinct, op=Op.FOR)
    first = _block(init)
    if first is not None:
        nodes.add_init(node, first)
    out.append(node)


def _block(items: list[Stmt]) -> Stmt | None:
    if len(items) > 1:
        return nodes.BlockStmt(items[0].pos, items, op=Op.BLOCK)
    return items[0] if items else None


def _range(
    b: Body, s: syntax.ForStmt, clause: syntax.RangeClause, label: str, out: list[Stmt]
) -> None:
    names, targets = _targets(b, syntax.unpack_list_expr(clause.lhs))
    x = exprs.expr(b, clause.x)
    _note_range(b, clause)
    given: list[Expr | None] = [
        blank(clause.pos, x.type) if target is None else target for target in targets
    ]
    key = given[0] if given else None
    value = given[1] if len(given) > 1 else None
    node = nodes.RangeStmt(clause.pos, x, key, value, [], label, op=Op.RANGE)
    node.def_ = _init_defn(node, names)
    node.distinct_vars = _distinct_vars(b, s.pos)
    for name in names:
        name.loop_var = node.distinct_vars
    stmts_into(b, s.body.list, node.body)
    out.append(node)


def _note_range(b: Body, clause: syntax.RangeClause) -> None:
    """Note what a loop over a value of a derived type needs at run time."""
    if b.env is None:
        return
    typ = exprs.written_value_type(b, clause.x)
    core = typesets.core_type(typ)
    if isinstance(core, types.Map):
        generics.note_rtype(b, typ)
    for src, dst in zip(_range_types(typ, core), syntax.unpack_list_expr(clause.lhs), strict=False):
        dst = syntax.unparen(dst)  # noqa: PLW2901 - the same operand
        if not isinstance(dst, syntax.Name) or dst.value != "_":
            generics.note_itab(b, src, exprs.written_value_type(b, dst))


def _range_types(typ: Type, core: Type) -> tuple[Type, ...]:
    match core:
        case types.Map():
            return core.key, core.elem
        case types.Chan():
            return (core.elem,)
        case types.Slice() | types.Array():
            return exprs.INT, core.elem
        case types.Pointer(elem=elem):
            array = typesets.core_type(elem)
            return (exprs.INT, array.elem) if isinstance(array, types.Array) else ()
        case types.Basic() if core.info & types.IS_INTEGER:
            return (typ,)
        case _:
            return exprs.INT, types.RUNE


# Switch and select.


def _switch(b: Body, s: syntax.SwitchStmt, label: str) -> Stmt:
    init = stmts(b, [s.init] if s.init is not None else [])
    if isinstance(s.tag, syntax.TypeSwitchGuard):
        node = _type_switch(b, s, s.tag)
    else:
        node = _expr_switch(b, s)
    node.label = label
    first = _block(init)
    if first is not None:
        nodes.add_init(node, first)
    return node


def _static_case(
    b: Body, s: syntax.SwitchStmt, tag: constants.Value
) -> tuple[bool, syntax.CaseClause | None]:
    """Find the clause that a constant tag always leads to; False if that is not known."""
    target: syntax.CaseClause | None = None
    for clause in s.body:
        if clause.cases is None:
            target = clause
        for case in syntax.unpack_list_expr(clause.cases):
            value = b.info.types[case].value
            if value is None:
                return False, None
            if constants.compare(tag, "==", value):
                return not _has_fallthrough(clause.body), clause
    if target is not None and _has_fallthrough(target.body):
        return False, None
    return True, target


def _has_fallthrough(items: Sequence[syntax.Stmt]) -> bool:
    last = _last_non_empty(items)
    while isinstance(last, syntax.LabeledStmt):
        last = last.stmt
    return isinstance(last, syntax.BranchStmt) and last.tok == "fallthrough"


def _expr_switch(b: Body, s: syntax.SwitchStmt) -> nodes.SwitchStmt:
    tag_type: Type = exprs.BOOL
    tag_value: constants.Value | None = constants.make_bool(value=True)
    tag = s.tag
    clauses: list[tuple[syntax.CaseClause, list[syntax.Expr]]] = [
        (clause, syntax.unpack_list_expr(clause.cases)) for clause in s.body
    ]
    if tag is not None:
        tag_type = exprs.written_value_type(b, tag)
        tag_value = b.info.types[tag].value
    if tag_value is not None:
        known, target = _static_case(b, s, tag_value)
        if known:
            kept = [] if target is None else [(target, cast("list[syntax.Expr]", []))]
            for clause, _ in clauses:
                if clause is not target:
                    b.func.dropped_at.append(clause.pos)
            clauses = kept
            tag = None
            tag_type = exprs.BOOL
    is_chan = isinstance(tag_type.underlying, types.Chan)
    if not is_chan and _needs_any(b, clauses, tag_type):
        tag_type = types.Interface(tset=types.TOP_TYPE_SET)
    tag_expr = None if tag is None else exprs.implicit_conv(b, tag_type, tag)
    cases: list[nodes.CaseClause] = []
    for clause, values in clauses:
        lowered = [exprs.implicit_conv(b, None if is_chan else tag_type, value) for value in values]
        body = stmts(b, clause.body)
        cases.append(nodes.CaseClause(clause.pos, lowered, body, op=Op.CASE))
    return nodes.SwitchStmt(s.pos, tag_expr, cases, op=Op.SWITCH)


def _needs_any(
    b: Body,
    clauses: list[tuple[syntax.CaseClause, list[syntax.Expr]]],
    tag_type: Type,
) -> bool:
    """Tell if tag and cases can only be compared as `any`."""
    for _, values in clauses:
        for value in values:
            typ = exprs.written_value_type(b, value)
            if identical.identical(typ, tag_type) or not conversions.is_interface(typ):
                continue
            if b.info.types[syntax.unparen(value)].mode is Mode.NILVALUE:
                continue
            if not generics.implements(typ, tag_type):
                return True
    return False


def _type_switch(b: Body, s: syntax.SwitchStmt, guard: syntax.TypeSwitchGuard) -> nodes.SwitchStmt:
    name = guard.lhs.value if guard.lhs is not None else ""
    x = exprs.expr(b, guard.x)
    interface = exprs.written_value_type(b, guard.x)
    tag = nodes.TypeSwitchGuard(guard.pos, name, x, op=Op.TYPESW)
    cases: list[nodes.CaseClause] = []
    for clause in s.body:
        values = syntax.unpack_list_expr(clause.cases)
        lowered: list[Expr] = []
        for value in values:
            if b.info.types[value].mode is Mode.NILVALUE:
                lowered.append(nodes.Nil(value.pos, x.type, op=Op.NIL))
            else:
                lowered.append(exprs.type_expr(b, value, interface))
        case = nodes.CaseClause(clause.pos, lowered, [], op=Op.CASE)
        obj = b.info.implicits.get(clause)
        if isinstance(obj, objects.Var):
            pos = _type_end_pos(values[-1]) if values else clause.pos
            var = b.new_local(pos, name, b.typ(obj.type), obj)
            var.defn = tag
            case.var = var
            tag.used = True
        case.body = stmts(b, clause.body)
        cases.append(case)
    return nodes.SwitchStmt(s.pos, tag, cases, op=Op.SWITCH)


def _type_end_pos(x: syntax.Expr) -> Pos:
    """Return where gc puts a case's variable: near the end of its last type."""
    while True:
        match x:
            case syntax.SelectorExpr():
                return x.x.pos
            case syntax.ParenExpr() | syntax.Operation():
                x = x.x
            case syntax.ArrayType() | syntax.SliceType() | syntax.ChanType() | syntax.DotsType():
                x = x.elem
            case syntax.MapType():
                x = x.value
            case syntax.InterfaceType() if x.method_list:
                x = x.method_list[-1].type
            case syntax.FuncType() if x.result_list or x.param_list:
                x = (x.result_list or x.param_list)[-1].type
            case syntax.IndexExpr():
                x = x.index
            case syntax.ListExpr():
                x = x.elem_list[-1]
            case _:
                return x.pos


def _select(b: Body, s: syntax.SelectStmt, label: str) -> Stmt:
    cases = []
    for clause in s.body:
        comm: list[Stmt] = []
        if clause.comm is not None:
            stmt(b, clause.comm, comm)
        body = stmts(b, clause.body)
        first, extra = _communication(b, clause, comm)
        cases.append(nodes.CommClause(clause.pos, first, [*extra, *body], op=Op.CASE))
    return nodes.SelectStmt(s.pos, cases, label, op=Op.SELECT)


def _communication(
    b: Body, clause: syntax.CommClause, comm: list[Stmt]
) -> tuple[Stmt | None, list[Stmt]]:
    """Return the send or `x, ok = <-c` of a clause, and what must follow it in the body."""
    if not comm:
        return None, []
    item = comm[0]
    match item:
        case nodes.ExprStmt():
            pair: list[Expr] = [blank(item.pos, item.x.type), blank(item.pos, exprs.BOOL)]
            return nodes.AssignListStmt(item.pos, pair, [item.x], op=Op.SELRECV2), []
        case nodes.AssignStmt(y=nodes.ConvExpr(implicit=True) as conv) if not item.def_:
            recv = conv.x
            temp = b.temp(clause.pos, recv.type)
            init: list[Stmt] = [nodes.Decl(clause.pos, temp, op=Op.DCL)]
            conv.x = temp
            pair = [temp, blank(item.pos, exprs.BOOL)]
            received = nodes.AssignListStmt(
                clause.pos, pair, [recv], def_=True, init=init, op=Op.SELRECV2
            )
            return received, [item]
        case nodes.AssignStmt(y=nodes.UnaryExpr(op=Op.RECV) as recv):
            pair = [item.x, blank(item.pos, exprs.BOOL)]
            received = nodes.AssignListStmt(
                item.pos, pair, [recv], item.def_, init=item.init, op=Op.SELRECV2
            )
            for target in pair:
                if isinstance(target, Name) and target.defn is item:
                    target.defn = received
            return received, []
        case nodes.AssignListStmt(op=Op.AS2):
            inner = item.rhs[0].init
            item.rhs[0].init = nodes.NO_STMTS
            received = cast("nodes.AssignListStmt", inner[0])
            received.op = Op.SELRECV2
            return received, [item]
        case _:
            return item, []
