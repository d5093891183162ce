"""Runs an `Executable` and records what happens: `Machine` is one run, `run` the door.

The generated text is executed with the global names of `namespace` and no builtins but the few
it needs, so that no Python object, file, network, environment or clock can be reached from it.

What ends a run before its time is in `bounds`; here is what else a run consists of.
"""

from __future__ import annotations

import functools
import sys
from types import CodeType, FrameType, FunctionType
from typing import TYPE_CHECKING, Any, Final, NoReturn

from greenlet import greenlet

from mkdocs_gomem import source
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.lean import replace
from mkdocs_gomem.machine import (
    bits,
    calls,
    channels,
    maps,
    numbers,
    panics,
    printing,
    slices,
    strings,
)
from mkdocs_gomem.machine.bounds import Bounds
from mkdocs_gomem.machine.callers import Callers
from mkdocs_gomem.machine.channels import ChannelRuntime
from mkdocs_gomem.machine.collect import FIRST_GOAL, Collector
from mkdocs_gomem.machine.defers import (
    DeferRuntime,
    generated_line,
)
from mkdocs_gomem.machine.endings import STDERR, Endings
from mkdocs_gomem.machine.executable import Site
from mkdocs_gomem.machine.heap import Heap, class_size
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.log import PRINTED, Log, Moment
from mkdocs_gomem.machine.replay import Recording
from mkdocs_gomem.machine.scheduler import Goroutine, Scheduler
from mkdocs_gomem.machine.sync import Semaphores
from mkdocs_gomem.machine.trace import PANIC_STATUS, Allocation, Ending, Event, Outcome
from mkdocs_gomem.machine.values import (
    NIL,
    ElementPointer,
    FieldPointer,
    Iface,
    Lazy,
    Missing,
    Ref,
    Slice,
    bound,
)
from mkdocs_gomem.source import NO_PLACES, NO_POS, Places, Pos

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.executable import Chunk, Executable, Function
    from mkdocs_gomem.machine.image import Image
    from mkdocs_gomem.machine.replay import Watcher
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.structs import Ops
    from mkdocs_gomem.machine.trace import Trace
    from mkdocs_gomem.machine.unsafe import Unsafe
    from mkdocs_gomem.source import Limits

COUNTS_LIVE = "counts_live"
"""Attribute of natives for which the run must know what is alive."""
_STATIC_WORDS = 256
"""Values below have a word of their own (`runtime.staticuint64s`)."""
_STARTED = 50
"""Steps that the start of a goroutine counts for: it takes as long."""
_UNBOUNDED = 1 << 62
_PANICKED = 30
"""The same of a panic."""
_ERROR_SIZES: dict[str, tuple[tuple[int, bool], ...]] = {
    "runtime.boundsError": ((24, True),),
    "*runtime.TypeAssertionError": ((40, False),),
}
"""What the runtime allocates for its errors, as (bytes, noscan); all others are static."""
_BY_STD = Site(NO_POS, panics.runtime_error_type("string"), "std", Region.HEAP)
_JOINED = (
    panics.PREFIX + "comparing uncomparable type ",
    panics.PREFIX + "hash of unhashable type ",
)
"""Texts that the runtime puts together: a string and its box."""


_NAME: Final = "python"


def _late(*arguments: Any, python: str = "") -> Any:
    """Stand for a function of std until it is first called; its global name is given with each."""
    done = asked_before(python, arguments)  # type: ignore[name-defined]  # noqa: F821 - `namespace`
    if done:
        return done[0]
    return supplied(python)(*arguments)  # type: ignore[name-defined]  # noqa: F821


_LATE: Final = _late.__code__


class Table(dict[Any, Any]):
    """Methods of one name, by run-time type; what is missing is asked for when it is called."""

    def __init__(self, name: str, find: Callable[[RType, str, str], Any]) -> None:
        super().__init__()
        self.name = name
        self.python = ""
        """Its global name."""
        self.find = find

    def __missing__(self, typ: RType) -> Any:
        method = self.find(typ, self.name, self.python)
        if method is None:
            raise panics.Unsupported(f"method {self.name} of {typ.name}")
        self[typ] = method
        return method


class Machine:
    """One run of one program."""

    def __init__(
        self,
        executable: Executable,
        image: Image | None,
        limits: Limits,
        places: Places = NO_PLACES,
        watcher: Watcher | None = None,
    ) -> None:
        self.executable = executable
        self.places = places
        self.types = executable.types
        self.limits = limits
        self.watcher = watcher
        """Who looks at a run that is shown once more."""
        self.log = Log(limits.recorded) if limits.recorded and watcher is None else None
        told = None if self.log is None else self.log.entries.append
        self.sites = executable.sites
        self.bounds = bounds = Bounds(self)
        self.charge, self.charge_time = bounds.charge, bounds.charge_time
        self.charge_bytes, self.charge_copy = bounds.charge_bytes, bounds.charge_copy
        self.spend = bounds.spend
        self._text: type[bytes] | None = None
        """How long strings are held, if there are any."""
        self.heap = Heap(
            self.sites,
            limits.memory,
            bounds.collect,
            bounds.spend,
            told,
            track=watcher is not None,
        )
        self.types.spend, self.types.reserve = bounds.spend, self.heap.reserve
        self.types.nested = 0
        self.scheduler = Scheduler(limits.goroutines, self._root, told)
        self.scheduler.keep_dead = watcher is not None
        self.channels = ChannelRuntime(self.scheduler, self.heap)
        self.semaphores = Semaphores(self.scheduler, self.heap.reserve)
        self.slices = slices.SliceRuntime(self.heap, self.keep, self.text)
        self._stubs: dict[str, FunctionType] = {}
        """Functions of std that are not written yet, by their global names, …"""
        self._before: dict[str, Callable[..., Any]] = {}
        """… and what is asked first instead of some of them."""
        self._wrappers: set[CodeType] = {_LATE}
        self.defers = DeferRuntime(self.scheduler, self._wrappers, self._panicked, told)
        self.collector = Collector(self)
        self.heap.cycle = self.collector.allocated
        self.callers = Callers(self)
        self.endings = Endings(self)
        self.output: list[tuple[int, bytes | bytearray]] = []
        self.sent = 0
        self.outcome: Outcome | None = None
        self.error: BaseException | None = None
        """Our own failure, raised again when the run is over."""
        self.state: dict[str, Any] = {}
        """What natives keep for this run, by package."""
        self.functions: dict[CodeType, Function] = {}
        self.global_regions = (
            {} if image is None else {symbol.name: symbol.region for symbol in image.symbols}
        )
        self._global_addresses = (
            {} if image is None else {symbol.name: symbol.address for symbol in image.symbols}
        )
        self._logged: dict[str, Ops] = {}
        self._tables: dict[str, Table] = {}
        self._lacking: set[tuple[RType, str]] = set()
        """Methods that natives asked for and types do not have."""
        self._unsafe: Unsafe | None = None
        self.space: dict[str, Any] = {}
        try:
            self._prepare()
        except panics.Stop as stop:  # package variables alone are too large
            self.end(Outcome(Ending.STOPPED, PANIC_STATUS, stop.bound))

    # Preparation.

    def _prepare(self) -> None:
        self.space = namespace(self)
        self.bounds.new_slice()
        self._apply(self.executable.main)

    def _apply(self, chunk: Chunk) -> None:
        """Make a chunk's names known to this run."""
        space = self.space
        space.update(chunk.constants)
        for name, value in chunk.constants.items():
            if type(value) is FunctionType and (price := getattr(value, "price", None)):
                space[name] = self._charged(value, *price)
        for name, native in chunk.natives.items():
            space[name] = _bound(native, self)
            if getattr(native, COUNTS_LIVE, False) and self.heap.ledger is None:
                self.heap.ledger = {}
                space["A"] = self.heap.light()
                space.update({name: self.heap.logged(ops) for name, ops in self._logged.items()})
                self.heap.goal = FIRST_GOAL
        self._logged.update(chunk.logged)
        for name, ops in chunk.logged.items():
            space[name] = self.heap.logged(ops)
        for name in chunk.late:
            space[name] = self._stub(name, chunk.before.get(name))
        for name, (method, _) in chunk.tables.items():
            if name not in space:
                space[name] = table = Table(method, self._find)
                table.python = name
                self._tables.setdefault(method, table)
        todo = [*chunk.linked]
        if chunk.source:
            todo.append(chunk.compiled(recorded=self.limits.recorded > 0))
        for code in todo:
            exec(code, space)  # noqa: S102 - this is where the machine runs its code
        for name, (_, entries) in chunk.tables.items():
            table = space[name]
            for typ, python in entries.items():
                table[typ] = space[python]
        for name, make in chunk.makers.items():
            space[name] = make(self)
        by_name = {function.python: function for function in chunk.functions}
        while todo:
            for constant in todo.pop().co_consts:
                if isinstance(constant, CodeType):
                    todo.append(constant)
                    function = by_name.get(constant.co_name)
                    if function is not None:
                        self.functions[constant] = function
                        if function.is_wrapper:
                            self._wrappers.add(constant)
        for variable, init in chunk.inits:
            try:
                if init:
                    space[init]()
                else:
                    space[variable].v  # noqa: B018 - its value is worked out now
            except panics.Unsupported as refusal:
                if not variable:
                    raise
                space[variable] = Missing(refusal.what)

    def _charged(self, act: Callable[..., Any], size: int, steps: int) -> Callable[..., Any]:
        """Return what charges for a large value that is no object of the heap, then makes it."""
        reserve, spend = self.heap.reserve, self.bounds.spend

        def made(*args: Any) -> Any:
            reserve(size)
            spend(steps)
            return act(*args)

        return made

    def _stub(self, name: str, before: Callable[..., Any] | None) -> FunctionType:
        """Return what stands for a function of std until it is first called."""
        stub = FunctionType(_LATE, self.space)
        stub.__kwdefaults__ = {_NAME: name}
        self._stubs[name] = stub
        if before is not None:
            self._before[name] = before
        return stub

    def asked_before(self, name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
        """Return what a native answers for a function that is not written yet, if it does."""
        before = self._before.get(name) if name in self._stubs else None
        done = NotImplemented if before is None else before(self, *arguments)
        return () if done is NotImplemented else (done,)

    def supplied(self, name: str) -> Any:
        """Return a function of std, written now if need be."""
        if name in self._stubs:
            self._supply(name)
        return self.space[name]

    def written(self, value: Any) -> Any:
        """Return the function that a func value of std stands for, written now if need be."""
        if value.__code__ is not _LATE:
            return value
        return self.supplied(value.__kwdefaults__[_NAME])

    def _supply(self, name: str) -> None:
        """Have a function of std written."""
        stub = self._stubs.pop(name)
        with self.bounds.aside():
            self._apply(self.executable.supply(name))
        made = self.space[name]
        if type(made) is FunctionType and not made.__closure__:
            # Tables and func values hold the stub, and a call with `*arguments` goes through C,
            # whose stack is small: from now on, it is the function.
            stub.__code__, stub.__defaults__ = made.__code__, made.__defaults__
            stub.__kwdefaults__ = made.__kwdefaults__

    @property
    def ended_well(self) -> bool:
        """Whether `main` returned: then no frame of it is left."""
        return self.outcome is not None and self.outcome == Outcome(Ending.EXITED, 0)

    def function_of(self, value: Any) -> Function | None:
        """Return what is known of a func value."""
        code = getattr(value, "__code__", None)
        return None if code is None else self.functions.get(code)

    # What natives may use.

    def text(self, data: bytes) -> bytes:
        """Return a string as it is held: a long one counts its comparisons (`strings`)."""
        if len(data) < strings.LONG:
            return data
        if self._text is None:
            self._text = strings.counting(self.bounds.spend)
        self.heap.take(len(data))
        return self._text(data)

    def write(self, fd: int, data: bytes) -> None:
        """Write to standard output (1) or standard error (2)."""
        if not data:
            return
        if self.bounds.stopped is not None:
            raise panics.Stop("steps")
        room = self.limits.output - self.sent
        if len(data) > room:
            self.emit(fd, bytes(data[:room]))
            raise panics.Stop("output")
        self.sent += len(data)
        self.emit(fd, bytes(data))

    def emit(self, fd: int, data: bytes) -> None:
        """Write what no bound cuts."""
        if self.log is not None:
            self.log.entries.append(PRINTED)
        elif self.watcher is None and self.output and self.output[-1][0] == fd:
            last = self.output[-1][1]
            if type(last) is bytearray:  # many small pieces take more room than one large
                last += data
            else:
                self.output.append((fd, bytearray(data)))
            return
        self.output.append((fd, data))

    def method(self, typ: RType, name: str) -> Callable[..., Any] | None:
        """Return a method of a type, to be called with the receiver first; None if it has none."""
        table = self._tables.get(name)
        if table is None:
            table = self._tables[name] = Table(name, self._find)
        method = table.get(typ)
        if method is None and (typ, name) not in self._lacking:
            method = self._find(typ, name, table.python)
            if method is None:
                self._lacking.add((typ, name))
            else:
                table[typ] = method
        return method

    def method_as(self, typ: RType, asked: types.Type) -> Callable[..., Any] | None:
        """Return the method of an interface that has one, if the type implements it."""
        under = asked.underlying
        assert isinstance(under, types.Interface)  # noqa: S101 - asked for by the runtime and std
        method = self.method(typ, under.methods[0].name)
        return None if method is None or typ.implements(self.types.of(asked)) else method

    def _find(self, typ: RType, name: str, table: str) -> Callable[..., Any] | None:
        """Return a method that no table has yet: of a type that only the run has made or met."""
        if typ.methods is not None:
            native = typ.methods.get(name)
            if native is not None and typ.takes_machine:
                return functools.partial(native, self)
            return native
        if type(typ.go) is types.Basic:  # `int` itself: natives ask for methods of all they print
            return None
        with self.bounds.aside():
            found = self.executable.supply_method(typ, name, table)
            if found is None:
                return None
            chunk, python = found
            self._apply(chunk)
        return self.space[python]  # type: ignore[no-any-return]

    def address(self, value: Any, typ: RType | None = None) -> int:
        """Return a number that stands for a pointer: a model, given in the order of asking.

        With the type of a pointer or slice, elements are as far apart as they are in Go.
        """
        if value is None:
            return 0
        if isinstance(value, FunctionType):
            return self.callers.entry(value)
        memory = self.unsafe
        if typ is not None and typ.go is not None:
            if typ.kind == "ptr":
                value = memory.of(value, typ.elem)
            elif typ.kind == "slice" and value.a is not None:
                value = memory.element(value.a, value.o, typ.elem)
        return memory.addresses.number(value)

    @property
    def unsafe(self) -> Unsafe:
        """Package unsafe and the numbers of addresses, for the few programs that ask for them."""
        if self._unsafe is None:
            from mkdocs_gomem.machine.unsafe import Unsafe  # noqa: PLC0415 - few programs

            self._unsafe = Unsafe(self.types, self._linked())
        return self._unsafe

    @property
    def reads_addresses(self) -> bool:
        """Whether it has asked for any."""
        return self._unsafe is not None

    def _linked(self) -> dict[int, int]:
        """Return where the linker put what package variables hold, by id."""
        return {
            id(self.space[each.python]): address
            for each in self.executable.globals
            if each.python in self.space and (address := self._global_addresses.get(each.name))
        }

    def site(self, entry: int | tuple[int | Site, int, bool]) -> Site:
        """Return the site of an entry of the heap's log."""
        if isinstance(entry, int):
            return self.sites[entry]
        return self.sites[entry[0]] if isinstance(entry[0], int) else entry[0]

    def exit(self, status: int) -> NoReturn:
        """`os.Exit(status)`"""
        raise panics.Exit(status)

    def allocation(self, number: int) -> Allocation:
        """Return the N-th heap object, from 1."""
        entry = self.heap.entries[number - 1]
        if isinstance(entry, int):
            site = self.sites[entry]
            size, taken = site.size, site.class_size
        else:
            site = self.site(entry)
            size, taken = entry[1], class_size(entry[1], noscan=entry[2])
        line = site.line or site.pos
        return Allocation(f"h:{number}", site.pos, size, taken, site.type.name, site.what, line)

    def _panicked(self, panic: panics.Panic) -> None:
        """Log the error that the runtime made for a panic, at the line that panicked."""
        self.spend(_PANICKED)
        value = panic.value
        made = () if value is None else _ERROR_SIZES.get(value.t.name, ())
        if value is None or value.t.go is not None:
            return
        if isinstance(value.v, panics.RuntimeError_):
            if value.v.logged:
                return
            value.v.logged = True
            if value.v.text.startswith(_JOINED):
                made = ((len(value.v.text) - len(panics.PREFIX), True), (16, False))
        line = generated_line(panic if panic.python is None else panic.python)
        pos = self.executable.position(line)
        for size, noscan in made:
            site = Site(pos, value.t, "runtime error", Region.HEAP)
            self.heap.sized(site, value, size, noscan=noscan)

    def made_by_runtime(self, asked_by: FrameType, text: bytes) -> None:
        """Log a string that the runtime made, if it is generated code that asked for it."""
        if asked_by.f_code in self.functions:
            pos = self.executable.position(asked_by.f_lineno)
            site = Site(pos, panics.runtime_error_type("string"), "runtime error", Region.HEAP)
            self.heap.sized(site, text, len(text), noscan=True)

    def made_by_std(self, value: Any, size: int, *, noscan: bool) -> None:
        """Log what a native makes, in programs that ask for it."""
        if self.executable.counts:
            self.heap.sized(_BY_STD, value, size, noscan=noscan)

    # What is recorded.

    def keep(self, site: int, value: Any) -> Any:
        """Note an unnamed object of the current frame, or one in read-only data."""
        return value if self.watcher is None else self.watcher.keep(site, value)

    def moment(self, event: Event, pos: Pos = NO_POS) -> None:
        """Note the start, a panic or the end."""
        if self.log is not None:
            self.log.entries.append(Moment(event, pos))
        elif self.watcher is not None:
            self.watcher.moment(event)

    # The run.

    def raise_recursion_limit(self) -> None:
        """Let Go's calls nest as deep as the bound says; the caller restores it."""
        sys.setrecursionlimit(max(self.limits.depth, 1000) + 500)

    def execute(self) -> None:
        """Run the program to its end; the caller minds the recursion limit.

        A paused run may be dropped at any time, so nothing of the process is restored here.
        """
        if self.outcome is not None:
            return
        greenlet(self._hub).switch()
        if self.error is not None:
            raise self.error

    def _hub(self) -> None:
        self.scheduler.go(self._main, NO_POS)
        try:
            self.scheduler.loop()
        except BaseException as error:  # noqa: BLE001 - settled, or kept for `execute`
            self._settle(error)

    def _main(self) -> None:
        space = self.space
        if "data_entry" in space:
            space["data_entry"]()
        self.moment(Event.START)
        if "init_entry" in space:
            space["init_entry"]()
        space["main_entry"]()
        self.end(Outcome(Ending.EXITED, 0))

    def _root(self, goroutine: Goroutine) -> None:
        try:
            goroutine.start()
        except BaseException as error:  # noqa: BLE001 - settled, or kept for `execute`
            self._settle(error)

    def end(self, outcome: Outcome) -> None:
        """The run is over."""
        if self.outcome is None:
            outcome = self.bounds.stopped or outcome
            self.outcome = outcome
            self.heap.budget = _UNBOUNDED  # to add up what was allocated needs no room
            self.scheduler.ended = True
            self.moment(Event.END, outcome.pos)

    def _settle(self, error: BaseException) -> None:
        """Turn what ended a goroutine into the outcome of the run."""
        try:
            self.endings.settle(error)
        except BaseException as failure:  # noqa: BLE001 - kept for `execute`
            self.error = failure
            self.outcome = Outcome(Ending.FATAL, PANIC_STATUS, str(failure))
            self.scheduler.ended = True


def _bound(native: Callable[..., Any], machine: Machine) -> Callable[..., Any]:
    return calls.with_first(native, machine)


def namespace(machine: Machine) -> dict[str, Any]:
    """Return the global names that generated text may use: no name ends in `_` and digits."""
    heap, scheduler, bounds = machine.heap, machine.scheduler, machine.bounds
    chans, defers, pieces = machine.channels, machine.defers, machine.slices

    passed = entered = None if machine.log is None else machine.log.entries.append
    if machine.watcher is not None:
        machine.watcher.machine = machine
        passed, entered = machine.watcher.step, machine.watcher.enter
    keep = machine.keep

    def print_values(*operands: tuple[RType, Any]) -> None:
        texts = [printing.builtin(t, v, machine.address) for t, v in operands]
        machine.write(STDERR, b"".join(texts))

    def unsafe(name: str) -> Callable[..., Any]:
        def late(*operands: Any) -> Any:
            return getattr(machine.unsafe, name)(*operands)

        return late

    def unsafe_text(data: Any, length: int) -> bytes:
        machine.charge_copy(max(length, 0))
        return machine.unsafe.text_of(data, length)

    def print_line(*operands: tuple[RType, Any]) -> None:
        texts = [printing.builtin(t, v, machine.address) for t, v in operands]
        machine.write(STDERR, b" ".join(texts) + b"\n")

    def make_map(typ: RType, hint: int, site: int) -> maps.GoMap:
        return maps.make(typ, heap, hint, site, on_stack=False)

    def make_local_map(typ: RType, hint: int, site: int) -> maps.GoMap:
        return machine.keep(site, maps.make(typ, heap, hint, site, on_stack=True))  # type: ignore[no-any-return]

    def start(call: Callable[[], Any], pos: Pos) -> None:
        machine.charge(_STARTED)
        scheduler.go(call, pos)

    def append_string(site: int, elements: slices.Elements, s: Slice, text: bytes) -> Slice:
        return pieces.append(site, elements, s, text) if text else s

    def whole(site: int, array: Any) -> Slice:
        length = len(array)
        return Slice(keep(site, array), 0, length, length)

    def box(site: int, typ: RType, value: Any) -> Iface:
        made = Iface(typ, value)
        if _needs_no_box(typ, value):
            return machine.keep(site + 1, made)  # type: ignore[no-any-return]
        return heap.fixed(site, made)  # type: ignore[no-any-return]

    return {
        "__builtins__": {},
        "__name__": "go",
        "BaseException": BaseException,
        "len": len, "list": list, "zip": zip, "range": range, "min": min, "max": max,
        "float": float, "complex": complex, "isinstance": isinstance, "bytearray": bytearray,
        "w64": numbers.wrap64, "wrap": numbers.wrap, "div": numbers.quotient,
        "rem": numbers.remainder, "shl": numbers.shift_left, "shr": numbers.shift_right,
        "f32": numbers.single, "c64": numbers.single_complex, "fdiv": numbers.float_quotient,
        "cdiv": numbers.complex_quotient, "cmul": numbers.complex_product,
        "f2i": numbers.float_to_int, "bits": numbers.reinterpret,
        "fmin": numbers.minimum, "fmax": numbers.maximum,
        "Ref": Ref, "FP": FieldPointer, "EP": ElementPointer, "Slice": Slice, "NIL": NIL,
        "Iface": Iface, "Lazy": Lazy, "NILMAP": maps.NIL_MAP,
        "oob": panics.index, "around": numbers.around, "gopanic": panics.go_panic,
        "nilderef": panics.nil_dereference, "nonnil": panics.non_nil,
        "plainpanic": panics.plain_panic,
        "assertfail": panics.assertion, "rtpanic": panics.runtime_panic,
        "mks": pieces.make, "mkl": pieces.make_local, "mkv": pieces.make_small,
        "app": pieces.append, "appl": pieces.append_local, "appb": pieces.append_stepwise,
        "toheap": pieces.move_to_heap, "apps": pieces.append_slice,
        "copys": pieces.copy, "copystr": pieces.copy_string, "clears": pieces.clear,
        "resl": slices.reslice, "resl3": slices.reslice3, "slarr": slices.slice_array,
        "filled": slices.filled,
        "each": slices.each,
        "substr": pieces.substring, "toarr": pieces.to_array, "toarrp": slices.to_array_pointer,
        "cat": pieces.concat, "b2s": pieces.bytes_to_string, "b2l": pieces.lent_text,
        "s2l": pieces.lent_runes, "s2b": pieces.string_to_bytes,
        "lit2b": pieces.literal_to_bytes, "s2z": pieces.shared_bytes,
        "r2s": pieces.runes_to_string, "s2r": pieces.string_to_runes,
        "runestr": pieces.rune_to_string, "runes": pieces.runes,
        "mkmap": make_map, "mklmap": make_local_map,
        "mkchan": chans.make, "send": chans.send, "recv": chans.receive, "CLOSED": channels.CLOSED,
        "closech": chans.close, "select": chans.select, "chlen": channels.length,
        "chcap": channels.capacity,
        "rundefers": defers.run, "fail": defers.fail, "recover": defers.recover,
        "A": heap.light(), "B": heap.fixed,
        "J": heap.join, "K": keep, "whole": whole,
        "asked_before": machine.asked_before, "supplied": machine.supplied,
        "go": start, "Y": bounds.next_slice, "ticks": bounds.ticks, "some_ticks": bounds.some_ticks,
        "numbers": bounds.numbers, "upto": bounds.upto, "turns": bounds.turns,
        "fours": bounds.fours, "rest": bounds.rest,
        "box": box, "has": has, "asserti": assert_interface, "bound": bound, "boundi": bound_late,
        "udata": slices.unsafe_data, "ustring": pieces.unsafe_string, "uslice": slices.unsafe_slice,
        "addr": machine.address,
        "uof": unsafe("of"), "uelem": unsafe("element"), "upart": unsafe("part"),
        "uadd": unsafe("add"), "unum": unsafe("number"), "uback": unsafe("back"),
        "utyped": unsafe("typed"), "usliceof": unsafe("slice_of"), "utext": unsafe_text,
        "appstr": append_string, "rangestate": panics.range_state,
        "S": passed, "E": entered,
        "print": print_values, "println": print_line,
    }  # fmt: skip


def _needs_no_box(typ: RType, value: Any) -> bool:
    """Tell if the runtime has a word of its own for a value: below 256, or empty."""
    if typ.noscan:
        if typ.integer:
            return bool(0 <= value < _STATIC_WORDS)
        return not any(bits.encode(typ, value)[1:])
    while typ.composite:
        if typ.kind == "struct":
            value, typ = getattr(value, typ.fields[0].slot), typ.fields[0].type
        else:
            value, typ = value[0], typ.elem
    return value.a is None if typ.kind == "slice" else not value


def has(value: Iface | None, interface: RType) -> bool:
    """Tell if an interface value has the methods of an interface type."""
    if value is None:
        return False
    return not value.t.implements(interface)


def assert_interface(value: Iface | None, wanted: RType, static: RType) -> Iface:
    """`i.(I)`"""
    if value is not None and has(value, wanted):
        return value
    missing = "" if value is None else value.t.implements(wanted) or ""
    return panics.assertion(static, None if value is None else value.t, wanted, missing)


def bound_late(table: Table, receiver: Iface | None) -> Callable[..., Any]:
    """`i.M` as a value."""
    if receiver is None:
        panics.nil_dereference()
    return bound(table[receiver.t], receiver.v)


def run(
    executable: Executable, image: Image | None, limits: Limits, places: Places = NO_PLACES
) -> Trace:
    """Run a program; the trace holds its output, its outcome and its recorded steps.

    Args:
        executable: what codegen has made.
        image: what the linker laid out.
        limits: bounds of the run.
        places: how lines are named when the program dies.
    """
    machine = recorded = _executed(Machine(executable, image, limits, places))
    if recorded.log is not None and recorded.log.was_cut:  # the end is for one that need not record
        machine = _executed(Machine(executable, image, replace(limits, recorded=0), places))
    return Recording(machine, recorded, image, limits)


def _executed(machine: Machine) -> Machine:
    limit = sys.getrecursionlimit()
    machine.raise_recursion_limit()
    try:
        with source.Running():
            machine.execute()
    finally:
        sys.setrecursionlimit(limit)
    return machine
