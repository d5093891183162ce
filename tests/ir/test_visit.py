"""Walking nodes: every way to list them lists the same ones, in gc's order."""

from __future__ import annotations

from pathlib import Path

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler.ir import nodes, scc, visit
from mkdocs_gomem.compiler.ir.nodes import Func, Node, Op
from mkdocs_gomem.source import NO_POS, SourceFile
from tests import txtar

PROGRAMS = sorted((Path(__file__).parents[1] / "cases" / "programs").glob("*escape*.txtar"))


@pytest.fixture(scope="module", params=PROGRAMS, ids=lambda path: path.stem)
def funcs(request: pytest.FixtureRequest) -> list[Func]:
    sources = txtar.read(request.param).sources
    files = [SourceFile(name, text.encode()) for name, text in sources.items()]
    return scc.all_funcs(pipeline.decide(files).program)


def recursively(items: list[Node]) -> list[Node]:
    found = []
    for node in items:
        found += [node, *recursively(visit.children(node))]
    return found


def test_nodes_are_listed_before_what_is_in_them(funcs: list[Func]) -> None:
    for func in funcs:
        assert visit.within(func.body) == recursively([*func.body])


def test_children_are_the_same_one_by_one(funcs: list[Func]) -> None:
    for func in funcs:
        for node in visit.within(func.body):
            found: list[Node] = []
            visit.for_children(node, found.append)
            assert found == visit.children(node)


def test_classes_are_found_in_a_list(funcs: list[Func]) -> None:
    for func in funcs:
        body = visit.within(func.body)
        calls = [node for node in body if isinstance(node, nodes.CallExpr | nodes.ReturnStmt)]
        assert list(visit.of(frozenset({nodes.CallExpr, nodes.ReturnStmt}), body)) == calls
        assert visit.any_of(nodes.CallExpr, body) == any(call.op is not Op.RETURN for call in calls)


def test_parentheses_are_taken_away_while_nodes_are_listed(funcs: list[Func]) -> None:
    def parenthesize(node: Node) -> Node:
        visit.edit_children(node, parenthesize)
        if isinstance(node, nodes.CallExpr):
            return nodes.ParenExpr(node.pos, node.type, node, op=Op.PAREN)
        return node

    for func in funcs:
        before = visit.within(func.body)
        visit.edit_list(func.body, parenthesize)
        assert visit.any_of(nodes.ParenExpr, visit.within(func.body)) == visit.any_of(
            nodes.CallExpr, before
        )
        assert visit.unparenthesize(func.body) == before
        assert visit.within(func.body) == before


def test_bodies_are_listed_once_until_they_are_forgotten(funcs: list[Func]) -> None:
    bodies = visit.Bodies()
    for func in funcs:
        listed = bodies[func]
        assert bodies[func] is listed
        inside = [f for f in funcs if f.outer is func and f.closure in listed]
        whole = bodies.with_closures(func)
        assert len(whole) >= len(listed) + sum(len(bodies[literal]) for literal in inside)
        bodies.forget(func)
        assert not {func, *inside} & bodies.keys()


def test_the_shared_init_takes_nothing() -> None:
    decl = nodes.BranchStmt(NO_POS, op=Op.BREAK)
    with pytest.raises(TypeError):
        decl.init.append(decl)
    with pytest.raises(TypeError):
        decl.init += [decl]
    other = nodes.BranchStmt(NO_POS, op=Op.BREAK)
    nodes.add_init(decl, other)
    assert decl.init == [other]
    assert other.init == []
