"""The text of the program that is being written, with the Go position of each line."""

from __future__ import annotations

from mkdocs_gomem.source import NO_POS, Pos


class Writer:
    """Lines of Python, indented, each with the Go statement that it belongs to."""

    __slots__ = ("band", "depth", "pos", "rows", "unticked")

    def __init__(self) -> None:
        self.rows: list[tuple[str, Pos, int]] = []
        """Lines, each with its position and the inlined call that it belongs to."""
        self.depth = 0
        self.pos: Pos = NO_POS
        self.band = -1
        """The inlined call that is being written, as its function numbers them."""
        self.unticked = 0
        """Characters since the last line that takes a step."""

    def line(self, text: str) -> None:
        """Write a line."""
        self.rows.append((" " * self.depth + text, self.pos, self.band))
        self.unticked += len(text)

    def block(self, head: str) -> Block:
        """Write a compound statement around what is written inside (`with`)."""
        self.line(head)
        return Block(self)

    def otherwise(self) -> int:
        """Go on in an `else`; return how many lines there are then."""
        self.line("else:")
        self.depth += 1
        return len(self.rows)

    def take_back(self) -> str:
        """Take back the `else` that was just begun, for what may as well be an `elif`."""
        self.rows.pop()
        self.unticked -= len("else:")
        self.depth -= 1
        return "elif"

    def enclose(self, place: int, *heads: str) -> None:
        """Put what was written from a place on inside of a compound statement."""
        inside = [(" " + text, pos, band) for text, pos, band in self.rows[place:]]
        self.rows[place:] = [(" " * self.depth + head, self.pos, self.band) for head in heads]
        self.rows += inside

    def insert(self, place: int, text: str, pos: Pos) -> None:
        """Write a line before others, as deep as the next one would be."""
        self.rows.insert(place, (" " * self.depth + text, pos, -1))

    def add(self, other: Writer) -> None:
        """Append what another writer has."""
        self.rows += other.rows


class Block:
    """The inside of a compound statement: where it is written, all is one deeper."""

    __slots__ = ("_before", "_writer")

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._before = len(writer.rows)

    def __enter__(self) -> None:
        self._writer.depth += 1

    def __exit__(self, *_: object) -> None:
        if len(self._writer.rows) == self._before:
            self._writer.line("pass")
        self._writer.depth -= 1
