"""Does work count that is done at once, outside of any loop of the program?

Each program does something large in one statement, or in a way that no turn of a loop shows:
millions of bytes compared, values that hold each other, thousands of frames walked. Each must end,
named, as the others do (`test_hostile`); here with few steps, so that what counts too little shows
as time. The same with the limits of a page and of the command line is marked slow.
"""

from __future__ import annotations

import pytest

from mkdocs_gomem.hosts.commands import running
from mkdocs_gomem.source import Limits
from tests.machine import test_hostile

FEW = Limits(steps=150_000, recorded=0)
SECONDS_OF_FEW = 4
"""A step is 0.1 µs of work, or 2 where bytes are copied; a busy machine takes twice as long."""

DOUBLE = "type T struct{ a, b any }"
LONG = 'a := strings.Repeat("x", 4<<20); b := strings.Repeat("x", 4<<20); n := 0'
FRAMES = """var f func(n int)
f = func(n int) {
	if n > 0 { f(n - 1); return }
	for { runtime.Callers(0, pcs) }
}
f(1000)"""

PROGRAMS: dict[str, tuple[str, str, str, str]] = {
    # Strings of millions of bytes.
    "string_equal": ("steps", "strings", "", LONG + "\nfor { if a == b { n++ } }"),
    "string_less": ("steps", "strings", "", LONG + '\nb += "y"\nfor { if a < b { n++ } }'),
    "string_switch": ("steps", "strings", "", LONG + "\nfor { switch a { case b: n++ } }"),
    "string_in_interface": (
        "steps", "strings", "", LONG + "\nvar x, y any = a, b\nfor { if x == y { n++ } }",
    ),
    "string_in_struct": (
        "steps", "strings", "type S struct{ s string }",
        LONG + "\nx, y := S{a}, S{b}\nfor { if x == y { n++ } }",
    ),
    "string_key": (
        "steps", "strings", "", LONG + "\nm := map[string]int{a: 1}\nfor { n += m[b] }",
    ),
    "string_key_made_anew": (
        "steps", "strings", "",
        LONG + "\ns := []byte(b)\nm := map[string]int{a: 1}\nfor { n += m[string(s)] }",
    ),
    "strings_sorted": (
        "steps", "slices strings", "",
        ('s := make([]string, 1000)\nfor i := range s {\n\ts[i] = strings.Repeat("x", 9000)'
        " + string(rune(i))\n}\nfor { slices.Reverse(s); slices.Sort(s) }"),
    ),
    "split": (
        "steps", "strings", "",
        'println(len(strings.Split(strings.Repeat(",", 4<<20), ",")))',
    ),
    "substrings": (
        "steps", "strings", "", LONG + "\nfor len(a) > len(b)/2 { a = a[1:]; n++ }\nprintln(n)",
    ),
    "range_left_at_once": (
        "steps", "strings", "",
        ('s, n := strings.Repeat("ä", 2<<20), 0\n'
        "for { for i, r := range s { n += i + int(r); break } }"),
    ),
    "runes": (
        "steps", "strings", "",
        's, n := strings.Repeat("ä", 1<<18), 0\nfor { n += len([]rune(s)) }',
    ),
    # Slices and arrays.
    "append_within": (
        "steps", "", "",
        "a, b := make([]int, 1<<18), make([]int, 0, 1<<18)\nfor { b = append(b[:0], a...) }",
    ),
    "append_anew": (
        "steps", "", "", "a := make([]int, 1<<18)\nfor { _ = append([]int(nil), a...) }",
    ),
    "copy": ("steps", "", "", "a, b := make([]int, 1<<18), make([]int, 1<<18)\nfor { copy(b, a) }"),
    "copy_structs": (
        "steps", "", "type P struct{ x, y int }",
        "a, b := make([]P, 1<<15), make([]P, 1<<15)\nfor { copy(b, a) }",
    ),
    "clear": ("steps", "", "", "a := make([]int, 1<<18)\nfor { clear(a); a[1]++ }"),
    "make_structs": (
        "steps", "", "type P struct{ a [8][8]int }", "for { _ = make([]P, 1<<12) }",
    ),
    "to_array": (
        "steps", "", "", "s, n := make([]int, 1<<18), 0\nfor { b := [1<<18]int(s); n += b[1] }",
    ),
    "array_equal": (
        "steps", "", "var a, b [1<<18]int", "n := 0\nfor { if a == b { n++ } }",
    ),
    "array_of_arrays_equal": (
        "steps", "", "var a, b [1<<9][1<<9]int", "n := 0\nfor { if a == b { n++ } }",
    ),
    "array_assigned": ("steps", "", "var a, b [1<<9][1<<9]int", "for { a = b }"),
    "array_as_key": (
        "steps", "", "var a [1<<16]int", "m, n := map[[1<<16]int]int{}, 0\nfor { n += m[a] }",
    ),
    "array_of_nothing_as_key": (
        "exited", "", "var a [1<<40]struct{}",
        "m := map[[1<<40]struct{}]int{a: 1}\nvar b [1<<40]struct{}\nprintln(m[a], a == b)",
    ),
    # Values that hold each other: few objects, very many ways through them.
    "tree_equal": (
        "steps", "", DOUBLE,
        "var x, y any = T{}, T{}\nfor range 40 { x, y = T{x, x}, T{y, y} }\nprintln(x == y)",
    ),
    "tree_as_key": (
        "steps", "", DOUBLE,
        "var x any = T{1, 1}\nfor range 40 { x = T{x, x} }\nprintln(len(map[any]int{x: 1}))",
    ),
    "tree_printed": (
        "steps", "fmt", "",
        "var x any = 1\nfor range 40 { x = []any{x, x} }\nprintln(len(fmt.Sprint(x)))",
    ),
    "chain_equal": (
        "depth", "", DOUBLE,
        "var x, y any = 1, 1\nfor range 40000 { x, y = T{x, 1}, T{y, 1} }\nprintln(x == y)",
    ),
    "chain_as_key": (
        "depth", "", DOUBLE,
        "var x any = 1\nfor range 20000 { x = T{x, 1} }\nprintln(len(map[any]int{x: 1}))",
    ),
    "type_of_types": (
        "memory", "",
        "type T0 struct{ a int }\n"
        + "".join(f"type T{n} struct{{ a, b T{n - 1} }}\n" for n in range(1, 41)),
        "var x T40\nfor { x.a = x.b }",
    ),
    # Natives.
    "print_map": (
        "steps", "fmt", "",
        "m := map[int]int{}\nfor i := range 10000 { m[i] = i }\nfor { _ = fmt.Sprint(m) }",
    ),
    "print_bytes": (
        "steps", "fmt", "",
        'b, n := make([]byte, 1<<18), 0\nfor { n += len(fmt.Sprintf("%v %x %q", b, b, b)) }',
    ),
    "print_nothing_but_verbs": (
        "steps", "fmt strings", "",
        'f, n := strings.Repeat("%", 1<<20), 0\nfor { n += len(fmt.Sprintf(f)) }',
    ),
    "callers": ("steps", "runtime", "var pcs = make([]uintptr, 2000)", FRAMES),
    "collections": (
        "steps", "runtime", "var keep []*int",
        ("for range 20000 { keep = append(keep, new(int)) }\nvar m runtime.MemStats\n"
        "for { runtime.GC(); runtime.ReadMemStats(&m) }"),
    ),
    "finalizers": (
        "steps", "runtime", "",
        "for { x := new(int); runtime.SetFinalizer(x, func(*int) {}) }",
    ),
    "panics": (
        "steps", "", "", "for { func() { defer func() { recover() }(); panic(1) }() }",
    ),
    "panics_deep": (
        "panic: x", "",
        'func f(n int) { defer func() { panic(n) }(); if n < 2000 { f(n + 1) }; panic("x") }',
        "f(0)",
    ),
    # Code in one piece.
    "long_turn": ("steps", "", "", "x := 1\nfor {\n" + "x = x*31 + 7\n" * 2000 + "}"),
    "long_expression": (
        "steps", "", "", "x := 1\nfor { x = " + " + ".join(["x*3"] * 1000) + " }",
    ),
    "calls_that_double": (
        "steps", "",
        "var n int\nfunc f0() { n++ }\n"
        + "".join(f"func f{n}() {{ f{n - 1}(); f{n - 1}() }}\n" for n in range(1, 50)),
        "f49()",
    ),
    # Natives that go through what the program has made, or keep something beside it.
    "errors_in_a_ring": (
        "steps", "errors",
        ('type E struct{ e error }\nfunc (e *E) Error() string { return "E" }\n'
         "func (e *E) Unwrap() error { return e }"),
        'println(errors.Is(&E{}, errors.New("z")))',
    ),
    "errors_that_double": (
        "steps", "errors", "",
        ('err := errors.New("x")\nfor range 60 { err = errors.Join(err, err) }\n'
         'println(errors.Is(err, errors.New("y")))'),
    ),
    "selects_made_at_run_time": (
        "steps", "reflect", "",
        ("var cases []reflect.SelectCase\nc := reflect.ValueOf(make(chan int))\n"
         "for range 6000 {\n\tcases = append(cases, reflect.SelectCase{"
         "Dir: reflect.SelectRecv, Chan: c})\n}\n"
         "cases = append(cases, reflect.SelectCase{Dir: reflect.SelectDefault})\n"
         "for { reflect.Select(cases) }"),
    ),
    "nothing_deeply_equal": (
        "exited", "reflect", "",
        "println(reflect.DeepEqual(make([]struct{}, 1<<40), make([]struct{}, 1<<40)))",
    ),
    "chain_deeply_equal": (
        "steps", "reflect", "type N struct{ n *N }",
        ("var a, b *N\nfor range 110000 { a, b = &N{a}, &N{b} }\n"
         "println(reflect.DeepEqual(a, b))"),
    ),
    "concurrent_map_listed": (
        "steps", "sync", "",
        ("var m sync.Map\nfor i := range 20000 { m.Store(i, i) }\n"
         "for { m.Range(func(k, v any) bool { return false }) }"),
    ),
    "divisions_of_large_numbers": (
        "steps", "math/big", "",
        ("x, y := big.NewInt(1), big.NewInt(3)\nx.Lsh(x, 20000000)\ny.Lsh(y, 10000000)\n"
         "y.Sub(y, big.NewInt(7))\nprintln(x.Mod(x, y).BitLen())"),
    ),
    "cleanups": (
        "steps", "runtime", "type T struct{ p *T }",
        "t := &T{}\nfor i := 0; ; i++ { runtime.AddCleanup(t, func(int) {}, i) }",
    ),
    "types_made_at_run_time": (
        "a type of more than 500 parts", "reflect", "",
        ("t := reflect.TypeOf(1)\n"
         "for { t = reflect.FuncOf([]reflect.Type{t, t}, []reflect.Type{t}, false) }"),
    ),
    # Garbage that only Python's own collector finds.
    "ring": (
        "steps", "", "type N struct{ prev, next *N }",
        ("h := &N{}\nh.next, h.prev = h, h\n"
        "for { n := &N{h, h.next}; h.next.prev = n; h.next = n }"),
    ),
}  # fmt: skip
"""By name: a word of how it ends, packages, declarations, statements."""


def text_of(name: str) -> str:
    _, packages, declared, body = PROGRAMS[name]
    imports = "".join(f'import "{package}"\n' for package in packages.split())
    return f"package main\n{imports}{declared}\nfunc main() {{\n{body}\n}}\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_with_few_steps(name: str) -> None:
    said, seconds, megabytes = test_hostile.ended(text_of(name), FEW)
    assert PROGRAMS[name][0] in said
    assert seconds < SECONDS_OF_FEW
    assert megabytes < test_hostile.MEGABYTES - test_hostile.OURSELVES


@pytest.mark.slow
@pytest.mark.parametrize("limits", [Limits(), running._limits()])
@pytest.mark.parametrize("name", PROGRAMS)
def test_with_limits_as_they_are(name: str, limits: Limits) -> None:
    said, seconds, megabytes = test_hostile.ended(text_of(name), limits)
    assert said.startswith(("stopped: ", "exited: ", "panicked: ", "fatal: ")) or (
        PROGRAMS[name][0] in said
    )
    assert seconds < test_hostile.SECONDS
    assert megabytes < test_hostile.MEGABYTES - test_hostile.OURSELVES
