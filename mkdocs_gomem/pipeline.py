"""The line from a fence to its panel: every room, called once, in order.

Reads as the table of contents. `decide` ends where no program has run yet (what `gomem escape`
needs), `execute` runs it, `panel` makes the page's fragment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mkdocs_gomem import machine, std
from mkdocs_gomem.compiler import (
    checker,
    codegen,
    escape,
    inline,
    ir,
    library,
    link,
    syntax,
)
from mkdocs_gomem.lesson import page, scenes
from mkdocs_gomem.machine.trace import Trace
from mkdocs_gomem.source import (
    Fence,
    Limits,
    SourceFile,
    column_of,
    file_of,
    line_of,
    order_of,
)


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the compiler knows of a program before it runs."""

    package: list[syntax.File]
    info: checker.Info
    program: ir.Program
    placements: escape.Placements
    image: machine.Image


def check(files: Sequence[SourceFile]) -> tuple[list[syntax.File], checker.Info]:
    """Parse and type-check one package.

    Raises:
        Rejected: with the errors that `go build` prints, or the construct that is not supported.
    """
    package = [syntax.parse(file) for file in files]
    return package, checker.check(package, library.shared())


def decide(files: Sequence[SourceFile], *, inlining: bool = True) -> Decisions:
    """Take every decision gc takes: what is inlined, what escapes, what is linked where."""
    package, info = check(files)
    program = ir.lower(package, info, library.shared())
    program = inline.expand(program, enabled=inlining)
    placements = escape.place(program)
    image = link.image(program, placements)
    return Decisions(package, info, program, placements, image)


def execute(decisions: Decisions, limits: Limits) -> Trace:
    """Run what gc would emit; a panic or deadlock is part of the trace."""
    executable = codegen.generate(decisions.program, decisions.placements, std.NATIVES)
    return machine.run(executable, decisions.image, limits)


def remarks(decisions: Decisions) -> list[str]:
    """List what gc prints at `-m` for the author's files, as `FILE:LINE:COL: TEXT`."""
    ours = frozenset(decisions.program.files)
    return [
        f"{file_of(remark.pos)}:{line_of(remark.pos)}:{column_of(remark.pos)}: {remark.text}"
        for remark in (*decisions.program.remarks, *decisions.placements.remarks)
        if file_of(remark.pos) in ours
    ]


def panel(fence: Fence) -> page.Fragment:
    """Turn a fence into its panel.

    Raises:
        Rejected: when the program does not compile or is not supported.
    """
    decisions = decide(fence.files, inlining=fence.options.inlining != "off")
    trace = execute(decisions, fence.options.limits)
    said = tuple(
        f"{line_of(remark.pos)}:{column_of(remark.pos)}: {remark.text}"
        for remark in sorted(
            (*decisions.program.remarks, *decisions.placements.remarks),
            key=lambda remark: order_of(remark.pos),
        )
        if file_of(remark.pos) in decisions.program.files
    )
    lesson = scenes.teach(
        decisions.program, decisions.placements, decisions.image, trace, fence.options, said
    )
    return page.render(lesson, fence.identity or "gomem", fence.options)
