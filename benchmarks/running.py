"""How fast does the machine run, beside the Go interpreter yaegi and beside itself?

    python -m benchmarks.running

Six small programs run in turn in ours and in yaegi (Debian's package `yaegi`), without the time
that either takes to read and compile them; then what bounds, recording, goroutines and deep
calls cost. Bars are those of issue 6 and of the project's `performance.md` (B1, B3–B5, B8, B9,
B11).
Ratios of one run mean most. A Python that was not built by profile (pyenv's default) takes a fifth
to a third longer than one that was (a distribution's); yaegi does not care.
"""

from __future__ import annotations

import enum
import gzip
import json
import math
import multiprocessing
import platform
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from benchmarks.decisions import SNIPPET
from mkdocs_gomem import machine, pipeline
from mkdocs_gomem.compiler import codegen
from mkdocs_gomem.lean import replace
from mkdocs_gomem.machine import Machine
from mkdocs_gomem.machine.bounds import Bounds
from mkdocs_gomem.machine.executable import GENERATED_FILE
from mkdocs_gomem.machine.replay import Recording
from mkdocs_gomem.source import Limits, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = Path(__file__).resolve().parent / "programs"
NAMES = ("loops", "fib", "bubble", "list", "map", "pingpong")
ROUNDS = 7
BESIDE = 15
"""Rounds beside yaegi: a machine that changes its speed has shown its best to both by then."""
UNBOUND = Limits(steps=1 << 60, recorded=0, memory=1 << 30)
SELF_TIMED = """

func main() {
	started := time.Now()
	timed()
	println(int(time.Since(started) / time.Microsecond))
}
"""

PARKED = """\
package main

import "time"

func main() {
	never := make(chan int)
	for range %d {
		go func() { <-never }()
	}
	time.Sleep(1)
}
"""
DEEP_HANDS = """\
package main

func deep(n int, ping, pong chan int) int {
	if n > 0 {
		return deep(n-1, ping, pong) + 1
	}
	total := 0
	for i := 0; i < 50000; i++ {
		ping <- i
		total += <-pong
	}
	return total
}

func main() {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v
		}
	}()
	println(deep(%d, ping, pong))
}
"""
RECURSION = """\
package main

func down(n int) int {
	if n == 0 {
		return 0
	}
	return down(n-1) + 1
}

func main() { println(down(%d)) }
"""
ENDLESS = """\
package main

func down(n int) int { return down(n+1) + 1 }

func main() { println(down(0)) }
"""
ASKING = """\
package main

func main() {
	a, b, turns := 1, 0, 0
	for turns != 300000 {
		a, b = b, (a+b)&0xffff
		turns++
	}
	println(a, b)
}
"""
STEPS = """\
package main

func main() {
	s := []int{5, 2, 9, 1, 7, 3, 8, 6, 4, 0, 5, 2, 9, 1, 7, 3, 8, 6, 4, 0}
	for i := 0; i < len(s); i++ {
		for j := 0; j < len(s)-1-i; j++ {
			if s[j] > s[j+1] {
				s[j], s[j+1] = s[j+1], s[j]
			}
		}
	}
	println(s[0], s[19])
}
"""


_TEN = "5, 2, 9, 1, 7, 3, 8, 6, 4, 0"
LONG_STEPS = STEPS.replace(f"{_TEN}, {_TEN}", ", ".join([_TEN] * 4))
ENDLESS_LOOPS = {
    "for {}": "for { }",
    "i++": "i := 0\n\tfor { i++ }",
    "a period of seven": "i := 0\n\tfor { i = (i + 1) % 7 }",
    "a map of 1,024": (
        "m := map[int]int{}\n\tfor i := range 1024 { m[i] = i }\n"
        "\tfor i := 0; ; i = (i + 1) & 3 { m[i] = i }"
    ),
    "select": "c := make(chan int)\n\tfor { select { case <-c: return; default: } }",
    "a list of 100": (
        "type node struct { next *node; v int }\n\tvar l *node\n"
        "\tfor range 100 { l = &node{l, 1} }\n"
        "\tfor { for p := l; p != nil; p = p.next { p.v ^= 1 } }"
    ),
}


def prepared(text: str, *, recorded: bool = False) -> tuple[Any, Any]:
    """Return a program ready to run: what codegen made, and the image."""
    decisions = pipeline.decide([SourceFile("main.go", text.encode())])
    made = codegen.generate(
        decisions.program, decisions.placements, plan=decisions.static, recorded=recorded
    )
    return made, decisions.image


def milliseconds(work: Callable[[], object]) -> float:
    """Time one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Return the least milliseconds of some calls."""
    return min(milliseconds(work) for _ in range(rounds))


def yaegi(text: str, folder: Path) -> float:
    """Return the milliseconds that yaegi needs for `main`, as the program itself measures."""
    text = text.replace("func main()", "func timed()")
    text = text.replace("package main", 'package main\n\nimport "time"', 1) + SELF_TIMED
    path = folder / "main.go"
    path.write_text(text)
    done = subprocess.run(["yaegi", "run", path], capture_output=True, text=True, check=True)  # noqa: S603, S607
    return int((done.stdout + done.stderr).split()[-1]) / 1e3


def beside_yaegi(folder: Path) -> None:
    """Print the six programs, each with its ratio."""
    print(f"Python {platform.python_version()}, {platform.python_compiler()}: {sys.executable}")
    ratios: dict[str, float] = {}
    for name in NAMES:
        text = (PROGRAMS / f"{name}.go").read_text()
        made, image = prepared(text)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(BESIDE):
            ours.append(milliseconds(lambda: machine.run(made, image, UNBOUND)))  # noqa: B023
            theirs.append(yaegi(text, folder))
        ratios[name] = min(theirs) / min(ours)
        print(
            f"{name:9} ours {min(ours):7.1f} ms, yaegi {min(theirs):7.1f} ms: {ratios[name]:.2f} "
            f"times its speed (medians {statistics.median(theirs) / statistics.median(ours):.2f})"
        )
    mean = math.exp(statistics.fmean(map(math.log, ratios.values())))
    print(f"B1: geometric mean {mean:.2f} (bar 1.3), least {min(ratios.values()):.2f} (bar 0.7), ")
    print(f"    calls {ratios['fib']:.2f} (bar 4)")


def start() -> None:
    """Print what a page's usual program costs from its decisions to the end of its run."""
    decisions = pipeline.decide([SourceFile("main.go", SNIPPET.encode())])
    for recorded, what in ((0, "not recorded"), (5_000, "recorded")):
        limits = Limits(recorded=recorded)
        took = [milliseconds(lambda: pipeline.execute(decisions, limits)) for _ in range(25)]  # noqa: B023
        print(
            f"start: code and run of {SNIPPET.count(chr(10))} lines, {what}: median "
            f"{statistics.median(took):.1f} ms, least {min(took):.1f} (bar 10)"
        )


def _without_budget(source: str) -> str:
    source = re.sub(r"\b(ticks|numbers)\(", "range(", source)
    source = re.sub(r"(?m)^( *)for _ in BG: break\n *else: Y\(\)", r"\1pass\n", source)
    return source.replace("for _ in BG:", "while True:")


def budget() -> None:
    """Print what counting steps costs: the same code with and without it."""
    programs = {name: (PROGRAMS / f"{name}.go").read_text() for name in ("bubble", "fib")}
    for name, text, bar in (
        ("loops that count", programs["bubble"], 1.2),
        ("loops that ask", ASKING, 1.2),
        ("fib", programs["fib"], 1.6),
    ):
        made, image = prepared(text)
        free, _ = prepared(text)
        free.main.source = _without_budget(free.main.source)
        free.main.codes.clear()
        with_it: list[float] = []
        without: list[float] = []
        for _ in range(ROUNDS):
            with_it.append(milliseconds(lambda: machine.run(made, image, UNBOUND)))  # noqa: B023
            without.append(milliseconds(lambda: machine.run(free, image, UNBOUND)))  # noqa: B023
        print(f"B3: counted {name}: {min(with_it) / min(without):.2f} times (bar {bar})")


def recording() -> None:
    """Print what recording costs, beside a run without, and beside Python's own tracing."""
    made, image = prepared(STEPS, recorded=True)
    limits = replace(UNBOUND, recorded=5_000)
    trace = machine.run(made, image, limits)
    bare = best(lambda: machine.run(made, image, UNBOUND), 25)
    full = best(lambda: machine.run(made, image, limits), 25)

    def look(frame: Any, *_: object) -> Any:
        if frame.f_code.co_filename == GENERATED_FILE:
            dict(frame.f_locals)
        return look

    def traced() -> None:
        sys.settrace(look)
        try:
            machine.run(made, image, UNBOUND)
        finally:
            sys.settrace(None)

    by_python = best(traced, 5)
    steps = len(trace.steps)
    print(
        f"B4: {steps} steps: {bare:.2f} ms, recorded {full:.2f} ms: {full / bare:.1f} times (bar "
        f"3), {(full - bare) * 1e3 / steps:.2f} µs a step (bar 0.15); Python's tracing "
        f"{(by_python - bare) / (full - bare):.1f} times dearer (bar 10)"
    )


def plain(value: Any) -> Any:
    """Return a snapshot as JSON has it, with nothing but its values."""
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, tuple):
        return [plain(part) for part in value]
    names = getattr(type(value), "__slots__", None)
    return value if names is None else [plain(getattr(value, name)) for name in names]


def kept() -> None:
    """Print how small a recorded run is, beside a snapshot of memory for each step.

    What is kept of a run is its log: all else follows from running it once more (decision 13).
    """
    made, image = prepared(LONG_STEPS, recorded=True)
    trace = machine.run(made, image, replace(UNBOUND, recorded=5_000))
    assert isinstance(trace, Recording)
    log = trace.log
    assert log is not None
    steps = len(trace.steps)
    words = [entry if isinstance(entry, int | str) else repr(entry) for entry in log.entries]
    small = json.dumps(words).encode()
    started = time.process_time()
    snapshots = [trace.at(number) for number in range(steps)]
    looked = (time.process_time() - started) * 1e6 / steps
    large = json.dumps([plain(snapshot) for snapshot in snapshots]).encode()
    packed = len(gzip.compress(large)) / len(gzip.compress(small))
    took = []
    for _ in range(ROUNDS):
        started = time.process_time()
        log.steps(made, [])
        took.append(time.process_time() - started)
    print(
        f"B5: {steps} steps: a log of {len(small) / 1024:.0f} KB, 1/{len(large) / len(small):.0f} "
        f"of the snapshots (bar 1/15), packed 1/{packed:.0f} (bar 1/4); worked out in "
        f"{min(took) * 1e6 / steps:.1f} µs a step (bar 5); a snapshot {looked:.0f} µs"
    )


def verdicts() -> None:
    """Print what it takes to say that a run never ends, once its bound is reached."""
    told: list[float] = []
    stop, end = Bounds.stop_at, Machine.end

    def stopping(bounds: Bounds, frame: Any) -> None:
        told.append(time.process_time())
        stop(bounds, frame)

    def ending(run: Machine, outcome: Any) -> None:
        end(run, outcome)
        told.append(time.process_time())

    for name, body in ENDLESS_LOOPS.items():
        made, image = prepared(f"package main\n\nfunc main() {{\n\t{body}\n}}\n")
        took, outcome = [], None
        with (
            mock.patch.object(Bounds, "stop_at", stopping),
            mock.patch.object(Machine, "end", ending),
        ):
            for _ in range(5 * ROUNDS):
                told.clear()
                outcome = machine.run(made, image, Limits(steps=30_000, recorded=0)).outcome
                took.append(told[-1] - told[0])
        assert outcome is not None
        print(f"B11: {name}: {min(took) * 1e3:.2f} ms (bar 1): {outcome.message} {outcome.period}")

    deadlock, image = prepared("package main\n\nfunc main() { <-make(chan int) }\n")
    nothing, _ = prepared("package main\n\nfunc main() { println(cap(make(chan int))) }\n")
    least = []
    for made in (deadlock, nothing):
        took = []
        for _ in range(5 * ROUNDS):
            started = time.process_time()
            machine.run(made, image, Limits(recorded=0))
            took.append(time.process_time() - started)
        least.append(min(took))
    print(f"B11: a deadlock: {max(least[0] - least[1], 0) * 1e3:.2f} ms (bar 1)")


def grown(work: Callable[[], object]) -> float:
    """Return the megabytes by which a process grows: a forked one, so that its peak is its own."""
    here, there = multiprocessing.Pipe(duplex=False)

    def measured() -> None:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        work()
        there.send((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)

    child = multiprocessing.get_context("fork").Process(target=measured)
    child.start()
    megabytes: float = here.recv()
    child.join()
    return megabytes


def goroutines(folder: Path) -> None:
    """Print what goroutines cost: parked ones, hand-overs, and these deep in calls."""
    limits = replace(UNBOUND, goroutines=50_000)
    peaks = []
    for count in (20_000, 30_000):  # fewer find room that the compiler has left behind
        made, image = prepared(PARKED % count)
        peaks.append(grown(lambda: machine.run(made, image, limits)))  # noqa: B023
    kilobytes = (peaks[1] - peaks[0]) * 1024 / 1e4
    print(f"B8: 10,000 more parked goroutines: {kilobytes:.1f} KB each (bar 10)")
    took = {}
    for depth in (1, 100):
        made, image = prepared(DEEP_HANDS % depth)
        took[depth] = best(lambda: machine.run(made, image, UNBOUND))  # noqa: B023
    theirs = min(yaegi(DEEP_HANDS % 1, folder) for _ in range(ROUNDS))
    print(
        f"B8: a hand-over {took[1] * 10:.0f} ns, {took[1] / theirs:.2f} times yaegi's (bar 2); "
        f"100 calls deep {took[100] / took[1]:.2f} times (bar 2)"
    )


def depth() -> None:
    """Print what deep recursion costs."""
    made, image = prepared(RECURSION % 1_000_000)
    deep = replace(UNBOUND, depth=1_100_000)
    took = milliseconds(lambda: machine.run(made, image, deep))
    megabytes = grown(lambda: machine.run(made, image, deep))
    print(f"B9: 1,000,000 calls deep: {took / 1e3:.2f} s (bar 1.5), {megabytes:.0f} MB (bar 200)")
    made, image = prepared(ENDLESS)
    limits = replace(Limits(), recorded=0)
    print(f"B9: endless recursion told in {best(lambda: machine.run(made, image, limits)):.0f} ms")


def main() -> None:
    """Measure everything."""
    if shutil.which("yaegi") is None:
        raise SystemExit("benchmarks.running: no yaegi here; install Debian's package `yaegi`")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        beside_yaegi(folder)
        start()
        budget()
        recording()
        kept()
        verdicts()
        goroutines(folder)
        depth()


if __name__ == "__main__":
    main()
