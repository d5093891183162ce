"""IR beside gc's own: what `lower` makes, what `prepare` leaves, and what must always hold."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mkdocs_gomem import source
from mkdocs_gomem.compiler import checker, ir, library, syntax
from mkdocs_gomem.compiler.ir import copy, fmt, nodes, sanity, typefmt
from mkdocs_gomem.gotypes import objects, types
from tests import txtar
from tests.ir import gcdump

CASES = Path(__file__).parents[1] / "cases"
DUMPED = sorted((CASES / "ir").glob("*.txtar"))
PROGRAMS = sorted((CASES / "programs").glob("*.txtar"))
dumping = sys.modules["mkdocs_gomem.compiler.ir.dump"]


def lower(files: dict[str, str]) -> ir.Program:
    parsed = [
        syntax.parse(source.SourceFile(name, text.encode("utf-8", "surrogateescape")))
        for name, text in files.items()
    ]
    info = checker.check(parsed, library.standard())
    return ir.lower(parsed, info, library.standard())


def sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("func "):
            current = found.setdefault(line.removeprefix("func "), [])
        else:
            current.append(line[1:])
    return found


def compare(program: ir.Program, recorded: str) -> None:
    ours = {func.name: func for func in program.funcs}
    theirs = sections(recorded)
    seen = 0
    for name, lines in theirs.items():
        func = ours.get(name)
        if func is None:
            # Literals are dumped with the function around them; of std's generic types only
            # the methods that are called are instantiated.
            assert ".func" in name or "-range" in name or "wrap" in name or "." in name, name
            continue
        seen += 1
        assert gcdump.reduce_ours(dumping.func(func)) == lines, name
    assert seen
    own = {name for name, func in ours.items() if "." not in name.partition("[")[0]}
    assert own <= theirs.keys()


@pytest.mark.parametrize("path", DUMPED, ids=lambda path: path.stem)
def test_dump(path: Path) -> None:
    archive = txtar.read(path)
    program = lower({"main.go": archive.sections["main.go"]})
    sanity.check(program)
    if "go/inline" in archive.sections:
        compare(program, archive.sections["go/inline"])
    ir.prepare(program)
    sanity.check(program)
    if "go/escape" in archive.sections:
        compare(program, archive.sections["go/escape"])


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_sanity(path: Path) -> None:
    archive = txtar.read(path)
    try:
        program = lower(archive.sources)
    except source.Rejected:
        if "go/errors" not in archive.sections:
            raise
        return
    sanity.check(program)
    for func in program.funcs:
        assert dumping.func(func)
    ir.prepare(program)
    sanity.check(program)


@pytest.mark.parametrize("path", ["errors", "sort", "container/list"])
def test_std_bodies(path: str) -> None:
    """Every body of a std package lowers; none is changed by being read."""
    lib = library.standard()
    pkg = lib.package(path)
    assert pkg is not None
    count = 0
    for obj in pkg.scope.objects():
        found: list[objects.Func] = []
        if isinstance(obj, objects.Func):
            found = [obj]
        elif isinstance(obj, objects.TypeName) and isinstance(obj.type, types.Named):
            found = obj.type.methods
        program = lower({"main.go": f'package main\n\nimport _ "{path}"\n\nfunc main() {{}}\n'})
        for method in found:
            if method.signature.type_params or method.signature.recv_type_params:
                continue
            func = ir.body_of(program.lowerer.func_of(method), lib)
            sanity.check_func(func)
            count += 1
    assert count > 3


COPIED = """package main

func outer(n int, s []int) func() int {
	total := 0
	for i, x := range s {
		total += x * i
		if total > n {
			continue
		}
	}
	return func() int { total++; return total + n }
}

func main() { println(outer(1, nil)()) }
"""


def test_copy() -> None:
    """A copy has its own nodes, variables and literals, and reads like the original."""
    program = lower({"main.go": COPIED})
    outer, main = program.funcs
    mark = nodes.Mark(main.pos, outer, None)
    copier = copy.Copier(main, mark)
    body = copier.stmts(outer.body)
    before = [dumping.node(item) for item in outer.body]
    assert [dumping.node(item) for item in body] == before
    main.body = body
    main.dcl = [copier.local(name) for name in outer.dcl]
    sanity.check_func(main)
    sanity.check(ir.Program("main", [outer, main], {}, [], [], [], None, main))
    total = next(name for name in main.dcl if name.name == "total")
    assert total.copied_from in outer.dcl
    assert total.curfn is main
    assert total.defn is body[0]
    assert nodes.outermost(body[0]) == main.pos
    literal = main.closures[-1]
    assert literal.inlined_copy_of is outer.closures[0]
    assert literal.closure_vars[0].outer is total
    assert [dumping.node(item) for item in outer.body] == before


PRINTED = """package main

type T struct{ a, b int }

func f(xs ...any) []any { return xs }

func main() {
	x, p := 3, &T{1, 2}
	b := []byte("ab")
	use := func(xs ...any) {}
	use(x+1 << 2)
	use(-x, !(x > 2), ^x)
	use((x+1)*2)
	use(&T{a: 1})
	use(T{})
	use([]int{1})
	use(b[1:x], b[:1:2])
	use(string(b))
	use([]byte("x"))
	use(p.a)
	use(*p)
	use(make([]int, x, 10))
	use(make(map[string]int))
	use(f(1, "a"), f())
	use('x', 1.5, int8(3), 1<<40, "text")
	use(any(x).(int))
	use(func() {})
	use(len(b), append(b, 'c'))
	use(struct{}{}, map[string][]*T{}, (func(int) string)(nil))
}
"""
WANTED = [
    "x + 4",
    "-x, !(x > 2), ^x",
    "(x + 1) * 2",
    "&T{...}",
    "T{}",
    "[]int{...}",
    "b[1:x], b[:1:2]",
    "string(b)",
    '([]byte)("x")',
    "p.a",
    "*p",
    "make([]int, x, 10)",
    "make(map[string]int)",
    "f(... argument...), f(nil...)",
    "'x', 1.5, int8(3), 1099511627776, \"text\"",
    "any(x).(int)",
    "func literal",
    "len(b), append(b, byte(99))",
    "struct {}{}, map[string][]*T{}, (func(int) string)(nil)",
]


def test_print() -> None:
    """Nodes print as in gc's messages."""
    program = lower({"main.go": PRINTED})
    main = program.main
    assert main is not None
    printed = []
    for stmt in main.body:
        if isinstance(stmt, nodes.ExprStmt) and isinstance(stmt.x, nodes.CallExpr):
            packed = stmt.x.args[0]
            assert isinstance(packed, nodes.CompLitExpr)
            printed.append(fmt.node_list(packed.elems))
    assert printed == WANTED


def test_types() -> None:
    """Types print as gc prints them, not as the type checker does."""
    text = """package main
type L[T any] struct{ x T }
var a interface{}
var b any
var c struct{ x int; Y string `tag` }
var d map[string][]func(int, ...string) (error, byte)
var e L[L[int]]
var f <-chan (<-chan int)
var g interface{ m(); M(int) }
func main() {}
"""
    program = lower({"main.go": text})
    found = [typefmt.type_string(name.type) for name in program.globals]
    assert found == [
        "interface {}",
        "any",
        'struct { x int; Y string "tag" }',
        "map[string][]func(int, ...string) (error, byte)",
        "L[main.L[int]]",
        "<-chan <-chan int",
        "interface { M(int); main.m() }",
    ]
