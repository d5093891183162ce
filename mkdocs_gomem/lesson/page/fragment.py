"""What a host puts into its page for one fence, and how a lesson becomes it.

Words of the lesson carry backticks for code and two stars for what stands out; here they are
escaped and marked up. Everything has an id that starts with the panel's, so that pages may be
printed together. Nothing refers to an address outside the page.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

import jinja2
from markupsafe import Markup, escape

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.lesson import why
from mkdocs_gomem.lesson.diagrams import engine, segments, svg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mkdocs_gomem.lesson.diagrams.canvas import Canvas
    from mkdocs_gomem.lesson.scenes import Lesson
    from mkdocs_gomem.source import Diagnostic, Options


@dataclass(frozen=True, slots=True)
class Fragment:
    """The panel of one fence, in the pieces that a host puts in their places."""

    identity: str
    """Id of the panel and prefix of every id in it; empty when there is nothing to show."""
    badges: Mapping[int, Mapping[int, str]] = field(default_factory=dict)
    """Block of code → its line → what stands at the line's end; both count from 1."""
    panel: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()
    """What the author must be told; positions are those of the fence's code."""
    kind: str = "panel"
    """`panel`, `fragment`, `rejected` (does not compile), `unsupported`, `failed` (our bug)."""
    facts: Mapping[str, int | str] = field(default_factory=dict)
    """Figures for reports: `objects`, `bytes`, `outcome`."""


@cache
def asset_text(name: str) -> str:
    """Read `player.css` or `player.js`."""
    folder = resources.files("mkdocs_gomem.lesson.page") / "assets"
    return (folder / name).read_text(encoding="utf-8")


@cache
def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("mkdocs_gomem.lesson.page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["words"] = words
    environment.filters["badge"] = badge
    return environment


def words(text: str) -> Markup:
    """Mark up a sentence: `code` and **what stands out**."""
    out = str(escape(text))
    out = re.sub(r"`([^`]*)`", r"<code>\1</code>", out)
    return Markup(re.sub(r"\*\*(.+?)\*\*", r'<b class="rule">\1</b>', out))  # noqa: S704 - escaped above


def badge(mark: why.Badge, href: str = "") -> Markup:
    """Write a badge: word, shape and colour; CSS writes the words, so that they are not copied."""
    label = f"{mark.word}, {mark.note}" if mark.note else mark.word
    attributes = Markup(' href="{}"').format(href) if href else Markup("")
    note = Markup(' data-n="{}"').format(mark.note) if mark.note else Markup("")
    return Markup('<a class="gomem-b gomem-b--{}"{} data-w="{}"{} aria-label="{}{}"></a>').format(
        mark.kind, attributes, mark.word, note, label, ": why" if href else ""
    )


def render(lesson: Lesson, identity: str, options: Options) -> Fragment:
    """Turn a lesson into the panel of the fence whose ids start with `identity`."""
    picture = None
    if "picture" in options.show and lesson.scenes:
        picture = _draw(lesson, options)
    badges = _badges(lesson, identity, options) if "marks" in options.show else {}
    panel = (
        _templates()
        .get_template("panel.html.j2")
        .render(
            lesson=lesson,
            id=identity,
            options=options,
            picture=picture,
            stills={scene: number for number, scene in enumerate(lesson.stills)},
            output=_output(lesson),
            first_line=_first_line(lesson),
            surprise=next((k for k, scene in enumerate(lesson.scenes) if scene.surprise), None),
            counted=_counted(lesson),
            verdict_badge=_verdict_badge,
        )
    )
    return Fragment(
        identity,
        badges,
        panel,
        facts={"objects": lesson.objects, "bytes": lesson.bytes, "outcome": lesson.outcome},
    )


def picture(lesson: Lesson, options: Options, *, as_svg: bool) -> str:
    """Return the picture alone, as SVG with its style or as DOT.

    Raises:
        EngineError: when there is no Graphviz to draw it.
    """
    canvas = _canvas(lesson)
    source = canvas.source()
    if not as_svg:
        return source
    (raw,) = engine.draw([source], options.engine)
    drawn = _cleaned(lesson, canvas, raw).markup("gomem")
    style = asset_text("player.css")
    opened = drawn.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return opened.replace("><g ", f"><style><![CDATA[{style}]]></style><g ", 1) + "\n"


def stand_alone(blocks: Sequence[tuple[str, str]], fragment: Fragment) -> str:
    """Write a page of its own: the code with its badges, the panel, style and script.

    Args:
        blocks: name and code of each file; a single one needs no name.
        fragment: what stands in and under them.
    """
    return (
        _templates()
        .get_template("page.html.j2")
        .render(
            id=fragment.identity,
            blocks=[
                (name, _code(code, fragment.badges.get(block, {})))
                for block, (name, code) in enumerate(blocks, 1)
            ],
            panel=Markup(fragment.panel),  # noqa: S704 - made by our templates
            style=Markup(asset_text("player.css")),  # noqa: S704 - our own file
            script=Markup(asset_text("player.js")),  # noqa: S704 - our own file
        )
    )


def _code(code: str, badges: Mapping[int, str]) -> Markup:
    lines = [
        f'<span class="gomem-l" data-l="{number}">{escape(line)}{badges.get(number, "")}\n</span>'
        for number, line in enumerate(code.rstrip("\n").expandtabs(4).split("\n"), 1)
    ]
    return Markup("".join(lines))  # noqa: S704 - escaped above


def render_problem(identity: str, title: str, lines: tuple[str, ...], help_text: str) -> str:
    """Write the box under a marked fence that has no panel: what is wrong, and the way out."""
    template = _templates().get_template("problem.html.j2")
    return template.render(id=identity, title=title, lines=lines, help=help_text)


def _canvas(lesson: Lesson) -> Canvas:
    snapshots = [scene.snapshot for scene in lesson.scenes]
    return segments.draw(snapshots, lesson.image, ghosts=lesson.ghosts)


def _cleaned(lesson: Lesson, canvas: Canvas, raw: str) -> svg.Picture:
    return svg.clean(
        canvas, raw, scenes=len(lesson.scenes), stills=lesson.stills, start=lesson.start
    )


def _draw(lesson: Lesson, options: Options) -> svg.Picture | None:
    """Draw the picture; none when there is no engine: the table then says it all."""
    canvas = _canvas(lesson)
    try:
        (raw,) = engine.draw([canvas.source()], options.engine)
    except engine.EngineError:
        return None
    return _cleaned(lesson, canvas, raw)


def _badges(lesson: Lesson, identity: str, options: Options) -> dict[int, dict[int, str]]:
    """Gather each line's badges: at most three, those that surprise first."""
    linked = options.mode == "panel" and "table" in options.show
    by_line: dict[tuple[int, int], list[why.Row]] = {}
    for row in lesson.rows:
        if row.badge is not None:
            for pos in row.marked or (row.pos,):
                block, line, _ = lesson.places.place(pos)
                by_line.setdefault((block, line), []).append(row)
    badges: dict[int, dict[int, str]] = {}
    for (block, line), rows in by_line.items():
        seen: set[tuple[str, str, str]] = set()
        kept: list[str] = []
        order = sorted(rows, key=lambda row: (not row.differs, _is_plain(row), row.pos))
        for row in order:
            mark = row.badge
            if mark is None:
                continue
            if _is_plain(row) and kept:
                continue  # what goes without saying gives way to what does not
            if row.group == "variable" and not mark.note and mark.kind != "stack" and len(rows) > 1:
                mark = why.Badge(mark.kind, mark.word, row.name)
            key = (mark.kind, mark.word, mark.note)
            if key in seen or len(kept) == 3:
                continue
            seen.add(key)
            kept.append(str(badge(mark, f"#{identity}-r-{row.key}" if linked else "")))
        badges.setdefault(block, {})[line] = "".join(kept)
    return badges


def _is_plain(row: why.Row) -> bool:
    """Say whether a badge tells just that a local is on the stack, as locals are."""
    mark = row.badge
    return row.group == "variable" and mark is not None and mark.kind == "stack" and not mark.note


def _output(lesson: Lesson) -> list[tuple[str, int]]:
    """List what was printed with the scene that printed it."""
    return [(scene.printed, k) for k, scene in enumerate(lesson.scenes) if scene.printed]


def _first_line(lesson: Lesson) -> str:
    text = (lesson.stdout or lesson.stderr).rstrip("\n")
    line, more, _ = text.partition("\n")
    line = line if len(line) <= 32 else line[:31] + "…"
    return f"{line} …" if more else line


def _counted(lesson: Lesson) -> str:
    if not lesson.objects:
        return "No heap allocation by this code"
    plural = "s" if lesson.objects > 1 else ""
    return f"{lesson.objects} heap object{plural}, {lesson.bytes} B"


def _verdict_badge(verdict: why.Verdict) -> Markup:
    return badge(why.Badge(verdict.region.value, verdict.region.value, verdict.where))
