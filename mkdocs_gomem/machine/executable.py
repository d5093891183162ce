"""What does the machine run? Python text with everything that its numbers stand for.

Made by `compiler.codegen`; run by `machine.run`; nothing here knows Go's syntax. Generated text
speaks of statements, allocation sites, variables and types by number only: the tables say what
the numbers mean to a reader, so no name of the program ever stands in the text as written.
A line `S(n)` or `E(n)` marks a point that is recorded, `S(d_)` the list of a function's deferred
calls; before a mark may stand what only who looks at variables needs. Runs that record nothing do
without.

The text defines functions and up to three entries: `data_entry()` (what the linker lays out,
before anything runs), `init_entry()` (other package variables and `init` functions, in order) and
`main_entry()`; none that would do nothing. Its global names are the runtime's (`run.namespace`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from types import CodeType

    from mkdocs_gomem.machine.image import Region
    from mkdocs_gomem.machine.rtypes import RType, Types
    from mkdocs_gomem.machine.structs import Ops

GENERATED_FILE = "<gomem>"
"""What frames of generated code say their file is."""
Native = Callable[..., Any]
"""A function of std written in Python; how it receives values is said in `std/__init__`."""


@dataclass(frozen=True, slots=True)
class Before:
    """A native in front of a function or a variable of std, which is written when it gives way.

    For a function: takes what a native takes, and returns `NotImplemented` to give way, for good.
    For a variable: makes it of the machine and of what puts Go's own value into it.
    """

    act: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Site:
    """A place that allocates: on the heap, or an unnamed object in a frame or in rodata."""

    pos: Pos
    """Of the expression or declaration itself, in the innermost inlined body."""
    type: RType
    what: str
    """`new`, `make`, `literal`, `moved`, `append`, `box`, `closure`, `concat`, `chan`, `map`, …"""
    region: Region
    size: int = 0
    """Bytes asked for; 0 when only the run knows."""
    class_size: int = 0
    label: str = ""
    """The variable's name, for one that was moved to the heap."""
    line: Pos = NO_POS
    """Where gc's code for it stands, which a profile tells; mostly `pos`."""


@dataclass(frozen=True, slots=True, eq=False)
class Scope:
    """A variable that exists at some statements, and those that did before it was declared."""

    variable: int
    """By index among its function's variables."""
    before: Scope | None


@dataclass(frozen=True, slots=True)
class Statement:
    """A point that is recorded: a statement of the author that has run, a call, a return."""

    pos: Pos
    function: int
    """Index of its function."""
    band: int = -1
    """Index of the innermost inlined call that it belongs to, among its function's bands."""
    kind: str = "statement"
    """`statement`, `call` (the function was entered) or `return`."""
    scope: Scope | None = None
    """The variables that exist here; none if there are none."""


@dataclass(frozen=True, slots=True)
class Variable:
    """A variable of a function, and how a frame holds it."""

    python: str
    """Its name in the generated text."""
    name: str
    type: RType
    pos: Pos
    """Where it is declared."""
    size: int
    boxed: bool = False
    """The Python variable holds a `Ref`, whose `v` is the value."""
    moved: bool = False
    """It lives on the heap; the frame holds only its address."""
    captured: bool = False
    """It belongs to the function around this one."""
    band: int = -1
    block: tuple[Pos, Pos] = (NO_POS, NO_POS)
    """Where its block begins and ends; nowhere for one that lives as long as the frame."""
    key: str = ""
    """What a `Place` in a frame calls it (`trace.Cell.key`)."""


@dataclass(frozen=True, slots=True)
class BandInfo:
    """An inlined call, as a function's frame can show it."""

    function: str
    call: Pos
    parent: int = -1


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the program: how its code is called, and what its frames hold."""

    python: str
    name: str
    """As the runtime prints it: `main.main`, `main.(*T).M`, `main.main.func1`."""
    pos: Pos
    variables: tuple[Variable, ...] = ()
    bands: tuple[BandInfo, ...] = ()
    captures: tuple[Variable, ...] = ()
    """For a function literal: what it captures."""
    own: bool = True
    """Written by the author; false for functions of std."""
    is_wrapper: bool = False


@dataclass(frozen=True, slots=True)
class Global:
    """A package variable of the author."""

    python: str
    name: str
    """As the linker knows it: `main.counter`."""
    type: RType
    size: int
    pos: Pos
    boxed: bool = False


@dataclass(slots=True)
class Chunk:
    """A piece of text, with what it brings to the global names of a run."""

    source: str
    first_line: int
    """Of the text, counted over all chunks from 1."""
    functions: tuple[Function, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    """Classes of structs, run-time types and the like."""
    natives: Mapping[str, Native] = field(default_factory=dict)
    tables: Mapping[str, tuple[str, Mapping[RType, str]]] = field(default_factory=dict)
    """Global name of a table of methods → the method's name, and by type the function's name."""
    makers: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict)
    """Package variables of std that a native makes for each run."""
    logged: Mapping[str, Ops] = field(default_factory=dict)
    """Global name of what makes and logs objects → operations of their struct type."""
    late: tuple[str, ...] = ()
    """Functions of std that are written when they are first called, …"""
    before: Mapping[str, Native] = field(default_factory=dict)
    """… and what is asked first instead of some of them."""
    inits: tuple[tuple[str, str], ...] = ()
    """Variables of std that get their initial value now, and what to call for it; no call where
    the variable does that itself when it is read, no variable for a function `init`."""
    linked: tuple[CodeType, ...] = ()
    """Modules with functions of std that are code already: they come before the text."""
    codes: dict[bool, CodeType] = field(default_factory=dict)

    def compiled(self, *, recorded: bool) -> CodeType:
        """Return the text as Python code, compiled once; without its marks unless `recorded`."""
        code = self.codes.get(recorded)
        if code is None:
            source = self.source if recorded else _MARKS.sub(_unmarked, self.source)
            text = "\n" * (self.first_line - 1) + source
            code = self.codes[recorded] = assemble(text)
        return code


def assemble(text: str) -> CodeType:
    """Return text as Python code."""
    return compile(text, GENERATED_FILE, "exec", dont_inherit=True)


_MARK = r"\n *(?:\w+ (?:\+= -?\w+|= \w+|= w64\(\w+ \+ 1\)); )?[SE]\((?:\d+|d_)\)"
_MARKS = re.compile(rf"{_MARK}(?:{_MARK})*(?=\n( *))")  # it begins with a literal: that is quick
"""Lines that are only marks, with the depth of the line behind them."""


def _unmarked(marks: re.Match[str]) -> str:
    """Return what stands for marks: empty lines, or `pass` where a block would be empty."""
    lines = marks[0].count("\n")
    if marks.string[marks.start() - 1] == ":":
        depths = [len(line) - len(line.lstrip(" ")) for line in marks[0].split("\n")[1:]]
        for at, (depth, after) in enumerate(pairwise((*depths, len(marks[1])))):
            if after < depth:
                return "\n" * (at + 1) + " " * depth + "pass" + "\n" * (lines - at - 1)
    return "\n" * lines


@dataclass(slots=True)
class Executable:
    """A program, ready to run.

    Functions of std are written when a run first calls them, since most ways through std are
    never taken: `supply` gives the chunk that has one, and keeps it for further runs.
    """

    main: Chunk
    lines: list[Pos]
    """For each line of the text of all chunks, the Go statement that it belongs to."""
    statements: list[Statement]
    sites: list[Site]
    globals: tuple[Global, ...]
    types: Types
    line_bands: list[int]
    """For each line the inlined call that it is in, as its function numbers them; or -1."""
    files: tuple[str, ...] = ()
    supplier: Callable[[str], Chunk] | None = None
    method_supplier: Callable[[RType, str, str], tuple[Chunk, str] | None] | None = None
    chunks: dict[str, Chunk] = field(default_factory=dict)
    methods: dict[tuple[RType, str, str], tuple[Chunk, str] | None] = field(default_factory=dict)
    """Chunks of methods that were asked for while running, each with the function's name."""
    functions: list[Function] = field(default_factory=list)
    """All functions of the text, as statements number them."""
    counts: bool = False
    """The program asks how much was allocated: std tells what it allocates, too."""

    def __post_init__(self) -> None:
        self.functions.extend(self.main.functions)

    @property
    def source(self) -> str:
        """The text of the author's functions."""
        return self.main.source

    def supply(self, name: str) -> Chunk:
        """Return the chunk with a function that is written late."""
        chunk = self.chunks.get(name)
        if chunk is None:
            if self.supplier is None:
                raise KeyError(name)
            chunk = self.chunks[name] = self.supplier(name)
            self.functions.extend(chunk.functions)
        return chunk

    def supply_method(self, typ: RType, name: str, table: str) -> tuple[Chunk, str] | None:
        """Return the chunk with a method, and the global name of its function.

        Args:
            typ: a type that nothing in the text puts into an interface.
            name: the method's.
            table: global name of the table that lacks it; empty if no code asks for the method.

        Returns:
            None if the type has no such method.
        """
        key = (typ, name, table)
        if key not in self.methods:
            found = None if self.method_supplier is None else self.method_supplier(*key)
            self.methods[key] = found
            if found is not None:
                self.functions.extend(found[0].functions)
        return self.methods[key]

    def position(self, line: int) -> Pos:
        """Return the Go position of a line of the text, counted from 1."""
        return self.lines[line - 1] if 0 < line <= len(self.lines) else NO_POS

    def band(self, line: int) -> int:
        """Return which inlined call of its function a line of the text is in; -1 for none."""
        return self.line_bands[line - 1] if 0 < line <= len(self.line_bands) else -1

    def dump(self) -> str:
        """Write the text with the Go line beside each line."""
        rows = []
        for number, text in enumerate(self.source.split("\n"), 1):
            pos = self.position(number)
            rows.append(f"{pos >> 16 & 0xFFFFFF or '':>5} {text}\n")
        return "".join(rows)
