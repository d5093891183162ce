"""The format of test cases: what goes in comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import txtar

CASE = """Prose.
-- main.go --
package main
-- go/stdout --
-- want/questions --
one
"""


def test_sections() -> None:
    archive = txtar.parse(CASE)
    assert archive.comment == "Prose.\n"
    assert archive.sources == {"main.go": "package main\n"}
    assert archive.sections["go/stdout"] == ""
    assert archive.lines("want/questions") == ["one"]
    assert archive.lines("want/absent") == []


def test_round_trip() -> None:
    assert txtar.parse(CASE).text == CASE
    for path in (Path(__file__).parent / "cases").rglob("*.txtar"):
        assert txtar.read(path).text.encode() == path.read_bytes(), path


def test_a_last_line_gets_its_newline() -> None:
    assert txtar.parse("-- a --\nlast").text == "-- a --\nlast\n"


def test_a_name_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="section a stands twice"):
        txtar.parse("-- a --\n-- a --\n")
