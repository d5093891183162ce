"""Package time: a virtual clock and its timers.

The clock starts at one fixed moment, in UTC, and stands still while anything can run (a model:
the same program always tells the same time). All arithmetic and formatting is Go's own code, but
for how a duration is written, as nearly every program with times does.

A timer with a channel behaves as since Go 1.23: `Stop` and `Reset` take back what nobody received,
and a ticker that nobody listens to does not keep the program alive. Sources: runtime/time.go,
time/time.go (go1.27).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.lean import override
from mkdocs_gomem.machine.scheduler import EPOCH
from mkdocs_gomem.machine.values import Ref
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.channels import Chan
    from mkdocs_gomem.machine.scheduler import Timer as Entry
    from mkdocs_gomem.machine.values import Iface

_SECOND: Final = 1_000_000_000


def _sleep(m: Machine, duration: int) -> None:
    m.scheduler.sleep(duration)


def _now(m: Machine) -> tuple[int, int, int]:
    now = m.scheduler.look()
    return EPOCH + now // _SECOND, now % _SECOND, now + 1


def _nano(m: Machine) -> int:
    return m.scheduler.look() + 1


def _format_duration(_m: Machine, duration: int, buffer: bytearray) -> int:
    """`Duration.format`: the text goes to the buffer's end, the result is where it starts."""
    text = _duration(abs(duration))
    if duration < 0:
        text = "-" + text
    written = text.encode()
    start = len(buffer) - len(written)
    buffer[start:] = written
    return start


def _duration(nanoseconds: int) -> str:
    if nanoseconds == 0:
        return "0s"
    for places, unit in enumerate(("ns", "µs", "ms")):
        if nanoseconds < 1000 ** (places + 1):
            return _decimal(nanoseconds, 3 * places) + unit
    minutes, rest = divmod(nanoseconds, 60 * _SECOND)
    text = _decimal(rest, 9) + "s"
    if minutes:
        hours, minutes = divmod(minutes, 60)
        text = f"{minutes}m{text}"
        if hours:
            text = f"{hours}h{text}"
    return text


def _decimal(value: int, places: int) -> str:
    """Write a number with the point so many places from its end, without zeros behind it."""
    whole, part = divmod(value, 10**places)
    digits = f"{part:0{places}}".rstrip("0") if part else ""
    return f"{whole}.{digits}" if digits else str(whole)


class _Fired(deque[Any]):
    """The buffer of a timer's channel: a ticker goes on once its tick was taken."""

    __slots__ = ("timer",)

    def __init__(self, timer: Timer, sent: Iterable[Any]) -> None:
        super().__init__(sent)
        self.timer = timer

    @override
    def popleft(self) -> Any:
        """Take what was sent."""
        value = super().popleft()
        self.timer.taken()
        return value


_FIRED = 20
"""Steps that a timer which fires again counts for: it takes as long."""
_TIMER: Final = 112
"""Bytes of a `runtime.timeTimer`, beside its channel."""


class Timer:
    """A `time.Timer` or `time.Ticker`: fields `C` and `initTimer`, and what the runtime keeps."""

    __slots__ = ("act", "asleep", "channel", "entry", "f0", "f1", "machine", "period", "when")

    def __init__(self, machine: Machine, act: Callable[[], Any], channel: Chan | None) -> None:
        self.machine = machine
        self.act = act
        self.channel = channel
        self.f0: Chan | None = None
        self.f1 = True
        self.entry: Entry | None = None
        self.when = 0
        self.period = 0
        self.asleep = False
        """A ticker whose last tick nobody has taken yet."""
        if channel is not None:
            channel.buffer = _Fired(self, channel.buffer)
            channel.of_timer = True

    def start(self, when: int, period: int) -> None:
        """Let it fire at a time as `runtimeNano` counts, and then every so often."""
        self.when, self.period, self.asleep = when, period, False
        self.entry = self.machine.scheduler.at(when - 1, self.fire)

    def stop(self) -> bool:
        """Stop it; tell if it would still have fired, for all that anyone saw."""
        pending = self.asleep
        if self.entry is not None:
            pending = pending or self.entry.active
            self.entry.active = False
            self.entry = None
        self.asleep = False
        if self.channel is not None and self.channel.buffer:
            self.channel.buffer.clear()
            pending = True
        return pending

    def fire(self) -> None:
        """Do what it is for."""
        self.entry = None
        if self.period:
            if self.channel is not None and self.channel.buffer:
                self.asleep = True
                return
            self._again()
        self.act()

    def taken(self) -> None:
        """Someone took a tick."""
        if self.asleep:
            self.asleep = False
            self._again()

    def _again(self) -> None:
        self.machine.charge(_FIRED)
        late = self.machine.scheduler.now + 1 - self.when
        self.start(self.when + self.period * (1 + max(late, 0) // self.period), self.period)


def _new_timer(
    m: Machine, when: int, period: int, call: Callable[..., Any], arg: Iface | None, channel: Any
) -> Timer:
    def act() -> None:
        if channel is None and arg is not None and arg.t.kind == "func":
            m.scheduler.go(arg.v, NO_POS)
        else:
            call(arg, 0, 0)

    m.charge(_FIRED)
    timer = Timer(m, act, channel)
    timer.start(when, period)
    m.made_by_std(timer, _TIMER, noscan=False)
    return timer


def _stop_timer(_m: Machine, timer: Timer) -> bool:
    return timer.stop()


def _reset_timer(_m: Machine, timer: Timer, when: int, period: int) -> bool:
    pending = timer.stop()
    timer.start(when, period)
    return pending


def _no(_m: Machine, *_args: object) -> bool:
    return False


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "time.Sleep": _sleep,
    "time.now": _now,
    "time.runtimeNow": _now,
    "time.runtimeNano": _nano,
    "time.runtimeIsBubbled": _no,
    "time.Duration.format": _format_duration,
    "time.newTimer": _new_timer,
    "time.stopTimer": _stop_timer,
    "time.resetTimer": _reset_timer,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {
    # What `runtimeNano() - 1` is at the start, though nobody may ask for it until later.
    "time.startNano": lambda _machine: Ref(0),
}
