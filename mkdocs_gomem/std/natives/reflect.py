"""Package reflect, values: reading them, taking them apart, setting and making them.

Kinds, flags and what only asks for them (`Kind`, `CanSet`, `IsValid`, …) are Go's own code. Types
are in `reflect_types`, conversions in `reflect_convert`, functions, methods, channels and maps in
`reflect_calls`. Source: reflect/value.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes import types
from mkdocs_gomem.gotypes.types import BasicKind
from mkdocs_gomem.machine import channels, numbers, panics
from mkdocs_gomem.machine import slices as pieces
from mkdocs_gomem.machine.heap import grown_capacity
from mkdocs_gomem.machine.maps import NIL_MAP, GoMap
from mkdocs_gomem.machine.slices import Elements
from mkdocs_gomem.machine.values import (
    NIL,
    ArrayView,
    ElementPointer,
    Iface,
    Ref,
    Slice,
    TypedFieldPointer,
)
from mkdocs_gomem.std.natives.reflect_convert import assigned, boxed, conversion
from mkdocs_gomem.std.natives.reflect_types import (
    as_type,
    asserted,
    find_field,
    first_type_argument,
    given,
    go_type,
    known,
    method_number,
    overflows,
)
from mkdocs_gomem.std.natives.reflect_value import (
    ADDRESSABLE,
    COMPLEXES,
    EMBEDDED,
    FLOATS,
    INTS,
    READ_ONLY,
    STICKY,
    UINTS,
    Value,
    at,
    copied_out,
    held,
    hold,
    kind_of,
    made_swapper,
    must_be_exported,
    must_set,
    panic,
    sticky,
    store,
    wanted,
    wrong_kind,
    zero_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.rtypes import RType

    _Pairs = Iterator[tuple[RType, Any, Any]]
    """What is to be compared: of a type, two values."""

_COMPARED: Final = 5
"""Steps that it takes to compare two values of a type that only the run knows."""
_SEEN: Final = 250
"""Bytes of our process for a pair of values that were met."""
_NILLABLE: Final = ("chan", "func", "interface", "map", "ptr", "slice", "unsafe.Pointer")


def _value_of(_m: Machine, value: Iface | None) -> Value:
    return zero_value() if value is None else hold(value.t, value.v)


# Reading.


def _reader(method: str, *kinds: str) -> Callable[[Machine, Any], Any]:
    return lambda m, value: wanted(m, value, method, *kinds)


def _type(m: Machine, value: Any) -> Iface | None:
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.Type", "invalid")
    return as_type(value.f0)


def _text(_m: Machine, value: Any) -> bytes:
    if value.f0 is None:
        return b"<invalid Value>"
    if value.f0.kind == "string":
        return bytes(held(value))
    return f"<{value.f0.name} Value>".encode()


def _array_behind(m: Machine, value: Any, method: str) -> int:
    """Return the length of the array that a pointer points to."""
    if value.f0.elem.kind != "array":
        panic(m, f"reflect: call of reflect.Value.{method} on ptr to non-array Value")
    return int(value.f0.elem.length)


def _len(m: Machine, value: Any) -> int:
    found = wanted(m, value, "Len", "array", "slice", "string", "map", "chan", "ptr")
    match value.f0.kind:
        case "ptr":
            return _array_behind(m, value, "Len")
        case "array":
            return int(value.f0.length)
        case "slice":
            return int(found.n)
        case "map":
            return len(found.d)
        case "string":
            return len(found)
        case _:
            return channels.length(found)


def _cap(m: Machine, value: Any) -> int:
    found = wanted(m, value, "Cap", "array", "slice", "chan", "ptr")
    match value.f0.kind:
        case "ptr":
            return _array_behind(m, value, "Cap")
        case "array":
            return int(value.f0.length)
        case "slice":
            return int(found.c)
        case _:
            return channels.capacity(found)


def _index(m: Machine, value: Any, index: int) -> Value:
    found = wanted(m, value, "Index", "array", "slice", "string")
    kind = value.f0.kind
    flags = sticky(value.f2)
    length = found.n if kind == "slice" else len(found)
    if not 0 <= index < length:
        panic(m, f"reflect: {kind} index out of range")
    if kind == "string":
        return hold(m.types.basic(BasicKind.UINT8), found[index], flags)
    if kind == "slice":
        found, index, flags = found.a, found.o + index, flags | ADDRESSABLE
    else:
        flags |= value.f2 & ADDRESSABLE
    elem = value.f0.elem
    return at(elem, found[index] if elem.composite else ElementPointer(found, index), flags)


def _number_fields(m: Machine, value: Any) -> int:
    wanted(m, value, "NumField", "struct")
    return len(known(value.f0).fields)


def field_of(m: Machine, value: Any, index: int) -> Value:
    """`Field`"""
    found = wanted(m, value, "Field", "struct")
    fields = known(value.f0).fields
    if not 0 <= index < len(fields):
        panic(m, "reflect: Field index out of range")
    field = fields[index]
    flags = value.f2 & (STICKY | ADDRESSABLE)
    if not field.exported:
        flags |= EMBEDDED if field.embedded else STICKY
    if field.type.composite:
        place = getattr(found, field.slot)
    else:
        place = TypedFieldPointer(found, field.slot, value.f0)
    return at(field.type, place, flags)


def _through(m: Machine, value: Any, path: Any) -> tuple[Value, str]:
    """Follow fields; return a name instead of the value if there is a nil pointer on the way."""
    for depth, index in enumerate(path):
        typ = value.f0
        if depth and typ.kind == "ptr" and typ.elem.kind == "struct":
            if held(value) is None:
                return value, typ.elem.name.rpartition(".")[2]
            value = elem_of(m, value)
        value = field_of(m, value, index)
    return value, ""


def _field_by_index(m: Machine, value: Any, path: Slice) -> Value:
    wanted(m, value, "Field" if path.n == 1 else "FieldByIndex", "struct")
    found, stopped = _through(m, value, path.elements())
    if stopped:
        panic(m, "reflect: indirection through nil pointer to embedded struct")
    return found


def _field_by_name(m: Machine, value: Any, name: bytes) -> Value:
    wanted(m, value, "FieldByName", "struct")
    text = name.decode("utf-8", "replace")
    return _matching(m, value, lambda other: other == text)


def _field_by_function(m: Machine, value: Any, match: Callable[[bytes], bool]) -> Value:
    wanted(m, value, "FieldByNameFunc", "struct")
    return _matching(m, value, lambda name: match(name.encode()))


def _matching(m: Machine, value: Any, matches: Callable[[str], bool]) -> Value:
    found = find_field(known(value.f0), matches)
    if found is None:
        return zero_value()
    result, stopped = _through(m, value, found[2])
    if stopped:
        panic(m, "reflect: indirection through nil pointer to embedded struct")
    return result


def elem_of(m: Machine, value: Any) -> Value:
    """`Elem`"""
    found = wanted(m, value, "Elem", "interface", "ptr")
    if found is None:
        return zero_value()
    if value.f0.kind == "interface":
        return hold(found.t, found.v, sticky(value.f2))
    return at(known(value.f0).elem, found, value.f2 & READ_ONLY | ADDRESSABLE)


def _indirect(m: Machine, value: Any) -> Any:
    return elem_of(m, value) if kind_of(value) == "ptr" else value


def _is_nil(m: Machine, value: Any) -> bool:
    found = wanted(m, value, "IsNil", *_NILLABLE)
    return found.a is None if isinstance(found, Slice) else found is None or found is NIL_MAP


def _is_zero(m: Machine, value: Any) -> bool:
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.IsZero", "invalid")
    return _zero(value.f0, held(value))


def _zero(typ: RType, found: Any) -> bool:
    match typ.kind:
        case "struct":
            return all(
                _zero(f.type, getattr(found, f.slot)) for f in known(typ).fields if f.name != "_"
            )
        case "array":
            return all(_zero(typ.elem, found[place]) for place in range(typ.length))
        case "slice":
            return found.a is None
        case "map":
            return found is NIL_MAP
        case "interface" | "ptr" | "func" | "chan" | "unsafe.Pointer":
            return found is None
        case _:
            return not found


def interface_of(m: Machine, value: Any, *, safe: bool = True) -> Iface | None:
    """`Interface`"""
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.Interface", "invalid")
    if safe and value.f2 & READ_ONLY:
        panic(
            m,
            "reflect.Value.Interface: cannot return value obtained from unexported field or method",
        )
    found = held(value)
    if value.f2 & ADDRESSABLE and not value.f0.is_interface:
        copied_out(m, value.f0, found)
    return boxed(value.f0, found)


def _type_assert(m: Machine, dictionary: Any, value: Any) -> tuple[Any, bool]:
    if value.f0 is None:
        wrong_kind(m, "reflect.TypeAssert", "invalid")
    if value.f2 & READ_ONLY:
        panic(m, "reflect.TypeAssert: cannot return value obtained from unexported field or method")
    target = first_type_argument(dictionary)
    typ, found = value.f0, held(value)
    if typ.is_interface:
        if found is None:
            return target.zero(), False
        typ, found = found.t, found.v
    if target.is_interface:
        if typ.implements(target):
            return None, False
        return Iface(typ, typ.copy(found)), True
    return (typ.copy(found), True) if typ is target else (target.zero(), False)


_METHOD_VALUE, _MADE_FUNCTION = "method_of_value", "made_function"
"""Names of the Python functions that reflection makes (`reflect_calls`)."""


def _pointer(m: Machine, value: Any) -> int:
    kinds = ("chan", "func", "map", "ptr", "slice", "string", "unsafe.Pointer")
    found = wanted(m, value, "Pointer", *kinds)
    if found is NIL_MAP:
        return 0
    if value.f0.kind == "func" and found is not None:
        # Of the code, which all closures of one literal share, and all that reflection makes.
        name = getattr(found, "__name__", "")
        if name == _MADE_FUNCTION:
            return m.callers.assembly("reflect.makeFuncStub")
        if name == _METHOD_VALUE:
            return m.callers.assembly("reflect.methodValueCall")
    return m.address(found, value.f0)


def _unsafe_pointer(m: Machine, value: Any) -> Any:
    found = wanted(m, value, "UnsafePointer", "chan", "func", "map", "ptr", "slice",
                   "string", "unsafe.Pointer")  # fmt: skip
    match found:
        case Slice():
            return m.unsafe.of(pieces.unsafe_data(found), value.f0.elem)
        case bytes():
            return pieces.unsafe_data(found)
        case _ if found is NIL_MAP:
            return None
        case _ if value.f0.kind == "ptr":
            return m.unsafe.of(found, value.f0.elem)
        case _:
            return found


def _unsafe_address(m: Machine, value: Any) -> int:
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.UnsafeAddr", "invalid")
    if not value.f2 & ADDRESSABLE:
        panic(m, "reflect.Value.UnsafeAddr of unaddressable value")
    return m.unsafe.lend(value.f1, value.f0)


def _bytes(m: Machine, value: Any) -> Slice:
    found = wanted(m, value, "Bytes", "slice", "array")
    kind = value.f0.kind
    if value.f0.elem.kind != "uint8":
        panic(m, f"reflect.Value.Bytes of non-byte {kind}")
    if kind == "slice":
        return found  # type: ignore[no-any-return]
    if not value.f2 & ADDRESSABLE:
        panic(m, "reflect.Value.Bytes of unaddressable byte array")
    return _whole(found)


def _overflow(method: str, *kinds: str) -> Callable[[Machine, Any, Any], bool]:
    def overflow(m: Machine, value: Any, number: Any) -> bool:
        wanted(m, value, method, *kinds)
        return overflows(value.f0, number)

    return overflow


# Setting.


def _address(m: Machine, value: Any) -> Value:
    if not value.f2 & ADDRESSABLE:
        panic(m, "reflect.Value.Addr of unaddressable value")
    pointer = m.types.of(types.Pointer(go_type(value.f0)))
    return hold(pointer, value.f1, value.f2 & READ_ONLY)


def set_to(m: Machine, value: Any, new: Any) -> None:
    """`Set`"""
    must_set(m, value, "Set")
    must_be_exported(m, new, "reflect.Value.Set")
    store(value, assigned(m, "reflect.Set", value.f0, new))


def _setter(method: str, *kinds: str) -> Callable[[Machine, Any, Any], None]:
    def set_simple(m: Machine, value: Any, new: Any) -> None:
        must_set(m, value, method)
        wanted(m, value, method, *kinds)
        typ = value.f0
        if typ.integer:
            new = numbers.wrap(new, typ.bits, signed=typ.signed)
        elif typ.kind == "float32":
            new = numbers.single(new)
        elif typ.kind == "complex64":
            new = numbers.single_complex(new)
        store(value, new)

    return set_simple


def _set_bytes(m: Machine, value: Any, new: Slice) -> None:
    must_set(m, value, "SetBytes")
    wanted(m, value, "SetBytes", "slice")
    if value.f0.elem.kind != "uint8":
        panic(m, "reflect.Value.SetBytes of non-byte slice")
    store(value, new)


def _set_zero(m: Machine, value: Any) -> None:
    must_set(m, value, "SetZero")
    store(value, value.f0.zero())


def _set_len(m: Machine, value: Any, length: int) -> None:
    must_set(m, value, "SetLen")
    s = wanted(m, value, "SetLen", "slice")
    if not 0 <= length <= s.c:
        panic(m, "reflect: slice length out of range in SetLen")
    store(value, Slice(s.a, s.o, length, s.c))


def _set_cap(m: Machine, value: Any, capacity: int) -> None:
    must_set(m, value, "SetCap")
    s = wanted(m, value, "SetCap", "slice")
    if not s.n <= capacity <= s.c:
        panic(m, "reflect: slice capacity out of range in SetCap")
    store(value, Slice(s.a, s.o, s.n, capacity))


# Slices and arrays.


def _whole(array: Any) -> Slice:
    """Return an array as a slice of all of it."""
    if isinstance(array, ArrayView):
        return Slice(array.a, array.o, array.n, array.n)
    return Slice(array, 0, len(array), len(array))


def _sliced(m: Machine, value: Any, method: str, low: int, high: int, top: int | None) -> Value:
    found = wanted(m, value, method, "array", "slice", *(("string",) if top is None else ()))
    typ = value.f0
    if typ.kind == "string":
        if not 0 <= low <= high <= len(found):
            panic(m, "reflect.Value.Slice: string slice index out of bounds")
        return hold(typ, found[low:high], value.f2 & READ_ONLY)
    if typ.kind == "array":
        if not value.f2 & ADDRESSABLE:
            panic(m, f"reflect.Value.{method}: slice of unaddressable array")
        found = _whole(found)
        typ = m.types.of(types.Slice(go_type(typ.elem)))
    end = found.c if top is None else top
    if not 0 <= low <= high <= end <= found.c:
        panic(m, f"reflect.Value.{method}: slice index out of bounds")
    array = found.a
    start = found.o + low if end > low else found.o
    return hold(typ, Slice(array, start, high - low, end - low), sticky(value.f2))


def _slice(m: Machine, value: Any, low: int, high: int) -> Value:
    return _sliced(m, value, "Slice", low, high, None)


def _slice3(m: Machine, value: Any, low: int, high: int, top: int) -> Value:
    return _sliced(m, value, "Slice3", low, high, top)


def _grown(m: Machine, typ: RType, s: Slice, count: int) -> Slice:
    """Return a slice with room for so many more elements (`reflect_growslice`)."""
    if count < 0:
        panic(m, "reflect.Value.Grow: negative len")
    if s.n + count <= s.c:
        return s
    elements = Elements(typ.elem)
    capacity = grown_capacity(s.n + count, s.c, elements.size, noscan=elements.noscan)
    array = m.slices.vacant(elements, capacity)
    kept = s.a[s.o : s.o + s.c] if s.a is not None else []
    if elements.composite:
        kept = [elements.copy(part) for part in kept]
    array[: len(kept)] = kept
    return Slice(array, 0, s.n, capacity)


def _grow(m: Machine, value: Any, count: int) -> None:
    must_set(m, value, "Grow")
    s = wanted(m, value, "Grow", "slice")
    store(value, _grown(m, value.f0, s, count))


def _extended(m: Machine, value: Any, method: str, count: int) -> tuple[Slice, Slice]:
    """Return a slice that is longer by so many elements, and the new ones."""
    if kind_of(value) != "slice":
        wrong_kind(m, method, kind_of(value))
    must_be_exported(m, value, method)
    s = _grown(m, value.f0, held(value), count)
    longer = Slice(s.a, s.o, s.n + count, s.c)
    return longer, Slice(s.a, s.o + s.n, count, count)


def _append(m: Machine, value: Any, more: Slice) -> Value:
    s, fresh = _extended(m, value, "reflect.Append", more.n)
    elem = value.f0.elem
    for place, new in enumerate(more.elements(), fresh.o):
        must_be_exported(m, new, "reflect.Value.Set")
        put = assigned(m, "reflect.Set", elem, new)
        if elem.composite:
            elem.ops.assign(s.a[place], put)
        else:
            s.a[place] = put
    return hold(value.f0, s)


def _append_slice(m: Machine, value: Any, more: Any) -> Value:
    for one in (value, more):
        if kind_of(one) != "slice":
            wrong_kind(m, "reflect.AppendSlice", kind_of(one))
    _must_match(m, "reflect.AppendSlice", value.f0.elem, more.f0.elem)
    other = held(more)
    s, fresh = _extended(m, value, "reflect.AppendSlice", other.n)
    m.slices.copy(Elements(value.f0.elem), fresh, other)
    return hold(value.f0, s)


def _must_match(m: Machine, what: str, x: RType, y: RType) -> None:
    if x is not y:
        panic(m, f"{what}: {x.name} != {y.name}")


def _copy(m: Machine, target: Any, source: Any) -> int:
    if kind_of(target) not in {"array", "slice"}:
        wrong_kind(m, "reflect.Copy", kind_of(target))
    if target.f0.kind == "array":
        must_set(m, target, "Copy")
    must_be_exported(m, target, "reflect.Copy")
    kind = kind_of(source)
    to = _whole(held(target)) if target.f0.kind == "array" else held(target)
    if kind == "string" and target.f0.elem.kind == "uint8":
        return m.slices.copy_string(to, held(source))
    if kind not in {"array", "slice"}:
        wrong_kind(m, "reflect.Copy", kind)
    must_be_exported(m, source, "reflect.Copy")
    _must_match(m, "reflect.Copy", target.f0.elem, source.f0.elem)
    of = _whole(held(source)) if kind == "array" else held(source)
    return m.slices.copy(Elements(target.f0.elem), to, of)


def _clear(m: Machine, value: Any) -> None:
    found = wanted(m, value, "Clear", "slice", "map")
    if isinstance(found, GoMap):
        found.clear()
    else:
        m.slices.clear(Elements(value.f0.elem), found)


def _swapper(m: Machine, of: Iface | None) -> Callable[[int, int], None]:
    if of is None or of.t.kind != "slice":
        wrong_kind(m, "Swapper", "invalid" if of is None else of.t.kind)
    s: Slice = of.v
    elem = of.t.elem

    def swap(i: int, j: int) -> None:
        if s.n < 2:
            if s.n == 0 or i or j:
                panic(m, "reflect: slice index out of range")
            return
        for place in (i, j):
            if not 0 <= place < s.n:
                panics.index(place, s.n)
        pieces.swap(elem, s, i, j)

    made_swapper(m, elem, s.n, swap)
    return swap


# Making values.


def _new(m: Machine, typ: Iface | None) -> Value:
    if typ is None:
        panic(m, "reflect: New(nil)")
    pointed = asserted(typ)
    m.charge_copy(pointed.host)
    place = pointed.zero() if pointed.composite else Ref(pointed.zero_value)
    m.made_by_std(place, pointed.size, noscan=pointed.noscan)
    return hold(m.types.of(types.Pointer(go_type(pointed))), place)


def _new_at(m: Machine, typ: Iface | None, place: Any) -> Value:
    elem = asserted(typ)
    return hold(m.types.of(types.Pointer(go_type(elem))), m.unsafe.typed(place, elem))


def _zero_of(m: Machine, typ: Iface | None) -> Value:
    if typ is None:
        panic(m, "reflect: Zero(nil)")
    return hold(asserted(typ), asserted(typ).zero())


def _make_slice(m: Machine, of: Iface | None, length: int, capacity: int) -> Value:
    typ = given(of)
    if typ.kind != "slice":
        panic(m, "reflect.MakeSlice of non-slice type")
    if length < 0:
        panic(m, "reflect.MakeSlice: negative len")
    if capacity < 0:
        panic(m, "reflect.MakeSlice: negative cap")
    if length > capacity:
        panic(m, "reflect.MakeSlice: len > cap")
    array = m.slices.vacant(Elements(typ.elem), capacity)
    m.made_by_std(array, capacity * typ.elem.size, noscan=typ.elem.noscan)
    m.made_by_std(array, typ.size, noscan=False)
    return hold(typ, Slice(array, 0, length, capacity))


# Converting.


def _convert(m: Machine, value: Any, to: Iface | None) -> Value:
    """`Convert`"""
    target = given(to)
    operation = None if value.f0 is None else conversion(target, value.f0)
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.Convert", "invalid")
    if operation is None:
        panic(
            m,
            f"reflect.Value.Convert: value of type {value.f0.name} cannot be converted to type"
            f" {target.name}",
        )
    return hold(target, operation(m, target, value), sticky(value.f2))


def _can_convert(m: Machine, value: Any, to: Iface | None) -> bool:
    """`CanConvert`"""
    if value.f0 is None:
        wrong_kind(m, "reflect.Value.Type", "invalid")
    target = given(to)
    if conversion(target, value.f0) is None:
        return False
    if value.f0.kind == "slice" and target.kind == "array":
        return bool(target.length <= held(value).n)
    if value.f0.kind == "slice" and target.kind == "ptr" and target.elem.kind == "array":
        return bool(target.elem.length <= held(value).n)
    return True


# Equality.


def _comparable(typ: RType, found: Any) -> bool:
    match typ.kind:
        case "interface":
            return found is None or _comparable(found.t, found.v)
        case "array" if typ.elem.kind in {"interface", "array", "struct"}:
            for part in found if typ.elem.size else ():  # noqa: SIM110 - `all` is C, with a small stack
                if not _comparable(typ.elem, part):
                    return False
            return True
        case "struct":
            for field in known(typ).fields:
                if not _comparable(field.type, getattr(found, field.slot)):
                    return False
            return True
        case _:
            return typ.comparable


def _is_comparable(_m: Machine, value: Any) -> bool:
    return value.f0 is not None and _comparable(value.f0, held(value))


def _equal(m: Machine, value: Any, other: Any) -> bool:
    if kind_of(value) == "interface":
        value = elem_of(m, value)
    if kind_of(other) == "interface":
        other = elem_of(m, other)
    if value.f0 is None or other.f0 is None:
        return value.f0 is other.f0
    return value.f0 is other.f0 and _equal_parts(m, value.f0, held(value), held(other))


def _equal_parts(m: Machine, typ: RType, x: Any, y: Any) -> bool:
    m.spend(_COMPARED)
    match typ.kind:
        case "interface":
            if x is None or y is None:
                return x is y
            return x.t is y.t and _equal_parts(m, x.t, x.v, y.v)
        case "array":
            if typ.length or typ.elem.comparable:
                for a, b in zip(x, y, strict=True) if typ.elem.size else ():
                    if not _equal_parts(m, typ.elem, a, b):
                        return False
                return True
        case "struct":
            for f in known(typ).fields:
                if not _equal_parts(m, f.type, getattr(x, f.slot), getattr(y, f.slot)):
                    return False
            return True
        case "func" | "map" | "slice":
            pass
        case _:
            return typ.equal(x, y)
    return panic(m, f"reflect.Value.Equal: values of type {typ.name} are not comparable")


def _deep_equal(m: Machine, x: Iface | None, y: Iface | None) -> bool:
    if x is None or y is None:
        return x is y
    if x.t is not y.t:
        return False
    seen: set[tuple[int, int, int]] = set()
    ways: list[_Pairs] = [iter(((x.t, x.v, y.v),))]
    while ways:
        for typ, a, b in ways[-1]:
            m.spend(_COMPARED)
            found = _deep(m, typ, a, b, seen)
            if found is False:
                return False
            if found is not True:
                if len(ways) >= m.limits.depth:
                    raise panics.Stop("depth")
                ways.append(found)
                break
        else:
            ways.pop()
    return True


def _deep(m: Machine, typ: RType, x: Any, y: Any, seen: set[tuple[int, int, int]]) -> bool | _Pairs:
    """Tell if two values are deeply equal, or what in them must be."""
    kind = typ.kind
    if kind in {"ptr", "slice", "map", "interface"}:
        key = (id(typ), id(x), id(y))
        if key in seen:
            return True
        m.heap.reserve(_SEEN)
        seen.add(key)
    match kind:
        case "array":
            return _deep_elements(m, typ.elem, x, y)
        case "slice":
            if (x.a is None) != (y.a is None) or x.n != y.n:
                return False
            if x.a is y.a and x.o == y.o:
                return True
            return _deep_elements(m, typ.elem, x.elements(), y.elements())
        case "interface":
            if x is None or y is None:
                return x is y
            return x.t is y.t and iter(((x.t, x.v, y.v),))
        case "ptr":
            if typ.equal(x, y):
                return True
            if x is None or y is None or typ.go is None:
                return False
            inside = typ.elem.composite
            return iter(((typ.elem, x if inside else x.v, y if inside else y.v),))
        case "struct":
            return ((f.type, getattr(x, f.slot), getattr(y, f.slot)) for f in known(typ).fields)
        case "map":
            if (x is NIL_MAP) != (y is NIL_MAP) or len(x.d) != len(y.d):
                return False
            if x is y:
                return True
            m.spend(len(x.d))
            if not x.d.keys() <= y.d.keys():
                return False
            return ((typ.elem, elem, y.d[key]) for key, elem in x.d.items())
        case "func":
            return x is None and y is None
        case _:
            return typ.equal(x, y)


def _deep_elements(m: Machine, elem: RType, x: Any, y: Any) -> bool | _Pairs:
    if elem.size == 0:
        return True
    if elem.composite or elem.kind in {"ptr", "slice", "map", "interface", "func"}:
        return ((elem, a, b) for a, b in zip(x, y, strict=True))
    m.spend(len(x))
    return all(map(elem.equal, x, y))


_METHODS: Final[dict[str, Callable[..., Any]]] = {
    "Type": _type,
    "typeSlow": _type,
    "typ": lambda _m, value: value.f0,
    "abiType": lambda _m, value: value.f0,
    "Int": _reader("Int", *INTS),
    "Uint": _reader("Uint", *UINTS),
    "Float": _reader("Float", *FLOATS),
    "Bool": _reader("Bool", "bool"),
    "Complex": _reader("Complex", *COMPLEXES),
    "String": _text,
    "Bytes": _bytes,
    "Len": _len,
    "Cap": _cap,
    "Index": _index,
    "NumField": _number_fields,
    "Field": field_of,
    "FieldByIndex": _field_by_index,
    "FieldByName": _field_by_name,
    "FieldByNameFunc": _field_by_function,
    "Elem": elem_of,
    "IsNil": _is_nil,
    "IsZero": _is_zero,
    "Interface": interface_of,
    "Addr": _address,
    "Set": set_to,
    "SetInt": _setter("SetInt", *INTS),
    "SetUint": _setter("SetUint", *UINTS),
    "SetFloat": _setter("SetFloat", *FLOATS),
    "SetComplex": _setter("SetComplex", *COMPLEXES),
    "SetBool": _setter("SetBool", "bool"),
    "SetString": _setter("SetString", "string"),
    "SetPointer": _setter("SetPointer", "unsafe.Pointer"),
    "SetBytes": _set_bytes,
    "SetZero": _set_zero,
    "SetLen": _set_len,
    "SetCap": _set_cap,
    "Slice": _slice,
    "Slice3": _slice3,
    "Grow": _grow,
    "Clear": _clear,
    "Pointer": _pointer,
    "UnsafePointer": _unsafe_pointer,
    "UnsafeAddr": _unsafe_address,
    "OverflowInt": _overflow("OverflowInt", *INTS),
    "OverflowUint": _overflow("OverflowUint", *UINTS),
    "OverflowFloat": _overflow("OverflowFloat", *FLOATS),
    "OverflowComplex": _overflow("OverflowComplex", *COMPLEXES),
    "Convert": _convert,
    "CanConvert": _can_convert,
    "Comparable": _is_comparable,
    "Equal": _equal,
}


def _refuse(what: str) -> Callable[..., NoReturn]:
    def refuse(_m: Machine, *_args: Any) -> NoReturn:
        raise panics.Unsupported(f"call of {what}")

    return refuse


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "reflect.ValueOf": _value_of,
    "reflect.TypeAssert[...]": _type_assert,
    "reflect.valueInterface": lambda m, value, safe: interface_of(m, value, safe=safe),
    "reflect.DeepEqual": _deep_equal,
    "reflect.Swapper": _swapper,
    "reflect.Indirect": _indirect,
    "reflect.New": _new,
    "reflect.NewAt": _new_at,
    "reflect.Zero": _zero_of,
    "reflect.MakeSlice": _make_slice,
    "reflect.Append": _append,
    "reflect.AppendSlice": _append_slice,
    "reflect.Copy": _copy,
    "reflect.SliceAt": _refuse("reflect.SliceAt"),
    "reflect.Value.InterfaceData": _refuse("reflect.Value.InterfaceData"),
    **{f"reflect.Value.{name}": native for name, native in _METHODS.items()},
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}

__all__ = ["NATIVES", "NIL", "VARIABLES", "method_number"]
