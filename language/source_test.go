package language_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// source is what this module's code and templates say of texts.
type source struct {
	ids      map[string]string // where each is used, by id
	families map[string]string // that begin ids put together when the app runs: "status."
	problems map[string]string // where each is, by its words
}

// id is how texts are called.
var id = regexp.MustCompile(`^[a-z_]+\.[A-Za-z_0-9]*$`)

// inTemplate finds texts in a template, or in one within Go code.
var inTemplate = regexp.MustCompile(`(?:\bt|markup|\.Text) "([a-z_]+\.[A-Za-z_0-9]+)"`)

// forPrograms are files whose problems no person sees: what they answer is JSON.
var forPrograms = []string{"auth/outside/", "auth/internal/people/bearer.go", "web/cors.go"}

// toPrograms are problems between others that only programs are told, or the log.
var toPrograms = []string{"The access token does not allow this", "What was sent could not be kept", "The service's answer was cut off"}

// readSource reads the files that may hold texts.
func readSource(t *testing.T) *source {
	t.Helper()
	s := &source{map[string]string{}, map[string]string{}, map[string]string{}}
	root := os.DirFS("..")
	for _, folder := range []string{"auth", "handlers", "language", "session", "templates", "web"} {
		err := fs.WalkDir(root, folder, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || strings.HasSuffix(file, "_test.go") || strings.Contains(file, "/dist/") || strings.Contains(file, "/testdata/") {
				return err
			}
			switch filepath.Ext(file) {
			case ".go":
				return s.readGo(file)
			case ".html":
				return s.readTemplate(root, file)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *source) readTemplate(root fs.FS, file string) error {
	content, err := fs.ReadFile(root, file)
	for _, found := range inTemplate.FindAllStringSubmatch(string(content), -1) {
		s.ids[found[1]] = file
	}
	return err
}

func (s *source) readGo(file string) error {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", file), nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	people := !slices.ContainsFunc(forPrograms, func(prefix string) bool { return strings.HasPrefix(file, prefix) })
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			s.readString(file, n)
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && people && slices.Contains([]string{"Heading", "Detail", "Further", "Label", "message"}, key.Name) {
				s.readProblem(file, n.Value)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if isOneOf(left, "Heading", "Detail", "Further", "detail") && people && i < len(n.Rhs) {
					s.readProblem(file, n.Rhs[i])
				}
			}
		case *ast.CallExpr:
			if isOneOf(n.Fun, "BadRequest") && people {
				s.readProblem(file, n.Args[0])
			}
		case *ast.CompositeLit:
			if isOneOf(n.Type, "Ended") && len(n.Elts) == 3 {
				s.readProblem(file, n.Elts[1])
			}
		}
		return true
	})
	return nil
}

func isOneOf(e ast.Expr, names ...string) bool {
	switch e := e.(type) {
	case *ast.SelectorExpr:
		return slices.Contains(names, e.Sel.Name)
	case *ast.Ident:
		return slices.Contains(names, e.Name)
	}
	return false
}

func (s *source) readString(file string, literal *ast.BasicLit) {
	text, err := strconv.Unquote(literal.Value)
	if literal.Kind != token.STRING || err != nil {
		return
	}
	switch {
	case strings.HasSuffix(text, ".html"):
	case id.MatchString(text) && (strings.HasSuffix(text, ".") || strings.HasSuffix(text, "_")):
		s.families[text] = file
	case id.MatchString(text):
		s.ids[text] = file
	}
	for _, found := range inTemplate.FindAllStringSubmatch(text, -1) {
		s.ids[found[1]] = file
	}
}

// readProblem takes words that stand in the code; what is not written there is made of
// such as do.
func (s *source) readProblem(file string, value ast.Expr) {
	if words, ok := constant(value); ok && words != "" && !slices.Contains(toPrograms, words) {
		s.problems[words] = file
	}
}

func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(e.Value)
		return text, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		left, ok := constant(e.X)
		right, both := constant(e.Y)
		return left + right, ok && both && e.Op == token.ADD
	}
	return "", false
}

// sentence is a string of a script that holds words for people.
var sentence = regexp.MustCompile("[\"'`][A-Z][a-z']+ [a-z']+ [a-z' ]*[^\"'`]*[\"'`]")

// TestScriptsHaveNoWords: what scripts say comes with the page, in its language.
func TestScriptsHaveNoWords(t *testing.T) {
	t.Parallel()
	files := 0
	for _, folder := range []string{"static", "auth/pages/assets", "auth/widget/assets", "mockokta/hosted/pages"} {
		scripts, err := filepath.Glob(filepath.Join("..", folder, "*.js"))
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range scripts {
			content, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			files++
			for line := range strings.Lines(string(content)) {
				code, _, _ := strings.Cut(line, "// ")
				if found := sentence.FindString(code); found != "" {
					t.Errorf("%s says %s", script, found)
				}
			}
		}
	}
	if files < 6 {
		t.Errorf("only %d scripts were read", files)
	}
}
