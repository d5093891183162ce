"""What each command of `gomem` does; `cli` reads its arguments.

What they print is fixed in design.md section 9 and held against real Go by the yardstick's
contract: diagnostics as `FILE:LINE:COL: MESSAGE`; status 3 and `not supported: WHAT` for what we
refuse.

On this shelf, the commands together that load the same rooms, since each start of a command waits
for them:
    frontend: vet, sizes.
    compiling: escape, why, symbols, dump.
    running: run, allocs.
    pages: render, check, doctor.
And what they share:
    sources: the files of one package.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from mkdocs_gomem import hosts
from mkdocs_gomem.source import Rejected, Undisturbed

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable
    from types import ModuleType

REFUSED = 3
"""Exit status for what Go accepts and we do not."""


def load(name: str) -> Callable[[argparse.Namespace], int]:
    """Load a command, and no other rooms than those it needs."""
    with Undisturbed():  # what is loaded stays; to look for garbage in it takes a tenth of the time
        command: Callable[[argparse.Namespace], int] = getattr(_module(name), name)
    return command


def perform(command: Callable[[argparse.Namespace], int], asked: argparse.Namespace) -> int:
    """Perform a command; turn what it cannot do into lines on standard error, and a status."""
    try:
        status = command(asked)
    except Rejected as rejected:
        _tell(rejected)
        return REFUSED if rejected.unsupported else 1
    except BrokenPipeError:
        raise
    except OSError as error:
        said = error if error.filename is None else f"{error.filename}: {error.strerror}"
        print(f"gomem: {said}", file=sys.stderr)
        return 2
    return status


def _tell(rejected: Rejected) -> None:
    """Write what is wrong, and the way out where Go's own words do not say it all."""
    if rejected.unsupported:
        lines = list(map(str, rejected.diagnostics))
    else:
        from mkdocs_gomem.compiler import checker  # noqa: PLC0415 - it was loaded to find them

        lines = checker.format_errors(rejected.diagnostics)
    for line in lines:
        print(line, file=sys.stderr)
    out = rejected.diagnostics[0].help or (hosts.WAY_OUT if rejected.unsupported else "")
    if out:
        print(f"help: {out}", file=sys.stderr)


def _module(command: str) -> ModuleType:
    match command:
        case "vet" | "sizes":
            from mkdocs_gomem.hosts.commands import frontend  # noqa: PLC0415

            return frontend
        case "run" | "allocs":
            from mkdocs_gomem.hosts.commands import running  # noqa: PLC0415

            return running
        case "render" | "check" | "doctor":
            from mkdocs_gomem.hosts.commands import pages  # noqa: PLC0415

            return pages
        case _:
            from mkdocs_gomem.hosts.commands import compiling  # noqa: PLC0415

            return compiling
