"""Graphviz's SVG in, the page's SVG out: small, themeable, one group for each shape.

Keeps places, words and our classes; drops fonts, colours, titles and Graphviz's own ids. What is
shown in some scenes only carries `data-on="1-3,5"` and a class `vM`, whose bit k says that still k
shows it; what is new carries `data-new="2"`.
"""

from __future__ import annotations

import html
import itertools
import re
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.lesson.diagrams.canvas import Canvas, Shape

_SVG = "{http://www.w3.org/2000/svg}"
_LAYERS = {
    "region": 0,
    "frame": 1,
    "inline": 1,
    "object": 1,
    "mark": 2,
    "cell": 2,
    "words": 3,
    "ptr": 4,
}
_RADIUS = {"region": 4, "object": 8}

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn picture, to stand in a page."""

    groups: str
    """The `<g>` elements, back to front."""
    width: int
    height: int

    def markup(self, identity: str) -> str:
        """Write the picture itself; `identity` is the panel's id."""
        size = f'viewBox="0 0 {self.width + 1} {self.height + 1}" style="--w:{self.width + 1}"'
        return (
            f'<svg class="gomem-svg" {size} role="img" aria-labelledby="{identity}-name" '
            f'aria-describedby="{identity}-state"><g id="{identity}-u" class="gomem-u">'
            f"{self.groups}</g></svg>"
        )

    def still(self, identity: str, number: int) -> str:
        """Write the picture once more, as it is in still `number`: a reference, no copy."""
        size = f'viewBox="0 0 {self.width + 1} {self.height + 1}" style="--w:{self.width + 1}"'
        return (
            f'<svg class="gomem-svg gomem-still gomem-k{number}" {size} aria-hidden="true">'
            f'<use href="#{identity}-u"/></svg>'
        )


def clean(canvas: Canvas, raw: str, *, scenes: int, stills: Sequence[int], start: int) -> Picture:
    """Turn what Graphviz drew of `canvas` into a `Picture`.

    Args:
        canvas: what was drawn; shape k is the element of class `nk` or `ek`.
        raw: Graphviz's SVG.
        scenes: how many there are.
        stills: scenes of the stills, at most 4.
        start: the scene shown at rest.
    """
    root = ET.fromstring(raw)  # noqa: S314 - our own engine's output
    graph = root.find(f"{_SVG}g")
    if graph is None:
        raise ValueError("no graph in the picture")
    dx, dy = _origin(canvas, graph)
    layers: list[list[str]] = [[], [], [], [], []]
    for element in graph.findall(f"{_SVG}g"):
        index = _index(element)
        if index < 0:
            continue
        shape = canvas.shapes[index]
        drawn = _draw(shape, element, dx, dy)
        if not drawn:
            continue
        classes = [shape.kind, *shape.classes.split()]
        attributes = ""
        if shape.scenes and len(shape.scenes) < scenes:
            mask = sum(1 << bit for bit, scene in enumerate(stills) if scene in shape.scenes)
            classes.append(f"v{mask}")
            attributes += f' data-on="{_ranges(shape.scenes)}"'
            if start not in shape.scenes:
                classes.append("is-off")
        if shape.new:
            attributes += f' data-new="{" ".join(map(str, sorted(shape.new)))}"'
        name = " ".join(classes)
        layers[_LAYERS[shape.kind]].append(f'<g class="{name}"{attributes}>{drawn}</g>')
    return Picture("".join("".join(layer) for layer in layers), canvas.width, canvas.height)


def _origin(canvas: Canvas, graph: ET.Element) -> tuple[float, float]:
    """Find how far Graphviz moved everything, by the first region; half a pixel sharpens lines."""
    for element in graph.findall(f"{_SVG}g"):
        index = _index(element)
        polygon = element.find(f"{_SVG}polygon")
        if index >= 0 and canvas.shapes[index].kind == "region" and polygon is not None:
            corners = _points(polygon.get("points", ""), 0, 0)
            box = canvas.shapes[index].box
            return (
                box.x + 0.5 - min(x for x, _ in corners),
                box.y + 0.5 - min(y for _, y in corners),
            )
    raise ValueError("no region in the picture")


def _index(element: ET.Element) -> int:
    for token in element.get("class", "").split():
        if token[0] in "ne" and token[1:].isdigit():
            return int(token[1:])
    return -1


def _ranges(scenes: frozenset[int]) -> str:
    """Write `{1, 2, 3, 5}` as `1-3,5-5`."""
    parts: list[list[int]] = []
    for scene in sorted(scenes):
        if parts and parts[-1][1] == scene - 1:
            parts[-1][1] = scene
        else:
            parts.append([scene, scene])
    return ",".join(f"{first}-{last}" for first, last in parts)


def _draw(shape: Shape, element: ET.Element, dx: float, dy: float) -> str:
    match shape.kind:
        case "ptr":
            return _pointer(element, dx, dy)
        case "mark":
            return _mark(element, dx, dy)
        case "words":
            return _text(shape, 0, shape.box.x)
        case "cell":
            return _cells(shape)
        case _:
            box = shape.box
            corner = _RADIUS.get(shape.kind, 2)
            return (
                f'<rect x="{_n(box.x + 0.5)}" y="{_n(box.y + 0.5)}" width="{_n(box.width)}" '
                f'height="{_n(box.height)}" rx="{corner}"/>'
            )


def _cells(shape: Shape) -> str:
    box = shape.box
    corner = 8 if "obj" in shape.classes.split() else 2
    top, bottom = _n(box.y + 0.5), _n(box.y + box.height + 0.5)
    out = [
        (
            f'<rect x="{_n(box.x + 0.5)}" y="{top}" width="{_n(box.width)}" '
            f'height="{_n(box.height)}" rx="{corner}"/>'
        )
    ]
    edges, x = [], box.x
    for cell, after in itertools.pairwise(shape.cells):
        x += cell.width
        if not after.open:
            edges.append(f"M{_n(x + 0.5)} {top}V{bottom}")
    if edges:
        out.append(f'<path d="{"".join(edges)}"/>')
    x = box.x
    for number, cell in enumerate(shape.cells):
        out.append(_text(shape, number, x))
        x += cell.width
    return "".join(out)


def _text(shape: Shape, number: int, x: float) -> str:
    cell = shape.cells[number]
    if not cell.text.strip():
        return ""
    y = _n(shape.box.y + shape.box.height / 2 + 4.3)
    words = html.escape(cell.text)
    if shape.align == "right":
        return f'<text x="{_n(x + cell.width)}" y="{y}" text-anchor="end">{words}</text>'
    if cell.left:
        return f'<text x="{_n(x + 5.5)}" y="{y}">{words}</text>'
    return f'<text x="{_n(x + cell.width / 2 + 0.5)}" y="{y}" text-anchor="middle">{words}</text>'


def _mark(element: ET.Element, dx: float, dy: float) -> str:
    for part in element:
        if part.tag == f"{_SVG}ellipse":
            x, y = float(part.get("cx", "0")) + dx, float(part.get("cy", "0")) + dy
            return f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(float(part.get("rx", "0")))}"/>'
        if part.tag == f"{_SVG}polygon":
            corners = _points(part.get("points", ""), dx, dy)[:-1]
            return '<path d="M' + "L".join(f"{_n(x)} {_n(y)}" for x, y in corners) + 'Z"/>'
    return ""


def _pointer(element: ET.Element, dx: float, dy: float) -> str:
    """Draw line, head and dot; a curve without a bend becomes a straight line."""
    path = element.find(f"{_SVG}path")
    heads = element.findall(f"{_SVG}polygon")
    if path is None or not heads:
        return ""
    curve = _points(re.sub(r"[MCLc ]+", " ", path.get("d", "")), dx, dy)
    start, end = curve[0], curve[-1]
    line = f"M{_n(start[0])} {_n(start[1])}"
    if curve[1] == start:
        line += f"L{_n(end[0])} {_n(end[1])}"
    else:
        line += "C" + " ".join(f"{_n(x)} {_n(y)}" for x, y in curve[1:])
    tip = "L".join(f"{_n(x)} {_n(y)}" for x, y in _points(heads[-1].get("points", ""), dx, dy)[:3])
    return (
        f'<path d="{line}"/><path class="tip" d="M{tip}Z"/>'
        f'<circle cx="{_n(start[0])}" cy="{_n(start[1])}" r="3"/>'
    )


def _points(text: str, dx: float, dy: float) -> Points:
    return [(float(x) + dx, float(y) + dy) for x, y in re.findall(r"(-?[\d.]+),(-?[\d.]+)", text)]


def _n(value: float) -> str:
    """Write a coordinate with one decimal at most."""
    text = f"{value:.1f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
