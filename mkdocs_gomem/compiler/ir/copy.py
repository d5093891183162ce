"""A fresh copy of a function's body, for the inliner.

gc reads an inlined function's body once more from its export data; here the pristine body is
copied. What the inliner then does to the copy (binding parameters, replacing returns) is its
own affair; this file knows only copying:
  - each variable declared inside becomes a new `Name` with `copied_from`, whose `curfn` is the
    caller; other names, functions and package variables stay as they are;
  - `substitute` maps names to what stands for them: parameters to the inliner's variables, a
    literal's captured variables to the caller's own;
  - each function literal becomes a new `Func` of the same name with a new body, and a `Name` in
    its `closure_vars` stands for the copied variable;
  - each copied node gets `mark`: the inlined call, chained on the node's own mark.

Source: cmd/compile/internal/noder/reader.go (unifiedInlineCall, inlClosureFunc), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.nodes import Class, Expr, Func, Mark, Name, Node, Stmt
from mkdocs_gomem.lean import copied

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_N = TypeVar("_N", bound=Node)


class Copier:
    """One copy in the making: remembers which new variable stands for which old one."""

    __slots__ = (
        "_defns",
        "_keep_locals",
        "_label_suffix",
        "_marks",
        "_names",
        "_new_nodes",
        "caller",
        "edit",
        "mark",
    )

    def __init__(
        self,
        caller: Func,
        mark: Mark | None,
        substitute: dict[Name, Expr] | None = None,
        *,
        label_suffix: str = "",
        keep_locals: bool = False,
    ) -> None:
        self.caller = caller
        """Owns the variables of the copy."""
        self.mark = mark
        self._names: dict[Name, Expr] = dict(substitute or {})
        self._marks: dict[Mark, Mark] = {}
        self._new_nodes: dict[Node, Node] = {}
        self._defns: list[Name] = []
        self._label_suffix = label_suffix
        self._keep_locals = keep_locals
        """Function literals and variables stay the same: the original is dropped for the copy."""
        self.edit: Callable[[Node], Node] | None = None
        """Returns what to put in place of a copied node, after those inside, as
        `visit.edit_children` would do it afterwards; but that would be one more walk."""

    def local(self, name: Name) -> Name:
        """Return the new variable for one declared in the copied body, made when first met."""
        known = self._names.get(name)
        if known is None:
            new = copied(name)
            new.copied_from = name
            new.curfn = self.caller
            new.mark = self._mark(name.mark)
            self._names[name] = known = new
            if new.defn is not None:
                self._defns.append(new)
        return known  # type: ignore[return-value]

    def bind(self, name: Name, target: Expr) -> None:
        """Let `target` stand for a name wherever the copied body uses it."""
        self._names[name] = target

    def stmts(self, items: Iterable[Stmt]) -> list[Stmt]:
        """Copy statements; may be called several times for parts of one body."""
        result = [self._copy(item) for item in items]
        self.finish()
        return result

    def finish(self) -> None:
        """Point the copied variables' `defn` at the copied statements."""
        for name in self._defns:
            defn = name.defn
            if defn is not None:
                name.defn = self._new_nodes.get(defn, defn)
        self._defns.clear()

    def expr(self, item: Expr) -> Expr:
        """Copy an expression."""
        return self._copy(item)

    def _mark(self, own: Mark | None) -> Mark | None:
        if own is None:
            return self.mark
        chained = self._marks.get(own)
        if chained is None:
            chained = self._marks[own] = Mark(own.pos, own.func, self._mark(own.parent))
        return chained

    def _copy(self, node: _N) -> _N:
        edit = self.edit
        if isinstance(node, Name):
            target = self._name(node)
            return target if edit is None else edit(target)  # type: ignore[return-value]
        cls = type(node)
        new = copied(node)
        self._new_nodes[node] = new
        new.mark = self._mark(node.mark)
        if node.init:  # type: ignore[attr-defined]
            new.init = list(map(self._copy, node.init))  # type: ignore[attr-defined]
        for name, is_list in visit.FIELDS[cls]:
            value = getattr(node, name)
            if is_list:
                setattr(new, name, list(map(self._copy, value)))
            elif value is not None:
                setattr(new, name, self._copy(value))
        if cls in _SPECIAL:
            self.edit = None
            self._copy_rest(node, new)
            self.edit = edit
        return new if edit is None else edit(new)  # type: ignore[return-value]

    def _copy_rest(self, node: Node, new: Node) -> None:
        """Copy what is no child of a node."""
        for name in visit.RUN_FIELDS.get(type(node), ()):
            value = getattr(node, name)
            if value is not None:
                setattr(new, name, self._copy(value))
        match new:
            case nodes.ClosureExpr() if not self._keep_locals:
                new.func = self._closure(node, new)  # type: ignore[arg-type]
            case nodes.IfStmt():
                new.dropped = [self._copy(item) for item in new.dropped]
            case nodes.InlinedCallExpr():
                inner = self._mark(new.inner)
                new.inner = inner if inner is not None else new.inner
            case nodes.LabelStmt() | nodes.BranchStmt() if new.label and self._label_suffix:
                new.label = _relabel(new.label, self._label_suffix)
            case nodes.ForStmt() | nodes.RangeStmt() | nodes.SwitchStmt() | nodes.SelectStmt() if (
                new.label and self._label_suffix
            ):
                new.label = _relabel(new.label, self._label_suffix)
            case _:
                pass

    def _name(self, name: Name) -> Expr:
        known = self._names.get(name)
        if known is not None:
            return known
        if name.curfn is None or name.cls in {Class.EXTERN, Class.FUNC} or name.name == "_":
            return name
        if self._keep_locals:
            return name
        return self.local(name)

    def _closure(self, old_expr: nodes.ClosureExpr, new_expr: nodes.ClosureExpr) -> Func:
        old = old_expr.func
        new = copied(old)
        new.unit = None
        new.inlined_copy_of = old.inlined_copy_of or old
        new.outer = self.caller
        new.is_dupok = self.caller.is_dupok  # as gc's NewClosureFunc has it: not the original's
        new.closure = new_expr
        new.gens = dict(old.gens)
        new.closures = []
        nname = copied(old.nname)
        nname.func = new
        new.nname = nname
        # Inside, positions and marks of the body are those of the literal itself, as in gc.
        inner = Copier(new, None)
        new.is_local = True
        new.is_dupok = self.caller.is_dupok
        new.closure_vars = []
        for captured in old.closure_vars:
            var = copied(captured)
            var.mark = self._mark(captured.mark)
            outer = captured.outer
            target = None if outer is None else self._name(outer)
            var.curfn = new
            var.outer = target if isinstance(target, Name) else outer
            if var.outer is not None:
                var.defn = var.outer.canonical
                var.name = var.outer.name
            new.closure_vars.append(var)
            inner._names[captured] = var
            if captured is old.dict_param:
                new.dict_param = var
        inner.fill(new, old)
        new.closures = [literal.func for literal in visit.literals(new.body)]
        self.caller.closures.append(new)
        return new

    def fill(self, new: Func, old: Func) -> None:
        """Give a function the variables and the body of another one."""
        new.dcl = [self.local(name) for name in old.dcl]
        new.params = [self.local(name) for name in old.params]
        new.results = [self.local(name) for name in old.results]
        new.body = self.stmts(old.body)
        for name in new.dcl:
            if name.copied_from is not None and name.cls is Class.AUTO:
                name.copied_from = name.copied_from.copied_from or name.copied_from


def function(old: Func) -> Func:
    """Copy a declared function with all that is inside."""
    new = copied(old)
    new.unit = None
    new.closures = []
    inner = Copier(new, None)
    inner.fill(new, old)
    if old.dict_param is not None:
        new.dict_param = inner.local(old.dict_param)
    return new


_SPECIAL = frozenset({
    nodes.ClosureExpr, nodes.IfStmt, nodes.InlinedCallExpr, nodes.LabelStmt, nodes.BranchStmt,
    nodes.ForStmt, nodes.RangeStmt, nodes.SwitchStmt, nodes.SelectStmt, *visit.RUN_FIELDS,
})  # fmt: skip
"""Classes of nodes that hold more than children."""


def _relabel(label: str, suffix: str) -> str:
    return f"~{label}·{suffix}"
