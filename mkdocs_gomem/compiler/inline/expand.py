"""Calls replaced by bodies, until nothing changes: devirtualize and inline, taking turns.

First it is decided for all functions, callees first, whether they can be inlined. Then every
call is put in parentheses, a place where something else can be put. Then, callees first again,
calls are replaced in generations: those that are in a function, those in the bodies that came
with them, and so on. Between generations interface calls whose receiver has become known are
made calls of methods.

A body is copied from the function as it was before anything was inlined into it, as gc reads
it from export data; parameters become variables that are assigned once, so that what is passed
can be seen through.

Source: cmd/compile/internal/inline/interleaved/interleaved.go, noder/reader.go
(unifiedInlineCall), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.inline import budget, callee, decide, wrappers
from mkdocs_gomem.compiler.inline.devirtualize import Devirtualizer
from mkdocs_gomem.compiler.inline.state import State
from mkdocs_gomem.compiler.ir import copy, nodes, scc, typefmt, visit
from mkdocs_gomem.compiler.ir.lower import package as lowering
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Mark, Name, Node, Op, Program, Stmt
from mkdocs_gomem.lean import copied

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mkdocs_gomem.source import Pos

_CALLS = frozenset({Op.CALLFUNC, Op.CALLINTER})


def expand(program: Program, *, enabled: bool = True) -> Program:
    """Devirtualize and, unless not `enabled`, inline; changes the functions' bodies in place."""
    state = State(program, program.remarks)
    funcs = scc.all_funcs(program)
    state.instances = {func.link_name: func for func in funcs if func.is_dupok}
    init = program.package_init
    if init is not None:
        state.checked.add(init)  # says nothing about itself

    if enabled:
        decide.decide(state, funcs)

    devirtualizer = Devirtualizer(state)
    sites: dict[Func, _CallSites] = {}
    if enabled:
        _keep_pristine(state, funcs)
    for func in funcs:
        site = _CallSites(state, devirtualizer, func, enabled=enabled)
        sites[func] = site
        site.prepare()

    def work(batch: list[Func], _recursive: bool) -> None:  # noqa: FBT001 - the visitor's way
        changed = True
        while changed:
            changed = False
            for func in batch:
                site = sites.get(func)
                if site is not None and site.generations():
                    changed = True

    # Parentheses mention nobody, so where no call was devirtualized the lists are still good.
    bodies = visit.Bodies(state.bodies)
    for func in devirtualizer.changed:
        bodies.pop(func, None)
    scc.visit_funcs_bottom_up(funcs, work, bodies)
    for site in sites.values():
        site.unparenthesize()
    if enabled:
        program.wrappers = wrappers.make(program)
        for func in program.wrappers:
            _CallSites(state, devirtualizer, func, enabled=True).work()
    return program


def expand_alone(program: Program, func: Func) -> None:
    """Do the same in a copy of a function of std, as gc did when it compiled the package."""
    assert func.pkg is not None  # noqa: S101 - it is declared somewhere
    state = State(program, [])
    seen = (func.pkg, *func.pkg.imports)
    state.imported = {pkg.path: program.lowerer.library.passed_on(pkg) for pkg in seen}
    devirtualizer = Devirtualizer(state)
    funcs = scc.with_literals(func)
    state.checked.add(func)  # the facts tell
    decide.decide(state, funcs)
    _keep_pristine(state, funcs[1:])
    sites = [_CallSites(state, devirtualizer, each, enabled=True) for each in reversed(funcs)]
    for site in sites:
        site.prepare()
    changed = True
    while changed:
        changed = False
        for site in sites:
            changed |= site.generations()
    for site in sites:
        site.unparenthesize()


def _keep_pristine(state: State, funcs: Iterable[Func]) -> None:
    for func in funcs:
        if func.inline_cost is not None and _has_calls(state, func):
            state.pristine[func] = _pristine(func)


def _has_calls(state: State, func: Func) -> bool:
    return any(
        isinstance(node, nodes.ClosureExpr) or node.op in _CALLS for node in state.bodies[func]
    )


def _pristine(func: Func) -> Func:
    """Return a copy of a function, to be copied again when the function itself has changed."""
    twin = copied(func)
    twin.closures = []
    copier = copy.Copier(twin, None, {name: name for name in func.closure_vars})
    twin.dcl = [copier.local(name) for name in func.dcl]
    twin.params = [copier.local(name) for name in func.params]
    twin.results = [copier.local(name) for name in func.results]
    twin.body = copier.stmts(func.body)
    return twin


class _CallSites:
    """The calls in one function, each in its parentheses."""

    __slots__ = (
        "_devirtualizer", "_enabled", "_mine", "_state", "big", "func", "parens", "resolved",
    )  # fmt: skip

    def __init__(
        self, state: State, devirtualizer: Devirtualizer, func: Func, *, enabled: bool
    ) -> None:
        self._state = state
        self._devirtualizer = devirtualizer
        self._enabled = enabled
        self._mine: set[nodes.ParenExpr] = set()
        self.func = func
        self.big = enabled and budget.is_big(state.bodies[func])
        self.parens: list[nodes.ParenExpr] = []
        self.resolved: dict[int, Func] = {}
        """For each place the function that is called there, when it is known."""

    def work(self) -> None:
        """Do all at once, for a function that nothing calls."""
        self.prepare()
        self.generations()
        self.unparenthesize()

    def prepare(self) -> None:
        """Put every call of the function in parentheses, inner ones first; count calls."""
        if not visit.any_of(nodes.CallExpr, self._state.bodies[self.func]):
            return
        visit.edit_list(self.func.body, self._mark)
        for index in range(len(self.parens)):
            self.resolve(index)

    def unparenthesize(self) -> None:
        """Take the parentheses away, and keep what is in the body then."""
        func = self.func
        if self.parens:
            self._state.program.bodies[func] = visit.unparenthesize(func.body)
        elif func in self._state.bodies:
            self._state.program.bodies[func] = self._state.bodies[func]

    def _mark(self, node: Node) -> Node:
        if type(node) is Name or (type(node) is nodes.ParenExpr and node in self._mine):
            return node
        visit.edit_children(node, self._mark)
        return self.parenthesized(node) if isinstance(node, nodes.CallExpr) else node

    def parenthesized(self, call: nodes.CallExpr) -> Expr:
        """Put a call in parentheses, unless it is one of a builtin."""
        if call.op not in _CALLS:
            return call
        paren = nodes.ParenExpr(call.pos, call.type, call, mark=call.mark, op=Op.PAREN)
        self._mine.add(paren)
        self.parens.append(paren)
        return paren

    def resolve(self, index: int) -> tuple[Func | None, int]:
        """Find out what a call calls, devirtualizing it on the way, and count its calls."""
        state = self._state
        known = self.resolved.get(index)
        if known is not None:
            return known, state.use_counts[known]
        call = self.parens[index].x
        if not isinstance(call, nodes.CallExpr):
            return None, -1
        self._devirtualizer.static_call(self.func, call)
        if not self._enabled or not callee.might_inline(call):
            return None, 0
        target = callee.inl_callee(state, self.func, call, resolve_only=True)
        if target is None:
            return None, 0
        self.resolved[index] = target
        count = state.use_counts[target] = state.use_counts.get(target, 0) + 1
        return target, count

    def _edit(self, index: int) -> tuple[nodes.CallExpr, nodes.InlinedCallExpr] | None:
        call = self.parens[index].x
        if not isinstance(call, nodes.CallExpr):
            return None
        target, count = self.resolve(index)
        if target is None or count <= 0:
            return None
        once = count == 1 and target.outer is not None
        result = _try_inline(self._state, self, call, once=once)
        return None if result is None else (call, result)

    def generations(self) -> bool:
        """Inline what can be inlined, one generation of calls after the other."""
        changed = False
        start, end = 0, len(self.parens)
        while True:
            for index in range(start, end):
                edited = self._edit(index)
                if edited is not None:
                    call, result = edited
                    self.parens[index].x = result
                    self._state.assigned.inlined(self.func, result)
                    self._devirtualizer.inlined(self.func, call, result)
                    changed = True
            start, end = end, len(self.parens)
            if start == end:
                return changed
            for index in range(start, end):
                self.resolve(index)


def _try_inline(
    state: State, site: _CallSites, call: nodes.CallExpr, *, once: bool
) -> nodes.InlinedCallExpr | None:
    if not callee.might_inline(call):
        return None
    func = callee.inl_callee(state, site.func, call, resolve_only=False)
    if func is None or not callee.have_inline_body(state, func):
        return None
    if not callee.can_inline_call(call, func, big=site.big, once=once):
        return None
    state.say(nodes.outermost(call), f"inlining call to {func.name}")
    return _inline_call(state, site, call, func)


def _inline_call(
    state: State, site: _CallSites, call: nodes.CallExpr, func: Func
) -> nodes.InlinedCallExpr:
    """Return what stands for a call: arguments bound, body copied, returns made jumps."""
    _need_body(state, func)
    caller = site.func
    source = state.pristine.get(func, func)
    mark = Mark(call.pos, func, call.mark)
    state.labels += 1
    suffix = str(state.labels)
    closures_before = len(caller.closures)

    captured: dict[Name, Expr] = {
        name: name.outer for name in func.closure_vars if name.outer is not None
    }
    # What nobody wrote stays where it was made, as in gc (syntheticClosure).
    synthetic = func.is_wrapper and func.closure is not None
    copier = copy.Copier(caller, None if synthetic else mark, captured, label_suffix=suffix)
    formals = [copier.local(name) for name in source.params]
    results = [copier.local(name) for name in source.results]
    here = _At(call)
    delay = func.can_delay_results
    label = f".i{state.inlined[caller]}"
    state.inlined[caller] += 1
    copier.edit = _Settling(state, site, here, results, label, delay=delay)
    body = copier.stmts(source.body)
    locals_ = [copier.local(name) for name in source.dcl]
    for name in locals_:
        if name.cls is Class.AUTO:
            name.inl_local = True
        else:
            name.inl_formal = True
            name.cls = Class.AUTO
            name.mark = mark
        base = name.name.rpartition(".")[2]
        if base.startswith("~"):
            name.name = typefmt.qualified(
                caller.pkg, base
            )  # what has no name belongs to the caller
        original = name.copied_from
        if original is not None and source is not func:
            name.copied_from = original.copied_from or original
    caller.dcl.extend(locals_)

    effects = _callee_effects(call)
    init = list(effects)
    if formals:
        init.append(here.bind(formals, call.args))
    if not delay:
        for name in results:
            init.append(here.declare(name))
            init.append(here.zero(name))
    init.append(nodes.InlineMarkStmt(call.pos, call, mark=call.mark, op=Op.INLMARK))

    body.append(nodes.LabelStmt(call.pos, label, mark=call.mark, op=Op.LABEL))

    # gc reads the body anew; literals in it keep their places (reader.funcLit).
    for _ in source.imprecise:
        state.say(nodes.outermost(call), nodes.IMPRECISE)
    for pos in _imprecise_in_literals(source):
        state.say(pos, nodes.IMPRECISE)
    _name_literals(caller, func, caller.closures[closures_before:])
    original_call = copied(call)
    original_call.args = list(call.args)
    original_call.init = effects
    return nodes.InlinedCallExpr(
        call.pos, call.type, original_call, func, mark, body, list(results),
        init=init, mark=call.mark, op=Op.INLCALL,
    )  # fmt: skip


def _imprecise_in_literals(func: Func) -> Iterator[Pos]:
    for literal in func.closures:
        yield from literal.imprecise
        yield from _imprecise_in_literals(literal)


def _need_body(state: State, func: Func) -> None:
    """Get the body of a function of std, and decide about the generic instances in it."""
    lowerer = state.program.lowerer
    if func.is_local or lowerer.std is None:
        return
    if not func.body:
        lowering.body_of(func, lowerer.library)
    decide.adopt(state, lowerer.std)


def _own_instance(state: State, func: Func | None) -> Func | None:
    """Return the package's own instance of a generic function that a copied body calls, if any."""
    if func is None or not func.is_dupok or func.is_local:
        return None
    instance = state.instances.get(func.link_name)
    if instance is None and func.is_method:
        state.program.needs_reading = True
    return instance


class _At:
    """Makes statements that stand where the call stood."""

    __slots__ = ("mark", "pos")

    def __init__(self, call: nodes.CallExpr) -> None:
        self.pos = call.pos
        self.mark = call.mark

    def declare(self, name: Name) -> Stmt:
        return nodes.Decl(self.pos, name, mark=self.mark, op=Op.DCL)

    def zero(self, name: Name) -> Stmt:
        return nodes.AssignStmt(self.pos, name, None, mark=self.mark, op=Op.AS)

    def bind(self, names: list[Name], values: Iterable[Expr], *, define: bool = True) -> Stmt:
        """Declare variables and assign values to them."""
        assign = nodes.AssignListStmt(
            self.pos, list(names), list(values), define, mark=self.mark, op=Op.AS2
        )
        if define:
            for name in names:
                if name.name != "_":
                    nodes.add_init(assign, self.declare(name))
                    name.defn = assign
        return assign


def _callee_effects(call: nodes.CallExpr) -> list[Stmt]:
    """Return the statements before a call, with what evaluating its callee does."""
    init = list(call.init)
    call.init = nodes.NO_STMTS
    fun = call.fun
    while fun is not None:
        if not isinstance(fun, Name):
            init.extend(fun.init)
            fun.init = nodes.NO_STMTS
        match fun:
            case nodes.ConvExpr(op=Op.CONVNOP) | nodes.ParenExpr():
                fun = fun.x
            case nodes.InlinedCallExpr():
                init.extend(fun.body)
                fun.body = []
                fun = fun.return_vars[0]
            case _:
                break
    return init


class _Settling:
    """Makes a copied body one of its caller's: own instances, returns that jump, call sites."""

    __slots__ = ("_delay", "_here", "_label", "_results", "_site", "_state")

    def __init__(
        self,
        state: State,
        site: _CallSites,
        here: _At,
        results: list[Name],
        label: str,
        *,
        delay: bool,
    ) -> None:
        self._state = state
        self._site = site
        self._here = here
        self._results = results
        self._label = label
        self._delay = delay

    def __call__(self, item: Node) -> Node:
        """Return what stands for a copied node."""
        match item:
            case Name():
                if item.cls is Class.FUNC:
                    instance = _own_instance(self._state, item.func)
                    return item if instance is None else instance.nname
            case nodes.CallExpr():
                return self._site.parenthesized(item)
            case nodes.SelectorExpr(op=Op.METHEXPR | Op.METHVALUE):
                instance = _own_instance(self._state, item.func)
                if instance is not None:
                    item.func = instance
            case nodes.ReturnStmt():
                return self._jump(item)
            case _:
                pass
        return item

    def _jump(self, item: nodes.ReturnStmt) -> Stmt:
        here, results = self._here, self._results
        block = list(item.init)
        if item.results:
            assign = here.bind(results, item.results, define=False)
            if self._delay:
                for name in results:
                    block.append(here.declare(name))
                    name.defn = assign
            block.append(assign)
        block.append(nodes.BranchStmt(here.pos, self._label, mark=here.mark, op=Op.GOTO))
        return nodes.BlockStmt(here.pos, block, mark=here.mark, op=Op.BLOCK)


def _name_literals(caller: Func, inlined: Func, literals: list[Func]) -> None:
    """Give copied literals the names that gc gives them: `mk.func1`, after what was inlined."""
    for literal in literals:
        old = literal.inlined_copy_of or literal
        outer = old.outer
        own = old.name[len(outer.name) :] if outer is not None else old.name
        number = own.lstrip(".-abcdefghijklmnopqrstuvwxyz")
        kind = own[: len(own) - len(number)]
        if kind in {".", ".func"}:
            kind = "." if caller.closure is not None else ".func"
        _rename(literal, f"{inlined.name}{kind}{number}", f"{inlined.link_name}{kind}{number}")


def _rename(literal: Func, name: str, link_name: str) -> None:
    old, old_link = literal.name, literal.link_name
    literal.name = literal.nname.name = name
    literal.link_name = link_name
    literal.inline_cost = None
    literal.inline_refusal = ""
    for inner in literal.closures:
        _rename(inner, name + inner.name[len(old) :], link_name + inner.link_name[len(old_link) :])
