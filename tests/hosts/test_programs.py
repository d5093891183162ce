"""What several blocks of code, or an archive, make together, and that places stay the author's."""

from __future__ import annotations

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import front, syntax
from mkdocs_gomem.hosts.completion import Form
from mkdocs_gomem.hosts.programs import Block, Program, make
from mkdocs_gomem.source import Limits, Place, Rejected

TYPE = "type Stack struct {\n\titems []int\n}\n"
PUSH = "func (s *Stack) Push(v int) {\n\ts.items = append(s.items, v)\n}\n"
USE = "s := &Stack{}\ns.Push(1)\n"
SHOW = "s.Push(2)\nfmt.Println(s.items)\n"


def program(*texts: str) -> Program:
    return make([Block(text) for text in texts])


def archived(text: str) -> Program:
    return make([Block(text, is_archive=True)])


def output(made: Program) -> str:
    assert made.complaint is None
    assert made.errors == ()
    decisions = pipeline.decide_to_run(made.files)
    return pipeline.execute(decisions, Limits(), made.places).stdout.decode()


def errors(made: Program) -> dict[str, Place]:
    with pytest.raises(Rejected) as rejected:
        front.check(made.files)
    return {each.message: made.places.place(each.pos) for each in rejected.value.diagnostics}


def complaint(made: Program) -> tuple[str, Place]:
    assert made.complaint is not None
    return made.complaint.message, made.complaint.place


# --- groups

GROUPS = {
    "a type, a method, statements": ([TYPE, PUSH, USE + SHOW], "[1 2]\n"),
    "statements in two blocks share a scope": ([TYPE, USE, PUSH, SHOW], "[1 2]\n"),
    "one block": (["fmt.Println(1)"], "1\n"),
    "statements that do not end their line": (["x := 1 // one", "fmt.Println(x) // two"], "1\n"),
    "a whole program and declarations": (
        [
            'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println(f()) }\n',
            "func f() int { return 3 }",
        ],
        "3\n",
    ),
    "main stands first, and what it calls after it": (
        ["func main() { fmt.Println(twice(4)) }", "func twice(n int) int { return 2 * n }"],
        "8\n",
    ),
    "imports of the first block serve all": (
        [
            'package main\n\nimport (\n\t"fmt"\n\tstr "strings"\n)\n',
            "func loud(s string) string { return str.ToUpper(s) }",
            'fmt.Println(loud("a"))',
        ],
        "A\n",
    ),
    "an import that two blocks use": (
        ['import "fmt"\n\nfunc f() { fmt.Print(1) }', "f()\nfmt.Print(2)"],
        "12",
    ),
    "a block of imports alone": (['import "os"; import "fmt"', 'fmt.Print("x")\nos.Exit(0)'], "x"),
    "imports on one line, one of them idle": (
        ['import ( "fmt"; "os" )\nfunc f() { os.Exit(0) }', "fmt.Print(3)\nf()"],
        "3",
    ),
    "a clause without the import that a later block has": (
        ["package main // here\n\nfunc f() { r.Print(5) }", 'import r "fmt"', "f()"],
        "5",
    ),
    "which rand": (['import "math/rand/v2"', "fmt.Print(rand.NewPCG(1, 2) != nil)"], "true"),
    "a name of the package is no package": (
        [
            "var log = []string{}",
            "log = append(log, `x`)\nfmt.Print(len(log))",
            "type sort struct{ a int }",
        ],
        "1",
    ),
    "a variable of statements, used by a declaration": (
        ["n := 4", "var p = &n", "*p = 5\nfmt.Print(n)"],
        "5",
    ),
    "a declaration that uses no such variable is the package's": (
        ["n := 4", "var count = 7", "func get() int { return count }", "fmt.Print(n, get())"],
        "4 7",
    ),
    "a field that is called like a variable is none": (
        [
            "n := 4",
            "type T struct{ n int }",
            "func f(t T) int { return t.n }",
            "fmt.Print(n, f(T{n: 2}))",
        ],
        "4 2",
    ),
    "variables are initialized in the order of the page": (
        [f"var v{n} = say({n})" for n in range(1, 12)]
        + ["func say(n int) int { fmt.Print(n, ` `); return n }", "fmt.Print(`main`)"],
        "1 2 3 4 5 6 7 8 9 10 11 main",
    ),
    "a block of nothing but a remark": (["// nothing yet", "fmt.Print(1)"], "1"),
}  # fmt: skip


@pytest.mark.parametrize(("texts", "printed"), GROUPS.values(), ids=GROUPS)
def test_a_group_is_one_program(texts: list[str], printed: str) -> None:
    made = program(*texts)
    assert output(made) == printed
    assert made.form in (Form.PROGRAM, Form.STATEMENTS)
    assert made.places.blocks == len(texts)


@pytest.mark.parametrize(("texts", "printed"), GROUPS.values(), ids=GROUPS)
def test_every_name_is_found_where_the_author_wrote_it(texts: list[str], printed: str) -> None:
    del printed
    made = program(*texts)
    seen = 0
    for file in made.files:
        nodes: list[syntax.Node] = [syntax.parse(file)] if len(texts) > 1 else []
        while nodes:
            node = nodes.pop()
            nodes += [child for _, child in syntax.children(node)]
            if not isinstance(node, syntax.Name) or node.value == "_":
                continue
            block, line, column = made.places.place(node.pos)
            lines = texts[block - 1].split("\n")
            text = lines[line - 1].encode()[column - 1 :].decode() if line <= len(lines) else ""
            if text.startswith(node.value):
                seen += 1
            else:
                # What was supplied stands before the first line, and has no other place than it.
                assert (line, column) == (1, 1) or f"; import {node.value}" in file.text.decode()
    assert seen > 1 or len(texts) == 1


def test_declarations_alone_are_not_run() -> None:
    made = program(TYPE, PUSH)
    assert made.form is Form.DECLARATIONS
    front.check(made.files)
    assert program("package shapes\n\ntype T int", "func main() {}").form is Form.DECLARATIONS


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([TYPE, USE, "ä := 1\nb := 2\n_ = ä"], {"declared and not used: b": Place(3, 2, 1)}),
        (["func f() { undefined1() }", "f()"], {"undefined: undefined1": Place(1, 1, 12)}),
        ([USE, "y := undefined1"], {"undefined: Stack": Place(1, 1, 7)}),
        (["x := 1", "x := 2\n_ = x"], {"no new variables on left side of :=": Place(2, 1, 3)}),
        (['import "os"', "println(1)"], {'"os" imported and not used': Place(1, 1, 8)}),
        (
            ['package main\n\nimport "os"\n', "f()", "func g() {}"],
            {'"os" imported and not used': Place(1, 3, 8), "undefined: f": Place(2, 1, 1)},
        ),
    ],
)
def test_errors_of_a_group_stand_in_their_block(
    texts: list[str], expected: dict[str, Place]
) -> None:
    found = errors(program(*texts))
    assert {message: found.get(message) for message in expected} == expected


@pytest.mark.parametrize(
    ("made", "line"),
    [
        (program("func f() {\n\tpanic(1)\n}", "f()"), "line 2 of block 1"),
        (archived("-- a.go --\nfunc f() {\n\tpanic(1)\n}\n-- b.go --\nf()"), "line 2 of a.go"),
        (program("panic(1)"), "line 1"),
        (archived("-- a.go --\nx := 1\n-- b.go --\n\npanic(x)"), "line 2 of b.go"),
    ],
)
def test_the_runtime_names_the_line_as_readers_know_it(made: Program, line: str) -> None:
    trace = pipeline.execute(pipeline.decide_to_run(made.files), Limits(), made.places)
    assert f"goroutine 1 [running]:\n\t{line}\nexit" in trace.stderr.decode()


@pytest.mark.parametrize(
    ("texts", "form", "place"),
    [
        ([TYPE, "x := ", USE], Form.BROKEN, Place(2, 1, 5)),
        ([TYPE, "func f() {\n\t...\n}", "x :="], Form.ELIDED, Place(2, 2, 2)),
        ([TYPE, "if x {", "}"], Form.BROKEN, Place(2, 1, 7)),
    ],
)
def test_the_first_block_that_cannot_be_read_is_named(
    texts: list[str], form: Form, place: Place
) -> None:
    made = program(*texts)
    assert made.form is form
    found = made.places.place(made.errors[0].pos)
    assert found[:2] == place[:2]
    assert abs(found.column - place.column) <= 1


@pytest.mark.parametrize(
    ("texts", "message", "place"),
    [
        (
            ["func main() {}", "// x\nfunc main() {}"],
            "a second main: there is one in line 1 of block 1",
            Place(2, 2, 6),
        ),
        (
            ["// x\n\nfunc main() {}", TYPE, USE],
            "these statements would be a second main: there is one in line 3 of block 1",
            Place(3, 1, 1),
        ),
        (
            ["package main\n", "package stack\n\ntype T int"],
            "package stack: the code before it is package main",
            Place(2, 1, 9),
        ),
        (
            ["package stack\n\ntype T int", "println(1)"],
            "these statements need a main to run in, and package stack has none",
            Place(2, 1, 1),
        ),
    ],
)
def test_what_is_no_program_says_why(texts: list[str], message: str, place: Place) -> None:
    made = program(*texts)
    assert complaint(made) == (message, place)
    assert made.complaint is not None
    assert made.complaint.help


# --- archives

TWO = "-- main.go --\npackage main\n\nfunc main() { println(one()) }\n-- b.go --\npackage main\n\n"
TWO += "func one() int { return undefined1 }\n"


def test_an_archive_is_several_files() -> None:
    made = archived(TWO.replace("undefined1", "1"))
    assert [file.name for file in made.files] == ["b.go", "main.go"], "as go build takes them"
    assert made.heads == ((1, 1), (1, 5))
    assert output(made) == ""
    assert errors(archived(TWO)) == {"undefined: undefined1": Place(1, 8, 25)}


def test_places_in_an_archive_are_words() -> None:
    made = archived(TWO)
    with pytest.raises(Rejected) as rejected:
        front.check(made.files)
    (error,) = rejected.value.diagnostics
    assert made.places.words(error.pos) == "line 3 of b.go", "as gc counts"
    assert made.places.prefix(error.pos) == "b.go:3:25"
    assert made.places.unit == "file"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (TWO.replace("undefined1", "1").replace("println", "print"), ""),
        ("-- a.go --\nfunc f() int { return 2 }\n-- b.go --\nfmt.Print(f())\n", "2"),
        ("-- go.mod --\nmodule x // y\n\ngo 1.27.3\n-- x.go --\nfmt.Print(1)", "1"),
        ("-- x_test.go --\npackage y\n-- x.go --\nfmt.Print(1)\n-- data/x.txt --\n:(", "1"),
        ("// A remark.\n-- x.go --\nfmt.Print(1)", "1"),
        ('package main\n\nfunc main() { f() }\n-- f.go --\nfunc f() { fmt.Print("p") }', "p"),
        ('package main\n\nfunc main() { print("p") }\n-- go.mod --\nmodule x', ""),
        ("var text = `\n-- x.go --\n`\n\nfunc main() { fmt.Print(len(text)) }", "12"),
    ],
)
def test_go_that_is_an_archive_is_read_as_one(text: str, printed: str) -> None:
    assert output(program(text)) == printed


@pytest.mark.parametrize(
    "text", ["x :=\n-- a.txt --\n", "x :=\n-- x.go --\npackage main", "-- y --"]
)
def test_what_is_broken_anyway_is_no_archive(text: str) -> None:
    made = program(text)
    assert (made.form, made.heads) == (Form.BROKEN, ())


@pytest.mark.parametrize(
    ("text", "message", "place", "refused"),
    [
        (
            "-- main.go --\nfunc main() {}\n-- a/b.go --\npackage a\n",
            "not supported: a/b.go: a folder is another package",
            Place(1, 3, 1),
            True,
        ),
        (
            "-- add.s --\n-- main.go --\nfunc main() {}",
            "not supported: add.s: only Go is compiled here",
            Place(1, 1, 1),
            True,
        ),
        (
            "-- go.mod --\nmodule x\nrequire y.z/a v1.2.3\n-- main.go --\nfunc main() {}",
            "not supported: go.mod: require y.z/a v1.2.3",
            Place(1, 3, 1),
            True,
        ),
        (
            "-- go.mod --\nmodule x\n\ngo 1.21\n-- main.go --\nfunc main() {}",
            "not supported: go.mod: go 1.21, where a loop's turns share its variables",
            Place(1, 4, 1),
            True,
        ),
        (
            "-- go.mod --\ngo 1.28\n-- main.go --\nfunc main() {}",
            "not supported: go.mod: go 1.28: this is go1.27.3",
            Place(1, 2, 1),
            True,
        ),
        ("-- a.txt --\nx", "no file of this archive is Go", Place(1, 1, 1), False),
        ("", "no file of this archive is Go", Place(1, 1, 1), False),
        (
            "-- a.go --\nvar a int\n-- a.go --\nvar b int\n",
            "two files are called a.go",
            Place(1, 3, 1),
            False,
        ),
        (
            "-- a.go --\npackage a\n-- main.go --\npackage main\nfunc main() {}\n",
            "package main: the code before it is package a",
            Place(1, 4, 9),
            False,
        ),
    ],
)
def test_what_an_archive_cannot_hold(
    text: str,
    message: str,
    place: Place,
    refused: bool,  # noqa: FBT001
) -> None:
    made = archived(text)
    assert complaint(made) == (message, place)
    assert made.complaint is not None
    assert made.complaint.refused is refused


def test_an_archive_may_be_one_block_of_a_group() -> None:
    made = make(
        [Block("-- a.go --\nfunc f() int { return 6 }\n", is_archive=True), Block("fmt.Print(f())")]
    )
    assert output(made) == "6"
    assert [stretch.block for stretch in made.places.stretches] == [1, 2]


def test_embedded_files_are_refused() -> None:
    text = (
        '-- x.txt --\nhello\n-- main.go --\npackage main\n\nimport _ "embed"\n\n//go:embed x.txt\n'
    )
    made = archived(text + "var s string\n\nfunc main() { println(s) }\n")
    message, place = complaint(made)
    assert message == "not supported: //go:embed: files other than Go are not simulated"
    assert place == Place(1, 8, 1)
