"""Collecting: which objects the files of a package declare, before any type is looked at.

Reads the declarations of all files; fills the package's scope, the scope of each file (its
imports) and `Checker.obj_map`, and attaches methods to the name of their receiver's type.
Then declares everything in gc's order: types, aliases, the rest. What stays unused among the
imports is told at the end.

Source: cmd/compile/internal/types2/resolver.go, go1.27.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import decl as decls
from mkdocs_gomem.compiler.checker.checker import Checker, DeclInfo
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.version import GO1_18, GO1_27
from mkdocs_gomem.gotypes import constants, objects
from mkdocs_gomem.source import NO_POS, Diagnostic, Pos, spell, unsupported

if TYPE_CHECKING:
    from collections.abc import Sequence

_ILLEGAL_IN_PATH = frozenset("!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd")


class ConstGroup:
    """Counts iota through the constants of one `const (...)` and repeats what is left out."""

    __slots__ = ("first", "group", "last")

    def __init__(self) -> None:
        self.first = -1
        self.group: syntax.Group | None = None
        self.last: syntax.ConstDecl | None = None

    def interrupt(self) -> None:
        """A declaration of another kind ends the group."""
        self.first = -1

    def enter(
        self, index: int, s: syntax.ConstDecl
    ) -> tuple[int, syntax.Expr | None, list[syntax.Expr], bool]:
        """Return iota, the type, the values, and whether these were repeated."""
        if self.first < 0 or s.group is None or s.group is not self.group:
            self.first = index
            self.last = None
        self.group = s.group
        iota = index - self.first
        inherited = True
        if s.type is not None or s.values is not None:
            self.last = s
            inherited = False
        if self.last is None:
            return iota, None, [], False
        return iota, self.last.type, syntax.unpack_list_expr(self.last.values), inherited


def arity(
    check: Checker,
    pos: Pos,
    names: Sequence[syntax.Name],
    inits: Sequence[syntax.Expr],
    *,
    const_decl: bool,
    inherited: bool,
) -> None:
    """Compare the number of names with the number of values."""
    names_count, inits_count = len(names), len(inits)
    if names_count < inits_count:
        extra = inits[names_count]
        if inherited:
            check.error(pos, Code.WRONG_ASSIGN_COUNT, f"extra init expr at {spell(extra.pos)}")
        else:
            text = f"extra init expr {syntax.spell(extra)}"
            check.error(extra, Code.WRONG_ASSIGN_COUNT, text)
    elif names_count > inits_count and (const_decl or inits_count != 1):
        name = names[inits_count]
        check.error(name, Code.WRONG_ASSIGN_COUNT, f"missing init expr for {name.value}")


def _import_path(literal: str) -> tuple[str, str]:
    """Return the path of an import, and what is wrong with it."""
    path = (constants.unquote(literal) or b"").decode("utf-8", "replace")
    if not path:
        return path, "empty string"
    for char in path:
        graphic = unicodedata.category(char)[0] in "LMNPS" or char == " "
        if not graphic or char.isspace() or char in _ILLEGAL_IN_PATH:
            return path, f"invalid character U+{ord(char):04X} '{char}'"
    return path, ""


def declare_pkg_obj(check: Checker, name: syntax.Name, obj: objects.Object, info: DeclInfo) -> None:
    """Declare a package-level constant, type or variable."""
    if name.value == "init":
        check.error(name, Code.INVALID_INIT_DECL, "cannot declare init - must be func")
        return
    if name.value == "main" and check.pkg.name == "main":
        check.error(name, Code.INVALID_MAIN_DECL, "cannot declare main - must be func")
        return
    decls.declare(check, check.pkg.scope, name, obj, NO_POS)
    enter(check, obj, info)


def enter(check: Checker, obj: objects.Object, info: DeclInfo) -> None:
    """Remember by what an object was declared, in the order of the source."""
    check.obj_map[obj] = info
    obj.order = len(check.obj_map)


_EXCLUDED = frozenset({"arena", "runtime/secret", "simd", "simd/archsimd", "syscall/js"})
"""Packages of std that no file is left of on linux/amd64, without experiments."""
_EXCLUSION = (
    "package command-line-arguments\n\timports {path}: "
    "build constraints exclude all Go files in /usr/local/go/src/{path}"
)


def missing_imports(check: Checker) -> list[Diagnostic]:
    """Return what `go build` says, before it compiles anything, of imports that lead nowhere."""
    missing: dict[str, Diagnostic] = {}
    for file in check.files:
        for s in file.decl_list:
            if not isinstance(s, syntax.ImportDecl) or s.path is None or s.path.bad:
                continue
            path, problem = _import_path(s.path.value)
            if problem or path in missing:
                continue
            if path == "C":
                unsupported(s.path.pos, 'import "C" (cgo)')
            if path in _EXCLUDED:
                missing[path] = Diagnostic("import", NO_POS, _EXCLUSION.format(path=path))
            elif check.importer.import_package(path, s.pos, by=check.pkg.path) is None:
                missing[path] = Diagnostic("import", s.pos, _why_missing(path))
    return list(missing.values())


def _why_missing(path: str) -> str:
    if path.startswith("/"):
        return f"\"{path}\" is not a package path; see 'go help packages'"
    if path.startswith("."):
        return f'"{path}" is relative, but relative import paths are not supported in module mode'
    if path.startswith("-"):
        return f'malformed import path "{path}": leading dash'
    if "//" in path:
        return f'malformed import path "{path}": double slash'
    if path.endswith("/"):
        return f'malformed import path "{path}": trailing slash'
    if "." in path.partition("/")[0]:
        return f"no required module provides package {path}; to add it:\n\tgo get {path}"
    return f"package {path} is not in std"


def collect_import(check: Checker, file_scope: objects.Scope, s: syntax.ImportDecl) -> None:
    """Declare what an import makes visible in its file."""
    if s.path is None or s.path.bad:
        return
    path, problem = _import_path(s.path.value)
    if problem:
        check.error(s.path, Code.BAD_IMPORT_PATH, f"invalid import path ({problem})")
        return
    imported = check.importer.import_package(path, s.pos, by=check.pkg.path)
    assert imported is not None, "what is missing was told before"
    local = s.local_pkg_name
    name = imported.name if local is None else local.value
    if name == "init":
        text = "cannot import package as init - init must be a func"
        check.error(s, Code.INVALID_INIT_DECL, text)
        return
    if imported not in check.pkg.imports:
        check.pkg.imports = [*check.pkg.imports, imported]
    pkg_name = objects.PkgName(s.pos, check.pkg, name, imported)
    if local is not None:
        check.record_def(local, pkg_name)
    else:
        check.info.implicits[s] = pkg_name
    if imported.fake:
        pkg_name.used = True
    check.imports.append(pkg_name)
    if name != ".":
        decls.declare(check, file_scope, None, pkg_name, NO_POS)
        return
    for exported in imported.scope.names:
        if not objects.is_exported(exported):
            continue
        obj = imported.scope.lookup(exported)
        assert obj is not None
        other = file_scope.lookup(exported)
        if other is None:
            file_scope.insert(obj)
            check.dot_imports[file_scope, exported] = pkg_name
        else:
            report = check.new_report(Code.DUPLICATE_DECL)
            assert local is not None
            report.add(local.pos, f"{other.name} redeclared in this block")
            report.add_other(other)
            report.report()


def collect_consts(
    check: Checker, file_scope: objects.Scope, group: ConstGroup, index: int, s: syntax.ConstDecl
) -> None:
    """Declare the constants of one line."""
    iota, typ, values, inherited = group.enter(index, s)
    for i, name in enumerate(s.name_list):
        obj = objects.Const(name.pos, check.pkg, name.value, None, constants.make_int(iota))
        init = values[i] if i < len(values) else None
        info = DeclInfo(file_scope, check.env.version, vtyp=typ, init=init, inherited=inherited)
        declare_pkg_obj(check, name, obj, info)
    arity(check, s.pos, s.name_list, values, const_decl=True, inherited=inherited)


def collect_vars(check: Checker, file_scope: objects.Scope, s: syntax.VarDecl) -> None:
    """Declare the variables of one `var a, b T = ...`."""
    version = check.env.version
    lhs: list[objects.Var] = []
    shared: DeclInfo | None = None
    if not isinstance(s.values, syntax.ListExpr):
        shared = DeclInfo(file_scope, version, lhs=lhs, vtyp=s.type, init=s.values)
    values = syntax.unpack_list_expr(s.values)
    for i, name in enumerate(s.name_list):
        obj = objects.Var(name.pos, check.pkg, name.value)
        lhs.append(obj)
        info = shared
        if info is None:
            init = values[i] if i < len(values) else None
            info = DeclInfo(file_scope, version, vtyp=s.type, init=init)
        declare_pkg_obj(check, name, obj, info)
    if s.type is None or values:
        arity(check, s.pos, s.name_list, values, const_decl=False, inherited=False)


def collect_func(check: Checker, file_scope: objects.Scope, s: syntax.FuncDecl) -> objects.Func:
    """Declare a function; a method only gets its object."""
    pkg = check.pkg
    name = s.name.value
    obj = objects.Func(s.name.pos, pkg, name)
    tparam = s.tparam_list[0] if s.tparam_list else None
    if s.recv is not None:
        if tparam is not None:
            check.verify_version(tparam, GO1_27, "generic method")
        check.record_def(s.name, obj)
    else:
        if name == "init" or (name == "main" and pkg.name == "main"):
            code = Code.INVALID_MAIN_DECL if name == "main" else Code.INVALID_INIT_DECL
            if tparam is not None:
                check.error(tparam, code, f"func {name} must have no type parameters")
            if s.type.param_list or s.type.result_list:
                text = f"func {name} must have no arguments and no return values"
                check.error(s.name, code, text)
        elif tparam is not None:
            check.verify_version(tparam, GO1_18, "type parameter")
        if name == "init":
            obj.parent = pkg.scope
            check.record_def(s.name, obj)
            if not s.has_body:
                check.error(obj, Code.MISSING_INIT_BODY, "func init must have a body")
        else:
            decls.declare(check, pkg.scope, s.name, obj, NO_POS)
    enter(check, obj, DeclInfo(file_scope, check.env.version, fdecl=s))
    obj.resolver = lambda func: decls.obj_decl(check, func)
    return obj


def collect_objects(check: Checker) -> None:
    """Declare everything the files of the package declare."""
    pkg = check.pkg
    methods: list[tuple[objects.Func, bool, syntax.Name]] = []
    file_scopes: list[objects.Scope] = []
    for file in check.files:
        check.env.version = check.file_version(file.pos)
        check.record_def(file.pkg_name, None)
        file_scope = objects.Scope(pkg.scope, syntax.start_pos(file), file.eof, "file")
        file_scopes.append(file_scope)
        check.info.scopes[file] = file_scope
        group = ConstGroup()
        for index, s in enumerate(file.decl_list):
            match s:
                case syntax.ConstDecl():
                    collect_consts(check, file_scope, group, index, s)
                    continue
                case syntax.ImportDecl():
                    collect_import(check, file_scope, s)
                case syntax.VarDecl():
                    collect_vars(check, file_scope, s)
                case syntax.TypeDecl():
                    tname = objects.TypeName(s.name.pos, pkg, s.name.value)
                    info = DeclInfo(file_scope, check.env.version, tdecl=s)
                    declare_pkg_obj(check, s.name, tname, info)
                case syntax.FuncDecl():
                    obj = collect_func(check, file_scope, s)
                    if s.recv is not None and obj.name != "_":
                        ptr, base, _ = unpack_recv(check, s.recv.type, unpack_params=False)
                        if isinstance(base, syntax.Name):
                            methods.append((obj, ptr, base))
            group.interrupt()
    for scope in file_scopes:
        _check_file_scope(check, scope)
    for obj, is_pointer, recv in methods:
        ptr, base_name = resolve_base_type_name(check, recv, ptr=is_pointer)
        if base_name is not None:
            obj.has_ptr_recv_hint = ptr
            check.methods.setdefault(base_name, []).append(obj)


def _check_file_scope(check: Checker, scope: objects.Scope) -> None:
    """Report names that a file imports and the package declares."""
    for name in scope.names:
        other = check.pkg.scope.lookup(name)
        if other is None:
            continue
        obj = scope.lookup(name)
        report = check.new_report(Code.DUPLICATE_DECL)
        if isinstance(obj, objects.PkgName):
            imported = obj.imported
            report.add(other.pos, f"{name} already declared through import of {imported}")
            report.add_other(obj)
        else:
            assert obj is not None
            report.add(other.pos, f"{name} already declared through dot-import of {obj.pkg}")
            report.add_other(obj)
        report.report()


def unpack_recv(
    check: Checker, rtyp: syntax.Expr, *, unpack_params: bool
) -> tuple[bool, syntax.Expr, list[syntax.Name]]:
    """Take a receiver's type apart: is it a pointer, to what, with which type parameters."""
    ptr = False
    tparams: list[syntax.Name] = []
    base = syntax.unparen(rtyp)
    if isinstance(base, syntax.Operation) and base.op == "*" and base.y is None:
        ptr = True
        base = syntax.unparen(base.x)
    if isinstance(base, syntax.IndexExpr):
        args = syntax.unpack_list_expr(base.index)
        base = base.x
        if unpack_params:
            for arg in args:
                if isinstance(arg, syntax.Name):
                    tparams.append(arg)
                    continue
                if not isinstance(arg, syntax.BadExpr):
                    text = f"receiver type parameter {syntax.spell(arg)} must be an identifier"
                    check.error(arg, Code.BAD_DECL, text)
                tparams.append(syntax.Name(arg.pos, "_"))
    return ptr, base, tparams


def resolve_base_type_name(
    check: Checker, name: syntax.Name, *, ptr: bool
) -> tuple[bool, objects.TypeName | None]:
    """Follow aliases from a receiver's type name to the defined type."""
    seen: set[objects.TypeName] = set()
    current: syntax.Expr = name
    while isinstance(current, syntax.Name):
        obj = check.pkg.scope.lookup(current.value)
        if not isinstance(obj, objects.TypeName) or obj in seen:
            break
        tdecl = check.obj_map[obj].tdecl
        assert tdecl is not None
        if not tdecl.alias:
            return ptr, obj
        if tdecl.tparam_list:
            break
        seen.add(obj)
        current = syntax.unparen(tdecl.type)
        if isinstance(current, syntax.Operation) and current.op == "*" and current.y is None:
            if ptr:
                break
            ptr = True
            current = syntax.unparen(current.x)
    return False, None


def package_objects(check: Checker) -> None:
    """Declare all package-level objects: types, then aliases, then the rest."""
    type_names: list[objects.Object] = []
    aliases: list[objects.Object] = []
    others: list[objects.Object] = []
    for obj in check.obj_list:
        if not isinstance(obj, objects.TypeName):
            others.append(obj)
            continue
        if obj.type is not None:
            decls.collect_methods(check, obj)
        tdecl = check.obj_map[obj].tdecl
        assert tdecl is not None
        (aliases if tdecl.alias else type_names).append(obj)
    for obj in (*type_names, *aliases, *others):
        decls.obj_decl(check, obj)
    check.methods = {}


def unused_imports(check: Checker) -> None:
    """Report imports that nothing uses."""
    for obj in check.imports:
        if obj.name == "_" or obj.used:
            continue
        path = obj.imported.path
        text = f'"{path}" imported and not used'
        if obj.name not in ("", ".", path.rpartition("/")[2]):
            text = f'"{path}" imported as {obj.name} and not used'
        check.error(obj, Code.UNUSED_IMPORT, text)
