"""The line from a fence to its panel: every room, called once, in order.

Reads as the table of contents. `decide` ends where no program has run yet (what `gomem escape`
needs), `execute` runs it, `panel` makes the page's fragment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import machine
from mkdocs_gomem.compiler import (
    checker,
    codegen,
    escape,
    front,
    inline,
    ir,
    library,
    link,
    staticinit,
    syntax,
)
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.lesson import decisions as verdicts
from mkdocs_gomem.lesson import page, scenes
from mkdocs_gomem.source import (
    NO_PLACES,
    NO_POS,
    Compiling,
    Diagnostic,
    Fence,
    Limits,
    Options,
    Places,
    Pos,
    Rejected,
    Running,
    SourceFile,
    Undisturbed,
    file_of,
    line_of,
    printed,
    unsupported,
)
from mkdocs_gomem.std import outside, pack

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mkdocs_gomem.machine.image import Image
    from mkdocs_gomem.machine.trace import Trace


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the compiler knows of a program before it runs."""

    package: list[syntax.File]
    info: checker.Info
    program: ir.Program
    static: staticinit.Plan
    placements: escape.Placements
    image: Image


def decide(
    files: Sequence[SourceFile], *, inlining: bool = True, assembly: bool = False, std: str = ""
) -> Decisions:
    """Take every decision gc takes: what is inlined, what escapes, what is linked where.

    Arguments and errors are those of `front.check`.
    """
    with Undisturbed():
        package, info = front.check(files, assembly=assembly, std=std, named=True)
        with syntax.not_too_deep(package), Compiling():
            program = ir.lower(package, info, library.standard())
            program = inline.expand(program, enabled=inlining)
            if program.needs_reading:
                program = ir.lower(package, info, library.standard(), everything=True)
                program = inline.expand(program, enabled=inlining)
            static = staticinit.schedule(program)
            placements = escape.place(program, ir.prepare(program))
            image = link.image(program, static)
    return Decisions(package, info, program, static, placements, image)


def decide_to_run(files: Sequence[SourceFile], *, inlining: bool = True) -> Decisions:
    """Decide about a program that will run: what it imports must be of a kind that we simulate.

    Raises:
        Rejected: as `decide` does, and for packages that reach out of the program.
    """
    package = syntax.parse_package(files, shown=True)[0]
    for file in package:
        for decl in file.decl_list:
            if isinstance(decl, syntax.ImportDecl) and decl.path is not None:
                path = decl.path.value.strip('"`')
                if outside.reaches_outside(path):
                    end = Pos(decl.path.pos + len(decl.path.value))
                    said = f"package {path}: it reaches out of the program"
                    unsupported(decl.path.pos, said, end=end)
        _refuse_borrowed_variables(file)
    decisions = decide(files, inlining=inlining)
    if decisions.program.main is None:
        name = package[0].pkg_name
        said = front.missing_main(decisions.info) or f"package {name.value} is not a main package"
        help_text = "Write `package main` and `func main`: that is where a program begins."
        raise Rejected((Diagnostic("link", name.pos, said, help=help_text),))
    return decisions


def _refuse_borrowed_variables(file: syntax.File) -> None:
    """Refuse `//go:linkname local other` of a variable: it would be the other's memory."""
    names = {
        name.value
        for decl in file.decl_list
        if isinstance(decl, syntax.VarDecl)
        for name in decl.name_list
    }
    for directive in file.linknames:
        words = directive.text.split()
        if len(words) > 2 and words[1] in names:
            unsupported(directive.pos, "go:linkname of a variable")


def execute(decisions: Decisions, limits: Limits, places: Places = NO_PLACES) -> Trace:
    """Run what gc would emit; a panic or deadlock is part of the trace."""
    executable = _generated(decisions, recorded=limits.recorded > 0)
    try:
        return machine.run(executable, decisions.image, limits, places)
    except TimeoutError:
        main = decisions.program.main
        unsupported(
            NO_POS if main is None else main.pos,
            f"a run that is not over after {machine.SECONDS:.0f} seconds of the processor's time",
            help="Let the program do less; its other bounds are wide enough for a page.",
        )


def teach(
    decisions: Decisions, trace: Trace | None, options: Options, places: Places = NO_PLACES
) -> scenes.Lesson:
    """Make the lesson of a program; of its decisions only, when it was not run."""
    with Running():  # to look at a step is to run the program again
        return scenes.teach(
            decisions.program,
            decisions.placements,
            decisions.image,
            trace,
            options,
            _remarks_on_page(decisions, places),
            places,
        )


def panel(fence: Fence) -> tuple[page.Fragment, scenes.Lesson, Trace]:
    """Turn a program on a page into its panel.

    Raises:
        Rejected: when the program does not compile or is not supported.
    """
    decisions = decide_to_run(fence.files, inlining=fence.options.inlining != "off")
    trace = execute(decisions, fence.options.limits, fence.places)
    lesson = teach(decisions, trace, fence.options, fence.places)
    return page.render(lesson, fence.identity or "gomem", fence.options), lesson, trace


def declarations(fence: Fence) -> tuple[page.Fragment, scenes.Lesson]:
    """Turn a fence of declarations into badges and verdicts: nothing is run.

    Raises:
        Rejected: as `panel` does.
    """
    decisions = decide(fence.files)
    lesson = teach(decisions, None, fence.options, fence.places)
    return page.render(lesson, fence.identity or "gomem", fence.options), lesson


def allocated(trace: Trace) -> dict[tuple[str, int], list[int]]:
    """Return the class bytes of each heap object of a run, by file and line."""
    lines: dict[tuple[str, int], list[int]] = {}
    for made in trace.allocations:
        lines.setdefault((file_of(made.line), line_of(made.line)), []).append(made.class_size)
    return lines


def remarks(decisions: Decisions) -> list[str]:
    """List what gc prints at `-m` for the author's files, in its order: `FILE:LINE:COL: TEXT`.

    What it says of variables that stand nowhere has no place; it belongs to the line before.
    """
    lines: list[str] = []
    ours = False
    for remark in _remarks(decisions):
        if remark.pos:
            ours = file_of(remark.pos) in decisions.program.files
        if ours:
            place = f"{printed(remark.pos)}: " if remark.pos else ""
            lines.append(f"{place}{remark.text}")
    return lines


def _remarks(decisions: Decisions) -> tuple[ir.Remark, ...]:
    return (*decisions.program.remarks, *decisions.placements.remarks)


def _remarks_on_page(decisions: Decisions, places: Places) -> tuple[str, ...]:
    """List the remarks for readers of a page, from top to bottom, with places as they know them."""
    said = [r for r in _remarks(decisions) if file_of(r.pos) in decisions.program.files]
    said.sort(key=lambda remark: places.order(remark.pos))
    return tuple(f"{places.prefix(remark.pos)}: {remark.text}" for remark in said)


def decided(decisions: Decisions) -> list[verdicts.Decision]:
    """List where each value of the author's lives, and what led to it."""
    return verdicts.decisions(decisions.program, decisions.placements)


def explanations(decisions: Decisions) -> list[str]:
    """List what gc explains at `-m=2` for the author's files, a block for each explanation."""
    ours = frozenset(decisions.program.files)
    return [
        block
        for placement in decisions.placements.by_node.values()
        if file_of(placement.pos) in ours
        for block in escape.explained(placement)
    ]


def std_packages() -> tuple[str, ...]:
    """List the import paths that the std pack holds."""
    return pack.packages()


def go_version() -> str:
    """Name the Go release that the std pack was made from."""
    return pack.go_version()


def _dump_tree(files: Sequence[SourceFile]) -> str:
    return "".join(syntax.dump(syntax.parse(file)) for file in files)


DUMPS: Mapping[str, Callable[[Sequence[SourceFile]], str]] = {
    "syntax": _dump_tree,
    "checker": lambda files: checker.dump(front.check(files)[1]),
    "ir": lambda files: ir.dump(_lowered(files)),
    "inline": lambda files: ir.dump(decide(files).program),
    "escape": lambda files: decide(files).placements.dump(),
    "link": lambda files: decide(files).image.dump(),
    "codegen": lambda files: _generated(decide(files)).dump(),
    "machine": lambda files: execute(decide(files), Limits()).dump(),
}
"""Room → what flows out of it, as text: the debug door."""


def _lowered(files: Sequence[SourceFile]) -> ir.Program:
    with Compiling():
        return ir.lower(*front.check(files), library.standard())


def _generated(decisions: Decisions, *, recorded: bool = True) -> machine.Executable:
    with syntax.not_too_deep(decisions.package), Compiling():
        return codegen.generate(
            decisions.program, decisions.placements, plan=decisions.static, recorded=recorded
        )
