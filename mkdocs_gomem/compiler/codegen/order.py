"""In which order are operands evaluated, and which of them need statements of their own?

gc evaluates calls, receives and appends of an expression first, in order, each into a temporary,
and reads variables and memory last (walk/order.go): in `x + f()`, `x` is read after `f` ran.
Some more it works out in their turn, though they change nothing: in `len(s) + f()`, the length is
the one before `f` ran; so are slices, assertions to what is no pointer, `&&` and `||`, and the
struct that goes into an interface.
An inlined call is a list of statements, which Python can't have inside an expression.

So each expression has flags. `STATEMENTS`: it can't be one Python expression. `CALL`: it does
something that others can notice. `EARLY`: it is worked out in its turn. `UNSTABLE`: it reads what a
call may change, may panic, or makes an object on the heap, and not early. Operands up to the last
one with statements have their calls and what is early put into temporaries, in order, and so have
operands with calls that come after an unstable one; all other operands stay as they are. `&&` and
`||` whose right operand needs statements become branches.

Four more flags tell which of two panics is seen: what is early (`_FAILS_EARLY`, and
`_FOLLOWS_EARLY` for a nil pointer) panics before what is late (`_FAILS_LATE`, `_FOLLOWS_LATE`). In
`s[i] + x.(int)`, the assertion does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.compiler.escape import storage, type_facts
from mkdocs_gomem.compiler.ir import Op, visit
from mkdocs_gomem.gotypes import constants, predicates, types
from mkdocs_gomem.machine.image import Region

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mkdocs_gomem.compiler import escape

STATEMENTS, CALL, UNSTABLE, EARLY = 1, 2, 4, 8
_FAILS_EARLY, _FOLLOWS_EARLY, _FAILS_LATE, _FOLLOWS_LATE = 16, 32, 64, 128
_CALLS = CALL | STATEMENTS
_LATE = _FAILS_LATE | _FOLLOWS_LATE
_TURNS = CALL | _FAILS_EARLY | _FOLLOWS_EARLY
MAX_DEPTH = 40
"""Deeper expressions are cut: Python nests 200 parentheses, and each of ours may take several."""

_EFFECTS = frozenset((
    Op.CALLFUNC, Op.CALLINTER, Op.RECV, Op.APPEND, Op.COPY, Op.RECOVER, Op.PANIC, Op.CLOSE,
    Op.CLEAR, Op.DELETE, Op.PRINT, Op.PRINTLN,
))  # fmt: skip
_READS = frozenset((
    Op.DEREF, Op.DOTPTR, Op.INDEX, Op.INDEXMAP, Op.BYTES2STR, Op.RUNES2STR, Op.SLICE2ARR,
))  # fmt: skip
_FOLLOWED = frozenset((Op.DEREF, Op.DOTPTR))
_SAFE = frozenset((Op.INDEXMAP, Op.BYTES2STR, Op.RUNES2STR))
"""What of it may follow a nil pointer, and what does not panic (a lookup, but for rare keys)."""
_IN_TURN = frozenset((
    Op.LEN, Op.CAP, Op.SLICE, Op.SLICE3, Op.SLICEARR, Op.SLICE3ARR, Op.SLICESTR, Op.ANDAND,
    Op.OROR, Op.MIN, Op.MAX, Op.REAL, Op.IMAG, Op.COMPLEX, Op.STR2BYTES, Op.STR2RUNES,
    Op.MAKESLICE, Op.MAKEMAP, Op.MAKECHAN, Op.NEW,
))  # fmt: skip
_COMPARED = frozenset((Op.EQ, Op.NE))
_CHECKED = _COMPARED | {
    Op.INDEX, Op.INDEXMAP, Op.SLICE, Op.SLICE3, Op.SLICEARR, Op.SLICE3ARR, Op.SLICESTR, Op.DIV,
    Op.MOD, Op.DOTTYPE, Op.SLICE2ARR, Op.SLICE2ARRPTR, Op.MAKESLICE, Op.MAKECHAN,
}  # fmt: skip
"""What may panic other than by a nil pointer."""
_MAYBE_EARLY = frozenset((Op.CONVIFACE, Op.DOTTYPE, Op.INDEXMAP))
_MAYBE_LATE = frozenset((Op.DIV, Op.MOD, Op.LSH, Op.RSH, Op.DOTTYPE, Op.SLICE2ARRPTR))
_MADE_LATE = frozenset((
    Op.CONVIFACE, Op.PTRLIT, Op.ADDR, Op.SLICELIT, Op.METHVALUE, Op.ADDSTR,
))  # fmt: skip
"""What walk makes, when all calls have been made already (walk/expr.go, complit.go, closure.go)."""
_LITERALS = frozenset((Op.SLICELIT, Op.ARRAYLIT, Op.STRUCTLIT))
_KEYED: frozenset[type[ir.Node]] = frozenset((ir.KeyExpr, ir.StructKeyExpr))
_BRANCHING = frozenset((Op.ANDAND, Op.OROR))
"""Whose right operand has its place only behind the left one."""
_FUNC: Final = ir.Class.FUNC
_EXTERN: Final = ir.Class.EXTERN
_DEPTH = 8
"""Bits of the flags: a depth stands above them."""
_FLAGS = (1 << _DEPTH) - 1


def panics_late(node: ir.Expr) -> bool:
    """Tell if an expression may panic, but only after all calls beside it have run."""
    if node.op not in _MAYBE_LATE:  # nearly always
        return False
    match node:
        case ir.BinaryExpr(op=Op.DIV | Op.MOD):
            return predicates.is_integer(node.type) and not isinstance(node.y, ir.Literal)
        case ir.BinaryExpr():
            return not (isinstance(node.y, ir.Literal) or predicates.is_unsigned(node.y.type))
        case ir.TypeAssertExpr():
            return not is_early(node)
        case _:
            return True


def panic_first(args: Sequence[ir.Expr], fun: ir.Expr) -> list[bool]:
    """Tell which arguments may panic before what is called is looked at.

    All that may panic go into variables first (mayCall in walk/expr.go); if they and what is called
    can only meet a nil pointer, it makes no difference.
    """
    ways = [{part.op for part in visit.within([arg])} for arg in args]
    if all(map(_CHECKED.isdisjoint, ways)) and not visit.any(fun, lambda x: x.op in _CHECKED):
        return [False] * len(ways)
    return [not (_CHECKED | _FOLLOWED).isdisjoint(each) for each in ways]


def fails_first(flags: int, before: int) -> bool:
    """Tell if what an operand does in its turn may panic before operands in front of it do."""
    return bool(
        (flags & _FAILS_EARLY and before & _LATE)
        or (flags & _FOLLOWS_EARLY and before & _FAILS_LATE)
    )


def fails_early(flags: int) -> bool:
    """Tell if what an operand does in its turn may panic."""
    return bool(flags & (_FAILS_EARLY | _FOLLOWS_EARLY))


def fails_late(flags: int) -> bool:
    """Tell if an operand may panic when it is read."""
    return bool(flags & _LATE)


def is_early(node: ir.Expr) -> bool:
    """Tell if gc works an expression out in its turn, though it changes nothing."""
    op = node.op
    if op in _IN_TURN:
        return True
    if op not in _MAYBE_EARLY:
        return False
    match node:
        case ir.ConvExpr():
            return _is_copied(node.x)
        case ir.TypeAssertExpr():
            return not type_facts.is_direct_iface(node.type)
        case ir.IndexExpr():
            return node.index.op is Op.BYTES2STR  # looked up before the bytes can change
        case _:
            return False


def _is_whole(node: ir.Expr) -> bool:
    return isinstance(node, ir.SliceExpr) and node.low is node.high is None


def copied_sides(node: ir.Expr) -> list[bool]:
    """Tell which sides of a comparison of structs or arrays gc copies, as they have no address."""
    if (
        isinstance(node, ir.BinaryExpr)
        and node.op in _COMPARED
        and isinstance(node.x.type.underlying, types.Struct | types.Array)
    ):
        return [needs_copy(node.x), needs_copy(node.y)]
    return [False, False]


def _is_copied(x: ir.Expr) -> bool:
    """Tell if what goes into an interface is copied first, as its box is made by address."""
    typ = x.type
    if isinstance(x, ir.Literal | ir.Nil) or type_facts.is_interface(typ):
        return False
    return storage.is_boxed_by_address(typ) and needs_copy(x)


def needs_copy(x: ir.Expr) -> bool:
    """Tell if a value whose address is wanted is copied first.

    What has an address keeps it (addrTemp), but for a variable that could be in registers.
    """
    if not _is_addressable(x):
        return True
    while isinstance(x, ir.ParenExpr | ir.SelectorExpr) or (
        isinstance(x, ir.IndexExpr) and isinstance(x.x.type.underlying, types.Array)
    ):
        if x.op is Op.DOTPTR:
            return False
        x = x.x
    return (
        isinstance(x, ir.Name)
        and x.cls is ir.Class.AUTO
        and not x.addrtaken
        and type_facts.can_ssa(x.type)
    )


def _is_addressable(x: ir.Expr) -> bool:
    """Tell if an expression stands for a place (ir.IsAddressable)."""
    match x:
        case ir.Name():
            return x.cls is not _FUNC
        case ir.StarExpr() | ir.SelectorExpr(op=Op.DOTPTR):
            return True
        case ir.SelectorExpr(op=Op.DOT) | ir.ParenExpr():
            return _is_addressable(x.x)
        case ir.IndexExpr(op=Op.INDEX):
            if isinstance(x.x.type.underlying, types.Array):
                return _is_addressable(x.x)
            return isinstance(x.x.type.underlying, types.Slice)
        case _:
            return False


def is_in_order(node: ir.Expr) -> bool:
    """Tell if the parts of a literal, if it is one, are written in the order of their places."""
    if not isinstance(node, ir.CompLitExpr) or node.op not in _LITERALS:
        return True
    before = -1
    struct = node.type.underlying
    for item in node.elems:
        place = before
        if isinstance(item, ir.KeyExpr) and isinstance(item.key, ir.Literal):
            whole = constants.to_int(item.key.value)
            place = whole if isinstance(whole, int) else before
        elif isinstance(item, ir.StructKeyExpr) and isinstance(struct, types.Struct):
            first = (*item.through, item.member)[0]
            fields = (at for at, field in enumerate(struct.fields) if field.id == first.id)
            place = next(fields, before)
        if place < before:
            return False
        before = place
    return True


class Order:
    """The flags of expressions, worked out once."""

    __slots__ = ("_found", "_placements", "_shown", "boxed")

    def __init__(
        self,
        boxed: set[ir.Name],
        placements: Mapping[ir.Name | ir.Expr, escape.Placement],
        *,
        shown: bool = False,
    ) -> None:
        """Begin with nothing.

        Args:
            boxed: local variables that others can change.
            placements: where what its expressions allocate lives, as far as that is counted.
            shown: whether pictures are drawn while calls of this function run.
        """
        self._found: dict[ir.Node, int] = {}
        """Flags, and above them the depth."""
        self._placements = placements
        self._shown = shown
        self.boxed = boxed

    def flags(self, node: ir.Expr) -> int:
        """Return the flags of an expression."""
        known = self._found.get(node)
        if known is None:
            known = self._find(node)
        return known & _FLAGS

    def waits(self, item: ir.Expr, flags: int) -> bool:
        """Tell if an operand must not wait on Python's stack for a call beside it.

        A picture would take what it points to for garbage, as nothing else may lead to that yet.
        """
        if not self._shown:
            return False
        if type(item) in _KEYED:
            item = item.value  # type: ignore[attr-defined]
        if type(item) is ir.ClosureExpr:
            return bool(item.func.closure_vars)
        return bool(flags & (_CALLS | EARLY)) and type_facts.has_pointers(item.type)

    def _find(self, node: ir.Expr) -> int:
        if type(node) is ir.Name:
            cls = node.cls
            if cls is _FUNC or node.dictionary is not None:
                found = 0  # never changes
            else:
                found = UNSTABLE if cls is _EXTERN or node.canonical in self.boxed else 0
        elif type(node) is ir.Literal and not node.init:
            found = 0  # tables of std have thousands
        elif isinstance(node, ir.ClosureExpr):
            found = (STATEMENTS if node.init else 0) | 1 << _DEPTH
            if self._is_made_late(node):
                found |= UNSTABLE
        else:
            found = self._of_parts(node)
        self._found[node] = found
        return found

    def _of_parts(self, node: ir.Expr) -> int:
        known = self._found
        shown = self._shown
        op = node.op
        flags = 0
        parted = False
        """A call comes after what is unstable: `operands` needs statements for it."""
        asked = False
        """What comes from here on comes before a call asks what it calls."""
        waits = False
        deepest = -1
        """The greatest number of a part: depths stand above flags."""
        for part in visit.parts(node):
            if not part:
                continue
            children: Sequence[Any] = (part,)
            if type(part) is list:
                if not isinstance(part[0], ir.Expr):
                    continue  # statements
                children = part
            for child in children:
                found = known.get(child)
                if found is None:
                    found = self._find(child)
                if found & _TURNS and (
                    fails_first(found, flags)
                    or (found & CALL and (asked or waits or flags & UNSTABLE))
                ):
                    parted = True
                if shown and not waits:
                    waits = self.waits(child, found)
                flags |= found
                if found > deepest:
                    deepest = found
            asked = op is Op.CALLINTER
        flags &= _FLAGS
        depth = (deepest >> _DEPTH) + 1
        if depth > MAX_DEPTH:
            flags |= STATEMENTS
            depth = 0
        if isinstance(node, ir.InlinedCallExpr):
            return STATEMENTS | CALL | depth << _DEPTH
        if (
            node.init
            or op is Op.MAPLIT
            or (parted and op not in _BRANCHING)
            or (flags & CALL and not is_in_order(node))
            or (flags & CALL and self._calls_to_read_later(node))
        ):
            flags |= STATEMENTS
        if op in _EFFECTS:
            flags = (flags | CALL) & ~_LATE
        elif op in _READS or panics_late(node):
            flags |= UNSTABLE
            if op in _FOLLOWED:
                flags |= _FOLLOWS_LATE
            elif op not in _SAFE:
                flags |= _FAILS_LATE
        elif op in _MADE_LATE and self._is_made_late(node):
            flags |= UNSTABLE
        elif is_early(node):
            if flags & _FAILS_LATE or (op in _CHECKED and not _is_whole(node)):
                flags |= _FAILS_EARLY
            if flags & _FOLLOWS_LATE:
                flags |= _FOLLOWS_EARLY
            flags = (flags | EARLY) & ~(UNSTABLE | _LATE)
        elif op in _COMPARED and any(copied_sides(node)):
            flags |= EARLY
        return flags | depth << _DEPTH

    def _is_made_late(self, node: ir.Expr) -> bool:
        """Tell if an object on the heap that is counted is made when calls beside it are done."""
        placement = self._placements.get(node)
        return placement is not None and placement.storage is Region.HEAP and not is_early(node)

    def is_pure(self, node: ir.AssignListStmt) -> bool:
        """Tell if a statement is but single assignments, one after the other.

        It gives as many values as it has places and calls nothing, and what of it may panic early
        does not do so before another part.
        """
        if node.op is not Op.AS2 or len(node.lhs) != len(node.rhs):
            return False
        flags = 0
        for item in (*node.lhs, *node.rhs):
            flags |= self.flags(item)
        return not (flags & _CALLS or fails_first(flags, flags))

    def is_read_backwards(self, node: ir.BinaryExpr) -> bool:
        """Tell if gc reads the right side of a comparison first (walkCompareInterface).

        So it does with two interface values, once calls and what is early are done: if both panic,
        the right one is seen.
        """
        return (
            bool(self.flags(node.x) & UNSTABLE)
            and not is_early(node.x)
            and type_facts.is_interface(node.x.type)
            and type_facts.is_interface(node.y.type)
        )

    def _calls_to_read_later(self, node: ir.Expr) -> bool:
        return (
            isinstance(node, ir.BinaryExpr)
            and bool(self.flags(node.x) & CALL)
            and self.is_read_backwards(node)
        )

    def is_cut(self, node: ir.Expr) -> bool:
        """Tell if an expression is so deep that it goes into a temporary."""
        found = self._found.get(node)
        return (
            found is not None
            and found <= _FLAGS
            and not isinstance(node, ir.Name | ir.Literal | ir.Nil)
        )
