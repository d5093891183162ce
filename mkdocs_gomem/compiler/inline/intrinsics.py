"""Which functions gc's back end turns into instructions, so that no call is left to inline.

Only their names count here: such a call costs one node and is never replaced by a body.

Source: cmd/compile/internal/ssagen/intrinsics_test.go (the list for amd64), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mkdocs_gomem.compiler.ir.nodes import Func

_NAMES: Final = {
    "crypto/internal/constanttime": "Select boolToUint8",
    "internal/runtime/atomic": (
        "And And32 And64 And8 Cas Cas64 CasRel Casint32 Casint64 Casp1 Casuintptr Load Load64"
        " Load8 LoadAcq LoadAcq64 LoadAcquintptr Loadint32 Loadint64 Loadp Loaduint Loaduintptr"
        " Or Or32 Or64 Or8 Store Store64 Store8 StoreRel StoreRel64 StoreReluintptr Storeint32"
        " Storeint64 StorepNoWB Storeuintptr Xadd Xadd64 Xaddint32 Xaddint64 Xadduintptr Xchg"
        " Xchg64 Xchg8 Xchgint32 Xchgint64 Xchguintptr"
    ),
    "internal/runtime/maps": (
        "bitsetFirst bitsetLowestSet bitsetRemoveBelow bitsetShiftOutLowest ctrlGroupMatchEmpty"
        " ctrlGroupMatchEmptyOrDeleted ctrlGroupMatchFull ctrlGroupMatchH2"
    ),
    "internal/runtime/math": "Add64 MulUintptr",
    "internal/runtime/sys": (
        "Bswap32 Bswap64 GetCallerPC GetCallerSP GetClosurePtr Len64 Len8 OnesCount64 Prefetch"
        " PrefetchStreamed TrailingZeros32 TrailingZeros64 TrailingZeros8"
    ),
    "math": "Ceil FMA Floor RoundToEven Trunc sqrt",
    "math/big": "mulWW",
    "math/bits": (
        "Add Add64 Div Div64 Len Len16 Len32 Len64 Len8 Mul Mul64 OnesCount OnesCount16"
        " OnesCount32 OnesCount64 ReverseBytes32 ReverseBytes64 RotateLeft RotateLeft16"
        " RotateLeft32 RotateLeft64 RotateLeft8 Sub Sub64 TrailingZeros16 TrailingZeros32"
        " TrailingZeros64 TrailingZeros8"
    ),
    "runtime": "KeepAlive slicebytetostringtmp",
    "sync/atomic": (
        "AddInt32 AddInt64 AddUint32 AddUint64 AddUintptr AndInt32 AndInt64 AndUint32 AndUint64"
        " AndUintptr CompareAndSwapInt32 CompareAndSwapInt64 CompareAndSwapUint32"
        " CompareAndSwapUint64 CompareAndSwapUintptr LoadInt32 LoadInt64 LoadPointer LoadUint32"
        " LoadUint64 LoadUintptr OrInt32 OrInt64 OrUint32 OrUint64 OrUintptr StoreInt32"
        " StoreInt64 StoreUint32 StoreUint64 StoreUintptr SwapInt32 SwapInt64 SwapUint32"
        " SwapUint64 SwapUintptr"
    ),
}
_BY_PACKAGE: Final = {path: frozenset(names.split()) for path, names in _NAMES.items()}


def symbol(func: Func) -> tuple[str, str]:
    """Return package path and name, without path, of a function: `strings`, `(*Builder).Len`."""
    pkg = func.pkg
    if pkg is None:
        return "", func.name
    prefix = pkg.name + "."
    name = func.name
    return pkg.path, name[len(prefix) :] if name.startswith(prefix) else name


def is_intrinsic(func: Func) -> bool:
    """Tell if a call of this function becomes instructions."""
    if func.pkg is None or func.pkg.path not in _BY_PACKAGE:
        return False
    path, name = symbol(func)
    return name in _BY_PACKAGE[path]


def is_escape_non_string(func: Func) -> bool:
    """Tell if a function is internal/abi.EscapeNonString, a command to escape analysis."""
    if func.pkg is None or func.pkg.path != "internal/abi":
        return False
    return symbol(func)[1].startswith("EscapeNonString[")
