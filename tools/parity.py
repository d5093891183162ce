"""How near are we to real Go? Writes `docs/parity.md` and, when programs run, `docs/library.md`.

    python -m tools.parity [--check] [--only own|records|runs]

Every figure compares with something recorded from go1.27.3, never with our own opinion: the
recorded sections of `tests/cases/programs`, learner mistakes, the toolchain's own source, what gc
decided for all of std, and programs that are not ours (`tools/corpora.py`, `tools/running.py`),
where the yardstick with its corpora is at hand: else their rows stay as they are. `--only` measures
one of the page's three tables, and leaves the others as they are.
A figure may only rise: when one is lower than in the page as it stands, nothing is written and the
status is 1. `--check` writes nothing, for CI.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.source import Rejected, SourceFile
from mkdocs_gomem.std import pack
from tests import test_programs, test_syntax, txtar
from tools import corpora, library, oracle, running, stdcosts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "parity.md"

WORDS = {
    "go/stdout": "standard output, byte for byte",
    "go/exit": "exit status",
    "go/panic": "first line of a panic or fatal error",
    "go/stderr": "standard error (`print`, `println`)",
    "go/escape-l": "lines of `-gcflags='-m -l'`",
    "go/escape": "lines of `-gcflags=-m`",
    "go/symbols": "names, sections and sizes of symbols",
    "go/allocs": "heap objects by line",
    "go/errors": "compile errors: text, line, column",
}

HEAD = """# Parity with real Go

What `mkdocs-gomem` says, held against {version} on linux/amd64. `make parity` measures it anew and
writes this page; a figure may only rise. Equal means equal: a program counts only when everything
of its section agrees, diagnostics as often as gc prints them.

"""
TABLE = """| Area | Against | Equal | Refused by name | Different |
|---|---|---|---|---|
"""


OTHERS = """## Programs that are not ours

Whole corpora, record by record: lines of the compiler as often as it prints them, errors with text,
line and column, sizes of types and fields. F1 weighs what we miss and what only we say.

| Area, corpus | Against | Equal | Only ours | F1 |
|---|---|---|---|---|
"""

RUNS = """
## Programs that are not ours, run

Equal: standard output byte for byte, exit status, and the first line of a panic; standard error
too where there is nothing else to see.

"""

CORPORA = {
    "gotest-escape": "Go's tests of escape analysis",
    "gotest-run": "programs of Go's test suite",
    "gotest-errorcheck": "wrong programs of Go's test suite",
    "std-examples": "std's documented examples",
    "types-testdata": "the type checker's own tests",
    "realpkgs": "std packages from source",
}
MEASURED = (
    ("errors-all", "", ("types-testdata", "gotest-errorcheck")),
    ("errors", "", ("gotest-errorcheck", "gotest-run", "std-examples")),
    ("sizes", "", ("gotest-run", "gotest-escape", "std-examples", "types-testdata")),
    ("escape-l", "", ("gotest-escape", "gotest-run", "std-examples", "realpkgs")),
    ("escape", "inliner", ("gotest-escape", "gotest-run", "std-examples")),
    ("escape", "rest", ("gotest-escape", "gotest-run", "std-examples")),
    ("escape", "", ("realpkgs",)),
    ("why", "heap", ("gotest-run", "std-examples")),
)
"""Area, part of it and corpora, as `tools/corpora.py` names them."""
RUN = ("gotest-run", "std-examples")


@dataclass(frozen=True, slots=True)
class Count:
    """What was compared of one corpus, record by record."""

    area: str
    corpus: str
    right: int
    total: int
    extra: int
    """Records that only we have."""

    @property
    def row(self) -> str:
        """One line of the page."""
        told = 2 * self.right + (self.total - self.right) + self.extra
        score = 2 * self.right / told if told else 1.0
        return (
            f"| {self.area}, {self.corpus} | {CORPORA[self.corpus]} | "
            f"{self.right:,} of {self.total:,} | {self.extra} | {score:.2%} |\n"
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the page."""

    area: str
    against: str
    right: int
    refused: int
    total: int

    @property
    def wrong(self) -> int:
        """Neither equal nor refused by name."""
        return self.total - self.right - self.refused

    @property
    def row(self) -> str:
        """One line of the page."""
        return (
            f"| {self.area} | {self.against} | {self.right:,} of {self.total:,} | {self.refused:,} "
            f"| {self.wrong:,} |\n"
        )


def main(arguments: list[str]) -> int:
    """Measure, compare with the page as it stands, write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--only", choices=("own", "records", "runs"))
    asked = parser.parse_args(arguments)
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    own, listed, records, runs = _parts(text)
    measured: list[Figure | Count] = []
    programs_run: dict[str, list[running.Ran]] = {}
    if asked.only in {None, "own"}:
        misses: list[str] = []
        figures = [*programs(misses), mistakes(), sources(), std_pack(), *std_decisions()]
        own = _rows(figures)
        listed = "".join(f"- {miss}\n" for miss in misses)
        measured += figures
    if _yardstick_is_here():
        if asked.only in {None, "records"}:
            counts = list(others())
            records = _rows(counts)
            measured += counts
        if asked.only in {None, "runs"}:
            programs_run |= {name: running.measure(name) for name in RUN}
            ran = [ran_of(name, programs_run[name]) for name in RUN]
            runs = _rows(ran)
            measured += ran
    if _has_fallen(measured, dict(known(text))):
        return 1
    if not asked.check:
        PAGE.write_text(page(own, listed, records, runs), encoding="utf-8")
        if programs_run:
            library.write(programs_run)
    return 0


def _rows(measured: Sequence[Figure | Count]) -> str:
    return "".join(each.row for each in measured)


def _has_fallen(measured: list[Figure | Count], before: dict[str, int]) -> bool:
    fallen = []
    for each in measured:
        area = f"{each.area}, {each.corpus}" if isinstance(each, Count) else each.area
        print(f"{area}: {each.right} of {each.total}")
        if each.right < before.get(area, 0):
            fallen.append(f"{area}: {each.right} of {each.total}, was {before[area]}")
    if fallen:
        print("fallen:", *fallen, sep="\n  ")
    return bool(fallen)


def _parts(text: str) -> tuple[str, str, str, str]:
    """Return what a page says: our own rows, what is listed, and the rows of others."""
    own, _, rest = text.partition(OTHERS)
    records, _, runs = rest.partition(RUNS)
    listed = "".join(line + "\n" for line in rest.splitlines() if line.startswith("- "))
    return _lines(own), listed, _lines(records), _lines(runs)


def _lines(text: str) -> str:
    return "".join(line + "\n" for line in text.splitlines() if re.match(r"\| [a-z]", line))


def known(text: str) -> Iterator[tuple[str, int]]:
    """Read the figures of a page."""
    for row in re.finditer(
        r"^\| ([^|]+?) \| [^|]* \| ([\d,]+) of [\d,]+ \|", text, flags=re.MULTILINE
    ):
        yield row[1], int(row[2].replace(",", ""))


def page(own: str, listed: str, records: str, runs: str) -> str:
    """Write the page from its rows."""
    rest = f"\n## What differs or is refused\n\n{listed}" if listed else ""
    head = HEAD.format(version=pack.go_version())
    return f"{head}{TABLE}{own}\n{OTHERS}{records}{RUNS}{TABLE}{runs}{rest}"


def programs(misses: list[str]) -> list[Figure]:
    """Compare every recorded section of every program."""
    right: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for program, section in test_programs.pairs():
        total[section] += 1
        archive = txtar.read(test_programs.PROGRAMS / f"{program}.txtar")
        try:
            ours = test_programs.ANSWERS[section](program)
        except Rejected as rejected:
            refused[section] += 1
            misses.append(f"`{program}`, {section[3:]}: {rejected.diagnostics[0].message}")
            continue
        recorded = archive.sections.get(section, "")
        lines = test_programs.difference(section, ours.splitlines(), recorded.splitlines())
        if lines:
            misses.append(
                f"`{program}`, {section[3:]}: " + "; ".join(f"`{line}`" for line in lines[:3])
            )
        right[section] += not lines
    return [
        Figure(section[3:], WORDS[section], right[section], refused[section], total[section])
        for section in WORDS
        if total[section]
    ]


def mistakes() -> Figure:
    """Compare the errors of learner mistakes."""
    right = sum(
        test_syntax.mistakes(path) == txtar.read(path).lines("go/errors")
        for path in test_syntax.CASES
    )
    count = len(test_syntax.CASES)
    return Figure("learner mistakes", "errors recorded from `go build`", right, 0, count)


def std_decisions() -> list[Figure]:
    """Decide about std's own functions, and compare with what gc recorded of them."""
    costs, tags = stdcosts.figures(stdcosts.measure(stdcosts.packages()))
    return [
        Figure("inline costs", "what gc recorded of std's functions", costs[0], 0, costs[1]),
        Figure("escape tags", "what gc recorded of std's functions", tags[0], 0, tags[1]),
    ]


def _yardstick_is_here() -> bool:
    try:
        corpora.yardstick()
    except FileNotFoundError as error:
        print(f"{error}: the rows of its corpora stay as they are")
        return False
    return True


def ran_of(name: str, runs: list[running.Ran]) -> Figure:
    """Count what came of the programs of a corpus."""
    verdicts = Counter(ran.verdict for ran in runs)
    return Figure(f"run, {name}", CORPORA[name], verdicts["right"], verdicts["refused"], len(runs))


def others() -> Iterator[Count]:
    """Compare whole corpora."""
    for area, part, names in MEASURED:
        for name in names:
            score = corpora.measure(area, name, part=part)
            label = f"{area}: {part}" if part else area
            total = score.hits + score.missing
            yield Count(label, name, score.hits, total, score.extra)


def _goroot() -> Path:
    """Return where the pinned toolchain keeps its source."""
    return oracle.find_go().resolve().parent.parent


def sources() -> Figure:
    """Parse the toolchain's own source."""
    paths = [p for p in sorted((_goroot() / "src").rglob("*.go")) if "testdata" not in p.parts]
    right = 0
    for path in paths:
        try:
            syntax.parse(SourceFile(path.name, path.read_bytes()), std=True)
        except Rejected:
            continue
        right += 1
    return Figure("parser", "Go files of the toolchain's source, accepted", right, 0, len(paths))


def std_pack() -> Figure:
    """Read every declaration of the std pack."""
    paths = pack.packages()
    right = 0
    for path in paths:
        package = pack.open_package(path)
        if package is None:
            continue
        for declaration in package.declarations:
            syntax.parse_declaration(package.text_of(declaration), path, 1)
        right += 1
    return Figure("std pack", "packages of std, every declaration read", right, 0, len(paths))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
