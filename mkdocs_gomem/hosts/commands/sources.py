"""The files of one package, as the arguments of a command name them."""

from __future__ import annotations

import os.path
import sys
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
        if os.path.isdir(name):
            found += _folder(name)
        elif os.path.splitext(name)[1] == ".txtar":
            found += _archive(_bytes(name))
        else:
            found.append(SourceFile(name, _bytes(name)))
    if not found:
        raise FileNotFoundError(f"no Go files in {' '.join(names)}")
    return found


def _folder(name: str) -> list[SourceFile]:
    from pathlib import Path  # noqa: PLC0415 - loads urllib, for which a file need not wait

    return [
        SourceFile(str(path), path.read_bytes())
        for path in sorted(Path(name).glob("*.go"))
        if not path.name.endswith("_test.go")
    ]


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _archive(text: bytes) -> list[SourceFile]:
    """List the Go files of a txtar archive, in the order in which go build takes them."""
    found = [
        SourceFile(section.name, section.text)
        for section in archive.read(text).sections
        if section.name.endswith(".go") and not section.is_below
    ]
    return sorted(found, key=lambda file: file.name)
