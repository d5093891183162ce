"""A sheet to draw one picture on, for all steps of a player at once.

Shapes are put at fixed places, in CSS pixels with y downward; `source` writes them as DOT, which
Graphviz draws (`engine`) and `svg` turns into the markup of the page. A shape knows in which
scenes it is shown and in which it is new, so that one drawing serves every step.

Not here: what a shape means (`segments`), colours (`page/assets/player.css`).
"""

from __future__ import annotations

import html
import unicodedata
from typing import TYPE_CHECKING

import graphviz

from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROW = 20
"""Height of a row of cells: 12 px letters with 4 px above and below."""
LETTER = 7.2
"""Width of one letter of a 12 px monospaced font."""

MARKS = {
    "text": ("hexagon", 10),
    "rodata": ("triangle", 10),
    "data": ("diamond", 9),
    "bss": ("diamond", 9),
    "stack": ("box", 9),
    "heap": ("circle", 9),
}
"""Each segment's sign, so that colour never speaks alone: Graphviz shape and size."""


def columns(text: str) -> int:
    """Count the letter widths that a text takes in a monospaced font."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def cut(text: str, width: float) -> str:
    """Shorten a text so that it fits a cell of `width` pixels, an ellipsis for what is gone."""
    room = int((width - 8) / LETTER)
    if columns(text) <= room:
        return text
    kept = ""
    for char in text:
        if columns(kept + char) >= room:
            break
        kept += char
    return kept + "…"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in pixels."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a row."""

    text: str
    width: float
    left: bool = False
    """Text at the left, as names are; else centred."""
    open: bool = False
    """No line between it and the cell before."""


@dataclass(slots=True)
class Shape:
    """One statement of DOT and what the page must know of it."""

    kind: str
    """Its first class: `region frame inline object gone cell mark words ptr`."""
    classes: str
    scenes: frozenset[int]
    """Where it is shown; empty means always."""
    new: frozenset[int]
    """Where it has just come or changed."""
    box: Box
    cells: tuple[Cell, ...] = ()
    align: str = "center"


@dataclass(slots=True)
class Canvas:
    """One picture in the making."""

    width: int
    height: int = 0
    shapes: list[Shape] = field(default_factory=list)
    edges: list[tuple[str, str, str]] = field(default_factory=list)
    """Tail port, head port, attributes; each belongs to the shape of the same name."""
    _nodes: list[tuple[int, str, dict[str, str]]] = field(default_factory=list)

    def _add(self, item: Shape, label: str, /, **attributes: str) -> str:
        index = len(self.shapes)
        self.shapes.append(item)
        self._nodes.append((index, label, attributes))
        return f"n{index}"

    def box(
        self,
        box: Box,
        kind: str,
        classes: str = "",
        *,
        scenes: Iterable[int] = (),
        new: Iterable[int] = (),
    ) -> str:
        """Draw a plain rectangle: a region, or the outline of a frame, band or object."""
        shape = Shape(kind, classes, frozenset(scenes), frozenset(new), box)
        return self._add(
            shape,
            "",
            shape="box",
            fixedsize="true",
            width=_inches(box.width),
            height=_inches(box.height),
        )

    def row(
        self,
        x: float,
        y: float,
        cells: Sequence[Cell],
        classes: str,
        *,
        scenes: Iterable[int] = (),
        new: Iterable[int] = (),
    ) -> str:
        """Draw cells side by side; the k-th is the port `ck`."""
        width = sum(cell.width for cell in cells)
        box = Box(x, y, width, ROW)
        shape = Shape("cell", classes, frozenset(scenes), frozenset(new), box, tuple(cells))
        return self._add(shape, _table(cells, border=1))

    def words(
        self,
        box: Box,
        text: str,
        classes: str = "",
        *,
        align: str = "center",
        scenes: Iterable[int] = (),
        new: Iterable[int] = (),
    ) -> str:
        """Write words alone: centred, or at the `left` or `right` of their box."""
        cell = Cell(text, box.width, left=align == "left")
        shape = Shape(
            "words", classes, frozenset(scenes), frozenset(new), box, (cell,), align=align
        )
        return self._add(shape, _table((cell,), border=0, height=box.height))

    def region(
        self, box: Box, segment: str, title: str, note: str = "", note_class: str = "note"
    ) -> None:
        """Draw a segment: its tinted ground, its sign, its name and a remark at the right."""
        self.box(box, "region", f"seg-{segment}")
        form, size = MARKS[segment]
        sign = Box(box.x + 7, box.y + (ROW - size) / 2 + 0.5, size, size)
        shape = Shape("mark", f"seg-{segment}", frozenset(), frozenset(), sign)
        self._add(
            shape, "", shape=form, fixedsize="true", width=_inches(size), height=_inches(size)
        )
        name = Box(box.x + 20, box.y, LETTER * columns(title) + 10, ROW)
        self.words(name, title, f"title seg-{segment}", align="left")
        if note:
            wide = round(LETTER * columns(note)) + 4
            place = Box(box.x + box.width - wide - 6, box.y, wide, ROW)
            self.words(place, note, note_class, align="right")

    def arrow(
        self,
        tail: str,
        head: str,
        route: Sequence[tuple[float, float]],
        classes: str = "",
        *,
        scenes: Iterable[int] = (),
        new: Iterable[int] = (),
    ) -> None:
        """Point from a cell (`n3:c1`) to a side of another (`n5:c0:w`).

        Args:
            tail: the cell's port.
            head: the port that the tip touches.
            route: four control points of the curve and the tip, in pixels.
            classes: how it looks.
            scenes: where it is shown.
            new: where it has just come.
        """
        index = len(self.shapes)
        self.shapes.append(
            Shape("ptr", classes, frozenset(scenes), frozenset(new), Box(0, 0, 0, 0))
        )
        points = [f"{x:g},{self._up(y):g}" for x, y in route]
        self.edges.append((tail, head, f"e{index} e,{points[-1]} {' '.join(points[:-1])}"))

    def _up(self, y: float) -> float:
        return -y

    def source(self) -> str:
        """Write the picture as DOT, with y upward as Graphviz has it."""
        dot = graphviz.Digraph(
            "memory",
            graph_attr={"splines": "line", "pad": "0", "bgcolor": "transparent"},
            node_attr={"shape": "plain", "margin": "0", "fontname": "Courier", "fontsize": "12"},
            edge_attr={
                "dir": "both",
                "arrowtail": "dot",
                "arrowhead": "normal",
                "arrowsize": "0.65",
                "tailclip": "false",
            },
        )
        corner = {"shape": "none", "fixedsize": "true", "width": "0", "height": "0", "label": ""}
        dot.node("corner0", pos="0,0!", style="invis", **corner)
        dot.node("corner1", pos=f"{self.width},{self._up(self.height):g}!", style="invis", **corner)
        for index, label, attributes in self._nodes:
            box = self.shapes[index].box
            x, y = box.x + box.width / 2, self._up(box.y + box.height / 2)
            dot.node(
                f"n{index}",
                label=label,
                pos=f"{x:g},{y:g}!",
                **{"class": f"n{index}"},
                **attributes,
            )
        for tail, head, drawn in self.edges:
            name, _, curve = drawn.partition(" ")
            dot.edge(f"{tail}:c", head, pos=curve, **{"class": name})
        return str(dot.source)


def _inches(pixels: float) -> str:
    return f"{pixels / 72:.5f}"


def _table(cells: Sequence[Cell], *, border: int, height: float = ROW) -> str:
    """Write cells as a Graphviz HTML label of exact widths."""
    parts = []
    for number, cell in enumerate(cells):
        side = ' ALIGN="LEFT"' if cell.left else ""
        # Graphviz measures non-ASCII text bytewise: it gets letters of the same number of columns.
        text = html.escape(cell.text) if cell.text.isascii() else "x" * columns(cell.text)
        size = f'FIXEDSIZE="TRUE" WIDTH="{cell.width:g}" HEIGHT="{height:g}"'
        parts.append(f'<TD {size} PORT="c{number}"{side}>{text or " "}</TD>')
    row = "".join(parts)
    return (
        f'<<TABLE BORDER="0" CELLBORDER="{border}" CELLSPACING="0" CELLPADDING="0">'
        f"<TR>{row}</TR></TABLE>>"
    )
