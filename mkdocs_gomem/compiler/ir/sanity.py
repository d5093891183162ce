"""What must hold of a program's IR; run on every program in tests.

  1. a node stands in one place of one tree; names, and literals and nils that ops share, may not
     be elsewhere than as a `Name`;
  2. every node has an op that its class can have, every expression a type without alias on top;
  3. a local belongs to the function it is used in (its `dcl`), or is captured by it;
  4. what a variable says defines it (`defn`) is in its function and assigns it;
  5. there is no type parameter anywhere.

`check` raises `ValueError` with the function, the place and the node.
"""

from __future__ import annotations

from mkdocs_gomem import source
from mkdocs_gomem.compiler.ir import fmt, nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Name, Node, Op, Program
from mkdocs_gomem.gotypes import types

_NO_OP = frozenset({Op.BLOCK})


def check(program: Program) -> None:
    """Check all functions of a program."""
    seen: dict[Node, Func] = {}
    for func in program.funcs:
        check_func(func, seen)


def check_func(func: Func, seen: dict[Node, Func] | None = None) -> None:
    """Check one function and the literals inside it."""
    checker = _Checker(func, {} if seen is None else seen)
    checker.run()


class _Checker:
    def __init__(self, func: Func, seen: dict[Node, Func]) -> None:
        self._func = func
        self._seen = seen
        self._locals = {*func.dcl, *func.closure_vars}

    def run(self) -> None:
        func = self._func
        if func.nname.func is not func:
            raise ValueError(f"{func.name}: nname does not know its function")
        for name in (*func.params, *func.results):
            if name not in self._locals:
                raise ValueError(f"{func.name}: parameter {name.name} is not declared")
        for var in func.closure_vars:
            if var.outer is None or not var.is_closure_var:
                raise ValueError(f"{func.name}: captured {var.name} stands for nothing")
            if func.outer is not None and var.outer.curfn is not func.outer:
                raise ValueError(f"{func.name}: {var.name} is captured across a function")
        for item in func.body:
            self._node(item)

    def _fail(self, node: Node, why: str) -> None:
        raise ValueError(f"{self._func.name}: {source.spell(node.pos)}: {fmt.node(node)}: {why}")

    def _node(self, node: Node) -> None:
        if isinstance(node, Name):
            self._name(node)
            return
        if node in self._seen:
            self._fail(node, f"{node.op.name} stands in two places ({self._seen[node].name})")
        self._seen[node] = self._func
        if node.op in _NO_OP and not isinstance(node, nodes.BlockStmt):
            self._fail(node, f"{type(node).__name__} has no op")
        if isinstance(node, nodes.Expr):
            self._type(node)
        if isinstance(node, nodes.ClosureExpr):
            if node.func.closure is not node:
                self._fail(node, "its function has another literal")
            check_func(node.func, self._seen)
        for child in visit.children(node):
            self._node(child)

    def _type(self, node: nodes.Expr) -> None:
        typ = node.type
        if isinstance(typ, types.Alias):
            self._fail(node, "its type is an alias")
        if isinstance(typ, types.TypeParam):
            self._fail(node, "its type is a type parameter")

    def _name(self, name: Name) -> None:
        self._type(name)
        if name.op is not Op.NAME:
            self._fail(name, "a name without op")
        if name.name == "_":
            return
        match name.cls:
            case Class.EXTERN | Class.FUNC:
                if name.curfn is not None:
                    self._fail(name, "a global of a function")
            case _:
                if name not in self._locals:
                    owner = name.curfn.name if name.curfn is not None else "nobody"
                    self._fail(name, f"{name.name} belongs to {owner}")
        if name.is_closure_var and name.outer is None:
            self._fail(name, "captured, but stands for nothing")
