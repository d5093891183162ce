"""Questions: one right answer, which is what the run has shown; wrong ones are beliefs."""

from __future__ import annotations

import pytest

from mkdocs_gomem.lean import replace
from mkdocs_gomem.lesson import questions, scenes
from mkdocs_gomem.lesson.questions.question import Choice, Question
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.source import NO_PLACES, Options
from tests.hosts import go
from tests.lesson import lessons

NAMES = lessons.names()
PLACES = {
    "on the stack": Region.STACK,
    "on the heap": Region.HEAP,
    "in the data segment": Region.DATA,
    "in bss": Region.BSS,
    "in read-only data": Region.RODATA,
    "in the code": Region.TEXT,
}


def asked(name: str) -> tuple[Question, ...]:
    taught = lessons.of_program(name)
    files = frozenset(taught.decisions.program.files)
    made = scenes.own_allocations(taught.trace, files)
    return questions.ask(taught.lesson.rows, made, NO_PLACES, 100)


@pytest.mark.parametrize("name", NAMES)
def test_one_choice_is_right_and_each_wrong_one_is_a_belief(name: str) -> None:
    for question in asked(name):
        assert sum(choice.right for choice in question.choices) == 1
        assert len({choice.text for choice in question.choices}) == len(question.choices) >= 2
        for choice in question.choices:
            assert bool(choice.misconception) is not choice.right
            assert choice.reply.strip()
            for text in (choice.text, choice.reply, question.text):
                assert text.count("`") % 2 == 0


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_what_the_run_has_shown(name: str) -> None:
    lesson = lessons.of_program(name).lesson
    for question in asked(name):
        right = question.answer.text
        if question.kind == "allocation_count":
            assert right == ("none" if not lesson.objects else str(lesson.objects))
        if question.kind == "segment":
            rows = [row for row in lesson.rows if f"`{row.name}` ({row.detail})" in question.text]
            (row,) = rows
            true = {verdict.region for verdict in row.verdicts if verdict.runs}
            assert {PLACES[right]} == true
            for choice in question.choices:
                assert choice.right or PLACES[choice.text] not in true, "that is so as well"
        if question.kind == "what_changes":
            rows = [row for row in lesson.rows if f"`{row.name}`" in question.text]
            assert any(row.region is Region.STACK for row in rows)


@pytest.mark.parametrize("name", NAMES)
def test_no_question_is_asked_twice(name: str) -> None:
    texts = [question.text for question in asked(name)]
    assert len(texts) == len(set(texts))


def test_the_flagship_asks_each_kind() -> None:
    lesson = lessons.of_text(go.FLAGSHIP).lesson
    assert [question.kind for question in lesson.questions[:3]] == [
        "allocation_count",
        "segment",
        "what_changes",
    ]
    count, segment, changes = lesson.questions[:3]
    assert count.answer.text == "none"
    assert "`num` (int, 8 B, line 6)" in segment.text
    assert segment.answer.text == "on the stack"
    assert changes.answer.text == "`//go:noinline` above the function"
    assert "1" in {choice.text for choice in count.choices}, "the rule of thumb's count"


@pytest.mark.parametrize("limit", [0, 1, 2, 4])
def test_as_many_as_are_asked_for(limit: int) -> None:
    lesson = lessons.of_text(go.FLAGSHIP, replace(Options(), questions=limit)).lesson
    assert len(lesson.questions) == min(limit, len(asked("seed_escape")) or limit)


def test_kinds_take_turns() -> None:
    kinds = [question.kind for question in asked("globals")]
    assert kinds.index("segment") <= 1


@pytest.mark.parametrize(
    "texts", [(("a", ""), ("b", "")), (("a", "x"), ("b", "x")), (("a", ""), ("a", "x"))]
)
def test_a_question_that_cannot_be_answered_is_none(texts: tuple[tuple[str, str], ...]) -> None:
    choices = tuple(Choice(text, belief, "because") for text, belief in texts)
    with pytest.raises(ValueError, match=r"one choice must be right|two choices read alike"):
        Question("kind", "text", choices)
