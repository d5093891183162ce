// Type-checks the whole library from its stripped files; the other side of tests/test_std_pack.py.
//
//	types DIR < LISTS
//
// A list is a line "path file file ...", its files below DIR.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

var (
	files = token.NewFileSet()
	out   = bufio.NewWriter(os.Stdout)
)

// library imports from the lists on standard input, as the pack has them.
type library struct {
	lists map[string][]string
	done  map[string]*types.Package
}

func main() {
	defer out.Flush()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	std := &library{map[string][]string{}, map[string]*types.Package{"unsafe": types.Unsafe}}
	var paths []string
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		std.lists[words[0]] = words[1:]
		paths = append(paths, words[0])
	}
	for _, path := range paths {
		if _, err := std.Import(path); err != nil {
			panic(err)
		}
	}
	fmt.Fprintf(out, "checked %d\n", len(std.done))
}

func (std *library) Import(path string) (*types.Package, error) {
	if done := std.done[path]; done != nil {
		return done, nil
	}
	var parsed []*ast.File
	for _, name := range std.lists[path] {
		file, err := parser.ParseFile(files, filepath.Join(os.Args[1], name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, file)
	}
	if parsed == nil {
		return nil, fmt.Errorf("package %s is not in the pack", path)
	}
	config := types.Config{
		Importer: std,
		Sizes:    types.SizesFor("gc", "amd64"),
		Error:    func(err error) { fmt.Fprintf(out, "%s: %v\n", path, err) },
	}
	done, _ := config.Check(path, files, parsed, nil)
	std.done[path] = done
	return done, nil
}
