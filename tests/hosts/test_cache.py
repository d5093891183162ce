"""The cache: what is known is not made again; a bad file is no cache, never an error."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem.hosts import cache
from mkdocs_gomem.hosts.cache import Cache
from mkdocs_gomem.hosts.options import Kind, Message, Rendered, Settings, ask
from mkdocs_gomem.lean import replace
from mkdocs_gomem.source import Options

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = Settings()
ASKED = ask({"gomem": "gomem"}, SETTINGS)
CODE = [("code", ASKED)]
RENDERED = Rendered(
    Kind.PANEL, {1: {6: "<a>ü</a>"}, 2: {1: "b"}}, "<p>panel</p>", (Message(1, 2, "x", "claim", 2),)
)


def filled(folder: Path) -> Cache:
    found = Cache(folder)
    found.put(CODE, SETTINGS, "gomem-x", RENDERED)
    found.close()
    return Cache(folder)


def test_what_was_put_is_got_by_another_process(tmp_path: Path) -> None:
    known = filled(tmp_path)
    assert known.memory == {}
    assert known.get(CODE, SETTINGS, "gomem-x") == RENDERED
    assert (known.hits, known.misses) == (1, 0)
    assert (tmp_path / ".gitignore").read_text() == "*\n"


def test_everything_that_matters_is_in_the_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = filled(tmp_path)
    other = Settings(options=replace(Options(), frames=1))
    assert known.get([("code ", ASKED)], SETTINGS, "gomem-x") is None
    assert known.get([("code", ask({}, SETTINGS))], SETTINGS, "gomem-x") is None
    assert known.get(CODE, other, "gomem-x") is None
    assert known.get([*CODE, *CODE], SETTINGS, "gomem-x") is None
    assert known.get([("code", ask({"group": "g"}, SETTINGS))], SETTINGS, "gomem-x") is None
    assert known.get(CODE, SETTINGS, "gomem-y") is None
    monkeypatch.setattr(cache, "fingerprint", lambda: "another version")
    assert known.get(CODE, SETTINGS, "gomem-x") is None


def test_the_fingerprint_knows_code_and_pack() -> None:
    assert len(cache.fingerprint()) == 16
    assert cache.fingerprint() == cache.fingerprint.__wrapped__()


def test_our_own_failures_are_tried_again(tmp_path: Path) -> None:
    known = Cache(tmp_path)
    known.put(CODE, SETTINGS, "gomem-x", Rendered(Kind.FAILED, {}))
    assert known.get(CODE, SETTINGS, "gomem-x") is None


@pytest.mark.parametrize(
    "damage", [b"not a database at all, but long enough to look like one" * 40, b""]
)
def test_a_damaged_file_is_made_anew(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "fences.sqlite").write_bytes(damage)
    assert filled(tmp_path).get(CODE, SETTINGS, "gomem-x") == RENDERED


@pytest.mark.parametrize("value", ["", "{}", '["PANEL"]', '["NONE", {}, "", []]', "[1, 2, 3, 4]"])
def test_a_damaged_entry_is_a_miss(tmp_path: Path, value: str) -> None:
    filled(tmp_path).close()
    with sqlite3.connect(tmp_path / "fences.sqlite") as database:
        database.execute("UPDATE fences SET value = ?", (value,))
    known = Cache(tmp_path)
    assert known.get(CODE, SETTINGS, "gomem-x") is None
    known.put(CODE, SETTINGS, "gomem-x", RENDERED)
    assert known.get(CODE, SETTINGS, "gomem-x") == RENDERED


def test_where_nothing_can_be_written_memory_must_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    known = Cache(tmp_path / "file" / "folder")
    known.put(CODE, SETTINGS, "gomem-x", RENDERED)
    assert known.get(CODE, SETTINGS, "gomem-x") == RENDERED
    known.close()


def test_without_a_folder_nothing_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    known = Cache("")
    known.put(CODE, SETTINGS, "gomem-x", RENDERED)
    known.close()
    assert list(tmp_path.iterdir()) == []


def test_two_processes_may_build_at_once(tmp_path: Path) -> None:
    first, second = Cache(tmp_path), Cache(tmp_path)
    first.put([("one", ASKED)], SETTINGS, "gomem-x", RENDERED)
    first.flush()
    second.put([("two", ASKED)], SETTINGS, "gomem-x", RENDERED)
    second.flush()
    first.close()
    second.close()
    known = Cache(tmp_path)
    assert known.get([("one", ASKED)], SETTINGS, "gomem-x") == RENDERED
    assert known.get([("two", ASKED)], SETTINGS, "gomem-x") == RENDERED
