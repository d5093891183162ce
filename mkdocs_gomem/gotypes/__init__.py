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
