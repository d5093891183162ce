"""Package runtime: what a program may ask of the scheduler and the collector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes import identical, types
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.callers import CALLERS, Call
from mkdocs_gomem.machine.collect import START_BYTES, START_FREES, START_MALLOCS, Weak
from mkdocs_gomem.machine.run import COUNTS_LIVE
from mkdocs_gomem.machine.values import ElementPointer, FieldPointer, Iface, Ref, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.scheduler import Goroutine


def _gosched(m: Machine) -> None:
    m.scheduler.gosched()


def _mcall(_m: Machine, function: Callable[[Any], None]) -> None:
    """What an inlined `Gosched` calls, with `gosched_m`."""
    function(None)


def _gosched_m(m: Machine, _goroutine: object) -> None:
    m.scheduler.gosched()


def _goexit(m: Machine) -> None:
    m.defers.goexit()


def _num_goroutine(m: Machine) -> int:
    return m.scheduler.alive + m.scheduler.coroutines  # a coroutine of `iter.Pull` is one too


def _gc(m: Machine) -> None:
    m.collector.collect()


def _nothing(_m: Machine, *_args: object) -> None:
    pass


def _keep_alive(_m: Machine, _value: object) -> None:
    pass


def _same(_m: Machine, pointer: Any) -> Any:
    return pointer


def _set_finalizer(m: Machine, value: Iface | None, finalizer: Iface | None) -> None:
    """`runtime.SetFinalizer(obj, finalizer)`, with the checks of runtime/mfinal.go."""
    if value is None:
        _throw("first argument is nil")
    if value.t.kind != "ptr":
        _throw(f"first argument is {value.t.name}, not pointer")
    if value.v is None:
        _throw("first argument is nil")  # the runtime finds no block there
    elem, pointer = value.t.elem, value.v
    if elem.size == 0 or not _on_heap(m, pointer):
        return
    if isinstance(pointer, FieldPointer) or (isinstance(pointer, ElementPointer) and pointer.i):
        _throw("pointer not at beginning of allocated block")
    if finalizer is None:
        m.collector.set_finalizer(pointer, elem, None)
        return
    if finalizer.t.kind != "func":
        _throw(f"second argument is {finalizer.t.name}, not a function")
    if m.collector.has_finalizer(pointer):
        _throw("finalizer already set")
    m.collector.set_finalizer(pointer, elem, _finalizer(value.t, finalizer))


def _throw(text: str) -> NoReturn:
    raise panics.Fatal(f"runtime.SetFinalizer: {text}")


def _on_heap(m: Machine, pointer: Any) -> bool:
    """Tell if a pointer is to no package variable."""
    return all(pointer is not m.space.get(each.python) for each in m.executable.globals)


def _finalizer(given: RType, finalizer: Iface) -> Callable[[Any], Any]:
    """Return what calls a finalizer with the pointer that it is for."""
    call: Callable[[Any], Any] = finalizer.v
    signature = finalizer.t.go.underlying if finalizer.t.go is not None else None
    assert isinstance(signature, types.Signature)  # noqa: S101 - its kind is func
    wanted = signature.params.vars
    name = f"cannot pass {given.name} to finalizer {finalizer.t.name}"
    if signature.variadic:
        _throw(f"{name} because dotdotdot")
    if len(wanted) != 1 or wanted[0].type is None or given.go is None:
        _throw(name)
    if isinstance(wanted[0].type.underlying, types.Interface):
        assert given.registry is not None  # noqa: S101 - of every type of the program
        if given.implements(given.registry.of(wanted[0].type)):
            _throw(name)
        return lambda pointer: call(Iface(given, pointer))
    if not identical.identical(wanted[0].type.underlying, given.go.underlying):
        _throw(name)
    return call


def _add_cleanup(m: Machine, *args: Any) -> Any:
    """`runtime.AddCleanup(ptr, cleanup, arg)`; what is shared between types has a dictionary."""
    pointer, cleanup, argument = args[-3:]
    if pointer is None:
        _panic_text(m, "runtime.AddCleanup: ptr is nil")
    if pointer is argument:
        _panic_text(m, "runtime.AddCleanup: ptr is equal to arg, cleanup will never run")
    number = 0
    if _on_heap(m, pointer):
        number = m.collector.add_cleanup(pointer, lambda: cleanup(argument))
    return _Cleanup(number)


def _panic_text(m: Machine, text: str) -> NoReturn:
    """Panic with a string."""
    panics.go_panic(Iface(m.types.basic(types.BasicKind.STRING), text.encode()))


class _Cleanup:
    """A `runtime.Cleanup`."""

    __slots__ = ("f0", "f1")

    def __init__(self, number: int) -> None:
        self.f0 = number
        self.f1 = 0


def _stop_cleanup(m: Machine, cleanup: Any) -> None:
    m.collector.stop_cleanup(cleanup.f0)


def _register_weak(m: Machine, pointer: Any) -> Any:
    return m.collector.weak(pointer)


def _strong_from_weak(_m: Machine, weak: Weak) -> Any:
    return weak.target


_HEAP_SYS = 3_866_624
_OTHER_SYS = {
    "StackInuse": 327_680, "StackSys": 327_680, "MSpanInuse": 23_680, "MSpanSys": 32_640,
    "MCacheInuse": 4_592, "MCacheSys": 16_072, "BuckHashSys": 1_442_448, "GCSys": 1_506_064,
    "OtherSys": 630_048,
}  # fmt: skip
"""What a small program takes beside its heap (measured, go1.27.3): a model, always the same."""
_STATS = (
    "Alloc", "TotalAlloc", "Sys", "Lookups", "Mallocs", "Frees", "HeapAlloc", "HeapSys",
    "HeapIdle", "HeapInuse", "HeapReleased", "HeapObjects", "StackInuse", "StackSys",
    "MSpanInuse", "MSpanSys", "MCacheInuse", "MCacheSys", "BuckHashSys", "GCSys", "OtherSys",
    "NextGC", "LastGC", "PauseTotalNs", "PauseNs", "PauseEnd", "NumGC", "NumForcedGC",
    "GCCPUFraction", "EnableGC", "DebugGC", "BySize",
)  # fmt: skip
_ARENA = 4 << 20
_PAGE = 8192


_PAUSE: Final = 50_000
"""Nanoseconds that a garbage collection stops the program."""
_PAUSES: Final = 256
"""So many are remembered."""


def _read_mem_stats(m: Machine, stats: Any) -> None:
    """`runtime.ReadMemStats`: what was allocated is exact, but for some natives of std.

    Times and the rest of the process are a model.
    """
    collector = m.collector
    alloc = collector.heap_alloc
    inuse = -(-alloc // _PAGE) * _PAGE + 24 * _PAGE
    grown = max(inuse - _HEAP_SYS, 0)
    heap_sys = _HEAP_SYS + -(-grown // _ARENA) * _ARENA
    mallocs = START_MALLOCS + len(m.heap.entries)
    frees = START_FREES + collector.freed
    figures = {
        **_OTHER_SYS,
        "Alloc": alloc, "TotalAlloc": START_BYTES + m.heap.bytes,
        "Sys": heap_sys + sum(_OTHER_SYS[name] for name in _OTHER_SYS if name.endswith("Sys")),
        "Mallocs": mallocs, "Frees": frees, "HeapAlloc": alloc, "HeapSys": heap_sys,
        "HeapIdle": heap_sys - inuse, "HeapInuse": inuse, "HeapReleased": heap_sys - inuse,
        "HeapObjects": mallocs - frees, "NextGC": collector.goal(),
        "LastGC": collector.last, "PauseTotalNs": _PAUSE * collector.cycles,
        "NumGC": collector.cycles, "NumForcedGC": collector.forced, "EnableGC": True,
    }  # fmt: skip
    for name, figure in figures.items():
        setattr(stats, f"f{_STATS.index(name)}", figure)


def _read_gc_stats(m: Machine, pauses: Any) -> None:
    """`debug.readGCStats`: pauses and their ends, the last first; last end, number, sum (a model).

    All are said to end where the last one did.
    """
    cycles, last = m.collector.cycles, m.collector.last
    kept = min(cycles, _PAUSES)
    told = [_PAUSE] * kept + [last] * kept + [last, cycles, _PAUSE * cycles]
    buffer: Slice = pauses.v
    buffer.a[buffer.o : buffer.o + len(told)] = told
    pauses.v = Slice(buffer.a, buffer.o, len(told), buffer.c)


for _native in (_set_finalizer, _add_cleanup, _register_weak, _read_mem_stats, _read_gc_stats):
    setattr(_native, COUNTS_LIVE, True)


# Who calls whom.


class Func:
    """What a `*runtime.Func` points to."""

    __slots__ = ("call",)

    def __init__(self, call: Call) -> None:
        self.call = call


class _Frames:
    """What a `*runtime.Frames` points to."""

    __slots__ = ("rest",)

    def __init__(self, rest: list[int]) -> None:
        self.rest = rest


class _FuncInfo:
    """The hidden last field of a `runtime.Frame`."""

    __slots__ = ("f0", "f1")

    def __init__(self) -> None:
        self.f0 = self.f1 = None


class _Frame:
    """A `runtime.Frame`: PC, Func, Function, File, Line, startLine, Entry, funcInfo."""

    __slots__ = ("f0", "f1", "f2", "f3", "f4", "f5", "f6", "f7")

    def __init__(self, pc: int, call: Call | None) -> None:
        self.f0 = pc
        self.f1 = None if call is None or call.inlined else Func(call)
        self.f2 = b"" if call is None else call.function.encode()
        self.f3 = b"" if call is None else call.file.encode()
        self.f4 = self.f5 = 0 if call is None else call.line
        self.f6 = pc
        self.f7 = _FuncInfo()


def _caller(m: Machine, skip: int) -> tuple[int, bytes, int, bool]:
    calls = m.callers.now()
    if not 0 <= skip < len(calls):
        return 0, b"", 0, False
    call = calls[skip]
    return m.callers.pc(call), call.file.encode(), call.line, True


def _callers(m: Machine, skip: int, pcs: Slice) -> int:
    calls = [CALLERS, *m.callers.now()][max(skip, 0) :][: pcs.n]
    for place, call in enumerate(calls):
        pcs.a[pcs.o + place] = m.callers.pc(call) + 1
    return len(calls)


def _callers_frames(_m: Machine, pcs: Slice) -> _Frames:
    return _Frames(list(pcs.elements()))


def _next(m: Machine, frames: _Frames) -> tuple[_Frame, bool]:
    while frames.rest:
        pc = frames.rest.pop(0)
        call = m.callers.at(pc)
        if call is not None:
            return _Frame(pc - 1, call), bool(frames.rest)
    return _Frame(0, None), False


def _func_for_pc(m: Machine, pc: int) -> Func | None:
    call = m.callers.at(pc)
    return None if call is None else Func(call)


def _func_name(_m: Machine, func: Func | None) -> bytes:
    return b"" if func is None else func.call.function.encode()


def _func_entry(m: Machine, func: Func) -> int:
    return m.callers.pc(func.call)


def _func_file_line(m: Machine, func: Func, pc: int) -> tuple[bytes, int]:
    call = m.callers.at(pc) or func.call
    return call.file.encode(), call.line


def _stack(m: Machine, buffer: Slice, everyone: bool) -> int:  # noqa: FBT001 - Go's signature
    """`runtime.Stack`: without the values of arguments, and offsets are the machine's only."""
    scheduler = m.scheduler
    text = _told(scheduler.current, "running", m.callers.now())
    waiting = scheduler.waiting()
    for routine in scheduler.all if everyone else ():
        if routine is not scheduler.current and not routine.dead:
            frame = None if routine.green is None else routine.green.gr_frame
            text += "\n" + _told(routine, waiting.get(routine, "runnable"), m.callers.of(frame))
    data = text.encode()[: buffer.n]
    if data:
        buffer.a[buffer.o : buffer.o + len(data)] = data
    return len(data)


def _told(routine: Goroutine, status: str, calls: list[Call]) -> str:
    lines = [f"goroutine {routine.number} [{status}]:"]
    for call in calls:
        if call.function in _BOTTOM:
            continue
        name = "panic" if call.function == "runtime.gopanic" else call.function
        arguments = "()" if call.takes_nothing else "(...)"
        offset = "" if call.inlined else f" +{_OFFSET:#x}"
        lines += [f"{name}{arguments}", f"\t{call.file}:{call.line}{offset}"]
    return "\n".join(lines) + "\n"


_OFFSET = 0x1D
"""How far into a function's code a call is said to be: code has no bytes here."""
_BOTTOM = frozenset((
    "runtime.main", "runtime.goexit", "runtime.doInit", "runtime.doInit1", "runtime.panicmem",
    "runtime.sigpanic", "runtime.panicdivide", "runtime.panicshift", "runtime.panicBounds",
    "runtime.panicBounds64",
))  # fmt: skip


# Settings: each returns what was set before.


def _setting(name: str, before: int) -> Callable[[Machine, int], int]:
    def change(m: Machine, value: int) -> int:
        known: dict[str, int] = m.state.setdefault("runtime", {})
        old, known[name] = known.get(name, before), value
        return old

    return change


def _on_fault(m: Machine, value: bool) -> bool:  # noqa: FBT001 - Go's order
    """`debug.setPanicOnFault`: no pointer of a program leads to memory that is not there."""
    known: dict[str, bool] = m.state.setdefault("runtime", {})
    old, known["on fault"] = known.get("on fault", False), value
    return old


def _gomaxprocs(m: Machine, count: int) -> int:
    """`runtime.GOMAXPROCS(n)`: told back, but goroutines share one processor all the same."""
    known: dict[str, int] = m.state.setdefault("runtime", {})
    old = known.get("procs", 1)
    if count > 0:
        known["procs"] = count
    return old


def _version(_m: Machine) -> bytes:
    return b"go1.27.3"


def _mod_info(_m: Machine) -> bytes:
    """`debug.modinfo`: what `go build` links in, of a program that is in no module.

    Go cuts off the marks before and behind it.
    """
    mark = b"\0" * 16
    return mark + _BUILD + mark


def _none(_m: Machine, *_args: object) -> int:
    return 0


def _compare(_m: Machine, a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)


def _one(_m: Machine, *_args: object) -> int:
    return 1


_BUILD: Final = b"path\tcommand-line-arguments\n" + b"".join(
    b"build\t%s\n" % setting
    for setting in (
        b"-buildmode=exe -compiler=gc CGO_ENABLED=1 CGO_CFLAGS= CGO_CPPFLAGS= CGO_CXXFLAGS= "
        b"CGO_LDFLAGS= GOARCH=amd64 GOOS=linux GOAMD64=v1"
    ).split()
)
TYPES: Final = {
    name: panics.runtime_error_type(name)
    for name in ("*runtime.PanicNilError", "*runtime.TypeAssertionError")
}
"""Errors of the runtime that a program can name."""
NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "runtime.(*PanicNilError).Error": panics.whole_text,
    "runtime.(*TypeAssertionError).Error": panics.error_text,
    "runtime.Gosched": _gosched,
    "runtime.mcall": _mcall,
    "runtime.gosched_m": _gosched_m,
    "runtime.checkTimeouts": _nothing,
    "runtime.Goexit": _goexit,
    "runtime.LockOSThread": _nothing,  # there are no threads to tell apart
    "runtime.UnlockOSThread": _nothing,
    "runtime.SetBlockProfileRate": _nothing,
    "runtime.SetMutexProfileFraction": _setting("mutex profile fraction", 0),
    "runtime/debug.SetTraceback": _nothing,
    "runtime/pprof.runtime_setProfLabel": _nothing,  # nobody profiles or traces the run
    "runtime/trace.userTaskCreate": _nothing,
    "runtime/trace.userTaskEnd": _nothing,
    "runtime/trace.userRegion": _nothing,
    "runtime/trace.userLog": _nothing,
    "runtime.NumGoroutine": _num_goroutine,
    "runtime.GC": _gc,
    "runtime.KeepAlive": _keep_alive,
    "runtime.SetFinalizer": _set_finalizer,
    "runtime.AddCleanup[...]": _add_cleanup,
    "runtime.Cleanup.Stop": _stop_cleanup,
    "weak.runtime_registerWeakPointer": _register_weak,
    "weak.runtime_makeStrongFromWeak": _strong_from_weak,
    "runtime.ReadMemStats": _read_mem_stats,
    "runtime.Version": _version,
    "runtime.NumCgoCall": _none,
    "runtime.Caller": _caller,
    "runtime.Callers": _callers,
    "runtime.CallersFrames": _callers_frames,
    "runtime.(*Frames).Next": _next,
    "runtime.FuncForPC": _func_for_pc,
    "runtime.(*Func).Name": _func_name,
    "runtime.(*Func).Entry": _func_entry,
    "runtime.(*Func).FileLine": _func_file_line,
    "runtime.Stack": _stack,
    "runtime/debug.setGCPercent": _setting("gc percent", 100),
    "runtime/debug.setMaxStack": _setting("max stack", 1_000_000_000),
    "runtime/debug.setMaxThreads": _setting("max threads", 10_000),
    "runtime/debug.setMemoryLimit": _setting("memory limit", (1 << 63) - 1),
    "runtime/debug.freeOSMemory": _gc,
    "runtime/debug.modinfo": _mod_info,
    "runtime/debug.readGCStats": _read_gc_stats,
    "runtime/debug.setPanicOnFault": _on_fault,
    "internal/bytealg.abigen_runtime_cmpstring": _compare,
    "runtime.GOMAXPROCS": _gomaxprocs,
    "runtime.NumCPU": _one,
    "internal/abi.NoEscape": _same,
    "internal/abi.EscapeNonString[...]": lambda _m, _dictionary, _value: None,
    "internal/abi.EscapeToResultNonString[...]": lambda _m, _dictionary, value: value,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {
    "runtime.MemProfileRate": lambda _machine: Ref(0),  # as where nothing calls `MemProfile`
}
