"""From the files of a package to what the checker knows of it: parser and checker, in gc's order.

The door to all that needs no decisions; loads nothing else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import checker, library, syntax
from mkdocs_gomem.gotypes import layout, objects, types
from mkdocs_gomem.source import Rejected, order_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.source import SourceFile


def check(
    files: Sequence[SourceFile], *, assembly: bool = False, std: str = "", named: bool = False
) -> tuple[list[syntax.File], checker.Info]:
    """Parse and type-check one package.

    Args:
        files: its files.
        assembly: functions without a body may have one in assembly, in a file not given.
        std: import path of a package of the standard library, which gc lets do more.
        named: the package's path, which link names show, is its name and not
            `command-line-arguments`; unless a package of std has that path.

    Raises:
        Rejected: with the errors that `go build` prints, or the construct that is not supported.
    """
    package, told = syntax.parse_package(files, std=bool(std))
    with syntax.not_too_deep(package):
        try:
            name = package[0].pkg_name.value
            taken = library.standard().package(name) is not None
            path = std or (name if named and not taken else "")
            info = checker.check(package, library.standard(), path=path)
        except Rejected as rejected:
            # Some errors of the parser do not keep gc from checking types; they are told first.
            raise Rejected(told + rejected.diagnostics, unsupported=rejected.unsupported) from None
    told = told or syntax.check_declarations(package, assembly=assembly)
    if told:
        raise Rejected(told)
    return package, info


def structs(info: checker.Info) -> list[str]:
    """List how gc lays out the structs that a package declares, generic ones aside.

    Returns:
        `TYPE SIZE ALIGN`, then `TYPE.FIELD OFFSET SIZE` of each field, in the order of the source.
    """
    lines = []
    for obj in sorted(info.pkg.scope.objects(), key=lambda obj: order_of(obj.pos)):
        typ = obj.type
        if not isinstance(obj, objects.TypeName) or not isinstance(typ, types.Named):
            continue
        if obj.is_alias or typ.type_params or not isinstance(typ.underlying, types.Struct):
            continue
        lines.append(f"{obj.name} {layout.sizeof(typ)} {layout.alignof(typ)}")
        lines += [
            f"{obj.name}.{field} {offset} {size}"
            for field, offset, size in layout.named_fields(typ)
        ]
    return lines


def missing_main(info: checker.Info) -> str:
    """Return what the linker says of a program without `main`; nothing for a good package."""
    if info.pkg.name != "main" or isinstance(info.pkg.scope.lookup("main"), objects.Func):
        return ""
    return "runtime.main_main·f: function main is undeclared in the main package"
