"""What a constant expression is worth, exactly, as gc works it out.

A `Value` is a plain Python value: `bool`; `bytes` for a string; `int`; `Fraction` for a float
of ordinary size; `BigFloat` (512 bits, beyond that rounded) for one whose numerator or
denominator would pass 4096 bits; `Complex`; or `UNKNOWN` after an error. The operations are
total on operands of the kinds that the checker lets through, and raise ValueError otherwise.

Invariants:
  1. a `bool` is never used as an int; ask `kind` first, or match `bool()` before `int()`;
  2. results are those of gc bit for bit, also where it rounds;
  3. operators are given by their Go text, `"&^"`; `"/="` forces integer division, as in gc.

Not here: overflow of typed constants (the checker asks `representable`), shift counts out of
range, division by zero (the checker refuses them before).
Source: go/constant/value.go, cmd/compile/internal/types2/const.go, math/big/float.go, go1.27.
"""

from __future__ import annotations

import enum
import math
import unicodedata
from fractions import Fraction
from typing import Final, TypeAlias

from mkdocs_gomem.gotypes.types import IS_COMPLEX, IS_FLOAT, IS_INTEGER, Basic, BasicKind
from mkdocs_gomem.lean import dataclass, override

PRECISION: Final = 512
"""Bits of a `BigFloat`'s mantissa; also the widest untyped integer gc lets through."""
_SMALL: Final = 4 << 10
"""Numerators and denominators below so many bits are kept exact."""
_EXPONENT_MAX: Final = (1 << 31) - 1
"""Largest exponent of math/big's Float; beyond it a value is infinite, and so unknown."""
STRING_BYTES_MAX: Final = 16 << 20
"""Longer strings are not made; gc itself stops at 2,000,000,000 bytes."""
_STRING_MAX: Final = 72
"""A string's printed form is cut to so many characters."""


class Kind(enum.IntEnum):
    """What kind of value a constant has, by go/constant's numbers."""

    UNKNOWN = 0
    BOOL = 1
    STRING = 2
    INT = 3
    FLOAT = 4
    COMPLEX = 5


class Unknown:
    """The value of what could not be computed; taken by every operation without complaint."""

    __slots__ = ()

    @override
    def __repr__(self) -> str:
        return "unknown"


UNKNOWN: Final = Unknown()


class TooLong(Unknown):
    """The value of a concatenation that we do not make: a page could ask for gigabytes."""

    __slots__ = ("length",)

    def __init__(self, length: int) -> None:
        self.length = length
        """Bytes the string would have."""


@dataclass(frozen=True, slots=True)
class BigFloat:
    """`mantissa * 2**exponent`, with an odd mantissa of at most `PRECISION` bits, or zero."""

    mantissa: int
    exponent: int

    @property
    def magnitude(self) -> int:
        """The exponent if the mantissa is taken to be below 1 and at least a half."""
        return self.exponent + self.mantissa.bit_length() if self.mantissa else 0

    def fraction(self) -> Fraction:
        """Return the exact value; only for exponents of ordinary size."""
        if self.exponent >= 0:
            return Fraction(self.mantissa << self.exponent)
        return Fraction(self.mantissa, 1 << -self.exponent)


@dataclass(frozen=True, slots=True)
class Complex:
    """`re + im*i`; each part an int, `Fraction` or `BigFloat`."""

    re: Real
    im: Real


Real: TypeAlias = int | Fraction | BigFloat
Value: TypeAlias = bool | bytes | int | Fraction | BigFloat | Complex | Unknown

_ZERO_FLOAT = BigFloat(0, 0)


# Rounding.


def _round_bits(
    mantissa: int, exponent: int, bits: int, *, sticky: bool = False
) -> BigFloat | None:
    """Round to `bits` bits, to nearest even; None if the result is infinite.

    `sticky` says that the true value is a little further from zero than what is given.
    """
    if not mantissa:
        return _ZERO_FLOAT
    negative = mantissa < 0
    mantissa = abs(mantissa)
    if sticky:
        mantissa = mantissa << 1 | 1
        exponent -= 1
    excess = mantissa.bit_length() - bits
    if excess > 0:
        half = 1 << (excess - 1)
        rest = mantissa & ((1 << excess) - 1)
        mantissa >>= excess
        exponent += excess
        if rest > half or (rest == half and mantissa & 1):
            mantissa += 1
    zeros = (mantissa & -mantissa).bit_length() - 1
    mantissa >>= zeros
    exponent += zeros
    magnitude = exponent + mantissa.bit_length()
    if magnitude > _EXPONENT_MAX:
        return None
    if magnitude < -_EXPONENT_MAX - 1:
        return _ZERO_FLOAT
    return BigFloat(-mantissa if negative else mantissa, exponent)


def _divide(
    numerator: int, denominator: int, exponent: int, bits: int = PRECISION
) -> BigFloat | None:
    """Round `numerator / denominator * 2**exponent`."""
    if not numerator:
        return _ZERO_FLOAT
    shift = max(bits + 2 - numerator.bit_length() + denominator.bit_length(), 0)
    quotient, rest = divmod(abs(numerator) << shift, abs(denominator))
    if (numerator < 0) != (denominator < 0):
        quotient = -quotient
    return _round_bits(quotient, exponent - shift, bits, sticky=rest != 0)


def _float_of(value: Real) -> BigFloat:
    """Return a number as a `BigFloat`, rounded."""
    match value:
        case BigFloat():
            return value
        case Fraction():
            result = _divide(value.numerator, value.denominator, 0)
        case _:
            result = _round_bits(value, 0, PRECISION)
    return _ZERO_FLOAT if result is None else result


def _known(value: BigFloat | None) -> BigFloat | Unknown:
    return UNKNOWN if value is None else value


def _make_rat(value: Fraction) -> Fraction | BigFloat | Unknown:
    if value.numerator.bit_length() < _SMALL and value.denominator.bit_length() < _SMALL:
        return value
    return _known(_divide(value.numerator, value.denominator, 0))


def _round_ieee(value: Real, bits: int, exponent_min: int, exponent_max: int) -> float:
    """Round to a float of the machine, subnormals and infinities included."""
    if isinstance(value, BigFloat):
        if value.magnitude > exponent_max + 1:
            return math.copysign(math.inf, value.mantissa)
        if value.magnitude < exponent_min - bits:
            return 0.0
        value = value.fraction()
    if not value:
        return 0.0
    numerator, denominator = abs(value.numerator), value.denominator
    # 2**(magnitude-1) <= |value| < 2**(magnitude+1): cut at the first bit that does not fit.
    magnitude = numerator.bit_length() - denominator.bit_length()
    ulp = max(magnitude - bits, exponent_min - bits + 1)
    if ulp >= 0:
        quotient, rest = divmod(numerator, denominator << ulp)
        half = denominator << ulp
    else:
        quotient, rest = divmod(numerator << -ulp, denominator)
        half = denominator
    if quotient.bit_length() > bits:
        # One bit too many: drop it, keeping note of what was cut.
        rest += half * (quotient & 1)
        half *= 2
        quotient >>= 1
        ulp += 1
    if 2 * rest > half or (2 * rest == half and quotient & 1):
        quotient += 1
    if quotient.bit_length() + ulp > exponent_max + 1:
        return -math.inf if value < 0 else math.inf
    result = math.ldexp(quotient, ulp)
    return -result if value < 0 else result


def float32_val(value: Value) -> float:
    """Return a number rounded to float32, perhaps infinite (`Float32Val`)."""
    return _round_ieee(_real(value), 24, -126, 127)


def float64_val(value: Value) -> float:
    """Return a number rounded to float64, perhaps infinite (`Float64Val`)."""
    return _round_ieee(_real(value), 53, -1022, 1023)


def _real(value: Value) -> Real:
    match value:
        case bool():
            pass
        case int() | Fraction() | BigFloat():
            return value
        case Unknown():
            return 0
        case _:
            pass
    raise ValueError(f"{string(value)} not a Float")


# Making.


def kind(value: Value) -> Kind:
    """Return the kind of a value."""
    match value:
        case bool():
            return Kind.BOOL
        case int():
            return Kind.INT
        case bytes():
            return Kind.STRING
        case Fraction() | BigFloat():
            return Kind.FLOAT
        case Complex():
            return Kind.COMPLEX
        case _:
            return Kind.UNKNOWN


def make_unknown() -> Value:
    """Return the value of what could not be computed."""
    return UNKNOWN


def make_bool(value: bool) -> Value:  # noqa: FBT001
    """Return the constant."""
    return value


def make_int(value: int) -> Value:
    """Return the constant."""
    return value


def make_string(value: bytes) -> Value:
    """Return the constant."""
    return value


def make_float64(value: float) -> Value:
    """Return the constant that a float stands for, exactly; unknown if it is not finite."""
    if math.isinf(value) or math.isnan(value):
        return UNKNOWN
    return Fraction(value)


def make_imag(value: Value) -> Value:
    """Return a number times i."""
    if isinstance(value, Unknown):
        return value
    return Complex(0, _real(value))


def _make_complex(re: Value, im: Value) -> Value:
    if isinstance(re, Unknown) or isinstance(im, Unknown):
        return UNKNOWN
    return Complex(_real(re), _real(im))


def make_from_literal(text: str, lit_kind: str) -> Value:
    """Return what a literal means; unknown if it is malformed or infinite.

    `lit_kind` is syntax's word for its kind: int, float, imag, rune or string.
    """
    match lit_kind:
        case "int":
            return _parse_int(text)
        case "float":
            return _parse_float(text)
        case "imag":
            return make_imag(_parse_float(text.removesuffix("i")))
        case "rune":
            unquoted = _unquote_body(text[1:-1], "'")
            if unquoted is None or not isinstance(unquoted[0], int):
                return UNKNOWN
            return unquoted[0]
        case "string":
            content = unquote(text)
            return UNKNOWN if content is None else content
        case _:
            raise ValueError(f"{lit_kind} is not a kind of literal")


def _parse_int(text: str) -> Value:
    digits = text.replace("_", "").lower()
    try:
        if len(digits) > 1 and digits[0] == "0" and digits[1].isdigit():
            return int(digits, 8)
        if digits[:2] in {"0x", "0b", "0o"}:
            return int(digits, 0)
        return _decimal(digits)
    except ValueError:
        return UNKNOWN


def _decimal(digits: str) -> int:
    """Read decimal digits, also more than Python reads at once."""
    if len(digits) <= 4000:
        return int(digits)
    middle = len(digits) // 2
    right = digits[middle:]
    return _decimal(digits[:middle]) * int(10 ** len(right)) + _decimal(right)


def _parse_float(text: str) -> Value:
    text = text.replace("_", "").lower()
    base, mark = 10, "e"
    if text[:2] in {"0x", "0b", "0o"}:
        base = {"x": 16, "b": 2, "o": 8}[text[1]]
        mark = "p"
        text = text[2:]
    mantissa_text, marked, exponent_text = text.partition(mark)
    if marked and not exponent_text:
        return UNKNOWN
    whole, _, part = mantissa_text.partition(".")
    try:
        mantissa = _decimal(whole + part) if base == 10 else int(whole + part, base)
        exponent = int(exponent_text) if exponent_text else 0
    except ValueError:
        return UNKNOWN
    bits_per_digit = {2: 1, 8: 3, 16: 4}
    exponent5 = -len(part) if base == 10 else 0
    exponent2 = exponent5 if base == 10 else -len(part) * bits_per_digit[base]
    if mark == "e":
        exponent5 += exponent
    exponent2 += exponent
    if not mantissa:
        return Fraction(0)
    approximate = _scale(mantissa, exponent2, exponent5)
    if approximate is None:
        return UNKNOWN
    if -_SMALL < approximate.magnitude < _SMALL:
        if not approximate.mantissa:
            return Fraction(0)
        exact = Fraction(mantissa)
        exact *= Fraction(5) ** exponent5
        return exact * Fraction(2) ** exponent2
    return approximate


def _scale(mantissa: int, exponent2: int, exponent5: int) -> BigFloat | None:
    """Return `mantissa * 2**exponent2 * 5**exponent5` with the roundings of math/big."""
    magnitude = mantissa.bit_length() + exponent2
    if not -_EXPONENT_MAX - 1 <= magnitude <= _EXPONENT_MAX:
        return None
    if not exponent5:
        return _round_bits(mantissa, exponent2, PRECISION)
    power = _power_of_5(abs(exponent5), PRECISION + 64)
    if power is None:
        return None if exponent5 > 0 else _ZERO_FLOAT
    if exponent5 < 0:
        return _divide(mantissa, power.mantissa, exponent2 - power.exponent)
    return _round_bits(mantissa * power.mantissa, exponent2 + power.exponent, PRECISION)


def _power_of_5(count: int, bits: int) -> BigFloat | None:
    table_end = 27  # 5**27 is the largest power that fits 64 bits
    if count <= table_end:
        return _round_bits(5**count, 0, bits)
    result = _round_bits(5**table_end, 0, bits)
    factor = _round_bits(5, 0, bits + 64)
    count -= table_end
    while count and result is not None:
        if factor is None:
            return None
        if count & 1:
            product = result.mantissa * factor.mantissa
            result = _round_bits(product, result.exponent + factor.exponent, bits)
        factor = _round_bits(factor.mantissa**2, factor.exponent * 2, bits + 64)
        count >>= 1
    return result


_ESCAPES = {
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92, "'": 39, '"': 34,
}  # fmt: skip


def unquote(literal: str) -> bytes | None:
    """Return the bytes that a string literal stands for, or None if it is malformed."""
    if len(literal) < 2 or literal[0] != literal[-1]:
        return None
    quote, body = literal[0], literal[1:-1]
    if quote == "`":
        return None if "`" in body else body.replace("\r", "").encode("utf-8", "surrogatepass")
    if quote != '"' or "\n" in body:
        return None
    if "\\" not in body:
        return None if '"' in body else body.encode("utf-8", "surrogateescape")
    out = bytearray()
    while body:
        unquoted = _unquote_body(body, quote)
        if unquoted is None:
            return None
        code, is_byte, body = unquoted
        if is_byte:
            out.append(code)
        else:
            out += chr(code).encode("utf-8", "surrogateescape")
    return bytes(out)


def _unquote_body(body: str, quote: str) -> tuple[int, bool, str] | None:
    """Read one character or escape: its code, whether it is a byte, and what follows."""
    if not body or body[0] == quote:
        return None
    if body[0] != "\\":
        return ord(body[0]), False, body[1:]
    if len(body) < 2:
        return None
    char = body[1]
    if char in _ESCAPES:
        if char in "'\"" and char != quote:
            return None
        return _ESCAPES[char], False, body[2:]
    digits = {"x": 2, "u": 4, "U": 8}.get(char)
    try:
        if digits is not None:
            if len(body) < 2 + digits:
                return None
            code = int(body[2 : 2 + digits], 16)
            rest = body[2 + digits :]
            if char == "x":
                return code, True, rest
            surrogate = 0xD800 <= code < 0xE000
            return None if code > 0x10FFFF or surrogate else (code, False, rest)
        code = int(body[1:4], 8)
    except ValueError:
        return None
    return (code, True, body[4:]) if code < 256 and len(body) >= 4 else None


# Asking.


def bool_val(value: Value) -> bool:
    """Return a Bool's value; False for the unknown."""
    match value:
        case bool():
            return value
        case Unknown():
            return False
        case _:
            raise ValueError(f"{string(value)} not a Bool")


def string_val(value: Value) -> bytes:
    """Return a String's value; empty for the unknown."""
    match value:
        case bytes():
            return value
        case Unknown():
            return b""
        case _:
            raise ValueError(f"{string(value)} not a String")


def int64_val(value: Value) -> tuple[int, bool]:
    """Return an Int and whether it fits int64."""
    number = _int(value)
    return number, not isinstance(value, Unknown) and -1 << 63 <= number < 1 << 63


def uint64_val(value: Value) -> tuple[int, bool]:
    """Return an Int and whether it fits uint64."""
    number = _int(value)
    return number, not isinstance(value, Unknown) and 0 <= number < 1 << 64


def _int(value: Value) -> int:
    match value:
        case bool():
            pass
        case int():
            return value
        case Unknown():
            return 0
        case _:
            pass
    raise ValueError(f"{string(value)} not an Int")


def bit_len(value: Value) -> int:
    """Return how many bits the absolute value of an Int has."""
    return _int(value).bit_length()


def sign(value: Value) -> int:
    """Return -1, 0 or 1; for a complex number, 0 exactly if it is zero."""
    match value:
        case BigFloat():
            number: int | Fraction = value.mantissa
        case Complex():
            return sign(value.re) | sign(value.im)
        case Unknown():
            return 1  # so that dividing by it is no second error
        case _:
            number = _int(value) if not isinstance(value, Fraction) else value
    return (number > 0) - (number < 0)


def real(value: Value) -> Value:
    """Return the real part of a number."""
    return value.re if isinstance(value, Complex) else value


def imag(value: Value) -> Value:
    """Return the imaginary part of a number."""
    match value:
        case Complex():
            return value.im
        case Unknown():
            return value
        case _:
            return 0


def to_int(value: Value) -> Value:
    """Return a number as an Int if it is integral, else `UNKNOWN`."""
    match value:
        case bool():
            return UNKNOWN
        case int():
            return value
        case Fraction():
            if value.denominator == 1:
                return value.numerator
        case BigFloat():
            if -_SMALL < value.magnitude < _SMALL:
                return _integral(value)
        case Complex():
            number = to_float(value)
            if kind(number) is Kind.FLOAT:
                return to_int(number)
        case _:
            pass
    return UNKNOWN


def _integral(value: BigFloat) -> Value:
    if value.exponent >= 0:
        return value.mantissa << value.exponent
    # Forgive an error in the last 4 bits, as gc does: it may stem from 512-bit arithmetic.
    mantissa, exponent = abs(value.mantissa), value.exponent
    excess = mantissa.bit_length() - (PRECISION - 4)
    if excess > 0:
        for rounded in (mantissa >> excess, -(-mantissa >> excess)):
            scaled = Fraction(rounded) * Fraction(2) ** (exponent + excess)
            if scaled.denominator == 1:
                return scaled.numerator if value.mantissa > 0 else -scaled.numerator
    return UNKNOWN


def to_float(value: Value) -> Value:
    """Return a number as a Float if its imaginary part is zero, else `UNKNOWN`."""
    match value:
        case bool():
            return UNKNOWN
        case int():
            if value.bit_length() < _SMALL:
                return Fraction(value)
            return _known(_round_bits(value, 0, PRECISION))
        case Fraction() | BigFloat():
            return value
        case Complex():
            if not sign(value.im):
                return to_float(value.re)
        case _:
            pass
    return UNKNOWN


def to_complex(value: Value) -> Value:
    """Return a number as a Complex, anything else as `UNKNOWN`."""
    match value:
        case Complex():
            return value
        case bool():
            return UNKNOWN
        case int() | Fraction() | BigFloat():
            return Complex(value, 0)
        case _:
            return UNKNOWN


# Computing.


def unary_op(op: str, value: Value, precision: int = 0) -> Value:
    """Compute `+x`, `-x`, `^x` or `!x`; `precision` limits the bits of `^x` if unsigned."""
    match op, value:
        case _, Unknown():
            return value
        case "!", bool():
            return not value
        case _, bool():
            pass
        case "+", int() | Fraction() | BigFloat() | Complex():
            return value
        case "-", int() | Fraction():
            return -value
        case "-", BigFloat():
            return BigFloat(-value.mantissa, value.exponent)
        case "-", Complex():
            return _make_complex(unary_op("-", value.re), unary_op("-", value.im))
        case "^", int():
            return ~value & ((1 << precision) - 1) if precision > 0 else ~value
        case _:
            pass
    raise ValueError(f"invalid unary operation {op}{string(value)}")


def quotient(dividend: int, divisor: int) -> int:
    """Divide as Go does, cutting towards zero."""
    result = abs(dividend) // abs(divisor)
    return result if (dividend < 0) == (divisor < 0) else -result


def _rank(value: Value) -> int:
    match value:
        case bool() | bytes():
            return 1
        case int():
            return 2
        case Fraction():
            return 4
        case BigFloat():
            return 5
        case Complex():
            return 6
        case _:
            return 0


def _raise_to(value: Value, rank: int) -> Value:
    """Return a number in the form of the given rank."""
    match rank:
        case 0:
            return UNKNOWN
        case 4 if not isinstance(value, Fraction):
            return Fraction(_int(value))
        case 5:
            return _float_of(_real(value))
        case 6:
            return to_complex(value)
        case _:
            return value


def _match(left: Value, right: Value) -> tuple[Value, Value]:
    """Bring two values to the form of the one that says more."""
    rank_left, rank_right = _rank(left), _rank(right)
    if rank_left == rank_right:
        return left, right
    if not (rank_left and rank_right):
        return UNKNOWN, UNKNOWN
    rank = max(rank_left, rank_right)
    return _raise_to(left, rank), _raise_to(right, rank)


def binary_op(left: Value, op: str, right: Value) -> Value:
    """Compute a binary operation that is no comparison and no shift.

    `/` of two Ints is a Float; `/=` divides them as integers.
    """
    x, y = _match(left, right)
    match x, y:
        case Unknown(), _:
            return UNKNOWN
        case bool(), bool():
            if op == "&&":
                return x and y
            if op == "||":
                return x or y
        case int(), int():
            result = _int_op(x, op, y)
            if result is not None:
                return result
        case Fraction(), Fraction():
            match op:
                case "+":
                    return _make_rat(x + y)
                case "-":
                    return _make_rat(x - y)
                case "*":
                    return _make_rat(x * y)
                case "/":
                    return _make_rat(x / y)
                case _:
                    pass
        case BigFloat(), BigFloat():
            match op:
                case "+":
                    return _known(_add(x, y))
                case "-":
                    return _known(_add(x, BigFloat(-y.mantissa, y.exponent)))
                case "*":
                    exponent = x.exponent + y.exponent
                    return _known(_round_bits(x.mantissa * y.mantissa, exponent, PRECISION))
                case "/":
                    if not y.mantissa:
                        return UNKNOWN
                    return _known(_divide(x.mantissa, y.mantissa, x.exponent - y.exponent))
                case _:
                    pass
        case Complex(), Complex():
            return _complex_op(x, op, y)
        case bytes(), bytes():
            if op == "+":
                length = len(x) + len(y)
                return TooLong(length) if length > STRING_BYTES_MAX else x + y
        case _:
            pass
    raise ValueError(f"invalid binary operation {string(left)} {op} {string(right)}")


def _int_op(x: int, op: str, y: int) -> Value | None:
    match op:
        case "+":
            return x + y
        case "-":
            return x - y
        case "*":
            return x * y
        case "/":
            return _make_rat(Fraction(x, y))
        case "/=":
            if x == -1 << 63 and y == -1:
                return x  # gc divides as int64 here, which wraps around
            return quotient(x, y)
        case "%":
            return x - y * quotient(x, y)
        case "&":
            return x & y
        case "|":
            return x | y
        case "^":
            return x ^ y
        case "&^":
            return x & ~y
        case _:
            return None


def _add(x: BigFloat, y: BigFloat) -> BigFloat | None:
    if not x.mantissa:
        return y
    if not y.mantissa:
        return x
    if x.exponent < y.exponent:
        x, y = y, x
    distance = x.exponent - y.exponent
    if distance > 4 * PRECISION:
        # Too far apart to matter except for which side of x the sum is on.
        shifted = (x.mantissa << 2 * PRECISION) + (1 if y.mantissa > 0 else -1)
        return _round_bits(shifted, x.exponent - 2 * PRECISION, PRECISION)
    return _round_bits((x.mantissa << distance) + y.mantissa, y.exponent, PRECISION)


def _complex_op(x: Complex, op: str, y: Complex) -> Value:
    a, b, c, d = x.re, x.im, y.re, y.im
    match op:
        case "+" | "-":
            return _make_complex(binary_op(a, op, c), binary_op(b, op, d))
        case "*" | "/":
            ac, bd = binary_op(a, "*", c), binary_op(b, "*", d)
            bc, ad = binary_op(b, "*", c), binary_op(a, "*", d)
            if op == "*":
                return _make_complex(binary_op(ac, "-", bd), binary_op(bc, "+", ad))
            scale = binary_op(binary_op(c, "*", c), "+", binary_op(d, "*", d))
            re = binary_op(binary_op(ac, "+", bd), "/", scale)
            return _make_complex(re, binary_op(binary_op(bc, "-", ad), "/", scale))
        case _:
            raise ValueError(f"invalid binary operation {string(x)} {op} {string(y)}")


def shift(value: Value, op: str, count: int) -> Value:
    """Compute `x << count` or `x >> count` of an Int."""
    if isinstance(value, Unknown):
        return value
    number = _int(value)
    match op:
        case "<<":
            return number << count
        case ">>":
            return number >> count
        case _:
            raise ValueError(f"invalid shift {number} {op} {count}")


def compare(left: Value, op: str, right: Value) -> bool:
    """Compute a comparison; False if an operand is unknown."""
    x, y = _match(left, right)
    match x, y:
        case Unknown(), _:
            return False
        case bool(), bool():
            order = int(x is not y)  # only == and != get here
        case BigFloat(), BigFloat():
            difference = _add(x, BigFloat(-y.mantissa, y.exponent))
            order = 1 if difference is None else difference.mantissa
        case Complex(), Complex():
            same = compare(x.re, "==", y.re) and compare(x.im, "==", y.im)
            order = int(not same)
        case (int(), int()) | (Fraction(), Fraction()) | (bytes(), bytes()):
            order = (x > y) - (x < y)  # type: ignore[operator]  # both of one form
        case _:
            raise ValueError(f"invalid comparison {string(left)} {op} {string(right)}")
    match op:
        case "==":
            return order == 0
        case "!=":
            return order != 0
        case "<":
            return order < 0
        case "<=":
            return order <= 0
        case ">":
            return order > 0
        case ">=":
            return order >= 0
        case _:
            raise ValueError(f"invalid comparison {string(left)} {op} {string(right)}")


_BITS: Final[dict[BasicKind, int]] = {
    BasicKind.INT: 64, BasicKind.INT8: 8, BasicKind.INT16: 16, BasicKind.INT32: 32,
    BasicKind.INT64: 64, BasicKind.UINT: 64, BasicKind.UINT8: 8, BasicKind.UINT16: 16,
    BasicKind.UINT32: 32, BasicKind.UINT64: 64, BasicKind.UINTPTR: 64,
}  # fmt: skip


def representable(value: Value, basic: Basic) -> Value | None:
    """Return a value as a basic type has it, rounded, or None if the type can't have it.

    An unknown value is returned as it is: what made it so was reported.
    """
    if isinstance(value, Unknown):
        return value
    info = basic.info
    if info & IS_INTEGER:
        number = to_int(value)
        if isinstance(number, Unknown):
            return None
        integer = _int(number)
        bits = _BITS.get(basic.kind)
        if bits is None:
            # gc's UntypedRune never gets here with a value: it is never a target.
            return integer
        if BasicKind.UINT <= basic.kind <= BasicKind.UINTPTR:
            return integer if 0 <= integer < 1 << bits else None
        return integer if -1 << bits - 1 <= integer < 1 << bits - 1 else None
    if info & IS_FLOAT:
        number = to_float(value)
        if isinstance(number, Unknown):
            return None
        if basic.kind is BasicKind.UNTYPED_FLOAT:
            return value
        return _rounded(number, single=basic.kind is BasicKind.FLOAT32)
    if info & IS_COMPLEX:
        number = to_complex(value)
        if not isinstance(number, Complex):
            return None
        if basic.kind is BasicKind.UNTYPED_COMPLEX:
            return value
        single = basic.kind is BasicKind.COMPLEX64
        re, im = _rounded(number.re, single=single), _rounded(number.im, single=single)
        if re is None or im is None:
            return None
        return binary_op(re, "+", make_imag(im))
    if basic.kind in {BasicKind.STRING, BasicKind.UNTYPED_STRING}:
        return value if isinstance(value, bytes) else None
    if basic.kind in {BasicKind.BOOL, BasicKind.UNTYPED_BOOL}:
        return value if isinstance(value, bool) else None
    return None


def _rounded(value: Value, *, single: bool) -> Value | None:
    number = float32_val(value) if single else float64_val(value)
    return None if math.isinf(number) else make_float64(number)


# Printing.


def string(value: Value) -> str:
    """Write a value as gc's messages do: short, floats to six digits (`Value.String`)."""
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return int_string(value)
        case bytes():
            return _short(quote(value))
        case Fraction() | BigFloat():
            return _float_string(_float_of(value))
        case Complex():
            return f"({string(value.re)} + {string(value.im)}i)"
        case _:
            return "unknown"


def exact_string(value: Value) -> str:
    """Write a value with nothing left out (`Value.ExactString`)."""
    match value:
        case bool() | Unknown():
            return string(value)
        case int():
            return int_string(value)
        case bytes():
            return quote(value)
        case Fraction():
            numerator = int_string(value.numerator)
            if value.denominator == 1:
                return numerator
            return f"{numerator}/{int_string(value.denominator)}"
        case BigFloat():
            return _hex_string(value)
        case Complex():
            return f"({exact_string(value.re)} + {exact_string(value.im)}i)"


def int_string(value: int) -> str:
    """Write an integer, also one of more digits than Python writes at once."""
    if value.bit_length() < 10_000:
        return str(value)
    if value < 0:
        return "-" + int_string(-value)
    half = int(value.bit_length() * math.log10(2)) // 2
    left, right = divmod(value, 10**half)
    return int_string(left) + int_string(right).rjust(half, "0")


def _short(text: str) -> str:
    return text[: _STRING_MAX - 3] + "..." if len(text) > _STRING_MAX else text


def _float_string(value: BigFloat) -> str:
    number = float64_val(value)
    if not math.isinf(number) and (number == 0) == (not value.mantissa):
        text = format(number, ".6g")
        if value.exponent < 0 and "." not in text:
            text = shortest(number)
        return text
    # Too large or too small for a float64: scale by hand, as gc does.
    mantissa = float64_val(BigFloat(value.mantissa, -value.mantissa.bit_length()))
    digits = float(value.magnitude) * (math.log(2) / math.log(10))
    exponent = int(digits)
    mantissa *= math.pow(10, digits - exponent)
    if abs(mantissa) < 1 - 0.5e-6:
        mantissa *= 10
        exponent -= 1
    elif abs(mantissa) >= 10:
        mantissa /= 10
        exponent += 1
    return f"{mantissa:.6g}e{exponent:+d}"


def shortest(number: float) -> str:
    """Write a float64 with as few digits as tell it apart (`%g`)."""
    sign_text = "-" if math.copysign(1, number) < 0 else ""
    mantissa, _, exponent_text = repr(abs(number)).partition("e")
    whole, _, part = mantissa.partition(".")
    part = "" if part == "0" else part
    exponent = int(exponent_text or 0) + len(whole) - 1
    if whole == "0":
        digits = part.lstrip("0")
        exponent -= len(part) - len(digits) + 1
    else:
        digits = (whole + part).rstrip("0")
    if not digits:
        return sign_text + "0"
    if exponent < -4 or exponent >= 6:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign_text}{digits[0]}{tail}e{exponent:+03d}"
    if exponent < 0:
        return f"{sign_text}0.{'0' * (-exponent - 1)}{digits}"
    if len(digits) <= exponent + 1:
        return sign_text + digits.ljust(exponent + 1, "0")
    return f"{sign_text}{digits[: exponent + 1]}.{digits[exponent + 1 :]}"


def _hex_string(value: BigFloat) -> str:
    """Write `0x.mantissap±exponent`, math/big's format 'p'."""
    if not value.mantissa:
        return "0"
    digits = abs(value.mantissa)
    digits <<= -digits.bit_length() % 4
    text = f"{digits:x}".rstrip("0")
    return f"{'-' if value.mantissa < 0 else ''}0x.{text}p{value.magnitude:+d}"


_QUOTED: Final = {
    7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\",
}  # fmt: skip


def quote(value: bytes, mark: str = '"') -> str:
    """Write bytes as a Go string literal (`strconv.Quote`)."""
    return mark + "".join(quote_rune_body(char, mark) for char in _runes(value)) + mark


def _runes(value: bytes) -> str:
    """Decode UTF-8; a byte that is none of it becomes a lone surrogate U+DC80..U+DCFF."""
    return value.decode("utf-8", "surrogateescape")


def quote_rune_body(char: str, mark: str) -> str:
    """Write one character as it stands inside quotes of the given mark."""
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char == mark:
        return "\\" + char
    if code in _QUOTED:
        return _QUOTED[code]
    if is_print(char):
        return char
    if code < 0x20 or code == 0x7F:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def is_print(char: str) -> bool:
    """Report whether Go prints a character as it is (`strconv.IsPrint`)."""
    if " " <= char <= "~":
        return True
    return unicodedata.category(char)[0] in "LMNPS"


def quote_rune(code: int) -> str:
    """Write a character as a Go rune literal (`%q` of a rune)."""
    if code > 0x10FFFF or code < 0 or 0xD800 <= code < 0xE000:
        code = 0xFFFD
    return "'" + quote_rune_body(chr(code), "'") + "'"
