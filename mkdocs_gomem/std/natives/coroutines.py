"""Package iter: the coroutines under `iter.Pull`.

A coroutine is a greenlet that takes the place of the goroutine's own while it runs; no other
goroutine is involved, as in Go (runtime/coro.go, go1.27).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from greenlet import getcurrent, greenlet

if TYPE_CHECKING:
    from collections.abc import Callable

    from mkdocs_gomem.machine import Machine


class Coroutine:
    """A `*coro`: who runs next when someone switches."""

    __slots__ = ("green",)

    def __init__(self) -> None:
        self.green: greenlet | None = None


def _new(m: Machine, call: Callable[[Coroutine], None]) -> Coroutine:
    made = Coroutine()
    m.scheduler.enroll()

    def run() -> None:
        try:
            call(made)
        finally:
            m.scheduler.coroutines -= 1
            # Who switched here last goes on when this one has ended.
            back = made.green
            assert back is not None  # noqa: S101 - set by the first switch
            m.scheduler.leave(back)

    made.green = greenlet(run, m.scheduler.hub)
    return made


def _switch(m: Machine, coroutine: Coroutine) -> None:
    following = coroutine.green
    assert following is not None  # noqa: S101 - as above
    coroutine.green = getcurrent()
    m.scheduler.become(following)


NATIVES: Final[dict[str, Callable[..., Any]]] = {
    "iter.newcoro": _new,
    "iter.coroswitch": _switch,
}
VARIABLES: Final[dict[str, Callable[[Any], Any]]] = {}
