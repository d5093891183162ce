// What go/scanner and go/parser see in files; the other side of tests/test_std_pack.py.
//
//	files DIR < NAMES
//
// prints for each file below DIR: a hash of its tokens, package, version, imports, declarations.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/scanner"
	"go/token"
	"hash/fnv"
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
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		text, err := os.ReadFile(filepath.Join(os.Args[1], lines.Text()))
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
	hash := fnv.New64a()
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			return hash.Sum(nil)
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
