"""Parses a Go file as gc does: the same trees, the same positions, the same complaints.

In: the tokens of one file. Out: a `File`, or none if the package clause is broken, and what
gc would have said, in the order in which gc says it.

How: recursive descent, one method for each of gc's, with gc's name in snake_case, so that the
two can be read side by side. After an error the parser skips to a token from which it can go
on (`advance`) and puts a `BadExpr` or the name `_` where nothing could be read.

Not here: which of the errors are printed (`diagnostics`); labels and branches (`branches`).
Source: cmd/compile/internal/syntax/parser.go, go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

from mkdocs_gomem import source
from mkdocs_gomem.compiler.syntax import branches, directives, printer
from mkdocs_gomem.compiler.syntax.nodes import (
    ArrayType,
    AssertExpr,
    AssignStmt,
    BadExpr,
    BasicLit,
    BlockStmt,
    BranchStmt,
    CallExpr,
    CallStmt,
    CaseClause,
    ChanType,
    CommClause,
    CompositeLit,
    ConstDecl,
    Decl,
    DeclStmt,
    Directive,
    DotsType,
    EmptyStmt,
    Expr,
    ExprStmt,
    Field,
    File,
    ForStmt,
    FuncDecl,
    FuncLit,
    FuncType,
    Group,
    IfStmt,
    ImportDecl,
    IndexExpr,
    InterfaceType,
    KeyValueExpr,
    LabeledStmt,
    ListExpr,
    MapType,
    Name,
    Operation,
    ParenExpr,
    RangeClause,
    ReturnStmt,
    SelectorExpr,
    SelectStmt,
    SendStmt,
    SimpleStmt,
    SliceExpr,
    SliceType,
    Stmt,
    StructType,
    SwitchStmt,
    TypeDecl,
    TypeSwitchGuard,
    VarDecl,
)
from mkdocs_gomem.compiler.syntax.positions import start_pos
from mkdocs_gomem.compiler.syntax.scanner import Tokens, literal_kind
from mkdocs_gomem.compiler.syntax.tokens import (
    KEYWORDS,
    PRECEDENCE,
    BranchToken,
    CallToken,
    ChanDir,
    Operator,
)
from mkdocs_gomem.source import NO_POS, Pos

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


_STATEMENT_STARTS: Final = frozenset([
    "break", "const", "continue", "defer", "fallthrough", "for", "go", "goto", "if", "return",
    "select", "switch", "type", "var",
])  # fmt: skip
"""Keywords at which `advance` stops inside a function."""

_DECLARATION_STARTS: Final = ("import", "const", "type", "var", "func")
_UNARY: Final = frozenset("+-*!^~")
_OPERAND_STARTS: Final = frozenset(["literal", "func", "(", "[", "struct", "map", "chan",
                                    "interface", "<-"])  # fmt: skip
_STATEMENT_OPERATORS: Final = frozenset("+-*&^!")
_LIST_END: Final = frozenset(["EOF", "}", "case", "default"])


def unparen(expr: Expr) -> Expr:
    """Take off all parentheses around an expression."""
    while isinstance(expr, ParenExpr):
        expr = expr.x
    return expr


def unpack_list_expr(expr: Expr | None) -> list[Expr]:
    """Return the elements of a list, one expression as a list of one, nothing as none."""
    if expr is None:
        return []
    return expr.elem_list if isinstance(expr, ListExpr) else [expr]


def spell_token(token: str) -> str:
    """Name a token as a message does."""
    match token:
        case ",":
            return "comma"
        case ";":
            return "semicolon or newline"
        case _:
            return "keyword " + token if token in KEYWORDS else token


class Parser:
    """One pass over one file's tokens."""

    __slots__ = (
        "branch_count", "error_count", "errors", "event_index", "file_go_version", "fnest",
        "index", "kinds", "line_bases", "linknames", "next_event", "positions",
        "pragma", "std", "texts", "tok", "tokens", "top", "xnest",
    )  # fmt: skip

    def __init__(self, tokens: Tokens, *, std: bool = False) -> None:
        self.tokens = tokens
        self.kinds = tokens.kinds
        self.texts = tokens.texts
        self.positions = tokens.positions
        self.errors: list[tuple[Pos, str]] = []
        """What gc reports, in its order."""
        self.line_bases: list[source.LineBase] = []
        source.set_line_bases(tokens.positions[0] >> 40, [])
        self.error_count = 0
        """Errors of tokens and grammar; not those of branches and directives."""
        self.pragma: list[Directive] = []
        """Directives read and not yet taken by a declaration."""
        self.linknames: list[Directive] = []
        self.std = std
        """True for a file of the standard library, where gc allows more directives."""
        self.file_go_version = ""
        self.top = True
        """True before the package clause."""
        self.fnest = 0
        """Depth of functions, for recovery."""
        self.xnest = 0
        """Depth of expressions; negative in a header, where `{` opens the block."""
        self.branch_count = 0
        """Labels and branches seen, to spare most functions the check."""
        self.next_event = 0
        self.event_index = tokens.events[0].at if tokens.events else -1
        self.index = -1
        self.tok = ""
        self.next()

    # Tokens

    def next(self) -> None:
        """Go on to the next token; there is one, unless this is `EOF`."""
        index = self.index = self.index + 1
        if index == self.event_index:
            self._tell()
        self.tok = self.kinds[index]

    def _tell(self) -> None:
        """Tell the errors and directives that gc meets while reading the current token."""
        events = self.tokens.events
        index = self.index
        while self.next_event < len(events) and events[self.next_event].at == index:
            event = events[self.next_event]
            self.next_event += 1
            if event.text[0] != "/":
                self.error_at(event.pos, event.text)
                continue
            text = directives.comment_text(event.text)
            if text.startswith("line "):
                # `//line` counts only at the start of a line.
                if event.text[1] == "*" or source.column_of(event.pos) == 1:
                    last = self.line_bases[-1] if self.line_bases else None
                    match directives.line_base(event.pos, event.text, last):
                        case source.LineBase() as base:
                            self.line_bases.append(base)
                            # From here on: later errors of this parse are spelled by it.
                            source.set_line_bases(base.pos >> 40, self.line_bases)
                        case (pos, message):
                            self.error_at(pos, message)
                        case None:
                            pass
                continue
            if self.top and event.text.startswith("//go:build"):
                version = directives.go_version(event.text)
                if version is not None:
                    self.file_go_version = version
            directive = Directive(Pos(event.pos + 2), text)
            verdict = directives.judge(directive, blank=event.blank, std=self.std)
            for message in verdict.errors:
                self.complain(directive.pos, message)
            if verdict.is_linkname:
                self.linknames.append(directive)
            elif verdict.is_pragma:
                self.pragma.append(directive)
        self.event_index = events[self.next_event].at if self.next_event < len(events) else -1

    def pos(self) -> Pos:
        """Return the position of the current token."""
        return self.positions[self.index]

    def lit(self) -> str:
        """Return the text of the current token: a name, a literal, an operator."""
        return self.texts[self.index]

    def got(self, tok: str) -> bool:
        """Step over a token if it is the current one."""
        if self.tok == tok:
            self.next()
            return True
        return False

    def want(self, tok: str) -> None:
        """Step over a token that must stand here."""
        if self.tok == tok:
            self.next()
        else:
            self.syntax_error("expected " + spell_token(tok))
            self.advance()

    def got_assign(self) -> bool:
        """Step over `=`; take `:=` for it, with an error."""
        if self.tok == ":=":
            self.syntax_error("expected =")
        elif self.tok != "=":
            return False
        self.next()
        return True

    def take_pragma(self) -> list[Directive]:
        """Hand the directives read so far to a declaration."""
        pragma = self.pragma
        if pragma:
            self.pragma = []
            return pragma
        return []

    def clear_pragma(self) -> None:
        """Complain about directives that stand before no declaration."""
        if self.pragma:
            for directive in self.pragma:
                message = directives.misplaced(directive)
                if message:
                    self.complain(directive.pos, message)
            self.pragma = []

    # Errors

    def error_at(self, pos: Pos, message: str) -> None:
        """Report an error."""
        self.error_count += 1
        self.errors.append((pos, message))

    def complain(self, pos: Pos, message: str) -> None:
        """Report an error that is not the grammar's: it does not change how parsing goes on."""
        self.errors.append((pos, message))

    def error(self, message: str) -> None:
        """Report an error at the current token."""
        self.error_at(self.pos(), message)

    def syntax_error(self, message: str) -> None:
        """Report a syntax error at the current token."""
        self.syntax_error_at(self.pos(), message)

    def syntax_error_at(self, pos: Pos, message: str) -> None:
        """Report a syntax error; a message that begins so names the unexpected token."""
        if self.tok == "EOF" and self.error_count:
            return  # what follows an error up to the end means nothing
        if message.startswith(("in ", "at ", "after ")):
            message = " " + message
        elif message.startswith("expected "):
            message = ", " + message
        else:
            self.error_at(pos, "syntax error: " + message)
            return
        tok = self.tok
        match tok:
            case "name":
                token = "name " + self.lit()
            case ";":
                token = self.lit()
            case "literal":
                token = "literal " + self.lit()
            case "op":
                token = self.lit()
            case "op=":
                token = self.lit() + "="
            case "opop":
                token = self.lit() * 2
            case _:
                token = spell_token(self.tok)
        self.error_at(pos, "syntax error: unexpected " + token + message)

    def advance(self, *follow_list: str) -> None:
        """Skip to a token of the list, or to a statement's keyword inside a function.

        With an empty list, skip one token.
        """
        if not follow_list:
            if self.tok != "EOF":
                self.next()
            return
        while (
            self.tok != "EOF"
            and self.tok not in follow_list
            and not (self.fnest > 0 and self.tok in _STATEMENT_STARTS)
        ):
            self.next()

    # Files

    def file_or_none(self) -> File | None:
        """SourceFile = PackageClause ";" { ImportDecl ";" } { TopLevelDecl ";" } ."""
        pos = self.pos()
        self.top = False
        if not self.got("package"):
            self.syntax_error("package statement must be first")
            return None
        pragma = self.take_pragma()
        pkg_name = self.name()
        self.want(";")
        if self.error_count:
            return None
        decl_list = self.top_level_decls()
        return File(
            pos,
            pragma,
            pkg_name,
            decl_list,
            self.pos(),
            self.file_go_version,
            self.tokens.comments,
            self.linknames,
        )

    def top_level_decls(self) -> list[Decl]:
        """{ ( ImportDecl | TopLevelDecl ) ";" }; imports are taken anywhere, with an error."""
        decls: list[Decl] = []
        previous = "import"
        while self.tok != "EOF":
            if self.tok == "import" and previous != "import":
                self.syntax_error("imports must appear before other declarations")
            previous = self.tok
            tok = self.tok
            match tok:
                case "func":
                    self.next()
                    decls.append(self.func_decl())
                case "var":
                    self.next()
                    self.append_group(decls, self.var_decl)
                case "type":
                    self.next()
                    self.append_group(decls, self.type_decl)
                case "const":
                    self.next()
                    self.append_group(decls, self.const_decl)
                case "import":
                    self.next()
                    self.append_group(decls, self.import_decl)
                case _:
                    if self.tok == "{" and decls and _is_empty_func_decl(decls[-1]):
                        self.syntax_error("unexpected semicolon or newline before {")
                    else:
                        self.syntax_error("non-declaration statement outside function body")
                    self.advance(*_DECLARATION_STARTS)
                    continue
            # Before the next token: comments before it may be the next declaration's.
            self.clear_pragma()
            if self.tok != "EOF" and not self.got(";"):
                self.syntax_error("after top level declaration")
                self.advance(*_DECLARATION_STARTS)
        self.clear_pragma()
        return decls

    # Declarations

    def parse_list(self, context: str, sep: str, close: str, parse: Callable[[], bool]) -> Pos:
        """List = [ f { sep f } [sep] ] close; `parse` returns True when no more may follow."""
        done = False
        while self.tok not in ("EOF", close) and not done:
            done = parse()
            if not self.got(sep) and self.tok != close:
                self.list_error(context, sep, close)
                if self.tok != close:
                    return self.pos()
        pos = self.pos()
        self.want(close)
        return pos

    def list_error(self, context: str, sep: str, close: str) -> None:
        """Complain about what stands between two elements of a list, and skip to an end."""
        self.syntax_error(
            f"in {context}; possibly missing {spell_token(sep)} or {spell_token(close)}"
        )
        self.advance(")", "]", "}")

    def append_group(self, decls: list[Decl], parse: Callable[[Group | None], Decl]) -> None:
        """Group = f | "(" { f ";" } ")" ."""
        if self.tok != "(":
            decls.append(parse(None))
            return
        group = Group()
        self.clear_pragma()
        self.next()

        def element() -> bool:
            decls.append(parse(group))
            return False

        self.parse_list("grouped declaration", ";", ")", element)

    def import_decl(self, group: Group | None) -> Decl:
        """ImportSpec = [ "." | PackageName ] ImportPath ."""
        pos = self.pos()
        pragma = self.take_pragma()
        local_name: Name | None = None
        if self.tok == "name":
            local_name = self.name()
        elif self.tok == ".":
            local_name = Name(self.pos(), ".")
            self.next()
        path = self.oliteral()
        if path is None:
            self.syntax_error("missing import path")
            self.advance(";", ")")
        elif not path.bad and path.kind != "string":
            self.syntax_error_at(path.pos, "import path must be a string")
            path.bad = True
        return ImportDecl(pos, group, pragma, local_name, path)

    def const_decl(self, group: Group | None) -> Decl:
        """ConstSpec = IdentifierList [ [ Type ] "=" ExpressionList ] ."""
        pos = self.pos()
        pragma = self.take_pragma()
        names = self.name_list(self.name())
        type_: Expr | None = None
        values: Expr | None = None
        if self.tok not in ("EOF", ";", ")"):
            type_ = self.type_or_none()
            if self.got_assign():
                values = self.expr_list()
        return ConstDecl(pos, group, pragma, names, type_, values)

    def type_decl(self, group: Group | None) -> Decl:
        """TypeSpec = identifier [ TypeParams ] [ "=" ] Type ."""
        pos = self.pos()
        pragma = self.take_pragma()
        name = self.name()
        tparam_list: list[Field] = []
        alias = False
        type_: Expr | None
        if self.tok == "[":
            # An array or slice type, or a list of type parameters.
            bracket = self.pos()
            self.next()
            if self.tok == "name":
                # `[P` followed by `[` can only be a type parameter with its constraint; else
                # read an expression and see if it can be split into a name and a constraint.
                x: Expr = self.name()
                if self.tok != "[":
                    self.xnest += 1
                    x = self.binary_expr(self.pexpr(x, keep_parens=False), 0)
                    self.xnest -= 1
                pname, ptype = _extract_name(x, force=self.tok == ",")
                if pname is not None and (ptype is not None or self.tok != "]"):
                    tparam_list = self.param_list(
                        pname, ptype, "]", require_names=True, dots_ok=False
                    )
                    alias = self.got_assign()
                    type_ = self.type_or_none()
                else:
                    type_ = self.array_type(bracket, x)
            elif self.tok == "]":
                self.next()
                type_ = self.slice_type(bracket)
            else:
                type_ = self.array_type(bracket, None)
        else:
            alias = self.got_assign()
            type_ = self.type_or_none()
        if type_ is None:
            type_ = self.bad_expr()
            self.syntax_error("in type declaration")
            self.advance(";", ")")
        return TypeDecl(pos, group, pragma, name, tparam_list, alias, type_)

    def var_decl(self, group: Group | None) -> Decl:
        """VarSpec = IdentifierList ( Type [ "=" ExpressionList ] | "=" ExpressionList ) ."""
        pos = self.pos()
        pragma = self.take_pragma()
        names = self.name_list(self.name())
        type_: Expr | None = None
        values: Expr | None = None
        if self.got_assign():
            values = self.expr_list()
        else:
            type_ = self.type_()
            if self.got_assign():
                values = self.expr_list()
        return VarDecl(pos, group, pragma, names, type_, values)

    def func_decl(self) -> FuncDecl:
        """FunctionDecl = "func" [ Receiver ] FunctionName [ TypeParams ] Signature [ Body ] ."""
        pos = self.pos()
        pragma = self.take_pragma()
        recv: Field | None = None
        has_recv = False
        if self.got("("):
            has_recv = True
            receivers = self.param_list(None, None, ")", require_names=False, dots_ok=False)
            if not receivers:
                self.error("method has no receiver")
            else:
                if len(receivers) > 1:
                    self.error("method has multiple receivers")
                recv = receivers[0]
        tparam_list: list[Field] = []
        if self.tok == "name":
            name = self.name()
            tparam_list, type_ = self.func_type("")
        else:
            name = Name(self.pos(), "_")
            type_ = FuncType(self.pos(), [], [])
            self.syntax_error("expected name" if has_recv else "expected name or (")
            self.advance("{", ";")
        body = self.func_body() if self.tok == "{" else None
        return FuncDecl(pos, pragma, recv, name, tparam_list, type_, body)

    def func_body(self) -> BlockStmt:
        """Parse a body and check its labels and branches, unless it has syntax errors."""
        self.fnest += 1
        error_count = self.error_count
        outer_count = self.branch_count
        self.branch_count = 0
        body = self.block_stmt("")
        self.fnest -= 1
        if self.branch_count and error_count == self.error_count:
            branches.check(body, self.complain)
        self.branch_count = outer_count
        return body

    # Expressions

    def expr(self) -> Expr:
        """Expression = UnaryExpr | Expression binary_op Expression ."""
        x = self.unary_expr()
        if self.tok in ("op", "*"):
            return self.binary_expr(x, 0)
        return x

    def binary_expr(self, x: Expr, prec: int) -> Expr:
        """Go on after a first operand, with operators that bind tighter than `prec`."""
        while self.tok in ("op", "*"):
            index = self.index
            op = self.texts[index]
            this = PRECEDENCE[op]
            if this <= prec:
                break
            self.next()
            y = self.unary_expr()
            if self.tok in ("op", "*"):
                y = self.binary_expr(y, this)
            x = Operation(self.positions[index], cast("Operator", op), x, y)
        return x

    def unary_expr(self) -> Expr:
        """UnaryExpr = PrimaryExpr | unary_op UnaryExpr ."""
        tok = self.tok
        if tok in ("op", "*"):
            pos = self.pos()
            op = self.lit()
            if op in _UNARY:
                self.next()
                return Operation(pos, cast("Operator", op), self.unary_expr(), None)
            if op == "&":
                self.next()
                # gc takes the parentheses off `&(T{})`.
                return Operation(pos, "&", unparen(self.unary_expr()), None)
        elif tok == "<-":
            return self.receive_expr()
        return self.pexpr(None, keep_parens=True)

    def receive_expr(self) -> Expr:
        """Parse `<-x`, a receive, or `<-chan T`, a type: known only once x has been read."""
        pos = self.pos()
        self.next()
        x = self.unary_expr()
        if not isinstance(x, ChanType):
            return Operation(pos, "<-", x, None)
        # The arrow belongs to the channel: <-(chan E) is (<-chan E), and
        # <-(chan<- E) is (<-chan (<-E)).
        direction: ChanDir = "send"
        t: Expr = x
        while direction == "send" and isinstance(t, ChanType):
            direction = t.dir
            if direction == "recv":
                self.syntax_error("unexpected <-, expected chan")
            t.dir = "recv"
            t = t.elem
        if direction == "send":
            self.syntax_error(f"unexpected {printer.spell(t)}, expected chan")
        return x

    def call_stmt(self) -> CallStmt:
        """Parse what follows `go` or `defer`, any expression: the checker wants a call."""
        pos = self.pos()
        tok = cast("CallToken", self.tok)
        self.next()
        x = self.pexpr(None, keep_parens=self.tok == "(")
        bare = unparen(x)
        if bare is not x:
            self.error_at(x.pos, f"expression in {tok} must not be parenthesized")
        return CallStmt(pos, tok, bare)

    def operand(self, *, keep_parens: bool) -> Expr:
        """Operand = Literal | OperandName | MethodExpr | "(" Expression ")" ."""
        tok = self.tok
        match tok:
            case "name":
                return self.name()
            case "literal":
                return self.literal()
            case "(":
                pos = self.pos()
                self.next()
                self.xnest += 1
                x = self.expr()
                self.xnest -= 1
                self.want(")")
                # Parentheses are kept where an error may need them: they may not stand
                # around the type of a composite literal, nor after `go` and `defer`.
                if keep_parens or self.tok == "{":
                    return ParenExpr(pos, x)
                return x
            case "func":
                pos = self.pos()
                self.next()
                _, type_ = self.func_type("function type")
                if self.tok != "{":
                    return type_
                self.xnest += 1
                body = self.func_body()
                self.xnest -= 1
                return FuncLit(pos, type_, body)
            case "[" | "chan" | "map" | "struct" | "interface":
                return self.type_()
            case _:
                bad = self.bad_expr()
                self.syntax_error("expected expression")
                self.advance(")", "]", "}")
                return bad

    def pexpr(self, x: Expr | None, *, keep_parens: bool) -> Expr:
        """PrimaryExpr = Operand { Selector | Index | Slice | TypeAssertion | Arguments } ."""
        if x is None:
            if self.tok == "name":
                index = self.index
                x = Name(self.positions[index], self.texts[index])
                self.next()
            else:
                x = self.operand(keep_parens=keep_parens)
        while True:
            tok = self.tok
            match tok:
                case ".":
                    pos = self.pos()
                    self.next()
                    x = self.selector_or_assertion(pos, x)
                case "(":
                    pos = self.pos()
                    self.next()
                    arg_list, has_dots = self.arg_list()
                    x = CallExpr(pos, x, arg_list, has_dots)
                case "[":
                    pos = self.pos()
                    self.next()
                    x = self.index_or_slice(pos, x)
                case "{":
                    # Perhaps a composite literal; its type may stand in parentheses, with
                    # an error.
                    bare = unparen(x)
                    if not self.may_be_literal_type(bare):
                        return x
                    if bare is not x:
                        self.syntax_error("cannot parenthesize type in composite literal")
                    literal = self.complitexpr()
                    literal.type = x
                    x = literal
                case _:
                    return x

    def may_be_literal_type(self, x: Expr) -> bool:
        """Tell if `{` after `x` opens a composite literal rather than a block."""
        match x:
            case Name() | SelectorExpr():
                return self.xnest >= 0
            case IndexExpr():
                return self.xnest >= 0 and not _is_value(x)
            case ArrayType() | SliceType() | StructType() | MapType():
                return True
            case _:
                return False

    def selector_or_assertion(self, pos: Pos, x: Expr) -> Expr:
        """Parse what follows a dot: a name, `(type)` or `(T)`."""
        if self.tok == "name":
            index = self.index
            sel = Name(self.positions[index], self.texts[index])
            self.next()
            return SelectorExpr(pos, x, sel)
        if self.tok == "(":
            self.next()
            if self.got("type"):
                x = TypeSwitchGuard(pos, None, x)
            else:
                x = AssertExpr(pos, x, self.type_())
            self.want(")")
            return x
        self.syntax_error("expected name or (")
        self.advance(";", ")")
        return x

    def index_or_slice(self, pos: Pos, x: Expr) -> Expr:
        """Parse what follows `[`: an index, type arguments or a slice's bounds."""
        first: Expr | None = None
        if self.tok != ":":
            comma = False
            if self.tok == "]":
                self.syntax_error("expected operand")
                first = self.bad_expr()
            else:
                first, comma = self.type_list(strict=False)
            if comma or self.tok == "]":
                self.want("]")
                return IndexExpr(pos, x, first)
        if not self.got(":"):
            self.syntax_error("expected comma, : or ]")
            self.advance(",", ":", "]")
        self.xnest += 1
        second: Expr | None = None
        third: Expr | None = None
        full = False
        if self.tok not in (":", "]"):
            second = self.expr()
        if self.tok == ":":
            full = True
            if second is None:
                self.error("middle index required in 3-index slice")
                second = self.bad_expr()
            self.next()
            if self.tok != "]":
                third = self.expr()
            else:
                self.error("final index required in 3-index slice")
                third = self.bad_expr()
        self.xnest -= 1
        self.want("]")
        return SliceExpr(pos, x, (first, second, third), full)

    def bare_complitexpr(self) -> Expr:
        """Element = Expression | LiteralValue ."""
        return self.complitexpr() if self.tok == "{" else self.expr()

    def complitexpr(self) -> CompositeLit:
        """LiteralValue = "{" [ ElementList [ "," ] ] "}" ."""
        pos = self.pos()
        elements: list[Expr] = []
        n_keys = 0
        self.xnest += 1
        self.want("{")

        def element() -> bool:
            nonlocal n_keys
            x = self.bare_complitexpr()
            if self.tok == ":":
                colon = self.pos()
                self.next()
                x = KeyValueExpr(colon, x, self.bare_complitexpr())
                n_keys += 1
            elements.append(x)
            return False

        rbrace = self.parse_list("composite literal", ",", "}", element)
        self.xnest -= 1
        return CompositeLit(pos, None, elements, n_keys, rbrace)

    # Types

    def type_(self) -> Expr:
        """Parse a type that must stand here."""
        x = self.type_or_none()
        if x is None:
            x = self.bad_expr()
            self.syntax_error("expected type")
            self.advance(",", ":", ";", ")", "]", "}")
        return x

    def type_or_none(self) -> Expr | None:
        """Type = TypeName | TypeLit | "(" Type ")" ."""
        tok = self.tok
        match tok:
            case "name":
                return self.qualified_name(None)
            case "*":
                pos = self.pos()
                self.next()
                return Operation(pos, "*", self.type_(), None)
            case "[":
                pos = self.pos()
                self.next()
                return self.slice_type(pos) if self.got("]") else self.array_type(pos, None)
            case "func":
                self.next()
                _, type_ = self.func_type("function type")
                return type_
            case "interface":
                return self.interface_type()
            case "struct":
                return self.struct_type()
            case "map":
                pos = self.pos()
                self.next()
                self.want("[")
                key = self.type_()
                self.want("]")
                return MapType(pos, key, self.type_())
            case "chan":
                pos = self.pos()
                self.next()
                direction: ChanDir = "send" if self.got("<-") else ""
                return ChanType(pos, direction, self.chan_elem())
            case "<-":
                pos = self.pos()
                self.next()
                self.want("chan")
                return ChanType(pos, "recv", self.chan_elem())
            case "(":
                # gc drops parentheses where only a type can stand.
                self.next()
                x = self.type_()
                self.want(")")
                return x
            case _:
                return None

    def type_instance(self, x: Expr) -> Expr:
        """Parse the type arguments of `x`."""
        pos = self.pos()
        self.want("[")
        index: Expr
        if self.tok == "]":
            self.syntax_error("expected type argument list")
            index = self.bad_expr()
        else:
            index, _ = self.type_list(strict=True)
        self.want("]")
        return IndexExpr(pos, x, index)

    def func_type(self, context: str) -> tuple[list[Field], FuncType]:
        """Parse [ TypeParams ] Signature; with a context, type parameters are an error."""
        pos = self.pos()
        tparam_list: list[Field] = []
        if self.got("["):
            if context:
                self.syntax_error_at(pos, context + " must have no type parameters")
            if self.tok == "]":
                self.syntax_error("empty type parameter list")
                self.next()
            else:
                tparam_list = self.param_list(None, None, "]", require_names=True, dots_ok=False)
        self.want("(")
        params = self.param_list(None, None, ")", require_names=False, dots_ok=True)
        return tparam_list, FuncType(pos, params, self.func_result())

    def array_type(self, pos: Pos, length: Expr | None) -> Expr:
        """Parse what follows `[`, or the length already read, of an array type."""
        if length is None and not self.got("..."):
            self.xnest += 1
            length = self.expr()
            self.xnest -= 1
        if self.tok == ",":
            self.syntax_error("unexpected comma; expected ]")
            self.next()
        self.want("]")
        return ArrayType(pos, length, self.type_())

    def slice_type(self, pos: Pos) -> Expr:
        """Parse what follows `[]`."""
        return SliceType(pos, self.type_())

    def chan_elem(self) -> Expr:
        """Parse the element type of a channel."""
        x = self.type_or_none()
        if x is None:
            x = self.bad_expr()
            self.syntax_error("missing channel element type")
        return x

    def struct_type(self) -> StructType:
        """StructType = "struct" "{" { FieldDecl ";" } "}" ."""
        struct = StructType(self.pos(), [], [])
        self.want("struct")
        self.want("{")

        def element() -> bool:
            self.field_decl(struct)
            return False

        self.parse_list("struct type", ";", "}", element)
        return struct

    def interface_type(self) -> InterfaceType:
        """InterfaceType = "interface" "{" { ( MethodDecl | EmbeddedElem ) ";" } "}" ."""
        interface = InterfaceType(self.pos(), [])
        self.want("interface")
        self.want("{")

        def element() -> bool:
            method = self.method_decl() if self.tok == "name" else None
            if method is None or method.name is None:
                method = self.embedded_elem(method)
            interface.method_list.append(method)
            return False

        self.parse_list("interface type", ";", "}", element)
        return interface

    def func_result(self) -> list[Field]:
        """Result = Parameters | Type ."""
        if self.got("("):
            return self.param_list(None, None, ")", require_names=False, dots_ok=False)
        pos = self.pos()
        type_ = self.type_or_none()
        return [] if type_ is None else [Field(pos, None, type_)]

    def add_field(
        self, struct: StructType, pos: Pos, name: Name | None, type_: Expr, tag: BasicLit | None
    ) -> None:
        """Add a field, and its tag beside it."""
        if tag is not None:
            missing = len(struct.field_list) - len(struct.tag_list)
            struct.tag_list.extend([None] * missing)
            struct.tag_list.append(tag)
        struct.field_list.append(Field(pos, name, type_))

    def field_decl(self, struct: StructType) -> None:
        """FieldDecl = (IdentifierList Type | AnonymousField) [ Tag ] ."""
        pos = self.pos()
        type_: Expr
        tok = self.tok
        match tok:
            case "name":
                name = self.name()
                if self.tok in (".", "literal", ";", "}"):
                    type_ = self.qualified_name(name)
                    self.add_field(struct, pos, None, type_, self.oliteral())
                    return
                names = self.name_list(name)
                if len(names) == 1 and self.tok == "[":
                    # An embedded T[P1, P2], or a field of array or slice type.
                    type_ = self.array_or_type_args(name)
                    if isinstance(type_, IndexExpr):
                        self.add_field(struct, pos, None, type_, self.oliteral())
                        return
                else:
                    type_ = self.type_()
                tag = self.oliteral()
                for name in names:
                    self.add_field(struct, name.pos, name, type_, tag)
            case "*":
                self.next()
                if self.tok == "(":
                    self.syntax_error("cannot parenthesize embedded type")
                    self.next()
                    type_ = self.qualified_name(None)
                    self.got(")")
                else:
                    type_ = self.qualified_name(None)
                tag = self.oliteral()
                self.add_field(struct, pos, None, Operation(pos, "*", type_, None), tag)
            case "(":
                self.syntax_error("cannot parenthesize embedded type")
                self.next()
                if self.tok == "*":
                    star = self.pos()
                    self.next()
                    type_ = Operation(star, "*", self.qualified_name(None), None)
                else:
                    type_ = self.qualified_name(None)
                self.got(")")
                self.add_field(struct, pos, None, type_, self.oliteral())
            case _:
                self.syntax_error("expected field name or embedded type")
                self.advance(";", "}")

    def array_or_type_args(self, name: Name) -> Expr:
        """Parse `[]E`, `[n]E` (then without the name) or the arguments of `name[P1, P2]`."""
        pos = self.pos()
        self.want("[")
        if self.got("]"):
            return self.slice_type(pos)
        args, comma = self.type_list(strict=False)
        self.want("]")
        if not comma:
            elem = self.type_or_none()
            if elem is not None:
                return ArrayType(pos, args, elem)
        return IndexExpr(pos, name, args)

    def literal(self) -> BasicLit:
        """Parse the literal that stands here."""
        index = self.index
        text = self.texts[index]
        bad = index in self.tokens.bad
        self.next()
        return BasicLit(self.positions[index], text, literal_kind(text), bad)

    def oliteral(self) -> BasicLit | None:
        """Parse a literal if one stands here."""
        return self.literal() if self.tok == "literal" else None

    def method_decl(self) -> Field:
        """MethodSpec = MethodName Signature | InterfaceTypeName ."""
        pos = self.pos()
        name = self.name()
        context = "interface method"
        if self.tok == "(":
            return Field(pos, name, self.func_type(context)[1])
        if self.tok != "[":
            return Field(pos, None, self.qualified_name(name))
        # A method with type parameters, an error, or an embedded T[P1, P2].
        bracket = self.pos()
        self.next()
        if self.tok == "]":
            close = self.pos()
            self.next()
            if self.tok == "(":
                self.error_at(close, "empty type parameter list")
                return Field(pos, name, self.func_type(context)[1])
            self.error_at(close, "empty type argument list")
            return Field(pos, None, name)
        # Type arguments look like parameters that are only types.
        params = self.param_list(None, None, "]", require_names=False, dots_ok=False)
        if not params:
            if self.tok == "(":
                return Field(pos, name, self.func_type(context)[1])
            return Field(pos, None, name)
        if params[0].name is not None:
            method = Field(pos, name, self.func_type(context)[1])
            self.error_at(bracket, "interface method must have no type parameters")
            return method
        index: Expr
        if len(params) == 1:
            index = params[0].type
        else:
            index = ListExpr(params[0].pos, [param.type for param in params])
        return Field(pos, None, IndexExpr(bracket, name, index))

    def embedded_elem(self, element: Field | None) -> Field:
        """EmbeddedElem = MethodSpec | EmbeddedTerm { "|" EmbeddedTerm } ."""
        if element is None:
            pos = self.pos()
            element = Field(pos, None, self.embedded_term())
        while self.tok == "op" and self.lit() == "|":
            pos = self.pos()
            self.next()
            element.type = Operation(pos, "|", element.type, self.embedded_term())
        return element

    def embedded_term(self) -> Expr:
        """EmbeddedTerm = [ "~" ] Type ."""
        if self.tok == "op" and self.lit() == "~":
            pos = self.pos()
            self.next()
            return Operation(pos, "~", self.type_(), None)
        x = self.type_or_none()
        if x is None:
            x = self.bad_expr()
            self.syntax_error("expected ~ term or type")
            self.advance("op", ";", ")", "]", "}")
        return x

    def param_decl_or_none(self, name: Name | None, follow: str) -> _Param | None:
        """ParameterDecl = [ IdentifierList ] [ "..." ] Type ."""
        type_sets_ok = follow == "]"
        if name is not None:
            pos = name.pos
        else:
            pos = self.pos()
            if type_sets_ok and self.tok == "op" and self.lit() == "~":
                element = self.embedded_elem(None)
                return _Param(element.pos, None, element.type)
        param = _Param(pos, None, None)
        if self.tok == "name" or name is not None:
            if name is None:
                name = self.name()
            if self.tok == "[":
                param.type = self.array_or_type_args(name)
                if not isinstance(param.type, IndexExpr):
                    param.name = name
                return self.union_param(param) if type_sets_ok else param
            if self.tok == ".":
                param.type = self.qualified_name(name)
                return self.union_param(param) if type_sets_ok else param
            if type_sets_ok and self.tok == "op" and self.lit() == "|":
                param.type = name
                return self.union_param(param)
            param.name = name
        if self.tok == "...":
            dots = self.pos()
            self.next()
            elem = self.type_or_none()
            if elem is None:
                param.type = self.bad_expr()
                self.syntax_error("... is missing type")
            else:
                param.type = DotsType(dots, elem)
            return param
        if type_sets_ok and self.tok == "op" and self.lit() == "~":
            param.type = self.embedded_elem(None).type
            return param
        param.type = self.type_or_none()
        if type_sets_ok and param.type is not None:
            self.union_param(param)
        if param.name is not None or param.type is not None:
            return param
        self.syntax_error("expected " + spell_token(follow))
        self.advance(",", follow)
        return None

    def union_param(self, param: _Param) -> _Param:
        """Go on with `| term` after the type of a type parameter's constraint."""
        if self.tok == "op" and self.lit() == "|" and param.type is not None:
            param.type = self.embedded_elem(Field(param.pos, None, param.type)).type
        return param

    def param_list(
        self,
        name: Name | None,
        type_: Expr | None,
        close: str,
        *,
        require_names: bool,
        dots_ok: bool,
    ) -> list[Field]:
        """Parameters = "(" [ ParameterList [ "," ] ] ")", after the opening bracket.

        A name, with or without its type, that has been read already is the first parameter.
        In the result either all have a name or none has.
        """
        if name is not None and type_ is not None and self.tok == close:
            self.next()
            return [Field(name.pos, name, type_)]
        params: list[_Param] = []
        named = typed = 0
        while self.tok not in ("EOF", close):
            param: _Param | None
            if type_ is not None and name is not None:
                param = _Param(name.pos, name, type_)
            else:
                param = self.param_decl_or_none(name, close)
            name = type_ = None
            if param is not None:
                if param.type is not None:
                    typed += 1
                    if param.name is not None:
                        named += 1
                params.append(param)
            if self.tok == ",":
                self.next()
            elif self.tok != close:
                self.list_error("parameter list", ",", close)
                if self.tok != close:
                    break
        end = self.pos()
        if self.tok == close:
            self.next()
        elif self.tok == "EOF":
            self.want(close)
        if not params:
            return []
        if named == 0 and not require_names:
            # Only types, so that the names are types.
            for param in params:
                if param.name is not None:
                    param.type, param.name = param.name, None
        elif named != len(params):
            self.distribute_types(
                params, end, all_types_named=named == typed, require_names=require_names
            )
        fields: list[Field] = []
        told = False
        for number, param in enumerate(params, 1):
            type_ = param.type if param.type is not None else BadExpr(param.pos)
            if isinstance(type_, DotsType) and (not dots_ok or number < len(params)):
                if not told:
                    told = True
                    self.error_at(
                        type_.pos,
                        "can only use ... with final parameter"
                        if dots_ok
                        else "invalid use of ...",
                    )
                type_ = type_.elem
            fields.append(Field(param.pos, param.name, type_))
        return fields

    def distribute_types(
        self,
        params: Sequence[_Param],
        end: Pos,
        *,
        all_types_named: bool,
        require_names: bool,
    ) -> None:
        """Give each name the type that follows it; complain about missing names or types."""
        error_pos = NO_POS
        type_: Expr | None = None
        for param in reversed(params):
            if param.type is not None:
                type_ = param.type
                if param.name is None:
                    error_pos = start_pos(type_)
                    param.name = Name(error_pos, "_")
            elif type_ is not None:
                param.type = type_
            elif param.name is not None:
                error_pos = param.name.pos
                param.type = BadExpr(error_pos)
        if error_pos == NO_POS:
            return
        if all_types_named:
            # The names without a type stand at the end.
            error_pos = end
            message = "missing type constraint" if require_names else "missing parameter type"
        elif require_names:
            message = "missing type parameter name"
            if len(params) == 1:
                message += " or invalid array length"
        else:
            message = "missing parameter name"
        self.syntax_error_at(error_pos, message)

    def bad_expr(self) -> BadExpr:
        """Make the stand-in for what could not be read."""
        return BadExpr(self.pos())

    # Statements

    def simple_stmt(self, lhs: Expr | None, keyword: str) -> SimpleStmt:
        """SimpleStmt = ExpressionStmt | SendStmt | IncDecStmt | Assignment | ShortVarDecl ."""
        if keyword == "for" and self.tok == "range":
            return self.range_clause(None, is_definition=False)
        if lhs is None:
            lhs = self.expr_list()
        pos = self.pos()
        tok = self.tok
        if tok in ("=", ":="):
            self.next()
            if keyword == "for" and self.tok == "range":
                return self.range_clause(lhs, is_definition=tok == ":=")
            rhs = self.expr_list()
            if (
                isinstance(rhs, TypeSwitchGuard)
                and keyword == "switch"
                and tok == ":="
                and isinstance(lhs, Name)
            ):
                rhs.lhs = lhs
                return ExprStmt(rhs.pos, rhs)
            return AssignStmt(pos, ":" if tok == ":=" else None, lhs, rhs)
        if not isinstance(lhs, ListExpr):
            match tok:
                case "op=":
                    op = cast("Operator", self.lit())
                    self.next()
                    return AssignStmt(pos, op, lhs, self.expr())
                case "opop":
                    op = cast("Operator", self.lit())
                    self.next()
                    return AssignStmt(pos, op, lhs, None)
                case "<-":
                    self.next()
                    return SendStmt(pos, lhs, self.expr())
                case _:
                    return ExprStmt(lhs.pos, lhs)
        self.syntax_error("expected := or = or comma")
        self.advance(";", "}")
        first = lhs.elem_list[0]
        return ExprStmt(first.pos, first)

    def range_clause(self, lhs: Expr | None, *, is_definition: bool) -> RangeClause:
        """Parse `range x`."""
        pos = self.pos()
        self.next()
        return RangeClause(pos, lhs, is_definition, self.expr())

    def labeled_stmt_or_none(self, label: Name) -> Stmt | None:
        """LabeledStmt = Label ":" Statement ."""
        self.branch_count += 1
        pos = self.pos()
        self.want(":")
        if self.tok == "}":
            return LabeledStmt(pos, label, EmptyStmt(self.pos()))
        stmt = self.stmt_or_none()
        if stmt is not None:
            return LabeledStmt(pos, label, stmt)
        self.syntax_error_at(pos, "missing statement after label")
        return None

    def block_stmt(self, context: str) -> BlockStmt:
        """Block = "{" StatementList "}"; a context says after what, if `{` may be missing."""
        pos = self.pos()
        if self.tok == "{":
            self.next()
        else:
            self.syntax_error("expected { after " + context)
            self.advance("name", "}")
            rbrace = self.pos()
            if self.got("}"):
                return BlockStmt(pos, [], rbrace)
        stmts = self.stmt_list()
        rbrace = self.pos()
        self.want("}")
        return BlockStmt(pos, stmts, rbrace)

    def decl_stmt(self, parse: Callable[[Group | None], Decl]) -> DeclStmt:
        """Parse a declaration inside a function."""
        pos = self.pos()
        self.next()
        decls: list[Decl] = []
        self.append_group(decls, parse)
        return DeclStmt(pos, decls)

    def for_stmt(self) -> ForStmt:
        """ForStmt = "for" [ Condition | ForClause | RangeClause ] Block ."""
        pos = self.pos()
        init, cond, post = self.header("for")
        return ForStmt(pos, init, cond, post, self.block_stmt("for clause"))

    def header(self, keyword: str) -> tuple[SimpleStmt | None, Expr | None, SimpleStmt | None]:
        """Parse what stands between `if`, `for` or `switch` and its block."""
        self.want(keyword)
        init: SimpleStmt | None = None
        post: SimpleStmt | None = None
        if self.tok == "{":
            if keyword == "if":
                self.syntax_error("missing condition in if statement")
                return None, self.bad_expr(), None
            return None, None, None
        outer = self.xnest
        self.xnest = -1
        if self.tok != ";":
            if self.got("var"):
                self.syntax_error(f"var declaration not allowed in {keyword} initializer")
            init = self.simple_stmt(None, keyword)
            if isinstance(init, RangeClause):
                self.xnest = outer
                return init, None, None
        condition: SimpleStmt | None = None
        semi = NO_POS
        semi_text = ""
        if self.tok == "{":
            condition, init = init, None
        else:
            if self.tok == ";":
                semi, semi_text = self.pos(), self.lit()
                self.next()
            else:
                # Asking for `{` rather than `;` reads better.
                self.want("{")
                if self.tok != "{":
                    self.advance("{", "}")
            if keyword == "for":
                condition, post = self.for_clause()
            elif self.tok != "{":
                condition = self.simple_stmt(None, keyword)
        cond = self.condition(condition, keyword, semi, semi_text)
        self.xnest = outer
        return init, cond, post

    def for_clause(self) -> tuple[SimpleStmt | None, SimpleStmt | None]:
        """Parse condition and post statement, after the first semicolon."""
        condition: SimpleStmt | None = None
        post: SimpleStmt | None = None
        if self.tok != ";":
            if self.tok == "{":
                self.syntax_error("expected for loop condition")
                return None, None
            condition = self.simple_stmt(None, "")
        self.want(";")
        if self.tok != "{":
            post = self.simple_stmt(None, "")
            if isinstance(post, AssignStmt) and post.op == ":":
                self.syntax_error_at(post.pos, "cannot declare in post statement of for loop")
        return condition, post

    def condition(
        self, stmt: SimpleStmt | None, keyword: str, semi: Pos, semi_text: str
    ) -> Expr | None:
        """Take the expression out of the statement in a header's place for a condition."""
        match stmt:
            case None:
                if keyword != "if" or semi == NO_POS:
                    return None
                if semi_text != "semicolon":
                    message = f"unexpected {semi_text}, expected {{ after if clause"
                else:
                    message = "missing condition in if statement"
                self.syntax_error_at(semi, message)
                return BadExpr(semi)
            case ExprStmt():
                return stmt.x
            case AssignStmt(op=None, lhs=lhs, rhs=rhs) if rhs is not None:
                # `=` for `==`: parentheses show how much stands on either side.
                text = f"assignment {_emphasize(lhs)} = {_emphasize(rhs)}"
            case _:
                text = printer.spell(stmt)
        self.syntax_error_at(stmt.pos, f"cannot use {text} as value")
        return None

    def if_stmt(self) -> IfStmt:
        """IfStmt = "if" [ SimpleStmt ";" ] Expression Block [ "else" ( IfStmt | Block ) ] ."""
        pos = self.pos()
        init, cond, _ = self.header("if")
        then = self.block_stmt("if clause")
        else_: IfStmt | BlockStmt | None = None
        if self.got("else"):
            if self.tok == "if":
                else_ = self.if_stmt()
            elif self.tok == "{":
                else_ = self.block_stmt("")
            else:
                self.syntax_error("else must be followed by if or statement block")
                self.advance("name", "}")
        return IfStmt(pos, init, cond if cond is not None else BadExpr(pos), then, else_)

    def switch_stmt(self) -> SwitchStmt:
        """SwitchStmt = "switch" [ SimpleStmt ";" ] [ Tag ] "{" { CaseClause } "}" ."""
        pos = self.pos()
        init, tag, _ = self.header("switch")
        if not self.got("{"):
            self.syntax_error("missing { after switch clause")
            self.advance("case", "default", "}")
        body: list[CaseClause] = []
        while self.tok not in ("EOF", "}"):
            body.append(self.case_clause())
        rbrace = self.pos()
        self.want("}")
        return SwitchStmt(pos, init, tag, body, rbrace)

    def select_stmt(self) -> SelectStmt:
        """SelectStmt = "select" "{" { CommClause } "}" ."""
        pos = self.pos()
        self.want("select")
        if not self.got("{"):
            self.syntax_error("missing { after select clause")
            self.advance("case", "default", "}")
        body: list[CommClause] = []
        while self.tok not in ("EOF", "}"):
            body.append(self.comm_clause())
        rbrace = self.pos()
        self.want("}")
        return SelectStmt(pos, body, rbrace)

    def case_clause(self) -> CaseClause:
        """CaseClause = ( "case" ExpressionList | "default" ) ":" StatementList ."""
        pos = self.pos()
        cases: Expr | None = None
        if self.got("case"):
            cases = self.expr_list()
        elif not self.got("default"):
            self.no_case()
        colon = self.pos()
        self.want(":")
        return CaseClause(pos, cases, self.stmt_list(), colon)

    def comm_clause(self) -> CommClause:
        """CommClause = ( "case" SimpleStmt | "default" ) ":" StatementList ."""
        pos = self.pos()
        comm: SimpleStmt | None = None
        if self.got("case"):
            comm = self.simple_stmt(None, "")
        elif not self.got("default"):
            self.no_case()
        colon = self.pos()
        self.want(":")
        return CommClause(pos, comm, self.stmt_list(), colon)

    def no_case(self) -> None:
        """Complain about what is no clause, and skip it."""
        self.syntax_error("expected case or default or }")
        self.advance(":", "case", "default", "}")

    def stmt_or_none(self) -> Stmt | None:
        """Parse a statement if one stands here."""
        tok = self.tok
        if self.pragma and tok not in ("var", "const", "type"):
            self.clear_pragma()
        if tok == "name":
            lhs = self.expr_list()
            if self.tok == ":" and isinstance(lhs, Name):
                return self.labeled_stmt_or_none(lhs)
            return self.simple_stmt(lhs, "")
        match tok:
            case "var":
                return self.decl_stmt(self.var_decl)
            case "const":
                return self.decl_stmt(self.const_decl)
            case "type":
                return self.decl_stmt(self.type_decl)
            case "if":
                return self.if_stmt()
            case "return":
                pos = self.pos()
                self.next()
                results = self.expr_list() if self.tok not in (";", "}") else None
                return ReturnStmt(pos, results)
            case "for":
                return self.for_stmt()
            case "{":
                return self.block_stmt("")
            case "op" | "*":
                return self.simple_stmt(None, "") if self.lit() in _STATEMENT_OPERATORS else None
            case "switch":
                return self.switch_stmt()
            case "select":
                return self.select_stmt()
            case "go" | "defer":
                return self.call_stmt()
            case "fallthrough" | "break" | "continue" | "goto":
                return self.branch_stmt()
            case ";":
                return EmptyStmt(self.pos())
            case _:
                return self.simple_stmt(None, "") if tok in _OPERAND_STARTS else None

    def branch_stmt(self) -> BranchStmt:
        """Parse `break`, `continue`, `goto` or `fallthrough`."""
        self.branch_count += 1
        pos = self.pos()
        tok = cast("BranchToken", self.tok)
        self.next()
        label: Name | None = None
        if tok == "goto" or (tok != "fallthrough" and self.tok == "name"):
            label = self.name()
        return BranchStmt(pos, tok, label)

    def stmt_list(self) -> list[Stmt]:
        """StatementList = { Statement ";" } ."""
        stmts: list[Stmt] = []
        while self.tok not in _LIST_END:
            stmt = self.stmt_or_none()
            if self.pragma:
                self.clear_pragma()
            if stmt is None:
                break
            stmts.append(stmt)
            if self.tok == ";":
                self.next()
            elif self.tok != "}":
                self.syntax_error("at end of statement")
                self.advance(";", "}", "case", "default")
                self.got(";")
        return stmts

    def arg_list(self) -> tuple[list[Expr], bool]:
        """Parse [ arg { "," arg } [ "..." ] [ "," ] ] ")", after the opening parenthesis."""
        args: list[Expr] = []
        has_dots = False
        self.xnest += 1
        while self.tok not in ("EOF", ")") and not has_dots:
            args.append(self.expr())
            has_dots = self.got("...")
            if self.tok == ",":
                self.next()
            elif self.tok != ")":
                self.list_error("argument list", ",", ")")
                if self.tok != ")":
                    self.xnest -= 1
                    return args, has_dots
        self.want(")")
        self.xnest -= 1
        return args, has_dots

    # What many productions use

    def name(self) -> Name:
        """Parse a name that must stand here."""
        index = self.index
        pos = self.positions[index]
        if self.tok == "name":
            name = Name(pos, self.texts[index])
            self.next()
            return name
        self.syntax_error("expected name")
        self.advance()
        return Name(pos, "_")

    def name_list(self, first: Name) -> list[Name]:
        """IdentifierList = identifier { "," identifier }, after the first."""
        names = [first]
        while self.got(","):
            names.append(self.name())
        return names

    def qualified_name(self, name: Name | None) -> Expr:
        """TypeName = identifier [ "." identifier ] [ TypeArgs ]; the first may be given."""
        x: Expr
        if name is not None:
            x = name
        elif self.tok == "name":
            x = self.name()
        else:
            x = Name(self.pos(), "_")
            self.syntax_error("expected name")
            self.advance(".", ";", "}")
        if self.tok == ".":
            pos = self.pos()
            self.next()
            x = SelectorExpr(pos, x, self.name())
        if self.tok == "[":
            x = self.type_instance(x)
        return x

    def expr_list(self) -> Expr:
        """ExpressionList = Expression { "," Expression } ."""
        x = self.expr()
        if self.tok != ",":
            return x
        exprs = [x]
        while self.got(","):
            exprs.append(self.expr())
        return ListExpr(x.pos, exprs)

    def type_list(self, *, strict: bool) -> tuple[Expr, bool]:
        """Parse arg { "," arg } [ "," ]; tell if there was a comma.

        Unless strict, the first may be an expression that is no type.
        """
        self.xnest += 1
        x = self.type_() if strict else self.expr()
        comma = False
        if self.got(","):
            comma = True
            type_ = self.type_or_none()
            if type_ is not None:
                types: list[Expr] = [x, type_]
                while self.got(","):
                    type_ = self.type_or_none()
                    if type_ is None:
                        break
                    types.append(type_)
                x = ListExpr(x.pos, types)
        self.xnest -= 1
        return x, comma


class _Param:
    """A parameter while its list is read: name or type may still be missing."""

    __slots__ = ("name", "pos", "type")

    def __init__(self, pos: Pos, name: Name | None, type_: Expr | None) -> None:
        self.pos = pos
        self.name = name
        self.type = type_


def _is_empty_func_decl(decl: Decl) -> bool:
    return isinstance(decl, FuncDecl) and decl.body is None


def _extract_name(x: Expr, *, force: bool) -> tuple[Name | None, Expr | None]:
    """Split `x` into a type parameter's name and constraint, if it can be read so.

    `P *[]int`, `P *E | ~F` and, when forced by a comma that follows, `P *E` or `P (E)` were
    read as products and calls. A lone name is a name without constraint.
    """
    match x:
        case Name():
            return x, None
        case Operation(op="*", x=Name() as name, y=y) if y is not None:
            if force or _is_type_elem(y):
                return name, Operation(x.pos, "*", y, None)
        case Operation(op="|", y=y) if y is not None:
            pname, lhs = _extract_name(x.x, force=force or _is_type_elem(y))
            if pname is not None and lhs is not None:
                return pname, Operation(x.pos, "|", lhs, y)
        case CallExpr(fun=Name() as name, arg_list=[arg], has_dots=False):
            if force or _is_type_elem(arg):
                return name, unparen(arg)
        case _:
            pass
    return None, x


def _is_type_elem(x: Expr) -> bool:
    """Tell if an expression can only be an element of a type set."""
    match x:
        case (
            ArrayType()
            | StructType()
            | FuncType()
            | InterfaceType()
            | SliceType()
            | MapType()
            | ChanType()
        ):
            return True
        case Operation():
            return _is_type_elem(x.x) or (x.y is not None and _is_type_elem(x.y)) or x.op == "~"
        case ParenExpr():
            return _is_type_elem(x.x)
        case _:
            return False


def _is_value(x: Expr) -> bool:
    """Tell if an expression can only be a value, no type."""
    match x:
        case (
            BasicLit()
            | CompositeLit()
            | FuncLit()
            | SliceExpr()
            | AssertExpr()
            | TypeSwitchGuard()
            | CallExpr()
        ):
            return True
        case Operation():
            return x.op != "*" or x.y is not None
        case ParenExpr():
            return _is_value(x.x)
        case IndexExpr():
            return _is_value(x.x) or _is_value(x.index)
        case _:
            return False


def _emphasize(x: Expr) -> str:
    """Spell an expression, a binary operation in parentheses."""
    text = printer.spell(x)
    return f"({text})" if isinstance(x, Operation) and x.y is not None else text
