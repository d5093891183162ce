"""One function as Python: its frame, its prologue, and the state that its parts share.

A function becomes a Python function of the same parameters. A literal that captures something
becomes a factory, whose parameters are what it captures, around that function. Variables are
Python locals; those that others can reach are held in a `Ref`, unless they are structs or arrays
(`machine.values`). A function with `defer` has its body in a `try` (`machine.defers`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import gotypes, source
from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.codegen import (
    backing,
    offsets,
    ranges,
    receivers,
    residues,
    statements,
    unread,
)
from mkdocs_gomem.compiler.codegen.order import Order
from mkdocs_gomem.compiler.codegen.text import Writer
from mkdocs_gomem.compiler.ir import Class, Op, visit
from mkdocs_gomem.gotypes import lookup
from mkdocs_gomem.lean import replace
from mkdocs_gomem.machine import structs
from mkdocs_gomem.machine.executable import BandInfo, Function, Scope, Statement, Variable
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.trace import KEY_MARK
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.compiler.codegen import rows
    from mkdocs_gomem.compiler.codegen.control import Construct
    from mkdocs_gomem.compiler.codegen.program import Generator
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.source import Pos


_LIGHT = 256
"""Bytes of objects that may be counted some thousand steps after they were made."""
_OPEN_DEFERS = 8
_OPEN_EXITS = 15
"""More deferred calls, or ways out times calls, go through the runtime."""
_AGGREGATE = 16
"""Bytes of pointer-free variables that gc allocates together (maxAggregatedHeapAllocation)."""


class FunctionWriter:
    """A function in the making."""

    __slots__ = (
        "_at_start", "_band_index", "_named", "_nodes", "_scopes", "_temps", "backing", "bands",
        "boxed", "buffers", "codes", "constructs", "counts", "deferred", "func", "g", "gotos",
        "headers", "hoist", "in_entry", "in_place", "index", "indexed", "interests", "jump_used",
        "jumps", "keeps_wide", "known", "literal_pos", "names", "open_defers", "order", "own",
        "pending", "recorded", "residues", "rows", "rtype", "scope", "skipped", "sums", "types",
        "unread", "variable_index", "variables", "w", "wide",
    )  # fmt: skip

    def __init__(self, program: Generator, func: ir.Func, nodes: ranges.ByClass) -> None:
        """Begin with a function.

        Args:
            program: what it belongs to.
            func: the function.
            nodes: all nodes of its body.
        """
        self.g = program
        self.func = func
        self.w = Writer()
        self.types = program.types
        self.rtype: Callable[[gotypes.Type], RType] = program.types.of
        """Return the run-time type of a Go type."""
        self.own = bool(program.own(func.pos)) or func.is_package_init
        self.counts = self.own or program.counts
        """What it allocates is logged."""
        self.recorded = self.own and (not func.is_wrapper or _runs_inlined(func))
        """Its steps are shown; a go wrapper's only when the author's code was inlined into it."""
        self.names: dict[ir.Name, str] = {}
        self.codes: dict[ir.Name, str] = {}
        """How local variables are read and assigned, once that was asked."""
        self.boxed: set[ir.Name] = set()
        """Variables that others can reach, by their canonical name."""
        placements = program.placements.by_node if self.counts else {}
        self.order = Order(self.boxed, placements, shown=self.recorded)
        self.hoist = 0
        """Above 0, calls are put into temporaries."""
        self.constructs: list[Construct] = []
        self.index = len(program.functions)
        program.functions.append(None)
        self.variables: list[Variable] = []
        self.variable_index: dict[ir.Name, int] = {}
        self.scope: list[int] = []
        self._scopes: list[Scope] = []
        self._named: dict[str, dict[int, list[Variable]]] = {}
        self.bands: list[BandInfo] = []
        self._band_index: dict[ir.Mark, int] = {}
        self.deferred = ""
        self.jumps = 0
        self.jump_used = False
        self.gotos: dict[str, list[ir.BranchStmt]] = {}
        """All of the function, by label; labels of inlined bodies differ from all others."""
        self.indexed = ranges.indexed(nodes.get(ir.IndexExpr, ()))
        """Slices that are named where they are indexed."""
        for node in nodes.get(ir.BranchStmt, ()):
            if isinstance(node, ir.BranchStmt) and node.op is Op.GOTO:
                self.gotos.setdefault(node.label, []).append(node)
        self.buffers: dict[ir.Expr, str] = {}
        self.literal_pos: dict[ir.Node, Pos] = {}
        """Where gc's code for a literal stands, if not where it is written (`lines`)."""
        self.in_place: ir.Expr | None = None
        """The `append` that is assigned to what it appends to."""
        self.skipped: set[ir.Node] = set()
        """Jumps that lead to where the text goes on anyway."""
        self.backing = (
            backing.analyze(func, nodes.get(ir.CallExpr, ()), program.placements)
            if self.counts
            else backing.Backing()
        )
        self.pending = 0
        """Bytes of small variables moved to the heap since the last branch: gc joins them."""
        self.open_defers = func.has_defer and _opens_defers(self, nodes)
        """Deferred calls are written out at each return: a `defer` ends no straight line."""
        self.in_entry = self.open_defers
        """The first call ends the first straight line then (ssagen, `call`)."""
        self.interests: dict[ir.Name, str] = {}
        """What may be known of variables, once that was asked (`ranges`)."""
        self.known: ranges.Known = {}
        """The ranges of local integers at this point of the text."""
        self.unread: set[ir.Name] = set()
        """Local variables whose values nobody wants."""
        self.residues: set[ir.Name] = set()
        """Local integers that are held modulo 2⁶⁴."""
        self.sums: set[ir.Name] = set()
        """Local integers that may pass their type's range here; nothing but sums reads them."""
        self.wide: dict[ir.Name, ranges.Range] = {}
        """Those of them that have more bits at this point of the text, …"""
        self.keeps_wide = False
        """… which what is assigned here may have."""
        self.headers: dict[str, tuple[str, str, str]] = {}
        """In loops that do not assign them: slices, with names for array, offset and length."""
        self.rows: dict[rows.Key, str] = {}
        """In loops that do not change them: rows of tables, which are such slices."""
        self._nodes = nodes
        self._at_start: set[ir.Name] | None = None
        self._temps = 0

    def begins_at_start(self, name: ir.Name) -> bool:
        """Tell if a local slice never has an offset in its array."""
        if self._at_start is None:
            self._at_start = offsets.at_start(self, self._nodes)
        return name in self._at_start

    # Names.

    def temp(self) -> str:
        """Return the name of a new temporary."""
        self._temps += 1
        return f"t{self._temps}_"

    def buffer(self, appended: ir.Expr) -> str:
        """Return the name of what holds the buffer of what is appended to, during a call."""
        used = self.buffers.get(appended)
        if used is None:
            used = self.buffers[appended] = self.g.name("buffer")
        return used

    def local(self, name: ir.Name) -> str:
        """Return the Python name of a local variable, parameter or captured variable."""
        python = self.names.get(name)
        if python is None:
            python = self.names[name] = self.g.name(name.name)
        return python

    def is_boxed(self, name: ir.Name) -> bool:
        """Tell if a variable is held in a `Ref`."""
        return name.canonical in self.boxed and not self.rtype(name.type).composite

    def is_pinned(self, name: ir.Name) -> bool:
        """Tell if a struct or array variable must stay the same object."""
        return name.cls is Class.EXTERN or name.canonical in self.boxed

    def moved(self, name: ir.Name) -> bool:
        """Tell if gc puts a variable on the heap."""
        return self.counts and self.g.placements.escapes(name)

    def declare(self, name: ir.Name) -> None:
        """Note that a variable exists from here on."""
        index = self.variable(name)
        if index >= 0 and index not in self.scope:
            around = self._scopes[-1] if self._scopes else None
            self.scope.append(index)
            self._scopes.append(Scope(index, around))

    def leave(self, count: int) -> None:
        """Go back to where so many variables existed."""
        del self.scope[count:], self._scopes[count:]

    def variable(self, name: ir.Name) -> int:
        """Return the place of a variable in the function's table; -1 for the compiler's own."""
        known = self.variable_index.get(name)
        if known is not None:
            return known
        obj = name.origin
        index = -1
        if (
            self.own
            and obj is not None
            and not unnamed(name)
            and not name.name.startswith((".", "#"))
            and name.name != "_"
            and self.g.own(name.pos)
        ):
            index = len(self.variables)
            typ = self.rtype(name.type)
            outer = obj.parent
            made = Variable(
                self.local(name),
                name.name,
                typ,
                name.pos,
                typ.size,
                boxed=self.is_boxed(name),
                moved=self.moved(name.canonical),
                captured=name.is_closure_var,
                band=self.band(name.mark),
                block=(outer.pos, outer.end) if outer and outer.end else (NO_POS, NO_POS),
                key=name.name,
            )
            named = self._named.setdefault(name.name, {})
            if named:
                made = replace(made, key=_key(made, named))
            named.setdefault(made.band, []).append(made)
            self.variables.append(made)
        self.variable_index[name] = index
        return index

    def band(self, mark: ir.Mark | None) -> int:
        """Return the place of an inlined call in the function's table."""
        if mark is None:
            return -1
        known = self._band_index.get(mark)
        if known is None:
            parent = self.band(mark.parent)
            known = self._band_index[mark] = len(self.bands)
            self.bands.append(BandInfo(mark.func.link_name, mark.pos, parent))
        return known

    def store(self, name: ir.Name, code: str, have: ranges.Fact | None = None) -> None:
        """Write the assignment of a local variable's code, and note what is known of its value."""
        python = self.local(name)
        if code != python:  # what an inlined call returns may be the very variable
            self.w.line(f"{python} = {code}")
        ranges.learn(self, name, have)

    # Steps.

    def step(self, node: ir.Node, kind: str = "statement") -> None:
        """Record that a statement of the author has run."""
        if self.recorded and self.g.own(node.pos):
            number = self.statement(node.pos, node.mark, kind)
            self.w.line(f"S({number})")

    def statement(self, pos: Pos, mark: ir.Mark | None, kind: str) -> int:
        """Return the number of a new recorded point."""
        scope = self._scopes[-1] if self._scopes else None
        self.g.statements.append(Statement(pos, self.index, self.band(mark), kind, scope))
        return len(self.g.statements) - 1

    # Allocation.

    def place(self, node: ir.Name | ir.Expr) -> Region:
        """Return where a run puts a variable or allocating expression."""
        if not self.counts:
            return Region.STACK
        placement = self.g.placements.by_node.get(node)
        if placement is None:
            return Region.STACK
        return placement.storage

    def allocate(
        self, node: ir.Node, code: str, typ: RType, what: str, region: Region, size: int,
        label: str = "",
    ) -> str:  # fmt: skip
        """Return the code of an object that is logged if it is on the heap."""
        if not self.counts:
            return code
        if region is Region.HEAP and size == 0:
            region = Region.BSS
        if region is Region.BSS and size == 0 and typ.composite:
            shared = self.g.constant("O", structs.nothing(typ))
            made = (self.g.zero(typ), f"{self.g.constant('C', typ.ops.make)}()")
            code = shared if code in made else f"({code}, {shared})[1]"
        line = self.literal_pos.get(node)
        site = self.g.site(node.pos, typ, what, region, size, label, line)
        log = "K" if region is not Region.HEAP else "A" if size <= _LIGHT else "B"
        if log == "A" and what == "literal" and typ.kind == "struct":
            call = f"{self.g.constant('C', typ.ops.make)}("
            if code.startswith(call):
                fields = code.removeprefix(call)
                return f"{self.g.logged(typ.ops)}({site}{', ' * (fields != ')')}{fields}"
        return f"{log}({site}, {code})"

    def new_variable(self, name: ir.Name, value: str) -> str:
        """Return the code of a variable's storage with its first value, which it takes over."""
        typ = self.rtype(name.type)
        if not typ.composite:
            if not self.is_boxed(name):
                return value
            value = f"Ref({value})"
        if self.moved(name):
            if typ.noscan and 0 < typ.size < _AGGREGATE:
                joins = 0 < self.pending <= _AGGREGATE - typ.size
                self.pending = self.pending + typ.size if joins else typ.size
                if joins:
                    at = _made_at(name) or self.w.pos
                    site = self.g.site(at, typ, "moved", Region.HEAP, typ.size, name.name)
                    return f"J({site}, {value})"
            return self.allocate(
                _Place(name, self.w.pos), value, typ, "moved", Region.HEAP, typ.size, name.name
            )
        if name.auto_temp and name.canonical in self.boxed:
            # No frame shows it, but what points to it does.
            made = _Place(name, self.w.pos)
            return self.allocate(made, value, typ, "new", Region.STACK, typ.size)
        return value


def _key(variable: Variable, named: dict[int, list[Variable]]) -> str:
    """Tell a variable apart from others of the same name that may be there beside it.

    Those that no pointer leads to, in blocks that follow each other, are never there together.

    Args:
        variable: it.
        named: those that have its name, by the inlined call that they belong to.
    """
    if _is_plain(variable):
        for other in named.get(variable.band, ()):
            if _is_plain(other) and _are_apart(variable, other):
                return other.key
    return f"{variable.name}{KEY_MARK}{sum(map(len, named.values())) + 1}"


def _is_plain(variable: Variable) -> bool:
    """Tell if nothing points into the frame for a variable."""
    return variable.moved or not (variable.boxed or variable.type.composite)


def _are_apart(variable: Variable, other: Variable) -> bool:
    (begin, end), (other_begin, other_end) = variable.block, other.block
    return (
        variable.type is other.type
        and variable.moved == other.moved
        and bool(end and other_end)
        and (begin >= other_end or end <= other_begin)
    )


class _Place(ir.Node):
    """Where a variable that was moved to the heap is allocated."""

    def __init__(self, name: ir.Name, pos: Pos) -> None:
        super().__init__(_made_at(name) or pos)  # what the compiler made up stands nowhere


def _made_at(name: ir.Name) -> Pos:
    """Return where a variable is made: of an inlined call, parameters and results at the call."""
    original = name.copied_from
    if original is None or name.mark is None or original.cls is Class.AUTO:
        return name.pos
    return name.mark.pos


def unnamed(name: ir.Name) -> bool:
    """Tell if a parameter or result has no name of its own."""
    return name.name.rpartition(".")[2].startswith("~")


def _opens_defers(f: FunctionWriter, nodes: ranges.ByClass) -> bool:
    """Tell if gc writes deferred calls out at each return (ssagen, `hasOpenDefers`)."""
    defers = [node for node in nodes.get(ir.GoDeferStmt, ()) if node.op is Op.DEFER]
    returns = len(nodes.get(ir.ReturnStmt, ()))
    loops = [*nodes.get(ir.ForStmt, ()), *nodes.get(ir.RangeStmt, ())]
    return (
        0 < len(defers) <= _OPEN_DEFERS
        and returns * len(defers) <= _OPEN_EXITS
        and not any(f.moved(name) for name in f.func.results)
        and not any(node in defers for node in visit.within(loops))
        and not any(_shares_defers(node) for node in nodes.get(ir.CallExpr, ()))
    )


def _shares_defers(node: ir.Node) -> bool:
    """Tell if a loop over a function adds deferred calls to this frame."""
    return (
        isinstance(node, ir.CallExpr)
        and isinstance(node.fun, ir.Name)
        and node.fun.func is not None
        and node.fun.func.link_name == "runtime.deferrangefunc"
    )


def _runs_inlined(func: ir.Func) -> bool:
    return func.is_go_wrap and ir.visit.any_list(
        func.body, lambda node: isinstance(node, ir.InlinedCallExpr)
    )


def write(program: Generator, func: ir.Func) -> Writer:
    """Write a function; return its text."""
    nodes = visit.by_class(func.body)
    f = FunctionWriter(program, func, nodes)
    f.boxed.update(_reachable_by_others(func, nodes))
    f.unread = unread.unread(f, nodes)
    f.residues = residues.residues(f, nodes)
    w = f.w
    python = program.function(func, func.pos)
    w.pos = func.pos
    captures: list[Variable] = []
    if func.is_closure:
        inside = _Outer(f)
        captures = [inside.capture(name) for name in func.closure_vars]
        w.line(f"def mk_{python}({', '.join(f.local(name) for name in func.closure_vars)}):")
        w.depth += 1
    parameters = ", ".join(f.local(name) for name in func.params)
    w.line(f"def {python}({parameters}):")
    w.depth += 1
    start = len(w.rows)
    if _may_recurse(nodes):
        w.line("for _ in BG: break")
        w.line("else: Y()")
    for name in (*func.closure_vars, *func.params):
        f.declare(name)
    for name in func.params:
        code = f.local(name)
        if name is func.params[0] and receivers.is_copied(f, name):
            code = f"{program.constant('P', f.rtype(name.type).ops.copy)}({code})"
        stored = f.new_variable(name, code)
        if stored != f.local(name):
            w.line(f"{f.local(name)} = {stored}")
    named = [name for name in func.results if not unnamed(name)]
    if named or func.has_defer:
        for name in func.results:
            f.declare(name)
            zero = program.zero(f.rtype(name.type))
            w.line(f"{f.local(name)} = {f.new_variable(name, zero)}")
    if _is_value_wrapper(func):
        text = _panicwrap_text(func)
        w.line(f"if {f.local(func.params[0])} is None: plainpanic({text!r})")
    if f.recorded and program.own(func.pos):
        w.line(f"E({f.statement(func.pos, None, 'call')})")
    if func.has_defer:
        f.deferred = "d_"
        w.line("d_ = []")
        if f.recorded:
            w.line("S(d_)")
        with w.block("try:"):
            statements.body(f, func.body)
            if not _ends(func.body):
                statements.leave(f, func, [])
        with w.block("except BaseException as failure_:"):
            w.line("fail(d_, failure_)")
            results = [statements.read(f, name) for name in func.results]
            w.line(f"return {_tuple(results)}" if results else "return")
    else:
        statements.body(f, func.body)
        if not _ends(func.body):
            statements.leave(f, func, [])
    if f.buffers:
        w.insert(start, "; ".join(f"{name} = [None]" for name in f.buffers.values()), func.pos)
    if f.jump_used:
        w.insert(start, "j_ = 0", func.pos)
    if len(w.rows) == start:
        w.line("pass")
    w.depth -= 1
    if func.is_closure:
        w.line(f"return {python}")
        w.depth -= 1
    program.functions[f.index] = Function(
        python,
        func.link_name,
        func.pos,
        tuple(f.variables),
        tuple(f.bands),
        tuple(captures),
        own=f.own,
        is_wrapper=func.is_wrapper or func.is_go_wrap,
    )
    return w


def _is_value_wrapper(func: ir.Func) -> bool:
    """Tell if a function is the method `(*T).M` that gc makes for a method of `T` itself."""
    if not (func.is_wrapper and func.is_method and func.params):
        return False
    pointer = func.params[0].type.underlying
    if not isinstance(pointer, gotypes.types.Pointer):
        return False
    name = func.link_name.rpartition(".")[2]
    found, path, _ = lookup.lookup_field_or_method(pointer.elem, False, func.pkg, name)  # noqa: FBT003
    return isinstance(found, gotypes.objects.Func) and len(path or ()) == 1


def _panicwrap_text(func: ir.Func) -> str:
    """Word the call of a value method with a nil pointer (`runtime.panicwrap`)."""
    package, _, rest = func.link_name.partition(".(*")
    typ, _, method = rest.rpartition(").")
    if "[" in typ:
        typ = typ[: typ.index("[")] + "[...]"
    return f"value method {package}.{typ}.{method} called using nil *{typ} pointer"


def _tuple(codes: list[str]) -> str:
    return codes[0] if len(codes) == 1 else f"({', '.join(codes)})"


def _ends(body: list[ir.Stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ir.ReturnStmt)


class _Outer:
    """How a literal's captured variables look to those who draw it."""

    def __init__(self, f: FunctionWriter) -> None:
        self.f = f

    def capture(self, name: ir.Name) -> Variable:
        f = self.f
        typ = f.rtype(name.type)
        boxed = f.is_boxed(name)
        return Variable(
            f.local(name), name.name, typ, name.pos, 8 if not name.by_value else typ.size,
            boxed=boxed, moved=f.moved(name.canonical), captured=True,
        )  # fmt: skip


def _reachable_by_others(func: ir.Func, nodes: ranges.ByClass) -> set[ir.Name]:
    """Return the variables whose address is taken, or that literals capture by reference."""
    found: set[ir.Name] = set()

    def base(expr: ir.Expr) -> ir.Name | None:
        while True:
            match expr:
                case ir.Name():
                    return expr
                case ir.SelectorExpr(op=Op.DOT):
                    expr = expr.x
                case ir.IndexExpr(op=Op.INDEX) if isinstance(
                    expr.x.type.underlying, gotypes.types.Array
                ):
                    expr = expr.x
                case ir.ParenExpr() | ir.ConvExpr(op=Op.CONVNOP):
                    expr = expr.x
                case ir.InlinedCallExpr(return_vars=[only]):
                    expr = only
                case _:
                    return None

    for node in nodes.get(ir.AddrExpr, ()):
        if isinstance(node, ir.AddrExpr) and node.op is Op.ADDR:
            name = base(node.x)
            if name is not None:
                found.add(name.canonical)
    for node in nodes.get(ir.ClosureExpr, ()):
        for var in node.func.closure_vars if isinstance(node, ir.ClosureExpr) else ():
            if not var.by_value:
                found.add(var.canonical)
                if var.outer is not None:
                    found.add(var.outer)
    for var in func.closure_vars:
        if not var.by_value:
            found.add(var.canonical)
    for name in func.dcl:
        if name.addrtaken:
            found.add(name.canonical)
    return found


def _may_recurse(nodes: ranges.ByClass) -> bool:
    """Tell if a function calls anything that could lead back to it."""
    return any(
        node.op in {Op.CALLFUNC, Op.CALLINTER} and not _calls_native(node)
        for node in nodes.get(ir.CallExpr, ())
    )


def _calls_native(node: ir.Node) -> bool:
    return (
        isinstance(node, ir.CallExpr)
        and isinstance(node.fun, ir.Name)
        and node.fun.func is not None
        and node.fun.func.link_name.startswith("fmt.")
    )


__all__ = ["FunctionWriter", "source", "write"]
