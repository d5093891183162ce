"""How fast: each stage of the line over all program cases, in milliseconds.

    python -m benchmarks.stages [NAME ...]

The first round reads what programs need of the library; the second finds it in the process, as
every fence of a site but the first few does. Figures of a loaded machine mean little.
"""

from __future__ import annotations

import functools
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import front, syntax
from mkdocs_gomem.source import Fence, Rejected, SourceFile
from mkdocs_gomem.std import pack
from tests import txtar

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = Path(__file__).resolve().parent.parent / "tests" / "cases" / "programs"
Stages = dict[str, float]


def milliseconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def measure(files: tuple[SourceFile, ...]) -> Stages:
    """Time one program, stage by stage."""
    parse = milliseconds(lambda: [syntax.parse(file) for file in files])
    check = milliseconds(lambda: front.check(files))
    decide = milliseconds(lambda: pipeline.decide(files))
    panel = milliseconds(lambda: pipeline.panel(Fence(files)))
    return {
        "parse": parse,
        "check": check - parse,
        "decide": decide - check,
        "run and draw": panel - decide,
        "fence": panel,
    }


def round_of(cases: dict[str, tuple[SourceFile, ...]]) -> tuple[list[Stages], list[str]]:
    """Measure all programs once; name those that are refused or break."""
    done: list[Stages] = []
    failed: list[str] = []
    for name, files in cases.items():
        try:
            done.append(measure(files))
        except Rejected as rejected:
            failed.append(f"{name}: {rejected.diagnostics[0].message}")
        except Exception as error:  # noqa: BLE001 - a broken program must not hide the others
            failed.append(f"{name}: broken: {error!r}")
    return done, failed


def report(title: str, rows: list[Stages]) -> None:
    print(f"{title}: {len(rows)} programs")
    for stage in rows[0] if rows else ():
        values = sorted(row[stage] for row in rows)
        middle, high = statistics.median(values), values[int(len(values) * 0.95)]
        print(f"  {stage:14} median {middle:8.2f} ms   95 % {high:8.2f}   most {values[-1]:8.2f}")


def main(names: list[str]) -> None:
    cases = {}
    for path in sorted(CASES.glob("*.txtar")):
        if not names or path.stem in names:
            sources = txtar.parse(path.read_text("utf-8")).sources
            cases[path.stem] = tuple(SourceFile(name, s.encode()) for name, s in sources.items())
    start = milliseconds(
        lambda: subprocess.run([sys.executable, "-c", "import mkdocs_gomem.pipeline"], check=True)
    )
    print(f"start and import: {start:.0f} ms")
    opening = [milliseconds(functools.partial(pack.open_package, path)) for path in pack.packages()]
    print(f"opening a package: median {statistics.median(opening):.2f} ms, most {max(opening):.2f}")
    first, failed = round_of(cases)
    report("first", first)
    report("again", round_of(cases)[0])
    print(f"not measured: {len(failed)}", *failed, sep="\n  ")


if __name__ == "__main__":
    main(sys.argv[1:])
