"""What does the go command say of the head of a file, before gc sees any of it?

In: the tokens of a file. Out: the one complaint with which `go build` gives up, if there is one.
The go command reads the package clause and the imports of each file with a parser of its own
(go/parser), in its own words: `expected 'package', found 'func'`. Only when it is content with all
files does gc get them.

Not here: whether an imported package exists (`checker.resolver`).
Sources: go/build/read.go (readGoInfo, isValidImport), go/parser/parser.go, go/scanner, go1.27.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Final

from mkdocs_gomem.compiler.syntax import directives
from mkdocs_gomem.source import LineBase, column_of, set_line_bases

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.syntax.scanner import Tokens
    from mkdocs_gomem.source import Pos

_ILLEGAL: Final = frozenset("!\"#$%&'()*,:;<=>?[\\]^{|}`\ufffd")
_LEXICAL: Final = {
    "newline in string": "string literal not terminated",
    "string not terminated": "raw string literal not terminated",
    "newline in rune literal": "rune literal not terminated",
    "rune literal not terminated": "rune literal not terminated",
    "more than one character in rune literal": "illegal rune literal",
}


class Complaint(Exception):  # noqa: N818 - of the go command, about the program
    """What the go command says of a file's package clause and imports, and where."""

    def __init__(self, pos: Pos, message: str) -> None:
        super().__init__(message)
        self.pos = pos
        self.message = message


def read(tokens: Tokens) -> list[str]:
    """Read the head of a file as the go command does; return the paths that it imports.

    Raises:
        Complaint: the first, which ends the reading.
    """
    bases: list[LineBase] = []
    for event in tokens.events:
        if event.text[0] == "/" and (event.text[1] == "*" or column_of(event.pos) == 1):
            base = directives.line_base(event.pos, event.text, bases[-1] if bases else None)
            if isinstance(base, LineBase):
                bases.append(base)
    set_line_bases(tokens.positions[0] >> 40, bases)
    return _Head(tokens).read()


class _Head:
    """Reads the head of a file, up to the first declaration that is no import."""

    __slots__ = ("index", "tokens")

    def __init__(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self.index = 0

    @property
    def kind(self) -> str:
        """Kind of the current token."""
        return self.tokens.kinds[self.index]

    @property
    def text(self) -> str:
        """The current token as written."""
        return self.tokens.texts[self.index]

    @property
    def pos(self) -> Pos:
        """Place of the current token."""
        return self.tokens.positions[self.index]

    def read(self) -> list[str]:
        """Read it all; return the paths of imports."""
        self.expect("package", "'package'")
        self.expect("name", "'IDENT'")
        self.end_of_clause()
        paths: list[tuple[Pos, str]] = []
        while self.kind == "import":
            self.index += 1
            if self.kind == "(":
                self.index += 1
                while self.kind not in (")", "EOF"):
                    paths.append(self.spec())
                    self.semicolon()
                self.expect(")", "')'")
            else:
                paths.append(self.spec())
            self.end_of_clause()
        for pos, path in paths:
            if not _is_valid(path):
                raise Complaint(pos, f"invalid import path: {path}")
        return [path for _, path in paths]

    def spec(self) -> tuple[Pos, str]:
        """Read one import; return where it begins, and its path."""
        start = self.pos
        if self.kind in ("name", "."):
            self.index += 1
        if self.kind == "literal" and self.text[0] in '"`':
            self.lexical()
            path = _unquoted(self.text)
            self.index += 1
        elif self.kind in ("literal", "name"):
            self.lexical()
            raise Complaint(self.pos, "import path must be a string")
        else:
            raise Complaint(self.pos, "missing import path")
        return start, path

    def lexical(self) -> None:
        """Complain about a literal that does not end."""
        if self.index not in self.tokens.bad:
            return
        for event in self.tokens.events:
            if event.at == self.index and event.text in _LEXICAL:
                raise Complaint(self.pos, _LEXICAL[event.text])

    def expect(self, kind: str, what: str) -> None:
        """Take a token of a kind."""
        if self.kind != kind:
            raise self.expected(what)
        self.index += 1

    def end_of_clause(self) -> None:
        """Take a semicolon, or leave the rest to gc.

        The go command cuts the head off where no `import` can follow, by looking at one letter.
        """
        if self.kind == ";":
            self.index += 1
        elif self.text.startswith("i"):
            raise self.expected("';'")

    def semicolon(self) -> None:
        """Take a semicolon, which may be left out before a closing bracket."""
        if self.kind == ";":
            self.index += 1
        elif self.kind not in (")", "}"):
            raise self.expected("';'")

    def expected(self, what: str) -> Complaint:
        """Return the complaint that something else stands here."""
        match self.kind:
            case ";" if self.text != "semicolon":
                found = "newline"
            case ";":
                found = "';'"
            case "name" | "literal":
                found = self.text
            case "EOF":
                found = "'EOF'"
            case _:
                found = f"'{self.text}'"
        return Complaint(self.pos, f"expected {what}, found {found}")


def _unquoted(text: str) -> str:
    if text[0] == "`":
        return text[1:-1].replace("\r", "")
    if "\\" not in text:
        return text[1:-1]
    import ast  # noqa: PLC0415 - as slow to load as a file is to parse, and seldom asked

    try:
        value = ast.literal_eval(text)
    except (SyntaxError, ValueError):
        return text[1:-1]
    return str(value)


def _is_valid(path: str) -> bool:
    return bool(path) and not any(
        char in _ILLEGAL or char.isspace() or unicodedata.category(char)[0] in "CZ" for char in path
    )
