"""How many programs that are not ours run as compiled Go runs them?

    python -m tools.running CORPUS [--sample N] [--match RE] [--show N] [--jobs N]

Compares as the yardstick does in its area `run` (see `corpora`): standard output byte for byte,
exit status, the first line of a panic, and standard error where there is nothing else to see.
Each program runs in a child forked from a process that has imported the pipeline, under the
yardstick's time limit; how long and how much memory it took is told too.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from mkdocs_gomem.hosts import cli, commands
from tools import corpora

if TYPE_CHECKING:
    from collections.abc import Iterator

CRASHED = 125
"""Status of a child of ours that ended with an exception of Python."""
Verdict = Literal["right", "refused", "wrong"]
_CUT = re.compile(r"^(?:panic: |fatal error: |goroutine )", re.M)
_PLACE = re.compile(r"^\S+:\d+:\d+: ")


@dataclass(slots=True)
class Ran:
    """What came of one program."""

    name: str
    verdict: Verdict
    why: str
    """What differs, or the refusal; empty where all is equal."""
    seconds: float
    megabytes: float
    """Greatest resident size of the child; it begins with what it was forked from."""
    want: str = ""
    got: str = ""


@dataclass(slots=True)
class _Child:
    status: int
    out: str
    err: str
    seconds: float
    megabytes: float
    late: bool


def _in_child(path: Path, folder: Path) -> _Child:
    """Run `gomem run PATH` in a forked child whose outputs are files in `folder`."""
    out, err = folder / "out", folder / "err"
    began = time.perf_counter()
    child = os.fork()
    if child == 0:
        _become(path, folder, out, err)
    late = False

    def end(*_: object) -> None:
        nonlocal late
        late = True
        os.kill(child, signal.SIGKILL)

    signal.signal(signal.SIGALRM, end)
    signal.alarm(corpora.SECONDS)
    _, status, used = os.wait4(child, 0)
    signal.alarm(0)
    return _Child(
        os.waitstatus_to_exitcode(status),
        out.read_bytes().decode("utf-8", "replace"),
        err.read_bytes().decode("utf-8", "replace"),
        time.perf_counter() - began,
        used.ru_maxrss / 1024,
        late,
    )


def _become(path: Path, folder: Path, out: Path, err: Path) -> None:
    status = CRASHED
    try:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for descriptor, file in ((1, out), (2, err)):
            os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), descriptor)
        (folder / "cwd").mkdir()
        os.chdir(folder / "cwd")
        os.environ["TZ"] = "UTC"
        status = cli.main(["run", str(path)])
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the child must end here, whatever comes
        os.write(2, traceback.format_exc().encode())
    os._exit(status)


def compare(corpus: str, entry: dict[str, Any]) -> Ran:
    """Run one program of a corpus and hold it against compiled Go's run."""
    parity = corpora.yardstick()
    oracle = parity.oracle
    path = Path(parity.corpora.DIR) / corpus / entry["file"]
    text = path.read_text(encoding="utf-8", errors="surrogateescape")
    silent = "sentinel" in entry["tags"]
    if silent:
        text = parity.corpora.with_sentinel(text)
        want = oracle.run([(path.name, text)], nth=0)
    else:
        want = oracle.run_many([(path.name, text)], **parity.corpora.run_args(text))[0]
    folder = Path(tempfile.mkdtemp())
    try:
        ours = folder / path.name
        ours.write_text(text, encoding="utf-8", errors="surrogateescape")
        child = _in_child(ours, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    why = _difference(parity, want, child, entry["tags"])
    said = _PLACE.sub("", corpora.last_said(child.err))
    verdict: Verdict = "wrong"
    if not why:
        verdict = "right"
    elif child.status == commands.REFUSED and parity.REFUSED.search(child.err):
        verdict, why = "refused", said
    else:
        why = f"{why}: {said[:100]}"
    return Ran(
        entry["file"], verdict, why, child.seconds, child.megabytes,
        want["stdout"] + want["stderr"], child.out + child.err,
    )  # fmt: skip


def _difference(parity: Any, want: dict[str, Any], child: _Child, tags: list[str]) -> str:
    """Tell what of a run differs first, by the yardstick's rule; empty where nothing does."""
    silent = "sentinel" in tags
    if child.late:
        return "time"
    if child.status == CRASHED and "Traceback" in child.err:
        return "crash"
    if child.status < 0:
        return f"signal {-child.status}"
    if child.out != want["stdout"]:
        return "stdout"
    if child.status != want["code"]:
        return f"exit status {child.status}, not {want['code']}"
    if parity.oracle.panic_line(child.err) != parity.oracle.panic_line(want["stderr"]):
        return "panic"
    if silent and "gomem-sentinel-ok\n" not in child.err:
        return "sentinel"
    talks = want["stdout"] or want["code"] or silent or "stderr-varies" in tags
    if not talks and _CUT.split(child.err)[0] != _CUT.split(want["stderr"])[0]:
        return "stderr"
    return ""


def _compare(job: tuple[str, dict[str, Any]]) -> Ran:
    return compare(*job)


def measure(corpus: str, *, sample: int = 0, match: str = "", jobs: int = 2) -> list[Ran]:
    """Run the programs of a corpus, or so many spread over it, on some workers."""
    entries = corpora.chosen(corpus, "run", match, sample)
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        return pool.map(_compare, [(corpus, entry) for entry in entries], chunksize=1)


def report(corpus: str, runs: list[Ran], show: int) -> Iterator[str]:
    """Yield the lines of a report: causes, what is wrong, and the figure last."""
    by: dict[str, list[Ran]] = {"right": [], "refused": [], "wrong": []}
    for ran in runs:
        by[ran.verdict].append(ran)
    causes = Counter(re.sub(r"\d+", "N", ran.why)[:90] for ran in by["refused"])
    for cause, count in causes.most_common(40):
        yield f"  refused {count:4}  {cause}"
    for ran in by["wrong"]:
        yield f"  wrong  {ran.name}  {ran.why}"
    for ran in by["wrong"][:show]:
        yield f"--- {ran.name}\n want {ran.want[:600]!r}\n got  {ran.got[-600:]!r}"
    slow = sorted(runs, key=lambda ran: -ran.seconds)[:5]
    yield "  slowest: " + ", ".join(f"{ran.name} {ran.seconds:.1f} s" for ran in slow)
    large = sorted(runs, key=lambda ran: -ran.megabytes)[:5]
    yield "  largest: " + ", ".join(f"{ran.name} {ran.megabytes:.0f} MB" for ran in large)
    right, refused, wrong = (len(by[v]) for v in ("right", "refused", "wrong"))
    yield (
        f"run {corpus}: right {right} of {len(runs)} ({right / len(runs):.2%}), "
        f"refused {refused} ({refused / len(runs):.2%}), wrong {wrong} ({wrong / len(runs):.2%})"
    )


def main() -> None:
    """Measure one corpus."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    corpora.add_choice(parser)
    asked = parser.parse_args()
    runs = measure(asked.corpus, sample=asked.sample, match=asked.match, jobs=asked.jobs)
    for line in report(asked.corpus, runs, asked.show):
        print(line)


if __name__ == "__main__":
    main()
