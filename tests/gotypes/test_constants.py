"""Constants against what go/constant and go/types say (tables made by `record`)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest

from mkdocs_gomem.gotypes import constants, conversions, types
from tests.gotypes import tables
from tests.gotypes.typetext import Reader

if TYPE_CHECKING:
    from mkdocs_gomem.gotypes.constants import Value


def literal(text: str) -> Value:
    if text in {"true", "false"}:
        return text == "true"
    negative = text.startswith("-")
    text = text.removeprefix("-")
    if text[0] in '"`':
        value = constants.make_from_literal(text, "string")
    elif text[0] == "'":
        value = constants.make_from_literal(text, "rune")
    elif text[-1] == "i":
        value = constants.make_from_literal(text, "imag")
    else:
        value = constants.make_from_literal(text, "int")
        if value is constants.UNKNOWN:
            value = constants.make_from_literal(text, "float")
    return constants.unary_op("-", value) if negative else value


def exact(value: Value) -> str:
    """The exact text; its length and a checksum if it is long, as the recorder does."""
    text = constants.exact_string(value).encode()
    if len(text) <= 400:
        return text.decode()
    checksum = 0
    for byte in text:
        checksum = (checksum * 31 + byte) % 1000000007
    return f"#{len(text)}:{checksum}"


def compute(op: str, left: str, right: str) -> Value | str:
    x = literal(left)
    match op:
        case "lit":
            return x
        case "toint":
            return constants.to_int(x)
        case "tofloat":
            return constants.to_float(x)
        case "^8":
            return constants.unary_op("^", x, 8)
        case "<<70":
            return constants.shift(x, "<<", 70)
        case ">>3":
            return constants.shift(x, ">>", 3)
        case "f64":
            return struct.pack(">d", constants.float64_val(x)).hex()
        case "f32":
            return struct.pack(">f", constants.float32_val(x)).hex()
        case "==" | "!=" | "<" | "<=" | ">" | ">=":
            return str(constants.compare(x, op, literal(right))).lower()
        case _ if not right:
            return constants.unary_op(op, x)
        case _:
            return constants.binary_op(x, op, literal(right))


def test_operations_are_those_of_go_constant() -> None:
    wrong = []
    for op, left, right, text, precise in tables.rows("constants"):
        if op in {"square", "chain"}:
            continue
        result = compute(op, left, right)
        if isinstance(result, str):
            assert result == text
            continue
        got = (constants.string(result), exact(result))
        if got != (text, precise):
            wrong.append((op, left, right, got, text, precise))
    assert not wrong


def test_512_bit_floats_round_as_go_does() -> None:
    value = literal("1.1")
    for op, name, _, text, precise in tables.rows("constants"):
        if op == "square":
            value = constants.binary_op(value, "*", value)
            result = value
        elif op == "chain":
            third = constants.binary_op(value, "/", 3)
            result = {
                "/3": third,
                "/3+v": constants.binary_op(third, "+", value),
                "/3-v": constants.binary_op(third, "-", value),
                "v-v": constants.binary_op(value, "-", value),
            }[name]
        else:
            continue
        assert (constants.string(result), exact(result)) == (text, precise)


EXPRESSIONS: dict[str, Value] = {
    "2i*2i": constants.binary_op(literal("2i"), "*", literal("2i")),
    "1+0i": constants.binary_op(1, "+", literal("0i")),
    "0.1+0.7i": constants.binary_op(literal("0.1"), "+", literal("0.7i")),
    "1<<62": 1 << 62,
    "(1<<100)>>98": 4,
    "7.0/2": constants.binary_op(literal("7.0"), "/", 2),
    "7/2": constants.binary_op(7, "/=", 2),
    "1e2000/1e1999": constants.binary_op(literal("1e2000"), "/", literal("1e1999")),
}


def test_conversions_are_those_of_go_types() -> None:
    wrong = []
    reader = Reader()
    untyped = types.INVALID
    value: Value = 0
    for text, name, failure, short, precise in tables.rows("represent"):
        if not name:
            value = EXPRESSIONS[text] if text in EXPRESSIONS else literal(text)
            untyped = next(basic for basic in types.TYP if basic.name == failure)
            continue
        result = conversions.convert_constant(value, untyped, reader.read(name))
        if result is None:
            got = ("error", "", "")
        else:
            got = ("", constants.string(result), constants.exact_string(result))
        if got != (failure, short, precise):
            wrong.append((text, name, got, failure, short, precise))
    assert not wrong


@pytest.mark.parametrize(
    ("literal_text", "kind"),
    [
        (r'"\q"', "string"),
        (r'"\400"', "string"),
        (r'"\ud800"', "string"),
        (r"'\U00110000'", "rune"),
        ('"a', "string"),
        ("1e", "float"),
        ("1e99999999999", "float"),
    ],
)
def test_malformed_literals_are_unknown(literal_text: str, kind: str) -> None:
    assert constants.make_from_literal(literal_text, kind) is constants.UNKNOWN


def test_what_is_unknown_stays_so() -> None:
    unknown = constants.make_unknown()
    assert constants.binary_op(unknown, "+", 1) is unknown
    assert constants.unary_op("-", unknown) is unknown
    assert not constants.compare(unknown, "==", unknown)
    assert constants.representable(unknown, types.TYP[types.BasicKind.INT8]) is unknown


def test_a_huge_integer_is_written_in_full() -> None:
    value = constants.shift(1, "<<", 100_000)
    text = constants.string(value)
    assert len(text) == 30103
    assert text.startswith("99900209301438450794403276433")
    assert text.endswith("883109376")


def test_a_page_cannot_ask_for_gigabytes() -> None:
    value: Value = b"0123456789abcdef"
    for _ in range(40):
        value = constants.binary_op(value, "+", value)
        if isinstance(value, constants.TooLong):
            break
    assert isinstance(value, constants.TooLong)
    assert value.length == 2 * constants.STRING_BYTES_MAX
