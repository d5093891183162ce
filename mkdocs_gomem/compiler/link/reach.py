"""What the linker keeps: everything that `main.main` and the package's init can reach.

Invariants, all the Go linker's (cmd/link/internal/ld/deadcode.go, go1.27):
  1. a function is kept when kept code calls it or takes its value; an inlined call is no call;
  2. a package variable is kept when kept code, or kept static data, refers to it;
  3. a method is kept when it is called, or when its type may be in an interface (it, or a type that
     it is a part of, was converted to one) and kept code calls an interface method of that name and
     type, somewhere; the runtime and fmt call some of their own accord;
  4. once kept code asks reflection for a method by number, or by a name that is no constant, all
     exported methods of such types are kept; a constant name keeps the methods of that name.

Not here: sections and sizes (`sections`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir import method_of, nodes, visit
from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Name, Op
from mkdocs_gomem.compiler.ir.reassignment import static_callee
from mkdocs_gomem.compiler.link import live, stdcalls
from mkdocs_gomem.gotypes import (
    Array,
    Chan,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Tuple,
    Type,
    Var,
    unalias,
    under,
)
from mkdocs_gomem.gotypes.identical import type_key
from mkdocs_gomem.gotypes.methods import method_set
from mkdocs_gomem.gotypes.objects import is_exported
from mkdocs_gomem.gotypes.spelling import link_string
from mkdocs_gomem.gotypes.types import as_named
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from mkdocs_gomem.compiler.staticinit import Plan

RUNTIME_CALLS = frozenset({"Error", "String"})
"""Methods that the runtime calls on whatever is in an interface, when it prints a panic."""

REFLECTING = frozenset({"html/template", "net/rpc", "text/template"})
"""Packages of std that ask reflection for methods by names that only the run knows."""

_ASKS_FOR_METHODS = frozenset({"Method", "MethodByName"})


_LOOKED_AT = frozenset({
    Name, nodes.SelectorExpr, nodes.ClosureExpr, nodes.CallExpr, nodes.ConvExpr,
    nodes.InlinedCallExpr,
})  # fmt: skip
"""Classes of nodes that can refer to what has to be kept."""


@dataclass(slots=True)
class Reached:
    """What is kept."""

    funcs: dict[str, Func | None] = field(default_factory=dict)
    """Link name → function; none for a method wrapper that the compiler makes."""
    variables: dict[Name, None] = field(default_factory=dict)
    inlined: set[Func] = field(default_factory=set)
    """Functions of which kept code holds an inlined body."""


def reach(program: nodes.Program, plan: Plan) -> Reached:
    """Follow calls, values and conversions from the program's entry."""
    walker = _Walker(program, plan)
    walker.run()
    return walker.reached


class _Walker:
    def __init__(self, program: nodes.Program, plan: Plan) -> None:
        self.program = program
        self.reached = Reached()
        self.called: set[str] = set(RUNTIME_CALLS)
        """Names of methods that may be called whatever their types are (`R_USENAMEDMETHOD`)."""
        self.selected: set[tuple[str, Hashable]] = set()
        """Names and signatures of methods that interfaces call (`R_USEIFACEMETHOD`)."""
        self.boxed: dict[Hashable, Type] = {}
        self.met: set[Type] = set()
        """Asked about before, by identity: most are."""
        self.reflected = False
        """Reflection may call any exported method (the linker's `reflectSeen`)."""
        self.files = False
        """A file of package os may be in an interface."""
        self.queue: list[Func] = []
        self.data: dict[Name, list[nodes.Expr]] = {}
        for assignment in plan.data:
            root = _root(assignment.x)
            if root is not None and assignment.y is not None:
                self.data.setdefault(root, []).append(assignment.y)
        self.local = {func.link_name: func for func in _all(program.funcs)}

    def run(self) -> None:
        """Work until nothing new is found."""
        entry = [self.program.main, *self.program.inits, self.program.package_init]
        for func in entry:
            if func is not None and (func.body or func is not self.program.package_init):
                self.func(func)
        known = -1
        while self.queue or known != self.size():
            known = self.size()
            while self.queue:
                func = self.queue.pop()
                if not func.is_local:
                    continue  # of std: `stdcalls` says what its body leads to
                if func.is_wrapper and not func.is_go_wrap:
                    self.wrapper(func)
                    continue
                for part in live.live_nodes(func.body):
                    self.node(part)
            self.methods()

    def size(self) -> int:
        """Count what was found: it grows as long as there is more."""
        return (
            len(self.reached.funcs)
            + len(self.called)
            + len(self.selected)
            + len(self.boxed)
            + self.reflected
        )

    def func(self, func: Func) -> None:
        """Keep a function."""
        if func.link_name in self.reached.funcs:
            return
        self.reached.funcs[func.link_name] = func
        self.queue.append(func)
        if func.pkg is not None and func.pkg.path != self.program.path:
            self.called |= stdcalls.called_by(func.link_name)
            if func.pkg.path in REFLECTING:
                self.reflected = True
        if func.wrapped is not None:
            # A traceback shows the wrapped function in the wrapper's place (FUNCDATA_WrapInfo).
            self.func(func.wrapped)
        if func.dictionary is not None:
            self.dictionary(func.dictionary, set())

    def dictionary(self, dictionary: nodes.Dictionary, seen: set[int]) -> None:
        """Keep what a generic function's dictionary refers to."""
        if id(dictionary) in seen:
            return
        seen.add(id(dictionary))
        for word in dictionary.words:
            if isinstance(word, Func):
                self.func(word)
            elif isinstance(word, nodes.Dictionary):
                self.dictionary(word, seen)
            else:
                self.box(word)

    def variable(self, name: Name) -> None:
        """Keep a package variable and what its static data refers to."""
        name = name.canonical
        if name in self.reached.variables:
            return
        self.reached.variables[name] = None
        self.files = self.files or name.name in stdcalls.FILES
        if name.dictionary is not None:
            self.dictionary(name.dictionary, set())
        for value in self.data.get(name, ()):
            for node in visit.within((value,)):
                self.node(node)

    def node(self, node: nodes.Node) -> None:
        """Look at one node of kept code."""
        if type(node) not in _LOOKED_AT:
            return
        match node:
            case Name():
                if node.curfn is not None:
                    pass  # most names: a local
                elif node.cls is Class.EXTERN:
                    self.variable(node)
                elif node.cls is Class.FUNC and node.func is not None:
                    self.func(node.func)
            case nodes.SelectorExpr(op=Op.METHEXPR, func=Func() as func):
                self.func(func)
            case nodes.SelectorExpr(op=Op.METHVALUE):
                self.method_value(node)
            case nodes.ClosureExpr(func=func):
                self.func(func)
            case nodes.CallExpr(op=Op.CALLINTER, fun=nodes.SelectorExpr(sel=sel) as fun, args=args):
                self.select(fun.x.type, sel, fun.type)
                if sel in _ASKS_FOR_METHODS and _gives_methods(fun.type):
                    self.asked(sel, args)
            case nodes.CallExpr(
                fun=nodes.SelectorExpr(op=Op.METHEXPR, sel=sel) as fun, args=args
            ) if sel in _ASKS_FOR_METHODS:
                if _gives_methods(fun.type):
                    self.asked(sel, args[1:])
            case nodes.ConvExpr(op=Op.CONVIFACE, x=x) if not isinstance(under(x.type), Interface):
                self.box(x.type)
            case nodes.InlinedCallExpr(func=func):
                self.reached.inlined.add(func)
            case _:
                pass

    def select(self, interface: Type, name: str, signature: Type) -> None:
        """Note a method that is called through an interface; if that has shapes, by its name."""
        if conversions.has_shape(interface):
            self.called.add(name)
        else:
            self.selected.add((name, type_key(signature)))

    def asked(self, name: str, args: list[nodes.Expr]) -> None:
        """Note a question for a method by number or by name (`usemethod`)."""
        match args:
            case [nodes.Literal(value=bytes(text))] if name == "MethodByName":
                self.called.add(text.decode("utf-8", "replace"))
            case _:
                self.reflected = True

    def wrapper(self, func: Func) -> None:
        """Follow a method wrapper: gc makes it after inlining, and inlines what it calls."""
        inlined: set[nodes.Node] = set()
        for part in live.live_nodes(func.body):
            if isinstance(part, nodes.CallExpr) and part.fun is not None:
                callee = static_callee(part.fun)
                if callee is not None and callee.inline_cost is not None and callee.body:
                    inlined.add(part.fun)
                    self.inline(callee)
            if part not in inlined:
                self.node(part)

    def inline(self, callee: Func) -> None:
        """Follow the body of a function that is inlined where it is called."""
        self.reached.inlined.add(callee)
        for part in live.live_nodes(callee.body):
            self.node(part)

    def method_value(self, node: nodes.SelectorExpr) -> None:
        """Keep `x.M` as a value: its `-fm` wrapper, and the method unless that inlines it."""
        if node.func is None:
            self.select(node.x.type, node.sel, node.type)
            name = link_string(node.x.type)
            self.reached.funcs.setdefault(f"{name}.{node.sel}-fm", None)
            return
        self.reached.funcs.setdefault(f"{node.func.link_name}-fm", None)
        if node.func.inline_cost is None:
            self.func(node.func)
        else:
            self.inline(node.func)

    def box(self, typ: Type) -> None:
        """Note that a type may be in an interface, with all its parts (by reflection)."""
        if typ in self.met:
            return
        self.met.add(typ)
        if conversions.has_shape(typ):
            return  # the dictionary says what it is there
        typ = unalias(typ)
        key = type_key(typ)
        if key in self.boxed:
            return
        self.boxed[key] = typ
        if isinstance(typ, Named):
            self.box(Pointer(typ))
        match under(typ):
            case Pointer(elem) | Slice(elem) | Chan(elem=elem) | Array(elem=elem):
                self.box(elem)
            case Map(key=key, elem=elem):
                self.box(key)
                self.box(elem)
            case Struct(fields=fields):
                self.box_all(part.type for part in fields)
            case Signature(params=params, results=results):
                self.box_all(part.type for tuple_ in (params, results) for part in _vars(tuple_))
            case _:
                pass

    def box_all(self, types: Iterable[Type | None]) -> None:
        """Note several types."""
        for typ in types:
            if typ is not None:
                self.box(typ)

    def methods(self) -> None:
        """Keep the methods of boxed types that some interface call may mean."""
        names = self.called.union(name for name, _ in self.selected)
        if self.files and names & stdcalls.OF_FILES:
            self.called |= stdcalls.BY_FILES
        for typ in list(self.boxed.values()):
            base = unalias(typ.elem) if isinstance(typ, Pointer) else typ
            if not isinstance(base, Named) or isinstance(under(base), Interface):
                continue
            if base.obj.pkg is None or base.obj.pkg.path != self.program.path:
                continue
            for method in method_set(typ):
                name = method.func.name
                if (
                    name not in self.called
                    and (name, type_key(method.func.type)) not in self.selected
                    and not (self.reflected and is_exported(name))
                ):
                    continue
                func = method_of(self.program, typ, name, method.func.pkg)
                self.func(self.local.get(func.link_name, func))


def _gives_methods(typ: Type) -> bool:
    """Tell if a function returns a `reflect.Method` or `reflect.Value`."""
    results = typ.results.vars if isinstance(typ, Signature) else ()
    named = as_named(results[0].type) if results else None
    return (
        named is not None
        and named.obj.name in {"Method", "Value"}
        and named.obj.pkg is not None
        and named.obj.pkg.path == "reflect"
    )


def _vars(tuple_: Tuple | None) -> list[Var]:
    return [] if tuple_ is None else list(tuple_.vars)


def _root(place: nodes.Expr) -> Name | None:
    """Return the variable that a static place is a part of."""
    while True:
        match place:
            case Name():
                return place.canonical
            case nodes.SelectorExpr(x=inner) | nodes.IndexExpr(x=inner):
                place = inner
            case _:
                return None


def _all(funcs: Iterable[Func]) -> Iterable[Func]:
    """List functions with the literals inside them."""
    for func in funcs:
        yield func
        yield from _all(func.closures)
