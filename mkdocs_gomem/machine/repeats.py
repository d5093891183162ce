"""Does it never end? Whether a program that was stopped would go on for ever.

There are two proofs. Found so is never claimed falsely; what would not be sure is left alone.

*The same state twice* (`Watch`). When the bound of steps ends a run, or a recursion has come deep,
the machine goes on for a few more steps, one by one. Its state is written down (`state`) at those
that look alike. A machine that is in the same state twice, and that nothing from outside can
reach, does for ever what it did in between. Given up are output, time, more than one goroutine
that can run, what natives keep in ways we do not know, programs that ask the runtime how deep or
how large they are, and a state that is too large. For a recursion the second state must be that
of a call inside the first one: then that call never returns either.

*A cycle without a way out* (`never_return`), for recursions whose state is another in each call:
where each call of a cycle comes to the next with no way out, no other call and nothing that could
panic before, none ever returns. Go's own limit, a stack of 1,000,000,000 bytes, is millions of
calls away; but it must overflow, and then we say what Go says.
"""

from __future__ import annotations

import sys
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine.executable import GENERATED_FILE
from mkdocs_gomem.machine.state import Differs, Reader, State, TooMuch, glance

if TYPE_CHECKING:
    from types import CodeType, FrameType

    from mkdocs_gomem.machine.run import Machine

_LOOKS: Final = 64
"""Steps that are watched at most."""
_PARTS: Final = 700
"""Values that are written down at most, for all looks together: less than a millisecond."""
_NEAR: Final = 1_000
"""Calls between a call and one inside it, natives included."""
_CACHES: Final = frozenset({"fmt.methods", "reflect.sites"})
"""What natives keep that only saves them work."""
_LOOKED_AT: Final = 400
"""Calls at the top of the stack that are looked at."""
_LONGEST: Final = 20
"""Functions in the longest cycle that is looked for."""
_HARMLESS: Final = frozenset((
    "RESUME", "NOP", "CACHE", "PRECALL", "COPY", "SWAP", "LOAD_FAST", "STORE_FAST",
    "LOAD_CONST", "LOAD_GLOBAL", "POP_TOP", "BINARY_OP", "UNARY_NEGATIVE", "UNARY_INVERT",
    "COMPARE_OP", "COPY_FREE_VARS", "MAKE_CELL", "JUMP_FORWARD", "GET_ITER", "END_FOR",
    "LOAD_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST", "LOAD_SMALL_INT", "TO_BOOL", "LOAD_FAST_BORROW",
    "LOAD_DEREF", "EXTENDED_ARG", "NOT_TAKEN", "POP_ITER",
))  # fmt: skip
"""Not `PUSH_NULL`: what is called then is a value, and may be another function the next time."""
_BRANCHES: Final = ("POP_JUMP", "JUMP_IF")
"""Conditional jumps: harmless if they lead forward, not past the call."""
_OURS: Final = frozenset(("BG", "E", "S", "Y", "w64", "wrap"))
"""Global names of the machine that have no effect on the program."""
_DIVISIONS: Final = frozenset(("/", "//", "%", "<<", ">>", "/=", "//=", "%=", "<<=", ">>="))


class Watch:
    """A few steps of a run, looked at one by one."""

    def __init__(self, machine: Machine, frame: FrameType, *, recursion: bool) -> None:
        self.machine = machine
        self.recursion = recursion
        self.period = 0
        """Steps after which the state is the same again; 0 if that is not known."""
        self.looks = 0
        self._glances: set[tuple[Any, ...]] = set()
        self._seen: tuple[FrameType, tuple[Any, ...], State] | None = None
        self._seen_at = 0
        self._refresh = 1
        machine.scheduler.current.value = object()  # gone as soon as it has waited for another
        self._outside = self._surroundings()
        self._reader = Reader(machine.space, _PARTS)
        self.done = self.look(frame)

    def _surroundings(self) -> tuple[Any, ...] | None:
        """Return what must not change in between; None if something may come from outside."""
        machine, scheduler = self.machine, self.machine.scheduler
        if scheduler.others_wait() or scheduler.current.dead or scheduler.current.panics:
            return None
        if machine.heap.ledger is not None or machine.collector.watches or machine.reads_addresses:
            return None
        if any(timer.active for _, _, timer in scheduler.timers) or machine.state.keys() - _CACHES:
            return None
        machine.heap.settle()
        return (
            scheduler.current, scheduler.current.value, scheduler.ticks, scheduler.now,
            scheduler.coroutines, machine.channels.turns, scheduler._looks,  # noqa: SLF001
            len(machine.output), machine.sent, len(machine.space),
        )  # fmt: skip

    def look(self, frame: FrameType) -> bool:
        """Compare the state with the one before; True if there is nothing more to see."""
        self.looks += 1
        if self._outside is None:
            return True
        try:
            return self._compare(frame) or self.looks >= _LOOKS
        except TooMuch:
            return True

    def _compare(self, frame: FrameType) -> bool:
        """Tell if the state was the same before; it is written down if it looks the same."""
        looks_so = glance(frame)
        seen = self._seen
        if seen is not None and seen[1] == looks_so:
            before, _, old = seen
            if _is_inside(frame, before) if self.recursion else frame is before:
                try:
                    self._reader.read(frame, old)
                except Differs:
                    pass
                else:
                    if self._surroundings() == self._outside:
                        self.period = self.looks - self._seen_at
                    return True
        if self.looks >= self._refresh and looks_so in self._glances:
            # Compare what follows with this state, twice as long as with the last one (Brent).
            self._seen = frame, looks_so, self._reader.read(frame)
            self._seen_at = self.looks
            self._refresh = 2 * self.looks
        self._glances.add(looks_so)
        return False


def _is_inside(frame: FrameType, outer: FrameType) -> bool:
    """Tell if a call was made, directly or not, by another that has not returned."""
    if frame.f_code is not outer.f_code or frame is outer:
        return False
    above = frame.f_back
    for _ in range(_NEAR):
        if above is None:
            return False
        if above is outer:
            return True
        above = above.f_back
    return False


def caller(depth: int) -> FrameType:
    """Return the frame of generated code that asked for more steps."""
    return sys._getframe(depth + 1)  # noqa: SLF001 - it is the state


def never_return(calls: list[tuple[CodeType, int]]) -> bool:
    """Tell if calls repeat for ever: each the function, and the place where it has come to.

    Args:
        calls: the newest ones, outermost first; those of the machine's own at the end included.
    """
    calls = calls[: -_LONGEST - 1]
    for period in range(1, _LONGEST + 1):
        cycle = calls[-period:]
        if all(calls[at] == calls[at - period] for at in range(period, len(calls))):
            return len(calls) > 2 * period and all(_is_straight(*call) for call in cycle)
    return False


def calls_of(error: BaseException) -> list[tuple[CodeType, int]]:
    """Return the newest calls that led to an error."""
    newest: deque[tuple[CodeType, int]] = deque(maxlen=_LOOKED_AT)
    trace = error.__traceback__
    while trace is not None:
        newest.append((trace.tb_frame.f_code, trace.tb_lasti))
        trace = trace.tb_next
    return list(newest)


def calls_around(frame: FrameType | None) -> list[tuple[CodeType, int]]:
    """Return the newest calls that have not returned."""
    newest: list[tuple[CodeType, int]] = []
    while frame is not None and len(newest) < _LOOKED_AT:
        newest.append((frame.f_code, frame.f_lasti))
        frame = frame.f_back
    return newest[::-1]


def _is_straight(code: CodeType, call: int) -> bool:
    """Tell if nothing but a call is done on the way to it, from the function's beginning."""
    if code.co_filename != GENERATED_FILE:
        return False
    import dis  # noqa: PLC0415 - few ask for it

    called = ""
    instructions = [each for each in dis.get_instructions(code) if each.offset <= call]
    call = instructions[-1].offset  # while it runs, Python may be past its inline caches
    for instruction in instructions:
        if instruction.offset == call:
            return True
        name = instruction.opname
        if name == "LOAD_GLOBAL":
            called = str(instruction.argval)
        elif name == "CALL":
            if called not in _OURS:
                return False
        elif name == "BINARY_OP" and instruction.argrepr in _DIVISIONS:
            return False
        elif name == "FOR_ITER":
            if called != "BG":
                return False
        elif name.startswith(_BRANCHES):
            if not instruction.offset < instruction.argval <= call:
                return False
        elif name not in _HARMLESS:
            return False
    return False
