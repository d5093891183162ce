"""The whole text: which functions are needed, and the tables that their numbers refer to.

Starts at the package's initialisation and `main` and follows calls. A function of std is a
native if there is one, else it is written from its source like the author's own, without
recording, and without counting what it allocates unless the author asks for such figures; one that
has neither is refused by name.
Methods that interfaces may call are found by type and name: for each type of the author's that is
boxed anywhere, each method name that is called through an interface or that natives ask for. All
others, of types of std and of types that a run makes, are written when a run asks for them.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from mkdocs_gomem import gotypes, source
from mkdocs_gomem.compiler import escape, inline, ir, staticinit
from mkdocs_gomem.compiler.codegen import function as functions
from mkdocs_gomem.compiler.codegen import units
from mkdocs_gomem.compiler.codegen.names import mangle
from mkdocs_gomem.compiler.codegen.text import Writer
from mkdocs_gomem.compiler.ir import Op, scc, visit
from mkdocs_gomem.compiler.ir.copy import function as copied
from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.gotypes import lookup, objects, types
from mkdocs_gomem.machine.executable import (
    BandInfo,
    Before,
    Chunk,
    Executable,
    Function,
    Global,
    Site,
    Statement,
    Variable,
)
from mkdocs_gomem.machine.heap import class_size
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.rtypes import RType, Types
from mkdocs_gomem.machine.slices import Elements
from mkdocs_gomem.source import NO_POS, Pos
from mkdocs_gomem.std import natives as shelf
from mkdocs_gomem.std import registrations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mkdocs_gomem.machine.structs import Ops

NATIVE_METHODS = ("Error", "String", "Format", "GoString", "Unwrap", "Is", "As", "Write", "Read",
                  "WriteString", "Len", "Less", "Swap", "Push", "Pop")  # fmt: skip
"""Methods that natives call on values they are given."""

_V = TypeVar("_V")
_Wanted = dict[str, tuple[str, gotypes.Package | None]]
_OF_NATIVES: _Wanted = {name: (name, None) for name in NATIVE_METHODS}


class Generator:
    """The executable in the making."""

    __slots__ = (
        "_asked", "_boxed_types", "_called", "_constant_names", "_dictionaries", "_ever_late",
        "_filled", "_forced", "_func_names", "_kept", "_known", "_late", "_late_values", "_linked",
        "_native_names", "_number", "_ordered", "_package_inits", "_requests", "_std_inits",
        "_table_entries", "_tables", "_todo", "all_natives", "all_variables", "before",
        "boxed_globals", "constants", "counts", "files", "functions", "globals", "line_bands",
        "lines", "logged_structs", "makers", "natives", "placements", "plan", "program", "refilled",
        "rtype", "sites", "statements", "types", "writer",
    )  # fmt: skip

    def __init__(
        self,
        program: ir.Program,
        placements: escape.Placements,
        natives: Mapping[str, Callable[..., Any] | Before],
        variables: Mapping[str, Callable[[Any], Any] | Before],
        native_types: Mapping[str, RType],
        plan: staticinit.Plan | None,
    ) -> None:
        self.plan = plan
        self.program = program
        self.counts = _asks_for_figures(program)
        """The program asks how much was allocated, so that of std is counted, too."""
        self.placements = placements
        if self.counts:
            self.placements = escape.Placements(dict(placements.by_node))
        self.all_natives = natives
        self.all_variables = variables
        self.types = Types(native_types)
        self.rtype: Callable[[gotypes.Type], RType] = self.types.of
        """Return the run-time type of a Go type."""
        self.files = frozenset(program.files)
        self.writer = Writer()
        self.statements: list[Statement] = []
        self.sites: list[Site] = []
        self.functions: list[Function | None] = []
        self.globals: dict[ir.Name, str] = {}
        self.boxed_globals: set[ir.Name] = set()
        self.constants: dict[str, Any] = {}
        self.natives: dict[str, Callable[..., Any]] = {}
        self.makers: dict[str, Callable[[Any], Any]] = {}
        self.logged_structs: dict[str, Ops] = {}
        self._constant_names: dict[tuple[str, int], str] = {}
        self._kept: list[object] = []
        self._func_names: dict[ir.Func, str] = {}
        self._todo: list[ir.Func] = []
        self._native_names: dict[str, str] = {}
        self._tables: dict[str, tuple[str, str]] = {}
        self._table_entries: dict[str, dict[RType, str]] = {}
        self._boxed_types: dict[RType, None] = {}
        self._asked: set[tuple[RType, str]] = set()
        """Types and methods that tables have been filled for."""
        self._filled = (0, 0)
        """How many types were boxed then, and how many methods called."""
        self._called: dict[str, objects.Func] = {}
        self._dictionaries: dict[int, tuple[str, ir.Dictionary]] = {}
        self._std_inits: dict[str, tuple[str, bool]] = {}
        """Variables of std with an initial value: its function, and whether it runs at once."""
        self._package_inits: list[tuple[gotypes.Package, str]] = []
        """Functions `init` of std that run before anything else of the next chunk."""
        self._forced: list[str] = []
        """Variables of std that get their values with the next chunk."""
        self._ordered: set[str] = set()
        """Packages of std that are initialised in order."""
        self.lines: list[Pos] = []
        self.line_bands: list[int] = []
        self._late: dict[str, ir.Func] = {}
        """Functions of std that nobody has called yet."""
        self._late_values: dict[str, ir.Name] = {}
        """Variables of std behind natives, by the name of the function that puts Go's value in."""
        self.before: dict[str, Callable[..., Any]] = {}
        """Natives that are asked before a late function, by its name."""
        self._ever_late: dict[str, None] = {}
        self._known: dict[str, int] = {"globals": 0, "dictionaries": 0, "functions": 0}
        """How much of each table is in chunks already."""
        self._number = 0
        self._linked: list[units.Linked] = []
        """Functions of std that come with the next chunk."""
        self._requests: list[units.Request] | None = None
        """What a function asks for while it is written, if somebody wants to know."""
        self.refilled = self._refilled()
        """By assignment of `init` to a static copy: the interface values that hold the copy."""

    # Names and constants.

    def name(self, go_name: str) -> str:
        """Make a Python name."""
        self._number += 1
        return mangle(go_name, self._number)

    @contextmanager
    def listening(self) -> Iterator[list[units.Request]]:
        """Collect what a function asks for that is written meanwhile."""
        requests: list[units.Request] = []
        self._requests = requests
        try:
            yield requests
        finally:
            self._requests = None

    def _unheard(self, act: Callable[..., _V], *args: Any) -> _V:
        """Do not count what is asked meanwhile: it is asked again with what leads to it."""
        requests, self._requests = self._requests, None
        try:
            return act(*args)
        finally:
            self._requests = requests

    def _note(self, name: str, act: Callable[..., Any], *args: object) -> None:
        if self._requests is not None:
            self._requests.append(units.Request(name, act, args))

    def constant(self, prefix: str, value: object) -> str:
        """Return the global name of an object that the text refers to."""
        key = (prefix, id(value))
        name = self._constant_names.get(key)
        if name is None:
            name = self._constant_names[key] = f"{prefix}{len(self._constant_names)}"
            self.constants[name] = value
            self._kept.append(value)
        self._note(name, Generator.constant, prefix, value)
        return name

    def logged(self, ops: Ops) -> str:
        """Return the global name of what makes and logs structs."""
        key = ("L", id(ops))
        name = self._constant_names.get(key)
        if name is None:
            name = self._constant_names[key] = f"L{len(self._constant_names)}"
            self.logged_structs[name] = ops
        self._note(name, Generator.logged, ops)
        return name

    def type_name(self, typ: RType) -> str:
        """Return the global name of a run-time type."""
        return self.constant("T", typ)

    def elements(self, elem: RType) -> str:
        """Return the global name of what slices of a type need to know."""
        key = ("E", id(elem))
        name = self._constant_names.get(key)
        if name is None:
            name = self._constant_names[key] = f"E{len(self._constant_names)}"
            self.constants[name] = Elements(elem)
        self._note(name, Generator.elements, elem)
        return name

    def zero(self, typ: RType) -> str:
        """Return the code of a type's zero value."""
        if typ.composite:
            return f"{self.constant('Z', typ.ops.zero)}()"
        if typ.kind == "slice":
            return "NIL"
        if typ.kind == "map":
            return "NILMAP"
        return repr(typ.zero_value)

    def site(
        self, pos: Pos, typ: RType, what: str, region: Region, size: int = 0, label: str = "",
        line: Pos | None = None,
    ) -> str:  # fmt: skip
        """Return the code of the number of a new allocation site."""
        if self._requests is None:
            return str(self._site(pos, typ, what, region, size, label, line))
        name = self._named_site(pos, typ, what, region, size, label, line)
        self._note(name, Generator._named_site, pos, typ, what, region, size, label, line)
        return name

    def _named_site(self, *about: Any) -> str:
        """Return the global name of the number of a new allocation site."""
        number = self._site(*about)
        name = self._constant_names["W", number] = f"W{len(self._constant_names)}"
        self.constants[name] = number
        return name

    def _site(
        self, pos: Pos, typ: RType, what: str, region: Region, size: int, label: str,
        line: Pos | None,
    ) -> int:  # fmt: skip
        if what == "literal" and typ.kind == "slice":
            noscan = typ.elem.noscan
        else:
            noscan = typ.noscan and size == typ.size
        taken = class_size(size, noscan=noscan) if region is Region.HEAP else 0
        line = pos if line is None else line
        self.sites.append(Site(pos, typ, what, region, size, taken, label, line))
        return len(self.sites) - 1

    def own(self, pos: Pos) -> bool:
        """Tell if a position is in one of the author's files."""
        return source.file_of(pos) in self.files

    # Functions.

    def function(self, func: ir.Func, pos: Pos) -> str:
        """Return the Python name of a function, which will be written if need be."""
        name = self._func_names.get(func)
        if name is None:
            name = self._unheard(self._new_function, func, pos)
        self._note(name, Generator.function, func, pos)
        return name

    def method(self, typ: RType, name: str, pkg: gotypes.Package | None, pos: Pos) -> str:
        """Return the Python name of the function that a method of a type is."""
        assert typ.go is not None  # noqa: S101 - natives' own types are never written out
        func = ir.method_of(self.program, typ.go, name, pkg)
        python = self._unheard(self.function, func, pos)
        self._note(python, Generator.method, typ, name, pkg, pos)
        return python

    def _new_function(self, func: ir.Func, pos: Pos) -> str:
        if (not func.is_local or "[" in func.link_name) and func.closure is None:
            native = self.native(func.link_name)
            if native is not None:
                self._func_names[func] = native
                return native
            if not _is_runtime(func):
                ir.body_of(func, self.program.lowerer.library)
                if not func.has_body and not func.is_local:
                    stand_in = self._behind(func, pos)
                    if stand_in is not None:
                        self._func_names[func] = stand_in
                        return stand_in
        if (
            _is_runtime(func)
            or not func.has_body
            or (not func.body and not func.is_local and func.origin is not None)
        ):
            if self.own(pos):
                source.unsupported(pos, f"call of {func.link_name}")
            # Std has many ways that no run takes: refuse when this one is taken.
            name = self._func_names[func] = self.name(func.link_name)
            self.natives[name] = _refusal(func.link_name, "")
            return name
        if "go:uintptrescapes" in func.pragmas:
            source.unsupported(pos, "go:uintptrescapes")
        name = self._func_names[func] = self.name(func.link_name)
        self._todo.append(func)
        return name

    def _behind(self, func: ir.Func, pos: Pos) -> str | None:
        """Return the name of what runs where a std function has no body."""
        remote, found = ir.behind(func, self.program.lowerer.library)
        native = self.native(remote) if remote else None
        if native is not None or found is None or not found.has_body:
            return native
        return self.function(found, pos)

    def native(self, link_name: str) -> str | None:
        """Return the global name of a native, or None if there is none of that link name."""
        name = self._native(link_name)
        if name is not None:
            self._note(name, Generator.native, link_name)
        return name

    def _native(self, link_name: str) -> str | None:
        name = self._native_names.get(link_name)
        if name is None:
            key = link_name
            if "[" in key:
                key = f"{key[: key.index('[')]}[...]{key[key.rindex(']') + 1 :]}"
            native = self.all_natives.get(key)
            if native is None or isinstance(native, Before) or (self.counts and key in shelf.BRIEF):
                return None
            name = self._native_names[link_name] = self.name(link_name)
            self.natives[name] = native
        return name

    def global_name(self, var: ir.Name, pos: Pos) -> str:
        """Return the Python name of a package variable."""
        name = self.globals.get(var)
        if name is None:
            name = self.globals[var] = self.name(var.name)
            typ = self.rtype(var.type)
            if not typ.composite:
                self.boxed_globals.add(var)
            if var.pkg is not self.program_package and var.pkg is not None:
                self._unheard(self._std_variable, var, name, typ, pos)
        self._note(name, Generator.global_name, var, pos)
        return name

    @property
    def program_package(self) -> gotypes.Package | None:
        """The author's package."""
        return self.program.main.pkg if self.program.main is not None else None

    def _std_variable(self, var: ir.Name, name: str, typ: RType, pos: Pos) -> None:
        if var.pkg is not None and var.pkg.path in registrations.IN_ORDER - self._ordered:
            self._in_order(var.pkg, pos)
        link_name = f"{var.pkg.path if var.pkg is not None else ''}.{var.name.rpartition('.')[2]}"
        maker = self.all_variables.get(link_name)
        if isinstance(maker, Before):
            value = self.name(f"{link_name}.value")
            self._late_values[value] = var
            self.makers[name] = _in_front(maker, value)
            return
        if maker is not None:
            self.makers[name] = maker
            return
        library = self.program.lowerer.library
        if not typ.composite:
            if ir.has_initializer(var, library):  # to be written when somebody asks for the value
                function = self.name(f"{link_name}.init")
                self._late_values[function] = var
                self._std_inits[name] = (function, False)
        elif (init := ir.initializer_of(var, library)) is not None:
            self._std_inits[name] = (self.function(init, pos), True)
        if var.pkg is not None and var.pkg.path in self._ordered:
            return
        package = self.program_package
        importing = () if package is None else package.imports
        for func in ir.inits_of(var, library, importing):
            if func not in self._func_names:
                self._add_package_init(func, pos)

    def _in_order(self, pkg: gotypes.Package, pos: Pos) -> None:
        """Initialise a package of std as a whole."""
        self._ordered.add(pkg.path)
        variables, inits = ir.in_order(pkg, self.program.lowerer.library)
        self._forced += [self.global_name(var, pos) for var in variables]
        for func in inits:
            self._add_package_init(func, pos)

    def _add_package_init(self, func: ir.Func, pos: Pos) -> None:
        assert func.pkg is not None  # noqa: S101 - functions of std
        self._package_inits.append((func.pkg, self.function(func, pos)))

    def _in_import_order(self) -> list[str]:
        """List the functions `init` that run now: what a package imports comes before it."""
        inits = self._package_inits
        if len({pkg for pkg, _ in inits}) > 1:
            library = self.program.lowerer.library
            inits = sorted(inits, key=lambda init: library.initialized_before(init[0]))
        return [name for _, name in inits]

    # Interfaces.

    def boxed(self, typ: RType) -> None:
        """Note that values of a type are put into interfaces, and so what is inside can be."""
        self._note("", Generator.boxed, typ)
        todo = [typ]
        while todo:
            part = todo.pop()
            if part in self._boxed_types or part.go is None:
                continue
            self._boxed_types[part] = None
            if part.kind in {"ptr", "slice", "array", "map"}:
                todo.append(part.elem)
            if part.kind == "map":
                todo.append(part.key)
            if part.kind == "struct":
                todo.extend(f.type for f in part.fields if f.exported or f.embedded)

    def table(self, method: objects.Func) -> str:
        """Return the global name of the table of an interface method's implementations."""
        self._called.setdefault(method.id, method)
        name = self._table(method.id, method.name)
        self._note(name, Generator.table, method)
        return name

    def _table(self, ident: str, method: str) -> str:
        known = self._tables.get(ident)
        if known is None:
            known = self._tables[ident] = (f"M{len(self._tables)}", method)
            self._table_entries[known[0]] = {}
        return known[0]

    def dictionary(self, made: ir.Dictionary) -> str:
        """Return the global name of a dictionary of generic code."""
        known = self._dictionaries.get(id(made))
        if known is None:
            known = self._dictionaries[id(made)] = (f"D{len(self._dictionaries)}", made)
        self._note(known[0], Generator.dictionary, made)
        return known[0]

    def _fill_tables(self) -> bool:
        """Find methods for the author's types that are boxed; True if that needed new functions."""
        before = len(self._func_names), len(self._dictionaries), len(self._boxed_types)
        filled = len(self._boxed_types), len(self._called)
        if filled != self._filled:  # most functions of std bring nothing new
            self._filled = filled
            self._find_methods()
        for _, made in list(self._dictionaries.values()):
            for word in made.words:
                if isinstance(word, ir.Func):
                    self._method(word)
                elif isinstance(word, ir.Dictionary):
                    self.dictionary(word)
                else:
                    self.boxed(self.rtype(word))
        return before != (
            len(self._func_names), len(self._dictionaries), len(self._boxed_types)
        )  # fmt: skip

    def _find_methods(self) -> None:
        wanted: _Wanted = {
            ident: (method.name, method.pkg) for ident, method in self._called.items()
        }
        wanted |= _OF_NATIVES
        for typ in list(self._boxed_types):
            if typ.go is None or typ.is_interface or not self._may_have_methods(typ.go):
                continue
            for ident, (name, pkg) in wanted.items():
                if (typ, ident) in self._asked:
                    continue
                self._asked.add((typ, ident))
                found, _, _ = lookup.lookup_field_or_method(typ.go, False, pkg, name)  # noqa: FBT003
                if isinstance(found, objects.Func):
                    func = ir.method_of(self.program, typ.go, name, pkg)
                    self._table_entries[self._table(ident, name)][typ] = self._method(func)

    def _may_have_methods(self, typ: gotypes.Type) -> bool:
        """Tell if a type is the author's, and one that may have methods.

        A type with shapes is none: the dictionary says what is put into an interface there.
        """
        base, _ = lookup.deref(typ)
        named = types.as_named(base)
        if named is None:
            own = isinstance(base.underlying, types.Struct)  # of what is embedded
        else:
            own = named.obj.pkg is self.program_package
        return own and not conversions.has_shape(base)

    def _method(self, func: ir.Func) -> str:
        try:
            return self.function(func, func.pos)
        except source.Rejected:
            # Only a run can tell if it is called at all.
            name = self._func_names.get(func)
            if name is None:
                name = self._func_names[func] = self.name(func.link_name)
                self.natives[name] = _refusal(func.link_name, "")
            return name

    # The text.

    def generate(self) -> Executable:
        """Write everything that can be reached."""
        program = self.program
        if program.main is None:
            source.unsupported(NO_POS, "a package without function main")
        for var in program.globals:
            self.global_name(var, var.pos)
        data: list[str] = []
        entries: list[str] = []
        if self.plan is not None and self.plan.data:
            data.append(self.function(self._data(self.plan), NO_POS))
        if program.package_init is not None and program.package_init.body:
            entries.append(self.function(program.package_init, NO_POS))
        entries += [self.function(func, func.pos) for func in program.inits]
        main = self.function(program.main, program.main.pos)
        self._drain()
        for entry, calls in (("data", data), ("init", entries), ("main", [main])):
            if calls:
                with self.writer.block(f"def {entry}_entry():"):
                    for name in calls:
                        self.writer.line(f"{name}()")
        chunk = self._chunk()
        return Executable(
            chunk,
            self.lines,
            self.statements,
            self.sites,
            tuple(self._global(var) for var in self._variables() if var in self.globals),
            self.types,
            self.line_bands,
            program.files,
            self._supply,
            self._supply_method,
            counts=self.counts,
        )

    def _supply(self, name: str) -> Chunk:
        """Write a function of std that a run has called."""
        func = self._late.pop(name, None) or self._late_value(name)
        self._todo.append(func)
        self._write(self._todo.pop())
        self._drain()
        return self._chunk()

    def _late_value(self, name: str) -> ir.Func:
        """Lower what gives its own value to a variable that a native stands in front of."""
        func = ir.initializer_of(self._late_values.pop(name), self.program.lowerer.library)
        assert func is not None  # noqa: S101 - there are late values of such variables only
        self._func_names[func] = name
        return func

    def _supply_method(self, typ: RType, name: str, table: str) -> tuple[Chunk, str] | None:
        """Write a method that a run has asked for: of a type that reflection made, or led to."""
        if typ.go is None or typ.is_interface:
            return None
        pkg = next((m.pkg for i, m in self._called.items() if self._tables[i][0] == table), None)
        found, _, _ = lookup.lookup_field_or_method(typ.go, False, pkg, name)  # noqa: FBT003
        if not isinstance(found, objects.Func):
            return None
        python = self._method(ir.method_of(self.program, typ.go, name, pkg))
        self._drain()
        return self._chunk(), python

    def _drain(self) -> None:
        """Write all functions that are needed now; note those that are written when called."""
        while True:
            while self._todo:
                func = self._todo.pop()
                if func.closure is not None or func.pos == NO_POS or self.own(func.pos):
                    self._write(func)
                else:
                    name = self._func_names[func]
                    self._late[name] = func
                    front = self.all_natives.get(func.link_name)
                    if isinstance(front, Before):
                        self.before[name] = front.act
            if not self._fill_tables():
                return

    def _chunk(self) -> Chunk:
        """Return what was written and named since the last time."""
        known = self._known
        head = Writer()
        inits = []
        for var, name in islice(self.globals.items(), known["globals"], None):
            if name in self.makers:
                continue
            zero = self.zero(self.rtype(var.type))
            init, at_once = self._std_inits.get(name, ("", False))
            if at_once:
                inits.append((name, init))
            if init and not at_once:
                head.line(f"{name} = Lazy({zero}, lambda: {init}())")
            else:
                boxed = var in self.boxed_globals
                head.line(f"{name} = Ref({zero})" if boxed else f"{name} = {zero}")
        dictionaries = list(islice(self._dictionaries.values(), known["dictionaries"], None))
        for name, _ in dictionaries:
            head.line(f"{name} = []")
        head.add(self.writer)
        for name, made in dictionaries:
            words = "".join(f"{self._word(word)}, " for word in made.words)
            head.line(f"{name}.extend(({words}))")
        self.writer = Writer()
        lines, positions, bands = zip(*head.rows, strict=True) if head.rows else ((), (), ())
        first_line = len(self.lines) + 1
        self.lines += positions
        self.line_bands += bands
        linked = []
        for item in self._linked:
            linked.append(item.code(len(self.lines) + 1))
            self.lines += item.unit.positions
            self.line_bands += [-1] * len(item.unit.positions)
        self._linked = []
        tables = {}
        for name, method in self._tables.values():
            entries = self._table_entries[name]
            if len(entries) != known.get(name):
                tables[name] = (method, dict(islice(entries.items(), known.get(name, 0), None)))
                known[name] = len(entries)
        functions = tuple(
            item or Function("", "", NO_POS, own=False)
            for item in self.functions[known["functions"] :]
        )
        chunk = Chunk(
            "".join([f"{line}\n" for line in lines]),
            first_line,
            functions,
            self._since("constants", self.constants),
            self._since("natives", self.natives),
            tables,
            self._since("makers", self.makers),
            self._since("logged", self.logged_structs),
            tuple(self._since("late", self._late_names())),
            self._since("before", self.before),
            (
                *reversed(inits),
                *(
                    (name, "")
                    for name in self._forced
                    if not self._std_inits.get(name, ("", True))[1]
                ),
                *(("", init) for init in self._in_import_order()),
            ),
            tuple(linked),
        )
        self._package_inits = []
        self._forced = []
        known["globals"] = len(self.globals)
        known["dictionaries"] = len(self._dictionaries)
        known["functions"] = len(self.functions)
        return chunk

    def _refilled(self) -> dict[ir.Stmt, list[ir.Stmt]]:
        """Find interface values laid out as data whose static copy `init` fills later.

        Go's data word points to the copy; our value holds it, so it is made again then.
        """
        init = self.program.package_init
        if self.plan is None or init is None:
            return {}
        boxes: dict[ir.Name, ir.Stmt] = {
            item.y.x: item
            for item in self.plan.data
            if isinstance(item.y, ir.ConvExpr)
            and item.y.op is Op.CONVIFACE
            and isinstance(item.y.x, ir.Name)
        }
        found: dict[ir.Stmt, list[ir.Stmt]] = {}
        for item in init.body if boxes else []:
            if isinstance(item, ir.AssignStmt):
                base = item.x
                while isinstance(base, ir.SelectorExpr | ir.IndexExpr):
                    base = base.x
                if base in boxes:
                    found.setdefault(item, []).append(boxes[base])
        return found

    def _late_names(self) -> dict[str, None]:
        self._ever_late.update(dict.fromkeys(self._late))
        self._ever_late.update(dict.fromkeys(self._late_values))
        return self._ever_late

    def _since(self, what: str, names: Mapping[str, _V]) -> dict[str, _V]:
        """Return the entries that came since the last chunk."""
        known = self._known.get(what, 0)
        if len(names) == known:
            return {}
        self._known[what] = len(names)
        return dict(islice(names.items(), known, None))

    def _data(self, plan: staticinit.Plan) -> ir.Func:
        """Return a function that builds what the linker lays out; nothing in it is allocated."""
        main = self.program.main
        assert main is not None  # noqa: S101 - checked before
        signature = types.Signature()
        func = ir.Func(NO_POS, "main..data", "main..data", signature, main.pkg, is_local=True)
        func.nname = ir.Name(NO_POS, signature, func.name, ir.Class.FUNC, func=func, pkg=main.pkg)
        func.body = list(plan.data)
        return func

    def _write(self, func: ir.Func) -> None:
        try:
            if func.pos == NO_POS or func.is_package_init or self.own(func.pos):
                self.writer.add(functions.write(self, func))
            else:
                self._linked.append(units.link(self, self._counted(func) if self.counts else func))
        except source.Rejected as rejected:
            if self.own(func.pos):
                raise
            text = rejected.diagnostics[0].message.removeprefix("not supported: ")
            self.natives[self._func_names[func]] = _refusal(func.link_name, text)
            if func.closure_vars:
                self.natives["mk_" + self._func_names[func]] = _refusal(func.link_name, text)

    def _counted(self, func: ir.Func) -> ir.Func:
        """Return a copy of a function of std of which is known what it puts on the heap.

        Literals were decided about with the functions they are in.
        """
        if func.closure is not None:
            return func
        made = copied(func)
        self._func_names[made] = self._func_names[func]
        inline.expand_alone(self.program, made)
        escape.place_alone(made, self.placements)
        return made

    def _word(self, word: ir.Func | ir.Dictionary | gotypes.Type) -> str:
        if isinstance(word, ir.Func):
            return self._func_names[word]
        if isinstance(word, ir.Dictionary):
            return self.dictionary(word)
        return self.type_name(self.rtype(word))

    def _variables(self) -> list[ir.Name]:
        """List the package's variables, then the unnamed ones behind their static data."""
        return [*self.program.globals, *(self.plan.temps if self.plan is not None else ())]

    def _global(self, var: ir.Name) -> Global:
        typ = self.rtype(var.type)
        pkg = var.pkg.path if var.pkg is not None else "main"
        unnamed = ".." in var.name
        name = var.name if unnamed else f"{pkg}.{var.name.rpartition('.')[2]}"
        return Global(self.globals[var], name, typ, typ.size, var.pos, var in self.boxed_globals)


_FIGURES = frozenset((
    "runtime.ReadMemStats", "testing.AllocsPerRun", "testing.Benchmark", "runtime/metrics.Read",
))  # fmt: skip
_FIGURED = frozenset(name.rpartition(".")[0] for name in _FIGURES)


def _asks_for_figures(program: ir.Program) -> bool:
    """Tell if the author's code asks the runtime how much was allocated."""
    main = program.main
    if main is None or main.pkg is None or _FIGURED.isdisjoint([p.path for p in main.pkg.imports]):
        return False
    return any(
        isinstance(node, ir.Name) and node.func is not None and node.func.link_name in _FIGURES
        for func in scc.all_funcs(program)
        for node in visit.within(func.body)
    )


def _is_runtime(func: ir.Func) -> bool:
    """Tell if a function is the runtime's own: the machine stands in its place, never its body."""
    return func.pkg is not None and func.pkg.path == "runtime"


def _in_front(native: Before, value: str) -> Callable[[Any], Any]:
    """Return what makes a variable of a run, given the name of what puts Go's own value in."""
    return lambda machine: native.act(machine, machine.space[value])


def _refusal(link_name: str, why: str) -> Callable[..., Any]:
    from mkdocs_gomem.machine import panics  # noqa: PLC0415

    def refuse(_machine: object, *_args: object) -> Any:
        raise panics.Unsupported(f"call of {link_name}{f' ({why})' if why else ''}")

    return refuse


__all__ = ["BandInfo", "Generator", "Variable", "types"]
