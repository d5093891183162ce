"""A fence's options: what is asked for, over what the site says."""

from __future__ import annotations

import pytest

from mkdocs_gomem.hosts.options import Settings, ask
from mkdocs_gomem.lean import replace
from mkdocs_gomem.source import Options

SITE = Settings()


@pytest.mark.parametrize(
    ("given", "field", "value"),
    [
        ({"gomem": "gomem"}, "mode", "panel"),
        ({"gomem": "off"}, "mode", "off"),
        ({"gomem": "marks"}, "mode", "marks"),
        ({"show": "table, output"}, "show", ("table", "output")),
        ({"open": ""}, "open", ()),
        ({"step": "last"}, "step", "last"),
        ({"step": "line:12"}, "step", "line:12"),
        ({"inlining": "off"}, "inlining", "off"),
        ({"questions": "0"}, "questions", 0),
        ({"expect": "allocs:0"}, "expect", ("allocs:0",)),
    ],
)
def test_an_option_of_ours_marks_and_is_taken(
    given: dict[str, str], field: str, value: object
) -> None:
    asked = ask(given, SITE)
    assert asked.marked
    assert asked.unknown == ()
    assert getattr(asked.options, field) == value


def test_options_of_the_highlighter_do_not_mark() -> None:
    given = {"title": "x", "hl_lines": "1", "linenums": "1", "data-x": "1"}
    assert ask(given, SITE) == ask({}, SITE)
    assert not ask({}, SITE).marked


def test_all_marks_every_fence() -> None:
    assert ask({}, Settings("all")).marked


def test_the_nearest_wins() -> None:
    site = Settings(options=replace(Options(), questions=9, show=("table",)))
    asked = ask({"questions": "2"}, site)
    assert (asked.options.questions, asked.options.show) == (2, ("table",))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"gomem": "of"}, 'gomem="of" is not one of off, marks, panel'),
        ({"show": "pictures"}, "show: no part pictures; parts are marks, summary, picture"),
        ({"open": "table,tabel"}, "open: no part tabel"),
        ({"step": "first"}, 'step="first" is not one of last, N, line:N'),
        ({"inlining": "no"}, 'inlining="no" is not one of gc, off'),
        ({"questions": "two"}, 'questions="two" is not a number'),
        ({"expcet": "panic"}, "option expcet is not known; did you mean expect?"),
        ({"flarb": "3"}, "option flarb is not known"),
    ],
)
def test_what_nobody_knows_is_named_and_changes_nothing(given: dict[str, str], said: str) -> None:
    asked = ask(given, SITE)
    assert len(asked.unknown) == 1
    assert asked.unknown[0].startswith(said)
    assert asked.options == SITE.options
