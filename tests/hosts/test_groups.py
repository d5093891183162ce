"""Groups of fences and archives on pages: marks, badges, panel, warnings, whole sites."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import markdown
import pytest
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

from mkdocs_gomem.hosts import fences, programs, scan
from mkdocs_gomem.hosts.markdown import Context, GomemExtension
from mkdocs_gomem.hosts.options import Kind, Settings
from mkdocs_gomem.lean import override
from tests.hosts import go, site
from tests.hosts.test_markdown import SUPER, convert, outline

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TYPE = "type Stack struct {\n\titems []int\n}\n"
PUSH = "func (s *Stack) Push(v int) {\n\ts.items = append(s.items, v)\n}\n"
USE = "s := &Stack{}\ns.Push(1)\nfmt.Println(s.items)\n"
OUT = "expect='output:\"[1]\"'"
ARCHIVE = "-- f.go --\npackage main\n\nfunc f() *int {\n\tn := 1\n\treturn &n\n}\n"
ARCHIVE += "-- main.go --\npackage main\n\nvar p *int\n\nfunc main() {\n\tp = f()\n}\n"
NO_FILE: dict[str, Any] = {"plugins": ["search", {"gomem": {"cache_dir": ""}}]}
EXTENSIONS = [
    "admonition", "attr_list", "def_list", "footnotes", "md_in_html",
    "pymdownx.details", "pymdownx.superfences", {"pymdownx.tabbed": {"alternate_style": True}},
]  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def grouped(code: str, *options: str, name: str = "g") -> str:
    """Put code into a fence of a group, with options as `key=value`."""
    given = [re.sub(r"^(\w+)=([^'\"].*)$", r'\1="\2"', option) for option in options]
    return go.fence(code, " ".join(["go", f'group="{name}"', *given]))


def indented(text: str, by: str = "    ") -> str:
    return "".join(f"{by}{line}\n".rstrip(" ") for line in text.splitlines())


def blocks(html: str) -> list[str]:
    """Cut a page where its fences begin."""
    return re.split(r'(?=<div[^>]* class="[^"]*highlight gomem-fence)', html)[1:]


def badges(block: str) -> dict[int, list[str]]:
    code = block[block.index("<code") : block.index("</code>")]
    lines = re.findall(r'data-l="(\d+)">(.*?)\n</span>', code, flags=re.DOTALL)
    found = {int(line): re.findall(r'data-w="([^"]*)"', text) for line, text in lines}
    return {line: words for line, words in found.items() if words}


def test_one_panel_under_the_last_fence_and_badges_in_each() -> None:
    text = f"{grouped(TYPE)}\ntext\n\n{grouped(PUSH)}\n{grouped(USE, OUT)}\n## After\n"
    html, told, context = convert(text, SUPER)
    assert told == []
    one, two, three = blocks(html)
    assert ["<gomem-panel" in block for block in (one, two, three)] == [False, False, True]
    assert badges(one) == {1: ["block 1 of 3, drawn below block 3"]} or badges(one) == {}
    assert badges(two) == {2: ["heap"]}
    assert badges(three) == {1: ["stack"], 2: ["inlined"], 3: ["heap"]}
    panel = re.findall(r'<gomem-panel class="gomem" id="([^"]+)"', html)[0]
    assert re.findall(r'data-gomem="([^"]+)"', html) == [f"{panel} {k}" for k in (1, 2, 3)]
    assert re.findall(r'gomem-part" href="([^"]+)"', html) == [f"#{panel}"] * 3
    assert "\x02" not in html
    found = outline(html)
    assert len(found.ids) == len(set(found.ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(found.ids), "every link has its place"
    assert "line 2 of block 2" in html
    assert "<h2>After</h2>" in html
    assert list(context.counts.values()) == [Kind.PART, Kind.PART, Kind.PANEL]


def test_code_is_highlighted_and_copied_as_ever() -> None:
    header = 'go title="stack.go" linenums="1" hl_lines="2"'
    plain = markdown.markdown(go.fence(TYPE, header), extensions=[SUPER])
    text = go.fence(TYPE, f'{header} group="g"') + "\n" + grouped(PUSH + USE.replace("s", "t"))
    html, _, _ = convert(text, SUPER)
    assert '<span class="filename">stack.go</span>' in html
    assert html.count('<span class="hll">') == plain.count('<span class="hll">') == 1
    code = [
        re.sub(r"<[^>]*>", "", page[page.index("<code") :].partition("</code>")[0])
        for page in (plain, html)
    ]
    assert code[0].strip() == code[1].strip()
    outline(html)


PLACES: dict[str, Callable[[str], str]] = {
    "plain": lambda fence: fence,
    "list": lambda fence: f"1. item\n\n{indented(fence)}\n",
    "nested list": lambda fence: f"- item\n\n    - inner\n\n{indented(fence, ' ' * 8)}\n",
    "admonition": lambda fence: f"!!! note\n\n{indented(fence)}\n",
    "details": lambda fence: f"??? note\n\n{indented(fence)}\n",
    "tab": lambda fence: f'=== "One"\n\n{indented(fence)}\n=== "Two"\n\n    text\n\n<!-- end -->\n',
    "quote": lambda fence: "".join(f"> {line}\n" for line in fence.splitlines()) + "\n<!-- -->\n",
    "html": lambda fence: f'<div class="grid" markdown>\n\n{fence}\n</div>\n',
    "footnote": lambda fence: f"text[^1]\n\n[^1]: note\n\n{indented(fence)}\n",
    "tilde": lambda fence: fence.replace("```", "~~~~"),
}


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("which", [0, 1, 2])
def test_a_group_stands_wherever_a_fence_can(where: str, which: int) -> None:
    parts = [grouped(TYPE), grouped(PUSH), grouped(USE, OUT)]
    if where == "footnote":
        which = 2  # footnotes come last on a page
    parts[which] = PLACES[where](parts[which])
    text = "\n".join(parts).replace("\t", "    ")
    names = [next(iter(each)) if isinstance(each, dict) else each for each in EXTENSIONS]
    configs = {"pymdownx.tabbed": {"alternate_style": True}}
    html, told, _ = convert(text, *names, configs=configs)
    assert told == []
    assert html.count("<gomem-panel") == 1
    assert html.count('class="gomem-part"') == 3
    assert "line 2 of block 2" in html
    outline(html)


def test_two_groups_on_a_page_and_fences_between_them() -> None:
    text = "\n".join([
        grouped("type A struct{ x int }", name="a"),
        grouped("type B struct{ y int }", name="b"),
        go.fence(go.FLAGSHIP),
        grouped("a := A{1}\nfmt.Println(a.x)", "expect='output:\"1\"'", name="a"),
        grouped("b := B{2}\nfmt.Println(b.y)", "expect='output:\"2\"'", name="b"),
    ])  # fmt: skip
    html, told, _ = convert(text, SUPER)
    assert told == []
    panels = re.findall(r'<gomem-panel class="gomem" id="([^"]+)"', html)
    assert len(panels) == 3
    assert [name.partition(" ")[0] for name in re.findall(r'data-gomem="([^"]+)"', html)] == [
        panels[1], panels[2], panels[1], panels[2],
    ]  # fmt: skip


def test_what_is_thrown_away_is_no_part() -> None:
    gone = grouped("func main() { broken }")
    text = f"<!--\n{gone}-->\n\n{grouped(TYPE)}\n{grouped(PUSH)}\ntext\n\n{indented(gone)}\n"
    html, told, context = convert(f"{text}\n{grouped(USE, OUT)}", SUPER)
    assert told == []
    assert html.count("<gomem-panel") == 1
    assert len(context.counts) == 3
    assert 'data-w="block 1 of 3' in html
    assert "\x02" not in html


def test_the_beginning_of_a_post_in_a_list_of_posts_is_no_program() -> None:
    whole = f"{grouped(TYPE)}\n{grouped(PUSH)}\n{grouped(USE, OUT)}"
    said: list[str] = []
    context = Context(report=said.append, slots=True)
    context.begin("docs/post.md", whole, 1, marked=False)
    markdown.markdown(whole, extensions=[SUPER, GomemExtension(context)])
    counts = dict(context.counts)
    context.begin("docs/list.md", "# Posts", 1, marked=False)
    excerpt = f"{grouped(TYPE)}\n{grouped(PUSH)}"
    html = context.fill(markdown.markdown(excerpt, extensions=[SUPER, GomemExtension(context)]))
    assert (said, html.count("gomem-panel"), html.count("gomem-part")) == ([], 0, 0)
    assert list(counts.values()) == [Kind.PART, Kind.PART, Kind.PANEL]
    context.begin("docs/other.md", excerpt, 1, marked=False)
    html = context.fill(markdown.markdown(excerpt, extensions=[SUPER, GomemExtension(context)]))
    assert html.count("<gomem-panel") == 1, "a page that has it for its own gets its panel"


def test_the_same_code_twice_in_a_group_is_two_parts() -> None:
    text = "\n".join(
        [
            grouped("n := 1"),
            grouped("n++"),
            grouped("n++"),
            grouped("fmt.Println(n)", "expect='output:\"3\"'"),
        ]
    )
    html, told, _ = convert(text, SUPER)
    assert told == []
    assert html.count('class="gomem-part"') == 4
    outline(html)


def test_off_keeps_a_fence_out() -> None:
    text = f"{grouped('func main() {}', 'gomem=off')}\n{grouped('n := 1')}\n{grouped('_ = n')}"
    html, told, context = convert(text, SUPER)
    assert told == []
    assert html.count("<gomem-panel") == 1
    assert [kind.name for kind in context.counts.values()] == ["OFF", "PART", "PANEL"]


def test_marks_alone_are_wanted_of_the_whole_group() -> None:
    html, told, _ = convert(f"{grouped(PUSH + TYPE)}\n{grouped(USE, 'gomem=marks')}", SUPER)
    assert told == []
    assert html.count('class="gomem-b ') == 4
    assert "gomem-panel" not in html
    assert "gomem-part" not in html


@pytest.mark.parametrize("options", [["step=line:2"], ["step=line:2", "show=picture"]])
def test_a_line_is_meant_in_the_block_that_says_so(options: list[str]) -> None:
    html, told, _ = convert(f"{grouped(TYPE)}\n{grouped(PUSH, *options)}\n{grouped(USE)}", SUPER)
    assert told == []
    assert re.search(r'is-now" data-line="2" data-block="2"', html)


# --- what is wrong


def warned(text: str) -> list[str]:
    html, told, _ = convert(text + "\n## After\n", SUPER)
    assert "<h2>After</h2>" in html, "the page goes on"
    assert "\x02" not in html
    outline(html)
    lines = text.split("\n")
    for each in told:
        line = int(each.split(":")[1])
        assert 1 <= line <= len(lines)
    return told


def test_a_claim_of_any_fence_counts() -> None:
    text = f"{grouped(TYPE, 'expect=allocs:9')}\n{grouped(PUSH)}\n{grouped(USE, 'expect=s:heap')}"
    one, two = warned(text)
    assert one == "docs/page.md:1:1: expect: allocs:9: this code allocates 2 [gomem-claim]"
    line = text.split("\n").index('```go group="g" expect="s:heap"') + 1
    assert two.startswith(f"docs/page.md:{line}:1: expect: s:heap: s is elsewhere")


def test_a_claim_that_is_none_is_named_at_its_fence() -> None:
    told = warned(f"{grouped(TYPE + PUSH)}\n{grouped(USE, 'expect=???')}")
    assert told == ["docs/page.md:10:1: expect: not a claim: ??? [gomem-claim]"]


def test_an_ending_is_told_where_it_happens() -> None:
    text = f"{grouped('func f(p *int) int {' + chr(10) + chr(9) + 'return *p' + chr(10) + '}')}\n"
    (told,) = warned(text + grouped("println(f(nil))"))
    assert told.startswith("docs/page.md:3:9: the program ends with: panic: runtime error: invalid")
    assert warned(text + grouped("println(f(nil))", "expect=panic")) == []


def test_errors_stand_in_the_page() -> None:
    quoted = "".join(f"> {line}\n" for line in grouped(TYPE).splitlines())
    (told,) = warned(quoted + "\n" + grouped("var s Stack\ns.x()"))
    assert told.startswith("docs/page.md:9:3: s.x undefined (type Stack has no field or method x)")


def test_a_message_names_other_places_as_readers_know_them() -> None:
    text = f"{grouped('func f() {}')}\n{grouped('func f() {}')}"
    html, told, _ = convert(text, SUPER)
    assert told == [
        (
            "docs/page.md:6:6: f redeclared in this block block 1, 1:6: other declaration of f "
            "[gomem-DuplicateDecl]"
        )
    ]
    assert (
        "block 2, 1:6: f redeclared in this block\n\tblock 1, 1:6: other declaration of f" in html
    )


def test_announced_errors_are_no_warning() -> None:
    assert warned(f"{grouped('x := 1')}\n{grouped('y := 2', 'expect=error:unused')}") != []
    assert warned(f"{grouped('x := 1')}\n{grouped('y := 2', 'expect=error')}") == []
    told = warned(f"{grouped('x := 1', 'expect=error')}\n{grouped('_ = x')}")
    assert told == ["docs/page.md:1:1: expect: error: the program compiles [gomem-claim]"]


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (
            grouped("fmt.Println(1)"),
            (
                '1:1: group="g": no other fence of this page is in this group: leave it out, '
                "or give the program's other fences the same name [gomem-group]"
            ),
        ),
        (
            f"{grouped('x := 1', 'show=picture')}\n{grouped('_ = x', 'show=table')}",
            (
                '5:1: show="table", but block 1 of group="g" has show="picture": write it in '
                "one of them [gomem-group]"
            ),
        ),
        (
            f"{grouped('func main() {}')}\n{grouped('x := 1')}",
            (
                "6:1: these statements would be a second main: there is one in line 1 of block "
                "1. Put them into a function, or leave `func main` out. "
                '`gomem="off"` in the first line of a fence keeps it out of the program. '
                "[gomem-group]"
            ),
        ),
        (
            f"{grouped(TYPE)}\n{grouped('func f() {' + chr(10) + chr(9) + '...' + chr(10) + '}')}",
            (
                "9:2: the group is not analysed: code is left out here: syntax error: unexpected "
                '..., expected }. `gomem="off"` in the first line of a fence keeps it out'
            ),
        ),
        (f"{grouped('x := ')}\n{grouped(TYPE)}", "2:5: syntax error: "),
        (
            f"{grouped(TYPE)}\n{grouped('http.Get(nil)')}",
            (
                "8:1: the group is not simulated: not supported: package net/http: it reaches out "
                "of the program. `gomem="
            ),
        ),
        (
            f"{grouped('x := 1')}\n{go.fence('_ = 1', 'go group=' + chr(34) * 2)}",
            '5:1: group="" has no name: write ```go [gomem-option]',
        ),
        (
            f"{grouped('x := 1', 'flarb=1')}\n{grouped('_ = x')}",
            '1:1: option flarb is not known: write ```go group="g" [gomem-option]',
        ),
    ],
)
def test_what_is_wrong_has_a_place_and_a_way_out(text: str, warning: str) -> None:
    told = warned(text)
    assert any(each.removeprefix("docs/page.md:").startswith(warning) for each in told), told


def test_our_own_bug_costs_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("simulated")

    monkeypatch.setattr(programs, "make", broken)
    (told,) = warned(f"{grouped(TYPE)}\n{grouped(PUSH)}")
    assert "gomem failed here, please report it: ZeroDivisionError" in told


# --- archives


def test_an_archive_has_badges_and_marks_at_its_own_lines() -> None:
    html, told, _ = convert(go.fence(ARCHIVE, "txtar gomem"), SUPER)
    assert told == []
    (block,) = blocks(html)
    assert badges(block) == {5: ["heap"], 11: ["bss"], 14: ["inlined"]}
    assert [int(line) for line in re.findall(r'data-l="(\d+)">[^\n]*gomem-file', block)] == [1, 8]
    assert 'data-line="14" data-block="1" data-where="line 6 of main.go"' in html
    assert '<span class="kd">func</span>' in html, "it is highlighted as Go"
    assert "f.go:4:5: moved to heap: n" in re.sub(r"<[^>]*>", "", html)
    outline(html)


def test_go_that_is_an_archive_needs_no_mark() -> None:
    html, told, context = convert(go.fence(ARCHIVE), SUPER)
    assert told == []
    assert html.count("<gomem-panel") == 1
    assert list(context.counts.values()) == [Kind.PANEL]


@pytest.mark.parametrize("header", ["txtar", 'txtar title="x"', "txtar linenums=1"])
@pytest.mark.parametrize("reader", [SUPER, "fenced_code"])
@pytest.mark.parametrize("page", ["programs", "all"])
def test_an_unmarked_archive_is_not_touched(header: str, reader: str, page: str) -> None:
    text = f"{go.fence(ARCHIVE, header)}\n{go.fence(ARCHIVE, '{ .txtar }')}\n## After\n"
    plain = markdown.markdown(text, extensions=["attr_list", reader])
    told: list[str] = []
    context = Context(report=told.append, slots=True, settings=Settings(page))
    context.begin("docs/page.md", text, 1, marked=True)
    html = markdown.markdown(text, extensions=["attr_list", reader, GomemExtension(context)])
    assert html == plain
    assert told == []
    assert context.counts == {}


@pytest.mark.parametrize("reader", [SUPER, "fenced_code"])
def test_errors_of_an_archive_name_line_and_file(reader: str) -> None:
    text = go.fence(ARCHIVE.replace("p = f()", "p = g()"), "txtar gomem")
    html, told, _ = convert(text, reader)
    assert told == ["docs/page.md:15:6: main.go: undefined: g [gomem-UndeclaredName]"]
    assert "main.go:6:9: undefined: g" in html


def test_what_an_archive_cannot_hold_is_named_on_the_page() -> None:
    (told,) = warned(go.fence(ARCHIVE + "-- sub/x.go --\npackage sub\n", "go gomem"))
    assert told == (
        "docs/page.md:17:1: not supported: sub/x.go: a folder is another package. Put all files "
        "into one package, without folders. [gomem-unsupported]"
    )
    html, told_of_it, _ = convert(go.fence(ARCHIVE + "-- sub/x.go --\npackage sub\n"), SUPER)
    assert (told_of_it, html.count("gomem")) == ([], 0), "unmarked it looks as before"


def test_a_header_of_an_archive_that_nobody_can_read() -> None:
    _, told, _ = convert("```txtar gomem=off\n-- a --\n```\n\n```txtar a=off\nx\n```", SUPER)
    assert len(told) == 1
    assert 'write ```txtar gomem="off"' in told[0]


# --- sites


def pages() -> dict[str, str]:
    parts = [grouped(TYPE), grouped(PUSH), grouped(USE, OUT)]
    tabs = f'=== "Push"\n\n{indented(parts[1])}\n=== "Other"\n\n    text\n'
    archive = go.fence(ARCHIVE, "txtar gomem")
    nested = f"# Deep\n\n- item\n\n{indented(parts[0])}\n{tabs}\n!!! note\n\n{indented(parts[2])}\n"
    return {
        "index.md": "\n\n".join([*parts, archive, go.fence(go.FLAGSHIP)]),
        "deep/er.md": nested.replace("\t", "    "),
    }


def config(**gomem: Any) -> dict[str, Any]:
    return {"markdown_extensions": EXTENSIONS, "plugins": ["search", {"gomem": gomem}]}


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_a_site_of_groups(tmp_path: Path, theme: str) -> None:
    built = site.build(tmp_path, pages(), theme={"name": theme}, **config(cache_dir=""))
    assert (built.failure, built.warnings) == ("", [])
    assert built.page().count("<gomem-panel") == 3
    assert built.page("deep/er/index.html").count("<gomem-panel") == 1
    assert "8 Go fences: 4 panels, 4 parts of groups" in built.summary
    for page in ("index.html", "deep/er/index.html"):
        assert "\x02" not in built.page(page)
        assert "gomem-slot" not in built.page(page)
        outline_ids = re.findall(r' id="(gomem-[^"]+)"', built.page(page))
        assert len(outline_ids) == len(set(outline_ids))
    index = built.files["search/search_index.json"].decode()
    assert re.search(r"func \(\s*s \*\s*Stack\s*\) Push", index)
    assert "drawn below" not in index
    assert "of block" not in index


def test_two_builds_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    builds = [
        site.build(tmp_path / "a", pages(), **config(cache_dir="")),
        site.build(tmp_path / "b", pages(), **config()),
        site.build(tmp_path / "b", pages(), **config()),
    ]
    first, *others = [
        {name: text for name, text in each.files.items() if name.endswith((".html", ".json"))}
        for each in builds
    ]
    for other in others:
        assert other == first


def test_a_change_in_any_fence_makes_the_program_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []
    render = fences.render_group

    def note(members: Any, *rest: Any) -> Any:
        made.append(len(members))
        return render(members, *rest)

    monkeypatch.setattr(fences, "render_group", note)
    text = f"{grouped('func f() int { return 1 }')}\n{grouped('fmt.Println(f())')}"
    file = site.write(tmp_path, {"index.md": text}, NO_FILE)
    assert "prints <code>1</code>" in site.run(file).page()
    site.run(file, command="serve")
    assert made == [2], "known from before"
    site.write(tmp_path, {"index.md": text.replace("return 1", "return 2")}, NO_FILE)
    assert "prints <code>2</code>" in site.run(file, command="serve").page()
    assert made == [2, 2]


def test_a_fence_that_leaves_its_group_stands_alone(tmp_path: Path) -> None:
    text = f"{grouped('var n = 1')}\n{grouped('fmt.Println(1)')}"
    file = site.write(tmp_path, {"index.md": text}, NO_FILE)
    assert site.run(file).page().count("gomem-part") == 2
    site.write(tmp_path, {"index.md": text.replace('group="g"', "gomem")}, NO_FILE)
    assert "gomem-part" not in site.run(file, command="serve").page()


@pytest.mark.parametrize(("claim", "status"), [("[1]", 0), ("[2]", 1)])
def test_a_false_claim_in_a_group_fails_a_strict_build(
    tmp_path: Path, claim: str, status: int
) -> None:
    text = f"{grouped(TYPE)}\n{grouped(PUSH)}\n{grouped(USE, OUT.replace('[1]', claim))}"
    site.write(tmp_path, {"index.md": text}, NO_FILE)
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    if status:
        line = 1 + [
            each.startswith("```go") and OUT[:6] in each for each in text.split("\n")
        ].index(True)
        said = f"docs/index.md:{line}:1: expect: output:[2]: the output is '[1]'"
        assert said in done.stderr


def test_a_page_that_marks_its_fences(tmp_path: Path) -> None:
    front = "---\ngomem: true\n---\n\n"
    built = site.build(tmp_path, f"{front}{grouped('x := 1')}\n{grouped('y := x')}", **NO_FILE)
    (warning,) = built.warnings
    assert "docs/index.md:10:1: declared and not used: y" in warning


def test_the_command_line_checks_groups(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# T\n\n{grouped('x := 1')}\n{grouped('_ = x', 'expect=allocs:2')}", "utf-8")
    (found,) = scan.check([page], Settings("marked"))
    assert (found.line, found.column) == (7, 1)
    assert found.text == "expect: allocs:2: this code allocates 0 [gomem-claim]"


def test_alone_the_extension_brings_style_and_script_once() -> None:
    text = f"{grouped(TYPE)}\n{grouped(PUSH)}\n{grouped(USE)}"
    html = markdown.markdown(text, extensions=[SUPER, "gomem"])
    assert html.count("<style>") == html.count("<script>") == html.count("<gomem-panel") == 1
    md = markdown.Markdown(extensions=["gomem"])
    assert md.convert(text) == md.reset().convert(text)
    assert 'class="gomem-part' not in md.reset().convert(text.replace('group="g"', "gomem"))


def test_beside_stock_fenced_code() -> None:
    html, told, _ = convert(f"{grouped(TYPE)}\n{grouped(PUSH)}\n{grouped(USE, OUT)}", "fenced_code")
    assert told == []
    assert html.count("<gomem-panel") == 1
    assert html.count('class="gomem-part"') == 3
    outline(html)


def test_a_group_inside_what_another_converter_renders_is_its_own() -> None:
    """As mkdocstrings does with docstrings, while the page around them is being read."""
    told: list[str] = []
    context = Context(report=told.append, slots=True)
    inner = f"{grouped('x := 1')}\n{grouped('fmt.Println(x)')}"

    class Nested(Preprocessor):
        @override
        def run(self, lines: list[str]) -> list[str]:
            md = markdown.Markdown(extensions=[SUPER, GomemExtension(context)])
            store = self.md.htmlStash.store
            return [store(md.convert(inner)) if line == "NESTED" else line for line in lines]

    class Nesting(Extension):
        @override
        def extendMarkdown(self, md: markdown.Markdown) -> None:
            md.preprocessors.register(Nested(md), "nested", 20)

    text = f"{grouped(TYPE + PUSH)}\n\nNESTED\n\n{grouped(USE, OUT)}"
    context.begin("docs/page.md", text, 1, marked=False)
    extensions: list[Any] = [SUPER, GomemExtension(context), Nesting()]
    html = context.fill(markdown.markdown(text, extensions=extensions))
    assert told == []
    assert html.count("<gomem-panel") == 2
    assert html.count('class="gomem-part"') == 4
    assert "\x02" not in html
