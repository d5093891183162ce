"""Package sync: where its Go code calls the runtime to wait and to wake.

`Lock`, `Wait`, `Do`… run as they are. A pool is a list, as on one processor.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Iface


def _acquire(reason: str) -> Callable[..., None]:
    def acquire(m: Machine, address: Any, lifo: bool = False, _skip: int = 0) -> None:  # noqa: FBT001, FBT002 - Go's signature
        m.semaphores.acquire(address, reason, lifo=lifo)

    return acquire


def _acquire_wait_group(m: Machine, address: Any, _durable: bool) -> None:  # noqa: FBT001
    m.semaphores.acquire(address, "sync.WaitGroup.Wait")


def _release(m: Machine, address: Any, handoff: bool, _skip: int) -> None:  # noqa: FBT001
    m.semaphores.release(address, handoff=handoff)


def _can_spin(_m: Machine, _count: int) -> bool:
    return False


def _nothing(_m: Machine, *_args: Any) -> None:
    pass


def _nanotime(m: Machine) -> int:
    return m.scheduler.now


def _fatal(_m: Machine, text: bytes) -> NoReturn:
    raise panics.Fatal(text.decode("utf-8", "replace"), tells_panics=True)


def _notify_add(m: Machine, notify: Any) -> int:
    return m.semaphores.ticket(notify)


def _notify_wait(m: Machine, notify: Any, ticket: int) -> None:
    m.semaphores.wait(notify, ticket)


def _notify_all(m: Machine, notify: Any) -> None:
    m.semaphores.notify_all(notify)


def _notify_one(m: Machine, notify: Any) -> None:
    m.semaphores.notify_one(notify)


def _check_copied(m: Machine, checker: Any) -> None:
    """A condition remembers where it was used first; a copy of it stands elsewhere."""
    here = m.address(checker)
    if checker.v not in (0, here):
        panics.text_panic(m.types, "sync.Cond is copied")
    checker.v = here


def _no(_m: Machine, *_args: Any) -> bool:
    return False


def _pool(m: Machine, pool: Any) -> list[Iface]:
    if pool is None:
        panics.text_panic(m.types, "nil Pool")
    kept: dict[int, tuple[Any, list[Iface]]] = m.state.setdefault("sync.Pool", {})
    return kept.setdefault(id(pool), (pool, []))[1]


def _pool_get(m: Machine, pool: Any) -> Iface | None:
    free = _pool(m, pool)
    if free:
        return free.pop()
    names = type(pool).__slots__
    make = getattr(pool, names[-1])
    return None if make is None else make()


def _pool_put(m: Machine, pool: Any, value: Iface | None) -> None:
    if value is not None:
        _pool(m, pool).append(value)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "internal/sync.runtime_SemacquireMutex": _acquire("sync.Mutex.Lock"),
    "internal/sync.runtime_Semrelease": _release,
    "internal/sync.runtime_canSpin": _can_spin,
    "internal/sync.runtime_doSpin": _nothing,
    "internal/sync.runtime_nanotime": _nanotime,
    "internal/sync.throw": _fatal,
    "internal/sync.fatal": _fatal,
    "internal/poll.runtime_Semacquire": _acquire("semacquire"),
    "internal/poll.runtime_Semrelease": lambda m, address: m.semaphores.release(address),
    "sync.runtime_Semacquire": _acquire("semacquire"),
    "sync.runtime_SemacquireWaitGroup": _acquire_wait_group,
    "sync.runtime_SemacquireRWMutexR": _acquire("sync.RWMutex.RLock"),
    "sync.runtime_SemacquireRWMutex": _acquire("sync.RWMutex.Lock"),
    "sync.runtime_Semrelease": _release,
    "sync.runtime_notifyListAdd": _notify_add,
    "sync.runtime_notifyListWait": _notify_wait,
    "sync.runtime_notifyListNotifyAll": _notify_all,
    "sync.runtime_notifyListNotifyOne": _notify_one,
    "sync.runtime_notifyListCheck": _nothing,
    "sync.throw": _fatal,
    "sync.fatal": _fatal,
    "sync.(*copyChecker).check": _check_copied,
    "sync.(*Pool).Get": _pool_get,
    "sync.(*Pool).Put": _pool_put,
    "internal/synctest.IsInBubble": _no,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
