"""Do programs that nobody wrote run and decide as real Go says?

    python -m tools.random_programs FROM TO [--keep FOLDER]

Each number makes one program, always the same: random statements over values of many types, from
the tables below. Go and we answer all that `tools.oracle` can ask (output, remarks of the
compiler, allocations by line); whatever differs is printed, and the program is kept.

A template's `<type>` stands for any expression of the type, `<0..9>` for a number in it,
`<block>` for statements, `<place>` and `<value>` for a variable and a value of its type, `<list>`
for a variable that is a slice, and `<same>` for that one again.
"""

from __future__ import annotations

import argparse
import random  # noqa: TID251 - seeded with a number: the same program each time
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from mkdocs_gomem import pipeline
from mkdocs_gomem.source import Limits, Rejected, SourceFile
from tools import oracle

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEEPEST = 3
_STATEMENTS = 60
_LIMITS = Limits(steps=10**8, output=10**8)
_SLOT = re.compile(r"<([^<>]+)>")

_HEAD = """\
package main

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

type point struct{ x, y int }

func (p point) Area() int        { return p.x * p.y }
func (p *point) Grow(n int) *point { p.x += n; return p }

type part struct{ z int }

func (p part) Get() int   { return p.z }
func (p *part) Set(n int) { p.z = n }

type node struct {
	part
	a    int
	b    string
	in   point
	next *node
	list []int
	arr  [4]int
}

func (n *node) Area() int           { return n.a + n.in.x }
func (n node) With(a int) node      { n.a = a; n.in.y++; return n }
func box(n node) *node              { return &n }
func pick(n int) (p point, q *point) { q = &p; p.x = n; return }

type count int

func (c count) Area() int      { return int(c) * 2 }
func (c count) String() string { return "c" + strconv.Itoa(int(c)) }

type shape interface{ Area() int }

var total = 3
var shared = []int{1, 2, 3, 4}
var errOdd = errors.New("odd")

type stack[T any] struct{ items []T }

func (s *stack[T]) Push(item T) { s.items = append(s.items, item) }
func (s *stack[T]) Pop() (item T, ok bool) {
	if len(s.items) == 0 {
		return item, false
	}
	item = s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return item, true
}
func convert[A, B any](list []A, f func(A) B) (made []B) {
	for _, item := range list {
		made = append(made, f(item))
	}
	return made
}
func sum[N int | float64](list ...N) (t N) {
	for _, n := range list {
		t += n
	}
	return t
}
func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for key := range m {
		list = append(list, key)
	}
	slices.Sort(list)
	return list
}
func count3(n int) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for i := range n {
			if !yield(i, strings.Repeat("z", i)) {
				return
			}
		}
	}
}
func at(list []int, i int) int {
	if i < 0 || i >= len(list) {
		return -1
	}
	return list[i]
}
func from(list []int, i int) []int {
	if i < 0 || i > len(list) {
		return list
	}
	return list[i:]
}
func head(text string) string { return text[:min(len(text), 60)] }
func odd(n int) (r int, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("wrapped: %v", v)
		}
	}()
	switch n % 4 {
	case 1:
		return 0, fmt.Errorf("%d: %w", n, errOdd)
	case 2:
		var none []int
		return none[n], nil
	}
	return n * 2, nil
}
func kind(v any) string {
	switch v := v.(type) {
	case nil:
		return "nil"
	case int, bool:
		return fmt.Sprint("plain ", v)
	case string:
		return "text " + v
	case shape:
		return "shape " + strconv.Itoa(v.Area())
	case []int:
		return "list " + strconv.Itoa(len(v))
	default:
		return fmt.Sprintf("%T", v)
	}
}

type cell[T any] struct{ held T }

func (c cell[T]) Map[U any](f func(T) U) cell[U] { total++; return cell[U]{f(c.held)} }
func (c *cell[T]) Put(held T) *cell[T]          { c.held = held; total ^= 1; return c }
func (c cell[T]) Get() T                         { return c.held }

var kept = &cell[int]{5}

//go:noinline
func bump(n int) int {
	total += n & 3
	shared[total&3]++
	return n ^ total&7
}
func same[T any](value T) T { total++; return value }
func list(items ...int) []int {
	return []int{
		total,
		len(items),
	}
}
func table(n int) map[string]int {
	return map[string]int{
		"n": n,
		"a": 1,
	}
}

var turns int

type twice interface{ Twice(int) int }

func (p point) Twice(n int) int { total++; return p.x + n }
func (n *node) Twice(a int) int { return n.a + a }

var hooks = [4]func(int) int{bump, nil, same[int]}
var shapes = []shape{point{1, 2}, nil, (*node)(nil)}
var twices = []twice{point{1, 2}, nil, (*node)(nil)}
var ways = map[any]int{1: 1}

"""

_LEAVES = {
    "int": ("<0..40>", "-1", "total"),
    "string": ('"a"', '"日本"', '""'),
    "bool": ("true", "false"),
    "float64": ("1.5", "-3.0"),
    "point": ("point{1, 2}",),
    "node": ("node{a: 1}",),
    "*node": ("(&node{a: 2})",),
    "[]int": ("[]int{1, 2}", "[]int(nil)"),
    "map[string]int": ('map[string]int{"k": 1}',),
    "[4]int": ("[4]int{1, 2, 3}",),
    "any": ("any(1)", "any(nil)"),
    "shape": ("shape(count(2))",),
    "func(int) int": ("func(i int) int { return i }",),
    "risk": ("shared[n]", "(*node)(nil).a", "any(n).(count).Area()", "(n / (n & 1))"),
}  # fmt: skip
_UNDECLARED = "risk"
"""An int that may panic instead: its leaves and forms stand only where that is caught."""

_EXPRESSIONS = {
    "int": (
        "(<int> + <int>)", "(<int> * <int>)", "(<int> - <int>)", "(<int> ^ <int>)", "(<int> &^ 5)",
        "(<int> % 7)", "(<int> / -4)", "(<int> >> 2)", "(<int> << uint(<int>&7))", "len(<string>)",
        "len(<[]int>)", "<node>.a", "<*node>.a", "<point>.Area()", "<node>.Get()", "<shape>.Area()",
        "<map[string]int>[<string>]", "max(<int>, <int>)", "min(<int>, 7, <int>)",
        "<func(int) int>(<int>)", "<[4]int>[<int>&3]", "sum(<int>, <int>)", "sum(<[]int>...)",
        "at(<[]int>, <int>)", "int(int8(<int>))", "int(uint16(<int>))", "shared[<int>&3]",
        "len(append(<[]int>, <int>))", "cap(make([]int, 0, <0..9>))",
        "bump(<int>)", "same(<int>)", "kept.Put(<int>).held", "kept.held", "any(<int>).(int)",
        "cell[int]{<int>}.Map(<func(int) int>).held", "cell[int].Get(cell[int]{<int>})",
        "[]int{1: <int>, 0: <int>}[<int>&1]", "node{b: <string>, a: <int>}.a",
    ),
    "string": (
        "(<string> + <string>)", "fmt.Sprint(<int>)", "<node>.b", "strings.ToUpper(<string>)",
        "kind(<any>)", "string(rune(<int>&63+60))", 'fmt.Sprintf("%v %+v", <any>, <point>)',
        "string([]byte(<string>))", "count(<int>).String()", "strconv.Itoa(<int>)",
        'strings.Join(keys(<map[string]int>), ",")',
    ),
    "bool": (
        "(<int> < <int>)", "(<int> != <int>)", "(<string> == <string>)", "(<bool> && <bool>)",
        "(<bool> || <bool>)", "!<bool>", "(<point> == <point>)", "(<any> == any(<int>))",
        "(<[4]int> == <[4]int>)", "(<*node> == <*node>)", "same(<bool>)",
    ),
    "float64": ("float64(<int>)", "(<float64> + <float64>)", "(<float64> / 4)",
                "float64(float32(<float64>))", "sum(<float64>, 0.5)"),
    "point": ("point{<int>, <int>}", "point{y: <int>}", "<node>.in",
              "(*(&point{y: <int>}).Grow(<int>))"),
    "node": ("node{a: <int>, b: <string>, in: <point>}", "<node>.With(<int>)", "(*<*node>)",
             "node{part: part{<int>}, list: <[]int>}", "<*node>.With(<int>)"),
    "*node": ("(&node{a: <int>, next: <*node>})", "box(<node>)",
              "(&node{b: <string>, list: <[]int>})"),
    "[]int": ("[]int{<int>, <int>, <int>}", "append(<[]int>, <int>)", "append(<[]int>, <[]int>...)",
              "from(<[]int>, <int>)", "<node>.list", "slices.Clone(<[]int>)",
              "convert(<[]int>, <func(int) int>)", "make([]int, <0..3>, 5)",
              "append(shared, <int>)", "list(<int>, <int>)"),
    "map[string]int": ("table(<int>)", "map[string]int{\n\"k\": 1,\n<string>: <int>,\n}",
                       "map[string]int{<string>: <int>}", "map[string]int{}"),
    "[4]int": ("[4]int{<int>, <int>}", "[...]int{3: <int>}", "<node>.arr"),
    "any": ("any(<int>)", "any(<string>)", "any(<point>)", "any(<bool>)", "any(<shape>)",
            "any(<float64>)", "any(<[4]int>)"),
    "shape": ("shape(count(<int>))", "shape(<point>)", "shape(<*node>)"),
    "func(int) int": ("func(i int) int { return <int> }",),
    "risk": (
        "<[]int>[<int>]", "<[]int>[<risk>]", "<*node>.next.a", "(<int> / (<int> & 1))",
        "(<int> % <risk>)", "<any>.(int)", "int(<any>.(float64))", "len(<[]int>[<int>:])",
        "len(<[]int>[<int>:<risk>])", "(<risk> + <risk>)", "(<risk> - <int>)", "bump(<risk>)",
        "same(<risk>)", "max(<risk>, <risk>)", "sum(<risk>, <risk>)", "hooks[<risk>](<risk>)",
        "hooks[<int>&3](<risk>)", "shapes[<risk>].Area()", "shapes[<int>&3].Area()",
        "twices[<int>&3].Twice(<risk>)", "twices[<risk>].Twice(<risk>)", "ways[<any>]",
        "<*node>.next.Area()", "<*node>.next.With(<risk>).a", "point{<risk>, <risk>}.Area()",
        "[]int{<risk>, <risk>}[<int>&1]", "<map[string]int>[<string>[<int>:]]", "(1 << <risk>)",
        "int(<string>[<int>])", "at(<[]int>, <risk>)",
        "node{a: <risk>, in: point{<risk>, <int>}}.a",
    ),
}  # fmt: skip

_STATEMENTS_TABLE = (
    "<declare>", "<declare>", "<declare>", "<place> = <value>", "<place> = <value>",
    "<place>, <place> = <value>, <value>", "<counter> += <int>", "<counter>++",
    "<counter> ^= <int>",
    "fmt.Println(<int>, <bool>, head(<string>))", "fmt.Println(<point>, <[]int>, <[4]int>)",
    "if <bool> {\n<block>\n}", "if <bool> {\n<block>\n} else {\n<block>\n}",
    "for i := 0; i < <1..4>; i++ {\n<turn><block i int>\n}",
    "for i := range <1..4> {\n<turn><block i int>\n}",
    "for _, i := range (<[]int>) {\n<turn><block i int>\n}",
    "for i, w := range count3(<0..4>) {\n<turn>_ = w\n<block i int>\n}",
    "for _, w := range keys(<map[string]int>) {\n<turn>_ = w\n<block w string>\n}",
    "switch (<int>) & 3 {\ncase 0:\n<block>\ncase 1:\n<block>\nfallthrough\ndefault:\n<block>\n}",
    "if r, err := odd((<int>) & 15); err != nil {\nfmt.Println(err, errors.Is(err, errOdd), r)\n}",
    "func() {\ndefer func() {\nif v := recover(); v != nil {\nfmt.Println(v)\n}\n}()\n<block>\n}()",
    "func() {\ndefer fmt.Println(<int>, <point>)\n<block>\n}()",
    "func() {\n<caught>fmt.Println(<risk>, <risk>)\n}()", "func() {\n<caught>n += <risk>\n}()",
    "func() {\n<caught><list>[<int>] = <risk>\n}()",
    "func() {\n<caught>_ = []any{<risk>, <risk>}\n}()",
    "func() {\n<caught>if (<risk> > <risk> && <risk> < <int>) {\n<block>\n}\n}()",
    "func() {\n<caught>defer bump(<risk>)\n}()",
    "func() {\n<caught>table(1)[<string>[<int>:]] = <risk>\n}()",
    "q := &stack[int]{}\nq.Push(<int>)\nfmt.Println(q.Pop())\nfmt.Println(len(q.items))",
    "fs := []func() int{}\n<three>\nfor _, f := range fs {\nfmt.Println(f(), f())\n}",
    "p, q := pick(<int>)\nq.y = <int>\nfmt.Println(p, *q)",
    "for i, x := range <list> {\n<turn><same> = <[]int>\nn += x\n<block i int>\n}",
    "for i := 0; i < len(<list>); i++ {\n<turn>n += <same>[i] - at(<same>, i+1)\n<block i int>\n}",
    "for i := len(<list>) - 1; i >= 0; i-- {\n<turn><same>[i] ^= i\n<block i int>\n}",
    ("for i := 0; i < len(<list>)-1; i++ {\n<turn>if <same>[i] > <same>[i+1] {\n"
     "<same>[i], <same>[i+1] = <same>[i+1], <same>[i]\n}\n<block i int>\n}"),
    "if len(<list>) > <0..3> {\nn += <same>[<0..4>]\n<same> = <same>[1:]\nn ^= <same>[0]\n}",
    "if n > 0 && func() bool { n -= <0..5>; return true }() {\nn += shared[n&7]\n}",
    "o := <node>\no, o.in = o.With(<int>), <point>\nfmt.Println(o.a, o.in)",
    "switch (<int>) & 3 {\ncase <int> & 3, <int> & 3:\n<block>\ncase <int> & 3:\n<block>\n}",
    ("g := cell[string].Map[int]\n"
     "fmt.Println(g(cell[string]{<string>}, func(s string) int { return len(s) }))"),
    "g := kept.Map[string]\nfmt.Println(g(func(i int) string { return head(<string>) }).Get())",
    "total, shared[max(<int>, 0)&3] = <int>, bump(<int>)",
    ("e := stack[*cell[int]]{}\nfor i := range 3 {\ne.items = append(e.items, &cell[int]{i})\n}\n"
     "fmt.Println(len(e.items), <int>)"),
    "a := <[4]int>\na, a[<int>&3] = <[4]int>, sum(<int>, 1)\nfmt.Println(a)",
    "h := <int>\nfor i := 0; i < <1..9>; i++ {\nh = h*1000003 ^ i\n}\nfmt.Println(h)",
    ("t := <int>\nfor i := <0..9>; i <= (<int>) & 15; i++ {\nif i == <0..9> {\ncontinue\n}\n"
     "t += i << 60\n}\nfmt.Println(t)"),
    ("t := uint8(n)\nfor _, x := range <list> {\nt -= uint8(x) * 7\nif x == <0..9> {\nbreak\n}\n}\n"
     "fmt.Println(t)"),
    ("t := <int>\nfor i := (<int>) & 15; i > 0; i -= 2 {\nfor j, x := range <list> {\n"
     "<same>[j] ^= i\nt += x * j\n}\n}\nfmt.Println(t)"),
    ("t := (<int>) & 255\nfor i := 0; t > 1 && i < 20; i++ {\nif t%2 == 0 {\nt /= 2\n} else {\n"
     "t = 3*t + 1\n}\n}\nfmt.Println(t)"),
)  # fmt: skip
_DECLARING = ("q :=", "fs :=", "p, q :=", "o :=", "a :=", "h :=", "g :=", "e :=", "t :=")
_THREE = "for i := range 3 {\nfs = append(fs, func() int { i++; return i + <int> })\n}"
_CAUGHT = "defer func() {\nfmt.Println(recover())\n}()\n"
_TURN = "if turns++; turns > 60 {\nbreak\n}\n"
_FIELDS = {
    "node": (("a", "int"), ("b", "string"), ("in", "point"), ("in.x", "int"), ("z", "int"),
             ("list", "[]int"), ("arr", "[4]int"), ("next", "*node")),
    "point": (("x", "int"), ("y", "int")),
}  # fmt: skip


class _Function:
    """A function in the making: the variables in scope, and a stock of statements."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.scopes = [{"n": "int", "s": "string", "ps": "*node", "l": "[]int"}]
        self.stock = _STATEMENTS
        self.named = 0
        self.list = ""
        """The slice that a statement is about."""

    def block(self, extra: dict[str, str]) -> str:
        self.scopes.append(extra)
        lines = [f"_ = {name}" for name in extra]
        for _ in range(self.chance.randint(1, 3)):
            self.stock -= 1
            if self.stock > 0:
                lines.append(self.statement())
        self.scopes.pop()
        return "\n".join(lines)

    def statement(self) -> str:
        types: list[str] = []
        template = self.chance.choice(_STATEMENTS_TABLE)
        text = _SLOT.sub(lambda slot: self._fill(slot[1], types), template)
        declares = template.startswith(_DECLARING)
        return f"{{\n{text}\n}}" if declares else text

    def _fill(self, slot: str, types: list[str]) -> str:
        word, _, rest = slot.partition(" ")
        match word:
            case "declare":
                return self._declare()
            case "place":
                place, typ = self.chance.choice(self._places())
                types.append(typ)
                return place
            case "value":
                return self.expression(types.pop(0), 0)
            case "counter":
                return self.chance.choice([p for p, typ in self._places() if typ == "int"])
            case "caught":
                return _CAUGHT
            case "turn":
                return _TURN
            case "list":
                self.list = self.chance.choice(self._of("[]int"))
                return self.list
            case "same":
                return self.list
            case "three":
                return _SLOT.sub(lambda inner: self._fill(inner[1], types), _THREE)
            case "block":
                name, _, typ = rest.partition(" ")
                return self.block({name: typ} if name else {})
            case _:
                return self.expression(slot, 0)

    def _declare(self) -> str:
        typ = self.chance.choice([typ for typ in _LEAVES if typ != _UNDECLARED])
        value = self.expression(typ, 0)
        self.named += 1
        name = f"v{self.named}"
        self.scopes[-1][name] = typ
        return f"var {name} {typ} = {value}\n_ = {name}"

    def _of(self, typ: str) -> list[str]:
        return [name for scope in self.scopes for name, have in scope.items() if have == typ]

    def _places(self) -> list[tuple[str, str]]:
        found = [("total", "int"), ("shared[<int>&3]", "int")]
        for typ in _LEAVES:
            for name in self._of(typ):
                found.append((name, typ))
                fields = _FIELDS.get(typ.removeprefix("*"), ())
                found += [(f"{name}.{field}", inner) for field, inner in fields]
                if typ == "[4]int":
                    found.append((f"{name}[<int>&3]", "int"))
        return [(_SLOT.sub(lambda slot: self.expression(slot[1], 2), p), t) for p, t in found]

    def expression(self, typ: str, depth: int) -> str:
        if ".." in typ:
            low, _, high = typ.partition("..")
            return str(self.chance.randint(int(low), int(high)))
        known = self._of(typ)
        if known and (depth >= _DEEPEST or self.chance.random() < 0.45):
            return self.chance.choice(known)
        table = _LEAVES if depth >= _DEEPEST else _EXPRESSIONS
        text = self.chance.choice(table[typ])
        return _SLOT.sub(lambda slot: self.expression(slot[1], depth + 1), text)


def program(number: int) -> str:
    """Write the program of a number."""
    chance = random.Random(number)  # noqa: S311 - no secret
    text = _HEAD
    calls = ""
    for at in range(5):
        function = _Function(chance)
        body = "\n".join(function.statement() for _ in range(chance.randint(5, 10)))
        pragma = "//go:noinline\n" * (chance.random() < 0.4)
        text += (
            f"{pragma}func f{at}(n int, s string, ps *node, l []int) int {{\n"
            "defer func() {\nif v := recover(); v != nil {\nfmt.Println(v)\n}\n"
            "fmt.Println(n, head(s), ps.a, ps.in, l, total)\n}()\n"
            f"turns = 0\n{body}\nreturn n\n}}\n\n"
        )
        calls += (
            f'for i := range 3 {{\nfmt.Println(f{at}(i, "st", &node{{a: i}}, []int{{i, 2}}))\n}}\n'
        )
    return f"{text}func main() {{\n{calls}}}\n"


def ours(text: str) -> dict[str, str]:
    """Answer as `oracle.answer` does."""
    files = (SourceFile("main.go", text.encode()),)
    said = {}
    decisions = pipeline.decide(files)
    plain = pipeline.decide(files, inlining=False)
    for section, taken in (("go/escape", decisions), ("go/escape-l", plain)):
        lines = pipeline.remarks(taken)
        said[section] = "".join(f"{line.removeprefix('main.go:')}\n" for line in lines)
    trace = pipeline.execute(decisions, _LIMITS)
    said["go/stdout"] = trace.stdout.decode("utf-8", "replace")
    said["go/exit"] = f"{trace.outcome.status}\n"
    said["go/allocs"] = "".join(
        f"{line} {len(sizes)} {sum(sizes)}\n"
        for (file, line), sizes in pipeline.allocated(trace).items()
        if file == "main.go"
    )
    return said


def compare(go: oracle.Toolchain, number: int) -> Iterator[str]:
    """Yield what differs in the program of a number."""
    text = program(number)
    sections = {"go/escape-l", "go/escape", "go/stdout", "go/exit", "go/allocs"}
    try:
        theirs = oracle.answer(go, {"main.go": text}, sections)
    except (oracle.OracleError, subprocess.TimeoutExpired) as error:
        # The scheduler allocated something; or what is doubled in a loop grew too long.
        yield f"{number}: not compared: {str(error)[:60]}"
        return
    if "go/errors" in theirs:
        yield f"{number}: not compared: {theirs['go/errors'].splitlines()[0]}"
        return
    try:
        mine = ours(text)
    except Rejected as refusal:
        yield f"{number}: refused: {refusal}"
        return
    for section in sorted(sections):
        have, want = Counter(mine[section].split("\n")), Counter(theirs[section].split("\n"))
        for sign, lines in (("+", have - want), ("-", want - have)):
            for line in list(lines)[:3]:
                yield f"{number}: {section} {sign} {line}"


def main() -> int:
    """Compare some programs; the status says if any differed."""
    parser = argparse.ArgumentParser(prog="python -m tools.random_programs")
    parser.add_argument("first", type=int)
    parser.add_argument("last", type=int)
    parser.add_argument("--keep", type=Path, help="where to put programs that differ")
    options = parser.parse_args()
    go = oracle.Toolchain(oracle.find_go())
    differ = 0
    for number in range(options.first, options.last):
        told = list(compare(go, number))
        print(*told, sep="\n", end="\n" * bool(told))
        if any("not compared" not in line for line in told):
            differ += 1
            if options.keep is not None:
                options.keep.mkdir(parents=True, exist_ok=True)
                (options.keep / f"{number}.go").write_text(program(number))
    print(f"{differ} of {options.last - options.first} programs differ")
    return differ > 0


if __name__ == "__main__":
    sys.exit(main())
