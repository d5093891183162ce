"""Package math: what Go computes in assembly on amd64, step by step the same.

`Sqrt`, `Floor`, `Ceil` and `Trunc` are exact anywhere. `Exp`, `Log` and `Hypot` round at every
step, so the steps are those of exp_amd64.s, log_amd64.s and hypot_amd64.s (go1.27). `Exp` uses
fused multiply-adds where the processor has them, as all since 2013 do: the sum of an exact
product is rounded once. All else in package math is Go code and runs as it is.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_NAN: Final[float] = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
_NO_ROOT: Final[float] = struct.unpack("<d", struct.pack("<Q", 0xFFF8000000000000))[0]
"""What the processor gives for a root of less than zero."""
_BIG: Final = 4503599627370496.0
"""From here on every float is an integer."""
_OVERFLOW: Final = 7.09782712893384e02
_LOG2E: Final = 1.4426950408889634073599246810018920
_LN2_UPPER: Final = 0.69314718055966295651160180568695068359375
_LN2_LOWER: Final = 0.28235290563031577122588448175013436025525412068e-12
_TAYLOR: Final = (
    1.9841269841269841270e-4, 1.3888888888888888889e-3, 8.3333333333333333333e-3,
    4.1666666666666666667e-2, 1.6666666666666666667e-1, 0.5, 1.0,
)  # fmt: skip
_TAYLOR_LAST: Final = 2.4801587301587301587e-5
_HALF_SQRT2: Final = 7.07106781186547524401e-01
_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10
_L1, _L2, _L3, _L4, _L5, _L6, _L7 = (
    6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01,
    2.222219843214978396e-01, 1.818357216161805012e-01, 1.531383769920937332e-01,
    1.479819860511658591e-01,
)  # fmt: skip


def _sqrt(_m: Machine, x: float) -> float:
    return math.sqrt(x) if x >= 0 else x if x != x else _NO_ROOT


def _floor(_m: Machine, x: float) -> float:
    return x if x != x or abs(x) >= _BIG or x == 0 else float(math.floor(x))


def _ceil(_m: Machine, x: float) -> float:
    return x if x != x or abs(x) >= _BIG else math.copysign(math.ceil(x), x)


def _trunc(_m: Machine, x: float) -> float:
    return x if x != x or abs(x) >= _BIG else math.copysign(math.trunc(x), x)


def _fused(x: float, y: float, z: float) -> float:
    """`x*y + z`, rounded once."""
    if not (math.isfinite(x) and math.isfinite(y)):
        return x * y + z
    if not math.isfinite(z):
        return z  # though x*y may overflow the other way
    exact = Fraction(x) * Fraction(y) + Fraction(z)
    if exact == 0:
        return x * y + z
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


def _fma(_m: Machine, x: float, y: float, z: float) -> float:
    return _fused(x, y, z)


def _exp(_m: Machine, x: float) -> float:
    if not math.isfinite(x):
        return 0.0 if x < 0 else x
    if x > _OVERFLOW:
        return math.inf
    if x < -800:
        return 0.0
    exponent = round(x * _LOG2E)
    scale = float(exponent)
    rest = _fused(-scale, _LN2_UPPER, x)
    rest = _fused(-scale, _LN2_LOWER, rest) * 0.0625
    series = _TAYLOR_LAST
    for term in _TAYLOR:
        series = _fused(series, rest, term)
    rest *= series
    for _ in range(3):
        rest *= rest + 2.0
    rest = _fused(rest, rest + 2.0, 1.0)
    biased = exponent + 0x3FF
    if biased <= 0:
        if biased < -52:
            return 0.0
        return rest * math.ldexp(1.0, biased + 0x3FE - 0x3FF) * math.ldexp(1.0, 1 - 0x3FF)
    if biased >= 0x7FF:
        return math.inf
    return rest * math.ldexp(1.0, exponent)


def _log(_m: Machine, x: float) -> float:
    if x == 0:
        return -math.inf
    if x < 0:
        return _NAN
    if not math.isfinite(x):
        return x
    # The bits are taken apart as the assembly does it: denormals are not made normal.
    bits: int = struct.unpack("<Q", struct.pack("<d", x))[0]
    part: float = struct.unpack("<d", struct.pack("<Q", bits & (1 << 52) - 1 | 0x3FE << 52))[0]
    k = float((bits >> 52) - 0x3FE)
    if part < _HALF_SQRT2:
        k -= 1
        part *= 2
    f = part - 1
    s = f / (2 + f)
    s2 = s * s
    s4 = s2 * s2
    t1 = s2 * (_L1 + s4 * (_L3 + s4 * (_L5 + s4 * _L7)))
    t2 = s4 * (_L2 + s4 * (_L4 + s4 * _L6))
    half = 0.5 * f * f
    return k * _LN2_HIGH - ((half - (s * (half + (t1 + t2)) + k * _LN2_LOW)) - f)


def _hypot(_m: Machine, p: float, q: float) -> float:
    p, q = abs(p), abs(q)
    if math.isinf(p) or math.isinf(q):
        return math.inf
    if p != p or q != q:
        return _NAN
    if p == q == 0:
        return 0.0
    ratio = min(p, q) / max(p, q)
    return max(p, q) * math.sqrt(1.0 + ratio * ratio)


def _max(_m: Machine, x: float, y: float) -> float:
    if math.inf in (x, y):
        return math.inf
    if x != x or y != y:
        return _NAN
    if x == y == 0:
        return y if math.copysign(1, x) < 0 else x
    return max(x, y)


def _min(_m: Machine, x: float, y: float) -> float:
    if -math.inf in (x, y):
        return -math.inf
    if x != x or y != y:
        return _NAN
    if x == y == 0:
        return x if math.copysign(1, x) < 0 else y
    return min(x, y)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "math.sqrt": _sqrt,
    "math.Sqrt": _sqrt,
    "math.FMA": _fma,
    "math.archFloor": _floor,
    "math.archCeil": _ceil,
    "math.archTrunc": _trunc,
    "math.archExp": _exp,
    "math.archLog": _log,
    "math.archHypot": _hypot,
    "math.archMax": _max,
    "math.archMin": _min,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
