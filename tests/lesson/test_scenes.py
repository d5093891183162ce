"""Which moments get a picture, and what is said of them."""

from __future__ import annotations

import pytest

from mkdocs_gomem.lean import replace
from mkdocs_gomem.lesson import scenes
from mkdocs_gomem.lesson.diagrams.stacks import FrameBox
from mkdocs_gomem.lesson.scenes import MAX_SCENES, choose
from mkdocs_gomem.machine.trace import Ending, Scalar
from mkdocs_gomem.source import Limits, Options
from tests.hosts import go
from tests.lesson import lessons

NAMES = lessons.names()
LOOP = """\
package main

var kept []*int

func main() {
	for i := range 300 {
		n := i
		kept = append(kept, &n)
	}
	println(len(kept))
}
"""


def test_a_short_run_is_shown_whole() -> None:
    steps = lessons.of_text(go.FLAGSHIP).trace.steps
    assert len(steps) <= MAX_SCENES
    assert choose(steps) == steps


def test_of_a_long_run_the_telling_steps_are_shown() -> None:
    steps = lessons.of_text(LOOP).trace.steps
    chosen = choose(steps)
    assert len(steps) > MAX_SCENES == len(chosen)
    assert (chosen[0], chosen[-1]) == (steps[0], steps[-1])
    numbers = [step.number for step in chosen]
    assert numbers == sorted(set(numbers))
    assert choose(steps) == chosen


@pytest.mark.parametrize("name", NAMES)
def test_a_lesson_is_a_walk_from_start_to_end(name: str) -> None:
    taught = lessons.of_program(name)
    lesson = taught.lesson
    count = len(lesson.scenes)
    assert 2 <= count <= MAX_SCENES
    assert 0 <= lesson.start < count
    assert lesson.start in lesson.stills
    assert 1 <= len(lesson.stills) <= 4
    assert list(lesson.stills) == sorted(set(lesson.stills))
    assert all(0 <= still < count for still in lesson.stills)
    assert lesson.scenes[0].caption == "The program is loaded; nothing has run yet."
    lines = sum(file.text.count(b"\n") + 1 for file in lessons.sources(name))
    for scene in lesson.scenes:
        assert 0 <= scene.place.line <= lines
        assert scene.caption.endswith((".", "`", "…"))
        assert scene.caption.count("`") % 2 == 0
        assert scene.caption.count("**") % 2 == 0
        assert scene.state
    assert "".join(scene.printed for scene in lesson.scenes) == lesson.scenes[-1].snapshot.output


@pytest.mark.parametrize("name", NAMES)
def test_only_the_author_s_program_is_shown(name: str) -> None:
    for scene in lessons.of_program(name).lesson.scenes:
        for goroutine in scene.snapshot.goroutines:
            for frame in goroutine.frames:
                assert frame.function.startswith("main.")
                bands = len(frame.bands)
                assert all(-1 <= cell.band < bands for cell in frame.cells)
                assert all(-1 <= band.parent < bands for band in frame.bands)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_counted_is_what_real_go_counts(name: str) -> None:
    taught = lessons.of_program(name)
    if taught.trace.outcome.ending is not Ending.EXITED or taught.trace.outcome.status:
        return  # real Go could not be measured to its end
    recorded = [line.split() for line in lessons.recorded(name, "go/allocs")]
    assert taught.lesson.objects == sum(int(objects) for _, objects, _ in recorded)
    assert taught.lesson.bytes == sum(int(size) for *_, size in recorded)


def test_the_same_program_is_the_same_lesson() -> None:
    assert lessons.of_text(LOOP).lesson == lessons.of_text(LOOP).lesson


@pytest.mark.parametrize(
    ("step", "found"), [("last", -1), ("0", 0), ("3", 3), ("999", -1), ("line:11", None)]
)
def test_the_author_chooses_where_it_starts(step: str, found: int | None) -> None:
    lesson = lessons.of_text(go.FLAGSHIP, replace(Options(), step=step)).lesson
    if found is None:
        assert lesson.scenes[lesson.start].place.line == 11
    else:
        assert lesson.start == found % len(lesson.scenes)


@pytest.mark.parametrize("frames", [1, 2, 4, 9])
def test_as_many_stills_as_are_asked_for(frames: int) -> None:
    lesson = lessons.of_text(go.FLAGSHIP, replace(Options(), frames=frames)).lesson
    assert len(lesson.stills) <= min(frames, 4)
    assert lesson.start in lesson.stills


def test_the_flagship_opens_at_its_surprise() -> None:
    lesson = lessons.of_text(go.FLAGSHIP).lesson
    assert [row.name for row in lesson.surprises] == ["num"]
    scene = lesson.scenes[lesson.start]
    assert scene.surprise
    assert "The rule of thumb says heap; gc says stack" in scene.caption
    assert lesson.outcome == ""
    assert (lesson.objects, lesson.bytes, lesson.stdout) == (0, 0, "42\n")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (go.EXITS, "It exits with status 3."),
        (go.PANICS, "`panic: no`, exit status 2."),
        (go.DEADLOCKS, "all goroutines are asleep - deadlock!"),
        (go.ENDLESS, "topped"),
    ],
)
def test_how_it_ends_is_told(code: str, said: str) -> None:
    lesson = lessons.of_text(code, replace(Options(), limits=Limits(steps=10_000))).lesson
    assert said in lesson.outcome
    assert said in lesson.scenes[-1].caption


def test_what_was_not_recorded_is_named() -> None:
    options = replace(Options(), limits=Limits(recorded=50))
    lesson = lessons.of_text(LOOP, options).lesson
    assert any("not recorded" in model for model in lesson.models)


def test_models_name_what_is_no_fact() -> None:
    assert len(lessons.of_text(go.FLAGSHIP).lesson.models) == 1
    goroutines = lessons.of_program("worker_pool").lesson.models
    assert any("goroutine" in model for model in goroutines)
    assert scenes.MAX_SCENES == 40


def test_variables_of_one_name_have_their_own_values_in_the_picture() -> None:
    text = """\
package main

func main() {
	n := 0
	for i := 1; i < 2; i++ {
		n += i
	}
	for i := 5; i < 6; i++ {
		n += i
	}
	x := 7
	if n > 5 {
		x := x + 1
		n += x
	}
	println(n, x)
}
"""
    shown = {}
    for scene in lessons.of_text(text).lesson.scenes:
        for goroutine in scene.snapshot.goroutines:
            for frame in goroutine.frames:
                box = FrameBox(frame.id, [(0, 0, frame)], [], 200)
                values = [(slot.label, slot.values[0]) for slot in box.thing.slots.values()]
                shown[scene.place[1]] = [
                    (label, value.text) for label, value in values if isinstance(value, Scalar)
                ]
    assert shown[6] == [("n", "1"), ("i", "1")]
    assert shown[9] == [("n", "6"), ("i", "5")]
    assert shown[14] == [("n", "14"), ("x", "7"), ("x", "8")]
    assert shown[16] == [("n", "14"), ("x", "7")]
