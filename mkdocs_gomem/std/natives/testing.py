"""Package testing: benchmarks measure time, which a simulated program does not take.

All else of it is Go's own code, `AllocsPerRun` too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


def _benchmark(_m: Machine, _function: Any) -> NoReturn:
    raise panics.Unsupported("testing.Benchmark: it measures time, and that is simulated")


NATIVES: Final[dict[str, Callable[..., Any]]] = {"testing.Benchmark": _benchmark}
