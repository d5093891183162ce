"""Archives taken apart as golang.org/x/tools/txtar does."""

from __future__ import annotations

import pytest

from mkdocs_gomem.hosts import archive


def test_files_have_names_texts_and_lines() -> None:
    found = archive.read(b"a remark\n-- main.go --\npackage main\n\n-- empty --\n-- x/y.go --\nz")
    assert found.comment == b"a remark\n"
    assert [(each.name, each.text, each.line) for each in found.sections] == [
        ("main.go", b"package main\n\n", 3),
        ("empty", b"", 6),
        ("x/y.go", b"z", 7),
    ]
    assert found.holds_go


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"-- main.go --", "main.go"),
        (b"--   main.go   --", "main.go"),
        (b"-- main.go --  \r\n", "main.go"),
        (b"-- two words --", "two words"),
        (b"-- a -- b --", "a -- b"),
        (b" -- main.go --", ""),
        (b"--main.go --", ""),
        (b"-- main.go --x", ""),
        (b"-- --", ""),
        (b"--  --", ""),
        (b"x--", ""),
    ],
)
def test_which_lines_begin_a_file(line: bytes, name: str) -> None:
    found = archive.read(line)
    assert [each.name for each in found.sections] == ([name] if name else [])


def test_a_text_without_files_is_all_comment() -> None:
    found = archive.read(b"package main\n")
    assert (found.comment, found.sections, found.holds_go) == (b"package main\n", (), False)


@pytest.mark.parametrize(
    ("name", "is_go", "is_below"),
    [
        ("a.go", True, False),
        ("a_test.go", False, False),
        ("sub/a.go", True, True),
        ("a.s", False, False),
    ],
)
def test_what_go_build_would_take(name: str, is_go: bool, is_below: bool) -> None:  # noqa: FBT001
    section = archive.Section(name, b"", 1)
    assert (section.is_go, section.is_below) == (is_go, is_below)
