"""The panel's HTML: well-formed for every program, with every id its own and every link at home."""

from __future__ import annotations

import re

import pytest

from mkdocs_gomem.lean import replace
from mkdocs_gomem.lesson import page
from mkdocs_gomem.lesson.diagrams import engine
from mkdocs_gomem.source import PARTS, Options
from tests.hosts import go
from tests.hosts.test_markdown import outline
from tests.lesson import lessons

NAMES = lessons.names()
FLAGSHIP = lessons.of_text(go.FLAGSHIP).lesson


def rendered(**options: object) -> page.Fragment:
    return page.render(FLAGSHIP, "gomem-x", replace(Options(), **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_a_panel_is_well_formed(name: str) -> None:
    fragment = page.render(lessons.of_program(name).lesson, "gomem-x", Options())
    found = outline(fragment.panel)
    assert len(found.ids) == len(set(found.ids))
    assert all(each == "gomem-x" or each.startswith("gomem-x-") for each in found.ids)
    links = re.findall(
        r'href="#([^"]+)"', fragment.panel + "".join(fragment.badges.get(1, {}).values())
    )
    assert set(links) <= set(found.ids)
    for mark in fragment.badges.get(1, {}).values():
        outline(mark)
    labelled = re.findall(r'aria-(?:labelledby|describedby)="([^"]+)"', fragment.panel)
    assert set(labelled) <= set(found.ids)
    assert not re.search(r'(?:src|href)="(?!#)', fragment.panel), "nothing from elsewhere"


@pytest.mark.parametrize("name", NAMES)
def test_badges_stand_at_lines_of_the_code(name: str) -> None:
    lines = sum(file.text.count(b"\n") + 1 for file in lessons.sources(name))
    badges = page.render(lessons.of_program(name).lesson, "gomem-x", Options()).badges.get(1, {})
    for line, text in badges.items():
        assert 1 <= line <= lines
        assert 1 <= text.count("<a ") <= 3
        assert re.sub(r"<[^>]*>", "", text) == "", "CSS writes the words: they are not copied"
        assert text.count("aria-label=") == text.count("<a ")


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_not_asked_for_is_not_there(part: str) -> None:
    signs = {
        "summary": "gomem-strip",
        "picture": "gomem-picture",
        "output": "gomem-out",
        "table": "gomem-table",
        "questions": "gomem-q",
    }
    rest = tuple(other for other in PARTS if other != part)
    fragment = rendered(show=rest)
    outline(fragment.panel)
    for name, sign in signs.items():
        assert (f'class="{sign}"' in fragment.panel) is (name != part)
    assert bool(fragment.badges) is (part != "marks")
    links = re.findall(
        r'href="#([^"]+)"', fragment.panel + "".join(fragment.badges.get(1, {}).values())
    )
    assert set(links) <= set(outline(fragment.panel).ids)


def test_parts_stand_open_where_asked() -> None:
    assert rendered().panel.count("<details open") == 0
    assert rendered(open=("table", "questions")).panel.count("<details open") == 2


@pytest.mark.parametrize("missing", ["none", "broken"])
def test_without_an_engine_the_table_is_there(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if missing == "broken":
        monkeypatch.setattr(engine, "find", lambda _: "/bin/false")
        fragment = rendered()
    else:
        fragment = rendered(engine="none")
    assert '<svg class="gomem-svg' not in fragment.panel
    assert 'class="gomem-table"' in fragment.panel
    assert "Where each value lives" in fragment.panel
    outline(fragment.panel)


def test_words_are_marked_up_and_never_markup() -> None:
    text = page.fragment.words("a `<b>` & **`x` is** <i>")
    assert text == (
        'a <code>&lt;b&gt;</code> &amp; <b class="rule"><code>x</code> is</b> &lt;i&gt;'
    )


def test_output_of_a_program_is_never_markup() -> None:
    code = 'package main\n\nimport "fmt"\n\n'
    code += 'func main() { fmt.Print("<script>alert(1)</script>`**") }\n'
    taught = lessons.of_text(code)
    panel = page.render(taught.lesson, "gomem-x", Options()).panel
    assert "<script" not in panel
    assert "&lt;script&gt;" in panel
    outline(panel)


def test_a_problem_is_named_with_its_way_out() -> None:
    html = page.render_problem("gomem-x", "Not <simulated>", ("1:2: a < b",), "write `x`")
    outline(html)
    assert "Not &lt;simulated&gt;" in html
    assert "1:2: a &lt; b" in html
    assert "<code>x</code>" in html


def test_a_page_that_stands_alone() -> None:
    fragment = rendered()
    text = page.stand_alone([("", go.FLAGSHIP)], fragment)
    body = re.sub(r"<(style|script)>.*?</\1>", "", text, flags=re.DOTALL)
    outline(body.replace("<!doctype html>", ""))
    assert text.count('class="gomem-l"') == go.FLAGSHIP.count("\n")
    assert not re.search(r"https?://(?!www\.w3\.org)", text)


def test_the_flagship_s_strip() -> None:
    strip = re.search(r'<p class="gomem-strip">(.*?)</p>', rendered().panel)
    assert strip
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", strip[1])).strip()
    assert words == "No heap allocation by this code prints 42 1 surprise: num"
