"""One package of the standard library, read as little as possible.

The pack has an index of declarations; here a name becomes an object when it is looked up: its
declaration is parsed, a constant, variable, alias or function gets its type when that is
asked for, a defined type its right-hand side and methods when they are. Bodies and initial
values are checked on demand only.

Invariants:
  1. the package compiles, so nothing is verified (`Checker.trusted`); an error is our fault;
  2. an object is made once; all syntax and all types of a package share one `Info`;
  3. names come from the files that gc compiles for linux/amd64, else from the pure Go twins.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import assignments, decl, expr, resolver, stmt
from mkdocs_gomem.compiler.checker.checker import Checker, DeclInfo, Environment
from mkdocs_gomem.compiler.checker.info import Info, Initializer
from mkdocs_gomem.compiler.checker.operand import Operand
from mkdocs_gomem.compiler.checker.version import CURRENT, parse_version
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.source import NO_POS, spell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mkdocs_gomem.compiler.library.library import Library
    from mkdocs_gomem.std import pack

_RECEIVER = rb"(?m)^func\s*\((?:\s*\w+\s+)?\s*(\*)?"
_MAJOR = re.compile(r"v\d+(\.\d+)*")


class _FileScope(objects.Scope):
    """The imports of one file; a package is opened when its name is used."""

    __slots__ = ("_dots", "_import", "_paths")

    def __init__(
        self,
        parent: objects.Scope,
        file: pack.File,
        open_import: Callable[[str, str], objects.Object | None],
    ) -> None:
        super().__init__(None, comment=file.name)
        self.parent = parent
        self._import = open_import
        self._paths: dict[str, str] = {}
        self._dots: list[str] = []
        for each in file.imports:
            if each.name == ".":
                self._dots.append(each.path)
            else:
                self._paths[each.name or default_name(each.path)] = each.path

    def lookup(self, name: str) -> objects.Object | None:  # type: ignore[explicit-override]
        """Return the package that a name stands for in this file."""
        path = self._paths.get(name)
        if path is None:
            return self._dot_imported(name) if self._dots else None
        obj = self._elems.get(name)
        if obj is None:
            obj = self._import(name, path)
            if obj is not None:
                self._elems[name] = obj
        return obj

    def _dot_imported(self, name: str) -> objects.Object | None:
        if objects.is_exported(name):
            for path in self._dots:
                package = self._import(name, path)
                assert isinstance(package, objects.PkgName)
                obj = package.imported.scope.lookup(name)
                if obj is not None:
                    return obj
        return None


def default_name(path: str) -> str:
    """Return the name of a std package by its path alone."""
    *_, before, last = ("", *path.split("/"))
    return before if _MAJOR.fullmatch(last) and before else last


class _PackageScope(objects.Scope):
    """The declarations of a package; an object is made when its name is looked up."""

    __slots__ = ("_make", "_names", "_package")

    def __init__(self, package: StdPackage) -> None:
        super().__init__(objects.UNIVERSE, comment=package.std.path)
        self._package = package
        self._names: list[str] | None = None

    def lookup(self, name: str) -> objects.Object | None:  # type: ignore[explicit-override]
        """Return the object of that name, made now if need be."""
        obj = self._elems.get(name)
        if obj is None:
            self._package.make(name)
            obj = self._elems.get(name)
        return obj

    def insert(self, obj: objects.Object) -> objects.Object | None:  # type: ignore[explicit-override]
        """Declare an object that was made."""
        self._elems[obj.name] = obj
        obj.parent = self
        return None

    @property
    def names(self) -> list[str]:  # type: ignore[explicit-override]
        """All names that the deciding files declare, sorted."""
        if self._names is None:
            found = {
                name
                for declaration in self._package.std.declarations
                if declaration.file.decides and declaration.kind != "method"
                for name in declaration.names
                if name not in ("_", "init")
            }
            self._names = sorted(found)
        return self._names


class _LazyNamed(types.Named):
    """A defined type whose declaration is looked at when a part of it is needed."""

    __slots__ = ("_is_generic",)

    def __init__(
        self, obj: objects.TypeName, resolve: Callable[[types.Named], None], *, generic: bool
    ) -> None:
        super().__init__(obj, resolver=resolve)
        self._is_generic = generic

    @property
    def type_params(self) -> Sequence[types.TypeParam]:  # type: ignore[explicit-override]
        """Of a generic type; that a type is none is known without reading it."""
        return super().type_params if self._is_generic else ()


class StdPackage:
    """One package: what the pack knows of it, and what was made of that so far."""

    def __init__(self, std: pack.Package, library: Library) -> None:
        self.std = std
        self.pkg = objects.Package(std.link_path, std.name, imported=True)
        self.pkg.scope = _PackageScope(self)
        self.pkg.complete = True
        self.check = Checker(self.pkg, library, trusted=True)
        self._library = library
        self._file_scopes: dict[str, _FileScope] = {}
        self._parsed: set[tuple[str, int]] = set()
        self._bodies: set[objects.Func] = set()
        self._inits: dict[tuple[str, int], objects.Func] = {}

    @property
    def info(self) -> Info:
        """What is known of all that was checked."""
        return self.check.info

    # Making objects

    def make(self, name: str) -> None:
        """Parse the declaration of a name, and make the objects of all it declares."""
        found = self.std.lookup(name) or self.std.lookup(name, running=True)
        for declaration in found[:1]:
            self._collect(declaration)

    def _collect(self, declaration: pack.Declaration) -> None:
        place = declaration.file.name, declaration.start
        if place in self._parsed:
            return
        self._parsed.add(place)
        check = self.check
        scope = self._file_scope(declaration.file)
        saved = check.env
        check.env = Environment(scope, parse_version(declaration.file.version) or CURRENT)
        group = resolver.ConstGroup()
        for index, s in enumerate(self._parse(declaration)):
            match s:
                case syntax.ConstDecl():
                    resolver.collect_consts(check, scope, group, index, s)
                case syntax.VarDecl():
                    resolver.collect_vars(check, scope, s)
                case syntax.TypeDecl():
                    self._type_name(scope, s)
                case syntax.FuncDecl():
                    resolver.collect_func(check, scope, s)
                case syntax.ImportDecl():
                    pass
        check.env = saved

    def _parse(self, declaration: pack.Declaration) -> list[syntax.Decl]:
        file = declaration.file
        name = f"$GOROOT/src/{self.std.link_path}/{file.name}"
        text = self.std.text_of(declaration)
        return syntax.parse_declaration(text, name, declaration.line, bodies=False)

    def _file_scope(self, file: pack.File) -> _FileScope:
        scope = self._file_scopes.get(file.name)
        if scope is None:
            scope = _FileScope(self.pkg.scope, file, self._import)
            self._file_scopes[file.name] = scope
        return scope

    def _import(self, name: str, path: str) -> objects.Object | None:
        imported = self._library.package(path)
        if imported is None:
            return None
        return objects.PkgName(NO_POS, self.pkg, name, imported)

    def _type_name(self, scope: objects.Scope, s: syntax.TypeDecl) -> None:
        obj = objects.TypeName(s.name.pos, self.pkg, s.name.value)
        info = DeclInfo(scope, self.check.env.version, tdecl=s)
        resolver.declare_pkg_obj(self.check, s.name, obj, info)
        if not s.alias:
            _LazyNamed(obj, lambda named: self._define(named, info), generic=bool(s.tparam_list))

    def _define(self, named: types.Named, info: DeclInfo) -> None:
        """Read the declaration of a defined type, and find its methods."""
        check = self.check
        assert info.tdecl is not None
        for declaration in self.std.methods_of(named.obj.name):
            named.add_method(self._method(declaration))
        saved = check.env
        check.env = Environment(info.file, info.version)
        decl.define(check, named, info.tdecl)
        check.env = saved

    def _method(self, declaration: pack.Declaration) -> objects.Func:
        name = declaration.names[0].partition(".")[2]
        found = re.search(_RECEIVER, self.std.text_of(declaration))
        pointer = found is not None and found[1] is not None

        def resolve(func: objects.Func) -> None:
            s = self._parse(declaration)[0]
            assert isinstance(s, syntax.FuncDecl)
            func.pos = s.name.pos
            version = parse_version(declaration.file.version) or CURRENT
            info = DeclInfo(self._file_scope(declaration.file), version, fdecl=s)
            self.check.record_def(s.name, func)
            resolver.enter(self.check, func, info)
            self._resolved(func)

        return objects.Func(NO_POS, self.pkg, name, has_ptr_recv=pointer, resolver=resolve)

    def _resolved(self, obj: objects.Object) -> None:
        decl.obj_decl(self.check, obj)
        self._no_errors()

    def complete(self, obj: objects.Object) -> None:
        """Give an object its type."""
        if obj.type is None:
            self._resolved(obj)

    # Bodies and initial values

    def body(self, func: objects.Func) -> syntax.FuncDecl | None:
        """Return a function's declaration with its body checked, or None if it has no body."""
        signature = func.type
        info = self.check.obj_map.get(func)
        if info is None or info.fdecl is None or signature is None:
            return None
        body = syntax.parse_body(info.fdecl)
        if body is None:
            return None
        if func not in self._bodies:
            self._bodies.add(func)
            check = self.check
            saved = check.env
            check.env = Environment(info.file, info.version)
            top = len(check.delayed)
            stmt.func_body(check, info, signature, body, None)
            check.process_delayed(top)
            check.env = saved
            self._finish()
        return info.fdecl

    def twin(self, func: objects.Func) -> objects.Func | None:
        """Return the function of that name in the files that are run, if gc's are others.

        Of functions only: a method's receiver may be held in another way there.
        """
        recv = func.signature.recv
        for declaration in () if recv is not None else self.std.lookup(func.name, running=True):
            if declaration.kind != "func" or declaration.file.decides:
                continue
            place = declaration.file.name, declaration.start
            twin = self._inits.get(place)
            if twin is None:
                twin = self._inits[place] = self._apart(declaration, func.name)
            return twin
        return None

    def _apart(self, declaration: pack.Declaration, name: str) -> objects.Func:
        """Make the function of a declaration that has no place in the package's scope."""
        s = self._parse(declaration)[0]
        assert isinstance(s, syntax.FuncDecl)
        func = objects.Func(s.name.pos, self.pkg, name)
        version = parse_version(declaration.file.version) or CURRENT
        scope = self._file_scope(declaration.file)
        resolver.enter(self.check, func, DeclInfo(scope, version, fdecl=s))
        self._resolved(func)
        return func

    def linkname(self, func: objects.Func) -> str:
        """Return the linker's name that `//go:linkname` gives a function, or an empty string."""
        for declaration in self.std.lookup(func.name):
            for linkname in declaration.file.linknames:
                if linkname.local == func.name:
                    return linkname.remote
        return ""

    def variables(self) -> list[objects.Var]:
        """List the package's variables in the order of their declarations."""
        found = []
        for declaration in self.std.declarations:
            if declaration.kind == "var" and declaration.file.decides:
                named = [self.pkg.scope.lookup(name) for name in declaration.names if name != "_"]
                found += [obj for obj in named if isinstance(obj, objects.Var)]
        return found

    def inits(self, name: str = "") -> list[objects.Func]:
        """Return the package's functions `init` whose text has a name; all if none is given."""
        word = re.compile(rb"\b%s\b" % re.escape(name.encode()))
        found = []
        for declaration in self.std.lookup("init"):
            if word.search(self.std.text_of(declaration)) is None:
                continue
            place = declaration.file.name, declaration.start
            func = self._inits.get(place)
            if func is None:
                func = self._inits[place] = self._apart(declaration, "init")
            found.append(func)
        return found

    def has_initializer(self, var: objects.Var) -> bool:
        """Tell if a variable has an initial value."""
        info = self.check.obj_map.get(var)
        return info is not None and info.init is not None

    def initializer(self, var: objects.Var) -> Initializer | None:
        """Return the checked initial value of a variable, or None if it has none."""
        info = self.check.obj_map.get(var)
        if info is None or info.init is None:
            return None
        lhs = (var,) if info.lhs is None else tuple(info.lhs)
        check = self.check
        for each in lhs:
            self.complete(each)
        if info not in check.initialized:
            check.initialized.add(info)
            saved = check.env
            check.env = Environment(info.file, info.version, decl=info)
            top = len(check.delayed)
            if len(lhs) > 1:
                assignments.init_vars(check, lhs, [info.init], None)
            else:
                x = Operand()
                expr.expr(check, expr.new_target(var.type, var.name), x, info.init)
                assignments.init_var(check, var, x, "variable declaration")
            check.process_delayed(top)
            check.env = saved
        if check.delayed or check.untyped:
            # What giving a variable its type put off: bodies of function literals.
            check.process_delayed(0)
            self._finish()
        return Initializer(lhs, info.init)

    def _finish(self) -> None:
        self.check.record_untyped()
        self.check.untyped.clear()
        self._no_errors()

    def _no_errors(self) -> None:
        errors = self.check.errors
        if errors:
            first = errors[0]
            raise AssertionError(f"std does not check: {spell(first.pos)}: {first.message}")
