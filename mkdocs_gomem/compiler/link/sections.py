"""Sections, sizes and addresses of what is kept.

A package variable lies in `.data` when a byte of it is not zero in the file, else in `.bss`; each
has a `noptr` twin for types without pointers, which the collector need not scan. Code is in
`.text`; sizes of code only gc's back end knows. Addresses are a model in gc's order of sections.

Source: cmd/link/internal/ld/data.go; go-facts, section 5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.link.reach import Reached, reach
from mkdocs_gomem.gotypes.layout import has_pointers, round_up, sizeof
from mkdocs_gomem.gotypes.spelling import go_string
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.compiler.ir import nodes
    from mkdocs_gomem.compiler.staticinit import Plan

BASES = {
    ".text": 0x401000,
    ".rodata": 0x49C000,
    ".noptrdata": 0x56C400,
    ".data": 0x570FA0,
    ".bss": 0x575B40,
    ".noptrbss": 0x595FE0,
}
"""Where the sections of a hello program begin (go-facts, section 5)."""


def image(program: nodes.Program, plan: Plan) -> Image:
    """Lay the author's program out as the linker does."""
    reached = reach(program, plan)
    symbols = [*_functions(program, reached), *_variables(program, plan, reached)]
    return Image(tuple(_placed(symbols)), tuple(_ghosts(program, reached)))


def _functions(program: nodes.Program, reached: Reached) -> Iterable[Symbol]:
    prefix = f"{program.path}."
    for name, func in reached.funcs.items():
        if name.startswith(prefix) and (func is None or func.has_body):
            pos = func.pos if func is not None else NO_POS
            yield Symbol(name, Region.TEXT, ".text", 0, pos=pos)


def _variables(program: nodes.Program, plan: Plan, reached: Reached) -> Iterable[Symbol]:
    for name in program.globals:
        short = name.name.rpartition(".")[2]
        if name not in reached.variables or short == "_":
            continue
        filled = name in plan.filled
        region = Region.DATA if filled else Region.BSS
        section = region.value if has_pointers(name.type) else f"noptr{region.value}"
        yield Symbol(
            f"{program.path}.{short}",
            region,
            f".{section}",
            sizeof(name.type),
            type=_spelled(name),
            pos=_declared(name),
            text="" if filled or not _has_initializer(name) else "init",
        )


def _ghosts(program: nodes.Program, reached: Reached) -> Iterable[Symbol]:
    for func in program.funcs:
        made = func.is_shaped or func.is_wrapper
        if func.origin is None or func.link_name in reached.funcs or made:
            continue
        why = "inlined" if func in reached.inlined else "unreachable"
        yield Symbol(func.link_name, Region.TEXT, ".text", 0, pos=func.pos, ghost=why)
    for name in program.globals:
        short = name.name.rpartition(".")[2]
        if name not in reached.variables and short != "_":
            yield Symbol(
                f"{program.path}.{short}",
                Region.DATA,
                "",
                sizeof(name.type),
                type=_spelled(name),
                pos=_declared(name),
                ghost="unused",
            )


def _placed(symbols: list[Symbol]) -> Iterable[Symbol]:
    """Give each symbol a model address in its section."""
    ends = dict(BASES)
    for symbol in symbols:
        start = round_up(ends[symbol.section], 16 if symbol.region is Region.TEXT else 8)
        ends[symbol.section] = start + max(symbol.size, 1)
        yield Symbol(
            symbol.name, symbol.region, symbol.section, symbol.size, symbol.type, symbol.pos, start,
            symbol.text, symbol.ghost,
        )  # fmt: skip


def _spelled(name: nodes.Name) -> str:
    return go_string(name.type, name.pkg)


def _declared(name: nodes.Name) -> Pos:
    return name.origin.pos if name.origin is not None else name.pos


def _has_initializer(name: nodes.Name) -> bool:
    return name.defn is not None
