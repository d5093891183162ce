"""How many heap objects does the program make? The run has counted them.

Misconceptions: the rule of thumb's count; a printed value that `-m` says "escapes" taken for an
allocation; nothing but `new` and `make` allocates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.questions.question import Choice, Question
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.lesson.why import Row
    from mkdocs_gomem.machine.trace import Allocation
    from mkdocs_gomem.source import Places


def ask(rows: Sequence[Row], made: Sequence[Allocation], places: Places) -> list[Question]:
    """Ask for the count of this run."""
    count = len(made)
    if count > 12:
        return []
    values = [row for row in rows if row.group in ("variable", "allocation", "box")]
    by_rule = sum(row.rule.region is Region.HEAP for row in values)
    by_remark = sum(
        any("heap" in v.remark and "not" not in v.remark for v in row.verdicts) for row in values
    )
    where = f" ({_lines(made, places)})" if made else ""
    choices = [Choice(_text(count), "", f"Counted in this run: {_text(count)}{where}.")]
    candidates = [
        (
            by_rule,
            "an address that is returned, `new` and `make` always allocate",
            (
                "That is what the rule of thumb counts. gc looks whether the address leaves the "
                "frame after inlining."
            ),
        ),
        (
            by_remark,
            "every line with `escapes to heap` allocates",
            (
                "`-m` prints what may escape. Constants and integers below 256 are boxed without "
                "an allocation, and an inlined copy may stay on the stack."
            ),
        ),
        (
            0,
            "only `new` and `make` allocate",
            "A value that outlives its frame, or is put into an interface, allocates as well.",
        ),
        (
            count + 1,
            "a call always allocates its result",
            "Results travel in registers or in the caller's frame.",
        ),
        (
            count + 2,
            "each variable is an object",
            "Variables live in frames unless their address may outlive them.",
        ),
    ]
    for number, belief, reply in candidates:
        if len(choices) < 3 and all(_text(number) != choice.text for choice in choices):
            choices.append(Choice(_text(number), belief, reply))
    choices.sort(key=lambda choice: (len(choice.text), choice.text))
    text = "How many heap objects does this code allocate when it runs?"
    return [Question("allocation_count", text, tuple(choices))]


def _lines(made: Sequence[Allocation], places: Places) -> str:
    """Name the lines, those of one block or file together: `lines 3, 7 of block 2`."""
    lines: dict[str, dict[str, None]] = {}
    for pos in sorted((allocation.pos for allocation in made), key=places.order):
        number, _, where = places.words(pos).removeprefix("line ").partition(" ")
        lines.setdefault(where, {}).setdefault(number)
    return ", ".join(
        f"line{'s' if len(numbers) > 1 else ''} {', '.join(numbers)} {where}".rstrip()
        for where, numbers in lines.items()
    )


def _text(count: int) -> str:
    return "none" if count == 0 else f"{count}"
