"""Packages md5, sha1 and sha256: the step that takes up blocks of 64 bytes.

gc has assembly there; its Go twin takes a thousand times as long when it is interpreted, and a
program that looks for a hash with some zeros calls it ten thousand times. Most calls take up the
last block of a message, padded already, whose first blocks are known from the state that they
led to: Python's own hash of the whole has the same outcome. Everything else is worked out.

Sources: FIPS 180-4, RFC 1321; crypto/md5/md5block.go, crypto/sha1/sha1block.go,
crypto/internal/fips140/sha256/sha256block.go (go1.27).
"""

from __future__ import annotations

import hashlib
import math
import struct
from itertools import count, islice
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Slice

_Words = tuple[int, ...]

_CHUNK: Final = 64
_WORD: Final = (1 << 32) - 1
_WORKED_OUT: Final = 500
"""Steps that a block counts for: it takes as long, …"""
_AT_ONCE: Final = 10
"""… and where Python's own hash takes up a message, …"""
_AT_ONCE_A_STEP: Final = 6
"""… of which so many bytes are taken up in the time of a step, as a power of two."""
_LONG: Final = 1024
_MANY: Final = 200
"""First blocks are kept so long, and so many."""


def _primes(number: int) -> list[int]:
    found = (n for n in count(2) if all(n % k for k in range(2, math.isqrt(n) + 1)))
    return list(islice(found, number))


def _cube_root(n: int) -> int:
    root: int = round(n ** (1 / 3))
    while root**3 > n:
        root -= 1
    while (root + 1) ** 3 <= n:
        root += 1
    return root


_SHA256_START: Final = tuple(math.isqrt(prime << 64) & _WORD for prime in _primes(8))
_SHA256_ROUNDS: Final = [_cube_root(prime << 96) & _WORD for prime in _primes(64)]
_SHA1_START: Final = (0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0)
_SHA1_ROUNDS: Final = [math.isqrt(n << 60) for n in (2, 3, 5, 10)]
_MD5_START: Final = _SHA1_START[:4]
_MD5_ROUNDS: Final = [int(abs(math.sin(n + 1)) * (1 << 32)) for n in range(64)]
_MD5_TURNS: Final = ((7, 12, 17, 22), (5, 9, 14, 20), (4, 11, 16, 23), (6, 10, 15, 21))
_MD5_PLACES: Final = ((1, 0), (5, 1), (3, 5), (7, 0))
"""Factor and offset: which word of the block each step takes."""


def _turned(word: int, bits: int) -> int:
    return (word << bits | word >> (32 - bits)) & _WORD


def _sha256(state: _Words, block: bytes) -> _Words:
    w = list(struct.unpack(">16I", block))
    for i in range(16, 64):
        x, y = w[i - 15], w[i - 2]
        x |= x << 32
        y |= y << 32
        near = (x >> 7 ^ x >> 18 ^ (x & _WORD) >> 3) & _WORD
        far = (y >> 17 ^ y >> 19 ^ (y & _WORD) >> 10) & _WORD
        w.append((w[i - 16] + near + w[i - 7] + far) & _WORD)
    a, b, c, d, e, f, g, h = state
    for constant, word in zip(_SHA256_ROUNDS, w, strict=True):
        x = e | e << 32
        h += ((x >> 6 ^ x >> 11 ^ x >> 25) & _WORD) + (g ^ e & (f ^ g)) + constant + word
        x = a | a << 32
        top = h + ((x >> 2 ^ x >> 13 ^ x >> 22) & _WORD) + (a & b | c & (a | b))
        a, b, c, d, e, f, g, h = top & _WORD, a, b, c, (d + h) & _WORD, e, f, g
    made = (a, b, c, d, e, f, g, h)
    return tuple((x + y) & _WORD for x, y in zip(state, made, strict=True))


def _sha1(state: _Words, block: bytes) -> _Words:
    w = list(struct.unpack(">16I", block))
    for i in range(16, 80):
        w.append(_turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1))
    a, b, c, d, e = state
    for i, word in enumerate(w):
        match i // 20:
            case 0:
                mixed = d ^ b & (c ^ d)
            case 2:
                mixed = b & c | d & (b | c)
            case _:
                mixed = b ^ c ^ d
        top = _turned(a, 5) + mixed + e + word + _SHA1_ROUNDS[i // 20]
        a, b, c, d, e = top & _WORD, a, _turned(b, 30), c, d
    return tuple((x + y) & _WORD for x, y in zip(state, (a, b, c, d, e), strict=True))


def _md5(state: _Words, block: bytes) -> _Words:
    words = struct.unpack("<16I", block)
    a, b, c, d = state
    for i, constant in enumerate(_MD5_ROUNDS):
        match i // 16:
            case 0:
                mixed = d ^ b & (c ^ d)
            case 1:
                mixed = c ^ d & (b ^ c)
            case 2:
                mixed = b ^ c ^ d
            case _:
                mixed = c ^ (b | ~d & _WORD)
        factor, offset = _MD5_PLACES[i // 16]
        top = (a + mixed + constant + words[(factor * i + offset) % 16]) & _WORD
        a, b, c, d = d, (b + _turned(top, _MD5_TURNS[i // 16][i % 4])) & _WORD, b, c
    return tuple((x + y) & _WORD for x, y in zip(state, (a, b, c, d), strict=True))


def _message(data: bytes, byte_order: str) -> bytes | None:
    """Return the message of which some blocks are all there is, with its end; None if it isn't."""
    (bits,) = struct.unpack(f"{byte_order}Q", data[-8:])
    length, rest = divmod(bits, 8)
    if rest or not 9 <= len(data) - length < 9 + _CHUNK:
        return None
    end = data[length:-8]
    return data[:length] if end[0] == 0x80 and not any(end[1:]) else None


class _Known:
    """The first blocks of messages that a run has met, and the states that they lead to."""

    __slots__ = ("begun", "reached")

    def __init__(self, start: _Words) -> None:
        self.begun: dict[_Words, bytes] = {start: b""}
        self.reached: dict[bytes, _Words] = {b"": start}

    def add(self, begun: bytes, state: _Words) -> None:
        """Remember a few."""
        if len(begun) <= _LONG and len(self.begun) <= _MANY:
            self.begun[state], self.reached[begun] = begun, state


def _taker(
    start: _Words, byte_order: str, python: Callable[..., Any], step: Callable[..., _Words]
) -> Callable[..., None]:
    """Return the native that takes blocks up into a digest, whose first field is its state."""
    name = f"blocks of {step.__name__}"

    def take(m: Machine, digest: Any, blocks: Slice) -> None:
        data = bytes(blocks.elements())
        data = data[: len(data) - len(data) % _CHUNK]
        state = tuple(digest.f0)
        known = m.state.get(name) or m.state.setdefault(name, _Known(start))
        begun = known.begun.get(state)
        if data and begun is not None:
            message = _message(begun + data, byte_order)
            if message is not None:
                m.bounds.spend(_AT_ONCE + (len(message) >> _AT_ONCE_A_STEP))
                made = python(message, usedforsecurity=False).digest()
                digest.f0[:] = struct.unpack(f"{byte_order}{len(start)}I", made)
                return
        for at in range(0, len(data), _CHUNK):
            block = data[at : at + _CHUNK]
            begun = None if begun is None else begun + block
            reached = None if begun is None else known.reached.get(begun)
            if reached is None:
                m.bounds.spend(_WORKED_OUT)
                reached = step(state, block)
                if begun is not None:
                    known.add(begun, reached)
            state = reached
            if begun is not None and len(begun) > _LONG:
                begun = None
        digest.f0[:] = state

    return take


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "crypto/internal/fips140/sha256.blockGeneric": _taker(
        _SHA256_START, ">", hashlib.sha256, _sha256
    ),
    "crypto/sha1.blockGeneric": _taker(_SHA1_START, ">", hashlib.sha1, _sha1),
    "crypto/md5.blockGeneric": _taker(_MD5_START, "<", hashlib.md5, _md5),
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
