"""Interface calls whose receiver has one known concrete type become calls of its method.

`concrete_type` follows a receiver to all that is assigned to it: if that is always the same
concrete type, `x.M()` becomes `x.(*T).M()`, which can be inlined. What is assigned to interface
variables is collected once for a function, and again for what is inlined into it.

Source: cmd/compile/internal/devirtualize/devirtualize.go (StaticCall, State), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from mkdocs_gomem.compiler.inline import decide
from mkdocs_gomem.compiler.ir import fmt, nodes, typefmt, visit
from mkdocs_gomem.compiler.ir.lower import conversions, exprs, wrappers
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Node, Op
from mkdocs_gomem.compiler.ir.reassignment import is_blank, outer_value, single_result
from mkdocs_gomem.gotypes import lookup, objects, types, typesets
from mkdocs_gomem.gotypes.types import Type
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.inline.state import State

Assignment: TypeAlias = "Expr | Type | None"
"""What is assigned: an expression, some value of a concrete type, or nobody knows."""


class _NoType(Type):
    """What an interface that is only ever nil holds."""


_NO_TYPE: Final = _NoType()


@dataclass(slots=True)
class _CallRef:
    """An assignment of a call's result, to be looked at again when the call is inlined."""

    name: Name
    index: int
    result: int


@dataclass(slots=True)
class Devirtualizer:
    """What is assigned to interface variables, as far as it was needed."""

    state: State
    assignments: dict[Name, list[Assignment]] = field(default_factory=dict)
    calls: dict[nodes.CallExpr, list[_CallRef]] = field(default_factory=dict)
    analyzed: set[Func] = field(default_factory=set)
    made_late: set[Type] = field(default_factory=set)
    """Pointer types that gc makes anew, each time, while it inlines."""

    changed: set[Func] = field(default_factory=set)
    """Functions with a call that calls somebody else now."""

    def static_call(self, caller: Func, call: nodes.CallExpr) -> None:
        """Make an interface call a call of a method, if the receiver's type is known."""
        if call.go_defer or call.op is not Op.CALLINTER:
            return
        sel = call.fun
        if not isinstance(sel, nodes.SelectorExpr):
            return
        typ = self._concrete_type(sel.x)
        if typ is None or not _implements(typ, sel.x.type) or conversions.is_shape(typ):
            return
        pos = nodes.outermost(call)
        if conversions.has_shape(typ):
            text = f"{fmt.node(call)}: shaped receiver {typefmt.type_string(typ)}"
            self.state.say(pos, f"cannot devirtualize {text}")
            return
        if conversions.has_shape(sel.x.type):
            text = f"{fmt.node(call)}: shaped interface {typefmt.type_string(sel.x.type)}"
            self.state.say(pos, f"cannot devirtualize {text}")
            return
        self._rewrite(call, sel, typ)
        self.changed.add(caller)

    def _rewrite(self, call: nodes.CallExpr, sel: nodes.SelectorExpr, typ: Type) -> None:
        text = f"{fmt.node(sel)} to {typefmt.type_string(typ)}"
        receiver = nodes.TypeAssertExpr(
            call.pos, typ, sel.x, nil_panics=True, mark=call.mark, op=Op.DOTTYPE
        )
        pos = nodes.outermost(call)
        method = sel.selection
        if not isinstance(method, objects.Func):
            raise TypeError("an interface call of no method")
        obj, index, _ = lookup.lookup_field_or_method(typ, False, method.pkg, method.name)  # noqa: FBT003
        if not isinstance(obj, objects.Func):
            raise TypeError(f"no method {method.name}")
        value: Expr = receiver
        for number in index[:-1]:
            value = exprs.dot_field(sel.pos, value, number, implicit=True)
            value.mark = sel.mark
        recv = obj.signature.recv
        if recv is None or recv.type is None or conversions.is_interface(recv.type):
            # The method of an embedded interface: still called through a method table.
            self.state.say(pos, f"partially devirtualizing {text}")
            signature = wrappers.plain_signature(obj.signature)
            call.fun = nodes.SelectorExpr(
                sel.pos, signature, value, obj.name, obj, mark=sel.mark, op=Op.DOTINTER
            )
            return
        self.state.say(pos, f"devirtualizing {text}")
        wanted = types.unalias(recv.type)
        adjusted = exprs.adjust_receiver(sel.pos, value, wanted)
        adjusted.mark = sel.mark
        func = self._method(obj)
        call.fun = wrappers.method_expr_node(sel.pos, wanted, obj.name, obj, func)
        call.fun.mark = sel.mark
        call.op = Op.CALLFUNC
        call.args.insert(0, adjusted)

    def _method(self, method: objects.Func) -> Func:
        """Return the function of a method; one of an instance may come up only now."""
        lowerer = self.state.program.lowerer
        std = lowerer.std
        if std is None or lowerer.is_own(method.origin):
            return lowerer.real_method(method)
        func = std.real_method(method)
        std.finish()
        decide.adopt(self.state, std)
        return self.state.instances.get(func.link_name, func)

    def _concrete_type(self, node: Expr) -> Type | None:
        typ = self._concrete_type1(node, set())
        return None if typ is _NO_TYPE else typ

    def _concrete_type1(self, node: Expr, seen: set[Name]) -> Type | None:
        while True:
            if not conversions.is_interface(node.type):
                return self._type_of(node)
            match node:
                case nodes.ConvExpr(op=Op.CONVNOP | Op.CONVIFACE):
                    node = node.x
                case nodes.InlinedCallExpr():
                    node = single_result(node)
                case nodes.ParenExpr():
                    node = node.x
                case nodes.TypeAssertExpr(op=Op.DOTTYPE | Op.DOTTYPE2):
                    node = node.x
                case _:
                    break
        if not isinstance(node, Name):
            return None
        name = node.canonical
        if name.cls is not Class.AUTO or name.addrtaken or name.curfn is None:
            return None
        if name in seen:
            return _NO_TYPE
        seen.add(name)
        typ: Type | None = None
        for value in self._assignments(name, name.curfn):
            found = self._concrete_type1(value, seen) if isinstance(value, Expr) else value
            if found is _NO_TYPE:
                continue
            if found is None or (typ is not None and not self._is_one(typ, found)):
                return None
            typ = found
        return _NO_TYPE if typ is None else typ

    def _type_of(self, node: Expr) -> Type:
        """Return an expression's type; that of `&x` in a body of another package is its own.

        gc has one pointer type for each type only if it was made before anything is inlined:
        when the type was read, with the receivers of its methods (types.NewPtrCacheEnabled).
        """
        typ = node.type
        if not isinstance(node, nodes.AddrExpr) or node.mark is None or node.mark.func.is_local:
            return typ
        elem = _pointed_at(typ)
        if elem is None or elem.obj.pkg is self.state.program.lowerer.pkg:
            return typ
        own = types.Pointer(elem)
        self.made_late.add(own)
        return own

    def _is_one(self, typ: Type, other: Type) -> bool:
        """Tell if gc has one type for both."""
        if not conversions.same(typ, other):
            return False
        elem = _pointed_at(typ)
        if elem is None or not {typ, other} & self.made_late:
            return True
        program = self.state.program
        if not program.lowerer.reads:
            program.needs_reading = True
        has_pointer = any(method.has_ptr_recv for method in elem.methods)
        return has_pointer and program.lowerer.has_read(elem)

    def _assignments(self, name: Name, func: Func) -> list[Assignment]:
        if func not in self.analyzed:
            self.analyzed.add(func)
            self._look_at(func.body)
        return self.assignments.get(name, [])

    def inlined(self, func: Func, call: nodes.CallExpr, result: nodes.InlinedCallExpr) -> None:
        """Take in what an inlined body assigns, and what the call's results turned out to be."""
        if func not in self.analyzed:
            return
        self._look_at(result.init)
        self._look_at(result.body)
        for ref in self.calls.pop(call, ()):
            self.assignments[ref.name][ref.index] = result.return_vars[ref.result]

    def _assign(self, target: Node | None, value: Assignment) -> _CallRef | None:
        if not isinstance(target, Name) or is_blank(target):
            return None
        outer = outer_value(target)
        if not isinstance(outer, Name) or outer.curfn is None:
            return None
        if not conversions.is_interface(outer.type):
            return None
        name = outer.canonical
        if name.cls is not Class.AUTO or isinstance(value, nodes.Nil):
            return None
        if isinstance(value, Type) and conversions.is_interface(value):
            value = None
        values = self.assignments.setdefault(name, [])
        values.append(value)
        return _CallRef(name, len(values) - 1, 0)

    def _assign_call(self, target: Node, call: nodes.CallExpr, index: int) -> None:
        signature = call.fun.type.underlying if call.fun is not None else None
        if not isinstance(signature, types.Signature):
            return
        typ = signature.results.vars[index].type
        ref = self._assign(target, typ)
        if ref is not None and typ is not None and conversions.is_interface(typ):
            ref.result = index
            self.calls.setdefault(call, []).append(ref)

    def _look_at(self, items: list[nodes.Stmt]) -> None:
        for node in visit.within(items):
            self._look(node)

    def _look(self, node: Node) -> None:
        match node:
            case nodes.AssignStmt() if node.y is not None:
                value = _unparen(node.y)
                if isinstance(value, nodes.CallExpr) and value.fun is not None:
                    self._assign_call(node.x, value, 0)
                else:
                    self._assign(node.x, value)
            case nodes.AssignListStmt():
                self._look_list(node)
            case nodes.RangeStmt():
                self._look_range(node)
            case nodes.SwitchStmt(tag=nodes.TypeSwitchGuard() as guard):
                for case in node.cases:
                    self._assign(case.var, guard.x)
            case nodes.ClosureExpr():
                if node.func not in self.analyzed:
                    self.analyzed.add(node.func)
                    self._look_at(node.func.body)
            case _:
                pass

    def _look_list(self, node: nodes.AssignListStmt) -> None:
        match node.op:
            case Op.AS2:
                for target, item in zip(node.lhs, node.rhs, strict=True):
                    self._assign(target, item)
            case Op.AS2DOTTYPE:
                self._assign(node.lhs[0], node.rhs[0])
            case Op.AS2FUNC:
                value = _unparen(node.rhs[0])
                for index, target in enumerate(node.lhs):
                    if isinstance(value, nodes.InlinedCallExpr):
                        self._assign(target, value.return_vars[index])
                    elif isinstance(value, nodes.CallExpr):
                        self._assign_call(target, value, index)
            case _:  # a map element, something received
                self._assign(node.lhs[0], _value_type(node.rhs[0].type))

    def _look_range(self, node: nodes.RangeStmt) -> None:
        typ = node.x.type.underlying
        if isinstance(typ, types.Pointer):
            typ = typ.elem.underlying
        match typ:
            case types.Array(elem=elem) | types.Slice(elem=elem):
                self._assign(node.value, elem)
            case types.Chan(elem=elem):
                self._assign(node.key, elem)
            case types.Map(key=key, elem=elem):
                self._assign(node.key, key)
                self._assign(node.value, elem)
            case _:
                pass


def _value_type(typ: Type) -> Type | None:
    if isinstance(typ, types.Tuple):
        return typ.vars[0].type
    return typ


def _unparen(node: Expr) -> Expr:
    while isinstance(node, nodes.ParenExpr):
        node = node.x
    return node


def _implements(typ: Type, interface: Type) -> bool:
    """Tell if a concrete type has the methods: else the assertion could not be written.

    A method of a shaped type takes a dictionary, so its signature is not the interface's.
    """
    method, _, _ = lookup.missing_method(typ, interface, static=True, equivalent=conversions.same)
    if method is not None:
        return False
    return not (conversions.has_shape(typ) and _takes_dictionary(typ, interface))


def _takes_dictionary(typ: Type, interface: Type) -> bool:
    under = interface.underlying
    if not isinstance(under, types.Interface):
        return False
    for method in typesets.type_set(under).methods:
        obj, _, _ = lookup.lookup_field_or_method(typ, False, method.pkg, method.name)  # noqa: FBT003
        recv = obj.signature.recv if isinstance(obj, objects.Func) else None
        if recv is not None and conversions.has_shape(recv.type):
            return True
    return False


def _pointed_at(typ: Type) -> types.Named | None:
    """Return the declared type that a pointer points at."""
    return types.as_named(typ.elem) if isinstance(typ, types.Pointer) else None
