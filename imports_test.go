package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is who may import whom of this module. A name that ends in /... is a
// folder and all below it; the longest name that fits a package counts.
var mayImport = map[string][]string{
	".":             {"auth/...", "config", "directory", "doctor", "handlers", "okta/...", "operator", "session/...", "static", "templates", "tracing", "version", "web"},
	"config":        {"config/proxyroute", "config/weburl"},
	"okta/...":      {"config", "okta/..."},
	"directory":     {"config", "okta/oktahttp"},
	"doctor":        {"config", "okta/...", "session", "session/redisurl"},
	"operator":      {"auth", "config", "session/marks"},
	"notes":         {},
	"session":       {"config", "notes", "session/index", "session/internal/...", "session/over", "session/redisurl", "session/underway"},
	"session/marks": {"session", "session/kept", "session/over"},
	"tracing":       {},
	"session/kept":  {"session", "session/internal/..."},
	"version":       {},
	"language":      {},
	"watch":         {"notes", "okta/guard", "okta/oktahttp"},
	"web":           {"config", "language", "notes"},
	"auth/...":      {"auth/...", "config", "config/proxyroute", "language", "notes", "okta/...", "directory", "session/...", "watch", "web"},
	"auth/pages":    {"language"},
	"handlers":      {"auth", "language", "web", "templates", "static", "config", "directory", "doctor", "tracing", "version", "watch"}, // directory: its profile shows a record
	"templates":     {"language"},
	"static":        {},
	"mockokta/...":  {"mockokta/..."},
	"cmd/...":       {"..."},
	"examples/...":  {"..."},
	"e2e/...":       {"..."},

	"config/proxyroute": {"config/weburl"},
	"config/weburl":     {},

	"session/index":        {"session/internal/rediscall"},
	"session/internal/...": {"session/internal/nanos", "session/internal/seal"},
	"session/over":         {"session/internal/expiring"},
	"session/underway":     {"session/internal/..."},
	"session/redisurl":     {"config"},
	"session/redistest":    {}, // for tests

	"testkit":          {"config", "mockokta/...", "session/redistest"},
	"handlers/apptest": {"config", "handlers", "mockokta/...", "session/redistest", "testkit"},
}

// forTests are packages that no program for people may contain.
var forTests = []string{"mockokta/...", "session/redistest", "auth/authtest/...", "e2e/...", "testkit", "handlers/apptest"}

// testsAlone are packages that nothing but tests, and packages for these, may import.
var testsAlone = []string{"session/redistest", "testkit", "handlers/apptest", "e2e/..."}

// maxLines of code are what a package may have: more are several subjects.
const maxLines = 2000

// goPackage is a package of this module, by its files that are no tests.
type goPackage struct {
	name    string // relative to the module: "auth/pages", "." for the root
	files   map[string]*ast.File
	imports map[string]bool // of this module, relative
	lines   int             // without blank ones and comments
}

// fits reports whether the package name is pattern, or below it.
func fits(pattern, name string) bool {
	folder, below := strings.CutSuffix(pattern, "...")
	folder = strings.TrimSuffix(folder, "/")
	return name == folder || pattern == name || below && (folder == "" || strings.HasPrefix(name, folder+"/"))
}

func fitsAny(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool { return fits(pattern, name) })
}

// modulePackages reads every package of this module.
func modulePackages(t *testing.T) map[string]*goPackage {
	t.Helper()
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(mod), "module ")
	module := strings.Fields(rest)[0]
	packages := map[string]*goPackage{}
	fset := token.NewFileSet()
	err = filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && file != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "node_modules"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go"):
			return nil
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(fset, file, content, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		name := path.Dir(filepath.ToSlash(file))
		p := packages[name]
		if p == nil {
			p = &goPackage{name, map[string]*ast.File{}, map[string]bool{}, 0}
			packages[name] = p
		}
		p.files[file] = parsed
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if imported == module {
				p.imports["."] = true
			} else if own, ok := strings.CutPrefix(imported, module+"/"); ok {
				p.imports[own] = true
			}
		}
		for line := range strings.Lines(string(content)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				p.lines++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return packages
}

func TestWhoImportsWhom(t *testing.T) {
	t.Parallel()
	for name, p := range modulePackages(t) {
		rule := ""
		for pattern := range mayImport {
			if fits(pattern, name) && len(pattern) > len(rule) {
				rule = pattern
			}
		}
		if rule == "" {
			t.Errorf("package %s has no line in the table of who may import whom", name)
			continue
		}
		for imported := range p.imports {
			if !fitsAny(mayImport[rule], imported) {
				t.Errorf("package %s imports %s; it may import %v", name, imported, mayImport[rule])
			}
			if fitsAny(testsAlone, imported) && !fitsAny(testsAlone, name) {
				t.Errorf("package %s imports %s, which is for tests alone", name, imported)
			}
		}
	}
}

// TestProgramHoldsNothingForTests holds that the program has no stand-in in it, nor
// what signs people in without Okta.
func TestProgramHoldsNothingForTests(t *testing.T) {
	t.Parallel()
	packages := modulePackages(t)
	reached := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		if reached[name] {
			return
		}
		reached[name] = true
		if packages[name] == nil {
			t.Fatalf("there is no package %s", name)
		}
		for imported := range packages[name].imports {
			reach(imported)
		}
	}
	reach(".")
	for name := range reached {
		if fitsAny(forTests, name) {
			t.Errorf("the program contains %s", name)
		}
	}
	for _, name := range []string{"auth", "config", "handlers", "session", "web"} {
		if !reached[name] {
			t.Errorf("the program seems not to contain %s: this test does not read the imports right", name)
		}
	}
}

func TestPackagesStaySmall(t *testing.T) {
	t.Parallel()
	for name, p := range modulePackages(t) {
		if p.lines > maxLines {
			t.Errorf("package %s has %d lines of code, and may have %d: is it one subject?", name, p.lines, maxLines)
		}
	}
	main, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(main), "\n"); got >= 60 {
		t.Errorf("main.go has %d lines; it is to be under 60", got)
	}
}

// TestNothingHappensBehindTheBack holds that no package has an init function, and that
// none but config reads the environment. The OpenTelemetry library reads those of its own
// standard variables that are no settings here.
func TestNothingHappensBehindTheBack(t *testing.T) {
	t.Parallel()
	for name, p := range modulePackages(t) {
		for file, parsed := range p.files {
			for _, decl := range parsed.Decls {
				if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
					t.Errorf("%s has an init function", file)
				}
			}
			if name == "config" || parsed.Name.Name == "main" || fitsAny(forTests, name) { // a program hands the environment to config
				continue
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok && isSelector(s, "os", "Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv") {
					t.Errorf("%s uses os.%s: settings are config's", file, s.Sel.Name)
				}
				return true
			})
		}
	}
}

func isSelector(e ast.Expr, pkg string, names ...string) bool {
	s, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := s.X.(*ast.Ident)
	return ok && x.Name == pkg && slices.Contains(names, s.Sel.Name)
}

// mayVary are package variables that are more than a table or a fixed value, with why.
var mayVary = map[string]string{
	"language.shippedTexts":  "read once, and the same for everybody",
	"e2e/drive.chromium":     "one browser for all tests of a binary",
	"e2e/drive.program":      "built once for all tests of a binary",
	"e2e/drive.ports":        "no port is handed out to two tests of a binary",
	"version.release":        "the linker sets it",
	"mockokta/hosted.spoken": "read once, and the same for everybody",
	"mockokta/state.keyPool": "keys that take long to make, shared by the orgs of a test run",
}

// TestNoMutableGlobals holds that what a package keeps for everybody never changes:
// errors, patterns, embedded files, and tables that nothing writes to.
func TestNoMutableGlobals(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for name, p := range modulePackages(t) {
		written := writtenIn(p)
		for file, parsed := range p.files {
			for _, decl := range parsed.Decls {
				gen, ok := decl.(*ast.GenDecl)
				if !ok || gen.Tok != token.VAR {
					continue
				}
				for _, spec := range gen.Specs {
					for i, ident := range spec.(*ast.ValueSpec).Names {
						key := name + "." + ident.Name
						if _, listed := mayVary[key]; listed {
							used[key] = true
							continue
						}
						if ident.Name != "_" && written[ident.Name] {
							t.Errorf("%s: %s is written to", file, ident.Name)
						}
						if ident.Name != "_" && !fixed(spec.(*ast.ValueSpec), i) {
							t.Errorf("%s: %s is a package variable that may change: make it a field, or say in mayVary why not", file, ident.Name)
						}
					}
				}
			}
		}
	}
	for key := range maps.Keys(mayVary) {
		if !used[key] {
			t.Errorf("mayVary lists %s, which is not there", key)
		}
	}
}

// fixed reports whether the i-th variable of spec is of a kind that does not change by
// itself: an embedded file, or a value that is neither empty nor a function.
func fixed(spec *ast.ValueSpec, i int) bool {
	if len(spec.Values) == 0 {
		return isSelector(spec.Type, "embed", "FS")
	}
	if i >= len(spec.Values) {
		return false
	}
	holds := true
	ast.Inspect(spec.Values[i], func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			holds = false
		case *ast.Ident:
			holds = holds && !slices.Contains([]string{"make", "new"}, n.Name)
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			holds = holds && !(ok && slices.Contains([]string{"sync", "atomic", "lru"}, x.Name))
		}
		return holds
	})
	return holds
}

// writtenIn are the names that something in p assigns to or deletes from. A local variable of the same name counts too: give it another.
func writtenIn(p *goPackage) map[string]bool {
	written := map[string]bool{}
	root := func(e ast.Expr) {
		for {
			switch x := e.(type) {
			case *ast.Ident:
				written[x.Name] = true
				return
			case *ast.IndexExpr:
				e = x.X
			case *ast.StarExpr:
				e = x.X
			case *ast.ParenExpr:
				e = x.X
			default:
				return
			}
		}
	}
	for _, file := range p.files {
		for _, decl := range file.Decls {
			f, ok := decl.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if n.Tok != token.DEFINE {
						for _, left := range n.Lhs {
							root(left)
						}
					}
				case *ast.IncDecStmt:
					root(n.X)
				case *ast.CallExpr:
					if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear") {
						root(n.Args[0])
					}
				}
				return true
			})
		}
	}
	return written
}
