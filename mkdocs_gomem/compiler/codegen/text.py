"""The text of the program that is being written, with the Go position of each line."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Iterator


class Writer:
    """Lines of Python, indented, each with the Go statement that it belongs to."""

    __slots__ = ("band", "bands", "depth", "lines", "pos", "positions", "unticked")

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.positions: list[Pos] = []
        self.depth = 0
        self.pos: Pos = NO_POS
        self.bands: list[int] = []
        self.band = -1
        """The inlined call that is being written, as its function numbers them."""
        self.unticked = 0
        """Characters since the last line that takes a step."""

    def line(self, text: str) -> None:
        """Write a line."""
        self.lines.append(" " * self.depth + text)
        self.positions.append(self.pos)
        self.bands.append(self.band)
        self.unticked += len(text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Write a compound statement around what is written inside."""
        self.line(head)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def enclose(self, place: int, *heads: str) -> None:
        """Put what was written from a place on inside of a compound statement."""
        written = self.lines[place:]
        self.lines[place:] = [" " * self.depth + head for head in heads]
        self.lines.extend(" " + line for line in written)
        self.positions[place:place] = [self.pos] * len(heads)
        self.bands[place:place] = [self.band] * len(heads)

    def reserve(self) -> int:
        """Leave room for a line that is known only later."""
        self.line("pass")
        return len(self.lines) - 1

    def fill(self, place: int, text: str) -> None:
        """Write a line that was left open, as deep as it was then."""
        old = self.lines[place]
        self.lines[place] = old[: len(old) - len(old.lstrip())] + text

    def add(self, other: Writer) -> None:
        """Append what another writer has."""
        self.lines.extend(other.lines)
        self.positions.extend(other.positions)
        self.bands.extend(other.bands)
