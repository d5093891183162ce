"""Package strconv: numbers and quoted strings as Go writes them, for fmt and for programs.

Digits come from Python, which like Go rounds exactly and finds the shortest digits that read back
as the same float; their layout is Go's. Sources: internal/strconv/ftoa.go, strconv/quote.go
(go1.27). These natives log nothing of what they allocate: where that is counted, Go's text runs.
`Itoa`, `Atoi`, `ParseFloat`, `Quote` and the rest are Go code and run as they are.
"""

from __future__ import annotations

import functools
import math
import re
import struct
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics, printing
from mkdocs_gomem.machine.heap import grown_capacity
from mkdocs_gomem.machine.numbers import single
from mkdocs_gomem.machine.values import Slice
from mkdocs_gomem.std import pack

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_SHORTEST_FROM: Final = 6
"""`%g` with the shortest digits takes an exponent from here on."""
_HEX_DIGITS: Final = 15
"""Hexadecimal digits of a fraction that can be asked for before all are there."""
_TOP: Final = 1 << 60

_CALL: Final = 10
"""Steps that a call counts for."""


def format_float(value: float, verb: str, precision: int, bits: int) -> str:
    """Write a float: verb one of `b e E f g G x X`, precision -1 for the shortest digits."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if math.copysign(1, value) < 0 else ""
    value = abs(value)
    if verb == "b":
        return sign + _binary(value, bits)
    if verb in "xX":
        return sign + _hexadecimal(value, verb, precision, bits)
    shortest = precision < 0
    if shortest:
        digits, point = printing.shortest_digits(value, bits)
        if value == 0:
            digits, point = "", 0
        precision = {"e": len(digits) - 1, "f": len(digits) - point}.get(verb.lower(), len(digits))
        precision = max(precision, 0)
    elif verb == "f":
        return f"{sign}{value:.{precision}f}"
    elif verb in "eE":
        return sign + _layout_e(*_digits(value, precision + 1), precision, verb)
    elif verb in "gG":
        precision = precision or 1
        digits, point = _digits(value, precision)
    else:
        return f"%{verb}"
    if verb in "eE":
        return sign + _layout_e(digits, point, precision, verb)
    if verb == "f":
        return sign + _layout_f(digits, point, precision)
    limit = _SHORTEST_FROM if shortest else precision
    if not shortest and limit > len(digits) >= point:
        limit = len(digits)
    if point - 1 < -4 or point - 1 >= limit:
        mark = "e" if verb == "g" else "E"
        return sign + _layout_e(digits, point, min(precision, len(digits)) - 1, mark)
    return sign + _layout_f(digits, point, max(len(digits) - point, 0))


def _digits(value: float, count: int) -> tuple[str, int]:
    """Round to so many digits; return them without zeros at the end, and where the point is."""
    if value == 0:
        return "", 0
    mantissa, _, exponent = f"{value:.{count - 1}e}".partition("e")
    return mantissa.replace(".", "").rstrip("0"), int(exponent) + 1


def _layout_e(digits: str, point: int, precision: int, mark: str) -> str:
    first = digits[:1] or "0"
    rest = "." + digits[1 : precision + 1].ljust(precision, "0") if precision > 0 else ""
    exponent = point - 1 if digits else 0
    return f"{first}{rest}{mark}{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _layout_f(digits: str, point: int, precision: int) -> str:
    whole = digits[:point].ljust(point, "0") if point > 0 else "0"
    if precision <= 0:
        return whole
    after = "0" * -point + digits if point < 0 else digits[point:]
    return f"{whole}.{after[:precision].ljust(precision, '0')}"


def _parts(value: float, bits: int) -> tuple[int, int, int]:
    """Return mantissa, exponent of its last bit, and the mantissa's size in bits."""
    narrow = bits == 32
    raw: int = struct.unpack(
        "<I" if narrow else "<Q", struct.pack("<f" if narrow else "<d", value)
    )[0]
    size, bias = (23, -127) if narrow else (52, -1023)
    mantissa, exponent = raw & (1 << size) - 1, raw >> size
    if exponent == 0:
        exponent = 1
    else:
        mantissa |= 1 << size
    return mantissa, exponent + bias, size


def _binary(value: float, bits: int) -> str:
    mantissa, exponent, size = _parts(value, bits)
    exponent -= size
    return f"{mantissa}p{'+' if exponent >= 0 else ''}{exponent}"


def _hexadecimal(value: float, verb: str, precision: int, bits: int) -> str:
    mantissa, exponent, size = _parts(value, bits)
    if mantissa == 0:
        exponent = 0
    mantissa <<= 60 - size
    while mantissa and not mantissa & _TOP:
        mantissa <<= 1
        exponent -= 1
    if 0 <= precision < _HEX_DIGITS:
        shift = precision * 4
        extra = mantissa << shift & _TOP - 1
        mantissa >>= 60 - shift
        if extra | (mantissa & 1) > _TOP >> 1:
            mantissa += 1
        mantissa <<= 60 - shift
        if mantissa & _TOP << 1:
            mantissa >>= 1
            exponent += 1
    fraction = f"{mantissa & _TOP - 1:015x}"
    fraction = fraction.rstrip("0") if precision < 0 else fraction.ljust(precision, "0")[:precision]
    text = f"0x{mantissa >> 60 & 1}{'.' if fraction else ''}{fraction}"
    text += f"p{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    return text.upper() if verb == "X" else text


# Quoting.

_TABLE = re.compile(rb"0x[0-9a-fA-F]+")


@functools.cache
def _table(name: str) -> tuple[int, ...]:
    package = pack.open_package("strconv")
    found = package.lookup(name) if package is not None else ()
    if package is None or not found:
        raise pack.PackMissing(f"strconv.{name} is not in the pack")
    return tuple(int(word, 16) for word in _TABLE.findall(package.text_of(found[0])))


def is_print(rune: int) -> bool:
    """`strconv.IsPrint`, by its tables: ranges, and the runes in them that are not."""
    if rune <= 0xFF:
        return 0x20 <= rune < 0x7F or (rune >= 0xA1 and rune != 0xAD)
    small = rune < 1 << 16
    ranges = _table("isPrint16" if small else "isPrint32")
    at = bisect_left(ranges, rune)
    if at >= len(ranges) or rune < ranges[at & ~1] or ranges[at | 1] < rune:
        return False
    if not small and rune >= 0x20000:
        return True
    without = _table("isNotPrint16" if small else "isNotPrint32")
    wanted = rune if small else rune - 0x10000
    return bisect_right(without, wanted) == bisect_left(without, wanted)


def decode(text: bytes, place: int) -> tuple[int, int]:
    """Read a rune; return it and its width; (-1, 1) for a byte that is no UTF-8."""
    first = text[place]
    if first < 0x80:
        return first, 1
    width = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
    try:
        return ord(text[place : place + width].decode()), width
    except (UnicodeDecodeError, TypeError):
        return -1, 1


_ESCAPES: Final = {
    7: "\\a", 8: "\\b", 12: "\\f", 10: "\\n", 13: "\\r", 9: "\\t", 11: "\\v", 92: "\\\\",
}  # fmt: skip
_RUNE_ERROR: Final = 0xFFFD


def quote(text: bytes, mark: str = '"', *, ascii_only: bool = False) -> bytes:
    """Write a string as `strconv.Quote` does."""
    out = [mark]
    place = 0
    while place < len(text):
        rune, width = decode(text, place)
        if rune < 0:
            out.append(f"\\x{text[place]:02x}")
        else:
            out.append(_escape(rune, mark, ascii_only=ascii_only))
        place += width
    out.append(mark)
    return "".join(out).encode()


def quote_rune(rune: int, *, ascii_only: bool = False) -> bytes:
    """Write a rune as `strconv.QuoteRune` does."""
    if rune > 0x10FFFF or 0xD800 <= rune < 0xE000 or rune < 0:
        rune = _RUNE_ERROR
    return f"'{_escape(rune, chr(39), ascii_only=ascii_only)}'".encode()


def _escape(rune: int, mark: str, *, ascii_only: bool) -> str:
    char = chr(rune)
    if char == mark:
        return "\\" + char
    known = _ESCAPES.get(rune)
    if known is not None:
        return known
    if is_print(rune) and not (ascii_only and rune >= 0x80):
        return char
    if rune < 0x20 or rune == 0x7F:
        return f"\\x{rune:02x}"
    return f"\\u{rune:04x}" if rune < 0x10000 else f"\\U{rune:08x}"


def can_backquote(text: bytes) -> bool:
    """`strconv.CanBackquote`"""
    place = 0
    while place < len(text):
        rune, width = decode(text, place)
        place += width
        if width > 1:
            if rune == 0xFEFF:
                return False
        elif rune < 0 or (rune < 0x20 and rune != 9) or rune in {0x60, 0x7F}:
            return False
    return True


# Natives.


def append_bytes(m: Machine, s: Slice, text: bytes) -> Slice:
    """Append to a slice of bytes inside std, where nothing is counted."""
    length = s.n + len(text)
    if length <= s.c:
        if text:
            s.a[s.o + s.n : s.o + length] = text
        return Slice(s.a, s.o, length, s.c)
    capacity = grown_capacity(length, s.c, 1, noscan=True)
    m.charge_bytes(capacity)
    array = bytearray(s.elements())
    array += text
    array += bytes(capacity - length)
    return Slice(array, 0, length, capacity)


def _format_float(
    m: Machine, value: float, verb: int, precision: int, bits: int, asked: str = "FormatFloat"
) -> bytes:
    if bits not in (32, 64):
        panics.text_panic(m.types, f"strconv: illegal {asked} bitSize")
    if bits == 32:
        value = single(value)
    m.charge(_CALL)
    if precision > 0:
        m.charge_bytes(precision)
    return format_float(value, chr(verb), precision, bits).encode()


def _append_float(
    m: Machine, target: Slice, value: float, verb: int, precision: int, bits: int
) -> Slice:
    text = _format_float(m, value, verb, precision, bits, "AppendFloat")
    return append_bytes(m, target, text)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "internal/strconv.FormatFloat": _format_float,
    "internal/strconv.AppendFloat": _append_float,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
