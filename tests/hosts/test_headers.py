"""First lines of Go fences that superfences cannot read: found as it finds them, and repaired."""

from __future__ import annotations

import pytest
from markdown import Markdown
from pymdownx.superfences import SuperFencesBlockPreprocessor

from mkdocs_gomem.hosts import headers
from tests.hosts import go

UNREADABLE = {
    "```go gomem=off": '```go gomem="off"',
    "```go,gomem": "```go gomem",
    "```go gomem,": "```go gomem",
    '```go hl-lines="1"': '```go hl_lines="1"',
    "```go hl_lines=3": '```go hl_lines="3"',
    "```go linenums": "",  # readable, and says nothing
    '```go,linenos,title="a b"': '```go linenums="1" title="a b"',
    "```go:main.go": '```go title="main.go"',
    "```go {1,3-4}": "",  # braces are attributes to superfences
    "```golang,expect=panic": '```golang expect="panic"',
    "``` go gomem=marks": '```go gomem="marks"',
    "~~~Go gomem=off": '~~~Go gomem="off"',
    "````go expect='output:\"x\"',gomem": "````go expect='output:\"x\"' gomem",
    "```go gomme=off": '```go gomem="off"',
    "```go flarb=3": "```go",
}


@pytest.mark.parametrize(("header", "repaired"), UNREADABLE.items())
def test_a_header_is_found_and_repaired(header: str, repaired: str) -> None:
    found = list(headers.unreadable([header, "x", "```"]))
    assert [each.repaired for each in found] == ([repaired] if repaired else [])
    if repaired:
        assert (found[0].line, found[0].text) == (0, header)
        assert list(headers.unreadable([repaired, "x", "```"])) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["```go", "x", "```"],
        ['```go title="a" gomem', "x", "```"],
        ["```python,x", "x", "```"],
        ["```go fmt.Println()``` in a sentence"],
        ["```goat,x", "```"],
        ["```go.mod,x", "```"],
        ["````md", "```go,gomem", "x", "```", "````"],
        ["```text", "```go gomem=off", "```"],
        ["> ~~~", "> ```go,gomem", "> ~~~"],
        ["    ~~~", "    ```go,gomem", "    ~~~"],
    ],
)
def test_what_is_readable_or_no_header_is_left_alone(lines: list[str]) -> None:
    assert list(headers.unreadable(lines)) == []


@pytest.mark.parametrize(
    "lines",
    [
        ["- item", "", "    ```go,gomem", "    x", "    ```"],
        ["> ```go,gomem", "> x"],
        ["```text", "x", "```", "```go,gomem"],
        ["  ~~~", "x", "```go,gomem"],  # a fence ends where the indentation does
    ],
)
def test_a_header_is_found_wherever_a_fence_can_stand(lines: list[str]) -> None:
    (found,) = headers.unreadable(lines)
    assert found.repaired == "```go gomem"
    assert lines[found.line].endswith("```go,gomem")


@pytest.mark.parametrize(
    ("header", "ours"),
    [("```go,gomem", True), ("```go expect=panic", True), ("```go,linenos", False)],
)
def test_whose_it_is(header: str, *, ours: bool) -> None:
    (found,) = headers.unreadable([header])
    assert found.ours is ours


def met_by_superfences(lines: list[str]) -> list[str]:
    """List the headers that superfences itself gives up on."""
    md = Markdown(extensions=["pymdownx.superfences"])
    block = md.preprocessors["fenced_code_block"]
    assert isinstance(block, SuperFencesBlockPreprocessor)
    given_up: list[str] = []
    handle = block.handle_unrecognized

    def note(match: object) -> object:
        given_up.append(str(match.group(0)).rstrip())  # type: ignore[attr-defined]
        return handle(match)

    block.handle_unrecognized = note
    block.run(list(lines))
    return given_up


@pytest.mark.parametrize("indent", ["", "    ", "> ", "> > ", "\t"])
@pytest.mark.parametrize(
    "before", ["", "```text\na\n```", "~~~\n```go\n~~~", "````\n```", "```x,y"]
)
@pytest.mark.parametrize("after", ["", "\n\n", "```", "> x", "```go,b\n```"])
def test_it_reads_as_superfences_does(indent: str, before: str, after: str) -> None:
    text = f"{before}\n{indent}```go,gomem\n{indent}x\n{indent}```\n{after}\n```go,linenos"
    lines = text.split("\n")
    ours = [each.text for each in headers.unreadable(lines)]
    assert ours == [each for each in met_by_superfences(lines) if each.startswith("```go")]


def test_the_flagship_has_no_such_header() -> None:
    assert list(headers.unreadable(go.fence(go.FLAGSHIP).split("\n"))) == []
