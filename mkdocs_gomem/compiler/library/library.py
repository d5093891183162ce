"""The standard library: packages by path, and questions about their functions.

Implements the checker's `Importer`. Packages are opened when a program, or a package that a
program needs, imports them; see `package` for how little of one is read.

Not here: natives (`std.natives`), which replace functions when a program runs.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler.library.package import StdPackage
from mkdocs_gomem.gotypes import instantiate, objects, types, universe
from mkdocs_gomem.source import Diagnostic, Pos, Rejected
from mkdocs_gomem.std import pack, registrations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mkdocs_gomem.compiler import syntax
    from mkdocs_gomem.compiler.checker.info import Info, Initializer


class Library:
    """Std packages, opened on demand and kept."""

    def __init__(self) -> None:
        self._context = instantiate.Context()
        self._packages: dict[str, StdPackage | None] = {}
        self._by_link_path: dict[str, StdPackage] = {}

    @property
    def context(self) -> instantiate.Context:
        """Where instances of generic types of std are kept."""
        return self._context

    # What the checker asks

    def import_package(self, path: str, pos: Pos, *, by: str) -> objects.Package | None:
        """Return the package that another one imports; refuse what only std may import."""
        pkg = self.package(path)
        if pkg is not None and _is_internal(path) and pack.open_package(by) is None:
            text = f"use of internal package {path} not allowed"
            raise Rejected((Diagnostic("import", pos, text),))
        return pkg

    def sees(self, obj: objects.Object) -> bool:
        """Tell if an object of std stands in the export data of its package."""
        package = self._package_of(obj)
        return obj.exported or package is None or obj.name in package.std.facts.visible

    def complete(self, obj: objects.Object) -> None:
        """Give an object of a std package its type."""
        package = self._package_of(obj)
        if package is not None:
            package.complete(obj)

    def imports(self, pkg: objects.Package) -> Sequence[objects.Package]:
        """Return the packages that a std package imports: for telling like names apart."""
        package = self._by_link_path.get(pkg.path)
        if package is None:
            return ()
        paths = {
            each.path: None for file in package.std.files if file.decides for each in file.imports
        }
        found = map(self.package, paths)
        return [imported for imported in found if imported is not None]

    def package(self, path: str) -> objects.Package | None:
        """Return a package, also one that only std may import; None if there is none."""
        if path == "unsafe":
            return universe.UNSAFE
        package = self._open(path)
        return None if package is None else package.pkg

    def _open(self, path: str) -> StdPackage | None:
        if path in self._packages:
            return self._packages[path]
        record = pack.open_package(path)
        package: StdPackage | None = None
        if record is not None:
            package = self._by_link_path.get(record.link_path)
            if package is None:
                package = StdPackage(record, self)
                self._by_link_path[record.link_path] = package
        self._packages[path] = package
        return package

    def _package_of(self, obj: objects.Object) -> StdPackage | None:
        return None if obj.pkg is None else self._by_link_path.get(obj.pkg.path)

    # What the inliner, the analyses and the machine ask

    def body(self, func: objects.Func) -> tuple[syntax.FuncDecl, Info] | None:
        """Return a std function's declaration, its body checked; None if it has none.

        For a method of an instance it is that of the generic type.
        """
        func = func.origin
        package = self._package_of(func)
        if package is None:
            return None
        fdecl = package.body(func)
        return None if fdecl is None else (fdecl, package.info)

    def behind(self, func: objects.Func) -> tuple[str, objects.Func | None]:
        """Say what runs where a std function has no body.

        Returns:
            The linker's name of the function that `//go:linkname` names, else empty; and a
            function with a body: that one, or the twin in plain Go of what is in assembly.
        """
        package = self._package_of(func)
        if package is None or func.signature.recv is not None:
            return "", None
        remote = package.linkname(func)
        if not remote:
            return "", package.twin(func)
        folder, slash, rest = remote.rpartition("/")
        last, _, name = rest.partition(".")
        other = self.package(f"{folder}{slash}{last}")
        found = None if other is None else other.scope.lookup(name)
        return remote, found if isinstance(found, objects.Func) else None

    def has_initializer(self, var: objects.Var) -> bool:
        """Tell if a std variable has an initial value."""
        package = self._package_of(var)
        return package is not None and package.has_initializer(var)

    def initializer(self, var: objects.Var) -> tuple[Initializer, Info] | None:
        """Return a std variable's initial value, checked; None if it has none."""
        package = self._package_of(var)
        if package is None:
            return None
        found = package.initializer(var)
        return None if found is None else (found, package.info)

    def inits(
        self, var: objects.Var, importing: Sequence[objects.Package] = ()
    ) -> list[objects.Func]:
        """Return the functions `init` of std that a std variable gets its value from, too.

        Args:
            var: the variable.
            importing: what the program imports; registrations of other packages do not count.
        """
        package = self._package_of(var)
        if package is None:
            return []
        found = package.inits(var.name)
        word, others = registrations.BY_VARIABLE.get(f"{package.pkg.path}.{var.name}", ("", ()))
        imported = self._closure(importing) if others else frozenset()
        for path in others:
            other = self._open(path) if path in imported else None
            if other is not None:
                found += other.inits(word)
        return found

    def in_order(self, pkg: objects.Package) -> tuple[list[objects.Var], list[objects.Func]]:
        """Return all variables and functions `init` of a package of std, as they stand."""
        package = self._by_link_path[pkg.path]
        found = package.variables()
        for var in found:
            package.complete(var)
        return found, package.inits()

    def initialized_before(self, pkg: objects.Package) -> int:
        """Return how many packages get their values before a package: fewer before its imports."""
        return len(self._closure((pkg,)))

    def _closure(self, importing: Sequence[objects.Package]) -> frozenset[str]:
        """Return the paths of packages and of all that they import."""
        todo = [package.path for package in importing]
        found: set[str] = set()
        while todo:
            path = todo.pop()
            package = None if path in found else self._open(path)
            found.add(path)
            if package is not None:
                files = [file for file in package.std.files if file.decides]
                todo += [each.path for file in files for each in file.imports]
        return frozenset(found)

    def fact(self, func: objects.Func) -> pack.Fact | None:
        """Return what gc decided about a std function; None for what it did not compile."""
        package = self._package_of(func)
        if package is None:
            return None
        return package.std.facts.get(link_name(func.origin))

    def tags(self, func: objects.Func) -> tuple[str, ...] | None:
        """Return the escape tags of the receiver and parameters; None if not known."""
        fact = self.fact(func)
        return None if fact is None else fact.tags

    def passed_on(self, pkg: objects.Package) -> frozenset[str]:
        """Return link names of functions of other packages whose bodies a package passes on."""
        package = self._by_link_path.get(pkg.path)
        return frozenset() if package is None else package.std.facts.passed_on

    def inline_cost(self, func: objects.Func) -> int | None:
        """Return what inlining a function costs; None if it can't be inlined."""
        fact = self.fact(func)
        return None if fact is None else fact.cost


def link_name(func: objects.Func) -> str:
    """Return the linker's name of a function, like `strings.(*Builder).WriteString`."""
    assert func.pkg is not None
    folder, slash, last = func.pkg.path.rpartition("/")
    path = f"{folder}{slash}{last.replace('.', '%2e')}"
    recv = func.signature.recv
    if recv is None or recv.type is None:
        return f"{path}.{func.name}"
    typ = types.unalias(recv.type)
    if isinstance(typ, types.Pointer):
        base = types.as_named(typ.elem)
        assert base is not None
        return f"{path}.(*{base.obj.name}).{func.name}"
    base = types.as_named(typ)
    assert base is not None
    return f"{path}.{base.obj.name}.{func.name}"


def _is_internal(path: str) -> bool:
    return "internal" in path.split("/") or path.startswith("vendor/")


@functools.cache
def standard() -> Library:
    """Return the library of this process."""
    return Library()
