"""The library reads of std what is asked for, and what it reads checks."""

from __future__ import annotations

import pytest

from mkdocs_gomem.compiler import checker, syntax
from mkdocs_gomem.compiler.checker.checker import Checker
from mkdocs_gomem.compiler.library import Library, standard
from mkdocs_gomem.compiler.library.library import link_name
from mkdocs_gomem.compiler.library.package import default_name
from mkdocs_gomem.gotypes import objects, types, universe
from mkdocs_gomem.source import NO_POS, SourceFile
from mkdocs_gomem.std import pack


def check_std(path: str) -> Checker:
    std = pack.open_package(path)
    assert std is not None
    files = [
        syntax.parse(SourceFile(f"{path}/{file.name}", std.text_of(file)), std=True)
        for file in std.files
        if file.decides
    ]
    state = Checker(objects.Package(std.link_path, std.name), standard())
    checker.init_files(state, files)
    checker.check_files(state)
    return state


@pytest.mark.parametrize(
    "path",
    ["errors", "unicode/utf8", "sort", "sync", "sync/atomic", "slices", "maps", "bytes", "iter"],
)
def test_std_packages_check_in_full(path: str) -> None:
    state = check_std(path)
    assert checker.format_errors(state.errors) == []


def lookup(lib: Library, path: str, name: str) -> objects.Object:
    pkg = lib.package(path)
    assert pkg is not None
    obj = pkg.scope.lookup(name)
    assert obj is not None
    return obj


def method(lib: Library, path: str, name: str, of: str) -> objects.Func:
    named = types.as_named(lookup(lib, path, of).type)
    assert named is not None
    return next(m for m in named.methods if m.name == name)


def test_only_what_is_named_is_read() -> None:
    lib = Library()
    println = lookup(lib, "fmt", "Println")
    assert str(println.type) == "func(a ...any) (n int, err error)"
    fmt = lib._by_link_path["fmt"]
    assert {obj.name for obj in fmt.check.obj_map} == {"Println"}
    assert set(lib._by_link_path) == {"fmt"}


def test_bodies_come_with_their_types() -> None:
    lib = Library()
    found = lib.body(method(lib, "strings", "WriteString", "Builder"))
    assert found is not None
    fdecl, info = found
    assert fdecl.body is not None
    spelled = {syntax.spell(e): str(t.type) for e, t in info.types.items()}
    assert spelled["b.buf"] == "[]byte"
    assert lib.body(method(lib, "strings", "WriteString", "Builder")) == found


def test_generic_bodies_and_methods_of_instances() -> None:
    lib = Library()
    index = lookup(lib, "slices", "Index")
    assert isinstance(index, objects.Func)
    assert lib.body(index) is not None
    pointer = types.as_named(lookup(lib, "sync/atomic", "Pointer").type)
    assert pointer is not None
    instance = lib.context.instance(pointer, [types.TYP[types.BasicKind.INT]])
    assert isinstance(instance, types.Named)
    load = next(m for m in instance.methods if m.name == "Load")
    assert str(load.type) == "func() *int"
    assert lib.body(load) is not None


def test_functions_without_a_body_have_none() -> None:
    lib = Library()
    add = lookup(lib, "internal/runtime/atomic", "Xadd")
    assert isinstance(add, objects.Func)
    assert lib.body(add) is None
    assert lib.body(objects.Func(NO_POS, None, "nobody")) is None


def test_initial_values_of_variables() -> None:
    lib = Library()
    eof = lookup(lib, "io", "EOF")
    assert isinstance(eof, objects.Var)
    found = lib.initializer(eof)
    assert found is not None
    initializer, info = found
    assert syntax.spell(initializer.rhs) == 'errors.New("EOF")'
    assert str(info.types[initializer.rhs].type) == "error"


def test_a_literal_gives_its_type_without_being_checked() -> None:
    lib = Library()
    letters = lookup(lib, "unicode", "Letter")
    lib.complete(letters)
    assert str(letters.type) == "*unicode.RangeTable"
    unicode = lib._by_link_path["unicode"]
    assert len(unicode.info.types) < 20


def test_facts_are_found_by_link_name() -> None:
    lib = Library()
    write = method(lib, "strings", "WriteString", "Builder")
    assert link_name(write) == "strings.(*Builder).WriteString"
    assert lib.inline_cost(write) is not None
    new = lookup(lib, "errors", "New")
    assert isinstance(new, objects.Func)
    assert lib.inline_cost(new) is not None
    tags = lib.tags(new)
    assert tags is not None
    assert len(tags) == 1


def test_unsafe_is_the_universe_s() -> None:
    assert standard().package("unsafe") is universe.UNSAFE


def test_names_of_packages_follow_from_their_paths() -> None:
    imported = set()
    for path in pack.packages():
        package = pack.open_package(path)
        assert package is not None
        imported |= {i.path for file in package.files for i in file.imports if not i.name}
    for path in imported - {"unsafe"}:
        package = pack.open_package(path)
        assert package is not None
        assert default_name(path) == package.name, path


def test_what_a_program_makes_stays_with_the_program() -> None:
    text = b'package main\n\nimport "sync/atomic"\n\nvar p atomic.Pointer[T]\n\ntype T int\n'
    before = len(standard().context._instances)
    tree = syntax.parse(SourceFile("main.go", text))
    checker.check([tree], standard())
    after = standard().context._instances
    assert len(after) - before < 5
    assert all("main.T" not in str(key) for key in after)
