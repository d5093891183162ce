"""The curve P-256 and arithmetic modulo large numbers, which Go does in assembly.

Field elements are lists of four words, the least first, in the Montgomery domain: x stands for
x·2²⁵⁶ mod p. A point is a struct of three of them, (x, y, z), Jacobian: x/z² and y/z³; any point
with z = 0 is the one at infinity. What a scalar is multiplied with is worked out here as a whole:
Go's own loops only choose from tables that the linker has laid over bytes.

Sources: crypto/internal/fips140/nistec/p256_asm.go, …/bigmod/nat.go (go1.27); SEC 1, section 2.2.1.
"""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import Before
from mkdocs_gomem.machine.values import Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
_R: Final = 2**256
_UNDO: Final = pow(_R, -1, _P)
_BASE: Final = (
    0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
    0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5,
    1,
)
"""The generator of the group, outside the Montgomery domain (SEC 2, section 2.4.2)."""
_STEPS: Final = 1000
"""A multiplication of a point is charged as Go's loops would about be."""
_WORD: Final = 64
_MASK: Final = (1 << _WORD) - 1
_ON_STACK: Final = 32
"""Limbs up to which bigmod needs no memory of the heap (`preallocLimbs`)."""

_Point = tuple[int, int, int]


def _number(words: Any) -> int:
    value = 0
    for place in (3, 2, 1, 0):
        value = value << _WORD | words[place]
    return value


def _put(words: Any, value: int) -> None:
    for place in range(4):
        words[place] = value >> _WORD * place & _MASK


def _load(point: Any) -> _Point:
    x, y, z = (_number(part) * _UNDO % _P for part in (point.f0, point.f1, point.f2))
    return x, y, z


def _store(point: Any, value: _Point) -> None:
    for part, number in zip((point.f0, point.f1, point.f2), value, strict=True):
        _put(part, number * _R % _P)


def _doubled(point: _Point) -> _Point:
    x, y, z = point
    square = y * y % _P
    shift = 4 * x * square % _P
    slope = 3 * (x - z * z) * (x + z * z) % _P
    there = (slope * slope - 2 * shift) % _P
    return there, (slope * (shift - there) - 8 * square * square) % _P, 2 * y * z % _P


def _sum(one: _Point, two: _Point) -> tuple[_Point, bool]:
    """Add two points, neither at infinity; also say whether they are the same one."""
    (x1, y1, z1), (x2, y2, z2) = one, two
    left, right = x1 * z2 * z2 % _P, x2 * z1 * z1 % _P
    low, high = y1 * z2**3 % _P, y2 * z1**3 % _P
    across, up = (right - left) % _P, (high - low) % _P
    cubed = across**3 % _P
    middle = left * across * across % _P
    x = (up * up - cubed - 2 * middle) % _P
    point = x, (up * (middle - x) - low * cubed) % _P, z1 * z2 * across % _P
    return point, not across and not up


def _times(point: _Point, scalar: int) -> _Point:
    product: _Point = (1, 1, 0)
    for bit in bin(scalar)[2:]:
        product = _doubled(product)
        if bit == "0" or not point[2]:
            continue
        if not product[2]:
            product = point
            continue
        added, same = _sum(product, point)
        product = _doubled(point) if same else added
    return product


def _mul(_m: Machine, target: Any, x: Any, y: Any) -> None:
    """`p256Mul`"""
    _put(target, _number(x) * _number(y) * _UNDO % _P)


def _sqr(m: Machine, target: Any, x: Any, count: int) -> None:
    """`p256Sqr`"""
    m.spend(count)
    value = _number(x)
    for _ in range(count):
        value = value * value * _UNDO % _P
    _put(target, value)


def _from_montgomery(_m: Machine, target: Any, x: Any) -> None:
    """`p256FromMont`"""
    _put(target, _number(x) * _UNDO % _P)


def _negate_if(_m: Machine, value: Any, condition: int) -> None:
    """`p256NegCond`"""
    if condition:
        _put(value, -_number(value) % _P)


def _choose(_m: Machine, target: Any, yes: Any, no: Any, condition: int) -> None:
    """`p256MovCond`"""
    chosen = yes if condition else no
    for name in ("f0", "f1", "f2"):
        getattr(target, name)[:] = getattr(chosen, name)[:]


def _add(_m: Machine, target: Any, one: Any, two: Any) -> int:
    """`p256PointAddAsm`: with a point at infinity its result is not looked at."""
    point, same = _sum(_load(one), _load(two))
    _store(target, point)
    return int(same)


def _double(_m: Machine, target: Any, point: Any) -> None:
    """`p256PointDoubleAsm`"""
    _store(target, _doubled(_load(point)))


def _base_times(m: Machine, target: Any, scalar: Any) -> None:
    """`(*P256Point).p256BaseMult`"""
    m.spend(_STEPS)
    _store(target, _times(_BASE, _number(scalar)))


def _point_times(m: Machine, point: Any, scalar: Any) -> None:
    """`(*P256Point).p256ScalarMult`: the receiver is the point, and then the product."""
    m.spend(_STEPS)
    _store(point, _times(_load(point), _number(scalar)))


def _montgomery(m: Machine, target: Any, one: Any, two: Any, modulus: Any) -> Any:
    """`(*Nat).montgomeryMul`; where Go would allocate, its own function does it."""
    limbs, room = modulus.f0.f0, target.f0
    count = limbs.n
    if count > _ON_STACK or room.c < count:
        return NotImplemented
    m.spend(count * count)
    by = _limbs(limbs, count)
    product = _limbs(one.f0, count) * _limbs(two.f0, count) * _inverse(by, count) % by
    start, used = room.o, max(count, room.n)
    words = struct.unpack(f"<{used}Q", product.to_bytes(8 * used, "little"))
    room.a[start : start + used] = words
    target.f0 = Slice(room.a, start, count, room.c)
    return target


def _assign(_m: Machine, target: Any, on: int, source: Any) -> Any:
    """`(*Nat).assign`: of numbers that have equally many limbs."""
    if on:
        to, of = target.f0, source.f0
        to.a[to.o : to.o + to.n] = of.a[of.o : of.o + to.n]
    return target


def _limbs(slice_: Slice, count: int) -> int:
    words = slice_.a[slice_.o : slice_.o + count]
    return int.from_bytes(struct.pack(f"<{count}Q", *words), "little")


@functools.lru_cache(maxsize=8)
def _inverse(modulus: int, count: int) -> int:
    return pow(1 << _WORD * count, -1, modulus)


_NISTEC: Final = "crypto/internal/fips140/nistec."
_BIGMOD: Final = "crypto/internal/fips140/bigmod."

NATIVES: Final[dict[str, Callable[..., Any] | Before]] = {
    f"{_NISTEC}p256Mul": _mul,
    f"{_NISTEC}p256Sqr": _sqr,
    f"{_NISTEC}p256FromMont": _from_montgomery,
    f"{_NISTEC}p256NegCond": _negate_if,
    f"{_NISTEC}p256MovCond": _choose,
    f"{_NISTEC}p256PointAddAsm": _add,
    f"{_NISTEC}p256PointDoubleAsm": _double,
    f"{_NISTEC}(*P256Point).p256BaseMult": _base_times,
    f"{_NISTEC}(*P256Point).p256ScalarMult": _point_times,
    f"{_BIGMOD}(*Nat).assign": _assign,
    f"{_BIGMOD}(*Nat).montgomeryMul": Before(_montgomery),
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
