// The Go side of tests/test_std_pack.py: what go/scanner, go/parser and go/types see.
//
//	sides files DIR < NAMES    for each file: tokens, package, version, imports, declarations
//	sides types DIR < LISTS    type-checks packages; a line is "path file file ..."
//
// Names are below DIR.
package main

import (
	"bufio"
	"crypto/sha256"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
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

func main() {
	defer out.Flush()
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	if os.Args[1] == "types" {
		checkAll(lines)
		return
	}
	for lines.Scan() {
		text, err := os.ReadFile(filepath.Join(os.Args[2], lines.Text()))
		if err != nil {
			panic(err)
		}
		listFile(lines.Text(), text)
	}
}

func listFile(name string, text []byte) {
	file, err := parser.ParseFile(files, name, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(out, "file %s %x %s %s\n", name, tokens(text), file.Name.Name, version(file))
	for _, imported := range file.Imports {
		local := ""
		if imported.Name != nil {
			local = imported.Name.Name
		}
		fmt.Fprintf(out, "import %s=%s\n", local, strings.Trim(imported.Path.Value, "\"`"))
	}
	for _, declaration := range file.Decls {
		kind, names := describe(declaration)
		if kind != "import" {
			from, to := files.Position(declaration.Pos()), files.Position(declaration.End())
			fmt.Fprintf(out, "%s %d %d %s\n", kind, from.Line, to.Line, strings.Join(names, ","))
		}
	}
}

// tokens hashes all tokens with their lines and columns.
func tokens(text []byte) []byte {
	var s scanner.Scanner
	own := token.NewFileSet()
	file := own.AddFile("", -1, len(text))
	s.Init(file, text, nil, 0)
	hash := sha256.New()
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return hash.Sum(nil)[:8]
		}
		if literal == "\n" {
			continue // a semicolon that a line break stands for
		}
		at := own.Position(pos)
		fmt.Fprintln(hash, at.Line, at.Column, tok, literal)
	}
}

func version(file *ast.File) string {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, comment := range group.List {
			if constraint.IsGoBuild(comment.Text) {
				expression, err := constraint.Parse(comment.Text)
				if err != nil {
					panic(err)
				}
				return constraint.GoVersion(expression)
			}
		}
	}
	return ""
}

func describe(declaration ast.Decl) (kind string, names []string) {
	switch declaration := declaration.(type) {
	case *ast.FuncDecl:
		if declaration.Recv == nil {
			return "func", []string{declaration.Name.Name}
		}
		return "method", []string{receiver(declaration.Recv.List[0].Type) + "." + declaration.Name.Name}
	case *ast.GenDecl:
		for _, spec := range declaration.Specs {
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				names = append(names, spec.Name.Name)
			case *ast.ValueSpec:
				for _, name := range spec.Names {
					names = append(names, name.Name)
				}
			}
		}
		return declaration.Tok.String(), names
	}
	panic("unknown declaration")
}

func receiver(expression ast.Expr) string {
	switch expression := expression.(type) {
	case *ast.StarExpr:
		return receiver(expression.X)
	case *ast.IndexExpr:
		return receiver(expression.X)
	case *ast.IndexListExpr:
		return receiver(expression.X)
	}
	return expression.(*ast.Ident).Name
}

// library imports from the lists on standard input, as the pack has them.
type library struct {
	lists map[string][]string
	done  map[string]*types.Package
}

func checkAll(lines *bufio.Scanner) {
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
		file, err := parser.ParseFile(files, filepath.Join(os.Args[2], name), nil, parser.SkipObjectResolution)
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
