"""Sizes, offsets, pointer words and run-time names against what reflect says."""

from __future__ import annotations

from mkdocs_gomem.gotypes import layout, spelling
from mkdocs_gomem.gotypes.types import Struct
from tests.gotypes import tables


def test_layout_is_that_of_gc() -> None:
    reader = tables.reader()
    wrong = []
    for text, *want in tables.rows("layout"):
        typ = reader.read(text)
        under = typ.underlying
        offsets = layout.struct_layout(under).offsets if isinstance(under, Struct) else ()
        words = layout.pointer_words(typ)
        got = [
            str(layout.sizeof(typ)),
            str(layout.alignof(typ)),
            ",".join(map(str, offsets)),
            str(layout.ptrdata_of(typ)),
            ",".join(map(str, words)),
            spelling.runtime_string(typ),
        ]
        if got != want[:6]:
            wrong.append((text, got, want))
        assert layout.has_pointers(typ) == bool(words)
        assert layout.is_direct_iface(typ) == (got[0] == "8" and got[3] == "8")
    assert not wrong


def test_types_are_written_as_the_checker_writes_them() -> None:
    reader = tables.reader()
    relative = spelling.relative_to(reader.pkg)
    for text, *_, full, under in tables.rows("layout"):
        typ = reader.read(text)
        assert spelling.type_string(typ) == full
        assert spelling.type_string(typ.underlying, relative) == under
