"""Package strings: what all methods of a `Builder` ask first, as nearly every program has one.

And `Repeat`, which takes a part of what it has so far again and again: Go shares the bytes, we
would copy all of them each time. Everything else runs as it is. Source: strings/builder.go,
strings/strings.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine

_MAX_INT: Final = (1 << 63) - 1
_THERE: Final = {b" ": 128, b"-": 128, b"0": 64, b"=": 128, b"\t": 64}
"""Of these so many in a row are in read-only data: nothing is allocated for them."""


def _check_copied(m: Machine, builder: Any) -> None:
    """`(*Builder).copyCheck`: its field `addr` is where it was used first."""
    used = panics.non_nil(builder).f0
    if used is None:
        builder.f0 = builder
    elif used is not builder:
        panics.text_panic(m.types, "strings: illegal use of non-zero Builder copied by value")


def _repeat(m: Machine, text: bytes, count: int) -> bytes:
    if count < 0:
        panics.text_panic(m.types, "strings: negative Repeat count")
    size = len(text) * count
    if size > _MAX_INT:
        panics.text_panic(m.types, "strings: Repeat output length overflow")
    if count == 1 or not size:
        return text if size else b""
    m.charge_copy(size)
    made = m.text(bytes(text) * count)
    if text != made[:1] * len(text) or size > _THERE.get(made[:1], 0):
        m.made_by_std(made, size, noscan=True)
    return made


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "strings.(*Builder).copyCheck": _check_copied,
    "strings.Repeat": _repeat,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
