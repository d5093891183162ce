"""A printable form of `Info`, for people and for tests.

One line for each expression that has a type, in the order of the source: place, source text,
what it is. Then uses of names with the place of their declaration, selections, instances and
the order of initialisation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.gotypes import constants, objects, spelling
from mkdocs_gomem.source import Pos, column_of, line_of, order_of

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.checker.info import Info


def _place(pos: Pos) -> str:
    return f"{line_of(pos)}:{column_of(pos)}"


def dump(info: Info) -> str:
    """Print side tables."""

    def qualifier(pkg: objects.Package) -> str:
        return "" if pkg is info.pkg else pkg.name

    lines = ["types"]
    by_place = sorted(info.types.items(), key=lambda item: order_of(item[0].pos))
    for expr, known in by_place:
        text = known.mode.name.lower()
        if known.type is not None:
            text += " " + spelling.type_string(known.type, qualifier)
        if known.mode is Mode.CONSTANT and known.value is not None:
            text += " = " + constants.string(known.value)
        lines.append(f"  {_place(expr.pos)} {syntax.spell(expr)}: {text}")
    lines.append("uses")
    for name, obj in sorted(info.uses.items(), key=lambda item: order_of(item[0].pos)):
        declared = f" at {_place(obj.pos)}" if obj.pkg is info.pkg else ""
        kind = type(obj).__name__.lower()
        lines.append(f"  {_place(name.pos)} {name.value}: {kind}{declared}")
    lines.append("selections")
    chosen = sorted(info.selections.items(), key=lambda item: order_of(item[0].pos))
    for selector, selection in chosen:
        path = ".".join(map(str, selection.index))
        arrow = "->" if selection.indirect else "."
        lines.append(
            f"  {_place(selector.pos)} {syntax.spell(selector)}: {selection.kind.value} "
            f"{spelling.type_string(selection.recv, qualifier)} {arrow} {path}"
        )
    lines.append("instances")
    for name, inst in sorted(info.instances.items(), key=lambda item: order_of(item[0].pos)):
        args = ", ".join(spelling.type_string(t, qualifier) for t in inst.type_args)
        made = spelling.type_string(inst.type, qualifier)
        lines.append(f"  {_place(name.pos)} {name.value}[{args}]: {made}")
    lines.append("init order")
    lines += [
        f"  {', '.join(v.name for v in init.lhs)} = {syntax.spell(init.rhs)}"
        for init in info.init_order
    ]
    return "\n".join(lines) + "\n"
