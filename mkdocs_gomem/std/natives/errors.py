"""Package errors: `Is` and `As`, which ask types at run time what Go code can't.

`New`, `Join` and `Unwrap` run as they are. Source: errors/wrap.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.rtypes import iface_equal
from mkdocs_gomem.machine.values import Iface, Slice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType


def _tree(m: Machine, error: Iface | None) -> Iterator[Iface]:
    """An error and all that it wraps, depth first."""
    while error is not None:
        yield error
        unwrap = m.method(error.t, "Unwrap")
        if unwrap is None:
            return
        inner = unwrap(error.v)
        if isinstance(inner, Slice):
            for one in inner.elements():
                yield from _tree(m, one)
            return
        error = inner


def _is(m: Machine, error: Iface | None, target: Iface | None) -> bool:
    if error is None or target is None:
        return error is target
    comparable = target.t.comparable
    for one in _tree(m, error):
        if comparable and iface_equal(one, target):
            return True
        method = m.method(one.t, "Is")
        if method is not None and method(one.v, target):
            return True
    return False


def _matches(one: Iface, wanted: RType) -> bool:
    if wanted.is_interface:
        return not one.t.implements(wanted)
    return one.t is wanted


def _set(pointer: Any, wanted: RType, one: Iface) -> None:
    if wanted.is_interface:
        pointer.v = one
    elif wanted.composite:
        wanted.ops.assign(pointer, one.v)
    else:
        pointer.v = one.v


def _as(m: Machine, error: Iface | None, target: Iface | None) -> bool:
    if error is None:
        return False
    if target is None:
        _misuse(m, b"errors: target cannot be nil")
    if target.t.kind != "ptr" or target.v is None:
        _misuse(m, b"errors: target must be a non-nil pointer")
    wanted = target.t.elem
    for one in _tree(m, error):
        if _matches(one, wanted):
            _set(target.v, wanted, one)
            return True
        method = m.method(one.t, "As")
        if method is not None and method(one.v, target):
            return True
    return False


def _misuse(m: Machine, text: bytes) -> NoReturn:
    from mkdocs_gomem.gotypes.types import BasicKind  # noqa: PLC0415 - rarely

    raise panics.Panic(Iface(m.types.basic(BasicKind.STRING), text))


NATIVES: Final[dict[str, Callable[..., Any]]] = {"errors.Is": _is, "errors.As": _as}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
