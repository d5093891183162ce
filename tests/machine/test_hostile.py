"""Does every hostile program end, soon, in little room, and is it said what ended it?

Each runs in a process of its own, whose peak of memory is measured. What real Go refuses or ends
in the same way is worded as Go words it.
"""

from __future__ import annotations

import multiprocessing
import resource
import time
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.hosts.commands import running
from mkdocs_gomem.machine.trace import stopped
from mkdocs_gomem.source import Limits, Rejected, SourceFile

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MEGABYTES = 300
OURSELVES = 40
"""Megabytes of a process that has loaded what it needs and runs nothing yet."""
SECONDS = 10

PROGRAMS = {
    "empty_for": (
        "never ends",
        r"""
package main


func main() {
for {
}
}
""",
    ),
    "count_for": (
        "steps",
        r"""
package main


func main() {
i := 0
for { i++ }
}
""",
    ),
    "goto_loop": (
        "never ends",
        r"""
package main


func main() {
top:
 goto top
}
""",
    ),
    "goto_count": (
        "steps",
        r"""
package main


func main() {
n := 0
top:
 n++
 goto top
}
""",
    ),
    "ticker_select": (
        "steps",
        r"""
package main

import "time"

func main() {
t := time.NewTicker(1)
for { select { case <-t.C: } }
}
""",
    ),
    "ticker_blocked": (
        "deadlock",
        r"""
package main

import "time"

func main() {
time.NewTicker(1)
select {}
}
""",
    ),
    "rangefunc": (
        "never ends",
        r"""
package main

func seq(yield func() bool) { for yield() { } }

func main() {
for range seq { }
}
""",
    ),
    "repeat": (
        "memory",
        r"""
package main

import "strings"

func main() {
_ = strings.Repeat("x", 1<<40)
}
""",
    ),
    "range_producer": (
        "steps",
        r"""
package main


func main() {
c := make(chan int)
go func() { for i := 0; ; i++ { c <- i } }()
for range c { }
}
""",
    ),
    "range_int": (
        "steps",
        r"""
package main


func main() {
n := 0
for i := range 1<<62 { n += i }
println(n)
}
""",
    ),
    "rec_direct": (
        "fatal: fatal error: stack overflow",
        r"""
package main

func f() { f() }

func main() {
f()
}
""",
    ),
    "rec_count": (
        "fatal: fatal error: stack overflow",
        r"""
package main

func f(n int) int { return f(n+1) + 1 }

func main() {
f(0)
}
""",
    ),
    "rec_in_loops": (
        "stopped: steps",
        """package main

func f(depth int) int {
	n := 1
	for i := 0; i < 4000; i++ {
		if depth < 30000 {
			n += f(depth + 1)
		}
	}
	return n
}

func main() { println(f(0)) }
""",
    ),
    "rec_mutual": (
        "fatal: fatal error: stack overflow",
        r"""
package main

func a(n int) int { return b(n) + 1 }
func b(n int) int { return a(n) + 1 }

func main() {
a(1)
}
""",
    ),
    "rec_iface": (
        "fatal: fatal error: stack overflow",
        r"""
package main

type I interface{ m(I) }
type T struct{}
func (T) m(i I) { i.m(i) }

func main() {
var i I = T{}
i.m(i)
}
""",
    ),
    "rec_closure": (
        "fatal: fatal error: stack overflow",
        r"""
package main


func main() {
var f func(int) int
f = func(n int) int { return f(n) * 2 }
println(f(1))
}
""",
    ),
    "rec_string": (
        "depth",
        r"""
package main

import "fmt"
type T struct{ a int }
func (t T) String() string { return fmt.Sprintf("%v", t) }

func main() {
fmt.Println(T{1})
}
""",
    ),
    "rec_error": (
        "depth",
        r"""
package main

import "fmt"
type E struct{}
func (e *E) Error() string { return fmt.Sprint(e) }

func main() {
fmt.Println(&E{})
}
""",
    ),
    "rec_defer": (
        "fatal: fatal error: stack overflow",
        r"""
package main

func f() { defer f() }

func main() {
f()
}
""",
    ),
    "rec_defer_recover": (
        "depth",
        r"""
package main

func f(n int) { defer func() { recover(); f(n+1) }(); panic(n) }

func main() {
f(0)
}
""",
    ),
    "rec_init": (
        "fatal: fatal error: stack overflow",
        r"""
package main

func f(n int) int { return f(n) + 1 }
func init() { f(2) }

func main() {

}
""",
    ),
    "rec_goroutines": (
        "memory",
        r"""
package main

func f(n int) { if n % 99999 == 99998 { select {} }; f(n + 1) }

func main() {
for i := range 50 { go f(i) }
select {}
}
""",
    ),
    "bomb": (
        "goroutines",
        r"""
package main

func f() { go f(); go f() }

func main() {
f()
select {}
}
""",
    ),
    "bomb_blocked": (
        "goroutines",
        r"""
package main


func main() {
for { go func() { select {} }() }
}
""",
    ),
    "bomb_pull": (
        "goroutines",
        r"""
package main

import "iter"

func main() {
var all []func()
for {
next, stop := iter.Pull(func(yield func(int) bool) { for yield(1) {} }); next()
all = append(all, stop) }
}
""",
    ),
    "bomb_short": (
        "steps",
        r"""
package main

import "runtime"
var x int

func main() {
for i := 0; ; i++ { go func() { x = i }(); runtime.Gosched() }
}
""",
    ),
    "flood_print": (
        "output",
        r"""
package main

import "fmt"

func main() {
for { fmt.Print("hello ") }
}
""",
    ),
    "flood_println": (
        "output",
        r"""
package main


func main() {
for i := 0; ; i++ { println(i) }
}
""",
    ),
    "flood_char": (
        "output",
        r"""
package main

import "os"

func main() {
for { os.Stdout.Write([]byte{65}) }
}
""",
    ),
    "flood_once": (
        "output",
        r"""
package main

import "fmt"
import "strings"

func main() {
fmt.Print(strings.Repeat("ab", 1<<20))
}
""",
    ),
    "flood_huge": (
        "memory",
        r"""
package main

import "os"

func main() {
b := make([]byte, 1<<30)
os.Stdout.Write(b)
}
""",
    ),
    "make_len": (
        "makeslice: len out of range",
        r"""
package main


func main() {
n := 1 << 60
_ = make([]int, n)
}
""",
    ),
    "make_40": (
        "memory",
        r"""
package main


func main() {
n := 1 << 40
s := make([]int, n)
println(len(s))
}
""",
    ),
    "make_bytes": (
        "memory",
        r"""
package main


func main() {
n := 1 << 33
s := make([]byte, n)
println(len(s))
}
""",
    ),
    "append": (
        "memory",
        r"""
package main


func main() {
var s []int
for i := 0; ; i++ { s = append(s, i*1000) }
}
""",
    ),
    "append_self": (
        "memory",
        r"""
package main


func main() {
s := []byte{1}
for { s = append(s, s...) }
}
""",
    ),
    "map": (
        "memory",
        r"""
package main


func main() {
m := map[int]int{}
for i := 0; ; i++ { m[i*1000] = i }
}
""",
    ),
    "list": (
        "memory",
        r"""
package main

type N struct { next *N; v [4]int }

func main() {
var head *N
for { head = &N{head, [4]int{1, 2, 3, 4}} }
}
""",
    ),
    "concat": (
        "memory",
        r"""
package main


func main() {
s := "ab"
for { s += s }
}
""",
    ),
    "substrings": (
        "memory",
        r"""
package main

import "strings"
var all []string

func main() {
s := strings.Repeat("x", 1<<16)
for i := 0; ; i++ { all = append(all, s[i&0xfff:]) }
}
""",
    ),
    "local_array": (
        "memory",
        r"""
package main


func main() {
var a [1 << 28]int
for i := range a { a[i] = i }
println(a[5])
}
""",
    ),
    "global_array": (
        "memory",
        r"""
package main

var a [1 << 28]int

func main() {
for i := range a { a[i] = i }
println(a[5])
}
""",
    ),
    "nested_array": (
        "memory",
        r"""
package main

var a [1 << 14][1 << 14]int

func main() {
a[1][2] = 3
println(a[1][2])
}
""",
    ),
    "array_40": (
        "type [1125899906842624]int larger than address space",
        r"""
package main

var a [1 << 50]int

func main() {

}
""",
    ),
    "chan_buffer": (
        "memory",
        r"""
package main


func main() {
c := make(chan int, 1<<40)
println(cap(c))
}
""",
    ),
    "chans": (
        "memory",
        r"""
package main

var all []chan int

func main() {
for { all = append(all, make(chan int)) }
}
""",
    ),
    "big_exp": (
        "steps",
        r"""
package main

import "math/big"

func main() {
x := new(big.Int).Exp(big.NewInt(3), big.NewInt(1<<40), nil)
println(x.BitLen())
}
""",
    ),
    "big_shift": (
        "memory",
        r"""
package main

import "math/big"

func main() {
x := big.NewInt(1)
x.Lsh(x, 1<<40)
println(x.BitLen())
}
""",
    ),
    "array_values": (
        "memory",
        r"""
package main


func main() {
m := map[int][1000]int{}
for i := 0; ; i++ { m[i] = [1000]int{1} }
}
""",
    ),
    "bytes_repeat": (
        "memory",
        r"""
package main

import "bytes"

func main() {
_ = bytes.Repeat([]byte("ab"), 1<<33)
}
""",
    ),
    "slices_repeat": (
        "memory",
        r"""
package main

import "slices"

func main() {
_ = slices.Repeat([]int{1, 2}, 1<<33)
}
""",
    ),
    "slices_grow": (
        "memory",
        r"""
package main

import "slices"

func main() {
s := slices.Grow([]string(nil), 1<<36)
println(cap(s))
}
""",
    ),
    "sprintf_wide": (
        "steps",
        r"""
package main

import "fmt"

func main() {
for { fmt.Sprintf("%1000000d", 1) }
}
""",
    ),
    "sprintf_star": (
        "steps",
        r"""
package main

import "fmt"

func main() {
for { fmt.Sprintf("%*d", 999999, 1) }
}
""",
    ),
    "sprintf_reuse": (
        "exited",
        r"""
package main

import "fmt"
import "strings"

func main() {
println(len(fmt.Sprintf(strings.Repeat("%[1]900000d", 1000), 1)))
}
""",
    ),
    "sprintf_prec": (
        "memory",
        r"""
package main

import "fmt"

func main() {
s := ""
for { s += fmt.Sprintf("%.999999f", 1.5) }
}
""",
    ),
    "format_float": (
        "memory",
        r"""
package main

import "strconv"

func main() {
s := ""
for { s = strconv.FormatFloat(1.5, 'f', 1<<30, 64) }
println(len(s))
}
""",
    ),
    "quote": (
        "steps",
        r"""
package main

import "strconv"

func main() {
s := "\x00"
for { s = strconv.Quote(s) }
}
""",
    ),
    "regexp": (
        "steps",
        r"""
package main

import "regexp"
import "strings"

func main() {
println(regexp.MustCompile(`(a*)*b`).MatchString(strings.Repeat("a", 100000)))
}
""",
    ),
    "sort_bad": (
        "steps",
        r"""
package main

import "sort"
import "slices"

func main() {
s := make([]int, 300000)
sort.Slice(s, func(i, j int) bool { return true })
slices.SortFunc(s, func(a, b int) int { return -1 })
println(s[0])
}
""",
    ),
    "print_cycle": (
        "depth",
        r"""
package main

import "fmt"

func main() {
m := map[string]any{}
m["x"] = m
fmt.Println(m)
}
""",
    ),
    "timer_rearm": (
        "steps",
        r"""
package main

import "time"

func main() {
var f func()
f = func() { time.AfterFunc(1, f) }
f()
select {}
}
""",
    ),
    "timer_stop": (
        "steps",
        r"""
package main

import "time"

func main() {
for { t := time.NewTimer(time.Hour); t.Stop() }
}
""",
    ),
    "timer_leak": (
        "memory",
        r"""
package main

import "time"

func main() {
for { time.After(time.Hour) }
}
""",
    ),
    "sleep_centuries": (
        "exited",
        r"""
package main

import "time"

func main() {
for range 100 { time.Sleep(1 << 62) }
println("awake")
}
""",
    ),
    "repanic_deep": (
        "depth",
        r"""
package main

func again() { r := recover(); defer again(); panic(r) }

func main() {
defer again()
panic(0)
}
""",
    ),
    "panic_huge": (
        "panic: boomboom",
        r"""
package main

import "strings"

func main() {
panic(strings.Repeat("boom", 1<<20))
}
""",
    ),
    "closures": (
        "memory",
        r"""
package main


func main() {
var fs []func() int
for i := 0; ; i++ { fs = append(fs, func() int { return i }) }
}
""",
    ),
    "defers": (
        "memory",
        r"""
package main


func main() {
for i := 0; ; i++ { defer func() { println(i) }() }
}
""",
    ),
    "wg": (
        "deadlock",
        r"""
package main

import "sync"

func main() {
var wg sync.WaitGroup
wg.Add(1)
wg.Wait()
}
""",
    ),
    "cond": (
        "deadlock",
        r"""
package main

import "sync"

func main() {
var mu sync.Mutex
c := sync.NewCond(&mu)
mu.Lock()
c.Wait()
}
""",
    ),
    "mutex": (
        "deadlock",
        r"""
package main

import "sync"

func main() {
var mu sync.Mutex
mu.Lock()
mu.Lock()
}
""",
    ),
    "spin_select": (
        "never ends",
        r"""
package main


func main() {
c := make(chan int)
for { select { case <-c: return; default: } }
}
""",
    ),
    "addresses": (
        "steps",
        r"""
package main

import "fmt"

func main() {
for { x := new(int); fmt.Sprintf("%p", x) }
}
""",
    ),
    "reflect_slice": (
        "memory",
        r"""
package main

import "reflect"

func main() {
t := reflect.SliceOf(reflect.TypeOf(1))
v := reflect.MakeSlice(t, 1<<30, 1<<30)
println(v.Len())
}
""",
    ),
    "reflect_array": (
        "memory",
        r"""
package main

import "reflect"

func main() {
t := reflect.ArrayOf(1<<30, reflect.TypeOf(1))
v := reflect.New(t)
println(v.Elem().Len())
}
""",
    ),
    "unsafe_string": (
        "memory",
        r"""
package main

import "unsafe"
var all []string

func main() {
b := make([]byte, 1<<16)
for { all = append(all, unsafe.String(&b[0], len(b))) }
}
""",
    ),
    "runes": (
        "memory",
        r"""
package main

import "strings"

func main() {
s := strings.Repeat("ä", 1<<20)
var all [][]rune
for { all = append(all, []rune(s)) }
}
""",
    ),
    "literal_gap": (
        "memory",
        r"""
package main


func main() {
a := [...]int{1<<30: 1}
println(len(a))
}
""",
    ),
    "literal_gap_global": (
        "memory",
        r"""
package main

var a = []string{1<<33: "x"}

func main() {
println(len(a))
}
""",
    ),
    "map_hint": (
        "memory",
        r"""
package main


func main() {
n := 1 << 38
println(len(make(map[int]int, n)))
}
""",
    ),
    "closures_that_end": (
        "depth",
        r"""
package main


func main() {
f := func() int { return 0 }
for range 200000 { g := f; f = func() int { return g() + 1 } }
println(f())
}
""",
    ),
    "rec_reflect": (
        "depth",
        r"""
package main

import "reflect"
func f(n int) { reflect.ValueOf(f).Call([]reflect.Value{reflect.ValueOf(n+1)}) }

func main() {
f(0)
}
""",
    ),
    "rec_reflect_method": (
        "depth",
        r"""
package main

import "reflect"
type T struct{}
func (t T) M(n int) { reflect.ValueOf(t).Method(0).Call([]reflect.Value{reflect.ValueOf(n+1)}) }

func main() {
T{}.M(1)
}
""",
    ),
    "rec_sync_map": (
        "memory",
        r"""
package main

import "sync"
func f(n int) {
var m sync.Map
m.Store(1, 1)
m.Range(func(a, b any) bool { f(n+1); return true })
}

func main() {
f(0)
}
""",
    ),
    "rec_std_method": (
        "exited",
        r"""
package main

import "errors"

func main() {
e := errors.New("x")
for range 90000 { e = errors.Join(e) }
println(len(e.Error()))
}
""",
    ),
    "rec_std_value": (
        "depth",
        r"""
package main

import "strings"
var index = strings.IndexFunc
func f(n int) int { return index("abc", func(rune) bool { return f(n+1) > 0 }) }

func main() {
f(0)
}
""",
    ),
    "rec_pull": (
        "goroutines",
        r"""
package main

import "iter"
func seq(n int) iter.Seq[int] {
return func(y func(int) bool) { next, _ := iter.Pull(seq(n+1)); v, _ := next(); y(v) }
}

func main() {
for x := range seq(0) { println(x) }
}
""",
    ),
    "sorted_numbers": (
        "exited",
        r"""
package main

import "slices"

func main() {
s := make([]int, 100000)
for i := range s { s[i] = i * 7919 % 100003 }
slices.Sort(s)
println(s[5])
}
""",
    ),
    "repeat_large": (
        "exited",
        r"""
package main

import "strings"

func main() {
println(len(strings.Repeat("x", 12<<20)))
}
""",
    ),
    "join": (
        "memory",
        r"""
package main

import "strings"

func main() {
s := []string{"a"}
for { s = append(s, strings.Join(s, ",")) }
}
""",
    ),
}
"""By name: words of how it ends, and the program."""

AT_THE_COMMAND_LINE = (
    "count_for", "rec_count", "bomb_blocked", "flood_println", "append", "map", "closures",
    "concat", "sprintf_prec", "defers", "rec_in_loops",
)  # fmt: skip
"""Bounds are wider there: these come closest to them."""


def _doubling(first: str, more: str, count: int = 40) -> str:
    """Declare types of which each holds the one before it more than once."""
    made = [more.replace("NEW", f"T{n}").replace("OLD", f"T{n - 1}") for n in range(1, count)]
    return first + "".join(made)


def _main(body: str, declared: str = "") -> str:
    return f"package main\n{declared}\nfunc main() {{ {body} }}\n"


CASES = "".join(f"\tcase {n}:\n\t\treturn {n}\n" for n in range(6_000))
SMALL = "".join(f"func f{n}(x int) int {{ return {n} + x }}\n" for n in range(3_000))
PAIR = "type P[A any] struct{ a, b A }\n"
LONG_TO_COMPILE = {
    "chain_of_sums": ("20,005 levels", _main("x := 1; println(x" + "+x" * 20_000 + ")")),
    "chain_of_calls": (
        "levels",
        _main("t := &T{}; t" + ".f()" * 10_000, "type T struct{}\nfunc (t *T) f() *T { return t }"),
    ),
    "chain_of_and": ("exited", _main("x := true; println(x" + "&&x" * 6_000 + ")")),
    "brackets": ("1000 levels", _main("x := " + "(" * 20_000 + "1" + ")" * 20_000 + "; _ = x")),
    "structs_that_double": (
        "a type of more than 5,000 parts",
        _main(
            "var t *T39; _ = t",
            _doubling("type T0 = struct{ a int }\n", "type NEW = struct{ a, b OLD }\n"),
        ),
    ),
    "funcs_that_double": (
        "a type of more than 5,000 parts",
        _main("var t T39; _ = t", _doubling("type T0 = func()\n", "type NEW = func(OLD) OLD\n")),
    ),
    "arguments_that_double": (
        "more ways than can be looked through",
        _main("var t *T39; _ = t", PAIR + _doubling("type T0 = int\n", "type NEW = P[OLD]\n")),
    ),
    "inferred_that_double": (
        "a type of more than 5,000 parts",
        _main(
            "_ = " + "d(" * 30 + "1" + ")" * 30,
            "type P[A, B any] struct{ a A; b B }\n"
            "func d[T any](x T) P[T, T] { return P[T, T]{x, x} }",
        ),
    ),
    "instances_that_double": (
        "more than 10,000 instances",
        _main(
            "println(T39[int]())",
            _doubling(
                "func T0[T any]() int { return 1 }\n",
                "func NEW[T any]() int { return OLD[[]T]() + OLD[*T]() }\n",
            ),
        ),
    ),
    "many_cases": (
        "a function with so many cases",
        _main(
            "println(f(5))", f"func f(x int) int {{\n\tswitch x {{\n{CASES}\t}}\n\treturn 0\n}}"
        ),
    ),
    "many_variables": (
        "exited", _main("".join(f"x{n} := {n}; _ = x{n}; " for n in range(8_000))),
    ),
    "many_inlined": (
        "exited",
        _main("x := 0; " + "".join(f"x = f{n}(x); " for n in range(3_000)) + "println(x)", SMALL),
    ),
    "many_tokens": ("more than 100,000 tokens", _main(";" * 1_000_000)),
    "many_lines": ("more than 4 MB", "package main\n" + "\n" * (1 << 23) + "func main() { x }\n"),
}  # fmt: skip
"""By name: words of how it ends, and a program that takes gc or us long to compile."""


def _ended(text: str, limits: Limits, answer: Connection) -> None:
    start, before = time.process_time(), _peak()
    try:
        decisions = pipeline.decide_to_run((SourceFile("main.go", text.encode()),))
        outcome = pipeline.execute(decisions, limits).outcome
        said = f"{outcome.ending.value}: {outcome.message}"
        if outcome.ending.value == "stopped":
            said = f"{outcome.ending.value}: {outcome.message}: {stopped(outcome)}"
    except Rejected as refusal:
        said = str(refusal)
    answer.send((said[:1000], time.process_time() - start, _peak() - before))


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10


def ended(text: str, limits: Limits) -> tuple[str, float, int]:
    """Run a program in a process of its own; tell how it ended, in how much time and memory.

    The megabytes are those that the run has added to what the process was forked with.
    """
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_ended, args=(text, limits, there))
    child.start()
    there.close()
    try:
        said: tuple[str, float, int] = here.recv()
    except EOFError:
        child.join()
        raise AssertionError(f"the process died: {child.exitcode}") from None
    child.join()
    return said


def check(name: str, limits: Limits) -> None:
    words, text = PROGRAMS[name]
    said, seconds, megabytes = ended(text, limits)
    assert words in said
    assert seconds < SECONDS
    assert megabytes < MEGABYTES - OURSELVES


@pytest.mark.parametrize("name", PROGRAMS)
def test_with_the_limits_of_a_page(name: str) -> None:
    check(name, Limits())


@pytest.mark.parametrize("name", LONG_TO_COMPILE)
def test_what_takes_long_to_compile(name: str) -> None:
    words, text = LONG_TO_COMPILE[name]
    said, seconds, megabytes = ended(text, Limits())
    assert words in said
    assert seconds < SECONDS
    assert megabytes < MEGABYTES - OURSELVES


@pytest.mark.slow
@pytest.mark.parametrize("name", AT_THE_COMMAND_LINE)
def test_at_the_command_line(name: str) -> None:
    check(name, running._limits())


def test_deep_recursion_that_ends() -> None:
    """Bar B9: a million calls deep, in a goroutine, if the limit allows."""
    text = """package main

func f(n int) int {
	if n == 0 {
		return 0
	}
	return f(n-1) + 1
}

func main() {
	c := make(chan int)
	go func() { c <- f(1000000) }()
	println(<-c)
}
"""
    limits = Limits(depth=1_100_000, memory=1 << 30, recorded=0)
    said, _, megabytes = ended(text, limits)
    assert said == "exited: "
    assert megabytes < 200


def stops(body: str, declared: str = "", **limits: int) -> str:
    text = f"package main\n{declared}\nfunc main() {{\n{body}\n}}\n"
    decisions = pipeline.decide_to_run((SourceFile("main.go", text.encode()),))
    outcome = pipeline.execute(decisions, Limits(**{"steps": 20_000, **limits})).outcome
    return f"{outcome.message} {outcome.period}"


@pytest.mark.parametrize(
    ("body", "declared", "period"),
    [("i := 0\nfor { i = (i + 1) % 7 }", "", 7),
     ("p := &T{}\nfor { p.n ^= 1; p = p.next }", "type T struct { n int; next *T }", 0),
     ("for { x = !x }", "var x bool", 2),
     ("m := map[int]int{}\nfor i := 0; ; i = (i + 1) & 3 { m[i] = i }", "", 4),
     ("s := []int{1, 2, 3}\nfor { s[0], s[1], s[2] = s[1], s[2], s[0] }", "", 3),
     ("n := 0\nfor { for i := 0; i < 50; i++ { n ^= i } }", "", 2),
     ("for { for i := range s { s[i] ^= 1 } }", "var s [300]uint8", 2),
     ("for { p := new(int); keep = p }", "var keep *int", 1)],
)  # fmt: skip
def test_a_state_that_repeats_never_ends(body: str, declared: str, period: int) -> None:
    ended_by = stops(body, declared)
    assert ended_by == (f"steps {period}" if period else ended_by)


@pytest.mark.parametrize(
    ("body", "declared"),
    [("for i := 0; i >= 0; i++ { }", ""),
     ("for n := range 30000 { if n < 0 { break } }", ""),
     ("for f() { }", "var n int\nfunc f() bool { n++; return n < 50000 }"),
     ("g := count()\nfor g() < 50000 { }",
      "func count() func() int { n := 0; return func() int { n++; return n } }"),
     ("p := &a[0]\nfor a[0] < 50000 { *p++ }", "var a [3]int"),
     ("m := map[string]int{}\nfor m[`a`] < 50000 { m[`a`]++ }", ""),
     ("var i I = &T{}\nfor i.next() { }",
      ("type I interface{ next() bool }\ntype T struct{ n int }\n"
      "func (t *T) next() bool { t.n++; return t.n < 50000 }")),
     ("for range 50000 { for j := 0; j < 3; j++ { } }", ""),
     ("s := make([]int, 50000)\nfor range s { for j := 0; j < 3; j++ { } }", ""),
     ("for state != nil { state = state() }",
      ("type S func() S\nvar state = from(0)\n"
      "func from(n int) S { if n > 50000 { return nil }; return func() S { return from(n+1) } }")),
     ("for { select { case x := <-c: if x > 50000 { return } } }",
      "var c = make(chan int)\nfunc init() { go func() { for i := 0; ; i++ { c <- i } }() }"),
     ("for { c <- 1; <-c; for i := 0; i < 7; i++ { } }",
      ("var c = make(chan int)\n"
      "func init() { go func() { for i := 0; i < 50000; i++ { <-c; c <- 1 }; panic(0) }() }")),
     ("for { c <- 1; runtime.Gosched(); for i := 0; i < 7; i++ { } }",
      ("import `runtime`\nvar c = make(chan int)\n"
      "func init() { go func() { for i := 0; i < 50000; i++ { <-c }; panic(0) }() }"))],
)  # fmt: skip
def test_what_would_end_is_not_said_to_repeat(body: str, declared: str) -> None:
    assert stops(body, declared) == "steps 0"


def test_a_recursion_that_returns_is_no_overflow() -> None:
    declared = "var n int\nfunc f() { n++; if n < 20000 { f() } }"
    assert stops("f()\nprintln(n)", declared, steps=1_000_000) == " 0"


def test_a_program_that_ends_just_behind_the_bound_is_stopped_all_the_same() -> None:
    assert stops("for i := 0; i < 20050; i++ { }\nprintln(1)") == "steps 0"
