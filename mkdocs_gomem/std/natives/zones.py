"""Package time: zones by name, from the database that Go brings along (`time/tzdata`).

Go looks for the system's files first; a simulated program has none.
"""

from __future__ import annotations

import ast
import functools
import io
import zipfile
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine.values import NIL, Iface, Ref
from mkdocs_gomem.std import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_NO_SUCH_FILE: Final = 2


@functools.cache
def _database() -> zipfile.ZipFile | None:
    package = pack.open_package("time/tzdata")
    found = () if package is None else package.lookup("zipdata")
    for declaration in found:
        assert package is not None  # noqa: S101 - it declares this
        _, _, literal = package.text_of(declaration).partition(b"=")
        # A literal of Go with escapes of bytes only is one of Python.
        data: bytes = ast.literal_eval("b" + literal.decode().strip())
        return zipfile.ZipFile(io.BytesIO(data))
    return None


def _load(m: Machine, name: bytes) -> tuple[bytes, Iface | None]:
    """`loadFromEmbeddedTZData`"""
    database = _database()
    try:
        if database is not None:
            return database.read(name.decode()), None
    except (KeyError, UnicodeDecodeError):
        pass
    errno = next(typ for typ in m.types.all if typ.name == "syscall.Errno")
    return b"", Iface(errno, _NO_SUCH_FILE)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "runtime.GOROOT": lambda _m: b"",  # as of a program that was built with -trimpath
    "time.gorootZoneSource": lambda _m, _root: (b"", False),
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {
    "time.platformZoneSources": lambda _machine: Ref(NIL),
    "time.loadFromEmbeddedTZData": lambda machine: Ref(functools.partial(_load, machine)),
}
