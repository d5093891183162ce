"""How does a Go panic travel through Python, and how is it worded?

A panic is the Python exception `Panic`; a runtime error is a panic whose value is an interface
of one of the runtime's error types. Python's own exceptions in generated code stand for panics
too: an AttributeError or TypeError on None is a nil dereference, if the innermost frame is
generated code (`defers.as_panic`).

Texts: runtime/error.go, panic.go, internal/abi/bounds.go (go1.27).
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NoReturn

from mkdocs_gomem.gotypes.types import BasicKind
from mkdocs_gomem.machine.values import Iface

if TYPE_CHECKING:
    from mkdocs_gomem.machine.rtypes import RType, Types
    from mkdocs_gomem.machine.run import Machine


class Panic(Exception):  # noqa: N818 - Go's word
    """A panic under way."""

    def __init__(self, value: Iface | None, link: Panic | None = None) -> None:
        super().__init__()
        self.value = value
        self.link = link
        """The panic that was under way when this one began, on the same goroutine."""
        self.entered = False
        """It is among the panics of its goroutine."""
        self.recovered = False
        self.aborted = False
        """Another panic has left the deferred call that this one was running."""
        self.goexit = False
        self.python: BaseException | None = None
        """The exception that it stands for, with its traceback."""
        self.by_signal = False
        """The processor has stopped the program: a nil pointer was followed."""


class Goexit(Exception):  # noqa: N818
    """`runtime.Goexit`: runs the deferred calls and ends the goroutine."""


class Exit(BaseException):
    """`os.Exit`."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Fatal(BaseException):
    """A fatal error of the runtime: no deferred call runs."""

    def __init__(self, text: str, *, tells_panics: bool = False) -> None:
        super().__init__(text)
        self.text = text
        self.tells_panics = tells_panics
        """The panics under way are printed before it (printPreFatalDeferPanic)."""


class Stop(BaseException):
    """One of our bounds ends the run."""

    def __init__(self, bound: str) -> None:
        super().__init__(bound)
        self.bound = bound


class Overflow(BaseException):
    """A recursion that provably never returns: Go's stack would overflow."""


class Unsupported(BaseException):
    """The program asks for something that is not simulated."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class RuntimeError_:  # noqa: N801 - the runtime's, not Python's
    """A value of one of the runtime's error types."""

    __slots__ = ("logged", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        """What `Error()` returns."""
        self.logged = False
        """What it takes up is counted: it may well be the value of another panic."""


_types: dict[str, RType] = {}
_WHOLE = frozenset(("*runtime.PanicNilError", "runtime.plainError"))
"""Errors that hold their text as it is; the others put it together whenever they are asked."""
PREFIX = "runtime error: "
"""Only `Error` puts this before the text of the error."""
_FROM = " (types from different "


def whole_text(_machine: Machine, error: RuntimeError_) -> bytes:
    """`Error()` of what is a string."""
    return error.text.encode()


def error_text(machine: Machine, error: RuntimeError_) -> bytes:
    """`Error()`: a string is made, which belongs to the line that asks."""
    text = error.text.encode()
    start, more, _ = error.text.partition(_FROM)
    machine.made_by_runtime(sys._getframe(1), start.encode())  # noqa: SLF001 - who asks is the question
    if more:
        machine.made_by_runtime(sys._getframe(1), text)  # noqa: SLF001
    return text


def runtime_error_type(name: str) -> RType:
    """Return the run-time type of one of the runtime's errors, like `runtime.boundsError`."""
    known = _types.get(name)
    if known is None:
        from mkdocs_gomem.machine.rtypes import native_type  # noqa: PLC0415 - rtypes words panics

        known = _types[name] = native_type(
            name,
            {},
            with_machine={
                "Error": whole_text if name in _WHOLE else error_text,
                "RuntimeError": lambda _machine, _error: None,
            },
        )
    return known


def runtime_error(text: str, type_name: str = "runtime.errorString") -> Iface:
    """Make a runtime error."""
    return Iface(runtime_error_type(type_name), RuntimeError_(PREFIX + text))


def runtime_panic(text: str, type_name: str = "runtime.errorString") -> NoReturn:
    """Panic with a runtime error."""
    raise Panic(runtime_error(text, type_name))


def plain_panic(text: str) -> NoReturn:
    """Panic with an error of the runtime that lacks the prefix, as those of channels do."""
    raise Panic(Iface(runtime_error_type("runtime.plainError"), RuntimeError_(text)))


DIVIDE = "integer divide by zero"
NEGATIVE_SHIFT = "negative shift amount"
NIL_DEREFERENCE = "invalid memory address or nil pointer dereference"
_KEPT = frozenset(f"{PREFIX}{text}" for text in (DIVIDE, NEGATIVE_SHIFT, NIL_DEREFERENCE))
"""Errors that the runtime keeps in variables: every time the very same."""


def is_same(value: Iface | None, other: Iface | None) -> bool:
    """Tell if two panics have the very same value: its type and the address of its data."""
    if value is None or other is None:
        return False
    if value is other:
        return True
    if value.t is not other.t:
        return False
    if isinstance(value.v, RuntimeError_):
        return value.v.text == other.v.text and value.v.text in _KEPT
    return value.t.direct and value.v is other.v


def held_text(value: RuntimeError_, typ: RType) -> bytes | None:
    """Return the string that an error of the runtime is in fact, if it is one."""
    if typ.name not in {"runtime.errorString", "runtime.plainError"}:
        return None
    return value.text.removeprefix(PREFIX).encode()


def as_it_stands(value: RuntimeError_, typ: RType) -> bytes | None:
    """Write an error of the runtime without asking it, if it is a string in fact."""
    text = held_text(value, typ)
    return None if text is None else b'%s("%s")' % (typ.name.encode(), text)


def divide() -> NoReturn:
    """Integer division by zero."""
    runtime_panic(DIVIDE, "runtime.errorString")


def negative_shift() -> NoReturn:
    """A shift by less than zero."""
    runtime_panic(NEGATIVE_SHIFT)


def nil_dereference() -> NoReturn:
    """A nil pointer was followed."""
    panic = Panic(runtime_error(NIL_DEREFERENCE))
    panic.by_signal = True
    raise panic


def unhashable_in_empty_map(panic: Panic) -> NoReturn:
    """`m[key]` of an empty map, of a key whose type has no hash (`maps.unhashableTypeError`)."""
    assert panic.value is not None  # noqa: S101 - what hashing panics with
    _, _, name = panic.value.v.text.partition("type ")
    error = RuntimeError_(f"hash of unhashable type: {name}")
    raise Panic(Iface(runtime_error_type("maps.unhashableTypeError"), error)) from None


def non_nil(pointer: Any) -> Any:
    """Return a pointer that is about to be followed to something without parts."""
    if pointer is None:
        nil_dereference()
    return pointer


def index(position: int, length: int) -> NoReturn:
    """`a[position]` of so many elements."""
    if position < 0:
        runtime_panic(f"index out of range [{position}]", "runtime.boundsError")
    runtime_panic(f"index out of range [{position}] with length {length}", "runtime.boundsError")


def slice_bounds(
    low: int, high: int, top: int | None, capacity: int, *, is_string: bool, is_array: bool
) -> NoReturn:
    """`s[low:high:top]` of a capacity (a length for strings and arrays)."""
    what = "length" if is_string or is_array else "capacity"
    # Bounds are checked from the last to the first; a negative one has no limit to name.
    if top is not None:
        if top < 0:
            text = f"[::{top}]"
        elif top > capacity:
            text = f"[::{top}] with {what} {capacity}"
        elif high < 0:
            text = f"[:{high}:]"
        elif high > top:
            text = f"[:{high}:{top}]"
        elif low < 0:
            text = f"[{low}::]"
        else:
            text = f"[{low}:{high}:]"
    elif high < 0:
        text = f"[:{high}]"
    elif high > capacity:
        text = f"[:{high}] with {what} {capacity}"
    elif low < 0:
        text = f"[{low}:]"
    else:
        text = f"[{low}:{high}]"
    runtime_panic(f"slice bounds out of range {text}", "runtime.boundsError")


def array_conversion(length: int, wanted: int) -> NoReturn:
    """`[wanted]T(s)` of a slice that is shorter."""
    runtime_panic(
        f"cannot convert slice with length {length} to array or pointer to array "
        f"with length {wanted}",
        "runtime.boundsError",
    )


def assertion(interface: RType, concrete: RType | None, wanted: RType, missing: str) -> NoReturn:
    """`i.(wanted)` failed."""
    asserted = wanted.name
    if concrete is None:
        # One interface asserted to be another: runtime.typeAssert does not know which it is.
        static = "interface" if wanted.is_interface else _or_interface(interface)
        text = f"interface conversion: {static} is nil, not {asserted}"
    elif missing:
        text = f"interface conversion: {concrete.name} is not {asserted}: missing method {missing}"
    else:
        text = (
            f"interface conversion: {_or_interface(interface)} is {concrete.name}, not {asserted}"
        )
        if concrete.name == asserted:
            same_path = concrete.package == wanted.package
            text += f" (types from different {'scopes' if same_path else 'packages'})"
    raise Panic(Iface(runtime_error_type("*runtime.TypeAssertionError"), RuntimeError_(text)))


def _or_interface(interface: RType) -> str:
    return interface.name or "interface"


def text_panic(registry: Types, text: str) -> NoReturn:
    """Panic with a string, as functions of std do that are used wrongly."""
    raise Panic(Iface(registry.basic(BasicKind.STRING), text.encode()))


def go_panic(value: Iface | None) -> NoReturn:
    """`panic(value)`."""
    if value is None:
        runtime_panic("panic called with nil argument", "*runtime.PanicNilError")
    raise Panic(value)


_RANGE_STATES = (
    "range function continued iteration after function for loop body returned false",
    "",  # ready: nothing is wrong
    "range function continued iteration after loop body panic",
    "range function continued iteration after whole loop exit",
    "range function recovered a loop body panic and did not resume panicking",
)


def range_state(state: int) -> NoReturn:
    """An iterator broke the rules of range over functions (`runtime.panicrangestate`)."""
    runtime_panic(_RANGE_STATES[state] if 0 <= state < len(_RANGE_STATES) else "bad range state")


def value_of(panic: Panic) -> Any:
    """Return what `recover` gives for a panic."""
    return panic.value
