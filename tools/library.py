"""What of the standard library may a program on a page use? Writes `docs/library.md`.

    python -m tools.library

A row for each package that programs can import: whether it runs as it is written, how many of its
functions are Python instead, and how many of its own documented examples say what real Go says.
`make parity` runs those (`tools.parity`), and writes the page with what it has found; alone, this
keeps the examples as they stand in the page.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem.std import natives, outside, pack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tools import running

PAGE = Path(__file__).resolve().parent.parent / "docs" / "library.md"
_BAR = r"\|"
EXAMPLES = "std-examples"
"""The corpus of them; its files are named `archive_tar__example__Reader.go`."""

HEAD = """# The standard library in a run

A program on a page may import every package of {version} that the tables do not refuse. Nearly all
of the library runs **as it is written**: its Go text travels with the plugin, and is run like the
program itself. Some functions are **Python** instead: those that have no Go text, and a few that
nearly every program calls; the library's internal packages have more of them, not counted here.
What **reaches out** of the program, to a network, a process or a device, is refused by name at the
line that imports it, and a file at the line that opens it. Standard input is empty.

"Examples" counts the library's own documented examples of a package that print what real Go prints.

| Package | Runs | Examples |
|---|---|---|
"""
CAUSES = """
## What is refused, and what differs

Programs of Go's test suite and examples of the library that do not run as compiled Go runs them,
by cause.

| Programs | Cause |
|---|---|
"""


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(anew(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def anew(text: str) -> str:
    """Write the page with the examples and causes that it has."""
    return page(known(text), _lines(text, r"\| \d+ \|"))


def write(runs: Mapping[str, Sequence[running.Ran]]) -> None:
    """Write the page from the runs of whole corpora."""
    PAGE.write_text(page(examples(runs[EXAMPLES]), causes(runs)), encoding="utf-8")


def page(counts: Mapping[str, str], why: str) -> str:
    """Write the page from what its examples came to, by package, and its rows of causes."""
    rows = "".join(
        f"| `{path}` | {how(path)} | {counts.get(path, '')} |\n" for path in importable()
    )
    return HEAD.format(version=pack.go_version()) + rows + CAUSES + why


def importable() -> list[str]:
    """List the packages that a program can import: none that is inside of the library."""
    return [
        path for path in pack.packages() if not {"internal", "golang.org"} & set(path.split("/"))
    ]


def how(path: str) -> str:
    """Say how a package runs."""
    if outside.reaches_outside(path):
        return "refused: reaches out"
    if path == "unsafe":
        return "part of the language"
    count = _NATIVES[path]
    if not count:
        return "as it is written"
    return f"as it is written; Python: {count} function{'s' if count > 1 else ''}"


def examples(runs: Sequence[running.Ran]) -> dict[str, str]:
    """Say of each package how many of its examples are right."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for ran in runs:
        package = ran.name.partition("__")[0]
        total[package] += 1
        right[package] += ran.verdict == "right"
    found = {}
    for path in importable():
        key = path.replace("/", "_")
        if total[key]:
            found[path] = f"{right[key]} of {total[key]}"
    return found


def causes(runs: Mapping[str, Sequence[running.Ran]]) -> str:
    """List why programs are refused or differ, the most frequent cause first."""
    found: Counter[str] = Counter()
    for ran in (ran for corpus in runs.values() for ran in corpus):
        if ran.verdict == "refused":
            found[re.sub(r"\d+", "N", ran.why).removeprefix("not supported: ")] += 1
        elif ran.verdict == "wrong":
            found[f"differs: `{ran.name}`, {ran.why.partition(':')[0]}"] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"| {count} | {cause.replace('|', _BAR)} |\n" for cause, count in ordered)


def known(text: str) -> dict[str, str]:
    """Read what a page says of examples."""
    rows = re.findall(r"^\| `([^`]+)` \| [^|]* \| ([^|]*) \|$", text, flags=re.MULTILINE)
    return {path: count for path, count in rows if count}


def _lines(text: str, pattern: str) -> str:
    return "".join(f"{line}\n" for line in text.splitlines() if re.match(pattern, line))


def _native_packages() -> Iterator[str]:
    """Yield the package of each function that is Python."""
    natives.NATIVES.load({file for files in natives.LATE.values() for file in files})
    for name in natives.NATIVES:
        folder, _, last = name.rpartition("/")
        package = last.partition(".")[0]
        yield f"{folder}/{package}" if folder else package


_NATIVES = Counter(_native_packages())

if __name__ == "__main__":
    main()
