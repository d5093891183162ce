"""What the linker lays out before the program starts: symbols, sections, sizes, addresses.

Filled by `compiler.link`; read by `machine` (where globals live) and `lesson` (the picture).
Sections and order are those of a default linux/amd64 build of go1.27 (go-facts, section 5).
"""

from __future__ import annotations

import enum

from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.source import NO_POS, Pos


class Region(enum.Enum):
    """A stretch of memory with one purpose."""

    TEXT = "text"
    """Machine code; read-only."""
    RODATA = "rodata"
    """String bytes, boxed constants, type descriptors; read-only."""
    DATA = "data"
    """Package variables with an initial value in the file (.data and .noptrdata)."""
    BSS = "bss"
    """Package variables that start as zero and take no room in the file (.bss and .noptrbss)."""
    STACK = "stack"
    """A goroutine's stack."""
    HEAP = "heap"

    @property
    def letter(self) -> str:
        """The letter that `go tool nm` prints; empty for what is no section of a file."""
        return {"text": "T", "rodata": "R", "data": "D", "bss": "B"}.get(self.value, "")


@dataclass(frozen=True, slots=True)
class Symbol:
    """One named thing of the author's program in the file."""

    name: str
    """As `go tool nm` prints it: `main.main`, `main.(*T).M`, `main.counter`."""
    region: Region
    section: str
    """`.text`, `.rodata`, `.noptrdata`, `.data`, `.bss`, `.noptrbss`."""
    size: int
    """Bytes; 0 for text, whose size only gc's back end knows."""
    type: str = ""
    """The variable's type as written; empty for functions."""
    pos: Pos = NO_POS
    address: int = 0
    """A model: stable and in gc's order, not the byte gc would choose; 0 for ghosts."""
    text: str = ""
    """For rodata: what is in it, as Go would print it."""
    ghost: str = ""
    """Why it is *not* in the file (`inlined`, `unreachable`, `unused`, `constant`); else empty."""


@dataclass(frozen=True, slots=True)
class Image:
    """Everything of the author's program that the linker places."""

    symbols: tuple[Symbol, ...]
    """What is in the file, by section and address."""
    ghosts: tuple[Symbol, ...] = ()
    """What the author wrote and the file does not hold."""

    def dump(self) -> str:
        """Write `NAME SECTION SIZE` for each symbol, as `gomem symbols` prints them."""
        rows = sorted((symbol.name, symbol.region.letter, symbol.size) for symbol in self.symbols)
        return "".join(f"{name} {letter} {size}\n" for name, letter, size in rows)
