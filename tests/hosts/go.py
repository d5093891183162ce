"""Go programs that several tests put on pages."""

from __future__ import annotations

FLAGSHIP = """\
package main

import "fmt"

func createPointer() *int {
	num := 42
	return &num
}

func main() {
	ptr := createPointer()
	fmt.Println(*ptr)
}
"""
PANICS = 'package main\n\nfunc main() {\n\tpanic("no")\n}\n'
EXITS = 'package main\n\nimport "os"\n\nfunc main() { os.Exit(3) }\n'
DEADLOCKS = "package main\n\nfunc main() { <-make(chan int) }\n"
ENDLESS = "package main\n\nfunc main() {\n\tfor {\n\t}\n}\n"
UNUSED = "package main\n\nfunc main() {\n\tvar x int\n}\n"
FOREIGN = 'package main\n\nimport "github.com/x/y"\n\nfunc main() { y.Z() }\n'
CGO = 'package main\n\nimport "C"\n\nfunc main() { C.f() }\n'
DECLARATIONS = "func fresh() *int {\n\tn := 1\n\treturn &n\n}\n"
STATEMENTS = "p := new(int)\n*p = 7\nfmt.Println(*p)\n"
ELIDED = "type T struct {\n\t...\n}\n"
BROKEN = "x := \n"


def fence(code: str, header: str = "go") -> str:
    """Put code into a fence."""
    return f"```{header}\n{code.rstrip()}\n```\n"
