"""Package syscall: the system that a program finds itself in. There is next to nothing there.

Two descriptors to write to, one to read from that is at its end, an environment that only says
that the time zone is UTC. Files, processes and the network are refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.values import NIL, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_ENVIRONMENT: Final = (b"TZ=UTC",)
_ARGUMENTS: Final = (b"./main",)


def _strings(texts: tuple[bytes, ...]) -> Slice:
    return Slice(list(texts), 0, len(texts), len(texts))


def _envs(_m: Machine) -> Slice:
    return _strings(_ENVIRONMENT)


def _args(_m: Machine) -> Slice:
    return _strings(_ARGUMENTS)


def _write(m: Machine, fd: int, data: Slice) -> tuple[int, None]:
    m.write(fd, bytes(data.elements()))
    return data.n, None


def _read(_m: Machine, _fd: int, _data: Slice) -> tuple[int, None]:
    return 0, None


def _nothing(_m: Machine, *_args: object) -> None:
    pass


def _no_text(_m: Machine, *_args: object) -> bytes:
    return b""


def _zero(_m: Machine, *_args: object) -> int:
    return 0


def _call(_m: Machine, trap: int, *_args: object) -> tuple[int, int, int]:
    """A call of the system by its number; what it returns, and the number of an error."""
    result, error = _CALLS.get(trap, (0, -1))
    if error < 0:
        raise panics.Unsupported(f"call of the system, number {trap}")
    return result, 0, error


def _sure_call(m: Machine, trap: int, *_args: object) -> tuple[int, int]:
    return _call(m, trap)[:2]


def _flags(_m: Machine, *_args: object) -> tuple[int, int]:
    """An open file to read and write, and no error."""
    return 2, 0


def _empty(_m: Machine, *_args: object) -> Slice:
    return NIL


def _file(place: int) -> Callable[..., NoReturn]:
    """Return a call that names a file: there are none."""

    def refuse(_m: Machine, *args: Any) -> NoReturn:
        name = args[place].decode("utf-8", "replace")
        raise panics.Unsupported(f'file "{name}"')

    return refuse


_FAILS: Final = (1 << 64) - 1
_CALLS: Final = {
    3: (0, 0),  # close
    8: (_FAILS, 29),  # lseek: a terminal or a pipe has no place to go to (ESPIPE)
    39: (1000, 0),  # getpid: any number will do
    74: (_FAILS, 22),  # fsync: nor anything to be synchronized (EINVAL)
    110: (1, 0),  # getppid
}
_PATHS: Final = {
    "Open": 0, "openat": 1, "Stat": 0, "Lstat": 0, "fstatat": 1, "Mkdir": 0, "Mkdirat": 1,
    "Unlink": 0, "Unlinkat": 1, "unlinkat": 1, "Rmdir": 0, "Rename": 0, "renameat": 1,
    "readlinkat": 1, "Readlink": 0, "Chmod": 0, "fchmodat": 1, "Chdir": 0, "Truncate": 0,
    "Access": 0, "faccessat": 1, "Link": 0, "linkat": 1, "Symlink": 1, "symlinkat": 2,
}  # fmt: skip
"""Calls of the system that name a file, and which argument is its name."""


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    **{f"syscall.{name}": _file(place) for name, place in _PATHS.items()},
    "syscall.runtime_envs": _envs,
    "syscall.runtimeSetenv": _nothing,
    "syscall.runtimeUnsetenv": _nothing,
    "syscall.runtimeClearenv": _nothing,
    "syscall.Getpagesize": lambda _m: 4096,
    "syscall.Syscall": _call,
    "syscall.rawSyscallNoError": _sure_call,
    "syscall.Write": _write,
    "syscall.Read": _read,
    "mime.initMimeUnix": _nothing,
    "os.runtime_args": _args,
    "os.runtime_beforeExit": _nothing,
    "internal/syscall/unix.fcntl": _flags,
    "internal/godebug.(*Setting).Value": _no_text,
    "internal/godebug.(*Setting).IncNonDefault": _nothing,
    "internal/godebug.setUpdate": _nothing,
    "internal/godebug.registerMetric": _nothing,
    "internal/godebug.setNewIncNonDefault": _nothing,
    "crypto/internal/fips140.getIndicator": _zero,
    "crypto/internal/fips140.setIndicator": _nothing,
    "runtime/debug.freeOSMemory": _nothing,
    "runtime/debug.setPanicOnFault": lambda _m, _new: False,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
