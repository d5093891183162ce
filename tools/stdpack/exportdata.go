// What does the export data of each package hold that its source does not tell?
//
// In: lines PATH=FILE, as `go list -export -f '{{.ImportPath}}={{.Export}}' std` prints them.
// Out: for each package, tab-separated,
//
//	VIS path name...       names in its scope that are not exported
//	BODY path link-name... functions of other packages whose bodies it passes on
//
// It reads what only the toolchain's own programs may read, so it is built as one of them. How to
// run it, and who reads what it prints: mkdocs_gomem/std/facts/README.md.
package main

import (
	"bufio"
	"fmt"
	"go/importer"
	"go/token"
	"internal/exportdata"
	"internal/pkgbits"
	"io"
	"log"
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
	for _, path := range paths {
		tell("VIS", path, visible(path, files))
		tell("BODY", path, bodies(path, files[path]))
	}
}

func tell(kind, path string, names []string) {
	if len(names) > 0 {
		fmt.Println(kind + "\t" + path + "\t" + strings.Join(names, "\t"))
	}
}

// visible reads a scope, with an importer of its own: nothing that another package has told of
// this one is in it.
func visible(path string, files map[string]string) (names []string) {
	open := func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
	pkg, err := importer.ForCompiler(token.NewFileSet(), "gc", open).Import(path)
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range pkg.Scope().Names() {
		if !token.IsExported(name) {
			names = append(names, name)
		}
	}
	return names
}

// bodies reads the list that the inliner reads (cmd/compile/internal/noder/unified.go).
func bodies(path, file string) (names []string) {
	from, err := os.Open(file)
	if err != nil {
		log.Fatal(err)
	}
	defer from.Close()
	data, err := exportdata.ReadUnified(bufio.NewReader(from))
	if err != nil {
		log.Fatal(err)
	}
	packed := pkgbits.NewPkgDecoder(path, string(data))
	root := packed.NewDecoder(pkgbits.SectionMeta, pkgbits.PrivateRootIdx, pkgbits.SyncPrivate)
	root.Bool() // it has an init task
	for range root.Len() {
		pkg, name := root.String(), root.String()
		root.Reloc(pkgbits.SectionBody)
		if pkg != path && !strings.Contains(name, "[") {
			names = append(names, pkg+"."+name)
		}
	}
	return names
}
