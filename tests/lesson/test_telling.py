"""gc's flow in words: lines of the author's, nothing of the compiler's."""

from __future__ import annotations

import re

import pytest

from mkdocs_gomem.lesson import telling
from mkdocs_gomem.source import NO_PLACES
from tests.lesson import lessons


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        (
            "func f() *int {\n\tn := 1\n\treturn &n\n}",
            "n",
            "Line 5 takes its address and returns it.",
        ),
        (
            "func f() *int {\n\tn := 1\n\tp := &n\n\treturn p\n}",
            "n",
            "Line 5 takes its address, stores it in `p` and line 6 returns it.",
        ),
        (
            "var g *int\n\nfunc f() *int {\n\tn := 1\n\tg = &n\n\treturn nil\n}",
            "n",
            "Line 7 takes its address and stores it in `g`.",
        ),
    ],
)
def test_a_flow_becomes_a_sentence(code: str, name: str, said: str) -> None:
    whole = f"package main\n\n{code}\n\nfunc main() {{ println(f()) }}\n"
    whole = whole.replace("func f", "//go:noinline\nfunc f").replace("\n\n//go", "\n//go", 1)
    placements = lessons.of_text(whole).decisions.placements
    (found,) = {
        telling.sentence(placement, NO_PLACES)
        for placement in placements.by_node.values()
        if placement.escapes and placement.text in (name, "")
    } or {""}
    assert found == said


@pytest.mark.parametrize("name", lessons.names())
def test_every_sentence_is_one(name: str) -> None:
    taught = lessons.of_program(name)
    ours = frozenset(taught.decisions.program.files)
    lines = {file.name: file.text.count(b"\n") + 1 for file in lessons.sources(name)}
    for placement in taught.decisions.placements.by_node.values():
        if not placement.escapes:
            assert placement.because == ()
            continue
        sentence = telling.sentence(placement, NO_PLACES)
        if not sentence:
            continue
        assert sentence[0].isupper() or sentence.startswith(("gc ", "`"))
        assert sentence.endswith(".")
        assert not re.search(r"~r\d|\.autotmp|\{|  |(\bline \d+ [^,]+)\1", sentence), sentence
        if taught.decisions.program.files and len(ours) == 1:
            for line in re.findall(r"[Ll]ine (\d+)", sentence):
                assert int(line) <= max(lines.values()), sentence
