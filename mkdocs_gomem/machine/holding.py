"""Which objects does a paused run still need, beside those that its variables lead to?

A call's operand waits while the next one is worked out; a loop goes over a slice that has no name;
what `return` gives is in no variable yet; a deferred call and a goroutine hold their arguments.
Nothing of that is drawn, and yet no collector may free it. Generated code keeps such values in
temporaries that it reads again (`codegen.order.Order.waits`), so the collector's own mark finds
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.machine.collect import Mark

if TYPE_CHECKING:
    from mkdocs_gomem.machine.run import Machine


def held(machine: Machine, skipped: frozenset[str]) -> set[int]:
    """Return the ids of the Python objects that a paused run needs.

    Args:
        machine: whose run it is.
        skipped: files whose functions, on top of what runs, only look at it.
    """
    mark = Mark(machine.collector, skipped=skipped | {__file__})
    mark.reach(mark.roots())
    mark.reach(machine.collector.held())
    mark.reach([routine.start for routine in machine.scheduler.all if not routine.dead])
    return mark.seen
