"""How are values of structs and arrays made, copied and assigned to?

A struct class has slots `f0 f1 …`; it is shared by all struct types whose fields are held alike,
so that a conversion between struct types is nothing. Its code is written from numbers and from
the fixed texts below only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.rtypes import RType


@dataclass(frozen=True, slots=True, eq=False)
class Ops:
    """What can be done with values of one struct or array type."""

    make: Callable[..., Any]
    """From the values of all fields; for arrays from a list or bytearray, which it takes over."""
    zero: Callable[[], Any]
    copy: Callable[[Any], Any]
    assign: Callable[[Any, Any], Any]
    """Put the second's value into the first, part by part; returns the first."""
    key: object
    """The same for types that share the class.

    A number, not what they are made of: Python would hash all of that, each part as often as it
    stands in another.
    """
    logged: Callable[[Callable[[int], None]], Callable[..., Any]] | None = None
    """For structs: what notes a site → what makes an object from its site and all fields."""


LARGE: Final = 512
"""Values that take up more of our process are charged when they are made, copied or compared."""
_LISTED_A_STEP: Final = 7
_BYTES_A_STEP: Final = 10
"""Elements that are made or copied at once in the time of a step, as powers of two."""
NUMBERS: Final = frozenset((bool, int, float, complex))
NUMBERS_ONLY: set[type] = set()
"""Classes of structs that hold such only: they lead to no other object."""
_of_numbers: set[object] = set()
"""Keys of their operations."""
_struct_ops: dict[object, Ops] = {}
_array_ops: dict[object, Ops] = {}
_nothings: dict[object, Any] = {}


def operations(typ: RType) -> Ops:
    """Return the operations of a struct or array type."""
    ops = _array(typ) if typ.kind == "array" else _struct(typ)
    if typ.host > LARGE and not hasattr(ops.zero, "price"):
        for act, host in ((ops.zero, typ.host), (ops.copy, typ.host), (ops.assign, 0)):
            setattr(act, "price", (host, typ.work))  # noqa: B010 - of a function
    return ops


def nothing(typ: RType) -> Any:
    """Return what all heap objects of a type without size are: `runtime.zerobase`.

    There is nothing in it that could change.
    """
    ops = typ.ops
    known = _nothings.get(ops.key)
    if known is None:
        known = _nothings[ops.key] = ops.zero()
    return known


def work(typ: RType) -> int:
    """Return how many steps it takes to make or copy a value, for what runs outside generated code.

    Each object takes one or two; what fits into one list or bytearray is made at once.
    """
    if not typ.composite:
        return 0
    if typ.kind == "struct":
        return 1 + sum(field.type.work for field in typ.fields)
    elem = typ.elem
    if elem.size == 0:
        return 1
    if elem.composite:
        return 1 + typ.length * elem.work
    return 1 + (typ.length >> (_BYTES_A_STEP if elem.kind == "uint8" else _LISTED_A_STEP))


def _shape(typ: RType) -> object:
    """Return what decides how a field is held: its zero value, or its class."""
    if typ.composite:
        return typ.ops.key
    zero = typ.zero_value
    return (type(zero).__name__, zero if isinstance(zero, int | bytes | float) else None)


def _fresh() -> int:
    return len(_struct_ops) + len(_array_ops)


def _is_of_numbers(typ: RType) -> bool:
    """Tell if a struct holds numbers, and structs of such, and nothing else."""
    return all(
        field.type.ops.key in _of_numbers
        if field.type.composite
        else type(field.type.zero_value) in NUMBERS
        for field in typ.fields
    )


def _struct(typ: RType) -> Ops:
    fields = typ.fields
    key = ("struct", *(_shape(field.type) for field in fields))
    known = _struct_ops.get(key)
    if known is not None:
        return known
    names = [field.slot for field in fields]
    nested = {field.slot: field.type.ops for field in fields if field.type.composite}
    space: dict[str, Any] = {"__builtins__": {"__build_class__": __build_class__}, "__name__": "go"}
    for slot, ops in nested.items():
        space[f"copy_{slot}"] = ops.copy
        space[f"assign_{slot}"] = ops.assign
        space[f"zero_{slot}"] = ops.zero
    for field in fields:
        if not field.type.composite:
            space[f"value_{field.slot}"] = field.type.zero_value
    slots = "".join(f"'{name}', " for name in names)
    parameters = "".join(f", {name}" for name in names)
    stores = "".join(f"s.{name} = {name}; " for name in names)
    copies = "".join(
        f"s.{name} = copy_{name}(o.{name}); " if name in nested else f"s.{name} = o.{name}; "
        for name in names
    )
    zeros = "".join(
        f"s.{name} = zero_{name}(); " if name in nested else f"s.{name} = value_{name}; "
        for name in names
    )
    assigns = "".join(
        f"    assign_{name}(s.{name}, o.{name})\n"
        if name in nested
        else f"    s.{name} = o.{name}\n"
        for name in names
    )
    # Without `__init__`: Python calls a function at once, but a class's through its C code.
    text = (
        f"class Struct:\n    __slots__ = ({slots})\n"
        f"def make({parameters[2:]}):\n    s = Struct(); {stores}return s\n"
        f"def copy(o):\n    s = Struct(); {copies}return s\n"
        f"def zero():\n    s = Struct(); {zeros}return s\n"
        f"def assign(s, o):\n{assigns}    return s\n"
        f"def logged(note):\n    def made(site{parameters}):\n"
        f"        note(site); s = Struct(); {stores}return s\n    return made\n"
    )
    exec(compile(text, "<gomem struct>", "exec"), space)  # noqa: S102 - made of slot numbers only
    ops = Ops(
        space["make"], space["zero"], space["copy"], space["assign"], _fresh(), space["logged"]
    )
    _struct_ops[key] = ops
    if _is_of_numbers(typ):
        NUMBERS_ONLY.add(space["Struct"])
        _of_numbers.add(ops.key)
    return ops


class Vacant:
    """An array whose elements have no size: there may be any number of them, all alike."""

    __slots__ = ("n", "zero")

    def __init__(self, elem: RType, n: int) -> None:
        self.zero = nothing(elem)
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, at: int | slice) -> Any:
        if not isinstance(at, slice):
            if not -self.n <= at < self.n:
                raise IndexError(at)
            return self.zero
        start, stop, _ = at.indices(self.n)
        return self.resized(max(stop - start, 0))

    def __setitem__(self, at: int | slice, value: Any) -> None:
        pass

    def resized(self, n: int) -> Vacant:
        """Return one of so many elements."""
        made = Vacant.__new__(Vacant)
        made.zero, made.n = self.zero, n
        return made


def _whole(array: Any) -> Any:
    return array[:]


def _first(target: Any, _source: Any) -> Any:
    return target


def _take(elements: Any) -> Any:
    return elements


def _array(typ: RType) -> Ops:
    elem, length = typ.elem, typ.length
    if elem.size == 0:
        return Ops(_take, lambda: Vacant(elem, length), _whole, _first, ("vacant", length))
    key = ("array", length, "bytes" if elem.kind == "uint8" else _shape(elem))
    known = _array_ops.get(key)
    if known is not None:
        return known
    fill = filler(elem)
    if elem.composite:
        copy_elem, assign_elem = elem.ops.copy, elem.ops.assign

        def copy(array: Any) -> Any:
            return [copy_elem(part) for part in array]

        def assign(array: Any, other: Any) -> Any:
            for mine, theirs in zip(array, other, strict=True):
                assign_elem(mine, theirs)
            return array
    else:

        def copy(array: Any) -> Any:
            return array[:]

        def assign(array: Any, other: Any) -> Any:
            array[:] = other
            return array

    ops = Ops(_take, lambda: fill(length), copy, assign, _fresh())
    _array_ops[key] = ops
    return ops


def filler(elem: RType) -> Callable[[int], Any]:
    """Return what makes the array behind so many zero elements."""
    if elem.kind == "uint8":
        return bytearray
    if elem.size == 0:
        return lambda count: Vacant(elem, count)
    if elem.composite:
        zero = elem.ops.zero
        return lambda count: [zero() for _ in range(count)]
    value = elem.zero_value
    return lambda count: [value] * count
