"""Order of evaluation made explicit, then Python text with a map back to Go's lines.

In: the inlined program and its placements. Out: a `machine.Executable`.

`program` finds what is needed and keeps the tables, `function` writes one function, `statements`,
`control` (branches, loops, labels), `expressions`, `arithmetic`, `calls` and `convert` write its
parts; `order` says what must be evaluated first; `names` and `text` make names and lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mkdocs_gomem import machine, std
from mkdocs_gomem.compiler.codegen.program import Generator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mkdocs_gomem.compiler import escape, ir, staticinit


def generate(
    program: ir.Program,
    placements: escape.Placements,
    plan: staticinit.Plan | None = None,
    natives: Mapping[str, Callable[..., Any]] | None = None,
) -> machine.Executable:
    """Write a program as Python text.

    Raises:
        Rejected: naming what the program uses and we can't run.
    """
    known = std.NATIVES if natives is None else natives
    return Generator(program, placements, known, std.VARIABLES, plan).generate()
