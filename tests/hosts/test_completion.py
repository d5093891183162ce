"""What a fence holds, what is supplied, and that positions stay the author's."""

from __future__ import annotations

import pytest

from mkdocs_gomem.compiler import front, syntax
from mkdocs_gomem.hosts.completion import FILE, Completed, Form, complete
from mkdocs_gomem.source import Places, Pos, Rejected, SourceFile, Stretch
from tests.hosts import go

FORMS = {
    go.FLAGSHIP: Form.PROGRAM,
    "// A comment first.\n/* and\nanother */ package main\n\nfunc main() {}": Form.PROGRAM,
    "\n\npackage main\nfunc main() {}": Form.PROGRAM,
    "func main() { println(1) }": Form.PROGRAM,
    'import "fmt"\n\nfunc main() { fmt.Println(1) }': Form.PROGRAM,
    "package main\n\nfunc helper() {}": Form.DECLARATIONS,
    "package shapes\n\nfunc main() {}": Form.DECLARATIONS,
    "package main\n\ntype T int\n\nfunc (T) main() {}": Form.DECLARATIONS,
    go.DECLARATIONS: Form.DECLARATIONS,
    "": Form.DECLARATIONS,
    "// only a remark": Form.DECLARATIONS,
    "var x = 1": Form.DECLARATIONS,
    go.STATEMENTS: Form.STATEMENTS,
    "x := 1\n// the end": Form.STATEMENTS,
    "for i := range 3 { println(i) }": Form.STATEMENTS,
    go.ELIDED: Form.ELIDED,
    "func f() { ... }": Form.ELIDED,
    "package main\n\nfunc main() {\n\t…\n}": Form.ELIDED,
    "x := ...": Form.ELIDED,
    "call(...)": Form.ELIDED,
    "func f(a ...int) { g(a...) ": Form.BROKEN,
    go.BROKEN: Form.BROKEN,
    "$ go run .": Form.BROKEN,
    "x := 1\nfunc f() {}": Form.BROKEN,
}


@pytest.mark.parametrize(("text", "form"), FORMS.items())
def test_what_a_fence_holds(text: str, form: Form) -> None:
    assert complete(text).form is form


@pytest.mark.parametrize(
    "text", [text for text, form in FORMS.items() if form in (Form.PROGRAM, Form.STATEMENTS)]
)
def test_what_was_completed_parses_and_keeps_its_lines(text: str) -> None:
    completed = complete(text)
    tree, errors = syntax.parse_tolerant(SourceFile(FILE, completed.text))
    assert not list(errors)
    assert tree is not None
    assert completed.text[completed.lead :].startswith(text.encode())
    assert b"\n" not in completed.text[: completed.lead]


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("fmt.Println(strings.ToUpper(os.Args[0]))", ["fmt", "os", "strings"]),
        ("rand.Intn(3)", ["math/rand"]),
        ("json.Marshal(1)", ["encoding/json"]),
        ("fmt := 1\n_ = fmt.x", []),
        ("func f(bytes []byte) { _ = bytes.x }", []),
        ("var (\n\ttime = 1\n\tx = time.y\n)", []),
        ("type S struct{ errors []string }\nvar e = errors.New(s)", ["errors"]),
        ("type S int\nfunc (S) sort(a []int) { sort.Ints(a) }", ["sort"]),
        ('import "fmt"\nfunc f() { fmt.Print(); os.Exit(1) }', ["os"]),
        ('import str "strings"\nfunc f() { str.x(); strings.y() }', ["strings"]),
        ("for _, strings := range x { strings.y() }", []),
        ("nosuchpackage.F()", []),
        ('import "math/rand/v2"\nfunc f() int { return rand.IntN(3) }', []),
    ],
)
def test_std_packages_that_it_names_are_imported(text: str, imports: list[str]) -> None:
    completed = complete(text)
    lead = completed.text[: completed.lead].decode()
    assert [part.split('"')[1] for part in lead.split("; ") if part.startswith("import")] == imports


def placed(completed: Completed, pos: Pos) -> tuple[int, int]:
    _, line, column = Places((Stretch(FILE, lead=completed.lead),)).place(pos)
    return line, column


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("y := undefined1 + 2", 1, 6),
        ("fmt.Println(1)\ny := undefined1 + 2", 2, 6),
        ("func f() int { return undefined1 }", 1, 23),
        ("package main\nfunc main() { undefined1() }", 2, 15),
    ],
)
def test_errors_stand_where_the_author_wrote(text: str, line: int, column: int) -> None:
    completed = complete(text)
    with pytest.raises(Rejected) as rejected:
        front.check((SourceFile(FILE, completed.text),))
    errors = {each.message: placed(completed, each.pos) for each in rejected.value.diagnostics}
    assert errors["undefined: undefined1"] == (line, column)


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("x := ", 1, 5, "syntax error: unexpected EOF, expected expression"),
        ("$ go run .", 1, 1, "invalid character U+0024 '$'"),
        ("a := 1\nb := f(", 2, 8, "syntax error: unexpected EOF, expected )"),
        ("package main\nfunc main() {", 2, 14, "syntax error: unexpected EOF, expected }"),
    ],
)
def test_what_is_broken_says_where(text: str, line: int, column: int, message: str) -> None:
    completed = complete(text)
    first = completed.errors[0]
    assert first.message == message
    assert placed(completed, first.pos)[0] == line
    assert abs(placed(completed, first.pos)[1] - column) <= 1
