"""Programs that use std widely: do they print, byte for byte, what go1.27.3 prints?

One test for each case in `cases/std`, recorded by `make oracle`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem import machine, pipeline
from mkdocs_gomem.compiler import codegen
from mkdocs_gomem.source import Limits, Rejected, SourceFile, file_of, line_of
from tests import txtar

if TYPE_CHECKING:
    from mkdocs_gomem.machine.trace import Trace

CASES = sorted((Path(__file__).parent / "cases" / "std").glob("*.txtar"))


def run(source: str) -> Trace:
    decisions = pipeline.decide([SourceFile("main.go", source.encode())])
    return pipeline.execute(decisions, Limits())


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_std(path: Path) -> None:
    archive = txtar.read(path)
    trace = run(archive.sources["main.go"])
    assert txtar.ended(trace.stdout.decode()) == archive.sections["go/stdout"]
    assert f"{trace.outcome.status}\n" == archive.sections["go/exit"]


REFUSED = {
    'file "x"': 'import ("fmt"; "os")\nfunc main() {\n\tfmt.Println(os.ReadFile("x"))\n}\n',
    'file "y/z"': 'import "os"\nfunc main() {\n\tos.MkdirAll("y/z", 0o700)\n}\n',
    "os.Hostname": 'import "os"\nfunc main() {\n\tos.Hostname()\n}\n',
    "os.Getwd": 'import "os"\nfunc main() {\n\tos.Getwd()\n}\n',
    "os.Executable": 'import "os"\nfunc main() {\n\tos.Executable()\n}\n',
    "testing.Benchmark": 'import "testing"\nfunc main() {\n\ttesting.Benchmark(nil)\n}\n',
    "waiting for a pipe that nobody uses any more": (
        'import "os"\nfunc main() {\n\tr, _, _ := os.Pipe(); r.Read(make([]byte, 1))\n}\n'
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_authors_line(name: str) -> None:
    with pytest.raises(Rejected) as caught:
        run(f"package main\n{REFUSED[name]}")
    first = caught.value.diagnostics[0]
    assert caught.value.unsupported
    assert (file_of(first.pos), line_of(first.pos)) == ("main.go", 4)
    assert f"not supported: {name}" in first.message


def test_the_monotonic_clock_starts_with_the_program() -> None:
    trace = run(
        'package main\nimport ("fmt"; "time")\n'
        "func main() {\n\ttime.Sleep(time.Second)\n\tfmt.Println(time.Now())\n}\n"
    )
    assert trace.stdout.endswith(b":00:01 +0000 UTC m=+1.000000001\n")


@pytest.mark.parametrize(("letter", "asked"), [("a", False), ("λ", True)])
def test_tables_are_written_when_somebody_asks_for_them(letter: str, *, asked: bool) -> None:
    source = (
        'package main\nimport ("fmt"; "unicode")\n'
        f'func main() {{\n\tfor _, r := range "{letter}" {{\n\t\tfmt.Println(unicode.IsLower(r))'
        "\n\t}\n}\n"
    )
    decisions = pipeline.decide([SourceFile("main.go", source.encode())])
    executable = codegen.generate(decisions.program, decisions.placements, plan=decisions.static)
    assert machine.run(executable, decisions.image, Limits()).stdout == b"true\n"
    assert any("unicode_Lower_init" in name for name in executable.chunks) == asked


def test_who_has_waited_for_a_pipe_before_may_be_part_of_a_deadlock() -> None:
    trace = run(
        'package main\nimport ("fmt"; "os"; "runtime")\n'
        "func main() {\n\tr, w, _ := os.Pipe()\n\tdone := make(chan int)\n"
        "\tgo func() { fmt.Println(r.Read(make([]byte, 1))) }()\n"
        '\truntime.Gosched()\n\tw.WriteString("x")\n\t<-done\n}\n'
    )
    assert trace.stdout == b"1 <nil>\n"
    assert trace.outcome.message == "fatal error: all goroutines are asleep - deadlock!"
