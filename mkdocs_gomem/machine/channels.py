"""How do channels and `select` behave? As runtime/chan.go and select.go have it.

A value goes straight to a waiting receiver; who waits first is served first. When several cases
of a `select` are ready, Go chooses at random; here a fixed sequence of numbers chooses (a model).
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, TypeAlias

from mkdocs_gomem.machine import panics
from mkdocs_gomem.machine.heap import CHAN_HEADER
from mkdocs_gomem.machine.scheduler import Case

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.machine.heap import Heap
    from mkdocs_gomem.machine.rtypes import RType
    from mkdocs_gomem.machine.scheduler import Goroutine, Scheduler

    Waiting: TypeAlias = "Goroutine | Queue | None"
    """Who waits on one side of a channel: nobody, a goroutine alone, or several and cases."""


_HOST = 120
_QUEUE = 800
"""Bytes of our process for a channel, and for a queue, which begins with room for 64."""
_NO_VALUES: deque[Any] = deque(maxlen=0)
"""The queue of values of a channel that keeps none."""


class _Closed:
    """Handed over where a channel that is closed has nothing more to give."""


CLOSED = _Closed()


class Queue(deque["Goroutine | Case"]):
    """Those who wait on one side of a channel, longest waiting first; there is at least one."""

    __slots__ = ("group",)

    def __init__(self, waiters: Iterable[Goroutine | Case]) -> None:
        super().__init__(waiters)
        self.group: list[bool] = []
        """Unlike a goroutine's: one that waits alone needs no queue."""


class Chan:
    """A channel."""

    __slots__ = (
        "buffer", "capacity", "closed", "direct", "of_timer", "receivers", "senders", "type",
    )  # fmt: skip

    def __init__(self, typ: RType, capacity: int) -> None:
        self.type = typ
        self.capacity = capacity
        self.buffer: deque[Any] = deque() if capacity else _NO_VALUES
        self.closed = False
        self.direct = not capacity
        """Open and without a buffer: values go from hand to hand."""
        self.of_timer = False
        """Then it says that it has no buffer, and nothing in it."""
        self.receivers: Waiting = None
        self.senders: Waiting = None

    def waiters(self) -> list[Goroutine | Case]:
        """Return all who wait, senders first."""
        return [*_each(self.senders), *_each(self.receivers)]


def _each(waiting: Waiting) -> Iterable[Goroutine | Case]:
    if isinstance(waiting, Queue):
        return waiting
    return () if waiting is None else (waiting,)


def _taken(waiting: Waiting) -> tuple[Goroutine | None, Waiting]:
    """Return who waited longest and who still waits; `value` is what the first wants to send."""
    if not isinstance(waiting, Queue):
        return waiting, None
    while waiting:
        first = waiting.popleft()
        if first.group is None:
            return first, waiting or None
        if not first.group[0]:
            first.group[0] = True
            goroutine = first.goroutine
            goroutine.case = first.number
            goroutine.value = first.value
            return goroutine, waiting or None
    return None, None


def _still(waiting: Waiting) -> Waiting:
    """Return who waits without those at its head of whose `select` another case has fired."""
    if isinstance(waiting, Queue):
        while waiting and (group := waiting[0].group) is not None and group[0]:
            waiting.popleft()
        return waiting or None
    return waiting


def _without(waiting: Waiting, group: list[bool]) -> Waiting:
    """Return who waits without a case of a `select`."""
    if isinstance(waiting, Queue):
        for waiter in waiting:
            if waiter.group is group:
                waiting.remove(waiter)
                break
        return waiting or None
    return waiting


def _leave(
    cases: tuple[tuple[Chan | None, bool, Any], ...], chosen: int, group: list[bool]
) -> None:
    """Take who waited in a `select` out of the queues of all other cases."""
    for index, (channel, is_send, _) in enumerate(cases):
        if channel is None or index == chosen:
            continue
        if is_send:
            channel.senders = _without(channel.senders, group)
        else:
            channel.receivers = _without(channel.receivers, group)


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
        host = elem.host if elem.size else 0
        self.heap.reserve((_HOST + _QUEUE if capacity else _HOST) + capacity * host)
        channel = Chan(typ, capacity)
        if size and not elem.noscan:
            self.heap.sized(site, channel, CHAN_HEADER, noscan=False)
            self.heap.sized(site, channel.buffer, size, noscan=False)
        else:
            self.heap.sized(site, channel, CHAN_HEADER + size, noscan=True)
        return channel

    # What mostly happens is written out in `send` and `receive`, with what `ready` and `park`
    # would do: six calls less for a value that goes there and back.

    def send(self, channel: Chan | None, value: Any) -> None:
        """`channel <- value`"""
        if channel is None or not channel.direct:
            self._send(channel, value)
            return
        scheduler = self.scheduler
        receiver = channel.receivers
        if receiver is not None:
            if receiver.group is None:
                channel.receivers = None
                receiver.value = value
                if scheduler.next is not None:
                    scheduler.queue.append(scheduler.next)
                scheduler.next = receiver
            else:
                self._send(channel, value)
            return
        goroutine = scheduler.current
        following = scheduler.next
        if following is None or channel.senders is not None or scheduler.yielded:
            self._send(channel, value)
            return
        channel.senders = goroutine
        goroutine.value = value
        goroutine.reason = "chan send"
        scheduler.next = None
        scheduler.current = following
        resume = following.switch
        resume()
        if goroutine.value is CLOSED:
            self._refuse(goroutine)

    def _send(self, channel: Chan | None, value: Any) -> None:
        """The same, whatever the channel is."""
        scheduler = self.scheduler
        if channel is None:
            scheduler.park("chan send (nil chan)")
            return
        if channel.closed:
            panics.plain_panic("send on closed channel")
        receiver, channel.receivers = _taken(channel.receivers)
        if receiver is not None:
            receiver.value = value
            scheduler.ready(receiver)
        elif len(channel.buffer) < channel.capacity:
            channel.buffer.append(value)
        else:
            goroutine = scheduler.current
            goroutine.value = value
            channel.senders = self._joined(channel.senders, goroutine)
            if scheduler.park("chan send") is CLOSED:
                self._refuse(goroutine)

    def _refuse(self, sender: Goroutine) -> None:
        sender.value = None
        panics.plain_panic("send on closed channel")

    def receive(self, channel: Chan | None) -> Any:
        """`<-channel`; CLOSED if there is nothing more to come."""
        if channel is None or not channel.direct:
            return self._receive(channel)
        scheduler = self.scheduler
        sender = channel.senders
        if sender is not None:
            if sender.group is not None:
                return self._receive(channel)
            channel.senders = None
            value = sender.value
            sender.value = None
            if scheduler.next is not None:
                scheduler.queue.append(scheduler.next)
            scheduler.next = sender
            return value
        goroutine = scheduler.current
        following = scheduler.next
        if following is None or channel.receivers is not None or scheduler.yielded:
            return self._receive(channel)
        channel.receivers = goroutine
        goroutine.reason = "chan receive"
        scheduler.next = None
        scheduler.current = following
        resume = following.switch
        resume()
        value = goroutine.value
        goroutine.value = None
        return value

    def _receive(self, channel: Chan | None) -> Any:
        """The same, whatever the channel is."""
        scheduler = self.scheduler
        if channel is None:
            return scheduler.park("chan receive (nil chan)")
        sender, channel.senders = _taken(channel.senders)
        if channel.buffer:
            value = channel.buffer.popleft()
            if sender is not None:
                channel.buffer.append(sender.value)
        elif sender is not None:
            value = sender.value
        elif channel.closed:
            return CLOSED
        else:
            channel.receivers = self._joined(channel.receivers, scheduler.current)
            return scheduler.park("chan receive")
        if sender is not None:
            sender.value = None
            scheduler.ready(sender)
        return value

    def _joined(self, waiting: Waiting, waiter: Goroutine | Case) -> Waiting:
        """Return who waits when another one has come."""
        if isinstance(waiting, Queue):
            waiting.append(waiter)
            return waiting
        if waiting is None and waiter.group is None:
            return waiter
        self.heap.reserve(_QUEUE)
        return Queue((waiter,) if waiting is None else (waiting, waiter))

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
        channel.direct = False
        for waiting in (channel.receivers, channel.senders):
            left = waiting
            while left is not None:
                waiter, left = _taken(left)
                if waiter is not None:
                    waiter.value = CLOSED
                    self.scheduler.ready(waiter)
        channel.receivers = channel.senders = None

    def select(
        self, cases: tuple[tuple[Chan | None, bool, Any], ...], *, has_default: bool
    ) -> tuple[int, Any, bool]:
        """Choose a case of (channel, is a send, value); -1 is default.

        Returns:
            The case's index, the value received and whether the channel was open.
        """
        count = len(cases)
        if count == 1 and not has_default:
            channel, is_send, value = cases[0]
            if is_send:
                self.send(channel, value)
                return 0, None, False
            received = self.receive(channel)
            assert channel is not None  # noqa: S101 - nobody wakes who waits at a nil channel
            return 0, *_opened(channel, received)
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
                channel.receivers = _still(channel.receivers)
                if (
                    channel.closed
                    or channel.receivers is not None
                    or len(channel.buffer) < channel.capacity
                ):
                    self.send(channel, value)
                    return index, None, False
                continue
            channel.senders = _still(channel.senders)
            if channel.buffer or channel.senders is not None or channel.closed:
                return index, *_opened(channel, self.receive(channel))
        if has_default:
            return -1, None, False
        scheduler = self.scheduler
        group = [False]
        for index, (channel, is_send, value) in enumerate(cases):
            if channel is None:
                continue
            case = Case(scheduler.current, value, index, group)
            if is_send:
                channel.senders = self._joined(channel.senders, case)
            else:
                channel.receivers = self._joined(channel.receivers, case)
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
    return 0 if channel is None or channel.of_timer else len(channel.buffer)


def capacity(channel: Chan | None) -> int:
    """`cap(channel)`"""
    return 0 if channel is None or channel.of_timer else channel.capacity
