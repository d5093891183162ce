"""The function that is being lowered: its variables, what it captures, its types.

One `Body` for each function and function literal, made by `package` or `exprs.func_lit` and
handed to every function of this room as `b`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem import gotypes, source
from mkdocs_gomem.compiler.ir import nodes, typefmt
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Name, Op, Stmt
from mkdocs_gomem.gotypes import objects, types

if TYPE_CHECKING:
    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.compiler.checker.info import Info, TypeAndValue
    from mkdocs_gomem.compiler.ir.lower.generics import Environment
    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.gotypes.types import Type
    from mkdocs_gomem.source import Pos

NO_VALUE = types.Tuple()
"""The type of a call without results."""

DICT_NAME = ".dict"


class Body:
    """What is known about the function while its statements are lowered."""

    __slots__ = (
        "captured", "env", "func", "info", "locals", "lowerer", "outer", "pkg", "results",
    )  # fmt: skip

    def __init__(
        self,
        lowerer: Lowerer,
        func: Func,
        info: Info,
        pkg: objects.Package | None,
        env: Environment | None,
        outer: Body | None = None,
    ) -> None:
        self.lowerer = lowerer
        self.func = func
        self.info = info
        self.pkg = pkg
        """Whose names are printed without qualifier when it is our own."""
        self.env = env
        """Type arguments, in a shaped function."""
        self.outer = outer
        """For a literal: the function around it."""
        self.locals: dict[objects.Var, Name] = {}
        self.captured: dict[objects.Var, Name] = {}
        """Variables of outer functions, by what was declared there."""
        self.results: list[Type] = []
        """Result types, for implicit conversions at `return`."""

    # Types.

    def typ(self, typ: Type | None) -> Type:
        """Return a type as this function has it: no alias on top, shapes for type parameters."""
        if typ is None:
            return NO_VALUE
        if self.env is not None:
            typ = self.env.subst(typ)  # arguments of an alias are made shapes of too
        elif isinstance(typ, types.Alias):
            typ = types.unalias(typ)
        self.lowerer.note_type(typ)
        return typ

    def type_and_value(self, expr: syntax.Expr) -> TypeAndValue:
        """Return what the checker found out about an expression."""
        return self.info.types[expr]

    # Variables.

    def new_local(self, pos: Pos, name: str, typ: Type, origin: objects.Var | None = None) -> Name:
        """Declare a variable of this function."""
        local = Name(
            pos, typ, typefmt.qualified(self.pkg, name), Class.AUTO, self.func,
            origin=origin, pkg=self.pkg,
        )  # fmt: skip
        self.func.dcl.append(local)
        if origin is not None:
            self.locals[origin] = local
            self.note_variable(origin)
        return local

    def note_variable(self, var: objects.Var) -> None:
        """Note that gc's dictionary has the type of a variable, for debuggers."""
        if self.env is not None and var.type is not None:
            self.env.note_rtype(var.type)

    def temp(self, pos: Pos, typ: Type) -> Name:
        """Declare a variable of the compiler's."""
        return new_temp(self.func, pos, typ)

    def temp_copy(self, pos: Pos, value: Expr, init: list[Stmt]) -> Name:
        """Declare a temporary that holds a value; its statements go to `init`."""
        temp = self.temp(pos, value.type)
        init.append(nodes.Decl(pos, temp, op=Op.DCL))
        assign = nodes.AssignStmt(pos, temp, value, def_=True, op=Op.AS)
        init.append(assign)
        temp.defn = assign
        return temp

    def use(self, pos: Pos, var: objects.Var) -> Name:
        """Return a local variable, captured if it is an outer function's."""
        name = self.locals.get(var)
        if name is not None:
            return name
        name = self.captured.get(var)
        if name is None:
            if self.outer is None:
                source.unsupported(pos, f"variable {var.name} from outside of its function")
            name = self.captured[var] = self.capture(pos, self.outer.use(pos, var))
        return name

    def capture(self, pos: Pos, outer: Name) -> Name:
        """Make this literal capture a variable of the function around it."""
        return new_closure_var(self.func, pos, outer)

    def dict_param(self) -> Name:
        """Return the dictionary of the shaped function that this code is in."""
        param = self.func.dict_param
        if param is None:
            raise ValueError(f"{self.func.name} has no dictionary")
        return param


def new_temp(func: Func, pos: Pos, typ: Type) -> Name:
    """Declare a compiler's variable in a function (typecheck.TempAt)."""
    temp = Name(pos, typ, f".autotmp_{len(func.dcl)}", Class.AUTO, func, auto_temp=True, used=True)
    func.dcl.append(temp)
    return temp


def new_closure_var(func: Func, pos: Pos, outer: Name) -> Name:
    """Make a literal capture a variable; gc's NewClosureVar."""
    var = Name(
        pos, outer.type, outer.name, Class.AUTOHEAP, func,
        origin=outer.origin, pkg=outer.pkg, defn=outer.canonical, outer=outer,
        is_closure_var=True,
    )  # fmt: skip
    func.closure_vars.append(var)
    return var


def blank(pos: Pos, typ: Type) -> Name:
    """Return the blank identifier."""
    return Name(pos, typ, "_", Class.EXTERN)


_SUFFIXES = {"func": ".func", "range": "-range", "go": ".gowrap", "defer": ".deferwrap"}


def closure_name(outer: Func, why: str) -> tuple[str, str]:
    """Return printed and linked name of the next literal in a function (ir.closureName)."""
    suffix = _SUFFIXES[why]
    if why == "func" and outer.closure is not None:
        suffix = "."
    counter = "go" if why == "defer" else why
    number = outer.gens.get(counter, 0) + 1
    outer.gens[counter] = number
    return f"{outer.name}{suffix}{number}", f"{outer.link_name}{suffix}{number}"


def new_closure(outer: Func, pos: Pos, why: str, signature: types.Signature) -> Func:
    """Make the function of a literal, and the literal; no parameters yet."""
    name, link_name = closure_name(outer, why)
    func = Func(pos, name, link_name, signature, outer.pkg)
    func.is_dupok = outer.is_dupok
    func.is_local = outer.is_local
    func.is_lowered = True
    func.outer = outer
    func.nname = Name(pos, signature, name, Class.FUNC, func=func, pkg=outer.pkg)
    func.closure = nodes.ClosureExpr(pos, signature, func, op=Op.CLOSURE)
    if why == "range":
        around = outer.range_parent if outer.closure is not None else None
        func.range_parent = around or outer
    outer.closures.append(func)
    return func


def declare_params(
    func: Func, signature: types.Signature, pkg: gotypes.Package | None, *,
    recv: objects.Var | None = None, body: Body | None = None, dictionary: Type | None = None,
) -> None:  # fmt: skip
    """Declare receiver, dictionary, parameters and results of a function (DeclareParams)."""
    typ = body.typ if body is not None else types.unalias

    def declare(var: objects.Var, name: str, cls: Class, prefix: str, index: int) -> Name:
        if name in {"", "_"}:
            name = f"~{prefix}{index}"
        local = Name(
            var.pos, typ(var.type or NO_VALUE), typefmt.qualified(pkg, name), cls, func,
            origin=var, pkg=pkg,
        )  # fmt: skip
        func.dcl.append(local)
        if body is not None:
            body.locals[var] = local
            body.note_variable(var)
        return local

    index = 0
    if recv is not None:
        func.params.append(declare(recv, recv.name, Class.PARAM, "p", index))
        index += 1
    if dictionary is not None:
        text = typefmt.qualified(pkg, DICT_NAME)
        name = Name(func.pos, dictionary, text, Class.PARAM, func)
        func.dict_param = name
        func.dcl.append(name)
        func.params.append(name)
        index += 1
    for var in signature.params.vars:
        func.params.append(declare(var, var.name, Class.PARAM, "p", index))
        index += 1
    for number, var in enumerate(signature.results.vars):
        func.results.append(declare(var, var.name, Class.PARAMOUT, "r", number))
