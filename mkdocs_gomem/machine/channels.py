"""How do channels and `select` behave? As runtime/chan.go and select.go have it.

A value goes straight to a waiting receiver; who waits first is served first. When several cases
of a `select` are ready, Go chooses at random; here a fixed sequence of numbers chooses (a model).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import CHAN_HEADER
from mkdocs_gomem.machine.scheduler import Case

if TYPE_CHECKING:
    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.scheduler import Goroutine, Scheduler


_HOST = 2200
"""Bytes of our process for a channel: three queues, each of which begins with room for 64."""


class _Closed:
    """Handed over where a channel that is closed has nothing more to give."""


CLOSED = _Closed()


class Chan:
    """A channel."""

    __slots__ = ("buffer", "capacity", "closed", "receivers", "senders", "type")

    def __init__(self, typ: RType, capacity: int) -> None:
        self.type = typ
        self.capacity = capacity
        self.buffer: deque[Any] = deque()
        self.closed = False
        self.receivers: deque[Goroutine | Case] = deque()
        self.senders: deque[Goroutine | Case] = deque()


def _pop(queue: deque[Goroutine | Case]) -> Goroutine | None:
    """Return who waited longest; `value` is what it wants to send."""
    return _chosen(queue.popleft(), queue) if queue else None


def _chosen(first: Goroutine | Case, others: deque[Goroutine | Case]) -> Goroutine | None:
    """Return the first who still waits."""
    while first.group is not None:
        if not first.group[0]:
            first.group[0] = True
            goroutine = first.goroutine
            goroutine.case = first.number
            goroutine.value = first.value
            return goroutine
        if not others:
            return None
        first = others.popleft()
    return first


def _has(queue: deque[Goroutine | Case]) -> bool:
    while queue and (group := queue[0].group) is not None and group[0]:
        queue.popleft()
    return bool(queue)


def _leave(
    cases: tuple[tuple[Chan | None, bool, Any], ...], chosen: int, group: list[bool]
) -> None:
    """Take who waited in a `select` out of the queues of all other cases."""
    for index, (channel, is_send, _) in enumerate(cases):
        if channel is not None and index != chosen:
            queue = channel.senders if is_send else channel.receivers
            for waiting in queue:
                if waiting.group is group:
                    queue.remove(waiting)
                    break


def _opened(channel: Chan, received: Any) -> tuple[Any, bool]:
    """Return `value, ok` of a receive."""
    return (channel.type.elem.zero(), False) if received is CLOSED else (received, True)


class ChannelRuntime:
    """The channel operations of one run."""

    def __init__(self, scheduler: Scheduler, heap: Heap) -> None:
        self.scheduler = scheduler
        self.heap = heap
        self.turns = 0
        """Where the sequence of choices among several ready cases has come to."""

    def make(self, site: int, typ: RType, capacity: int) -> Chan:
        """`make(chan T, capacity)`"""
        elem = typ.elem
        size = elem.size * capacity
        if capacity < 0 or size > 1 << 47:
            panics.plain_panic("makechan: size out of range")
        self.heap.reserve(_HOST + capacity * elem.host)
        channel = Chan(typ, capacity)
        if size and not elem.noscan:
            self.heap.sized(site, channel, CHAN_HEADER, noscan=False)
            self.heap.sized(site, channel.buffer, size, noscan=False)
        else:
            self.heap.sized(site, channel, CHAN_HEADER + size, noscan=True)
        return channel

    # What mostly happens comes first in `send` and `receive`, with what `ready` and `park` would
    # do written out: six calls less for a value that goes there and back, a third of its time.

    def send(self, channel: Chan | None, value: Any) -> None:
        """`channel <- value`"""
        scheduler = self.scheduler
        if channel is None:
            scheduler.park("chan send (nil chan)")
            return
        if channel.receivers:
            first = channel.receivers.popleft()
            if first.group is None:
                first.value = value
                first.reason = ""
                if scheduler.next is not None:
                    scheduler.queue.append(scheduler.next)
                scheduler.next = first
                return
            receiver = _chosen(first, channel.receivers)
            if receiver is not None:
                receiver.value = value
                scheduler.ready(receiver)
                return
        if channel.closed:
            panics.plain_panic("send on closed channel")
        if channel.capacity and len(channel.buffer) < channel.capacity:
            channel.buffer.append(value)
            return
        goroutine = scheduler.current
        goroutine.value = value
        channel.senders.append(goroutine)
        following = scheduler.next
        if following is None or scheduler.yielded:
            handed = scheduler.park("chan send")
        else:
            goroutine.reason = "chan send"
            scheduler.ticks += 1
            scheduler.next = None
            scheduler.current = following
            following.switch()
            handed = goroutine.value
        if handed is CLOSED:
            goroutine.value = None
            panics.plain_panic("send on closed channel")

    def receive(self, channel: Chan | None) -> Any:
        """`<-channel`; CLOSED if there is nothing more to come."""
        scheduler = self.scheduler
        if channel is None:
            return scheduler.park("chan receive (nil chan)")
        if channel.buffer:
            value = channel.buffer.popleft()
            sender = _pop(channel.senders)
            if sender is not None:
                channel.buffer.append(sender.value)
                self._sent(sender)
            return value
        if channel.senders:
            first = channel.senders.popleft()
            if first.group is None:
                value = first.value
                first.value = None
                first.reason = ""
                if scheduler.next is not None:
                    scheduler.queue.append(scheduler.next)
                scheduler.next = first
                return value
            sender = _chosen(first, channel.senders)
            if sender is not None:
                value = sender.value
                self._sent(sender)
                return value
        if channel.closed:
            return CLOSED
        goroutine = scheduler.current
        channel.receivers.append(goroutine)
        following = scheduler.next
        if following is None or scheduler.yielded:
            return scheduler.park("chan receive")
        goroutine.reason = "chan receive"
        scheduler.ticks += 1
        scheduler.next = None
        scheduler.current = following
        following.switch()
        value = goroutine.value
        goroutine.value = None
        return value

    def _sent(self, sender: Goroutine) -> None:
        sender.value = None
        self.scheduler.ready(sender)

    def receive_ok(self, channel: Chan | None) -> tuple[Any, bool]:
        """`value, ok = <-channel`, where the type of elements is not known before."""
        received = self.receive(channel)
        assert channel is not None  # noqa: S101 - nobody wakes who waits at a nil channel
        return _opened(channel, received)

    def close(self, channel: Chan | None) -> None:
        """`close(channel)`"""
        if channel is None:
            panics.plain_panic("close of nil channel")
        if channel.closed:
            panics.plain_panic("close of closed channel")
        channel.closed = True
        while (receiver := _pop(channel.receivers)) is not None:
            receiver.value = CLOSED
            self.scheduler.ready(receiver)
        while (sender := _pop(channel.senders)) is not None:
            sender.value = CLOSED
            self.scheduler.ready(sender)

    def select(
        self, cases: tuple[tuple[Chan | None, bool, Any], ...], *, has_default: bool
    ) -> tuple[int, Any, bool]:
        """Choose a case of (channel, is a send, value); -1 is default.

        Returns:
            The case's index, the value received and whether the channel was open.
        """
        count = len(cases)
        if count > 1:
            self.turns = (self.turns * 1103515245 + 12345) & 0x7FFFFFFF
            first = (self.turns >> 16) % count
        else:
            first = 0
        for step in range(count):
            index = (first + step) % count
            channel, is_send, value = cases[index]
            if channel is None:
                continue
            if is_send:
                if (
                    channel.closed
                    or _has(channel.receivers)
                    or len(channel.buffer) < channel.capacity
                ):
                    self.send(channel, value)
                    return index, None, False
            elif channel.buffer or _has(channel.senders) or channel.closed:
                return index, *_opened(channel, self.receive(channel))
        if has_default:
            return -1, None, False
        scheduler = self.scheduler
        group = [False]
        for index, (channel, is_send, value) in enumerate(cases):
            if channel is not None:
                queue = channel.senders if is_send else channel.receivers
                queue.append(Case(scheduler.current, value, index, group))
        if all(channel is None for channel, _, _ in cases):
            scheduler.park("select (no cases)" if not cases else "select")
        received = scheduler.park("select")
        index = scheduler.current.case
        _leave(cases, index, group)
        channel, is_send, _ = cases[index]
        assert channel is not None  # noqa: S101 - nobody can choose a case without one
        if not is_send:
            return index, *_opened(channel, received)
        if received is CLOSED:
            panics.plain_panic("send on closed channel")
        return index, None, False


def length(channel: Chan | None) -> int:
    """`len(channel)`"""
    return 0 if channel is None else len(channel.buffer)


def capacity(channel: Chan | None) -> int:
    """`cap(channel)`"""
    return 0 if channel is None else channel.capacity
