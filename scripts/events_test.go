package scripts_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEventsAreDocumented holds the names of security events, and of their fields, in
// package journal against the tables in docs/operations.md, both ways.
func TestEventsAreDocumented(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile("../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	file, err := parser.ParseFile(token.NewFileSet(), "../auth/internal/journal/journal.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ways := []string{"universal_logout", "front_channel_logout", "back_channel_logout", "event_hook"} // by which events come, and none themselves
	var events, fields []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GenDecl:
			for _, spec := range n.Specs {
				if value, ok := spec.(*ast.ValueSpec); ok && n.Tok == token.CONST {
					events = append(events, literals(value.Values...)...)
				}
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "String" && len(n.Args) == 2 {
				fields = append(fields, literals(n.Args[0])...)
			}
		}
		return true
	})
	events = slices.DeleteFunc(events, func(name string) bool { return slices.Contains(ways, name) })
	compare(t, "event", events, named(string(document), "\n| event | when |\n"))
	compare(t, "field", fields, named(string(document), "\n| field of `security event` | what |\n"))
}

func literals(list ...ast.Expr) (texts []string) {
	for _, e := range list {
		if literal, ok := e.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			text, _ := strconv.Unquote(literal.Value)
			texts = append(texts, text)
		}
	}
	return texts
}

// named are the names in the first column of the table that begins with head.
func named(document, head string) (names []string) {
	_, table, _ := strings.Cut(document, head)
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		for _, match := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[1], -1) {
			names = append(names, match[1])
		}
	}
	return names
}

func compare(t *testing.T, what string, code, documented []string) {
	t.Helper()
	for _, list := range []*[]string{&code, &documented} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	if len(code) < 5 || !slices.Equal(code, documented) {
		t.Errorf("%ss in the code:\n%v\nand in docs/operations.md:\n%v", what, code, documented)
	}
}
