"""Which local variables of a running frame will be read again?

gc's stack maps name the variables that are live at a call; the collector follows no others, so
what a variable last pointed to may go while the variable is still in scope. Generated code keeps
Go's variables in Python's, so the same question is answered from Python's instructions: walk
them backwards until nothing changes. What is only on Python's own stack (an operand that waits
for a call) is not seen.
"""

from __future__ import annotations

import bisect
import dis
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import CodeType, FrameType

_ENDS: Final = frozenset((
    "RETURN_VALUE", "RETURN_CONST", "RAISE_VARARGS", "RERAISE", "JUMP_FORWARD", "JUMP_BACKWARD",
    "JUMP_BACKWARD_NO_INTERRUPT", "JUMP_ABSOLUTE",
))  # fmt: skip
"""After these the next instruction does not follow."""
_LOADS: Final = frozenset((
    "LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_FAST_AND_CLEAR", "LOAD_CLOSURE",
    "LOAD_DEREF", "LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW",
))  # fmt: skip
_STORES: Final = frozenset(("STORE_FAST", "DELETE_FAST", "STORE_FAST_STORE_FAST"))


class _Block:
    """One instruction: what it reads and writes, and what may follow."""

    __slots__ = ("defs", "next", "uses")

    def __init__(self, uses: frozenset[str], defs: frozenset[str], following: list[int]) -> None:
        self.uses = uses
        self.defs = defs
        self.next = following


def live(frame: FrameType) -> dict[str, Any]:
    """Return the local variables that a frame which is in a call will read after it."""
    offsets, after = _analysis(frame.f_code)
    # While a call runs, Python may have moved past the call's inline caches.
    at = offsets[bisect.bisect_right(offsets, max(frame.f_lasti, 0)) - 1]
    names = after[at]
    return {name: value for name, value in frame.f_locals.items() if name in names}


def _names(instruction: dis.Instruction) -> frozenset[str]:
    value = instruction.argval
    return frozenset(value if isinstance(value, tuple) else (str(value),))


@lru_cache(maxsize=2048)
def _analysis(code: CodeType) -> tuple[list[int], dict[int, frozenset[str]]]:
    """Return the offsets of instructions, and for each the names that are live after it."""
    instructions = list(dis.get_instructions(code))
    offsets = [instruction.offset for instruction in instructions]
    handlers = dis.Bytecode(code).exception_entries  # type: ignore[attr-defined]
    blocks: dict[int, _Block] = {}
    for place, instruction in enumerate(instructions):
        following = []
        if instruction.opname not in _ENDS and place + 1 < len(instructions):
            following.append(offsets[place + 1])
        if instruction.opcode in dis.hasjrel or instruction.opcode in dis.hasjabs:
            following.append(instruction.argval)
        following += [h.target for h in handlers if h.start <= instruction.offset < h.end]
        uses, defs = frozenset[str](), frozenset[str]()
        if instruction.opname in _LOADS:
            uses = _names(instruction)
        elif instruction.opname in _STORES:
            defs = _names(instruction)
        elif instruction.opname == "STORE_FAST_LOAD_FAST":
            stored, loaded = instruction.argval
            uses, defs = frozenset((loaded,)) - {stored}, frozenset((stored,))
        blocks[instruction.offset] = _Block(uses, defs, following)
    before: dict[int, frozenset[str]] = dict.fromkeys(offsets, frozenset())
    changed = True
    while changed:
        changed = False
        for offset in reversed(offsets):
            block = blocks[offset]
            now = _after(block, before) - block.defs | block.uses
            if now != before[offset]:
                before[offset] = now
                changed = True
    return offsets, {offset: _after(block, before) for offset, block in blocks.items()}


def _after(block: _Block, before: dict[int, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*[before[following] for following in block.next])
