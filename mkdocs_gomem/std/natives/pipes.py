"""Package os: pipes from a program to itself (`os.Pipe`), in which tests catch what is printed.

A pipe holds 64 KiB, as Linux has it; who writes more waits until somebody reads. Descriptors are
the lowest free ones; 5 and 6 are taken by the poller, which starts with the first pipe.

Go's own poller is not there: files say that they block, and the goroutine waits here. So what
only the poller can do is refused by name: to end a wait by closing one's own end of the pipe.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.scheduler import STUCK, WAITS_FOR_FILE

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.scheduler import Goroutine
    from mkdocs_gomem.machine.values import Slice

_ROOM: Final = 1 << 16
_STANDARD: Final = frozenset((0, 1, 2))
_POLLER: Final = frozenset((5, 6))


class Pipe:
    """What is on its way, and who waits for it."""

    __slots__ = ("held", "reads", "waiting", "writes")

    def __init__(self) -> None:
        self.held = bytearray()
        self.reads = self.writes = True
        """Is that end open?"""
        self.waiting: list[Goroutine] = []

    def wait(self, m: Machine) -> None:
        """Wait until somebody has read, written or closed an end."""
        self.waiting.append(m.scheduler.current)
        if m.scheduler.park(WAITS_FOR_FILE) is STUCK:
            raise panics.Unsupported("waiting for a pipe that nobody uses any more: it never ends")

    def wake(self, m: Machine) -> None:
        """Let all look again."""
        woken, self.waiting = self.waiting, []
        for goroutine in woken:
            m.scheduler.ready(goroutine)


@dataclass(frozen=True, slots=True)
class End:
    """An open descriptor."""

    pipe: Pipe
    writes: bool


class Pipes:
    """The pipes of a run, by the descriptors of their ends; `Machine.state` has it as `pipes`."""

    __slots__ = ("machine", "opened")

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.opened: dict[int, End] = {}

    def read(self, descriptor: int, data: Slice) -> int | None:
        """Read what is there, or wait for it; None if that is no pipe."""
        end = self.opened.get(descriptor)
        if end is None:
            return None
        if end.writes:
            raise panics.Unsupported("reading from the end of a pipe that is written to")
        pipe = end.pipe
        while not pipe.held and pipe.writes:
            pipe.wait(self.machine)
        count = min(data.n, len(pipe.held))
        data.a[data.o : data.o + count] = pipe.held[:count]
        del pipe.held[:count]
        pipe.wake(self.machine)
        return count

    def write(self, descriptor: int, data: bytes) -> int | None:
        """Write as much as there is room for; None if that is no pipe."""
        end = self.opened.get(descriptor)
        if end is None:
            return None
        pipe = end.pipe
        while pipe.reads and len(pipe.held) >= _ROOM:
            pipe.wait(self.machine)
        if not end.writes or not pipe.reads:
            raise panics.Unsupported("writing to a pipe that nobody can read")
        written = data[: _ROOM - len(pipe.held)]
        pipe.held += written
        pipe.wake(self.machine)
        return len(written)

    def close(self, descriptor: int) -> None:
        """Close one end, if that is one; the other one is told."""
        end = self.opened.pop(descriptor, None)
        if end is None:
            return
        if end.writes:
            end.pipe.writes = False
        else:
            end.pipe.reads = False
        end.pipe.wake(self.machine)


def _make(m: Machine, pair: list[int], _flags: int) -> None:
    """`syscall.pipe2`: put both descriptors into an array."""
    taken = set(_STANDARD)
    if "pipes" in m.state:
        taken |= _POLLER
    pipes: Pipes = m.state.setdefault("pipes", Pipes(m))
    m.heap.reserve(_ROOM)
    pipe = Pipe()
    for at, writes in enumerate((False, True)):
        taken |= pipes.opened.keys()
        pair[at] = next(number for number in range(len(taken) + 1) if number not in taken)
        pipes.opened[pair[at]] = End(pipe, writes)


NATIVES: Final[dict[str, Callable[..., Any]]] = {"syscall.pipe2": _make}
