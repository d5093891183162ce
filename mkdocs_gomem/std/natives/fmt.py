"""Package fmt: printing of any value, as fmt/print.go and fmt/format.go do it (go1.27).

Operands come as interfaces; what they print as follows from their run-time types. Methods
`Error`, `String`, `GoString` and `Format` of the program are called as fmt calls them, also inside
other values, but not in fields that reflection may not hand out. Addresses are a model.

Scanning is not here: it runs from Go's source as far as that goes.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.gotypes import lookup, objects, types
from mkdocs_gomem.gotypes.universe import UNIVERSE_ERROR
from mkdocs_gomem.machine import panics, typeorder
from mkdocs_gomem.machine.defers import as_panic
from mkdocs_gomem.machine.maps import NIL_MAP
from mkdocs_gomem.machine.panics import Panic, RuntimeError_
from mkdocs_gomem.machine.rtypes import RType, native_type
from mkdocs_gomem.machine.slices import encode_rune
from mkdocs_gomem.machine.values import Iface, Slice
from mkdocs_gomem.std.natives import strconv
from mkdocs_gomem.std.natives.os import is_plain
from mkdocs_gomem.std.natives.reflect_value import READ_ONLY, held

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_NIL = b"<nil>"
_RUNE_MAX: Final = 0x10FFFF
_RUNE_ERROR: Final = 0xFFFD
_ERROR: Final = 400
"""Bytes of our process for what `Errorf` makes."""
_ITEM: Final = 8
"""Steps that a value takes that is inside another, …"""
_PIECES: Final = 64
"""… and bytes of our process for its text, until all are joined."""
_CALL: Final = 20
"""Steps that a call counts for: it takes as long."""
_LONG: Final = 1000
_TOO_LARGE: Final = 1_000_000
"""Widths and precisions above are refused."""
_OPEN, _HIDDEN = 0, 2
"""May methods of a value be called? 1 is an unexported embedded field: its own fields may."""
_BASES: Final = {"b": (2, "b"), "o": (8, "o"), "O": (8, "o"), "x": (16, "x"), "X": (16, "X")}
_STRINGS: Final = {  # methods that must look so to be called
    "Error": types.BasicKind.STRING,
    "String": types.BasicKind.STRING,
    "GoString": types.BasicKind.STRING,
}


class Printer:
    """One call of a function of fmt: its output and the flags of the verb at hand."""

    __slots__ = (
        "erroring", "machine", "methods", "minus", "out", "panicking", "plus", "plus_v",
        "precision", "reordered", "sharp", "sharp_v", "space", "width", "wrapped", "wraps", "zero",
    )  # fmt: skip

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.methods: dict[RType, bool] = machine.state.setdefault("fmt.methods", {})
        self.out: list[bytes] = []
        self.wraps = False
        """It is `Errorf`: `%w` is a verb."""
        self.wrapped: list[int] = []
        """Operands of `%w`, by number."""
        self.reordered = False
        self.erroring = False
        self.panicking = False
        self.clear()
        machine.charge(_CALL)

    def _joined(self) -> bytes:
        size = sum(map(len, self.out))
        if size > _LONG:
            self.machine.charge_bytes(size)
        return b"".join(self.out)

    def _room(self, missing: int) -> None:
        """Ask for room before so many bytes are put in."""
        if missing > _LONG:
            self.machine.charge_bytes(missing)

    def _items(self, count: int) -> None:
        """Charge so many values inside of one: few may hold very many, if they hold each other."""
        self.machine.spend(_ITEM * count)
        self.machine.heap.reserve(_PIECES * count)

    def _look_through(self, text: bytes) -> None:
        """Charge what is done rune by rune."""
        if len(text) > _LONG:
            self.machine.spend(len(text))

    def clear(self) -> None:
        """Forget all flags."""
        self.minus = self.plus = self.sharp = self.space = self.zero = False
        self.sharp_v = False
        """`%#v`"""
        self.plus_v = False
        """`%+v`"""
        self.width: int | None = None
        self.precision: int | None = None

    def _flags(self) -> tuple[Any, ...]:
        return (
            self.minus, self.plus, self.sharp, self.space, self.zero, self.sharp_v, self.plus_v,
            self.width, self.precision,
        )  # fmt: skip

    def _restore(self, flags: tuple[Any, ...]) -> None:
        (
            self.minus, self.plus, self.sharp, self.space, self.zero, self.sharp_v, self.plus_v,
            self.width, self.precision,
        ) = flags  # fmt: skip

    # Whole calls.

    def line(self, operands: Slice) -> bytes:
        """`Sprintln`"""
        for number, operand in enumerate(operands.elements()):
            if number:
                self.out.append(b" ")
            self.operand(operand, "v")
        self.out.append(b"\n")
        return self._joined()

    def text(self, operands: Slice) -> bytes:
        """`Sprint`: spaces only between operands neither of which is a string."""
        before_string = False
        for number, operand in enumerate(operands.elements()):
            is_string = operand is not None and operand.t.kind == "string"
            if number and not is_string and not before_string:
                self.out.append(b" ")
            self.operand(operand, "v")
            before_string = is_string
        return self._joined()

    def format(self, template: bytes, operands: Slice) -> bytes:
        """`Sprintf`"""
        values = list(operands.elements())
        place, used, end = 0, 0, len(template)
        while place < end:
            stop = template.find(b"%", place)
            if stop < 0:
                self.out.append(template[place:])
                break
            if stop > place:
                self.out.append(template[place:stop])
            self._items(1)
            place, used, done = self._verb(template, stop + 1, values, used)
            if done:
                break
        if not self.reordered and used < len(values):
            self._extra(values[used:])
        return self._joined()

    def _verb(
        self, template: bytes, place: int, values: list[Any], used: int
    ) -> tuple[int, int, bool]:
        """Do one verb from behind its `%`; return place, operands used, whether all is done."""
        end = len(template)
        self.clear()
        while place < end:
            match template[place]:
                case 0x23:
                    self.sharp = True
                case 0x30:
                    self.zero = True
                case 0x2B:
                    self.plus = True
                case 0x2D:
                    self.minus = True
                case 0x20:
                    self.space = True
                case _:
                    break
            place += 1
        count = len(values)
        used, place, after, good = self._number(template, place, used, count)
        if place < end and template[place] == 0x2A:
            place += 1
            self.width, used = _from_operand(values, used)
            if self.width is None:
                self.out.append(b"%!(BADWIDTH)")
            elif self.width < 0:
                self.width, self.minus, self.zero = -self.width, True, False
            after = False
        else:
            self.width, place = _digits(template, place, end)
            good = good and not (after and self.width is not None)
        if place + 1 < end and template[place] == 0x2E:
            good = good and not after
            used, place, after, fine = self._number(template, place + 1, used, count)
            good = good and fine
            if place < end and template[place] == 0x2A:
                place += 1
                self.precision, used = _from_operand(values, used)
                if self.precision is not None and self.precision < 0:
                    self.precision = None
                if self.precision is None:
                    self.out.append(b"%!(BADPREC)")
                after = False
            else:
                precision, place = _digits(template, place, end)
                self.precision = precision or 0
        if not after:
            used, place, after, fine = self._number(template, place, used, count)
            good = good and fine
        if place >= end:
            self.out.append(b"%!(NOVERB)")
            return place, used, True
        rune, width = strconv.decode(template, place)
        verb = chr(rune if rune >= 0 else _RUNE_ERROR)
        place += width
        if verb == "%":
            self.out.append(b"%")
        elif not good:
            self.out.append(f"%!{verb}(BADINDEX)".encode())
        elif used >= count:
            self.out.append(f"%!{verb}(MISSING)".encode())
        else:
            if verb == "w":
                self.wrapped.append(used)
            if verb in "vw":
                self.sharp_v, self.sharp = self.sharp, False
                self.plus_v, self.plus = self.plus, False
            self.operand(values[used], verb)
            used += 1
        return place, used, False

    def _number(
        self, template: bytes, place: int, used: int, count: int
    ) -> tuple[int, int, bool, bool]:
        """Read `[n]`; return operand, place, whether one was there, whether it is a good one."""
        if place >= len(template) or template[place] != 0x5B:
            return used, place, False, True
        self.reordered = True
        close = template.find(b"]", place + 1)
        if close < 0 or len(template) - place < 3:
            return used, place + 1, False, False
        number, stop = _digits(template, place + 1, close)
        if number is None or stop != close:
            return used, close + 1, False, False
        if 1 <= number <= count:
            return number - 1, close + 1, True, True
        return used, close + 1, True, False

    def _extra(self, values: list[Any]) -> None:
        self.clear()
        self.out.append(b"%!(EXTRA ")
        for number, operand in enumerate(values):
            if number:
                self.out.append(b", ")
            if operand is None:
                self.out.append(_NIL)
            else:
                self.out.append(operand.t.name.encode() + b"=")
                self.operand(operand, "v")
        self.out.append(b")")

    # What `fmt.State` offers to a Formatter.

    def write(self, data: Slice) -> tuple[int, None]:
        """`Write`"""
        self.out.append(bytes(data.elements()))
        return data.n, None

    def write_string(self, text: bytes) -> tuple[int, None]:
        """`WriteString`"""
        self.out.append(text)
        return len(text), None

    def flag(self, char: int) -> bool:
        """`Flag`"""
        match chr(char):
            case "-":
                return self.minus
            case "+":
                return self.plus or self.plus_v
            case "#":
                return self.sharp or self.sharp_v
            case " ":
                return self.space
            case "0":
                return self.zero
            case _:
                return False

    # Padding.

    def pad(self, text: bytes, *, zeros: bool = True) -> None:
        """Write padded to the width, if there is one."""
        width = self.width
        if width:
            missing = width - (len(text) if text.isascii() else _runes(text))
            if missing > 0:
                self._room(missing)
                fill = b"0" if zeros and self.zero and not self.minus else b" "
                text = text + fill * missing if self.minus else fill * missing + text
        self.out.append(text)

    # Operands.

    def operand(self, operand: Iface | None, verb: str) -> None:
        """Print an operand by a verb (`printArg`)."""
        if operand is None:
            if verb in "Tv":
                self.pad(_NIL)
            else:
                self.out.append(f"%!{verb}(<nil>)".encode())
            return
        typ, value = operand.t, operand.v
        if verb == "T":
            self._text(typ.name.encode())
        elif verb == "p":
            self._pointer(typ, value, "p")
        elif not typ.named_type and typ.kind == "string":
            self._string(typ, value, verb)
        elif not typ.named_type and typ.integer:
            self._integer(typ, value, verb)
        elif typ.kind == "slice" and typ.name == "[]uint8":
            self._bytes(typ, value, verb)
        elif typ.kind == "struct" and typ.name == "reflect.Value":
            self._reflected(value, verb)
        elif not self._methods(typ, value, verb):
            self.value(typ, value, verb, 0, _OPEN)

    def _reflected(self, value: Any, verb: str) -> None:
        """Print what a `reflect.Value` holds."""
        typ: RType | None = value.f0
        if typ is None:
            self.out.append(b"<invalid reflect.Value>")
            return
        held = value.f1 if typ.composite else value.f1.v
        hidden = _HIDDEN if value.f2 & READ_ONLY else _OPEN
        if typ.is_interface or hidden or not self._methods(typ, held, verb):
            self.value(typ, held, verb, 0, hidden)

    def _bad(self, typ: RType, value: Any, verb: str) -> None:
        self.erroring = True
        self.out.append(f"%!{verb}({typ.name}=".encode())
        self.value(typ, value, "v", 0, _HIDDEN)
        self.out.append(b")")
        self.erroring = False

    # Methods.

    def _has(self, typ: RType, name: str) -> Callable[..., Any] | None:
        """Return a method if it is the one that fmt asks for, not just one of that name."""
        method = self.machine.method(typ, name)
        if method is None or typ.go is None:
            return method
        return method if _fits(typ, name) else None

    def _methods(self, typ: RType, value: Any, verb: str) -> bool:
        """Let the value print itself (`handleMethods`); False if it can't."""
        if self.erroring:
            return False
        known = self.methods.get(typ)
        if known is None:
            names = ("Format", "Error", "String", "GoString")
            known = any(self._has(typ, name) is not None for name in names)
            self.methods[typ] = known
        if verb == "w":
            if not self.wraps or not known or self._has(typ, "Error") is None:
                self._bad(typ, value, verb)
                return True
            verb = "v"
        if not known:
            return False
        method = self._has(typ, "Format")
        if method is not None:
            self._formatted(method, typ, value, verb)
            return True
        if self.sharp_v:
            method = self._has(typ, "GoString")
            if method is None:
                return False
            self._written_in_go(method, typ, value, verb)
            return True
        if verb not in "vsxXq":
            return False
        for name in ("Error", "String"):
            method = self._has(typ, name)
            if method is not None:
                self._shown(method, typ, value, verb, name)
                return True
        return False

    def _formatted(self, method: Callable[..., Any], typ: RType, value: Any, verb: str) -> None:
        state = Iface(_STATE, self)
        self._call(lambda: method(value, state, ord(verb)), typ, value, verb, "Format")

    def _written_in_go(
        self, method: Callable[[Any], bytes], typ: RType, value: Any, verb: str
    ) -> None:
        self._call(lambda: self._text(method(value)), typ, value, verb, "GoString")

    def _shown(
        self, method: Callable[[Any], bytes], typ: RType, value: Any, verb: str, name: str
    ) -> None:
        self._call(lambda: self._string(typ, method(value), verb), typ, value, verb, name)

    def _call(self, act: Callable[[], Any], typ: RType, value: Any, verb: str, name: str) -> None:
        """Call a method of the program; a panic in it is printed, not passed on (`catchPanic`)."""
        under_way = self.machine.scheduler.current.panics
        depth = len(under_way)
        try:
            act()
        except BaseException as error:
            panic = as_panic(error)
            if panic is None or panic.goexit:
                raise
            if not (typ.kind == "ptr" and value is None) and self.panicking:
                raise
            self.machine.defers.enter(panic)  # the runtime may have made an error for it
            del under_way[depth:]
            self.machine.defers.settled()
            self._panicked(panic, typ, value, verb, name)

    def _panicked(self, panic: Panic, typ: RType, value: Any, verb: str, name: str) -> None:
        if typ.kind == "ptr" and value is None:
            self.out.append(_NIL)
            return
        flags = self._flags()
        self.clear()
        self.out.append(f"%!{verb}(PANIC={name} method: ".encode())
        self.panicking = True
        self.operand(panic.value, "v")
        self.panicking = False
        self.out.append(b")")
        self._restore(flags)

    # Values.

    def value(self, typ: RType, value: Any, verb: str, depth: int, hidden: int) -> None:
        """Print a value by its type (`printValue`).

        Args:
            typ: its type; of an interface, the static one.
            value: the value.
            verb: the verb.
            depth: how many values it is inside of.
            hidden: whether reflection may hand it out, so that its methods are called.
        """
        kind = typ.kind
        if kind == "interface":
            self._interface(typ, value, verb, depth, hidden)
            return
        if depth and not hidden and self._methods(typ, value, verb):
            return
        if typ.integer:
            self._integer(typ, value, verb)
        elif kind == "string":
            self._string(typ, value, verb)
        elif kind == "struct":
            self._struct(typ, value, verb, depth, hidden)
        elif kind in {"slice", "array"}:
            self._list(typ, value, verb, depth, hidden)
        elif kind == "map":
            self._map(typ, value, verb, depth, hidden)
        elif kind == "bool":
            if verb in "tv":
                self.pad(b"true" if value else b"false")
            else:
                self._bad(typ, value, verb)
        elif kind in {"float32", "float64"}:
            self._float(typ, value, 32 if kind == "float32" else 64, verb)
        elif kind in {"complex64", "complex128"}:
            self._complex(typ, value, verb)
        elif kind == "ptr" and depth == 0 and value is not None:
            self._reference(typ, value, verb, hidden)
        else:
            self._pointer(typ, value, verb)

    def _reference(self, typ: RType, value: Any, verb: str, hidden: int) -> None:
        if isinstance(value, _Wrapped):
            self._made_error(typ, value, verb)
            return
        if typ.go is None or isinstance(value, RType):  # an `RType` has nothing of an `abi.Type`
            raise panics.Unsupported(f"%{verb} of {typ.name}")
        elem = typ.elem
        if elem.kind not in {"array", "slice", "struct", "map"}:
            self._pointer(typ, value, verb)
            return
        self.out.append(b"&")
        self.value(elem, value if elem.composite else value.v, verb, 1, hidden)

    def _interface(
        self, typ: RType, value: Iface | None, verb: str, depth: int, hidden: int
    ) -> None:
        if value is None:
            if verb == "w" and depth and not hidden and not self.erroring:
                self.out.append(f"%!{verb}(<nil>)".encode())
            elif self.sharp_v:
                self.out.append(typ.name.encode() + b"(nil)")
            else:
                self.out.append(_NIL)
            return
        self.value(value.t, value.v, verb, depth + 1, hidden)

    def _struct(self, typ: RType, value: Any, verb: str, depth: int, hidden: int) -> None:
        if typ.go is None:
            text = panics.held_text(value, typ) if isinstance(value, RuntimeError_) else None
            if text is None:
                raise panics.Unsupported(f"%{verb} of {typ.name}")
            self._string(typ, text, verb)
            return
        if self.sharp_v:
            self.out.append(typ.name.encode())
        self.out.append(b"{")
        self._items(len(typ.fields))
        sticky = _HIDDEN if hidden == _HIDDEN else _OPEN
        for number, field in enumerate(typ.fields):
            below = sticky
            if not field.exported:
                below = max(below, 1 if field.embedded else _HIDDEN)
            part = getattr(value, field.slot)
            self._field(number, field.name, field.type, part, verb, depth + 1, below)
        self.out.append(b"}")

    def _field(
        self, number: int, name: str, of: RType, part: Any, verb: str, depth: int, hidden: int
    ) -> None:
        if number:
            self.out.append(b", " if self.sharp_v else b" ")
        if self.plus_v or self.sharp_v:
            self.out.append(name.encode() + b":")
        if of.is_interface and part is not None:
            of, part = part.t, part.v
            hidden = _HIDDEN if hidden else _OPEN
        if of.is_interface and not self.sharp_v and verb != "v" and hidden:
            # An invalid value: nothing is known of it but that it is nil.
            self.out.append(_NIL)
            return
        self.value(of, part, verb, depth, hidden)

    def _made_error(self, typ: RType, error: _Wrapped, verb: str) -> None:
        """Print what is in an error that `Errorf` has made."""
        registry = self.machine.types
        text, one = registry.basic(types.BasicKind.STRING), registry.of(UNIVERSE_ERROR)
        fields: list[tuple[str, RType, Any]] = [("msg", text, error.message)]
        if typ is _PLAIN_ERROR:
            fields = [("s", text, error.message)]
        elif typ is _WRAP_ERROR:
            fields.append(("err", one, _unwrap(error)))
        else:
            fields.append(("errs", registry.of(types.Slice(UNIVERSE_ERROR)), _unwrap_all(error)))
        self.out.append(b"&" + (typ.name[1:].encode() if self.sharp_v else b"") + b"{")
        for number, (name, of, part) in enumerate(fields):
            self._field(number, name, of, part, verb, 2, _HIDDEN)
        self.out.append(b"}")

    def _list(self, typ: RType, value: Any, verb: str, depth: int, hidden: int) -> None:
        elem = typ.elem
        is_slice = typ.kind == "slice"
        items = value.elements() if is_slice else value
        if elem.kind == "uint8" and verb in "sqxX":
            self._string(typ, bytes(items), verb)
            return
        hidden = _HIDDEN if hidden else _OPEN
        separator = b" "
        if self.sharp_v:
            self.out.append(typ.name.encode())
            if is_slice and value.a is None:
                self.out.append(b"(nil)")
                return
            separator = b", "
        self.out.append(b"{" if self.sharp_v else b"[")
        self._items(len(items))
        for number, item in enumerate(items):
            if number:
                self.out.append(separator)
            self.value(elem, item, verb, depth + 1, hidden)
        self.out.append(b"}" if self.sharp_v else b"]")

    def _map(self, typ: RType, value: Any, verb: str, depth: int, hidden: int) -> None:
        hidden = _HIDDEN if hidden else _OPEN
        if self.sharp_v:
            self.out.append(typ.name.encode())
            if value is NIL_MAP:
                self.out.append(b"(nil)")
                return
        self.out.append(b"{" if self.sharp_v else b"map[")
        self._items(len(value.d) * len(value.d).bit_length())
        compare = functools.cmp_to_key(functools.partial(_compare, self.machine, typ.key))
        items = sorted(value.items(), key=lambda item: compare(item[0]))
        for number, (key, elem) in enumerate(items):
            if number:
                self.out.append(b", " if self.sharp_v else b" ")
            self.value(typ.key, key, verb, depth + 1, hidden)
            self.out.append(b":")
            self.value(typ.elem, elem, verb, depth + 1, hidden)
        self.out.append(b"}" if self.sharp_v else b"]")

    def _bytes(self, typ: RType, value: Slice, verb: str) -> None:
        if verb not in "vd":
            self.value(typ, value, verb, 0, _OPEN)
            return
        if self.sharp_v:
            self.out.append(b"[]byte")
            if value.a is None:
                self.out.append(b"(nil)")
                return
        self.out.append(b"{" if self.sharp_v else b"[")
        self._items(value.n)
        for number, byte in enumerate(value.elements()):
            if number:
                self.out.append(b", " if self.sharp_v else b" ")
            self._number_text(byte, 16 if self.sharp_v else 10, "x" if self.sharp_v else "")
        self.out.append(b"}" if self.sharp_v else b"]")

    def _pointer(self, typ: RType, value: Any, verb: str) -> None:
        if typ.kind not in {"ptr", "map", "chan", "func", "slice", "unsafe.Pointer"}:
            self._bad(typ, value, verb)
            return
        place = self.machine.address(value, typ)
        if verb == "v" and self.sharp_v:
            self.out.append(b"(" + typ.name.encode() + b")(")
            if place:
                self._number_text(place, 16, "x")
            else:
                self.out.append(b"nil")
            self.out.append(b")")
        elif verb == "v" and place == 0:
            self.pad(_NIL)
        elif verb in "vp":
            self._number_text(place, 16, "" if self.sharp else "x")
        elif verb in "bodxX":
            base, mark = _BASES.get(verb, (10, ""))
            self._number_text(place, base, mark if self.sharp else "", upper=verb == "X")
        else:
            self._bad(typ, value, verb)

    # Basic values.

    def _integer(self, typ: RType, value: int, verb: str) -> None:
        match verb:
            case "v" if self.sharp_v and not typ.signed:
                self._number_text(value, 16, "x")
            case "v" | "d":
                if self.width is self.precision is None and not (self.plus or self.space):
                    self.out.append(str(value).encode())
                else:
                    self._number_text(value, 10, "")
            case "b" | "o" | "x" | "X":
                base, mark = _BASES[verb]
                self._number_text(value, base, mark if self.sharp else "", upper=verb == "X")
            case "O":
                self._number_text(value, 8, "o" if self.sharp else "", whole="0o")
            case "c":
                self.pad(encode_rune(_as_rune(value)))
            case "q":
                self.pad(strconv.quote_rune(_as_rune(value), ascii_only=self.plus))
            case "U":
                self._unicode(value & (1 << 64) - 1)
            case _:
                self._bad(typ, value, verb)

    def _number_text(
        self, value: int, base: int, mark: str, *, upper: bool = False, whole: str = ""
    ) -> None:
        """Write an integer; `mark` asks for the base's prefix (`fmtInteger`)."""
        magnitude = abs(value)
        wanted = 0
        if self.precision is not None:
            wanted = self.precision
            self._room(wanted)
            if wanted == 0 and value == 0:
                self.out.append(b" " * (self.width or 0))
                return
        elif self.zero and not self.minus and self.width is not None:
            wanted = self.width - (value < 0 or self.plus or self.space)
        digits = _to_base(magnitude, base).rjust(wanted, "0")
        if upper:
            digits = digits.upper()
        if mark == "o":
            digits = digits if digits[0] == "0" else "0" + digits
        elif mark:
            digits = f"0{mark}{digits}"
        sign = "-" if value < 0 else "+" if self.plus else " " if self.space else ""
        self.pad(f"{sign}{whole}{digits}".encode(), zeros=False)

    def _unicode(self, value: int) -> None:
        text = f"U+{value:0{max(self.precision or 4, 4)}X}"
        if self.sharp and value <= _RUNE_MAX and strconv.is_print(value):
            text += f" '{chr(value)}'"
        self.pad(text.encode(), zeros=False)

    def _float(self, typ: RType, value: float, bits: int, verb: str) -> None:
        match verb:
            case "v":
                self._float_text(value, bits, "g", -1)
            case "b" | "g" | "G" | "x" | "X":
                self._float_text(value, bits, verb, -1)
            case "f" | "e" | "E":
                self._float_text(value, bits, verb, 6)
            case "F":
                self._float_text(value, bits, "f", 6)
            case _:
                self._bad(typ, value, verb)

    def _float_text(self, value: float, bits: int, verb: str, precision: int) -> None:
        if self.precision is not None:
            precision = self.precision
            self._room(precision)
        text = strconv.format_float(value, verb, precision, bits)
        sign, text = (text[0], text[1:]) if text[0] in "+-" else ("+", text)
        if self.space and sign == "+" and not self.plus:
            sign = " "
        if text[0] in "IN":
            # Without a sign unless one is asked for, and never padded with zeros.
            if text[0] == "N" and not self.space and not self.plus:
                sign = ""
            shown = text if sign == "+" and not self.plus and text[0] != "I" else sign + text
            self.pad(shown.encode(), zeros=False)
            return
        if self.sharp and verb != "b":
            text = _keep_zeros(text, verb, precision)
        if not self.plus and sign == "+":
            self.pad(text.encode())
        elif self.zero and not self.minus and self.width is not None and self.width > len(text) + 1:
            self.out.append((sign + text.rjust(self.width - 1, "0")).encode())
        else:
            self.pad((sign + text).encode())

    def _complex(self, typ: RType, value: complex, verb: str) -> None:
        if verb not in "vbgGxXfFeE":
            self._bad(typ, value, verb)
            return
        bits = 32 if typ.kind == "complex64" else 64
        plus = self.plus
        self.out.append(b"(")
        self._float(typ, value.real, bits, verb)
        self.plus = True
        self._float(typ, value.imag, bits, verb)
        self.out.append(b"i)")
        self.plus = plus

    def _text(self, text: bytes) -> None:
        if self.precision is not None:
            self._look_through(text[: 4 * self.precision])
            text = _cut(text, self.precision)
        self.pad(text)

    def _string(self, typ: RType, value: bytes, verb: str) -> None:
        match verb:
            case "v" if self.sharp_v:
                self._quoted(value)
            case "v" | "s":
                self._text(value)
            case "x" | "X":
                self._hex(value, verb)
            case "q":
                self._quoted(value)
            case _:
                self._bad(typ, value, verb)

    def _quoted(self, text: bytes) -> None:
        self._look_through(text)
        if self.precision is not None:
            text = _cut(text, self.precision)
        if self.sharp and strconv.can_backquote(text):
            self.pad(b"`" + text + b"`")
        else:
            self.pad(strconv.quote(text, ascii_only=self.plus))

    def _hex(self, text: bytes, verb: str) -> None:
        if self.precision is not None:
            text = text[: self.precision]
        self._look_through(text)
        self._room(_PIECES * len(text))
        mark = f"0{verb}" if self.sharp and text else ""
        pairs = [f"{byte:02{verb}}" for byte in text]
        written = (" " + mark).join(pairs) if self.space else "".join(pairs)
        self.pad((mark + written).encode())


_STATE = native_type(
    "*fmt.pp",
    {
        "Write": Printer.write,
        "WriteString": Printer.write_string,
        "Width": lambda printer: (printer.width or 0, printer.width is not None),
        "Precision": lambda printer: (printer.precision or 0, printer.precision is not None),
        "Flag": Printer.flag,
    },
)


def _fits(typ: RType, name: str) -> bool:
    """Tell if a type's method has the signature that fmt's interfaces ask for."""
    assert typ.go is not None  # noqa: S101 - native types bring their own methods
    found, _, _ = lookup.lookup_field_or_method(typ.go, False, None, name)  # noqa: FBT003
    if not isinstance(found, objects.Func) or found.signature.type_params:
        return False
    params, results = found.signature.params, found.signature.results
    if name == "Format":
        if (len(params), len(results)) != (2, 0) or not _is_state(params.vars[0].type):
            return False
        return params.vars[1].type in (types.RUNE, types.TYP[types.BasicKind.INT32])
    if len(params) or len(results) != 1:
        return False
    return results.vars[0].type is types.TYP[_STRINGS[name]]


def _is_state(typ: types.Type | None) -> bool:
    named = types.as_named(typ)
    if named is None or named.obj.pkg is None:
        return False
    return named.obj.pkg.path == "fmt" and named.obj.name == "State"


def _from_operand(values: list[Any], used: int) -> tuple[int | None, int]:
    """Take a width or precision from an operand."""
    if used >= len(values):
        return None, used
    operand = values[used]
    if operand is None or not operand.t.integer or abs(operand.v) > _TOO_LARGE:
        return None, used + 1
    return operand.v, used + 1


def _digits(template: bytes, place: int, end: int) -> tuple[int | None, int]:
    """Read a number; one that is too large takes all the rest."""
    number: int | None = None
    while place < end and 0x30 <= template[place] <= 0x39:
        if number is not None and number > _TOO_LARGE:
            return None, end
        number = (number or 0) * 10 + template[place] - 0x30
        place += 1
    return number, place


def _runes(text: bytes) -> int:
    count = place = 0
    while place < len(text):
        place += strconv.decode(text, place)[1]
        count += 1
    return count


def _cut(text: bytes, runes: int) -> bytes:
    if text.isascii():
        return text[:runes]
    place = 0
    while place < len(text) and runes > 0:
        place += strconv.decode(text, place)[1]
        runes -= 1
    return text[:place]


def _as_rune(value: int) -> int:
    return value if 0 <= value <= _RUNE_MAX else _RUNE_ERROR


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


def _keep_zeros(text: str, verb: str, precision: int) -> str:
    """`%#g` and the like: always a point, and zeros up to the precision."""
    wanted = 0
    if verb in "vgGx":
        wanted = 6 if precision == -1 else precision
    marks = "pP" if verb in "xX" else "eE"
    stop = next((at for at, char in enumerate(text) if char in marks), len(text))
    head, tail = text[:stop], text[stop:]
    seen = False
    for char in head:
        if char != ".":
            seen = seen or char != "0"
            wanted -= seen
    if "." not in head:
        if head == "0":
            wanted -= 1
        head += "."
    return head + "0" * wanted + tail


def _compare(m: Machine, typ: RType, x: Any, y: Any) -> int:
    """Order map keys as internal/fmtsort does."""
    kind = typ.kind
    if kind in {"float32", "float64"}:
        return _order(x, y)
    if kind in {"complex64", "complex128"}:
        return _order(x.real, y.real) or _order(x.imag, y.imag)
    if kind == "struct":
        for field in typ.fields:
            result = _compare(m, field.type, getattr(x, field.slot), getattr(y, field.slot))
            if result:
                return result
        return 0
    if kind == "array":
        for one, other in zip(x, y, strict=True):
            result = _compare(m, typ.elem, one, other)
            if result:
                return result
        return 0
    if kind == "interface":
        if x is None or y is None:
            return (x is not None) - (y is not None)
        if x.t is not y.t:
            return _order(typeorder.order(x.t), typeorder.order(y.t))
        return _compare(m, x.t, x.v, y.v)
    if kind in {"ptr", "chan", "unsafe.Pointer"}:
        return _order(m.address(x), m.address(y))
    return _order(x, y)


def _compare_values(m: Machine, a: Any, b: Any) -> int:
    """`internal/fmtsort.compare`, of two `reflect.Value`s."""
    if a.f0 is not b.f0:
        return -1
    return _compare(m, a.f0, held(a), held(b))


def _order(x: Any, y: Any) -> int:
    """`cmp.Compare`: NaN comes first."""
    if x != x:
        return 0 if y != y else -1
    if y != y:
        return 1
    return int(x > y) - int(x < y)


# Natives.


def _emit(m: Machine, writer: Iface | None, text: bytes) -> tuple[int, Iface | None]:
    if writer is None:
        panics.nil_dereference()
    if is_plain(writer.v):
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


def _appendln(m: Machine, target: Slice, operands: Slice) -> Slice:
    return strconv.append_bytes(m, target, Printer(m).line(operands))


def _append(m: Machine, target: Slice, operands: Slice) -> Slice:
    return strconv.append_bytes(m, target, Printer(m).text(operands))


def _appendf(m: Machine, target: Slice, template: bytes, operands: Slice) -> Slice:
    return strconv.append_bytes(m, target, Printer(m).format(template, operands))


class _Wrapped(RuntimeError_):
    """What `Errorf` makes."""

    __slots__ = ("errors", "message")

    def __init__(self, message: bytes, errors: list[Iface]) -> None:
        super().__init__(message.decode("utf-8", "replace"))
        self.message = message
        self.errors = errors


def _message(error: _Wrapped) -> bytes:
    return error.message


def _unwrap(error: _Wrapped) -> Iface | None:
    return error.errors[0] if error.errors else None


def _unwrap_all(error: _Wrapped) -> Slice:
    count = len(error.errors)
    return Slice(list(error.errors), 0, count, count)


_PLAIN_ERROR = native_type("*errors.errorString", {"Error": _message})
_WRAP_ERROR = native_type(
    "*fmt.wrapError", {"Error": _message, "Unwrap": _unwrap}, {"Unwrap": "error"}
)
_WRAP_ERRORS = native_type(
    "*fmt.wrapErrors", {"Error": _message, "Unwrap": _unwrap_all}, {"Unwrap": "[]error"}
)


def _errorf(m: Machine, template: bytes, operands: Slice) -> Iface | None:
    """`errorf`: nil when there is nothing to format, so that Go code makes the error."""
    if operands.n == 0 and b"%" not in template:
        return None
    printer = Printer(m)
    printer.wraps = True
    m.heap.reserve(_ERROR)
    text = printer.format(template, operands)
    values = operands.elements()
    numbers = printer.wrapped
    if not numbers:
        return Iface(_PLAIN_ERROR, _Wrapped(text, []))
    if len(numbers) == 1:
        return Iface(_WRAP_ERROR, _Wrapped(text, _errors(printer, values, numbers)))
    if printer.reordered:
        numbers = sorted(numbers)
    once = [n for at, n in enumerate(numbers) if at == 0 or numbers[at - 1] != n]
    return Iface(_WRAP_ERRORS, _Wrapped(text, _errors(printer, values, once)))


def _errors(printer: Printer, values: list[Iface | None], numbers: list[int]) -> list[Iface]:
    found = []
    for number in numbers:
        value = values[number]
        if value is not None and printer._has(value.t, "Error") is not None:  # noqa: SLF001 - same file
            found.append(value)
    return found


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "fmt.Fprintln": _fprintln,
    "fmt.Fprint": _fprint,
    "fmt.Fprintf": _fprintf,
    "fmt.Sprintln": _sprintln,
    "fmt.Sprint": _sprint,
    "fmt.Sprintf": _sprintf,
    "fmt.Appendln": _appendln,
    "fmt.Append": _append,
    "fmt.Appendf": _appendf,
    "fmt.errorf": _errorf,
    "internal/fmtsort.compare": _compare_values,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
