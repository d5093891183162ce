"""Where each value lives and why: one row for each variable, global, function and allocation.

Program, placements, image and run in, `Row`s out: the rule of thumb, gc's verdict for the
function's own body and for each inlined copy, the reason in words, and what would change it.

A value may have several verdicts (style of gc: a copy for each inlined call). The first one of a
row is the one that a run of the program uses.

Words use backticks for code; nothing here knows HTML.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mkdocs_gomem import gotypes
from mkdocs_gomem.compiler import escape, ir
from mkdocs_gomem.gotypes import layout, spelling
from mkdocs_gomem.lean import dataclass, field, replace
from mkdocs_gomem.lesson import telling, textbook
from mkdocs_gomem.machine.image import Image, Region, Symbol
from mkdocs_gomem.source import NO_PLACES, NO_POS, Places, Pos, file_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mkdocs_gomem.machine.trace import Allocation


@dataclass(frozen=True, slots=True)
class Verdict:
    """One decision of gc about one value."""

    region: Region
    where: str
    """`in main`, `on its own`; empty when there is only one."""
    remark: str
    """The line gc prints at `-m`, without its place; empty when it prints none."""
    because: str = ""
    """Why, in a sentence; empty when nothing needs saying."""
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
    why: tuple[tuple[str, str], ...]
    """Paragraphs: whose decision it is (may be empty), and the reason."""
    change: str = ""
    """What would change it; empty when nothing simple would."""
    badge: Badge | None = None
    group: str = "variable"
    """`variable`, `global`, `function`, `allocation`, `box`."""
    differs: bool = False
    """The rule of thumb and gc disagree."""
    marked: tuple[Pos, ...] = ()
    """Where its badge stands; its own line when empty."""
    objects: int = 0
    """Heap objects of the run that were made here."""
    bytes: int = 0
    func: str = ""
    """The function that it stands in; empty at package level."""

    @property
    def region(self) -> Region:
        """Where the run has it."""
        return self.verdicts[0].region


def rows(
    program: ir.Program,
    placements: escape.Placements,
    image: Image,
    allocations: Iterable[Allocation] | None = None,
    places: Places = NO_PLACES,
) -> tuple[Row, ...]:
    """Gather every row, in the order of the page.

    Args:
        program: with inlined calls and their marks.
        placements: gc's decisions.
        image: what the linker keeps.
        allocations: heap objects of the run; none when nothing was run.
        places: where the program stands on the page.
    """
    table = _Table(program, placements, image, allocations, places)
    table.globals()
    table.functions()
    table.variables()
    table.expressions()
    table.silent()
    return tuple(sorted(table.rows, key=lambda row: (places.order(row.pos), row.key)))


@dataclass(slots=True)
class _Value:
    """A variable or allocating expression, with the placements of all its copies."""

    node: ir.Name | ir.Expr | None = None
    own: escape.Placement | None = None
    own_func: ir.Func | None = None
    copies: list[tuple[ir.Func, escape.Placement | None]] = field(default_factory=list)


class _Table:
    """The rows in the making."""

    def __init__(
        self,
        program: ir.Program,
        placements: escape.Placements,
        image: Image,
        allocations: Iterable[Allocation] | None,
        places: Places,
    ) -> None:
        self.program = program
        self.places = places
        self.placements = placements
        self.files = frozenset(program.files)
        self.symbols = {symbol.name: symbol for symbol in image.symbols}
        self.ghosts = {symbol.name: symbol for symbol in image.ghosts}
        self.ran = allocations is not None
        self.rows: list[Row] = []
        self.keys: dict[str, int] = {}
        """Anchors that rows have, and how often each was wanted."""
        self._returned: dict[ir.Func, set[ir.Name]] = {}
        """Variables whose address a function returns, in its own words."""
        self.made: dict[Pos, list[Allocation]] = {}
        for allocation in allocations or ():
            self.made.setdefault(allocation.pos, []).append(allocation)

    def key(self, name: str) -> str:
        """Make an anchor that no other row has."""
        plain = "".join(char if char.isalnum() else "-" for char in name).strip("-") or "value"
        made, count = plain, self.keys.get(plain, 1)
        while made in self.keys:  # `f(2)` looks like the second `f`
            count += 1
            made = f"{plain}-{count}"
        self.keys[plain] = count
        self.keys.setdefault(made, 1)
        return made

    # --- package level

    def globals(self) -> None:
        """Add package variables, also those the linker drops."""
        for name in self.program.globals:
            short = name.name.rpartition(".")[2]
            linked = f"{self.program.path}.{short}"
            symbol = self.symbols.get(linked) or self.ghosts.get(linked)
            if symbol is None or name.origin is None:
                continue
            region = symbol.region
            gone = bool(symbol.ghost)
            self.rows.append(
                Row(
                    self.key(short),
                    short,
                    self._detail(spell_type(name.type), symbol.size, name.origin.pos),
                    name.origin.pos,
                    textbook.OUTSIDE,
                    (Verdict(region, "", "", runs=not gone),),
                    (("", _global_reason(symbol, name.type)),),
                    badge=Badge("inlined", "dropped", "never used")
                    if gone
                    else Badge(region.value, region.value),
                    group="global",
                    differs=region is not Region.DATA or gone,
                )
            )

    def functions(self) -> None:
        """Add functions that leave no code in the file; the badge stands at their inlined calls."""
        calls: dict[str, list[Pos]] = {}
        for remark in self.program.remarks:
            if remark.text.startswith("inlining call to ") and self._ours(remark.pos):
                name = remark.text.removeprefix("inlining call to ")
                calls.setdefault(name, []).append(remark.pos)
        for func in self.program.funcs:
            ghost = self.ghosts.get(func.link_name)
            if ghost is None or func.origin is None or func.is_shaped or func.is_wrapper:
                continue
            inlined = ghost.ghost == "inlined"
            why = (
                "Every call of it is inlined, so the linker drops its own code."
                if inlined
                else "Nothing that runs can reach it, so the linker leaves it out."
            )
            self.rows.append(
                Row(
                    self.key(func.name),
                    func.name,
                    f"func, {self.places.words(func.origin.pos)}",
                    func.origin.pos,
                    textbook.FUNCTION,
                    (Verdict(Region.TEXT, "", ghost.ghost, runs=False),),
                    (("", why),),
                    change="`//go:noinline` keeps it." if inlined else "",
                    badge=Badge("inlined", ghost.ghost, "" if inlined else "not in the file"),
                    group="function",
                    differs=True,
                    marked=tuple(calls.get(func.name, ())),
                )
            )

    # --- inside functions

    def variables(self) -> None:
        """Add every parameter, result and local that the author named."""
        values: dict[tuple[Pos, str], _Value] = {}
        origins: dict[tuple[Pos, str], gotypes.Object] = {}
        for func in self._all_funcs():
            if func.is_wrapper and not func.is_go_wrap:
                continue  # made by the compiler: its parameters only pass through
            for name in func.dcl:
                origin = name.origin
                if origin is None or origin.name in ("", "_") or not self._ours(origin.pos):
                    continue
                if origin.name.startswith("#"):
                    continue  # what a range over a function is rewritten with
                # Shape instances of one function share what the author wrote.
                key = (origin.pos, origin.name)
                origins.setdefault(key, origin)
                value = values.setdefault(key, _Value())
                placement = self.placements.by_node.get(name)
                if name.copied_from is None and name.mark is None:
                    # One instance of generic code that moves it is enough to say so.
                    if value.own_func is None or (placement is not None and placement.escapes):
                        value.own, value.own_func, value.node = placement, func, name
                else:
                    value.copies.append((func, placement))
                    value.node = value.node or name
        for key, value in values.items():
            if isinstance(value.node, ir.Name):
                self._variable(origins[key], value.node, value)

    def _variable(self, origin: gotypes.Object, name: ir.Name, value: _Value) -> None:
        func = value.own_func or value.copies[0][0]
        returned = self._returned.get(func)
        if returned is None:
            returned = self._returned[func] = textbook.returned_addresses(func)
        rule = textbook.rule_for_variable(name, returned)
        verdicts = self._verdicts(
            value, lambda p: f"moved to heap: {origin.name}" if p.escapes else ""
        )
        region = verdicts[0].region
        kind = {ir.Class.PARAM: "parameter", ir.Class.PARAMOUT: "result"}.get(name.cls, "local")
        plain = all(verdict.region is Region.STACK for verdict in verdicts)
        heap = any(verdict.runs and verdict.region is Region.HEAP for verdict in verdicts)
        made = self.made.pop(origin.pos, ()) if heap else ()
        self.rows.append(
            Row(
                self.key(origin.name),
                origin.name,
                self._detail(spell_type(name.type), size_of(name.type), origin.pos),
                origin.pos,
                rule,
                verdicts,
                _variable_reasons(origin.name, name, verdicts, func, kind),
                change=_variable_change(verdicts, func),
                badge=None if plain and kind != "local" else _badge(verdicts),
                differs=rule.region is not region,
                objects=len(made),
                bytes=sum(allocation.class_size for allocation in made),
                func=func.name,
            )
        )

    def expressions(self) -> None:
        """Add what is made without a name: literals, `new`, `make`, closures, boxes, strings."""
        # A copy may read otherwise (`~r0` for a result): place and kind say that it is the same.
        values: dict[tuple[Pos, ir.Op], _Value] = {}
        for node, placement in self.placements.by_node.items():
            if isinstance(node, ir.Name) or not self._ours(node.pos) or not placement.text:
                continue
            if placement.text.startswith("... argument") or placement.func.is_go_wrap:
                continue
            if (
                node.op is ir.Op.CONVIFACE
                and placement.storage is not Region.HEAP
                and not (placement.escapes and _never_changes(node))
            ):
                continue  # a constant, or a copy in the frame: nothing that a reader would look for
            value = values.setdefault((node.pos, node.op), _Value(node))
            if node.mark is None:
                value.own, value.own_func, value.node = placement, placement.func, node
            else:
                value.copies.append((placement.func, placement))
        for (pos, _), value in values.items():
            if isinstance(value.node, ir.Expr):
                self._expression(pos, value.node, value)

    def _expression(self, pos: Pos, node: ir.Expr, value: _Value) -> None:
        rule = textbook.rule_for_expression(node)
        text = _spoken(self.placements.by_node[node].text)
        verdicts = self._verdicts(value, lambda p: _remark(node, p))
        made = self.made.pop(pos, ())
        if made and verdicts[0].region is Region.STACK:
            # gc leaves room for 32 bytes in the frame; what is larger is made when it runs.
            verdicts = (replace(verdicts[0], region=Region.HEAP, because=_LARGER), *verdicts[1:])
        box = node.op is ir.Op.CONVIFACE
        if box and self.ran and not made:
            first = verdicts[0]
            first = Verdict(Region.RODATA, first.where, first.remark, first.because, first.runs)
            verdicts = (first, *verdicts[1:])
        region = verdicts[0].region
        self.rows.append(
            Row(
                self.key(text),
                f"any({text})" if box else text,
                self._detail("boxed", -1, pos)
                if box
                else self._detail(spell_type(node.type), size_of(node.type), pos),
                pos,
                rule,
                verdicts,
                _expression_reasons(
                    node,
                    verdicts,
                    len(made),
                    lent=self.placements.by_node[node].kind is escape.Kind.BORROWED,
                ),
                change=_expression_change(node, verdicts),
                badge=_expression_badge(node, verdicts, text),
                group="box" if box else "allocation",
                differs=rule.region is not None and rule.region is not region,
                objects=len(made),
                bytes=sum(allocation.class_size for allocation in made),
                func=(value.own_func or _func_of(node)).name,
            )
        )

    def silent(self) -> None:
        """Add what the run allocated and gc prints no line for, like channels."""
        known = {row.pos for row in self.rows}
        for pos, made in self.made.items():
            if pos in known or not self._ours(pos):
                continue
            what, type_ = made[0].what, _spoken(made[0].type)
            rule = textbook.MADE if what in ("chan", "map", "make") else textbook.SILENT
            why = _SILENT.get(what, "gc prints no line for it; the run allocates it.")
            size = sum(allocation.class_size for allocation in made)
            self.rows.append(
                Row(
                    self.key(what),
                    f"make({type_})".replace("main.", "")
                    if what == "chan"
                    else type_.replace("main.", ""),
                    self._detail(what, made[0].size, pos),
                    pos,
                    rule,
                    (Verdict(Region.HEAP, "", ""),),
                    (("", why),),
                    badge=Badge("heap", "heap", what),
                    group="allocation",
                    objects=len(made),
                    bytes=size,
                )
            )

    # --- shared

    def _detail(self, type_: str, size: int, pos: Pos) -> str:
        """Write the small print of a row."""
        width = f", {size} B" if size >= 0 else ""
        return f"{type_}{width}, {self.places.words(pos)}"

    def _verdicts(
        self, value: _Value, remark: Callable[[escape.Placement], str]
    ) -> tuple[Verdict, ...]:
        """Order the decisions: what runs first, a body that never runs last."""
        found: dict[tuple[Region, str], Verdict] = {}

        def add(placement: escape.Placement | None, where: str, *, runs: bool) -> None:
            if placement is None:
                verdict = Verdict(Region.STACK, where, "", runs=runs)
            else:
                reason = telling.sentence(placement, self.places) if placement.escapes else ""
                verdict = Verdict(placement.storage, where, remark(placement), reason, runs)
            found.setdefault((verdict.region, where), verdict)

        own_runs = value.own_func is not None and self._linked(value.own_func)
        copies = [(f, p) for f, p in value.copies if self._linked(f)]
        if value.own_func is not None and own_runs:
            add(value.own, "when called" if copies else "", runs=True)
        for func, placement in copies:
            add(placement, f"in {func.name}", runs=True)
        if value.own_func is not None and not own_runs:
            where = "on its own" if copies else ""
            add(value.own, where, runs=False)
        if not found:
            func, placement = value.copies[0]
            add(placement, f"in {func.name}", runs=False)
        return tuple(found.values())

    def _linked(self, func: ir.Func) -> bool:
        return func.link_name in self.symbols

    def _ours(self, pos: Pos) -> bool:
        return file_of(pos) in self.files

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


_SILENT = {
    "chan": "A channel is always made on the heap; gc prints no line for it.",
    "closure": "The goroutine outlives the statement, so what it starts with is kept on the heap.",
    "map": "The map grows: its table is made anew on the heap.",
    "concat": "The joined string is longer than the 32 bytes that a frame has for it.",
    "append": "The slice grows: a larger array is made and the elements are copied.",
}
"""What an allocation is for → why it is on the heap, where `-m` says nothing."""


_LARGER = (
    "It does not escape, but its size is known only when it runs: up to 32 bytes have room in the "
    "frame, and here it took more."
)


def _spoken(text: str) -> str:
    """Write an expression without names that only the compiler has."""
    text = re.sub(r"~r\d+", "result", text.replace("go.shape.", ""))
    return re.sub(r"\.autotmp_\d+|#rv\d+", "value", text)


def _remark(node: ir.Expr, placement: escape.Placement) -> str:
    """Write what gc prints at `-m` for an expression."""
    what = "append" if node.op is ir.Op.APPEND else placement.text
    return f"{what} escapes to heap" if placement.escapes else f"{what} does not escape"


def _badge(verdicts: tuple[Verdict, ...]) -> Badge:
    first = verdicts[0]
    other = next((v for v in verdicts[1:] if v.region is not first.region), None)
    if other is None:
        return Badge(first.region.value, first.region.value)
    if other.runs:
        return Badge(first.region.value, first.region.value, f"{other.region.value} {other.where}")
    return Badge(
        first.region.value, f"{first.region.value} here", f"{other.region.value} if not inlined"
    )


def _variable_reasons(
    text: str, name: ir.Name, verdicts: tuple[Verdict, ...], func: ir.Func, kind: str
) -> tuple[tuple[str, str], ...]:
    """Explain each verdict of a variable."""
    paragraphs = []
    kept_by_inlining = any(v.region is Region.HEAP for v in verdicts[1:])
    for number, verdict in enumerate(verdicts):
        if verdict.region is Region.HEAP:
            kept = "" if verdict.runs else " A caller may keep the address after the frame is gone."
            why = f"`{verdict.remark}`. {verdict.because or 'It may outlive the frame.'}{kept}"
        elif number == 0 and kept_by_inlining:
            caller = verdict.where.removeprefix("in ") or "the caller"
            why = (
                f"The call was inlined; `&{text}` never leaves `{caller}`: nothing is allocated."
                if name.addrtaken
                else f"The call was inlined, and nothing outlives the frame of `{caller}`."
            )
        elif kind == "parameter":
            why = "A parameter: a copy of what the caller passes, often in a register."
        elif kind == "result":
            why = "A result: the caller gets a copy of it, often in a register."
        elif name.addrtaken:
            why = "Its address is taken, but never outlives the frame."
        else:
            why = "Nothing keeps its address."
        paragraphs.append((_heading(verdict, func), why))
    same = len({why for _, why in paragraphs}) == 1
    return (("", paragraphs[0][1]),) if same else tuple(paragraphs)


def _heading(verdict: Verdict, func: ir.Func) -> str:
    if verdict.where == "on its own":
        return f"`{func.name}` on its own"
    if verdict.where.startswith("in "):
        return f"In `{verdict.where[3:]}`, what runs"
    if verdict.where == "when called":
        return f"`{func.name}` when it is called"
    return ""


def _variable_change(verdicts: tuple[Verdict, ...], func: ir.Func) -> str:
    if verdicts[0].region is Region.STACK and any(v.region is Region.HEAP for v in verdicts[1:]):
        return f"`//go:noinline` above `{func.name}`: 1 heap object for each call."
    return ""


def _expression_reasons(
    node: ir.Expr, verdicts: tuple[Verdict, ...], made: int, *, lent: bool
) -> tuple[tuple[str, str], ...]:
    """Explain each verdict of an expression that makes a value."""
    first = verdicts[0]
    if node.op is ir.Op.CONVIFACE:
        if _never_changes(node):
            why = (
                f"`-m` says `{first.remark}`: it may. But the variable is never anything but a "
                "literal of constants, so the interface points to read-only memory: nothing is "
                "allocated."
            )
        elif first.region is Region.RODATA:
            why = (
                f"`-m` says `{first.remark}`: it may. In this run nothing was allocated here: an "
                "integer below 256 or an empty string is boxed by pointing to read-only memory."
            )
        else:
            count = "" if not made else f" ({made} object{'s' if made > 1 else ''} in this run)"
            why = f"An interface holds a pointer, so the value is copied to the heap{count}. "
            why += first.because
        return (("", why.strip()),)
    paragraphs = []
    for verdict in verdicts:
        if verdict.region is Region.HEAP:
            why = f"`{verdict.remark}`. {verdict.because}" if verdict.remark else verdict.because
        elif verdict.region is Region.STACK:
            why = f"`{verdict.remark}`: nothing that outlives the frame keeps it."
            if lent:
                why += " It is only looked at, so nothing is made: the bytes stand for it."
        else:
            why = "Laid out by the linker: no code runs to make it."
        paragraphs.append((_heading(verdict, _func_of(node)), why.strip()))
    same = len({why for _, why in paragraphs}) == 1
    return (("", paragraphs[0][1]),) if same else tuple(paragraphs)


def _never_changes(node: ir.Expr) -> bool:
    """Tell if what goes into an interface is a variable with one value, a literal of constants."""
    return isinstance(node, ir.ConvExpr) and node.literal is not None


def _func_of(node: ir.Expr) -> ir.Func:
    mark = node.mark
    if mark is not None:
        return mark.func
    if isinstance(node, ir.ClosureExpr) and node.func.outer is not None:
        return node.func.outer
    return _NOBODY


_NOBODY = ir.Func(NO_POS, "the function", "", gotypes.Signature(), None)


def _expression_change(node: ir.Expr, verdicts: tuple[Verdict, ...]) -> str:
    first = verdicts[0]
    if node.op is ir.Op.MAKESLICE and first.region is Region.HEAP and "large" in first.because:
        return "A constant size of at most 64 KiB would stay on the stack."
    if first.region is Region.STACK and any(v.region is Region.HEAP for v in verdicts[1:]):
        return "`//go:noinline` on the function that it stands in."
    return ""


def _expression_badge(node: ir.Expr, verdicts: tuple[Verdict, ...], text: str) -> Badge | None:
    first = verdicts[0]
    if node.op is ir.Op.CONVIFACE:
        if first.region is Region.RODATA:
            return Badge("rodata", "boxed", "read-only")
        return Badge("heap", "heap", "boxed")
    base = _badge(verdicts)
    return Badge(base.kind, base.word, base.note or _short(node, text))


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


def _global_reason(symbol: Symbol, type_: gotypes.Type) -> str:
    if symbol.ghost:
        return "Nothing that runs refers to it, so the linker leaves it out."
    if symbol.region is Region.DATA:
        text = "Its initial value is in the file, laid out by the linker."
        if spell_type(type_) == "string":
            text += " Only the header (pointer and length) is here; the letters are in rodata."
        return text
    if symbol.region is Region.BSS:
        if symbol.text == "init":
            return "It starts as zero; code of `init` fills it before `main` runs."
        return "It starts as zero, so the file need not hold it."
    return "Laid out by the linker."


def spell_type(type_: gotypes.Type) -> str:
    """Write a type as the author does: no package name for the program's own."""
    return spelling.type_string(type_, lambda pkg: "" if pkg.name == "main" else pkg.name)


def size_of(type_: gotypes.Type) -> int:
    """Return a type's size in bytes; -1 for one without a size of its own (a type parameter)."""
    try:
        return layout.sizeof(type_)
    except ValueError:
        return -1
