"""What Go types and values are, apart from any program.

`types` and `objects` are the nouns; the other files answer one question each:

- `universe`: what is predeclared?
- `constants`: what is the exact value of a constant expression?
- `predicates`, `typesets`, `identical`, `conversions`: what holds of a type, or between two?
- `lookup`, `methods`: which field or method does a selector mean, which methods has a type?
- `substitute`, `instantiate`, `unify`, `infer`: generics
- `spelling`: how is a type written, in messages, at run time and in link names?
- `layout`: how many bytes, and which of its words are pointers?

Nothing here knows syntax or operands; what fails is returned as a cause, worded as gc words
it, for the checker to put into its message.
"""

from mkdocs_gomem.gotypes.constants import Value
from mkdocs_gomem.gotypes.objects import (
    UNIVERSE,
    Builtin,
    BuiltinId,
    Const,
    Func,
    Label,
    Nil,
    Object,
    Package,
    PkgName,
    Scope,
    TypeName,
    Var,
    VarKind,
)
from mkdocs_gomem.gotypes.types import (
    TYP,
    Alias,
    Array,
    Basic,
    BasicKind,
    Chan,
    ChanDir,
    Interface,
    Map,
    Named,
    Pointer,
    Signature,
    Slice,
    Struct,
    Term,
    Tuple,
    Type,
    TypeParam,
    Union,
    unalias,
    under,
)
from mkdocs_gomem.gotypes.universe import UNSAFE

__all__ = [
    "TYP",
    "UNIVERSE",
    "UNSAFE",
    "Alias",
    "Array",
    "Basic",
    "BasicKind",
    "Builtin",
    "BuiltinId",
    "Chan",
    "ChanDir",
    "Const",
    "Func",
    "Interface",
    "Label",
    "Map",
    "Named",
    "Nil",
    "Object",
    "Package",
    "PkgName",
    "Pointer",
    "Scope",
    "Signature",
    "Slice",
    "Struct",
    "Term",
    "Tuple",
    "Type",
    "TypeName",
    "TypeParam",
    "Union",
    "Value",
    "Var",
    "VarKind",
    "unalias",
    "under",
]
