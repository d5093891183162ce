"""Package errors: `Is` and `As`, which ask types at run time what Go code can't.

The text of an error of `New` is here too, since nearly every program asks for it; `New`, `Join`
and `Unwrap` run as they are. Sources: errors/wrap.go, errors/errors.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.gotypes import types
from mkdocs_gomem.gotypes.universe import UNIVERSE_ERROR, interface_of
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.rtypes import iface_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.values import Iface

_BOOL: Final = types.TYP[types.BasicKind.BOOL]
_IS: Final = interface_of("Is", (UNIVERSE_ERROR,), (_BOOL,))
_AS: Final = interface_of("As", (types.EMPTY_INTERFACE,), (_BOOL,))
_UNWRAP: Final = interface_of("Unwrap", (), (UNIVERSE_ERROR,))
_UNWRAP_ALL: Final = interface_of("Unwrap", (), (types.Slice(UNIVERSE_ERROR),))
_LOOKED_AT: Final = 20
"""Steps that it takes to look at one error and ask what it wraps."""


def _tree(m: Machine, error: Iface | None) -> Iterator[Iface]:
    """An error and all that it wraps, depth first."""
    rest = [error]
    while rest:
        error = rest.pop()
        while error is not None:
            m.charge(_LOOKED_AT)
            yield error
            unwrap = m.method_as(error.t, _UNWRAP)
            if unwrap is not None:
                error = unwrap(error.v)
                continue
            unwrap = m.method_as(error.t, _UNWRAP_ALL)
            if unwrap is not None:
                rest += reversed(unwrap(error.v).elements())
            break


def _is(m: Machine, error: Iface | None, target: Iface | None) -> bool:
    if error is None or target is None:
        return error is target
    comparable = target.t.comparable
    for one in _tree(m, error):
        if comparable and iface_equal(one, target):
            return True
        method = m.method_as(one.t, _IS)
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
        panics.text_panic(m.types, "errors: target cannot be nil")
    if target.t.kind != "ptr" or target.v is None:
        panics.text_panic(m.types, "errors: target must be a non-nil pointer")
    wanted = target.t.elem
    if not wanted.is_interface and wanted.implements(m.types.of(UNIVERSE_ERROR)):
        panics.text_panic(m.types, "errors: *target must be interface or implement error")
    for one in _tree(m, error):
        if _matches(one, wanted):
            _set(target.v, wanted, one)
            return True
        method = m.method_as(one.t, _AS)
        if method is not None and method(one.v, target):
            return True
    return False


def _text(_m: Machine, error: Any) -> bytes:
    """`(*errorString).Error`, of its field `s`."""
    text: bytes = panics.non_nil(error).f0
    return text


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "errors.Is": _is,
    "errors.As": _as,
    "errors.(*errorString).Error": _text,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
