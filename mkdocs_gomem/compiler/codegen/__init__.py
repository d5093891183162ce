"""Order of evaluation made explicit, then Python text with a map back to Go's lines.

In: the inlined program and its placements. Out: a `machine.Executable`.

`program` finds what is needed and keeps the tables, `function` writes one function, `statements`,
`control` (branches, loops, labels), `expressions`, `arithmetic`, `calls` and `convert` write its
parts; `order` says what must be evaluated first; `names` and `text` make names and lines.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.compiler.codegen.program import Generator
from mkdocs_gomem.machine.executable import assemble
from mkdocs_gomem.source import NO_POS, unsupported
from mkdocs_gomem.std import natives as shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mkdocs_gomem import machine
    from mkdocs_gomem.compiler import escape, ir, staticinit
    from mkdocs_gomem.source import Pos


def generate(
    program: ir.Program,
    placements: escape.Placements,
    plan: staticinit.Plan | None = None,
    natives: Mapping[str, Callable[..., Any] | machine.Before] | None = None,
    *,
    recorded: bool = True,
) -> machine.Executable:
    """Write a program as Python text.

    Args:
        program: lowered, inlined and prepared.
        placements: where its values live.
        plan: what of its variables the linker lays out.
        natives: functions of std that are written in Python; those on the shelf if not given.
        recorded: whether the run that comes next records steps; it may be run either way.

    Raises:
        Rejected: naming what the program uses and we can't run.
    """
    known = shelf.NATIVES if natives is None else natives
    made = Generator(program, placements, known, shelf.VARIABLES, shelf.TYPES, plan).generate()
    try:
        made.main.compiled(recorded=recorded)
    except SyntaxError as error:
        # CPython's own bounds: 20 blocks in each other (a Go loop takes two), 200 parentheses.
        pos = NO_POS if error.lineno is None else made.position(error.lineno)
        help_text = "Move the inner part into a function of its own."
        unsupported(pos, f"code nested this deep ({error.msg})", help=help_text)
    except (RecursionError, MemoryError):  # `elif` is nested, to CPython, some 2,900 times at most
        what = "a function with so many cases, or so long an expression"
        unsupported(_too_long(made), what, help="Make two functions of it.")
    return made


def _too_long(made: machine.Executable) -> Pos:
    """Find the function that Python cannot compile."""
    chunk = made.main
    lines = chunk.source.split("\n")
    starts = [at for at, line in enumerate(lines) if line[:1] not in ("", " ")]
    for start, end in pairwise((*starts, len(lines))):
        try:
            assemble("\n".join(lines[start:end]))
        except (RecursionError, MemoryError):
            return made.position(chunk.first_line + start)
    return NO_POS
