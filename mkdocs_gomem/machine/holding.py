"""Which objects does a paused run still need, beside those that its variables lead to?

A call's operand waits while the next one is worked out; a loop goes over a slice that has no name;
what `return` gives is in no variable yet; a deferred call holds its arguments. Nothing of that is
drawn, and yet no collector may free it.

What Python's variables hold and will read again is known (`collect`, `liveness`). What only
Python's own stack holds can't be seen, but it counts: an object that has more references than
garbage, dead variables and the machine's records explain is held by something that runs. After a
panic that can't be told: Python keeps frames that were left by it for a while, nobody knows how
long.
"""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

from greenlet import getcurrent

from mkdocs_gomem.machine.collect import Mark

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from mkdocs_gomem.machine.replay import Watcher
    from mkdocs_gomem.machine.run import Machine


def held(machine: Machine, watcher: Watcher, skipped: frozenset[str]) -> set[int]:
    """Return the ids of the Python objects that a paused run needs.

    Args:
        machine: whose run it is.
        watcher: who has kept objects of it for a picture.
        skipped: files whose functions, on top of what runs, only look at it.
    """
    skipped |= {__file__}
    mark = Mark(machine.collector, skipped=skipped)
    mark.reach(mark.roots())
    mark.reach(machine.collector.held())
    if not watcher.has_panicked:
        explained = _recorded(machine, watcher) + _in_variables(machine, watcher, skipped)
        mark.reach(_on_stacks(mark, explained))
    return mark.seen


def _recorded(machine: Machine, watcher: Watcher) -> list[tuple[Any, int]]:
    """List what the machine's records refer to, each with how often."""
    heap = machine.heap
    found = [(each, 1) for each in heap.objects]
    found += [(each, 1) for others in heap.joined.values() for _, each in others]
    found += [(each, 1) for _, each, _ in watcher.kept]
    ended = [routine for routine in machine.scheduler.all if routine.dead]
    found += [(each, 1) for routine in ended for each in (routine.start, routine.value)]
    if heap.ledger is not None:
        found += [(each, 1) for each, _, _ in heap.ledger.values()]
    return found


def _in_variables(
    machine: Machine, watcher: Watcher, skipped: frozenset[str]
) -> list[tuple[Any, int]]:
    """List what local variables hold, dead ones too, each with how often."""
    found = []
    for frame in _frames(machine, watcher, skipped):
        variables = frame.f_locals
        copies = 2 if type(variables) is dict else 1  # Python before 3.13 keeps that dict
        found += [(value, copies) for value in variables.values()]
    return found


def _on_stacks(mark: Mark, explained: list[tuple[Any, int]]) -> list[Any]:
    """Return what has more references than are explained, with what unmarked objects refer to."""
    counts: Counter[int] = Counter()
    group: list[Any] = []
    for each, count in explained:
        if id(each) in mark.seen:
            continue
        if id(each) not in counts:
            group.append(each)
        counts[id(each)] += count + 1  # it stands in that list, too
    for each in group:  # it grows meanwhile
        for inner in mark.inside(each):
            if id(inner) not in counts:
                group.append(inner)
            counts[id(inner)] += 1
    each = inner = None
    own = _own_references()
    return [each for each in group if sys.getrefcount(each) > own + counts[id(each)]]


def _own_references() -> int:
    """Count the references to an object that nothing but a list has, while it is looked at."""
    group = [object()]
    (count,) = [sys.getrefcount(each) for each in group]
    return count


def _frames(machine: Machine, watcher: Watcher, skipped: frozenset[str]) -> Iterator[FrameType]:
    """List frames: those that run, and those that the watcher still has."""
    found = {id(frame): frame for stack in watcher.stacks.values() for frame, _ in stack.frames}
    for routine in machine.scheduler.all:
        green = routine.green
        if routine.dead or green is None:
            continue
        frame = sys._getframe() if green is getcurrent() else green.gr_frame  # noqa: SLF001
        while frame is not None:
            if frame.f_code.co_filename not in skipped:
                found[id(frame)] = frame
            frame = frame.f_back
    yield from found.values()
