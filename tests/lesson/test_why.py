"""Where each value lives and why: against what real Go says, and in the words of the flagship."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from mkdocs_gomem.compiler import ir
from mkdocs_gomem.lesson import why
from mkdocs_gomem.machine.image import Region
from mkdocs_gomem.source import column_of, file_of, line_of
from tests.hosts import go
from tests.lesson import lessons

NAMES = lessons.names()
REMARK = re.compile(r"(?:(\w+\.go):)?(\d+):(\d+): (.*)")


def remarks(name: str, section: str = "go/escape") -> list[tuple[tuple[str, int, int], str]]:
    found = []
    for line in lessons.recorded(name, section):
        if not line[0].isdigit() and ".go:" not in line:
            continue  # of a variable that stands nowhere, and so is no row
        match = REMARK.fullmatch(line)
        assert match
        found.append(((match[1] or "main.go", int(match[2]), int(match[3])), match[4]))
    return found


def place(row: why.Row) -> tuple[str, int, int]:
    return file_of(row.pos), line_of(row.pos), column_of(row.pos)


def regions(row: why.Row) -> set[Region]:
    return {verdict.region for verdict in row.verdicts}


def table(rows: tuple[why.Row, ...]) -> list[tuple[str, str, list[str]]]:
    """Write rows as a reader compares them: name, rule, verdicts."""
    found = []
    for row in rows:
        rule = row.rule.region.value if row.rule.region else "-"
        found.append(
            (row.name, rule, [f"{v.region.value} {v.where}".strip() for v in row.verdicts])
        )
    return found


# --- all programs, against real Go


@pytest.mark.parametrize("name", NAMES)
def test_what_gc_moves_to_the_heap_is_said_to_be_there(name: str) -> None:
    rows = lessons.of_program(name).lesson.rows
    calls = {where[:2] for where, said in remarks(name) if said.startswith("inlining call to")}
    for where, said in remarks(name):
        variable = said.removeprefix("moved to heap: ")
        if variable == said or not variable.isidentifier():
            continue
        # what came with an inlined call is told at the call
        told = [
            row
            for row in rows
            if row.name == variable and (place(row) == where or where[:2] in calls)
        ]
        assert told, f"{where}: {said}"
        assert any(verdict.remark == said for row in told for verdict in row.verdicts)
        assert any(Region.HEAP in regions(row) for row in told)


@pytest.mark.parametrize("name", NAMES)
def test_what_gc_lets_escape_is_said_to_be_on_the_heap(name: str) -> None:
    taught = lessons.of_program(name)
    rows = [row for row in taught.lesson.rows if row.group == "allocation"]
    calls = {where[:2] for where, said in remarks(name) if said.startswith("inlining call to")}
    boxes = {
        (file_of(placement.pos), line_of(placement.pos), column_of(placement.pos))
        for node, placement in taught.decisions.placements.by_node.items()
        if node.op is ir.Op.CONVIFACE
    }
    for where, said in remarks(name):
        text = said.removesuffix(" escapes to heap")
        if (
            text == said
            or where in boxes
            or text.startswith('"')
            or re.match(r"&\w+\.|\.\.\. argument", text)
        ):
            continue  # a box, a constant, or what an inlined function of std makes
        told = [row for row in rows if place(row) == where or where[:2] in calls]
        # what is laid out by the linker escapes, and is made by nobody
        found = {verdict.region for row in told for verdict in row.verdicts}
        assert found & {Region.HEAP, Region.RODATA, Region.DATA, Region.BSS}, f"{where}: {said}"
        assert any(verdict.remark == said for row in told for verdict in row.verdicts)


@pytest.mark.parametrize("name", NAMES)
def test_variables_that_gc_does_not_move_are_on_the_stack(name: str) -> None:
    moved = {where for where, said in remarks(name) if said.startswith("moved to heap: ")}
    moved |= {w for w, said in remarks(name, "go/escape-l") if said.startswith("moved to heap: ")}
    for row in lessons.of_program(name).lesson.rows:
        if row.group == "variable" and place(row) not in moved:
            assert regions(row) == {Region.STACK}, row.name


@pytest.mark.parametrize("name", NAMES)
def test_globals_are_where_the_linker_has_them(name: str) -> None:
    letters = {}
    for line in lessons.recorded(name, "go/symbols"):
        symbol, letter, *_ = line.split()
        letters[symbol] = letter
    for row in lessons.of_program(name).lesson.rows:
        if row.group == "global":
            symbol = f"main.{row.name}"
            if row.verdicts[0].runs:
                assert letters[symbol] == row.region.letter, row.name
            else:
                assert symbol not in letters, f"{row.name} is not in the file"
        if row.group == "function":
            assert f"main.{row.name}" not in letters, f"{row.name} has no code"


@pytest.mark.parametrize("name", NAMES)
def test_objects_of_rows_are_those_that_the_run_made(name: str) -> None:
    """Each object of the author's lines stands in one row, and in one only."""
    taught = lessons.of_program(name)
    counted: Counter[tuple[str, int]] = Counter()
    for row in taught.lesson.rows:
        counted[file_of(row.pos), line_of(row.pos)] += row.objects
    made = Counter(
        (file_of(one.pos), line_of(one.pos))
        for one in taught.trace.allocations
        if file_of(one.pos) in taught.decisions.program.files
    )
    assert +counted == made
    assert made.total() == taught.lesson.objects


@pytest.mark.parametrize("name", NAMES)
def test_every_row_is_complete(name: str) -> None:
    rows = lessons.of_program(name).lesson.rows
    assert len({row.key for row in rows}) == len(rows)
    for row in rows:
        assert row.verdicts
        assert row.why
        assert all(text.strip() for _, text in row.why), row.name
        assert row.name
        assert re.search(r"line \d+$", row.detail)
        for _, text in row.why:
            assert text.count("`") % 2 == 0, text
            own = text
            for verdict in row.verdicts:
                own = own.replace(f"`{verdict.remark}`", "")
            assert not re.search(r"\.autotmp|~r\d|<nil>|\{heap\}|object at 0x", own), text
        assert not re.search(r"~r\d|\.autotmp|#rv|go\.shape", row.name), row.name
        if row.badge is not None:
            assert row.badge.kind in {*(region.value for region in Region), "inlined"}


# --- in so many words


def test_the_flagship() -> None:
    """The table of design.md, section 7."""
    taught = lessons.of_text(go.FLAGSHIP)
    assert table(taught.lesson.rows) == [
        ("createPointer", "text", ["text"]),
        ("num", "heap", ["stack in main", "heap on its own"]),
        ("ptr", "stack", ["stack"]),
        ("any(*ptr)", "-", ["rodata"]),
    ]
    num = taught.row("num")
    assert num.detail == "int, 8 B, line 6"
    assert num.rule.reason == "its address is returned"
    assert num.differs
    assert (num.objects, num.func) == (0, "createPointer")
    assert num.badge == why.Badge("stack", "stack here", "heap if not inlined")
    assert num.change == "`//go:noinline` above `createPointer`: 1 heap object for each call."
    (main, inlined), (own, body) = num.why
    assert (main, own) == ("In `main`, what runs", "`createPointer` on its own")
    assert inlined == "The call was inlined; `&num` never leaves `main`: nothing is allocated."
    assert "`moved to heap: num`" in body
    assert "line 7" in body.lower()
    call = taught.row("createPointer")
    assert call.badge == why.Badge("inlined", "inlined")
    assert [line_of(pos) for pos in call.marked] == [11]
    assert taught.row("any(*ptr)").badge == why.Badge("rodata", "boxed", "read-only")


def test_its_twin_that_is_not_inlined() -> None:
    taught = lessons.of_text(go.FLAGSHIP.replace("func create", "//go:noinline\nfunc create"))
    num = taught.row("num")
    assert table((num,)) == [("num", "heap", ["heap"])]
    assert (num.objects, num.bytes, num.differs) == (1, 16, False)
    assert num.badge == why.Badge("heap", "heap")
    assert all(row.group != "function" for row in taught.lesson.rows)


def test_without_inlining_the_body_is_what_runs() -> None:
    from mkdocs_gomem.source import Options  # noqa: PLC0415 - only here

    taught = lessons.of_text(go.FLAGSHIP, Options(inlining="off"))
    assert table((taught.row("num"),)) == [("num", "heap", ["heap"])]
    assert taught.row("num").objects == 1


GLOBALS = """\
package main

var counter int
var limit = 10
var name = "gomem"
var table = map[string]int{"a": 1}
var unused [4]int
var last *int

func main() {
	n := limit
	last = &n
	counter++
	println(counter, name, len(table), *last)
}
"""


def test_globals() -> None:
    taught = lessons.of_text(GLOBALS)
    rows = {row.name: row for row in taught.lesson.rows}
    where = {name: row.region.value for name, row in rows.items() if row.group == "global"}
    del where["unused"]  # it is nowhere
    assert where == {
        "counter": "bss",
        "limit": "data",
        "name": "data",
        "table": "bss",
        "last": "bss",
    }
    assert rows["unused"].badge == why.Badge("inlined", "dropped", "never used")
    assert not rows["unused"].verdicts[0].runs
    assert "letters are in rodata" in rows["name"].why[0][1]
    assert "`init`" in rows["table"].why[0][1]
    assert rows["n"].region is Region.HEAP
    assert "stores it in `last`" in rows["n"].why[0][1]


CLOSURES = """\
package main

func counter() func() int {
	n := 0
	return func() int {
		n++
		return n
	}
}

//go:noinline
func each(f func(int)) { f(1) }

func main() {
	c := counter()
	println(c(), c())
	sum := 0
	each(func(x int) { sum += x })
	println(sum)
}
"""


def test_closures() -> None:
    taught = lessons.of_text(CLOSURES)
    n = taught.row("n")
    assert table((n,)) == [("n", "stack", ["stack in main", "heap on its own"])]
    literals = [row for row in taught.lesson.rows if row.name == "func literal"]
    assert [[v.region.value for v in row.verdicts] for row in literals] == [
        ["stack", "heap"],
        ["stack"],
    ]
    assert taught.row("sum").region is Region.STACK


def test_boxes() -> None:
    """Integers below 256 and constants are not allocated, whatever `-m` says."""
    code = """\
package main

import "fmt"

func main() {
	small, large, text := 7, 1000, "x"
	large *= 2
	fmt.Println(small, large, text, 3.5)
}
"""
    taught = lessons.of_text(code)
    boxes = {row.name: row for row in taught.lesson.rows if row.group == "box"}
    made = {name: (row.region.value, row.objects) for name, row in boxes.items()}
    assert made["any(large)"] == ("heap", 1)
    assert all(row.differs is False for row in boxes.values())
    assert "any(3.5)" not in boxes, "a constant is nothing to look for"
    assert sum(row.objects for row in taught.lesson.rows) == taught.lesson.objects


def test_the_box_of_a_variable_that_is_only_a_literal_is_read_only() -> None:
    code = """\
package main

import "fmt"

type point struct{ x, y int }

func main() {
	p, q := point{1, 2}, point{3, 4}
	q.x++
	fmt.Println(p, q)
}
"""
    taught = lessons.of_text(code)
    row = taught.row("any(p)")
    assert (row.region, row.objects) == (Region.RODATA, 0)
    assert row.badge == why.Badge("rodata", "boxed", "read-only")
    assert "never anything but a literal of constants" in row.why[0][1]
    row = taught.row("any(q)")
    assert (row.region, row.objects) == (Region.HEAP, 1)
    assert taught.lesson.objects == 1


def test_sizes_decide_too() -> None:
    code = """\
package main

func main() {
	n := 10
	fixed := make([]int, 10)
	varying := make([]int, n)
	large := make([]int, 100_000)
	println(len(fixed), len(varying), len(large))
}
"""
    rows = {row.name: row for row in lessons.of_text(code).lesson.rows}
    assert rows["make([]int, 10)"].region is Region.STACK
    assert rows["make([]int, 100000)"].region is Region.HEAP
    assert "too large" in rows["make([]int, 100000)"].why[0][1].lower()
    assert "64 KiB" in rows["make([]int, 100000)"].change
