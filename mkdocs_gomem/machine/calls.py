"""How is a function called whose first argument is known already?

Generated code recurses in Python's own frames, which are many and cheap. A call with `*args` goes
through C, whose stack is small: a few thousand of them nested, and the process is gone. So what
stands between a Go function and what it calls takes just the arguments that there are.
"""

from __future__ import annotations

from types import FunctionType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_VARARGS: Final = 0x04
"""Flag of code that takes `*args`."""


def _maker(count: int) -> Callable[[Callable[..., Any], Any], Callable[..., Any]]:
    """Make what binds the first argument of a function that takes so many more."""
    names = "".join(f"a{number}, " for number in range(count))
    text = (
        f"def make(f, x):\n    def call({names}):\n        return f(x, {names})\n    return call\n"
    )
    return _made(text)


def _made(text: str) -> Callable[..., Any]:
    space: dict[str, Any] = {"__name__": __name__}
    exec(compile(text, __file__, "exec"), space)  # noqa: S102 - made of numbers only
    return space["make"]  # type: ignore[no-any-return]


_MAKERS: Final = [_maker(count) for count in range(6)]
_FRESH: Final[dict[int, Callable[..., Any]]] = {}
_SPREADS: Final[dict[int, Callable[..., Any]]] = {}


def with_first(function: Callable[..., Any], first: Any) -> Callable[..., Any]:
    """Return a function that puts an argument before those that it is called with."""
    if type(function) is FunctionType:
        code = function.__code__
        if not code.co_flags & _VARARGS and function.__defaults__ is None:
            count = code.co_argcount - 1
            while count >= len(_MAKERS):
                _MAKERS.append(_maker(len(_MAKERS)))
            if count >= 0:
                return _MAKERS[count](function, first)

    f, x = function, first

    def call(*args: Any) -> Any:
        return f(x, *args)

    return call


def with_fresh_first(
    function: Callable[..., Any], make: Callable[[], Any], count: int
) -> Callable[..., Any]:
    """Return a function of so many arguments that makes the one before them for each call."""
    maker = _FRESH.get(count)
    if maker is None:
        names = "".join(f"a{number}, " for number in range(count))
        text = f"def make(f, x):\n    return lambda {names[:-2]}: f(x(), {names})\n"
        maker = _FRESH[count] = _made(text)
    bound: Callable[..., Any] = maker(function, make)
    return bound


def spread(function: Callable[..., Any], arguments: Sequence[Any]) -> Any:
    """Return `function(*arguments)`."""
    count = len(arguments)
    call = _SPREADS.get(count)
    if call is None:
        names = "".join(f"a[{number}], " for number in range(count))
        call = _SPREADS[count] = _made(f"def make(f, a):\n    return f({names})\n")
    return call(function, arguments)


def parts(call: Any) -> tuple[Any, Any]:
    """Return function and first argument of what `with_first` has made; None twice of others."""
    if getattr(call, "__module__", None) != __name__ or not call.__closure__:
        return None, None
    names = call.__code__.co_freevars
    cells = dict(zip(names, call.__closure__, strict=True))
    return cells["f"].cell_contents, cells["x"].cell_contents
