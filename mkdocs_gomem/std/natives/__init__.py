"""Natives: Python functions that stand for functions of std when a program runs.

A **native** takes the machine (one run: `machine.Machine`) and the Go arguments, receiver first, as
`machine.values` holds them; several results are a tuple. So `strings.Repeat` would be
`def repeat(m: Machine, s: bytes, count: int) -> bytes`. What it may use of the machine:

- `m.write(fd, data)`, `m.exit(status)`; `m.scheduler` (`park`, `ready`, `sleep`, `at`, `now`),
  `m.semaphores`, `m.channels`, `m.heap`;
- `m.types.of(go_type)` and `m.types.basic(kind)`: the `RType` of a type. An interface argument is
  an `Iface` with `t` (an `RType`: `kind`, `name`, `fields`, `elem`, …) and `v`, or None;
- `m.method(t, "Error")`: a method of a dynamic type, called with the receiver first, or None.
  The name must be in `codegen.program.NATIVE_METHODS`, else it may not have been compiled;
- `m.state`: a dict for what a package keeps for this run;
- `machine.panics.runtime_panic(text)`, `panics.Panic(value)` to panic.

A native replaces only functions where gc itself leaves a call (not inlined, no body): inlined
bodies run as they are, since they decide what is allocated. A native must do nothing that a
second run would not do again: no clock, no files; random numbers are one fixed sequence.

Where Python takes over only what is common, a native is wrapped as `machine.Before` and returns
`NotImplemented` for the rest, which Go's own function does then.

A **variable** is made once for each run by a function of the machine; all others are filled by
their own initializers. One file for each package of std, each with `NATIVES` (and `VARIABLES`)
by link name; a new file is listed here.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar

from mkdocs_gomem.lean import override
from mkdocs_gomem.std.natives import (
    atomic,
    big,
    bits,
    bytealg,
    coroutines,
    errors,
    fmt,
    maps,
    math,
    os,
    runtime,
    slices,
    strconv,
    strings,
    sync,
    syscall,
    time,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs_gomem.machine import Before
    from mkdocs_gomem.machine.rtypes import RType

_PACKAGES = (
    atomic, big, bits, bytealg, coroutines, errors, fmt, maps, math, os, runtime, slices, strconv,
    strings, sync, syscall, time,
)  # fmt: skip
LATE: Final = {
    "reflect.": ("reflect", "reflect_calls", "reflect_types"),
    "*reflect.": ("reflect_types",),
    "internal/abi.Type": ("reflect_types",),
    "internal/abi.(*Type).": ("reflect_types",),
    "internal/reflectlite.": ("reflectlite",),
    "*internal/reflectlite.": ("reflectlite",),
    "syscall.pipe2": ("pipes",),
    "testing.": ("testing",),
    "unique.": ("unique",),
    "crypto/": ("crypto", "hashes", "nistec"),
    "runtime.rand": ("randomness",),
    "hash/maphash.": ("randomness",),
    "runtime.memhash": ("randomness",),
    "internal/chacha8rand.": ("randomness",),
    "internal/syscall/unix.GetRandom": ("randomness",),
    "runtime.GOROOT": ("zones",),
    "time.gorootZoneSource": ("zones",),
    "time.platformZoneSources": ("zones",),
    "time.loadFromEmbeddedTZData": ("zones",),
}
"""What most programs never ask for is loaded when a name that begins so is looked up.

`reflect_value` and `reflect_convert` have what all files of package reflect share.
"""
_PREFIXES = tuple(LATE)
_V = TypeVar("_V")


class Shelf(dict[str, _V]):
    """What natives offer, by name; some of it is loaded late."""

    def __init__(self, offer: str, entries: Iterable[tuple[str, _V]]) -> None:
        super().__init__(entries)
        self._offer = offer
        self._loaded: set[str] = set()

    @override
    def get(self, name: str, default: Any = None) -> Any:
        found = super().get(name)
        if found is not None:
            return found
        if name.startswith(_PREFIXES):  # few do
            for prefix, files in LATE.items():
                if name.startswith(prefix) and prefix not in self._loaded:
                    self._loaded.add(prefix)
                    self.load(files)
                    return super().get(name, default)
        return default

    def load(self, files: Iterable[str]) -> None:
        """Take up what some files offer."""
        for file in files:
            module = import_module(f"{__name__}.{file}")
            self.update(getattr(module, self._offer, {}))


NATIVES: Final[Shelf[Callable[..., Any] | Before]] = Shelf(
    "NATIVES", (item for package in _PACKAGES for item in package.NATIVES.items())
)
"""By link name: `fmt.Fprintln`, `os.(*File).Write`; type arguments are written `[...]`."""

BRIEF: Final = frozenset((
    *(name for name in fmt.NATIVES if name.startswith("fmt.")), *strconv.NATIVES,
))  # fmt: skip
"""Natives that say nothing of what Go's text would allocate, which runs where that is counted."""

TYPES: Final[Shelf[RType]] = Shelf("TYPES", runtime.TYPES.items())
"""Pointer types that natives have made, as `*path.name`."""

VARIABLES: Final[Shelf[Callable[[Any], Any] | Before]] = Shelf(
    "VARIABLES", (item for package in _PACKAGES for item in package.VARIABLES.items())
)
"""Package variables that a native makes, by link name: `os.Stdout`. The maker returns the value."""
