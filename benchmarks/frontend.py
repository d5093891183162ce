"""How fast is the front end: checking against our own parse, first and later, small and large.

    python -m benchmarks.frontend

Prints what issue 4 asks for: the first snippet of a process, imports included; the same snippet
when the library is warm, as a multiple of its parse; the growth from 30 to 3,000 lines; memory.
Figures of a loaded machine mean little, ratios of one run mean more.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import front, syntax
from mkdocs_gomem.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

SNIPPET = """\
package main

import (
	"errors"
	"fmt"
	"strings"
)

var errEmpty = errors.New("empty")

type Word struct {
	Text  string
	Count int
}

func count(text string) (map[string]*Word, error) {
	words := map[string]*Word{}
	for _, field := range strings.Fields(strings.ToLower(text)) {
		word, ok := words[field]
		if !ok {
			word = &Word{Text: field}
			words[field] = word
		}
		word.Count++
	}
	if len(words) == 0 {
		return nil, fmt.Errorf("count: %w", errEmpty)
	}
	return words, nil
}

func main() {
	words, err := count("the quick the lazy")
	fmt.Println(len(words), err, errors.Is(err, errEmpty))
}
"""
"""A page's usual program."""

BODY = """\
type Word{n} struct {{
	Text  string
	Count int
}}

func count{n}(text string) (map[string]*Word{n}, error) {{
	words := map[string]*Word{n}{{}}
	for _, field := range strings.Fields(strings.ToLower(text)) {{
		word, ok := words[field]
		if !ok {{
			word = &Word{n}{{Text: field}}
			words[field] = word
		}}
		word.Count++
	}}
	if len(words) == 0 {{
		return nil, fmt.Errorf("count: %w", errEmpty)
	}}
	return words, nil
}}

"""
LINES_OF_BODY = BODY.count("\n")


def program(lines: int) -> SourceFile:
    """Write a valid program of about so many lines."""
    head, _, _ = SNIPPET.partition("type Word")
    bodies = (BODY.format(n=n) for n in range(max(1, (lines - 12) // LINES_OF_BODY)))
    return SourceFile("main.go", f"{head}{''.join(bodies)}func main() {{}}\n".encode())


def best(work: Callable[[], object], rounds: int) -> float:
    """Return the least milliseconds of several tries."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1e3


def peak() -> float:
    """Return the most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fresh() -> None:
    """Print what `gomem vet` takes from nothing, beside a Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "main.go")
        file.write_text(SNIPPET, encoding="utf-8")
        bare = best(lambda: started("-c", "pass"), 15)
        vet = best(lambda: started("-m", "mkdocs_gomem", "vet", str(file)), 15)
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"fresh process, {SNIPPET.count(chr(10))} lines, imports included: {vet:.0f} ms (bar 200),"
        f" {megabytes:.0f} MB; {vet / bare:.1f} times a Python that does nothing ({bare:.0f} ms)"
    )


def started(*arguments: str) -> None:
    """Let a fresh Python do something."""
    subprocess.run([sys.executable, *arguments], check=True)  # noqa: S603 - our own code


def main() -> None:
    """Measure everything."""
    fresh()
    file = SourceFile("main.go", SNIPPET.encode())
    front.check([file])
    parse = best(lambda: syntax.parse(file), 30)
    both = best(lambda: front.check([file]), 30)
    print(
        f"warm, {SNIPPET.count(chr(10))} lines: parse {parse:.2f} ms, check {both - parse:.2f} ms:",
        end="",
    )
    print(f" {(both - parse) / parse:.1f} times the parse (bar 12)")
    for lines in (30, 300, 3000):
        file = program(lines)
        count = file.text.count(b"\n")
        took = best(lambda file=file: front.check([file]), 5)  # type: ignore[misc]
        print(f"growth: {count:5} lines {took:8.1f} ms, {took / count * 1e3:.0f} µs a line")
    print(f"memory at the end: {peak():.0f} MB")


if __name__ == "__main__":
    main()
