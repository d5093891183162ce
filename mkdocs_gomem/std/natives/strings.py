"""Package strings: what all methods of a `Builder` ask first, as nearly every program has one.

Everything else runs as it is. Source: strings/builder.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


def _check_copied(m: Machine, builder: Any) -> None:
    """`(*Builder).copyCheck`: its field `addr` is where it was used first."""
    used = panics.non_nil(builder).f0
    if used is None:
        builder.f0 = builder
    elif used is not builder:
        panics.text_panic(m.types, "strings: illegal use of non-zero Builder copied by value")


NATIVES: Final[dict[str, Callable[..., Any]]] = {"strings.(*Builder).copyCheck": _check_copied}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
