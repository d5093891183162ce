"""Package os: standard output and error, and `Exit`. There is nothing else outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine.values import Ref, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


class File:
    """An `os.File`: what `os.Stdout` points to."""

    __slots__ = ("fd",)

    def __init__(self, fd: int) -> None:
        self.fd = fd


def _standard(fd: int) -> Callable[[Machine], Ref]:
    return lambda _machine: Ref(File(fd))


def _write(m: Machine, file: File, data: Slice) -> tuple[int, None]:
    m.write(file.fd, bytes(data.elements()))
    return data.n, None


def _write_string(m: Machine, file: File, text: bytes) -> tuple[int, None]:
    m.write(file.fd, text)
    return len(text), None


def _exit(m: Machine, status: int) -> None:
    m.exit(status & 0xFF)


def _not_handled(_m: Machine, *_args: object) -> tuple[int, bool, None]:
    """`readFrom`, `writeTo`: the system can't copy by itself."""
    return 0, False, None


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "os.(*File).readFrom": _not_handled,
    "os.(*File).writeTo": _not_handled,
    "os.(*File).Write": _write,
    "os.(*File).WriteString": _write_string,
    "os.Exit": _exit,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {
    "os.Stdout": _standard(1),
    "os.Stderr": _standard(2),
    "os.Args": lambda _machine: Ref(Slice([b"./main"], 0, 1, 1)),
}
