"""How does Python hold a Go value? Every representation, in one place.

The program is type-checked, so only interfaces carry types at run time.

| Go | Python |
|---|---|
| bool, integers | `bool`; `int`, always in the type's range |
| float32, float64, complex | `float`, `complex`; the 32-bit ones always rounded |
| string | `bytes` |
| struct | an object of a class with slots `f0 f1 …` (`structs`) |
| array | `list`; `bytearray` if its elements are of one byte, unsigned |
| pointer to struct or array | that very object; nil is None |
| other pointers | something with a `v`: `Ref`, `FieldPointer`, `ElementPointer`; nil is None |
| slice | `Slice` (array, offset, length, capacity), never changed; nil has no array: `NIL` |
| map | `maps.GoMap`; nil is `maps.NIL_MAP` |
| chan | `channels.Chan`; nil is None |
| func | a Python callable; nil is None |
| interface | `Iface` (run-time type, value), standing for the boxed copy; nil is None |
| unsafe.Pointer | the pointer itself |
| several results | a tuple |

A struct or array inside another is an object of its own, never replaced, only assigned to.

Invariants:
  1. who stores a struct or array copies it, unless nobody else can hold it (a literal, a result);
  2. a variable whose address is taken, or that a closure captures by reference, is held in a
     `Ref`, unless it is a struct or array, which has an identity already;
  3. pointers to structs and arrays are compared with `is`, all others with `==`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakValueDictionary

from mkdocs_gomem.lean import override
from mkdocs_gomem.machine import calls

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.rtypes import RType


class Ref:
    """A variable of its own: a scalar local whose address is taken, or what `new(int)` makes."""

    __slots__ = ("v",)

    def __init__(self, v: Any) -> None:
        self.v = v


class FieldPointer:
    """`&x.f`, f neither struct nor array."""

    __slots__ = ("f", "o")

    def __init__(self, o: Any, f: str) -> None:
        if o is None:
            o.v  # type: ignore[attr-defined]  # noqa: B018 - a nil dereference as every other
        self.o = o
        self.f = f

    @property
    def v(self) -> Any:
        """The field's value."""
        return getattr(self.o, self.f)

    @v.setter
    def v(self, value: Any) -> None:
        setattr(self.o, self.f, value)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, FieldPointer) and self.o is other.o and self.f == other.f

    @override
    def __hash__(self) -> int:
        return hash((id(self.o), self.f))


class TypedFieldPointer(FieldPointer):
    """The same, made by reflection, which knows what struct the field is of."""

    __slots__ = ("typ",)

    def __init__(self, o: Any, f: str, typ: RType) -> None:
        super().__init__(o, f)
        self.typ = typ


class ElementPointer:
    """`&a[i]`, the element neither struct nor array."""

    __slots__ = ("a", "i")

    def __init__(self, a: Any, i: int) -> None:
        if type(a) is ArrayView:
            a, i = a.a, a.o + i
        elif a is None:
            a.v  # type: ignore[attr-defined]  # noqa: B018 - of a nil pointer to an array
        self.a = a
        self.i = i

    @property
    def v(self) -> Any:
        """The element's value."""
        return self.a[self.i]

    @v.setter
    def v(self, value: Any) -> None:
        self.a[self.i] = value

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, ElementPointer) and self.a is other.a and self.i == other.i

    @override
    def __hash__(self) -> int:
        return hash((id(self.a), self.i))


class Slice:
    """A slice header; never changed once made."""

    __slots__ = ("a", "c", "n", "o")

    def __init__(self, a: Any, o: int, n: int, c: int) -> None:
        self.a = a
        """The array; None for a nil slice."""
        self.o = o
        self.n = n
        self.c = c

    def elements(self) -> Any:
        """Return a copy of the elements, as a list or bytearray."""
        return [] if self.a is None else self.a[self.o : self.o + self.n]


NIL: Final = Slice(None, 0, 0, 0)


class Iface:
    """An interface value that is not nil; the object stands for the boxed copy."""

    __slots__ = ("t", "v")

    def __init__(self, t: RType, v: Any) -> None:
        self.t = t
        self.v = v


class ArrayView:
    """An array that is a stretch of another: what `(*[n]T)(slice)` points to.

    There is one for each stretch (`view`), so that pointers to it are the same object.
    """

    __slots__ = ("__weakref__", "a", "n", "o")

    def __init__(self, a: Any, o: int, n: int) -> None:
        self.a = a
        self.o = o
        self.n = n

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, ArrayView):
            other = other[:]
        return bool(self[:] == other)

    __hash__ = object.__hash__

    def _place(self, at: int | slice) -> int | slice:
        if isinstance(at, slice):
            start, stop, _ = at.indices(self.n)
            return slice(self.o + start, self.o + stop)
        return self.o + at

    def __getitem__(self, at: int | slice) -> Any:
        return self.a[self._place(at)]

    def __setitem__(self, at: int | slice, value: Any) -> None:
        self.a[self._place(at)] = value

    def __len__(self) -> int:
        return self.n


_views: WeakValueDictionary[tuple[int, int, int], ArrayView] = WeakValueDictionary()


def view(a: Any, o: int, n: int) -> Any:
    """Return the array of `n` elements from `o` on in another array."""
    if o == 0 and len(a) == n:
        return a
    key = (id(a), o, n)  # an entry lives no longer than its view, which holds the array
    known = _views.get(key)
    if known is None:
        known = _views[key] = ArrayView(a, o, n)
    return known


class Lazy:
    """A package variable of std, whose initial value is worked out when it is first asked for."""

    __slots__ = ("_init", "_value")

    def __init__(self, zero: Any, init: Callable[[], Any]) -> None:
        self._value = zero
        self._init: Callable[[], Any] | None = init

    @property
    def v(self) -> Any:
        """The variable's value."""
        init = self._init
        if init is not None:
            self._init = None
            init()
        return self._value

    @v.setter
    def v(self, value: Any) -> None:
        self._init = None
        self._value = value


class Missing:
    """A package variable of std whose initial value can't be worked out: any use refuses."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def _refuse(self, *_args: object) -> Any:
        from mkdocs_gomem.machine.panics import Unsupported  # noqa: PLC0415 - it needs us

        raise Unsupported(object.__getattribute__(self, "_text"))

    __getattr__ = __setattr__ = __getitem__ = __setitem__ = __len__ = __iter__ = _refuse


def bound(function: Callable[..., Any], receiver: Any) -> Callable[..., Any]:
    """`x.M` as a value."""
    return calls.with_first(function, receiver)


def bound_method(value: Any) -> Any:
    """Return the method that a func value is bound to a receiver of; None if it is no such."""
    function, first = calls.parts(value)
    return None if hasattr(first, "executable") else function  # of natives the machine is first
