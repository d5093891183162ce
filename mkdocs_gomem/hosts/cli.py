"""`gomem`: the same rooms from the command line, for authors, CI and the yardstick.

Reads the arguments; what the commands do is in `commands`, which is loaded when one is asked for.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.lean import override

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOMS = ("syntax", "checker", "ir", "inline", "escape", "link", "codegen", "machine")
"""Whose output `gomem dump` can print."""
FORMATS = ("text", "github", "json")
"""How `gomem check` can write what it finds."""

_INTERRUPTED = 130
"""Exit status of what was ended by SIGINT, as shells tell it."""
COMMANDS = {
    "run": "run a program: its output, its exit status",
    "vet": "print the compile errors that go build prints",
    "escape": "print what go build -gcflags=-m prints",
    "why": "print where each value lives, with the flow of values that decided it",
    "symbols": "print NAME SECTION SIZE of the program's own symbols",
    "allocs": "print LINE OBJECTS BYTES of its heap allocations",
    "sizes": "print TYPE SIZE ALIGN and TYPE.FIELD OFFSET SIZE of the package's structs",
    "render": "write one panel or picture that stands alone",
    "check": "check every marked Go fence of Markdown files and folders",
    "dump": "print what flows out of a room",
    "doctor": "say what is installed and whether it works",
}
"""What each is for."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    if arguments is None:
        _open_missing()
    asked = _asked(sys.argv[1:] if arguments is None else arguments)
    # What `--version` and a slip of the pen need not wait for.
    from mkdocs_gomem.hosts import commands  # noqa: PLC0415

    command = commands.load(asked.command)
    if arguments is None:
        # The process is ours: what is loaded stays to its end, and need not be looked through then.
        gc.freeze()
    try:
        status = commands.perform(command, asked)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read has gone; nothing more must be written, not even when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _open_missing() -> None:
    """Put something in place of standard streams that whoever started us has closed."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            # It stays open to the end. `pathlib` loads urllib, for which nobody should wait.
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def _asked(words: Sequence[str]) -> argparse.Namespace:
    """Read the arguments. One command does not wait for those of the others to be set up."""
    if not words or words[0] not in COMMANDS:
        return _every_command().parse_args(words)
    name = words[0]
    parser = argparse.ArgumentParser(
        prog=f"gomem {name}", description=COMMANDS[name], formatter_class=_formatter
    )
    _add_arguments(parser, name)
    return parser.parse_args(words[1:], argparse.Namespace(command=name))


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    @override
    def __call__(self, parser: argparse.ArgumentParser, *others: Any) -> None:
        """Print it and leave."""
        from importlib import metadata  # noqa: PLC0415 - reads mail headers, to everybody else in vain

        print(f"gomem {metadata.version('mkdocs-gomem')}")
        parser.exit()


def _every_command() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="gomem",
        description="What a Go program does with memory, without a Go toolchain.",
        formatter_class=_formatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=text, formatter_class=_formatter)
        _add_arguments(command, name)
    return parser


def _add_arguments(command: argparse.ArgumentParser, name: str) -> None:
    """Tell a command's parser what the command takes."""
    if name not in ("check", "doctor"):
        command.add_argument(
            "files",
            nargs="+",
            metavar="FILE.go",
            help="files of one package, a folder, a .txtar archive, or - for standard input",
        )
    match name:
        case "vet":
            command.add_argument(
                "-e", action="store_true", help="all of them, not only the first ten"
            )
        case "escape":
            command.add_argument(
                "-l", action="store_true", help="without inlining, as -gcflags='-m -l'"
            )
        case "why":
            command.add_argument(
                "-l", action="store_true", help="without inlining, as -gcflags='-m=2 -l'"
            )
            command.add_argument("--json", action="store_true", help="as data, for scripts")
        case "render":
            command.add_argument(
                "-o", "--output", required=True, metavar="OUT", help="a .html, .svg or .dot file"
            )
        case "check":
            command.add_argument("--all", action="store_true", help="unmarked fences too")
            command.add_argument("--format", choices=FORMATS, default="text")
            command.add_argument("paths", nargs="+", metavar="PATH")
        case "dump":
            command.add_argument(
                "--at", required=True, choices=ROOMS, metavar="ROOM", help=", ".join(ROOMS)
            )
        case _:
            pass
    if name in ("vet", "escape", "why", "sizes"):
        command.add_argument(
            "-std",
            default="",
            metavar="PATH",
            help="the files are a package of the standard library, with this import path",
        )


def _formatter(prog: str) -> argparse.HelpFormatter:
    """Write help as wide as the terminal, which argparse would load `shutil` to be told."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns):
        width = int(columns)
    else:
        try:
            width = os.get_terminal_size().columns
        except OSError:  # no terminal
            width = 0
    return argparse.HelpFormatter(prog, width=(width or 80) - 2)


if __name__ == "__main__":
    sys.exit(main())
