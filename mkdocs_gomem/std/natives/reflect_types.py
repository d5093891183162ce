"""Package reflect, types: what a `reflect.Type` answers, and types made at run time.

A `reflect.Type` is an interface whose value is the machine's own `RType`, so that types are the
same exactly if they are the same object. Source: reflect/type.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes import extent, objects, types, typesets
from mkdocs_gomem.gotypes.types import ChanDir
from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.rtypes import RType, native_type
from mkdocs_gomem.machine.values import NIL, Iface, Slice
from mkdocs_gomem.source import NO_POS
from mkdocs_gomem.std.natives import reflect_convert
from mkdocs_gomem.std.natives.reflect_value import (
    COMPLEXES,
    FLOATS,
    INTS,
    KIND_NUMBERS,
    UINTS,
    Value,
    ValueError_,
    hold,
    panic,
    zero_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mkdocs_gomem.machine import Machine

_MADE: Final = 1000
"""Steps that a type counts for which a run makes: it takes room in our process."""
_STATIC: Final = "reflect"
_MAX_FLOAT32: Final = float.fromhex("0x1.fffffep127")
_MAX_FLOAT64: Final = float.fromhex("0x1.fffffffffffffp1023")
_RECEIVE, _SEND, _BOTH = 1, 2, 3
_DIRECTIONS: Final = {
    ChanDir.SEND_RECV: _BOTH, ChanDir.SEND_ONLY: _SEND, ChanDir.RECV_ONLY: _RECEIVE,
}  # fmt: skip
_ELEMS: Final = frozenset(("array", "chan", "map", "ptr", "slice"))


class StructField:
    """A `reflect.StructField`: Name, PkgPath, Type, Tag, Offset, Index, Anonymous."""

    __slots__ = ("f0", "f1", "f2", "f3", "f4", "f5", "f6")

    def __init__(self, typ: RType, index: int, path: tuple[int, ...]) -> None:
        field = typ.fields[index]
        self.f0 = field.name.encode()
        self.f1 = b"" if field.exported else _package_of(typ, index)
        self.f2 = as_type(field.type)
        self.f3 = field.tag.encode("utf-8", "surrogateescape")
        self.f4 = field.offset
        self.f5 = Slice(list(path), 0, len(path), len(path))
        self.f6 = field.embedded


class NoField:
    """`reflect.StructField{}`"""

    __slots__ = ("f0", "f1", "f2", "f3", "f4", "f5", "f6")

    def __init__(self) -> None:
        self.f0 = self.f1 = self.f3 = b""
        self.f2: Iface | None = None
        self.f4 = 0
        self.f5 = NIL
        self.f6 = False


class Method:
    """A `reflect.Method`: Name, PkgPath, Type, Func, Index."""

    __slots__ = ("f0", "f1", "f2", "f3", "f4")

    def __init__(
        self, name: str = "", package: str = "", typ: RType | None = None, index: int = 0
    ) -> None:
        self.f0 = name.encode()
        self.f1 = package.encode()
        self.f2 = as_type(typ)
        self.f3 = zero_value()
        self.f4 = index


def as_type(typ: RType | None) -> Iface | None:
    """Return the `reflect.Type` of a type."""
    return None if typ is None else Iface(TYPE, typ)


def known(typ: RType) -> RType:
    """Return a type that is a Go type; refuse what the runtime alone knows."""
    if typ.go is None:
        raise panics.Unsupported(f"reflection of {typ.name}")
    return typ


def go_type(typ: RType) -> types.Type:
    """Return the Go type."""
    go = known(typ).go
    assert go is not None  # noqa: S101 - `known`
    return go


def of(typ: RType, go: types.Type | None) -> RType:
    """Return the run-time type of a part of a type."""
    assert typ.registry is not None  # noqa: S101 - types that are `known` have one
    assert go is not None  # noqa: S101
    return typ.registry.of(go)


def type_argument(dictionary: Any) -> RType:
    """Return T, from the dictionary of a generic function that asks `abi.TypeFor[T]` first."""
    pointer: RType = dictionary[0]
    return pointer.elem


def first_type_argument(dictionary: Any) -> RType:
    """Return T, from the dictionary of a generic function whose first question is of T itself."""
    return next(type_argument(word) if isinstance(word, list) else word for word in dictionary)


def _plain(typ: RType, text: str) -> NoReturn:
    registry = typ.registry
    if registry is None:
        raise panics.Unsupported(f"reflection of {typ.name}")
    panics.text_panic(registry, text)


def _package_of(typ: RType, index: int) -> bytes:
    under = go_type(typ).underlying
    assert isinstance(under, types.Struct)  # noqa: S101 - it has fields
    package = under.fields[index].pkg
    return b"" if package is None else package.path.encode()


# Names.


def name_of(typ: RType) -> bytes:
    """`Name`: without the package, with type arguments."""
    if not typ.has_name or typ.name.startswith("*"):
        return b""
    head, bracket, rest = typ.name.partition("[")
    return (head.rpartition(".")[2] + bracket + rest).encode()


def _string(typ: RType) -> bytes:
    return typ.name.encode()


# Methods.


def methods_of(typ: RType) -> list[objects.Func]:
    """List the methods that reflection shows: exported ones, of interfaces all, sorted."""
    if typ.go is None:
        if typ.is_interface or typ.methods:
            raise panics.Unsupported(f"methods of {typ.name}")
        return []
    return typ.shown_methods


def method_type(typ: RType, method: objects.Func, receiver: RType | None = None) -> RType:
    """Return the function type of a method, with a receiver as first parameter if asked for."""
    signature = method.signature
    params = list(signature.params.vars)
    if receiver is not None:
        params.insert(0, objects.new_param(NO_POS, None, "", go_type(receiver)))
    made = types.Signature(
        params=types.Tuple(params), results=signature.results, variadic=signature.variadic
    )
    return of(typ, made)


def _method(m: Machine, typ: RType, index: int) -> Method:
    methods = methods_of(typ)
    if not 0 <= index < len(methods):
        if typ.is_interface:
            return Method()
        panic(m, "reflect: Method index out of range")
    method = methods[index]
    if typ.is_interface:
        hidden = not objects.is_exported(method.name)
        package = method.pkg.path if hidden and method.pkg is not None else ""
        return Method(method.name, package, method_type(typ, method), index)
    made = Method(method.name, "", method_type(typ, method, typ), index)
    function = m.method(typ, method.name)
    if function is None:
        raise panics.Unsupported(f"method {method.name} of {typ.name}")
    made.f3 = hold(made.f2.v, function)  # type: ignore[union-attr]
    return made


def method_number(typ: RType, name: str) -> int:
    """Return the index of the method of that name; -1 if there is none."""
    for index, method in enumerate(methods_of(typ)):
        if method.name == name:
            return index
    return -1


def _method_by_name(m: Machine, typ: RType, name: bytes) -> tuple[Method, bool]:
    index = method_number(typ, name.decode("utf-8", "replace"))
    return (Method(), False) if index < 0 else (_method(m, typ, index), True)


# Parts.


def _elem(_m: Machine, typ: RType) -> Iface | None:
    if known(typ).kind not in _ELEMS:
        _plain(typ, f"reflect: Elem of invalid type {typ.name}")
    return as_type(typ.elem)


def _key(_m: Machine, typ: RType) -> Iface | None:
    _must_be(typ, "Key", "map")
    return as_type(typ.key)


def _must_be(typ: RType, method: str, kind: str) -> None:
    if known(typ).kind != kind:
        article = "non-array" if kind == "array" else f"non-{kind}"
        _plain(typ, f"reflect: {method} of {article} type {typ.name}")


def _number_of_fields(_m: Machine, typ: RType) -> int:
    _must_be(typ, "NumField", "struct")
    return len(typ.fields)


def _field(_m: Machine, typ: RType, index: int) -> StructField:
    _must_be(typ, "Field", "struct")
    if not 0 <= index < len(typ.fields):
        _plain(typ, "reflect: Field index out of bounds")
    return StructField(typ, index, (index,))


def _field_by_index(m: Machine, typ: RType, path: Slice) -> Any:
    _must_be(typ, "FieldByIndex", "struct")
    made: Any = NoField()
    made.f2 = as_type(typ)
    for depth, index in enumerate(path.elements()):
        if depth and typ.kind == "ptr" and typ.elem.kind == "struct":
            typ = typ.elem
        made = _field(m, typ, index)
        typ = typ.fields[index].type
    return made


def find_field(
    typ: RType, matches: Callable[[str], bool]
) -> tuple[RType, int, tuple[int, ...]] | None:
    """Find the one field at the least depth that matches, as Go's rules of embedding have it.

    Returns:
        The struct that has it, its number there, and the path that leads to it.
    """
    visited: set[RType] = set()
    level: list[tuple[RType, tuple[int, ...]]] = [(typ, ())]
    count: dict[RType, int] = {}
    while level:
        found: tuple[RType, int, tuple[int, ...]] | None = None
        following: list[tuple[RType, tuple[int, ...]]] = []
        next_count: dict[RType, int] = {}
        for struct, path in level:
            if struct in visited:
                continue
            visited.add(struct)
            for index, field in enumerate(struct.fields):
                if matches(field.name):
                    if found is not None or count.get(struct, 0) > 1:
                        return None
                    found = (struct, index, (*path, index))
                    continue
                inner = field.type
                if field.embedded and inner.kind == "ptr":
                    inner = inner.elem
                if found is not None or not field.embedded or inner.kind != "struct":
                    continue
                if inner in next_count:
                    next_count[inner] = 2
                    continue
                next_count[inner] = 2 if count.get(struct, 0) > 1 else 1
                following.append((inner, (*path, index)))
        if found is not None:
            return found
        level, count = following, next_count
    return None


def _found(typ: RType, method: str, matches: Callable[[str], bool]) -> tuple[Any, bool]:
    _must_be(typ, method, "struct")
    found = find_field(typ, matches)
    return (NoField(), False) if found is None else (StructField(*found), True)


def _field_by_name(_m: Machine, typ: RType, name: bytes) -> tuple[Any, bool]:
    text = name.decode("utf-8", "replace")
    return _found(typ, "FieldByName", lambda other: other == text)


def _field_by_function(_m: Machine, typ: RType, match: Callable[[bytes], bool]) -> tuple[Any, bool]:
    return _found(typ, "FieldByNameFunc", lambda name: match(name.encode()))


def signature_of(typ: RType, method: str) -> types.Signature:
    """Return the signature of a func type."""
    _must_be(typ, method, "func")
    under = go_type(typ).underlying
    assert isinstance(under, types.Signature)  # noqa: S101 - of kind func
    return under


def parameters(typ: RType) -> list[RType]:
    """List the types of a function's parameters."""
    return [of(typ, var.type) for var in signature_of(typ, "In").params.vars]


def results(typ: RType) -> list[RType]:
    """List the types of a function's results."""
    return [of(typ, var.type) for var in signature_of(typ, "Out").results.vars]


def _in(_m: Machine, typ: RType, index: int) -> Iface | None:
    signature_of(typ, "In")
    return _part(parameters(typ), index)


def _out(_m: Machine, typ: RType, index: int) -> Iface | None:
    signature_of(typ, "Out")
    return _part(results(typ), index)


def _part(parts: list[RType], index: int) -> Iface | None:
    if not 0 <= index < len(parts):
        panics.index(index, len(parts))
    return as_type(parts[index])


def _length(_m: Machine, typ: RType) -> int:
    _must_be(typ, "Len", "array")
    return typ.length


def _bits(_m: Machine, typ: RType) -> int:
    if typ.kind not in (*INTS, *UINTS, *FLOATS, *COMPLEXES):
        _plain(typ, f"reflect: Bits of non-arithmetic Type {typ.name}")
    return typ.size * 8


def direction(typ: RType) -> int:
    """Return the `ChanDir` of a channel type."""
    _must_be(typ, "ChanDir", "chan")
    under = go_type(typ).underlying
    assert isinstance(under, types.Chan)  # noqa: S101 - of kind chan
    return _DIRECTIONS[under.dir]


# Questions.


def _implements(_m: Machine, typ: RType, interface: Iface | None) -> bool:
    if interface is None:
        _plain(typ, "reflect: nil type passed to Type.Implements")
    if not given(interface).is_interface:
        _plain(typ, "reflect: non-interface type passed to Type.Implements")
    return reflect_convert.implements(given(interface), typ)


def _assignable(_m: Machine, typ: RType, other: Iface | None) -> bool:
    if other is None:
        _plain(typ, "reflect: nil type passed to Type.AssignableTo")
    return reflect_convert.assignable(given(other), typ)


def _convertible(_m: Machine, typ: RType, other: Iface | None) -> bool:
    if other is None:
        _plain(typ, "reflect: nil type passed to Type.ConvertibleTo")
    return reflect_convert.conversion(given(other), typ) is not None


def _overflow(what: str, *kinds: str) -> Callable[[Machine, RType, Any], bool]:
    def overflow(_m: Machine, typ: RType, number: Any) -> bool:
        if typ.kind not in kinds:
            _plain(typ, f"reflect: Overflow{what.capitalize()} of non-{what} type {typ.name}")
        return overflows(typ, number)

    return overflow


def overflows(typ: RType, number: Any) -> bool:
    """Tell if a number does not fit a type of its own kind."""
    if typ.integer:
        low = -(1 << typ.bits - 1) if typ.signed else 0
        return not low <= number < low + (1 << typ.bits)
    match typ.kind:
        case "float32":
            return bool(_MAX_FLOAT32 < abs(number) <= _MAX_FLOAT64)
        case "complex64":
            parts = (number.real, number.imag)
            return any(_MAX_FLOAT32 < abs(part) <= _MAX_FLOAT64 for part in parts)
        case _:
            return False


def can_range_function(typ: RType, count: int) -> bool:
    """Tell if `range` takes a function of the type, with so many values (`canRangeFunc`)."""
    if typ.kind != "func" or len(parameters(typ)) != 1 or results(typ):
        return False
    body = parameters(typ)[0]
    if body.kind != "func" or len(parameters(body)) != count:
        return False
    out = results(body)
    return len(out) == 1 and out[0].kind == "bool" and not out[0].package


def _can_range(_m: Machine, typ: RType) -> bool:
    if typ.kind == "func":
        return can_range_function(typ, 1)
    if typ.kind == "ptr":
        return typ.elem.kind == "array"
    return typ.integer or typ.kind in {"array", "slice", "chan", "string", "map"}


def _can_range2(_m: Machine, typ: RType) -> bool:
    if typ.kind == "func":
        return can_range_function(typ, 2)
    if typ.kind == "ptr":
        return typ.elem.kind == "array"
    return typ.kind in {"array", "slice", "string", "map"}


def _sequence(method: str, kind: str, items: Callable[[Machine, RType], Iterator[Any]]) -> Any:
    """Return a method that gives an iterator over parts of a type."""

    def make(m: Machine, typ: RType) -> Callable[[Callable[[Any], bool]], None]:
        if kind:
            _must_be(typ, method, kind)

        def sequence(visit: Callable[[Any], bool]) -> None:
            for item in items(m, typ):
                if not visit(item):
                    return

        return sequence

    return make


METHODS: Final[dict[str, Callable[..., Any]]] = {
    "String": lambda _m, typ: _string(typ),
    "Name": lambda _m, typ: name_of(typ),
    "PkgPath": lambda _m, typ: typ.package.encode(),
    "Kind": lambda _m, typ: KIND_NUMBERS[typ.kind],
    "Size": lambda _m, typ: typ.size,
    "Align": lambda _m, typ: typ.align,
    "FieldAlign": lambda _m, typ: typ.align,
    "Bits": _bits,
    "Comparable": lambda _m, typ: typ.comparable,
    "Elem": _elem,
    "Key": _key,
    "Len": _length,
    "ChanDir": lambda _m, typ: direction(typ),
    "NumField": _number_of_fields,
    "Field": _field,
    "FieldByIndex": _field_by_index,
    "FieldByName": _field_by_name,
    "FieldByNameFunc": _field_by_function,
    "Fields": _sequence(
        "Fields",
        "struct",
        lambda _m, typ: (StructField(typ, at, (at,)) for at in range(len(typ.fields))),
    ),
    "NumIn": lambda _m, typ: len(signature_of(typ, "NumIn").params),
    "NumOut": lambda _m, typ: len(signature_of(typ, "NumOut").results),
    "In": _in,
    "Out": _out,
    "Ins": _sequence("Ins", "func", lambda _m, typ: map(as_type, parameters(typ))),
    "Outs": _sequence("Outs", "func", lambda _m, typ: map(as_type, results(typ))),
    "IsVariadic": lambda _m, typ: signature_of(typ, "IsVariadic").variadic,
    "NumMethod": lambda _m, typ: len(methods_of(typ)),
    "Method": _method,
    "MethodByName": _method_by_name,
    "Methods": _sequence(
        "Methods",
        "",
        lambda m, typ: (_method(m, typ, at) for at in range(len(methods_of(typ)))),
    ),
    "Implements": _implements,
    "AssignableTo": _assignable,
    "ConvertibleTo": _convertible,
    "OverflowInt": _overflow("int", *INTS),
    "OverflowUint": _overflow("uint", *UINTS),
    "OverflowFloat": _overflow("float", *FLOATS),
    "OverflowComplex": _overflow("complex", *COMPLEXES),
    "CanSeq": _can_range,
    "CanSeq2": _can_range2,
    "common": lambda _m, typ: typ,
    "uncommon": lambda _m, typ: typ,
}

TYPE: Final = native_type("*reflect.rtype", {}, with_machine=METHODS)
_INTERFACE: Final = native_type("reflect.Type", {})
VALUE_ERROR: Final = native_type("*reflect.ValueError", {"Error": ValueError_.error})


# Making types.


def _new(m: Machine, go: types.Type) -> Iface | None:
    count = extent.count((go,), extent.MOST_MADE)
    if count > extent.MOST_MADE:
        what = f"a type of more than {extent.MOST_MADE} parts, made at run time"
        raise panics.Unsupported(what)
    m.spend(count)
    return as_type(m.types.of(go))


def given(typ: Iface | None) -> RType:
    """Return the type that a `reflect.Type` is; nil has none to ask."""
    if typ is None:
        panics.nil_dereference()
    return typ.v if typ.t is TYPE else _inside(typ)


def _inside(typ: Iface) -> RType:
    """Return the type inside a struct that embeds a `reflect.Type` (its method `common`)."""
    struct = typ.t.elem if typ.t.kind == "ptr" else typ.t
    for field in known(struct).fields if struct.kind == "struct" else ():
        if field.embedded and field.type.is_interface:
            return given(getattr(typ.v, field.slot))
    raise panics.Unsupported(f"{typ.t.name} as a reflect.Type")


def asserted(typ: Iface | None) -> RType:
    """The same where Go asserts that it is a `*rtype`."""
    if typ is None or typ.t is not TYPE:
        panics.assertion(_INTERFACE, None if typ is None else typ.t, TYPE, "")
    return typ.v  # type: ignore[no-any-return]


def _go(typ: Iface | None) -> types.Type:
    return go_type(given(typ))


def _pointer_to(m: Machine, typ: Iface | None) -> Iface | None:
    m.charge(_MADE)
    return _new(m, types.Pointer(go_type(asserted(typ))))


def _slice_of(m: Machine, typ: Iface | None) -> Iface | None:
    m.charge(_MADE)
    return _new(m, types.Slice(_go(typ)))


def _array_of(m: Machine, length: int, typ: Iface | None) -> Iface | None:
    m.charge(_MADE)
    if length < 0:
        panic(m, "reflect: negative length passed to ArrayOf")
    if given(typ).size and length > (1 << 64) // given(typ).size:
        panic(m, "reflect.ArrayOf: array size would exceed virtual address space")
    return _new(m, types.Array(_go(typ), length))


def _map_of(m: Machine, key: Iface | None, elem: Iface | None) -> Iface | None:
    m.charge(_MADE)
    if not given(key).comparable:
        panic(m, f"reflect.MapOf: invalid key type {given(key).name}")
    return _new(m, types.Map(_go(key), _go(elem)))


def _chan_of(m: Machine, way: int, typ: Iface | None) -> Iface | None:
    m.charge(_MADE)
    if given(typ).size >= 1 << 16:
        panic(m, "reflect.ChanOf: element size too large")
    for go_way, number in _DIRECTIONS.items():
        if number == way:
            return _new(m, types.Chan(go_way, _go(typ)))
    return panic(m, "reflect.ChanOf: invalid dir")


def _func_of(m: Machine, ins: Slice, outs: Slice, variadic: bool) -> Iface | None:  # noqa: FBT001 - Go's signature
    m.charge(_MADE)
    params, made = list(ins.elements()), list(outs.elements())
    if variadic and (not params or given(params[-1]).kind != "slice"):
        panic(m, "reflect.FuncOf: last arg of variadic func must be slice")
    if len(params) + len(made) > 128:
        panic(m, "reflect.FuncOf: too many arguments")
    signature = types.Signature(params=_tuple(params), results=_tuple(made), variadic=variadic)
    return _new(m, signature)


def _tuple(parts: list[Iface]) -> types.Tuple:
    return types.Tuple([objects.new_param(NO_POS, None, "", _go(part)) for part in parts])


def _struct_of(m: Machine, fields: Slice) -> Iface | None:
    m.charge(_MADE)
    made, tags, path = [], [], ""
    names: set[str] = set()
    every = list(fields.elements())
    for number, field in enumerate(every):
        name = field.f0.decode("utf-8", "replace")
        _check_field(m, number, field, name)
        own = field.f1.decode("utf-8", "replace")
        if own and path not in ("", own):
            panic(m, f"reflect.StructOf: fields with different PkgPath {path} and {own}")
        path = path or own
        if field.f6:
            _check_embedded(m, number, len(every), field.f2.v)
        if name in names and name != "_":
            panic(m, f"reflect.StructOf: duplicate field {name}")
        names.add(name)
        package = objects.Package(own, own.rpartition("/")[2]) if own else None
        made.append(
            objects.new_field(NO_POS, package, name, _go(field.f2), embedded=bool(field.f6))
        )
        tags.append(field.f3.decode("utf-8", "surrogateescape"))
    return _new(m, types.Struct(made, tags if any(tags) else []))


def _check_field(m: Machine, number: int, field: Any, name: str) -> None:
    place = f"reflect.StructOf: field {number}"
    if not name:
        panic(m, f"{place} has no name")
    letters = [char.isalpha() or char == "_" for char in name]
    if not letters[0] or not all(
        letter or char.isdecimal() for letter, char in zip(letters, name, strict=True)
    ):
        panic(m, f"{place} has invalid name")
    if field.f2 is None:
        panic(m, f"{place} has no type")
    if field.f6 and field.f1:
        panic(m, f'reflect.StructOf: field "{name}" is anonymous but has PkgPath set')
    if not field.f1 and ("a" <= name[0] <= "z" or name[0] == "_"):
        panic(m, f'reflect.StructOf: field "{name}" is unexported but missing PkgPath')


def _check_embedded(m: Machine, number: int, count: int, typ: RType) -> None:
    """Refuse what Go refuses of embedded types with methods."""
    if typ.kind == "ptr" and typ.elem.kind in {"ptr", "interface"}:
        panic(m, f"reflect.StructOf: illegal embedded field type {typ.name}")
    from mkdocs_gomem.gotypes.methods import method_set  # noqa: PLC0415 - rarely

    if typ.is_interface:
        under = go_type(typ).underlying
        assert isinstance(under, types.Interface)  # noqa: S101 - of kind interface
        methods = typesets.type_set(under).methods
    else:
        methods = [method.func for method in method_set(go_type(typ))]
    if methods and not typ.is_interface:
        if number:
            panic(
                m,
                "reflect: embedded type with methods not implemented if type is not first field",
            )
        if count > 1 and typ.kind == "ptr":
            panic(
                m,
                "reflect: embedded type with methods not implemented if there is more than one"
                " field",
            )
        if count > 1 and typ.direct:
            panic(m, "reflect: embedded type with methods not implemented for non-pointer type")
    if any(
        not objects.is_exported(method.name)
        and method.pkg is not None
        and method.pkg.path != typ.package
        for method in methods
    ):
        panic(m, "reflect: embedded interface with unexported method(s) not implemented")


def _type_of(_m: Machine, value: Iface | None) -> Iface | None:
    return None if value is None else as_type(value.t)


def _inner(_m: Machine, typ: RType) -> RType | None:
    """`(*abi.Type).Elem`"""
    return typ.elem if typ.kind in _ELEMS else None


_ABI: Final[dict[str, Callable[..., Any]]] = {
    "Kind": lambda _m, typ: KIND_NUMBERS[typ.kind],
    "Elem": _inner,
    "Size": lambda _m, typ: typ.size,
    "Align": lambda _m, typ: typ.align,
    "FieldAlign": lambda _m, typ: typ.align,
    "HasName": lambda _m, typ: typ.has_name,
    "Len": lambda _m, typ: typ.length if typ.kind == "array" else 0,
    "Key": lambda _m, typ: typ.key if typ.kind == "map" else None,
    "IsDirectIface": lambda _m, typ: typ.direct,
    "Pointers": lambda _m, typ: not typ.noscan,
}
"""Methods of `*abi.Type` that Go code of package reflect calls; a `*abi.Type` is an `RType`."""

_SEQUENCES: Final = frozenset(("Fields", "Ins", "Methods", "Outs"))
"""Called directly, these are inlined together with the loop over what they return."""

NATIVES: Final[dict[str, Callable[..., Any]]] = {
    **{
        f"reflect.(*rtype).{name}": method
        for name, method in METHODS.items()
        if name not in _SEQUENCES
    },
    **{f"internal/abi.(*Type).{name}": method for name, method in _ABI.items()},
    "reflect.TypeOf": _type_of,
    "reflect.toType": lambda _m, typ: as_type(typ),
    "reflect.toRType": lambda _m, typ: typ,
    "reflect.rtypeOf": lambda _m, value: None if value is None else value.t,
    "reflect.canRangeFunc": lambda _m, typ, count: can_range_function(typ, count),
    "internal/abi.TypeOf": lambda _m, value: None if value is None else value.t,
    "internal/abi.TypeFor[...]": lambda _m, dictionary: type_argument(dictionary),
    "reflect.PointerTo": _pointer_to,
    "reflect.PtrTo": _pointer_to,
    "reflect.SliceOf": _slice_of,
    "reflect.ArrayOf": _array_of,
    "reflect.MapOf": _map_of,
    "reflect.ChanOf": _chan_of,
    "reflect.FuncOf": _func_of,
    "reflect.StructOf": _struct_of,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
TYPES: Final = {"*reflect.rtype": TYPE, "*reflect.ValueError": VALUE_ERROR}
"""Pointer types of std that are these here, wherever a program names them."""

__all__ = ["NATIVES", "TYPES", "VARIABLES", "Value", "as_type"]
