"""Package reflect: the basics, of types and values as the machine holds them.

A `reflect.Type` is an interface whose value is the machine's own `RType`, so that types are the
same exactly if they are the same object. A `reflect.Value` has the three fields of Go's: the type,
a pointer to the value (`machine.values`), and flags. What is not here is refused by name: calls
of methods and functions, types made at run time, channels, iterators over maps.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes import types
from mkdocs_gomem.gotypes.types import BasicKind
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.maps import NIL_MAP, GoMap
from mkdocs_gomem.machine.panics import RuntimeError_
from mkdocs_gomem.machine.rtypes import RType, native_type
from mkdocs_gomem.machine.values import ElementPointer, FieldPointer, Iface, Ref, Slice

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_KINDS: Final = (
    "invalid", "bool", "int", "int8", "int16", "int32", "int64", "uint", "uint8", "uint16",
    "uint32", "uint64", "uintptr", "float32", "float64", "complex64", "complex128", "array",
    "chan", "func", "interface", "map", "ptr", "slice", "string", "struct", "unsafe.Pointer",
)  # fmt: skip
_KIND_NUMBERS: Final = {name: number for number, name in enumerate(_KINDS)}
_VALID, _ADDRESSABLE, READ_ONLY = 4, 1, 2
"""Flags of a value; the last is of what comes from an unexported field."""


class Value:
    """A `reflect.Value` that is not the zero one: type, pointer, flags."""

    __slots__ = ("f0", "f1", "f2")

    def __init__(self, typ: RType | None, place: Any, flags: int) -> None:
        self.f0 = typ
        self.f1 = place
        self.f2 = flags


class StructField:
    """A `reflect.StructField`: Name, PkgPath, Type, Tag, Offset, Index, Anonymous."""

    __slots__ = ("f0", "f1", "f2", "f3", "f4", "f5", "f6")

    def __init__(self, typ: RType, index: int) -> None:
        field = typ.fields[index]
        named = field.exported
        self.f0 = field.name.encode()
        self.f1 = b"" if named else (typ.package or "main").encode()
        self.f2 = as_type(field.type)
        self.f3 = field.tag.encode()
        self.f4 = field.offset
        self.f5 = Slice([index], 0, 1, 1)
        self.f6 = field.embedded


# Types.


def as_type(typ: RType | None) -> Iface | None:
    """Return the `reflect.Type` of a type."""
    return None if typ is None else Iface(_TYPE, typ)


def _panic(text: str) -> NoReturn:
    error = native_type("*reflect.ValueError", {"Error": lambda e: e.text.encode()})
    raise panics.Panic(Iface(error, RuntimeError_(text)))


def _plain_panic(m: Machine, text: str) -> NoReturn:
    raise panics.Panic(Iface(m.types.basic(BasicKind.STRING), text.encode()))


def _known(typ: RType) -> RType:
    if typ.go is None:
        raise panics.Unsupported(f"reflection of {typ.name}")
    return typ


def _name(typ: RType) -> bytes:
    named = types.as_named(types.unalias(typ.go)) if typ.go is not None else None
    if named is None:
        return typ.name.encode() if isinstance(typ.go, types.Basic) else b""
    head, bracket, rest = typ.name.partition("[")
    return (head.rpartition(".")[2] + bracket + rest).encode()


def _part(what: str, kinds: frozenset[str]) -> Callable[[RType], Any]:
    def part(typ: RType) -> Any:
        if _known(typ).kind not in kinds:
            raise panics.Unsupported(f"reflect.Type.{what} of {typ.name}")
        return as_type(typ.key if what == "Key" else typ.elem)

    return part


def _number_of_fields(typ: RType) -> int:
    if typ.kind != "struct":
        raise panics.Unsupported(f"reflect.Type.NumField of {typ.name}")
    return len(_known(typ).fields)


def _field(typ: RType, index: int) -> StructField:
    if not 0 <= index < _number_of_fields(typ):
        raise panics.Unsupported("reflect.Type.Field out of range")
    return StructField(typ, index)


def _field_by_name(typ: RType, name: bytes) -> tuple[Any, bool]:
    for index, field in enumerate(_known(typ).fields):
        if field.name.encode() == name:
            return StructField(typ, index), True
    raise panics.Unsupported(f"reflect.Type.FieldByName of a field that {typ.name} lacks")


def _signature(typ: RType) -> types.Signature:
    under = _known(typ).go.underlying  # type: ignore[union-attr]
    if not isinstance(under, types.Signature):
        raise panics.Unsupported(f"parameters of {typ.name}")
    return under


def _argument(typ: RType, index: int, *, results: bool) -> Iface | None:
    signature = _signature(typ)
    var = (signature.results if results else signature.params).vars[index]
    assert typ.registry is not None  # noqa: S101 - `_known`
    assert var.type is not None  # noqa: S101
    return as_type(typ.registry.of(var.type))


def _implements(typ: RType, interface: Iface) -> bool:
    return not typ.implements(interface.v)


def _assignable(typ: RType, other: Iface) -> bool:
    return typ is other.v or (other.v.is_interface and not typ.implements(other.v))


def _length(typ: RType) -> int:
    if typ.kind != "array":
        raise panics.Unsupported(f"reflect.Type.Len of {typ.name}")
    return typ.length


_ELEMS: Final = frozenset(("array", "chan", "map", "ptr", "slice"))

_TYPE: Final = native_type(
    "*reflect.rtype",
    {
        "String": lambda typ: typ.name.encode(),
        "Name": _name,
        "PkgPath": lambda typ: typ.package.encode(),
        "Kind": lambda typ: _KIND_NUMBERS[typ.kind],
        "Size": lambda typ: typ.size,
        "Align": lambda typ: typ.align,
        "Bits": lambda typ: typ.size * 8,
        "Comparable": lambda typ: typ.comparable,
        "Elem": _part("Elem", _ELEMS),
        "Key": _part("Key", frozenset(("map",))),
        "Len": _length,
        "NumField": _number_of_fields,
        "Field": _field,
        "FieldByName": _field_by_name,
        "NumIn": lambda typ: len(_signature(typ).params),
        "NumOut": lambda typ: len(_signature(typ).results),
        "In": lambda typ, index: _argument(typ, index, results=False),
        "Out": lambda typ, index: _argument(typ, index, results=True),
        "IsVariadic": lambda typ: _signature(typ).variadic,
        "Implements": _implements,
        "AssignableTo": _assignable,
    },
)
_LITE: Final = native_type("*reflectlite.rtype", _TYPE.methods or {})


def _type_of(_m: Machine, value: Iface | None) -> Iface | None:
    return None if value is None else as_type(value.t)


def _lite_type_of(_m: Machine, value: Iface | None) -> Iface | None:
    return None if value is None else Iface(_LITE, value.t)


# Values.


def _value_of(_m: Machine, value: Iface | None) -> Value:
    if value is None:
        return Value(None, None, 0)
    return _hold(value.t, value.v)


def _hold(typ: RType, value: Any, flags: int = 0) -> Value:
    return Value(typ, value if typ.composite else Ref(value), flags | _VALID)


def _get(value: Any) -> Any:
    return value.f1 if value.f0.composite else value.f1.v


def _wanted(value: Any, method: str, *kinds: str) -> Any:
    """Return what is in a value of one of some kinds; panic as reflect does if it is of none."""
    if value.f0 is None:
        _panic(f"reflect: call of reflect.Value.{method} on zero Value")
    if value.f0.kind not in kinds:
        _panic(f"reflect: call of reflect.Value.{method} on {value.f0.kind} Value")
    return _get(value)


def _reader(method: str, *kinds: str) -> Callable[..., Any]:
    return lambda _m, value: _wanted(value, method, *kinds)


def _kind(_m: Machine, value: Any) -> int:
    return 0 if value.f0 is None else _KIND_NUMBERS[value.f0.kind]


def _type(_m: Machine, value: Any) -> Iface | None:
    if value.f0 is None:
        _panic("reflect: call of reflect.Value.Type on zero Value")
    return as_type(value.f0)


def _text(_m: Machine, value: Any) -> bytes:
    if value.f0 is None:
        return b"<invalid Value>"
    if value.f0.kind == "string":
        return bytes(_get(value))
    return f"<{value.f0.name} Value>".encode()


def _len(_m: Machine, value: Any) -> int:
    held = _wanted(value, "Len", "array", "slice", "string", "map", "chan")
    match held:
        case Slice():
            return held.n
        case GoMap():
            return len(held.d)
        case bytes() | list() | bytearray():
            return len(held)
        case _:
            return 0 if held is None else len(held.buffer)


def _cap(_m: Machine, value: Any) -> int:
    held = _wanted(value, "Cap", "array", "slice", "chan")
    match held:
        case Slice():
            return held.c
        case list() | bytearray():
            return len(held)
        case _:
            return 0 if held is None else int(held.capacity)


def _index(m: Machine, value: Any, index: int) -> Value:
    held = _wanted(value, "Index", "array", "slice", "string")
    kind = value.f0.kind
    flags = value.f2 & READ_ONLY
    if not 0 <= index < _len(m, value):
        _plain_panic(m, f"reflect: {'string' if kind == 'string' else kind} index out of range")
    if kind == "string":
        return _hold(m.types.basic(BasicKind.UINT8), held[index], flags)
    if kind == "slice":
        held, index, flags = held.a, held.o + index, flags | _ADDRESSABLE
    else:
        flags |= value.f2 & _ADDRESSABLE
    elem = value.f0.elem
    place = held[index] if elem.composite else ElementPointer(held, index)
    return Value(elem, place, flags | _VALID)


def _number_fields(_m: Machine, value: Any) -> int:
    _wanted(value, "NumField", "struct")
    return len(_known(value.f0).fields)


def _field_of(m: Machine, value: Any, index: int) -> Value:
    held = _wanted(value, "Field", "struct")
    fields = _known(value.f0).fields
    if not 0 <= index < len(fields):
        _plain_panic(m, "reflect: Field index out of range")
    field = fields[index]
    flags = value.f2 | (0 if field.exported else READ_ONLY)
    place = getattr(held, field.slot) if field.type.composite else FieldPointer(held, field.slot)
    return Value(field.type, place, flags)


def _field_of_name(m: Machine, value: Any, name: bytes) -> Value:
    _wanted(value, "FieldByName", "struct")
    for index, field in enumerate(_known(value.f0).fields):
        if field.name.encode() == name:
            return _field_of(m, value, index)
    if any(field.embedded for field in value.f0.fields):
        raise panics.Unsupported("reflect.Value.FieldByName of a promoted field")
    return Value(None, None, 0)


def _elem(_m: Machine, value: Any) -> Value:
    held = _wanted(value, "Elem", "interface", "ptr")
    if held is None:
        return Value(None, None, 0)
    flags = value.f2 & READ_ONLY
    if value.f0.kind == "interface":
        return _hold(held.t, held.v, flags)
    return Value(_known(value.f0).elem, held, flags | _ADDRESSABLE | _VALID)


def _is_nil(_m: Machine, value: Any) -> bool:
    held = _wanted(value, "IsNil", "chan", "func", "interface", "map", "ptr", "slice",
                   "unsafe.Pointer")  # fmt: skip
    return held.a is None if isinstance(held, Slice) else held is None or held is NIL_MAP


def _is_valid(_m: Machine, value: Any) -> bool:
    return value.f0 is not None


def _is_zero(_m: Machine, value: Any) -> bool:
    if value.f0 is None:
        _panic("reflect: call of reflect.Value.IsZero on zero Value")
    return _zero(value.f0, _get(value))


def _zero(typ: RType, held: Any) -> bool:
    match typ.kind:
        case "struct":
            return all(_zero(f.type, getattr(held, f.slot)) for f in _known(typ).fields)
        case "array":
            return all(_zero(typ.elem, part) for part in held)
        case "slice":
            return held.a is None
        case "map":
            return held is NIL_MAP
        case "float32" | "float64" | "complex64" | "complex128":
            return held == 0 and not str(held).startswith("-")
        case _:
            return held is None or held in (0, b"", False)


def _interface(m: Machine, value: Any) -> Iface | None:
    if value.f0 is None:
        _panic("reflect: call of reflect.Value.Interface on zero Value")
    if value.f2 & READ_ONLY:
        _plain_panic(
            m,
            "reflect.Value.Interface: cannot return value obtained from unexported field or method",
        )
    held = _get(value)
    return held if value.f0.is_interface else Iface(value.f0, value.f0.copy(held))


def _can_interface(_m: Machine, value: Any) -> bool:
    if value.f0 is None:
        _panic("reflect: call of reflect.Value.CanInterface on zero Value")
    return not value.f2 & READ_ONLY


def _can_set(_m: Machine, value: Any) -> bool:
    return bool(value.f2 & (_ADDRESSABLE | READ_ONLY) == _ADDRESSABLE)


def _can_address(_m: Machine, value: Any) -> bool:
    return bool(value.f2 & _ADDRESSABLE)


def _address(m: Machine, value: Any) -> Value:
    if not value.f2 & _ADDRESSABLE:
        _plain_panic(m, "reflect.Value.Addr of unaddressable value")
    return _hold(m.types.of(types.Pointer(value.f0.go)), value.f1, value.f2 & READ_ONLY)


def _must_set(m: Machine, value: Any, method: str) -> None:
    if value.f0 is None:
        _panic(f"reflect: call of reflect.Value.{method} on zero Value")
    if value.f2 & READ_ONLY:
        _plain_panic(
            m, f"reflect: reflect.Value.{method} using value obtained using unexported field"
        )
    if not value.f2 & _ADDRESSABLE:
        _plain_panic(m, f"reflect: reflect.Value.{method} using unaddressable value")


def _store(value: Any, new: Any) -> None:
    if value.f0.composite:
        value.f0.ops.assign(value.f1, new)
    else:
        value.f1.v = new


def _set(m: Machine, value: Any, new: Any) -> None:
    _must_set(m, value, "Set")
    if new.f0 is None:
        _panic("reflect: call of reflect.Value.Set on zero Value")
    if value.f0.is_interface and not new.f0.is_interface:
        _store(value, Iface(new.f0, new.f0.copy(_get(new))))
    elif value.f0 is new.f0:
        _store(value, _get(new))
    else:
        _plain_panic(
            m,
            f"reflect.Set: value of type {new.f0.name} is not assignable to type {value.f0.name}",
        )


def _setter(method: str, *kinds: str) -> Callable[..., None]:
    def set_to(m: Machine, value: Any, new: Any) -> None:
        _must_set(m, value, method)
        _wanted(value, method, *kinds)
        if value.f0.integer:
            from mkdocs_gomem.machine.numbers import wrap  # noqa: PLC0415 - rarely

            new = wrap(new, value.f0.bits, signed=value.f0.signed)
        elif value.f0.kind == "float32":
            from mkdocs_gomem.machine.numbers import single  # noqa: PLC0415

            new = single(new)
        _store(value, new)

    return set_to


def _map_keys(_m: Machine, value: Any) -> Slice:
    held = _wanted(value, "MapKeys", "map")
    keys = [_hold(value.f0.key, key, value.f2 & READ_ONLY) for key, _ in held.items()]
    return Slice(keys, 0, len(keys), len(keys))


def _map_index(_m: Machine, value: Any, key: Any) -> Value:
    held = _wanted(value, "MapIndex", "map")
    stand_in = value.f0.key.key_of(_get(key))
    if stand_in not in held.d:
        return Value(None, None, 0)
    return _hold(value.f0.elem, held.d[stand_in], value.f2 & READ_ONLY)


def _pointer(m: Machine, value: Any) -> int:
    held = _wanted(value, "Pointer", "chan", "func", "map", "ptr", "slice", "unsafe.Pointer")
    return 0 if held is NIL_MAP else m.address(held)


def _new(m: Machine, typ: Iface | None) -> Value:
    if typ is None:
        _plain_panic(m, "reflect: New(nil)")
    pointed: RType = typ.v
    place = pointed.zero() if pointed.composite else Ref(pointed.zero_value)
    return _hold(m.types.of(types.Pointer(_known(pointed).go)), place)  # type: ignore[arg-type]


def _zero_of(m: Machine, typ: Iface | None) -> Value:
    if typ is None:
        _plain_panic(m, "reflect: Zero(nil)")
    return _hold(typ.v, typ.v.zero())


def _pointer_to(m: Machine, typ: Iface) -> Iface | None:
    return as_type(m.types.of(types.Pointer(_known(typ.v).go)))  # type: ignore[arg-type]


def _slice_of(m: Machine, typ: Iface) -> Iface | None:
    return as_type(m.types.of(types.Slice(_known(typ.v).go)))  # type: ignore[arg-type]


# Equality in depth.


def _deep_equal(_m: Machine, x: Iface | None, y: Iface | None) -> bool:
    if x is None or y is None:
        return x is y
    return x.t is y.t and _deep(x.t, x.v, y.v, set())


def _deep(typ: RType, x: Any, y: Any, seen: set[tuple[int, int, int]]) -> bool:
    kind = typ.kind
    if kind in {"ptr", "slice", "map", "interface"}:
        key = (id(typ), id(x), id(y))
        if key in seen:
            return True
        seen.add(key)
    match kind:
        case "array":
            return all(_deep(typ.elem, a, b, seen) for a, b in zip(x, y, strict=True))
        case "slice":
            if (x.a is None) != (y.a is None) or x.n != y.n:
                return False
            if x.a is y.a and x.o == y.o:
                return True
            pairs = zip(x.elements(), y.elements(), strict=True)
            return all(_deep(typ.elem, a, b, seen) for a, b in pairs)
        case "interface":
            if x is None or y is None:
                return x is y
            return x.t is y.t and _deep(x.t, x.v, y.v, seen)
        case "ptr":
            if typ.equal(x, y):
                return True
            if x is None or y is None:
                return False
            if typ.go is None:
                return False
            inside = typ.elem.composite
            return _deep(typ.elem, x if inside else x.v, y if inside else y.v, seen)
        case "struct":
            return all(
                _deep(f.type, getattr(x, f.slot), getattr(y, f.slot), seen)
                for f in _known(typ).fields
            )
        case "map":
            if (x is NIL_MAP) != (y is NIL_MAP) or len(x.d) != len(y.d):
                return False
            return x is y or all(
                key in y.d and _deep(typ.elem, elem, y.d[key], seen) for key, elem in x.d.items()
            )
        case "func":
            return x is None and y is None
        case _:
            return typ.equal(x, y)


_INT: Final = ("int", "int8", "int16", "int32", "int64")
_UINT: Final = ("uint", "uint8", "uint16", "uint32", "uint64", "uintptr")
_METHODS: Final[dict[str, Callable[..., Any]]] = {
    "Kind": _kind,
    "Type": _type,
    "typeSlow": _type,
    "Int": _reader("Int", *_INT),
    "Uint": _reader("Uint", *_UINT),
    "Float": _reader("Float", "float32", "float64"),
    "Bool": _reader("Bool", "bool"),
    "Complex": _reader("Complex", "complex64", "complex128"),
    "String": _text,
    "Len": _len,
    "Cap": _cap,
    "Index": _index,
    "NumField": _number_fields,
    "Field": _field_of,
    "FieldByName": _field_of_name,
    "Elem": _elem,
    "IsNil": _is_nil,
    "IsValid": _is_valid,
    "IsZero": _is_zero,
    "Interface": _interface,
    "CanInterface": _can_interface,
    "CanSet": _can_set,
    "CanAddr": _can_address,
    "Addr": _address,
    "Set": _set,
    "SetInt": _setter("SetInt", *_INT),
    "SetUint": _setter("SetUint", *_UINT),
    "SetFloat": _setter("SetFloat", "float32", "float64"),
    "SetBool": _setter("SetBool", "bool"),
    "SetString": _setter("SetString", "string"),
    "MapKeys": _map_keys,
    "MapIndex": _map_index,
    "Pointer": _pointer,
}


def _refuse(name: str) -> Callable[..., NoReturn]:
    def refuse(_m: Machine, *_args: object) -> NoReturn:
        raise panics.Unsupported(f"call of {name}")

    return refuse


_MISSING: Final = (
    "Append", "AppendSlice", "ArrayOf", "ChanOf", "Copy", "FuncOf", "MakeChan", "MakeFunc",
    "MakeMap", "MakeMapWithSize", "MakeSlice", "MapOf", "NewAt", "Select", "StructOf",
    "VisibleFields",
)  # fmt: skip
_MISSING_METHODS: Final = (
    "Bytes", "Call", "CallSlice", "CanConvert", "CanFloat", "CanInt", "CanUint", "Clear", "Close",
    "Comparable", "Convert", "Equal", "FieldByIndex", "FieldByNameFunc", "Grow", "InterfaceData",
    "MapRange", "Method", "MethodByName", "NumMethod", "OverflowFloat", "OverflowInt",
    "OverflowUint", "Recv", "Send", "Seq", "Seq2", "SetBytes", "SetCap", "SetComplex", "SetIterKey",
    "SetIterValue", "SetLen", "SetMapIndex", "SetPointer", "SetZero", "Slice", "Slice3", "TryRecv",
    "TrySend", "UnsafeAddr", "UnsafePointer",
)  # fmt: skip


def _method(method: Callable[..., Any]) -> Callable[..., Any]:
    return lambda _m, typ, *args: method(typ, *args)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    **{
        f"reflect.(*rtype).{name}": _method(method)
        for name, method in (_TYPE.methods or {}).items()
    },
    "reflect.TypeOf": _type_of,
    "reflect.TypeFor[...]": _refuse("reflect.TypeFor"),
    "reflect.ValueOf": _value_of,
    "reflect.DeepEqual": _deep_equal,
    "reflect.New": _new,
    "reflect.Zero": _zero_of,
    "reflect.PointerTo": _pointer_to,
    "reflect.PtrTo": _pointer_to,
    "reflect.SliceOf": _slice_of,
    "internal/reflectlite.TypeOf": _lite_type_of,
    **{f"reflect.Value.{name}": native for name, native in _METHODS.items()},
    **{f"reflect.Value.{name}": _refuse(f"reflect.Value.{name}") for name in _MISSING_METHODS},
    **{f"reflect.{name}": _refuse(f"reflect.{name}") for name in _MISSING},
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
TYPES: Final = {"*reflect.rtype": _TYPE, "*internal/reflectlite.rtype": _LITE}
"""Pointer types of std that are these here, wherever a program names them."""

__all__ = ["NATIVES", "VARIABLES", "Value", "as_type"]
