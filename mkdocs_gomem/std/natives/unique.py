"""Package unique: a handle is a pointer to the one copy of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine.values import Ref
from mkdocs_gomem.std.natives.reflect_types import first_type_argument

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


class Handle:
    """A `unique.Handle`: its pointer."""

    __slots__ = ("f0",)

    def __init__(self, pointer: Any) -> None:
        self.f0 = pointer


def _make(m: Machine, dictionary: Any, value: Any) -> Handle:
    typ = first_type_argument(dictionary)
    known = m.state.setdefault("unique", {}).setdefault(typ, {})
    key = typ.key_of(value)
    if key not in known:
        known[key] = value if typ.composite else Ref(value)
    return Handle(known[key])


NATIVES: Final[dict[str, Callable[..., Any]]] = {"unique.Make[...]": _make}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
