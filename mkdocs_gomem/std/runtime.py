"""Package runtime: what a program may ask of the scheduler and the collector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


def _gosched(m: Machine) -> None:
    m.scheduler.gosched()


def _mcall(_m: Machine, function: Callable[[Any], None]) -> None:
    """What an inlined `Gosched` calls, with `gosched_m`."""
    function(None)


def _gosched_m(m: Machine, _goroutine: object) -> None:
    m.scheduler.gosched()


def _goexit(m: Machine) -> None:
    m.defers.goexit()


def _num_goroutine(m: Machine) -> int:
    return m.scheduler.alive


def _gc(_m: Machine) -> None:
    pass


def _keep_alive(_m: Machine, _value: object) -> None:
    pass


def _same(_m: Machine, pointer: Any) -> Any:
    return pointer


def _one(_m: Machine, *_args: object) -> int:
    return 1


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "runtime.Gosched": _gosched,
    "runtime.mcall": _mcall,
    "runtime.gosched_m": _gosched_m,
    "runtime.checkTimeouts": _gc,
    "runtime.Goexit": _goexit,
    "runtime.NumGoroutine": _num_goroutine,
    "runtime.GC": _gc,
    "runtime.KeepAlive": _keep_alive,
    "runtime.GOMAXPROCS": _one,
    "runtime.NumCPU": _one,
    "internal/abi.NoEscape": _same,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
