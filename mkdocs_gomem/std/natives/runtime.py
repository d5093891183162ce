"""Package runtime: what a program may ask of the scheduler and the collector."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.machine import panics

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


def _set_finalizer(_m: Machine, _value: object, _finalizer: object) -> None:
    """Nothing is ever finalized: Go does not promise that either."""


def _add_cleanup(_m: Machine, *_args: object) -> Any:
    raise panics.Unsupported("runtime.AddCleanup")


def _read_mem_stats(_m: Machine, _stats: object) -> None:
    raise panics.Unsupported("runtime.ReadMemStats")


def _version(_m: Machine) -> bytes:
    return b"go1.27.3"


def _none(_m: Machine, *_args: object) -> int:
    return 0


def _compare(_m: Machine, a: bytes, b: bytes) -> int:
    return (a > b) - (a < b)


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
    "runtime.SetFinalizer": _set_finalizer,
    "runtime.AddCleanup[...]": _add_cleanup,
    "runtime.ReadMemStats": _read_mem_stats,
    "runtime.Version": _version,
    "runtime.NumCgoCall": _none,
    "runtime.Callers": _none,
    "internal/bytealg.abigen_runtime_cmpstring": _compare,
    "runtime.GOMAXPROCS": _one,
    "runtime.NumCPU": _one,
    "internal/abi.NoEscape": _same,
    "internal/abi.EscapeNonString[...]": lambda _m, _dictionary, _value: None,
    "internal/abi.EscapeToResultNonString[...]": lambda _m, _dictionary, value: value,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
