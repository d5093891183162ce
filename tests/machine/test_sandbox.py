"""May a program's text do anything but stand for itself? Names, literals and comments that attack.

Whatever a program calls itself, its text never stands in generated code as written: it is
mangled, or a literal of bytes. Each program here runs right or is refused by name.
"""

from __future__ import annotations

import builtins
import keyword
import re
import tokenize
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem import pipeline
from mkdocs_gomem.compiler import codegen
from mkdocs_gomem.machine.run import Machine
from mkdocs_gomem.machine.trace import Ending, Trace
from mkdocs_gomem.source import Limits, Rejected, SourceFile

if TYPE_CHECKING:
    from mkdocs_gomem.machine.executable import Executable

HEAD = "package main\n\n"


def run(text: str | bytes) -> Trace:
    data = text if isinstance(text, bytes) else text.encode()
    executable = pipeline.decide_to_run((SourceFile("main.go", data),))
    return pipeline.execute(executable, Limits(recorded=50))


def generated(text: str) -> Executable:
    decisions = pipeline.decide((SourceFile("main.go", text.encode()),))
    return codegen.generate(decisions.program, decisions.placements, plan=decisions.static)


def printed(text: str | bytes) -> bytes:
    trace = run(text)
    assert trace.outcome.ending is Ending.EXITED, trace.outcome
    assert trace.outcome.status == 0
    return trace.stderr


DUNDERS = ["__class__", "__builtins__", "__import__", "__globals__", "__dict__", "__init__",
           "__slots__", "__name__", "f_globals", "gi_frame", "tb_frame", "mro"]  # fmt: skip
OURS = ["BG", "S", "E", "A", "B", "J", "K", "Y", "w64", "t1_", "t_1", "j_", "d_", "r0", "failure_",
        "main_entry", "data_entry", "init_entry", "NIL", "NILMAP", "Ref", "Slice", "Iface", "C0",
        "Z1", "T0", "E0", "main_main_1", "ticks", "turns", "whole", "f0", "v", "space"]  # fmt: skip
PYTHON = [word for word in (*keyword.kwlist, *keyword.softkwlist) if word not in
          {"break", "continue", "else", "for", "if", "import", "return", "case", "type",
           "_"}]  # fmt: skip
BUILTINS = ["eval", "exec", "open", "compile", "getattr", "setattr", "globals", "locals", "vars",
            "object", "super", "self", "breakpoint", "input", "memoryview"]  # fmt: skip
UNICODE = ["ﬁ", "ª", "ａ", "ﬀ", "ſ", "\u00c5", "\u212b", "ℌ", "𝐱", "𝒳", "µ", "μ", "К", "变量",
           "ϕ", "φ", "İ", "ı", "ᵢ", "x" * 20_000]  # fmt: skip
NAMES = [*DUNDERS, *OURS, *PYTHON, *BUILTINS, *UNICODE]


def everywhere(name: str) -> str:
    """Write a program that uses a name for everything that has one."""
    return (
        HEAD + f"type T struct {{ {name} int; f_{name} string }}\n"
        f"func (t *T) {name}_m() int {{ {name} := t.{name}; return {name} + 1 }}\n"
        f"type I_{name} interface {{ {name}_m() int }}\n"
        f"func F_{name}[{name} any](x {name}) {name} {{ return x }}\n"
        f"func other({name} int, more ...int) (r_{name} int) {{\n"
        f"\tdefer func() {{ r_{name} += {name} }}()\n"
        f"\tfor {name} := range 3 {{ more = append(more, {name}) }}\n"
        f"\treturn len(more)\n}}\n"
        f"func main() {{\n\t{name} := 40\n"
        f"{name}_l:\n\tfor {{ for {{ break {name}_l }} }}\n"
        f"\tt := T{{{name}: {name}, f_{name}: `{name[:9]}`}}\n"
        f"\tvar i I_{name} = &t\n"
        f"\tswitch {name} := any(i).(type) {{ case *T: println({name}.{name}_m()) }}\n"
        f"\tprintln(F_{name}({name}), other(1), t.f_{name})\n}}\n"
    )


@pytest.mark.parametrize("name", NAMES, ids=[ascii(name)[:24] for name in NAMES])
def test_any_name_is_just_a_name(name: str) -> None:
    assert printed(everywhere(name)) == f"41\n40 4 {name[:9]}\n".encode()


def test_names_that_python_takes_for_one_are_several() -> None:
    groups = [["ﬁ", "fi"], ["ａ", "a", "ª", "𝐚"], ["µ", "μ"], ["ſ", "s"], ["\u00c5", "\u212b"]]
    for group in groups:
        declared = "".join(f"\t{name} := {number}\n" for number, name in enumerate(group))
        uses = ", ".join(group)
        expected = " ".join(str(number) for number in range(len(group))) + "\n"
        text = HEAD + f"func main() {{\n{declared}\tprintln({uses})\n}}\n"
        assert printed(text) == expected.encode()
        fields = "".join(f"\t{name} int\n" for name in group)
        text = (
            HEAD + f"type T struct {{\n{fields}}}\n"
            f"func main() {{\n\tt := T{{{', '.join(str(n) for n in range(len(group)))}}}\n"
            f"\tprintln({', '.join(f't.{name}' for name in group)})\n}}\n"
        )
        assert printed(text) == expected.encode()


TEXTS = [
    "'", '"', "'''", '"""', "\\", "\\'", '\\"', "\n", "\r", "\r\n", "\0", "\x1a", "\f", "\v",
    "'\nimport os\n'", '");import os;("', "{0.__class__}", "%(x)s", "#", "\\N{BULLET}", "\\u0041",
    "\u2028", "\u2029", "\u0085", "\ufeff!", "\u202e", "\U0010ffff", "ﬁ", "${x}", "\\\n", "b''",
]  # fmt: skip


def go_quoted(text: str) -> str:
    return '"' + "".join(f"\\x{byte:02x}" for byte in text.encode()) + '"'


@pytest.mark.parametrize("text", TEXTS, ids=map(ascii, TEXTS))
def test_literals_are_their_bytes(text: str) -> None:
    quoted = go_quoted(text)
    rune = f"'\\U{ord(text[0]):08x}'"
    program = (
        HEAD + 'import "fmt"\n'
        f"const c = {quoted}\nvar m = map[string]int{{{quoted}: {rune}}}\n"
        f"type T struct {{ X int {quoted} }}\n"
        f"func main() {{\n\tprintln(len(c), m[c])\n"
        f'\tfmt.Printf("%x", c + {quoted})\n\tpanic({quoted})\n}}\n'
    )
    trace = run(program)
    size = len(text.encode())
    assert trace.stderr.startswith(f"{size} {ord(text[0])}\npanic: ".encode())
    assert trace.stdout == (text.encode() * 2).hex().encode()
    assert text.encode().replace(b"\n", b"\n\t") in trace.stderr


@pytest.mark.parametrize(
    "text", [t for t in TEXTS if "\0" not in t and "\ufeff" not in t], ids=ascii
)
def test_raw_strings_and_comments_are_not_code(text: str) -> None:
    body = (
        HEAD + f"/* {text} */\nfunc main() {{ // {text.splitlines()[0] if text.split() else ''}\n"
    )
    raw = text.replace("\r", "")
    program = body + f"\tprintln(len(`{text}`))\n}}\n"
    assert printed(program) == f"{len(raw.encode())}\n".encode()


@pytest.mark.parametrize(
    "line",
    ["//line '.go:1", '//line """.go:10', "//line a\\n.go:7:3", "//line \u2028x.go:3",
     "//line import os:5", "/*line ';':9:9*/", "//line ../../etc/passwd:1", "//line :1"],
)  # fmt: skip
def test_line_directives_name_any_file(line: str) -> None:
    program = HEAD + f"func f() {{ panic(1) }}\n{line}\nfunc main() {{ f() }}\n"
    try:
        trace = run(program)
    except Rejected:
        return
    assert trace.outcome.message == "panic: 1"


@pytest.mark.parametrize(
    "path",
    ["os'", "__builtins__", "builtins", "sys", "subprocess", "../os", "os\\n", "os.path", "C",
     "ctypes", "..", "/etc/passwd", "os\u2028", "unsafe ", "posix"],
)  # fmt: skip
def test_only_packages_of_std_are_imported(path: str) -> None:
    with pytest.raises(Rejected):
        run(HEAD + f'import x "{path}"\nfunc main() {{ x.System("true") }}\n')


@pytest.mark.parametrize(
    "text",
    [b"func main() { println(\x00) }", b"func main() { s := \"\xff\"; println(s) }",
     b"func main() { s := '\xed\xa0\x80'; println(s) }", b"func main() { s := \"\\ud800\" }",
     b"func main() { s := \"a\nb\" }", b"\xfe\xff", b"func m\xc3() {}",
     b"func main() { '\\U00110000' }"],
)  # fmt: skip
def test_text_that_is_no_go_is_refused(text: bytes) -> None:
    with pytest.raises(Rejected):
        run(HEAD.encode() + text + b"\n")


@pytest.mark.parametrize(
    ("imports", "call"),
    [("os", 'os.Open("/etc/passwd")'), ("os", 'os.ReadFile("/etc/passwd")'),
     ("os", 'os.WriteFile("/tmp/x", nil, 0o600)'), ("os", 'os.Remove("/tmp/x")'),
     ("os/exec", 'exec.Command("true").Run()'), ("net", 'net.Dial("tcp", "localhost:80")'),
     ("net/http", 'http.Get("http://localhost")'), ("syscall", "syscall.Getpid()"),
     ("plugin", 'plugin.Open("x")'), ("os", 'os.Hostname()'), ("os", "os.Getwd()")],
)  # fmt: skip
def test_the_world_outside_is_out_of_reach(imports: str, call: str) -> None:
    program = HEAD + f'import "{imports}"\nfunc main() {{ {call} }}\n'
    try:
        trace = run(program)
    except Rejected as refusal:
        is_kept_out = refusal.unsupported
    else:
        is_kept_out = trace.outcome.ending is Ending.EXITED  # with an error: nothing is there
    assert is_kept_out


def test_environment_clock_and_chance_are_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOMEM_SECRET", "secret")
    program = (
        HEAD + 'import (\n\t"fmt"\n\t"math/rand"\n\t"os"\n\t"time"\n)\n'
        'func main() {\n\tfmt.Println(os.Getenv("GOMEM_SECRET") == "", os.Args)\n'
        "\tfmt.Println(time.Now().Unix())\n"
        "\tfmt.Println(rand.Int(), rand.Int())\n\ttime.Sleep(time.Hour)\n"
        "\tfmt.Println(time.Now().Unix())\n}\n"
    )
    first, second = run(program), run(program)
    assert first.stdout == second.stdout
    assert b"secret" not in first.stdout
    assert first.stdout.startswith(b"true [./main]\n1257894000\n")


def test_generated_code_has_no_text_of_the_program_but_literals_of_bytes() -> None:
    secret = "Zqx" * 2
    program = (
        HEAD + f'import "fmt"\n// {secret}\ntype {secret} struct {{ {secret} int `{secret}` }}\n'
        f"func (x {secret}) m{secret}() string {{ return `{secret}'` }}\n"
        f'func main() {{\n{secret}:\n\tfor {{ break {secret} }}\n'
        f'\tvar x {secret}\n\tfmt.Println("{secret}\\"", x.m{secret}(), \'{secret[0]}\')\n}}\n'
    )  # fmt: skip
    text = generated(program).source
    assert secret in text
    known = set(dir(builtins)) | {"B", "S"}
    for token in tokenize.generate_tokens(StringIO(text).readline):
        if token.type == tokenize.STRING and secret in token.string:
            assert re.match(r"b['\"]", token.string), token
        elif token.type == tokenize.NAME and secret in token.string:
            assert re.fullmatch(r"\w+_\d+", token.string), token
        elif secret in token.string:
            assert token.type not in {tokenize.COMMENT, tokenize.ERRORTOKEN}, token
        if token.type == tokenize.NAME:
            assert not token.string.startswith("__"), token
            assert token.string.isascii(), token
    assert known


def test_generated_code_reaches_no_builtins() -> None:
    space = Machine(generated(HEAD + "func main() {}"), None, Limits()).space
    assert space["__builtins__"] == {}
    assert not {"eval", "exec", "open", "getattr", "__import__", "type", "object"} & space.keys()
