"""Can a recursion that has reached our bound ever end?

Go's own limit, a stack of 1,000,000,000 bytes, is millions of calls away. But where a cycle of
calls has no way out, no other call and nothing that could panic before its next call, it provably
never ends, and Go must overflow its stack: then we say what Go says. Everything else
is only *stopped: depth*.
"""

from __future__ import annotations

import dis
from collections import deque
from typing import TYPE_CHECKING, Final

from mkdocs_gomem.machine.defers import GENERATED_FILE

if TYPE_CHECKING:
    from types import CodeType

_LOOKED_AT: Final = 400
"""Calls at the top of the stack that are looked at."""
_LONGEST: Final = 20
"""Functions in the longest cycle that is looked for."""
_HARMLESS: Final = frozenset((
    "RESUME", "NOP", "CACHE", "PRECALL", "PUSH_NULL", "COPY", "SWAP", "LOAD_FAST", "STORE_FAST",
    "LOAD_CONST", "LOAD_GLOBAL", "POP_TOP", "BINARY_OP", "UNARY_NEGATIVE", "UNARY_INVERT",
    "COMPARE_OP", "COPY_FREE_VARS", "MAKE_CELL", "JUMP_FORWARD", "GET_ITER", "END_FOR",
    "LOAD_FAST_LOAD_FAST", "STORE_FAST_STORE_FAST", "LOAD_SMALL_INT", "TO_BOOL", "LOAD_FAST_BORROW",
    "LOAD_DEREF", "EXTENDED_ARG", "NOT_TAKEN", "POP_ITER",
))  # fmt: skip
_BRANCHES: Final = ("POP_JUMP", "JUMP_IF")
"""Conditional jumps: harmless if they lead forward, not past the call."""
_OURS: Final = frozenset(("BG", "E", "S", "Y", "w64", "wrap"))
"""Global names of the machine that have no effect on the program."""
_DIVISIONS: Final = frozenset(("/", "//", "%", "<<", ">>", "/=", "//=", "%=", "<<=", ">>="))


def is_endless(error: RecursionError) -> bool:
    """Tell if the calls that led to an error repeat for ever."""
    top: deque[tuple[CodeType, int]] = deque(maxlen=_LOOKED_AT)
    trace = error.__traceback__
    while trace is not None:
        top.append((trace.tb_frame.f_code, trace.tb_lasti))
        trace = trace.tb_next
    calls = list(top)[: -_LONGEST - 1]
    for period in range(1, _LONGEST + 1):
        cycle = calls[-period:]
        if all(calls[at] == calls[at - period] for at in range(period, len(calls))):
            return len(calls) > 2 * period and all(_is_straight(*call) for call in cycle)
    return False


def _is_straight(code: CodeType, call: int) -> bool:
    """Tell if nothing but a call is done on the way to it, from the function's beginning."""
    if code.co_filename != GENERATED_FILE:
        return False
    called = ""
    instructions = [each for each in dis.get_instructions(code) if each.offset <= call]
    call = instructions[-1].offset  # while it runs, Python may be past its inline caches
    for instruction in instructions:
        if instruction.offset == call:
            return True
        name = instruction.opname
        if name == "LOAD_GLOBAL":
            called = str(instruction.argval)
        elif name == "CALL":
            if called not in _OURS:
                return False
        elif name == "BINARY_OP" and instruction.argrepr in _DIVISIONS:
            return False
        elif name == "FOR_ITER":
            if called != "BG":
                return False
        elif name.startswith(_BRANCHES):
            if not instruction.offset < instruction.argval <= call:
                return False
        elif name not in _HARMLESS:
            return False
    return False
