"""Splits the initializers of package variables into what is data and what is code.

In: the program after inlining, with gc's synthetic `init` holding one assignment a variable.
Out: a `Plan`: assignments whose effect the linker lays out, and the statements that stay.

The idea is gc's: walk the assignments in their order and try each one statically. Constants,
addresses of package variables, functions, composite literals of such, boxed values of such, and
inlined calls that come down to such, are data; unnamed parts get static names of their own. Parts
that need code are assigned at run time to their place inside the static whole. A variable that
copies another's initial value may do so statically only while no initializer could have written it.

Source: cmd/compile/internal/staticinit/sched.go, cmd/compile/internal/pkginit/init.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import copy, nodes, typefmt, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Name, Op
from mkdocs_gomem.compiler.staticinit import effects
from mkdocs_gomem.gotypes import (
    TYP,
    Array,
    Basic,
    BasicKind,
    Interface,
    Pointer,
    Slice,
    Struct,
    Type,
    Var,
    constants,
    predicates,
    under,
)
from mkdocs_gomem.gotypes.identical import identical
from mkdocs_gomem.gotypes.layout import is_direct_iface, offsetof, sizeof
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.source import Pos

Part = Var | int
"""One step into a value: a struct's field or an array's element."""
Path = tuple[Part, ...]


@dataclass(slots=True)
class Plan:
    """What static initialisation decided."""

    data: list[nodes.AssignStmt] = field(default_factory=list)
    """In order: executed before the program starts, they build what the linker lays out. Right
    sides are constants, functions, addresses of package variables, slices of static arrays and
    interfaces of static values; none allocates."""
    temps: list[Name] = field(default_factory=list)
    """Unnamed static variables, `main..stmp_0` and on."""
    filled: set[Name] = field(default_factory=set)
    """Package variables with a byte that is not zero in the file: data, not bss."""


def schedule(program: nodes.Program) -> Plan:
    """Leave in the package's `init` only what must run, and return what is data."""
    plan = Plan()
    init = program.package_init
    if init is None:
        return plan
    worker = _Schedule(program, init, plan)
    for statement in init.body:
        if not worker.try_static(statement):
            worker.out.append(statement)
    init.body = worker.out
    program.bodies.pop(init, None)
    return plan


class _Schedule:
    """One package's initializers, in order."""

    def __init__(self, program: nodes.Program, init: nodes.Func, plan: Plan) -> None:
        self.program = program
        self.init = init
        self.plan = plan
        self.out: list[nodes.Stmt] = []
        self.temps: dict[nodes.Expr, Name] = {}
        self.entries: dict[nodes.Expr, list[tuple[Path, nodes.Expr]]] = {}
        self.seen_mutation = False

    def try_static(self, statement: nodes.Stmt) -> bool:
        """Lay out one initializer; false when it must run."""
        match statement:
            case nodes.AssignStmt(x=x, y=y):
                left = [x]
                right = y
            case nodes.AssignListStmt(op=Op.AS2):
                return False
            case nodes.AssignListStmt(lhs=lhs, rhs=[only]):
                left, right = lhs, only
            case _:
                return False
        if right is None:
            return True
        if not self.seen_mutation:
            self.seen_mutation = effects.may_modify_package_variable(right)
        if all(map(_is_blank, left)) and not effects.any_side_effects(right):
            return True
        if len(left) > 1 or not isinstance(left[0], Name):
            return False
        return self.assign(left[0], (), right, left[0].type)

    # --- assigning

    def assign(self, name: Name, path: Path, value: nodes.Expr, typ: Type) -> bool:
        """Lay `value` out at a part of a package variable (gc's StaticAssign)."""
        while isinstance(value, nodes.ConvExpr) and value.op is Op.CONVNOP:
            value = value.x
        match value:
            case Name():
                return self.copy(name, path, value, typ)
            case nodes.SelectorExpr(op=Op.METHEXPR, func=nodes.Func()):
                return self.data(name, path, value, typ)
            case nodes.Nil():
                return True
            case nodes.Literal():
                return is_zero(value) or self.data(name, path, value, typ)
            case nodes.AddrExpr(op=Op.ADDR, x=target) if _is_static_place(target):
                return self.data(name, path, value, typ)
            case nodes.AddrExpr(x=nodes.CompLitExpr() as literal):
                temp = self.temp(literal.type, value.pos)
                self.temps[value] = temp
                self.data(name, path, _address(temp, value.type, value.pos), typ)
                self.part(temp, (), literal)
                return True
            case nodes.ConvExpr(op=Op.STR2BYTES, x=nodes.Literal()):
                return self.data(name, path, value, typ)
            case nodes.CompLitExpr(op=Op.SLICELIT):
                return self.slice(name, path, value, typ)
            case nodes.CompLitExpr(op=Op.ARRAYLIT | Op.STRUCTLIT):
                for inner, part in self.plan_of(value):
                    self.part(name, (*path, *inner), part)
                return True
            case nodes.ClosureExpr(func=func) if not func.closure_vars:
                return self.data(name, path, value, typ)
            case nodes.ConvExpr(op=Op.CONVIFACE):
                return self.interface(name, path, value, typ)
            case nodes.InlinedCallExpr():
                return self.inlined(name, path, value, typ)
            case _:
                return False

    def part(self, name: Name, path: Path, value: nodes.Expr) -> None:
        """Lay a part out, or leave an assignment of just that part to `init`."""
        if not self.assign(name, path, value, value.type):
            self.run(name, path, value, value.type)

    def run(self, name: Name, path: Path, value: nodes.Expr, typ: Type) -> None:
        """Leave an assignment to a part to `init`."""
        target = place(name, path, typ, value.pos)
        linksym = self.linksym(name, path, typ)
        self.out.append(nodes.AssignStmt(value.pos, target, value, linksym=linksym, op=Op.AS))

    def linksym(self, name: Name, path: Path, typ: Type) -> str:
        """Write a part of static data as gc does (LINKSYMOFFSET): type, symbol, offset in bytes."""
        short = name.name.removeprefix(f"{name.pkg.name}.") if name.pkg else name.name
        return f"({typefmt.type_string(typ)})({self.program.path}.{short}@{offset(name, path)})"

    def data(self, name: Name, path: Path, value: nodes.Expr, typ: Type) -> bool:
        """Note a part that the linker fills."""
        target = place(name, path, typ, value.pos)
        given = _converted(value, typ)
        self.plan.data.append(nodes.AssignStmt(value.pos, target, given, op=Op.AS))
        self.plan.filled.add(name)
        return True

    def slice(self, name: Name, path: Path, value: nodes.CompLitExpr, typ: Type) -> bool:
        """Lay out a slice literal: a static array, and the header that points to it."""
        element = under(value.type)
        if not isinstance(element, Slice):
            return False
        array = self.temp(Array(element.elem, value.length), value.pos)
        self.temps[value] = array
        whole = nodes.SliceExpr(
            value.pos,
            typ,
            _address(array, TYP[BasicKind.UNSAFE_POINTER], value.pos),
            op=Op.SLICEARR,
        )
        self.data(name, path, whole, typ)
        for inner, part in self.plan_of(value):
            self.part(array, inner, part)
        return True

    def interface(self, name: Name, path: Path, value: nodes.ConvExpr, typ: Type) -> bool:
        """Lay out an interface value: type word, and a static copy of what is boxed."""
        concrete: nodes.Expr = value
        while isinstance(concrete, nodes.ConvExpr) and concrete.op is Op.CONVIFACE:
            concrete = concrete.x
        if isinstance(under(concrete.type), Interface):
            return isinstance(concrete, nodes.Nil)
        if _has_shape(concrete.type):
            return False
        box = self.temp(concrete.type, value.pos)
        self.temps[concrete] = box
        if is_direct_iface(concrete.type):
            if not self.assign(box, (), concrete, concrete.type):
                self.plan.temps.remove(box)
                del self.temps[concrete]
                converted = nodes.ConvExpr(value.pos, typ, concrete, op=Op.CONVIFACE, implicit=True)
                self.run(name, path, converted, typ)
                return True
        else:
            self.part(box, (), concrete)
        word = nodes.ConvExpr(value.pos, typ, box, op=Op.CONVIFACE, implicit=True)
        return self.data(name, path, word, typ)

    # --- copying what another variable starts with

    def copy(self, name: Name, path: Path, other: Name, typ: Type) -> bool:
        """Give a part the initial value of another package variable (gc's staticcopy)."""
        if other.cls is Class.FUNC:
            return self.data(name, path, other, typ)
        if other.cls is not Class.EXTERN or other.pkg is None or other.pkg.name != "main":
            return False
        defn = other.defn
        if not isinstance(defn, nodes.AssignStmt) or defn.y is None:
            return False
        if predicates.is_string(other.type) or self.seen_mutation:
            return False
        value = defn.y
        while (
            isinstance(value, nodes.ConvExpr)
            and value.op is Op.CONVNOP
            and not identical(value.type, typ)
        ):
            value = value.x
        match value:
            case Name():
                if not self.copy(name, path, value, typ):
                    self.run(name, path, value, typ)
                return True
            case nodes.SelectorExpr(op=Op.METHEXPR, func=nodes.Func()):
                return self.data(name, path, value, typ)
            case nodes.Nil():
                return True
            case nodes.Literal():
                return is_zero(value) or self.data(name, path, value, typ)
            case nodes.AddrExpr(op=Op.ADDR, x=Name(cls=Class.EXTERN)):
                return self.data(name, path, value, typ)
            case nodes.AddrExpr(op=Op.PTRLIT) if value in self.temps:
                return self.data(
                    name, path, _address(self.temps[value], value.type, value.pos), typ
                )
            case nodes.CompLitExpr(op=Op.SLICELIT) if value in self.temps:
                array = _address(self.temps[value], TYP[BasicKind.UNSAFE_POINTER], value.pos)
                whole = nodes.SliceExpr(value.pos, typ, array, op=Op.SLICEARR)
                return self.data(name, path, whole, typ)
            case nodes.CompLitExpr(op=Op.ARRAYLIT | Op.STRUCTLIT):
                for inner, part in self.plan_of(value):
                    self.copy_part(name, (*path, *inner), other, inner, part)
                return True
            case _:
                return False

    def copy_part(self, name: Name, path: Path, other: Name, inner: Path, part: nodes.Expr) -> None:
        """Copy one part of a literal; what needs code is copied from the other at run time."""
        match part:
            case nodes.Literal() | nodes.Nil():
                self.data(name, path, part, part.type)
            case Name() if self.copy(name, path, part, part.type):
                pass
            case _:
                self.run(name, path, place(other, inner, part.type, part.pos), part.type)

    # --- literals

    def plan_of(self, literal: nodes.CompLitExpr) -> list[tuple[Path, nodes.Expr]]:
        """List the parts of a literal that are not zero, nested structs and arrays flattened."""
        known = self.entries.get(literal)
        if known is not None:
            return known
        entries: list[tuple[Path, nodes.Expr]] = []
        self.entries[literal] = entries
        index = 0
        for element in literal.elems:
            inner: Path
            match element:
                case nodes.StructKeyExpr(member=member, value=value, through=through):
                    if member.name == "_":
                        continue
                    inner = (*through, member)
                case nodes.KeyExpr(key=key, value=value):
                    index = _index(key)
                    inner = (index,)
                    index += 1
                case _:
                    value, inner = element, (index,)
                    index += 1
            self.add(entries, inner, value)
        return entries

    def add(self, entries: list[tuple[Path, nodes.Expr]], path: Path, value: nodes.Expr) -> None:
        """Add one part to a plan, unless it is zero."""
        if is_zero(value):
            return
        if isinstance(value, nodes.CompLitExpr) and value.op in (Op.ARRAYLIT, Op.STRUCTLIT):
            entries += [((*path, *inner), part) for inner, part in self.plan_of(value)]
            return
        entries.append((path, value))

    def temp(self, typ: Type, pos: Pos) -> Name:
        """Make an unnamed static variable."""
        name = f"main..stmp_{len(self.plan.temps)}"
        pkg = self.program.globals[0].pkg if self.program.globals else None
        temp = Name(pos, typ, name, Class.EXTERN, pkg=pkg)
        self.plan.temps.append(temp)
        return temp

    # --- inlined calls

    def inlined(self, name: Name, path: Path, call: nodes.InlinedCallExpr, typ: Type) -> bool:
        """Try an inlined body that is one return, its arguments put in place of parameters."""
        init = [s for s in call.init if s.op is not Op.INLMARK]
        if len(init) > 1 or len(call.init) > 2:
            return False
        parameters: list[nodes.Expr] = []
        arguments: list[nodes.Expr] = []
        if init:
            match init[0]:
                case nodes.AssignListStmt(op=Op.AS2, lhs=lhs, rhs=rhs):
                    parameters, arguments = lhs, rhs
                case nodes.AssignStmt(x=x, y=nodes.Expr() as y):
                    parameters, arguments = [x], [y]
                case _:
                    return False
        result = _single_result(call)
        if result is None:
            return False
        names = [p for p in parameters if isinstance(p, Name)]
        if len(names) != len(parameters) or any(n.addrtaken for n in names):
            return False
        if any(map(effects.any_side_effects, arguments)):
            return False
        uses = dict.fromkeys(names, 0)
        for node in visit.within((result,)):
            if isinstance(node, Name) and node in uses:
                uses[node] += 1
            if isinstance(node, nodes.ClosureExpr) and node.func.closure_vars:
                return False
        for parameter, argument in zip(names, arguments, strict=True):
            if uses[parameter] > 1 and not effects.can_repeat(argument):
                return False
        table: dict[Name, nodes.Expr] = {
            n: a for n, a in zip(names, arguments, strict=True) if not _is_blank(n)
        }
        value = _substitute(self.init, result, table)
        return value is not None and self.assign(name, path, value, typ)


def _single_result(call: nodes.InlinedCallExpr) -> nodes.Expr | None:
    """Return the expression that an inlined body of one return statement returns."""
    match call.body:
        case [nodes.BlockStmt(body=[nodes.Decl(x=result), assign, nodes.BranchStmt(label=label)]),
              nodes.LabelStmt(label=end)] if label == end:  # fmt: skip
            pass
        case _:
            return None
    match assign:
        case nodes.AssignListStmt(op=Op.AS2, lhs=[target], rhs=[value]) if target is result:
            return value
        case nodes.AssignStmt(x=target, y=nodes.Expr() as value) if target is result:
            return value
        case _:
            return None


def _substitute(
    caller: nodes.Func, value: nodes.Expr, table: dict[Name, nodes.Expr]
) -> nodes.Expr | None:
    """Copy an expression with arguments for parameters; none when that needs code after all."""
    valid = True

    def edit(node: nodes.Node) -> nodes.Node:
        nonlocal valid
        if isinstance(node, Name | nodes.Literal | nodes.Nil | nodes.TypeExpr):
            return node
        visit.edit_children(node, edit)
        match node:
            case nodes.ConvExpr(op=Op.CONV, x=nodes.Literal() as literal):
                folded = _truncate(literal, node.type)
                valid = valid and folded is not None
                return node if folded is None else folded
            case nodes.AddStringExpr():
                return _merge_strings(node)
            case _:
                return node

    edited = edit(copy.Copier(caller, None, table, keep_locals=True).expr(value))
    return edited if valid and isinstance(edited, nodes.Expr) else None


def _truncate(literal: nodes.Literal, typ: Type) -> nodes.Literal | None:
    """Convert a constant as a conversion at run time would; none when gc leaves that to code."""
    value = literal.value
    source, target = under(literal.type), under(typ)
    if source != target:
        if not (predicates.is_integer(source) and predicates.is_integer(target)):
            return None
        if not isinstance(value, int):
            return None
        bits = _bits(typ)
        value &= (1 << bits) - 1
        if not predicates.is_unsigned(target) and value >> (bits - 1):
            value -= 1 << bits
    return nodes.Literal(
        literal.pos,
        typ,
        constants.make_int(value) if isinstance(value, int) else value,
        op=Op.LITERAL,
    )


def _bits(typ: Type) -> int:
    return sizeof(typ) * 8


def _merge_strings(node: nodes.AddStringExpr) -> nodes.Expr:
    """Join neighbouring constant operands."""
    merged: list[nodes.Expr] = []
    for operand in node.operands:
        before = merged[-1] if merged else None
        if isinstance(operand, nodes.Literal) and isinstance(before, nodes.Literal):
            text = constants.string_val(before.value) + constants.string_val(operand.value)
            merged[-1] = nodes.Literal(
                before.pos, node.type, constants.make_string(text), op=Op.LITERAL
            )
        else:
            merged.append(operand)
    if len(merged) == 1:
        return merged[0]
    node.operands = merged
    return node


def place(name: Name, path: Path, typ: Type, pos: Pos) -> nodes.Expr:
    """Write the place of a part as an expression: `v.f[3]`."""
    target: nodes.Expr = name
    for number, part in enumerate(path):
        last = number == len(path) - 1
        if isinstance(part, int):
            array = under(target.type)
            element = array.elem if isinstance(array, Array) else typ
            index = nodes.Literal(pos, TYP[BasicKind.INT], constants.make_int(part), op=Op.LITERAL)
            target = nodes.IndexExpr(pos, element, target, index, op=Op.INDEX)
        else:
            whole = typ if last or part.type is None else part.type
            target = nodes.SelectorExpr(pos, whole, target, part.name, part, op=Op.DOT)
    return target


def offset(name: Name, path: Path) -> int:
    """Return where a part begins in the whole, in bytes."""
    at, typ = 0, name.type
    for part in path:
        whole = under(typ)
        if isinstance(part, int):
            if not isinstance(whole, Array):
                raise TypeError(f"{typ} has no elements")
            typ = whole.elem
            at += part * sizeof(typ)
        else:
            if not isinstance(whole, Struct) or part.type is None:
                raise TypeError(f"{typ} has no fields")
            number = next(i for i, field in enumerate(whole.fields) if field.name == part.name)
            typ = part.type
            at += offsetof(whole, (number,))
    return at


def is_zero(value: nodes.Expr) -> bool:
    """Say whether a constant expression is all zero bytes (ir.IsZero)."""
    match value:
        case nodes.Nil():
            return True
        case nodes.Literal(value=constant):
            if isinstance(constant, bytes):
                return not constant
            if isinstance(constant, bool):
                return not constant
            return constants.sign(constant) == 0
        case nodes.CompLitExpr(op=Op.ARRAYLIT | Op.STRUCTLIT, elems=elems):
            return all(
                is_zero(e.value)
                if isinstance(e, nodes.KeyExpr | nodes.StructKeyExpr)
                else is_zero(e)
                for e in elems
            )
        case _:
            return False


def _converted(value: nodes.Expr, typ: Type) -> nodes.Expr:
    """Return a pointer with what was left out: it becomes an `unsafe.Pointer` or a `uintptr`."""
    wanted = under(typ)
    if isinstance(wanted, Basic) and isinstance(under(value.type), Pointer):
        unsafe = TYP[BasicKind.UNSAFE_POINTER]
        value = nodes.ConvExpr(value.pos, unsafe, value, op=Op.CONVNOP)
        if wanted.kind is BasicKind.UINTPTR:
            value = nodes.ConvExpr(value.pos, typ, value, op=Op.CONVNOP)
    return value


def _address(name: Name, typ: Type, pos: Pos) -> nodes.AddrExpr:
    return nodes.AddrExpr(pos, typ, name, op=Op.ADDR)


def _is_blank(node: nodes.Node) -> bool:
    return isinstance(node, Name) and node.name in ("_", "main._")


def _is_static_place(node: nodes.Expr) -> bool:
    """Say whether a place is a package variable or a fixed part of one (gc's StaticLoc)."""
    match node:
        case Name(cls=cls):
            return cls is Class.EXTERN
        case nodes.SelectorExpr(op=Op.DOT, x=inner):
            return _is_static_place(inner)
        case nodes.IndexExpr(op=Op.INDEX, x=inner, index=nodes.Literal()):
            return isinstance(under(inner.type), Array) and _is_static_place(inner)
        case _:
            return False


def _index(key: nodes.Expr) -> int:
    if isinstance(key, nodes.Literal):
        return constants.int64_val(key.value)[0]
    raise ValueError("an array literal's key is a constant")


def _has_shape(typ: Type) -> bool:
    return "go.shape." in str(typ)
