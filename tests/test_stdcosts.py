"""Inline costs and escape tags of std's own functions, held against what gc recorded.

A few packages; `python -m tools.stdcosts` measures all of them. Nothing may differ here: neither
what gc can inline and we cannot, nor the reverse.
"""

from __future__ import annotations

import pytest

from mkdocs_gomem.compiler.ir import scc
from mkdocs_gomem.source import SourceFile
from tools import stdcosts

SAMPLE = ("container/list", "errors", "path", "sort", "unicode/utf8", "unique")


@pytest.mark.parametrize("path", SAMPLE)
def test_costs_and_tags(path: str) -> None:
    result = stdcosts.compare(path)
    assert not result.problem
    assert result.misses == []
    assert result.costs_equal == result.costs > 0
    assert result.tags_equal == result.tags > 0


def test_runtime_calls() -> None:
    """`getg` is an instruction in gc, `throw` a call like others; recorded in package runtime."""
    text = b"""package runtime

type g struct{ fipsIndicator uint8 }

func getg() *g

func throw(s string)

func fips_setIndicator(indicator uint8) { getg().fipsIndicator = indicator }

func badctxt() { throw("ctxt != 0") }
"""
    program = stdcosts.decide([SourceFile("runtime.go", text)], "runtime")
    costs = {func.link_name: func.inline_cost for func in scc.all_funcs(program)}
    known = stdcosts.recorded("runtime").costs
    for name in ("runtime.fips_setIndicator", "runtime.badctxt"):
        (want,) = (found for key, found in known.items() if key[0] == name)
        assert [costs[name]] == want
