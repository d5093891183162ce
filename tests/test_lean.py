"""What `lean` gives means what Python's own means: the same classes are made with both."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from mkdocs_gomem import lean


def classes(given: Any) -> SimpleNamespace:
    """Declare classes that use all that the package uses."""
    dataclass, field = given.dataclass, given.field

    @dataclass(slots=True, eq=False)
    class Node:
        """Compared by identity."""

        pos: int

    @dataclass(slots=True, eq=False)
    class Call(Node):
        name: str
        args: list[Any] = field(default_factory=list)
        init: tuple[int, ...] = field(default=(), kw_only=True)
        target: Any = field(init=False)

    @dataclass(frozen=True, slots=True)
    class Place:
        line: int
        column: int = 1
        note: str = field(default="", compare=False, repr=False)
        parts: tuple[str, ...] = field(default_factory=tuple)

        @property
        def next(self) -> int:
            return self.line + 1

    @dataclass(frozen=True, slots=True)
    class Wide(Place):
        width: int = 0

    @dataclass(frozen=True, slots=True)
    class Alone:
        only: int

    @dataclass(frozen=True, slots=True)
    class Empty:
        pass

    @dataclass(slots=True)
    class Counter:
        count: int = 0

        def __post_init__(self) -> None:
            self.count += 1

    @dataclass(frozen=True, slots=True, repr=False)
    class Own:
        text: str

        @lean.override
        def __repr__(self) -> str:
            return f"<{self.text}>"

        @lean.override
        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own)

        @lean.override
        def __hash__(self) -> int:
            return 7

    class Heir(Alone):
        """No dataclass itself."""

        __slots__ = ()

    class Further(Place):
        """No dataclass itself, of more than a few fields."""

        __slots__ = ()

    made = SimpleNamespace(**{name: each for name, each in locals().items() if name[0].isupper()})
    for each in vars(made).values():
        each.__qualname__ = each.__name__
    return made


THEIRS, OURS = classes(dataclasses), classes(lean)
BOTH = [pytest.param(THEIRS, id="dataclasses"), pytest.param(OURS, id="lean")]


@pytest.mark.parametrize("name", list(vars(OURS)))
def test_classes_have_the_same_parts(name: str) -> None:
    theirs, ours = getattr(THEIRS, name), getattr(OURS, name)
    assert ours.__slots__ == theirs.__slots__
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__doc__ == theirs.__doc__ or theirs.__doc__.startswith(name + "(")
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    names = [each.name for each in dataclasses.fields(theirs)]
    assert [each.name for each in lean.fields(ours)] == names
    assert not hasattr(object.__new__(ours), "__dict__")


@pytest.mark.parametrize("given", BOTH)
def test_nodes(given: SimpleNamespace) -> None:
    call = given.Call(1, "f", init=(2,))
    assert (call.pos, call.name, call.args, call.init) == (1, "f", [], (2,))
    assert call.args is not given.Call(1, "f").args
    assert call != given.Call(1, "f", init=(2,))
    assert hash(call) == object.__hash__(call)
    with pytest.raises(AttributeError):
        _ = call.target
    call.target = call
    assert repr(call) == "Call(pos=1, name='f', args=[], init=(2,), target=...)"
    with pytest.raises(AttributeError):
        call.other = 1
    with pytest.raises(TypeError):
        given.Call(1, "f", [], (2,))
    match call:
        case given.Call(pos, name, args):
            assert (pos, name, args) == (1, "f", [])
        case _:
            pytest.fail("its parts are matched in their order")


@pytest.mark.parametrize("given", BOTH)
def test_frozen_classes(given: SimpleNamespace) -> None:
    place = given.Place(3, note="here")
    assert repr(place) == "Place(line=3, column=1, parts=())"
    assert place == given.Place(3, note="there")
    assert place != given.Place(3, 2)
    assert place != (3, 1, ())
    assert hash(place) == hash((3, 1, ()))
    assert {place: 1}[given.Place(3)] == 1
    assert place.next == 4
    with pytest.raises(AttributeError):
        place.line = 4
    with pytest.raises(AttributeError):
        del place.line
    assert place.line == 3


@pytest.mark.parametrize("given", BOTH)
def test_other_classes(given: SimpleNamespace) -> None:
    wide = given.Wide(3, width=5)
    assert (wide.line, wide.column, wide.width) == (3, 1, 5)
    assert wide == given.Wide(3, 1, "", (), 5)
    assert wide != given.Place(3)
    assert hash(given.Alone(4)) == hash((4,))
    assert given.Alone(4) == given.Alone(4)
    assert repr(given.Heir(4)) == "Heir(only=4)"
    assert given.Heir(4) != given.Alone(4)
    further = given.Further(4, note="here")
    assert (type(further), further.line, further.note) == (given.Further, 4, "here")
    with pytest.raises(AttributeError):
        further.line = 5
    assert given.Empty() == given.Empty()
    assert repr(given.Empty()) == "Empty()"
    assert given.Counter(4).count == 5
    assert given.Counter() == given.Counter(0)
    assert repr(given.Own("a")) == "<a>"
    assert given.Own("a") == given.Own("b")
    assert hash(given.Own("a")) == 7


def test_copies() -> None:
    call = OURS.Call(1, "f", [2], init=(3,))
    call.target = call
    twin = lean.copied(call)
    assert type(twin) is OURS.Call
    assert (twin.pos, twin.name, twin.init, twin.target) == (1, "f", (3,), call)
    assert twin.args is call.args
    twin.name = "g"
    assert call.name == "f"


@pytest.mark.parametrize("given", [dataclasses, lean])
def test_replacing(given: ModuleType) -> None:
    of = THEIRS if given is dataclasses else OURS
    place = given.replace(of.Place(3, note="here"), column=2)
    assert (place.line, place.column, place.note) == (3, 2, "here")
    with pytest.raises(TypeError):
        given.replace(place, width=2)


@lean.dataclass(frozen=True, slots=True)
class Kept:
    """Where pickle finds it."""

    name: str
    size: int = 0


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_frozen_instance_goes_to_another_process(protocol: int) -> None:
    kept = Kept("a", 3)
    assert pickle.loads(pickle.dumps(kept, protocol)) == kept  # noqa: S301 - our own bytes
    assert copy.copy(kept) == copy.deepcopy(kept) == kept


@pytest.mark.parametrize("default", [[], {}, set()])
def test_a_default_is_not_shared(default: object) -> None:
    for given in (dataclasses, lean):
        with pytest.raises(ValueError, match="x"):
            given.dataclass(slots=True)(
                type("X", (), {"__annotations__": {"x": "Any"}, "x": default})
            )


def test_what_is_not_here_is_refused() -> None:
    with pytest.raises(TypeError):
        lean.dataclass(slots=False)
    with pytest.raises(TypeError):
        lean.dataclass(slots=True, order=True)
    with pytest.raises(TypeError):
        lean.field(default=1, init=False)


def test_methods_are_those_of_dataclasses_once_they_were_called() -> None:
    given = classes(lean)
    before = given.Place.__init__
    first, second = given.Place(1), given.Place(1)
    assert given.Place.__init__ is not before
    assert given.Place.__init__.__qualname__ == "Place.__init__"
    assert given.Place.__init__.__code__.co_varnames == ("self", "line", "column", "note", "parts")
    assert (first == second, hash(first) == hash(second)) == (True, True)
