"""What each command of `gomem` does; `cli` reads its arguments.

What they print is fixed in design.md section 9 and held against real Go by the yardstick's
contract: diagnostics as `FILE:LINE:COL: MESSAGE`; status 3 and `not supported: WHAT` for what we
refuse. Apart from `cli`, since this loads the compiler.
"""

from __future__ import annotations

import importlib.util
import json
import platform
import re
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import checker
from mkdocs_gomem.hosts import archive, fences, scan
from mkdocs_gomem.hosts.options import Settings, ask
from mkdocs_gomem.lesson import decisions, page
from mkdocs_gomem.lesson.diagrams import engine
from mkdocs_gomem.machine.trace import Ending
from mkdocs_gomem.source import (
    Fence,
    Limits,
    Options,
    Places,
    Rejected,
    SourceFile,
    Stretch,
    file_of,
    line_of,
    spell,
)

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Mapping, Sequence

REFUSED = 3
"""Exit status for what Go accepts and we do not."""
STEPS = 50_000_000
"""Bound of a run on the command line, where somebody waits; a page has the site's."""


def _read(names: Sequence[str]) -> list[SourceFile]:
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


def _limits() -> Limits:
    return Limits(steps=STEPS, recorded=0, memory=1 << 30, output=64 << 20)


def _refuse(rejected: Rejected) -> int:
    """Print why a program has no answer; say by the status whose fault it is."""
    for diagnostic in rejected.diagnostics:
        print(diagnostic, file=sys.stderr)
    return REFUSED if rejected.unsupported else 1


def run(asked: argparse.Namespace) -> int:
    """Run a program: its output and its exit status are ours."""
    files = _read(asked.files)
    limits = _limits()
    trace = pipeline.execute(pipeline.decide_to_run(files), limits)
    sys.stdout.buffer.write(trace.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(trace.stderr)
    if trace.outcome.ending is Ending.STOPPED:
        print(f"{spell(trace.outcome.pos)}: stopped: {trace.outcome.message}", file=sys.stderr)
        return REFUSED
    return trace.outcome.status


def vet(asked: argparse.Namespace) -> int:
    """Print the errors that keep a package from compiling."""
    files = _read(asked.files)
    # In a message, files are named as go build names them where they stand.
    there = [SourceFile(f"./{Path(file.name).name}", file.text) for file in files]
    given = {near.name: file.name for near, file in zip(there, files, strict=True)}

    def placed(line: str) -> str:
        name, colon, rest = line.partition(":")
        return f"{given.get(name, name)}{colon}{rest}"

    try:
        _, info = pipeline.check(there, std=asked.std)
    except Rejected as rejected:
        if rejected.unsupported:
            print(*map(placed, map(str, rejected.diagnostics)), sep="\n", file=sys.stderr)
            return REFUSED
        for line in checker.format_errors(
            rejected.diagnostics, limit=0 if asked.e else checker.ERROR_LIMIT
        ):
            print(placed(line))
        return 1
    unlinked = pipeline.missing_main(info)
    if unlinked:
        print(unlinked)
    return 1 if unlinked else 0


def escape(asked: argparse.Namespace) -> int:
    """Print what gc says at `-m`."""
    decisions = pipeline.decide(
        _read(asked.files), inlining=not asked.l, assembly=True, std=asked.std
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
        found = _read([name])
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
    print(pipeline.decide(_read(asked.files)).image.dump(), end="")
    return 0


def allocs(asked: argparse.Namespace) -> int:
    """Print heap allocations by line; the lines of several files with their names."""
    files = _read(asked.files)
    trace = pipeline.execute(pipeline.decide_to_run(files), _limits())
    lines: dict[tuple[str, int], list[int]] = {}
    for allocation in trace.allocations:
        place = file_of(allocation.pos), line_of(allocation.pos)
        lines.setdefault(place, []).append(allocation.class_size)
    for file in files:
        prefix = f"{file.name}:" if len(files) > 1 else ""
        for (name, line), sizes in sorted(lines.items()):
            if name == file.name:
                print(f"{prefix}{line} {len(sizes)} {sum(sizes)}")
    return 0


def sizes(asked: argparse.Namespace) -> int:
    """Print how structs are laid out; functions may have their bodies in assembly."""
    for line in pipeline.structs(
        pipeline.check(_read(asked.files), assembly=True, std=asked.std)[1]
    ):
        print(line)
    return 0


def render(asked: argparse.Namespace) -> int:
    """Write one panel, or its picture alone."""
    target = Path(asked.output)
    if target.suffix not in (".html", ".svg", ".dot"):
        raise FileNotFoundError(f"{target}: what is written is a .html, .svg or .dot file")
    files = _read(asked.files)
    options = Options(open=("picture", "table"))
    names = [Path(file.name).name if len(files) > 1 else "" for file in files]
    places = Places(
        tuple(
            Stretch(file.name, block=block, name=name)
            for block, (file, name) in enumerate(zip(files, names, strict=True), 1)
        ),
        len(files),
    )
    fence = Fence(tuple(files), options=options, identity="gomem", places=places)
    fragment, lesson, _ = pipeline.panel(fence)
    if target.suffix == ".html":
        blocks = [(name, file.text.decode()) for name, file in zip(names, files, strict=True)]
        text = page.stand_alone(blocks, fragment)
    else:
        text = page.picture(lesson, options, as_svg=target.suffix == ".svg")
    target.write_text(text, encoding="utf-8")
    return 0


def check(asked: argparse.Namespace) -> int:
    """Print what is wrong in the Go fences of Markdown files."""
    settings = Settings("all" if asked.all else "marked")
    found = list(scan.check([Path(path) for path in asked.paths], settings))
    if asked.format == "json":
        print(
            json.dumps(
                [
                    {"page": f.page, "line": f.line, "column": f.column, "message": f.text}
                    for f in found
                ],
                indent=1,
            )
        )
    for finding in found:
        if asked.format == "text":
            print(f"{finding.page}:{finding.line}:{finding.column}: {finding.text}")
        elif asked.format == "github":
            print(
                f"::error file={finding.page},line={finding.line},col={finding.column}"
                f"::{finding.text}"
            )
    return 1 if found else 0


def dump(asked: argparse.Namespace) -> int:
    """Print what flows out of one room."""
    print(pipeline.DUMPS[asked.at](_read(asked.files)), end="")
    return 0


def doctor(asked: argparse.Namespace) -> int:
    """Try each part on something real."""
    del asked
    good = True
    print(f"mkdocs-gomem {metadata.version('mkdocs-gomem')}, Python {platform.python_version()}")
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("std pack", lambda: f"{len(pipeline.std_packages())} packages of {pipeline.go_version()}"),
        ("engine", _doctor_engine),
        ("a program", _doctor_program),
        (
            "MkDocs",
            lambda: (
                metadata.version("mkdocs")
                if importlib.util.find_spec("mkdocs")
                else "not installed"
            ),
        ),
    )
    for name, look in checks:
        try:
            print(f"  {name}: {look()}")
        except Exception as error:  # noqa: BLE001 - whatever is wrong is what this command is for
            good = False
            print(f"  {name}: FAILED: {error}")
    return 0 if good else 1


def _doctor_engine() -> str:
    picture = engine.draw(['digraph { a [pos="0,0"] b [pos="72,0"] a -> b }'])[0]
    return f"{engine.find('auto')} ({len(picture)} bytes of SVG)"


def _doctor_program() -> str:
    text = 'println("ok")'
    rendered = fences.render(text, ask({"gomem": ""}, Settings()), Settings(), "gomem-doctor")
    if rendered.messages:
        raise RuntimeError(rendered.messages[0].text)
    return f"panel of {len(rendered.below)} bytes"


def _guarded(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Turn what a command cannot do into a line on standard error and a status."""

    def run(asked: argparse.Namespace) -> int:
        try:
            return command(asked)
        except Rejected as rejected:
            return _refuse(rejected)
        except BrokenPipeError:
            raise
        except (OSError, engine.EngineError) as error:
            print(f"gomem: {error}", file=sys.stderr)
            return 2

    return run


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    command.__name__: _guarded(command)
    for command in (run, vet, escape, why, symbols, allocs, sizes, render, check, dump, doctor)
}
"""Each command by its name."""
