"""What a recorded run shows at each step: as real Go's variables are at that moment.

Values here were printed by real Go from a copy of the program with a line behind each statement.
"""

from __future__ import annotations

from mkdocs_gomem import pipeline
from mkdocs_gomem.machine.trace import (
    UNDRAWN,
    Cell,
    Composite,
    Event,
    Frame,
    Place,
    Pointer,
    Scalar,
    SliceHeader,
    Snapshot,
    Step,
    Trace,
)
from mkdocs_gomem.source import Limits, SourceFile, line_of


def run(body: str, declared: str = "") -> Trace:
    """Run `func main` with its body from line 3 on; what is declared stands behind it."""
    text = f"package main\nfunc main() {{\n{body}\n}}\n{declared}\n"
    return pipeline.execute(pipeline.decide([SourceFile("main.go", text.encode())]), Limits())


def at(trace: Trace, line: int, turn: int = -1) -> Snapshot:
    """Return what memory is like when a line has run, for the last time or another."""
    return trace.at(steps(trace, line)[turn].number)


def steps(trace: Trace, line: int) -> list[Step]:
    return [step for step in trace.steps if line_of(step.pos) == line]


def frame(snapshot: Snapshot, function: str) -> Frame:
    (found,) = [
        each
        for routine in snapshot.goroutines
        for each in routine.frames
        if each.function == function
    ]
    return found


def there(snapshot: Snapshot, function: str = "main.main") -> dict[str, object]:
    """Return what a frame's variables hold, by key; of numbers and strings their text."""
    cells = frame(snapshot, function).cells
    return {cell.key: plain(cell) for cell in cells if cell.value is not None}


def plain(cell: Cell) -> object:
    return cell.value.text if isinstance(cell.value, Scalar) else cell.value


def test_a_plain_block_takes_its_variables_away() -> None:
    trace = run("a := 1\n{\nb := a\na += b\n}\nprintln(a)")
    assert there(at(trace, 6)) == {"a": "2", "b": "1"}
    assert there(at(trace, 8)) == {"a": "2"}


def test_continue_takes_the_variables_of_the_body_away() -> None:
    body = "for i := 0; i < 2; i++ {\nj := i\nif j == 0 {\ncontinue\n}\nprintln(j)\n}"
    trace = run(body)
    assert all("j" not in there(trace.at(step.number)) for step in steps(trace, 3))


def test_a_caller_shows_no_variables_of_blocks_that_have_ended() -> None:
    trace = run(
        "n := 0\nfor i := range 2 {\nk := i\nn += k\n}\nswitch m := n; m {\ncase 1:\nq := m\n"
        "n += q\n}\ncalled(n)",
        "//go:noinline\nfunc called(n int) { println(n) }",
    )
    (step,) = [each for each in steps(trace, 16) if Event.OUTPUT in each.events]
    assert there(trace.at(step.number)) == {"n": "2"}


def test_a_caller_shows_what_the_inlined_call_around_was_given() -> None:
    trace = run(
        "for i := range 2 {\na := i\nfirst(a)\nsecond(a)\n}",
        "func first(x int) {\ncalled(x + 1)\n}\nfunc second(x int) {\ny := x * 2\ncalled(y)\n}\n"
        "//go:noinline\nfunc called(n int) { println(n) }",
    )
    inside = [each for each in steps(trace, 17) if Event.OUTPUT in each.events]
    seen = [frame(trace.at(each.number), "main.main") for each in inside]
    active = [{index for index, band in enumerate(each.bands) if band.active} for each in seen]
    assert [len(bands) for bands in active] == [1] * 4
    cells = [
        {cell.name: plain(cell) for cell in each.cells if cell.band in bands}
        for each, bands in zip(seen, active, strict=True)
    ]
    assert cells == [{"x": "0"}, {"x": "0", "y": "0"}, {"x": "1"}, {"x": "1", "y": "2"}]


def test_an_inlined_call_begins_anew_in_each_turn() -> None:
    trace = run(
        "for i := range 2 {\nprintln(square(i))\n}",
        "func square(x int) int {\na := x + 1\nb := a * a\nreturn b\n}",
    )
    assert [set(there(trace.at(each.number))) for each in steps(trace, 8)] == [{"i", "x", "a"}] * 2


def test_return_gives_named_results_their_values() -> None:
    trace = run(
        "a, b := two(3)\nc := once(a)\nprintln(b, c)\nkept()",
        "//go:noinline\nfunc two(x int) (p, q int) {\np = x\nreturn q + 1, p\n}\n"
        "var kept func() int\n//go:noinline\nfunc once(x int) (n int) {\n"
        "kept = func() int { n++; return n }\nreturn kept() + x\n}",
    )
    assert there(at(trace, 11), "main.two") == {"x": "3", "p": "1", "q": "3"}
    (moved,) = [each for each in at(trace, 17).objects if each.label == "n"]
    assert moved.value == Scalar("2")
    assert trace.stderr == b"3 2\n"


def test_what_an_inlined_body_assigns_to_its_results_is_a_step() -> None:
    trace = run(
        "a, b := split(7)\nprintln(a, b)",
        "func split(x int) (half, rest int) {\nhalf = x / 2\nx, rest = half, x-half\nreturn\n}",
    )
    assert there(at(trace, 7)) == {"x": "7", "half": "3", "rest": "0"}
    assert there(at(trace, 8)) == {"x": "3", "half": "3", "rest": "4"}


def test_pointers_tell_variables_of_one_name_apart() -> None:
    trace = run("x := 1\np := &x\n{\nx := 2\nq := &x\n*q += *p\n}\nprintln(x)")
    ident = frame(at(trace, 8), "main.main").id
    assert there(at(trace, 8)) == {
        "x": "1",
        "p": Pointer(Place(ident, ("x",))),
        "x·2": "3",
        "q": Pointer(Place(ident, ("x·2",))),
    }


def test_variables_of_one_name_in_loops_that_follow_each_other_share_a_key() -> None:
    trace = run("n := 0\nfor i := range 2 {\nn += i\n}\nfor i := range 3 {\nn += i\n}\nprintln(n)")
    assert there(at(trace, 5)) == {"n": "1", "i": "1"}
    assert there(at(trace, 8)) == {"n": "4", "i": "2"}


def test_a_variable_lasts_as_long_as_something_points_to_it() -> None:
    trace = run(
        "var p *int\n{\nx := 7\ny := 8\np = &x\n*p += y\n}\nprintln(*p)\np = nil\nprintln(p)"
    )
    assert there(at(trace, 10))["x"] == "15"
    assert set(there(at(trace, 12))) == {"p"}


def test_variables_of_the_compiler_are_not_shown() -> None:
    trace = run(
        "for v := range count {\nprintln(v)\n}\nprintln()",
        "func count(yield func(int) bool) { _ = yield(1) && yield(2) }",
    )
    cells = [
        cell.name
        for step in trace.steps
        for routine in trace.at(step.number).goroutines
        for each in routine.frames
        for cell in each.cells
    ]
    assert "v" in cells
    assert not [name for name in cells if name.startswith("#")]


def test_an_object_belongs_to_the_frame_that_made_it() -> None:
    trace = run(
        "p := &pair{b: three(), a: 1}\nprintln(p.a, p.b)",
        "type pair struct { a, b int }\n//go:noinline\nfunc three() int { return 3 }",
    )
    snapshot = at(trace, 3)
    target = there(snapshot)["p"]
    assert isinstance(target, Pointer)
    (made,) = [each for each in snapshot.objects if each.id == target.target.object]
    assert made.frame == frame(snapshot, "main.main").id
    assert made.value == Composite("struct", (("a", Scalar("1")), ("b", Scalar("3"))))


def test_new_of_a_value_points_to_an_object_of_the_frame() -> None:
    trace = run('p := new(40 + len("ab"))\n*p++\nprintln(*p)')
    snapshot = at(trace, 4)
    target = there(snapshot)["p"]
    assert isinstance(target, Pointer)
    (made,) = [each for each in snapshot.objects if each.id == target.target.object]
    assert made.value == Scalar("43")


def test_an_array_in_a_slice_is_where_its_first_element_is() -> None:
    trace = run("s := make([]int, 4)\np := (*[2]int)(s[1:])\nq := &p[1]\n*q = 5\nprintln(s[2])")
    held = there(at(trace, 6))
    whole = held["s"]
    assert isinstance(whole, SliceHeader)
    assert whole.target is not None
    assert held["p"] == Pointer(Place(whole.target.object, (1,)))
    assert held["q"] == Pointer(Place(whole.target.object, (2,)))


def test_an_empty_slice_is_not_nil() -> None:
    trace = run('a := []byte("")\nvar b []byte\nprintln(a == nil, b == nil)')
    assert there(at(trace, 5)) == {"a": SliceHeader(UNDRAWN, 0, 0), "b": SliceHeader(None, 0, 0)}


NODES = """\
type node struct { l, r *node }
//go:noinline
func build(d int) *node {
if d == 0 {
return &node{}
}
return &node{build(d - 1), build(d - 1)}
}
//go:noinline
func count(list ...*node) int {
n := 0
n += len(list)
return n
}
"""


def lost(trace: Trace, number: int) -> set[str]:
    return {each.id for each in trace.at(number).objects if not each.reachable}


def test_operands_that_wait_and_values_that_return_are_reachable() -> None:
    trace = run("a := build(2)\nprintln(a.l != nil)\nprintln(a.r != nil)", NODES)
    assert [lost(trace, step.number) for step in trace.steps[:-2]] == [set()] * (
        len(trace.steps) - 2
    )


def test_what_nothing_holds_any_more_is_not_reachable() -> None:
    trace = run("a := build(1)\nprintln(a.l != nil)\na.r = nil\na = nil\nprintln(a == nil)", NODES)
    assert lost(trace, steps(trace, 4)[-1].number) == set()
    assert lost(trace, steps(trace, 5)[-1].number) == {"h:2"}
    assert lost(trace, steps(trace, 6)[-1].number) == {"h:1", "h:2", "h:3"}
    assert lost(trace, steps(trace, 7)[-1].number) == {"h:1", "h:2", "h:3"}


def test_a_slice_without_a_name_is_reachable_while_a_loop_goes_over_it() -> None:
    trace = run(
        "for _, v := range []*node{build(0), build(0)} {\nprintln(v.l == nil)\n}\nprintln()", NODES
    )
    assert [lost(trace, step.number) for step in steps(trace, 4)] == [set()] * 2
    assert lost(trace, steps(trace, 6)[-1].number) == {"h:1", "h:2"}


def test_what_a_deferred_call_or_a_goroutine_is_given_is_reachable() -> None:
    trace = run(
        "defer count(build(0))\nc := make(chan int)\n"
        "go func(n *node) { c <- count(n) }(build(0))\nprintln(count())\nprintln(<-c)",
        NODES,
    )
    over = steps(trace, 7)[-1].number  # by then the goroutine has sent what was wanted
    assert [lost(trace, number) for number in range(over)] == [set()] * over
    assert lost(trace, over) == {"h:3", "h:4", "h:5"}


def test_a_variable_that_only_an_ended_inlined_call_points_to_is_gone() -> None:
    trace = run(
        "for _, v := range []pair{{1, 2}, {3, 4}} {\nv.grow()\n}\nprintln()",
        "type pair struct { a, b int }\nfunc (p *pair) grow() { p.a++ }",
    )
    held = frame(at(trace, 6), "main.main")
    assert [cell.name for cell in held.cells if cell.value is not None and cell.band < 0] == []
