"""The files of one package, as the arguments of a command name them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem.hosts import archive
from mkdocs_gomem.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Sequence


def read(names: Sequence[str]) -> list[SourceFile]:
    """Read the files of one package: files, a folder's .go files, a txtar archive, or `-`."""
    found: list[SourceFile] = []
    for name in names:
        if name == "-":
            text = sys.stdin.buffer.read()
            archived = archive.read(text).holds_go
            found += _archive(text) if archived else [SourceFile("stdin.go", text)]
            continue
        path = Path(name)
        if path.is_dir():
            found += [
                SourceFile(str(file), file.read_bytes())
                for file in sorted(path.glob("*.go"))
                if not file.name.endswith("_test.go")
            ]
        elif path.suffix == ".txtar":
            found += _archive(path.read_bytes())
        else:
            found.append(SourceFile(name, path.read_bytes()))
    if not found:
        raise FileNotFoundError(f"no Go files in {' '.join(names)}")
    return found


def _archive(text: bytes) -> list[SourceFile]:
    """List the Go files of a txtar archive, in the order in which go build takes them."""
    found = [
        SourceFile(section.name, section.text)
        for section in archive.read(text).sections
        if section.name.endswith(".go") and not section.is_below
    ]
    return sorted(found, key=lambda file: file.name)
