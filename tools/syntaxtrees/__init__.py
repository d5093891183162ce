"""Does our parser agree with gc's? Compares errors, trees and positions, file by file.

    python -m tools.syntaxtrees PATH ...      (folders are searched for .go files)

In: Go files, whole folders of them. Out: each file in which the two differ, with the first
difference, and a count; the status tells if all agree. Where a file has errors, the errors are
compared as gc's parser reports them (all of them, unsorted); where it has none, every node: its
class, fields, position, first and last token, and how an expression is spelled.

How: gc's parser, cmd/compile/internal/syntax, is copied from the pinned GOROOT into .cache beside
`dump.go`, built there and asked. `//go:` directives are judged by another part of gc (noder) and
left out here. A column beyond 65,535 is cut by our positions, and in theirs before comparing.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import get_args

from mkdocs_gomem import source
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.syntax.diagnostics import run
from mkdocs_gomem.compiler.syntax.parser import Parser
from mkdocs_gomem.compiler.syntax.scanner import scan
from mkdocs_gomem.lean import fields
from tools.oracle import SCRATCH, find_go

_BATCH = 100
_EXPRESSIONS = get_args(syntax.Expr)
_KINDS = ("int", "float", "imag", "rune", "string")
_DIRECTIONS = ("", "send", "recv")
_ABOUT_DIRECTIVES = re.compile(
    r"ERROR \d+:\d+: (misplaced compiler directive|misplaced go:|usage: //go:|//go:|invalid quoted)"
)
_LONG_COLUMN = re.compile(r"(?<=\d:)(\d{5,})")


def build() -> Path:
    """Build the program that shows what gc's parser makes of files."""
    go = find_go()
    folder = SCRATCH / "syntaxtrees"
    package = folder / "syntax"
    package.mkdir(parents=True, exist_ok=True)
    original = go.parent.parent / "src" / "cmd" / "compile" / "internal" / "syntax"
    for path in sorted(original.glob("*.go")):
        if not path.name.endswith("_test.go"):
            shutil.copyfile(path, package / path.name)
    shutil.copyfile(Path(__file__).with_name("dump.go"), folder / "main.go")
    (folder / "go.mod").write_text("module syntaxtrees\n\ngo 1.27\n")
    program = folder / "dump"
    environment = {
        "PATH": f"{go.parent}:/usr/bin:/bin",
        "HOME": str(SCRATCH),
        "GOCACHE": str(SCRATCH / "build"),
        "GOFLAGS": "",
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
    }
    command = [str(go), "build", "-o", str(program), "."]
    subprocess.run(command, cwd=folder, env=environment, check=True)  # noqa: S603 - pinned Go
    return program


def theirs(program: Path, paths: list[Path]) -> list[list[str]]:
    """Return what gc's parser says of each file, line by line."""
    names = "".join(f"{path}\n" for path in paths).encode()
    printed = subprocess.run([program], input=names, capture_output=True, check=True)  # noqa: S603
    text = printed.stdout.decode(errors="replace")
    return [block.split("\n")[1:] for block in ("\n" + text).split("\nEND")[:-1]]


def ours(path: Path) -> list[str]:
    """Return what our parser says of a file, in the same form."""
    tokens = scan(path.read_bytes(), str(path))
    tree, errors = run(Parser.file_or_none, tokens, std=True)
    told = [f"ERROR {_place(pos)}: {_one_line(message)}" for pos, message in errors]
    told = [line for line in told if not _ABOUT_DIRECTIVES.match(line)]
    if not told and tree is not None:
        _dump(told, "", tree, 0)
    return told


def _place(pos: int) -> str:
    return f"{source.line_of(source.Pos(pos))}:{source.column_of(source.Pos(pos))}"


def _one_line(text: str) -> str:
    return text.replace("\n", "\\n").replace("\r", "\\r")


def _dump(lines: list[str], label: str, node: syntax.Node, depth: int) -> None:
    parts = [f"{_place(node.pos)} {'. ' * depth}{label} {type(node).__name__}"]
    for member in fields(node):
        name, value = member.name, getattr(node, member.name)
        match value:
            case syntax.Node() if name == "target":
                parts.append(f"target={_place(value.pos)}")
            case True:
                parts.append(name)
            case int() if name in ("rbrace", "colon", "eof"):
                parts.append(f"{name}={_place(value)}")
            case int() if name != "pos" and value:
                parts.append(f"{name}={value}")
            case str() if name == "kind":
                parts.append(f"kind={_KINDS.index(value)}")
            case str() if name == "dir" and value:
                parts.append(f"dir={_DIRECTIONS.index(value)}")
            case str() if value:
                parts.append(f"{name}={_one_line(value)}")
            case _:
                pass
    parts.append(f"[{_place(syntax.start_pos(node))} {_place(syntax.end_pos(node))}]")
    if isinstance(node, _EXPRESSIONS):
        parts.append(_one_line(syntax.spell(node))[:99])
    lines.append(" ".join(parts))
    for name, part in syntax.children(node):
        _dump(lines, name, part, depth + 1)


def _comparable(lines: list[str]) -> list[str]:
    """Cut long columns, and sort errors: gc tells of unused labels in the order of a map."""
    cut = [_LONG_COLUMN.sub(lambda m: str(min(int(m[1]), 0xFFFF)), line) for line in lines]
    return sorted(cut) if cut and cut[0].startswith("ERROR") else cut


def compare(paths: list[Path]) -> dict[Path, str]:
    """Return the files in which the two parsers differ, with the first difference."""
    program = build()
    different: dict[Path, str] = {}
    for start in range(0, len(paths), _BATCH):
        batch = paths[start : start + _BATCH]
        for path, lines in zip(batch, theirs(program, batch), strict=True):
            want, got = _comparable(lines), _comparable(ours(path))
            if want == got:
                continue
            index = next(
                (i for i, pair in enumerate(zip(want, got, strict=False)) if pair[0] != pair[1]),
                min(len(want), len(got)),
            )
            gc, we = ("".join(lines[index : index + 1])[:300] for lines in (want, got))
            different[path] = f"  gc   {gc}\n  ours {we}"
    return different


def go_files(paths: list[Path]) -> list[Path]:
    """Return the Go files among and below the paths, in order."""
    found = [file for path in paths for file in (path.rglob("*.go") if path.is_dir() else [path])]
    return sorted(file.resolve() for file in found if file.is_file())


def main(arguments: list[str]) -> int:
    """Compare and report; the status is 0 if the two agree everywhere."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    files = go_files(parser.parse_args(arguments).paths)
    started = time.perf_counter()
    different = compare(files)
    for path, difference in different.items():
        sys.stdout.write(f"{path}\n{difference}\n")
    seconds = time.perf_counter() - started
    sys.stdout.write(f"{len(files)} files, {len(different)} differ ({seconds:.0f} s)\n")
    return 1 if different else 0
