"""Where does this value live? The decision is in the table.

Misconceptions: the rule of thumb itself; globals always in data; everything declared inside a
function on the stack; `new` means heap.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.questions.question import Choice, Question
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.lesson.why import Row
    from mkdocs_gomem.machine.trace import Allocation
    from mkdocs_gomem.source import Places

_GROUPS = frozenset({"variable", "global", "allocation"})
_BELIEFS = {
    Region.STACK: ("whatever is declared inside a function is on the stack", "on the stack"),
    Region.HEAP: ("whatever is made dynamically or returned is on the heap", "on the heap"),
    Region.DATA: ("every variable outside functions is in data", "in the data segment"),
    Region.BSS: ("variables without a value are in bss", "in bss"),
    Region.RODATA: ("what never changes is read-only", "in read-only data"),
    Region.TEXT: ("values are part of the code", "in the code"),
}


def ask(rows: Sequence[Row], _made: Sequence[Allocation], _places: Places) -> list[Question]:
    """Ask about the values that surprise first, then about others that are not plain."""
    named = Counter((row.name, row.detail) for row in rows)
    asked = [
        row
        for row in rows
        if row.group in _GROUPS and _is_plain(row) and named[row.name, row.detail] == 1
    ]
    asked.sort(key=lambda row: (not row.differs, row.region is Region.STACK))
    return [_question(row) for row in asked[:3] if row.region in _BELIEFS]


def _is_plain(row: Row) -> bool:
    """Say whether a value has one place in this run: only then one answer is right."""
    return len({verdict.region for verdict in row.verdicts if verdict.runs}) == 1


def _question(row: Row) -> Question:
    right = row.region
    others = [row.rule.region] if row.rule.region not in (None, right) else []
    spare = (Region.HEAP, Region.STACK, Region.DATA)
    if row.group == "global":
        spare = (Region.DATA, Region.BSS, Region.HEAP)
    others += [region for region in spare if region not in (right, *others)]
    choices = [Choice(_place(right), "", row.why[0][1])]
    for region in others[:2]:
        if region is not None:
            reply = f"It is {_place(right)}. {row.why[0][1]}"
            choices.append(Choice(_place(region), _BELIEFS[region][0], reply))
    choices.sort(key=lambda choice: choice.text)
    text = f"Where is `{row.name}` ({row.detail}) when this program runs?"
    return Question("segment", text, tuple(choices))


def _place(region: Region) -> str:
    return _BELIEFS[region][1]
