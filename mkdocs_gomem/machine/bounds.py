"""When is a run stopped? Steps, memory and depth, counted as the program uses them up.

A step is a turn of a loop or a call that may recurse: generated code takes one from `BG`, and
asks here (`next_slice`) when a slice of them is used up. What takes long or much room outside
generated code is charged in the same coin (`charge`). The counts depend on nothing but the
program, so that it always ends at the same place; the clock only guards a page against what they
miss: it raises, and what it stopped is never taken for a result. On the command line, where
somebody waits, it is a bound like the others (`Limits.seconds`).

Not here: how much room something takes (`footprint`, `heap`), whether a program that was stopped
would ever have ended (`repeats`), output and goroutines, which are bounded where they are made.
"""

from __future__ import annotations

import functools
import gc
import itertools
import operator
import sys
import time
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.lean import replace
from mkdocs_gomem.machine import footprint, panics, repeats
from mkdocs_gomem.machine.executable import GENERATED_FILE
from mkdocs_gomem.machine.scheduler import SLICE
from mkdocs_gomem.machine.trace import PANIC_STATUS, Ending, Outcome
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

    from mkdocs_gomem.machine.run import Machine

SECONDS = 20.0
"""Of the processor's time, after which a run that no bound has stopped is given up."""
_READ_A_STEP = 8
"""Bytes that are looked through one by one in the time of a step, as a power of two."""
_WATCHED = 2000
"""Steps that a watch may take at most."""
_COUNTED = 1_000
"""Steps in which what is live is counted, beside those for each value, …"""
_COUNTED_A_STEP = 3
"""… of which so many are looked at in the time of a step, as a power of two."""
_SLACK = 2
"""What is kept for pictures is counted at other moments: it must not end a run that is shown."""
_MAX_INT = (1 << 63) - 1
_PORTION = 100
"""Turns that a loop which may be left early pays for at once, at first."""
_SHARED = 4096
_NUMBERS = tuple(range(_SHARED))
"""What most loops count through: a number that is there already is four times as cheap."""
_TICKED = 4000
"""Turns of loops that count, which do little each, are charged together."""
_OFTEN = 1000
"""Look at clock and memory when so many steps were taken outside generated code."""


class Bounds:
    """What one run may still use up."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.stopped: Outcome | None = None
        """How the run has ended, while a watch still looks what it would do next."""
        self._memory = machine.limits.memory
        self._is_shown = machine.watcher is not None
        """It is a run that has ended, once more, up to where somebody looks."""
        self._left = machine.limits.steps * (_SLACK if self._is_shown else 1)
        self._watch: repeats.Watch | None = None
        """Looks at each step, to see if the program repeats itself."""
        self._pending = 0
        """Steps that were taken outside generated code and are not looked into yet."""
        self._spent = 0
        """Steps since somebody looked at the clock."""
        self._ticked = 0
        """Steps of loops that count which are not charged yet."""
        self._due = 0
        """So many are, before the next loop begins: fewer where the bound is near."""
        self._passed = 0
        """Steps of theirs since they let others run."""
        self._aside = False
        self._deadline = time.thread_time() + (machine.limits.seconds or SECONDS)

    def new_slice(self) -> None:
        """Hand out the next steps."""
        size = min(SLICE, self._left)
        self._left -= size
        self.machine.space["BG"] = itertools.repeat(None, size)

    def next_slice(self) -> None:
        """The steps of this turn are used up: stop, or let others run."""
        if self._watch is not None:
            self._look(repeats.caller(1))
            return
        if operator.length_hint(self.machine.space["BG"]):
            return  # a loop around one that got a new slice: it still had the one before
        if self._left <= 0:
            self.stop_at(repeats.caller(1))
            return
        deep = self.machine.scheduler.current.frame_bytes
        self._elapse(SLICE)
        if self.machine.scheduler.current.frame_bytes > deep:
            self._look_deep(repeats.caller(1))
            return
        self.new_slice()
        self.machine.scheduler.pass_steps(SLICE)
        if self.machine.scheduler.others_wait():
            self.machine.scheduler.gosched()

    def stop_at(self, frame: FrameType) -> None:
        """The bound of steps is reached: stop, unless a few more tell that it never ends."""
        self.stopped = self._at_bound(frame)
        self._left = _WATCHED
        self._observe(repeats.Watch(self.machine, frame, recursion=False))

    def _at_bound(self, frame: FrameType | None) -> Outcome:
        """Return how a run ends that has used its steps up, at the innermost line of its author."""
        innermost = pos = NO_POS
        while frame is not None and not pos:
            if frame.f_code.co_filename == GENERATED_FILE:
                innermost = innermost or self.machine.executable.position(frame.f_lineno)
                pos = self.machine.endings.own_line(frame.f_code, frame.f_lineno)
            frame = frame.f_back
        return Outcome(Ending.STOPPED, PANIC_STATUS, "steps", pos or innermost)

    def _look_deep(self, frame: FrameType) -> None:
        """A recursion has come deep: does it ever return?"""
        if repeats.never_return(repeats.calls_around(frame)):
            raise panics.Overflow
        self._observe(repeats.Watch(self.machine, frame, recursion=True))

    def _observe(self, watch: repeats.Watch) -> None:
        """Go on step by step; what a watch of the end has made is forgotten afterwards."""
        self._watch = watch
        if watch.done:
            self._seen(watch)
        else:
            self._one_step()

    def _look(self, frame: FrameType) -> None:
        watch = self._watch
        assert watch is not None  # noqa: S101 - asked by the caller
        if watch.look(frame):
            self._seen(watch)
        else:
            self._one_step()

    def _one_step(self) -> None:
        self._left -= 1
        self.machine.space["BG"] = itertools.repeat(None, 1)

    def _seen(self, watch: repeats.Watch) -> None:
        """A watch is over."""
        self._watch = None
        if watch.recursion:
            if watch.period:
                raise panics.Overflow
            self.new_slice()
            return
        if watch.period:
            assert self.stopped is not None  # noqa: S101 - what ended the run
            self.stopped = replace(self.stopped, period=watch.period)
        raise panics.Stop("steps")

    def charge(self, steps: int) -> None:
        """Count steps taken outside generated code, each of which may keep what it has made."""
        self.spend(steps)
        self._pending += steps
        if self._pending >= _OFTEN:
            self._elapse(0)

    def spend(self, steps: int) -> None:
        """Count the time of so many steps, for work that makes nothing or has charged it."""
        self._left -= steps
        if self._left < 0:
            self._take_back()
        self._spent += steps
        if self._spent >= _OFTEN:
            self.look_at_clock()

    def _take_back(self) -> None:
        """Take the steps that are missing from those that were handed out."""
        missing, slice_ = -self._left, self.machine.space["BG"]
        if missing > operator.length_hint(slice_):
            raise panics.Stop("steps")
        self._left = 0
        next(itertools.islice(slice_, missing - 1, None))

    def charge_time(self, size: int) -> None:
        """Count the steps that it takes to look through so many bytes."""
        self.spend(size >> _READ_A_STEP)

    def charge_bytes(self, size: int) -> None:
        """Ask for room for so many bytes that are about to be made one by one."""
        self.machine.heap.reserve(size)
        self.spend(size >> _READ_A_STEP)

    def charge_copy(self, size: int) -> None:
        """The same for bytes that are copied as they are."""
        self.machine.heap.reserve(size)

    def look_at_clock(self) -> None:
        """Give up if there is no time left."""
        self._spent = 0
        if time.thread_time() > self._deadline:
            if self.machine.limits.seconds:
                raise panics.Stop("time")
            raise TimeoutError("the run took too long")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Stop the clock: std's code is compiled as it is asked for, and that is our own time."""
        if self._aside:
            yield
            return
        self._aside = True
        started = time.thread_time()
        try:
            yield
        finally:
            self._deadline += time.thread_time() - started
            self._aside = False

    def _elapse(self, steps: int) -> None:
        """Charge what so many steps may have taken up, and look at the clock."""
        self.look_at_clock()
        steps += self._pending
        self._pending = 0
        footprint.charge_frames(self.machine.heap, self.machine.scheduler, steps)
        self.machine.heap.elapse(steps)
        if self.machine.log is not None:
            self.machine.log.check()

    def ticks(self, start: int, stop: int, step: int = 1) -> Iterable[int]:
        """Return the numbers of Python's range, each of them a step: the turns of a loop."""
        turns = range(start, stop, step)
        count = _length(turns)
        if count > SLICE:
            return itertools.chain.from_iterable(self._portions(turns, SLICE))
        self._tick(count)
        return turns

    def numbers(self, start: int, stop: int) -> Iterable[int]:
        """Do the same for a loop in which nothing is called and nothing waits.

        So no more than one such list is there at a time, however deep the program calls.
        """
        if start < 0 or not start < stop <= _SHARED:
            return self.ticks(start, stop)
        self._tick(stop - start)
        return _NUMBERS[start:stop]

    def _tick(self, count: int) -> None:
        self._ticked += count
        if self._ticked >= self._due:
            self._pay()

    def some_ticks(self, start: int, stop: int, step: int = 1) -> Iterable[int]:
        """Do the same for a loop that may be left early: it pays for few more than it takes."""
        turns = range(start, stop, step)
        if _length(turns) <= _PORTION:
            return self.ticks(start, stop, step)
        return itertools.chain.from_iterable(self._portions(turns, _PORTION))

    def upto(self, first: int, last: int) -> Iterable[int]:
        """Return the turns of a loop while `i <= last`, which always holds for the greatest int."""
        if last < _MAX_INT:
            return self.some_ticks(first, last + 1)
        anew = self._portions(range(-_MAX_INT - 1, _MAX_INT + 1), SLICE)
        return itertools.chain(
            self.some_ticks(first, _MAX_INT + 1), itertools.chain.from_iterable(anew)
        )

    def fours(self, start: int, stop: int) -> Iterable[tuple[int, ...]]:
        """Return the turns of a loop four by four, without the `rest` of it."""
        count = self._in_fours(stop - start)
        if start >= 0 and stop <= _SHARED:
            self._tick(count)
            first = start >> 2
            return _four_by_four(start & 3)[first : first + (count >> 2)]
        each = iter(self.ticks(start, start + count))
        return zip(each, each, each, each, strict=True)

    def rest(self, start: int, stop: int) -> Iterable[int]:
        """Return the turns that `fours` has left over."""
        return self.numbers(start + self._in_fours(stop - start), stop)

    def _in_fours(self, count: int) -> int:
        """Return how many turns are taken four by four: nobody sees a step of those."""
        return 0 if count < 0 or self.machine.limits.recorded else count & -4

    def _portions(self, turns: range, size: int) -> Iterator[Iterable[int]]:
        while turns:
            part = turns[:size]
            yield self.ticks(part.start, part.stop, part.step)
            turns = turns[size:]
            size = min(2 * size, SLICE)

    def _pay(self) -> None:
        """Charge what loops that count have ticked, and let others run in between."""
        steps, self._ticked = self._ticked, 0
        slice_ = self.machine.space["BG"]
        room = self._left + operator.length_hint(slice_) - steps
        self._due = min(_TICKED, room // 2)
        if room < 0 and self.stopped is None:
            # Go on to a loop that asks for steps: it may tell that the program never ends.
            self.stopped = self._at_bound(repeats.caller(1))
            self._left = 0
            deque(slice_, maxlen=0)
            return
        self.charge(steps)
        self._passed += steps
        if self._passed >= SLICE:
            self._passed = 0
            self.machine.scheduler.pass_steps(SLICE)
            if self.machine.scheduler.others_wait():
                self.machine.scheduler.gosched()

    def turns(self, values: Any) -> Any:
        """Count a step for each of some values."""
        self.charge(len(values))
        return values

    def collect(self, wanted: int) -> int:
        """Count what is live when as much as the bound was charged; stop if they pass it."""
        room = self._memory - wanted
        live = self._live(room)
        if live > room and not self._is_shown:
            raise panics.Stop("memory")
        return max(self._memory - live, self._memory * 3 // 4)

    def _live(self, room: int) -> int:
        """Count what is live, or come to more than there is room for."""
        if self.machine.scheduler.frame_bytes > room:
            return self.machine.scheduler.frame_bytes
        if (
            self.machine.heap.objects_made > self._memory // 2
        ):  # of which some may refer to each other
            self.machine.heap.objects_made = 0
            gc.collect()
        live, self.machine.heap.latent, values = footprint.reached(self.machine, room)
        if live <= room:
            self.spend(_COUNTED + (values >> _COUNTED_A_STEP))
        return live


@functools.cache
def _four_by_four(first: int) -> tuple[tuple[int, ...], ...]:
    each = iter(_NUMBERS[first:])
    return tuple(zip(each, each, each, each, strict=False))


def _length(turns: range) -> int:
    try:
        return len(turns)
    except OverflowError:  # `len` has no more bits than a pointer
        return sys.maxsize
