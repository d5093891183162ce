"""The linker: which functions and package variables of the author are in the file, and where.

Reads the program after escape analysis and the plan of static initialisation; makes
`machine.Image`. Door: `image`.
"""

from __future__ import annotations

from mkdocs_gomem.compiler.link.sections import image

__all__ = ["image"]
