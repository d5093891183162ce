"""How does the runtime print values? `print`, `println` and the value of a panic.

The shortest digits that read back as the same float come from Python's `repr`, which finds the
same ones as strconv. Source: runtime/print.go, error.go; strconv/ftoa.go (go1.27).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine.numbers import single

if TYPE_CHECKING:
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.values import Iface

ADDRESS = 0xC000000000
"""Where the simulated heap starts: a model."""
_G_THRESHOLD = 6
"""From this exponent on the shortest digits are written with one."""


def shortest_digits(value: float, bits: int) -> tuple[str, int]:
    """Return the shortest digits of a positive finite float, and its decimal exponent.

    The value is `0.DIGITS × 10**exponent`.
    """
    if value == 0:
        return "0", 1
    text = repr(value) if bits == 64 else _shortest_single(value)
    mantissa, _, exponent = text.partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return stripped.rstrip("0") or "0", point


def _shortest_single(value: float) -> str:
    for precision in range(9):
        text = f"{value:.{precision}e}"
        if single(float(text)) == value:
            return text
    return f"{value:.8e}"


def format_shortest(value: float, bits: int) -> str:
    """Write a float as strconv's `'g', -1` does."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    sign = "-" if math.copysign(1, value) < 0 else ""
    digits, point = shortest_digits(abs(value), bits)
    exponent = point - 1
    if value == 0:
        return sign + "0"
    if exponent < -4 or exponent >= _G_THRESHOLD:
        rest = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{rest}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def _complex(value: complex, bits: int) -> str:
    real = format_shortest(value.real, bits)
    imag = format_shortest(value.imag, bits)
    if imag[0] not in "+-":
        imag = "+" + imag
    return f"({real}{imag}i)"


Address = Callable[..., int]
"""Gives the number that stands for a value of a type (`run.Machine.address`)."""


def builtin(typ: RType, value: Any, address: Address) -> bytes:
    """Write one operand of `print`."""
    kind = typ.kind
    if typ.integer:
        return str(value).encode()
    match kind:
        case "string":
            return bytes(value)
        case "bool":
            return b"true" if value else b"false"
        case "float64" | "float32":
            return format_shortest(value, 64 if kind == "float64" else 32).encode()
        case "complex128" | "complex64":
            return _complex(value, 64 if kind == "complex128" else 32).encode()
        case "slice":
            return f"[{value.n}/{value.c}]{address(value, typ):#x}".encode()
        case "interface":
            if value is None:
                return b"(0x0,0x0)"
            data = address(value.v if value.t.direct else value)
            return f"({address(value.t):#x},{data:#x})".encode()
        case _:
            return f"{address(value, typ):#x}".encode()


def panic_value(panicked: Iface, address: Address) -> bytes:
    """Write the value of a panic that is neither error nor Stringer (`printpanicval`)."""
    typ, value = panicked.t, panicked.v
    kind = typ.kind
    if kind == "string":
        text = bytes(value).replace(b"\n", b"\n\t")
        return text if not typ.named_type else typ.name.encode() + b'("' + text + b'")'
    if typ.integer or kind in {"bool", "float32", "float64", "complex64", "complex128"}:
        text = builtin(typ, value, address)
        if not typ.named_type:
            return text
        if kind.startswith("complex"):
            return typ.name.encode() + text
        return typ.name.encode() + b"(" + text + b")"
    data = address(value if typ.direct else panicked)
    return b"(" + typ.name.encode() + f") {data:#x}".encode()
