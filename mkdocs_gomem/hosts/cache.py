"""What was rendered before, kept by content: one sqlite file, safe for several processes.

The key is everything the result depends on: source, options, site settings, identity, and a
fingerprint of our own code and the std pack, so that an upgrade never shows an old picture. A
corrupt or unwritable file is no cache, never an error.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import suppress
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem.hosts.options import Asked, Kind, Message, Rendered, Settings

if TYPE_CHECKING:
    from collections.abc import Sequence


@cache
def fingerprint() -> str:
    """Identify this build of the package by names, sizes and times of its files."""
    folder = Path(str(resources.files("mkdocs_gomem")))
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(folder.rglob("*")):
        if path.suffix in (".py", ".pack", ".css", ".js", ".j2"):
            stat = path.stat()
            digest.update(
                f"{path.relative_to(folder)} {stat.st_size} {stat.st_mtime_ns}\n".encode()
            )
    return digest.hexdigest()


class Cache:
    """Results by content: in memory, and in a file when a folder is given."""

    def __init__(self, folder: str | Path = "") -> None:
        self.memory: dict[str, Rendered] = {}
        self.hits = 0
        self.misses = 0
        self._database: sqlite3.Connection | None = None
        if folder:
            self._database = _opened(Path(folder))

    def get(
        self, members: Sequence[tuple[str, Asked]], settings: Settings, identity: str
    ) -> Rendered | None:
        """Return what was rendered of the same program before, if anything.

        Args:
            members: text and options of each fence of it.
            settings: the site's.
            identity: prefix of the panel's ids.
        """
        key = self._key(members, settings, identity)
        found = self.memory.get(key)
        if found is None and self._database is not None:
            with suppress(sqlite3.Error, ValueError, KeyError, TypeError):
                row = self._database.execute(
                    "SELECT value FROM fences WHERE key = ?", (key,)
                ).fetchone()
                if row is not None:
                    found = self.memory[key] = _load(row[0])
        self.hits += found is not None
        self.misses += found is None
        return found

    def put(
        self,
        members: Sequence[tuple[str, Asked]],
        settings: Settings,
        identity: str,
        rendered: Rendered,
    ) -> None:
        """Keep a result; one of our own failures is not kept."""
        if rendered.kind is Kind.FAILED:
            return
        key = self._key(members, settings, identity)
        self.memory[key] = rendered
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.execute(
                    "INSERT OR REPLACE INTO fences VALUES (?, ?)", (key, _dump(rendered))
                )

    def flush(self) -> None:
        """Write what this build has added."""
        if self._database is not None:
            with suppress(sqlite3.Error):
                self._database.commit()

    def close(self) -> None:
        """Write and let go of the file."""
        self.flush()
        if self._database is not None:
            self._database.close()
            self._database = None

    @staticmethod
    def _key(members: Sequence[tuple[str, Asked]], settings: Settings, identity: str) -> str:
        parts = (fingerprint(), repr(tuple(members)), repr(settings), identity)
        return hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()


def _opened(folder: Path) -> sqlite3.Connection | None:
    """Open the file, making it anew when it is damaged; none where nothing can be written."""
    for _ in range(2):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", encoding="utf-8")
        except OSError:
            return None
        database = sqlite3.connect(folder / "fences.sqlite", timeout=5, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("CREATE TABLE IF NOT EXISTS fences (key TEXT PRIMARY KEY, value TEXT)")
            database.execute("SELECT value FROM fences LIMIT 1").fetchone()
        except sqlite3.OperationalError:
            database.close()
            return None
        except sqlite3.Error:
            database.close()
            with suppress(OSError):
                (folder / "fences.sqlite").unlink()
            continue
        return database
    return None


def _dump(rendered: Rendered) -> str:
    messages = [[m.line, m.column, m.text, m.code, m.block] for m in rendered.messages]
    badges = [
        [block, line, text]
        for block, lines in rendered.badges.items()
        for line, text in lines.items()
    ]
    return json.dumps([rendered.kind.name, badges, rendered.below, messages])


def _load(text: str) -> Rendered:
    kind, marks, below, messages = json.loads(text)
    badges: dict[int, dict[int, str]] = {}
    for block, line, badge in marks:
        badges.setdefault(block, {})[line] = badge
    return Rendered(
        Kind[kind],
        badges,
        below,
        tuple(Message(*message) for message in messages),
    )
