"""From a finished run to a lesson: which moments deserve a picture, and what to say of each.

Program, decisions and trace in, `Lesson` out: rows, scenes with captions, strip, questions. Plain
data with backticks for code; `page` makes HTML of it.

Choosing: the start and the end are always shown; then what changes memory (an allocation, a call
that is not folded, a panic, a goroutine's switch, output), then other statements, until the player
has as many scenes as a reader will walk. The same trace gives the same scenes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.lesson import questions, view, why
from mkdocs_gomem.lesson.diagrams.columns import short_type
from mkdocs_gomem.lesson.diagrams.rows import short_value, target_of
from mkdocs_gomem.lesson.diagrams.segments import Ghost
from mkdocs_gomem.lesson.diagrams.spoken import describe
from mkdocs_gomem.machine.image import Image, Region
from mkdocs_gomem.machine.trace import (
    Allocation,
    Cell,
    Ending,
    Event,
    Frame,
    Object,
    Snapshot,
    Step,
    Trace,
    last_name,
    stopped,
)
from mkdocs_gomem.source import NO_PLACES, NO_POS, Options, Place, Places, Pos, file_of

if TYPE_CHECKING:
    from mkdocs_gomem.compiler import escape, ir

MAX_SCENES = 40
"""Steps of one player."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One step of the player."""

    place: Place
    """Where the running line stands; line 0 when none is running."""
    where: str
    """The same in words: `line 3`, `line 3 of block 2`; empty when none is running."""
    caption: str
    state: str
    """The picture in words, for a screen reader."""
    printed: str
    """What this step printed."""
    snapshot: Snapshot
    surprise: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """Everything that a panel says."""

    rows: tuple[why.Row, ...]
    scenes: tuple[Scene, ...]
    start: int
    """Scene shown at rest."""
    stills: tuple[int, ...]
    """Scenes drawn for readers without JavaScript and for paper."""
    image: Image
    ghosts: tuple[Ghost, ...]
    objects: int
    bytes: int
    stdout: str
    stderr: str
    outcome: str
    """What a reader must know of how it ended; empty for a plain exit."""
    surprises: tuple[why.Row, ...]
    questions: tuple[questions.Question, ...]
    remarks: tuple[str, ...]
    """gc's `-m` lines, as `LINE:COL: TEXT`, with the block or file where there are several."""
    models: tuple[str, ...]
    """What in this panel is a model, not a fact."""
    places: Places = NO_PLACES
    """Where the program stands on the page."""
    ran: bool = True
    """False for declarations, which nothing runs."""


def teach(
    program: ir.Program,
    placements: escape.Placements,
    image: Image,
    trace: Trace | None,
    options: Options,
    remarks: tuple[str, ...] = (),
    places: Places = NO_PLACES,
) -> Lesson:
    """Make the lesson of one run, or of decisions alone.

    Args:
        program: with inlined calls and their marks.
        placements: gc's decisions.
        image: what the linker laid out.
        trace: the run; none for declarations, which nothing runs.
        options: how many stills and questions.
        remarks: gc's `-m` lines for the author's files.
        places: where these stand on the page.
    """
    files = frozenset(program.files)
    allocations = () if trace is None else own_allocations(trace, files)
    rows = why.rows(program, placements, image, None if trace is None else allocations, places)
    scenes = () if trace is None else _scenes(trace, rows, files, places)
    start = _start(scenes, options)
    if trace is not None and not options.step and trace.outcome.ending is not Ending.EXITED:
        start = _last_with_frames(scenes)
    return Lesson(
        rows,
        scenes,
        start,
        _stills(scenes, start, options.frames),
        image,
        _ghosts(rows),
        len(allocations),
        sum(allocation.class_size for allocation in allocations),
        "" if trace is None else trace.stdout.decode(errors="replace"),
        "" if trace is None else trace.stderr.decode(errors="replace"),
        "" if trace is None else _outcome(trace),
        tuple(row for row in rows if is_surprise(row)),
        () if trace is None else questions.ask(rows, allocations, places, options.questions),
        remarks,
        () if trace is None else _models(trace, scenes),
        places,
        ran=trace is not None,
    )


def own_allocations(trace: Trace, files: frozenset[str]) -> tuple[Allocation, ...]:
    """List the heap objects that lines of the author's files made, not the library's insides."""
    return tuple(one for one in trace.allocations if file_of(one.pos) in files)


def is_surprise(row: why.Row) -> bool:
    """Say whether a row contradicts what a reader of the rule of thumb expects of a value."""
    return row.differs and row.group in ("variable", "allocation")


# --- choosing


def _scenes(
    trace: Trace, rows: tuple[why.Row, ...], files: frozenset[str], places: Places
) -> tuple[Scene, ...]:
    own = [s for s in trace.steps if file_of(s.pos) in files or s.events & _KEPT]
    chosen = choose(tuple(own))
    pairs = [(step, view.of_author(trace.at(step.number), files)) for step in chosen]
    pairs = [(step, snapshot) for step, snapshot in pairs if not _is_closing_brace(step, snapshot)]
    snapshots = [snapshot for _, snapshot in pairs]
    telling = _telling(snapshots, rows)
    scenes: list[Scene] = []
    before: Snapshot | None = None
    output = 0
    for number, (step, snapshot) in enumerate(pairs):
        printed = snapshot.output[output:]
        output = len(snapshot.output)
        surprising = telling.get(number, ())
        caption = _caption(step, snapshot, before, surprising, printed)
        if number == len(pairs) - 1 and number:
            caption = f"{caption} {_farewell(trace)}".strip()
        pos = _running(step, snapshot)
        scenes.append(
            Scene(
                places.place(pos),
                places.words(pos) if pos else "",
                caption,
                describe(snapshot),
                printed,
                snapshot,
                surprise=bool(surprising),
            )
        )
        before = snapshot
    return tuple(scenes)


def _is_closing_brace(step: Step, snapshot: Snapshot) -> bool:
    """Say whether a step just ends a body: no variable is in scope, the frame still there."""
    top = _top(snapshot)
    return (
        step.events == {Event.RETURN}
        and top is not None
        and bool(top.cells)
        and all(cell.value is None for cell in top.cells)
    )


_KEPT = frozenset({Event.START, Event.END, Event.PANIC})
"""Steps that are shown wherever they stand."""


def _telling(
    snapshots: list[Snapshot], rows: tuple[why.Row, ...]
) -> dict[int, tuple[why.Row, ...]]:
    """Choose the scene that tells of each surprise: where its address is held, else its first."""
    found: dict[int, list[why.Row]] = {}
    for row in rows:
        if not is_surprise(row) or row.group != "variable":
            continue
        first = held = -1
        for number, snapshot in enumerate(snapshots):
            for goroutine in snapshot.goroutines:
                for frame in goroutine.frames:
                    for cell in frame.cells:
                        if cell.pos == row.pos and cell.value is not None and first < 0:
                            first = number
                        if held < 0 and _points_to(cell, row.name):
                            held = number
        scene = held if first <= held <= first + 3 and held >= 0 else first
        if scene >= 0:
            found.setdefault(scene, []).append(row)
    return {scene: tuple(told) for scene, told in found.items()}


def _points_to(cell: Cell, name: str) -> bool:
    """Tell if a variable holds the address of one of that name."""
    paths = [place.path for place in view.places(cell.value)]
    return any(len(path) == 1 and last_name(path) == name for path in paths)


def choose(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """Pick the steps of the player: all of a short run, the telling ones of a long one."""
    if len(steps) <= MAX_SCENES:
        return steps
    last = len(steps) - 1
    ranked = sorted(range(len(steps)), key=lambda k: (-_weight(steps, k, last), k))
    return tuple(steps[k] for k in sorted(ranked[:MAX_SCENES]))


def _weight(steps: tuple[Step, ...], number: int, last: int) -> int:
    """Say how much a step deserves a picture."""
    if number in (0, last):
        return 100
    step = steps[number]
    weight = 0
    for event, worth in (
        (Event.PANIC, 60),
        (Event.OUTPUT, 20),
        (Event.ALLOCATE, 25),
        (Event.SWITCH, 12),
        (Event.CALL, 15),
        (Event.RETURN, 10),
    ):
        if event in step.events:
            weight += worth
    # The first times are worth more than the thousandth.
    again = sum(1 for other in steps[max(0, number - 400) : number] if other.pos == step.pos)
    return weight + max(0, 30 - 6 * again)


def _start(scenes: tuple[Scene, ...], options: Options) -> int:
    if not scenes:
        return 0
    last = len(scenes) - 1
    if options.step == "last":
        return last
    if options.step.isdigit():
        return min(int(options.step), last)
    if options.step.startswith("line:"):
        block, line = _wanted_line(options.step)
        return next((k for k, s in enumerate(scenes) if s.place[:2] == (block, line)), last)
    surprise = next((k for k, scene in enumerate(scenes) if scene.surprise), None)
    if surprise is not None:
        return surprise
    return max(range(len(scenes)), key=lambda k: (_fullness(scenes[k].snapshot), -k))


def _wanted_line(step: str) -> tuple[int, int]:
    """Read `line:LINE`, or `line:LINE@BLOCK` where there are several blocks."""
    line, _, block = step.removeprefix("line:").partition("@")
    return int(block or "1"), int(line)


def _last_with_frames(scenes: tuple[Scene, ...]) -> int:
    """Return the scene in which a run that failed stands where it failed."""
    with_frames = [
        number
        for number, scene in enumerate(scenes)
        if any(goroutine.frames for goroutine in scene.snapshot.goroutines)
    ]
    return with_frames[-1] if with_frames else 0


def _fullness(snapshot: Snapshot) -> int:
    cells = sum(
        cell.value is not None
        for goroutine in snapshot.goroutines
        for frame in goroutine.frames
        for cell in frame.cells
    )
    heap = sum(o.region is Region.HEAP and o.reachable for o in snapshot.objects)
    return cells + 2 * heap


def _stills(scenes: tuple[Scene, ...], start: int, frames: int) -> tuple[int, ...]:
    """Pick up to four stills: the start, the richest, the surprise, the end."""
    if not scenes:
        return ()
    last = len(scenes) - 1
    richest = max(range(len(scenes)), key=lambda k: (_fullness(scenes[k].snapshot), -k))
    wanted = dict.fromkeys((start, richest, 0, max(last - 1, 0), last))
    return tuple(sorted(list(wanted)[: max(1, min(frames, 4))]))


# --- wording


def _caption(
    step: Step,
    snapshot: Snapshot,
    before: Snapshot | None,
    surprises: tuple[why.Row, ...],
    printed: str,
) -> str:
    """Say what the step did to memory."""
    if before is None:
        return "The program is loaded; nothing has run yet."
    said: list[str] = []
    frame = _top(snapshot)
    old = {f.id: f for goroutine in before.goroutines for f in goroutine.frames}
    now = {f.id: f for goroutine in snapshot.goroutines for f in goroutine.frames}
    for ident, newer in now.items():
        if ident not in old and len(old) > 0:
            said.append(f"`{newer.function}` is called: a frame for it on top.")
        elif ident not in old:
            said.append(f"`{newer.function}` starts.")
    for ident, older in old.items():
        if ident not in now:
            said.append(f"`{older.function}` has returned; its frame is gone.")
    said += _heap_news(before, snapshot)
    if frame is not None:
        said += _cell_news(old.get(frame.id), frame)
    said = [*said[:3], *map(_contradiction, surprises)]
    if printed and Event.END not in step.events:
        said.append(f"Prints `{_one_line(printed)}`.")
    if Event.PANIC in step.events:
        said.append("It panics.")
    if step.band and not said:
        said.append(f"`{step.band}` was inlined: this runs in the caller's frame.")
    return " ".join(said[:5]) or "Nothing in memory changes."


def _contradiction(row: why.Row) -> str:
    rule = row.rule.region.value if row.rule.region else "nothing"
    reason = row.why[0][1]
    return f"**The rule of thumb says {rule}; gc says {row.region.value}:** `{row.name}`: {reason}"


def _heap_news(before: Snapshot, now: Snapshot) -> list[str]:
    old = {o.id: o for o in before.objects}
    said: list[str] = []
    fresh: list[Object] = [o for o in now.objects if o.region is Region.HEAP and o.id not in old]
    if len(fresh) > 1:
        names = list(dict.fromkeys(f"`{_name(entry)}`" for entry in fresh))
        what = f" ({', '.join(names)})" if len(names) < 4 else ""
        size = sum(entry.class_size or entry.size for entry in fresh)
        said.append(f"{len(fresh)} objects{what} are made on the heap, {size} B.")
    elif fresh:
        size = fresh[0].class_size or fresh[0].size
        said.append(f"`{_name(fresh[0])}` is made on the heap, {size} B.")
    lost = [
        o
        for o in now.objects
        if o.region is Region.HEAP and not o.reachable and o.id in old and old[o.id].reachable
    ]
    if lost:
        if len(lost) == 1:
            said.append(f"`{_name(lost[0])}` is unreachable now: the collector may free it.")
        else:
            said.append(f"{len(lost)} objects are unreachable now: the collector may free them.")
    for entry in now.objects:
        older = old.get(entry.id)
        if entry.region in (Region.DATA, Region.BSS) and older and older.value != entry.value:
            said.append(f"`{_name(entry)}` is now `{_value(entry)}`.")
    return said


def _name(entry: Object) -> str:
    return short_type(entry.label or entry.type)


def _value(entry: Object) -> str:
    return short_value(entry.value) or "a pointer"


def _cell_news(older: Frame | None, newer: Frame) -> list[str]:
    before: dict[tuple[str, Pos, int], Cell] = {}
    if older is not None:
        before = {(cell.name, cell.pos, cell.band): cell for cell in older.cells}
    said = []
    for cell in newer.cells:
        was = before.get((cell.name, cell.pos, cell.band))
        if cell.value is None or (was is not None and was.value == cell.value):
            continue
        target = target_of(cell.value)
        text = short_value(cell.value)
        if cell.moved:
            said.append(f"`{cell.name}` lives on the heap; the frame holds its address.")
        elif target is not None:
            what = f"`{last_name(target.path)}`" if target.path else "an object"
            said.append(f"`{cell.name}` points to {what}.")
        else:
            said.append(f"`{cell.name}` is `{text}`.")
    return said[:3]


def _running(step: Step, snapshot: Snapshot) -> Pos:
    """Return whose line is lit: the step's, or where the running goroutine stands."""
    if step.pos or Event.START in step.events:
        return step.pos
    top = _top(snapshot)
    return top.pos if top is not None else NO_POS


def _top(snapshot: Snapshot) -> Frame | None:
    for goroutine in snapshot.goroutines:
        if goroutine.number == snapshot.goroutine and goroutine.frames:
            return goroutine.frames[0]
    return None


def _one_line(text: str) -> str:
    line = text.rstrip("\n").replace("\n", " ⏎ ").replace("`", "'")
    return line if len(line) <= 60 else line[:59] + "…"


def _farewell(trace: Trace) -> str:
    plain = trace.outcome.ending is Ending.EXITED and not trace.outcome.status
    if plain and not trace.allocations and not trace.is_cut:
        return "This code left the collector nothing to do."
    return _outcome(trace)


def _outcome(trace: Trace) -> str:
    """Say how the run ended; empty for a plain exit with status 0."""
    outcome = trace.outcome
    match outcome.ending:
        case Ending.EXITED:
            return "" if outcome.status == 0 else f"It exits with status {outcome.status}."
        case Ending.PANICKED:
            return f"It ends with `{outcome.message}`, exit status {outcome.status}."
        case Ending.DEADLOCKED | Ending.FATAL:
            return f"The runtime stops it: `{outcome.message}`."
        case Ending.STOPPED:
            return f"We stopped it: {stopped(outcome)}."


def _ghosts(rows: tuple[why.Row, ...]) -> tuple[Ghost, ...]:
    """Draw on the heap, dotted, what the rule of thumb expects there and gc keeps off it."""
    ghosts = []
    for row in rows:
        if row.rule.region is not Region.HEAP or row.region is Region.HEAP:
            continue
        if row.group not in ("variable", "allocation"):
            continue
        else_heap = any(v.region is Region.HEAP for v in row.verdicts[1:])
        note = "here only if the call is not inlined" if else_heap else "not here: it never escapes"
        ghosts.append(Ghost(row.name, "", note))
    return tuple(ghosts)


def _models(trace: Trace, scenes: tuple[Scene, ...]) -> tuple[str, ...]:
    """Name what in this panel is our choice, not a fact about gc."""
    models = ["the order of variables in a frame (gc may keep any of them in a register)"]
    if len(trace.allocations) > 1:
        models.append("the order of objects on the heap")
    if any(goroutine.number > 1 for scene in scenes for goroutine in scene.snapshot.goroutines):
        models.append("the moment at which each goroutine runs")
    if trace.is_cut:
        models.append(f"what ran after the first {len(trace.steps):,} steps was not recorded")
    return tuple(models)
