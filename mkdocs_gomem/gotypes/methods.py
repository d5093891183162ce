"""Which methods has a type, promoted ones included?

A method set is what an interface can ask of a value of the type: for `T` the methods declared
with receiver `T` and those promoted from embedded fields, for `*T` all of them. It is sorted as
gc sorts the methods of a type's run-time descriptor.

Source: go/types/methodset.go (the result), cmd/compile/internal/reflectdata (the order), go1.27.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mkdocs_gomem.gotypes import types, typesets
from mkdocs_gomem.gotypes.lookup import deref, lookup_field_or_method
from mkdocs_gomem.gotypes.objects import Func, method_order
from mkdocs_gomem.gotypes.types import INVALID, Interface, Named, Struct, Type
from mkdocs_gomem.lean import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a type."""

    func: Func
    """As declared, of the instance if the type is one."""
    index: tuple[int, ...]
    """Fields it is promoted through, then its own index."""
    indirect: bool
    """A pointer is followed on the way to its receiver."""

    @property
    def promoted(self) -> bool:
        """Whether it belongs to an embedded field."""
        return len(self.index) > 1


def method_set(typ: Type) -> list[Method]:
    """Return the methods that values of a type have, sorted."""
    result = []
    for candidate in {func.id: func for func in _candidates(typ)}.values():
        obj, index, indirect = lookup_field_or_method(
            typ, addressable=False, pkg=candidate.pkg, name=candidate.name
        )
        if isinstance(obj, Func):
            result.append(Method(obj, index, indirect))
    result.sort(key=lambda method: method_order(method.func))
    return result


def _candidates(typ: Type) -> Iterator[Func]:
    """Walk all methods at any depth, also hidden and ambiguous ones."""
    seen: set[Named] = set()
    todo = [deref(typ)[0]]
    while todo:
        current = todo.pop()
        named = types.as_named(current)
        if named is not None:
            if named in seen:
                continue
            seen.add(named)
            yield from named.methods
        under = current.underlying
        if isinstance(under, Struct):
            todo.extend(deref(field.type or INVALID)[0] for field in under.fields if field.embedded)
        elif isinstance(under, Interface):
            yield from typesets.methods(under)
