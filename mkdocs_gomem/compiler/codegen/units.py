"""A function of std as Python code that all programs of a process share, and how one links it.

What a function of std does is the same in each program; only the global names that its code uses
are not, since each program numbers its functions, types and allocation sites anew. So its code is
kept with what was asked of the program while it was written, in order: the next program is asked
the same, and gets the code with its own names in place of the first one's, as a linker resolves
the relocations of an object file.

A name that nobody asked for would belong to the first program alone: such a function is not kept.
"""

from __future__ import annotations

import re
from types import CodeType
from typing import TYPE_CHECKING, Any

from mkdocs_gomem.compiler.codegen import function as functions
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.lean import dataclass, replace
from mkdocs_gomem.machine.executable import Function, assemble
from mkdocs_gomem.machine.rtypes import RType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mkdocs_gomem.compiler import ir
    from mkdocs_gomem.compiler.codegen.program import Generator
    from mkdocs_gomem.source import Pos

_NUMBERED = re.compile(r"[A-Z]\d+|\w+_\d+")
"""What the global names look like that a program makes."""
_SOME_TYPE = RType(None, None, "")
"""Stands for the types of a program in what is kept."""


class Request:
    """One thing that was asked of a program: it answers with a name, or takes note of a type."""

    __slots__ = ("_act", "_args", "name")

    def __init__(self, name: str, act: Callable[..., Any], args: tuple[Any, ...]) -> None:
        self.name = name
        self._act = act
        self._args = tuple(
            [arg.go if isinstance(arg, RType) and arg.go is not None else arg for arg in args]
        )
        """With Go types in place of run-time types, which are the program's own."""

    @property
    def key(self) -> object:
        """The same for who asks the same again."""
        return self.name or self._args

    def again(self, program: Generator) -> Any:
        """Ask another program."""
        rtype = program.rtype
        return self._act(
            program, *[rtype(arg) if isinstance(arg, types.Type) else arg for arg in self._args]
        )


@dataclass(frozen=True, slots=True)
class Unit:
    """The code of one function; literals inside that capture nothing are units of their own."""

    code: CodeType
    """Of a module that defines it; its first line is 1."""
    positions: tuple[Pos, ...]
    """The Go position of each line."""
    requests: tuple[Request, ...]
    """What its text asked of the program it was written for, in order."""
    function: Function
    captures: tuple[types.Type, ...]
    """The types of what it captures, which are the program's own in `function`."""


@dataclass(frozen=True, slots=True)
class Linked:
    """A unit with the names of one program."""

    unit: Unit
    names: Mapping[str, str]
    """The program's names by the unit's."""

    def code(self, line: int) -> CodeType:
        """Return the code, to begin on a line of the program's text."""
        return _renamed(self.unit.code, self.names, line - 1)


def link(program: Generator, func: ir.Func) -> Linked:
    """Return a function of std for a program, written now if no program has had it.

    Raises:
        Rejected: naming what it uses and we can't run.
    """
    unit = func.unit
    if not isinstance(unit, Unit):
        return _written(program, func)
    names = {}
    for request in unit.requests:
        name = request.again(program)
        if request.name:
            names[request.name] = name
            names["mk_" + request.name] = f"mk_{name}"
    captures = tuple(
        replace(variable, type=program.rtype(typ))
        for variable, typ in zip(unit.function.captures, unit.captures, strict=True)
    )
    python = names[unit.function.python]
    program.functions.append(replace(unit.function, python=python, captures=captures))
    return Linked(unit, names)


def _written(program: Generator, func: ir.Func) -> Linked:
    index = len(program.functions)
    with program.listening() as requests:
        text = functions.write(program, func)
    function = program.functions[index]
    assert function is not None  # noqa: S101 - written just now
    asked: dict[object, Request] = {}
    for request in requests:
        asked.setdefault(request.key, request)
    unit = Unit(
        assemble("".join([f"{line}\n" for line, _, _ in text.rows])),
        tuple([pos for _, pos, _ in text.rows]),
        tuple(asked.values()),
        replace(
            function,
            captures=tuple([replace(variable, type=_SOME_TYPE) for variable in function.captures]),
        ),
        tuple([variable.type.go or types.INVALID for variable in function.captures]),
    )
    known = {request.name for request in requests}
    if all(name.removeprefix("mk_") in known for name in _numbered(unit.code)):
        func.unit = unit
    return Linked(unit, {})


def _numbered(code: CodeType) -> Iterator[str]:
    """Yield the global names of code that programs number."""
    yield from filter(_NUMBERED.fullmatch, code.co_names)
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _numbered(value)


def _renamed(code: CodeType, names: Mapping[str, str], lines: int) -> CodeType:
    """Return code with other global names, some lines further down."""
    return code.replace(
        co_name=names.get(code.co_name, code.co_name),
        co_names=tuple([names.get(name, name) for name in code.co_names]),
        co_consts=tuple(
            [
                _renamed(value, names, lines) if isinstance(value, CodeType) else value
                for value in code.co_consts
            ]
        ),
        co_firstlineno=code.co_firstlineno + lines,
    )
