"""Functions of std are written once in a process; further programs link them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler.codegen import function, program, units
from mkdocs_gomem.source import Limits, SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from mkdocs_gomem.compiler import ir
    from mkdocs_gomem.compiler.codegen.text import Writer
    from mkdocs_gomem.machine.trace import Trace

FIRST = """package main

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"text/tabwriter"
)

var once = sync.OnceValue(func() int { fmt.Println("once"); return 7 })

func main() {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "a\\tbcd\\t")
	fmt.Fprintln(w, "long\\tx\\t")
	w.Flush()
	fmt.Print(text.String(), once(), once(), "\\n")
	var list strings.Builder
	for part := range strings.SplitSeq("x,y,z", ",") {
		list.WriteString(part)
	}
	fmt.Println(list.String(), errors.Join(errors.New("one"), errors.New("two")))
}
"""
OTHER_NUMBERS = """
type (
	first  struct{ a, b int; c []string }
	second [3]first
)

func (f first) String() string { return fmt.Sprint(f.a, f.b) }

func init() {
	m := map[string]second{"k": {{a: 1}, {b: 2}}}
	fmt.Println(m["k"][1], len(m))
}
"""
SCANNER = """package main

import (
	"fmt"
	"go/scanner"
	"go/token"
)

func main() {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", 1, 3), []byte("a+b"), nil, 0)
	_, found, _ := s.Scan()
	fmt.Println(found)
}
"""


def executed(text: str) -> Trace:
    decisions = pipeline.decide([SourceFile("main.go", text.encode())])
    return pipeline.execute(decisions, Limits(recorded=0))


def test_what_one_program_had_written_others_link(monkeypatch: pytest.MonkeyPatch) -> None:
    said = "     a  bcd\n  long    x\n7 7\nxyz one\ntwo\n"
    assert executed(FIRST).stdout.decode() == "once\n" + said
    written: list[str] = []

    def noted(made: program.Generator, func: ir.Func) -> Writer:
        if not (func.is_local or func.is_package_init):
            written.append(func.link_name)
        return write(made, func)

    write = function.write
    monkeypatch.setattr(function, "write", noted)
    second = FIRST.replace("func main()", OTHER_NUMBERS + "\nfunc main()")
    assert executed(second).stdout.decode() == "0 2 1\nonce\n" + said
    assert written == []


def test_what_a_function_asks_twice_is_asked_once_in_its_order(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[list[units.Request]] = []
    made: list[units.Unit] = []

    @contextmanager
    def listening(generator: program.Generator) -> Iterator[list[units.Request]]:
        with listen(generator) as requests:
            asked.append(requests)
            yield requests

    def written(generator: program.Generator, func: ir.Func) -> units.Linked:
        linked = write(generator, func)
        made.append(linked.unit)
        return linked

    listen, write = program.Generator.listening, units._written
    monkeypatch.setattr(program.Generator, "listening", listening)
    monkeypatch.setattr(units, "_written", written)
    assert executed(SCANNER).stdout == b"IDENT\n"
    assert made
    for requests, unit in zip(asked, made, strict=True):
        names = dict.fromkeys(request.name for request in requests if request.name)
        assert [request.name for request in unit.requests if request.name] == [*names]
