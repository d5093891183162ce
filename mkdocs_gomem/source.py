"""Where things stand in a source, and what may be said of them: what every room may use.

A position is one packed integer, so that millions of them cost nothing and compare in order
of file, line, column, the order in which gc flushes its messages. Lines and columns are
1-based; a column counts bytes, as gc's does (cmd/compile/internal/syntax/pos.go, go1.27).

Not here: where a fence stands on its page. A `Fence` carries that; `hosts` adds it when a
diagnostic is printed.
"""

from __future__ import annotations

import bisect
import contextlib
import gc
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, NewType, NoReturn

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Iterator

Pos = NewType("Pos", int)
"""A place in a file: `file << 40 | line << 16 | column`. 0 is no place at all."""

NO_POS = Pos(0)
_COLUMN_MAX = 0xFFFF
_LINE_MAX = 0xFFFFFF

_file_names: list[str] = [""]
_file_indexes: dict[str, int] = {"": 0}


def file_index(name: str) -> int:
    """Return the number that stands for a file's name in a `Pos`, the same for the same name."""
    index = _file_indexes.get(name)
    if index is None:
        index = _file_indexes[name] = len(_file_names)
        _file_names.append(name)
    return index


def make_pos(file: int, line: int, column: int) -> Pos:
    """Pack a place; a column or line too large for its bits is cut to the largest."""
    return Pos(file << 40 | min(line, _LINE_MAX) << 16 | min(column, _COLUMN_MAX))


def file_of(pos: Pos) -> str:
    """Name the file of a position."""
    return _file_names[pos >> 40]


def line_of(pos: Pos) -> int:
    """Return the 1-based line of a position."""
    return pos >> 16 & _LINE_MAX


def column_of(pos: Pos) -> int:
    """Return the 1-based byte column of a position."""
    return pos & _COLUMN_MAX


def order_of(pos: Pos) -> tuple[str, int]:
    """Return a key that sorts positions by file name, line and column.

    Inside one file plain comparison does; file numbers depend on what was read before.
    """
    return file_of(pos), pos & (1 << 40) - 1


class LineBase(NamedTuple):
    """A `//line` directive: what stands from `pos` on is said to stand elsewhere."""

    pos: Pos
    """The first place after the directive."""
    file: str
    line: int
    column: int
    """0 if the directive names none: then places after it have none."""


_line_bases: dict[int, list[LineBase]] = {}


def set_line_bases(file: int, bases: list[LineBase]) -> None:
    """Take note of the `//line` directives of a file, in their order."""
    if bases:
        _line_bases[file] = bases
    else:
        _line_bases.pop(file, None)


def spell(pos: Pos) -> str:
    """Write a position as `FILE:LINE:COL`, as `//line` directives want it."""
    bases = _line_bases.get(pos >> 40)
    if bases is not None:
        index = bisect.bisect_right(bases, pos, key=lambda base: base.pos)
        if index:
            return _spell_relative(pos, bases[index - 1])
    return f"{file_of(pos)}:{line_of(pos)}:{column_of(pos)}"


_PRINTED_COLUMNS = 255
"""gc's driver has 8 bits for a column; one beyond is left out (cmd/internal/src/pos.go)."""


def printed(pos: Pos) -> str:
    """Write a position as gc's driver prints it: like `spell`, without a column that is far out."""
    place = spell(pos)
    return place if column_of(pos) < _PRINTED_COLUMNS else place.rpartition(":")[0]


def _spell_relative(pos: Pos, base: LineBase) -> str:
    below = line_of(pos) - line_of(base.pos)
    place = f"{base.file}:{base.line + below}"
    if not base.column:
        return place
    if below:
        return f"{place}:{column_of(pos)}"
    return f"{place}:{base.column + column_of(pos) - column_of(base.pos)}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the author, with its place; rendered by hosts, never by rooms."""

    code: str
    """Stable name of the rule, like `syntax`, `type`, `import`, `unsupported`, `claim`."""
    pos: Pos
    message: str
    """gc's own words where gc would say it; ours only for what Go allows and we do not."""
    end: Pos = NO_POS
    """End of the marked stretch; `NO_POS` marks one byte."""
    notes: tuple[str, ...] = ()
    """Further lines, like `simulated: errors, fmt, …`."""
    help: str = ""
    """A way out, in the imperative; empty where Go's own message says it all."""

    @override
    def __str__(self) -> str:
        return f"{spell(self.pos)}: {self.message}"


class Rejected(Exception):  # noqa: N818 - a verdict on the program, not a failure of ours
    """A program that does not compile, or that we do not support: the only expected exception."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...], *, unsupported: bool = False) -> None:
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics
        self.unsupported = unsupported
        """True when Go would accept the program and we refuse it by name."""


def unsupported(pos: Pos, what: str, *, end: Pos = NO_POS, help: str = "") -> NoReturn:  # noqa: A002 - the name of the field
    """Refuse, by name, what real Go accepts and we do not simulate yet."""
    message = f"not supported: {what}"
    diagnostic = Diagnostic("unsupported", pos, message, end=end, help=help)
    raise Rejected((diagnostic,), unsupported=True)


_FRAMES = 50_000
"""Python frames for what is nested: each level of an expression takes up to six, and a chain of
3,000 operators is as deep as it is long."""


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Let rooms recurse as deep as a program is nested, and make trees undisturbed, meanwhile.

    Trees are kept until their fence is done; Python's collector, looking for garbage in them again
    and again, would take a third of the time for 3,000 lines, and the more the longer they are.
    """
    limit, collects = sys.getrecursionlimit(), gc.isenabled()
    sys.setrecursionlimit(limit + _FRAMES)
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
        sys.setrecursionlimit(limit)


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One Go file: its name as diagnostics print it, and its bytes."""

    name: str
    text: bytes


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines of a program's file that stand together in one block of code on a page."""

    file: str
    first: int = 1
    """Line of the file on which they begin; they go on to where the next stretch of it begins."""
    block: int = 1
    """Which of the program's blocks they stand in, from 1."""
    line: int = 1
    """Line of the block on which they begin."""
    lead: int = 0
    """Bytes that were put before the author's on the first of them."""
    name: str = ""
    """The file's name, where the block shows it to readers."""


class Place(NamedTuple):
    """Where a reader sees something: places compare in the order of the page."""

    block: int
    line: int
    column: int
    """Counts bytes, from 1."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where on the page each line of a program stands: in one block of code, or in several.

    A block may hold several files, and a file may be put together from several blocks. Without
    stretches there is one block, whose lines are those of the files.
    """

    stretches: tuple[Stretch, ...] = ()
    blocks: int = 1

    @property
    def unit(self) -> str:
        """What a line number alone does not tell: `file`, `block`, or nothing."""
        if any(stretch.name for stretch in self.stretches):
            return "file"
        return "block" if self.blocks > 1 else ""

    def stretch(self, pos: Pos) -> Stretch | None:
        """Find the lines among which a position is; none for one that is not the author's."""
        name, line = file_of(pos), line_of(pos)
        before = [each for each in self.stretches if each.file == name and each.first <= line]
        return max(before, key=lambda stretch: stretch.first) if before else None

    def place(self, pos: Pos) -> Place:
        """Tell block, line of the block and column of a position."""
        line, column = line_of(pos), column_of(pos)
        stretch = self.stretch(pos)
        if stretch is None:
            return Place(1, line, column)
        if line == stretch.first:
            column = max(1, column - stretch.lead)
        return Place(stretch.block, line - stretch.first + stretch.line, column)

    def order(self, pos: Pos) -> tuple[int, str, int]:
        """Return a key that sorts positions as the page has them."""
        if self.stretch(pos) is None:
            return 0, *order_of(pos)
        block, line, column = self.place(pos)
        return block, "", line << 16 | column

    def words(self, pos: Pos, near: Pos = NO_POS) -> str:
        """Name the line of a position: `line 3`, `line 3 of block 2`, `line 3 of stack.go`.

        Args:
            pos: the position.
            near: what was just named; where it stands goes without saying.
        """
        stretch = self.stretch(pos)
        if stretch is None:
            return f"line {line_of(pos)}"
        line = line_of(pos) - stretch.first + 1 if stretch.name else self.place(pos).line
        other = self.stretch(near) if near else None
        named = other is not None and (other.block, other.name) == (stretch.block, stretch.name)
        where = stretch.name or (f"block {stretch.block}" if self.blocks > 1 else "")
        return f"line {line} of {where}" if where and not named else f"line {line}"

    def prefix(self, pos: Pos) -> str:
        """Write what comes before a message: `3:5`, `block 2, 3:5`, `stack.go:3:5`."""
        stretch = self.stretch(pos)
        block, line, column = self.place(pos)
        if stretch is not None and stretch.name:
            return f"{stretch.name}:{line_of(pos) - stretch.first + 1}:{column}"
        return f"block {block}, {line}:{column}" if self.blocks > 1 else f"{line}:{column}"


NO_PLACES = Places()
"""Every file is a block of its own, of which nothing need be said."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one run; each ends the run with an outcome that names it."""

    steps: int = 2_000_000
    """Loop turns and calls."""
    recorded: int = 5_000
    """Steps kept for the player; later ones run but are not shown."""
    memory: int = 64 << 20
    """Bytes of simulated heap and stacks."""
    goroutines: int = 10_000
    output: int = 64 << 10
    """Bytes written to standard output and standard error together."""
    depth: int = 100_000
    """Nested calls of one goroutine."""


PARTS = ("marks", "summary", "picture", "output", "table", "questions")
"""The parts of a panel, in the order in which they stand by default."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the author asked for, for one fence; the nearest of fence, page and site wins."""

    mode: str = "panel"
    """`panel`, `marks` or `off`."""
    show: tuple[str, ...] = PARTS
    open: tuple[str, ...] = ("picture",)
    """Parts whose details stand open at rest."""
    inlining: str = "gc"
    """`gc` draws the run that gc would emit, `off` the one of `-gcflags=-l`."""
    frames: int = 4
    """Stills drawn for readers without JavaScript and for paper."""
    questions: int = 4
    step: str = ""
    """Where the player starts: `last`, `N`, `line:N`, or empty for the surprise.

    `line:N@BLOCK` where there are several blocks.
    """
    expect: tuple[str, ...] = ()
    """Claims, like `num:heap@createPointer`, `allocs:0`, `output:"42"`, `panic`."""
    engine: str = "auto"
    """`auto`, `pure`, `dot` or `none`: what draws the pictures."""
    language: str = "en"
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Fence:
    """One Go program on one page, from one fence or several, with what its author asked for."""

    files: tuple[SourceFile, ...]
    options: Options = Options()
    identity: str = ""
    """Prefix of every id in the panel, unique on the site."""
    places: Places = NO_PLACES
