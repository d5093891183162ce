"""Where the value of a parameter goes, as callers need to know it: the escape tag.

A tag is gc's: `esc:` and one byte for each place, `derefs + 1` or 0 for "never": the heap, what
is mutated, what is called, and the first five results. The empty tag says that the parameter
itself is in the heap; `esc:` alone says that it goes nowhere.

Source: cmd/compile/internal/escape/leaks.go, go1.27.
"""

from __future__ import annotations

import functools
from typing import Final

HEAP: Final = 0
MUTATOR: Final = 1
CALLEE: Final = 2
RESULT0: Final = 3
_PLACES: Final = 8
RESULTS: Final = _PLACES - RESULT0
"""So many results have a place of their own; leaks to later ones count as leaks to the heap."""


class Leaks:
    """The shortest way, in dereferences, from one parameter to each place; -1 for no way."""

    __slots__ = ("places",)

    def __init__(self) -> None:
        self.places = [-1] * _PLACES

    def add(self, place: int, derefs: int) -> None:
        """Add a way; only the shortest counts."""
        old = self.places[place]
        if old < 0 or derefs < old:
            self.places[place] = min(derefs, 0xFE)

    def add_result(self, index: int, derefs: int) -> None:
        """Add a way to a result that has a place of its own."""
        self.add(RESULT0 + index, derefs)

    @property
    def heap(self) -> int:
        """The shortest way to the heap."""
        return self.places[HEAP]

    def result(self, index: int) -> int:
        """Return the shortest way to a result."""
        return self.places[RESULT0 + index]

    def optimize(self) -> None:
        """Drop the ways that are no shorter than the one to the heap: they add nothing."""
        heap = self.places[HEAP]
        if heap >= 0:
            for place in range(1, _PLACES):
                if self.places[place] >= heap:
                    self.places[place] = -1

    def encode(self) -> str:
        """Return the tag."""
        if self.places[HEAP] == 0:
            return ""
        return "esc:" + "".join(chr(derefs + 1) for derefs in self.places).rstrip("\0")


NO_LEAKS: Final = Leaks()
"""What is asked of a location that is no parameter; never changed."""


def parse(tag: str) -> Leaks:
    """Read a tag; what is none says that the parameter is in the heap."""
    leaks = Leaks()
    leaks.places[:] = places_of(tag)
    return leaks


@functools.cache
def places_of(tag: str) -> tuple[int, ...]:
    """Read a tag: the shortest way to each place, -1 for no way. There are few different ones."""
    if not tag.startswith("esc:"):
        return (0, *[-1] * (_PLACES - 1))
    found = [ord(char) - 1 for char in tag[4:]]
    return (*found, *[-1] * (_PLACES - len(found)))
