"""Range over functions: the loop body becomes a function literal that the iterator calls.

Reads a function's body; returns another one, syntax as well, in which

    for x := range f { … }

is `#state1 := ready; #yield1 := func(x T) bool { …; return true }; f(#yield1)` with checks after
it: what left the loop early (`break` and `continue` of an outer loop, `goto`, `return`) is left
in `#next` and done after the call. `#state1` catches an iterator that calls the body when
it must not. New nodes get entries in the checker's tables; the old ones stay as they are.

Source: cmd/compile/internal/rangefunc/rewrite.go (whose head explains the encoding of `#next`),
go1.27.
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.info import TypeAndValue
from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.gotypes import constants, objects, types, typesets
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.ir.lower.body import Body
    from mkdocs_gomem.compiler.syntax.tokens import Operator
    from mkdocs_gomem.gotypes.types import Type

INT = TYP[BasicKind.INT]
BOOL = TYP[BasicKind.BOOL]

_STEP = 2
"""#next counts loops to leave: an even number breaks the last of them, an odd one continues it."""


class State(enum.IntEnum):
    """What a loop body is doing (abi.RF_State)."""

    DONE = 0
    """The body left the loop."""
    READY = 1
    PANIC = 2
    """The body runs, or it panicked."""
    EXHAUSTED = 3
    """The iterator returned."""
    MISSING_PANIC = 4
    """The body panicked and the iterator went on."""


@dataclass(slots=True, eq=False)
class _Loop:
    """A range-over-func loop around the code being rewritten."""

    stmt: syntax.ForStmt
    state: objects.Var
    depth: int
    check_return: bool = False
    check_break: bool = False
    check_continue: bool = False
    check_branches: list[tuple[str, str]] = field(default_factory=list)


def rewrite(b: Body, signature: types.Signature, block: syntax.BlockStmt) -> syntax.BlockStmt:
    """Return a function's body without range-over-func loops; the same one if it has none."""
    known = b.lowerer.rewritten.get(block)
    if known is None:
        if block in b.lowerer.range_bodies or not _has_range_func(b, block):
            known = block
        else:
            known = _Rewriter(b, signature, block).run()
        b.lowerer.rewritten[block] = known
    if known is not block:
        _name_results(b, signature)
    return known


def _name_results(b: Body, signature: types.Signature) -> None:
    """Name results that have none: the loops' bodies assign to them."""
    for number, var in enumerate(signature.results.vars):
        if var.name in {"", "_"} and b.lowerer.named_results.get(var):
            b.locals[var].name = f"#rv{number + 1}"


def is_range_func(b: Body, s: syntax.Stmt) -> bool:
    """Tell if a statement is a loop over a function."""
    if not isinstance(s, syntax.ForStmt) or not isinstance(s.init, syntax.RangeClause):
        return False
    typ = b.info.types[s.init.x].type
    return typ is not None and isinstance(typesets.core_type(typ), types.Signature)


def _has_range_func(b: Body, block: syntax.BlockStmt) -> bool:
    found = False

    def look(s: syntax.Stmt) -> None:
        nonlocal found
        found = found or is_range_func(b, s)

    _each_stmt(block.list, look)
    return found


def _each_stmt(items: Sequence[syntax.Stmt], visit: Callable[[syntax.Stmt], None]) -> None:
    """Call `visit` for all statements, but not those in function literals."""
    for s in items:
        visit(s)
        match s:
            case syntax.BlockStmt():
                _each_stmt(s.list, visit)
            case syntax.IfStmt():
                _each_stmt([s.then], visit)
                if s.else_ is not None:
                    _each_stmt([s.else_], visit)
            case syntax.ForStmt():
                _each_stmt([s.body], visit)
            case syntax.SwitchStmt() | syntax.SelectStmt():
                for clause in s.body:
                    _each_stmt(clause.body, visit)
            case syntax.LabeledStmt():
                _each_stmt([s.stmt], visit)
            case _:
                pass


class _Rewriter:
    """One function's body being rewritten."""

    def __init__(self, b: Body, signature: types.Signature, block: syntax.BlockStmt) -> None:
        self._b = b
        self._info = b.info
        self._pkg = b.pkg
        self._signature = signature
        self._block = block
        self._loops: list[_Loop] = []
        self._outer_decls: list[syntax.Decl] = []
        self._next_var: objects.Var | None = None
        self._defers: objects.Var | None = None
        self._states = 0
        self._yields = 0
        self._label_loop: dict[str, syntax.ForStmt | None] | None = None
        self._branch_next: dict[tuple[str, str], int] = {}

    def run(self) -> syntax.BlockStmt:
        return self._block_stmt(self._block)

    # Statements.

    def _block_stmt(self, block: syntax.BlockStmt) -> syntax.BlockStmt:
        return syntax.BlockStmt(block.pos, self._list(block.list), block.rbrace)

    def _list(self, items: Sequence[syntax.Stmt]) -> list[syntax.Stmt]:
        return [self._stmt(item) for item in items]

    def _stmt(self, s: syntax.Stmt) -> syntax.Stmt:
        match s:
            case syntax.ForStmt() if is_range_func(self._b, s):
                return self._loop(s)
            case syntax.ForStmt():
                return syntax.ForStmt(s.pos, s.init, s.cond, s.post, self._block_stmt(s.body))
            case syntax.BlockStmt():
                return self._block_stmt(s)
            case syntax.IfStmt():
                return self._if_stmt(s)
            case syntax.LabeledStmt():
                return syntax.LabeledStmt(s.pos, s.label, self._stmt(s.stmt))
            case syntax.SwitchStmt():
                clauses = []
                for clause in s.body:
                    new = syntax.CaseClause(
                        clause.pos, clause.cases, self._list(clause.body), clause.colon
                    )
                    if clause in self._info.implicits:
                        self._info.implicits[new] = self._info.implicits[clause]
                    clauses.append(new)
                return syntax.SwitchStmt(s.pos, s.init, s.tag, clauses, s.rbrace)
            case syntax.SelectStmt():
                comms = [
                    syntax.CommClause(
                        clause.pos, clause.comm, self._list(clause.body), clause.colon
                    )
                    for clause in s.body
                ]
                return syntax.SelectStmt(s.pos, comms, s.rbrace)
            case syntax.BranchStmt() if self._loops:
                return self._branch(s)
            case syntax.ReturnStmt() if self._loops:
                return self._return(s)
            case syntax.CallStmt(tok="defer") if self._loops:
                return self._defer(s)
            case _:
                return s

    def _if_stmt(self, s: syntax.IfStmt) -> syntax.IfStmt:
        then = self._block_stmt(s.then)  # loops are numbered in the order of the text
        else_ = None if s.else_ is None else self._stmt(s.else_)
        return syntax.IfStmt(
            s.pos, s.init, s.cond, then,
            cast("syntax.IfStmt | syntax.BlockStmt | None", else_),
        )  # fmt: skip

    def _loop(self, s: syntax.ForStmt) -> syntax.Stmt:
        self._states += 1
        state = self._new_var(s.pos, f"#state{self._states}", INT)
        loop = _Loop(s, state, 1 + len(self._loops))
        self._loops.append(loop)
        body = self._list(s.body.list)
        block = self._end_loop(loop, body)
        self._loops.pop()
        return block

    # What leaves a loop.

    def _return(self, s: syntax.ReturnStmt) -> syntax.Stmt:
        pos = s.pos
        items: list[syntax.Stmt] = []
        if s.results is not None:
            results = self._signature.results.vars
            for var in results:
                if var.name in {"", "_"}:
                    self._b.lowerer.named_results[var] = True
            names: list[syntax.Expr] = [self._use(pos, var) for var in results]
            left = names[0] if len(names) == 1 else syntax.ListExpr(pos, names)
            items.append(syntax.AssignStmt(pos, None, left, s.results))
        for loop in self._loops:
            loop.check_return = True
        items.append(self._set_next(pos, -1))
        items.append(self._set_state(pos, State.DONE))
        items.append(self._return_bool(pos, value=False))
        return syntax.BlockStmt(pos, items, pos)

    def _branch(self, s: syntax.BranchStmt) -> syntax.Stmt:
        if s.tok == "fallthrough":
            return s
        pos = s.pos
        loops = self._loops
        at = len(loops) - 1
        if s.label is None and loops[at].stmt is not s.target:
            return s
        while at >= 0 and loops[at].stmt is not s.target:
            at -= 1
        inside = at + 1
        if s.tok == "goto" or at < 0:
            return self._far_branch(s)
        if inside == len(loops):
            goes_on = s.tok == "continue"
            state = State.READY if goes_on else State.DONE
            items = [self._set_state(pos, state), self._return_bool(pos, value=goes_on)]
            return syntax.BlockStmt(pos, items, pos)
        if s.tok == "continue":
            loops[inside].check_continue = True
        else:
            inside = at
            loops[inside].check_break = True
        for loop in loops[inside + 1 :]:
            loop.check_break = True
        number = _STEP * (at + 1) - (1 if s.tok == "continue" else 0)
        return self._leave(pos, number)

    def _far_branch(self, s: syntax.BranchStmt) -> syntax.Stmt:
        """Branch to a label that is not one of the loops."""
        label = cast("syntax.Name", s.label).value
        label_loop = self._labels()
        target = label_loop.get(label)
        loops = self._loops
        if loops[-1].stmt is target:
            return s
        at = len(loops) - 1
        while at >= 0 and loops[at].stmt is not target:
            at -= 1
        branch = (s.tok, label)
        loops[at + 1].check_branches.append(branch)
        for loop in loops[at + 2 :]:
            loop.check_return = True
        return self._leave(s.pos, self._branch_next[branch])

    def _leave(self, pos: Pos, number: int) -> syntax.Stmt:
        items = [
            self._set_next(pos, number),
            self._set_state(pos, State.DONE),
            self._return_bool(pos, value=False),
        ]
        return syntax.BlockStmt(pos, items, pos)

    def _labels(self) -> dict[str, syntax.ForStmt | None]:
        """Number the labels, and find the innermost loop over a function around each."""
        if self._label_loop is not None:
            return self._label_loop
        found: dict[str, syntax.ForStmt | None] = {}
        self._label_loop = found
        used = -1

        def look(items: Sequence[syntax.Stmt], around: syntax.ForStmt | None) -> None:
            nonlocal used
            for s in items:
                match s:
                    case syntax.LabeledStmt():
                        label = s.label.value
                        found.setdefault(label, around)
                        used -= 3
                        for number, tok in enumerate(("break", "continue", "goto")):
                            self._branch_next[tok, label] = used + number
                        look([s.stmt], around)
                    case syntax.ForStmt():
                        inner = s if is_range_func(self._b, s) else around
                        look(s.body.list, inner)
                    case syntax.BlockStmt():
                        look(s.list, around)
                    case syntax.IfStmt():
                        look(s.then.list, around)
                        if s.else_ is not None:
                            look([s.else_], around)
                    case syntax.SwitchStmt() | syntax.SelectStmt():
                        for clause in s.body:
                            look(clause.body, around)
                    case _:
                        pass

        look(self._block.list, None)
        return found

    def _defer(self, s: syntax.CallStmt) -> syntax.Stmt:
        if self._defers is None:
            func = self._runtime("deferrangefunc")
            fun = self._use(NO_POS, func)
            call = syntax.CallExpr(self._loops[0].stmt.pos, fun, [], has_dots=False)
            self._info.types[call] = TypeAndValue(Mode.VALUE, types.EMPTY_INTERFACE)
            self._defers = self._declare_outer("#defers", types.EMPTY_INTERFACE, call)
            self._b.func.has_defer = True  # it runs them, though no `defer` is its own
        new = syntax.CallStmt(s.pos, s.tok, s.call)
        self._b.lowerer.defer_at[new] = self._use(s.pos, self._defers)
        return new

    # The loop itself.

    def _end_loop(self, loop: _Loop, body: list[syntax.Stmt]) -> syntax.Stmt:
        s = loop.stmt
        clause = cast("syntax.RangeClause", s.init)
        start, end = s.pos, s.body.rbrace
        over = cast(
            "types.Signature", typesets.core_type(cast("Type", self._info.types[clause.x].type))
        )
        yields = cast("types.Signature", typesets.core_type(cast("Type", over.params.vars[0].type)))
        self._yields += 1
        literal, typ = self._body_func(loop, body, clause, yields, start, end)
        yield_var = self._new_var(NO_POS, f"#yield{self._yields}", typ)
        call = syntax.CallExpr(start, clause.x, [self._use(start, yield_var)], has_dots=False)
        self._info.types[call] = TypeAndValue(Mode.NO_VALUE, None)
        checks = self._checks(loop, end)
        items: list[syntax.Stmt] = []
        if len(self._loops) == 1 and self._outer_decls:
            items.append(syntax.DeclStmt(start, self._outer_decls))
        ready = self._int(start, State.READY)
        items.append(self._declare(start, loop.state, ready))
        items.append(self._declare(start, yield_var, literal))
        items.append(syntax.ExprStmt(start, call))
        missing = self._panic(end, self._int(end, State.MISSING_PANIC))
        swallowed = self._cond(end, "==", self._use(end, loop.state), self._int(end, State.PANIC))
        items.append(self._if(end, swallowed, [missing]))
        items.append(self._set_state(end, State.EXHAUSTED))
        items.extend(checks)
        if len(self._loops) == 1:
            self._outer_decls = []
            self._next_var = None
            self._defers = None
        return syntax.BlockStmt(start, items, end)

    def _body_func(
        self,
        loop: _Loop,
        body: list[syntax.Stmt],
        clause: syntax.RangeClause,
        yields: types.Signature,
        start: Pos,
        end: Pos,
    ) -> tuple[syntax.FuncLit, Type]:
        left = syntax.unpack_list_expr(clause.lhs)
        params: list[objects.Var] = []
        items: list[syntax.Stmt] = []
        for at, var in enumerate(yields.params.vars):
            param: objects.Var | None = None
            if at < len(left) and clause.def_:
                found = self._info.defs.get(cast("syntax.Name", left[at]))
                param = found if isinstance(found, objects.Var) else None
            if param is None:
                name = f"#p{at + 1}"
                param = objects.Var(start, self._pkg, name, var.type, objects.VarKind.PARAM_VAR)
                if at < len(left) and not clause.def_:
                    pos = left[at].pos
                    items.append(syntax.AssignStmt(pos, None, left[at], self._use(pos, param)))
            params.append(param)
        result = objects.Var(start, None, "#r", BOOL, objects.VarKind.RESULT_VAR)
        typ = types.Signature(
            params=types.Tuple(tuple(params)),
            results=types.Tuple((result,)),
            variadic=yields.variadic,
        )
        temp = self._new_var(NO_POS, "#tmpState", INT)
        # gc gives this first use no place, so the literal captures the variable at none.
        items.append(self._declare(start, temp, self._use(NO_POS, loop.state)))
        items.append(self._set_state(start, State.PANIC))
        not_ready = self._cond(start, "!=", self._use(start, temp), self._int(start, State.READY))
        items.append(self._if(start, not_ready, [self._panic(start, self._use(start, temp))]))
        items.extend(body)
        items.append(self._set_state(end, State.READY))
        items.append(self._return_bool(end, value=True))
        block = syntax.BlockStmt(start, items, end)
        literal = syntax.FuncLit(start, syntax.FuncType(start, [], []), block)
        self._info.types[literal] = TypeAndValue(Mode.VALUE, typ)
        self._b.lowerer.range_bodies.add(block)
        return literal, typ

    def _checks(self, loop: _Loop, pos: Pos) -> list[syntax.Stmt]:
        """Return what must be done after the iterator's call, because of `#next`."""
        items: list[syntax.Stmt] = []
        for tok, label in dict.fromkeys(loop.check_branches):
            branch = syntax.BranchStmt(
                pos, cast("syntax.tokens.BranchToken", tok), syntax.Name(pos, label)
            )
            number = self._branch_next[tok, label]
            items.append(self._if_next(pos, "==", number, [branch], clear=True))
        outer = loop.depth - 2
        if len(self._loops) == 1:
            if loop.check_return:
                done: list[syntax.Stmt] = [syntax.ReturnStmt(pos, None)]
                items.append(self._if_next(pos, "==", -1, done))
            return items

        def leave(state: State, *, goes_on: bool) -> list[syntax.Stmt]:
            var = self._loops[outer].state
            return [
                self._assign(pos, var, self._int(pos, state)),
                self._return_bool(pos, value=goes_on),
            ]

        if loop.check_return:
            items.append(self._if_next(pos, "<", 0, leave(State.DONE, goes_on=False)))
        depth = _STEP * (loop.depth - 1)
        panic = self._panic(pos, self._int(pos, State.DONE))
        items.append(self._if_next(pos, ">", depth, [panic]))
        if loop.check_continue:
            then = leave(State.READY, goes_on=True)
            items.append(self._if_next(pos, "==", depth - 1, then, clear=True))
        if loop.check_break:
            then = leave(State.DONE, goes_on=False)
            items.append(self._if_next(pos, "==", depth, then, clear=True))
        if loop.check_continue or loop.check_break:
            items.append(self._if_next(pos, ">", 0, leave(State.DONE, goes_on=False)))
        return items

    # Making syntax.

    def _new_var(self, pos: Pos, name: str, typ: Type) -> objects.Var:
        return objects.Var(pos, self._pkg, name, typ, objects.VarKind.LOCAL_VAR)

    def _declare(self, pos: Pos, var: objects.Var, value: syntax.Expr | None) -> syntax.DeclStmt:
        return syntax.DeclStmt(pos, [self._var_decl(pos, var, value)])

    def _var_decl(self, pos: Pos, var: objects.Var, value: syntax.Expr | None) -> syntax.VarDecl:
        name = syntax.Name(pos, var.name)
        self._info.defs[name] = var
        return syntax.VarDecl(pos, None, [], [name], None, value)

    def _declare_outer(self, name: str, typ: Type, value: syntax.Expr | None) -> objects.Var:
        """Declare a variable before the outermost loop."""
        var = self._new_var(NO_POS, name, typ)
        self._outer_decls.append(self._var_decl(self._loops[0].stmt.pos, var, value))
        return var

    def _use(self, pos: Pos, obj: objects.Var | objects.Func) -> syntax.Name:
        name = syntax.Name(pos, obj.name)
        self._info.uses[name] = obj
        self._info.types[name] = TypeAndValue(Mode.VARIABLE, obj.type)
        return name

    def _int(self, pos: Pos, value: int) -> syntax.BasicLit:
        literal = syntax.BasicLit(pos, str(int(value)), "int")
        self._info.types[literal] = TypeAndValue(Mode.CONSTANT, INT, constants.make_int(int(value)))
        return literal

    def _next(self, pos: Pos) -> syntax.Name:
        if self._next_var is None:
            self._next_var = self._declare_outer("#next", INT, None)
        return self._use(pos, self._next_var)

    def _assign(self, pos: Pos, var: objects.Var, value: syntax.Expr) -> syntax.Stmt:
        return syntax.AssignStmt(pos, None, self._use(pos, var), value)

    def _set_next(self, pos: Pos, number: int) -> syntax.Stmt:
        return syntax.AssignStmt(pos, None, self._next(pos), self._int(pos, number))

    def _set_state(self, pos: Pos, state: State) -> syntax.Stmt:
        return self._assign(pos, self._loops[-1].state, self._int(pos, state))

    def _return_bool(self, pos: Pos, *, value: bool) -> syntax.Stmt:
        name = syntax.Name(pos, "true" if value else "false")
        obj = objects.UNIVERSE.lookup(name.value)
        if obj is not None:
            self._info.uses[name] = obj
        self._info.types[name] = TypeAndValue(Mode.CONSTANT, BOOL, constants.make_bool(value=value))
        return syntax.ReturnStmt(pos, name)

    def _cond(
        self, pos: Pos, op: Operator, left: syntax.Expr, right: syntax.Expr
    ) -> syntax.Operation:
        cond = syntax.Operation(pos, op, left, right)
        self._info.types[cond] = TypeAndValue(Mode.VALUE, BOOL)
        return cond

    def _if(self, pos: Pos, cond: syntax.Expr, then: list[syntax.Stmt]) -> syntax.Stmt:
        return syntax.IfStmt(pos, None, cond, syntax.BlockStmt(pos, then, pos), None)

    def _if_next(
        self, pos: Pos, op: Operator, number: int, then: list[syntax.Stmt], *, clear: bool = False
    ) -> syntax.Stmt:
        if clear:
            then = [self._set_next(pos, 0), *then]
        return self._if(pos, self._cond(pos, op, self._next(pos), self._int(pos, number)), then)

    def _runtime(self, name: str) -> objects.Func:
        pkg = self._b.lowerer.library.package("runtime")
        obj = None if pkg is None else pkg.scope.lookup(name)
        if not isinstance(obj, objects.Func):
            source.unsupported(self._block.pos, f"range over a function without runtime.{name}")
        return obj

    def _panic(self, pos: Pos, arg: syntax.Expr) -> syntax.Stmt:
        fun = self._use(pos, self._runtime("panicrangestate"))
        call = syntax.CallExpr(pos, fun, [arg], has_dots=False)
        self._info.types[call] = TypeAndValue(Mode.NO_VALUE, None)
        return syntax.ExprStmt(pos, call)
