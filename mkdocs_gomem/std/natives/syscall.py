"""Package syscall: the system that a program finds itself in. There is next to nothing there.

Two descriptors to write to, one to read from that is at its end, pipes, an environment that only
says that the time zone is UTC. Files, processes and the network are refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.values import NIL, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.std.natives.pipes import Pipes

_ENVIRONMENT: Final = (b"TZ=UTC",)
_PAGE: Final = 4096
_PIPE: Final = 0o010600
_STANDARD: Final = {0: 0o020666, 1: _PIPE, 2: _PIPE}
"""Input is like `/dev/null`, a device of characters at its end; what is printed goes to pipes."""
_ARGUMENTS: Final = (b"./main",)


def _strings(texts: tuple[bytes, ...]) -> Slice:
    return Slice(list(texts), 0, len(texts), len(texts))


def _envs(_m: Machine) -> Slice:
    return _strings(_ENVIRONMENT)


def _args(_m: Machine) -> Slice:
    return _strings(_ARGUMENTS)


def _write(m: Machine, fd: int, data: Slice) -> tuple[int, None]:
    text = bytes(data.elements())
    if fd not in _STANDARD:
        pipes: Pipes | None = m.state.get("pipes")
        written = None if pipes is None else pipes.write(fd, text)
        if written is None:
            raise panics.Unsupported(f"writing to file descriptor {fd}")
        return written, None
    m.write(fd, text)
    return data.n, None


def _read(m: Machine, fd: int, data: Slice) -> tuple[int, None]:
    if fd == 0:
        return 0, None
    pipes: Pipes | None = m.state.get("pipes")
    count = None if pipes is None else pipes.read(fd, data)
    if count is None:
        raise panics.Unsupported(f"reading from file descriptor {fd}")
    return count, None


def _nothing(_m: Machine, *_args: object) -> None:
    pass


def _no_text(_m: Machine, *_args: object) -> bytes:
    return b""


def _zero(_m: Machine, *_args: object) -> int:
    return 0


def _call(m: Machine, trap: int, *args: Any) -> tuple[int, int, int]:
    """A call of the system by its number; what it returns, and the number of an error."""
    if trap == _CLOSE and "pipes" in m.state:
        m.state["pipes"].close(args[0])
    result, error = _CALLS.get(trap, (0, -1))
    if error < 0:
        raise panics.Unsupported(f"call of the system, number {trap}")
    return result, 0, error


def _sure_call(m: Machine, trap: int, *_args: Any) -> tuple[int, int]:
    return _call(m, trap, *_args)[:2]


def _status(_m: Machine, fd: int, status: Any) -> None:
    """`syscall.Fstat`: what the standard files are. Of `Stat_t`: Nlink, Mode, Uid, Gid, Blksize."""
    mode = _STANDARD.get(fd, _PIPE)
    for place, figure in ((2, 1), (3, mode), (4, _USER), (5, _USER), (9, _PAGE)):
        setattr(status, f"f{place}", figure)


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


def _refused(what: str) -> Callable[..., NoReturn]:
    def refuse(_m: Machine, *_args: object) -> NoReturn:
        raise panics.Unsupported(what)

    return refuse


_CLOSE: Final = 3
_USER: Final = 1000
_NOT_POLLED: Final = 1
"""EPERM: a file that the poller does not take."""
_FAILS: Final = (1 << 64) - 1
_CALLS: Final = {
    _CLOSE: (0, 0),
    8: (_FAILS, 29),  # lseek: a terminal or a pipe has no place to go to (ESPIPE)
    39: (1000, 0),  # getpid: any number will do
    72: (2, 0),  # fcntl: to read and write
    74: (_FAILS, 22),  # fsync: nor anything to be synchronized (EINVAL)
    102: (_USER, 0),
    104: (_USER, 0),
    107: (_USER, 0),
    108: (_USER, 0),  # getuid, …, getegid
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
    "syscall.Getpagesize": lambda _m: _PAGE,
    "syscall.Syscall": _call,
    "syscall.rawSyscallNoError": _sure_call,
    "syscall.Fstat": _status,
    "syscall.Write": _write,
    "syscall.Read": _read,
    "mime.initMimeUnix": _nothing,
    "os.runtime_args": _args,
    "os.hostname": _refused("os.Hostname: a simulated program runs on no machine"),
    "os.Getwd": _refused("os.Getwd: a simulated program is in no folder"),
    "os.executable": _refused("os.Executable: a simulated program is no file"),
    "os.runtime_beforeExit": _nothing,
    "internal/poll.runtime_pollServerInit": _nothing,
    "internal/poll.runtime_pollOpen": lambda _m, _fd: (0, _NOT_POLLED),
    "internal/syscall/unix.fcntl": _flags,
    "internal/godebug.(*Setting).Value": _no_text,
    "internal/godebug.(*Setting).IncNonDefault": _nothing,
    "internal/godebug.setUpdate": _nothing,
    "internal/godebug.registerMetric": _nothing,
    "internal/godebug.setNewIncNonDefault": _nothing,
    "crypto/internal/fips140.getIndicator": _zero,
    "crypto/internal/fips140.setIndicator": _nothing,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
