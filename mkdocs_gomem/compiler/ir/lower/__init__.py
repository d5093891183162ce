"""From a checked package to IR, in exactly the shape gc has before it inlines.

In: the files of a package, what the checker found out (`Info`), the library. Out: a `Program`.

`package` knows functions, variables and instances; `body` is the function being lowered; `stmts`,
`exprs`, `calls`, `godefer`, `rangefunc` lower syntax; `conversions` chooses ops; `generics` has
shapes (and says how to run them), `dictionaries` what they must know; `wrappers` makes what
nobody wrote.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.ir.lower.dictionaries import dict_word
from mkdocs_gomem.compiler.ir.lower.package import (
    behind,
    body_of,
    has_initializer,
    in_order,
    initializer_of,
    inits_of,
    lower_package,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem import gotypes
    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.compiler.checker.info import Info
    from mkdocs_gomem.compiler.ir.nodes import Func, Program
    from mkdocs_gomem.compiler.library import Library

__all__ = [
    "behind",
    "body_of",
    "dict_word",
    "has_initializer",
    "in_order",
    "initializer_of",
    "inits_of",
    "lower",
    "method_of",
]


def lower(
    files: Sequence[syntax.File], info: Info, library: Library, *, everything: bool = False
) -> Program:
    """Lower a checked package; with `everything` also the instances that only gc's reader makes."""
    return lower_package(files, info, library, everything=everything)


def method_of(program: Program, typ: gotypes.Type, name: str, pkg: gotypes.Package | None) -> Func:
    """Return the function that a call of an interface's method runs for a dynamic type.

    It takes the receiver as first parameter; promoted methods get a wrapper.
    """
    func = program.lowerer.method_of(typ, name, pkg)
    program.lowerer.finish()
    return func
