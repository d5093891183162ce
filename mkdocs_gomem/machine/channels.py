"""How do channels and `select` behave? As runtime/chan.go and select.go have it.

A value goes straight to a waiting receiver; who waits first is served first. When several cases
of a `select` are ready, Go chooses at random; here a fixed sequence of numbers chooses (a model).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import CHAN_HEADER
from mkdocs_gomem.machine.scheduler import Waiter

if TYPE_CHECKING:
    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.scheduler import Scheduler


_HOST = 2200
"""Bytes of our process for a channel: three queues, each of which begins with room for 64."""


class Chan:
    """A channel."""

    __slots__ = ("buffer", "capacity", "closed", "receivers", "senders", "type")

    def __init__(self, typ: RType, capacity: int) -> None:
        self.type = typ
        self.capacity = capacity
        self.buffer: deque[Any] = deque()
        self.closed = False
        self.receivers: deque[Waiter] = deque()
        self.senders: deque[Waiter] = deque()


def _pop(queue: deque[Waiter]) -> Waiter | None:
    while queue:
        waiter = queue.popleft()
        group = waiter.group
        if group is None:
            return waiter
        if not group[0]:
            group[0] = True
            waiter.goroutine.case = waiter.case
            return waiter
    return None


def _has(queue: deque[Waiter]) -> bool:
    while queue and queue[0].group is not None and queue[0].group[0]:
        queue.popleft()
    return bool(queue)


def _leave(
    cases: tuple[tuple[Chan | None, bool, Any], ...], chosen: int, group: list[bool]
) -> None:
    """Take who waited in a `select` out of the queues of all other cases."""
    for index, (channel, is_send, _) in enumerate(cases):
        if channel is not None and index != chosen:
            queue = channel.senders if is_send else channel.receivers
            for waiter in queue:
                if waiter.group is group:
                    queue.remove(waiter)
                    break


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

    def send(self, channel: Chan | None, value: Any) -> None:
        """`channel <- value`"""
        scheduler = self.scheduler
        if channel is None:
            scheduler.park("chan send (nil chan)")
            return
        if channel.closed:
            panics.plain_panic("send on closed channel")
        if channel.receivers and (receiver := _pop(channel.receivers)) is not None:
            receiver.goroutine.value = value, True
            scheduler.ready(receiver.goroutine)
        elif len(channel.buffer) < channel.capacity:
            channel.buffer.append(value)
        else:
            waiter = scheduler.current.waiter
            waiter.value = value
            channel.senders.append(waiter)
            if not scheduler.park("chan send")[1]:
                panics.plain_panic("send on closed channel")

    def receive(self, channel: Chan | None) -> tuple[Any, bool]:
        """`value, ok = <-channel`"""
        scheduler = self.scheduler
        if channel is None:
            scheduler.park("chan receive (nil chan)")
            return None, False
        if channel.buffer:
            value = channel.buffer.popleft()
            sender = _pop(channel.senders)
            if sender is not None:
                channel.buffer.append(sender.value)
                self._sent(sender)
            return value, True
        if channel.senders and (sender := _pop(channel.senders)) is not None:
            self._sent(sender)
            return sender.value, True
        if channel.closed:
            return channel.type.elem.zero(), False
        channel.receivers.append(scheduler.current.waiter)
        received: tuple[Any, bool] = scheduler.park("chan receive")
        return received

    def _sent(self, sender: Waiter) -> None:
        sender.goroutine.value = None, True
        self.scheduler.ready(sender.goroutine)

    def close(self, channel: Chan | None) -> None:
        """`close(channel)`"""
        if channel is None:
            panics.plain_panic("close of nil channel")
        if channel.closed:
            panics.plain_panic("close of closed channel")
        channel.closed = True
        while (receiver := _pop(channel.receivers)) is not None:
            receiver.goroutine.value = channel.type.elem.zero(), False
            self.scheduler.ready(receiver.goroutine)
        while (sender := _pop(channel.senders)) is not None:
            sender.goroutine.value = None, False
            self.scheduler.ready(sender.goroutine)

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
                received, ok = self.receive(channel)
                return index, received, ok
        if has_default:
            return -1, None, False
        scheduler = self.scheduler
        group = [False]
        for index, (channel, is_send, value) in enumerate(cases):
            if channel is not None:
                queue = channel.senders if is_send else channel.receivers
                queue.append(Waiter(scheduler.current, value, index, group))
        if all(channel is None for channel, _, _ in cases):
            scheduler.park("select (no cases)" if not cases else "select")
        received, ok = scheduler.park("select")
        index = scheduler.current.case
        _leave(cases, index, group)
        if cases[index][1] and not ok:
            panics.plain_panic("send on closed channel")
        return index, received, ok


def length(channel: Chan | None) -> int:
    """`len(channel)`"""
    return 0 if channel is None else len(channel.buffer)


def capacity(channel: Chan | None) -> int:
    """`cap(channel)`"""
    return 0 if channel is None else channel.capacity
