"""The command line against the yardstick's contract: what is printed where, and exit statuses."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path

import pytest

from mkdocs_gomem import hosts, pipeline
from mkdocs_gomem.hosts import cli
from mkdocs_gomem.hosts.commands import running
from tests import txtar
from tests.hosts import go

PROGRAMS = Path(__file__).parent.parent / "cases" / "programs"
REFUSED = 'package main\n\nimport "C"\n\nfunc main() { C.f() }\n'


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left."""

    status: int
    out: str
    err: str


class Gomem:
    """Runs commands in this process, in a folder of their own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def file(self, text: str, name: str = "main.go") -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def __call__(self, *arguments: str) -> Said:
        self.capsys.readouterr()
        status = cli.main(arguments)
        said = self.capsys.readouterr()
        return Said(status, said.out, said.err)


@pytest.fixture
def gomem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Gomem:
    return Gomem(tmp_path, capsys)


def stdin(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))


# --- run


@pytest.mark.parametrize(
    ("code", "status", "out", "err"),
    [
        (go.FLAGSHIP, 0, "42\n", ""),
        (go.EXITS, 3, "", ""),
        (go.PANICS, 2, "", "panic: no\n"),
        (go.DEADLOCKS, 2, "", "fatal error: all goroutines are asleep - deadlock!\n"),
        ('package main\n\nfunc main() { print("a"); println(1) }\n', 0, "", "a1\n"),
    ],
)
def test_run(gomem: Gomem, code: str, status: int, out: str, err: str) -> None:
    said = gomem("run", gomem.file(code))
    assert (said.status, said.out) == (status, out)
    assert said.err.startswith(err)
    assert bool(said.err) is bool(err)


def test_run_what_does_not_compile(gomem: Gomem) -> None:
    path = gomem.file(go.UNUSED)
    assert gomem("run", path) == Said(1, "", f"{path}:4:6: declared and not used: x\n")


@pytest.mark.parametrize(
    "command", [["run"], ["vet"], ["escape"], ["escape", "-l"], ["why"], ["symbols"], ["allocs"]]
)
def test_what_is_not_supported_is_refused_with_status_3(gomem: Gomem, command: list[str]) -> None:
    path = gomem.file(REFUSED)
    said = gomem(*command, path)
    assert (said.status, said.out) == (3, "")
    assert said.err.splitlines()[0] == f'{path}:3:8: not supported: import "C" (cgo)'
    if command != ["vet"]:
        assert said.err.splitlines()[1:] == [f"help: {hosts.WAY_OUT}"]


def test_a_refusal_says_what_to_do(gomem: Gomem) -> None:
    deep = gomem.file("package main\n\nfunc main() { " + "{ " * 2000 + "}" * 2000 + " }\n")
    said = gomem("run", deep)
    assert said.status == 3
    assert "not supported: source nested more than 1000 levels deep\n" in said.err
    assert said.err.splitlines()[-1].startswith("help: Give the inner part a name of its own")


def test_a_program_begins_in_main(gomem: Gomem) -> None:
    path = gomem.file("package main\n\nfunc f() {}\n")
    said = gomem("run", path)
    undeclared = "runtime.main_main·f: function main is undeclared in the main package"
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith(f"{path}:1:9: {undeclared}\nhelp: Write `package main`")
    said = gomem("run", gomem.file("package other\n"))
    assert said.err.startswith(f"{path}:1:9: package other is not a main package\n")
    assert said.status == 1


def test_run_tells_errors_as_go_build_does(gomem: Gomem) -> None:
    path = gomem.file('package main\n\nfunc main() { x := "a\n}\n')
    said = gomem("run", path).err
    assert said.splitlines()[0] == f"{path}:3:15: declared and not used: x"
    many = "".join(f"x{n} := {n}\n" for n in range(50))
    path = gomem.file(f"package main\n\nfunc main() {{\n{many}}}\n")
    said = gomem("run", path).err
    assert len(said.splitlines()) == 11
    assert said.endswith("too many errors\n")


def started(*arguments: str, closed: str) -> int:
    """Run a command in a process of its own, without some standard stream; return its status."""
    command = f'exec "$0" -m mkdocs_gomem "$@" {closed}'
    return subprocess.run(  # noqa: S603 - our own command
        ["/bin/sh", "-c", command, sys.executable, *arguments], check=False, capture_output=True
    ).returncode


def test_standard_streams_may_be_closed(gomem: Gomem) -> None:
    path = gomem.file(go.FLAGSHIP)
    assert started("run", path, closed=">&-") == 0
    assert started("run", path, closed="<&-") == 0
    assert started("run", "-", closed="<&-") == 1
    assert started("run", gomem.file(go.ENDLESS, "endless.go"), closed="2>&-") == 3


def test_an_interrupt_leaves_no_trace(gomem: Gomem, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(pipeline, "execute", interrupted)
    assert gomem("run", gomem.file(go.FLAGSHIP)) == Said(130, "", "")


def test_run_past_a_bound(gomem: Gomem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "STEPS", 10_000)
    path = gomem.file(go.ENDLESS)
    said = gomem("run", path)
    never = "it never ends: its state is the same again after each step"
    meant = 'help: if that is meant, write expect="stopped" in the first line of its block.'
    assert said == Said(3, "", f"{path}:4:2: stopped: steps: {never}\n{meant}\n")


def test_several_files_are_one_package(gomem: Gomem) -> None:
    one = gomem.file("package main\n\nfunc main() { println(two()) }\n", "p/one.go")
    two = gomem.file("package main\n\nfunc two() int { return 2 }\n", "p/two.go")
    gomem.file('package main\n\nimport "testing"\n', "p/one_test.go")
    for files in ([one, two], [two, one], [str(gomem.folder / "p")]):
        assert gomem("run", *files) == Said(0, "", "2\n")


def test_an_archive_is_a_package(gomem: Gomem, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = (PROGRAMS / "init_two_files.txtar").read_text()
    recorded = txtar.parse(archive).sections["go/stdout"]
    assert gomem("run", str(PROGRAMS / "init_two_files.txtar")).out == recorded
    stdin(monkeypatch, archive)
    assert gomem("run", "-").out == recorded


def test_standard_input(gomem: Gomem, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, go.FLAGSHIP)
    assert gomem("run", "-") == Said(0, "42\n", "")
    stdin(monkeypatch, go.UNUSED)
    assert gomem("vet", "-") == Said(1, "stdin.go:4:6: declared and not used: x\n", "")


def test_what_is_not_there_is_told(gomem: Gomem) -> None:
    missing = gomem("run", str(gomem.folder / "none.go"))
    assert (missing.status, missing.out) == (2, "")
    assert missing.err.endswith("none.go: No such file or directory\n")
    empty = gomem("run", str(gomem.folder))
    assert (empty.status, empty.out) == (2, "")
    assert "no Go files" in empty.err


# --- vet


def test_vet(gomem: Gomem) -> None:
    assert gomem("vet", gomem.file(go.FLAGSHIP)) == Said(0, "", "")
    path = gomem.file(go.UNUSED)
    assert gomem("vet", path) == Said(1, f"{path}:4:6: declared and not used: x\n", "")


def test_vet_says_ten_errors_unless_asked_for_all(gomem: Gomem) -> None:
    lines = "".join(f"\t_ = missing{number}\n" for number in range(14))
    path = gomem.file(f"package main\n\nfunc main() {{\n{lines}}}\n")
    wanted = [f"{path}:{4 + n}:6: undefined: missing{n}" for n in range(14)]
    capped = gomem("vet", path)
    assert capped.out.splitlines() == [*wanted[:10], f"{path}:13:6: too many errors"]
    everything = gomem("vet", "-e", path)
    assert everything.out.splitlines() == wanted
    assert capped.status == everything.status == 1


# --- decisions


@pytest.mark.parametrize("section", ["go/escape", "go/escape-l"])
@pytest.mark.parametrize("program", ["seed_escape", "twin_noinline", "escape_by_global"])
def test_escape_says_what_gc_says(gomem: Gomem, program: str, section: str) -> None:
    archive = txtar.read(PROGRAMS / f"{program}.txtar")
    path = gomem.file(archive.sections["main.go"])
    said = gomem("escape", *(["-l"] if section.endswith("-l") else []), path)
    assert (said.status, said.err) == (0, "")
    recorded = [f"{path}:{line}" for line in archive.lines(section)]
    assert sorted(said.out.splitlines()) == sorted(recorded)


WHY = """package main

var last *int

func newNumber() *int {
	num := 42
	return &num
}

//go:noinline
func remember(p *int) { last = p }

func main() {
	println(*newNumber())
	remember(newNumber())
}
"""


def test_why_tells_each_decision_with_its_flow(gomem: Gomem) -> None:
    path = gomem.file(WHY)
    said = gomem("why", path)
    assert (said.status, said.err) == (0, "")
    assert (
        said.out.replace(f"{path}:", "")
        == """\
6:2: heap: num in newNumber
  Line 7 takes its address and returns it.
  flow: ~r0 ← &num:
    from &num (address-of) at 7:9
    from return &num (return) at 7:2
6:2: stack: num in main, newNumber inlined at 14:20
6:2: heap: num in main, newNumber inlined at 15:20
  Line 15 takes its address and passes it to `remember`, which may keep it.
  flow: ~r0 ← &num:
    from &num (address-of) at 15:20
    from ~r0 = &num (assign-pair) at 15:20
  flow: {heap} ← ~r0:
    from remember(~r0) (call parameter) at 15:10
11:15: stack: p in remember
  it leaks to {heap}:
  flow: {heap} ← p:
    from last = p (assign) at 11:30
"""
    )


@pytest.mark.parametrize(
    ("place", "heads"),
    [
        (":11", ["11:15: stack: p in remember"]),
        (":14", ["6:2: stack: num in main, newNumber inlined at 14:20"]),
        (":11:15:", ["11:15: stack: p in remember"]),
        (":11:16", ["11:16: no value here has to be placed"]),
        (":3", ["3: no value here has to be placed"]),
    ],
)
def test_why_of_one_line(gomem: Gomem, place: str, heads: list[str]) -> None:
    path = gomem.file(WHY)
    said = gomem("why", path + place)
    assert (said.status, said.err) == (0, "")
    lines = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert [line.replace(f"{path}:", "") for line in lines] == heads


def test_why_without_inlining(gomem: Gomem) -> None:
    path = gomem.file(WHY)
    said = gomem("why", "-l", f"{path}:6")
    heads = [line for line in said.out.splitlines() if not line.startswith(" ")]
    assert heads == [f"{path}:6:2: heap: num in newNumber"]


def test_why_of_a_package(gomem: Gomem, monkeypatch: pytest.MonkeyPatch) -> None:
    one = gomem.file("package main\n\nfunc main() { keep(new(int)) }\n", "p/one.go")
    two = gomem.file("package main\n\nvar k *int\n\nfunc keep(p *int) { k = p }\n", "p/two.go")
    everything = gomem("why", str(gomem.folder / "p")).out
    assert f"{one}:3:23: heap: new(int) in main\n" in everything
    assert f"{two}:5:11: stack: p in keep\n" in everything
    only = gomem("why", one, f"{two}:5").out
    assert f"{two}:5:11: stack: p in keep\n" in only
    assert "new(int)" not in only
    stdin(monkeypatch, WHY)
    assert gomem("why", "--", "-:11").out.startswith("stdin.go:11:15: stack: p in remember\n")


def test_why_for_scripts(gomem: Gomem) -> None:
    path = gomem.file(WHY)
    data = json.loads(gomem("why", "--json", f"{path}:6").out)
    assert data["schema"] == 1
    own, stays, kept = data["decisions"]
    place = {"file": path, "line": 6, "column": 2}
    assert {key: own[key] for key in place} == place
    assert (own["text"], own["verdict"], own["function"]) == ("num", "heap", "newNumber")
    assert own["inlined"] == []
    (way,) = own["ways"]
    assert [(flow["to"], flow["operators"], flow["from"]) for flow in way] == [("~r0", "&", "num")]
    assert [step["reason"] for step in way[0]["steps"]] == ["address-of", "return"]
    assert (stays["verdict"], stays["ways"], stays["leaks"]) == ("stack", [], [])
    assert kept["inlined"] == [{"function": "newNumber", "file": path, "line": 15, "column": 20}]
    leaks = json.loads(gomem("why", "--json", f"{path}:11").out)["decisions"][0]["leaks"]
    assert [(leak["to"], leak["derefs"]) for leak in leaks] == [("{heap}", 0)]


def test_why_tells_each_instance_of_generic_code(gomem: Gomem) -> None:
    path = gomem.file(
        "package main\n\nvar k any\n\nfunc keep[T any](x T) { k = &x }\n\n"
        'func main() { keep(1); keep("") }\n'
    )
    said = gomem("why", "-l", f"{path}:5").out
    heads = {line for line in said.splitlines() if line.startswith(path)}
    assert heads == {
        f"{path}:5:18: heap: x in keep[go.shape.int]",
        f"{path}:5:18: heap: x in keep[go.shape.string]",
    }


def test_why_of_what_is_not_there(gomem: Gomem) -> None:
    path = gomem.file(WHY)
    said = gomem("why", f"{path}:99")
    assert (said.status, said.out) == (2, "")
    assert "has 16 lines" in said.err
    unused = gomem.file(go.UNUSED, "unused.go")
    assert gomem("why", f"{unused}:4") == Said(1, "", f"{unused}:4:6: declared and not used: x\n")


def test_symbols(gomem: Gomem) -> None:
    archive = txtar.read(PROGRAMS / "seed_global.txtar")
    said = gomem("symbols", gomem.file(archive.sections["main.go"]))
    assert (said.status, said.err) == (0, "")
    ours = {}
    for line in said.out.splitlines():
        name, section, size = line.split()
        assert section in "TRDB"
        ours[name] = (section, int(size))
    for line in archive.lines("go/symbols"):
        name, section, *sizes = line.split()
        assert ours[name][0] == section
        assert not sizes or ours[name][1] == int(sizes[0])


@pytest.mark.parametrize("program", ["append_growth", "seed_escape", "seed_new"])
def test_allocs(gomem: Gomem, program: str) -> None:
    archive = txtar.read(PROGRAMS / f"{program}.txtar")
    said = gomem("allocs", gomem.file(archive.sections["main.go"]))
    assert (said.status, said.err) == (0, "")
    assert said.out == archive.sections.get("go/allocs", "")


# --- pictures


def test_render_a_page(gomem: Gomem) -> None:
    target = gomem.folder / "out.html"
    assert gomem("render", gomem.file(go.FLAGSHIP), "-o", str(target)) == Said(0, "", "")
    text = target.read_text()
    assert text.startswith("<!doctype html>")
    assert text.count("<gomem-panel") == text.count("</gomem-panel>") == 1
    assert "num := 42" in text
    assert "customElements.define" in text
    assert "http://" not in text.replace("http://www.w3.org", "")


def test_render_an_archive(gomem: Gomem) -> None:
    """Each file is a block of its own, with its own badges."""
    target = gomem.folder / "out.html"
    source = gomem.folder / "two.txtar"
    source.write_text(
        "-- main.go --\npackage main\n\nfunc main() { println(*f()) }\n-- f.go --\n" + TWO_F
    )
    assert gomem("render", str(source), "-o", str(target)) == Said(0, "", "")
    text = target.read_text()
    first, second = text.split('<div class="highlight gomem-fence"')[1:]
    assert first.startswith(' data-gomem="gomem 1"')
    assert "func f() *int" in first
    assert first.count("gomem-b--stack") >= 1
    assert "func main()" in second
    assert second.count("<gomem-panel") == 1
    assert "line 4 of f.go" in second


TWO_F = "package main\n\nfunc f() *int {\n\tn := 1\n\treturn &n\n}\n"


def test_render_a_picture(gomem: Gomem) -> None:
    source = gomem.file(go.FLAGSHIP)
    assert gomem("render", source, "-o", str(gomem.folder / "out.svg")).status == 0
    root = ET.parse(gomem.folder / "out.svg").getroot()  # noqa: S314 - our own
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert gomem("render", source, "-o", str(gomem.folder / "out.dot")).status == 0
    assert "digraph" in (gomem.folder / "out.dot").read_text()


def test_render_refuses_other_files(gomem: Gomem) -> None:
    said = gomem("render", gomem.file(go.FLAGSHIP), "-o", str(gomem.folder / "out.png"))
    assert (said.status, said.out) == (2, "")
    assert ".html, .svg or .dot" in said.err
    assert not (gomem.folder / "out.png").exists()


def test_render_what_does_not_compile(gomem: Gomem) -> None:
    target = gomem.folder / "out.html"
    assert gomem("render", gomem.file(go.UNUSED), "-o", str(target)).status == 1
    assert not target.exists()


# --- check


@pytest.fixture
def pages(gomem: Gomem) -> str:
    text = "\n".join(
        [
            "# Page\n",
            go.fence(go.FLAGSHIP, 'go expect="allocs:1"'),
            go.fence(go.UNUSED),
            go.fence(go.PANICS, 'go expect="panic"'),
        ]
    )
    gomem.file(text, "docs/one.md")
    gomem.file(f"---\ngomem: true\n---\n{go.fence(go.UNUSED)}", "docs/deep/two.md")
    return str(gomem.folder / "docs")


def test_check_marked_fences(gomem: Gomem, pages: str) -> None:
    said = gomem("check", pages)
    assert said.status == 1
    assert said.err == ""
    assert said.out.splitlines() == [
        f"{pages}/deep/two.md:8:6: declared and not used: x [gomem-UnusedVar]",
        f"{pages}/one.md:3:1: expect: allocs:1: this code allocates 0 [gomem-claim]",
    ]


def test_check_every_fence(gomem: Gomem, pages: str) -> None:
    said = gomem("check", "--all", pages)
    assert said.status == 1
    places = [line.partition(": ")[0].removeprefix(pages) for line in said.out.splitlines()]
    assert places == ["/deep/two.md:8:6", "/one.md:3:1", "/one.md:23:6"]


def test_check_for_machines(gomem: Gomem, pages: str) -> None:
    found = json.loads(gomem("check", "--format", "json", pages).out)
    assert [(each["page"].removeprefix(pages), each["line"], each["column"]) for each in found] == [
        ("/deep/two.md", 8, 6),
        ("/one.md", 3, 1),
    ]
    (line,) = gomem("check", "--format", "github", f"{pages}/one.md").out.splitlines()
    place, _, message = line.partition("::expect: ")
    assert place == f"::error file={pages}/one.md,line=3,col=1"
    assert message == "allocs:1: this code allocates 0 [gomem-claim]"


def test_check_what_is_well(gomem: Gomem) -> None:
    page = gomem.file(go.fence(go.FLAGSHIP, "go gomem"), "page.md")
    assert gomem("check", "--all", page) == Said(0, "", "")
    assert gomem("check", "--format", "json", page) == Said(0, "[]\n", "")


def test_check_names_headers(gomem: Gomem) -> None:
    page = gomem.file(go.fence(go.FLAGSHIP, "go,gomem"), "page.md")
    said = gomem("check", page)
    assert said.status == 1
    assert said.out.startswith(f"{page}:1:1: ```go,gomem: superfences cannot read")


# --- the rest


def test_the_rooms_to_dump_are_those_of_the_pipeline() -> None:
    assert tuple(pipeline.DUMPS) == cli.ROOMS


WORDS = {
    "syntax": "createPointer",
    "checker": "ptr: var at 11:2",
    "ir": "createPointer",
    "inline": "INLCALL",
    "escape": "num",
    "link": "main.main T",
    "codegen": "def main_main",
    "machine": "42",
}
"""What shows that it is that room's."""


@pytest.mark.parametrize("room", cli.ROOMS)
def test_dump(gomem: Gomem, room: str) -> None:
    said = gomem("dump", "--at", room, gomem.file(go.FLAGSHIP))
    assert (said.status, said.err) == (0, "")
    assert WORDS[room] in said.out


def test_doctor(gomem: Gomem) -> None:
    said = gomem("doctor")
    assert (said.status, said.err) == (0, "")
    assert "FAILED" not in said.out
    for part in ("std pack", "engine", "a program", "MkDocs"):
        assert f"  {part}: " in said.out


@pytest.mark.parametrize(
    "arguments", [[], ["nothing"], ["run"], ["dump", "x.go"], ["dump", "--at", "attic", "x.go"]]
)
def test_a_slip_of_the_pen_is_status_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        cli.main(arguments)
    assert left.value.code == 2


def test_the_version_needs_no_compiler() -> None:
    script = (
        "import sys\nfrom mkdocs_gomem.hosts import cli\n"
        "try: cli.main(['--version'])\nexcept SystemExit: pass\n"
        "print([name for name in sys.modules if name.startswith('mkdocs_gomem.')])"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    version, modules = done.stdout.splitlines()
    assert version.startswith("gomem ")
    assert modules == "['mkdocs_gomem.hosts', 'mkdocs_gomem.lean', 'mkdocs_gomem.hosts.cli']"


SLOW = {
    *("ast", "dataclasses", "hashlib", "inspect", "pathlib", "shutil", "tokenize"),
    *("typing_extensions", "urllib"),
}
"""Modules that take long to load, some for what they load themselves."""


def test_vet_waits_for_nothing_it_does_not_need(gomem: Gomem) -> None:
    script = (
        "import sys; before = {*sys.modules}\n"
        "from mkdocs_gomem.hosts import cli\n"
        f"assert cli.main(['vet', {gomem.file(go.FLAGSHIP)!r}]) == 0\n"
        f"print(sorted(({SLOW} & {{*sys.modules}}) - before))"
    )
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_who_stops_reading_gets_no_traceback() -> None:
    path = PROGRAMS / "append_growth.txtar"
    done = subprocess.run(  # noqa: S602 - our own command
        f"{sys.executable} -m mkdocs_gomem dump --at inline {path} | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Traceback" not in done.stderr
    assert "BrokenPipe" not in done.stderr
