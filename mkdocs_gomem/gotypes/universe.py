"""What every Go program can name without importing it, and what package unsafe has.

Fills `objects.UNIVERSE` when it is first imported; `UNSAFE` is package unsafe.
Not here: what the predeclared functions do (`checker`, `codegen`).
Source: cmd/compile/internal/types2/universe.go, go1.27.
"""

from __future__ import annotations

from typing import Final

from mkdocs_gomem.gotypes import constants, objects, types
from mkdocs_gomem.gotypes.objects import UNIVERSE, BuiltinId
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.source import NO_POS


@dataclass(frozen=True, slots=True)
class BuiltinFact:
    """How a predeclared function may be called."""

    name: str
    nargs: int
    """At least so many arguments; exactly so many unless variadic."""
    kind: str
    """`expression` or `statement`: a call of the first kind may not stand as a statement."""
    variadic: bool = False


PREDECLARED_FUNCS: Final[dict[BuiltinId, BuiltinFact]] = {
    BuiltinId.APPEND: BuiltinFact("append", 1, "expression", variadic=True),
    BuiltinId.CAP: BuiltinFact("cap", 1, "expression"),
    BuiltinId.CLEAR: BuiltinFact("clear", 1, "statement"),
    BuiltinId.CLOSE: BuiltinFact("close", 1, "statement"),
    BuiltinId.COMPLEX: BuiltinFact("complex", 2, "expression"),
    BuiltinId.COPY: BuiltinFact("copy", 2, "statement"),
    BuiltinId.DELETE: BuiltinFact("delete", 2, "statement"),
    BuiltinId.IMAG: BuiltinFact("imag", 1, "expression"),
    BuiltinId.LEN: BuiltinFact("len", 1, "expression"),
    BuiltinId.MAKE: BuiltinFact("make", 1, "expression", variadic=True),
    BuiltinId.MAX: BuiltinFact("max", 1, "expression", variadic=True),
    BuiltinId.MIN: BuiltinFact("min", 1, "expression", variadic=True),
    BuiltinId.NEW: BuiltinFact("new", 1, "expression"),
    BuiltinId.PANIC: BuiltinFact("panic", 1, "statement"),
    BuiltinId.PRINT: BuiltinFact("print", 0, "statement", variadic=True),
    BuiltinId.PRINTLN: BuiltinFact("println", 0, "statement", variadic=True),
    BuiltinId.REAL: BuiltinFact("real", 1, "expression"),
    BuiltinId.RECOVER: BuiltinFact("recover", 0, "statement"),
    BuiltinId.ADD: BuiltinFact("Add", 2, "expression"),
    BuiltinId.ALIGNOF: BuiltinFact("Alignof", 1, "expression"),
    BuiltinId.OFFSETOF: BuiltinFact("Offsetof", 1, "expression"),
    BuiltinId.SIZEOF: BuiltinFact("Sizeof", 1, "expression"),
    BuiltinId.SLICE: BuiltinFact("Slice", 2, "expression"),
    BuiltinId.SLICE_DATA: BuiltinFact("SliceData", 1, "expression"),
    BuiltinId.STRING: BuiltinFact("String", 2, "expression"),
    BuiltinId.STRING_DATA: BuiltinFact("StringData", 1, "expression"),
}


def _type_name(name: str, typ: types.Type | None) -> objects.TypeName:
    return objects.TypeName(NO_POS, None, name, typ)


def interface_of(
    name: str,
    params: tuple[types.Type, ...],
    results: tuple[types.Type, ...],
    recv: objects.Var | None = None,
) -> types.Interface:
    """Make an interface of one method, as std asks for them."""
    signature = types.Signature(
        recv,
        params=_tuple(params, objects.VarKind.PARAM_VAR),
        results=_tuple(results, objects.VarKind.RESULT_VAR),
    )
    method = objects.Func(NO_POS, None, name, signature)
    type_set = types.TypeSet([method], types.ALL_TERMS)
    return types.Interface([method], tset=type_set)


def _tuple(of: tuple[types.Type, ...], kind: objects.VarKind) -> types.Tuple:
    return types.Tuple(tuple(objects.Var(NO_POS, None, "", typ, kind) for typ in of))


def _error_type() -> types.Named:
    named = types.Named(_type_name("error", None))
    recv = objects.Var(NO_POS, None, "", named, objects.VarKind.RECV_VAR)
    named.set_underlying(interface_of("Error", (), (TYP[BasicKind.STRING],), recv))
    return named


def _comparable_type() -> types.Named:
    named = types.Named(_type_name("comparable", None))
    type_set = types.TypeSet([], types.ALL_TERMS, comparable=True)
    named.set_underlying(types.Interface(tset=type_set))
    return named


UNSAFE: Final = objects.Package("unsafe", "unsafe", imported=True)
UNIVERSE_ERROR: Final = _error_type()
UNIVERSE_COMPARABLE: Final = _comparable_type()
STRINGER: Final = interface_of("String", (), (TYP[BasicKind.STRING],))
"""`fmt.Stringer`, which the runtime knows too."""
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
