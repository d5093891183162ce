"""What is in a `.txtar` file: a few lines of prose, then named sections of text.

Text in, an `Archive` out; `Archive.text` gives the same bytes back. A section starts at a line
`-- NAME --` and ends where the next one starts. Three kinds of names stand in our cases:

  1. files of the program, like `main.go` (`Archive.sources`);
  2. `go/...`: what the real toolchain says, written by `tools/oracle.py` and nothing else;
  3. `want/...`: what we want of our own, written by hand or by `pytest --update`.

The format is that of golang.org/x/tools/txtar: every section that is not empty ends in a
newline, so a text without one gets it on the way in (`ended`), on both sides of a comparison.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_MARKER = re.compile(r"^-- (\S.*?) --\n", re.MULTILINE)


@dataclass(slots=True)
class Archive:
    """One test case: what it shows, and its sections in the order of the file."""

    comment: str
    """The prose before the first section."""
    sections: dict[str, str] = field(default_factory=dict)

    @property
    def sources(self) -> dict[str, str]:
        """The files of the program: every section that is neither recorded nor wanted."""
        return {
            name: text
            for name, text in self.sections.items()
            if not name.startswith(("go/", "want/"))
        }

    @property
    def text(self) -> str:
        """The archive as it stands in its file."""
        parts = [ended(self.comment)]
        for name, body in self.sections.items():
            parts += [f"-- {name} --\n", ended(body)]
        return "".join(parts)

    def lines(self, name: str) -> list[str]:
        """The lines of one section, none where the section is absent."""
        return self.sections.get(name, "").splitlines()


def parse(text: str) -> Archive:
    """Split the text of a file into prose and sections; a name twice is an error."""
    comment, *rest = _MARKER.split(ended(text))
    archive = Archive(comment)
    for name, body in zip(rest[::2], rest[1::2], strict=True):
        if name in archive.sections:
            raise ValueError(f"section {name} stands twice")
        archive.sections[name] = body
    return archive


def read(path: Path) -> Archive:
    """Read one file, byte for byte: a carriage return in a program is part of the program."""
    return parse(path.read_bytes().decode("utf-8"))


def ended(text: str) -> str:
    """Give a text that is not empty the newline at its end."""
    return text if not text or text.endswith("\n") else text + "\n"
