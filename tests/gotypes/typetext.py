"""Go types from their text, for tables in tests: a reader of type expressions, no checker.

`Reader(pkg)` reads declarations (`type T[P C] struct {…}`, `func (r *T) M(int) string`) into a
package and type expressions into types. Imported packages are given as other readers.
"""

# ruff: noqa: S105 - a token is a word of Go here
from __future__ import annotations

import re

from mkdocs_gomem.gotypes import constants, instantiate, objects, types
from mkdocs_gomem.gotypes.objects import UNIVERSE
from mkdocs_gomem.source import NO_POS, Pos, file_index, make_pos

_TOKEN = re.compile(r"""\s*(`[^`]*`|"[^"]*"|\w+|<-|\.\.\.|[][(){}*;,.=~|]|\n)""")


class Reader:
    def __init__(self, path: str = "main", context: instantiate.Context | None = None) -> None:
        name = path.rpartition("/")[2]
        self.pkg = objects.Package(path, name)
        self.context = context or instantiate.Context()
        self.imports: dict[str, Reader] = {}
        self.tokens: list[str] = []
        self.at = 0
        self.line = 0
        self.scopes: list[dict[str, types.Type]] = []

    def pos(self) -> Pos:
        return make_pos(file_index("a.go"), max(self.line, 1), self.at + 1)

    # Reading.

    def start(self, text: str) -> None:
        self.tokens = [token for token in _TOKEN.findall(text) if token.strip()]
        self.at = 0

    @property
    def token(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.token
        if wanted and token != wanted:
            raise SyntaxError(f"{wanted!r} expected, {self.tokens[self.at :]} found")
        self.at += 1
        return token

    def got(self, wanted: str) -> bool:
        if self.token == wanted:
            self.at += 1
            return True
        return False

    # Declarations.

    def declare(self, text: str) -> None:
        """Read declarations, one a line; types may refer to later ones."""
        lines = [line for line in text.split("\n") if line.strip()]
        for line in lines:
            words = re.match(r"type (\w+)(.*)", line)
            if words is None:
                continue
            name, rest = words.groups()
            obj = objects.TypeName(NO_POS, self.pkg, name)
            is_alias = re.match(r"(\[.*?\])?\s*=", rest) is not None
            obj.type = types.Alias(obj) if is_alias else types.Named(obj)
            self.pkg.scope.insert(obj)
        for number, line in enumerate(lines):
            self.line = number + 1
            self.start(line)
            if self.got("type"):
                self.type_decl()
            elif self.got("func"):
                self.func_decl()

    def type_decl(self) -> None:
        name = self.take()
        obj = self.pkg.scope.lookup(name)
        assert isinstance(obj, objects.TypeName)
        typ = obj.type
        assert isinstance(typ, types.Named | types.Alias)
        params = self.maybe_type_params(typ)
        self.got("=")
        typ.from_rhs = rhs = self.type()
        if isinstance(rhs, types.Interface) and isinstance(typ, types.Named):
            for method in rhs.methods:
                recv = method.signature.recv
                assert recv is not None
                recv.type = typ
        if params:
            self.scopes.pop()

    def maybe_type_params(self, owner: types.Named | types.Alias | None) -> list[types.TypeParam]:
        """Read `[P, Q C]` if that is what stands there; opens a scope if so."""
        start = self.at
        if not self.got("["):
            return []
        if not re.match(r"[A-Z]\w*$", self.token) or self.tokens[self.at + 1] == "]":
            self.at = start
            return []
        params: list[types.TypeParam] = []
        scope: dict[str, types.Type] = {}
        self.scopes.append(scope)
        waiting: list[types.TypeParam] = []
        # Names first, since bounds may mention any of them.
        depth, at, names = 0, self.at, []
        fresh = True
        while not (depth == 0 and self.tokens[at] == "]"):
            word = self.tokens[at]
            depth += (word in "([{") - (word in ")]}")
            if depth == 0 and fresh:
                names.append(word)
                fresh = False
            if depth == 0 and word == ",":
                fresh = True
            at += 1
        for name in names:
            obj = objects.TypeName(self.pos(), self.pkg, name)
            param = types.TypeParam(obj, types.EMPTY_INTERFACE)
            obj.type = param
            scope[name] = param
            params.append(param)
        types.bind_type_params(params)
        if owner is not None:
            owner.set_type_params(params)
        while True:
            named = scope[self.take()]
            assert isinstance(named, types.TypeParam)
            waiting.append(named)
            if not self.got(","):
                bound = self.constraint()
                for each in waiting:
                    each.bound = bound
                waiting = []
                if not self.got(","):
                    break
        self.take("]")
        return params

    def constraint(self) -> types.Type:
        typ = self.union()
        if isinstance(typ, types.Union):
            return types.Interface([], [typ], implicit=True)
        return typ

    def union(self) -> types.Type:
        terms = []
        while True:
            tilde = self.got("~")
            terms.append(types.Term(tilde, self.type()))
            if not self.got("|"):
                break
        if len(terms) == 1 and not terms[0].tilde:
            assert terms[0].type is not None
            return terms[0].type
        return types.Union(terms)

    def func_decl(self) -> None:
        recv = None
        recv_params: list[types.TypeParam] = []
        base: types.Named | None = None
        if self.got("("):
            recv_name = ""
            if self.tokens[self.at + 1] not in {")", "["} and self.token != "*":
                recv_name = self.take()
            pointer = self.got("*")
            obj = self.pkg.scope.lookup(self.take())
            assert obj is not None
            assert isinstance(obj.type, types.Named)
            base = obj.type
            recv_type: types.Type = base
            if self.got("["):
                scope: dict[str, types.Type] = {}
                for old in base.type_params:
                    name = self.take()
                    tname = objects.TypeName(NO_POS, self.pkg, name)
                    param = types.TypeParam(tname, old.bound)
                    tname.type = param
                    scope[name] = param
                    recv_params.append(param)
                    self.got(",")
                self.take("]")
                types.bind_type_params(recv_params)
                self.scopes.append(scope)
                recv_type = self.context.instance(base, recv_params)
            self.take(")")
            if pointer:
                recv_type = types.Pointer(recv_type)
            kind = objects.VarKind.RECV_VAR
            recv = objects.Var(NO_POS, self.pkg, recv_name, recv_type, kind)
        name = self.take()
        signature = self.signature()
        signature.recv = recv
        signature.recv_type_params = recv_params
        func = objects.Func(NO_POS, self.pkg, name, signature)
        if recv_params:
            self.scopes.pop()
        if base is not None:
            base.add_method(func)
        else:
            self.pkg.scope.insert(func)

    # Types.

    def read(self, text: str) -> types.Type:
        self.start(text)
        typ = self.union()
        if self.token:
            raise SyntaxError(f"{self.tokens[self.at :]} left of {text}")
        return typ

    def type(self) -> types.Type:
        token = self.take()
        match token:
            case "*":
                return types.Pointer(self.type())
            case "(":
                typ = self.type()
                self.take(")")
                return typ
            case "[":
                if self.got("]"):
                    return types.Slice(self.type())
                count = int(self.take())
                self.take("]")
                return types.Array(self.type(), count)
            case "map":
                self.take("[")
                key = self.type()
                self.take("]")
                return types.Map(key, self.type())
            case "chan":
                direction = types.ChanDir.SEND_ONLY if self.got("<-") else types.ChanDir.SEND_RECV
                return types.Chan(direction, self.type())
            case "<-":
                self.take("chan")
                return types.Chan(types.ChanDir.RECV_ONLY, self.type())
            case "func":
                return self.signature()
            case "struct":
                return self.struct()
            case "interface":
                return self.interface()
            case _:
                return self.named(token)

    def named(self, name: str) -> types.Type:
        where = self
        if self.got("."):
            if name == "unsafe":
                self.take("Pointer")
                return types.TYP[types.BasicKind.UNSAFE_POINTER]
            where = self.imports[name]
            name = self.take()
        typ: types.Type | None = None
        for scope in reversed(self.scopes):
            if name in scope:
                typ = scope[name]
                break
        if typ is None:
            _, obj = where.pkg.scope.lookup_parent(name)
            assert obj is not None, name
            typ = obj.type
        assert typ is not None
        if self.token == "[" and instantiate.type_params_of(typ):
            self.take("[")
            args = [self.type()]
            while self.got(","):
                args.append(self.type())
            self.take("]")
            return self.context.instance(typ, args)
        return typ

    def signature(self) -> types.Signature:
        type_params = self.maybe_type_params(None)
        params, variadic = self.params(objects.VarKind.PARAM_VAR)
        results: list[objects.Var] = []
        if self.token == "(":
            results, _ = self.params(objects.VarKind.RESULT_VAR)
        elif (
            self.token not in {"", ";", ")", "}", ",", "]", "{", "|"} and self.token[0] not in '`"'
        ):
            results = [objects.Var(NO_POS, self.pkg, "", self.type(), objects.VarKind.RESULT_VAR)]
        if type_params:
            self.scopes.pop()
        return types.Signature(
            None, (), type_params, types.Tuple(params), types.Tuple(results), variadic
        )

    def params(self, kind: objects.VarKind) -> tuple[list[objects.Var], bool]:
        self.take("(")
        entries: list[tuple[str, types.Type | None, bool]] = []
        while not self.got(")"):
            named = (
                re.match(r"[a-z_]\w*$", self.token) is not None
                and self.token not in {"func", "chan", "map", "struct", "interface"}
                and self.tokens[self.at + 1] not in {".", ")"}
                and (self.tokens[self.at + 1] != "," or self.in_scope(self.token) is False)
            )
            if named:
                name = self.take()
                if self.token == ",":
                    entries.append((name, None, False))
                else:
                    dots = self.got("...")
                    entries.append((name, self.type(), dots))
            else:
                dots = self.got("...")
                entries.append(("", self.type(), dots))
            self.got(",")
        result: list[objects.Var] = []
        variadic = False
        typ: types.Type | None = None
        for name, given, dots in reversed(entries):
            typ = given or typ
            assert typ is not None
            variadic = variadic or dots
            var_type = types.Slice(typ) if dots else typ
            result.append(objects.Var(NO_POS, self.pkg, name, var_type, kind))
        return result[::-1], variadic

    def in_scope(self, name: str) -> bool:
        return UNIVERSE.lookup(name) is not None or self.pkg.scope.lookup(name) is not None

    def struct(self) -> types.Struct:
        self.take("{")
        fields: list[objects.Var] = []
        tags: list[str] = []
        while not self.got("}"):
            following = self.tokens[self.at + 1]
            embedded = self.token == "*" or following in {";", "}", "."} or following[0] in "`"
            if following == "[":
                after = self.tokens[self.at + 2]
                embedded = not (after == "]" or after.isdigit())
            names = []
            if not embedded:
                names.append(self.take())
                while self.got(","):
                    names.append(self.take())
            typ = self.type()
            if embedded:
                base = typ.elem if isinstance(typ, types.Pointer) else typ
                assert isinstance(base, types.Named | types.Alias | types.Basic)
                names.append(base.name if isinstance(base, types.Basic) else base.obj.name)
            tag = ""
            if self.token and self.token[0] in '`"':
                tag = (constants.unquote(self.take()) or b"").decode()
            for name in names:
                field = objects.new_field(NO_POS, self.pkg, name, typ, embedded=embedded)
                fields.append(field)
                tags.append(tag)
            self.got(";")
        return types.Struct(fields, tags if any(tags) else [])

    def interface(self) -> types.Interface:
        self.take("{")
        result = types.Interface()
        while not self.got("}"):
            if re.match(r"(?!func$)\w+$", self.token) and self.tokens[self.at + 1] == "(":
                name = self.take()
                signature = self.signature()
                kind = objects.VarKind.RECV_VAR
                signature.recv = objects.Var(NO_POS, self.pkg, "", result, kind)
                result.methods.append(objects.Func(NO_POS, self.pkg, name, signature))
            else:
                result.embeddeds.append(self.union())
            self.got(";")
        result.methods.sort(key=objects.method_order)
        return result
