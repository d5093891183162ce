"""Questions about a program, with answers computed from its run: a shelf, one kind to a file.

A wrong choice is never random: it is what somebody with a named misconception would answer, and
carries the sentence that puts it right. A kind that cannot ask about a program returns nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lesson.questions import allocation_count, segment, what_changes
from mkdocs_gomem.lesson.questions.question import Choice, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.lesson.why import Row
    from mkdocs_gomem.machine.trace import Allocation
    from mkdocs_gomem.source import Places

__all__ = ["KINDS", "Choice", "Question", "ask"]

KINDS: tuple[Callable[[Sequence[Row], Sequence[Allocation], Places], list[Question]], ...] = (
    allocation_count.ask,
    segment.ask,
    what_changes.ask,
)
"""Every kind, in the order in which they take turns."""


def ask(
    rows: Sequence[Row], made: Sequence[Allocation], places: Places, limit: int
) -> tuple[Question, ...]:
    """Ask up to `limit` questions, one of each kind in turn.

    Two values may go by one name (two `func literal` on a line): what reads alike is not asked.
    """
    shelves = [_told_apart(kind(rows, made, places)) for kind in KINDS]
    asked: list[Question] = []
    turn = 0
    while len(asked) < limit and any(turn < len(shelf) for shelf in shelves):
        asked += [shelf[turn] for shelf in shelves if turn < len(shelf)]
        turn += 1
    return tuple(asked[:limit])


def _told_apart(shelf: list[Question]) -> list[Question]:
    texts = [question.text for question in shelf]
    return [question for question in shelf if texts.count(question.text) == 1]
