"""The player in a real browser: steps, keys, links, narrow screens, no JavaScript."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from mkdocs_gomem.lesson import page as page_room
from mkdocs_gomem.source import Options
from tests.hosts import go, site
from tests.lesson import lessons

if TYPE_CHECKING:
    from collections.abc import Iterator

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]
SCRIPT = Path(page_room.__file__).parent / "assets" / "player.js"
IDENTITY = "gomem-x"
TYPE = "type Stack struct {\n\titems []int\n}\n"
PUSH = "func (s *Stack) Push(v int) {\n\ts.items = append(s.items, v)\n}\n"
USE = "s := &Stack{}\ns.Push(1)\ns.Push(2)\nfmt.Println(s.items)\n"
LIT = """panel => [...document.querySelectorAll(".gomem-fence")]
    .flatMap((fence, number) => [...fence.querySelectorAll(".gomem-l.is-now")]
        .map((line) => [number, +line.dataset.l, line.textContent.trim()]))"""
"""Every lit line of a page: number of the block, of the line, and its text."""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no chromium here; .ci/run installs it"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flagship as a page of its own."""
    fragment = page_room.render(lessons.of_text(go.FLAGSHIP).lesson, IDENTITY, Options())
    path = tmp_path_factory.mktemp("alone") / "flagship.html"
    path.write_text(page_room.stand_alone([("", go.FLAGSHIP)], fragment), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The flagship on a page of a Material site."""
    return on_material(tmp_path_factory.mktemp("material"), go.fence(go.FLAGSHIP))


@pytest.fixture(scope="module")
def group(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program in three blocks of code, one of them in a tab, and another program beside it."""
    push = "".join(f"    {line}\n" for line in go.fence(PUSH, 'go group="g"').splitlines())
    texts = [
        go.fence(go.FLAGSHIP),
        go.fence(TYPE, 'go group="g"'),
        f'=== "Push"\n\n{push}',
        "text\n",
        go.fence(USE, 'go group="g" expect=\'output:"[1 2]"\''),
    ]
    return on_material(tmp_path_factory.mktemp("group"), "\n".join(texts))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program in two files, in one block of code."""
    text = f"-- stack.go --\n{TYPE}\n{PUSH}-- main.go --\n{USE}"
    return on_material(tmp_path_factory.mktemp("archive"), go.fence(text, "txtar gomem"))


def on_material(folder: Path, text: str) -> Path:
    theme = {"name": "material", "font": False}
    extensions = ["pymdownx.superfences", {"pymdownx.tabbed": {"alternate_style": True}}]
    options = {"plugins": [{"gomem": {"cache_dir": ""}}], "use_directory_urls": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        page = f"# Page\n\nBefore.\n\n{text}\n\nAfter.\n"
        built = site.build(folder, page, theme=theme, markdown_extensions=extensions, **options)
    assert built.warnings == []
    return folder / "site" / "index.html"


class Opened:
    """A page in the browser, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("requestfailed", lambda request: self.wrong.append(request.url))
        page.on(
            "console",
            lambda message: self.wrong.append(message.text) if message.type == "error" else None,
        )

    @property
    def step(self) -> int:
        return int(self.page.locator("gomem-panel input[type=range]").input_value())

    @property
    def last(self) -> int:
        return self.page.locator("gomem-panel .gomem-steps > li").count() - 1

    def press(self, name: str) -> None:
        self.page.locator(f"gomem-panel button[data-go={name}]").click(force=True)


@pytest.fixture
def opened(browser: Browser, alone: Path) -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = Opened(context.new_page())
    found.page.goto(alone.as_uri())
    yield found
    context.close()
    assert found.wrong == []


@pytest.mark.skipif(not shutil.which("node"), reason="no node here")
def test_the_script_is_a_script() -> None:
    subprocess.run(["node", "--check", str(SCRIPT)], check=True)  # noqa: S603, S607 - ours


def test_buttons(opened: Opened) -> None:
    lesson = lessons.of_text(go.FLAGSHIP).lesson
    assert (opened.step, opened.last) == (lesson.start, len(lesson.scenes) - 1)
    opened.press("first")
    assert opened.step == 0
    opened.press("prev")
    assert opened.step == 0, "there is nothing before"
    opened.press("next")
    assert opened.step == 1
    opened.press("last")
    assert opened.step == opened.last
    opened.press("next")
    assert opened.step == opened.last
    now = opened.page.locator("gomem-panel .gomem-steps > li.is-now")
    expect(now).to_have_count(1)
    expect(now).to_be_visible()
    expect(opened.page.locator(f"#{IDENTITY}-state")).to_have_text(lesson.scenes[-1].state)


def test_every_step_shows_its_own(opened: Opened) -> None:
    """Caption, running line, output so far and what is drawn follow the step."""
    lesson = lessons.of_text(go.FLAGSHIP).lesson
    opened.press("first")
    printed = ""
    for number, scene in enumerate(lesson.scenes):
        printed += scene.printed
        shown = opened.page.evaluate(
            """number => {
                const panel = document.querySelector("gomem-panel");
                const fence = panel.closest(".gomem-fence");
                const within = (ranges) => ranges.split(",").some((range) => {
                    const [from, to] = range.split("-").map(Number);
                    return from <= number && number <= to;
                });
                const parts = [...panel.querySelectorAll("[data-on]")];
                return {
                    lit: [...fence.querySelectorAll(".gomem-l.is-now")].map((l) => +l.dataset.l),
                    out: [...panel.querySelectorAll(".gomem-out samp > span")]
                        .filter((span) => getComputedStyle(span).display !== "none"
                            && getComputedStyle(span).visibility !== "hidden")
                        .map((span) => span.textContent).join(""),
                    wrong: parts.filter(
                        (part) => part.classList.contains("is-off") === within(part.dataset.on)
                    ).length,
                };
            }""",
            number,
        )
        assert shown == {
            "lit": [scene.place.line] if scene.place.line else [],
            "out": printed,
            "wrong": 0,
        }
        opened.press("next")


def test_slider_and_keys(opened: Opened) -> None:
    slider = opened.page.locator("gomem-panel input[type=range]")
    slider.fill("2")
    assert opened.page.locator(".gomem-steps > li.is-now").get_attribute("id") == f"{IDENTITY}-s3"
    slider.focus()
    opened.page.keyboard.press("ArrowRight")
    assert opened.step == 3
    assert "step 4 of" in (slider.get_attribute("aria-valuetext") or "")
    opened.page.locator("gomem-panel button[data-go=next]").focus()
    opened.page.keyboard.press("Home")
    assert opened.step == 0
    opened.page.keyboard.press("ArrowRight")
    assert opened.step == 1
    opened.page.keyboard.press("ArrowLeft")
    assert opened.step == 0
    opened.page.keyboard.press("End")
    assert opened.step == opened.last
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement !== document.body")


def test_what_changed_is_told_to_a_screen_reader(opened: Opened) -> None:
    opened.press("first")
    opened.press("next")
    expect(opened.page.locator(".gomem-say")).to_contain_text("step 2 of")


def test_play_walks_to_the_end_and_stops(browser: Browser, alone: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.clock.install()
    page.goto(alone.as_uri())
    opened = Opened(page)
    opened.press("play")
    start = opened.step
    page.clock.run_for(2_000)
    assert opened.step == start + 1
    page.clock.run_for(120_000)
    assert opened.step == opened.last
    assert page.locator("[data-go=play]").get_attribute("aria-label") == "Play"
    context.close()


@pytest.mark.parametrize("step", [1, 3])
def test_a_link_opens_a_step(opened: Opened, step: int) -> None:
    opened.page.goto(opened.page.url + f"#{IDENTITY}-s{step}")
    expect(opened.page.locator(f"#{IDENTITY}-s{step}")).to_contain_class("is-now")
    assert opened.step == step - 1


def test_a_link_opens_a_row(opened: Opened) -> None:
    row = opened.page.locator(f"#{IDENTITY}-r-num")
    expect(row).to_be_hidden()
    opened.page.locator(f'.gomem-l a[href="#{IDENTITY}-r-num"]').first.click()
    expect(row).to_be_visible()
    expect(row).to_be_in_viewport()


def test_answers_follow_questions(opened: Opened) -> None:
    opened.page.get_by_text("Questions (").click()
    choices = opened.page.locator(".gomem-choice")
    assert choices.count() >= 6
    choices.first.locator("summary").click()
    expect(choices.first.locator("p")).to_be_visible()


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("kind", ["alone", "material", "group", "archive"])
def test_no_page_is_wider_than_its_screen(
    browser: Browser, request: pytest.FixtureRequest, kind: str, width: int
) -> None:
    path: Path = request.getfixturevalue(kind)
    context = browser.new_context(viewport={"width": width, "height": 800})
    opened = Opened(context.new_page())
    opened.page.goto(path.as_uri())
    for details in opened.page.locator("gomem-panel details").all():
        details.evaluate("each => { each.open = true; }")
    wide = opened.page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert opened.wrong == []
    context.close()


@pytest.mark.parametrize("kind", ["alone", "material"])
def test_at_rest_the_flagship_is_at_most_440_px_high(
    browser: Browser, request: pytest.FixtureRequest, kind: str
) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(request.getfixturevalue(kind).as_uri())
    high = page.locator("gomem-panel").evaluate("panel => panel.getBoundingClientRect().height")
    assert 150 <= high <= 440
    context.close()


def test_letters_are_never_scaled_down(browser: Browser, material: Path) -> None:
    for width in (320, 1280):
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.goto(material.as_uri())
        smallest = page.evaluate(
            """() => Math.min(...[...document.querySelectorAll("gomem-panel svg.gomem-svg text")]
                .filter((text) => !text.closest(".is-off"))
                .map((text) => parseFloat(getComputedStyle(text).fontSize)
                    * text.getScreenCTM().a))"""
        )
        assert smallest >= 11.9
        context.close()


def test_without_script_the_stills_are_there(browser: Browser, alone: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(alone.as_uri())
    lesson = lessons.of_text(go.FLAGSHIP).lesson
    stills = page.locator(".gomem-steps > li.has-still")
    assert stills.count() == len(lesson.stills)
    for still in stills.all():
        expect(still).to_be_visible()
        expect(still.locator("svg")).to_be_visible()
    page.get_by_text("Where each value lives").click()
    expect(page.locator(".gomem-table")).to_be_visible()
    context.close()


def test_instant_navigation_starts_it_again(opened: Opened) -> None:
    """A theme may take the panel out of the page and put it in again."""
    opened.page.evaluate(
        """() => {
            const fence = document.querySelector(".gomem-fence");
            const copy = fence.cloneNode(true);
            fence.replaceWith(copy);
        }"""
    )
    opened.press("first")
    opened.press("next")
    assert opened.step == 1


# --- programs in several blocks, and in several files of one


def test_the_running_line_is_lit_in_its_block(browser: Browser, group: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(group.as_uri())
    panel = page.locator("gomem-panel").last
    before = [line for line in page.evaluate(LIT) if line[0] == 0]
    panel.locator("button[data-go=first]").click()
    lit = []
    for step in panel.locator(".gomem-steps > li").all():
        lit.append([line for line in page.evaluate(LIT) if line[0] != 0])
        line, block = step.get_attribute("data-line"), step.get_attribute("data-block")
        found = [(str(number), str(row)) for number, row, _ in lit[-1]]
        assert found == ([(block, line)] if line != "0" else [])
        if line != "0":
            expect(panel.locator(".gomem-pos")).to_contain_text(f"line {line} of block {block}")
        panel.locator("button[data-go=next]").click(force=True)
    texts = [text for lines in lit for *_, text in lines]
    assert "s.items = append(s.items, v)" in texts
    assert texts[0] == "s := &Stack{}"
    assert [line for line in page.evaluate(LIT) if line[0] == 0] == before, "others have their own"
    context.close()


def test_badges_and_feet_of_every_block_lead_to_the_panel(browser: Browser, group: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 500})
    opened = Opened(context.new_page())
    opened.page.goto(group.as_uri())
    push = opened.page.locator(".gomem-fence").nth(2)
    push.locator(".gomem-l a").first.click()
    row = opened.page.locator(opened.page.evaluate("location.hash"))
    expect(row).to_be_visible()
    expect(row).to_be_in_viewport()
    expect(row).to_contain_text("line 2 of block 2")
    panel = opened.page.locator("gomem-panel").last
    step = f"#{panel.get_attribute('id')}-s2"
    opened.page.goto(group.as_uri() + step)
    expect(opened.page.locator(step)).to_contain_class("is-now")
    foot = opened.page.locator(".gomem-fence").nth(1).locator("a.gomem-part")
    assert foot.evaluate("foot => getComputedStyle(foot, '::after').content") == (
        '"block 1 of 3, drawn below block 3"'
    )
    foot.click()
    expect(opened.page.locator("gomem-panel").last).to_be_in_viewport()
    assert opened.wrong == []
    context.close()


def test_the_running_line_of_an_archive_is_that_of_its_block(
    browser: Browser, archive: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(archive.as_uri())
    panel = page.locator("gomem-panel")
    panel.locator("button[data-go=first]").click()
    panel.locator("button[data-go=next]").click()
    assert page.evaluate(LIT) == [[0, 10, "s := &Stack{}"]]
    expect(panel.locator(".gomem-pos")).to_contain_text("line 1 of main.go")
    weights = page.locator(".gomem-l").evaluate_all(
        "lines => lines.map((line) => +getComputedStyle(line).fontWeight)"
    )
    assert [number for number, weight in enumerate(weights, 1) if weight > 400] == [1, 9]
    context.close()
