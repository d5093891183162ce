"""Lessons of programs: of the recorded cases, and of Go text that a test writes."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.source import Options, Rejected, SourceFile
from tests import txtar

if TYPE_CHECKING:
    from mkdocs_gomem.lesson.scenes import Lesson
    from mkdocs_gomem.lesson.why import Row
    from mkdocs_gomem.machine.trace import Trace

PROGRAMS = Path(__file__).parent.parent / "cases" / "programs"


@dataclass(frozen=True, slots=True)
class Taught:
    """A program, its run and what is said of it."""

    decisions: pipeline.Decisions
    trace: Trace
    lesson: Lesson

    def row(self, name: str) -> Row:
        """Return the one row of a name."""
        (found,) = [row for row in self.lesson.rows if row.name == name]
        return found


def teach(files: tuple[SourceFile, ...], options: Options | None = None) -> Taught:
    options = options or Options()
    decisions = pipeline.decide(files, inlining=options.inlining != "off")
    trace = pipeline.execute(decisions, options.limits)
    return Taught(decisions, trace, pipeline.teach(decisions, trace, options))


def of_text(text: str, options: Options | None = None) -> Taught:
    return teach((SourceFile("main.go", text.encode()),), options)


def sources(name: str) -> tuple[SourceFile, ...]:
    archive = txtar.read(PROGRAMS / f"{name}.txtar")
    return tuple(SourceFile(file, text.encode()) for file, text in sorted(archive.sources.items()))


@functools.cache
def of_program(name: str) -> Taught:
    return teach(sources(name))


def recorded(name: str, section: str) -> list[str]:
    return txtar.read(PROGRAMS / f"{name}.txtar").lines(section)


def names() -> list[str]:
    """List the programs that real Go runs and that we do not refuse (the case says so)."""
    found = []
    for path in sorted(PROGRAMS.glob("*.txtar")):
        sections = txtar.read(path).sections
        if "go/exit" in sections and "want/refused" not in sections:
            found.append(path.stem)
    return found


def refused(name: str) -> str:
    """Say how a program is refused; empty when it is not."""
    try:
        of_program(name)
    except Rejected as rejected:
        return str(rejected)
    return ""
