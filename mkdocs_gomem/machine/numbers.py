"""What do Go's numeric operations give? Wrapped integers, rounded floats, checked shifts.

Generated code does most arithmetic inline; here is what needs a branch. All functions take and
return canonical values: an integer in its type's range, a float32 rounded to single precision.
Conversions out of range give what amd64's instructions give (cmd/compile, go1.27).
"""

from __future__ import annotations

import ctypes
import math
import struct

from mkdocs_gomem.machine import panics

_INF = math.inf
_U64 = (1 << 64) - 1
_MIN64 = -(1 << 63)
_MIN32 = -(1 << 31)
_SINGLE = ctypes.c_float


def wrap64(value: int) -> int:
    """Wrap to int64."""
    return (value + 0x8000000000000000 & _U64) - 0x8000000000000000


def wrap(value: int, bits: int, *, signed: bool) -> int:
    """Wrap to an integer type."""
    value &= (1 << bits) - 1
    if signed and value >> (bits - 1):
        value -= 1 << bits
    return value


def around(position: int, length: int) -> int:
    """Return an index that is out of range, once it has wrapped to int64; panic if it still is."""
    position = wrap64(position)
    if not 0 <= position < length:
        panics.index(position, length)
    return position


def quotient(dividend: int, divisor: int) -> int:
    """`dividend / divisor`, truncated; the caller wraps (`math.MinInt64 / -1`)."""
    if divisor == 0:
        panics.divide()
    if (dividend < 0) != (divisor < 0):
        return -(-dividend // divisor)
    return dividend // divisor


def remainder(dividend: int, divisor: int) -> int:
    """`dividend % divisor`, with the sign of the dividend."""
    if divisor == 0:
        panics.divide()
    if dividend < 0:
        return -(-dividend % abs(divisor))
    return dividend % abs(divisor)


def shift_left(value: int, count: int, bits: int) -> int:
    """`value << count` for a count that may be anything; the caller wraps."""
    if count < 0:
        panics.negative_shift()
    return value << count if count < bits else 0


def shift_right(value: int, count: int) -> int:
    """`value >> count` for a count that may be anything."""
    if count < 0:
        panics.negative_shift()
    return value >> (count if count < 64 else 64)


def single(value: float) -> float:
    """Round to float32."""
    return _SINGLE(value).value


def single_complex(value: complex) -> complex:
    """Round both parts to float32."""
    return complex(_SINGLE(value.real).value, _SINGLE(value.imag).value)


def float_quotient(dividend: float, divisor: float) -> float:
    """`dividend / divisor` as IEEE has it."""
    if divisor:
        return dividend / divisor
    if dividend == 0 or dividend != dividend:
        return math.nan
    return math.copysign(_INF, dividend) * math.copysign(1.0, divisor)


def complex_quotient(dividend: complex, divisor: complex) -> complex:
    """`dividend / divisor` as the runtime's `complex128div` has it."""
    e, f = _divide_parts(dividend, divisor)
    if math.isnan(e) or math.isnan(f):
        a, b = dividend.real, dividend.imag
        c, d = divisor.real, divisor.imag
        if c == 0 and d == 0 and (not math.isnan(a) or not math.isnan(b)):
            e = math.copysign(_INF, c) * a
            f = math.copysign(_INF, c) * b
        elif (math.isinf(a) or math.isinf(b)) and math.isfinite(c) and math.isfinite(d):
            a, b = _unit(a), _unit(b)
            e = _INF * (a * c + b * d)
            f = _INF * (b * c - a * d)
        elif (math.isinf(c) or math.isinf(d)) and math.isfinite(a) and math.isfinite(b):
            c, d = _unit(c), _unit(d)
            e = 0 * (a * c + b * d)
            f = 0 * (b * c - a * d)
    return complex(e, f)


def _unit(value: float) -> float:
    return math.copysign(1.0 if math.isinf(value) else 0.0, value)


def _divide_parts(n: complex, m: complex) -> tuple[float, float]:
    if abs(m.real) >= abs(m.imag):
        ratio = float_quotient(m.imag, m.real)
        denominator = m.real + ratio * m.imag
        return (
            float_quotient(n.real + n.imag * ratio, denominator),
            float_quotient(n.imag - n.real * ratio, denominator),
        )
    ratio = float_quotient(m.real, m.imag)
    denominator = m.imag + ratio * m.real
    return (
        float_quotient(n.real * ratio + n.imag, denominator),
        float_quotient(n.imag * ratio - n.real, denominator),
    )


def complex_product(x: complex, y: complex) -> complex:
    """`x * y`, part by part, as gc computes it."""
    return complex(x.real * y.real - x.imag * y.imag, x.real * y.imag + x.imag * y.real)


def float_to_int(value: float, bits: int, signed: bool) -> int:  # noqa: FBT001 - one of three numbers
    """`intN(value)`."""
    if bits == 64 and not signed:
        if not math.isfinite(value):
            return 1 << 63
        if value < 9223372036854775808.0:
            return _to_int64(value) & _U64
        return (_to_int64(value - 9223372036854775808.0) ^ 1 << 63) & _U64
    if bits == 64:
        return _to_int64(value)
    if bits == 32 and not signed:
        return _to_int64(value) & 0xFFFFFFFF
    low = _to_int32(value)
    return low if bits == 32 else wrap(low, bits, signed=signed)


def reinterpret(value: float, before: str, after: str) -> float:
    """The same bits as another number: `math.Float64bits` and the like."""
    number: float = struct.unpack("<" + after, struct.pack("<" + before, value))[0]
    return number


def _to_int64(value: float) -> int:
    if not math.isfinite(value):
        return _MIN64
    whole = int(value)
    return whole if _MIN64 <= whole < 1 << 63 else _MIN64


def _to_int32(value: float) -> int:
    if not math.isfinite(value):
        return _MIN32
    whole = int(value)
    return whole if _MIN32 <= whole < 1 << 31 else _MIN32


def minimum(*values: float) -> float:
    """`min` of floats: NaN wins, -0 is below 0."""
    least = values[0]
    for value in values:
        if value != value:
            return value
        if value < least or (value == least == 0 and math.copysign(1, value) < 0):
            least = value
    return least


def maximum(*values: float) -> float:
    """`max` of floats: NaN wins, 0 is above -0."""
    most = values[0]
    for value in values:
        if value != value:
            return value
        if value > most or (value == most == 0 and math.copysign(1, most) < 0):
            most = value
    return most
