"""Package sync: where its Go code calls the runtime to wait and to wake.

What gc inlines, `Lock`, `Unlock`, `Done`…, runs as it is; so do `Do` and `Cond`. Written here is
what those call when they must wait: the slow paths of a mutex, and `Add` and `Wait` of a
WaitGroup, which nearly every program with goroutines has; and a mutex that is called, as in
`defer`. They keep their state where Go's code does, so that a copy of either is what it is in Go.
A pool is a list, as on one processor.

Source: internal/sync/mutex.go, sync/waitgroup.go (go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NoReturn

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.values import FieldPointer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine
    from mkdocs_gomem.machine.values import Iface

_LOCKED, _WOKEN, _STARVING, _SHIFT = 1, 2, 4, 3
"""A mutex's `state`: flags, and above them how many wait."""
_WAITER: Final = 1 << _SHIFT
_PATIENCE: Final = 1_000_000
"""Nanoseconds after which who waits for a mutex is starving."""
_WORD: Final = (1 << 64) - 1
_COUNT: Final = 32
"""A WaitGroup's `state` has its counter from this bit on, and below how many wait."""
_NEGATIVE: Final = 1 << 31
_WAITERS: Final = _NEGATIVE - 1


def _acquire(reason: str) -> Callable[..., None]:
    def acquire(m: Machine, address: Any, lifo: bool = False, _skip: int = 0) -> None:  # noqa: FBT001, FBT002 - Go's signature
        m.semaphores.acquire(address, reason, lifo=lifo)

    return acquire


def _release(m: Machine, address: Any, handoff: bool, _skip: int) -> None:  # noqa: FBT001
    m.semaphores.release(address, handoff=handoff)


def _lock_slow(m: Machine, mutex: Any) -> None:
    """`(*Mutex).lockSlow`: fields `state` and `sema`."""
    since: int | None = None
    starving = awoke = False
    while True:
        old = new = mutex.f0
        if not old & _STARVING:
            new |= _LOCKED
        if old & (_LOCKED | _STARVING):
            new += _WAITER
        if starving and old & _LOCKED:
            new |= _STARVING
        if awoke:
            if not new & _WOKEN:
                _fatal(m, b"sync: inconsistent mutex state")
            new &= ~_WOKEN
        mutex.f0 = new
        if not old & (_LOCKED | _STARVING):
            return
        lifo = since is not None
        since = m.scheduler.now if since is None else since
        m.semaphores.acquire(FieldPointer(mutex, "f1"), "sync.Mutex.Lock", lifo=lifo)
        starving = starving or m.scheduler.now - since > _PATIENCE
        old = mutex.f0
        if old & _STARVING:
            if old & (_LOCKED | _WOKEN) or not old >> _SHIFT:
                _fatal(m, b"sync: inconsistent mutex state")
            calm = not starving or old >> _SHIFT == 1
            mutex.f0 = old + _LOCKED - _WAITER - (_STARVING if calm else 0)
            return
        awoke = True


def _lock(m: Machine, mutex: Any) -> None:
    """`(*sync.Mutex).Lock` where it is called, as in `defer`: its field `mu` has the state."""
    inner = panics.non_nil(mutex).f1
    if inner.f0:
        _lock_slow(m, inner)
    else:
        inner.f0 = _LOCKED


def _unlock(m: Machine, mutex: Any) -> None:
    """`(*sync.Mutex).Unlock`, likewise."""
    inner = panics.non_nil(mutex).f1
    inner.f0 -= _LOCKED
    if inner.f0:
        _unlock_slow(m, inner, inner.f0)


def _unlock_slow(m: Machine, mutex: Any, state: int) -> None:
    """`(*Mutex).unlockSlow`, told what the state is without its lock."""
    if not (state + _LOCKED) & _LOCKED:
        _fatal(m, b"sync: unlock of unlocked mutex")
    if state & _STARVING:
        m.semaphores.release(FieldPointer(mutex, "f1"), handoff=True)
    elif state >> _SHIFT and not state & (_LOCKED | _WOKEN):
        mutex.f0 = (state - _WAITER) | _WOKEN
        m.semaphores.release(FieldPointer(mutex, "f1"))


def _group_add(m: Machine, group: Any, delta: int) -> None:
    """`(*WaitGroup).Add`: fields `noCopy`, `state` and `sema`."""
    state = group.f1
    state.f2 = value = (state.f2 + (delta << _COUNT)) & _WORD
    count, waiters = value >> _COUNT, value & _WAITERS
    if count >= _NEGATIVE:
        panics.text_panic(m.types, "sync: negative WaitGroup counter")
    if waiters and delta > 0 and count == delta:
        panics.text_panic(m.types, "sync: WaitGroup misuse: Add called concurrently with Wait")
    if count or not waiters:
        return
    state.f2 = 0
    for _ in range(waiters):
        m.semaphores.release(FieldPointer(group, "f2"))


def _group_wait(m: Machine, group: Any) -> None:
    """`(*WaitGroup).Wait`"""
    state = group.f1
    if not state.f2 >> _COUNT:
        return
    state.f2 += 1
    m.semaphores.acquire(FieldPointer(group, "f2"), "sync.WaitGroup.Wait")
    if state.f2:
        reused = "sync: WaitGroup is reused before previous Wait has returned"
        panics.text_panic(m.types, reused)


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
    "sync.(*Mutex).Lock": _lock,
    "sync.(*Mutex).Unlock": _unlock,
    "internal/sync.(*Mutex).lockSlow": _lock_slow,
    "internal/sync.(*Mutex).unlockSlow": _unlock_slow,
    "sync.(*WaitGroup).Add": _group_add,
    "sync.(*WaitGroup).Wait": _group_wait,
    "sync.(*Pool).Get": _pool_get,
    "sync.(*Pool).Put": _pool_put,
    "internal/synctest.IsInBubble": _no,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
