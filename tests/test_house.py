"""The house keeps its promises: module heads, true maps, complete shelves, no drawers."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "mkdocs_gomem"
MODULES = sorted(PACKAGE.rglob("*.py"))
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
SHELVES = ("lesson/diagrams", "lesson/questions", "hosts", "hosts/commands", "std/natives")
DRAWERS = {"utils", "util", "helpers", "helper", "misc", "common", "core", "base", "stuff", "lib"}


def below(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("module", MODULES, ids=below)
def test_a_module_says_what_it_answers(module: Path) -> None:
    head = ast.get_docstring(ast.parse(module.read_bytes()))
    assert head, f"{below(module)} has no head: see docs/architecture.md"
    assert head.split("\n", 1)[0].rstrip().endswith((".", "?", ":"))


def test_no_module_has_what_lean_has_quicker() -> None:
    slow = re.compile(r"^(?:from|import) (?:dataclasses|typing_extensions)\b", re.MULTILINE)
    found = {below(module) for module in MODULES if slow.search(module.read_text("utf-8"))}
    assert found == set()


def test_no_file_is_a_drawer() -> None:
    names = {below(module) for module in MODULES if module.stem in DRAWERS}
    assert names == set()


@pytest.mark.parametrize("shelf", SHELVES)
def test_a_shelf_lists_what_stands_on_it(shelf: str) -> None:
    folder = PACKAGE / shelf
    listed = set(re.findall(r"\w+", (folder / "__init__.py").read_text("utf-8")))
    standing = {module.stem for module in folder.glob("*.py")} - {"__init__"}
    assert standing <= listed


def tree_of_architecture() -> set[str]:
    """Read the tree in docs/architecture.md; folders end in a slash."""
    text = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    block = text.split("```text\nmkdocs_gomem/\n", 1)[1].split("```", 1)[0]
    found: set[str] = set()
    above: list[str] = []
    for line in block.splitlines():
        match = re.match(r"([│ ]*)[├└]── (\S+)", line)
        assert match, f"not a line of a tree: {line}"
        depth = len(match[1]) // 4
        del above[depth:]
        found.add("".join(above) + match[2])
        above.append(match[2])
    return found


def test_the_tree_in_the_architecture_is_true() -> None:
    drawn = tree_of_architecture()
    assert {name for name in drawn if not (PACKAGE / name).exists()} == set()
    folders = {below(module.parent) + "/" for module in MODULES if module.stem == "__init__"}
    rooms = {folder for folder in folders if folder.count("/") < 3}
    top = {module.name for module in PACKAGE.glob("*.py")} - {"__init__.py"}
    assert (rooms - {"./"}) | top <= drawn


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_is_short_and_tells_its_price(decision: Path) -> None:
    text = decision.read_text("utf-8")
    assert re.match(r"\d{4}-[a-z0-9-]+$", decision.stem)
    assert len(text.splitlines()) <= 30
    for part in ("Context", "Choice", "Price", "What would change our mind"):
        assert f"**{part}.**" in text


def test_decisions_are_numbered_in_order() -> None:
    numbers = [int(decision.name[:4]) for decision in DECISIONS]
    assert numbers == list(range(1, len(DECISIONS) + 1))
