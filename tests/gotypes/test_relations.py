"""Identity, assignability, lookup, constraints and inference against go/types."""

from __future__ import annotations

import re

from mkdocs_gomem.gotypes import (
    conversions,
    identical,
    infer,
    instantiate,
    lookup,
    methods,
    objects,
    spelling,
    types,
)
from mkdocs_gomem.gotypes.types import TYP, BasicKind
from mkdocs_gomem.source import NO_POS
from tests.gotypes import tables
from tests.gotypes.typetext import Reader


def qualifier(pkg: objects.Package) -> str:
    return "" if pkg.path == "main" else pkg.name


def test_pairs_of_types() -> None:
    reader = tables.reader()
    table = list(tables.rows("pairs"))
    every = [reader.read(text) for text, _ in table]
    for typ, (text, row) in zip(every, table, strict=True):
        got = ""
        for other in every:
            bits = 1 * identical.identical(typ, other)
            bits |= 2 * identical.identical_ignore_tags(typ, other)
            bits |= 4 * conversions.assignable_to(typ, other)
            bits |= 8 * conversions.convertible_to(typ, other)
            got += f"{bits:x}"
            same_key = identical.type_key(typ) == identical.type_key(other)
            assert same_key or not bits & 1, (text, str(other))
        assert got == row, text


def test_link_strings_tell_types_apart() -> None:
    reader = tables.reader()
    every = [reader.read(text) for text, _ in tables.rows("pairs") if "func[" not in text]
    for typ in every:
        for other in every:
            same = identical.identical(typ, other)
            assert (spelling.link_string(typ) == spelling.link_string(other)) == same


def test_types_are_named_as_the_linker_names_them() -> None:
    reader = tables.reader()
    for text, want in tables.rows("links"):
        assert spelling.link_string(reader.read(text)) == want


def test_functions_are_named_as_the_linker_names_them() -> None:
    # From `go tool nm` of a package ex.am/pl.e/main with these declarations.
    reader = Reader("ex.am/pl.e/main")
    reader.declare(
        """
        type Tree[T any] struct { t T }
        type P struct {}
        type Local struct { x int }
        func (t *Tree[T]) Walk() T
        func (b Tree[T]) Conv[U any](f func(T) U) U
        func (p P) V()
        func (p *P) M()
        func F[T, U any](t T, u U)
        """.replace("\n        ", "\n")
    )
    local = reader.read("Local")
    assert isinstance(local, types.Named)
    local.obj.vargen = 1

    def method(text: str, index: int, *args: str, recv: list[str] | None = None) -> str:
        typ = reader.read(text)
        assert isinstance(typ, types.Named)
        return spelling.func_link_name(typ.method(index), args, recv)

    main = "ex.am/pl.e/main"
    assert method("Tree[int]", 0) == f"{main}.(*Tree[int]).Walk"
    assert method("Tree[Local]", 0) == f"{main}.(*Tree[{main}.Local·1]).Walk"
    shape = spelling.shape_name(local, basic=True)
    assert shape == f"go.shape.struct {{ {main}.x int }}"
    assert method("Tree[Local]", 0, recv=[shape]) == f"{main}.(*Tree[{shape}]).Walk"
    integer = spelling.shape_name(TYP[BasicKind.INT], basic=True)
    text = spelling.shape_name(TYP[BasicKind.STRING], basic=True)
    conv = method("Tree[int]", 1, text, recv=[integer])
    assert conv == f"{main}.Tree[go.shape.int].Conv[go.shape.string]"
    assert method("P", 0) == f"{main}.P.V"
    assert method("P", 1) == f"{main}.(*P).M"
    func = reader.pkg.scope.lookup("F")
    assert isinstance(func, objects.Func)
    pointer, many = reader.read("*P"), reader.read("[]P")
    args = [spelling.link_string(pointer), spelling.link_string(many)]
    assert spelling.func_link_name(func, args) == f"{main}.F[*{main}.P,[]{main}.P]"
    args = [spelling.shape_name(pointer, basic=True), spelling.shape_name(many, basic=True)]
    want = f"{main}.F[go.shape.*uint8,go.shape.[]{main}.P]"
    assert spelling.func_link_name(func, args) == want
    assert spelling.runtime_string(local) == "main.Local"


def test_selectors() -> None:
    reader = tables.reader()
    for question, addressable, obj_text, index_text, indirect in tables.rows("lookup"):
        text, name = question.split(" :: ")
        typ = reader.read(text)
        obj, index, is_indirect = lookup.lookup_field_or_method(
            typ, addressable == "true", reader.pkg, name
        )
        got = ("" if obj is None else str(obj), " ".join(map(str, index)), is_indirect)
        assert got == (obj_text, index_text, indirect == "true"), question


def test_method_sets() -> None:
    reader = tables.reader()
    for text, want in tables.rows("methodset"):
        typ = reader.read(text.replace("main.", ""))
        got = {
            f"{method.func.name} {' '.join(map(str, method.index))}"
            for method in methods.method_set(typ)
        }
        # go/types counts a method of an embedded interface as reached through a pointer.
        assert got == {each.rpartition(" ")[0] for each in want.split("; ") if each}, text


def test_constraints_and_interfaces() -> None:
    reader = tables.reader()
    for question, satisfies, implements in tables.rows("satisfy"):
        bound_text, type_text = question.split(" :: ")
        typ, bound = reader.read(type_text), reader.read(bound_text)
        for want, constraint in ((satisfies, True), (implements, False)):
            # `-`: the recorder can't ask; a pointer can't be a constraint literal.
            if want == "-" or want.startswith("undefined"):
                continue
            if not want and not constraint and not isinstance(bound.underlying, types.Interface):
                continue
            cause = instantiate.implements(typ, bound, constraint=constraint, qualifier=qualifier)
            got = (cause or "").replace("\n", "\\n").replace("\t", "\\t")
            assert got == want, question


def untyped(text: str) -> types.Type | None:
    if text == "nil":
        return TYP[BasicKind.UNTYPED_NIL]
    if text[0] == "'":
        return TYP[BasicKind.UNTYPED_RUNE]
    if text[0] == '"':
        return TYP[BasicKind.UNTYPED_STRING]
    if text[0].isdigit():
        if text.endswith("i"):
            return TYP[BasicKind.UNTYPED_COMPLEX]
        return TYP[BasicKind.UNTYPED_FLOAT if "." in text else BasicKind.UNTYPED_INT]
    return None


def split(text: str) -> list[str]:
    """Split at commas outside brackets."""
    parts, depth, part = [], 0, ""
    for char in text + ",":
        depth += (char in "([{") - (char in ")]}")
        if char == "," and not depth:
            parts.append(part.strip())
            part = ""
        else:
            part += char
    return parts


def infer_call(reader: Reader, func: objects.Func, text: str) -> str:
    signature = func.signature
    context = reader.context
    params, renamed = infer.rename_type_params(signature.type_params, signature.params, context)
    count = len(params)
    args = []
    for index, part in enumerate(split(text) if text else []):
        typ = untyped(part)
        name = part
        if part.startswith("Gen"):
            generic = reader.pkg.scope.lookup(part)
            assert isinstance(generic, objects.Func)
            more, typ = infer.rename_type_params(
                generic.signature.type_params, generic.signature, context
            )
            assert isinstance(typ, types.Signature)
            typ.type_params = more
            params = [*params, *more]
        elif typ is None:
            typ, name = reader.read(part), f"a{index}"
        args.append(
            infer.Argument(typ, NO_POS, lambda name=name: name, is_nil=part == "nil")  # type: ignore[misc]
        )
    assert isinstance(renamed, types.Tuple)
    variables = list(renamed.vars)
    if signature.variadic:
        last = variables.pop()
        assert isinstance(last.type, types.Slice)
        while len(variables) < len(args):
            variables.append(last.clone(last.type.elem))
    result = infer.infer(
        NO_POS, params, [], types.Tuple(variables), args, context, qualifier=qualifier
    )
    if isinstance(result, infer.InferenceError):
        return f"error: in call to F, {result.message}"
    result = result[:count]
    failure = instantiate.verify(params[:count], result, context, qualifier)
    if failure is not None:
        return f"error: {failure[1]}"
    return "; ".join(map(str, result))


def test_inference() -> None:
    reader = tables.reader()
    wrong = []
    for number, (question, want) in enumerate(tables.rows("infer")):
        declaration, args = question.split(" ::")
        name = f"F{number}"
        reader.declare(declaration.replace("func F", f"func {name}"))
        func = reader.pkg.scope.lookup(name)
        assert isinstance(func, objects.Func)
        got = infer_call(reader, func, args.strip())
        if want.startswith("error: cannot use"):
            if got.startswith("error"):
                wrong.append((question, got, want))
            continue  # inferred, and refused when the argument is assigned
        place = re.compile(r"\(declared at .*?\)")
        if place.sub("(declared)", got) != place.sub("(declared)", want):
            wrong.append((question, got, want))
    assert not wrong
