"""Order of evaluation made explicit, then Python text with a map back to Go's lines.

In: the inlined program and its placements. Out: a `machine.Executable`.

`program` finds what is needed and keeps the tables, `function` writes one function, `statements`,
`control` (branches, loops, labels), `expressions`, `arithmetic`, `calls` and `convert` write its
parts; `order` says what must be evaluated first; `names` and `text` make names and lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs_gomem.compiler.codegen.program import Generator
from mkdocs_gomem.source import NO_POS, unsupported
from mkdocs_gomem.std import natives as shelf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mkdocs_gomem import machine
    from mkdocs_gomem.compiler import escape, ir, staticinit


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
    except (SyntaxError, RecursionError, MemoryError) as error:
        # CPython's own bounds: 20 blocks in each other (a Go loop takes two), 200 parentheses.
        line = error.lineno if isinstance(error, SyntaxError) else None
        pos = NO_POS if line is None else made.position(line)
        help_text = "Move the inner part into a function of its own."
        reason = error.msg if isinstance(error, SyntaxError) else error
        unsupported(pos, f"code nested this deep ({reason})", help=help_text)
    return made
