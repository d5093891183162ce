"""The door of the checker room: a parsed package becomes `Info`, or gc's errors.

In: the files of one package and an `Importer` that knows the others. Out: `Info`, side tables
that say of each expression what it is; the syntax tree is not touched. A program that does
not compile is `Rejected` with all errors in the order in which gc finds them; `format_errors`
prints them as `go build` does.

Files are named as those of types2, which they follow: `resolver` collects, `decl` declares,
`typexpr signature struct interface` make types, `expr call builtins index literals` check
expressions, `stmt assignments range returns` statements; `cycles initorder mono` ask questions
of the whole. `checker` is the state they share.

Source: cmd/compile/internal/types2, go1.27; order of errors: design.md, section 3.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.checker import cycles, initorder, noder, resolver
from mkdocs_gomem.compiler.checker.checker import Checker
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.dump import dump
from mkdocs_gomem.compiler.checker.errors import ERROR_LIMIT, format_errors, reject
from mkdocs_gomem.compiler.checker.info import (
    Importer,
    Info,
    Initializer,
    Instance,
    Selection,
    SelectionKind,
    TypeAndValue,
)
from mkdocs_gomem.compiler.checker.operand import Mode
from mkdocs_gomem.compiler.checker.version import (
    CURRENT,
    OLDEST_OF_FILE,
    parse_version,
    spell_version,
)
from mkdocs_gomem.gotypes import objects, typesets
from mkdocs_gomem.source import Compiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.source import Diagnostic

__all__ = [
    "ERROR_LIMIT",
    "Checker",
    "Code",
    "Importer",
    "Info",
    "Initializer",
    "Instance",
    "Mode",
    "Selection",
    "SelectionKind",
    "TypeAndValue",
    "check",
    "check_files",
    "dump",
    "format_errors",
    "init_files",
]


def check(
    files: Sequence[syntax.File],
    importer: Importer,
    *,
    path: str = "",
    go_version: str = "go1.27",
    parse_errors: Sequence[Diagnostic] = (),
) -> Info:
    """Check the files of one package.

    Args:
        files: parsed, in the order in which gc gets them.
        importer: knows the packages they import.
        path: import path of the package; without one, what `go build FILE` gives it.
        go_version: language version of the module.
        parse_errors: from `syntax.parse_tolerant`. gc looks at types in spite of them, unless
            one is a `syntax error`.

    Raises:
        Rejected: with every error, in gc's order of finding them.
    """
    if any(error.message.startswith("syntax error") for error in parse_errors):
        raise reject(parse_errors)
    name = files[0].pkg_name.value
    path = path or ("main" if name == "main" else "command-line-arguments")
    version = parse_version(go_version) or CURRENT
    state = Checker(objects.Package(path, name), importer, go_version=version)
    init_files(state, files)
    missing = resolver.missing_imports(state)
    if missing:
        raise reject(missing)
    with Compiling():
        check_files(state)
    if parse_errors or state.errors:
        raise reject([*parse_errors, *state.errors])
    errors = noder.check_after(state.info, state.files)
    if errors:
        raise reject(errors)
    return state.info


def check_files(state: Checker) -> None:
    """Check all of a package, in gc's order; errors stay in `state.errors`."""
    resolver.collect_objects(state)
    state.obj_list = list(state.obj_map)
    cycles.direct_cycles(state)
    resolver.package_objects(state)
    state.process_delayed(0)
    for interface in state.cleaners:
        typesets.type_set(interface)
        interface.check = None
    state.process_delayed(0)
    initorder.init_order(state)
    resolver.unused_imports(state)
    state.record_untyped()
    if not state.errors:
        state.mono.report_loops(state)
    state.pkg.complete = True


def init_files(state: Checker, files: Sequence[syntax.File]) -> None:
    """Choose the files of the package, and the language version of each."""
    pkg = state.pkg
    for file in files:
        name = file.pkg_name
        if name.value == "_":
            state.error(name, Code.BLANK_PKG_NAME, "invalid package name _")
        if name.value != pkg.name:
            text = f"package {name.value}; expected package {pkg.name}"
            state.error(name, Code.MISMATCHED_PKG_NAME, text)
            continue
        state.files.append(file)
    for file in state.files:
        version = state.go_version
        declared = parse_version(file.go_version) if file.go_version else None
        if declared is not None:
            version = max(declared, OLDEST_OF_FILE)
            if declared > CURRENT:
                text = f"file requires newer Go version {spell_version(declared)}"
                state.error(file.pkg_name, Code.TOO_NEW, text)
        state.versions[file.pos >> 40] = version
        state.info.file_versions[file.pos >> 40] = spell_version(version)
