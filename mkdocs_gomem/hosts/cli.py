"""`gomem`: the same rooms from the command line, for authors, CI and the yardstick.

What each command prints is fixed in design.md section 9 and held against real Go by the
yardstick's contract: diagnostics as `FILE:LINE:COL: MESSAGE`; status 3 and `not supported: WHAT`
for what we refuse.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import platform
import sys
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import checker
from mkdocs_gomem.hosts import fences, scan
from mkdocs_gomem.hosts.fences import Settings
from mkdocs_gomem.lesson import page
from mkdocs_gomem.lesson.diagrams import engine
from mkdocs_gomem.machine.trace import Ending
from mkdocs_gomem.source import (
    Fence,
    Limits,
    Options,
    Rejected,
    SourceFile,
    line_of,
    spell,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

REFUSED = 3
"""Exit status for what Go accepts and we do not."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = _parser()
    asked = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = asked.command
    try:
        return command(asked)
    except Rejected as rejected:
        return _refuse(rejected)
    except OSError as error:
        print(f"gomem: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gomem", description="What a Go program does with memory, without a Go toolchain."
    )
    parser.add_argument("--version", action="version", version=metadata.version("mkdocs-gomem"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[argparse.Namespace], int], text: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(command=run)
        return command

    def files(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "files",
            nargs="+",
            metavar="FILE.go",
            help="files of one package, a folder, or - for standard input",
        )

    run = add("run", _run, "run a program: its output, its exit status")
    files(run)
    vet = add("vet", _vet, "print the compile errors that go build prints")
    vet.add_argument("-e", action="store_true", help="all of them, not only the first ten")
    files(vet)
    escape = add("escape", _escape, "print what go build -gcflags=-m prints")
    escape.add_argument("-l", action="store_true", help="without inlining, as -gcflags='-m -l'")
    files(escape)
    files(add("symbols", _symbols, "print NAME SECTION SIZE of the program's own symbols"))
    files(add("allocs", _allocs, "print LINE OBJECTS BYTES of its heap allocations"))
    render = add("render", _render, "write one panel or picture that stands alone")
    render.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a .html, .svg or .dot file"
    )
    files(render)
    check = add("check", _check, "check every marked Go fence of Markdown files and folders")
    check.add_argument("--all", action="store_true", help="unmarked fences too")
    check.add_argument("--format", choices=("text", "github", "json"), default="text")
    check.add_argument("paths", nargs="+", metavar="PATH")
    dump = add("dump", _dump, "print what flows out of a room")
    dump.add_argument(
        "--at",
        required=True,
        choices=tuple(pipeline.DUMPS),
        metavar="ROOM",
        help=", ".join(pipeline.DUMPS),
    )
    files(dump)
    add("doctor", _doctor, "say what is installed and whether it works")
    return parser


def _read(names: Sequence[str]) -> list[SourceFile]:
    """Read the files of one package: files, a folder's .go files, a txtar archive, or `-`."""
    found: list[SourceFile] = []
    for name in names:
        if name == "-":
            found.append(SourceFile("stdin.go", sys.stdin.buffer.read()))
            continue
        path = Path(name)
        if path.is_dir():
            found += [
                SourceFile(str(p), p.read_bytes())
                for p in sorted(path.glob("*.go"))
                if not p.name.endswith("_test.go")
            ]
        elif path.suffix == ".txtar":
            found += [f for f in _archive(path.read_bytes()) if f.name.endswith(".go")]
        else:
            found.append(SourceFile(name, path.read_bytes()))
    return found


def _archive(text: bytes) -> Iterator[SourceFile]:
    """Split a txtar archive into its files."""
    name, lines = "", list[bytes]()
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith(b"-- ") and stripped.endswith(b" --"):
            if name:
                yield SourceFile(name, b"".join(lines))
            name, lines = stripped[3:-3].decode().strip(), []
        else:
            lines.append(line)
    if name:
        yield SourceFile(name, b"".join(lines))


def _refuse(rejected: Rejected) -> int:
    for diagnostic in rejected.diagnostics:
        print(diagnostic, file=sys.stderr)
    return REFUSED if rejected.unsupported else 1


def _run(asked: argparse.Namespace) -> int:
    files = _read(asked.files)
    limits = Limits(steps=50_000_000, recorded=0, memory=1 << 30, output=64 << 20)
    trace = pipeline.execute(pipeline.decide(files), limits)
    sys.stdout.buffer.write(trace.stdout)
    sys.stdout.flush()
    sys.stderr.buffer.write(trace.stderr)
    if trace.outcome.ending is Ending.STOPPED:
        print(f"{spell(trace.outcome.pos)}: stopped: {trace.outcome.message}", file=sys.stderr)
        return REFUSED
    return trace.outcome.status


def _vet(asked: argparse.Namespace) -> int:
    try:
        pipeline.check(_read(asked.files))
    except Rejected as rejected:
        if rejected.unsupported:
            raise
        for line in checker.format_errors(
            rejected.diagnostics, limit=0 if asked.e else checker.ERROR_LIMIT
        ):
            print(line)
        return 1
    return 0


def _escape(asked: argparse.Namespace) -> int:
    decisions = pipeline.decide(_read(asked.files), inlining=not asked.l)
    for line in pipeline.remarks(decisions):
        print(line)
    return 0


def _symbols(asked: argparse.Namespace) -> int:
    print(pipeline.decide(_read(asked.files)).image.dump(), end="")
    return 0


def _allocs(asked: argparse.Namespace) -> int:
    limits = Limits(steps=50_000_000, recorded=0, memory=1 << 30, output=64 << 20)
    trace = pipeline.execute(pipeline.decide(_read(asked.files)), limits)
    lines: dict[int, list[int]] = {}
    for allocation in trace.allocations:
        lines.setdefault(line_of(allocation.pos), []).append(allocation.class_size)
    for line, sizes in sorted(lines.items()):
        print(f"{line} {len(sizes)} {sum(sizes)}")
    return 0


def _render(asked: argparse.Namespace) -> int:
    files = _read(asked.files)
    target = Path(asked.output)
    options = Options(open=("picture", "table"))
    fence = Fence(tuple(files), options=options, identity="gomem")
    if target.suffix in (".svg", ".dot"):
        _, lesson, _ = pipeline.panel(fence)
        target.write_text(
            page.picture(lesson, options, as_svg=target.suffix == ".svg"), encoding="utf-8"
        )
        return 0
    fragment, _, _ = pipeline.panel(fence)
    target.write_text(page.stand_alone(files[-1].text.decode(), fragment), encoding="utf-8")
    return 0


def _check(asked: argparse.Namespace) -> int:
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
                f"::error file={finding.page},line={finding.line},col={finding.column}::{finding.text}"
            )
    return 1 if found else 0


def _dump(asked: argparse.Namespace) -> int:
    print(pipeline.DUMPS[asked.at](_read(asked.files)), end="")
    return 0


def _doctor(asked: argparse.Namespace) -> int:
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
    picture = engine.draw(["digraph { a -> b }"])[0]
    return f"{engine.find('auto')} ({len(picture)} bytes of SVG)"


def _doctor_program() -> str:
    text = 'println("ok")'
    rendered = fences.render(
        text, fences.ask({"gomem": ""}, Settings()), Settings(), "gomem-doctor"
    )
    if rendered.messages:
        raise RuntimeError(rendered.messages[0].text)
    return f"panel of {len(rendered.below)} bytes"


if __name__ == "__main__":
    sys.exit(main())
