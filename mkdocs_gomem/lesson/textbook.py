"""What the rule of thumb says of each value, to stand beside what gc decides.

The four rules that every introduction gives: declared outside a function: data; declared inside:
stack; its address is returned: heap; made by `new` or `make`: heap. They are mnemonics, not the
compiler: they look at one function and at the form of the words only, which is just what makes
them worth comparing.

Reads the functions' own bodies, so that inlining has no part in the rule.
"""

from __future__ import annotations

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.lean import dataclass
from mkdocs_gomem.machine.image import Region


@dataclass(frozen=True, slots=True)
class Rule:
    """What the rule of thumb says of one value."""

    region: Region | None
    """None: the rule says nothing of such values."""
    reason: str


OUTSIDE = Rule(Region.DATA, "declared outside")
FUNCTION = Rule(Region.TEXT, "all functions")
INSIDE = Rule(Region.STACK, "declared inside, not returned")
RETURNED = Rule(Region.HEAP, "its address is returned")
MADE = Rule(Region.HEAP, "`new` and `make` allocate")
SILENT = Rule(None, "says nothing of it")


def rule_for_variable(name: ir.Name, returned: set[ir.Name]) -> Rule:
    """Apply the rule to a variable of a function's own body, given its `returned_addresses`."""
    return RETURNED if name in returned else INSIDE


def rule_for_expression(node: ir.Expr) -> Rule:
    """Apply the rule to an expression that makes a value without a name."""
    if node.op in (ir.Op.NEW, ir.Op.MAKESLICE, ir.Op.MAKEMAP, ir.Op.MAKECHAN):
        return MADE
    return SILENT


def returned_addresses(func: ir.Func) -> set[ir.Name]:
    """Collect the variables whose address stands in a return statement of `func`."""
    returns = (node for node in ir.visit.within(func.body) if isinstance(node, ir.ReturnStmt))
    names = (_address_of(result) for node in returns for result in node.results)
    return {name for name in names if name is not None}


def _address_of(result: ir.Expr) -> ir.Name | None:
    while True:
        match result:
            case ir.ParenExpr(x=inner) | ir.ConvExpr(x=inner):
                result = inner
            case ir.AddrExpr(x=ir.Name() as name):
                return name.canonical
            case _:
                return None
