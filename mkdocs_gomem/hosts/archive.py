"""A txtar archive's files: what stands before the first one, and each one's name, text and line.

Text in, an `Archive` out. A file begins after a line `-- NAME --` and ends where the next one
begins, as golang.org/x/tools/txtar has it; blanks at the end of such a line are let pass, since
nobody sees them. Nothing is refused here: whether the files make a program is for those to say who
want one.
"""

from __future__ import annotations

from mkdocs_gomem.lean import dataclass

_BEGIN, _END = b"-- ", b" --"


@dataclass(frozen=True, slots=True)
class Section:
    """One file of an archive."""

    name: str
    text: bytes
    line: int
    """Line of the archive on which the text begins, from 1; the name stands on the one before."""

    @property
    def is_go(self) -> bool:
        """Say whether go build would take it for Go, tests left out."""
        return self.name.endswith(".go") and not self.name.endswith("_test.go")

    @property
    def is_below(self) -> bool:
        """Say whether it is in a folder, so that Go in it is another package."""
        return "/" in self.name


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive's text, taken apart."""

    comment: bytes
    """What stands before the first file."""
    sections: tuple[Section, ...]

    @property
    def holds_go(self) -> bool:
        """Say whether it has a file of Go, so that it is meant as a program."""
        return any(section.name.endswith(".go") for section in self.sections)


def read(text: bytes) -> Archive:
    """Take an archive apart; a text without any file is all comment."""
    marks: list[tuple[int, str]] = []
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if name := _name(line):
            marks.append((number, name))
    ends = [number for number, _ in marks[1:]] + [len(lines)]
    return Archive(
        b"".join(lines[: marks[0][0]] if marks else lines),
        tuple(
            Section(name, b"".join(lines[number + 1 : end]), number + 2)
            for (number, name), end in zip(marks, ends, strict=True)
        )
        if marks
        else (),
    )


def _name(line: bytes) -> str:
    """Read the name in a line that begins a file; empty for every other line."""
    stripped = line.rstrip()
    if not (stripped.startswith(_BEGIN) and stripped.endswith(_END)):
        return ""
    return stripped[len(_BEGIN) : -len(_END)].decode(errors="replace").strip()
