"""How near are we to real Go on programs not ours? Corpora of the yardstick, in one process.

    python -m tools.corpora AREA CORPUS [--part PART] [--sample N] [--match RE] [--show N]

Compares as the yardstick does (`parity.py` there, whose contract, corpora and cached answers of
the toolchain are used), but asks our rooms without starting a process for each file, so that a
corpus takes a minute, not a quarter of an hour. The folder of the yardstick is `$GOMEM_YARDSTICK`
or `../shared/yardstick` beside this checkout; its corpora must be built. The area `why` is ours
(`explained`), over the files that the yardstick has for `escape`.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib
import io
import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from mkdocs_gomem.hosts import cli, commands
from mkdocs_gomem.source import Rejected
from tools import explained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60
"""How long we may take for one file; as in the yardstick."""
AREAS = ("escape-l", "escape", "errors", "errors-all", "symbols", "allocs", "sizes", "why")
PARTS = {"escape": ("inliner", "rest"), "why": ("heap", "leaks")}
"""What of an area can be looked at alone."""

Record = tuple[Any, ...]
_Said = TypeVar("_Said")


def yardstick() -> Any:
    """Import the yardstick's `parity` module.

    Raises:
        FileNotFoundError: where there is no yardstick.
    """
    folder = Path(os.environ.get("GOMEM_YARDSTICK", ROOT.parent / "shared" / "yardstick"))
    if not (folder / "parity.py").exists():
        raise FileNotFoundError(f"no yardstick in {folder}; set GOMEM_YARDSTICK")
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    return importlib.import_module("parity")


@dataclass(slots=True)
class Answer:
    """What was compared for one file or package."""

    name: str
    want: list[Record]
    got: list[Record]
    problem: str = ""
    """A refusal by name, a crash or a time-out: the last line of what was said."""
    refused: bool = False
    seconds: float = 0.0

    @property
    def missing(self) -> Counter[Record]:
        """What gc says and we do not."""
        return Counter(self.want) - Counter(self.got)

    @property
    def extra(self) -> Counter[Record]:
        """What we say and gc does not."""
        return Counter(self.got) - Counter(self.want)


@dataclass(slots=True)
class Score:
    """Micro F1 over records counted as often as they are told."""

    hits: int = 0
    missing: int = 0
    extra: int = 0
    answers: list[Answer] = field(default_factory=list)

    def add(self, answer: Answer) -> None:
        """Count one file."""
        missing, extra = answer.missing.total(), answer.extra.total()
        self.hits += len(answer.want) - missing
        self.missing += missing
        self.extra += extra
        self.answers.append(answer)

    @property
    def f1(self) -> float:
        """Return 1 where all is equal, or nothing was to be said."""
        told = 2 * self.hits + self.missing + self.extra
        return 2 * self.hits / told if told else 1.0


class _TooLongError(BaseException):
    """Passes every handler of ours."""


def _alarm(*_: object) -> None:
    raise _TooLongError


def _guarded(ask: Callable[[], tuple[_Said, str, int]], nothing: _Said) -> tuple[_Said, str, int]:
    """Ask ourselves: what we say, our errors, our status; a crash is a result, and no endless one.

    Args:
        ask: what is to be done.
        nothing: what we say if it goes wrong.
    """
    signal.signal(signal.SIGALRM, _alarm)
    signal.alarm(SECONDS)
    try:
        return ask()
    except Rejected as rejected:
        return nothing, str(rejected), commands.REFUSED if rejected.unsupported else 1
    except _TooLongError:
        return nothing, "timeout", -1
    except Exception as error:  # noqa: BLE001 - see above
        return nothing, f"crash: {type(error).__name__}: {error}", -1
    finally:
        signal.alarm(0)


def _command(arguments: list[str]) -> tuple[str, str, int]:
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = cli.main(arguments)
    return out.getvalue(), err.getvalue(), status


def compare(area: str, corpus: str, entry: dict[str, Any], part: str) -> Answer:
    """Hold our answer about one file or package against gc's."""
    parity = yardstick()
    base = Path(parity.corpora.DIR) / corpus
    paths = [base / name for name in entry.get("files") or [entry["file"]]]
    files = [
        (path.name, path.read_text(encoding="utf-8", errors="surrogateescape")) for path in paths
    ]
    want: list[Record]
    got: list[Record]
    std = entry.get("std", "")
    if area == "why":
        want = explained.records(explained.by_gc(parity, files, entry))
        began = time.perf_counter()
        nothing: list[Record] = []
        got, err, status = _guarded(
            lambda: (explained.records(explained.by_us(paths, std)), "", 0), nothing
        )
        seconds = time.perf_counter() - began
    else:
        want = parity.oracle_records(area, files, entry)
        arguments = [*parity.SUB[area].split(), *([f"-std={std}"] if std else [])]
        began = time.perf_counter()
        out, err, status = _guarded(lambda: _command([*arguments, *map(str, paths)]), "")
        seconds = time.perf_counter() - began
        got = parity.parse_records(area, out, {name for name, _ in files}, entry, files)
    if part:
        want = [record for record in want if _part(parity, area, record) == part]
        got = [record for record in got if _part(parity, area, record) == part]
    problem = last_said(err) if status else ""
    return Answer(entry["file"], want, got, problem, status == commands.REFUSED, seconds)


def last_said(err: str) -> str:
    """Return the last line of what a command says that went wrong, but for what to do about it."""
    lines = [line for line in err.strip().splitlines() if not line.startswith("help: ")]
    return lines[-1] if lines else ""


def _part(parity: Any, area: str, record: Record) -> str:
    if area == "why":
        return str(record[0])
    return "inliner" if parity.INLINER.match(record[3]) else "rest"


def _compare(job: tuple[str, str, dict[str, Any], str]) -> Answer:
    return compare(*job)


def chosen(corpus: str, area: str, match: str, sample: int) -> list[dict[str, Any]]:
    """List what a corpus has for an area: with `match` in its name, so many spread over it."""
    every = yardstick().corpora.select(corpus, area)
    entries = [entry for entry in every if re.search(match, entry["file"])]
    if sample and len(entries) > sample:
        entries = [entries[i * len(entries) // sample] for i in range(sample)]
    return entries


def add_choice(parser: argparse.ArgumentParser) -> None:
    """Add what says which programs of which corpus are compared, and how much is shown."""
    parser.add_argument("corpus")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--match", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--show", type=int, default=0)


def measure(
    area: str, corpus: str, *, part: str = "", sample: int = 0, match: str = "", jobs: int = 2
) -> Score:
    """Compare all that a corpus has for an area, on some workers.

    Args:
        area: of `AREAS`.
        corpus: a name of the yardstick's, built.
        part: of `escape`: `inliner` for the inliner's lines, `rest` for the others; of `why`:
            `heap` for why something is on the heap, `leaks` for parameters.
        sample: so many files, spread over the corpus; 0 for all.
        match: only files whose name has this regular expression in it.
        jobs: workers.
    """
    entries = chosen(corpus, "escape" if area == "why" else area, match, sample)
    work = [(area, corpus, entry, part) for entry in entries]
    score = Score()
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        for answer in pool.imap(_compare, work, chunksize=4 if len(work) > 100 else 1):
            score.add(answer)
    return score


def report(area: str, corpus: str, score: Score, show: int) -> Iterator[str]:
    """Yield the lines of a report: kinds of misses, files, and the figure last."""
    parity = yardstick()
    kind_of = explained.kind if area == "why" else partial(parity.kind, area)
    for title, counted in (("missing", Answer.missing), ("extra", Answer.extra)):
        kinds: Counter[str] = Counter()
        example: dict[str, str] = {}
        for answer in score.answers:
            for record, count in counted.fget(answer).items():  # type: ignore[attr-defined]
                text = str(record[-1]) if isinstance(record[-1], str) else "record"
                kind = kind_of(text)
                kinds[kind] += count
                example.setdefault(kind, f"{answer.name} {record}")
        for kind, count in kinds.most_common(12):
            yield f"  {title:8}{count:6}  {kind[:44]:44}  {example[kind][:110]}"
    problems = Counter(
        re.sub(r"^\S+:\d+:\d+: ", "", a.problem)[:100] for a in score.answers if a.problem
    )
    for problem, count in problems.most_common(15):
        yield f"  problem {count:5}  {problem}"
    wrong = [a for a in score.answers if a.missing or a.extra]
    for answer in wrong[:show]:
        yield f"--- {answer.name} {answer.problem}"
        yield from (f"  - {_spelled(record)}" for record in sorted(answer.missing.elements())[:12])
        yield from (f"  + {_spelled(record)}" for record in sorted(answer.extra.elements())[:12])
    if area == "why":
        yield from explained.shares((a.want, a.got) for a in score.answers)
    told = sum(bool(a.want) for a in score.answers)
    right = sum(bool(a.want) and a not in wrong for a in score.answers)
    quiet = sum(not a.want and not a.got for a in score.answers)
    refused = sum(a.refused for a in score.answers)
    yield (
        f"{area} {corpus}: F1 {score.f1:.4%} (hit {score.hits}, missing {score.missing}, extra "
        f"{score.extra}); files {right} of {told}, quiet {quiet} of {len(score.answers) - told}, "
        f"refused {refused}; slowest {max((a.seconds for a in score.answers), default=0):.1f} s"
    )


def _spelled(record: Record) -> str:
    return ":".join(map(str, record)).replace("\n", "\n      ")


def main() -> None:
    """Measure one area on one corpus."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("area", choices=AREAS)
    parser.add_argument("--part", choices=[p for parts in PARTS.values() for p in parts])
    add_choice(parser)
    asked = parser.parse_args()
    score = measure(
        asked.area, asked.corpus,
        part=asked.part or "", sample=asked.sample, match=asked.match, jobs=asked.jobs,
    )  # fmt: skip
    for line in report(asked.area, asked.corpus, score, asked.show):
        print(line)


if __name__ == "__main__":
    main()
