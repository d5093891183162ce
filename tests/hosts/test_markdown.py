"""The Markdown extension: with superfences, with stock fenced code, alone, and beside others."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import markdown
import pytest

from mkdocs_gomem.hosts.markdown import Context, GomemExtension, makeExtension
from mkdocs_gomem.hosts.options import Kind
from mkdocs_gomem.lean import override
from tests.hosts import go

if TYPE_CHECKING:
    from collections.abc import Sequence

SUPER = "pymdownx.superfences"
RUN_ME = go.FLAGSHIP


class Told(list[str]):
    """Warnings that a page gave."""


def convert(
    text: str, *extensions: Any, configs: dict[str, dict[str, Any]] | None = None, **context: Any
) -> tuple[str, Told, Context]:
    told = Told()
    shared = Context(report=told.append, slots=True, **context)
    shared.begin("docs/page.md", text, 1, marked=False)
    html = markdown.markdown(
        text, extensions=[*extensions, GomemExtension(shared)], extension_configs=configs or {}
    )
    return shared.fill(html), told, shared


class Outline(HTMLParser):
    """Checks that elements are closed in order; collects ids and text."""

    VOID = frozenset({"input", "br", "img", "hr", "meta", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: list[str] = []
        self.wrong: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for key, value in attrs if key == "id"]
        if tag not in self.VOID:
            self.stack.append(tag)

    @override
    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.ids += [value or "" for key, value in attrs if key == "id"]

    @override
    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.wrong.append(f"</{tag}> at {self.getpos()}")


def outline(html: str) -> Outline:
    found = Outline()
    found.feed(html)
    found.close()
    assert found.wrong == []
    assert found.stack == []
    return found


@pytest.mark.parametrize("language", ["go", "golang", "Go"])
def test_three_names_of_one_language(language: str) -> None:
    html, told, _ = convert(go.fence(go.FLAGSHIP, language), SUPER)
    assert html.count("<gomem-panel") == 1
    assert told == []


def test_the_order_of_extensions_is_free() -> None:
    text = f"# Title\n\n{go.fence(go.FLAGSHIP)}"
    orders = ([SUPER, "gomem"], ["gomem", SUPER])
    pages = [markdown.markdown(text, extensions=extensions) for extensions in orders]
    assert pages[0] == pages[1]
    assert pages[0].count("<gomem-panel") == 1
    assert pages[0].count("<style>") == pages[0].count("<script>") == 1


def test_alone_it_brings_what_reads_fences() -> None:
    md = markdown.Markdown(extensions=["gomem"])
    text = f"{go.fence(go.FLAGSHIP)}\n{go.fence('x = 1', 'python')}"
    first = md.convert(text)
    assert first.count("<gomem-panel") == 1
    assert "<span" in first[first.index("</gomem-panel>") :]
    assert md.reset().convert(text) == first


def test_a_page_without_a_panel_gets_no_style() -> None:
    html = markdown.markdown(go.fence(go.DECLARATIONS), extensions=[SUPER, "gomem"])
    assert html == markdown.markdown(go.fence(go.DECLARATIONS), extensions=[SUPER])


def test_beside_stock_fenced_code_everything_looks_as_before() -> None:
    others = "\n".join(
        [
            go.fence("x = 1", "python"),
            go.fence(go.DECLARATIONS),
            go.fence(go.BROKEN, '{ .go .x hl_lines="1" }'),
            "````md\n```go\npackage main\n\nfunc main() {}\n```\n````",
            "~~~\n" + go.fence(go.FLAGSHIP) + "~~~",
            "    indented\n    ```\n    code\n    ```",
        ]
    )
    html, told, context = convert(f"{others}\n\n{go.fence(go.FLAGSHIP)}", "fenced_code")
    plain = markdown.markdown(others, extensions=["fenced_code"])
    assert html.startswith(plain)
    assert html.count("<gomem-panel") == 1
    assert told == []
    assert sorted(kind.name for kind in context.counts.values()) == [
        "FRAGMENT",
        "PANEL",
        "REJECTED",
    ]


def test_beside_stock_fenced_code_a_panel_stands_in_lists_too() -> None:
    inner = go.fence(go.FLAGSHIP, 'go gomem title="x"').replace("\n", "\n    ")
    html, told, _ = convert(f"1. item\n\n    {inner}\n2. next", "fenced_code", "attr_list")
    assert html.count("<gomem-panel") == 1
    assert told == []
    assert html.count("<li>") - html.count('<li><details class="gomem-choice') == 2
    outline(html)


def test_beside_codehilite_the_site_highlights() -> None:
    html, _, _ = convert(go.fence(go.FLAGSHIP), "fenced_code", "codehilite")
    assert '<div class="codehilite' in html
    assert '<span class="kd">func</span>' in html
    assert html.count("<gomem-panel") == 1
    outline(html)


def test_options_of_the_highlighter_keep_working() -> None:
    header = 'go title="main.go" linenums="7" hl_lines="2"'
    plain = markdown.markdown(go.fence(go.DECLARATIONS, header), extensions=[SUPER])
    html, _, _ = convert(go.fence(go.DECLARATIONS, f"{header} gomem"), SUPER)
    assert '<span class="filename">main.go</span>' in html
    assert html.count('<span class="hll">') == plain.count('<span class="hll">') == 1
    assert 'class="linenos"' in html or 'class="linenodiv"' in html
    outline(html)


def test_attributes_in_braces_stay_attributes() -> None:
    header = '{ .go .extra #own q="x" data-y="z" title="t" }'
    plain = markdown.markdown(go.fence(go.DECLARATIONS, header), extensions=["attr_list", SUPER])
    html, told, _ = convert(go.fence(go.DECLARATIONS, header), "attr_list", SUPER)
    assert html == plain
    assert told == []


def test_a_slip_in_braces_is_told() -> None:
    _, told, _ = convert(go.fence(go.DECLARATIONS, '{ .go expct="error" }'), "attr_list", SUPER)
    (warning,) = told
    assert "option expct is not known; did you mean expect?" in warning


def test_the_class_gomem_is_a_mark_and_no_class() -> None:
    html, told, _ = convert(go.fence(go.UNUSED, "{ .go .gomem .own }"), "attr_list", SUPER)
    assert len(told) == 1
    assert re.search(r'<div class="own highlight gomem-fence">', html)


def test_another_extension_keeps_its_go_fences() -> None:
    """As markdown-exec does: a custom fence named go that takes `exec` only."""
    called: list[str] = []

    def validate(_: str, inputs: dict[str, str], *__: Any) -> bool:
        return inputs.pop("exec", "") == "on"

    def run(source: str, *_: Any, **__: Any) -> str:
        called.append(source)
        return "<p>theirs</p>"

    custom = [{"name": "go", "class": "go", "validator": validate, "format": run}]
    text = f"{go.fence(go.FLAGSHIP, 'go exec=' + chr(34) + 'on' + chr(34))}\n{go.fence(go.PANICS)}"
    html, told, _ = convert(text, SUPER, configs={SUPER: {"custom_fences": custom}})
    assert html.count("theirs") == len(called) == 1
    assert html.count("<gomem-panel") == 1
    assert told == []


def test_a_site_that_draws_all_its_go_itself_keeps_doing_so() -> None:
    def run(*_: Any, **__: Any) -> str:
        return "<p>theirs</p>"

    custom = [{"name": "go", "class": "go", "format": run}]
    text = "\n".join([go.fence(go.FLAGSHIP), go.fence(go.PANICS, 'go expect="panic"')])
    html, told, _ = convert(text, SUPER, configs={SUPER: {"custom_fences": custom}})
    assert html.count("theirs") == 1
    assert html.count("<gomem-panel") == 1, "what is marked is ours"
    assert told == []


def test_ids_are_unique_on_a_page() -> None:
    text = "\n".join(go.fence(code) for code in (go.FLAGSHIP, go.FLAGSHIP, go.PANICS, go.FLAGSHIP))
    html, _, _ = convert(text, SUPER)
    ids = outline(html).ids
    assert html.count("<gomem-panel") == 4
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids), "and every link has its place"


def test_two_pages_do_not_share_ids() -> None:
    shared = Context(slots=True)
    found: list[str] = []
    for page in ("docs/a-b.md", "docs/a/b.md", "docs/ä.md", "docs/ö.md"):
        shared.begin(page, go.FLAGSHIP, 1, marked=False)
        found.append(shared.identity(go.FLAGSHIP))
    assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("before", "indent", "place"),
    [
        ("", "", "4:6"),
        ("# Title\n\ntext\n\n", "", "8:6"),
        ("- item\n\n", "    ", "6:10"),
        ("> quoted\n>\n", "> ", "6:8"),
    ],
)
def test_a_warning_has_line_and_column_of_the_page(before: str, indent: str, place: str) -> None:
    fence = go.fence(go.UNUSED.replace("\t", "    "), "go gomem")
    text = before + "".join(f"{indent}{line}\n" for line in fence.splitlines())
    _, told, _ = convert(text, SUPER)
    line, column = map(int, place.split(":"))
    # the fence's own first line comes before its code, and tabs were four columns
    assert told == [
        f"docs/page.md:{line + 1}:{column + 3}: declared and not used: x [gomem-UnusedVar]"
    ]


def test_a_tab_is_one_column_as_gc_counts() -> None:
    _, told, _ = convert(
        go.fence('package main\n\nfunc main() {\n\tä := "ü"; b := 1\n\t_ = ä\n}', "go gomem"), SUPER
    )
    assert told == ["docs/page.md:5:14: declared and not used: b [gomem-UnusedVar]"]


def test_the_same_code_twice_is_told_apart() -> None:
    text = f"{go.UNUSED}\n{go.fence(go.UNUSED)}\n{go.fence(go.UNUSED, 'go gomem')}"
    _, told, _ = convert(text, SUPER)
    lines = text.split("\n")
    (warning,) = told
    line = int(warning.split(":")[1])
    assert lines[line - 1] == "\tvar x int"
    assert lines[line - 5] == "```go gomem"


def test_headers_that_superfences_cannot_read() -> None:
    text = f"# Title\n\n{go.fence(go.FLAGSHIP, 'go gomem=off')}"
    _, told, _ = convert(text, SUPER)
    assert told == [
        (
            "docs/page.md:3:1: ```go gomem=off: superfences cannot read this first line, and takes "
            'what follows the block for code: write ```go gomem="off" [gomem-header]'
        )
    ]


def test_headers_of_others_are_only_noted() -> None:
    noted: list[str] = []
    _, told, _ = convert("```go,linenos\nx\n```", SUPER, note=noted.append)
    assert told == []
    assert len(noted) == 1


def test_an_option_that_nobody_knows_leaves_the_page_whole() -> None:
    text = f"{go.fence(go.DECLARATIONS, 'go run flarb=' + chr(34) + '3' + chr(34))}\n## After\n"
    html, told, _ = convert(text, SUPER)
    assert "<h2>After</h2>" in html
    assert html.count("<code") == 1
    assert told == [
        "docs/page.md:1:1: option run is not known: write ```go [gomem-option]",
        "docs/page.md:1:1: option flarb is not known: write ```go [gomem-option]",
    ]


def test_what_is_in_a_comment_or_in_indented_code_is_not_there() -> None:
    hidden = go.fence(go.UNUSED, "go gomem")
    indented = "".join(f"    {line}\n" for line in hidden.splitlines())
    html, told, context = convert(f"<!--\n{hidden}-->\n\ntext\n\n{indented}\n", SUPER)
    assert told == []
    assert context.counts == {}
    assert "gomem" not in re.sub(r"<!--.*?-->|<pre>.*?</pre>", "", html, flags=re.DOTALL)


def test_annotations_keep_their_list() -> None:
    code = go.FLAGSHIP.replace("num := 42", "num := 42 // (1)!")
    html, _, _ = convert(f"{go.fence(code, '{ .go .annotate }')}\n1. Note", "attr_list", SUPER)
    assert re.search(r"</gomem-panel>\s*</div>\s*<ol>", html), "the list is the code's next sibling"
    assert 'class="annotate highlight gomem-fence"' in html


def test_every_line_is_wrapped_and_the_code_stays_the_same() -> None:
    code = "package main\n\n/* a\n   long\n   comment */\n"
    code += "func main() {\n    s := `raw\n\nstring`\n    _ = s\n}\n"
    html, _, _ = convert(go.fence(code), SUPER)
    block = html[html.index("<code") : html.index("</code>")]
    lines = re.findall(r'<span class="gomem-l" data-l="(\d+)">', block)
    assert [int(line) for line in lines] == list(range(1, 12))
    text = re.sub(r"<[^>]*>", "", block).replace("&amp;", "&")
    assert text == code
    outline(html)


def test_the_extension_by_name_takes_its_option() -> None:
    assert makeExtension(fences="marked").context.settings.fences == "marked"
    html = markdown.markdown(
        go.fence(go.FLAGSHIP),
        extensions=[SUPER, "gomem"],
        extension_configs={"gomem": {"fences": "marked"}},
    )
    assert "gomem" not in html


def test_a_page_can_mark_all_its_fences() -> None:
    told = Told()
    context = Context(report=told.append, slots=True)
    context.begin("docs/page.md", go.fence(go.UNUSED), 10, marked=True)
    markdown.markdown(go.fence(go.UNUSED), extensions=[SUPER, GomemExtension(context)])
    assert told == ["docs/page.md:14:6: declared and not used: x [gomem-UnusedVar]"]
    assert list(context.counts.values()) == [Kind.REJECTED]
