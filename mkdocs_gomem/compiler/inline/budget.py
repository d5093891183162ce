"""Which functions can be inlined: what their bodies cost, and what is refused outright.

Each node costs one, calls cost more, some nodes nothing. A body that costs at most 80 can be
inlined, a function literal's 800, in case it is called only once.

Source: cmd/compile/internal/inline/inl.go (CanInline, hairyVisitor, IsBigFunc), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.inline import callee, intrinsics
from mkdocs_gomem.compiler.ir import nodes, visit
from mkdocs_gomem.compiler.ir.lower import conversions
from mkdocs_gomem.compiler.ir.nodes import Class, Func, Node, Op

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler.inline.state import State

MAX_BUDGET: Final = 80
CALL_COST: Final = 57
"""A call that stays a call; so only a function with one such call can be inlined."""
PARAM_CALL_COST: Final = 17
"""A call of a parameter or captured function: once inlined it may be a known one."""
PANIC_COST: Final = 1
CLOSURE_COST: Final = 15
BIG_FUNCTION_NODES: Final = 5000
BIG_FUNCTION_MAX_COST: Final = 20
"""What may be inlined into a big function."""
CLOSURE_CALLED_ONCE_COST: Final = 10 * MAX_BUDGET

_ENDIAN: Final = frozenset(
    f"{order}.{verb}Uint{bits}"
    for order in ("littleEndian", "bigEndian")
    for verb in ("", "Put", "Append")
    for bits in (64, 32, 16)
)
_BYTE_ORDER: Final = frozenset(
    f"{order}{verb}Uint{bits}"
    for order in ("LE", "BE")
    for verb in ("", "Put", "Append")
    for bits in (64, 32, 16)
)
"""Cheap, as the processor loads several bytes at once."""

_REFUSED_PRAGMAS: Final = {
    "go:noinline": "marked go:noinline",
    "go:cgo_unsafe_args": "marked go:cgo_unsafe_args",
    "go:uintptrkeepalive": "marked as having a keep-alive uintptr argument",
    "go:uintptrescapes": "marked as having an escaping uintptr argument",
    "go:yeswritebarrierrec": "marked go:yeswritebarrierrec",
}


def can_inline(state: State, func: Func) -> None:
    """Decide once whether a function can be inlined, and say so if it can."""
    reason = inline_impossible(func)
    if reason:
        func.inline_refusal = reason
        return
    if func in state.checked:
        return
    budget = MAX_BUDGET
    if func.outer is not None:
        budget = max(budget, CLOSURE_CALLED_ONCE_COST)
    visitor = _HairyVisitor(state, func, budget)
    reason = visitor.too_hairy()
    state.checked.add(func)
    if reason:
        func.inline_refusal = reason
        return
    func.inline_cost = budget - visitor.budget
    func.can_delay_results = can_delay_results(func, state.bodies[func])
    state.say(func.pos, f"can inline {func.name}")


def inline_impossible(func: Func) -> str:
    """Return why a function can't be inlined whatever it costs."""
    for pragma, reason in _REFUSED_PRAGMAS.items():
        if pragma in func.pragmas:
            return reason
    if not func.body and func.inline_cost is None:
        return "no function body"
    return ""


def can_delay_results(func: Func, body: list[Node]) -> bool:
    """Tell if results can be declared where they are returned: one return, unnamed results."""
    returns = [node for node in body if isinstance(node, nodes.ReturnStmt)]
    return (
        len(returns) == 1
        and bool(returns[0].results)
        and all(result.name.rpartition(".")[2].startswith("~") for result in func.results)
    )


def is_big(body: list[Node]) -> bool:
    """Tell if a function is so big that only the cheapest calls are inlined into it.

    Args:
        body: all nodes inside.
    """
    if len(body) < BIG_FUNCTION_NODES:
        return False
    budget = BIG_FUNCTION_NODES
    for node in body:
        budget += _tuple_assignment_bonus(node)
        if not isinstance(node, nodes.ExprStmt):
            budget -= 1
        if budget <= 0:
            return True
    return False


def _tuple_assignment_bonus(node: Node) -> int:
    """Return what `a, b = f()` is given back for the temporaries that gc puts between."""
    if isinstance(node, nodes.AssignListStmt) and node.op is Op.AS2 and node.rhs:
        init = node.rhs[0].init
        if len(init) == 1 and isinstance(init[0], nodes.AssignListStmt):
            return 4 * len(node.lhs) + 1
    return 0


class _HairyVisitor:
    """Walks a body and counts."""

    __slots__ = ("big", "budget", "func", "max_budget", "reason", "state")

    def __init__(self, state: State, func: Func, budget: int) -> None:
        self.state = state
        self.func = func
        self.big = is_big(state.bodies[func])
        self.budget = budget
        self.max_budget = budget
        self.reason = ""

    def too_hairy(self) -> str:
        """Return why the body can't be inlined, or nothing."""
        for item in self.func.body:
            if self.node(item):
                return self.reason
        if self.budget < 0:
            cost = self.max_budget - self.budget
            return f"function too complex: cost {cost} exceeds budget {self.max_budget}"
        return ""

    def node(self, node: Node) -> bool:
        """Count a node and those inside; True if it rules inlining out."""
        if type(node) in _PLAIN or node.op in _PLAIN_OPS:
            self.budget -= 1
            return self.children(node)
        match node:
            case nodes.ExprStmt():
                return self.children(node)  # no node in gc's tree
            case nodes.TypeExpr(op=Op.TYPE) | nodes.BranchStmt(op=Op.FALL):
                return False
            case nodes.CallExpr():
                if self._call(node):
                    return True
            case nodes.UnaryExpr(op=Op.PANIC):
                argument = node.x
                if isinstance(argument, nodes.ConvExpr) and argument.op is Op.CONVIFACE:
                    self.budget += argument.implicit
                self.budget -= PANIC_COST
            case nodes.ClosureExpr():
                self.budget -= CLOSURE_COST
            case nodes.GoDeferStmt():
                self.reason = f"unhandled op {node.op.name}"
                return True
            case nodes.AddrExpr(op=Op.ADDR):
                dot = node.x
                if (
                    isinstance(dot, nodes.SelectorExpr)
                    and dot.op in {Op.DOT, Op.DOTPTR}
                    and isinstance(dot.x, nodes.Name)
                    and dot.offset == 0
                ):
                    self.budget += 2
            case nodes.StarExpr():
                pointer = node.x
                while isinstance(pointer, nodes.ConvExpr) and pointer.op is Op.CONVNOP:
                    pointer = pointer.x
                if pointer.op is Op.ADDR:
                    self.budget += 1
            case nodes.ConvExpr(op=Op.CONVNOP) | nodes.BlockStmt():
                self.budget += 1
            case nodes.SelectorExpr(op=Op.METHEXPR):
                self.budget += 1
            case nodes.TypeAssertExpr(op=Op.DYNAMICDOTTYPE | Op.DYNAMICDOTTYPE2):
                # gc visits the word of the interface's own type, too: from the dictionary, or &x.
                self.budget -= 4 if conversions.has_shape(node.x.type) else 2
            case nodes.SelectorExpr(op=Op.METHVALUE) | nodes.CompLitExpr(op=Op.SLICELIT):
                self.budget -= 1
            case nodes.IfStmt(cond=nodes.Literal(value=bool() as live)):
                # Only what runs counts, and neither `if` nor condition.
                return self.items(node.init) or self.items(node.body if live else node.else_)
            case nodes.AssignListStmt():
                self.budget += _tuple_assignment_bonus(node)
            case nodes.SliceExpr():
                self._slice(node)
            case nodes.TypeSwitchGuard():
                if node.tag:
                    self.budget -= 1  # gc has a node for its name
            case _:
                pass
        self.budget -= 1
        return self.children(node)

    def children(self, node: Node) -> bool:
        """Count what is inside a node."""
        if type(node) is nodes.Name:
            return False
        if self.items(visit.children(node)):
            return True
        if node.op in _DYNAMIC:
            for name in visit.RUN_FIELDS.get(type(node), ()):
                item = getattr(node, name)
                if item is not None and self.node(item):
                    return True
        return False

    def items(self, items: Sequence[Node]) -> bool:
        """Count several nodes."""
        for item in items:  # noqa: SIM110
            if self.node(item):
                return True
        return False

    def _slice(self, node: nodes.SliceExpr) -> None:
        low, high = node.low, node.high
        if isinstance(low, nodes.Literal) and low.value == 0:
            self.budget += 1
        if isinstance(high, nodes.UnaryExpr) and high.op is Op.LEN and high.x is node.x:
            self.budget += 2

    def _call(self, node: nodes.CallExpr) -> bool:
        match node.op:
            case Op.CALLINTER:
                self.budget -= CALL_COST
            case Op.RECOVER:
                self.reason = "call to recover"
                return True
            case Op.CALLFUNC:
                return self._call_func(node)
            case _:
                pass
        return False

    def _call_func(self, node: nodes.CallExpr) -> bool:
        fun = node.fun
        extra = CALL_COST
        if isinstance(fun, nodes.Name):
            if fun.cls is Class.FUNC and fun.func is not None:
                path, name = intrinsics.symbol(fun.func)
                match path, name:
                    case "internal/runtime/sys", "GetCallerPC" | "GetCallerSP":
                        self.reason = f"call to {name}"
                        return True
                    case "runtime", "getg":
                        return False  # an instruction, no call, since typecheck
                    case "runtime", "deferrangefunc":
                        self.reason = "defer call in range func"
                        return True
                    case "runtime", "panicrangestate":
                        return False
                    case "internal/abi", "NoEscape":
                        return False
                    case "internal/abi", _ if name.startswith("EscapeNonString["):
                        return False
                    case "internal/byteorder", _ if name in _BYTE_ORDER:
                        return False
                    case _:
                        pass
            if fun.cls is Class.PARAM or (fun.cls is Class.AUTOHEAP and fun.is_closure_var):
                extra = min(extra, PARAM_CALL_COST)
        elif isinstance(fun, nodes.SelectorExpr) and fun.func is not None:
            path, name = intrinsics.symbol(fun.func)
            if path == "encoding/binary" and name in _ENDIAN:
                return False
        if callee.is_intrinsic_call(node):
            return False
        target = callee.inl_callee(self.state, self.func, node, resolve_only=False)
        if (
            target is not None
            and callee.have_inline_body(self.state, target)
            and callee.can_inline_call(node, target, big=self.big, once=False)
        ):
            self.budget -= target.inline_cost or 0
            return False
        self.budget -= extra
        return False


_PLAIN: Final = frozenset({
    nodes.Name, nodes.Literal, nodes.Nil, nodes.BinaryExpr, nodes.IndexExpr, nodes.KeyExpr,
    nodes.StructKeyExpr, nodes.AssignStmt, nodes.AssignOpStmt, nodes.ReturnStmt, nodes.Decl,
    nodes.ForStmt, nodes.RangeStmt, nodes.ParenExpr,
})  # fmt: skip
"""Classes of nodes that just cost one, and what is inside: nearly all nodes."""
_PLAIN_OPS: Final = frozenset({
    Op.DOT, Op.DOTPTR, Op.DOTINTER, Op.STRUCTLIT, Op.ARRAYLIT, Op.MAPLIT, Op.CONV, Op.CONVIFACE,
    Op.PTRLIT, Op.LEN,
})  # fmt: skip
"""The same of ops, where a class has others too."""
_DYNAMIC: Final = frozenset({Op.DYNAMICDOTTYPE, Op.DYNAMICDOTTYPE2, Op.DYNAMICTYPE})
"""Ops whose type words gc visits like other parts."""
