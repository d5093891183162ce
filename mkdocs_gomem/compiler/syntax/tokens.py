"""The words of Go: tokens, operators and kinds of literals, each spelled as gc spells it.

A token, an operator and a kind are plain strings, so that the parser reads like the grammar
(`self.tok == "("`) and a `match` over an operator reads like Go. The `Literal` types let mypy
refuse a misspelt one.

Sources: cmd/compile/internal/syntax/tokens.go and token_string.go, go1.27.
"""

from __future__ import annotations

from typing import Final, Literal

LitKind = Literal["int", "float", "imag", "rune", "string"]
"""What a basic literal is; `imag` is any number with the suffix `i`."""

Operator = Literal[
    ":", "!", "<-", "~",
    "||", "&&",
    "==", "!=", "<", "<=", ">", ">=",
    "+", "-", "|", "^",
    "*", "/", "%", "&", "&^", "<<", ">>",
]  # fmt: skip
"""gc's operators. `:` is gc's `Def`, the operator of `:=`; unary and binary ones share a name."""

BranchToken = Literal["break", "continue", "fallthrough", "goto"]
CallToken = Literal["go", "defer"]

ChanDir = Literal["", "send", "recv"]
"""`chan T`, `chan<- T`, `<-chan T`."""

PRECEDENCE: Final[dict[str, int]] = {
    "!": 0, "~": 0,
    "||": 1, "&&": 2,
    "==": 3, "!=": 3, "<": 3, "<=": 3, ">": 3, ">=": 3,
    "+": 4, "-": 4, "|": 4, "^": 4,
    "*": 5, "/": 5, "%": 5, "&": 5, "&^": 5, "<<": 5, ">>": 5,
}  # fmt: skip
"""How tightly a binary operator binds; 0 for the purely unary ones."""

KEYWORDS: Final = frozenset([
    "break", "case", "chan", "const", "continue", "default", "defer", "else", "fallthrough",
    "for", "func", "go", "goto", "if", "import", "interface", "map", "package", "range",
    "return", "select", "struct", "switch", "type", "var",
])  # fmt: skip
