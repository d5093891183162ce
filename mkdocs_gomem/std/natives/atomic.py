"""Package sync/atomic: what has no body. Nothing runs at the same time, so plain reads do.

The methods of `atomic.Int64` and the like are Go code that calls these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.numbers import wrap
from mkdocs_gomem.machine.rtypes import iface_equal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Iface


def _load(_m: Machine, address: Any) -> Any:
    return address.v


def _store(_m: Machine, address: Any, value: Any) -> None:
    address.v = value


def _swap(_m: Machine, address: Any, value: Any) -> Any:
    old, address.v = address.v, value
    return old


def _compare_and_swap(_m: Machine, address: Any, old: Any, new: Any) -> bool:
    current = address.v
    if current is not old and (isinstance(current, list | bytearray) or current != old):
        return False
    address.v = new
    return True


def _add(bits: int, *, signed: bool) -> Callable[[Machine, Any, int], int]:
    def add(_m: Machine, address: Any, delta: int) -> int:
        address.v = value = wrap(address.v + delta, bits, signed=signed)
        return value

    return add


def _and(_m: Machine, address: Any, mask: int) -> int:
    old = address.v
    address.v = old & mask
    return int(old)


def _or(_m: Machine, address: Any, mask: int) -> int:
    old = address.v
    address.v = old | mask
    return int(old)


# `atomic.Value` takes its interface apart; here it is kept whole.


def _value_load(_m: Machine, value: Any) -> Iface | None:
    return value.f0  # type: ignore[no-any-return]


def _checked(m: Machine, what: str, value: Any, new: Iface | None) -> Iface:
    """Return what is to be kept, if it is of the type that is kept already."""
    if new is None:
        panics.text_panic(m.types, f"sync/atomic: {what} of nil value into Value")
    if value.f0 is not None and value.f0.t is not new.t:
        panics.text_panic(m.types, f"sync/atomic: {what} of inconsistently typed value into Value")
    return new


def _value_store(m: Machine, value: Any, new: Iface | None) -> None:
    value.f0 = _checked(m, "store", value, new)


def _value_swap(m: Machine, value: Any, new: Iface | None) -> Iface | None:
    old, value.f0 = value.f0, _checked(m, "swap", value, new)
    return old  # type: ignore[no-any-return]


def _value_compare_and_swap(m: Machine, value: Any, old: Iface | None, new: Iface | None) -> bool:
    if new is None:
        panics.text_panic(m.types, "sync/atomic: compare and swap of nil value into Value")
    if old is not None and old.t is not new.t:
        panics.text_panic(m.types, "sync/atomic: compare and swap of inconsistently typed values")
    current = value.f0
    if current is None:
        if old is not None:
            return False
    else:
        _checked(m, "compare and swap", value, new)
        if not iface_equal(current, old):
            return False
    value.f0 = new
    return True


_INTEGERS: Final = (
    ("Int32", 32, True), ("Int64", 64, True), ("Uint32", 32, False), ("Uint64", 64, False),
    ("Uintptr", 64, False),
)  # fmt: skip

NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "sync/atomic.(*Value).Load": _value_load,
    "sync/atomic.(*Value).Store": _value_store,
    "sync/atomic.(*Value).Swap": _value_swap,
    "sync/atomic.(*Value).CompareAndSwap": _value_compare_and_swap,
}
for _name, _bits, _signed in _INTEGERS:
    NATIVES[f"sync/atomic.Add{_name}"] = _add(_bits, signed=_signed)
    NATIVES[f"sync/atomic.And{_name}"] = _and
    NATIVES[f"sync/atomic.Or{_name}"] = _or
for _name in ("Int32", "Int64", "Uint32", "Uint64", "Uintptr", "Pointer"):
    NATIVES[f"sync/atomic.Load{_name}"] = _load
    NATIVES[f"sync/atomic.Store{_name}"] = _store
    NATIVES[f"sync/atomic.Swap{_name}"] = _swap
    NATIVES[f"sync/atomic.CompareAndSwap{_name}"] = _compare_and_swap
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
