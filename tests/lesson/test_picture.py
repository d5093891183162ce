"""The picture of every program, measured: inside its sheet, texts in cells, arrows at ends."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from functools import cache
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem.lesson.diagrams import canvas as sheet
from mkdocs_gomem.lesson.diagrams import engine, segments, svg
from mkdocs_gomem.lesson.diagrams.canvas import LETTER, ROW, Canvas, columns, cut
from tests.lesson import lessons

if TYPE_CHECKING:
    from mkdocs_gomem.lesson.diagrams.canvas import Shape

NAMES = lessons.names()
SVG = "{http://www.w3.org/2000/svg}"
NEAR = 1.5
"""Pixels that a line's start may miss by: half of one is where lines are sharp."""
AIR = 2.5
"""Pixels that Graphviz leaves between an arrow's tip and what it points to."""


@cache
def raw_picture(name: str) -> tuple[Canvas, str]:
    lesson = lessons.of_program(name).lesson
    picture = segments.draw(
        [scene.snapshot for scene in lesson.scenes], lesson.image, ghosts=lesson.ghosts
    )
    return picture, engine.draw([picture.source()])[0]


@cache
def drawn(name: str) -> tuple[Canvas, svg.Picture, ET.Element]:
    lesson = lessons.of_program(name).lesson
    picture, raw = raw_picture(name)
    cleaned = svg.clean(
        picture, raw, scenes=len(lesson.scenes), stills=lesson.stills, start=lesson.start
    )
    markup = cleaned.markup("gomem-x").replace("<svg ", f'<svg xmlns="{SVG[1:-1]}" ', 1)
    return picture, cleaned, ET.fromstring(markup)  # noqa: S314 - our own


def points(path: str) -> list[tuple[float, float]]:
    """Read the points of a path; `V` goes on at the x before."""
    found: list[tuple[float, float]] = []
    for command, numbers in re.findall(r"([MLCVZ])([^MLCVZ]*)", path):
        values = [float(number) for number in re.findall(r"-?[\d.]+", numbers)]
        if command == "V":
            found += [(found[-1][0], value) for value in values]
        else:
            found += list(zip(values[::2], values[1::2], strict=True))
    return found


def corners(element: ET.Element) -> list[tuple[float, float]]:
    """List the places that an element reaches."""
    match element.tag.removeprefix(SVG):
        case "rect":
            x, y = float(element.get("x", "")), float(element.get("y", ""))
            wide, high = float(element.get("width", "")), float(element.get("height", ""))
            return [(x, y), (x + wide, y + high)]
        case "circle":
            x, y, r = (float(element.get(key, "")) for key in ("cx", "cy", "r"))
            return [(x - r, y - r), (x + r, y + r)]
        case "path":
            return points(element.get("d", ""))
        case "text":
            x, y = float(element.get("x", "")), float(element.get("y", ""))
            wide = LETTER * columns(element.text or "")
            start = {"middle": x - wide / 2, "end": x - wide}.get(
                element.get("text-anchor", "start"), x
            )
            return [(start, y - 12), (start + wide, y + 3)]
        case _:
            return []


def test_columns_and_cuts() -> None:
    assert columns("añ") == 2
    assert columns("漢字") == 4
    for text in ("short", "a text that is too long", "漢字漢字漢字漢字", "é" * 40):
        assert columns(cut(text, 80)) * LETTER <= 80
    assert cut("short", 80) == "short"
    assert cut("a text that is too long", 80).endswith("…")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_leaves_the_sheet(name: str) -> None:
    _, picture, root = drawn(name)
    left, top, width, height = map(float, root.get("viewBox", "").split())
    assert (left, top, width, height) == (0, 0, picture.width + 1, picture.height + 1)
    assert picture.width <= 688, "Material's column"
    for element in root.iter():
        for x, y in corners(element):
            assert -0.01 <= x <= width + 0.01, ET.tostring(element)
            assert -0.01 <= y <= height + 0.01, ET.tostring(element)


@pytest.mark.parametrize("name", NAMES)
def test_every_text_has_room_in_its_cell(name: str) -> None:
    picture, _, _ = drawn(name)
    for shape in picture.shapes:
        for cell in shape.cells:
            if cell.text.strip():
                assert columns(cell.text) * LETTER <= cell.width + 0.5, cell.text
        if shape.cells:
            assert abs(sum(cell.width for cell in shape.cells) - shape.box.width) < 0.5


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_when_is_some_of_the_scenes(name: str) -> None:
    _, _, root = drawn(name)
    lesson = lessons.of_program(name).lesson
    last = len(lesson.scenes) - 1
    for group in root.iter(f"{SVG}g"):
        classes = (group.get("class") or "").split()
        on = group.get("data-on")
        scenes: set[int] = set()
        if on is not None:
            assert re.fullmatch(r"\d+-\d+(,\d+-\d+)*", on)
            for part in on.split(","):
                first, final = map(int, part.split("-"))
                assert 0 <= first <= final <= last
                assert not scenes & set(range(first, final + 1))
                scenes |= set(range(first, final + 1))
            assert ("is-off" in classes) is (lesson.start not in scenes)
            mask = sum(1 << bit for bit, still in enumerate(lesson.stills) if still in scenes)
            assert f"v{mask}" in classes
        new = group.get("data-new")
        if new is not None:
            fresh = [int(number) for number in new.split()]
            assert fresh == sorted(set(fresh))
            assert set(fresh) <= (scenes or set(range(last + 1)))


@pytest.mark.parametrize("name", NAMES)
def test_ids_are_the_panel_s(name: str) -> None:
    _, picture, root = drawn(name)
    assert [element.get("id") for element in root.iter() if element.get("id")] == ["gomem-x-u"]
    assert "gomem-y-u" in picture.still("gomem-y", 0)
    assert "<title" not in picture.groups
    assert "font" not in picture.groups
    assert "fill=" not in picture.groups, "colours are the page's"


def cell_box(shape: Shape, port: str) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of a cell."""
    number = int(port[1:])
    x = shape.box.x + sum(cell.width for cell in shape.cells[:number])
    return x, shape.box.y, x + shape.cells[number].width, shape.box.y + shape.box.height


def edge_distance(box: tuple[float, float, float, float], point: tuple[float, float]) -> float:
    """Return how far a point is from the nearest edge of a box."""
    left, top, right, bottom = box
    x, y = point
    if left <= x <= right and top <= y <= bottom:
        return min(x - left, right - x, y - top, bottom - y)
    return max(left - x, x - right, top - y, y - bottom, 0.0)


@pytest.mark.parametrize("name", NAMES)
def test_an_arrow_goes_from_its_cell_to_the_edge_of_its_target(name: str) -> None:
    picture, _, root = drawn(name)
    arrows = [
        group for group in root.iter(f"{SVG}g") if "ptr" in (group.get("class") or "").split()
    ]
    edges = {attributes.partition(" ")[0]: (tail, head) for tail, head, attributes in picture.edges}
    order = re.findall(r'class="edge (e\d+)"', raw_picture(name)[1])  # as Graphviz comes to them
    assert sorted(order) == sorted(edges)
    for edge, group in zip(order, arrows, strict=True):
        tail, head = edges[edge]
        line, tip = (points(path.get("d", "")) for path in group.findall(f"{SVG}path"))
        node, port, *_ = tail.split(":")
        left, top, right, bottom = cell_box(picture.shapes[int(node[1:])], port)
        x, y = line[0]
        assert left - NEAR <= x <= right + NEAR, f"{tail} → {head}"
        assert top - NEAR <= y <= bottom + NEAR, f"{tail} → {head}"
        node, *ports = head.split(":")
        shape = picture.shapes[int(node[1:])]
        if ports and ports[0].startswith("c"):
            target = cell_box(shape, ports[0])
        else:
            box = shape.box
            target = box.x, box.y, box.x + box.width, box.y + box.height
        nearest = min(edge_distance(target, corner) for corner in tip)
        assert nearest <= AIR, f"{tail} → {head}: {nearest:.1f} px off"


@pytest.mark.parametrize("name", NAMES)
def test_the_picture_is_said_in_words(name: str) -> None:
    for scene in lessons.of_program(name).lesson.scenes:
        assert "Heap: " in scene.state
        assert scene.state.endswith(".")
        for goroutine in scene.snapshot.goroutines:
            for frame in goroutine.frames[:1]:
                assert frame.function in scene.state


def test_the_same_program_is_the_same_picture() -> None:
    _, first, _ = drawn("linked_list")
    drawn.cache_clear()
    raw_picture.cache_clear()
    _, second, _ = drawn("linked_list")
    assert first == second


def test_several_pictures_go_through_one_process() -> None:
    sources = [drawn(name)[0].source() for name in ("seed_escape", "linked_list")]
    assert engine.draw(sources) == [engine.draw([source])[0] for source in sources]


@pytest.mark.parametrize("source", ["digraph {", "no graph at all"])
def test_what_cannot_be_drawn_is_an_error(source: str) -> None:
    with pytest.raises(engine.EngineError):
        engine.draw([source])


def test_without_an_engine_there_is_an_error() -> None:
    with pytest.raises(engine.EngineError, match="no Graphviz engine"):
        engine.draw(["digraph {}"], "none")


def test_letters_are_twelve_pixels() -> None:
    assert ROW == 20
    assert pytest.approx(12 * 0.6) == sheet.LETTER
