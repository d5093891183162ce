"""Which change would move this value? Asked only where the two verdicts of a value differ.

Misconceptions: the keyword decides; the type decides; the run decides.
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


def ask(rows: Sequence[Row], _made: Sequence[Allocation], _places: Places) -> list[Question]:
    """Ask what would put on the heap a value that only inlining keeps off it."""
    return [_question(row) for row in rows if _kept_by_inlining(row)]


def _kept_by_inlining(row: Row) -> bool:
    return row.region is Region.STACK and any(v.region is Region.HEAP for v in row.verdicts[1:])


def _question(row: Row) -> Question:
    choices = (
        Choice(
            "`//go:noinline` above the function",
            "",
            f"Then its own body decides, and that says `{_heap_remark(row)}`.",
        ),
        Choice(
            f"`var {row.name}` instead of `:=`"
            if row.group == "variable"
            else "`&T{}` for `new(T)`",
            "the keyword decides",
            "Both spellings give the same variable; gc asks where its address goes.",
        ),
        Choice(
            "a larger value in it",
            "the value decides",
            "gc decides when it compiles; it looks at sizes of types, not at values.",
        ),
    )
    return Question("what_changes", f"Which change would put `{row.name}` on the heap?", choices)


def _heap_remark(row: Row) -> str:
    return next(v.remark or "heap" for v in row.verdicts if v.region is Region.HEAP)
