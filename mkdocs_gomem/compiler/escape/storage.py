"""Where a run puts what was decided: a boxed constant escapes, yet nothing is allocated.

What a conversion to an interface does with a value that is not a pointer, by gc's rules
(walk/convert.go dataWord, walk/order.go): size 0 is `runtime.zerobase`; a bool or byte is a
word of the read-only table `runtime.staticuint64s`; a constant or a literal of constants is
read-only data; what does not escape, up to 1024 bytes, is a temporary on the stack; the rest is
allocated, except that the runtime finds an integer below 256 in the same table and takes
`zeroVal` for an empty string or a nil slice. Only the last can't be known before a run: then
the region is HEAP and the kind tells the machine what to ask.

Source: cmd/compile/internal/walk/{convert,order,complit,closure}.go, go1.27.
"""

from __future__ import annotations

import enum
from typing import Final

from mkdocs_gomem.compiler.escape import limits, type_facts
from mkdocs_gomem.compiler.ir import nodes
from mkdocs_gomem.compiler.ir.nodes import Expr, Name, Op
from mkdocs_gomem.gotypes import types
from mkdocs_gomem.machine.image import Region

_MAX_BOXED_ON_STACK: Final = 1024
"""Bytes of a value that a temporary may box."""
_TEMP_BYTES: Final = 32
"""First backing array on the stack of `make` with unknown size, append, conversions, `+`."""


class Kind(enum.Enum):
    """How the storage of a variable or expression comes about when it runs."""

    __hash__ = object.__hash__  # a member is itself; Enum's would hash its name at each look-up

    VARIABLE = "variable"
    """A variable in a frame, or one that is allocated when it is declared."""
    OBJECT = "object"
    """`new(T)`, `&T{}`: one object of a known size."""
    ARRAY = "array"
    """The backing array of a slice literal or of `make` with a known size."""
    DYNAMIC_ARRAY = "dynamic array"
    """`make` with a size that only a run knows: 32 bytes on the stack are tried if it stays."""
    APPEND = "append"
    """What append grows into: 32 bytes on the stack are tried first if it stays."""
    MAP = "map"
    CLOSURE = "closure"
    """A record of code and captured variables."""
    STATIC_CLOSURE = "static closure"
    """A literal that captures nothing: a read-only record."""
    METHOD_VALUE = "method value"
    TEXT = "text"
    """Conversion between strings and slices, or `+`: a 32-byte buffer is tried if it stays."""
    ZERO_COPY = "zero copy"
    """`[]byte(s)` that is never written: it is the string's own memory."""
    BORROWED = "borrowed"
    """`string(b)` that is only looked at, as in `m[string(b)]`: the bytes stand for it."""
    BOX = "box"
    """A value copied into an object so that an interface can point to it."""
    BOX_SMALL = "box, small integers static"
    """A box, unless the value is below 256: then a word of a read-only table."""
    BOX_TEXT = "box, empty static"
    """The box of a string or slice header, unless it is empty or nil."""
    BOX_STATIC = "static box"
    """A constant, a byte, something of size 0: read-only data."""


_VARIABLE: Final = Kind.VARIABLE


def kind(node: Expr, *, escapes: bool, zero_copy: bool) -> Kind:
    """Return how the storage of a location comes about."""
    if isinstance(node, Name):
        return _VARIABLE
    match node:
        case nodes.UnaryExpr() | nodes.AddrExpr():
            return Kind.OBJECT
        case nodes.MakeExpr(op=Op.MAKESLICE):
            count = node.len if node.cap is None else node.cap
            known = isinstance(count, nodes.Literal)
            return Kind.ARRAY if known else Kind.DYNAMIC_ARRAY
        case nodes.MakeExpr() | nodes.CompLitExpr(op=Op.MAPLIT):
            return Kind.MAP
        case nodes.CompLitExpr():
            return Kind.ARRAY
        case nodes.CallExpr():
            return Kind.APPEND
        case nodes.ClosureExpr():
            return Kind.CLOSURE if node.func.closure_vars else Kind.STATIC_CLOSURE
        case nodes.SelectorExpr():
            return Kind.METHOD_VALUE
        case nodes.ConvExpr(op=Op.CONVIFACE):
            return _box(node, escapes=escapes)
        case nodes.ConvExpr() | nodes.AddStringExpr():
            return Kind.ZERO_COPY if zero_copy else Kind.TEXT
        case _:
            return Kind.VARIABLE


def region(node: Expr, *, escapes: bool, zero_copy: bool) -> Region:
    """Return where a run puts a location."""
    return region_of(node, kind(node, escapes=escapes, zero_copy=zero_copy), escapes=escapes)


def region_of(node: Expr, how: Kind, *, escapes: bool) -> Region:
    """Return where a run puts a location whose storage comes about like that."""
    if how in _PLAIN:
        return _HEAP if escapes else _STACK
    if how is Kind.STATIC_CLOSURE or how is Kind.BOX_STATIC:
        return Region.RODATA
    if how is Kind.ZERO_COPY:
        return _HEAP if escapes else Region.RODATA
    if how is Kind.BOX or how is Kind.BOX_SMALL or how is Kind.BOX_TEXT:
        on_stack = not escapes and type_facts.size_of(_boxed(node)) <= _MAX_BOXED_ON_STACK
        return _STACK if on_stack else _HEAP
    if escapes and size(node) == 0:
        return Region.BSS  # runtime.zerobase
    return _HEAP if escapes else _STACK


_HEAP: Final = Region.HEAP
_STACK: Final = Region.STACK
_PLAIN: Final = frozenset(
    {Kind.VARIABLE, Kind.APPEND, Kind.MAP, Kind.DYNAMIC_ARRAY, Kind.TEXT, Kind.BORROWED}
)
"""Where these are is what gc's verdict says."""


def size(node: Expr) -> int:
    """Return the bytes of a location's storage; -1 when only a run knows."""
    match node:
        case Name():
            return type_facts.size_of(node.type)
        case nodes.UnaryExpr() | nodes.AddrExpr():
            return type_facts.size_of(limits.allocated_type(node))
        case nodes.MakeExpr(op=Op.MAKESLICE):
            count = node.len if node.cap is None else node.cap
            if isinstance(count, nodes.Literal) and isinstance(count.value, int):
                return count.value * type_facts.size_of(limits.allocated_type(node))
            return -1
        case nodes.CompLitExpr(op=Op.SLICELIT):
            return node.length * type_facts.size_of(limits.allocated_type(node))
        case nodes.MakeExpr() | nodes.CompLitExpr(op=Op.MAPLIT):
            return type_facts.MAP_HEADER_SIZE
        case nodes.ClosureExpr():
            return limits.closure_size(node.func)
        case nodes.SelectorExpr():
            return 8 + type_facts.size_of(node.x.type)
        case nodes.ConvExpr(op=Op.CONVIFACE):
            return type_facts.size_of(node.x.type)
        case _:
            return -1


def _boxed(node: Expr) -> types.Type:
    return node.x.type if isinstance(node, nodes.ConvExpr) else node.type


def _box(node: nodes.ConvExpr, *, escapes: bool) -> Kind:
    typ = node.x.type
    bytes_ = type_facts.size_of(typ)
    sole = sole_component(typ)
    if bytes_ == 0 or _is_bool(sole) or (bytes_ == 1 and _is_integer(sole)):
        return Kind.BOX_STATIC
    if node.literal is not None or is_read_only(node.x):
        return Kind.BOX_STATIC
    if not escapes and bytes_ <= _MAX_BOXED_ON_STACK:
        return Kind.BOX
    if _is_small(typ):
        return Kind.BOX_SMALL
    return Kind.BOX if is_boxed_by_address(typ) else Kind.BOX_TEXT


def is_read_only(node: Expr) -> bool:
    """Tell if an interface can point to read-only data for a value."""
    return is_static_literal(node) and not _boxes_inside(node)


def is_boxed_by_address(typ: types.Type) -> bool:
    """Tell if the runtime is given the address of a value to box (dataWordFuncName).

    Numbers of 2, 4 or 8 bytes, strings and slices are handed over as they are.
    """
    sole = sole_component(typ)
    is_text = isinstance(sole, types.Slice) or (
        isinstance(sole, types.Basic) and bool(sole.info & types.IS_STRING)
    )
    return not is_text and not _is_small(typ)


def _is_small(typ: types.Type) -> bool:
    bytes_, align = type_facts.size_of(typ), type_facts.align_of(typ)
    if bytes_ != align:
        return False
    return bytes_ == 2 or (bytes_ in {4, 8} and not type_facts.has_pointers(typ))


def _boxes_inside(node: Expr) -> bool:
    """Tell if a literal holds a box: gc names that first, and then sees no literal."""
    match node:
        case nodes.CompLitExpr():
            return any(
                _boxes_inside(
                    item.value if isinstance(item, nodes.KeyExpr | nodes.StructKeyExpr) else item
                )
                for item in node.elems
            )
        case nodes.ConvExpr(op=Op.CONVIFACE, x=inner):
            return not isinstance(inner, nodes.Nil)
        case _:
            return False


def sole_component(typ: types.Type) -> types.Type:
    """Return the underlying type of the only part of nested one-element structs and arrays."""
    match typ.underlying:
        case types.Struct(fields=[only]):
            return sole_component(type_facts.of_var(only))
        case types.Array(elem=elem, len=1):
            return sole_component(elem)
        case other:
            return other


def _is_bool(typ: types.Type) -> bool:
    return isinstance(typ, types.Basic) and bool(typ.info & types.IS_BOOLEAN)


def _is_integer(typ: types.Type) -> bool:
    return isinstance(typ, types.Basic) and bool(typ.info & types.IS_INTEGER)


def is_static_literal(node: Expr) -> bool:
    """Tell if a value is laid out by the compiler: constants, and literals of nothing else."""
    match node:
        case nodes.Literal() | nodes.Nil():
            return True
        case nodes.CompLitExpr(op=Op.ARRAYLIT):
            return all(
                is_static_literal(item.value if isinstance(item, nodes.KeyExpr) else item)
                for item in node.elems
            )
        case nodes.CompLitExpr(op=Op.STRUCTLIT):
            return all(
                isinstance(item, nodes.StructKeyExpr) and is_static_literal(item.value)
                for item in node.elems
            )
        case nodes.ConvExpr(op=Op.CONVIFACE):
            value: Expr = node
            while isinstance(value, nodes.ConvExpr) and value.op is Op.CONVIFACE:
                value = value.x
            if type_facts.is_interface(value.type):
                return isinstance(value, nodes.Nil)
            if type_facts.is_direct_iface(value.type):
                return isinstance(value, nodes.Nil)
            return is_static_literal(value)
        case _:
            return False
