"""The state of checking one package, and what every rule of this room does with it.

The rules themselves are functions in the modules named as types2's files (`decl`, `typexpr`,
`expr`, `call`, `stmt` …); each takes the `Checker` first. This class only holds what they
share: the environment in which an expression is looked at, the objects on the way to being
declared (for cycles), the actions put off, the untyped expressions, the errors, and `Info`.

Invariants:
  1. `env` is replaced as a whole when a declaration or a body is entered, and put back.
  2. Delayed actions run in the order in which they were put off; a statement runs those that
     it caused before the next statement starts.
  3. An expression is in `untyped` exactly until its final type is recorded.

Source: cmd/compile/internal/types2/check.go, recording.go and format.go, go1.27.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mkdocs_gomem import lean
from mkdocs_gomem.compiler import syntax
from mkdocs_gomem.compiler.checker import operand as operands
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.compiler.checker.errors import Report
from mkdocs_gomem.compiler.checker.info import (
    Importer,
    Info,
    Instance,
    Selection,
    SelectionKind,
    TypeAndValue,
)
from mkdocs_gomem.compiler.checker.mono import MonoGraph
from mkdocs_gomem.compiler.checker.operand import CONSTANT, INVALID, NO_VALUE, Mode, Operand
from mkdocs_gomem.compiler.checker.version import CURRENT, Version, spell_version
from mkdocs_gomem.gotypes import constants, instantiate, objects, types
from mkdocs_gomem.gotypes.predicates import is_untyped
from mkdocs_gomem.gotypes.spelling import type_string
from mkdocs_gomem.lean import dataclass, field
from mkdocs_gomem.source import NO_POS, Diagnostic, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NEEDS_VERSION = r"requires go[0-9]+\.[0-9]+ or later"


@dataclass(slots=True, eq=False)
class DeclInfo:
    """What a package-level object was declared by."""

    file: objects.Scope
    """Scope of the file, where its imports are."""
    version: Version
    lhs: list[objects.Var] | None = None
    """All variables of `var a, b = f()`."""
    vtyp: syntax.Expr | None = None
    """Type of a constant or variable, if written."""
    init: syntax.Expr | None = None
    """Initial value of a constant or variable."""
    inherited: bool = False
    """The value was repeated from an earlier constant of the group."""
    tdecl: syntax.TypeDecl | None = None
    fdecl: syntax.FuncDecl | None = None
    deps: dict[objects.Object, None] = field(default_factory=dict)
    """Package-level objects that the initial value or the body mentions."""

    @property
    def has_initializer(self) -> bool:
        """There is something to evaluate."""
        return self.init is not None or (self.fdecl is not None and self.fdecl.has_body)


@dataclass(slots=True, eq=False)
class Environment:
    """Where the checker stands."""

    scope: objects.Scope
    version: Version = CURRENT
    decl: DeclInfo | None = None
    """The package-level declaration whose dependencies are collected."""
    iota: constants.Value | None = None
    errpos: Pos = NO_POS
    """Place of a constant that repeats an initial value: errors are told there."""
    in_tparam_list: bool = False
    sig: types.Signature | None = None
    """Signature of the function whose body is checked."""
    is_panic: set[syntax.CallExpr] | None = None
    """Calls of `panic`, which end a function; collected only where it has results."""
    has_call_or_recv: bool = False
    """The expression contains a call or receive, so `len` of an array is no constant."""


@dataclass(slots=True)
class Untyped:
    """An expression whose final type is not known yet."""

    mode: Mode
    typ: types.Basic
    val: constants.Value | None
    is_lhs: bool = False
    """Left operand of a shift whose check waits for the type."""


class Checker:
    """The state of checking one package."""

    __slots__ = (
        "cleaners",
        "context",
        "delayed",
        "dot_imports",
        "env",
        "errors",
        "files",
        "go_version",
        "importer",
        "imports",
        "info",
        "initialized",
        "looked_through",
        "methods",
        "mono",
        "names_of_packages",
        "obj_list",
        "obj_map",
        "obj_path",
        "obj_path_index",
        "pkg",
        "trusted",
        "types",
        "untyped",
        "valid_types",
        "var_sizes",
        "versions",
    )

    def __init__(
        self,
        pkg: objects.Package,
        importer: Importer,
        *,
        go_version: Version = CURRENT,
        trusted: bool = False,
    ) -> None:
        self.pkg = pkg
        self.importer = importer
        self.go_version = go_version
        self.initialized: set[DeclInfo] = set()
        """In a trusted package: declarations of variables whose initial value was checked."""
        self.trusted = trusted
        """The package is known to compile: nothing is verified, bodies are left alone."""
        self.info = Info(pkg)
        self.types = self.info.types
        self.files: list[syntax.File] = []
        self.versions: dict[int, Version] = {}
        self.imports: list[objects.PkgName] = []
        self.dot_imports: dict[tuple[objects.Scope, str], objects.PkgName] = {}
        self.obj_map: dict[objects.Object, DeclInfo] = {}
        self.obj_list: list[objects.Object] = []
        self.methods: dict[objects.TypeName, list[objects.Func]] = {}
        self.untyped: dict[syntax.Expr, Untyped] = {}
        self.delayed: list[tuple[Version, Callable[[], None]]] = []
        self.obj_path: list[objects.Object] = []
        self.obj_path_index: dict[objects.Object, int] = {}
        self.valid_types: set[types.Named] = set()
        """Types that do not contain themselves."""
        self.looked_through = 0
        """Parts of the type that is looked at now, as often as each was met."""
        self.var_sizes: dict[types.Named, bool | objects.Object] = {}
        """Whether a type's size depends on type parameters; its object while that is asked."""
        self.cleaners: list[types.Interface] = []
        self.mono = MonoGraph()
        self.context = importer.context
        if not trusted:
            self.context = instantiate.Context(importer.context)
            self.context.record_canon = self.mono.record_canon
            self.context.of_program = True
        self.errors: list[Diagnostic] = []
        self.env = Environment(pkg.scope, go_version)
        self.names_of_packages: dict[str, set[str]] | None = None

    # Reporting

    def new_report(self, code: Code) -> Report:
        """Begin an error of several lines."""
        return Report(self, code)

    def error(
        self, at: Operand | syntax.Node | objects.Object | Pos, code: Code, text: str
    ) -> None:
        """Report one error."""
        report = Report(self, code)
        report.add(at_pos(at), text)
        report.report()

    def handle_error(self, pos: Pos, code: Code, message: str) -> None:
        """Keep an error; say why a language version is too old."""
        if code is Code.INVALID_SYNTAX_TREE:
            message = "invalid syntax tree: " + message
        if re.search(_NEEDS_VERSION, message):
            declared = next((f.go_version for f in self.files if f.pos >> 40 == pos >> 40), "")
            if declared and declared == spell_version(self.file_version(pos)):
                message += f" (file declares //go:build {declared})"
            else:
                message += f" (-lang was set to {spell_version(self.go_version)}; check go.mod)"
        self.errors.append(Diagnostic(code.value, pos, message))

    def version_error(
        self, at: Operand | syntax.Node | objects.Object | Pos, want: Version, what: str
    ) -> None:
        """Report that something needs a later version of the language."""
        text = f"{what} requires {spell_version(want)} or later"
        self.error(at, Code.UNSUPPORTED_FEATURE, text)

    def file_version(self, pos: Pos) -> Version:
        """Return the language version of the file of a position."""
        return self.versions.get(pos >> 40, self.go_version)

    def allow_version(self, want: Version) -> bool:
        """Tell whether the language version in force has a feature of `want`."""
        return self.env.version >= want

    def verify_version(
        self, at: Operand | syntax.Node | objects.Object | Pos, want: Version, what: str
    ) -> bool:
        """Report a feature that the language version does not have."""
        if self.env.version >= want:
            return True
        self.version_error(at, want, what)
        return False

    # Spelling

    def type_string(self, typ: types.Type | None) -> str:
        """Spell a type as messages of this package do."""
        return type_string(typ, self.qualifier)

    def operand_string(self, x: Operand) -> str:
        """Spell an operand as messages of this package do."""
        return operands.operand_string(x, self.qualifier)

    def qualifier(self, pkg: objects.Package) -> str:
        """Write a package in front of a name; its path where its name alone is not enough."""
        if pkg is self.pkg:
            return ""
        if self.names_of_packages is None:
            self.names_of_packages = {}
            self._mark_imports(self.pkg, set())
        if len(self.names_of_packages.get(pkg.name, ())) > 1:
            return f'"{pkg.path}"'
        return pkg.name

    def _mark_imports(self, pkg: objects.Package, seen: set[objects.Package]) -> None:
        if pkg in seen:
            return
        seen.add(pkg)
        assert self.names_of_packages is not None
        self.names_of_packages.setdefault(pkg.name, set()).add(pkg.path)
        imports = pkg.imports if pkg is self.pkg else self.importer.imports(pkg)
        for imported in imports:
            self._mark_imports(imported, seen)

    # Environment

    def lookup_scope(self, name: str) -> tuple[objects.Scope | None, objects.Object | None]:
        """Find a name in the scopes around, innermost first, and where it was."""
        scope: objects.Scope | None = self.env.scope
        while scope is not None:
            obj = scope.lookup(name)
            if obj is not None:
                return scope, obj
            scope = scope.parent
        return None, None

    def lookup(self, name: str) -> objects.Object | None:
        """Find a name in the scopes around."""
        return self.lookup_scope(name)[1]

    def open_scope(self, node: syntax.Node, comment: str = "block") -> None:
        """Enter a new scope."""
        # Where library code ends matters to nobody; a function's names end with its frame.
        end = NO_POS if self.trusted or comment != "block" else syntax.end_pos(node)
        scope = objects.Scope(self.env.scope, node.pos, end, comment)
        self.info.scopes[node] = scope
        self.env.scope = scope

    def close_scope(self) -> None:
        """Leave the innermost scope."""
        parent = self.env.scope.parent
        assert parent is not None
        self.env.scope = parent

    def add_decl_dep(self, to: objects.Object) -> None:
        """Note that the declaration being checked mentions a package-level object."""
        decl = self.env.decl
        if decl is not None and to in self.obj_map:
            decl.deps[to] = None

    # Delayed actions and the path of declarations

    def later(self, action: Callable[[], None]) -> None:
        """Put an action off until types are complete."""
        self.delayed.append((self.env.version, action))

    def verify_later(self, action: Callable[[], None]) -> None:
        """Put off an action that only finds errors."""
        if not self.trusted:
            self.delayed.append((self.env.version, action))

    def process_delayed(self, top: int) -> None:
        """Run the actions put off since there were `top`; they may put off more."""
        delayed = self.delayed
        if len(delayed) == top:
            return
        saved = self.env.version
        i = top
        while i < len(delayed):
            version, action = delayed[i]
            self.env.version = version
            action()
            i += 1
        del delayed[top:]
        self.env.version = saved

    def push(self, obj: objects.Object) -> None:
        """Begin declaring an object."""
        self.obj_path_index[obj] = len(self.obj_path)
        self.obj_path.append(obj)

    def pop(self) -> None:
        """End declaring the innermost object."""
        del self.obj_path_index[self.obj_path.pop()]

    # Recording

    def record(self, x: Operand) -> None:
        """Record what an expression turned out to be; one without type yet, for later."""
        mode = x.mode
        if mode is INVALID:
            return
        expr = x.expr
        assert expr is not None
        if mode is NO_VALUE:
            self.types[expr] = TypeAndValue(mode, None)
            return
        typ = x.typ
        val = x.val if mode is CONSTANT else None
        if isinstance(typ, types.Basic) and is_untyped(typ):
            self.untyped[expr] = Untyped(mode, typ, val)
        else:
            self.types[expr] = TypeAndValue(mode, typ, val)

    def record_type(
        self,
        expr: syntax.Expr,
        mode: Mode,
        typ: types.Type | None,
        val: constants.Value | None = None,
    ) -> None:
        """Record the final type of an expression."""
        if mode is not INVALID:
            self.types[expr] = TypeAndValue(mode, typ, val)

    def record_untyped(self) -> None:
        """Record what stayed untyped to the end, like `nil` compared with `nil`."""
        for expr, rest in self.untyped.items():
            if rest.mode is not Mode.INVALID:
                self.types[expr] = TypeAndValue(rest.mode, rest.typ, rest.val)

    def record_builtin_type(self, fun: syntax.Expr, sig: types.Signature) -> None:
        """Record the signature a builtin has in one call."""
        while True:
            self.types[fun] = TypeAndValue(Mode.BUILTIN, sig)
            if not isinstance(fun, syntax.ParenExpr):
                return
            fun = fun.x

    def record_comma_ok_types(self, expr: syntax.Expr, pair: Sequence[Operand]) -> None:
        """Record that an expression was asked for two values."""
        first, second = pair
        if first.mode is Mode.INVALID:
            return
        both = types.Tuple(
            [
                objects.Var(expr.pos, self.pkg, "", first.typ, objects.VarKind.LOCAL_VAR),
                objects.Var(expr.pos, self.pkg, "", second.typ, objects.VarKind.LOCAL_VAR),
            ]
        )
        while True:
            known = self.types[expr]
            self.types[expr] = TypeAndValue(known.mode, both, known.value)
            if not isinstance(expr, syntax.ParenExpr):
                return
            expr = expr.x

    def record_def(self, name: syntax.Name, obj: objects.Object | None) -> None:
        """Record what a name declares."""
        self.info.defs[name] = obj

    def record_use(self, name: syntax.Name, obj: objects.Object) -> None:
        """Record what a name refers to."""
        self.info.uses[name] = obj

    def record_selection(
        self,
        expr: syntax.SelectorExpr,
        kind: SelectionKind,
        recv: types.Type,
        obj: objects.Var | objects.Func,
        index: Sequence[int],
        typ: types.Type,
        *,
        indirect: bool = False,
    ) -> None:
        """Record the meaning of a selector."""
        self.info.uses[expr.sel] = obj
        self.info.selections[expr] = Selection(kind, recv, obj, tuple(index), indirect, typ)

    def record_instance(
        self, expr: syntax.Expr, targs: Sequence[types.Type], typ: types.Type
    ) -> None:
        """Record the type arguments of a generic function or type."""
        if isinstance(typ, types.Signature) and typ.recv_old is not None:
            # The instance of a method has its receiver back.
            if typ.recv_old is METHOD_EXPR:
                first, *rest = typ.params.vars
                typ = lean.replace(typ, recv=first, recv_old=None, params=types.Tuple(rest))
            else:
                typ = lean.replace(typ, recv=typ.recv_old, recv_old=None)
        self.info.instances[instantiated_name(expr)] = Instance(tuple(targs), typ)


METHOD_EXPR = objects.Var(NO_POS, None, "")
"""Stands in a signature's `recv_old` for a receiver that is the first parameter now."""


def instantiated_name(expr: syntax.Expr) -> syntax.Name:
    """Return the name that stands for a generic function or type in an expression."""
    if isinstance(expr, syntax.IndexExpr):
        expr = expr.x
    if isinstance(expr, syntax.SelectorExpr):
        return expr.sel
    while isinstance(expr, syntax.ParenExpr):
        expr = expr.x
    assert isinstance(expr, syntax.Name), "only a name can be instantiated"
    return expr


def at_pos(at: Operand | syntax.Node | objects.Object | Pos) -> Pos:
    """Return the place where an error about something is told: where it starts."""
    if isinstance(at, int):
        return Pos(at)
    if isinstance(at, Operand):
        return syntax.start_pos(at.expr) if at.expr is not None else NO_POS
    if isinstance(at, syntax.Node):
        return syntax.start_pos(at)
    return at.pos
