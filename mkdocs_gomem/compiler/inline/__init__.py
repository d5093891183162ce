"""What gc puts in place of calls: the callee's body, or a known method for an interface's.

`expand(program, enabled=True)` changes the bodies of a lowered program in place and adds gc's
remarks; with `enabled=False` (`-gcflags=-l`) only interface calls are made calls of methods.
A replaced call is an `InlinedCallExpr`, which keeps the call and a `Mark`. Each function keeps
its own body too, with its own decisions.
"""

from mkdocs_gomem.compiler.inline.expand import expand, expand_alone

__all__ = ["expand", "expand_alone"]
