"""Functions `init` of std that write to other packages: who sets what, and under which name.

Variables of std get their values when they are first used, and the `init` functions of their own
package that name them run with that. A few packages register themselves elsewhere, like formats
of images; these few are listed here, since reading all of std for them would cost every program.

Source: the functions `init` of go1.27.3.
"""

from __future__ import annotations

from typing import Final

_HASHES: Final = ("crypto/md5", "crypto/sha1", "crypto/sha256", "crypto/sha512", "crypto/sha3")
_IMAGES: Final = ("image/gif", "image/jpeg", "image/png")
_JSON: Final = "encoding/json/internal."
_OPTIONS: Final = "encoding/json/internal/jsonopts."

BY_VARIABLE: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "crypto.hashes": ("RegisterHash", _HASHES),
    "image.atomicFormats": ("RegisterFormat", _IMAGES),
    "log/internal.DefaultOutput": ("DefaultOutput", ("log",)),
    f"{_OPTIONS}GetUnknownOption": ("GetUnknownOption", ("encoding/json/v2",)),
    f"{_OPTIONS}JoinUnknownOption": ("JoinUnknownOption", ("encoding/json/v2",)),
    **{
        f"{_JSON}{name}": (name, ("encoding/json",))
        for name in (
            "NewMarshalerError", "NewRawNumber", "RawNumberOf", "TransformMarshalError",
            "TransformUnmarshalError",
        )
    },
}  # fmt: skip
"""Variable → a word in the text of each `init` that sets it, and the packages that have one."""

IN_ORDER: Final = frozenset(("encoding/gob",))
"""Packages whose variables are numbered as they are set: all get their values at the first use of
one, in the order of the text, and all functions `init` run after that."""
