"""What an expression turned out to be, while it is being checked.

An `Operand` is filled by the functions of `expr`, `call`, `index` … and consumed by whoever
asked: its mode says what kind of thing the expression denotes, its type which type it has.
Also here: an operand's spelling in messages, and the rule of assignability, the most asked
question about an operand.

Source: cmd/compile/internal/types2/operand.go, go1.27.
"""

from __future__ import annotations

import enum
from typing import Any

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.gotypes import constants, types, universe
from mkdocs_gomem.gotypes.predicates import has_empty_typeset, is_generic, is_untyped, is_valid
from mkdocs_gomem.gotypes.spelling import Qualifier, type_string
from mkdocs_gomem.gotypes.types import unalias


class Mode(enum.IntEnum):
    """What an operand denotes."""

    INVALID = 0
    """Nothing: an error was reported."""
    NO_VALUE = 1
    """The result of calling a function without results."""
    BUILTIN = 2
    """A predeclared function, not called."""
    TYPEXPR = 3
    """A type."""
    CONSTANT = 4
    """A constant, of basic type; `val` holds it."""
    VARIABLE = 5
    """An addressable variable."""
    MAPINDEX = 6
    """`m[k]`: assignable, not addressable, and good for `v, ok =`."""
    VALUE = 7
    """Any other computed value."""
    NILVALUE = 8
    """The predeclared `nil`."""
    COMMAOK = 9
    """A value good for `v, ok =`: a receive or a type assertion."""


_MODE_NAMES = {
    Mode.INVALID: "invalid operand",
    Mode.NO_VALUE: "no value",
    Mode.BUILTIN: "built-in",
    Mode.TYPEXPR: "type",
    Mode.CONSTANT: "constant",
    Mode.VARIABLE: "variable",
    Mode.MAPINDEX: "map index expression",
    Mode.VALUE: "value",
    Mode.NILVALUE: "nil",
    Mode.COMMAOK: "comma, ok expression",
}

INVALID = Mode.INVALID
NO_VALUE = Mode.NO_VALUE
BUILTIN = Mode.BUILTIN
TYPEXPR = Mode.TYPEXPR
CONSTANT = Mode.CONSTANT
VARIABLE = Mode.VARIABLE
MAPINDEX = Mode.MAPINDEX
VALUE = Mode.VALUE
NILVALUE = Mode.NILVALUE
COMMAOK = Mode.COMMAOK


class Operand:
    """An expression under examination."""

    __slots__ = ("expr", "id", "mode", "typ", "val")

    def __init__(
        self,
        mode: Mode = INVALID,
        expr: syntax.Expr | None = None,
        typ: types.Type | None = None,
        val: constants.Value | None = None,
    ) -> None:
        self.mode = mode
        self.expr = expr
        """The source; for one of several results of a call, a name that describes it."""
        self.typ: Any = typ
        """None only while the mode is INVALID or NO_VALUE."""
        self.val: Any = val
        """The value of a constant."""
        self.id: Any = None
        """Which builtin, for mode BUILTIN."""

    @property
    def valid(self) -> bool:
        """No error was reported about it."""
        return self.mode is not INVALID

    @property
    def is_nil(self) -> bool:
        """It is the predeclared `nil`."""
        return self.mode is NILVALUE

    def copy(self) -> Operand:
        """Return an independent copy."""
        x = Operand(self.mode, self.expr, self.typ, self.val)
        x.id = self.id
        return x

    def assign(self, other: Operand) -> None:
        """Become what another operand is."""
        self.mode, self.expr, self.typ = other.mode, other.expr, other.typ
        self.val, self.id = other.val, other.id


def operand_string(x: Operand, qualifier: Qualifier | None) -> str:
    """Spell an operand as messages do: `x (variable of type int)`."""
    typ = x.typ
    if x.mode is NILVALUE:
        if typ is None or typ is types.INVALID:
            return "nil (with invalid type)"
        if typ is types.TYP[types.BasicKind.UNTYPED_NIL]:
            return "nil"
        return f"nil (of type {type_string(typ, qualifier)})"
    expr = ""
    if x.expr is not None:
        expr = syntax.spell(x.expr)
    elif x.mode is BUILTIN:
        expr = universe.PREDECLARED_FUNCS[x.id].name
    elif x.mode is TYPEXPR:
        expr = type_string(typ, qualifier)
    elif x.mode is CONSTANT:
        expr = str(x.val)
    words = ""
    has_type = False
    if x.mode not in (INVALID, NO_VALUE, BUILTIN, TYPEXPR) and typ is not None:
        if is_untyped(typ):
            words += typ.name + " "
        else:
            has_type = True
    words += _MODE_NAMES[x.mode]
    if x.mode is CONSTANT:
        value = constants.string(x.val)
        if value != expr:
            words += " " + value
    if has_type:
        words += _of_type(typ, qualifier)
    return f"{expr} ({words})" if expr else words


def _of_type(typ: types.Type, qualifier: Qualifier | None) -> str:
    if not is_valid(typ):
        return " with invalid type"
    kind = "generic " if is_generic(typ) else ""
    tpar = unalias(typ)
    if not isinstance(tpar, types.TypeParam) and isinstance(typ, types.Alias | types.Named):
        what = composite_kind(typ)
        if not what:
            under = typ.underlying
            assert isinstance(under, types.Basic)
            what = under.name
        kind += what + " "
    text = f" of {kind}type {type_string(typ, qualifier)}"
    if isinstance(tpar, types.TypeParam):
        text += f" constrained by {type_string(tpar.bound, qualifier)}"
        if has_empty_typeset(tpar):
            text += " with empty type set"
    return text


def composite_kind(typ: types.Type) -> str:
    """Name the kind of a composite type; empty for a basic one."""
    match typ.underlying:
        case types.Array():
            return "array"
        case types.Slice():
            return "slice"
        case types.Struct():
            return "struct"
        case types.Pointer():
            return "pointer"
        case types.Signature():
            return "func"
        case types.Interface():
            return "interface"
        case types.Map():
            return "map"
        case types.Chan():
            return "chan"
        case types.Tuple():
            return "tuple"
        case types.Union():
            return "union"
        case _:
            return ""
