"""The MkDocs plugin on real builds: themes, strictness, search, determinism, serving."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts import fences
from tests.hosts import go, site

if TYPE_CHECKING:
    from collections.abc import Mapping

TORTURE = Path(__file__).parent.parent / "torture_site"
SUPER = {"markdown_extensions": ["pymdownx.superfences"]}
NO_FILE: dict[str, Any] = {"plugins": ["search", {"gomem": {"cache_dir": ""}}]}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")


def configured(**options: object) -> dict[str, Any]:
    return {"plugins": ["search", {"gomem": {"cache_dir": "", **options}}]}


# --- the torture page


@pytest.fixture(scope="module")
def torture(tmp_path_factory: pytest.TempPathFactory) -> site.Built:
    folder = tmp_path_factory.mktemp("torture") / "site"
    shutil.copytree(TORTURE, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        return site.run(folder / "mkdocs.yml")


def test_every_place_a_fence_can_stand_is_met_once(torture: site.Built) -> None:
    assert torture.failure == ""
    source = "\n".join(path.read_text() for path in sorted(TORTURE.rglob("*.*")))
    markers = set(re.findall(r"package ([a-z]+\d\d[a-z]?)", source))
    assert len(markers) == 30
    text = re.sub(r"<[^>]*>", "", torture.page())
    shown = {marker: len(re.findall(rf"package\s+{marker}\b", text)) for marker in markers}
    twice = {"docstring15"}  # mkdocstrings shows the function's source as well
    assert {marker for marker, count in shown.items() if count != 1} == twice


def test_what_is_no_fence_is_not_taken_for_one(torture: site.Built) -> None:
    """18 in a longer fence, 19 in a comment, 20 indented; the snippet's escaped one is broken."""
    assert "28 Go fences: 27 fragments, 1 do not compile" in torture.summary


def test_the_header_that_nobody_knows_costs_nothing_but_a_warning(torture: site.Built) -> None:
    lines = (TORTURE / "docs" / "index.md").read_text().split("\n")
    line = lines.index("```go run") + 1
    assert torture.warnings == [
        f"gomem: docs/index.md:{line}:1: option run is not known: write ```go [gomem-option]"
    ]
    after = torture.page()[torture.page().index("bareopt26") :]
    assert after.count('highlight gomem-fence"') == 2, "27 and 28 are marked and come after it"


# --- themes


@pytest.mark.parametrize("theme", ["mkdocs", "readthedocs", "material"])
@pytest.mark.parametrize("extensions", [[], ["pymdownx.superfences"]])
def test_themes(tmp_path: Path, theme: str, extensions: list[str]) -> None:
    text = f"# Page\n\n{go.fence(go.FLAGSHIP)}\n{go.fence(go.DECLARATIONS)}\n## After\n"
    built = site.build(
        tmp_path, text, theme={"name": theme}, markdown_extensions=extensions, **NO_FILE
    )
    assert (built.failure, built.warnings) == ("", [])
    assert built.page().count("<gomem-panel") == 1
    assert '<h2 id="after">' in built.page()
    assert "assets/gomem/player.css" in built.page()
    assert "assets/gomem/player.js" in built.page()
    assert {"assets/gomem/player.css", "assets/gomem/player.js"} <= built.files.keys()


def test_a_stock_site_looks_as_before(tmp_path: Path) -> None:
    others = [go.DECLARATIONS, go.STATEMENTS, go.BROKEN, go.UNUSED, go.CGO]
    text = "\n".join([go.fence(code) for code in others] + [go.fence("x = 1", "python")])
    without = site.build(tmp_path / "a", text, theme="mkdocs", plugins=["search"])
    built = site.build(tmp_path / "b", text, theme="mkdocs", **NO_FILE)
    assert built.content() == without.content()
    assert built.warnings == without.warnings == []


# --- strictness


@pytest.mark.parametrize("quiet", [[], ["-q"]])
@pytest.mark.parametrize(("header", "status"), [("go gomem", 1), ("go", 0)])
def test_a_marked_fence_that_fails_fails_a_strict_build(
    tmp_path: Path, quiet: list[str], header: str, status: int
) -> None:
    site.write(tmp_path, {"index.md": go.fence(go.UNUSED, header)}, NO_FILE)
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "mkdocs", "build", "--strict", *quiet],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    if status and not quiet:
        assert "docs/index.md:5:6: declared and not used: x" in done.stderr


@pytest.mark.parametrize(
    ("problems", "warnings", "fails"), [("info", 0, False), ("warn", 1, False), ("error", 1, True)]
)
def test_how_much_a_problem_matters(
    tmp_path: Path, problems: str, warnings: int, *, fails: bool
) -> None:
    text = go.fence(go.UNUSED, "go gomem")
    built = site.build(tmp_path, text, **configured(problems=problems))
    assert len(built.warnings) == warnings
    assert bool(built.failure) is fails
    assert any("declared and not used" in each.getMessage() for each in built.said)


def test_a_failure_of_ours_names_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("simulated")

    monkeypatch.setattr(pipeline, "decide", broken)
    text = f"# Page\n\n{go.fence(go.FLAGSHIP)}\n{go.fence(go.PANICS, 'go gomem')}\n## After\n"
    built = site.build(tmp_path, text, **NO_FILE)
    (warning,) = built.warnings
    line = text.split("\n").index("```go gomem") + 1
    assert f"docs/index.md:{line}:1: gomem failed here, please report it: ZeroDivi" in warning
    assert "<gomem-panel" not in built.page()
    assert '<h2 id="after">' in built.page()
    assert "2 failed" in built.summary


# --- pages and their wishes


@pytest.mark.parametrize(
    ("front", "panels", "warnings"),
    [
        ("", 1, 0),
        ("---\ngomem: true\n---\n", 2, 1),
        ("---\ngomem: false\n---\n", 0, 0),
        ("---\ngomem:\n  fences: all\n---\n", 2, 1),
        ("---\ngomem:\n  show: [table]\n---\n", 1, 0),
        ("---\ngomem:\n  inlining: maybe\n---\n", 1, 1),
        ("---\ngomem: 7\n---\n", 1, 1),
    ],
)
def test_front_matter(tmp_path: Path, front: str, panels: int, warnings: int) -> None:
    text = "\n".join(go.fence(code) for code in (go.FLAGSHIP, go.STATEMENTS, go.UNUSED))
    built = site.build(tmp_path, front + text, **SUPER, **NO_FILE)
    assert built.page().count("<gomem-panel") == panels
    assert len(built.warnings) == warnings, built.warnings


def test_lines_count_from_the_top_of_the_file(tmp_path: Path) -> None:
    front = "---\ntitle: x\ngomem: true\n---\n\n"
    built = site.build(tmp_path, front + go.fence(go.UNUSED), **NO_FILE)
    (warning,) = built.warnings
    lines = (front + go.fence(go.UNUSED)).split("\n")
    assert lines[int(warning.split(":")[2]) - 1] == "\tvar x int"


def test_a_fence_outweighs_its_page_and_its_site(tmp_path: Path) -> None:
    pages = {
        "index.md": "---\ngomem: false\n---\n" + go.fence(go.FLAGSHIP, "go gomem"),
        "api/one.md": go.fence(go.FLAGSHIP),
        "api/two.md": go.fence(go.FLAGSHIP, "go gomem"),
    }
    built = site.build(tmp_path, pages, **configured(exclude=["api/*"]))
    found = {name: built.page(name).count("<gomem-panel") for name in pages_of(pages)}
    assert found == {"index.html": 1, "api/one/index.html": 0, "api/two/index.html": 1}


def pages_of(pages: Mapping[str, str]) -> list[str]:
    names = (name.removesuffix(".md") for name in pages)
    return [f"{name}/index.html" if name != "index" else "index.html" for name in names]


def test_switched_off_it_is_not_there(tmp_path: Path) -> None:
    text = go.fence(go.FLAGSHIP)
    built = site.build(tmp_path / "a", text, **SUPER, **configured(enabled=False))
    without = site.build(tmp_path / "b", text, **SUPER, plugins=["search"])
    assert built.content() == without.content()
    assert not any("gomem" in name for name in built.files)


def test_the_extension_listed_too_is_not_there_twice(tmp_path: Path) -> None:
    built = site.build(
        tmp_path,
        go.fence(go.FLAGSHIP),
        markdown_extensions=["gomem", "pymdownx.superfences"],
        **NO_FILE,
    )
    assert built.page().count("<gomem-panel") == 1


# --- search


@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_search_finds_the_code_and_not_the_picture(tmp_path: Path, theme: str) -> None:
    text = f"# Page\n\nBefore.\n\n{go.fence(go.FLAGSHIP)}\n\nAfter.\n"
    built = site.build(tmp_path, text, theme={"name": theme}, **SUPER, **NO_FILE)
    index = json.loads(built.files["search/search_index.json"])
    texts = " ".join(entry["text"] for entry in index["docs"])
    assert "createPointer" in texts
    assert "Before" in texts
    assert "After" in texts
    assert '<svg class="gomem-svg' in built.page()
    for word in ("rodata", "gomem", "goroutine", "Rule of thumb", "stack here"):
        assert word not in texts


# --- the same bytes


def test_two_builds_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    pages = {
        "index.md": "\n".join(go.fence(code) for code in (go.FLAGSHIP, go.PANICS, go.FLAGSHIP)),
        "more/page.md": go.fence(go.DEADLOCKS, 'go expect="deadlock"'),
    }
    builds = [
        site.build(tmp_path / "a", pages, **SUPER, **NO_FILE),
        site.build(tmp_path / "b", pages, **SUPER),
        site.build(tmp_path / "b", pages, **SUPER),
    ]
    first, *others = [
        {name: text for name, text in each.files.items() if name.endswith((".html", ".json"))}
        for each in builds
    ]
    assert "<gomem-panel" in builds[0].page("more/page/index.html")
    for other in others:
        assert other == first
    assert (tmp_path / "b" / ".cache" / "plugin" / "gomem" / "fences.sqlite").is_file()


# --- serving


def test_only_changed_fences_are_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []
    render = fences.render

    def note(text: str, *rest: Any) -> Any:
        made.append(text)
        return render(text, *rest)

    monkeypatch.setattr(fences, "render", note)
    pages = {"index.md": f"{go.fence(go.FLAGSHIP)}\n{go.fence(go.PANICS)}"}
    config = site.write(tmp_path, pages, {**SUPER, **NO_FILE})
    before = sorted((tmp_path / "docs").rglob("*"))
    site.run(config)
    assert len(made) == 2
    site.run(config, command="serve")
    assert len(made) == 2, "known from before"
    site.write(tmp_path, {"index.md": pages["index.md"].replace("42", "43")}, {**SUPER, **NO_FILE})
    built = site.run(config, command="serve")
    assert len(made) == 3
    assert "43" in made[-1]
    assert built.page().count("<gomem-panel") == 2
    assert sorted((tmp_path / "docs").rglob("*")) == before, "nothing is written where docs are"


def test_warnings_of_known_fences_are_given_again(tmp_path: Path) -> None:
    config = site.write(tmp_path, {"index.md": go.fence(go.UNUSED, "go gomem")}, SUPER)
    first, second = site.run(config), site.run(config)
    assert first.warnings == second.warnings
    assert len(first.warnings) == 1


def test_a_build_that_knows_every_fence_loads_no_compiler(tmp_path: Path) -> None:
    config = site.write(tmp_path, {"index.md": go.fence(go.FLAGSHIP)}, SUPER)
    site.run(config)
    script = (
        "import sys; from mkdocs.__main__ import cli\n"
        "try: cli(['build', '-q'])\n"
        "except SystemExit: pass\n"
        "print([name for name in ('greenlet', 'mkdocs_gomem.pipeline', 'mkdocs_gomem.compiler')"
        " if name in sys.modules])"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert "<gomem-panel" in (tmp_path / "site" / "index.html").read_text()
