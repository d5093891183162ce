"""The pretend computer by itself: arithmetic, growth, channels, bounds. Figures are go1.27.3's."""

from __future__ import annotations

import ast
import math

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import codegen
from mkdocs_gomem.gotypes import objects, types
from mkdocs_gomem.machine import heap, numbers, panics, printing, rtypes, slices, structs
from mkdocs_gomem.machine.trace import Ending, Event, Pointer, Scalar, Trace
from mkdocs_gomem.source import NO_POS, Limits, SourceFile, line_of, spell


def run(text: str, **limits: int) -> Trace:
    decisions = pipeline.decide((SourceFile("main.go", text.encode()),))
    return pipeline.execute(decisions, Limits(**limits))


def capacities(elem_size: int, count: int, *, noscan: bool) -> list[int]:
    """List the capacities that appending one element at a time goes through."""
    seen, capacity = [], 0
    for length in range(1, count + 1):
        if length > capacity:
            capacity = heap.grown_capacity(length, capacity, elem_size, noscan=noscan)
            seen.append(capacity)
    return seen


@pytest.mark.parametrize(
    ("elem_size", "noscan", "expected"),
    [
        (8, True, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 848, 1280, 1792, 2560, 3408, 5120]),
        (1, True, [8, 16, 32, 64, 128, 256, 512, 896, 1408, 2048, 3072, 4096, 5376]),
        (16, False, [1, 2, 4, 8, 16, 32, 71, 143, 303, 591, 1023, 1535, 2560, 3584, 5120]),
    ],
)
def test_append_grows_as_go_does(elem_size: int, noscan: bool, expected: list[int]) -> None:  # noqa: FBT001
    assert capacities(elem_size, expected[-1], noscan=noscan) == expected


@pytest.mark.parametrize(
    ("size", "noscan", "expected"),
    [(0, True, 0), (1, True, 16), (8, True, 16), (8, False, 8), (24, False, 24), (40, False, 48),
     (512, False, 512), (513, False, 576), (576, True, 576), (32769, True, 40960)],
)  # fmt: skip
def test_size_classes(size: int, noscan: bool, expected: int) -> None:  # noqa: FBT001
    assert heap.class_size(size, noscan=noscan) == expected


@pytest.mark.parametrize(
    ("entries", "objects", "size"),
    [(1, 2, 192), (8, 2, 192), (9, 5, 520), (14, 5, 520), (15, 7, 1128), (28, 7, 1128),
     (100, 11, 4648), (1000, 22, 74456)],
)  # fmt: skip
def test_maps_allocate_as_swiss_maps_do(entries: int, objects: int, size: int) -> None:
    growth = heap.MapGrowth(8, 8, 8, noscan=True)
    made = [(heap.MAP_HEADER, False)]
    for used in range(entries):
        if growth.left > 0:
            growth.left -= 1
        else:
            made += growth.insert(used)
    assert len(made) == objects
    assert sum(heap.class_size(each, noscan=noscan) for each, noscan in made) == size


def test_integers_wrap_and_divide_towards_zero() -> None:
    assert numbers.wrap64(1 << 63) == -(1 << 63)
    assert numbers.wrap(-1, 8, signed=False) == 255
    assert numbers.wrap(128, 8, signed=True) == -128
    assert (numbers.quotient(-7, 2), numbers.remainder(-7, 2)) == (-3, -1)
    assert (numbers.quotient(7, -2), numbers.remainder(7, -2)) == (-3, 1)
    assert numbers.shift_right(-1, 200) == -1
    assert numbers.shift_left(1, 64, 64) == 0
    with pytest.raises(panics.Panic):
        numbers.quotient(1, 0)
    with pytest.raises(panics.Panic):
        numbers.shift_left(1, -1, 64)


def test_floats_convert_as_amd64_does() -> None:
    assert numbers.float_to_int(-1.9, 64, signed=True) == -1
    assert numbers.float_to_int(math.nan, 64, signed=True) == -(1 << 63)
    assert numbers.float_to_int(1e10, 32, signed=True) == -(1 << 31)
    assert numbers.float_quotient(1.0, -0.0) == -math.inf
    assert math.isnan(numbers.float_quotient(0.0, 0.0))
    assert printing.format_shortest(numbers.single(0.1), 32) == "0.1"
    assert printing.format_shortest(1e21, 64) == "1e+21"
    assert printing.format_shortest(123456789.0, 64) == "1.23456789e+08"


def test_runes() -> None:
    assert slices.decode_runes("aé\U0001f600".encode()) == [(0, 97), (1, 233), (3, 0x1F600)]
    assert slices.decode_runes(b"\xff\xe4\xb8") == [(0, 0xFFFD), (1, 0xFFFD), (2, 0xFFFD)]
    assert slices.encode_rune(0xD800) == b"\xef\xbf\xbd"


def test_who_was_made_last_runs_first_then_first_come_first_served() -> None:
    text = """package main
import "sync"
func main() {
	var wg sync.WaitGroup
	for i := 0; i < 4; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); print(i) }()
	}
	wg.Wait()
}
"""
    assert run(text).stderr == b"3012"


@pytest.mark.parametrize(
    ("body", "bound"),
    [
        ("for {}", "steps"),
        ("for i := range 1 << 40 { _ = i }", "steps"),
        ("var f func(int); f = func(n int) { f(n + 1) }; f(0)", "depth"),
        ("for { go func() { select {} }() }", "goroutines"),
        ('for { print("0123456789") }', "output"),
        ("var keep [][]byte; for { keep = append(keep, make([]byte, 1<<16)) }", "memory"),
    ],
)
def test_bounds_end_a_run_by_name(body: str, bound: str) -> None:
    outcome = run(f"package main\nfunc main() {{ {body} }}\n").outcome
    assert (outcome.ending, outcome.message) == (Ending.STOPPED, bound)


@pytest.mark.parametrize(
    ("declaration", "ends"),
    [
        ("func f(n int) int { return f(n+1) + 1 }", False),
        ("func f(n int) int { return g(n * 3) }\nfunc g(n int) int { return f(n - 1) }", False),
        # These end, or panic, below our bound: only a branch or a nil pointer tells.
        ("func f(n int) int { if n == -1 { return 0 }; return f(n+1) }", True),
        ("func f(n int) int { x := 1 / n; return x + f(n+1) }", True),
        # What panics late is never reached.
        ("func f(n int) int { return 1/n + f(n+1) }", False),
        ("type T struct{ t *T }\nfunc f(n int) int { t := &T{}; for range 300_000 { t = &T{t} }\n\
return t.f(n) }\nfunc (t *T) f(n int) int { return t.t.f(n) }", True),
        # What it leads to is the same at each call.
        ("type T struct{ t *T }\nfunc f(n int) int { t := &T{}; t.t = t; return t.f(n) }\n\
func (t *T) f(n int) int { return t.t.f(n) }", False),
    ],
)  # fmt: skip
def test_only_what_can_never_end_overflows_the_stack(declaration: str, ends: bool) -> None:  # noqa: FBT001
    trace = run(f"package main\n{declaration}\nfunc main() {{ println(f(1)) }}\n")
    if ends:
        assert (trace.outcome.ending, trace.outcome.message) == (Ending.STOPPED, "depth")
        return
    assert (trace.outcome.ending, trace.outcome.status) == (Ending.FATAL, 2)
    assert trace.stderr.startswith(
        b"runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n"
    )


def test_keys_without_a_hash_may_be_tried_as_often_as_one_likes() -> None:
    text = """package main
type key struct{ a, b any }
func try(m map[key]int) (failed bool) {
	defer func() { failed = recover() != nil }()
	m[key{1, []int{1}}] = 2
	return false
}
func main() {
	failed, m := 0, map[key]int{}
	for range 1_500 { if try(m) { failed++ } }
	println(failed, len(m))
}
"""
    trace = run(text)
    assert (trace.outcome.ending, trace.stderr) == (Ending.EXITED, b"1500 0\n")


@pytest.mark.parametrize(
    "loop",
    [
        "for j := range 1_000_000 { if j == i%150 { n++; break } }",
        "for j := range a { if j == i%150 { n++; break } }",
        "func() { for j, v := range a { if j == i%150+v { n++; return } } }()",
        "func() { for j := range a { if j == i%150 { n++; goto out } }\nout: n += 0 }()",
        "outer: for range 1 { for j := range &a { if j == i%150 { n++; continue outer } } }",
    ],
)
def test_a_loop_that_is_left_early_takes_few_steps(loop: str) -> None:
    text = f"package main\nvar a [20_000]int\nfunc main() {{ n := 0\n\
for i := 0; i < 2_000; i++ {{ {loop} }}\nprintln(n) }}\n"
    trace = run(text)
    assert (trace.outcome.ending, trace.stderr) == (Ending.EXITED, b"2000\n")


def test_garbage_is_not_counted_against_the_bound() -> None:
    text = "package main\nvar s []byte\nfunc main() { for range 200 { s = make([]byte, 1<<20) } }\n"
    assert run(text).outcome.ending is Ending.EXITED


@pytest.mark.parametrize(
    "wait",
    [
        "start := time.Now(); for time.Since(start) < 5*time.Millisecond {}",
        "for !done.Load() { runtime.Gosched() }",
        "for !done.Load() {}",
        "end := time.After(time.Millisecond); for { select { case <-end: return; default: } }",
    ],
)
def test_time_passes_for_who_waits_without_sleeping(wait: str) -> None:
    text = f"""package main
import ("runtime"; "sync/atomic"; "time")
func main() {{
	var done atomic.Bool
	go func() {{ time.Sleep(50 * time.Microsecond); done.Store(true); runtime.Gosched() }}()
	{wait}
}}
"""
    assert run(text).outcome.ending is Ending.EXITED


def test_a_spinning_goroutine_lets_others_run() -> None:
    text = (
        "package main\nfunc main() { done := false; go func() { done = true }(); for !done {} }\n"
    )
    assert run(text).outcome.ending is Ending.EXITED


HOSTILE = r"""package main
type __class__ struct{ __dict__, __globals__ int }
func (c __class__) __init__() int { return c.__dict__ }
var None, True, __builtins__, BG, S, Y = 1, 2, 3, 4, 5, 6
func exec(eval string) string { return eval }
func lambda(import_, global_ int, self *__class__) (def int) {
	var w64, t1_, Ref, Iface = import_, global_, 1, 2
	def = w64 + t1_ + Ref + Iface + self.__init__()
	return
}
func main() {
	var A, K, E, d_, j_ = 1, 2, 3, 4, 5
	s := "'\"\\\n'''\"\"\" + __import__('os').system('true') + \x00"
	变量 := len("值")
	println(lambda(1, 2, &__class__{7, 8}), None, True, __builtins__, BG, S, Y, A, K, E, d_, j_)
	println(len(s), s[0], exec("__import__('os')"), 变量, s == "a==b", s != "a==b")
}
"""


def test_names_and_strings_of_the_program_reach_no_python() -> None:
    trace = run(HOSTILE)
    assert trace.stderr == (b"13 1 2 3 4 5 6 1 2 3 4 5\n48 39 __import__('os') 3 false true\n")


FLAGSHIP = """package main
import "fmt"
func createPointer() *int {
	num := 42
	return &num
}
func main() {
	ptr := createPointer()
	fmt.Println(*ptr)
}
"""


def test_an_inlined_call_is_a_band_in_its_callers_frame() -> None:
    trace = run(FLAGSHIP)
    assert trace.allocations == ()
    (step,) = [step for step in trace.steps if line_of(step.pos) == 8]
    snapshot = trace.at(step.number)
    (frame,) = snapshot.goroutines[0].frames
    cells = {cell.name: cell for cell in frame.cells}
    assert cells["num"].value == Scalar("42")
    assert frame.bands[cells["num"].band].function == "main.createPointer"
    pointer = cells["ptr"].value
    assert isinstance(pointer, Pointer)
    assert (pointer.target.object, pointer.target.path) == (frame.id, ("num",))


def test_a_variable_moved_to_the_heap_is_an_object() -> None:
    trace = run(FLAGSHIP.replace("func createPointer", "//go:noinline\nfunc createPointer"))
    (allocation,) = trace.allocations
    assert (allocation.what, allocation.size, line_of(allocation.pos)) == ("moved", 8, 5)
    made = next(step for step in trace.steps if step.allocated)
    assert Event.ALLOCATE in made.events
    last = next(step for step in trace.steps if line_of(step.pos) == 9)
    (item,) = [each for each in trace.at(last.number).objects if each.id == allocation.id]
    assert (item.label, item.value, item.reachable) == ("num", Scalar("42"), True)


def test_what_an_inlined_call_of_std_returns_is_not_stored_for_nobody() -> None:
    text = """package main

import "fmt"

func main() {
	fmt.Println("dropped")
	n, _ := fmt.Printf("%d\\n", 1)
	println(n)
}
"""
    decisions = pipeline.decide([SourceFile("main.go", text.encode())])
    tree = ast.parse(codegen.generate(decisions.program, decisions.placements).source)
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    assert any(name.startswith("n_") for name in stored)
    assert {name for name in stored - read if name.startswith("fmt_")} == set()


def test_moments_can_be_looked_at_in_any_order() -> None:
    trace = run(FLAGSHIP)
    numbers_ = range(len(trace.steps))
    forward = [trace.at(number) for number in numbers_]
    again = run(FLAGSHIP)
    assert [again.at(number) for number in reversed(numbers_)] == forward[::-1]


def test_steps_past_the_bound_run_but_are_not_recorded() -> None:
    text = "package main\nfunc main() { n := 0; for range 100 { n++ }; println(n) }\n"
    trace = run(text, recorded=20)
    assert trace.stderr == b"100\n"
    assert len(trace.steps) == 20
    assert trace.at(19).step == 19


def test_arrays_of_bytes_share_nothing_with_arrays_of_any_struct(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(structs, "_struct_ops", {})
    monkeypatch.setattr(structs, "_array_ops", {})
    registry = rtypes.Types()
    byte = types.TYP[types.BasicKind.UINT8]
    assert registry.of(types.Array(byte, 16)).zero() == bytearray(16)
    for count in range(1, 4):  # the second shape of all that are made has the number 1
        fields = [objects.Var(NO_POS, None, f"f{at}", byte) for at in range(count)]
        array = registry.of(types.Array(types.Struct(fields, []), 16))
        assert array.ops.assign(array.zero(), array.zero())[15].f0 == 0


def test_a_deadlock_tells_where_each_goroutine_waits() -> None:
    text = """package main

import "sync"

func worker(c chan int) {
	c <- 1
}

func main() {
	c := make(chan int)
	var wg sync.WaitGroup
	wg.Add(1)
	go func() { wg.Done() }()
	wg.Wait()
	wg.Add(1)
	go worker(c)
	go func() {
		select {}
	}()
	wg.Wait()
}
"""
    assert (
        run(text).stderr.decode()
        == """fatal error: all goroutines are asleep - deadlock!

goroutine 1 [sync.WaitGroup.Wait]:
	line 20

goroutine 3 [chan send]:
	line 6

goroutine 4 [select (no cases)]:
	line 18
exit status 2
"""
    )


@pytest.mark.parametrize(
    ("last", "first"),
    [
        ("", "no goroutines (main called runtime.Goexit) - deadlock!\nexit status 2\n"),
        ("<-c", "all goroutines are asleep - deadlock!\n\ngoroutine 2 [chan receive]:\n\tline 7\n"),
    ],
)
def test_a_deadlock_after_main_has_left(last: str, first: str) -> None:
    text = f"""package main

import "runtime"

func main() {{
	c := make(chan int)
	go func() {{ {last} }}()
	runtime.Goexit()
	c <- 1
}}
"""
    assert run(text).stderr.decode().startswith(f"fatal error: {first}")


@pytest.mark.parametrize(
    ("case", "state"),
    [
        ("<-c", "chan receive"),
        ("v, ok := <-c", "chan receive"),
        ("c <- 1", "chan send"),
        ("<-n", "chan receive (nil chan)"),
    ],
)
def test_a_select_of_one_case_is_what_the_case_is(case: str, state: str) -> None:
    used = "_, _ = v, ok" if "ok" in case else ""
    text = f"""package main

func main() {{
	c, n := make(chan int), (chan int)(nil)
	_, _ = c, n
	select {{
	case {case}:
		{used}
	}}
}}
"""
    assert f"goroutine 1 [{state}]:" in run(text).stderr.decode()


@pytest.mark.parametrize("tag", ["op", ""])
def test_a_switch_has_as_many_cases_as_an_emulator_has_instructions(tag: str) -> None:
    """Of Python's own 100 levels of indentation it takes only those it needs."""
    cases = "\n".join(
        f"\tcase {at if tag else f'op > {at - 1} && op == {at}'}:\n\t\tsum += {at}"
        for at in range(256)
    )
    text = f"""package main

func main() {{
	sum := 0
	for _, op := range []int{{3, 200, 255, 300}} {{
		switch {tag} {{
{cases}
		default:
			sum += 1000
		}}
	}}
	println(sum)
}}
"""
    assert run(text).stderr == b"1458\n"


_SIGNALS = """package main

import "sync"

type mutex = sync.Mutex

type failure struct{ text string }

func (f *failure) Error() string { return f.text }

func follow(p *int) (found any) {
	defer func() { found = recover() }()
	return *p
}

func main() {
	%s
}
"""


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("found := follow(nil); panic(found)", False),
        ('defer func() { follow(nil); panic("again") }(); panic("first")', True),
        ('defer follow(nil); panic("first")', True),
        ("defer follow(nil); var mu sync.Mutex; mu.Unlock()", False),
        ('defer func() { follow(nil); new(sync.Mutex).Unlock() }(); panic("first")', True),
        ('defer func() { panic(recover()) }(); defer follow(nil); panic("first")', True),
        ("defer func() { panic(recover()) }(); var p *int; println(*p)", True),
        (
            'func() { defer func() { recover() }(); defer follow(nil); panic(0) }(); panic("z")',
            False,
        ),
        ("var f *failure; panic(f)", True),
    ],
)
def test_a_signal_is_told_of_until_no_panic_is_under_way(body: str, told: bool) -> None:  # noqa: FBT001
    assert (b"\n[signal SIGSEGV: " in run(_SIGNALS % body).stderr) is told


@pytest.mark.parametrize(
    ("body", "limits"),
    [
        ("x := make([]int, 1000); for { slices.Reverse(x); slices.Sort(x) }", {"steps": 100_000}),
        ('for { _ = strings.Index(strings.Repeat("ab", 500)+"c", "bc") }', {"steps": 10_000}),
        ('for s := "x"; ; { s = strings.Repeat(s, 50) }', {"memory": 1 << 20}),
    ],
)
def test_a_run_that_is_stopped_in_the_library_is_so_at_a_line_of_its_author(
    body: str, limits: dict[str, int]
) -> None:
    package = body.partition(".")[0].split()[-1]
    text = f'package main\n\nimport "{package}"\n\nfunc main() {{\n\t{body}\n}}\n'
    outcome = run(text, **limits).outcome
    assert outcome.ending is Ending.STOPPED
    assert spell(outcome.pos).startswith("main.go:6:")
