"""How do goroutines wait for each other outside channels? The slow paths under package sync.

`Lock`, `Unlock`, `Done`, `Wait`… are Go code that counts with atomics and calls these where it
must wait (runtime/sema.go, go1.27). A semaphore is a `uint32` somewhere: its pointer is the key.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine.scheduler import Goroutine, Scheduler

_CONDITION = 1200
"""Bytes of our process for a condition variable that somebody waited for."""


class Semaphores:
    """Who waits for which semaphore, and for which condition variable."""

    def __init__(self, scheduler: Scheduler, reserve: Callable[[int], None]) -> None:
        self.scheduler = scheduler
        self.reserve = reserve
        self._waiting: dict[Any, deque[Goroutine]] = {}
        self._lists: dict[int, tuple[Any, deque[tuple[int, Goroutine]]]] = {}
        self._tickets: dict[int, tuple[Any, list[int]]] = {}

    @property
    def host(self) -> int:
        """Bytes of our process."""
        return _CONDITION * len(self._tickets)

    def acquire(self, address: Any, reason: str, *, lifo: bool = False) -> None:
        """Wait until `*address > 0`, then take one."""
        if address.v > 0:
            address.v -= 1
            return
        queue = self._waiting.setdefault(address, deque())
        if lifo:
            queue.appendleft(self.scheduler.current)
        else:
            queue.append(self.scheduler.current)
        while True:
            granted = self.scheduler.park(reason)
            if granted:
                return
            if address.v > 0:
                address.v -= 1
                return
            self._waiting.setdefault(address, deque()).append(self.scheduler.current)

    def release(self, address: Any, *, handoff: bool = False) -> None:
        """Add one to `*address` and wake who waits longest."""
        address.v += 1
        queue = self._waiting.get(address)
        if not queue:
            return
        goroutine = queue.popleft()
        if not queue:
            del self._waiting[address]
        if handoff and address.v > 0:
            address.v -= 1
            goroutine.value = True
        self.scheduler.ready(goroutine)
        if handoff:
            self.scheduler.gosched()

    def ticket(self, notify: Any) -> int:
        """Take a place in a condition variable's line (`notifyListAdd`)."""
        if id(notify) not in self._tickets:
            self.reserve(_CONDITION)
        _, counts = self._tickets.setdefault(id(notify), (notify, [0, 0]))
        counts[0] += 1
        return counts[0] - 1

    def wait(self, notify: Any, ticket: int) -> None:
        """Wait until one's ticket is called (`notifyListWait`)."""
        _, counts = self._tickets.setdefault(id(notify), (notify, [0, 0]))
        if ticket < counts[1]:
            return
        _, queue = self._lists.setdefault(id(notify), (notify, deque()))
        queue.append((ticket, self.scheduler.current))
        self.scheduler.park("sync.Cond.Wait")

    def notify_one(self, notify: Any) -> None:
        """Call the next ticket (`notifyListNotifyOne`)."""
        _, counts = self._tickets.setdefault(id(notify), (notify, [0, 0]))
        if counts[1] >= counts[0]:
            return
        ticket = counts[1]
        counts[1] += 1
        _, queue = self._lists.setdefault(id(notify), (notify, deque()))
        for entry in queue:
            if entry[0] == ticket:
                queue.remove(entry)
                self.scheduler.ready(entry[1])
                return

    def notify_all(self, notify: Any) -> None:
        """Call all tickets (`notifyListNotifyAll`)."""
        _, counts = self._tickets.setdefault(id(notify), (notify, [0, 0]))
        counts[1] = counts[0]
        _, queue = self._lists.setdefault(id(notify), (notify, deque()))
        while queue:
            self.scheduler.ready(queue.popleft()[1])
