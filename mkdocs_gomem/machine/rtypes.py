"""What does a run know of a type? Its layout, name, zero value, equality, copying and methods.

`Types` keeps one `RType` for each Go type of a program, so that types are the same exactly if
their `RType`s are the same object. Interfaces carry them; natives and pictures of memory read them.

Everything but identity is worked out when first asked for: most types of a program are never
boxed, compared or drawn. Not here: methods' code (each run has its own, `run.Machine.method`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.gotypes import identical, layout, objects, spelling, types, typesets
from mkdocs_gomem.lean import override
from mkdocs_gomem.machine import panics, structs
from mkdocs_gomem.machine.values import NIL, Iface

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_INTEGERS: Final = {
    "int": (64, True), "int8": (8, True), "int16": (16, True), "int32": (32, True),
    "int64": (64, True), "uint": (64, False), "uint8": (8, False), "uint16": (16, False),
    "uint32": (32, False), "uint64": (64, False), "uintptr": (64, False),
}  # fmt: skip
_NESTED: Final = 1_000
"""Map keys may hold so many others, one in another."""
_COMPARED_A_STEP: Final = 8
"""Bytes of our process that are compared one by one in the time of a step, as a power of two."""
_DIRECT: Final = frozenset(("ptr", "map", "chan", "func", "unsafe.Pointer"))


class Field:
    """A field of a struct type."""

    __slots__ = ("embedded", "exported", "name", "offset", "slot", "tag", "type")

    def __init__(self, name: str, typ: RType, offset: int, slot: str, *, embedded: bool) -> None:
        self.name = name
        self.type = typ
        self.offset = offset
        self.slot = slot
        """The Python attribute that holds it."""
        self.embedded = embedded
        self.exported = objects.is_exported(name)
        self.tag = ""


def _no_copy(value: Any) -> Any:
    return value


class RType:
    """A Go type at run time."""

    __slots__ = (
        "_align", "_comparable", "_elem", "_fields", "_host", "_implements", "_key", "_methods",
        "_name", "_noscan", "_size", "_struct", "_work", "bits", "composite", "equal", "go",
        "integer", "is_interface", "key_of", "kind", "methods", "named_type", "registry",
        "results", "signed", "takes_machine",
    )  # fmt: skip

    def __init__(self, registry: Types | None, go: types.Type | None, kind: str) -> None:
        self.registry = registry
        self.go = go
        """The Go type; None for the runtime's own error types."""
        self.kind = kind
        """As reflect spells it: `int`, `string`, `slice`, `struct`, `ptr`, `interface`, …"""
        self.is_interface = kind == "interface"
        self.composite = go is not None and kind in {"struct", "array"}
        """Its values are Python objects with an identity that must be copied: struct, array."""
        self.named_type = go is None or isinstance(types.unalias(go), types.Named)
        """It has a name that the program (or std) gave it."""
        self.bits, self.signed = _INTEGERS.get(kind, (0, False))
        self.integer = kind in _INTEGERS
        self.methods: Mapping[str, Callable[..., Any]] | None = None
        """Of a type that a native made; methods of all others are the run's."""
        self.takes_machine = False
        """These take the machine before the receiver."""
        self.results: Mapping[str, str] = {}
        """What some of these return."""
        self._name: str | None = None
        self._size = -1
        self._align = 0
        self._elem: RType | None = None
        self._key: RType | None = None
        self._noscan: bool | None = None
        self._host = 0
        self._work = -1
        self._fields: tuple[Field, ...] | None = None
        self._methods: list[objects.Func] | None = None
        self._struct: structs.Ops | None = None
        self._comparable: bool | None = None
        self._implements: dict[RType, str] = {}
        self.equal: Callable[[Any, Any], bool] = self._late_equal
        """Whether two values are equal; panics for types that can't be compared."""
        self.key_of: Callable[[Any], Any] = self._late_key
        """What stands for a value in a Python dict; panics likewise."""

    @override
    def __repr__(self) -> str:
        return f"<{self.name}>"

    @property
    def name(self) -> str:
        """The type as `%T` prints it: `main.T`, `[]int`, `*errors.errorString`."""
        if self._name is None:
            assert self.go is not None  # noqa: S101 - native types are named when made
            self._name = spelling.runtime_string(self.go)
        return self._name

    @property
    def package(self) -> str:
        """Path of the package of a type with a name, else empty."""
        if self.kind == "unsafe.Pointer" and not self.named_type:
            return "unsafe"
        named = types.as_named(self.go)
        return named.obj.pkg.path if named is not None and named.obj.pkg is not None else ""

    @property
    def has_name(self) -> bool:
        """It has a name, predeclared types included (`abi.TFlagNamed`)."""
        return self.named_type or isinstance(types.unalias(self.go or types.INVALID), types.Basic)

    @property
    def shown_methods(self) -> list[objects.Func]:
        """The methods that reflection shows, sorted: of interfaces all, else exported ones."""
        if self._methods is None:
            assert self.go is not None  # noqa: S101 - of Go types only
            under = self.go.underlying
            if isinstance(under, types.Interface):
                found = sorted(typesets.type_set(under).methods, key=objects.method_order)
            else:
                from mkdocs_gomem.gotypes import methods  # noqa: PLC0415 - asked by reflection

                found = [item.func for item in methods.method_set(self.go)]
                found = [func for func in found if objects.is_exported(func.name)]
                found = [func for func in found if not func.signature.type_params]
            self._methods = found
        return self._methods

    # Layout.

    @property
    def size(self) -> int:
        """Bytes on amd64."""
        if self._size < 0:
            self._size = 8 if self.go is None else layout.sizeof(self.go)
        return self._size

    @property
    def align(self) -> int:
        """Bytes on amd64."""
        if not self._align:
            self._align = 8 if self.go is None else layout.alignof(self.go)
        return self._align

    @property
    def noscan(self) -> bool:
        """It holds no pointers."""
        if self._noscan is None:
            self._noscan = self.go is not None and not layout.has_pointers(self.go)
        return self._noscan

    @property
    def host(self) -> int:
        """Bytes that a variable takes up in our own process, in what holds it (`footprint`)."""
        if not self._host:
            from mkdocs_gomem.machine.footprint import of_type  # noqa: PLC0415 - it asks for parts

            self._host = of_type(self)
        return self._host

    @property
    def work(self) -> int:
        """Steps that it takes to make or copy a value (`structs.work`)."""
        if self._work < 0:
            self._work = structs.work(self)
        return self._work

    # Parts.

    def _of(self, go: types.Type | None) -> RType:
        assert self.registry is not None  # noqa: S101 - only registered types have parts
        assert go is not None  # noqa: S101
        return self.registry.of(go)

    @property
    def elem(self) -> RType:
        """Of a pointer, slice, array, map or channel."""
        if self._elem is None:
            under = self.go.underlying if self.go is not None else None
            assert isinstance(  # noqa: S101
                under, types.Pointer | types.Slice | types.Array | types.Map | types.Chan
            )
            self._elem = self._of(under.elem)
        return self._elem

    @property
    def key(self) -> RType:
        """Of a map."""
        if self._key is None:
            assert self.go is not None  # noqa: S101
            under = self.go.underlying
            assert isinstance(under, types.Map)  # noqa: S101
            self._key = self._of(under.key)
        return self._key

    @property
    def length(self) -> int:
        """Of an array."""
        assert self.go is not None  # noqa: S101
        under = self.go.underlying
        assert isinstance(under, types.Array)  # noqa: S101
        return under.len

    @property
    def fields(self) -> tuple[Field, ...]:
        """Of a struct."""
        if self._fields is None:
            assert self.go is not None  # noqa: S101
            under = self.go.underlying
            assert isinstance(under, types.Struct)  # noqa: S101
            offsets = [layout.offsetof(self.go, (at,)) for at in range(len(under.fields))]
            fields = []
            for index, (var, offset) in enumerate(zip(under.fields, offsets, strict=True)):
                field = Field(
                    var.name, self._of(var.type), offset, f"f{index}", embedded=var.embedded
                )
                field.tag = under.tag(index)
                fields.append(field)
            self._fields = tuple(fields)
        return self._fields

    @property
    def direct(self) -> bool:
        """An interface holds its values as they are, without a box (`isdirectiface`)."""
        if self.kind in _DIRECT:
            return True
        if self.kind == "array":
            return self.length == 1 and self.elem.direct
        if self.kind == "struct":
            return len(self.fields) == 1 and self.fields[0].type.direct
        return False

    # Values.

    @property
    def ops(self) -> structs.Ops:
        """How to make, copy and assign values of a struct or array."""
        if self._struct is None:
            self._struct = structs.operations(self)
        return self._struct

    @property
    def zero(self) -> Callable[[], Any]:
        """Make a zero value."""
        if self.composite:
            return self.ops.zero
        value = self.zero_value
        return lambda: value

    @property
    def zero_value(self) -> Any:
        """The zero value of a type whose values never change: all but structs and arrays."""
        kind = self.kind
        if self.integer:
            return 0
        if kind == "string":
            return b""
        if kind == "bool":
            return False
        if kind in {"float32", "float64"}:
            return 0.0
        if kind in {"complex64", "complex128"}:
            return 0j
        if kind == "slice":
            return NIL
        if kind == "map":
            from mkdocs_gomem.machine.maps import NIL_MAP  # noqa: PLC0415 - maps use types

            return NIL_MAP
        return None

    @property
    def copy(self) -> Callable[[Any], Any]:
        """Copy a value for whoever stores it."""
        return self.ops.copy if self.composite else _no_copy

    # Equality.

    @property
    def comparable(self) -> bool:
        """Values can be compared without a panic that depends on the type alone."""
        if self._comparable is None:
            kind = self.kind
            if kind in {"slice", "map", "func"}:
                self._comparable = False
            elif kind == "array":
                self._comparable = self.elem.comparable
            elif kind == "struct":
                self._comparable = all(field.type.comparable for field in self.fields)
            else:
                self._comparable = True
        return self._comparable

    @property
    def hash_may_panic(self) -> bool:
        """Whether values can be map keys may depend on what is in them."""
        if self.kind == "array":
            return self.elem.hash_may_panic
        if self.kind == "struct":
            return any(field.type.hash_may_panic for field in self.fields)
        return self.is_interface

    def _late_equal(self, x: Any, y: Any) -> bool:
        return self.settled_equal(x, y)

    def _late_key(self, value: Any) -> Any:
        return self.settled_key(value)

    @property
    def settled_equal(self) -> Callable[[Any, Any], bool]:
        """`equal`, worked out if nobody has asked before: for who keeps it."""
        if self.equal == self._late_equal:
            self.equal = self._counted_equality(_equality(self))
        return self.equal

    @property
    def settled_key(self) -> Callable[[Any], Any]:
        """The same of `key_of`."""
        if self.key_of == self._late_key:
            self.key_of = self._counted_key(_dict_key(self))
        return self.key_of

    def _comparison(self) -> int:
        """Return the steps of a comparison, if it may take more than the one that asks for it.

        A value that holds others in interfaces may lead to more of them than there are atoms.
        """
        if self.registry is None or not self.composite:
            return 0
        if self.host > structs.LARGE or self.hash_may_panic:
            return max(1, self.host >> _COMPARED_A_STEP)
        return 0

    def _counted_equality(self, equal: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
        registry, steps = self.registry, self._comparison()
        if registry is None or not steps:
            return equal

        def counted(x: Any, y: Any) -> bool:
            registry.spend(steps)
            return equal(x, y)

        return counted

    def _counted_key(self, key_of: Callable[[Any], Any]) -> Callable[[Any], Any]:
        registry, steps, host = self.registry, self._comparison(), self.host
        if registry is None or not steps:
            return key_of

        def counted(value: Any) -> Any:
            registry.spend(2 * steps)
            registry.reserve(2 * host)
            if registry.nested >= _NESTED:  # Python hashes and compares tuples on C's small stack
                raise panics.Stop("depth")
            registry.nested += 1
            try:
                return key_of(value)
            finally:  # what has no hash panics, and the program may recover
                registry.nested -= 1

        return counted

    @property
    def raw_key(self) -> bool:
        """Values stand for themselves in a Python dict."""
        kind = self.kind
        return (
            self.integer
            or kind in {"string", "bool", "chan", "unsafe.Pointer"}
            or (kind == "ptr" and self.elem.kind != "array")
        )

    def implements(self, interface: RType) -> str:
        """Return the name of a method that an interface has and the type lacks; empty if none."""
        known = self._implements.get(interface)
        if known is None:
            assert interface.go is not None  # noqa: S101
            under = interface.go.underlying
            assert isinstance(under, types.Interface)  # noqa: S101
            lacking = [m.name for m in typesets.type_set(under).methods if not self._has(m)]
            known = self._implements[interface] = lacking[0] if lacking else ""
        return known

    def _has(self, method: objects.Func) -> bool:
        if self.methods is not None:
            result = self.results.get(method.name)
            same = result is None or result == ", ".join(
                str(var.type) for var in method.signature.results.vars
            )
            return same and method.name in self.methods
        from mkdocs_gomem.gotypes import lookup  # noqa: PLC0415 - asked for by assertions only

        assert self.go is not None  # noqa: S101
        found, _, _ = lookup.lookup_field_or_method(
            self.go,
            False,  # noqa: FBT003 - types2's order
            method.pkg,
            method.name,
        )
        if not isinstance(found, objects.Func) or found.signature.type_params:
            return False  # what has type parameters of its own implements nothing
        return identical.identical(_plain(found.signature), _plain(method.signature))


def _plain(signature: types.Signature) -> types.Signature:
    return types.Signature(
        params=signature.params, results=signature.results, variadic=signature.variadic
    )


class _ByType(dict[types.Type, "RType"]):
    """Run-time types by Go type; those that are missing are found when they are asked for."""

    __slots__ = ("find",)

    def __init__(self, find: Callable[[types.Type], RType]) -> None:
        super().__init__()
        self.find = find

    def __missing__(self, go: types.Type) -> RType:
        return self.find(go)


class Types:
    """The types of one program."""

    __slots__ = ("_by_key", "_by_type", "_native", "all", "nested", "of", "reserve", "spend")

    def __init__(self, native: Mapping[str, RType] | None = None) -> None:
        self._native = native
        """Pointer types of std that natives have made, by `*path.name`."""
        self._by_type = _ByType(self._find)
        self._by_key: dict[Any, list[RType]] = {}
        self.all: list[RType] = []
        self.spend: Callable[[int], None] = _nobody_counts
        """Counts steps for the program's run, …"""
        self.reserve: Callable[[int], None] = _nobody_counts
        """… and bytes of our process."""
        self.nested = 0
        """So many keys are being made, each for another."""
        self.of: Callable[[types.Type], RType] = self._by_type.__getitem__
        """Return the run-time type of a Go type: the same one for identical types.

        A dictionary's own method, since nothing is asked as often.
        """

    def _find(self, go: types.Type) -> RType:
        typ = types.unalias(go)
        same = self._by_key.setdefault(identical.type_key(typ), [])
        for candidate in same:
            if candidate.go is not None and identical.identical(candidate.go, typ):
                self._by_type[go] = candidate
                return candidate
        if self._native is not None and isinstance(typ, types.Pointer):
            native = self._native.get(_pointed(typ))
            if native is not None:
                self._by_type[go] = native
                return native
        made = RType(self, typ, kind_of(typ))
        self.all.append(made)
        same.append(made)
        self._by_type[go] = made
        return made

    def basic(self, kind: types.BasicKind) -> RType:
        """Return the type of a predeclared basic type."""
        return self.of(types.TYP[kind])


def _nobody_counts(_steps: int) -> None:
    pass


def _pointed(pointer: types.Pointer) -> str:
    named = types.as_named(pointer.elem)
    if named is None or named.obj.pkg is None:
        return ""
    return f"*{named.obj.pkg.path}.{named.obj.name}"


def kind_of(typ: types.Type) -> str:
    """Return a type's kind, as reflect spells it."""
    match typ.underlying:
        case types.Basic() as basic:
            if basic.kind is types.BasicKind.UNSAFE_POINTER:
                return "unsafe.Pointer"
            return types.TYP[basic.kind].name
        case types.Pointer():
            return "ptr"
        case types.Slice():
            return "slice"
        case types.Array():
            return "array"
        case types.Map():
            return "map"
        case types.Chan():
            return "chan"
        case types.Struct():
            return "struct"
        case types.Signature():
            return "func"
        case types.Interface():
            return "interface"
        case other:
            raise TypeError(f"{other!r} has no values")


def native_type(
    name: str,
    methods: Mapping[str, Callable[..., Any]],
    results: Mapping[str, str] | None = None,
    with_machine: Mapping[str, Callable[..., Any]] | None = None,
) -> RType:
    """Make a type of std that only natives know, with its methods.

    Args:
        name: as `%T` prints it.
        methods: by name.
        results: of methods that may be asked for with another signature too, as Go writes it.
        with_machine: methods that take the machine before the receiver, instead of `methods`.
    """
    made = RType(None, None, "ptr" if name.startswith("*") else "struct")
    made._name = name  # noqa: SLF001 - same file
    made.methods = with_machine or methods
    made.takes_machine = with_machine is not None
    made.results = results or {}
    made.equal = lambda x, y: x is y
    made.key_of = id
    return made


def iface_equal(x: Iface | None, y: Iface | None) -> bool:
    """Compare two interface values."""
    if x is None or y is None:
        return x is y
    return x.t is y.t and x.t.equal(x.v, y.v)


def iface_key(value: Iface | None) -> Any:
    """Return what stands for an interface value in a Python dict."""
    return None if value is None else (id(value.t), value.t.key_of(value.v))


def _same(x: Any, y: Any) -> bool:
    return x is y


def _equal(x: Any, y: Any) -> bool:
    return bool(x == y)


def _equality(typ: RType) -> Callable[[Any, Any], bool]:
    kind = typ.kind
    if not typ.comparable:

        def refuse(_x: object, _y: object) -> bool:
            panics.runtime_panic(f"comparing uncomparable type {typ.name}")

        return refuse
    if kind == "interface":
        return iface_equal
    if kind == "ptr":
        return _same if typ.elem.composite else _equal
    if kind == "chan":
        return _same
    if kind == "array":
        if typ.elem.size == 0:
            return lambda _x, _y: True
        equal = typ.elem.settled_equal
        if typ.elem.integer or typ.elem.kind in {"string", "bool"}:
            return _equal

        def equal_arrays(x: Any, y: Any) -> bool:
            for a, b in zip(x, y, strict=True):  # noqa: SIM110 - `all` would recurse through C
                if not equal(a, b):
                    return False
            return True

        return equal_arrays
    if kind == "struct":
        parts = [
            (field.slot, field.type.settled_equal) for field in typ.fields if field.name != "_"
        ]

        def equal_structs(x: Any, y: Any) -> bool:
            for slot, equal in parts:  # noqa: SIM110 - `all` would recurse through C
                if not equal(getattr(x, slot), getattr(y, slot)):
                    return False
            return True

        return equal_structs
    return _equal


class _NotANumber:
    """A key that equals no other: NaN."""

    __slots__ = ()


def _float_key(value: float) -> Any:
    return value if value == value else _NotANumber()


def _dict_key(typ: RType) -> Callable[[Any], Any]:
    kind = typ.kind
    if not typ.comparable:

        def refuse(_value: object) -> Any:
            panics.runtime_panic(f"hash of unhashable type {typ.name}")

        return refuse
    if typ.raw_key:
        return _no_copy
    if kind in {"float32", "float64", "complex64", "complex128"}:
        return _float_key
    if kind == "interface":
        return iface_key
    if kind == "ptr":
        return id
    if kind == "array":
        if typ.elem.size == 0:  # there may be any number of them, all alike
            return lambda _value: ()
        key_of = typ.elem.settled_key
        if key_of is _no_copy:
            return lambda value: tuple(value[:])
        if typ.hash_may_panic:

            def long_array_key(value: Any) -> Any:
                made = []
                for part in value:
                    made.append(key_of(part))  # noqa: PERF401
                return tuple(made)

            return long_array_key
        return lambda value: tuple([key_of(part) for part in value])
    parts = [(field.slot, field.type.settled_key) for field in typ.fields if field.name != "_"]
    if typ.hash_may_panic:  # what is made must be seen by who counts it (`footprint`)

        def long_key(value: Any) -> Any:
            made = []
            for slot, key_of in parts:
                made.append(key_of(getattr(value, slot)))
            return tuple(made)

        return long_key
    return lambda value: tuple([key_of(getattr(value, slot)) for slot, key_of in parts])
