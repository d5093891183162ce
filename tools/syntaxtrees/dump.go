// Prints what gc's own parser makes of each file named on standard input: errors, then the tree,
// one node a line with its fields, its position and its extent. Run by tools/syntaxtrees, beside
// a copy of cmd/compile/internal/syntax in a folder of its own.
package main

import (
	"bufio"
	"fmt"
	"os"
	"reflect"
	"strings"
	"unicode"

	"syntaxtrees/syntax"
)

var (
	out     *bufio.Writer
	oneLine = strings.NewReplacer("\n", "\\n", "\r", "\\r")
	special = map[string]string{
		"Else": "else_", "Def": "def_", "TParamList": "tparam_list", "NKeys": "n_keys", "EOF": "eof",
	}
	skipped = map[string]bool{"Pragma": true, "Group": true, "Target": true, "DeferAt": true}
)

func snake(name string) string {
	if spelled, ok := special[name]; ok {
		return spelled
	}
	var text strings.Builder
	for i, letter := range name {
		if unicode.IsUpper(letter) && i > 0 {
			text.WriteByte('_')
		}
		text.WriteRune(unicode.ToLower(letter))
	}
	return text.String()
}

func isNil(value reflect.Value) bool {
	return (value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer) && value.IsNil()
}

func place(pos syntax.Pos) string { return fmt.Sprintf("%d:%d", pos.Line(), pos.Col()) }

func dump(label string, node syntax.Node, depth int) {
	value := reflect.ValueOf(node).Elem()
	form := value.Type()
	fmt.Fprintf(out, "%s %s%s %s", place(node.Pos()), strings.Repeat(". ", depth), label, form.Name())
	for i := range form.NumField() {
		name, field := snake(form.Field(i).Name), value.Field(i)
		if !field.CanInterface() {
			continue
		}
		switch x := field.Interface().(type) {
		case string:
			if x != "" {
				fmt.Fprintf(out, " %s=%s", name, oneLine.Replace(x))
			}
		case bool:
			if x {
				fmt.Fprintf(out, " %s", name)
			}
		case syntax.Operator:
			if x != 0 {
				fmt.Fprintf(out, " %s=%s", name, x)
			}
		case syntax.LitKind:
			fmt.Fprintf(out, " %s=%d", name, x)
		case syntax.ChanDir:
			if x != 0 {
				fmt.Fprintf(out, " %s=%d", name, x)
			}
		case syntax.Token:
			fmt.Fprintf(out, " %s=%s", name, x)
		case int:
			if x != 0 {
				fmt.Fprintf(out, " %s=%d", name, x)
			}
		case syntax.Pos:
			fmt.Fprintf(out, " %s=%s", name, place(x))
		case syntax.Stmt:
			if name == "target" {
				fmt.Fprintf(out, " target=%s", place(x.Pos()))
			}
		}
	}
	fmt.Fprintf(out, " [%s %s]", place(syntax.StartPos(node)), place(syntax.EndPos(node)))
	if _, ok := node.(syntax.Expr); ok {
		fmt.Fprintf(out, " %.99s", oneLine.Replace(syntax.String(node)))
	}
	fmt.Fprintln(out)
	for i := range form.NumField() {
		field := form.Field(i)
		if field.Anonymous || skipped[field.Name] {
			continue
		}
		part := value.Field(i)
		if part.Kind() != reflect.Slice && part.Kind() != reflect.Array {
			dumpPart(snake(field.Name), part, depth)
			continue
		}
		for j := range part.Len() {
			dumpPart(snake(field.Name), part.Index(j), depth)
		}
	}
}

func dumpPart(label string, part reflect.Value, depth int) {
	if isNil(part) || !part.CanInterface() {
		return
	}
	if node, ok := part.Interface().(syntax.Node); ok {
		dump(label, node, depth+1)
	}
}

func main() {
	out = bufio.NewWriter(os.Stdout)
	defer out.Flush()
	names := bufio.NewScanner(os.Stdin)
	for names.Scan() {
		file, err := os.Open(names.Text())
		if err != nil {
			panic(err)
		}
		wrong := false
		tree, _ := syntax.Parse(syntax.NewFileBase(names.Text()), file, func(err error) {
			wrong = true
			told := err.(syntax.Error)
			fmt.Fprintf(out, "ERROR %s: %s\n", place(told.Pos), oneLine.Replace(told.Msg))
		}, nil, syntax.CheckBranches)
		file.Close()
		if !wrong {
			dump("", tree, 0)
		}
		fmt.Fprintln(out, "END")
	}
}
