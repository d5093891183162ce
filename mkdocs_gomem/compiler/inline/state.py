"""What the inliner knows of a program while it works on it.

Not here: decisions (`budget`, `callee`, `devirtualize`), copying bodies (`expand`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir.nodes import Func, Program, Remark
from mkdocs_gomem.compiler.ir.reassignment import Assigned
from mkdocs_gomem.compiler.ir.visit import Bodies
from mkdocs_gomem.lean import dataclass, field

if TYPE_CHECKING:
    from mkdocs_gomem.source import Pos


@dataclass(slots=True)
class State:
    """One run over one program."""

    program: Program
    remarks: list[Remark]
    bodies: Bodies = field(default_factory=Bodies)
    """Of functions, as they are before anything is inlined into them."""
    checked: set[Func] = field(default_factory=set)
    """Functions of which it is decided whether they can be inlined."""
    pristine: dict[Func, Func] = field(default_factory=dict)
    """Functions as they were before anything was inlined into them: what is copied."""
    use_counts: dict[Func, int] = field(default_factory=dict)
    """How many calls of each function were found."""
    instances: dict[str, Func] = field(default_factory=dict)
    """The package's own instances of generic functions, by link name."""
    imported: dict[str, frozenset[str]] = field(init=False)
    """The packages that this one imports, each with the link names of functions of further
    packages whose bodies it passes on."""
    assigned: Assigned = field(default_factory=Assigned)
    labels: int = 0
    """Inlined calls so far, to tell the labels of copies apart."""
    inlined: Counter[Func] = field(default_factory=Counter)
    """Calls inlined into each function: gc numbers the labels at their ends by it (AutoLabel)."""

    def __post_init__(self) -> None:
        lowerer = self.program.lowerer
        imports = () if lowerer.pkg is None else lowerer.pkg.imports
        self.imported = {pkg.path: lowerer.library.passed_on(pkg) for pkg in imports}

    def say(self, pos: Pos, text: str) -> None:
        """Add a line to what gc prints; of what it made itself it says so elsewhere."""
        if pos:
            self.remarks.append(Remark(pos, text))
