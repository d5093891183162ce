"""How fast are decisions, beside the compiler they follow, and do they grow with the program?

    python -m benchmarks.decisions

Prints what issue 5 asks for: the decisions of a 60-line snippet in a warm process, front end
included, and `go build -gcflags=-m` of the same source in the same run, each time with a comment
that makes it new; the growth from 100 to 10,000 lines. Ratios of one run mean most.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.source import SourceFile
from tools import oracle

if TYPE_CHECKING:
    from collections.abc import Callable

SNIPPET = """\
package main

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

type account struct {
	owner   string
	balance int
	history []string
}

var errPoor = errors.New("not enough money")

func open(owner string) *account {
	return &account{owner: owner}
}

func (a *account) deposit(amount int) {
	a.balance += amount
	a.history = append(a.history, fmt.Sprintf("+%d", amount))
}

func (a *account) withdraw(amount int) error {
	if amount > a.balance {
		return fmt.Errorf("%s: %w", a.owner, errPoor)
	}
	a.balance -= amount
	a.history = append(a.history, fmt.Sprintf("-%d", amount))
	return nil
}

type bank map[string]*account

func (b bank) owners() []string {
	var names []string
	for name := range b {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func report(b bank) string {
	var text strings.Builder
	for _, name := range b.owners() {
		fmt.Fprintf(&text, "%s: %d\\n", name, b[name].balance)
	}
	return text.String()
}

func main() {
	b := bank{}
	for _, name := range []string{"ann", "bob"} {
		b[name] = open(name)
		b[name].deposit(100)
	}
	err := b["bob"].withdraw(500)
	fmt.Println(errors.Is(err, errPoor), err)
	fmt.Print(report(b))
}
"""
"""A page's usual program, with the library that such pages use."""

BODY = """\
type item{n} struct {{
	name string
	next *item{n}
}}

func push{n}(head *item{n}, name string) *item{n} {{
	return &item{n}{{name: name, next: head}}
}}

func count{n}(head *item{n}, keep func(string) bool) (total int) {{
	for ; head != nil; head = head.next {{
		if keep(head.name) {{
			total++
		}}
	}}
	return total
}}

func use{n}() {{
	var head *item{n}
	for i := range 3 {{
		head = push{n}(head, fmt.Sprint("item", i))
	}}
	limit := {n}
	fmt.Println(count{n}(head, func(name string) bool {{ return len(name) > limit }}))
}}

"""
LINES_OF_BODY = BODY.count("\n")
ROUNDS = 15


def program(lines: int) -> SourceFile:
    """Write a program of about so many lines."""
    count = max(1, (lines - 5) // LINES_OF_BODY)
    bodies = "".join(BODY.format(n=n) for n in range(count))
    text = f'package main\n\nimport "fmt"\n\n{bodies}func main() {{ use0() }}\n'
    return SourceFile("main.go", text.encode())


def took(work: Callable[[], object]) -> float:
    """Return the milliseconds of one call."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1e3


def beside_go() -> tuple[float, float]:
    """Return the median milliseconds of our decisions and of gc's, taken in turn."""
    go = oracle.Toolchain(oracle.find_go())
    ours: list[float] = []
    theirs: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "main.go"
        for number in range(ROUNDS + 1):
            text = f"// new: {time.monotonic_ns()} {number}\n{SNIPPET}"
            file = SourceFile("main.go", text.encode())
            path.write_text(text)
            ours.append(took(lambda file=file: pipeline.decide([file])))  # type: ignore[misc]
            build = ["build", "-gcflags=-m", "-o", str(path.with_suffix("")), path.name]
            theirs.append(took(lambda build=build: go.call(build, Path(folder))))  # type: ignore[misc]
    return statistics.median(ours[1:]), statistics.median(theirs[1:])


def main() -> None:
    """Measure everything."""
    file = SourceFile("main.go", SNIPPET.encode())
    pipeline.decide([file])
    again = statistics.median(took(lambda: pipeline.decide([file])) for _ in range(3 * ROUNDS))
    print(f"warm, {SNIPPET.count(chr(10))} lines, one after the other: {again:.1f} ms (bar 25)")
    ours, theirs = beside_go()
    print(
        f"in turn with go build -gcflags=-m of new source: {ours:.1f} ms, go {theirs:.0f} ms",
        end="",
    )
    print(f": {theirs / ours:.1f} times ours (bar 10, aim 20)")
    for lines in (100, 1_000, 10_000):
        file = program(lines)
        count = file.text.count(b"\n")
        pipeline.decide([file])
        best = min(took(lambda file=file: pipeline.decide([file])) for _ in range(3))  # type: ignore[misc]
        print(f"growth: {count:6} lines {best:9.1f} ms, {best / count * 1e3:.0f} µs a line")


if __name__ == "__main__":
    main()
