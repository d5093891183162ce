"""The door of the library room: the standard library, as the checker of a program needs it.

In: import paths and objects. Out: packages whose scopes make an object when its name is
looked up, declarations and bodies with their `Info`, and what gc decided about functions.

`standard()` is the library; it lives as long as the process, and what one program made it
read is there for the next.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.library.library import Library, standard

__all__ = ["Library", "standard"]
