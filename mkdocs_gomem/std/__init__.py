"""Go's standard library, as far as it is not the compiler's business.

`pack` reads its source and what gc decided about it; `natives` are the Python functions that stand
for some of its functions when a program runs; `outside` names packages that reach out of it.

Loads none of them: the front end needs the pack alone, and must not wait for the machine.
"""
