"""Asks real Go (go/types, reflect) the questions of the tables here; writes `data/*.tsv`.

Run `.venv/bin/python -m tests.gotypes.record PATH_OF_GO` after a change of a question.
"""

# ruff: noqa: E501 - the Go source
from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

DATA = Path(__file__).parent / "data"
HEAD = """package main
import ("unsafe"; "fmt"; "sync/atomic"; "iter")
var _ unsafe.Pointer
var _ atomic.Bool
var _ iter.Seq[int]
type fmtStringer = fmt.Stringer
func Gen1[P any](x P) P { return x }
func Gen2[P any](x P) string { return "" }
"""
GO = r"""package main
import ("go/ast"; "go/constant"; "go/importer"; "go/parser"; "go/token"; "go/types"; "bufio"; "fmt"; "os"; "strings"; "slices")

var fset = token.NewFileSet()
var imp = importer.ForCompiler(fset, "source", nil)

func check(src string) (*types.Package, *types.Info, error) {
	f, err := parser.ParseFile(fset, "a.go", src, 0)
	if err != nil { panic(err.Error() + "\n" + src) }
	info := &types.Info{Instances: map[*ast.Ident]types.Instance{}}
	conf := types.Config{Importer: imp}
	pkg, err := conf.Check("main", fset, []*ast.File{f}, info)
	return pkg, info, err
}
func read(name string) []string {
	b, err := os.ReadFile(name)
	if err != nil { panic(err) }
	return strings.Split(strings.TrimRight(string(b), "\n"), "\n")
}
func message(err error) string {
	e := err.(types.Error)
	return strings.ReplaceAll(strings.ReplaceAll(e.Msg, "\n", "\\n"), "\t", "\\t")
}
func main() {
	head, _ := os.ReadFile("head.txt")
	base := string(head)
	create := func(name string) *bufio.Writer { f, _ := os.Create(name + ".tsv"); return bufio.NewWriter(f) }

	w := create("infer")
	for _, line := range read("infer.txt") {
		sig, args, _ := strings.Cut(line, " ::")
		src := base + sig + " { panic(0) }\n"
		if args = strings.TrimSpace(args); args != "" {
			call := []string{}
			depth := 0
			part := ""
			parts := []string{}
			for _, c := range args + "," {
				if strings.ContainsRune("([{", c) { depth++ }
				if strings.ContainsRune(")]}", c) { depth-- }
				if c == ',' && depth == 0 { parts = append(parts, strings.TrimSpace(part)); part = "" } else { part += string(c) }
			}
			for i, p := range parts {
				if strings.ContainsAny(p[:1], "0123456789'\"") || p == "nil" || strings.HasPrefix(p, "Gen") { call = append(call, p); continue }
				src += fmt.Sprintf("var a%d %s\n", i, p)
				call = append(call, fmt.Sprintf("a%d", i))
			}
			args = strings.Join(call, ", ")
		}
		src += "func _() { F(" + args + ") }\n"
		_, info, err := check(src)
		got := ""
		if err != nil { got = "error: " + message(err) } else {
			for id, inst := range info.Instances {
				if id.Name != "F" { continue }
				for i := range inst.TypeArgs.Len() { if i > 0 { got += "; " }; got += inst.TypeArgs.At(i).String() }
			}
		}
		fmt.Fprintf(w, "%s\t%s\n", line, got)
	}
	w.Flush()

	w = create("satisfy")
	for _, line := range read("satisfy.txt") {
		bound, typ, _ := strings.Cut(line, " :: ")
		_, _, err := check(base + "type G[T " + bound + "] struct{}\nvar _ G[" + typ + "]\n")
		got := ""
		if err != nil { got = message(err) }
		_, _, err = check(base + "var v " + typ + "\nvar _ " + bound + " = v\n")
		assign := ""
		if err != nil {
			_, assign, _ = strings.Cut(message(err), ": ")
			if strings.HasPrefix(message(err), "cannot use type") { assign = "-" }
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", line, got, assign)
	}
	w.Flush()

	typesOf := func(list []string) []types.Type {
		src := base
		for i, t := range list {
			if strings.HasPrefix(t, "func[") { src += fmt.Sprintf("func v%d%s { panic(0) }\n", i, t[4:]) } else { src += fmt.Sprintf("var v%d %s\n", i, t) }
		}
		pkg, _, err := check(src)
		if err != nil { panic(err) }
		out := []types.Type{}
		for i := range list { out = append(out, pkg.Scope().Lookup(fmt.Sprintf("v%d", i)).Type()) }
		return out
	}

	w = create("lookup")
	lines := read("lookup.txt")
	names, exprs := []string{}, []string{}
	for _, l := range lines { t, n, _ := strings.Cut(l, " :: "); exprs = append(exprs, t); names = append(names, n) }
	for i, t := range typesOf(exprs) {
		pkg := types.NewPackage("main", "main")
		for _, addressable := range []bool{false, true} {
			obj, index, indirect := types.LookupFieldOrMethod(t, addressable, pkg, names[i])
			s := ""
			if obj != nil { s = obj.String() }
			fmt.Fprintf(w, "%s\t%v\t%s\t%s\t%v\n", lines[i], addressable, s, strings.Trim(fmt.Sprint(index), "[]"), indirect)
		}
	}
	w.Flush()

	w = create("methodset")
	for i, t := range typesOf(exprs) {
		if slices.Index(exprs, exprs[i]) != i { continue }
		for _, t := range []types.Type{t, types.NewPointer(t)} {
			set := types.NewMethodSet(t)
			out := []string{}
			for i := range set.Len() { s := set.At(i); out = append(out, fmt.Sprintf("%s %s %v", s.Obj().Name(), strings.Trim(fmt.Sprint(s.Index()), "[]"), s.Indirect())) }
			fmt.Fprintf(w, "%s\t%s\n", t.String(), strings.Join(out, "; "))
		}
	}
	w.Flush()

	w = create("pairs")
	list := read("pairs.txt")
	ts := typesOf(list)
	for i, x := range ts {
		row := ""
		for _, y := range ts {
			n := 0
			if types.Identical(x, y) { n |= 1 }
			if types.IdenticalIgnoreTags(x, y) { n |= 2 }
			if types.AssignableTo(x, y) { n |= 4 }
			if types.ConvertibleTo(x, y) { n |= 8 }
			row += fmt.Sprintf("%x", n)
		}
		fmt.Fprintf(w, "%s\t%s\n", list[i], row)
	}
	w.Flush()

	w = create("represent")
	pkg, _, err := check("package main")
	if err != nil { panic(err) }
	for _, c := range read("represent.txt") {
		tv, err := types.Eval(fset, pkg, token.NoPos, c)
		if err != nil { panic(err) }
		fmt.Fprintf(w, "%s\t\t%s\t%s\t%s\n", c, tv.Type, tv.Value.String(), tv.Value.ExactString())
		for _, k := range []string{"int", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "uint", "uintptr", "float32", "float64", "complex64", "complex128", "string", "bool"} {
			cv, err := types.Eval(fset, pkg, token.NoPos, k + "(" + c + ")")
			if err != nil { fmt.Fprintf(w, "%s\t%s\terror\t\t\n", c, k); continue }
			fmt.Fprintf(w, "%s\t%s\t\t%s\t%s\n", c, k, cv.Value.String(), cv.Value.ExactString())
		}
	}
	w.Flush()
	_ = constant.Bool
}
"""
TABLES = ("infer", "satisfy", "lookup", "pairs", "represent")


def main() -> None:
    go = Path(sys.argv[1]).resolve()
    declarations = (DATA / "declarations.go.txt").read_text()
    bodies = re.sub(r"(?m)^func .*$", r"\g<0> { panic(0) }", declarations)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "go.mod").write_text("module record\ngo 1.27\n")
        (place / "main.go").write_text(GO)
        (place / "head.txt").write_text(HEAD + bodies)
        for table in TABLES:
            (place / f"{table}.txt").write_text((DATA / f"{table}.txt").read_text())
        subprocess.run([go, "run", "."], cwd=place, check=True)  # noqa: S603
        for made in place.glob("*.tsv"):
            (DATA / made.name).write_text(made.read_text())


if __name__ == "__main__":
    main()
