"""Who called whom? The calls that are under way, as package runtime tells them.

A Python frame of generated code is a function; an inlined call inside it is a call of its own
here, as in Go's tables. The compiler's wrappers are left out. While deferred calls run because
of a panic, the frames that the panic has left are still told, below `runtime.gopanic`.

A program counter is a number of our own for a function and a line (a model); the runtime's own
frames at the bottom have the lines of go1.27.3.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from mkdocs_gomem import source
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.machine import defers, panics
from mkdocs_gomem.machine.executable import GENERATED_FILE
from mkdocs_gomem.machine.values import bound_method
from mkdocs_gomem.source import NO_POS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType, FrameType, FunctionType

    from mkdocs_gomem.machine.executable import Function
    from mkdocs_gomem.machine.panics import Panic
    from mkdocs_gomem.machine.run import Machine
    from mkdocs_gomem.source import Pos

GOROOT: Final = "/usr/local/go/src/"
_STD: Final = "$GOROOT/src/"
"""How positions name files of std."""
HOME: Final = "/home/gopher/"
"""Where the author's files are said to be."""
_TEXT: Final = 0x48A000
"""Where functions are said to begin."""
_SPACING: Final = 0x10


@dataclass(frozen=True, slots=True)
class Call:
    """A call under way."""

    function: str
    """`main.(*T).M`; of generic functions without type arguments, as the runtime prints them."""
    file: str
    line: int
    inlined: bool = False
    takes_nothing: bool = False
    """It has no parameters, and a frame that could hold some."""


def _of_runtime(function: str, file: str, line: int) -> Call:
    return Call(f"runtime.{function}", f"{GOROOT}runtime/{file}", line)


_A_CALL: Final = 4
"""Steps in which a call is told."""
_GOEXIT: Final = _of_runtime("goexit", "asm_amd64.s", 1264)
_MAIN: Final = (_of_runtime("main", "proc.go", 302), _GOEXIT)
_INIT: Final = (
    _of_runtime("doInit1", "proc.go", 8154), _of_runtime("doInit", "proc.go", 8121),
    _of_runtime("main", "proc.go", 269), _GOEXIT,
)  # fmt: skip
_PANIC: Final = _of_runtime("gopanic", "panic.go", 859)
_SIGNAL: Final = (
    _of_runtime("panicmem", "panic.go", 336), _of_runtime("sigpanic", "signal_unix.go", 931),
)  # fmt: skip
_DIVISION: Final = (_of_runtime("panicdivide", "panic.go", 315),)
_SHIFT: Final = (_of_runtime("panicshift", "panic.go", 307),)
_BOUNDS: Final = (
    _of_runtime("panicBounds64", "panic.go", 236),
    _of_runtime("panicBounds", "asm_amd64.s", 1622),
)
CALLERS: Final = _of_runtime("Callers", "extern.go", 341)


def _raised_by(panic: Panic) -> tuple[Call, ...]:
    """Return the runtime's frames between a panic and the code that the compiler checks."""
    if panic.by_signal:
        return _SIGNAL
    value = panic.value
    if value is None or not isinstance(value.v, panics.RuntimeError_):
        return ()
    if value.t.name == "runtime.boundsError":
        return _BOUNDS
    checks = {panics.DIVIDE: _DIVISION, panics.NEGATIVE_SHIFT: _SHIFT}
    return checks.get(value.v.text.removeprefix(panics.PREFIX), ())


def shown(link_name: str) -> str:
    """Return a function's name as the runtime prints it: `main.Map[...]`."""
    start, end = link_name.find("["), link_name.rfind("]")
    return link_name if start < 0 else f"{link_name[:start]}[...]{link_name[end + 1 :]}"


class Callers:
    """The calls of one run, and the numbers that stand for them."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self._pcs: dict[Call, int] = {}
        self._calls: list[Call] = []

    def now(self) -> list[Call]:
        """Return the calls under way in the running goroutine, innermost first."""
        return self.of(sys._getframe(1))  # noqa: SLF001 - who called is the question

    def of(self, frame: FrameType | None) -> list[Call]:
        """Return the calls under way in another goroutine."""
        calls = list(self._walk(frame))
        self.machine.spend(_A_CALL * len(calls))
        return calls

    def _walk(self, frame: FrameType | None) -> Iterator[Call]:
        functions = self.machine.functions
        told: set[FrameType] = set()
        bottom: tuple[Call, ...] = (_GOEXIT,)
        while frame is not None:
            code = frame.f_code
            function = functions.get(code)
            if function is not None:
                if frame not in told:
                    yield from self._expand(function, frame.f_code, frame.f_lineno)
            elif code is defers.call_deferred.__code__:
                panic = frame.f_locals["panic"]
                if panic is not None and not panic.goexit:
                    yield from self._left_by(panic, told)
            elif code.co_filename == GENERATED_FILE:
                bottom = {"main_entry": _MAIN, "init_entry": _INIT}.get(code.co_name, bottom)
            frame = frame.f_back
        yield from bottom

    def _left_by(self, panic: Panic, told: set[FrameType]) -> Iterator[Call]:
        """Yield the frames that a panic has left already."""
        yield _PANIC
        error = panic if panic.python is None else panic.python
        yield from _raised_by(panic)
        left = []
        trace = error.__traceback__
        while trace is not None:
            function = self.machine.functions.get(trace.tb_frame.f_code)
            if function is not None and trace.tb_frame not in told:
                left.append((function, trace.tb_frame.f_code, trace.tb_lineno))
                told.add(trace.tb_frame)
            trace = trace.tb_next
        for function, code, line in reversed(left):
            yield from self._expand(function, code, line)

    def _expand(self, function: Function, code: CodeType, line: int) -> Iterable[Call]:
        """Yield the inlined calls that a line of generated text is in, then its function."""
        executable = self.machine.executable
        pos, band = executable.position(line), executable.band(line)
        while band >= 0:
            info = function.bands[band]
            yield self._call(info.function, pos, inlined=True)
            pos, band = info.call, info.parent
        if not function.is_wrapper and pos != NO_POS:
            nothing = code.co_argcount == 0
            yield self._call(function.name, pos, inlined=False, takes_nothing=nothing)

    def _call(
        self, link_name: str, pos: Pos, *, inlined: bool, takes_nothing: bool = False
    ) -> Call:
        try:
            said = source.redirected(pos)
        except ValueError:
            raise panics.Unsupported("callers where a line directive stands in a line") from None
        if said is not None:
            return Call(shown(link_name), *said, inlined, takes_nothing)
        file = source.file_of(pos)
        if not file.startswith("/"):
            file = GOROOT + file.removeprefix(_STD) if file.startswith(_STD) else HOME + file
        return Call(shown(link_name), file, source.line_of(pos), inlined, takes_nothing)

    def entry(self, value: FunctionType) -> int:
        """Return where the code of a func value begins."""
        method = bound_method(value)
        function = self.machine.function_of(
            self.machine.written(value if method is None else method)
        )
        name = value.__qualname__ if function is None else function.name
        pos = NO_POS if function is None else function.pos
        return self.pc(self._call(name if method is None else f"{name}-fm", pos, inlined=False))

    def assembly(self, name: str) -> int:
        """Return where a function of std that is written in assembly begins."""
        package = name.partition(".")[0]
        return self.pc(Call(name, f"{GOROOT}{package}/asm_amd64.s", 0))

    # Numbers.

    def pc(self, call: Call) -> int:
        """Return the program counter that stands for a call."""
        known = self._pcs.get(call)
        if known is None:
            self._calls.append(call)
            known = self._pcs[call] = _TEXT + _SPACING * len(self._calls)
        return known

    def at(self, pc: int) -> Call | None:
        """Return what a program counter stands for; it may be off by one, as callers do it."""
        place = (pc - _TEXT + _SPACING // 2) // _SPACING
        return self._calls[place - 1] if 0 < place <= len(self._calls) else None
