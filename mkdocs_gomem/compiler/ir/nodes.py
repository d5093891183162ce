"""The typed tree in the shape of gc's IR, between type checker and decisions.

Names, fields and ops are those of cmd/compile/internal/ir (node.go, expr.go, stmt.go, name.go,
func.go; go1.27) in snake case, so that inliner, escape analysis and printing can be read beside
gc's. What gc stores in one struct with several ops is one class with an `op` here too.

Invariants (held by `sanity.check`):
  1. nodes compare by identity and are keys of side tables; a node stands in one place of one tree,
     except `Name`, `Literal` of a shared constant and `Func`;
  2. every expression has a type; a call of several results has a `Tuple`;
  3. `pos` is where the author (or std) wrote it, `mark` says through which inlined calls it came:
     gc's outermost position is `outermost(node)`.

Not here: how nodes are made (`lower`), printed (`fmt`) or visited (`visit`).
"""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias

from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import NO_POS, Pos, spell

if TYPE_CHECKING:
    from mkdocs_gomem import gotypes
    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.gotypes import constants


class Op(enum.IntEnum):
    """What a node does, under gc's names without the leading O."""

    # names and constants
    NAME = enum.auto()
    """A variable or function."""
    TYPE = enum.auto()
    """A type that stands where an expression does."""
    LITERAL = enum.auto()
    """A constant."""
    NIL = enum.auto()
    """`nil` of a type."""
    # arithmetic
    ADD = enum.auto()
    SUB = enum.auto()
    OR = enum.auto()
    XOR = enum.auto()
    MUL = enum.auto()
    DIV = enum.auto()
    MOD = enum.auto()
    LSH = enum.auto()
    RSH = enum.auto()
    AND = enum.auto()
    ANDNOT = enum.auto()
    EQ = enum.auto()
    NE = enum.auto()
    LT = enum.auto()
    LE = enum.auto()
    GE = enum.auto()
    GT = enum.auto()
    ANDAND = enum.auto()
    OROR = enum.auto()
    NOT = enum.auto()
    BITNOT = enum.auto()
    PLUS = enum.auto()
    NEG = enum.auto()
    ADDSTR = enum.auto()
    """`a + b + c` of strings, flattened."""
    # pointers, parts
    ADDR = enum.auto()
    """`&x`"""
    PTRLIT = enum.auto()
    """`&T{…}`"""
    DEREF = enum.auto()
    """`*p`"""
    DOT = enum.auto()
    """`x.f`, x a struct"""
    DOTPTR = enum.auto()
    """`p.f`, p a pointer to struct"""
    DOTMETH = enum.auto()
    """`x.M` called, x not an interface; only before `fix_method_call`"""
    DOTINTER = enum.auto()
    """`i.M` called, i an interface"""
    METHEXPR = enum.auto()
    """`T.M`"""
    METHVALUE = enum.auto()
    """`x.M`, not called"""
    INDEX = enum.auto()
    """`a[i]` of an array, slice, string or pointer to array"""
    INDEXMAP = enum.auto()
    """`m[k]`"""
    SLICE = enum.auto()
    SLICEARR = enum.auto()
    """`p[i:j]`, p a pointer to array (an array operand was given an implicit `&`)"""
    SLICESTR = enum.auto()
    SLICE3 = enum.auto()
    SLICE3ARR = enum.auto()
    DOTTYPE = enum.auto()
    """`i.(T)`"""
    DOTTYPE2 = enum.auto()
    """`v, ok = i.(T)`"""
    DYNAMICDOTTYPE = enum.auto()
    """`i.(T)`, T known only from a dictionary"""
    DYNAMICDOTTYPE2 = enum.auto()
    DYNAMICTYPE = enum.auto()
    # conversions
    CONV = enum.auto()
    CONVIFACE = enum.auto()
    CONVNOP = enum.auto()
    BYTES2STR = enum.auto()
    RUNES2STR = enum.auto()
    STR2BYTES = enum.auto()
    STR2RUNES = enum.auto()
    RUNESTR = enum.auto()
    SLICE2ARR = enum.auto()
    SLICE2ARRPTR = enum.auto()
    # literals
    ARRAYLIT = enum.auto()
    SLICELIT = enum.auto()
    STRUCTLIT = enum.auto()
    MAPLIT = enum.auto()
    CLOSURE = enum.auto()
    """`func() {…}`"""
    KEY = enum.auto()
    """`k: v` in an array, slice or map literal"""
    STRUCTKEY = enum.auto()
    """`f: v` in a struct literal"""
    # calls and builtins
    CALLFUNC = enum.auto()
    """`f(…)`; also a method, as `T.M(recv, …)`"""
    CALLINTER = enum.auto()
    """`i.M(…)`"""
    INLCALL = enum.auto()
    """A call that was replaced by its body."""
    APPEND = enum.auto()
    CAP = enum.auto()
    CLEAR = enum.auto()
    CLOSE = enum.auto()
    COMPLEX = enum.auto()
    COPY = enum.auto()
    DELETE = enum.auto()
    IMAG = enum.auto()
    LEN = enum.auto()
    MAKECHAN = enum.auto()
    MAKEMAP = enum.auto()
    MAKESLICE = enum.auto()
    MAX = enum.auto()
    MIN = enum.auto()
    NEW = enum.auto()
    PANIC = enum.auto()
    PRINT = enum.auto()
    PRINTLN = enum.auto()
    REAL = enum.auto()
    RECOVER = enum.auto()
    RECV = enum.auto()
    """`<-c`"""
    UNSAFEADD = enum.auto()
    UNSAFESLICE = enum.auto()
    UNSAFESLICEDATA = enum.auto()
    UNSAFESTRING = enum.auto()
    UNSAFESTRINGDATA = enum.auto()
    PAREN = enum.auto()
    # statements
    AS = enum.auto()
    """`x = y`, or `x := y` when `def_`"""
    AS2 = enum.auto()
    """`x, y = a, b`"""
    AS2DOTTYPE = enum.auto()
    AS2FUNC = enum.auto()
    AS2MAPR = enum.auto()
    AS2RECV = enum.auto()
    SELRECV2 = enum.auto()
    """`x, ok = <-c` as the communication of a select case"""
    ASOP = enum.auto()
    """`x += y`"""
    BLOCK = enum.auto()
    BREAK = enum.auto()
    CASE = enum.auto()
    CONTINUE = enum.auto()
    CHECKNIL = enum.auto()
    """A panic if an interface is nil."""
    DCL = enum.auto()
    """`var x T`, without its value"""
    DEFER = enum.auto()
    FALL = enum.auto()
    FOR = enum.auto()
    GO = enum.auto()
    GOTO = enum.auto()
    IF = enum.auto()
    INLMARK = enum.auto()
    """Start of an inlined body."""
    LABEL = enum.auto()
    RANGE = enum.auto()
    RETURN = enum.auto()
    SELECT = enum.auto()
    SEND = enum.auto()
    SWITCH = enum.auto()
    TYPESW = enum.auto()
    """`x := i.(type)`, the tag of a type switch"""


class Class(enum.Enum):
    """What kind of storage a name stands for (ir.Class)."""

    __hash__ = object.__hash__  # a member is itself; Enum's would hash its name at each look-up

    EXTERN = "PEXTERN"
    """A package variable."""
    AUTO = "PAUTO"
    """A local."""
    AUTOHEAP = "PAUTOHEAP"
    """A local or parameter that was moved to the heap."""
    PARAM = "PPARAM"
    PARAMOUT = "PPARAMOUT"
    FUNC = "PFUNC"


@dataclass(slots=True, eq=False, frozen=True, repr=False)
class Mark:
    """One inlined call: where it stood and what it called; `parent` is the call around it."""

    pos: Pos
    """Position of the call that was replaced."""
    func: Func
    """What was inlined (the original, not the copy)."""
    parent: Mark | None


@dataclass(slots=True, eq=False, repr=False)
class Node:
    """What every node has."""

    pos: Pos
    mark: Mark | None = field(default=None, kw_only=True)
    op: Op = field(default=Op.BLOCK, kw_only=True)

    def __repr__(self) -> str:  # type: ignore[explicit-override]
        # Short: nodes refer to each other in circles, and failing tests print what they hold.
        return f"<{self.op.name} at {spell(self.pos)}>"


def outermost(node: Node) -> Pos:
    """Return the position that gc prints for a node: its outermost inlined call, or its own.

    What has none, like a variable that stands for a loop over a function, has none inlined.
    """
    mark = node.mark
    if mark is None or not node.pos:
        return node.pos
    while mark.parent is not None:
        mark = mark.parent
    return mark.pos


class _NoStmts(list["Stmt"]):
    """The `init` of most nodes: one for all, so nothing may be put in (`add_init` does not)."""

    __slots__ = ()

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a node's `init` is replaced, not changed")

    append = extend = insert = __setitem__ = __iadd__ = _refuse


NO_STMTS: Final = _NoStmts()
"""A list of its own for each node would be every fourth object that decisions make."""


def add_init(node: Expr | Stmt, *statements: Stmt) -> None:
    """Let statements run before a node, after those that do already."""
    node.init = [*node.init, *statements]


@dataclass(slots=True, eq=False, repr=False)
class Expr(Node):
    """An expression; `init` holds statements that run just before it."""

    type: gotypes.Type
    init: list[Stmt] = field(default=NO_STMTS, kw_only=True)
    implicit: bool = field(default=False, kw_only=True)
    """Made by the compiler: printing leaves it out (ADDR, DEREF, CONV…, PAREN, COMPLIT)."""


@dataclass(slots=True, eq=False, repr=False)
class Name(Expr):
    """`x`: a variable or a function; one object for all its uses (ir.Name)."""

    name: str
    """As printed: `x`, `~r0`, `.autotmp_3`, `main.createPointer`, `os.Stdout`."""
    cls: Class
    curfn: Func | None = None
    """The function whose frame it is in; none for package level."""
    func: Func | None = None
    """For `Class.FUNC`: the function itself."""
    origin: gotypes.Object | None = None
    """What the author declared; none for what the compiler made."""
    pkg: gotypes.Package | None = None
    defn: Node | None = None
    """The one statement that defines it (`:=`, `var`, range…), when there is just one."""
    outer: Name | None = None
    """For a closure variable: the variable of the enclosing function that it stands for."""
    decl_pos: Pos = NO_POS
    is_closure_var: bool = False
    by_value: bool = False
    """For a closure variable: captured as a copy (decided by escape's `flow_closure`)."""
    addrtaken: bool = False
    reassigned: bool = False
    auto_temp: bool = False
    used: bool = False
    inl_local: bool = False
    """A local of an inlined body (gc's InlLocal)."""
    inl_formal: bool = False
    """Stands for a parameter of an inlined call (gc's InlFormal)."""
    loop_var: bool = False
    """Declared by a 3-clause for or a range clause: one for each turn since Go 1.22."""
    copied_from: Name | None = None
    """For the copy of an inlined function's variable: the variable of its own body."""
    dictionary: Dictionary | None = None
    """For the package variable `.dict.F[int]`: what is in it (see `lower.generics`)."""

    def __post_init__(self) -> None:
        self.op = Op.NAME

    @property
    def canonical(self) -> Name:
        """The variable itself, for a closure variable the one it stands for (ir.Name.Canonical)."""
        name = self
        while name.is_closure_var and name.outer is not None:
            name = name.outer
        return name


@dataclass(slots=True, eq=False, repr=False)
class TypeExpr(Expr):
    """A type that stands where an expression does: TYPE, DYNAMICTYPE."""

    rtype: Expr | None = None
    """For DYNAMICTYPE: the dictionary word with the type that it stands for; no child."""


@dataclass(slots=True, eq=False, repr=False)
class Literal(Expr):
    """A constant of a typed kind (gc's BasicLit); untyped ones have been given their type."""

    value: constants.Value


@dataclass(slots=True, eq=False, repr=False)
class Nil(Expr):
    """`nil`, with the type it has here."""


@dataclass(slots=True, eq=False, repr=False)
class BinaryExpr(Expr):
    """`x + y`: arithmetic and comparison ops, ANDAND and OROR, COPY, COMPLEX, UNSAFE… ."""

    x: Expr
    y: Expr


@dataclass(slots=True, eq=False, repr=False)
class UnaryExpr(Expr):
    """`-x`: NOT NEG PLUS BITNOT RECV LEN CAP CLOSE CLEAR PANIC NEW REAL IMAG UNSAFE…DATA.

    NEW has a TypeExpr as operand.
    """

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class AddStringExpr(Expr):
    """`a + b + c` of strings (ADDSTR)."""

    operands: list[Expr]


@dataclass(slots=True, eq=False, repr=False)
class AddrExpr(Expr):
    """`&x` (ADDR), or `&T{…}` (PTRLIT)."""

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class StarExpr(Expr):
    """`*p` (DEREF)."""

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class ParenExpr(Expr):
    """`(x)`"""

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class SelectorExpr(Expr):
    """`x.sel`: DOT DOTPTR DOTMETH DOTINTER METHVALUE METHEXPR."""

    x: Expr
    """For METHEXPR a TypeExpr."""
    sel: str
    selection: gotypes.Var | gotypes.Func | None
    """The field or method."""
    func: Func | None = None
    """For a static method (METHEXPR, METHVALUE on a concrete type): the function."""
    offset: int = 0
    """Bytes from the start of the struct, for DOT and DOTPTR."""


@dataclass(slots=True, eq=False, repr=False)
class IndexExpr(Expr):
    """`x[index]`: INDEX, INDEXMAP."""

    x: Expr
    index: Expr
    assigned: bool = False
    """The map element is assigned to, so the key is put into the map."""
    word: int | None = None
    """For a word of a dictionary: its number in `Dictionary.words`; `index` is gc's."""


@dataclass(slots=True, eq=False, repr=False)
class SliceExpr(Expr):
    """`x[low:high:max]`: SLICE SLICEARR SLICESTR SLICE3 SLICE3ARR."""

    x: Expr
    low: Expr | None = None
    high: Expr | None = None
    max: Expr | None = None


@dataclass(slots=True, eq=False, repr=False)
class TypeAssertExpr(Expr):
    """`x.(T)`: DOTTYPE, DOTTYPE2, DYNAMICDOTTYPE, DYNAMICDOTTYPE2; `type` is T."""

    x: Expr
    rtype: Expr | None = None
    """For DYNAMIC…: the dictionary word with the type that is asked for; no child."""
    nil_panics: bool = False
    """Made for a call that is no longer an interface's: of nil it panics as that call did."""


@dataclass(slots=True, eq=False, repr=False)
class ConvExpr(Expr):
    """`T(x)`: CONV CONVIFACE CONVNOP, string conversions, SLICE2ARR(PTR)."""

    x: Expr
    rtype: Expr | None = None
    """For CONVIFACE of a value whose type is known only from a dictionary: that word; no child."""
    literal: CompLitExpr | None = None
    """For CONVIFACE of a variable that never changes: the literal it is set to, if nothing but
    constants (found by escape); no child."""


@dataclass(slots=True, eq=False, repr=False)
class CompLitExpr(Expr):
    """`T{…}`: ARRAYLIT SLICELIT (elements or KeyExpr), STRUCTLIT (StructKeyExpr), MAPLIT."""

    elems: list[Expr]
    length: int = 0
    """Backing array length of a SLICELIT."""


@dataclass(slots=True, eq=False, repr=False)
class KeyExpr(Expr):
    """`key: value` of an array, slice or map literal; its type is the value's."""

    key: Expr
    value: Expr


@dataclass(slots=True, eq=False, repr=False)
class StructKeyExpr(Expr):
    """`field: value` of a struct literal."""

    member: gotypes.Var
    value: Expr
    through: tuple[gotypes.Var, ...] = ()
    """For a promoted field: the embedded ones that lead to it, outermost first."""


@dataclass(slots=True, eq=False, repr=False)
class ClosureExpr(Expr):
    """`func(…) {…}`"""

    func: Func
    is_go_wrap: bool = False
    """Made by the compiler around the call of a go or defer statement."""


@dataclass(slots=True, eq=False, repr=False)
class CallExpr(Expr):
    """`fun(args)`: CALLFUNC CALLINTER; APPEND DELETE MIN MAX PRINT PRINTLN RECOVER (no `fun`)."""

    fun: Expr | None
    args: list[Expr]
    is_ddd: bool = False
    """`f(xs...)` as the author wrote it."""
    go_defer: bool = False
    no_inline: bool = False
    discarded: bool = False
    """The results are not used (an expression statement)."""
    defer_at: Expr | None = None
    """For a deferred call out of a range-over-func body: the token of the outer function."""


@dataclass(slots=True, eq=False, repr=False)
class MakeExpr(Expr):
    """`make(T, len, cap)`: MAKECHAN MAKEMAP MAKESLICE; `type` is T."""

    len: Expr | None
    cap: Expr | None = None


@dataclass(slots=True, eq=False, repr=False)
class InlinedCallExpr(Expr):
    """A call replaced by its body: `init` binds arguments, `body` runs, `return_vars` are results.

    The original call is kept, so that a player can show it as a frame with no frame of its own.
    """

    call: CallExpr
    func: Func
    """What was inlined."""
    inner: Mark
    """The mark that the nodes of this body carry."""
    body: list[Stmt]
    return_vars: list[Expr]


# Statements.


@dataclass(slots=True, eq=False, repr=False)
class Stmt(Node):
    """A statement; `init` holds statements that run just before it."""

    init: list[Stmt] = field(default=NO_STMTS, kw_only=True)


@dataclass(slots=True, eq=False, repr=False)
class ExprStmt(Stmt):
    """An expression for its effects: a call, a receive (gc lets the node stand by itself)."""

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class AssignStmt(Stmt):
    """`x = y` (AS); `y` none is `var x T`; `def_` is `x := y`, with a Decl in `init`."""

    x: Expr
    y: Expr | None
    def_: bool = False
    linksym: str = ""
    """How gc writes `x` when it is a part of static data: `([]int)(main..stmp_2@0)`."""


@dataclass(slots=True, eq=False, repr=False)
class AssignListStmt(Stmt):
    """`x, y = a, b` (AS2), or one right side of several values (AS2FUNC, AS2MAPR, …)."""

    lhs: list[Expr]
    rhs: list[Expr]
    def_: bool = False


@dataclass(slots=True, eq=False, repr=False)
class AssignOpStmt(Stmt):
    """`x += y`, `x++`: `as_op` is ADD, SUB, …"""

    as_op: Op
    x: Expr
    y: Expr
    inc_dec: bool = False


@dataclass(slots=True, eq=False, repr=False)
class BlockStmt(Stmt):
    """`{ … }`"""

    body: list[Stmt]


@dataclass(slots=True, eq=False, repr=False)
class BranchStmt(Stmt):
    """`break L`: BREAK CONTINUE FALL GOTO."""

    label: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Decl(Stmt):
    """`var x T`, just the storage (DCL)."""

    x: Name


@dataclass(slots=True, eq=False, repr=False)
class ForStmt(Stmt):
    """`for init; cond; post { body }`"""

    cond: Expr | None
    post: Stmt | None
    body: list[Stmt]
    label: str = ""
    distinct_vars: bool = False
    """The clause's variables are new in each turn (Go 1.22 and later)."""


@dataclass(slots=True, eq=False, repr=False)
class GoDeferStmt(Stmt):
    """`go call`, `defer call`: GO, DEFER."""

    call: Expr


@dataclass(slots=True, eq=False, repr=False)
class IfStmt(Stmt):
    """`if cond { body } else { else_ }`"""

    cond: Expr
    body: list[Stmt]
    else_: list[Stmt]
    dropped: list[Stmt] = field(default_factory=list, kw_only=True)
    """What a constant condition leaves out: annotated for readers, skipped by every decision."""


@dataclass(slots=True, eq=False, repr=False)
class InlineMarkStmt(Stmt):
    """Start of an inlined body (INLMARK)."""

    call: CallExpr


@dataclass(slots=True, eq=False, repr=False)
class LabelStmt(Stmt):
    """`label:`"""

    label: str


@dataclass(slots=True, eq=False, repr=False)
class RangeStmt(Stmt):
    """`for key, value = range x { body }`; range over functions has been rewritten to calls."""

    x: Expr
    key: Expr | None
    value: Expr | None
    body: list[Stmt]
    label: str = ""
    def_: bool = False
    distinct_vars: bool = False


@dataclass(slots=True, eq=False, repr=False)
class ReturnStmt(Stmt):
    """`return results`"""

    results: list[Expr]


@dataclass(slots=True, eq=False, repr=False)
class SendStmt(Stmt):
    """`chan <- value`"""

    chan: Expr
    value: Expr


@dataclass(slots=True, eq=False, repr=False)
class TypeSwitchGuard(Stmt):
    """`tag := x.(type)`"""

    tag: str
    """The variable's name; empty when there is none."""
    x: Expr
    used: bool = False


@dataclass(slots=True, eq=False, repr=False)
class CaseClause(Stmt):
    """`case values: body`; no values is default. Types are TypeExpr, `nil` is Nil."""

    values: list[Expr]
    body: list[Stmt]
    var: Name | None = None
    """The type switch's variable, as it is in this case."""


@dataclass(slots=True, eq=False, repr=False)
class SwitchStmt(Stmt):
    """`switch tag { cases }`"""

    tag: Expr | TypeSwitchGuard | None
    cases: list[CaseClause]
    label: str = ""


@dataclass(slots=True, eq=False, repr=False)
class CommClause(Stmt):
    """`case comm: body` of a select; none is default."""

    comm: Stmt | None
    body: list[Stmt]


@dataclass(slots=True, eq=False, repr=False)
class SelectStmt(Stmt):
    """`select { cases }`"""

    cases: list[CommClause]
    label: str = ""


@dataclass(slots=True, eq=False, repr=False)
class CheckNilStmt(Stmt):
    """Panics if the interface `x` is nil: before `go`, `defer` and values of its methods."""

    x: Expr


@dataclass(slots=True, eq=False, repr=False)
class Dictionary:
    """What a shaped function must know of its real type arguments (see `lower.generics`)."""

    name: str
    """As linked: `main..dict.F[int]`."""
    targs: tuple[gotypes.Type, ...]
    type: gotypes.Type
    """For gc: an array of words."""
    words: list[DictWord] = field(default_factory=list)
    """By the indexes that shaped code uses; complete when `lower` returns."""


IMPRECISE = "imprecise interface call"
"""What gc remarks of a method called on a type argument that is an interface."""

DictWord: TypeAlias = "Func | Dictionary | gotypes.Type"
"""A method of a type argument, as a method expression; the dictionary of a generic function or
type that is used inside; a type."""


@dataclass(slots=True, eq=False, repr=False)
class Func:
    """A function, method or function literal, with its variables (ir.Func)."""

    pos: Pos
    """The token after `func` of a declaration; the `func` of a literal."""
    name: str
    """As gc prints it: `createPointer`, `(*T).M`, `main.func1`, `slices.Sort[go.shape.[]int]`."""
    link_name: str
    """As the linker knows it: `main.createPointer`, `main.(*T).M`, `main.main.func1`."""
    type: gotypes.Signature
    pkg: gotypes.Package | None
    nname: Name = field(init=False)
    params: list[Name] = field(default_factory=list)
    """Receiver, dictionary of a shaped function (`.dict`), then parameters, as gc has them."""
    results: list[Name] = field(default_factory=list)
    body: list[Stmt] = field(default_factory=list)
    dcl: list[Name] = field(default_factory=list)
    """Every parameter, result and local, in the order of declaration."""
    closure_vars: list[Name] = field(default_factory=list)
    """What a literal captures, each with `outer`."""
    closures: list[Func] = field(default_factory=list)
    """The function literals directly inside."""
    outer: Func | None = None
    """The function around a literal."""
    closure: ClosureExpr | None = None
    """The literal itself, for a function literal."""
    origin: gotypes.Func | None = None
    """What was declared; none for literals and wrappers."""
    pragmas: frozenset[str] = frozenset()
    """`go:noinline`, `go:nosplit`, … as written."""
    has_body: bool = True
    is_method: bool = False
    is_wrapper: bool = False
    is_dupok: bool = False
    """Shape instances and generic wrappers: no lines about their parameters are printed."""
    is_shaped: bool = False
    dict_param: Name | None = None
    """The dictionary of a shaped function, also when it is a captured variable."""
    shaped: Func | None = None
    """For the wrapper `F[int]`: the shaped function that it calls."""
    is_package_init: bool = False
    """gc's synthetic `init`, which fills package variables."""
    is_go_wrap: bool = False
    wrapped: Func | None = None
    """For a go or defer wrapper: the function it was written for, which stays in the file."""
    range_parent: Func | None = None
    """For the body of a range-over-func loop: the function whose loop it is."""
    has_defer: bool = False
    has_recover: bool = False
    can_delay_results: bool = False
    inline_cost: int | None = None
    """Budget used, when it can be inlined; none when it can't."""
    inline_refusal: str = ""
    """gc's reason (as at `-m=2`) when it can't be inlined."""
    num_defer: int = 0
    tags: tuple[str, ...] | None = None
    """Escape tags of receiver and parameters, as gc encodes them; none while not known."""
    source_line: int = 0
    end: Pos = NO_POS
    """The closing brace of the body."""
    inlined_copy_of: Func | None = None
    """For a literal that was copied with an inlined body: the literal it copies."""
    is_lowered: bool = False
    """Parameters and body are there; functions of std get them from `body_of`."""
    is_local: bool = False
    """Declared in the package itself (or an instance made for it): analysed, not looked up."""
    dictionary: Dictionary | None = None
    """For the wrapper `F[int]`: the dictionary it passes on."""
    dropped_at: list[Pos] = field(default_factory=list)
    """Statements that gc leaves out: after a terminating one, or under a constant condition."""
    unit: object = None
    """What code generation keeps of a function of std, for all programs of the process."""
    imprecise: tuple[Pos, ...] = ()
    """Calls of methods that gc finds imprecise, without those in its literals."""
    gens: dict[str, int] = field(default_factory=dict)
    """How many literals, range bodies and go wrappers were named after it."""

    def __repr__(self) -> str:  # type: ignore[explicit-override]
        return f"<Func {self.link_name}>"

    @property
    def is_closure(self) -> bool:
        """A literal that captures something; others are functions like any (ir.Func.IsClosure)."""
        return self.closure is not None and bool(self.closure_vars)


@dataclass(frozen=True, slots=True)
class Remark:
    """One line that gc prints at `-m`, from whichever room decided it."""

    pos: Pos
    text: str


@dataclass(slots=True, eq=False, repr=False)
class Program:
    """A package with what it needs of std, ready for decisions (made by `lower`, then `inline`)."""

    path: str
    """Import path: `main` for programs."""
    funcs: list[Func]
    """Declared functions, methods and shape instances to analyse and print, in gc's order."""
    imported: dict[str, Func]
    """Functions of other packages that are called, by link name; `body_of` fills bodies."""
    globals: list[Name]
    """Package variables of the user's files, in order of declaration."""
    init_order: list[AssignStmt | AssignListStmt]
    """Package variable initialisers, in the order of execution (`go/types` Info.InitOrder)."""
    inits: list[Func]
    """The author's `init` functions, in order."""
    package_init: Func | None
    """gc's synthetic `init` with `init_order` as its body; none when nothing runs."""
    main: Func | None
    remarks: list[Remark] = field(default_factory=list)
    """In gc's order of printing."""
    wrappers: list[Func] = field(default_factory=list)
    """Methods by embedding that gc makes after inlining, as far as remarks show them; not run."""
    files: tuple[str, ...] = ()
    needs_reading: bool = False
    """Something depends on which types gc read, so the package has to be lowered with
    `everything`: a method of an instance of std came up only when a call was inlined, and it is
    compiled with the program if its type was read; or two inlined bodies made pointers to a type
    of std, which gc holds for one type only if it was read."""
    bodies: dict[Func, list[Node]] = field(default_factory=dict)
    """All nodes of functions' bodies as inlining left them, where they were listed: for who comes
    next. Who changes a body takes its list out."""
    lowerer: Lowerer = field(init=False)
    """Makes what nobody asked for yet: see `lower.method_of`."""
