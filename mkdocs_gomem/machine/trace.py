"""What a run leaves behind: steps, output, outcome, and the state of memory at each step.

Made by `machine.run`; read by `lesson`. Plain data: knows no Go syntax and no host.

Everything that holds a value is an *object* with an id that stays the same over the whole run:
  `g:NAME`   a package variable              `h:N`  the N-th heap allocation of the run (from 1)
  `f:N`      the N-th frame pushed (from 1); its variables are the fields of that object
  `s:N`      an unnamed object in a frame (the array behind `[]int{…}` that does not escape)
  `r:N`      read-only data (a boxed constant, the table of small integers)
A `Place` is an object and the path to a part of it, so a pointer can be drawn from the very field
to the very object.
"""

from __future__ import annotations

import enum
from typing import Protocol

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.source import NO_POS, Pos

Path = tuple[str | int, ...]
"""Way to a part: field names, keys of variables and element indexes."""
KEY_MARK = "·"
"""Stands between a variable's name and a number, in the key of one that is not alone with it."""


def last_name(path: Path) -> str:
    """Return what a reader calls the part at the end of a path."""
    return str(path[-1]).partition(KEY_MARK)[0]


@dataclass(frozen=True, slots=True)
class Place:
    """An object, or a part of one."""

    object: str
    path: Path = ()


UNDRAWN = Place("…")
"""Somewhere, but in nothing that a picture has."""


# Values, as a reader sees them. A closed union.


@dataclass(frozen=True, slots=True)
class Scalar:
    """A number, boolean or `nil`, spelled as Go spells it."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string: its characters (quoted, cut when long), length in bytes, where the bytes are."""

    text: str
    length: int
    region: Region = Region.RODATA


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer, or a map, channel or func value: something that refers to one place."""

    target: Place
    kind: str = "pointer"
    """`pointer`, `map`, `chan`, `func`."""
    text: str = ""
    """For a func value without captures: the function's name (it lies in rodata/text)."""


@dataclass(frozen=True, slots=True)
class SliceHeader:
    """A slice: where its first element is, its length and capacity."""

    target: Place | None
    """None for a nil slice; `UNDRAWN` for an array that is not known."""
    length: int
    capacity: int


@dataclass(frozen=True, slots=True)
class Interface:
    """An interface value that is not nil: its dynamic type and its data word."""

    type: str
    value: Value
    """A `Pointer` to the boxed copy, or the pointer-shaped value itself."""
    boxed: Region | None = None
    """Where the boxed copy is; none when the data word is the value itself."""


@dataclass(frozen=True, slots=True)
class Composite:
    """A struct or array, or what a map or channel holds: named parts in order."""

    kind: str
    """`struct`, `array`, `map`, `chan`, `closure`."""
    parts: tuple[tuple[str | int, Value], ...]
    note: str = ""
    """`+12 more` when parts were cut; `open`, `closed` for a channel."""


Value = Scalar | Text | Pointer | SliceHeader | Interface | Composite


@dataclass(frozen=True, slots=True)
class Cell:
    """One variable in a frame."""

    name: str
    type: str
    value: Value | None
    """None: declared, but not reached yet. For a variable that was moved to the heap, a Pointer."""
    size: int
    """Bytes of the variable itself."""
    pos: Pos
    """Where it is declared: the key that the lesson finds its placement by, with `band`."""
    moved: bool = False
    """It lives on the heap; the frame holds only its address."""
    band: int = -1
    """Index into `Frame.bands` when it came with an inlined call; -1 for the frame's own."""
    key: str = ""
    """What a `Place` in this frame calls it: its name, or `x·2` where a variable beside it in the
    frame has the same."""


@dataclass(frozen=True, slots=True)
class Band:
    """An inlined call inside a frame: it runs there and has no frame of its own."""

    function: str
    call: Pos
    parent: int = -1
    """Index of the band around it in the same tuple."""
    active: bool = False
    """The current line of this frame is inside it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A function call that has not returned."""

    id: str
    """`f:N`."""
    function: str
    """As runtime prints it: `main.main`, `main.(*T).M`, `main.main.func1`."""
    pos: Pos
    """The statement it is at."""
    cells: tuple[Cell, ...]
    bands: tuple[Band, ...] = ()


class Status(enum.Enum):
    """What a goroutine is doing."""

    RUNNING = "running"
    RUNNABLE = "runnable"
    WAITING = "waiting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Goroutine:
    """A goroutine and its stack, newest frame first."""

    number: int
    """1 is main's."""
    status: Status
    reason: str
    """Why it waits, in the runtime's words: `chan receive`, `sync.Mutex.Lock`, `sleep`."""
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """Something outside frames that holds values: heap object, global, unnamed stack or rodata."""

    id: str
    region: Region
    type: str
    value: Value
    size: int
    """Bytes asked for."""
    class_size: int = 0
    """Bytes of gc's size class, for a heap object."""
    label: str = ""
    """The variable's name for one moved to the heap or a global; else empty."""
    pos: Pos = NO_POS
    """The allocating expression or declaration."""
    reachable: bool = True
    frame: str = ""
    """For an unnamed stack object: the frame it is in."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All of memory just after one step."""

    step: int
    goroutine: int
    """Number of the goroutine that ran."""
    pos: Pos
    """The statement just executed."""
    goroutines: tuple[Goroutine, ...]
    objects: tuple[Object, ...]
    """Globals in link order, then heap objects and others in order of allocation."""
    output: str
    """Everything printed so far, standard output and error as they came."""


class Event(enum.Enum):
    """What a step did, beside running a statement."""

    START = "start"
    CALL = "call"
    RETURN = "return"
    ALLOCATE = "allocate"
    OUTPUT = "output"
    SWITCH = "switch"
    PANIC = "panic"
    GROW = "grow"
    END = "end"


@dataclass(frozen=True, slots=True)
class Step:
    """One recorded moment: a statement that has run, a call or a return."""

    number: int
    """From 0, the state before the first statement."""
    goroutine: int
    pos: Pos
    function: str
    depth: int
    """Frames on this goroutine's stack."""
    events: frozenset[Event]
    allocated: tuple[str, ...] = ()
    """Ids of heap objects made in this step."""
    printed: str = ""
    band: str = ""
    """Name of the innermost inlined function that the statement belongs to; else empty."""


PANIC_STATUS = 2
"""Exit status of what ends in a panic or fatal error, or is stopped."""


class Ending(enum.Enum):
    """How a run ended."""

    EXITED = "exited"
    PANICKED = "panicked"
    DEADLOCKED = "deadlocked"
    FATAL = "fatal"
    """Another fatal error of the runtime: stack overflow, concurrent map writes."""
    STOPPED = "stopped"
    """One of our bounds ended it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the run ended, as a process would show it."""

    ending: Ending
    status: int
    """Exit status."""
    message: str = ""
    """First line of what Go prints: `panic: …`, `fatal error: …`; for STOPPED the bound's name."""
    pos: Pos = NO_POS
    period: int = 0
    """Of STOPPED at the bound of steps: after so many its state is the same again, so it never
    ends; 0 if that is not known."""


_BOUNDS = {
    "steps": (
        "the limit of steps (turns of loops and calls), which `limits: steps` in the configuration"
        " sets"
    ),
    "memory": "the limit of memory, which `limits: memory_mb` in the configuration sets",
    "goroutines": (
        "the limit of goroutines at one time, which `limits: goroutines` in the configuration sets"
    ),
    "output": "the limit of output, which `limits: output_kb` in the configuration sets",
    "depth": (
        "our limit of nested calls (Go's own is a stack of 1,000,000,000 bytes, millions of calls"
        " deep: then it says `fatal error: stack overflow`)"
    ),
}


def stopped(outcome: Outcome) -> str:
    """Say why a run was stopped, and what an author may do about it."""
    if outcome.period:
        every = "after each step" if outcome.period == 1 else f"every {outcome.period} steps"
        return f"it never ends: its state is the same again {every}"
    return "it reached " + _BOUNDS.get(outcome.message, f"the limit of {outcome.message}")


@dataclass(frozen=True, slots=True)
class Allocation:
    """A heap object of this run, whether a step was recorded for it or not."""

    id: str
    pos: Pos
    """Innermost position outside the runtime."""
    size: int
    class_size: int
    """As yardstick/CONTRACT.md counts: pointer-free objects below 16 bytes count 16."""
    type: str
    what: str
    """`new`, `make`, `literal`, `moved`, `append`, `box`, `closure`, `concat`, `chan`, `map`, …"""
    line: Pos
    """Where gc's code for it stands, which a profile tells; mostly `pos`."""


class Trace(Protocol):
    """A finished run. Implemented by `machine.replay`."""

    stdout: bytes
    stderr: bytes
    outcome: Outcome

    @property
    def steps(self) -> tuple[Step, ...]:
        """What was recorded, no more than `Limits.recorded`."""
        ...

    @property
    def is_cut(self) -> bool:
        """Whether the program went on after the last recorded step."""
        ...

    @property
    def allocations(self) -> tuple[Allocation, ...]:
        """Every heap object of the run, in order."""
        ...

    def at(self, number: int) -> Snapshot:
        """Return memory as it was just after step `number`."""
        ...

    def dump(self) -> str:
        """Write every step and the last snapshot, for people and tests."""
        ...
