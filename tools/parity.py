"""How near are we to real Go? Writes `docs/parity.md`: our figures, for readers too.

    python -m tools.parity [--check]

Every figure compares with something recorded from go1.27.3, never with our own opinion: the
recorded sections of `tests/cases/programs`, learner mistakes, the toolchain's own source, what gc
decided for all of std, and programs that are not ours (`tools/corpora.py`), where the yardstick
with its corpora is at hand: else their rows stay as they are.
A figure may only rise: when one is lower than in the page as it stands, nothing is written and the
status is 1. `--check` writes nothing, for CI.
"""

from __future__ import annotations

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
from tools import corpora, oracle, stdcosts

if TYPE_CHECKING:
    from collections.abc import Iterator

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


OTHERS = """## Programs that are not ours

Whole corpora, record by record: lines of the compiler as often as it prints them, errors with text,
line and column, sizes of types and fields. F1 weighs what we miss and what only we say.

| Area, corpus | Against | Equal | Only ours | F1 |
|---|---|---|---|---|
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


def main(arguments: list[str]) -> int:
    """Measure, compare with the page as it stands, write it."""
    misses: list[str] = []
    figures = [*programs(misses), mistakes(), sources(), library(), *std_decisions()]
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    before = dict(known(text))
    counts = list(others())
    measured = [(f.area, f.right, f.total) for f in figures]
    measured += [(f"{c.area}, {c.corpus}", c.right, c.total) for c in counts]
    fallen = [
        f"{area}: {right} of {total}, was {before[area]}"
        for area, right, total in measured
        if right < before.get(area, 0)
    ]
    for area, right, total in measured:
        print(f"{area}: {right} of {total}")
    if fallen:
        print("fallen:", *fallen, sep="\n  ")
        return 1
    if "--check" not in arguments:
        rows = "".join(count.row for count in counts) or _rows_of_others(text)
        PAGE.write_text(page(figures, misses, rows), encoding="utf-8")
    return 0


def _rows_of_others(text: str) -> str:
    """Return the rows of a page that tell of programs that are not ours."""
    _, _, rest = text.partition(OTHERS)
    return "".join(line + "\n" for line in rest.splitlines() if re.match(r"\| [a-z]", line))


def known(text: str) -> Iterator[tuple[str, int]]:
    """Read the figures of a page."""
    for row in re.finditer(
        r"^\| ([^|]+?) \| [^|]* \| ([\d,]+) of [\d,]+ \|", text, flags=re.MULTILINE
    ):
        yield row[1], int(row[2].replace(",", ""))


def page(figures: list[Figure], misses: list[str], others: str) -> str:
    """Write the page; `others` are the rows of programs that are not ours."""
    rows = "".join(
        f"| {f.area} | {f.against} | {f.right:,} of {f.total:,} | {f.refused} | {f.wrong} |\n"
        for f in figures
    )
    table = (
        f"| Area | Against | Equal | Refused by name | Different |\n|---|---|---|---|---|\n{rows}\n"
    )
    listed = "".join(f"- {miss}\n" for miss in misses)
    rest = f"\n## What differs or is refused\n\n{listed}" if misses else ""
    return HEAD.format(version=pack.go_version()) + table + OTHERS + others + rest


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


def others() -> Iterator[Count]:
    """Compare whole corpora, where the yardstick is at hand."""
    try:
        corpora.yardstick()
    except FileNotFoundError as error:
        print(f"{error}: the rows of its corpora stay as they are")
        return
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


def library() -> Figure:
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
