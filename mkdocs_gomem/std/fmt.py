"""Package fmt: printing of any value, as fmt/print.go and fmt/format.go do it (go1.27).

Operands come as interfaces; what they print as follows from their run-time types. Methods
`Error`, `String`, `GoString` and `Format` of the program are called as fmt calls them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics, printing
from mkdocs_gomem.machine.panics import Panic, RuntimeError_
from mkdocs_gomem.machine.rtypes import native_type
from mkdocs_gomem.machine.slices import encode_rune
from mkdocs_gomem.machine.values import Iface, Ref, Slice
from mkdocs_gomem.std.os import File

if TYPE_CHECKING:
    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType

_NIL_ANGLE = b"<nil>"
_MAX_NESTING = 200


class Spec:
    """Flags of one verb."""

    __slots__ = ("minus", "plus", "plus_v", "precision", "sharp", "sharp_v", "space", "verb", "width", "zero")

    def __init__(self, verb: str = "v") -> None:
        self.verb = verb
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.sharp_v = False
        """`%#v`"""
        self.plus_v = False
        """`%+v`"""
        self.width: int | None = None
        self.precision: int | None = None


def _pad(spec: Spec, text: bytes) -> bytes:
    width = spec.width
    if width is None:
        return text
    length = len(text.decode("utf-8", "replace"))
    if length >= width:
        return text
    fill = b" " * (width - length)
    if spec.minus:
        return text + fill
    return (b"0" * (width - length) if spec.zero else fill) + text


def _integer(spec: Spec, value: int, base: int, prefix: str, *, upper: bool = False) -> bytes:
    negative = value < 0
    digits = _to_base(abs(value), base)
    if upper:
        digits = digits.upper()
    if spec.precision is not None:
        if spec.precision == 0 and value == 0:
            return _pad_plain(spec, b"")
        digits = digits.rjust(spec.precision, "0")
    elif spec.zero and not spec.minus and spec.width is not None:
        room = spec.width - (1 if negative or spec.plus or spec.space else 0)
        digits = digits.rjust(room, "0")
    if spec.sharp:
        digits = prefix + digits
    sign = "-" if negative else "+" if spec.plus else " " if spec.space else ""
    return _pad_plain(spec, (sign + digits).encode())


def _pad_plain(spec: Spec, text: bytes) -> bytes:
    zero, spec.zero = spec.zero, False
    padded = _pad(spec, text)
    spec.zero = zero
    return padded


def _to_base(value: int, base: int) -> str:
    match base:
        case 10:
            return str(value)
        case 16:
            return f"{value:x}"
        case 8:
            return f"{value:o}"
        case _:
            return f"{value:b}"


def _format_float(value: float, bits: int, verb: str, precision: int | None) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if precision is None:
        if verb == "g":
            return printing.format_shortest(value, bits)
        if verb == "e":
            return _exponent_shortest(value, bits)
        precision = 6
    if verb == "g":
        text = f"{value:.{precision or 1}g}" if precision else f"{value:.1g}"
        return _fix_exponent(text)
    return _fix_exponent(f"{value:.{precision}{verb}}")


def _exponent_shortest(value: float, bits: int) -> str:
    digits, point = printing.shortest_digits(abs(value), bits)
    sign = "-" if math.copysign(1, value) < 0 else ""
    exponent = point - 1 if value else 0
    rest = "." + digits[1:] if len(digits) > 1 else ""
    return f"{sign}{digits[0]}{rest}e{'-' if exponent < 0 else '+'}{abs(exponent):02d}"


def _fix_exponent(text: str) -> str:
    return text


def _float(spec: Spec, value: float, bits: int, verb: str, precision: int | None) -> bytes:
    if spec.precision is not None:
        precision = spec.precision
    text = _format_float(value, bits, verb.lower(), precision)
    if verb.isupper():
        text = text.upper().replace("INF", "Inf").replace("NAN", "NaN")
    if spec.sharp and verb != "b" and not spec.sharp_v and "Inf" not in text and "." not in text:
        head, mark, tail = text.partition("e")
        text = f"{head}.{mark}{tail}"
    if spec.plus or text[0] == "+":
        text = text if text[0] in "+-" else "+" + text
        if not spec.plus and text[0] == "+" and not text.startswith("+Inf"):
            text = text[1:]
        if not spec.plus and text.startswith("+Inf"):
            text = "+Inf"
    elif spec.space and text[0] not in "+-":
        text = " " + text
    if spec.zero and not spec.minus and spec.width is not None and text[-1].isdigit():
        sign = text[0] if text[0] in "+- " else ""
        return (sign + text[len(sign) :].rjust(spec.width - len(sign), "0")).encode()
    return _pad_plain(spec, text.encode())


def quote(text: bytes, mark: str = '"', *, ascii_only: bool = False) -> bytes:
    """Write a string as `strconv.Quote` does."""
    out = [mark]
    place = 0
    while place < len(text):
        first = text[place]
        width = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4  # noqa: PLR2004
        try:
            char = text[place : place + width].decode()
        except UnicodeDecodeError:
            out.append(f"\\x{first:02x}")
            place += 1
            continue
        place += width
        out.append(_escape(char, mark, ascii_only=ascii_only))
    out.append(mark)
    return "".join(out).encode()


_ESCAPES = {"\a": "\\a", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t",
            "\v": "\\v", "\\": "\\\\"}  # fmt: skip


def _escape(char: str, mark: str, *, ascii_only: bool) -> str:
    if char == mark:
        return "\\" + char
    known = _ESCAPES.get(char)
    if known is not None:
        return known
    code = ord(char)
    if char.isascii():
        return char if char.isprintable() else f"\\x{code:02x}"
    if char.isprintable() and not ascii_only:
        return char
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"  # noqa: PLR2004


class Printer:
    """Writes operands by verbs."""

    __slots__ = ("machine", "out", "wrapped")

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.out: list[bytes] = []
        self.wrapped: list[Iface] = []
        """Operands of `%w`."""

    # Whole calls.

    def line(self, operands: Slice) -> bytes:
        """`Sprintln`"""
        spec = Spec()
        for number, operand in enumerate(operands.elements()):
            if number:
                self.out.append(b" ")
            self.operand(spec, operand)
        self.out.append(b"\n")
        return b"".join(self.out)

    def text(self, operands: Slice) -> bytes:
        """`Sprint`: spaces only between operands neither of which is a string."""
        spec = Spec()
        before_string = False
        for number, operand in enumerate(operands.elements()):
            is_string = operand is not None and operand.t.kind == "string"
            if number and not is_string and not before_string:
                self.out.append(b" ")
            self.operand(spec, operand)
            before_string = is_string
        return b"".join(self.out)

    def format(self, template: bytes, operands: Slice) -> bytes:  # noqa: C901, PLR0912 - one scan
        """`Sprintf`"""
        values = list(operands.elements())
        used = 0
        reordered = False
        place, end = 0, len(template)
        while place < end:
            stop = template.find(b"%", place)
            if stop < 0:
                self.out.append(template[place:])
                break
            self.out.append(template[place:stop])
            place = stop + 1
            spec = Spec()
            while place < end and template[place] in b"+-# 0":
                match chr(template[place]):
                    case "+":
                        spec.plus = True
                    case "-":
                        spec.minus = True
                        spec.zero = False
                    case "#":
                        spec.sharp = True
                    case " ":
                        spec.space = True
                    case _:
                        spec.zero = not spec.minus
                place += 1
            place, used, reordered, bad_index = _index(template, place, used, len(values), reordered)
            if place < end and template[place] == ord("*"):
                place += 1
                width, used = self._star(values, used, b"%!(BADWIDTH)")
                if width is not None:
                    if width < 0:
                        spec.minus, spec.zero, width = True, False, -width
                    spec.width = width
            else:
                place, spec.width = _digits(template, place)
            if place < end and template[place] == ord("."):
                place += 1
                place, used, reordered, bad = _index(template, place, used, len(values), reordered)
                bad_index = bad_index or bad
                if place < end and template[place] == ord("*"):
                    place += 1
                    precision, used = self._star(values, used, b"%!(BADPREC)")
                    spec.precision = precision if precision is not None and precision >= 0 else None
                else:
                    place, precision = _digits(template, place)
                    spec.precision = precision or 0
            place, used, reordered, bad = _index(template, place, used, len(values), reordered)
            bad_index = bad_index or bad
            if place >= end:
                self.out.append(b"%!(NOVERB)")
                break
            first = template[place]
            width_ = 1 if first < 0x80 else 2 if first < 0xE0 else 3 if first < 0xF0 else 4  # noqa: PLR2004
            spec.verb = template[place : place + width_].decode("utf-8", "replace")
            place += width_
            if spec.verb == "%":
                self.out.append(b"%")
            elif bad_index:
                self.out.append(f"%!{spec.verb}(BADINDEX)".encode())
            elif used >= len(values):
                self.out.append(f"%!{spec.verb}(MISSING)".encode())
            else:
                operand = values[used]
                used += 1
                if spec.verb == "w" and operand is not None:
                    self.wrapped.append(operand)
                    spec.verb = "v"
                if spec.verb == "v" and spec.sharp:
                    spec.sharp, spec.sharp_v = False, True
                if spec.verb == "v" and spec.plus:
                    spec.plus, spec.plus_v = False, True
                self.operand(spec, operand)
        if not reordered and used < len(values):
            self.out.append(b"%!(EXTRA ")
            for number, operand in enumerate(values[used:]):
                if number:
                    self.out.append(b", ")
                if operand is None:
                    self.out.append(_NIL_ANGLE)
                else:
                    self.out.append(operand.t.name.encode() + b"=")
                    self.operand(Spec(), operand)
            self.out.append(b")")
        return b"".join(self.out)

    def _star(self, values: list[Any], used: int, bad: bytes) -> tuple[int | None, int]:
        if used < len(values):
            operand = values[used]
            if operand is not None and operand.t.integer and abs(operand.v) <= 1_000_000:
                return operand.v, used + 1
            used += 1
        self.out.append(bad)
        return None, used

    # One operand.

    def operand(self, spec: Spec, operand: Iface | None) -> None:
        """Print an operand by a verb."""
        if operand is None:
            if spec.verb in "Tv":
                self.out.append(_pad(spec, _NIL_ANGLE))
            else:
                self.out.append(f"%!{spec.verb}({_NIL_ANGLE.decode()})".encode())
            return
        if spec.verb == "T":
            self.out.append(_text(spec, operand.t.name.encode()))
            return
        if spec.verb == "p":
            self._pointer(spec, operand.t, operand.v, "p")
            return
        if self._methods(spec, operand.t, operand.v):
            return
        self.value(spec, operand.t, operand.v, 0)

    def _bad(self, spec: Spec, typ: RType, value: Any) -> None:
        self.out.append(f"%!{spec.verb}({typ.name}=".encode())
        self.value(Spec(), typ, value, 0)
        self.out.append(b")")

    def _methods(self, spec: Spec, typ: RType, value: Any) -> bool:
        """Let the value print itself; False if it can't."""
        machine = self.machine
        if machine.method(typ, "Format") is not None:
            raise panics.Unsupported(f"fmt.Formatter of {typ.name}")
        if spec.sharp_v:
            method = machine.method(typ, "GoString")
            if method is None:
                return False
            self.out.append(_text(spec, self._call(spec, method, typ, value)))
            return True
        if spec.verb not in "vsxXq":
            return False
        for name in ("Error", "String"):
            method = machine.method(typ, name)
            if method is not None:
                text = self._call(spec, method, typ, value)
                self._string(spec, text, typ)
                return True
        return False

    def _call(self, spec: Spec, method: Callable[[Any], bytes], typ: RType, value: Any) -> bytes:
        try:
            return method(value)
        except (Panic, AttributeError, TypeError) as error:
            from mkdocs_gomem.machine.defers import as_panic  # noqa: PLC0415 - rarely

            panic = as_panic(error)
            if panic is None:
                raise
            if typ.kind == "ptr" and value is None:
                return _NIL_ANGLE
            shown = self.machine.text_of(panic.value).decode("utf-8", "replace")
            return f"%!{spec.verb}(PANIC=String method: {shown})".encode()

    def value(self, spec: Spec, typ: RType, value: Any, depth: int) -> None:  # noqa: PLR0912
        """Print a value by its type."""
        if depth and spec.verb != "p" and self._methods_inside(spec, typ, value):
            return
        kind = typ.kind
        if kind == "bool":
            if spec.verb in "tv":
                self.out.append(_text(spec, b"true" if value else b"false"))
            else:
                self._bad(spec, typ, value)
        elif typ.integer:
            self._int(spec, typ, value)
        elif kind in {"float32", "float64"}:
            self._float(spec, typ, value)
        elif kind in {"complex64", "complex128"}:
            self._complex(spec, typ, value)
        elif kind == "string":
            self._string(spec, value, typ)
        elif kind == "map":
            self._map(spec, typ, value, depth)
        elif kind == "struct":
            self._struct(spec, typ, value, depth)
        elif kind == "interface":
            self._interface(spec, typ, value, depth)
        elif kind in {"slice", "array"}:
            self._list(spec, typ, value, depth)
        elif kind == "ptr":
            if depth == 0 and value is not None and typ.go is not None:
                elem = typ.elem
                if elem.kind in {"array", "slice", "struct", "map"} and spec.verb in "vsdxXq":
                    self.out.append(b"&")
                    inner = value if elem.composite else value.v
                    if not isinstance(value, File):
                        self.value(spec, elem, inner, depth + 1)
                    else:
                        self.out.append(b"{...}")
                    return
            self._pointer(spec, typ, value, spec.verb)
        else:
            self._pointer(spec, typ, value, spec.verb)

    def _methods_inside(self, spec: Spec, typ: RType, value: Any) -> bool:
        if typ.is_interface:
            return False
        return self._methods(spec, typ, value)

    def _int(self, spec: Spec, typ: RType, value: int) -> None:
        verb = spec.verb
        if verb == "v":
            if spec.sharp_v and not typ.signed:
                sharp, spec.sharp = spec.sharp, True
                self.out.append(_integer(spec, value, 16, "0x"))
                spec.sharp = sharp
            else:
                self.out.append(_integer(spec, value, 10, ""))
        elif verb == "d":
            self.out.append(_integer(spec, value, 10, ""))
        elif verb == "b":
            self.out.append(_integer(spec, value, 2, "0b"))
        elif verb == "o":
            self.out.append(_integer(spec, value, 8, "0"))
        elif verb == "O":
            spec.sharp = True
            self.out.append(_integer(spec, value, 8, "0o"))
        elif verb == "x":
            self.out.append(_integer(spec, value, 16, "0x"))
        elif verb == "X":
            self.out.append(_integer(spec, value, 16, "0X", upper=True))
        elif verb == "c":
            self.out.append(_pad_plain(spec, encode_rune(value)))
        elif verb == "q":
            self.out.append(_pad_plain(spec, quote(encode_rune(value), "'", ascii_only=spec.plus)))
        elif verb == "U":
            text = f"U+{value & 0xFFFFFFFFFFFFFFFF:04X}"
            if spec.sharp:
                text += f" '{encode_rune(value).decode()}'"
            self.out.append(_pad_plain(spec, text.encode()))
        else:
            self._bad(spec, typ, value)

    def _float(self, spec: Spec, typ: RType, value: float) -> None:
        bits = 32 if typ.kind == "float32" else 64
        match spec.verb:
            case "v":
                self.out.append(_float(spec, value, bits, "g", None))
            case "e" | "E" | "f" | "F":
                verb = "f" if spec.verb == "F" else spec.verb
                self.out.append(_float(spec, value, bits, verb, 6))
            case "g" | "G":
                self.out.append(_float(spec, value, bits, spec.verb, None))
            case _:
                self._bad(spec, typ, value)

    def _complex(self, spec: Spec, typ: RType, value: complex) -> None:
        if spec.verb not in "vbgGxXfFeE":
            self._bad(spec, typ, value)
            return
        bits = 32 if typ.kind == "complex64" else 64
        verb = "g" if spec.verb == "v" else spec.verb
        precision = 6 if verb in "eEfF" else None
        plus = spec.plus
        self.out.append(b"(" + _float(spec, value.real, bits, verb, precision))
        spec.plus = True
        self.out.append(_float(spec, value.imag, bits, verb, precision) + b"i)")
        spec.plus = plus

    def _string(self, spec: Spec, value: bytes, typ: RType) -> None:
        verb = spec.verb
        if verb in "vs":
            if spec.sharp_v and verb == "v":
                self.out.append(_text(spec, quote(value)))
            else:
                self.out.append(_text(spec, value))
        elif verb in "xX":
            self.out.append(_hex(spec, value, upper=verb == "X"))
        elif verb == "q":
            text = value if spec.precision is None else _cut(value, spec.precision)
            if spec.sharp and b"`" not in text and all(c >= 32 or c == 9 for c in text):  # noqa: PLR2004
                self.out.append(_pad(spec, b"`" + text + b"`"))
            else:
                self.out.append(_pad(spec, quote(text, ascii_only=spec.plus)))
        else:
            self._bad(spec, typ, value)

    def _list(self, spec: Spec, typ: RType, value: Any, depth: int) -> None:
        elem = typ.elem
        items = value.elements() if typ.kind == "slice" else value
        if elem.kind == "uint8" and spec.verb in "sqxX":
            self._string(spec, bytes(items), typ)
            return
        if spec.sharp_v:
            self.out.append(typ.name.encode())
            if typ.kind == "slice" and value.a is None:
                self.out.append(b"(nil)")
                return
            opening, closing, comma = b"{", b"}", b", "
        else:
            opening, closing, comma = b"[", b"]", b" "
        self.out.append(opening)
        for number, item in enumerate(items):
            if number:
                self.out.append(comma)
            self.value(spec, elem, item, depth + 1)
        self.out.append(closing)

    def _struct(self, spec: Spec, typ: RType, value: Any, depth: int) -> None:
        if typ.go is None:
            self.out.append(getattr(value, "text", "").encode())
            return
        if spec.sharp_v:
            self.out.append(typ.name.encode())
        self.out.append(b"{")
        for number, field in enumerate(typ.fields):
            if number:
                self.out.append(b", " if spec.sharp_v else b" ")
            if spec.plus_v or spec.sharp_v:
                self.out.append(field.name.encode() + b":")
            part = getattr(value, field.slot)
            if field.exported:
                self.value(spec, field.type, part, depth + 1)
            else:
                self._hidden(spec, field.type, part, depth + 1)
        self.out.append(b"}")

    def _hidden(self, spec: Spec, typ: RType, value: Any, depth: int) -> None:
        """Print an unexported field: its methods are not called."""
        quiet = _Quiet(self.machine)
        quiet.out = self.out
        quiet.value(spec, typ, value, depth)

    def _map(self, spec: Spec, typ: RType, value: Any, depth: int) -> None:
        from mkdocs_gomem.machine.maps import NIL_MAP  # noqa: PLC0415

        if spec.sharp_v:
            self.out.append(typ.name.encode())
            if value is NIL_MAP:
                self.out.append(b"(nil)")
                return
            self.out.append(b"{")
        else:
            self.out.append(b"map[")
        items = sorted(value.items(), key=lambda item: _order(typ.key, item[0]))
        for number, (key, elem) in enumerate(items):
            if number:
                self.out.append(b", " if spec.sharp_v else b" ")
            self.value(spec, typ.key, key, depth + 1)
            self.out.append(b":")
            self.value(spec, typ.elem, elem, depth + 1)
        self.out.append(b"}" if spec.sharp_v else b"]")

    def _interface(self, spec: Spec, typ: RType, value: Iface | None, depth: int) -> None:
        if value is None:
            if spec.sharp_v:
                self.out.append(typ.name.encode() + b"(nil)")
            else:
                self.out.append(_NIL_ANGLE)
            return
        self.value(spec, value.t, value.v, depth + 1)

    def _pointer(self, spec: Spec, typ: RType, value: Any, verb: str) -> None:
        kind = typ.kind
        if kind not in {"ptr", "map", "chan", "func", "slice", "unsafe.Pointer"}:
            self._bad(spec, typ, value)
            return
        place = self.machine.address(value)
        if verb == "v":
            if spec.sharp_v:
                inner = b"nil" if place == 0 else f"{place:#x}".encode()
                self.out.append(b"(" + typ.name.encode() + b")(" + inner + b")")
            elif place == 0:
                self.out.append(_pad(spec, _NIL_ANGLE))
            else:
                self.out.append(_pad_plain(spec, f"{place:#x}".encode()))
        elif verb == "p":
            text = f"{place:x}" if spec.sharp else f"{place:#x}"
            self.out.append(_pad_plain(spec, text.encode()))
        elif verb in "bodxX":
            self.out.append(_integer(spec, place, {"b": 2, "o": 8, "d": 10}.get(verb, 16), "0x"))
        else:
            self._bad(spec, typ, value)


class _Quiet(Printer):
    """Prints without calling methods."""

    __slots__ = ()

    def _methods(self, spec: Spec, typ: RType, value: Any) -> bool:  # noqa: ARG002
        return False


def _index(
    template: bytes, place: int, used: int, count: int, reordered: bool  # noqa: FBT001
) -> tuple[int, int, bool, bool]:
    """Read `[n]`; return place, operand, whether any was given, whether it was bad."""
    if place >= len(template) or template[place] != ord("["):
        return place, used, reordered, False
    close = template.find(b"]", place)
    if close < 0:
        return place + 1, used, True, True
    digits = template[place + 1 : close]
    if not digits.isdigit() or not 1 <= int(digits) <= count:
        return close + 1, used, True, True
    return close + 1, int(digits) - 1, True, False


def _digits(template: bytes, place: int) -> tuple[int, int | None]:
    start = place
    while place < len(template) and 48 <= template[place] <= 57:  # noqa: PLR2004 - digits
        place += 1
    return place, int(template[start:place]) if place > start else None


def _cut(text: bytes, runes: int) -> bytes:
    return text.decode("utf-8", "surrogateescape")[:runes].encode("utf-8", "surrogateescape")


def _text(spec: Spec, text: bytes) -> bytes:
    return _pad(spec, text if spec.precision is None else _cut(text, spec.precision))


def _hex(spec: Spec, text: bytes, *, upper: bool) -> bytes:
    if spec.precision is not None:
        text = text[: spec.precision]
    separator = " " if spec.space else ""
    pairs = [f"{byte:02X}" if upper else f"{byte:02x}" for byte in text]
    mark = ("0X" if upper else "0x") if spec.sharp else ""
    if separator:
        written = separator.join(mark + pair for pair in pairs)
    else:
        written = (mark if pairs else "") + "".join(pairs)
    return _pad(spec, written.encode())


def _order(typ: RType, value: Any) -> Any:
    """Return a key that sorts map keys as internal/fmtsort does."""
    kind = typ.kind
    if kind in {"float32", "float64"}:
        return (value == value, value if value == value else 0)  # noqa: PLR0124 - NaN first
    if kind in {"complex64", "complex128"}:
        return (value.real, value.imag)
    if kind == "struct":
        return tuple(_order(field.type, getattr(value, field.slot)) for field in typ.fields)
    if kind == "array":
        return tuple(_order(typ.elem, part) for part in value)
    if kind == "interface":
        return (0,) if value is None else (1, value.t.number, _order(value.t, value.v))
    if typ.integer or kind in {"string", "bool"}:
        return value
    return 0


# Natives.


def _emit(m: Machine, writer: Iface | None, text: bytes) -> tuple[int, Iface | None]:
    if writer is None:
        panics.nil_dereference()
    if isinstance(writer.v, File):
        m.write(writer.v.fd, text)
        return len(text), None
    method = m.method(writer.t, "Write")
    if method is None:
        raise panics.Unsupported(f"writing to {writer.t.name}")
    count, error = method(writer.v, Slice(bytearray(text), 0, len(text), len(text)))
    return count, error


def _fprintln(m: Machine, writer: Iface | None, operands: Slice) -> tuple[int, Iface | None]:
    return _emit(m, writer, Printer(m).line(operands))


def _fprint(m: Machine, writer: Iface | None, operands: Slice) -> tuple[int, Iface | None]:
    return _emit(m, writer, Printer(m).text(operands))


def _fprintf(
    m: Machine, writer: Iface | None, template: bytes, operands: Slice
) -> tuple[int, Iface | None]:
    return _emit(m, writer, Printer(m).format(template, operands))


def _sprintln(m: Machine, operands: Slice) -> bytes:
    return Printer(m).line(operands)


def _sprint(m: Machine, operands: Slice) -> bytes:
    return Printer(m).text(operands)


def _sprintf(m: Machine, template: bytes, operands: Slice) -> bytes:
    return Printer(m).format(template, operands)


class _Wrapped(RuntimeError_):
    """What `Errorf` makes."""

    __slots__ = ("errors",)

    def __init__(self, text: bytes, errors: list[Iface]) -> None:
        super().__init__(text.decode("utf-8", "surrogateescape"))
        self.errors = errors


def _error_text(error: _Wrapped) -> bytes:
    return error.text.encode("utf-8", "surrogateescape")


_PLAIN_ERROR = native_type("*errors.errorString", {"Error": _error_text})
_WRAP_ERROR = native_type(
    "*fmt.wrapError", {"Error": _error_text, "Unwrap": lambda error: error.errors[0]}
)


def _unwrap_all(error: _Wrapped) -> Slice:
    count = len(error.errors)
    return Slice(list(error.errors), 0, count, count)


_WRAP_ERRORS = native_type("*fmt.wrapErrors", {"Error": _error_text, "Unwrap": _unwrap_all})


def _errorf(m: Machine, template: bytes, operands: Slice) -> Iface:
    printer = Printer(m)
    text = printer.format(template, operands)
    if not printer.wrapped:
        return Iface(_PLAIN_ERROR, _Wrapped(text, []))
    typ = _WRAP_ERROR if len(printer.wrapped) == 1 else _WRAP_ERRORS
    return Iface(typ, _Wrapped(text, printer.wrapped))


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "fmt.Fprintln": _fprintln,
    "fmt.Fprint": _fprint,
    "fmt.Fprintf": _fprintf,
    "fmt.Sprintln": _sprintln,
    "fmt.Sprint": _sprint,
    "fmt.Sprintf": _sprintf,
    "fmt.Errorf": _errorf,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}

__all__ = ["NATIVES", "VARIABLES", "Printer", "Ref", "quote"]
