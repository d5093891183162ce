"""How does a goroutine's end become that of the run, and what does the runtime say of it?

A panic that nobody recovered, a fatal error, a bound or a refusal comes here as an exception; it
becomes an `Outcome`, with the runtime's last words on standard error. A goroutine is told by the
author's line that it runs or waits at: of generated code the line that it stands for, of code that
was inlined that of the call.

Not here: how deferred calls run and panics follow each other (`defers`), when a bound is reached
(`bounds`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import source
from mkdocs_gomem.gotypes import universe
from mkdocs_gomem.machine import panics, printing, repeats
from mkdocs_gomem.machine.defers import as_panic, generated_line, report
from mkdocs_gomem.machine.trace import PANIC_STATUS, Ending, Event, Outcome
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from mkdocs_gomem.machine.executable import Function
    from mkdocs_gomem.machine.run import Machine
    from mkdocs_gomem.machine.scheduler import Goroutine
    from mkdocs_gomem.machine.values import Iface
    from mkdocs_gomem.source import Pos

STDERR = 2
_OVERFLOW = "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n"
_STATUS = b"exit status 2\n"
_SIGNAL = b"[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x0]\n"
_OF_VALUES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What Python raises where a value is of another kind than the code takes it for."""


class Endings:
    """What the ends of a run's goroutines come to."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine

    def settle(self, error: BaseException) -> None:
        """Turn what ended a goroutine into the outcome of the run.

        Raises:
            Rejected: naming what the program asked for.
        """
        if self.machine.bounds.stopped is not None:
            self.machine.end(self.machine.bounds.stopped)
            return
        panic = as_panic(error)
        pos = self._arose_at(error)
        if isinstance(error, RecursionError):
            error = self._overflow(error)
        if panic is not None:
            if panic.goexit:
                return
            if panic.python is not None:
                pos = self._arose_at(panic.python) or pos
            self.machine.moment(Event.PANIC, pos)
            self._die(panic, pos)
            return
        match error:
            case panics.Exit():
                self.machine.end(Outcome(Ending.EXITED, error.status))
            case panics.Stop():
                self.machine.end(Outcome(Ending.STOPPED, PANIC_STATUS, error.bound, pos))
            case panics.Overflow():
                self._say(_OVERFLOW.encode() + b"\n" + self._stacks(pos))
                text = _OVERFLOW.splitlines()[1]
                self.machine.end(Outcome(Ending.FATAL, PANIC_STATUS, text, pos))
            case panics.Unsupported():
                source.unsupported(pos, error.what)
            case panics.Fatal():
                self._fail(error, pos)
            case _:
                self._refuse(error, pos)

    def _fail(self, error: panics.Fatal, pos: Pos) -> None:
        """End with a fatal error: what it tells of is the goroutines, or the panics under way."""
        text = error.text
        ending = Ending.DEADLOCKED if "deadlock" in text else Ending.FATAL
        asleep = self._asleep() if ending is Ending.DEADLOCKED else None
        if asleep == b"":
            text = "no goroutines (main called runtime.Goexit) - deadlock!"
        died = f"fatal error: {text}"
        under_way = self.machine.scheduler.current.panics
        if error.tells_panics and under_way:
            told = report(under_way[-1], self._as_it_stands).decode("utf-8", "replace")
            died = f"{told}\t{died}"
        told_of = self._signal() + b"\n" + self._stacks() if asleep is None else asleep + _STATUS
        self._say(f"{died}\n".encode() + told_of)
        self.machine.end(Outcome(ending, PANIC_STATUS, died.split("\n", 1)[0], pos))

    def _refuse(self, error: BaseException, pos: Pos) -> None:
        """Refuse what our own code has failed at, if values that we do not have explain it."""
        function = self._in_std(error)
        if function is not None:
            # Code of std may take memory apart in ways that our values do not have.
            what = f"call of {function.name} ({type(error).__name__} in it)"
            source.unsupported(pos, what)
        if isinstance(error, TypeError) and self.machine.reads_addresses:
            # A pointer that has become a uintptr may be held as what it points to.
            source.unsupported(pos, "what is worked out from an address")
        raise error

    def _in_std(self, error: BaseException) -> Function | None:
        """Return the function of std in which our own code failed, if it was one."""
        found: Function | None = None
        trace = error.__traceback__
        while trace is not None:
            found = self.machine.functions.get(trace.tb_frame.f_code, found)
            trace = trace.tb_next
        if found is None or found.own or not isinstance(error, _OF_VALUES):
            return None
        return found

    def _overflow(self, error: RecursionError) -> panics.Overflow | panics.Stop:
        """Return how calls end that nest too deep: as in Go, if it is sure that Go ends them."""
        if repeats.never_return(repeats.calls_of(error)):
            return panics.Overflow()
        return panics.Stop("depth")

    def _arose_at(self, error: BaseException) -> Pos:
        """Return the author's line, not std's, that led to an end; any line if there is none."""
        way: list[tuple[CodeType, int]] = []
        trace = error.__traceback__
        while trace is not None:
            way.append((trace.tb_frame.f_code, trace.tb_lineno))
            trace = trace.tb_next
        own = (self.own_line(code, line) for code, line in reversed(way))
        return next(filter(None, own), self.machine.executable.position(generated_line(error)))

    def own_line(self, code: CodeType, lineno: int) -> Pos:
        """Return the author's line that a line of generated code stands for, if any."""
        function = self.machine.functions.get(code)
        if function is None or not function.own:
            return NO_POS
        pos = self.machine.executable.position(lineno)
        band = self.machine.executable.band(lineno)
        while source.file_of(pos) not in self.machine.executable.files and band >= 0:
            inlined = function.bands[band]
            pos, band = inlined.call, inlined.parent
        if source.file_of(pos) in self.machine.executable.files:
            return pos
        for line in range(lineno, code.co_firstlineno, -1):  # what stands nowhere: further up
            pos = self.machine.executable.position(line)
            if source.file_of(pos) in self.machine.executable.files:
                return pos
        return NO_POS

    def _waits_at(self, goroutine: Goroutine) -> Pos:
        """Return the author's line at which a goroutine waits."""
        frame = goroutine.green.gr_frame if goroutine.green is not None else None
        while frame is not None:
            pos = self.own_line(frame.f_code, frame.f_lineno)
            if pos:
                return pos
            frame = frame.f_back
        return NO_POS

    def _die(self, panic: panics.Panic, pos: Pos) -> None:
        self.machine.defers.enter(panic)
        try:
            text = report(panic, self._text_of)
        except BaseException as failure:  # noqa: BLE001 - settled as that of any goroutine
            self.settle(failure)
            return
        self.machine.outcome = None
        text += self._signal()
        self._say(text + b"\n" + self._stacks(pos))
        first = text.split(b"\n", 1)[0].decode("utf-8", "replace")
        self.machine.end(Outcome(Ending.PANICKED, PANIC_STATUS, first, pos))

    def _signal(self) -> bytes:
        return _SIGNAL if self.machine.scheduler.current.signalled else b""

    def _stacks(self, pos: Pos = NO_POS) -> bytes:
        return self._stack(self.machine.scheduler.current, "running", pos) + _STATUS

    def _asleep(self) -> bytes:
        """Tell what each goroutine waits for; nothing where there is none."""
        waiting = self.machine.scheduler.waiting().items()
        return b"".join(
            b"\n" + self._stack(one, reason, self._waits_at(one))
            for one, reason in waiting
            if not one.of_runtime
        )

    def _stack(self, goroutine: Goroutine, what: str, pos: Pos) -> bytes:
        lines = f"goroutine {goroutine.number} [{what}]:\n"
        if pos:
            lines += f"\t{self.machine.places.words(pos)}\n"
        return lines.encode()

    def _text_of(self, value: Iface | None) -> bytes:
        """Write the value of a panic."""
        if value is None:
            return b"nil"
        for asked in (universe.UNIVERSE_ERROR, universe.STRINGER):
            method = self.machine.method_as(value.t, asked)
            if method is not None:
                text = self._told(method, value)
                return text.replace(b"\n", b"\n\t")
        return printing.panic_value(value, self.machine.address)

    def _as_it_stands(self, value: Iface | None) -> bytes:
        """Write the value of a panic without running code of the program."""
        if value is None:
            return b"nil"
        text = None
        if isinstance(value.v, panics.RuntimeError_):
            text = panics.as_it_stands(value.v, value.t)
        return text or printing.panic_value(value, self.machine.address)

    def _told(self, method: Callable[[Any], bytes], value: Iface) -> bytes:
        """Call `Error` or `String` of the value of a panic; it had better not panic itself."""
        try:
            return method(value.v)
        except BaseException as failure:
            panic = as_panic(failure)
            if panic is None or panic.goexit:
                raise
            if panic.by_signal:
                self.machine.scheduler.current.signalled = True
        again = panic.value
        if again is None or again.t.kind != "string" or again.t.named_type:
            what = f"type {'nil' if again is None else again.t.name}"
        else:
            what = bytes(again.v).decode("utf-8", "replace")
        raise panics.Fatal(f"panic while printing panic value: {what}")

    def _say(self, text: bytes) -> None:
        """Write the runtime's last words, which no bound cuts."""
        self.machine.emit(STDERR, text)
