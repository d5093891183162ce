r"""The std pack: Go's standard library as data, one record per package, read as needed.

`open_package("strings")` returns a `Package`: its files, an index of its top-level declarations,
the text of each, and what gc decided about its functions. Nothing is parsed here; a declaration
is found by name and handed out as bytes with the line it starts at, so that the library can parse
one at a time.

Two builds are in the pack (design.md, section 4). The *deciding* files are those gc compiles for
linux/amd64; the facts are about them. The *running* files differ where plain Go stands in for
assembly. Most files are in both; `running=True` asks for the second.

The file, made by tools/stdpack/make.py when the package is built:

    "gomem std pack 1\n", a hash of the inputs and "\n", 4 bytes: length of the table,
    the table: zlib of JSON {"go": version,
        "packages": {import path: [link path, name, offset, 3 lengths]}},
    then for each package its index and its facts, each a zlib stream, and one for each file.

    index: a line for each file: name, builds (`d`, `r`), language version, offset and length of
        its stream, imports (`name=path`), linknames (`line=local=remote`); an empty line; then a
        line for each declaration: `,A,B,` all names (methods `Receiver.Name`), file number,
        kind, line, start and end in the file's text.
    facts: a line of the names that a compiler meets although they are not exported; a line of the
        link-names of other packages' functions whose bodies are passed on; then a line for each
        function: name, cost, can delay results, is closure, pragma, tags (`-` for "", `e` and hex
        for "esc:…").

Invariants: text keeps lines and columns of the real file; a declaration's text includes the
`//go:` directives above it.

Not here: choosing what of it to parse (`compiler.library`), natives (the rest of `std`).
"""

from __future__ import annotations

import functools
import json
import os.path
import zlib
from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAGIC = b"gomem std pack 1\n"
_PATH = os.path.join(os.path.dirname(__file__), "go.pack")
_KINDS = {"f": "func", "m": "method", "t": "type", "v": "var", "c": "const"}


class PackMissing(RuntimeError):  # noqa: N818 - says what is so
    """The pack is not there or is not one: a fault of the installation, not of a program."""


@dataclass(frozen=True, slots=True)
class Import:
    """One import of a file."""

    name: str
    """The name given to it: empty for the package's own, or `.` or `_`."""
    path: str
    """As written; `open_package` takes it as it is, vendored packages too."""


@dataclass(frozen=True, slots=True)
class Linkname:
    """A `//go:linkname` of a file."""

    line: int
    local: str
    remote: str
    """The linker's name for it; empty in the one-argument form, which only opens it to others."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of a package."""

    name: str
    """Base name; the path gc prints is `$GOROOT/src/<link path>/<name>`."""
    version: str
    """Language version, `go1.27` unless its build constraint says otherwise."""
    decides: bool
    """It is among the files gc compiles for linux/amd64."""
    runs: bool
    """It is among the files our machine runs."""
    imports: tuple[Import, ...]
    linknames: tuple[Linkname, ...]
    stream: slice
    """Where its compressed text stands among those of the package."""


@dataclass(frozen=True, slots=True)
class Declaration:
    """A top-level declaration; a group in parentheses, which may depend on its order, is one."""

    kind: str
    """`func`, `method`, `type`, `var` or `const`."""
    names: tuple[str, ...]
    """All it declares, in order; a method is `Receiver.Name`."""
    file: File
    line: int
    """1-based line at which its text starts."""
    start: int
    """Offset in the file's text."""
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """What gc decided about one function."""

    tags: tuple[str, ...]
    r"""Escape tags of the receiver, if any, and of each parameter: `""` leaks to the heap, else
    `"esc:"` and up to 8 characters (cmd/compile/internal/escape/leaks.go). Empty, too, when gc
    compiled no such function."""
    cost: int | None
    """Inline cost; None when gc cannot inline it."""
    can_delay_results: bool
    """Inlining may declare its results where they are returned."""
    is_closure: bool
    pragma: int
    """gc's pragma bits (cmd/compile/internal/ir/node.go)."""


class Facts:
    """The facts of one package, by link-name."""

    def __init__(self, link_path: str, rows: str) -> None:
        folder, slash, last = link_path.rpartition("/")
        self._prefix = f"{folder}{slash}{last.replace('.', '%2e')}."  # objabi.PathToPrefix
        visible, passed_on, self._rows = rows.split("\n", 2)
        self._rows = "\n" + self._rows
        self.visible = frozenset(visible.split(" "))
        """Names in the package's export data that are not exported: what exported functions name
        in bodies that can be inlined, what exported types are made of."""
        self.passed_on = frozenset(passed_on.split(" "))
        """Link-names of functions of other packages whose bodies are in the export data too: they
        were inlined in this one."""

    def get(self, link_name: str) -> Fact | None:
        """Return what is known of a function, like `strings.(*Builder).WriteString`.

        None for instances of generic functions: they are compiled with the program.
        """
        if not link_name.startswith(self._prefix):
            return None
        name = link_name[len(self._prefix) :]
        at = self._rows.find(f"\n{name}\t")
        return None if at < 0 else self._fact(self._rows[at + 1 : self._rows.index("\n", at + 1)])

    def __iter__(self) -> Iterator[str]:
        for row in self._rows.split("\n")[1:-1]:
            yield self._prefix + row.partition("\t")[0]

    def _fact(self, row: str) -> Fact:
        _, cost, delays, closure, pragma, tags = row.split("\t")
        return Fact(
            tuple(map(_tag, tags.split(" "))) if tags else (),
            int(cost) if cost else None,
            bool(delays),
            bool(closure),
            int(pragma or "0"),
        )


@functools.cache
def _tag(word: str) -> str:
    return "" if word == "-" else "esc:" + bytes.fromhex(word[1:]).decode("latin-1")


class Package:
    """One package of the standard library."""

    def __init__(self, path: str, link_path: str, name: str, streams: tuple[bytes, ...]) -> None:
        self.path = path
        """As an import declaration of std names it: `golang.org/x/net/idna`."""
        self.link_path = link_path
        """As the linker and `-m` name it: `vendor/golang.org/x/net/idna`."""
        self.name = name
        """What its package clauses say."""
        self._streams = streams
        self._texts: dict[str, bytes] = {}
        head, _, rows = zlib.decompress(streams[0]).decode().partition("\n\n")
        self._file_rows: list[str | File] = list(head.split("\n"))
        self._rows = "\n" + rows

    @functools.cached_property
    def facts(self) -> Facts:
        """What gc decided about the package's functions."""
        return Facts(self.link_path, zlib.decompress(self._streams[1]).decode())

    def text_of(self, part: Declaration | File) -> bytes:
        """Return the text of a declaration, which starts at its `line`, or of a whole file."""
        file = part if isinstance(part, File) else part.file
        text = self._texts.get(file.name)
        if text is None:
            text = self._texts[file.name] = zlib.decompress(self._streams[2][file.stream])
        return text if isinstance(part, File) else text[part.start : part.end]

    @functools.cached_property
    def files(self) -> tuple[File, ...]:
        """The files of both builds, by name."""
        return tuple(map(self._file, range(len(self._file_rows))))

    @functools.cached_property
    def declarations(self) -> tuple[Declaration, ...]:
        """All declarations of both builds, by file and line."""
        return tuple(map(self._declaration, self._rows.split("\n")[1:-1]))

    def lookup(self, name: str, *, running: bool = False) -> tuple[Declaration, ...]:
        """Find the declarations of a name, `Receiver.Name` for a method.

        One at most, but for `init` and `_`, which may stand often.
        """
        return tuple(self._find(f",{name},", running))

    def methods_of(self, receiver: str, *, running: bool = False) -> tuple[Declaration, ...]:
        """List the methods declared for a type, by file and line."""
        return tuple(self._find(f"\n,{receiver}.", running))

    def _find(self, start: str, running: bool) -> Iterator[Declaration]:  # noqa: FBT001 - passed on
        rows = self._rows
        at = rows.find(start)
        while at >= 0:
            end = rows.index("\n", at + 1)
            declaration = self._declaration(rows[rows.rindex("\n", 0, at + 1) + 1 : end])
            if declaration.file.runs if running else declaration.file.decides:
                yield declaration
            at = rows.find(start, end)

    def _file(self, number: int) -> File:
        file = self._file_rows[number]
        if isinstance(file, str):
            file = self._file_rows[number] = _file(file)
        return file

    def _declaration(self, row: str) -> Declaration:
        names, file, kind, line, start, end = row.split("\t")
        return Declaration(
            _KINDS[kind],
            tuple(names.split(",")[1:-1]),
            self._file(int(file)),
            int(line),
            int(start),
            int(end),
        )


def _file(row: str) -> File:
    name, builds, version, start, length, imports, linknames = row.split("\t")
    offset = int(start)
    return File(
        name,
        version,
        "d" in builds,
        "r" in builds,
        tuple(Import(*word.split("=", 1)) for word in imports.split()),
        tuple(_linkname(word) for word in linknames.split()),
        slice(offset, offset + int(length)),
    )


def _linkname(word: str) -> Linkname:
    line, local, remote = word.split("=", 2)
    return Linkname(int(line), local, remote)


@dataclass(frozen=True, slots=True)
class _Pack:
    go: str
    packages: dict[str, tuple[str, str, int, int, int, int]]
    body: int
    """Offset of the first package's record in the file."""


@functools.cache
def _pack() -> _Pack:
    try:
        with open(_PATH, "rb") as file:
            start = file.read(len(_MAGIC) + 65 + 4)
            length = int.from_bytes(start[-4:], "big")
            table = file.read(length)
    except FileNotFoundError:
        raise PackMissing(
            f"{_PATH} is missing: it is made when mkdocs-gomem is built. "
            "In a checkout, run `make pack`."
        ) from None
    if not start.startswith(_MAGIC) or len(table) != length:
        raise PackMissing(f"{_PATH} is no std pack of this version: run `make pack` again.")
    head = json.loads(zlib.decompress(table))
    return _Pack(head["go"], head["packages"], len(start) + length)


def go_version() -> str:
    """Return the release the pack was made from, like `go1.27.3`."""
    return _pack().go


def packages() -> tuple[str, ...]:
    """List the import paths of all packages, sorted; vendored ones without `vendor/`."""
    return tuple(_pack().packages)


@functools.cache
def open_package(path: str) -> Package | None:
    """Load one package by its import path; None when the standard library has no such package."""
    pack = _pack()
    found = pack.packages.get(path.removeprefix("vendor/"))
    if found is None:
        return None
    link_path, name, offset, *lengths = found
    with open(_PATH, "rb") as file:
        file.seek(pack.body + offset)
        streams = tuple(file.read(length) for length in lengths)
    return Package(path.removeprefix("vendor/"), link_path, name, streams)
