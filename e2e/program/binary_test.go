package program_test

import (
	"debug/elf"
	"net/http"
	"net/url"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
)

// TestNoStandInInside reads which packages the program is made of.
func TestNoStandInInside(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", ".")
	list.Dir = drive.Root
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	packages := strings.Fields(string(out))
	if len(packages) < 50 {
		t.Fatalf("the list has only %q", packages)
	}
	for _, name := range packages {
		for _, unwanted := range []string{"mockokta", "chromedp", "goquery", "testing"} {
			if name == unwanted || strings.Contains(name, "/"+unwanted) {
				t.Errorf("the program contains %s", name)
			}
		}
	}
}

// TestOneStaticFile looks at the program: it needs no other file to run.
func TestOneStaticFile(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Logf("nothing to check on %s", runtime.GOOS)
		return
	}
	file, err := elf.Open(drive.Program(t))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for _, part := range file.Progs {
		if part.Type == elf.PT_INTERP {
			t.Error("the program needs a dynamic loader")
		}
	}
	if libraries, err := file.ImportedLibraries(); err != nil || len(libraries) > 0 {
		t.Errorf("the program needs %v (%v)", libraries, err)
	}
}

// TestAssetsInside fetches all that the pages load from a program that runs in an
// empty folder.
func TestAssetsInside(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	v := drive.NewVisitor(t, a)
	page, err := goquery.NewDocumentFromReader(strings.NewReader(v.Get("/").Body))
	if err != nil {
		t.Fatal(err)
	}
	fetched := 0
	page.Find("link[href]:not([rel=expect]), script[src]").Each(func(_ int, element *goquery.Selection) {
		path := element.AttrOr("href", element.AttrOr("src", ""))
		if u, err := url.Parse(path); err != nil || u.IsAbs() || u.Host != "" {
			t.Errorf("the page loads %s from elsewhere", path)
			return
		}
		if r := v.Get(path); r.StatusCode != http.StatusOK || len(r.Body) == 0 || !strings.Contains(r.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s answers %d with %d bytes, Cache-Control %q", path, r.StatusCode, len(r.Body), r.Header.Get("Cache-Control"))
		}
		fetched++
	})
	if fetched < 3 {
		t.Errorf("the page loads %d files, want a stylesheet, a script and an icon", fetched)
	}
}
