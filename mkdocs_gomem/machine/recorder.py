"""What happened, step by step? The record of a run, and how its moments are shown again.

While steps are recorded, generated code calls `enter` at the start of each of the author's
functions and `step` after each of the author's statements. A step notes only numbers. What
memory looked like after a step is found by running the program once more up to there, since a
run is the same each time: no value is ever copied while the program runs. Past
`Limits.recorded` the run is cut: what follows is left to a run that records nothing, whose code
makes no such calls.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

from mkdocs_gomem.machine import memory, panics
from mkdocs_gomem.machine.trace import (
    Allocation,
    Event,
    Outcome,
    Snapshot,
    Step,
)
from mkdocs_gomem.source import NO_POS, Pos, line_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    from mkdocs_gomem.machine.executable import Executable, Statement
    from mkdocs_gomem.machine.image import Image
    from mkdocs_gomem.machine.run import Machine
    from mkdocs_gomem.source import Limits


class Stack:
    """Frames of the author's functions on one goroutine, oldest first, with their numbers."""

    __slots__ = ("frames", "index")

    def __init__(self) -> None:
        self.frames: list[tuple[FrameType, int]] = []
        self.index: dict[int, int] = {}

    def cut(self, frame: FrameType | None) -> None:
        """Forget frames that have returned: all above the innermost caller of `frame`."""
        frames, index = self.frames, self.index
        keep = 0
        while frame is not None:
            place = index.get(id(frame))
            if place is not None and frames[place][0] is frame:
                keep = place + 1
                break
            frame = frame.f_back
        while len(frames) > keep:
            gone, _ = frames.pop()
            del index[id(gone)]

    def push(self, frame: FrameType, number: int) -> None:
        """Note a frame that was just entered."""
        self.index[id(frame)] = len(self.frames)
        self.frames.append((frame, number))


class Recorder:
    """Notes the steps of one run."""

    def __init__(self, machine: Machine, limit: int) -> None:
        self.machine = machine
        self.limit = limit
        self.on = limit > 0
        self.steps: list[tuple[int, int, int, int, int, frozenset[Event], Pos]] = []
        """Statement (or -1), goroutine, depth, objects, output chunks so far, events, position."""
        self.is_cut = False
        """The program went on when as many steps as were wanted had been recorded."""
        self.stacks: dict[int, Stack] = {}
        self.kept: list[tuple[int, Any, str]] = []
        """Unnamed objects outside the heap: site, object, frame."""
        self.at_statement: dict[int, Statement] = {}
        self.top_frame: FrameType | None = None
        self._frames = 0
        self._goroutine = 0
        self.pause: Callable[[int], None] | None = None
        """Called with each step's number when a run is shown again."""

    def _stack(self) -> Stack:
        number = self.machine.scheduler.current.number
        stack = self.stacks.get(number)
        if stack is None:
            stack = self.stacks[number] = Stack()
        return stack

    def enter(self, statement: int) -> None:
        """A function of the author was called."""
        if not self.on:
            self.is_cut = True
            raise panics.Stop("recorded steps")
        frame = sys._getframe(1)  # noqa: SLF001 - the frame is what is recorded
        stack = self._stack()
        stack.cut(frame.f_back)
        self._frames += 1
        stack.push(frame, self._frames)
        self.at_statement[id(frame)] = self.machine.executable.statements[statement]
        self._note(statement, stack, frame, Event.CALL)

    def step(self, statement: int) -> None:
        """A statement of the author has run."""
        if not self.on:
            self.is_cut = True
            raise panics.Stop("recorded steps")
        frame = sys._getframe(1)  # noqa: SLF001
        stack = self._stack()
        if not stack.frames or stack.frames[-1][0] is not frame:
            stack.cut(frame)
        self.at_statement[id(frame)] = made = self.machine.executable.statements[statement]
        self._note(statement, stack, frame, Event.RETURN if made.kind == "return" else None)

    def _note(
        self,
        statement: int,
        stack: Stack,
        frame: FrameType | None,
        event: Event | None,
        pos: Pos = NO_POS,
    ) -> None:
        machine = self.machine
        goroutine = machine.scheduler.current.number
        events = set() if event is None else {event}
        objects, printed = len(machine.heap.entries), len(machine.output)
        if self.steps:
            _, before, _, old_objects, old_printed, _, _ = self.steps[-1]
            if before != goroutine:
                events.add(Event.SWITCH)
            if objects > old_objects:
                events.add(Event.ALLOCATE)
            if printed > old_printed:
                events.add(Event.OUTPUT)
        self.top_frame = frame
        self.steps.append(
            (statement, goroutine, len(stack.frames), objects, printed, frozenset(events), pos)
        )
        if self.pause is not None:
            self.pause(len(self.steps) - 1)
        if len(self.steps) >= self.limit:
            self.stop()

    def mark(self, event: Event, pos: Pos) -> None:
        """Note the start, a panic or the end."""
        if self.on:
            if event is Event.END and self.machine.ended_well:
                self._stack().cut(None)
            self._note(-1, self._stack(), None, event, pos)

    def keep(self, site: int, value: Any) -> Any:
        """Note an unnamed object of the current frame, or one in read-only data."""
        if self.on:
            stack = self.stacks.get(self.machine.scheduler.current.number)
            frame = f"f:{stack.frames[-1][1]}" if stack is not None and stack.frames else ""
            self.kept.append((site, value, frame))
        return value

    def stop(self) -> None:
        """Record no more; let go of everything that was held for it."""
        self.on = False
        self.machine.heap.track = False
        if self.pause is None:
            self.stacks.clear()
            self.kept.clear()
            self.at_statement.clear()
            self.machine.heap.objects.clear()


class Recording:
    """A finished run (`trace.Trace`).

    Its steps may have been recorded by another machine, which was cut and of which nothing else
    is left.
    """

    def __init__(
        self, machine: Machine, recorder: Recorder, image: Image | None, limits: Limits
    ) -> None:
        self._executable = machine.executable
        self._image = image
        self._limits = limits
        self.stdout: bytes = b"".join(data for fd, data in machine.output if fd == 1)
        self.stderr: bytes = b"".join(data for fd, data in machine.output if fd == 2)
        outcome = machine.outcome
        assert outcome is not None  # noqa: S101 - a run has ended
        self.outcome: Outcome = outcome
        self.is_cut = recorder.is_cut
        self.allocated_bytes = machine.heap.bytes
        self._entries = machine.heap.entries
        self._machine_allocation = machine.allocation
        self._allocations: tuple[Allocation, ...] | None = None
        chunks = [data for _, data in machine.output]
        self.steps: tuple[Step, ...] = tuple(self._spell(recorder, chunks))
        self._snapshots: dict[int, Snapshot] = {}
        self._replay: _Replay | None = None

    def _spell(self, recorder: Recorder, chunks: list[bytes]) -> list[Step]:
        steps = []
        objects = printed = 0
        for number, row in enumerate(recorder.steps):
            statement, goroutine, depth, new_objects, new_printed, events, pos = row
            function = band = ""
            if statement >= 0:
                made = self._executable.statements[statement]
                info = self._executable.functions[made.function]
                function, pos = info.name, made.pos
                if made.band >= 0:
                    band = info.bands[made.band].function
            text = b"".join(chunks[printed:new_printed]).decode("utf-8", "replace")
            allocated = tuple(f"h:{count + 1}" for count in range(objects, new_objects))
            steps.append(
                Step(number, goroutine, pos, function, depth, events, allocated, text, band)
            )
            objects, printed = new_objects, new_printed
        return steps

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """Every heap object of the run."""
        if self._allocations is None:
            self._allocations = tuple(
                self._machine_allocation(number + 1) for number in range(len(self._entries))
            )
        return self._allocations

    def at(self, number: int) -> Snapshot:
        """Return memory as it was just after step `number`."""
        known = self._snapshots.get(number)
        if known is not None:
            return known
        if not 0 <= number < len(self.steps):
            raise IndexError(f"no step {number}")
        if self._replay is None or self._replay.reached >= number:
            self._replay = _Replay(self._executable, self._image, self._limits)
        made = self._snapshots[number] = self._replay.run_to(number, self.steps[number])
        return made

    def dump(self) -> str:
        """Write every step and the last snapshot, for people and tests."""
        rows = []
        for step in self.steps:
            events = " ".join(sorted(event.value for event in step.events))
            rows.append(
                f"{step.number} g{step.goroutine} {step.function}:{line_of(step.pos)}"
                f" depth {step.depth}{' [' + events + ']' if events else ''}"
                f"{' in ' + step.band if step.band else ''}"
                f"{' ' + ' '.join(step.allocated) if step.allocated else ''}"
                f"{' ' + repr(step.printed) if step.printed else ''}\n"
            )
        rows.append(f"{self.outcome.ending.value} {self.outcome.status} {self.outcome.message}\n")
        if self.steps:
            last = self.at(len(self.steps) - 1)
            for routine in last.goroutines:
                rows.append(f"goroutine {routine.number} {routine.status.value} {routine.reason}\n")
                for frame in routine.frames:
                    rows.append(f"  {frame.id} {frame.function}:{line_of(frame.pos)}\n")
                    rows += [
                        f"    {cell.name} {cell.type} = {cell.value}\n" for cell in frame.cells
                    ]
            rows += [
                f"{item.id} {item.region.value} {item.type} = {item.value}"
                f"{'' if item.reachable else ' unreachable'}\n"
                for item in last.objects
            ]
        return "".join(rows)


class _Replay:
    """The same run once more, paused where someone looks."""

    def __init__(self, executable: Executable, image: Image | None, limits: Limits) -> None:
        from mkdocs_gomem.machine.run import Machine  # noqa: PLC0415 - it makes us

        self.reached = -1
        self._machine = Machine(executable, image, limits)
        self._machine.recorder.pause = self._pause
        self._target = 0
        self._snapshot: Snapshot | None = None
        self._step: Step | None = None
        self._controller = getcurrent()
        self._paused: greenlet = greenlet(self._machine.execute)

    def _pause(self, number: int) -> None:
        self.reached = number
        if number != self._target:
            return
        step = self._step
        assert step is not None  # noqa: S101 - set before the run goes on
        walk = memory.Walk(self._machine)
        self._snapshot = walk.snapshot(number, step.goroutine, step.pos)
        self._paused = getcurrent()
        self._controller.switch()

    def run_to(self, number: int, step: Step) -> Snapshot:
        """Run on to a step that is still ahead, and look."""
        self._target, self._step, self._snapshot = number, step, None
        self._controller = getcurrent()
        limit = sys.getrecursionlimit()
        self._machine.raise_recursion_limit()
        try:
            self._paused.switch()
        finally:
            sys.setrecursionlimit(limit)
        taken: Snapshot | None = self._taken()
        if taken is None:
            raise RuntimeError(f"step {number} was not reached again: the run is not deterministic")
        return taken

    def _taken(self) -> Snapshot | None:
        """Return the picture that `_pause` took while this function waited."""
        return self._snapshot
