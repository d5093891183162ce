"""Which fences get what (design.md, section 8), unmarked and marked."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts import fences
from mkdocs_gomem.hosts.options import Asked, Kind, Rendered, Settings, ask
from mkdocs_gomem.lean import replace
from mkdocs_gomem.source import Limits, Options
from tests.hosts import go

SETTINGS = Settings(options=Options(limits=Limits(steps=20_000)))


def rendered(code: str, settings: Settings = SETTINGS, **given: str) -> Rendered:
    return fences.render(code, ask(given, settings), settings, "gomem-test")


@dataclass(frozen=True, slots=True)
class Case:
    """What a fence becomes."""

    code: str
    kind: Kind
    below: str
    """What stands under a marked one."""
    warning: str = ""
    line: int = 0
    column: int = 1
    announced: str = ""
    """The `expect` that makes a warning needless."""
    unmarked: bool = False
    """Even unmarked it has its panel."""


CASES = {
    "runs": Case(go.FLAGSHIP, Kind.PANEL, "<gomem-panel", unmarked=True),
    "panics": Case(
        go.PANICS,
        Kind.PANEL,
        "panic: no",
        'the program ends with: panic: no (if that is meant, write expect="panic")',
        4,
        7,
        "panic",
        unmarked=True,
    ),
    "exits": Case(
        go.EXITS,
        Kind.PANEL,
        "It exits with status 3",
        'the program ends with: exit status 3 (if that is meant, write expect="exit:3")',
        announced="exit:3",
        unmarked=True,
    ),
    "deadlocks": Case(
        go.DEADLOCKS,
        Kind.PANEL,
        "all goroutines are asleep",
        "the program ends with: fatal error: all goroutines are asleep - deadlock! "
        '(if that is meant, write expect="deadlock")',
        announced="deadlock",
        unmarked=True,
    ),
    "endless": Case(
        go.ENDLESS,
        Kind.PANEL,
        "<gomem-panel",
        "the program was stopped (steps): it never ends: its state is the same again after each"
        ' step (if that is meant, write expect="stopped")',
        4,
        2,
        "stopped",
        unmarked=True,
    ),
    "foreign import": Case(
        go.FOREIGN,
        Kind.UNSUPPORTED,
        "github.com/x/y",
        "no required module provides package github.com/x/y; to add it:\n\tgo get github.com/x/y",
        3,
        8,
    ),
    "cgo": Case(
        go.CGO, Kind.UNSUPPORTED, "import &#34;C&#34;", 'not supported: import "C" (cgo)', 3, 8
    ),
    "does not compile": Case(
        go.UNUSED,
        Kind.REJECTED,
        "4:6: declared and not used: x",
        "declared and not used: x",
        4,
        6,
        'error:"declared and not used"',
    ),
    "declarations": Case(go.DECLARATIONS, Kind.FRAGMENT, "nothing was run"),
    "statements": Case(go.STATEMENTS, Kind.PANEL, "<gomem-panel"),
    "elided": Case(
        go.ELIDED,
        Kind.ELIDED,
        "Not analysed: code is left out here",
        "syntax error: unexpected ..., expected field name or embedded type",
        2,
        2,
    ),
    "unparsable": Case(
        go.BROKEN,
        Kind.REJECTED,
        "syntax error: unexpected EOF, expected expression",
        "syntax error: unexpected EOF, expected expression",
        1,
        5,
        "error",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_unmarked(case: Case) -> None:
    found = rendered(case.code)
    assert found.messages == (), "an unmarked fence never warns"
    if case.unmarked:
        assert found.kind is case.kind
        assert case.below in found.below
    else:
        assert (found.below, dict(found.badges)) == ("", {}), "and looks as before"


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_marked(case: Case) -> None:
    found = rendered(case.code, gomem="gomem")
    assert found.kind is case.kind
    assert case.below in found.below
    if case.warning:
        (message,) = found.messages
        assert (message.text, message.line, message.column) == (
            case.warning,
            case.line,
            case.column,
        )
    else:
        assert found.messages == ()


@pytest.mark.parametrize(
    "case", [case for case in CASES.values() if case.announced], ids=lambda case: case.announced
)
def test_announced(case: Case) -> None:
    found = rendered(case.code, expect=case.announced)
    assert found.messages == ()
    assert case.below in found.below


@pytest.mark.parametrize(
    ("code", "expect", "said"),
    [
        (go.FLAGSHIP, "panic", "expect: panic: the program exited"),
        (go.FLAGSHIP, "allocs:1", "expect: allocs:1: this code allocates 0"),
        (go.FLAGSHIP, "num:data", "expect: num:data: num is elsewhere"),
        (go.FLAGSHIP, "error", "expect: error: the program compiles"),
        (go.FLAGSHIP, "what?", "expect: not a claim: what?"),
        (go.PANICS, 'panic:"yes"', "expect: panic:yes: it ended with 'panic: no'"),
        (go.DEADLOCKS, "panic", "expect: panic: the program deadlocked"),
        (go.UNUSED, 'error:"missing return"', "expect: error:missing return: the errors are:"),
        (go.UNUSED, 'error:"("', "expect: ( is no regular expression"),
        (go.UNUSED, "what?", "expect: not a claim: what?"),
    ],
)
def test_a_false_claim_is_one_warning(code: str, expect: str, said: str) -> None:
    (message,) = rendered(code, expect=expect).messages
    assert message.text.startswith(said)
    assert message.code == "claim"


def test_true_claims_are_silent() -> None:
    expect = 'num:stack@main, num:heap@createPointer, allocs:0, output:"42", exit:0'
    assert rendered(go.FLAGSHIP, expect=expect).messages == ()


def test_claims_can_be_off() -> None:
    quiet = replace(SETTINGS, claims="off")
    assert rendered(go.FLAGSHIP, quiet, expect="allocs:9").messages == ()
    (message,) = rendered(go.PANICS, quiet, gomem="gomem").messages
    assert message.code == "outcome", "how it ends is no claim"


def test_off_and_marks() -> None:
    off = rendered(go.FLAGSHIP, gomem="off")
    assert (off.kind, off.below, dict(off.badges)) == (Kind.OFF, "", {})
    marks = rendered(go.FLAGSHIP, gomem="marks")
    assert marks.below == ""
    assert set(marks.badges[1]) == {6, 11, 12}
    assert "href" not in "".join(marks.badges[1].values()), "there is no row to go to"


def test_only_marked_fences_where_the_site_says_so() -> None:
    marked = Settings("marked")
    assert rendered(go.FLAGSHIP, marked) == Rendered(Kind.FRAGMENT, {})
    assert rendered(go.FLAGSHIP, marked, gomem="gomem").kind is Kind.PANEL


def test_all_fences_count_as_marked() -> None:
    (message,) = rendered(go.UNUSED, Settings("all")).messages
    assert message.text == "declared and not used: x"


def test_declarations_have_verdicts_of_their_own_bodies() -> None:
    found = rendered(go.DECLARATIONS, gomem="gomem")
    assert "heap" in found.badges[1][2]
    assert "moved to heap: n" in found.below


def test_errors_of_a_completed_first_line_have_its_columns() -> None:
    (message,) = rendered("y := undefined1", gomem="gomem").messages
    assert (message.line, message.column) == (1, 6)
    assert message.text == "undefined: undefined1 (and 1 more)"


def test_what_is_refused_inside_the_library_points_to_the_fence() -> None:
    """A place in Go's own source is no place on the page."""
    code = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe("", nil) }\n'
    found = rendered(code, gomem="gomem")
    assert found.kind is Kind.UNSUPPORTED
    (message,) = found.messages
    assert message.line in (0, 3, 5)


def crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("simulated")

    monkeypatch.setattr(pipeline, "decide", broken)


def test_our_own_bug_costs_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    crash(monkeypatch)
    assert rendered(go.FLAGSHIP) == Rendered(Kind.FAILED, {})
    found = rendered(go.FLAGSHIP, gomem="gomem")
    assert (found.kind, found.below, dict(found.badges)) == (Kind.FAILED, "", {})
    (message,) = found.messages
    assert message.text.startswith("gomem failed here, please report it: ZeroDivisionError")
    assert message.line == 0


def test_unknown_options_are_told_with_everything_else() -> None:
    asked = ask({"gomem": "gomem", "flarb": "1"}, SETTINGS)
    assert isinstance(asked, Asked)
    found = fences.render(go.UNUSED, asked, SETTINGS, "gomem-test")
    assert [message.code for message in found.messages] == ["option", "UnusedVar"]
