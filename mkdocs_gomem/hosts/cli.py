"""`gomem`: the same rooms from the command line, for authors, CI and the yardstick.

Reads the arguments; what the commands do is in `commands`, which is loaded when one is asked for.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOMS = ("syntax", "checker", "ir", "inline", "escape", "link", "codegen", "machine")
"""Whose output `gomem dump` can print."""
FORMATS = ("text", "github", "json")
"""How `gomem check` can write what it finds."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    asked = _parser().parse_args(arguments)
    # What `--version` and a slip of the pen need not wait for.
    from mkdocs_gomem.hosts import commands  # noqa: PLC0415

    try:
        status = commands.perform(asked)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has gone; nothing more must be written, not even when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *others: Any) -> None:
        """Print it and leave."""
        from importlib import metadata  # noqa: PLC0415 - reads mail headers, to everybody else in vain

        print(f"gomem {metadata.version('mkdocs-gomem')}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gomem", description="What a Go program does with memory, without a Go toolchain."
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")

    def add(name: str, text: str, *, files: bool = True) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text, description=text)
        if files:
            command.add_argument(
                "files",
                nargs="+",
                metavar="FILE.go",
                help="files of one package, a folder, a .txtar archive, or - for standard input",
            )
        return command

    add("run", "run a program: its output, its exit status")
    vet = add("vet", "print the compile errors that go build prints")
    vet.add_argument("-e", action="store_true", help="all of them, not only the first ten")
    escape = add("escape", "print what go build -gcflags=-m prints")
    escape.add_argument("-l", action="store_true", help="without inlining, as -gcflags='-m -l'")
    why = add("why", "print where each value lives, with the flow of values that decided it")
    why.add_argument("-l", action="store_true", help="without inlining, as -gcflags='-m=2 -l'")
    why.add_argument("--json", action="store_true", help="as data, for scripts")
    add("symbols", "print NAME SECTION SIZE of the program's own symbols")
    add("allocs", "print LINE OBJECTS BYTES of its heap allocations")
    sizes = add(
        "sizes", "print TYPE SIZE ALIGN and TYPE.FIELD OFFSET SIZE of the package's structs"
    )
    for command in (vet, escape, why, sizes):
        command.add_argument(
            "-std",
            default="",
            metavar="PATH",
            help="the files are a package of the standard library, with this import path",
        )
    render = add("render", "write one panel or picture that stands alone")
    render.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="a .html, .svg or .dot file"
    )
    check = add("check", "check every marked Go fence of Markdown files and folders", files=False)
    check.add_argument("--all", action="store_true", help="unmarked fences too")
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument("paths", nargs="+", metavar="PATH")
    dump = add("dump", "print what flows out of a room")
    dump.add_argument("--at", required=True, choices=ROOMS, metavar="ROOM", help=", ".join(ROOMS))
    add("doctor", "say what is installed and whether it works", files=False)
    return parser


if __name__ == "__main__":
    sys.exit(main())
