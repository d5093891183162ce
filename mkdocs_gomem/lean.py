"""Python's own `dataclass` and `override`, at a price that the start of a command can bear.

They mean what the standard library's mean, and to the type checker they *are* those. The
difference is when the work is done: `dataclasses` loads `inspect`, `ast` and `tokenize`, and
compiles up to eight functions for each class as it is declared, with a hundred classes before the
first line of Go is read; `typing_extensions` loads `inspect` too.

How: a method is compiled when it is first called. Most classes stand for a form of Go that a
program of a page does not have, so no instance of them is ever made; and few are compared.
Compiled methods are those of `dataclasses`, but for how a frozen class's fields are set: through
their slots, or all at once, which is quicker. What is seldom called, like `__repr__`, is no
compiled text but one function for all classes.

Only what the package uses is here; the rest is refused, as an argument that is not known.
Decision 0011 says what else was tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

__all__ = ["copied", "dataclass", "field", "fields", "override", "replace"]

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from copy import copy as copied
    from dataclasses import dataclass, field, fields, replace

    from typing_extensions import override

_Class = TypeVar("_Class", bound=type)
_Method = TypeVar("_Method", bound="Callable[..., object]")
_Text = tuple[str, list[str]]
"""Parameters and lines of a method."""
_MISSING: Any = object()
_FEW = 3
_FIELDS: dict[type, tuple[_Field, ...]] = {}
"""Of each class made here, inherited ones first."""


def _dataclass(
    *,
    slots: bool,
    frozen: bool = False,
    eq: bool = True,
    repr: bool = True,  # noqa: A002 - dataclasses' name, like the others
) -> Callable[[_Class], _Class]:
    if not slots:
        raise TypeError("a class without slots takes attributes that are no fields")
    return lambda cls: _made(cls, frozen=frozen, eq=eq, repr=repr)


class _Field:
    """What a class says of one field."""

    __slots__ = ("compare", "default", "default_factory", "init", "kw_only", "name", "repr")

    def __init__(
        self,
        *,
        default: Any = _MISSING,
        default_factory: Any = _MISSING,
        init: bool = True,
        repr: bool = True,  # noqa: A002
        compare: bool = True,
        kw_only: bool = False,
    ) -> None:
        if not init and (default is not _MISSING or default_factory is not _MISSING):
            raise TypeError("a field that is not given, and always the same, is a constant")
        self.name = ""
        self.default = default
        self.default_factory = default_factory
        self.init = init
        self.repr = repr
        self.compare = compare
        self.kw_only = kw_only


def _fields(record: Any) -> tuple[_Field, ...]:
    cls: Any = record if isinstance(record, type) else type(record)
    while cls not in _FIELDS:  # an heir that is no dataclass itself
        cls = cls.__base__
    return _FIELDS[cls]


def _replace(record: Any, /, **changes: object) -> Any:
    for each in _fields(record):
        if each.init and each.name not in changes:
            changes[each.name] = getattr(record, each.name)
    return type(record)(**changes)


def _override(method: _Method) -> _Method:
    return method


def _made(cls: Any, *, frozen: bool, eq: bool, repr: bool) -> Any:  # noqa: A002
    """Make a class anew, since slots cannot be added to one that is there."""
    own = {each.name: each for each in _own_fields(cls)}
    inherited = {each.name: each for base in cls.__mro__[:0:-1] for each in _FIELDS.get(base, ())}
    every = tuple({**inherited, **own}.values())
    members = {
        name: value
        for name, value in cls.__dict__.items()
        if name not in own and name not in ("__dict__", "__weakref__")
    }
    members["__slots__"] = tuple(name for name in own if name not in inherited)
    members["__match_args__"] = tuple(each.name for each in every if each.init and not each.kw_only)
    if repr:
        members.setdefault("__repr__", _repr)
    if frozen:
        members["__setattr__"] = members["__delattr__"] = _refuse
        members["__getstate__"], members["__setstate__"] = _getstate, _setstate
    new = type(cls)(cls.__name__, cls.__bases__, members)
    new.__qualname__ = cls.__qualname__
    _FIELDS[new] = every
    _compile_later(new, "__init__", _init)
    if eq and "__eq__" not in members:
        _compile_later(new, "__eq__", _eq)
        if frozen:
            _compile_later(new, "__hash__", _hash)
        else:
            new.__hash__ = None
    if not frozen:
        _compile_later(new, "__copy__", _copy)
    return new


def _own_fields(cls: Any) -> Iterator[_Field]:
    for name in cls.__annotations__:
        value = cls.__dict__.get(name, _MISSING)
        if type(value).__hash__ is None:
            raise ValueError(f"all instances would share one {cls.__name__}.{name}")
        each = value if isinstance(value, _Field) else _Field(default=value)
        each.name = name
        yield each


# What is compiled


def _compile_later(cls: type, name: str, write: Callable[[Any, dict[str, object]], _Text]) -> None:
    """Give a class a method that is compiled when it is first called.

    Args:
        cls: the class.
        name: of the method.
        write: returns its text; what that refers to is put into the names it is given.
    """

    def method(self: object, *args: object, **others: object) -> object:
        names: dict[str, Any] = {}
        parameters, lines = write(cls, names)
        head = f"def {name}(self{parameters}):"
        exec("\n  ".join([head, *lines]), names)  # noqa: S102 - our own classes, no text of a page
        compiled = names[name]
        compiled.__qualname__ = f"{cls.__qualname__}.{name}"
        setattr(cls, name, compiled)
        return compiled(self, *args, **others)

    setattr(cls, name, method)


def _init(cls: Any, names: dict[str, object]) -> _Text:
    names["_MISSING"] = _MISSING
    positional, keywords = "", ""
    values: dict[str, str] = {}
    for each in _FIELDS[cls]:
        name = value = each.name
        default = ""
        if each.default is not _MISSING:
            names[f"_default_{name}"] = each.default
            default = f"=_default_{name}"
        elif each.default_factory is not _MISSING:
            names[f"_make_{name}"] = each.default_factory
            default = "=_MISSING"
            value = f"_make_{name}() if {name} is _MISSING else {name}"
        if not each.init:
            continue  # set later: by `__post_init__`, or by who fills the instance
        if each.kw_only:
            keywords += f", {name}{default}"
        else:
            positional += f", {name}{default}"
        values[name] = value
    if cls.__setattr__ is _refuse:
        lines = _frozen(cls, values, names)
    else:
        lines = [f"self.{name} = {value}" for name, value in values.items()]
    if hasattr(cls, "__post_init__"):
        lines.append("self.__post_init__()")
    return f"{positional}, *{keywords}" if keywords else positional, lines or ["pass"]


def _frozen(cls: Any, values: dict[str, str], names: dict[str, object]) -> list[str]:
    """Set the fields of an instance that refuses that.

    Each is set through its slot, a call; of more than a few fields the instance is one of an open
    twin of its class while they are set, which takes half the time.
    """
    for name in values:
        names[f"_set_{name}"] = getattr(cls, name).__set__
    lines = [f"_set_{name}(self, {value})" for name, value in values.items()]
    if len(values) <= _FEW:
        return lines
    parts = {"__slots__": cls.__slots__, "__setattr__": object.__setattr__}
    names["_twin"], names["_class"] = type(cls)(cls.__name__, cls.__bases__, parts), cls
    names["_open"] = object.__dict__["__class__"].__set__
    return [
        "if self.__class__ is _class:",
        "  _open(self, _twin)",
        *(f"  self.{name} = {value}" for name, value in values.items()),
        "  self.__class__ = _class",
        "else:",
        *(f"  {line}" for line in lines),
    ]


def _copy(cls: type, names: dict[str, object]) -> _Text:
    names["_new"], names["_class"] = object.__new__, cls
    lines = [f"new.{each.name} = self.{each.name}" for each in _FIELDS[cls]]
    return "", ["new = _new(_class)", *lines, "return new"]


def _eq(cls: type, _: dict[str, object]) -> _Text:
    return ", other", [
        "if other.__class__ is self.__class__:",
        f"  return {_values('self', cls)} == {_values('other', cls)}",
        "return NotImplemented",
    ]


def _hash(cls: type, _: dict[str, object]) -> _Text:
    return "", [f"return hash({_values('self', cls)})"]


def _values(record: str, cls: type) -> str:
    compared = [f"{record}.{each.name}, " for each in _FIELDS[cls] if each.compare]
    return f"({''.join(compared)})"


# What all classes share


def _copied(record: Any) -> Any:
    """Copy an instance, not what is in it; `copy.copy` asks ten things of its class before."""
    return record.__copy__()


_shown: set[int] = set()
"""Instances whose `__repr__` has begun: what they hold may hold them."""


def _repr(self: object) -> str:
    if id(self) in _shown:
        return "..."
    _shown.add(id(self))
    try:
        parts = [f"{each.name}={getattr(self, each.name)!r}" for each in _fields(self) if each.repr]
    finally:
        _shown.remove(id(self))
    return f"{type(self).__qualname__}({', '.join(parts)})"


def _refuse(self: object, name: str, *_: object) -> None:
    raise AttributeError(f"{type(self).__name__}.{name} is set once, when the instance is made")


def _getstate(self: object) -> list[object]:
    return [getattr(self, each.name) for each in _fields(self)]


def _setstate(self: object, state: list[object]) -> None:
    for each, value in zip(_fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


if not TYPE_CHECKING:
    dataclass, field, fields, replace, override = _dataclass, _Field, _fields, _replace, _override
    copied = _copied
