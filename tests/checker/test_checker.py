"""The checker says what gc's says: the same errors in the same places, the same types."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mkdocs_gomem import source
from mkdocs_gomem.compiler import checker, library, syntax
from mkdocs_gomem.source import Diagnostic, Rejected, SourceFile
from tests import txtar

CASES = Path(__file__).parent.parent / "cases"
ERRORS = sorted((CASES / "checker").glob("*.txtar"))
PROGRAMS = sorted((CASES / "programs").glob("*.txtar"))


def check(text: str, **options: str) -> checker.Info:
    return check_all({"main.go": text}, **options)


def check_all(files: dict[str, str], **options: str) -> checker.Info:
    trees: list[syntax.File] = []
    errors: list[Diagnostic] = []
    for name, text in files.items():
        tree, found = syntax.parse_tolerant(SourceFile(f"./{name}", text.encode()))
        assert tree is not None
        trees.append(tree)
        errors += found
    return checker.check(
        trees, library.standard(), parse_errors=errors, go_version=options.get("lang", "go1.27")
    )


def errors(text: str, *, limit: int = checker.ERROR_LIMIT, **options: str) -> list[str]:
    try:
        check(text, **options)
    except Rejected as rejected:
        lines = checker.format_errors(rejected.diagnostics, limit=limit)
        # A further line of a message starts with one tab in the recorded sections.
        split = re.sub(r"\n\t+", "\n\t", "\n".join(lines)).split("\n")
        return [line.removeprefix("./main.go:") for line in split]
    return []


def body(text: str, imports: str = "") -> list[str]:
    return errors(f"package main\n{imports}\nfunc main() {{\n{text}\n}}\n")


# Errors


@pytest.mark.parametrize("path", ERRORS, ids=[path.stem for path in ERRORS])
def test_mistakes_are_worded_placed_and_ordered_as_gc_does(path: Path) -> None:
    case = txtar.read(path)
    assert errors(case.sections["main.go"]) == case.lines("go/errors")
    if "go/errors-all" in case.sections:
        assert errors(case.sections["main.go"], limit=0) == case.lines("go/errors-all")


@pytest.mark.parametrize("path", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_programs_that_gc_compiles_have_no_error(path: Path) -> None:
    case = txtar.read(path)
    if "go/errors" in case.sections:
        pytest.skip("gc has errors: compared by test_programs")
    files = {name: text for name, text in case.sources.items() if name.endswith(".go")}
    info = check_all(files)
    assert info.types


def test_language_version_of_the_module_is_named() -> None:
    text = "package main\n\nfunc main() {\n\tfor range 10 {\n\t}\n}\n"
    assert errors(text, lang="go1.21") == [
        (
            "4:12: cannot range over 10 (untyped int constant): requires go1.22 or later "
            "(-lang was set to go1.21; check go.mod)"
        )
    ]


def test_missing_packages_are_told_before_types_are_looked_at() -> None:
    text = 'package main\n\nimport (\n\t"foo"\n\tb "example.com/b"\n)\n\nfunc main() { nope() }\n'
    assert errors(text) == [
        "4:2: package foo is not in std",
        "5:2: no required module provides package example.com/b; to add it:",
        "\tgo get example.com/b",
    ]


def test_internal_packages_are_not_for_programs() -> None:
    text = 'package main\n\nimport "internal/abi"\n\nvar _ = abi.FuncPCABI0\n\nfunc main() {}\n'
    assert errors(text) == ["3:8: use of internal package internal/abi not allowed"]


def test_cgo_is_refused_by_name() -> None:
    with pytest.raises(Rejected, match='not supported: import "C"') as refused:
        check('package main\n\nimport "C"\n\nfunc main() {}\n')
    assert refused.value.unsupported


def test_a_huge_constant_string_is_told_and_not_made() -> None:
    doubled = "\n".join(f"const s{i + 1} = s{i} + s{i}" for i in range(40))
    with pytest.raises(Rejected):
        check(f'package main\n\nconst s0 = "0123456789abcdef"\n{doubled}\n\nfunc main() {{}}\n')


# Side tables

TOUR = """\
package main

type Point struct{ X, Y int }

func (p *Point) Move(dx int) int { p.X += dx; return p.X }

type Named struct{ *Point }

func apply[T any](x T, f func(T) T) T { return f(x) }

var b = a + 1
var a = f()

func f() int { return 1 << 3 }

func main() {
	n := Named{&Point{1, 2}}
	n.Move(3)
	move := (*Point).Move
	var e any = 5
	if s, ok := e.(string); ok {
		println(s, apply(1, func(i int) int { return i * 2 }), move)
	}
	var u uint8 = 1
	u = u << 2
}
"""


def find(info: checker.Info, text: str) -> checker.TypeAndValue:
    for expr, known in info.types.items():
        if syntax.spell(expr) == text:
            return known
    raise KeyError(text)


@pytest.fixture(scope="module")
def tour() -> checker.Info:
    return check(TOUR)


def test_untyped_constants_end_with_the_type_of_their_context(tour: checker.Info) -> None:
    dumped = checker.dump(tour)
    assert "  24:16 1: constant uint8 = 1\n" in dumped
    # types2 leaves a constant shift count as it is; the IR makes it a uint.
    assert "  25:11 2: constant untyped int = 2\n" in dumped
    assert "  20:14 5: constant int = 5\n" in dumped
    assert find(tour, "1 << 3").value == 8


def test_selections_know_the_path_and_its_pointers(tour: checker.Info) -> None:
    found = {syntax.spell(expr): each for expr, each in tour.selections.items()}
    promoted = found["n.Move"]
    assert (promoted.kind, promoted.index, promoted.indirect) == (
        checker.SelectionKind.METHOD_VAL,
        (0, 0),
        True,
    )
    assert str(promoted.recv) == "main.Named"
    expression = found["(*Point).Move"]
    assert expression.kind is checker.SelectionKind.METHOD_EXPR
    assert str(expression.type) == "func(*main.Point, dx int) int" or (
        str(expression.type) == "func(_ *main.Point, dx int) int"
        or str(expression.type) == "func(p *main.Point, dx int) int"
    )


def test_comma_ok_has_two_types(tour: checker.Info) -> None:
    assert str(find(tour, "e.(string)").type) == "(string, bool)"


def test_instances_know_inferred_type_arguments(tour: checker.Info) -> None:
    [(name, instance)] = tour.instances.items()
    assert name.value == "apply"
    assert [str(t) for t in instance.type_args] == ["int"]
    assert str(instance.type) == "func(x int, f func(int) int) int"


def test_initialisation_follows_dependencies_not_the_text(tour: checker.Info) -> None:
    order = [[var.name for var in each.lhs] for each in tour.init_order]
    assert order == [["a"], ["b"]]


def test_uses_and_definitions_are_objects(tour: checker.Info) -> None:
    defined = {name.value: obj for name, obj in tour.defs.items() if obj is not None}
    used = {name.value: obj for name, obj in tour.uses.items()}
    assert used["move"] is defined["move"]
    assert used["u"] is defined["u"]


def test_range_over_an_array_without_values_needs_only_its_length() -> None:
    info = check("package main\n\nvar a [3]int\n\nfunc main() {\n\tfor range a {\n\t}\n}\n")
    assert find(info, "a").value == 3


# Order and number of errors


def test_ten_errors_are_the_limit_and_can_be_lifted() -> None:
    text = "package main\n\nfunc main() {\n" + "".join(f"\ta{i} = 1\n" for i in range(12)) + "}\n"
    with pytest.raises(Rejected) as rejected:
        check(text)
    found = rejected.value.diagnostics
    assert len(checker.format_errors(found)) == 11
    assert checker.format_errors(found)[-1] == "./main.go:13:2: too many errors"
    assert len(checker.format_errors(found, limit=0)) == 12


def test_errors_carry_the_name_of_the_rule() -> None:
    with pytest.raises(Rejected) as rejected:
        check("package main\n\nfunc main() {\n\tx := 1\n\ty = 2\n}\n")
    assert [d.code for d in rejected.value.diagnostics] == ["UndeclaredName", "UnusedVar"]
    assert [source.line_of(d.pos) for d in rejected.value.diagnostics] == [5, 4]


def test_codes_are_those_of_types2() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", code.value) for code in checker.Code)
