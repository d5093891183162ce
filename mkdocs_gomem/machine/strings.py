"""How is a long string held, so that it takes steps to compare?

A Go string is `bytes` (`values`), and to compare two short ones costs nothing beside the step
that asks. Millions of bytes are another matter: a loop over `a == b` would take hours within its
bound. So strings from `LONG` bytes on are of a kind of `bytes` that counts, wherever they are
compared or hashed: by generated code, in a struct or map, or by a native that sorts.

There is a kind for each run, since each counts for its own bounds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.lean import override

if TYPE_CHECKING:
    from collections.abc import Callable

LONG: Final = 4096
"""From so many bytes on a comparison may take longer than a step."""
_COMPARED_A_STEP: Final = 11
_HASHED_A_STEP: Final = 9
"""Bytes in the time of a step, as powers of two."""
_GLANCE: Final = 64
"""Most strings that differ do so within so many bytes."""


def counting(spend: Callable[[int], None]) -> type[bytes]:
    """Return the kind of long strings of one run, given what counts its steps."""

    def differ_soon(x: bytes, y: bytes) -> bool:
        if bytes.__ne__(x[:_GLANCE], y[:_GLANCE]):
            return True
        spend(min(len(x), len(y)) >> _COMPARED_A_STEP)
        return False

    class Text(bytes):
        """A long string."""

        __slots__ = ()

        @override
        def __eq__(self, other: object) -> bool:
            if self is other:
                return True
            if not isinstance(other, bytes) or len(self) != len(other):
                return False
            return not differ_soon(self, other) and bytes.__eq__(self, other)

        @override
        def __ne__(self, other: object) -> bool:
            return not self == other

        @override
        def __lt__(self, other: bytes) -> bool:
            differ_soon(self, other)
            return bytes.__lt__(self, other)

        @override
        def __le__(self, other: bytes) -> bool:
            differ_soon(self, other)
            return bytes.__le__(self, other)

        @override
        def __gt__(self, other: bytes) -> bool:
            differ_soon(self, other)
            return bytes.__gt__(self, other)

        @override
        def __ge__(self, other: bytes) -> bool:
            differ_soon(self, other)
            return bytes.__ge__(self, other)

        @override
        def __hash__(self) -> int:
            spend(len(self) >> _HASHED_A_STEP)
            return bytes.__hash__(self)

    return Text
