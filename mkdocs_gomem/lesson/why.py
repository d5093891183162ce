"""Where each value lives and why: one row for each variable, global, function and allocation.

Program, placements, image and run in, `Row`s out: the rule of thumb, gc's verdict for the
function's own body and for each inlined copy, the reason in words, and what would change it.

A value may have several verdicts (style of gc: a copy for each inlined call). The first one of a
row is the one that a run of the program uses.

Words use backticks for code; nothing here knows HTML.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mkdocs_gomem import gotypes
from mkdocs_gomem.compiler import escape, ir
from mkdocs_gomem.lesson import textbook
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.source import Pos, column_of, line_of, order_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.machine.trace import Allocation


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of gc about one value."""

    region: Region
    where: str
    """`in main`, `on its own`; empty when there is only one."""
    remark: str
    """The line gc prints at `-m`, without its place; empty when it prints none."""
    because: tuple[str, ...] = ()
    """The way of the address to the heap, a sentence a step."""
    runs: bool = True
    """What the program executes, not only what a function would be on its own."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A mark at the end of a line of code."""

    kind: str
    """`heap stack data bss rodata text inlined`."""
    word: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One value of the program."""

    key: str
    """Anchor, unique in the panel."""
    name: str
    detail: str
    """`int, 8 B, line 6`"""
    pos: Pos
    rule: textbook.Rule
    verdicts: tuple[Verdict, ...]
    why: str
    change: str = ""
    """What would change it; empty when nothing simple would."""
    badge: Badge | None = None
    group: str = "variable"
    """`variable`, `global`, `function`, `allocation`, `box`."""
    differs: bool = False
    """The rule of thumb and gc disagree."""
    objects: int = 0
    """Heap objects of the run that were made here."""
    bytes: int = 0

    @property
    def region(self) -> Region:
        """Where the run has it."""
        return self.verdicts[0].region


_REASONS = {
    "address-of": "its address is taken",
    "return": "that is returned",
    "assign": "that is assigned",
    "assign-pair": "that is assigned",
    "call parameter": "that is passed to a call",
    "captured by a closure": "the function literal captures it",
    "spill": "the value itself is kept",
    "interface-converted": "that is put into an interface",
    "send": "that is sent on a channel",
    "slice": "a slice of it is taken",
    "slice-literal-element": "that becomes an element of a slice",
    "array literal element": "that becomes an element of an array",
    "struct literal element": "that becomes a field",
    "map literal key": "that becomes a map key",
    "map literal value": "that is stored in a map",
    "key of map put": "that becomes a map key",
    "appended to slice": "that is appended to a slice",
    "range": "a range loop reads it",
    "defer": "that is deferred",
    "go": "a goroutine starts with it",
    "reference": "the function literal refers to it",
}
"""gc's words for an assignment (`-m=2`), in the reader's."""


def rows(
    program: ir.Program,
    placements: escape.Placements,
    image: Image,
    allocations: Iterable[Allocation] = (),
) -> tuple[Row, ...]:
    """Gather every row, in the order of the source."""
    table = _Table(program, placements, image, tuple(allocations))
    table.globals()
    table.functions()
    table.variables()
    table.expressions()
    return tuple(sorted(table.rows, key=lambda row: (order_of(row.pos), row.key)))


@dataclass(slots=True)
class _Value:
    """A variable or allocating expression, with the placements of all its copies."""

    own: escape.Placement | None = None
    own_func: ir.Func | None = None
    copies: list[tuple[ir.Func, escape.Placement | None]] = field(default_factory=list)
    node: ir.Name | ir.Expr | None = None


class _Table:
    def __init__(
        self,
        program: ir.Program,
        placements: escape.Placements,
        image: Image,
        allocations: tuple[Allocation, ...],
    ) -> None:
        self.program = program
        self.placements = placements
        self.image = image
        self.files = frozenset(program.files)
        self.symbols = {symbol.name: symbol for symbol in image.symbols}
        self.ghosts = {symbol.name: symbol for symbol in image.ghosts}
        self.rows: list[Row] = []
        self.keys: dict[str, int] = {}
        self.made: dict[Pos, list[Allocation]] = {}
        for allocation in allocations:
            self.made.setdefault(allocation.pos, []).append(allocation)

    def key(self, name: str) -> str:
        """Make an anchor that no other row has."""
        plain = "".join(char if char.isalnum() else "-" for char in name).strip("-") or "value"
        count = self.keys[plain] = self.keys.get(plain, 0) + 1
        return plain if count == 1 else f"{plain}-{count}"

    # --- package level

    def globals(self) -> None:
        """Add package variables, also those the linker drops."""
        for name in self.program.globals:
            if name.name in ("_", "") or name.origin is None:
                continue
            linked = f"{self.program.path}.{name.name.rpartition('.')[2]}"
            symbol = self.symbols.get(linked) or self.ghosts.get(linked)
            if symbol is None:
                continue
            short = name.name.rpartition(".")[2]
            detail = self.detail(symbol.type or _spell(name.type), symbol.size, name.origin.pos)
            region = symbol.region
            self.rows.append(
                Row(
                    self.key(short),
                    short,
                    detail,
                    name.origin.pos,
                    textbook.OUTSIDE,
                    (Verdict(region, "", ""),),
                    _global_reason(symbol, name.type),
                    badge=None if symbol.ghost else Badge(region.value, region.value),
                    group="global",
                    differs=region is not Region.DATA or bool(symbol.ghost),
                )
            )

    def functions(self) -> None:
        """Add functions that leave no code in the file."""
        for func in self.program.funcs:
            ghost = self.ghosts.get(func.link_name)
            if ghost is None or func.origin is None or func.is_shaped:
                continue
            if ghost.ghost == "inlined":
                why = "Every call of it is inlined, so the linker drops its own code."
                badge = Badge("inlined", "inlined", "no code of its own")
            else:
                why = "Nothing that runs can reach it, so the linker leaves it out."
                badge = Badge("inlined", ghost.ghost)
            short = func.name
            self.rows.append(
                Row(
                    self.key(short),
                    short,
                    f"func, line {line_of(func.origin.pos)}",
                    func.origin.pos,
                    textbook.FUNCTION,
                    (Verdict(Region.TEXT, "", ghost.ghost, runs=False),),
                    why,
                    change="`//go:noinline` keeps it." if ghost.ghost == "inlined" else "",
                    badge=badge,
                    group="function",
                    differs=True,
                )
            )

    # --- inside functions

    def variables(self) -> None:
        """Add every parameter, result and local that the author named."""
        values: dict[gotypes.Object, _Value] = {}
        for func in self._all_funcs():
            for name in func.dcl:
                origin = name.origin
                if origin is None or origin.name in ("", "_") or not self._ours(origin.pos):
                    continue
                value = values.setdefault(origin, _Value())
                placement = self.placements.by_node.get(name)
                if name.copied_from is None and name.mark is None:
                    if value.own_func is None:
                        value.own, value.own_func, value.node = placement, func, name
                else:
                    value.copies.append((func, placement))
                    value.node = value.node or name
        for origin, value in values.items():
            if isinstance(value.node, ir.Name):
                self._variable(origin, value.node, value)

    def _variable(self, origin: gotypes.Object, name: ir.Name, value: _Value) -> None:
        func = value.own_func or value.copies[0][0]
        rule = textbook.rule_for_variable(name, func)
        verdicts = self._verdicts(value, lambda p: f"moved to heap: {origin.name}" if p else "")
        region = verdicts[0].region
        parameter = name.cls in (ir.Class.PARAM, ir.Class.PARAMOUT)
        why = _variable_reason(origin.name, name, verdicts, parameter=parameter)
        badge = _badge(verdicts)
        plain = region is Region.STACK and len({v.region for v in verdicts}) == 1
        made = self.made.get(origin.pos, ())
        self.rows.append(
            Row(
                self.key(origin.name),
                origin.name,
                self.detail(_spell(name.type), _size(name.type), origin.pos),
                origin.pos,
                rule,
                verdicts,
                why,
                change=_variable_change(verdicts, func),
                badge=None if plain and parameter else badge,
                differs=rule.region is not region,
                objects=len(made),
                bytes=sum(allocation.class_size for allocation in made),
            )
        )

    def expressions(self) -> None:
        """Add what is made without a name: literals, `new`, `make`, closures, boxes, strings."""
        values: dict[tuple[Pos, str], _Value] = {}
        for node, placement in self.placements.by_node.items():
            if isinstance(node, ir.Name) or not self._ours(node.pos) or not placement.text:
                continue
            if placement.text.startswith("... argument") or placement.func.is_go_wrap:
                continue
            value = values.setdefault((node.pos, placement.text), _Value(node=node))
            if node.mark is None:
                value.own, value.own_func = placement, placement.func
            else:
                value.copies.append((placement.func, placement))
        for (pos, text), value in values.items():
            if isinstance(value.node, ir.Expr):
                self._expression(pos, text, value.node, value)

    def _expression(self, pos: Pos, text: str, node: ir.Expr, value: _Value) -> None:
        rule = textbook.rule_for_expression(node)
        made = self.made.get(pos, ())
        box = node.op is ir.Op.CONVIFACE
        verdicts = self._verdicts(
            value, lambda p: f"{text} escapes to heap" if p else f"{text} does not escape"
        )
        if box and verdicts[0].region is Region.HEAP and not made:
            first = Verdict(
                Region.RODATA,
                verdicts[0].where,
                verdicts[0].remark,
                verdicts[0].because,
                runs=verdicts[0].runs,
            )
            verdicts = (first, *verdicts[1:])
        region = verdicts[0].region
        name = f"any({text})" if box else text
        size = _size(node.type) if not box else -1
        detail = self.detail(_spell(node.type) if not box else "boxed", size, pos)
        self.rows.append(
            Row(
                self.key(text),
                name,
                detail,
                pos,
                rule,
                verdicts,
                _expression_reason(text, node, verdicts, len(made)),
                change=_expression_change(node, verdicts),
                badge=_expression_badge(node, verdicts, text, len(made)),
                group="box" if box else "allocation",
                differs=rule.region is not None and rule.region is not region,
                objects=len(made),
                bytes=sum(allocation.class_size for allocation in made),
            )
        )

    # --- shared

    def _verdicts(self, value: _Value, remark: object) -> tuple[Verdict, ...]:
        """Order the decisions: what runs first, the function's own body after its copies."""
        verdicts: list[Verdict] = []
        word = remark if callable(remark) else (lambda _: "")
        seen: set[tuple[Region, str]] = set()
        for func, placement in value.copies:
            if not self._linked(_home(func)):
                continue
            verdict = _verdict(placement, f"in {_home(func).name}", word, runs=True)
            if (verdict.region, verdict.where) not in seen:
                seen.add((verdict.region, verdict.where))
                verdicts.append(verdict)
        if value.own_func is not None:
            home = _home(value.own_func)
            runs = self._linked(home)
            where = ("when called" if runs else "on its own") if verdicts else ""
            own = _verdict(value.own, where, word, runs=runs)
            if runs and verdicts:
                verdicts.insert(0, own)
            else:
                verdicts.append(own)
        if not verdicts:
            func, placement = value.copies[0]
            verdicts.append(_verdict(placement, f"in {_home(func).name}", word, runs=False))
        return tuple(verdicts)

    def _linked(self, func: ir.Func) -> bool:
        return func.link_name in self.symbols

    def _ours(self, pos: Pos) -> bool:
        return order_of(pos)[0] in self.files

    def _all_funcs(self) -> Iterable[ir.Func]:
        seen: set[ir.Func] = set()
        stack = list(reversed(self.program.funcs))
        while stack:
            func = stack.pop()
            if func in seen:
                continue
            seen.add(func)
            yield func
            stack.extend(reversed(func.closures))

    def detail(self, type_: str, size: int, pos: Pos) -> str:
        """Write the small print of a row."""
        width = f", {size} B" if size >= 0 else ""
        return f"{type_}{width}, line {line_of(pos)}"


def _home(func: ir.Func) -> ir.Func:
    return func


def _verdict(
    placement: escape.Placement | None, where: str, remark: object, *, runs: bool
) -> Verdict:
    word = remark if callable(remark) else (lambda _: "")
    if placement is None:
        return Verdict(Region.STACK, where, "", runs=runs)
    return Verdict(
        placement.storage,
        where,
        word(placement.escapes),
        _sentences(placement),
        runs=runs,
    )


def _sentences(placement: escape.Placement) -> tuple[str, ...]:
    """Tell gc's flow in words: each step with its line."""
    told: list[str] = []
    for flow in placement.because:
        for step in flow.steps:
            said = _REASONS.get(step.reason, step.reason)
            told.append(f"line {line_of(step.pos)}: `{step.text}`: {said}")
    if placement.reason and not told:
        told.append(placement.reason)
    return tuple(dict.fromkeys(told))


def _badge(verdicts: tuple[Verdict, ...]) -> Badge:
    first = verdicts[0]
    note = ""
    others = [v for v in verdicts[1:] if v.region is not first.region]
    if others:
        other = others[0]
        note = (
            f"{other.region.value} if not inlined"
            if not other.runs
            else (f"{other.region.value} {other.where}")
        )
        word = f"{first.region.value} here" if not other.runs else f"{first.region.value}"
        return Badge(first.region.value, word, note)
    return Badge(first.region.value, first.region.value)


def _variable_reason(
    text: str, name: ir.Name, verdicts: tuple[Verdict, ...], *, parameter: bool
) -> str:
    first = verdicts[0]
    other = next((v for v in verdicts[1:] if v.region is not first.region), None)
    own = f"On its own the function says `{other.remark}`: {_chain(other)}" if other else ""
    if first.region is Region.HEAP:
        return f"`moved to heap: {text}`: {_chain(first)}"
    if other is not None and other.region is Region.HEAP:
        return f"The call was inlined, and `&{text}` never leaves the caller: nothing is allocated. {own}"
    if parameter:
        return "A parameter: it holds a copy of what the caller passes, often in a register."
    if name.addrtaken:
        return "Its address is taken, but never outlives the frame."
    return "Nothing keeps its address."


def _chain(verdict: Verdict) -> str:
    if not verdict.because:
        return "it may outlive the frame."
    return "; ".join(verdict.because) + "."


def _variable_change(verdicts: tuple[Verdict, ...], func: ir.Func) -> str:
    first = verdicts[0]
    if first.region is Region.STACK and any(v.region is Region.HEAP for v in verdicts[1:]):
        size = "1 heap object"
        return f"`//go:noinline` above `{func.name}`: {size} a call."
    return ""


def _expression_reason(text: str, node: ir.Expr, verdicts: tuple[Verdict, ...], made: int) -> str:
    first = verdicts[0]
    if node.op is ir.Op.CONVIFACE:
        if first.region is Region.RODATA:
            return (
                f"`-m` says `{first.remark}`: it may. But a constant, or an integer from 0 to 255, "
                "is boxed by pointing to read-only data: nothing is allocated."
            )
        if first.region is Region.HEAP:
            return (
                f"An interface holds a pointer, so the value is copied to the heap "
                f"({_count(made)}): {_chain(first)}"
            )
        return "The interface never leaves the frame, so the copy it points to is on the stack."
    if first.region is Region.HEAP:
        return f"`{first.remark}`: {_chain(first)}" if first.remark else _chain(first)
    if first.region is Region.STACK:
        return f"`{first.remark}`: nothing that outlives the frame keeps it."
    return "Laid out by the linker: no code runs to make it."


def _expression_change(node: ir.Expr, verdicts: tuple[Verdict, ...]) -> str:
    first = verdicts[0]
    if node.op is ir.Op.MAKESLICE and first.region is Region.HEAP and not first.because:
        return "A smaller constant size would stay on the stack (up to 64 KiB)."
    if first.region is not Region.HEAP and any(v.region is Region.HEAP for v in verdicts[1:]):
        return "`//go:noinline` on the function it stands in."
    return ""


def _expression_badge(
    node: ir.Expr, verdicts: tuple[Verdict, ...], text: str, made: int
) -> Badge | None:
    first = verdicts[0]
    if node.op is ir.Op.CONVIFACE:
        if first.region is Region.RODATA:
            if isinstance(node, ir.ConvExpr) and isinstance(node.x, ir.Literal):
                return None
            return Badge("rodata", "rodata", "boxed, no allocation")
        if first.region is Region.HEAP:
            return Badge("heap", "heap", "boxed")
        return None
    if first.region is Region.STACK and made == 0:
        base = _badge(verdicts)
        return Badge(base.kind, base.word, base.note or _short(node, text))
    return Badge(first.region.value, first.region.value, _short(node, text))


def _short(node: ir.Expr, text: str) -> str:
    names = {
        ir.Op.CLOSURE: "closure",
        ir.Op.MAKECHAN: "chan",
        ir.Op.MAKEMAP: "map",
        ir.Op.MAPLIT: "map",
        ir.Op.MAKESLICE: "array",
        ir.Op.SLICELIT: "array",
        ir.Op.ADDSTR: "string",
        ir.Op.APPEND: "array",
        ir.Op.METHVALUE: "method value",
    }
    return names.get(node.op, text if len(text) <= 12 else "")


def _count(made: int) -> str:
    return "no object in this run" if made == 0 else f"{made} object{'s' if made > 1 else ''}"


def _global_reason(symbol: Symbol, type_: gotypes.Type) -> str:
    if symbol.ghost == "constant":
        return "A constant has no address: it is part of the instructions that use it."
    if symbol.ghost:
        return "Nothing that runs refers to it, so the linker leaves it out."
    if symbol.region is Region.DATA:
        text = "Its initial value is in the file, laid out by the linker."
        if _spell(type_) == "string":
            text += " Only the header (pointer and length) is here; the letters are in rodata."
        return text
    if symbol.region is Region.BSS:
        if symbol.text == "init":
            return "It starts as zero; `init` code fills it before `main` runs."
        return "It starts as zero, so the file need not hold it."
    return "Laid out by the linker."


def _spell(type_: gotypes.Type) -> str:
    return gotypes.type_string(type_, lambda pkg: "" if pkg.name == "main" else pkg.name)


def _size(type_: gotypes.Type) -> int:
    try:
        return gotypes.sizeof(type_)
    except (ValueError, KeyError):
        return -1


def place_of(pos: Pos) -> str:
    """Write a position for a reader: `line 6, column 2`."""
    return f"line {line_of(pos)}, column {column_of(pos)}"
