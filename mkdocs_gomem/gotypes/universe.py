"""What every Go program can name without importing it, and what package unsafe has.

Fills `objects.UNIVERSE` when it is first imported; `UNSAFE` is package unsafe.
Not here: what the predeclared functions do (`checker`, `codegen`).
Source: cmd/compile/internal/types2/universe.go, go1.27.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from mkdocs_gomem.gotypes import constants, objects, types
from mkdocs_gomem.gotypes.objects import UNIVERSE, BuiltinId
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.source import NO_POS


@dataclass(frozen=True, slots=True)
class BuiltinFact:
    """How a predeclared function may be called."""

    name: str
    nargs: int
    """At least so many arguments; exactly so many unless variadic."""
    variadic: bool
    kind: str
    """`expression` or `statement`: a call of the first kind may not stand as a statement."""


PREDECLARED_FUNCS: Final[dict[BuiltinId, BuiltinFact]] = {
    BuiltinId.APPEND: BuiltinFact("append", 1, True, "expression"),
    BuiltinId.CAP: BuiltinFact("cap", 1, False, "expression"),
    BuiltinId.CLEAR: BuiltinFact("clear", 1, False, "statement"),
    BuiltinId.CLOSE: BuiltinFact("close", 1, False, "statement"),
    BuiltinId.COMPLEX: BuiltinFact("complex", 2, False, "expression"),
    BuiltinId.COPY: BuiltinFact("copy", 2, False, "statement"),
    BuiltinId.DELETE: BuiltinFact("delete", 2, False, "statement"),
    BuiltinId.IMAG: BuiltinFact("imag", 1, False, "expression"),
    BuiltinId.LEN: BuiltinFact("len", 1, False, "expression"),
    BuiltinId.MAKE: BuiltinFact("make", 1, True, "expression"),
    BuiltinId.MAX: BuiltinFact("max", 1, True, "expression"),
    BuiltinId.MIN: BuiltinFact("min", 1, True, "expression"),
    BuiltinId.NEW: BuiltinFact("new", 1, False, "expression"),
    BuiltinId.PANIC: BuiltinFact("panic", 1, False, "statement"),
    BuiltinId.PRINT: BuiltinFact("print", 0, True, "statement"),
    BuiltinId.PRINTLN: BuiltinFact("println", 0, True, "statement"),
    BuiltinId.REAL: BuiltinFact("real", 1, False, "expression"),
    BuiltinId.RECOVER: BuiltinFact("recover", 0, False, "statement"),
    BuiltinId.ADD: BuiltinFact("Add", 2, False, "expression"),
    BuiltinId.ALIGNOF: BuiltinFact("Alignof", 1, False, "expression"),
    BuiltinId.OFFSETOF: BuiltinFact("Offsetof", 1, False, "expression"),
    BuiltinId.SIZEOF: BuiltinFact("Sizeof", 1, False, "expression"),
    BuiltinId.SLICE: BuiltinFact("Slice", 2, False, "expression"),
    BuiltinId.SLICE_DATA: BuiltinFact("SliceData", 1, False, "expression"),
    BuiltinId.STRING: BuiltinFact("String", 2, False, "expression"),
    BuiltinId.STRING_DATA: BuiltinFact("StringData", 1, False, "expression"),
}


def _type_name(name: str, typ: types.Type | None) -> objects.TypeName:
    return objects.TypeName(NO_POS, None, name, typ)


def _error_type() -> types.Named:
    named = types.Named(_type_name("error", None))
    recv = objects.Var(NO_POS, None, "", named, objects.VarKind.RECV_VAR)
    result = objects.Var(NO_POS, None, "", TYP[BasicKind.STRING], objects.VarKind.RESULT_VAR)
    signature = types.Signature(recv, results=types.Tuple((result,)))
    method = objects.Func(NO_POS, None, "Error", signature)
    type_set = types.TypeSet([method], types.ALL_TERMS)
    named.set_underlying(types.Interface([method], tset=type_set))
    return named


def _comparable_type() -> types.Named:
    named = types.Named(_type_name("comparable", None))
    type_set = types.TypeSet([], types.ALL_TERMS, comparable=True)
    named.set_underlying(types.Interface(tset=type_set))
    return named


UNSAFE: Final = objects.Package("unsafe", "unsafe")
UNIVERSE_ERROR: Final = _error_type()
UNIVERSE_COMPARABLE: Final = _comparable_type()
UNIVERSE_ANY: Final = types.Alias(_type_name("any", None), types.EMPTY_INTERFACE)
UNIVERSE_BYTE: Final = types.BYTE
UNIVERSE_RUNE: Final = types.RUNE
UNIVERSE_IOTA: Final = objects.Const(
    NO_POS, None, "iota", TYP[BasicKind.UNTYPED_INT], constants.make_int(0)
)
UNIVERSE_NIL: Final = objects.Nil(NO_POS, None, "nil", TYP[BasicKind.UNTYPED_NIL])


def _define(obj: objects.Object) -> None:
    if " " in obj.name:
        return
    scope = UNIVERSE
    if obj.exported:
        scope = UNSAFE.scope
        obj.pkg = UNSAFE
    if scope.insert(obj) is not None:
        raise ValueError(f"{obj.name} is predeclared twice")


def _fill() -> None:
    for basic in (*TYP, types.BYTE, types.RUNE):
        _define(_type_name(basic.name, basic))
    for typ in (UNIVERSE_ERROR, UNIVERSE_COMPARABLE, UNIVERSE_ANY):
        _define(typ.obj)
    for name, value in (("true", True), ("false", False)):
        boolean = TYP[BasicKind.UNTYPED_BOOL]
        _define(objects.Const(NO_POS, None, name, boolean, constants.make_bool(value)))
    _define(UNIVERSE_IOTA)
    _define(UNIVERSE_NIL)
    for builtin_id, fact in PREDECLARED_FUNCS.items():
        _define(objects.Builtin(fact.name, builtin_id))
    UNSAFE.complete = True


_fill()
