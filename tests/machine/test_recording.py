"""What a run that is recorded notes, and what one that is not does without."""

from __future__ import annotations

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.machine.trace import Event, Scalar, Trace
from mkdocs_gomem.source import Limits, SourceFile, line_of

LOOP = """\
package main

import "fmt"

func main() {
	sum := 0
	for i := 0; i < 20000; i++ {
		sum += i
	}
	fmt.Println(sum)
}
"""
DEFERRED = """\
package main

//go:noinline
func fails(n int) {
	if n == 0 {
		panic("deep")
	}
	fails(n - 1)
}

func saves() (text any) {
	defer func() { text = recover() }()
	fails(2)
	return "no"
}

func main() {
	text := saves()
	println(text.(string))
}
"""
STEPS_ONLY = """\
package main

//go:noinline
func nothing(n int, deep bool) {
	_ = n
	if deep {
		_ = n
		_ = n
	}
	_ = n
}

func main() {
	nothing(1, true)
	println("ok")
}
"""

HASH = """\
package main

func main() {
	h := 7
	for j := 0; j < 40; j++ {
		h = h*1000003 ^ j
		println(h)
	}
}
"""


SCOPES = """\
package main

//go:noinline
func f(n int) int {
	for i := 0; i < n; i++ {
		n--
	}
	if x := n * 2; x > 3 {
		n++
	}
	switch y := n; {
	case y > 1:
		n += y
	}
	for k := range n {
		n += k
	}
	return n
}

func main() { println(f(5)) }
"""

SUM = """\
package main

func main() {
	s, down := 1<<62, 0
	for j := 0; j < 20; j++ {
		s += 1 << 61
		s ^= j
		down = down - 3<<60
	}
	println(s, down)
}
"""


def files(text: str) -> list[SourceFile]:
    return [SourceFile("main.go", text.encode())]


def run(text: str, limits: Limits) -> Trace:
    return pipeline.execute(pipeline.decide(files(text)), limits)


def test_a_long_run_is_recorded_up_to_its_limit_and_told_to_its_end() -> None:
    trace = run(LOOP, Limits(recorded=100))
    assert trace.stdout == b"199990000\n"
    assert trace.is_cut
    assert len(trace.steps) == 100
    assert trace.steps[-1].printed == ""
    assert trace.at(99).step == 99


def test_steps_of_a_run_that_was_cut_have_printed_what_they_printed() -> None:
    trace = run(LOOP.replace("sum += i", "if i%1000 == 0 { fmt.Println(i) }"), Limits())
    assert trace.is_cut
    assert [step.printed for step in trace.steps if step.printed] == ["0\n", "1000\n"]
    assert trace.stdout.startswith(b"0\n1000\n2000\n")


def test_a_short_run_is_recorded_whole() -> None:
    trace = run(DEFERRED, Limits())
    assert not trace.is_cut
    assert Event.END in trace.steps[-1].events


def test_nothing_is_recorded_for_who_does_not_ask() -> None:
    trace = run(LOOP, Limits(recorded=0))
    assert trace.steps == ()
    assert trace.stdout == b"199990000\n"


def test_a_panic_takes_frames_away_and_recover_returns() -> None:
    depths = [(line_of(step.pos), step.depth) for step in run(DEFERRED, Limits()).steps]
    assert max(depth for _, depth in depths) == 5  # main, saves, and three of fails
    last = max(number for number, (_, depth) in enumerate(depths) if depth == 5)
    literal = [(12, 3)] * 3  # called, has run, returns: it stands on saves, fails is gone
    assert depths[last + 1 :] == [*literal, (18, 1), (19, 1), (17, 1), (0, 0)]


def test_what_cannot_wrap_is_not_checked() -> None:
    code = pipeline.DUMPS["codegen"](files(LOOP.replace("sum += i", "sum ^= i")))
    assert "w64" not in code
    assert "w64" in pipeline.DUMPS["codegen"](files(LOOP))


def test_blocks_of_nothing_but_steps_are_blocks_without_recording_too() -> None:
    trace = run(STEPS_ONLY, Limits(recorded=0))
    assert trace.stderr == b"ok\n"


def test_a_hash_is_shown_with_its_sign_at_every_step() -> None:
    trace = run(HASH, Limits())
    told = trace.stderr.decode().split()
    assert any(int(value) < 0 for value in told)
    shown = []
    for number, step in enumerate(trace.steps):
        if step.printed:
            (frame,) = trace.at(number).goroutines[0].frames
            shown.append({cell.name: cell.value for cell in frame.cells}["h"])
    assert [value.text for value in shown if isinstance(value, Scalar)] == told


def test_a_sum_is_shown_as_it_wraps_at_every_step() -> None:
    trace = run(SUM, Limits())
    shown: list[list[int]] = [[], []]
    for number, step in enumerate(trace.steps):
        (frame,) = trace.at(number).goroutines[0].frames if step.depth else (None,)
        for cell in () if frame is None else frame.cells:
            if cell.name in {"s", "down"} and isinstance(cell.value, Scalar):
                values = shown[cell.name == "down"]
                value = int(cell.value.text)
                if values[-1:] != [value]:
                    values.append(value)

    def wrapped(value: int) -> int:
        return (value + (1 << 63)) % (1 << 64) - (1 << 63)

    sums, downs = [1 << 62], [0]
    for j in range(20):
        sums.append(wrapped(sums[-1] + (1 << 61)))
        if j:
            sums.append(sums[-1] ^ j)
        downs.append(wrapped(downs[-1] - (3 << 60)))
    assert shown == [sums, downs]
    assert trace.stderr.decode().split() == [str(sums[-1]), str(downs[-1])]


def test_variables_of_a_statement_are_gone_behind_it() -> None:
    trace = run(SCOPES, Limits())
    held = {}
    for number, step in enumerate(trace.steps):
        if step.function == "main.f":
            cells = trace.at(number).goroutines[0].frames[0].cells
            there = {cell.name for cell in cells if cell.value is not None}
            held[line_of(step.pos)] = there
    assert held[5] == {"n", "i"}
    assert held[8] == held[9] == {"n", "x"}
    assert held[11] == held[13] == {"n", "y"}
    assert held[15] == held[16] == {"n", "k"}
    assert held[18] == {"n"}


def test_what_goroutines_do_is_shown_as_it_changes() -> None:
    text = """\
package main

func main() {
	c := make(chan int)
	go func() {
		c <- 1
		c <- 2
	}()
	<-c
	select {}
}
"""
    trace = run(text, Limits())
    seen: list[tuple[str, ...]] = []
    for number in range(len(trace.steps)):
        now = tuple(
            f"{each.status.value} {each.reason}".strip() for each in trace.at(number).goroutines
        )
        if not seen or now != seen[-1]:
            seen.append(now)
    assert seen == [
        ("running",),
        ("running", "runnable"),
        ("waiting chan receive", "running"),
        ("runnable", "running"),
        ("running", "waiting chan send"),
        ("waiting select (no cases)", "waiting chan send"),
    ]


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        ("for range 400 { keep = make([]byte, 1<<20) }", "var keep []byte"),
        ("for { keep = make([]byte, 1<<20) }", "var keep []byte"),
        ('s := strings.Repeat("1 ", 1<<18)\nfor { var m int; fmt.Sscan(s, &m) }', ""),
        ("for { keep = append(keep[:0], new([999]int)) }", "var keep []*[999]int"),
    ],
)
def test_what_is_kept_for_a_picture_ends_no_run(body: str, declared: str) -> None:
    imports = "".join(f'import "{name}"\n' for name in ("fmt", "strings") if f"{name}." in body)
    text = f"package main\n{imports}{declared}\nfunc main() {{\n{body}\n}}\n"
    decisions = pipeline.decide_to_run((SourceFile("main.go", text.encode()),))
    trace = pipeline.execute(decisions, Limits(steps=300_000))
    assert trace.outcome.message in ("", "steps")
    last = trace.steps[-1]
    assert trace.at(last.number).step == last.number
