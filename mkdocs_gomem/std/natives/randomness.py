"""Random numbers, and what is made of them: a model.

Go draws them from the system; here they are one fixed sequence for each run, so that a page is
the same whenever it is built. Sources that a program seeds itself are Go's own code and exact.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.values import Slice

_WORD: Final = (1 << 64) - 1
_STEP: Final = 0x9E3779B97F4A7C15
_STATE: Final = "random"


def _random(m: Machine) -> int:
    """Return the next 64 bits (splitmix64)."""
    state: int = m.state.get(_STATE, 0) + _STEP & _WORD
    m.state[_STATE] = state
    state = (state ^ state >> 30) * 0xBF58476D1CE4E5B9 & _WORD
    state = (state ^ state >> 27) * 0x94D049BB133111EB & _WORD
    return state ^ state >> 31


def _fill(m: Machine, data: Slice) -> None:
    for place in range(data.o, data.o + data.n, 8):
        end = min(place + 8, data.o + data.n)
        data.a[place:end] = _random(m).to_bytes(8, "little")[: end - place]


def _get_random(m: Machine, data: Slice, _flags: int) -> tuple[int, None]:
    """`unix.GetRandom`"""
    _fill(m, data)
    return data.n, None


def _hash(_m: Machine, pointer: Any, seed: int, length: int) -> int:
    """`memhash`: of the bytes from a pointer on."""
    data = b"" if pointer is None else bytes(pointer.a[pointer.i : pointer.i + length])
    return _digest(data, seed)


def _digest(data: bytes, seed: int) -> int:
    digest = hashlib.blake2b(data, digest_size=8, key=seed.to_bytes(8, "little")).digest()
    return int.from_bytes(digest, "little")


def _spelled(m: Machine, typ: RType, value: Any) -> bytes:
    """Write a value so that equal ones are written alike, and no others."""
    if not typ.comparable:
        typ.key_of(value)  # panics as a map does
    match typ.kind:
        case "string":
            return b"%d:%b" % (len(value), value)
        case "interface":
            if value is None:
                return b"nil,"
            return b"%d=%b" % (value.t.number, _spelled(m, value.t, value.v))
        case "array":
            return b"".join(_spelled(m, typ.elem, part) for part in value)
        case "struct":
            parts = [(f.type, getattr(value, f.slot)) for f in typ.fields if f.name != "_"]
            return b"".join(_spelled(m, *part) for part in parts)
        case "ptr" | "chan" | "unsafe.Pointer":
            return b"%d," % m.address(value)
        case "float32" | "float64" | "complex64" | "complex128":
            return f"{value + 0},".encode() if value == value else b"%d," % _random(m)
        case _:
            return b"%d," % value


def _comparable_hash(m: Machine, dictionary: Any, value: Any, seed: Any) -> int:
    """`maphash.comparableHash`"""
    made_map: RType = next(word for word in dictionary if not isinstance(word, list))
    return _digest(_spelled(m, made_map.key, value), seed.f0)


_QUARTERS: Final = (
    (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
    (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
)  # fmt: skip
_CONSTANTS: Final = (0x61707865, 0x3320646E, 0x79622D32, 0x6B206574)
_HALF: Final = (1 << 32) - 1
_BLOCKS, _ROUNDS = 4, 4


def _chacha8(_m: Machine, seed: Any, blocks: Any, counter: int) -> None:
    """`chacha8rand.block`: four blocks of ChaCha8, their words interlaced (chacha8rand spec)."""
    key = [word >> shift & _HALF for word in seed for shift in (0, 32)]
    words = [[0] * _BLOCKS for _ in range(16)]
    for number in range(_BLOCKS):
        start = [*_CONSTANTS, *key, counter + number & _HALF, 0, 0, 0]
        b = start[:]
        for _ in range(_ROUNDS):
            for quarter in _QUARTERS:
                _mix(b, *quarter)
        for at in range(16):
            keyed = 4 <= at < 12
            words[at][number] = b[at] + start[at] & _HALF if keyed else b[at]
    flat = [word for row in words for word in row]
    blocks[:] = [low | high << 32 for low, high in zip(flat[::2], flat[1::2], strict=True)]


def _mix(b: list[int], i: int, j: int, k: int, n: int) -> None:
    """Do a quarter round on four words."""
    for left, right in ((16, 12), (8, 7)):
        b[i] = b[i] + b[j] & _HALF
        b[n] = _turned(b[n] ^ b[i], left)
        b[k] = b[k] + b[n] & _HALF
        b[j] = _turned(b[j] ^ b[k], right)


def _turned(word: int, count: int) -> int:
    return (word << count | word >> 32 - count) & _HALF


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "runtime.rand": _random,
    "hash/maphash.comparableHash[...]": _comparable_hash,
    "internal/chacha8rand.block": _chacha8,
    "runtime.memhash": _hash,
    "internal/syscall/unix.GetRandom": _get_random,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
