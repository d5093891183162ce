"""Each rule of the checker has a program that breaks it, and real Go's words for that."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mkdocs_gomem.compiler import checker, front
from mkdocs_gomem.compiler.checker.codes import Code
from mkdocs_gomem.source import Rejected, SourceFile
from tests import txtar

CASES = sorted((Path(__file__).parent.parent / "cases" / "codes").glob("*.txtar"))
SOURCES = Path(checker.__file__).parent.glob("*.py")

UNREACHED = {
    Code.BAD_IMPORT_PATH: "the go command complains first",
    Code.INVALID_SYNTAX_TREE: "the parser makes no such tree",
    Code.MISMATCHED_PKG_NAME: "needs two files, and the go command complains first",
    Code.MULTI_VAL_ASSIGN_OP: "the parser complains first",
    Code.TOO_NEW: "the go command leaves such a file out",
}
"""Rules that no program can break through `go build`, as in types2."""


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_rule_is_told_by_its_name_in_the_words_of_go(path: Path) -> None:
    case = txtar.read(path)
    with pytest.raises(Rejected) as rejected:
        front.check([SourceFile("./main.go", case.sections["main.go"].encode())])
    found = rejected.value.diagnostics
    assert path.stem in [diagnostic.code for diagnostic in found]
    lines = "\n".join(checker.format_errors(found)).split("\n")
    assert [line.removeprefix("./main.go:") for line in lines] == case.lines("go/errors")


def test_every_rule_has_an_example() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    used = {Code[name] for name in re.findall(r"\bCode\.([A-Z_]+)", text)}
    shown = {Code(path.stem) for path in CASES}
    assert used - shown - set(UNREACHED) == set()
    assert shown & set(UNREACHED) == set()
