"""Package math/big: arithmetic on vectors of words, which Go does in assembly.

A vector holds the least word first. Source: math/big/arith.go (go1.27).
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Slice

_BITS: Final = 64
_MASK: Final = (1 << _BITS) - 1
_FEW: Final = 6
"""So many words are put together faster one by one."""


def _number(words: Slice, count: int) -> int:
    if count > _FEW:  # one by one, each would take as long as all before it
        listed = words.a[words.o : words.o + count]
        return int.from_bytes(struct.pack(f"<{count}Q", *listed), "little")
    value = 0
    for place in range(count - 1, -1, -1):
        value = value << _BITS | words.a[words.o + place]
    return value


def _put(words: Slice, value: int) -> int:
    """Store as many words as there is room for; return the rest."""
    count = words.n
    if count > _FEW:
        size = count * _BITS
        data = (value & (1 << size) - 1).to_bytes(size // 8, "little")
        words.a[words.o : words.o + count] = struct.unpack(f"<{count}Q", data)
        return value >> size
    for place in range(count):
        words.a[words.o + place] = value & _MASK
        value >>= _BITS
    return value


def _add(m: Machine, z: Slice, x: Slice, y: Slice) -> int:
    m.spend(z.n)
    return _put(z, _number(x, z.n) + _number(y, z.n))


def _sub(m: Machine, z: Slice, x: Slice, y: Slice) -> int:
    m.spend(z.n)
    return -_put(z, _number(x, z.n) - _number(y, z.n))


def _shift_left(m: Machine, z: Slice, x: Slice, count: int) -> int:
    m.spend(z.n)
    return _put(z, _number(x, z.n) << count)


def _shift_right(m: Machine, z: Slice, x: Slice, count: int) -> int:
    m.spend(z.n)
    if z.n == 0:
        return 0
    value = _number(x, z.n)
    _put(z, value >> count)
    return value << _BITS - count & _MASK if count else 0


def _multiply(m: Machine, z: Slice, x: Slice, factor: int, carry: int) -> int:
    m.spend(z.n)
    return _put(z, _number(x, z.n) * factor + carry)


def _add_product(m: Machine, z: Slice, x: Slice, y: Slice, factor: int, carry: int) -> int:
    m.spend(z.n)
    return _put(z, _number(x, z.n) + _number(y, z.n) * factor + carry)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "math/big.addVV": _add,
    "math/big.subVV": _sub,
    "math/big.lshVU": _shift_left,
    "math/big.rshVU": _shift_right,
    "math/big.mulAddVWW": _multiply,
    "math/big.addMulVVWW": _add_product,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
