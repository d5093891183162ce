"""How fast does the machine run, beside the Go interpreter yaegi and beside itself?

    python -m benchmarks.running

Six small programs run in turn in ours and in yaegi (Debian's package `yaegi`), without the time
that either takes to read and compile them; then what bounds, recording, goroutines and deep
calls cost. Bars are those of issue 6 and of the project's `performance.md` (B1, B3, B4, B8, B9).
Ratios of one run mean most.
"""

from __future__ import annotations

import math
import multiprocessing
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

from benchmarks.decisions import SNIPPET
from mkdocs_gomem import machine, pipeline
from mkdocs_gomem.compiler import codegen
from mkdocs_gomem.lean import replace
from mkdocs_gomem.source import Limits, SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = Path(__file__).resolve().parent / "programs"
NAMES = ("loops", "fib", "bubble", "list", "map", "pingpong")
ROUNDS = 7
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
    ratios: dict[str, float] = {}
    for name in NAMES:
        text = (PROGRAMS / f"{name}.go").read_text()
        made, image = prepared(text)
        ours: list[float] = []
        theirs: list[float] = []
        for _ in range(ROUNDS):
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
    source = re.sub(r"(?m)^( *)for _ in BG: break\n *else: Y\(\)", r"\1pass\n", source)
    return source.replace("for _ in BG:", "while True:")


def budget() -> None:
    """Print what counting steps costs: the same code with and without it."""
    for name, bar in (("loops", 1.2), ("fib", 1.6)):
        made, image = prepared((PROGRAMS / f"{name}.go").read_text())
        free, _ = prepared((PROGRAMS / f"{name}.go").read_text())
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
        if frame.f_code.co_filename == "<gomem>":
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
        goroutines(folder)
        depth()


if __name__ == "__main__":
    main()
