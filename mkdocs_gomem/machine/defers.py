"""How do `defer`, `panic`, `recover` and `Goexit` work together?

A function with `defer` keeps a list of its deferred calls, in generated code:

    d = []
    try:
        …; d.append(call); …; run(d); return result
    except BaseException as failure:
        fail(d, failure)            # runs what is left; returns only if someone recovered
        return result

`recover` is answered by looking who called: the function that calls it must have been called by
`call_deferred`, whose own `panic` is the one to recover from (wrappers made by the compiler in
between do not count: in `defer recover()` nobody calls it but a wrapper). Chains of panics are
kept for printing as runtime/panic.go prints them.
"""

from __future__ import annotations

import itertools
import sys
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.executable import GENERATED_FILE
from mkdocs_gomem.machine.log import Left, Unwound
from mkdocs_gomem.machine.panics import Panic

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType, TracebackType

    from mkdocs_gomem.machine.scheduler import Scheduler
    from mkdocs_gomem.machine.values import Iface

GENERATED = "<gomem"
"""File names of all generated code start so."""
"""That of functions."""
_HELPERS = (
    "machine/rtypes.py", "machine/structs.py", "machine/values.py", "natives/atomic.py",
    "natives/sync.py", "natives/time.py",
)  # fmt: skip
"""Files whose functions follow pointers for generated code."""


def _innermost(error: BaseException) -> TracebackType | None:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace


def as_panic(error: BaseException) -> Panic | None:
    """Return the Go panic that a Python exception stands for; None if it is no panic."""
    if isinstance(error, Panic):
        return error
    if isinstance(error, RecursionError) or not isinstance(error, Exception):
        return None  # what may be on its way through many calls, each of which asks
    trace = _innermost(error)
    if trace is None or not _is_generated(trace.tb_frame.f_code):
        return None
    text = ""
    match error:
        case AttributeError():
            if error.obj is None:
                text = panics.NIL_DEREFERENCE
        case TypeError():
            if str(error).startswith(("'NoneType' object", "object of type 'NoneType'")):
                text = panics.NIL_DEREFERENCE
        case ZeroDivisionError():
            text = "integer divide by zero"
        case _:
            pass
    if not text:
        return None
    panic = Panic(panics.runtime_error(text))
    panic.by_signal = text is panics.NIL_DEREFERENCE
    panic.python = error
    return panic


def _is_generated(code: CodeType) -> bool:
    return code.co_filename.startswith(GENERATED) or code.co_filename.endswith(_HELPERS)


def generated_line(error: BaseException) -> int:
    """Return the line of generated code in which an exception arose; 0 if in none."""
    line = 0
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == GENERATED_FILE:
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def call_deferred(call: Callable[[], Any], panic: Panic | None) -> None:  # noqa: ARG001 - read by `recover`
    """Run one deferred call."""
    if call is None:
        panics.nil_dereference()
    call()


def _run_by(frame: FrameType | None) -> Panic | None:
    """Return the panic because of which a frame runs a deferred call."""
    if frame is None or frame.f_code is not call_deferred.__code__:
        return None
    return frame.f_locals["panic"]  # type: ignore[no-any-return]


class DeferRuntime:
    """What panics need of one run."""

    def __init__(
        self,
        scheduler: Scheduler,
        wrappers: set[CodeType],
        panicked: Callable[[Panic], None],
        told: Callable[[Any], None] | None = None,
    ) -> None:
        self.told = told
        """Called when a panic has reached a function, and when it has returned (`log`)."""
        self.panicked = panicked
        """Told once of each panic."""
        self.scheduler = scheduler
        self.wrappers = wrappers
        """Code of functions that the compiler made around others."""

    def enter(self, panic: Panic) -> None:
        """Note that a panic is under way."""
        under_way = self.scheduler.current.panics
        if not panic.entered:
            panic.entered = True
            panic.link = under_way[-1] if under_way else None
            under_way.append(panic)
            if panic.by_signal:
                self.scheduler.current.signalled = True
            self.panicked(panic)

    def run(self, deferred: list[Callable[[], Any]]) -> None:
        """Run deferred calls as a function returns."""
        while deferred:
            call_deferred(deferred.pop(), None)
        if self.told is not None:
            self.told(Left(deferred))

    def fail(self, deferred: list[Callable[[], Any]], error: BaseException) -> None:
        """Run deferred calls while a panic is under way; return only if it was recovered."""
        panic = as_panic(error)
        if panic is None:
            raise error
        # Python looks through all that led to an exception whenever one is raised.
        error.__context__ = panic.__context__ = None
        self.enter(panic)
        if self.told is not None:
            self.told(Unwound(deferred))
        under_way = self.scheduler.current.panics
        current: Panic | None = panic
        while True:
            try:
                while deferred:
                    call_deferred(deferred.pop(), current)
                    if current is not None and current.recovered:
                        while under_way.pop() is not current:
                            pass
                        while under_way and under_way[-1].aborted:
                            under_way.pop()  # what ran it is unwound, too
                        self.settled()
                        current = None
                break
            except BaseException as another:
                following = as_panic(another)
                if following is None:
                    raise
                another.__context__ = following.__context__ = None
                self.enter(following)
                if self.told is not None:
                    self.told(Unwound(deferred))
                if current is not None:
                    current.aborted = True
                current = following
        if current is not None:
            raise current
        if self.told is not None:
            self.told(Left(deferred))

    def settled(self) -> None:
        """Forget the last signal once no panic is under way (`recovery`, runtime/panic.go)."""
        current = self.scheduler.current
        if not current.panics:
            current.signalled = False

    def recover(self) -> Iface | None:
        """`recover()`"""
        asking: FrameType | None = sys._getframe(1)  # noqa: SLF001 - who called is the question
        if asking is not None and asking.f_code in self.wrappers:
            asking = self._deferring(asking)
        caller = None if asking is None else self._beyond_wrappers(asking.f_back)
        panic = _run_by(caller)
        if panic is None or panic.goexit or panic.recovered:
            return None
        panic.recovered = True
        return panic.value

    def _beyond_wrappers(self, frame: FrameType | None) -> FrameType | None:
        while frame is not None and frame.f_code in self.wrappers:
            frame = frame.f_back
        return frame

    def _deferring(self, wrapper: FrameType) -> FrameType | None:
        """Return the function that said `defer recover()` and returns; None if it panics."""
        caller = self._beyond_wrappers(wrapper)
        if caller is None or caller.f_code is not call_deferred.__code__ or _run_by(caller):
            return None
        ran = caller.f_back
        return None if ran is None else ran.f_back

    def goexit(self) -> None:
        """`runtime.Goexit()`"""
        leaving = Panic(None)
        leaving.goexit = True
        raise leaving


def report(panic: Panic, text_of: Callable[[Iface | None], bytes]) -> bytes:
    """Write a chain of panics as the runtime does before it dies."""
    chain: list[Panic] = []
    link: Panic | None = panic
    while link is not None:
        chain.append(link)
        link = link.link
    lines: list[bytes] = []
    repanicked: set[int] = set()
    for newer, older in itertools.pairwise(chain):
        if panics.is_same(older.value, newer.value):
            repanicked.add(id(older))
    chain.reverse()
    skip = False
    for place, item in enumerate(chain):
        if skip:
            skip = id(item) in repanicked
            continue
        if place and not chain[place - 1].goexit:
            lines.append(b"\t")
        if not item.goexit:
            lines.append(b"panic: " + text_of(item.value))
            if item.recovered:
                again = b", repanicked" if id(item) in repanicked else b""
                lines.append(b" [recovered" + again + b"]")
            lines.append(b"\n")
        skip = id(item) in repanicked
    return b"".join(lines)
