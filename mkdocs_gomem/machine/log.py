"""What happened, in the order in which it happened: the log of a run, and the steps in it.

A run that is recorded appends to one list, and does nothing else for it: the number of each mark
that it passes (`executable`), and a word for each object, output, turn of a goroutine and frame
that was left without passing the mark of a return. What a step *is*, its depth, its events, what
it allocated and printed, is worked out when somebody asks (`steps`). What memory looked like is
not here at all: it is found by running the program once more (`replay`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.trace import Event, Step

if TYPE_CHECKING:
    from mkdocs_gomem.machine.executable import Executable
    from mkdocs_gomem.source import Pos

_ALONE: Final[dict[Event | None, frozenset[Event]]] = {
    None: frozenset(),
    **{event: frozenset({event}) for event in Event},
}
"""The events of a step with one, or with none."""
ALLOCATED: Final = "allocated"
PRINTED: Final = "printed"


@dataclass(frozen=True, slots=True)
class Unwound:
    """A panic has reached the function with these deferred calls: all above it are gone."""

    deferred: list[Any]


@dataclass(frozen=True, slots=True)
class Left:
    """The function with these deferred calls has run them and returns."""

    deferred: list[Any]


@dataclass(frozen=True, slots=True)
class Moment:
    """The start, a panic or the end."""

    event: Event
    pos: Pos


@dataclass(frozen=True, slots=True)
class Turn:
    """Another goroutine runs."""

    goroutine: int


class Log:
    """The log of one run.

    Attributes:
        entries: numbers of marks; lists of deferred calls, each after the mark of the call that
            it belongs to; `ALLOCATED`, `PRINTED`, `Left`, `Unwound`, `Moment` and `Turn`.
        limit: so many steps are wanted.
        was_cut: the run was ended when it had taken more.
    """

    __slots__ = ("_counted", "_steps", "entries", "limit", "was_cut")

    def __init__(self, limit: int) -> None:
        self.entries: list[Any] = []
        self.limit = limit
        self.was_cut = False
        self._counted = 0
        self._steps = 0

    def check(self) -> None:
        """End the run if it has taken more steps than are wanted; asked every now and then.

        Raises:
            panics.Stop: what follows is left to a run that records nothing.
        """
        if len(self.entries) > self.limit:
            fresh = self.entries[self._counted :]
            self._counted += len(fresh)
            self._steps += sum(isinstance(entry, int | Moment) for entry in fresh)
            if self._steps > self.limit:
                self.was_cut = True
                raise panics.Stop("recorded steps")

    def steps(self, executable: Executable, printed: list[bytes]) -> tuple[tuple[Step, ...], bool]:
        """Work out the steps.

        Args:
            executable: what its marks mean.
            printed: the pieces of output, in order.

        Returns:
            The steps, no more than are wanted, and whether there were more.
        """
        reader = _Reader(executable, printed)
        for entry in self.entries:
            reader.read(entry)
            if len(reader.steps) > self.limit:
                return tuple(reader.steps[: self.limit]), True
        return tuple(reader.steps), False


class _Frame:
    """A function of the author on a goroutine's stack."""

    __slots__ = ("deferred", "function")

    def __init__(self, function: int) -> None:
        self.function = function
        self.deferred: list[Any] | None = None


class _Reader:
    """Goes through a log once."""

    def __init__(self, executable: Executable, printed: list[bytes]) -> None:
        self.steps: list[Step] = []
        self._executable = executable
        self._chunks = printed
        self._goroutine = 0
        self._stacks: dict[int, list[_Frame]] = {}
        self._stack: list[_Frame] = []
        self._unwound: dict[int, list[Any]] = {}
        """Of goroutines that panic: how far. Their frames are there until something runs on."""
        self._objects = 0
        self._printed = 0
        self._told = (0, 0, 0)
        """Goroutine, objects and output of the step before."""

    def read(self, entry: Any) -> None:
        """Take in one entry."""
        stack = self._stack
        match entry:
            case int():
                self._mark(entry)
            case "allocated":
                self._objects += 1
            case "printed":
                self._printed += 1
            case list():
                if stack:
                    stack[-1].deferred = entry
            case Unwound(deferred):
                self._unwound[self._goroutine] = deferred
            case Left(deferred):
                self._unwind(deferred)
                if stack and stack[-1].deferred is deferred:
                    stack.pop()
            case Moment(event, pos):
                self._note(pos, "", "", event)
            case Turn(goroutine):
                self._goroutine = goroutine
                self._stack = self._stacks.setdefault(goroutine, [])
            case _:
                raise TypeError(f"{entry!r} in a log")

    def _unwind(self, deferred: list[Any] | None) -> None:
        """Drop the frames above a function, if it is one of the author's."""
        stack = self._stack
        if any(frame.deferred is deferred for frame in stack):
            while stack[-1].deferred is not deferred:
                stack.pop()

    def _mark(self, number: int) -> None:
        if self._unwound and (unwound := self._unwound.pop(self._goroutine, None)) is not None:
            self._unwind(unwound)
        made = self._executable.statements[number]
        stack = self._stack
        event = None
        if made.kind == "call":
            stack.append(_Frame(made.function))
            event = Event.CALL
        else:
            self._cut_to(made.function)
        info = self._executable.functions[made.function]
        band = info.bands[made.band].function if made.band >= 0 else ""
        if made.kind == "return":
            event = Event.RETURN
        self._note(made.pos, info.name, band, event)
        if event is Event.RETURN and stack and stack[-1].deferred is None:
            stack.pop()

    def _cut_to(self, function: int) -> None:
        """Drop frames that were left without a word, if the function is below them."""
        stack = self._stack
        for place in range(len(stack) - 1, -1, -1):
            if stack[place].function == function:
                del stack[place + 1 :]
                return

    def _note(self, pos: Pos, function: str, band: str, event: Event | None) -> None:
        goroutine, objects, printed = self._told
        events, text = _ALONE[event], ""
        allocated: tuple[str, ...] = ()
        if self.steps and self._goroutine != goroutine:
            events |= {Event.SWITCH}
        if self._objects > objects:
            allocated = tuple([f"h:{count + 1}" for count in range(objects, self._objects)])
            if self.steps:
                events |= {Event.ALLOCATE}
        if self._printed > printed:
            text = b"".join(self._chunks[printed : self._printed]).decode("utf-8", "replace")
            if self.steps:
                events |= {Event.OUTPUT}
        self.steps.append(
            Step(
                len(self.steps), self._goroutine, pos, function, len(self._stack), events,
                allocated, text, band,
            )
        )  # fmt: skip
        self._told = self._goroutine, self._objects, self._printed
