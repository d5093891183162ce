"""Reads the tables that `record` made, and the declarations they speak of."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from tests.gotypes.typetext import Reader

if TYPE_CHECKING:
    from collections.abc import Iterator

DATA = Path(__file__).parent / "data"

ATOMIC = """
type noCopy struct {}
type align64 struct {}
type Int32 struct { _ noCopy; v int32 }
type Int64 struct { _ noCopy; _ align64; v int64 }
type Pointer[T any] struct { _ [0]*T; _ noCopy; v unsafe.Pointer }
type Value struct { v any }
type Bool struct { _ noCopy; v uint32 }
"""
ITER = """
type Seq[V any] func(yield func(V) bool)
type Seq2[K, V any] func(yield func(K, V) bool)
"""
FMT = "type Stringer interface { String() string }"
OURS = """
type fmtStringer = fmt.Stringer
func Gen1[P any](x P) P
func Gen2[P any](x P) string
"""


@functools.cache
def reader() -> Reader:
    """The package of the tables, with the imports they use."""
    atomic = Reader("sync/atomic")
    atomic.declare(ATOMIC)
    iterators = Reader("iter", atomic.context)
    iterators.declare(ITER)
    fmt = Reader("fmt", atomic.context)
    fmt.declare(FMT)
    ours = Reader("main", atomic.context)
    ours.imports = {"atomic": atomic, "iter": iterators, "fmt": fmt}
    ours.declare((DATA / "declarations.go.txt").read_text() + OURS)
    return ours


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a table, each a list of columns."""
    for line in (DATA / f"{name}.tsv").read_text().rstrip("\n").split("\n"):
        yield line.split("\t")
