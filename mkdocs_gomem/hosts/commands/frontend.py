"""Commands that need the front end alone: what does not compile, how structs are laid out."""

from __future__ import annotations

import os.path
import sys
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import checker, front
from mkdocs_gomem.hosts import commands
from mkdocs_gomem.hosts.commands import sources
from mkdocs_gomem.source import Rejected, SourceFile

if TYPE_CHECKING:
    import argparse


def vet(asked: argparse.Namespace) -> int:
    """Print the errors that keep a package from compiling."""
    files = sources.read(asked.files)
    # In a message, files are named as go build names them where they stand.
    there = [SourceFile(f"./{os.path.basename(file.name)}", file.text) for file in files]
    given = {near.name: file.name for near, file in zip(there, files, strict=True)}

    def placed(line: str) -> str:
        name, colon, rest = line.partition(":")
        return f"{given.get(name, name)}{colon}{rest}"

    try:
        _, info = front.check(there, std=asked.std)
    except Rejected as rejected:
        if rejected.unsupported:
            print(*map(placed, map(str, rejected.diagnostics)), sep="\n", file=sys.stderr)
            return commands.REFUSED
        for line in checker.format_errors(
            rejected.diagnostics, limit=0 if asked.e else checker.ERROR_LIMIT
        ):
            print(placed(line))
        return 1
    unlinked = front.missing_main(info)
    if unlinked:
        print(unlinked)
    return 1 if unlinked else 0


def sizes(asked: argparse.Namespace) -> int:
    """Print how structs are laid out; functions may have their bodies in assembly."""
    for line in front.structs(
        front.check(sources.read(asked.files), assembly=True, std=asked.std)[1]
    ):
        print(line)
    return 0
