"""Whole programs: does the line from text to trace say what real Go says?

One test for each program in `cases/programs` and each section recorded from go1.27.3. Equal means
equal: output byte for byte, diagnostics and symbols as multisets of lines (`tools/oracle.py` says
what each section holds). What we cannot do yet stands in the case itself, never here, and a test
fails as soon as it is no longer so:

    want/refused   SECTION: our refusal, as it is worded, with its position
    want/differs   SECTION - a line that we lack, SECTION + a line that Go does not print

Output, exit status and compile errors may be refused, but never differ. `pytest --update` writes
both sections. `go/why` is recorded for `gomem why` and not compared here.
"""

from __future__ import annotations

import functools
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import checker, front
from mkdocs_gomem.source import (
    Diagnostic,
    Limits,
    Rejected,
    SourceFile,
    column_of,
    file_of,
    line_of,
)
from tests import txtar
from tools import oracle

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.trace import Trace

PROGRAMS = Path(__file__).parent / "cases" / "programs"
EXACT = frozenset({"go/errors", "go/stdout", "go/stderr", "go/panic", "go/exit"})
"""Sections in which a difference is a falsehood told to a reader."""


def sources(name: str) -> tuple[SourceFile, ...]:
    """Read the files of a program, in the order in which go build takes them."""
    return files_of(txtar.read(PROGRAMS / f"{name}.txtar"))


def files_of(archive: txtar.Archive) -> tuple[SourceFile, ...]:
    """Return an archive's Go files as the pipeline takes them."""
    return tuple(
        SourceFile(file, text.encode("utf-8")) for file, text in sorted(archive.sources.items())
    )


@functools.lru_cache(maxsize=8)
def decided(name: str, *, inlining: bool = True) -> pipeline.Decisions:
    return pipeline.decide(sources(name), inlining=inlining)


@functools.lru_cache(maxsize=8)
def run(name: str) -> Trace:
    return pipeline.execute(decided(name), Limits())


def errors(name: str) -> str:
    try:
        front.check(sources(name))
    except Rejected as rejected:
        if rejected.unsupported:
            raise
        lines = checker.format_errors(rejected.diagnostics)
        return "".join(f"{line.removeprefix('main.go:')}\n" for line in lines)
    return ""


def stdout(name: str) -> str:
    return run(name).stdout.decode("utf-8")


def stderr(name: str) -> str:
    return "" if panic(name) else run(name).stderr.decode("utf-8")


def panic(name: str) -> str:
    message = run(name).outcome.message
    return f"{message}\n" if message else ""


def status(name: str) -> str:
    return f"{run(name).outcome.status}\n"


def escape_without_inlining(name: str) -> str:
    return remarks(decided(name, inlining=False))


def escape(name: str) -> str:
    return remarks(decided(name))


def remarks(decisions: pipeline.Decisions) -> str:
    return "".join(f"{line.removeprefix('main.go:')}\n" for line in pipeline.remarks(decisions))


def symbols(name: str) -> str:
    rows = []
    for symbol in decided(name).image.symbols:
        if symbol.name.startswith("main.") and not symbol.name.startswith("main.."):
            size = "" if symbol.region.letter == "T" else f" {symbol.size}"
            rows.append(f"{symbol.name} {symbol.region.letter}{size}\n")
    return "".join(rows)


def allocs(name: str) -> str:
    files = {file.name for file in sources(name)}
    return "".join(
        f"{'' if file == 'main.go' else f'{file}:'}{line} {len(sizes)} {sum(sizes)}\n"
        for (file, line), sizes in pipeline.allocated(run(name)).items()
        if file in files
    )


ANSWERS: dict[str, Callable[[str], str]] = {
    "go/errors": errors,
    "go/stdout": stdout,
    "go/stderr": stderr,
    "go/panic": panic,
    "go/exit": status,
    "go/escape-l": escape_without_inlining,
    "go/escape": escape,
    "go/symbols": symbols,
    "go/allocs": allocs,
}


def place(diagnostic: Diagnostic) -> str:
    """Write a position as the sections do."""
    pos = diagnostic.pos
    file = "" if file_of(pos) == "main.go" else f"{file_of(pos)}:"
    return f"{file}{line_of(pos)}:{column_of(pos)}"


def pairs() -> list[tuple[str, str]]:
    """List program and section; an outcome without a panic is compared with none."""
    found = []
    for path in sorted(PROGRAMS.glob("*.txtar")):
        recorded = txtar.read(path).sections
        wanted = {name for name in ANSWERS if name in recorded}
        if "go/exit" in recorded:
            wanted.update(oracle.OPTIONAL)
        found += [(path.stem, name) for name in ANSWERS if name in wanted]
    return found


@pytest.mark.parametrize(("program", "section"), pairs())
def test_program(program: str, section: str, *, update: bool) -> None:
    path = PROGRAMS / f"{program}.txtar"
    archive = txtar.read(path)
    refused: list[str] = []
    differs: list[str] = []
    try:
        ours = ANSWERS[section](program)
    except Rejected as rejected:
        if not rejected.unsupported:
            raise  # real Go compiles this program
        first = rejected.diagnostics[0]
        refused = [f"{section}: {place(first)}: {first.message}"]
    else:
        recorded = archive.sections.get(section, "")
        if section in EXACT:
            assert txtar.ended(ours) == recorded
        differs = difference(section, ours.splitlines(), recorded.splitlines())
    if update:
        note(path, "want/refused", section, refused)
        note(path, "want/differs", section, differs)
        return
    assert refused == own(archive, "want/refused", section)
    assert differs == own(archive, "want/differs", section)


def difference(section: str, ours: list[str], recorded: list[str]) -> list[str]:
    """List what is missing and what is too much, as `want/differs` has it."""
    us, go = Counter(ours), Counter(recorded)
    missing = [f"{section} - {line}" for line in sorted((go - us).elements())]
    return missing + [f"{section} + {line}" for line in sorted((us - go).elements())]


def own(archive: txtar.Archive, name: str, section: str) -> list[str]:
    """Pick the lines of one section from a list of what is known."""
    marks = (f"{section}: ", f"{section} - ", f"{section} + ")
    return [line for line in archive.lines(name) if line.startswith(marks)]


def note(path: Path, name: str, section: str, lines: list[str]) -> None:
    """Replace what the case says of one section in a `want/` list."""
    archive = txtar.read(path)
    stale = own(archive, name, section)
    if stale == lines:
        return
    kept = [line for line in archive.lines(name) if line not in stale] + lines
    archive.sections[name] = "".join(f"{line}\n" for line in sorted(kept))
    if not kept:
        del archive.sections[name]
    path.write_bytes(archive.text.encode("utf-8"))


def test_every_program_is_recorded() -> None:
    for path in PROGRAMS.glob("*.txtar"):
        archive = txtar.read(path)
        outcome = {"go/stdout", "go/exit", "go/escape", "go/escape-l", "go/symbols"}
        assert outcome <= archive.sections.keys() or "go/errors" in archive.sections, path.name
        assert archive.comment.strip().endswith((".", "?")), f"{path.name}: say what it shows"


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_recorded_sections_are_what_go_says() -> None:
    assert oracle.main(["--check"]) == 0
