"""Package math/bits: what one instruction of the machine does, which gc uses for it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.values import Ref

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


def _length(_m: Machine, x: int) -> int:
    return x.bit_length()


def _ones(_m: Machine, x: int) -> int:
    return x.bit_count()


def _leading(width: int) -> Callable[[Machine, int], int]:
    def leading_zeros(_m: Machine, x: int) -> int:
        return width - x.bit_length()

    return leading_zeros


def _trailing(width: int) -> Callable[[Machine, int], int]:
    def trailing_zeros(_m: Machine, x: int) -> int:
        return (x & -x).bit_length() - 1 if x else width

    return trailing_zeros


_WIDTHS: Final = (("", 64), ("8", 8), ("16", 16), ("32", 32), ("64", 64))

NATIVES: Final[dict[str, Callable[..., Any]]] = {
    **{f"math/bits.Len{name}": _length for name, _ in _WIDTHS},
    **{f"math/bits.OnesCount{name}": _ones for name, _ in _WIDTHS},
    **{f"math/bits.LeadingZeros{name}": _leading(width) for name, width in _WIDTHS},
    **{f"math/bits.TrailingZeros{name}": _trailing(width) for name, width in _WIDTHS},
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {  # those of the runtime, by go:linkname
    "math/bits.overflowError": lambda _machine: Ref(panics.runtime_error("integer overflow")),
    "math/bits.divideError": lambda _machine: Ref(panics.runtime_error(panics.DIVIDE)),
}
