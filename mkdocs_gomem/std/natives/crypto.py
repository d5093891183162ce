"""Packages below crypto: what is in assembly there and has no twin that our pointers can run."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import ElementPointer


def _xor_bytes(
    _m: Machine, target: ElementPointer, x: ElementPointer, y: ElementPointer, count: int
) -> None:
    """`subtle.xorBytes`"""
    ours = x.a[x.i : x.i + count]
    theirs = y.a[y.i : y.i + count]
    target.a[target.i : target.i + count] = bytes(a ^ b for a, b in zip(ours, theirs, strict=True))


_LANES: Final = struct.Struct("<25Q")
_WORD: Final = (1 << 64) - 1


def _round_constants() -> list[int]:
    """Return the constants of the 24 rounds (FIPS 202, section 3.2.5)."""
    register, made = 1, []
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << (1 << power) - 1
            register <<= 1
            if register & 0x100:
                register ^= 0x171
        made.append(constant)
    return made


_ROUNDS: Final = _round_constants()


def _rotated(word: int, count: int) -> int:
    return (word << count | word >> 64 - count) & _WORD


def _keccak(_m: Machine, state: Any) -> None:
    """`keccakF1600Generic`: the permutation of FIPS 202."""
    a = list(_LANES.unpack(state))
    for constant in _ROUNDS:
        column = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        mixed = [column[x - 1] ^ _rotated(column[(x + 1) % 5], 1) for x in range(5)]
        a = [lane ^ mixed[at % 5] for at, lane in enumerate(a)]
        x, y, carried = 1, 0, a[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            place = x + 5 * y
            carried, a[place] = a[place], _rotated(carried, (step + 1) * (step + 2) // 2 % 64)
        for row in range(0, 25, 5):
            part = a[row : row + 5]
            for at in range(5):
                a[row + at] = part[at] ^ (~part[(at + 1) % 5] & part[(at + 2) % 5])
        a[0] ^= constant
    state[:] = _LANES.pack(*a)


def _nothing(_m: Machine) -> None:
    """What leaves a mark in the binary does nothing in a run."""


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "crypto/internal/fips140/subtle.xorBytes": _xor_bytes,
    "crypto/internal/constanttime.boolToUint8": lambda _m, value: int(value),
    "crypto/internal/fips140/sha3.keccakF1600Generic": _keccak,
    "crypto/internal/boring/sig.StandardCrypto": _nothing,
    "crypto/internal/boring/sig.BoringCrypto": _nothing,
    "crypto/internal/boring/sig.FIPSOnly": _nothing,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
