"""What do slices, arrays and strings do beyond reading an element?

Growth follows runtime/slice.go, conversions runtime/string.go (go1.27). An append whose result
does not escape starts in a 32-byte buffer in the frame, and so do `make` of a variable size and
strings made by concatenation or conversion.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import panics, structs
from mkdocs_gomem.machine.heap import MAX_ALLOC, grown_capacity, round_up
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.machine.strings import LONG
from mkdocs_gomem.machine.values import NIL, ArrayView, ElementPointer, Slice, view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType

STACK_BUFFER = 32
_SPARE = 3
"""Bytes of room that `string(runes)` asks for beyond its text (runtime.slicerunetostring)."""
_ARRAY = 72
"""Bytes of our process for an array or string, beside its elements."""
_SHORT = 32
"""A part of a string up to here is charged to the step that cuts it out."""
_LISTED, _BYTES = 7, 11
"""Elements that are copied in the time of a step, as powers of two: in a list, in a bytearray."""
RUNE_BUFFER = 32
"""Runes in the buffer of a `[]rune(s)` that does not escape."""
_MAX_INT = (1 << 63) - 1


class FrameText(bytes):
    """A short string whose bytes are in a buffer of the frame: who keeps it has to copy it."""

    __slots__ = ()


class Elements:
    """How a slice's elements are held: what `append`, `copy` and `make` need to know."""

    __slots__ = ("assign", "composite", "copy", "fill", "host", "noscan", "size", "slot", "work")

    def __init__(self, elem: RType) -> None:
        self.size = elem.size
        self.host = 1 if elem.kind == "uint8" else elem.host if elem.size else 0
        """Bytes of our process for each element when filled, …"""
        self.slot = self.host if elem.composite else min(self.host, 8)
        """… and for each zero."""
        self.work = elem.work if elem.size else 0
        """Steps that it takes to make or copy an element; 0 if many are copied in one."""
        self.noscan = elem.noscan
        self.composite = elem.composite
        self.fill = structs.filler(elem)
        self.copy = elem.copy
        self.assign: Callable[[Any, Any], Any] | None = elem.ops.assign if elem.composite else None


class SliceRuntime:
    """The functions of one run; generated code calls them by their short names."""

    def __init__(
        self, heap: Heap, keep: Callable[[int, Any], Any], text: Callable[[bytes], bytes]
    ) -> None:
        self.heap = heap
        self.copied = heap.reserve
        """Charge bytes that are about to be copied."""
        self.spend = heap.spend
        """Count steps for what takes long."""
        self.keep = keep
        """Note an unnamed object in the current frame."""
        self.text = text
        """Hold a string from `LONG` bytes on."""

    def make(self, site: int, elements: Elements, length: int, capacity: int) -> Slice:
        """`make([]T, length, capacity)` on the heap."""
        self._check(elements, length, capacity)
        array = self.vacant(elements, capacity)
        self.heap.sized(site, array, capacity * elements.size, noscan=elements.noscan)
        return Slice(array, 0, length, capacity)

    def vacant(self, elements: Elements, count: int) -> Any:
        """Return the array behind so many zero elements, if there is room for it."""
        slot = elements.slot
        self.heap.hold(_ARRAY + count * slot, count * (elements.host - slot))
        if elements.work and count > _SHORT:
            self.spend(count * elements.work)
        return elements.fill(count)

    def make_local(self, site: int, elements: Elements, length: int, capacity: int) -> Slice:
        """`make([]T, length, capacity)` of constant size, in the frame."""
        self._check(elements, length, capacity)
        return Slice(self.keep(site, self.vacant(elements, capacity)), 0, length, capacity)

    def make_small(self, site: int, elements: Elements, length: int, capacity: int) -> Slice:
        """`make([]T, length, capacity)` of variable size that does not escape."""
        self._check(elements, length, capacity)
        if elements.size and capacity <= STACK_BUFFER // elements.size:
            return Slice(self.keep(site, elements.fill(capacity)), 0, length, capacity)
        return self.make(site, elements, length, capacity)

    def _check(self, elements: Elements, length: int, capacity: int) -> None:
        limit = MAX_ALLOC // elements.size if elements.size else _MAX_INT
        if not 0 <= length <= limit:
            panics.runtime_panic("makeslice: len out of range")
        if not length <= capacity <= limit:
            panics.runtime_panic("makeslice: cap out of range")

    def append(self, site: int, elements: Elements, s: Slice, values: Any) -> Slice:
        """`append(s, values…)`; composite values are handed over."""
        count = len(values)
        n = s.n
        length = n + count
        if length <= s.c:
            self._put(elements, s.a, s.o + n, values)
            return Slice(s.a, s.o, length, s.c)
        return self._grown(site, elements, s, values, length)

    def append_local(
        self, site: int, elements: Elements, s: Slice, values: Any, used: list[Any]
    ) -> Slice:
        """The same for a result that does not escape: at first a buffer in the frame.

        `used` holds, for one call of the function, the variable's buffer once it had it.
        """
        length = s.n + len(values)
        if length <= s.c:
            self._put(elements, s.a, s.o + s.n, values)
            return Slice(s.a, s.o, length, s.c)
        size = elements.size
        if s.n == 0 and size and length <= STACK_BUFFER // size and used[0] is None:
            capacity = STACK_BUFFER // size
            used[0] = array = elements.fill(capacity)
            self._put(elements, array, 0, values)
            return Slice(self.keep(site, array), 0, length, capacity)
        return self._grown(site, elements, s, values, length)

    def append_stepwise(
        self, site: int, elements: Elements, s: Slice, values: Any, used: list[Any]
    ) -> Slice:
        """The same, one size class after the other within the buffer (`growsliceBuf`)."""
        length = s.n + len(values)
        if length <= s.c:
            self._put(elements, s.a, s.o + s.n, values)
            return Slice(s.a, s.o, length, s.c)
        room = STACK_BUFFER // elements.size
        if length > room:
            return self._grown(site, elements, s, values, length)
        array = used[0]
        if array is None:
            used[0] = array = self.keep(site, elements.fill(room))
        if s.n and s.a is not array:
            array[: s.n] = s.a[s.o : s.o + s.n]
        self._put(elements, array, s.n, values)
        size = round_up(length * elements.size, noscan=elements.noscan)
        capacity = min(size // elements.size, room)
        array[length:capacity] = elements.fill(capacity - length)
        return Slice(array, 0, length, capacity)

    def move_to_heap(
        self, site: int, elements: Elements, s: Slice, used: list[Any], *, keep_capacity: bool
    ) -> Slice:
        """Move an array out of the frame before others may refer to it (`moveSlice`)."""
        if s.a is None or s.a is not used[0]:
            return s
        if keep_capacity:
            capacity = s.c
        else:
            size = round_up(s.n * elements.size, noscan=elements.noscan)
            capacity = size // elements.size if s.n else 0
        self.heap.reserve(_ARRAY + capacity * elements.host)
        array = s.a[s.o : s.o + s.n]
        array += elements.fill(capacity - s.n)
        self.heap.sized(site, array, capacity * elements.size, noscan=elements.noscan)
        return Slice(array, 0, s.n, capacity)

    def _put(self, elements: Elements, array: Any, start: int, values: Any) -> None:
        if array is None or not elements.size:
            return
        assign = elements.assign
        if assign is None:
            if len(values) > _SHORT:
                self._charge(elements, len(values))
            array[start : start + len(values)] = values
        else:
            self.spend(len(values) * elements.work)
            for place, value in enumerate(values, start):
                assign(array[place], value)

    def _charge(self, elements: Elements, count: int) -> None:
        """Charge that many elements are copied."""
        self.copied(count * elements.slot)
        self.spend(count * elements.work or count >> (_BYTES if elements.slot == 1 else _LISTED))

    def _grown(self, site: int, elements: Elements, s: Slice, values: Any, length: int) -> Slice:
        if length > _MAX_INT:
            panics.runtime_panic("growslice: len out of range")
        if not elements.size:
            return Slice(elements.fill(length), 0, length, length)
        capacity = grown_capacity(length, s.c, elements.size, noscan=elements.noscan)
        slot = elements.slot
        self.heap.hold(_ARRAY + capacity * slot, capacity * (elements.host - slot))
        if elements.work and capacity > _SHORT:
            self.spend(capacity * elements.work)
        if s.n == 0:
            array = elements.fill(0)
        elif elements.composite:
            copy = elements.copy
            array = [copy(value) for value in s.a[s.o : s.o + s.n]]
        else:
            array = s.a[s.o : s.o + s.n]
        array.extend(values)
        array += elements.fill(capacity - length)
        self.heap.sized(site, array, capacity * elements.size, noscan=elements.noscan)
        return Slice(array, 0, length, capacity)

    def append_slice(self, site: int, elements: Elements, s: Slice, other: Slice) -> Slice:
        """`append(s, other...)`"""
        if other.n == 0:
            return s
        return self.append(site, elements, s, self._values(elements, other))

    def _values(self, elements: Elements, s: Slice) -> Any:
        values = s.a[s.o : s.o + s.n]
        if s.n > _SHORT and elements.size:
            self._charge(elements, s.n)
        if elements.composite and elements.size:
            copy = elements.copy
            values = [copy(value) for value in values]
        return values

    def copy(self, elements: Elements, target: Slice, source: Slice) -> int:
        """`copy(target, source)`"""
        count = min(target.n, source.n)
        if count and elements.size:
            if count > _SHORT:
                self._charge(elements, 2 * count)
            values = source.a[source.o : source.o + count]
            if elements.assign is None:
                target.a[target.o : target.o + count] = values
            else:
                assign, copy = elements.assign, elements.copy
                values = [copy(value) for value in values]
                for place, value in enumerate(values, target.o):
                    assign(target.a[place], value)
        return count

    def copy_string(self, target: Slice, text: bytes) -> int:
        """`copy(target, text)`"""
        count = min(target.n, len(text))
        if count:
            if count > _SHORT:
                self.copied(count)
            target.a[target.o : target.o + count] = text[:count]
        return count

    def clear(self, elements: Elements, s: Slice) -> None:
        """`clear(s)`"""
        if s.n and elements.size:
            if s.n > _SHORT:
                self._charge(elements, 2 * s.n)
            zeros = elements.fill(s.n)
            if elements.assign is None:
                s.a[s.o : s.o + s.n] = zeros
            else:
                for place, value in enumerate(zeros, s.o):
                    elements.assign(s.a[place], value)

    def to_array(self, s: Slice, length: int, copy: Callable[[Any], Any]) -> Any:
        """`[length]T(s)`: a copy."""
        if s.n < length:
            panics.array_conversion(s.n, length)
        if length == 0:
            return [] if s.a is None else s.a[:0]
        if not isinstance(s.a, list):
            self.copied(length)
            return s.a[s.o : s.o + length]
        if length > _SHORT:
            self.copied(_ARRAY * length)
            self.spend(length >> 1)
        return [copy(v) for v in s.a[s.o : s.o + length]]

    def unsafe_string(self, pointer: ElementPointer | None, length: int) -> bytes:
        """`unsafe.String`: a copy, which nobody may tell from the original."""
        if pointer is None or length == 0:
            return b""
        if not isinstance(pointer, ElementPointer):
            raise panics.Unsupported("unsafe.String of a pointer to no array")
        self.copied(min(length, len(pointer.a)))
        text = bytes(pointer.a[pointer.i : pointer.i + length])
        return text if length < LONG else self.text(text)

    # Strings.

    def substring(self, text: bytes, low: int, high: int | None) -> bytes:
        """`text[low:high]`: Go shares the bytes, we copy them."""
        length = len(text)
        if high is None:
            high = length
        if not 0 <= low <= high <= length:
            panics.slice_bounds(low, high, None, length, is_string=True, is_array=False)
        if high - low > _SHORT:
            self.copied(high - low)
        if high - low >= LONG:
            return text if high - low == length else self.text(text[low:high])
        part = text[low:high]
        return FrameText(part) if isinstance(text, FrameText) and part else part

    def _text(self, site: int, text: bytes, spare: int = 0) -> bytes:
        size = len(text) + spare
        if not self._is_kept(site) and size <= STACK_BUFFER:
            return self.keep(site, FrameText(text))  # type: ignore[no-any-return]
        if len(text) >= LONG:
            text = self.text(text)
        return self.heap.sized(site, text, size, noscan=True)  # type: ignore[no-any-return]

    def _is_kept(self, site: int) -> bool:
        """Tell if what a site makes outlives the call."""
        return self.heap.sites[site].region is Region.HEAP

    def concat(self, site: int, *parts: bytes) -> bytes:
        """`a + b + c` of strings."""
        filled = [part for part in parts if part]
        if not filled:
            return b""
        if len(filled) == 1:
            only = filled[0]
            if not isinstance(only, FrameText) or not self._is_kept(site):
                return only
        self.copied(_ARRAY + sum(map(len, filled)))
        return self._text(site, b"".join(filled))

    def bytes_to_string(self, site: int, s: Slice) -> bytes:
        """`string(s)` of bytes."""
        if s.n == 0:
            return b""
        self.copied(_ARRAY + s.n)
        text = bytes(s.a[s.o : s.o + s.n])
        return text if s.n == 1 else self._text(site, text)

    def lent_text(self, s: Slice) -> bytes:
        """`string(s)` that is only looked at: Go lends it the bytes, we copy them."""
        self.copied(_ARRAY + s.n)
        return bytes(s.a[s.o : s.o + s.n]) if s.n else b""

    def string_to_bytes(self, site: int, text: bytes) -> Slice:
        """`[]byte(text)`"""
        length = len(text)
        if not self._is_kept(site) and length <= STACK_BUFFER:
            array = bytearray(text) + bytearray(STACK_BUFFER - length)
            return Slice(self.keep(site, array), 0, length, STACK_BUFFER)
        if length == 0:
            return Slice(bytearray(), 0, 0, 0)
        capacity = round_up(length, noscan=True)
        self.copied(_ARRAY + capacity)
        array = bytearray(text) + bytearray(capacity - length)
        self.heap.sized(site, array, capacity, noscan=True)
        return Slice(array, 0, length, capacity)

    def shared_bytes(self, text: bytes) -> Slice:
        """`[]byte(text)`, where nobody writes to it: Go shares the bytes, we copy them."""
        length = len(text)
        self.copied(_ARRAY + length)
        return Slice(bytearray(text), 0, length, length)

    def literal_to_bytes(self, site: int, text: bytes) -> Slice:
        """`[]byte("text")`"""
        array = bytearray(text)
        if self.heap.sites[site].region is Region.HEAP:
            self.heap.sized(site, array, len(text), noscan=True)
        else:
            self.keep(site, array)
        return Slice(array, 0, len(text), len(text))

    def runes_to_string(self, site: int, s: Slice) -> bytes:
        """`string(s)` of runes."""
        self.copied(_ARRAY + 48 * s.n)
        text = b"".join([encode_rune(rune) for rune in s.elements()])
        return self._text(site, text, _SPARE)

    def string_to_runes(self, site: int, text: bytes) -> Slice:
        """`[]rune(text)`"""
        self.copied(_ARRAY + 48 * len(text))
        runes = [rune for _, rune in self.runes(text)]
        length = len(runes)
        if not self._is_kept(site) and length <= RUNE_BUFFER:
            array = runes + [0] * (RUNE_BUFFER - length)
            return Slice(self.keep(site, array), 0, length, RUNE_BUFFER)
        if length == 0:
            return Slice([], 0, 0, 0)
        capacity = round_up(length * 4, noscan=True) // 4
        array = runes + [0] * (capacity - length)
        self.heap.sized(site, array, capacity * 4, noscan=True)
        return Slice(array, 0, length, capacity)

    def lent_runes(self, text: bytes) -> Slice:
        """`[]rune(text)` that is only counted."""
        self.copied(_ARRAY + 48 * len(text))
        runes = [rune for _, rune in self.runes(text)]
        return Slice(runes, 0, len(runes), len(runes))

    def runes(self, text: bytes) -> list[tuple[int, int]] | LongRunes:
        """`range text`"""
        return decode_runes(text) if len(text) < LONG else LongRunes(text, self.spend)

    def rune_to_string(self, site: int, rune: int) -> bytes:
        """`string(rune)`"""
        text = encode_rune(rune)
        if not self._is_kept(site):
            return FrameText(text)
        return self.heap.sized(site, text, 4, noscan=True)  # type: ignore[no-any-return]


def reslice(s: Slice, low: int, high: int | None) -> Slice:
    """`s[low:high]`"""
    if high is None:
        high = s.n
        if not 0 <= low <= high:
            panics.slice_bounds(low, high, None, s.c, is_string=False, is_array=False)
    elif not 0 <= low <= high <= s.c:
        panics.slice_bounds(low, high, None, s.c, is_string=False, is_array=False)
    return Slice(s.a, s.o + low, high - low, s.c - low)


def reslice3(s: Slice, low: int, high: int, top: int) -> Slice:
    """`s[low:high:top]`"""
    if not 0 <= low <= high <= top <= s.c:
        panics.slice_bounds(low, high, top, s.c, is_string=False, is_array=False)
    return Slice(s.a, s.o + low, high - low, top - low)


def slice_array(array: Any, low: int, high: int | None, top: int | None) -> Slice:
    """`p[low:high:top]` of a pointer to an array."""
    if array is None:
        panics.nil_dereference()
    length = len(array)
    if high is None:
        high = length
    limit = length if top is None else top
    if not 0 <= low <= high <= limit <= length:
        panics.slice_bounds(low, high, top, length, is_string=False, is_array=True)
    if type(array) is ArrayView:
        return Slice(array.a, array.o + low, high - low, limit - low)
    return Slice(array, low, high - low, limit - low)


def filled(array: Any, values: dict[int, Any]) -> Any:
    """Put the values of a literal that leaves many elements out into a zero array."""
    for place, value in values.items():
        array[place] = value
    return array


def each(array: Any, start: int, count: int) -> Iterable[Any]:
    """Return elements of an array, as they are when a loop comes to them."""
    if count == 0:
        return ()
    if type(array) is not list and type(array) is not bytearray:
        return map(panics.non_nil(array).__getitem__, range(start, start + count))
    elements: Any = iter(array)
    if start:
        elements.__setstate__(start)
    return islice(elements, count)


def swap(elem: RType, s: Slice, i: int, j: int) -> None:
    """`s[i], s[j] = s[j], s[i]`; pointers to the elements stay where they are."""
    array, first, second = s.a, s.o + i, s.o + j
    if elem.composite:
        kept = elem.copy(array[first])
        elem.ops.assign(array[first], array[second])
        elem.ops.assign(array[second], kept)
    else:
        array[first], array[second] = array[second], array[first]


def to_array_pointer(s: Slice, length: int) -> Any:
    """`(*[length]T)(s)`: the array itself, or a view of the stretch of it."""
    if s.n < length:
        panics.array_conversion(s.n, length)
    if s.a is None:
        return None
    return view(s.a, s.o, length)


# Package unsafe: a pointer to an element stands for the array behind it.


def unsafe_data(value: Slice | bytes) -> ElementPointer | None:
    """`unsafe.SliceData`, `unsafe.StringData`"""
    if isinstance(value, bytes):
        return ElementPointer(value, 0)
    return None if value.a is None else ElementPointer(value.a, value.o)


def unsafe_slice(pointer: ElementPointer | None, length: int) -> Slice:
    """`unsafe.Slice`"""
    if pointer is None:
        return NIL
    if not isinstance(pointer, ElementPointer):
        raise panics.Unsupported("unsafe.Slice of a pointer to no array")
    return Slice(pointer.a, pointer.i, length, length)


class LongRunes:
    """The runes of a long string, some at a time: all at once take fifty times its room."""

    __slots__ = ("spend", "text")

    def __init__(self, text: bytes, spend: Callable[[int], None]) -> None:
        self.text = text
        self.spend = spend

    def __len__(self) -> int:
        """None: each counts when it is come to."""
        return 0

    def __iter__(self) -> Iterator[tuple[int, int]]:
        text, start = self.text, 0
        while start < len(text):
            end = start + LONG
            while end < len(text) and text[end] & 0xC0 == 0x80 and end < start + LONG + 3:
                end += 1  # not in the middle of a rune
            self.spend(LONG)
            for place, rune in decode_runes(text[start:end]):
                yield start + place, rune
            start = end


_SURROGATE_MIN, _SURROGATE_MAX, _RUNE_MAX = 0xD800, 0xDFFF, 0x10FFFF
RUNE_ERROR = 0xFFFD


def encode_rune(rune: int) -> bytes:
    """Return a rune as UTF-8; what is none becomes U+FFFD."""
    if 0 <= rune <= _RUNE_MAX and not _SURROGATE_MIN <= rune <= _SURROGATE_MAX:
        return chr(rune).encode()
    return b"\xef\xbf\xbd"


def decode_runes(text: bytes) -> list[tuple[int, int]]:
    """Return (byte index, rune) for each rune; an invalid byte is a rune U+FFFD of its own."""
    if text.isascii():
        return list(enumerate(text))
    found = []
    place, length = 0, len(text)
    while place < length:
        first = text[place]
        if first < 0x80:
            found.append((place, first))
            place += 1
            continue
        width = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        try:
            char = text[place : place + width].decode()
            found.append((place, ord(char)))
            place += width
        except (UnicodeDecodeError, TypeError):
            found.append((place, RUNE_ERROR))
            place += 1
    return found
