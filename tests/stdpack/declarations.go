// Lists what go/parser sees in the files named on standard input: the other side of
// tests/test_std_pack.py. One line per file, package clause, import and declaration.
package main

import (
	"bufio"
	"fmt"
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"strings"
)

func main() {
	files := token.NewFileSet()
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		file, err := parser.ParseFile(files, lines.Text(), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			panic(err)
		}
		fmt.Fprintf(out, "file %s %s %s\n", lines.Text(), file.Name.Name, version(file))
		for _, imported := range file.Imports {
			name := ""
			if imported.Name != nil {
				name = imported.Name.Name
			}
			fmt.Fprintf(out, "import %q %s\n", name, imported.Path.Value)
		}
		for _, declaration := range file.Decls {
			kind, names := describe(declaration)
			if kind != "import" {
				from, to := files.Position(declaration.Pos()), files.Position(declaration.End())
				fmt.Fprintf(out, "%s %d %d %s\n", kind, from.Line, to.Line, strings.Join(names, ","))
			}
		}
	}
}

func version(file *ast.File) string {
	for _, group := range file.Comments {
		if group.Pos() > file.Package {
			break
		}
		for _, comment := range group.List {
			if expression, err := constraint.Parse(comment.Text); err == nil && constraint.IsGoBuild(comment.Text) {
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
