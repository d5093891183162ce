"""When it is decided which functions can be inlined: callees first, and late comers once met.

Source: cmd/compile/internal/inline/inl.go (CanInlineFuncs), noder/unified.go (readBodies), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.inline import budget
from mkdocs_gomem.compiler.inline.state import State
from mkdocs_gomem.compiler.ir import scc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mkdocs_gomem.compiler.ir.lower.package import Lowerer
    from mkdocs_gomem.compiler.ir.nodes import Func


def decide(state: State, funcs: Iterable[Func]) -> None:
    """Decide for functions, callees first, whether they can be inlined."""

    def each(batch: list[Func], _recursive: bool) -> None:  # noqa: FBT001 - the visitor's way
        for func in batch:
            budget.can_inline(state, func)

    scc.visit_funcs_bottom_up(funcs, each, state.bodies)


def adopt(state: State, std: Lowerer) -> None:
    """Decide about generic instances of std that have come up.

    gc knows that such an instance was compiled with its package, so it only asks whether it can
    be inlined: it is not analysed again, and its parameters count as leaking. Some came up in an
    earlier run, where nothing was inlined.
    """
    fresh = std.funcs[std.adopted :]
    if not fresh:
        return
    std.adopted = len(std.funcs)
    decide(State(state.program, [], checked=state.checked), fresh)
    for func in fresh:
        func.is_local = False
