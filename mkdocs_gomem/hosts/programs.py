"""The program that the code of one fence, or of a group of fences, makes together.

Blocks of code in, a `Program` out: the files of one package, and where on the page each line of
them stands. Three rules, whether the parts come from several fences or from one txtar archive:

  1. declarations are a file each, with its own imports; statements of all blocks are one `main`,
     in the order of the page, so that later ones see what earlier ones declare;
  2. what is missing is supplied as for a single fence: package clause and imports of std packages,
     and before these, an import that another part of the program has;
  3. nobody's text is moved: what is supplied stands before a first line, and an import that only
     other parts need is blanked where it stood, byte for byte.

What cannot be one program is a `Complaint`, with the place that the author should look at.

Not here: what one text holds (`completion`), reading archives (`archive`), running (`fences`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.hosts import archive, completion
from mkdocs_gomem.hosts.completion import FILE, Completed, Form
from mkdocs_gomem.lean import dataclass, replace
from mkdocs_gomem.source import (
    Diagnostic,
    Place,
    Places,
    Pos,
    SourceFile,
    Stretch,
    column_of,
    line_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLAYGROUND = "prog.go"
"""What the Go Playground calls the code before an archive's first file."""
_FOREIGN = frozenset({".s", ".S", ".c", ".cc", ".cpp", ".cxx", ".h", ".m", ".f", ".swig", ".syso"})
"""What go build would hand to another compiler."""
_EMBED = re.compile(r"^//go:embed\s", re.MULTILINE)
_OLDEST = (1, 22)
"""Before it, a loop had one variable for all its turns."""
_NEWEST = (1, 27)
KEEP_OUT = '`gomem="off"` in the first line of a fence keeps it out of the program.'


@dataclass(frozen=True, slots=True)
class Block:
    """The code of one fence."""

    text: str
    is_archive: bool = False
    """Its author says that it is an archive; Go may turn out to be one."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why the parts make no program, where that is no matter for the compiler."""

    place: Place
    message: str
    help: str
    refused: bool = False
    """Go would accept it and we do not."""


@dataclass(frozen=True, slots=True)
class Program:
    """One package, from one block or several."""

    form: Form
    files: tuple[SourceFile, ...]
    places: Places
    errors: tuple[Diagnostic, ...] = ()
    """Syntax errors of its first part that is elided or broken."""
    complaint: Complaint | None = None
    heads: tuple[tuple[int, int], ...] = ()
    """Block and line of each line that names a file."""


@dataclass(frozen=True, slots=True)
class _Part:
    """A text that is to be a file, or a piece of `main`."""

    block: int
    line: int
    text: str
    file: str
    name: str = ""
    """The file's name, if readers see it."""

    @property
    def start(self) -> Place:
        """Where it begins."""
        return Place(self.block, self.line, 1)

    def stretch(self, *, first: int = 1, lead: int = 0) -> Stretch:
        """Say where its lines stand, given where they stand in the file made of it."""
        return Stretch(self.file, first, self.block, self.line, lead, self.name)


@dataclass(frozen=True, slots=True)
class _Unit:
    """One file in the making: a part, or all that is statements."""

    parts: tuple[_Part, ...]
    text: bytes
    """The author's own; of the parts one after another."""
    tree: syntax.File
    form: Form
    has_clause: bool

    @property
    def head(self) -> str:
        """What stands around statements."""
        return completion.MAIN if self.form is Form.STATEMENTS else ""

    @property
    def tail(self) -> str:
        """What closes it."""
        return completion.END if self.form is Form.STATEMENTS else "\n"

    def shift(self, pos: Pos) -> tuple[int, int]:
        """Return line and column in the text, of a position in the tree."""
        line, column = line_of(pos), column_of(pos)
        before = 0 if self.has_clause else len(f"package main; {self.head}")
        return line, column - before if line == 1 else column


class _NoProgram(Exception):  # noqa: N818 - a verdict on the parts, not a failure of ours
    """The parts make no program."""

    def __init__(
        self, place: Place, message: str, help_text: str, *, refused: bool = False
    ) -> None:
        super().__init__(message)
        self.complaint = Complaint(place, message, help_text, refused)


def make(blocks: Sequence[Block]) -> Program:
    """Make a program of the code of one fence or of a group of fences, in the page's order."""
    heads: list[tuple[int, int]] = []
    try:
        parts = _parts(blocks, heads)
        program = _alone(parts[0]) if len(parts) == 1 else _unite(parts)
    except _NoProgram as problem:
        program = Program(Form.BROKEN, (), Places(), complaint=problem.complaint)
    places = Places(program.places.stretches, len(blocks))
    return replace(program, places=places, heads=tuple(heads))


def _alone(part: _Part) -> Program:
    completed = completion.complete(part.text, part.file)
    return _program(part, completed)


def _program(part: _Part, completed: Completed) -> Program:
    places = Places((part.stretch(lead=completed.lead),))
    files = (SourceFile(part.file, completed.text),)
    return Program(completed.form, files, places, completed.errors)


# --- from blocks to parts


def _parts(blocks: Sequence[Block], heads: list[tuple[int, int]]) -> list[_Part]:
    parts: list[_Part] = []
    width = len(str(len(blocks)))
    for number, block in enumerate(blocks, 1):
        found = _archived(block)
        if found is None:
            file = FILE if len(blocks) == 1 else f"block{number:0{width}}.go"
            parts.append(_Part(number, 1, block.text, file))
            continue
        heads += [(number, section.line - 1) for section in found.sections]
        parts += _files(found, number)
    taken: set[str] = set()
    for part in parts:
        if part.file in taken:
            said = f"two files are called {part.file}"
            raise _NoProgram(_head(part), said, "Give each file a name of its own.")
        taken.add(part.file)
    return parts


def _archived(block: Block) -> archive.Archive | None:
    """Take a block for an archive if it says so, or is Go only when read as one."""
    if not block.is_archive and not re.search(r"^-- .* --", block.text, re.MULTILINE):
        return None
    found = archive.read(block.text.encode())
    if block.is_archive:
        return replace(found, comment=b"")
    if not found.sections or completion.complete(block.text).is_whole:
        return None
    before = completion.complete(found.comment.decode())
    if not before.is_whole or before.tree is None:
        return None
    if not (before.tree.decl_list or before.form is Form.STATEMENTS):
        found = replace(found, comment=b"")  # a remark, no code
    return found if found.comment or found.holds_go else None


def _files(found: archive.Archive, block: int) -> Iterator[_Part]:
    """Yield the Go files of an archive, in the order in which go build takes them.

    Tests, documents and data are let pass, as go build lets them.
    """
    sections = list(found.sections)
    if found.comment:
        sections.insert(0, archive.Section(_PLAYGROUND, found.comment, 1))
    for section in sections:
        _check(section, Place(block, max(section.line - 1, 1), 1))
    files = sorted((section for section in sections if section.is_go), key=lambda each: each.name)
    if not files:
        said = "no file of this archive is Go"
        raise _NoProgram(Place(block, 1, 1), said, "A file begins after a line `-- name.go --`.")
    for section in files:
        text = section.text.decode()
        if len(files) < len(sections) and (embed := _EMBED.search(text)):
            # Where nothing else is in the archive, there is nothing to embed: gc says so.
            place = Place(block, section.line + text.count("\n", 0, embed.start()), 1)
            said = "not supported: //go:embed: files other than Go are not simulated"
            raise _NoProgram(place, said, "Write the text into a constant.", refused=True)
        yield _Part(block, section.line, text, section.name, section.name)


def _check(section: archive.Section, head: Place) -> None:
    """Refuse, by name, a file that would change what the program is."""
    name = section.name
    if name == "go.mod":
        _check_module(section, head.block)
    elif section.is_go and section.is_below:
        said = f"not supported: {name}: a folder is another package"
        out = "Put all files into one package, without folders."
        raise _NoProgram(head, said, out, refused=True)
    elif PurePosixPath(name).suffix in _FOREIGN:
        said = f"not supported: {name}: only Go is compiled here"
        raise _NoProgram(head, said, "Leave the file out.", refused=True)


def _check_module(section: archive.Section, block: int) -> None:
    """Let pass a go.mod that changes nothing: a module's name, and a language we speak."""
    for number, line in enumerate(section.text.decode().split("\n")):
        words = line.partition("//")[0].split()
        if not words or words[0] in ("module", "toolchain"):
            continue
        place = Place(block, section.line + number, 1)
        version = re.fullmatch(r"go (\d+)\.(\d+).*", " ".join(words))
        if version is None:
            said = f"not supported: go.mod: {' '.join(words)}"
            raise _NoProgram(place, said, "A program here uses std only.", refused=True)
        asked = int(version[1]), int(version[2])
        if asked < _OLDEST:
            said = f"not supported: go.mod: {version[0]}, where a loop's turns share its variables"
            raise _NoProgram(place, said, "Write `go 1.22` or later.", refused=True)
        if asked > _NEWEST:
            said = f"not supported: go.mod: {version[0]}: this is {pipeline.go_version()}"
            raise _NoProgram(place, said, "Leave the line out.", refused=True)


def _head(part: _Part) -> Place:
    """Return where a part's name stands."""
    return Place(part.block, max(part.line - 1, 1), 1)


# --- from parts to files


def _unite(parts: Sequence[_Part]) -> Program:
    units: list[_Unit] = []
    spoken: list[tuple[_Part, Completed]] = []
    for part in parts:
        completed = completion.complete(part.text, part.file)
        completed = _in_main(part, completed, spoken) or completed
        if not completed.is_whole or completed.tree is None:
            return _program(part, completed)
        if completed.form is Form.STATEMENTS:
            spoken.append((part, completed))
        else:
            text, has_clause = part.text.encode(), not completed.lead
            units.append(_Unit((part,), text, completed.tree, completed.form, has_clause))
    if spoken:
        units.append(_main([part for part, _ in spoken]))
        order = {part.file: number for number, part in enumerate(parts)}
        units.sort(key=lambda unit: order[unit.parts[0].file])
    package = _package(units)
    if package != "main":  # elsewhere, a `main` is a function like others
        units = [replace(unit, form=Form.DECLARATIONS) for unit in units]
    _check_mains([unit for unit in units if unit.form is not Form.DECLARATIONS])
    return _files_of(units, package)


def _in_main(
    part: _Part, completed: Completed, spoken: Sequence[tuple[_Part, Completed]]
) -> Completed | None:
    """Read `var`, `const` and `type` as statements if they use what statements have declared."""
    tree = completed.tree
    if completed.form is not Form.DECLARATIONS or not completed.lead or tree is None:
        return None
    plain = (syntax.VarDecl, syntax.ConstDecl, syntax.TypeDecl)
    if not tree.decl_list or not all(isinstance(decl, plain) for decl in tree.decl_list):
        return None
    local: set[str] = set()
    for _, before in spoken:
        local |= completion.declared_by(_body(before.tree))
    if not local & _mentioned(tree):
        return None
    return completion.statements(part.text, part.file)


def _body(tree: syntax.File | None) -> list[syntax.Stmt]:
    main = None if tree is None else completion.main_of(tree)
    return main.body.list if main is not None and main.body is not None else []


def _mentioned(tree: syntax.File) -> set[str]:
    """Collect the names that a file mentions; not those of fields, nor what follows a dot."""
    nodes = list(completion.walk(tree))
    other: set[int] = set()
    for node in nodes:
        if isinstance(node, syntax.SelectorExpr):
            other.add(id(node.sel))
        elif isinstance(node, syntax.Field) and node.name is not None:
            other.add(id(node.name))
        elif isinstance(node, syntax.KeyValueExpr):
            other.add(id(node.key))
    return {n.value for n in nodes if isinstance(n, syntax.Name) and id(n) not in other}


def _main(parts: Sequence[_Part]) -> _Unit:
    """Put all statements into one `main`."""
    file = parts[0].file
    text = "".join(map(_ended, parts))
    completed = completion.statements(text, file)
    if completed is None or completed.tree is None:
        raise _NoProgram(
            parts[-1].start,
            "the statements of this group cannot be read as one function",
            KEEP_OUT,
        )
    return _Unit(tuple(parts), text.encode(), completed.tree, Form.STATEMENTS, has_clause=False)


def _package(units: Sequence[_Unit]) -> str:
    """Name the package: as the first clause says, all others must agree."""
    name = ""
    for unit in units:
        clause = unit.tree.pkg_name
        if not unit.has_clause:
            continue
        if name and clause.value != name:
            said = f"package {clause.value}: the code before it is package {name}"
            raise _NoProgram(
                _placed(unit, clause.pos), said, f"One program is one package. {KEEP_OUT}"
            )
        name = clause.value
    for unit in units:
        if unit.form is Form.STATEMENTS and name not in ("", "main"):
            said = f"these statements need a main to run in, and package {name} has none"
            raise _NoProgram(unit.parts[0].start, said, f"Write `package main`. {KEEP_OUT}")
    if name:
        return name
    return "main" if any(unit.form is not Form.DECLARATIONS for unit in units) else "fragment"


def _check_mains(units: Sequence[_Unit]) -> None:
    """Refuse a second `main`, written or made of statements."""
    if len(units) < 2:
        return
    written = [unit for unit in units if unit.form is Form.PROGRAM]
    made = [unit for unit in units if unit.form is Form.STATEMENTS]
    main = completion.main_of(written[0].tree)
    where = _words(written[0], main.name.pos if main is not None else Pos(0))
    if made:
        said = f"these statements would be a second main: there is one in {where}"
        out = f"Put them into a function, or leave `func main` out. {KEEP_OUT}"
        raise _NoProgram(made[0].parts[0].start, said, out)
    again = completion.main_of(written[1].tree)
    place = _placed(written[1], again.name.pos) if again is not None else written[1].parts[0].start
    said = f"a second main: there is one in {where}"
    out = f"One program has one main: give the other a group of its own. {KEEP_OUT}"
    raise _NoProgram(place, said, out)


def _placed(unit: _Unit, pos: Pos) -> Place:
    """Tell where the author has written what a unit's tree has at a position."""
    line, column = unit.shift(pos)
    part = unit.parts[0]
    return Place(part.block, part.line + line - 1, max(column, 1))


def _words(unit: _Unit, pos: Pos) -> str:
    part = unit.parts[0]
    if part.name:
        return f"line {line_of(pos)} of {part.name}"
    return f"line {line_of(pos)} of block {part.block}"


def _files_of(units: Sequence[_Unit], package: str) -> Program:
    """Supply what each file lacks, and note where its lines stand."""
    names = [completion.names(unit.tree) for unit in units]
    ours: set[str] = set()
    for unit in units:
        ours |= completion.declared_by(unit.tree.decl_list)
    lacking = [[name for name in each.unknown() if name not in ours] for each in names]
    offered: dict[str, syntax.ImportDecl] = {}
    for each in names:
        for name, decl in each.imports.items():
            if name not in ("_", ".") and decl.path is not None:
                offered.setdefault(name, decl)
    wanted = {name for each in lacking for name in each}
    files: list[SourceFile] = []
    stretches: list[Stretch] = []
    for unit, own, lacks in zip(units, names, lacking, strict=True):
        idle = wanted - set(own.qualifiers)
        moved = [decl for name, decl in own.imports.items() if name in idle]
        imports = sorted(_spec(name, offered) for name in lacks)
        text = _blanked(unit, moved)
        lead = ""
        if not unit.has_clause:
            lead = completion.clause(package, filter(None, imports)) + unit.head
        else:
            shared = [_spec(name, offered) for name in lacks if name in offered]
            text = _behind_clause(unit, text, shared)
        files.append(SourceFile(unit.parts[0].file, lead.encode() + text + unit.tail.encode()))
        stretches += _stretches(unit, len(lead.encode()))
    forms = {unit.form for unit in units}
    form = next(f for f in (Form.PROGRAM, Form.STATEMENTS, Form.DECLARATIONS) if f in forms)
    return Program(form, tuple(files), Places(tuple(stretches)))


def _spec(name: str, offered: dict[str, syntax.ImportDecl]) -> str:
    """Write the import that a name needs; empty when there is none."""
    decl = offered.get(name)
    if decl is None:
        path = completion.std_import(name)
        return f'"{path}"' if path else ""
    local = f"{decl.local_pkg_name.value} " if decl.local_pkg_name is not None else ""
    return f'{local}"{completion.path_of(decl)}"'


def _blanked(unit: _Unit, moved: Sequence[syntax.ImportDecl]) -> bytes:
    """Put blanks where imports stood that only other files need; not a byte is moved."""
    lines = [bytearray(line) for line in unit.text.split(b"\n")]
    for decl in moved:
        if decl.path is None:
            continue
        local = decl.local_pkg_name
        number, start = unit.shift(local.pos if local is not None else decl.path.pos)
        _, column = unit.shift(decl.path.pos)
        line = lines[number - 1]
        end = column - 1 + len(decl.path.value.encode())
        if decl.group is not None and (more := re.match(rb"[ \t]*;", line[end:])):
            end += more.end()
        blank = b"" if decl.group is not None else b"()"
        line[start - 1 : end] = blank.ljust(end - start + 1)
    return b"\n".join(lines)


def _behind_clause(unit: _Unit, text: bytes, imports: Sequence[str]) -> bytes:
    """Import behind the author's own package clause, where nothing but the line's end follows."""
    if not imports:
        return text
    number, column = unit.shift(unit.tree.pkg_name.pos)
    lines = text.split(b"\n")
    end = column - 1 + len(unit.tree.pkg_name.value.encode())
    more = "".join(f"; import {spec}" for spec in imports).encode()
    line = lines[number - 1]
    if re.fullmatch(rb"[ \t;]*(?://.*)?", line[end:]):
        lines[number - 1] = line[:end] + more + line[end:]
    return b"\n".join(lines)


def _stretches(unit: _Unit, lead: int) -> Iterator[Stretch]:
    line = 1
    file = unit.parts[0].file
    for part in unit.parts:
        yield replace(part.stretch(first=line, lead=lead if line == 1 else 0), file=file)
        line += _ended(part).count("\n")


def _ended(part: _Part) -> str:
    return part.text if part.text.endswith("\n") else f"{part.text}\n"
