"""How memory looked at a step: the program is run once more, up to there.

A run is the same each time, so no value is ever copied while it is recorded. In a replay,
generated code calls `enter` at the start of each of the author's functions and `step` after each
of the author's statements; a `Watcher` keeps the frames and objects that a picture needs, and
stops the run at the step that somebody wants to see.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

from mkdocs_gomem.machine import memory
from mkdocs_gomem.machine.trace import Allocation, Event, Outcome, Snapshot, Step
from mkdocs_gomem.source import line_of

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


class Watcher:
    """Keeps what a picture of memory needs, and stops at each step."""

    def __init__(self, pause: Callable[[int], None]) -> None:
        self.pause = pause
        """Called with the number of each step."""
        self.machine: Machine
        """Set by the machine that is watched."""
        self.stacks: dict[int, Stack] = {}
        self.kept: list[tuple[int, Any, str]] = []
        """Unnamed objects outside the heap: site, object, frame."""
        self.at_statement: dict[int, Statement] = {}
        self.top_frame: FrameType | None = None
        self._frames = 0
        self._steps = 0

    def _stack(self) -> Stack:
        number = self.machine.scheduler.current.number
        stack = self.stacks.get(number)
        if stack is None:
            stack = self.stacks[number] = Stack()
        return stack

    def enter(self, statement: int) -> None:
        """A function of the author was called."""
        frame = sys._getframe(1)  # noqa: SLF001 - the frame is what is shown
        stack = self._stack()
        stack.cut(frame.f_back)
        self._frames += 1
        stack.push(frame, self._frames)
        self._at(frame, statement)

    def step(self, mark: int | list[Any]) -> None:
        """A statement of the author has run; lists of deferred calls are for the log."""
        if isinstance(mark, list):
            return
        frame = sys._getframe(1)  # noqa: SLF001
        stack = self._stack()
        if not stack.frames or stack.frames[-1][0] is not frame:
            stack.cut(frame)
        self._at(frame, mark)

    def _at(self, frame: FrameType, statement: int) -> None:
        self.at_statement[id(frame)] = self.machine.executable.statements[statement]
        self.top_frame = frame
        self._next()

    def moment(self, event: Event) -> None:
        """The start, a panic or the end."""
        if event is Event.END and self.machine.ended_well:
            self._stack().cut(None)
        self.top_frame = None
        self._next()

    def _next(self) -> None:
        self._steps += 1
        self.pause(self._steps - 1)

    def keep(self, site: int, value: Any) -> Any:
        """Note an unnamed object of the current frame, or one in read-only data."""
        stack = self.stacks.get(self.machine.scheduler.current.number)
        frame = ""
        if stack is not None:
            stack.cut(sys._getframe(1))  # noqa: SLF001 - what was called on the way has returned
            frame = f"f:{stack.frames[-1][1]}" if stack.frames else ""
        self.kept.append((site, value, frame))
        return value


class Recording:
    """A finished run (`trace.Trace`)."""

    def __init__(
        self,
        machine: Machine,
        recorded: Machine,
        image: Image | None,
        limits: Limits,
    ) -> None:
        """Take over what a run has left.

        Args:
            machine: the run that went to the end.
            recorded: the one that was recorded: another, if that was cut.
            image: what the linker laid out.
            limits: bounds of the run.
        """
        self._executable = machine.executable
        self._image = image
        self._limits = limits
        self.stdout: bytes = b"".join(data for fd, data in machine.output if fd == 1)
        self.stderr: bytes = b"".join(data for fd, data in machine.output if fd == 2)
        outcome = machine.outcome
        assert outcome is not None  # noqa: S101 - a run has ended
        self.outcome: Outcome = outcome
        self._chunks = [bytes(data) for _, data in recorded.output]
        self.log = recorded.log
        self._steps: tuple[tuple[Step, ...], bool] | None = None
        self.allocated_bytes = machine.heap.bytes
        self._entries = machine.heap.entries
        self._machine_allocation = machine.allocation
        self._allocations: tuple[Allocation, ...] | None = None
        self._snapshots: dict[int, Snapshot] = {}
        self._replay: _Replay | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was recorded."""
        return self._read()[0]

    @property
    def is_cut(self) -> bool:
        """Whether the program went on after the last recorded step."""
        return self._read()[1]

    def _read(self) -> tuple[tuple[Step, ...], bool]:
        if self._steps is None:
            self._steps = (), True
            if self.log is not None:
                self._steps = self.log.steps(self._executable, self._chunks)
        return self._steps

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
        self._machine = Machine(executable, image, limits, watcher=Watcher(self._pause))
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
