"""Package os: standard output and error, and `Exit`. There is nothing else outside.

`os.Stdout` and `os.Stderr` are files of ours that write at once, as long as nobody asks for what
is in a file (its name, its descriptor, whether it is closed). Then Go's own `NewFile` makes that,
and Go's own methods run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import Before
from mkdocs_gomem.machine.values import Ref, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


class File:
    """An `os.File`: what `os.Stdout` points to."""

    __slots__ = ("_own", "fd", "opened")

    def __init__(self, fd: int, own: Callable[[], Any]) -> None:
        self.fd = fd
        self._own = own
        """Makes a file as Go does."""
        self.opened: Any = None
        """Its only field, once somebody has asked for it."""

    @property
    def f0(self) -> Any:
        """The only field, `*file`."""
        if self.opened is None:
            self.opened = self._own().f0
        return self.opened

    @f0.setter
    def f0(self, value: Any) -> None:
        self.opened = value


def is_plain(file: object) -> bool:
    """Tell if a file is one of ours, of which nobody knows what is in it."""
    return type(file) is File and file.opened is None


def _standard(fd: int) -> Before:
    def make(_machine: Machine, initialize: Callable[[], None]) -> Ref:
        def own() -> Any:
            kept = variable.v
            initialize()
            made, variable.v = variable.v, kept
            return made

        variable = Ref(File(fd, own))
        return variable

    return Before(make)


def _write(m: Machine, file: Any, data: Slice) -> Any:
    if not is_plain(file):
        return NotImplemented
    m.write(file.fd, bytes(data.elements()))
    return data.n, None


def _write_string(m: Machine, file: Any, text: bytes) -> Any:
    if not is_plain(file):
        return NotImplemented
    m.write(file.fd, text)
    return len(text), None


def _exit(m: Machine, status: int) -> None:
    m.exit(status & 0xFF)


def _not_handled(_m: Machine, *_args: object) -> tuple[int, bool, None]:
    """`readFrom`, `writeTo`: the system can't copy by itself."""
    return 0, False, None


NATIVES: Final[dict[str, Callable[..., Any] | Before]] = {
    "os.(*File).readFrom": _not_handled,
    "os.(*File).writeTo": _not_handled,
    "os.(*File).Write": Before(_write),
    "os.(*File).WriteString": Before(_write_string),
    "os.Exit": _exit,
}
VARIABLES: Final[dict[str, Callable[[Any], Any] | Before]] = {
    "os.Stdout": _standard(1),
    "os.Stderr": _standard(2),
    "os.Args": lambda _machine: Ref(Slice([b"./main"], 0, 1, 1)),
}
