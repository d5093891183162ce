// Which names that are not exported does a compiler meet in the export data of a package?
//
// In: lines PATH=FILE, as `go list -export -f '{{.ImportPath}}={{.Export}}' std` prints them.
// Out: for each package that has some, its path and the names, separated by tabs.
//
// How to run it, and who reads what it prints: mkdocs_gomem/std/facts/README.md.
package main

import (
	"bufio"
	"fmt"
	"go/importer"
	"go/token"
	"io"
	"os"
	"strings"
)

func main() {
	var paths []string
	files := map[string]string{}
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		path, file, _ := strings.Cut(lines.Text(), "=")
		if file != "" {
			paths = append(paths, path)
			files[path] = file
		}
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	for _, path := range paths {
		// An importer of its own, so that nothing another package has told of this one is seen.
		pkg, err := importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		line := path
		for _, name := range pkg.Scope().Names() {
			if !token.IsExported(name) {
				line += "\t" + name
			}
		}
		if line != path {
			fmt.Println(line)
		}
	}
}
