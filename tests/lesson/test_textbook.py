"""The rule of thumb, which looks at the form of the words only."""

from __future__ import annotations

import pytest

from tests.lesson import lessons


@pytest.mark.parametrize(
    ("body", "name", "rule", "reason"),
    [
        ("n := 1; return &n", "n", "heap", "its address is returned"),
        ("n := 1; return (&n)", "n", "heap", "its address is returned"),
        ("n := 1; p := &n; return p", "n", "stack", "declared inside, not returned"),
        ("n := 1; p := &n; return p", "p", "stack", "declared inside, not returned"),
        ("n := 1; keep = &n; return nil", "n", "stack", "declared inside, not returned"),
        ("return new(int)", "new(int)", "heap", "`new` and `make` allocate"),
        ("_ = make([]int, 3); return nil", "make([]int, 3)", "heap", "`new` and `make` allocate"),
        ("_ = make(map[int]int); return nil", "make(map[int]int)", "heap", "`new` and `make`"),
        ("_ = make(chan int); return nil", "make(chan int)", "heap", "`new` and `make`"),
        ("_ = []int{1}[0]; return nil", "keep", "data", "declared outside"),
    ],
)
def test_the_four_rules(body: str, name: str, rule: str, reason: str) -> None:
    code = f"package main\n\nvar keep *int\n\nfunc f() *int {{ {body} }}\n"
    code += "\nfunc main() { keep = f() }\n"
    found = lessons.of_text(code).row(name).rule
    assert found.region is not None
    assert found.region.value == rule
    assert found.reason.startswith(reason)


def test_it_says_nothing_of_literals_and_boxes() -> None:
    code = "package main\n\nfunc main() { f := func() {}; f(); println(&[]int{1}) }\n"
    silent = [row for row in lessons.of_text(code).lesson.rows if row.rule.region is None]
    assert silent
    assert all(not row.differs for row in silent)
    assert all(row.rule.reason == "says nothing of it" for row in silent)


def test_inlining_has_no_part_in_it() -> None:
    code = "package main\n\nfunc f() *int { n := 1; return &n }\n\nfunc main() { println(*f()) }\n"
    inlined = lessons.of_text(code).row("n")
    kept = lessons.of_text(code.replace("func f", "//go:noinline\nfunc f")).row("n")
    assert inlined.rule == kept.rule
    assert inlined.region is not kept.region
