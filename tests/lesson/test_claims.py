"""What authors assert: read, and held against what is so; each form true and false."""

from __future__ import annotations

import functools

import pytest

from mkdocs_gomem.lesson import claims
from mkdocs_gomem.lesson.claims import Claim
from mkdocs_gomem.machine.trace import Ending
from mkdocs_gomem.source import Limits, Options
from tests.hosts import go
from tests.lesson import lessons


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("panic", [Claim("panic")]),
        (
            " num:heap@createPointer , allocs:0",
            [Claim("num", "heap", "createPointer"), Claim("allocs", "0")],
        ),
        ('output:"a, b\\n\\"c\\" \\\\"', [Claim("output", 'a, b\n"c" \\')]),
        ('panic:"index out of range [5]"', [Claim("panic", "index out of range [5]")]),
        ("exit:3,", [Claim("exit", "3")]),
        ("p.x:stack@(*T).M", [Claim("p.x", "stack", "(*T).M")]),
        ("error", [Claim("error")]),
        ("x:heap@main.func1", [Claim("x", "heap", "main.func1")]),
    ],
)
def test_a_list_of_claims(text: str, found: list[Claim]) -> None:
    assert list(claims.parse(text)) == found


@pytest.mark.parametrize("claim", ["num:heap@createPointer", "allocs:0", "panic"])
def test_a_claim_reads_as_it_was_written(claim: str) -> None:
    assert str(claims.parse(claim)[0]) == claim


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("what?", "what?"),
        ("allocs:0; panic", "allocs:0; panic"),
        ("panic, :x", ":x"),
        ('output:"open', 'output:"open'),
        (",", ","),
        ("a b", "a b"),
    ],
)
def test_what_is_no_claim(text: str, part: str) -> None:
    with pytest.raises(ValueError, match="not a claim: ") as raised:
        claims.parse(text)
    assert str(raised.value) == f"not a claim: {part}"


@functools.cache
def taught(code: str) -> lessons.Taught:
    return lessons.of_text(code, Options(limits=Limits(steps=20_000)))


def check(code: str, text: str) -> list[str]:
    known = taught(code)
    return claims.check(claims.parse(text), known.lesson.rows, known.trace, known.lesson.objects)


@pytest.mark.parametrize(
    ("code", "claim"),
    [
        (go.FLAGSHIP, "num:stack@main"),
        (go.FLAGSHIP, "num:heap@createPointer"),
        (go.FLAGSHIP, "num:heap"),
        (go.FLAGSHIP, "num:stack"),
        (go.FLAGSHIP, "ptr:stack@main"),
        (go.FLAGSHIP, "ptr:stack"),
        (go.FLAGSHIP, "allocs:0"),
        (go.FLAGSHIP, 'output:"42"'),
        (go.FLAGSHIP, 'output:"42\\n"'),
        (go.FLAGSHIP, "exit:0"),
        (go.FLAGSHIP, "error"),  # the pipeline has the errors
        (go.PANICS, "panic"),
        (go.PANICS, 'panic:"no"'),
        (go.PANICS, "exit:2"),
        (go.EXITS, "exit:3"),
        (go.DEADLOCKS, "deadlock"),
        (go.ENDLESS, "stopped"),
        (go.ENDLESS, 'stopped:"steps"'),
    ],
)
def test_true(code: str, claim: str) -> None:
    assert check(code, claim) == []


@pytest.mark.parametrize(
    ("code", "claim", "said"),
    [
        (go.FLAGSHIP, "num:heap@main", "num is elsewhere (stack in main)"),
        (go.FLAGSHIP, "num:stack@createPointer", "num is elsewhere (heap on its own)"),
        (go.FLAGSHIP, "num:data", "num is elsewhere (stack in main, heap on its own)"),
        (go.FLAGSHIP, "num:heap@nowhere", "no num in nowhere"),
        (go.FLAGSHIP, "ptr:heap", "ptr is elsewhere (stack)"),
        (go.FLAGSHIP, "ptr:stack@createPointer", "no ptr in createPointer"),
        (go.FLAGSHIP, "nun:heap", "no value of that name"),
        (go.FLAGSHIP, "num:hepa", "not a place; places are text, rodata, data, bss, stack, heap"),
        (go.FLAGSHIP, "allocs:1", "this code allocates 0"),
        (go.FLAGSHIP, 'output:"43"', "the output is '42'"),
        (go.FLAGSHIP, "exit:1", "the exit status is 0"),
        (go.FLAGSHIP, "panic", "the program exited"),
        (go.PANICS, 'panic:"yes"', "it ended with 'panic: no'"),
        (go.PANICS, "deadlock", "the program panicked panic: no"),
        (go.EXITS, "exit:0", "the exit status is 3"),
        (go.DEADLOCKS, "stopped", "the program deadlocked"),
        (go.ENDLESS, "panic", "the program stopped steps"),
    ],
)
def test_false(code: str, claim: str, said: str) -> None:
    (sentence,) = check(code, claim)
    assert sentence.startswith(f"{claims.parse(claim)[0]}: {said}")


def test_what_was_not_run_proves_nothing() -> None:
    found = claims.check(claims.parse("allocs:0, panic"), (), None, 0)
    assert found == ["allocs:0: the program was not run", "panic: the program was not run"]


@pytest.mark.parametrize(
    ("claim", "ending", "status", "names"),
    [
        ("panic", Ending.PANICKED, 2, True),
        ("exit:2", Ending.PANICKED, 2, True),
        ("exit:1", Ending.PANICKED, 2, False),
        ("deadlock", Ending.DEADLOCKED, 2, True),
        ("panic", Ending.DEADLOCKED, 2, False),
        ("allocs:0", Ending.STOPPED, 2, False),
    ],
)
def test_an_ending_that_was_announced(
    claim: str, ending: Ending, status: int, *, names: bool
) -> None:
    assert claims.names_outcome(claims.parse(claim), ending, status) is names
