"""What do unsafe pointers of the author's own code point to, in a machine without bytes?

An `unsafe.Pointer` made from a pointer is an `Address`: an object whose type is known, and an
offset into it as gc lays the type out. Arithmetic changes the offset; a conversion back to `*T`
looks what lies there. If a part of that very type does, the result is an ordinary pointer to it.
If not, it is a pointer, struct or array that reads and writes through the bytes of what lies
there (`bits`): so a float is its bits, a uint32 four bytes, a slice header three words.

A number of an address is a model (`Addresses`), the same in every run; a number that came from an
address leads back to it. What has no exact answer is refused by name: memory outside the object,
bytes of maps, channels and funcs, pointers whose origin is not known.
"""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.gotypes import identical, types
from mkdocs_gomem.lean import override
from mkdocs_gomem.machine import bits, panics
from mkdocs_gomem.machine.maps import NIL_MAP
from mkdocs_gomem.machine.printing import ADDRESS
from mkdocs_gomem.machine.values import (
    NIL,
    ArrayView,
    ElementPointer,
    FieldPointer,
    Iface,
    Slice,
    TypedFieldPointer,
    view,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs_gomem.machine.rtypes import RType, Types

_FIRST: Final = ADDRESS + 0x12000
_ZEROBASE: Final = 0x595F60
"""What has no size is here, where a program that uses fmt has `runtime.zerobase`: a model."""
_ARRAYS: Final = (list, bytearray)
_ALIGN: Final = 16
_WORD: Final = 8
_TOO_FAR: Final = (1 << 64) - (1 << 48)
"""So many bytes from any object on, addresses begin again."""


def _refuse(what: str) -> NoReturn:
    raise panics.Unsupported(what)


class Address:
    """An `unsafe.Pointer` that is not nil."""

    __slots__ = ("elements", "offset", "root", "typ")

    def __init__(self, root: Any, typ: RType, offset: int, *, elements: bool = False) -> None:
        self.root = root
        """A struct or array, something with a `v`, or the array behind slices."""
        self.typ = typ
        """Of the root; of each element if `elements`."""
        self.offset = offset
        self.elements = elements

    def moved(self, by: int) -> Address:
        """Return the address so many bytes further on."""
        return Address(self.root, self.typ, self.offset + by, elements=self.elements)

    @override
    def __eq__(self, other: object) -> bool:
        if isinstance(other, Address):
            return self._key() == other._key()
        return self.offset == 0 and self.root is other

    @override
    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[Any, int]:
        root, offset = self.root, self.offset
        while not self.elements and isinstance(root, FieldPointer | ElementPointer):
            return root, offset
        return id(root), offset


class Cell:
    """A pointer to a number or reference that lies in something of another type."""

    __slots__ = ("address", "memory", "typ")

    def __init__(self, memory: Unsafe, address: Address, typ: RType) -> None:
        self.memory = memory
        self.address = address
        self.typ = typ

    @property
    def v(self) -> Any:
        """The value that the bytes make."""
        return self.memory.load(self.address, self.typ)

    @v.setter
    def v(self, value: Any) -> None:
        self.memory.store(self.address, self.typ, value)

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cell) and self.address == other.address

    @override
    def __hash__(self) -> int:
        return hash(self.address)


class StructOverlay:
    """A struct that lies over something of another type."""

    __slots__ = ("address", "memory", "typ")

    def __init__(self, memory: Unsafe, address: Address, typ: RType) -> None:
        object.__setattr__(self, "memory", memory)
        object.__setattr__(self, "address", address)
        object.__setattr__(self, "typ", typ)

    def _part(self, slot: str) -> tuple[Address, RType]:
        field = self.typ.fields[int(slot[1:])]
        return self.address.moved(field.offset), field.type

    def __getattr__(self, slot: str) -> Any:
        address, typ = self._part(slot)
        found = self.memory.typed(address, typ)
        return found if typ.composite else found.v

    @override
    def __setattr__(self, slot: str, value: Any) -> None:
        address, typ = self._part(slot)
        self.memory.typed(address, typ).v = value


class ArrayOverlay:
    """An array that lies over something of another type."""

    __slots__ = ("address", "elem", "memory", "n")

    def __init__(self, memory: Unsafe, address: Address, elem: RType, n: int) -> None:
        self.memory = memory
        self.address = address
        self.elem = elem
        self.n = n

    def __len__(self) -> int:
        return self.n

    def _one(self, at: int) -> Any:
        if not 0 <= at < self.n:
            raise IndexError(at)
        return self.memory.typed(self.address.moved(at * self.elem.size), self.elem)

    def __getitem__(self, at: int | slice) -> Any:
        if isinstance(at, slice):
            values = [self[place] for place in range(*at.indices(self.n))]
            return bytearray(values) if self.elem.kind == "uint8" else values
        found = self._one(at)
        return found if self.elem.composite else found.v

    def __setitem__(self, at: int | slice, value: Any) -> None:
        if isinstance(at, slice):
            for place, each in zip(range(*at.indices(self.n)), value, strict=True):
                self[place] = each
            return
        self._one(at).v = value

    def __iter__(self) -> Iterator[Any]:
        return iter(self[:])

    @override
    def __eq__(self, other: object) -> bool:
        theirs = other[:] if isinstance(other, ArrayOverlay | ArrayView) else other
        return bool(self[:] == theirs)

    __hash__ = object.__hash__


class Addresses:
    """Numbers for places: given in the order of asking, next to each other within an object."""

    def __init__(self, linked: dict[int, int]) -> None:
        self._linked = linked
        """By id: where the linker put a package variable."""
        self._known: dict[int, tuple[int, Any]] = {}
        """By id: the number, and the object, which stays."""
        self._starts: list[int] = []
        self._objects: list[tuple[Any, RType, int, bool]] = []
        """Parallel to the starts: object, its type, bytes, whether it is elements."""
        self._lent: dict[int, Address] = {}
        """Of parts of objects whose own type nobody knows."""
        self._next = _FIRST

    def number(self, value: Any) -> int:
        """Return the number of what a pointer, slice, map, channel or func value points to."""
        if value is None or value is NIL_MAP:
            return 0
        match value:
            case Address():
                return self._base(value.root, value.typ, elements=value.elements) + value.offset
            case Cell() | StructOverlay() | ArrayOverlay():
                return self.number(value.address)
            case Slice():
                if value.a is None:
                    return 0
                return self._base(value.a, None, elements=True) + value.o * self._stride(value.a)
            case FieldPointer():
                typ = value.typ if isinstance(value, TypedFieldPointer) else None
                start = self._base(value.o, typ)
                return start + self._offset(start, value, typ)
            case ElementPointer():
                return self._base(value.a, None, elements=True) + value.i * self._stride(value.a)
            case ArrayView():
                return self.number(ElementPointer(value.a, value.o))
            case _:
                return self._base(value, None)

    def lend(self, address: Address) -> int:
        """Return the number of an address, which then leads back to just this one."""
        number = self.number(address)
        self._lent.setdefault(number, address)
        return number

    def _offset(self, start: int, pointer: FieldPointer, typ: RType | None) -> int:
        """Return how far into its struct a field is; all fields are words if none knows better."""
        at = bisect.bisect_right(self._starts, start) - 1
        if typ is None and at >= 0 and self._objects[at][0] is pointer.o:
            typ = self._objects[at][1]
        if typ is not None and typ.kind == "struct":
            return next(field.offset for field in typ.fields if field.slot == pointer.f)
        return _WORD * int(pointer.f[1:])

    def _stride(self, array: Any) -> int:
        return 1 if isinstance(array, bytes | bytearray) else _WORD

    def _base(self, root: Any, typ: RType | None, *, elements: bool = False) -> int:
        if isinstance(root, FieldPointer | ElementPointer):
            return self.number(root)
        if isinstance(root, ArrayOverlay):
            return self.number(root.address)
        known = self._known.get(id(root))
        if known is None:
            size = _size(root, typ, elements=elements)
            start = self._linked.get(id(root))
            if start is None and size == 0 and (typ is not None or isinstance(root, _ARRAYS)):
                return _ZEROBASE
            if start is None:
                start = self._next
                self._next += -(-max(size, 1) // _ALIGN) * _ALIGN
            known = self._known[id(root)] = (start, root)
            if typ is not None:
                at = bisect.bisect(self._starts, start)
                self._starts.insert(at, start)
                self._objects.insert(at, (root, typ, size, elements))
                self._name_parts(root, typ, start, elements=elements)
        return known[0]

    def _name_parts(self, root: Any, typ: RType, start: int, *, elements: bool) -> None:
        if elements or typ.kind == "array":
            elem = typ if elements else typ.elem
            if elem.composite:
                for place, part in enumerate(root):
                    self._name_part(part, elem, start + place * elem.size)
        elif typ.kind == "struct":
            for field in typ.fields:
                if field.type.composite:
                    self._name_part(getattr(root, field.slot), field.type, start + field.offset)

    def _name_part(self, part: Any, typ: RType, start: int) -> None:
        self._known.setdefault(id(part), (start, part))
        self._name_parts(part, typ, start, elements=False)

    def back(self, number: int) -> Address | None:
        """Return the address that a number came from."""
        if number == 0:
            return None
        at = bisect.bisect_right(self._starts, number) - 1
        if at >= 0:
            root, typ, size, elements = self._objects[at]
            offset = number - self._starts[at]
            if offset < size or (offset == size and number not in self._lent):
                return Address(root, typ, offset, elements=elements)
        if number in self._lent:
            return self._lent[number]
        return _refuse("pointer of a uintptr that is no address of an object")


def _size(root: Any, typ: RType | None, *, elements: bool) -> int:
    if typ is not None:
        return typ.size * len(root) if elements else typ.size
    if isinstance(root, bytes | bytearray):
        return len(root)
    if isinstance(root, list):
        return _WORD * len(root)
    return _WORD * len(getattr(type(root), "__slots__", ()))


class Unsafe:
    """Package unsafe for one run."""

    def __init__(self, types_: Types, linked: dict[int, int]) -> None:
        self.addresses = Addresses(linked)
        self.types = types_

    # Making addresses.

    def of(self, pointer: Any, typ: RType) -> Address | None:
        """`unsafe.Pointer(p)` of a pointer to a type."""
        match pointer:
            case None:
                return None
            case Address():
                return pointer
            case Cell() | StructOverlay() | ArrayOverlay():
                return pointer.address
            case ElementPointer():
                return self.element(pointer.a, pointer.i, typ)
            case ArrayView():
                return self.element(pointer.a, pointer.o, typ.elem)
            case _:
                return Address(pointer, typ, 0)

    def element(self, array: Any, index: int, typ: RType) -> Address:
        """`unsafe.Pointer(&s[i])`, the index counted in the array behind."""
        if isinstance(array, ArrayOverlay):
            return array.address.moved(index * typ.size)
        if isinstance(array, ArrayView):
            array, index = array.a, array.o + index
        return Address(array, typ, index * typ.size, elements=True)

    def part(self, base: Any, typ: RType, offset: int) -> Address | None:
        """`unsafe.Pointer(&x.f)`, from the variable `x` itself."""
        if base is None:
            panics.nil_dereference()
        whole = self.of(base, typ)
        return None if whole is None else whole.moved(offset)

    def add(self, address: Address | None, by: int) -> Address | None:
        """`unsafe.Add(p, n)`"""
        if address is None:
            return None if by == 0 else _refuse("unsafe.Add to nil")
        return self._known(address).moved(by)

    def number(self, address: Address | None) -> int:
        """`uintptr(p)`"""
        return self.addresses.number(address)

    def lend(self, pointer: Any, typ: RType) -> int:
        """`Value.UnsafeAddr`: of a pointer to a type."""
        address = self.of(pointer, typ)
        return 0 if address is None else self.addresses.lend(address)

    def back(self, number: int) -> Address | None:
        """`unsafe.Pointer(n)`"""
        return self.addresses.back(number)

    def _known(self, address: Any) -> Address:
        if not isinstance(address, Address):
            _refuse("unsafe.Pointer of unknown origin")
        return address

    # Following them.

    def typed(self, address: Address | None, want: RType) -> Any:
        """`(*T)(p)`"""
        if address is None:
            return None
        address = self._known(address)
        found = self._descend(address, want)
        if found is not None:
            return found
        if want.kind == "struct":
            return StructOverlay(self, address, want)
        if want.kind == "array":
            return ArrayOverlay(self, address, want.elem, want.length)
        return Cell(self, address, want)

    def _descend(self, address: Address, want: RType) -> Any:
        """Return a pointer to the part that has the wanted type; None if there is none."""
        root, typ, offset, elements = address.root, address.typ, address.offset, address.elements
        while True:
            if elements:
                if typ.size == 0:
                    return None
                index, rest = divmod(offset, typ.size)
                if want.kind == "array" and not rest and alike(want.elem, typ):
                    if index < 0 or index + want.length > len(root):
                        _refuse("an array that reaches beyond its object")
                    return view(root, index, want.length)
                if not 0 <= index < len(root):
                    _refuse("memory outside of an object")
                if not typ.composite:
                    same = not rest and alike(typ, want)
                    return ElementPointer(root, index) if same else None
                root, offset, elements = root[index], rest, False
            if not offset and alike(typ, want):
                return root
            if typ.kind == "array" and typ.composite:
                typ, elements = typ.elem, True
                continue
            if typ.kind != "struct" or not typ.composite:
                return None
            field = _field_at(typ, offset)
            if field is None:
                return None
            if not field.type.composite:
                same = offset == field.offset and alike(field.type, want)
                return FieldPointer(root, field.slot) if same else None
            root, offset, typ = getattr(root, field.slot), offset - field.offset, field.type

    def _component(self, address: Address) -> tuple[Any, RType, int] | None:
        """Return the pointer to the number or reference at an address, its type, and the rest."""
        root, typ, offset, elements = address.root, address.typ, address.offset, address.elements
        while True:
            if elements:
                index, offset = divmod(offset, typ.size)
                if not 0 <= index < len(root):
                    _refuse("memory outside of an object")
                if not typ.composite:
                    return ElementPointer(root, index), typ, offset
                root, elements = root[index], False
            elif typ.kind == "array" and typ.composite:
                typ, elements = typ.elem, True
            elif typ.kind == "struct" and typ.composite:
                field = _field_at(typ, offset)
                if field is None:
                    if not 0 <= offset < typ.size:
                        _refuse("memory outside of an object")
                    return None
                offset -= field.offset
                if not field.type.composite:
                    return FieldPointer(root, field.slot), field.type, offset
                root, typ = getattr(root, field.slot), field.type
            else:
                if not 0 <= offset < typ.size:
                    _refuse("memory outside of an object")
                return root, typ, offset

    # Bytes.

    def load(self, address: Address, typ: RType) -> Any:
        """Read a value of a type that is not that of what lies there."""
        match typ.kind:
            case "string":
                data, length = self._word(address), self._integer(address.moved(_WORD))
                return self._text(data, length)
            case "slice":
                data = self._word(address)
                length = self._integer(address.moved(_WORD))
                capacity = self._integer(address.moved(2 * _WORD))
                return self.slice(data, typ.elem, length, capacity)
            case "ptr":
                return self.typed(self._word(address), typ.elem)
            case "unsafe.Pointer":
                return self._word(address)
            case _ if typ.noscan:
                return bits.decode(typ, self._peek(address, typ.size))
            case _:
                return _refuse(f"{address.typ.name} as {typ.name}")

    def store(self, address: Address, typ: RType, value: Any) -> None:
        """Write a value of a type that is not that of what lies there."""
        if not typ.noscan:
            _refuse(f"storing {typ.name} into {address.typ.name}")
        self._poke(address, bits.encode(typ, value))

    def slice(self, data: Address | None, elem: RType, length: int, capacity: int) -> Slice:
        """Return the slice of elements that begins at an address."""
        if data is None:
            return NIL if not capacity else _refuse("a slice of nil")
        data = self._known(data)
        if data.elements and alike(data.typ, elem) and not data.offset % max(elem.size, 1):
            start = data.offset // elem.size if elem.size else 0
            if start + capacity > len(data.root):
                _refuse("a slice that reaches beyond its object")
            return Slice(data.root, start, length, capacity)
        return Slice(ArrayOverlay(self, data, elem, capacity), 0, length, capacity)

    def slice_of(self, data: Any, elem: RType, length: int) -> Slice:
        """`unsafe.Slice(p, n)`"""
        if not 0 <= length * max(elem.size, 1) < _TOO_FAR:
            panics.runtime_panic("unsafe.Slice: len out of range")
        if data is None:
            if length:
                panics.runtime_panic("unsafe.Slice: ptr is nil and len is not zero")
            return NIL
        address = self.of(data, elem)
        if address is not None and not address.elements and not address.offset and length <= 1:
            return Slice(ArrayOverlay(self, address, elem, length), 0, length, length)
        return self.slice(address, elem, length, length)

    def text_of(self, data: Any, length: int) -> bytes:
        """`unsafe.String(p, n)`"""
        if length < 0:
            panics.runtime_panic("unsafe.String: len out of range")
        if data is None and length:
            panics.runtime_panic("unsafe.String: ptr is nil and len is not zero")
        return self._text(self.of(data, self._byte), length)

    def _text(self, data: Address | None, length: int) -> bytes:
        if not length:
            return b""
        if data is None:
            panics.nil_dereference()
        data = self._known(data)
        if data.elements and data.typ.size == 1:
            return bytes(data.root[data.offset : data.offset + length])
        return self._peek(data, length)

    def _word(self, address: Address) -> Any:
        """Read a pointer."""
        found = self._component(address)
        if found is None:
            return None
        cell, typ, rest = found
        value = cell.v
        match typ.kind, rest:
            case "ptr", 0:
                return self.of(value, typ.elem)
            case "unsafe.Pointer", 0:
                return value
            case "string", 0:
                return Address(value, self._byte, 0, elements=True) if value else None
            case "slice", 0:
                return None if value.a is None else self.element(value.a, value.o, typ.elem)
            case "interface", 8:
                return None if value is None else self._data(value)
            case (("uintptr" | "uint64"), 0):
                return self.back(value)
            case _:
                return _refuse(f"a pointer in a value of type {typ.name}")

    def _data(self, value: Iface) -> Any:
        if value.t.direct:
            return self.of(value.v, value.t.elem) if value.t.kind == "ptr" else value.v
        return Address(value.v if value.t.composite else value, value.t, 0)

    @property
    def _byte(self) -> RType:
        return self.types.basic(types.BasicKind.UINT8)

    def _integer(self, address: Address) -> int:
        return int.from_bytes(self._peek(address, _WORD), "little", signed=True)

    def _peek(self, address: Address, size: int) -> bytes:
        read = bytearray()
        while len(read) < size:
            found = self._component(address.moved(len(read)))
            if found is None:
                read.append(0)  # padding
                continue
            cell, typ, rest = found
            read += self._bytes_of(typ, cell.v)[rest:]
        return bytes(read[:size])

    def _bytes_of(self, typ: RType, value: Any) -> bytes:
        match typ.kind:
            case "string":
                words = [self._text_number(value), len(value)]
            case "slice":
                data = None if value.a is None else self.element(value.a, value.o, typ.elem)
                words = [self.number(data), value.n, value.c]
            case "ptr":
                words = [self.number(self.of(value, typ.elem))]
            case "unsafe.Pointer":
                words = [self.number(value)]
            case _ if typ.noscan:
                return bits.encode(typ, value)
            case _:
                _refuse(f"the bytes of a value of type {typ.name}")
        return b"".join(word.to_bytes(_WORD, "little") for word in words)

    def _text_number(self, text: bytes) -> int:
        return self.number(Address(text, self._byte, 0, elements=True)) if text else 0

    def _poke(self, address: Address, data: bytes) -> None:
        done = 0
        while done < len(data):
            found = self._component(address.moved(done))
            if found is None:
                done += 1
                continue
            cell, typ, rest = found
            old = self._bytes_of(typ, cell.v)
            part = data[done : done + len(old) - rest]
            new = old[:rest] + part + old[rest + len(part) :]
            if typ.noscan:
                cell.v = bits.decode(typ, new)
            elif typ.kind == "slice" and new[:_WORD] == old[:_WORD]:
                cell.v = self._header(cell.v, new)
            elif new != old:
                _refuse(f"writing bytes of a value of type {typ.name}")
            done += len(part)

    def _header(self, value: Slice, new: bytes) -> Slice:
        length = int.from_bytes(new[_WORD : 2 * _WORD], "little", signed=True)
        capacity = int.from_bytes(new[2 * _WORD :], "little", signed=True)
        behind = 0 if value.a is None else len(value.a)
        if not 0 <= length <= capacity or value.o + capacity > behind:
            _refuse("a slice that reaches beyond its object")
        return Slice(value.a, value.o, length, capacity)


def _field_at(typ: RType, offset: int) -> Any:
    for field in typ.fields:
        if field.offset <= offset < field.offset + field.type.size:
            return field
    return None


def alike(have: RType, want: RType) -> bool:
    """Tell if values of two types are held in the same way and mean the same."""
    if have is want:
        return True
    if have.integer or want.integer:
        return have.integer and (have.bits, have.signed) == (want.bits, want.signed)
    if have.kind != want.kind or have.go is None or want.go is None:
        return False
    if have.kind == "struct":
        pairs = list(zip(have.fields, want.fields, strict=False))
        return len(have.fields) == len(want.fields) and all(
            mine.offset == theirs.offset and alike(mine.type, theirs.type) for mine, theirs in pairs
        )
    if have.kind == "array":
        return have.length == want.length and alike(have.elem, want.elem)
    if have.kind == "slice":
        return alike(have.elem, want.elem)
    return identical.identical(have.go.underlying, want.go.underlying)
