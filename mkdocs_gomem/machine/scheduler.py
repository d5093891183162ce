"""Which goroutine runs next? Goroutines are greenlets, started from one hub.

One that waits hands over to the next by itself; only to start one, to wait for a timer, or when
one has ended, the hub takes its turn. (Started from another goroutine, a greenlet would inherit
how deep that one is in calls.)

One processor, so that the same program always runs the same way (a model: Go uses all cores).
Order is that of Go's own scheduler on one processor (runtime/proc.go): who was made runnable
last runs next, all others first come, first served; who yields goes behind them all. A goroutine
that runs for long is interrupted at a loop's turn after a fixed number of steps.

Time is virtual: it jumps to the next timer when nothing can run. When there is no timer either,
the program is deadlocked. While something runs it stands still, but for those who wait for it
without sleeping: long loops, yields and ever new looks at the clock take a little of it.
"""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent, greenlet

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.log import Turn
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = 1257894000
"""Seconds since 1970 when all programs start: 2009-11-10 23:00:00 UTC, the birthday of Go."""
SLICE = 10_000
"""Steps that a goroutine may take before another one gets its turn."""
_GLOBAL_EVERY = 61
_STEP_TAKES = 10
_YIELD_TAKES = 200
_LOOK_TAKES = 1_000
"""Nanoseconds of virtual time."""
_LOOKS = 1_000
"""A program that looks at the clock more often in a row waits for it."""
WAITS_FOR_FILE = "IO wait"
"""Why a goroutine waits that is part of no deadlock: for all we know the system may wake it."""
STUCK = object()
"""What such a goroutine is handed over when nobody else can run."""
_FEW = 1000
"""Dead goroutines and stopped timers of which so few are left need no clearing up."""


def _nothing() -> None:
    """What a goroutine that has ended would still do."""


class Goroutine:
    """A goroutine of the program."""

    __slots__ = (
        "ask_again", "case", "dead", "frame_bytes", "green", "group", "number", "of_runtime",
        "panics", "pos", "reason", "signalled", "start", "switch", "turn", "value",
    )  # fmt: skip

    def __init__(
        self, number: int, start: Callable[[], Any], pos: Pos, switch: Callable[[], Any]
    ) -> None:
        self.number = number
        self.start = start
        self.pos = pos
        self.green: greenlet | None = None
        self.switch = switch
        """Goes on with it, or starts it; it is the current one then."""
        self.dead = False
        self.of_runtime = False
        self.reason = ""
        """Why it waits or waited last, in the runtime's words (`Scheduler.waiting`)."""
        self.group: None = None
        """In the queue of a channel it stands for itself, unlike a `Case`."""
        self.panics: list[panics.Panic] = []
        """Under way, innermost last."""
        self.signalled = False
        """A signal has made one of them, or one that has ended while others were under way."""
        self.turn = Turn(number)
        """What the log says when it goes on."""
        self.frame_bytes = 0
        """What its frames take up, if they are many."""
        self.ask_again = 0
        """How many there are: after so many steps of all goroutines."""
        self.value: Any = None
        """What it waits to send, then what the one who wakes it hands over."""
        self.case = 0
        """Of the last `select` that it waited in: which case was chosen."""


class Case:
    """A case of a `select` in which a goroutine waits, maybe at several channels at once."""

    __slots__ = ("goroutine", "group", "number", "value")

    def __init__(self, goroutine: Goroutine, value: Any, number: int, group: list[bool]) -> None:
        self.goroutine = goroutine
        self.value = value
        self.number = number
        self.group = group
        """One flag for all cases of the `select`: one of them has fired."""


class Timer:
    """Something to do at a time."""

    __slots__ = ("action", "active", "when")

    def __init__(self, when: int, action: Callable[[], Any]) -> None:
        self.when = when
        self.action = action
        self.active = True


class Scheduler:
    """All goroutines of one run."""

    def __init__(
        self,
        limit: int,
        root: Callable[[Goroutine], None],
        told: Callable[[Turn], None] | None = None,
    ) -> None:
        self.limit = limit
        self.told = told
        """Called whenever another goroutine goes on."""
        self.root = root
        """Runs a goroutine's function and settles how it ends."""
        self.all: list[Goroutine] = []
        """Dead ones too, as long as somebody may want to see them (`keep_dead`)."""
        self.keep_dead = True
        self.alive = 0
        self._started = 0
        self.coroutines = 0
        """Those that have not ended, beside the goroutines."""
        self.frame_bytes = 0
        """What all frames take up of goroutines that have many."""
        self.elapsed = 0
        """Steps of all goroutines, as far as they were charged."""
        self.next: Goroutine | None = None
        self.queue: deque[Goroutine] = deque()
        self.yielded: deque[Goroutine] = deque()
        self.current: Goroutine = Goroutine(0, _nothing, NO_POS, _nothing)
        self.now = 0
        """Nanoseconds of virtual time since the start."""
        self._looks = 0
        """How often the time was asked for since the last timer."""
        self.timers: list[tuple[int, int, Timer]] = []
        self._timers_kept = _FEW
        """Look for stopped timers when there are more than twice as many."""
        self._timer_count = 0
        self.ticks = 0
        self.hub: greenlet = getcurrent()
        self._to_start: Goroutine | None = None
        """Chosen to run next, by one that waits; it has no greenlet yet."""
        self._to_begin: greenlet | None = None
        """Of a coroutine, in which the current goroutine goes on."""
        self.ended = False
        self.asleep = False
        """All wait, and nobody will wake any of them."""

    def go(self, start: Callable[[], Any], pos: Pos, *, of_runtime: bool = False) -> Goroutine:
        """Start a goroutine; it runs when this one waits. Those of the runtime don't count."""
        if start is None:
            raise panics.Fatal("go of nil func value")
        self._room()
        self._started += 1
        goroutine = Goroutine(self._started, start, pos, self._start)
        goroutine.of_runtime = of_runtime
        self.all.append(goroutine)
        self.alive += not of_runtime
        self.ready(goroutine)
        return goroutine

    def enroll(self) -> None:
        """Count a coroutine, which takes up as much as a goroutine."""
        self._room()
        self.coroutines += 1

    def _room(self) -> None:
        if self._is_full() and self.others_wait() and getcurrent() is not self.hub:
            # Many a goroutine ends as soon as it gets its turn: all have one before we give up.
            self.queue.append(self.current)
            self._hand_over()
        if self._is_full():
            raise panics.Stop("goroutines")

    def _is_full(self) -> bool:
        return self.alive + self.coroutines >= self.limit

    def ready(self, goroutine: Goroutine) -> None:
        """Wake a goroutine that waits."""
        if self.next is not None:
            self.queue.append(self.next)
        self.next = goroutine

    def park(self, reason: str) -> Any:
        """Wait until someone calls `ready`; return what they handed over."""
        goroutine = self.current
        goroutine.reason = reason
        self._hand_over()
        value = goroutine.value
        goroutine.value = None
        return value

    def gosched(self) -> None:
        """Let all others run first."""
        if self.timers:
            self.pass_time(_YIELD_TAKES)
        self.yielded.append(self.current)
        self._hand_over()

    def _hand_over(self) -> None:
        """Let another goroutine run; returns when this one is resumed."""
        following = self._pick()
        if following is None:
            self.hub.switch()
        elif following is not self.current:
            self.current = following
            following.switch()

    def _start(self) -> None:
        """Let the hub start the current goroutine."""
        self._to_start = self.current
        self.hub.switch()

    def become(self, green: greenlet) -> None:
        """Let the current goroutine go on in another greenlet, a coroutine's or its own."""
        current = self.current
        current.green = green
        current.switch = self._resumed(current, green)
        if green.gr_frame is None and not green.dead:
            # The hub starts it: each that another one starts is lower on C's stack, which is small.
            self._to_begin = green
            self.hub.switch()
        else:
            green.switch()

    def leave(self, green: greenlet) -> None:
        """Let the current goroutine go on in another greenlet: the one it runs in ends."""
        self.current.green = green
        self.current.switch = self._resumed(self.current, green)
        getcurrent().parent = green

    def _resumed(self, goroutine: Goroutine, green: greenlet) -> Callable[[], Any]:
        """Return what goes on with a goroutine."""
        told, turn, switch = self.told, goroutine.turn, green.switch
        if told is None:
            return switch

        def tell_and_switch() -> None:
            told(turn)
            switch()

        return tell_and_switch

    def waiting(self) -> dict[Goroutine, str]:
        """List the goroutines that wait, with the reason."""
        can_run = {self.next, *self.queue, *self.yielded}
        if not self.asleep:
            can_run.add(self.current)
        return {each: each.reason for each in self.all if not each.dead and each not in can_run}

    def others_wait(self) -> bool:
        """Whether anyone else could run."""
        return self.next is not None or bool(self.queue) or bool(self.yielded)

    def at(self, when: int, action: Callable[[], Any]) -> Timer:
        """Do something at a time."""
        timer = Timer(when, action)
        self._timer_count += 1
        if len(self.timers) > 2 * self._timers_kept:
            self.timers = [entry for entry in self.timers if entry[2].active]
            heapq.heapify(self.timers)
            self._timers_kept = max(_FEW, len(self.timers))
        heapq.heappush(self.timers, (when, self._timer_count, timer))
        return timer

    def sleep(self, nanoseconds: int) -> None:
        """`time.Sleep`"""
        if nanoseconds <= 0:
            return
        goroutine = self.current
        self.at(self.now + nanoseconds, lambda: self.ready(goroutine))
        self.park("sleep")

    def look(self) -> int:
        """Return the time, for a program that asks for it."""
        self._looks += 1
        if self._looks > _LOOKS:
            self.pass_time(_LOOK_TAKES)
        return self.now

    def pass_steps(self, steps: int) -> None:
        """Let as much time pass as so many steps take."""
        self.pass_time(steps * _STEP_TAKES)

    def pass_time(self, nanoseconds: int) -> None:
        """Let time pass while something runs; timers that are due now wake who waits for them."""
        self.now += nanoseconds
        while self.timers and self.timers[0][0] <= self.now:
            self._fire()

    def _fire(self) -> bool:
        """Jump to the next timer; False when there is none."""
        self._looks = 0
        while self.timers:
            when, _, timer = heapq.heappop(self.timers)
            if not timer.active:
                continue
            self.now = max(self.now, when)
            timer.active = False
            timer.action()
            return True
        return False

    def _pick(self) -> Goroutine | None:
        self.ticks += 1
        if self.yielded and self.ticks % _GLOBAL_EVERY == 0:
            return self.yielded.popleft()
        if self.next is not None:
            goroutine, self.next = self.next, None
            return goroutine
        if self.queue:
            return self.queue.popleft()
        if self.yielded:
            return self.yielded.popleft()
        return None

    def loop(self) -> None:
        """Run until someone says that the program has ended; runs in the hub."""
        self.hub = getcurrent()
        while not self.ended:
            if self._to_begin is not None:
                begin, self._to_begin = self._to_begin, None
                begin.switch()
                self._bury_last()
                continue
            goroutine = self._to_start or self._pick()
            self._to_start = None
            if goroutine is None:
                if self._fire() or self._is_told():
                    continue
                self.asleep = True
                raise panics.Fatal("all goroutines are asleep - deadlock!")
            self.current = goroutine
            if goroutine.green is None:
                goroutine.green = greenlet(self.root, self.hub)
                goroutine.switch = self._resumed(goroutine, goroutine.green)
                if self.told is not None:
                    self.told(goroutine.turn)
                if goroutine.number % 2:
                    goroutine.green.switch(goroutine)
                else:
                    _start_lower(goroutine, goroutine.green)
            else:
                goroutine.switch()
            self._bury_last()

    def _bury_last(self) -> None:
        """Take note if the goroutine that ran last has ended: others may have run in between."""
        last = self.current
        if last.green is not None and last.green.dead:
            last.dead = True
            self.alive -= not last.of_runtime
            self._bury(last)

    def _is_told(self) -> bool:
        """Tell a goroutine that waits for a file that nobody is left; False if there is none."""
        for goroutine in self.all:
            if not goroutine.dead and goroutine.reason == WAITS_FOR_FILE:
                goroutine.value = STUCK
                self.ready(goroutine)
                return True
        return False

    def _bury(self, goroutine: Goroutine) -> None:
        """Let go of what a goroutine that has ended held."""
        goroutine.green = None
        goroutine.start = goroutine.switch = _nothing
        self.frame_bytes -= goroutine.frame_bytes
        goroutine.frame_bytes = 0
        if not self.keep_dead and len(self.all) > 2 * self.alive + _FEW:
            first, *others = self.all
            self.all = [first, *(each for each in others if not each.dead)]


def _start_lower(goroutine: Goroutine, green: greenlet) -> None:
    """Start a goroutine lower on the stack than others, by what C's `sorted` keeps there (4 KB).

    A greenlet copies its part of the stack away where another one needs the same place. So two
    goroutines that hand over to each other are quicker if one is lower: the upper one stays.
    """
    sorted((goroutine,), key=green.switch)
