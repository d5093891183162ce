"""Commands about what the compiler decides, before anything runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts.commands import sources
from mkdocs_gomem.lesson import decisions

if TYPE_CHECKING:
    import argparse

    from mkdocs_gomem.source import SourceFile


def escape(asked: argparse.Namespace) -> int:
    """Print what gc says at `-m`."""
    decisions = pipeline.decide(
        sources.read(asked.files), inlining=not asked.l, assembly=True, std=asked.std
    )
    for line in pipeline.remarks(decisions):
        print(line)
    return 0


def why(asked: argparse.Namespace) -> int:
    """Print where each value lives, with what led to it; of the lines asked for, or of all."""
    files: list[SourceFile] = []
    lines: list[tuple[SourceFile, int, int]] = []
    for argument in asked.files:
        name, line, column = _split_line(argument)
        found = sources.read([name])
        files += found
        lines += [(file, line, column) for file in found if line]
    for file, line, _ in lines:
        count = len(file.text.splitlines())
        if line > count:
            raise FileNotFoundError(f"{file.name} has {count} lines, so none is line {line}")
    decided = pipeline.decided(
        pipeline.decide(files, inlining=not asked.l, assembly=True, std=asked.std)
    )
    chosen = [
        one
        for one in decided
        if not lines or any(one.stands_at(file.name, *place) for file, *place in lines)
    ]
    if asked.json:
        print(json.dumps(decisions.as_data(chosen), indent=1, ensure_ascii=False))
        return 0
    for text in decisions.as_lines(chosen):
        print(text)
    for file, *place in lines:
        if not any(one.stands_at(file.name, *place) for one in chosen):
            where = ":".join(map(str, filter(None, place)))
            print(f"{file.name}:{where}: no value here has to be placed")
    return 0


def _split_line(argument: str) -> tuple[str, int, int]:
    """Split `FILE:LINE` or `FILE:LINE:COLUMN`, as messages have it; 0 is no line, no column."""
    found = re.fullmatch(r"(.+?):([1-9]\d*)(?::([1-9]\d*))?:?", argument)
    if found is None or Path(argument).exists():
        return argument, 0, 0
    return found[1], int(found[2]), int(found[3] or 0)


def symbols(asked: argparse.Namespace) -> int:
    """Print the program's own symbols."""
    print(pipeline.decide(sources.read(asked.files)).image.dump(), end="")
    return 0


def dump(asked: argparse.Namespace) -> int:
    """Print what flows out of one room."""
    print(pipeline.DUMPS[asked.at](sources.read(asked.files)), end="")
    return 0
