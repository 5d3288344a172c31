// Package audit looks at pages in a browser with axe-core, and for what axe-core does not see: what is cut off or has to be
// scrolled sideways, and what forced colours hide.
package audit

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
)

// axe-core as npm has it, but compressed.
const (
	axeVersion = "4.10.3"
	axeSHA256  = "880970c081707360e64f34cea25ff91892f5bc95675b0776925b9709dd8a68bb"
)

//go:embed testdata/axe.min.js.gz testdata/audit.js
var files embed.FS

// script is what a page gets: axe-core, the very version that is named here, and the audit.
func script(t testing.TB) string {
	t.Helper()
	audit, err := files.ReadFile("testdata/audit.js")
	if err != nil {
		t.Fatal(err)
	}
	packed, err := files.ReadFile("testdata/axe.min.js.gz")
	if err != nil {
		t.Fatal(err)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	axe, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(axe); hex.EncodeToString(sum[:]) != axeSHA256 || !bytes.HasPrefix(axe, []byte("/*! axe v"+axeVersion+"\n")) {
		t.Fatalf("testdata/axe.min.js.gz is not axe-core %s: its SHA-256 is %x", axeVersion, sum)
	}
	return string(axe) + ";" + string(audit)
}

// Reader looks at pages, in one tab.
type Reader struct {
	*drive.Tab
	Language   string
	Exceptions []Exception
	script     string
}

// NewReader is a Reader whose browser prefers language.
func NewReader(t testing.TB, language string) *Reader {
	t.Helper()
	r := &Reader{Tab: drive.NewTab(t), Language: language, script: script(t)}
	r.Speak(language)
	r.look(1280, "light", "none") // and nothing moves
	return r
}

// look sets the width of the window, the colour scheme, and whether colours are forced.
func (r *Reader) look(width int64, scheme, forced string) {
	r.T.Helper()
	r.Do("resize", chromedp.EmulateViewport(width, 800))
	if _, err := chromedp.Call(r.Ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}, {Name: "forced-colors", Value: forced},
	}}); err != nil {
		r.T.Fatal(err)
	}
}

// lines are what a promise of the audit leads to.
func (r *Reader) lines(expression string) []string {
	r.T.Helper()
	ctx, cancel := context.WithTimeout(r.Ctx, drive.Patience)
	defer cancel()
	lines, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		r.T.Fatalf("%s: %v\nat %s", expression, err, r.Where())
	}
	return lines
}

// ask reports each line as a fault of the page.
func (r *Reader) ask(page, expression string) {
	r.T.Helper()
	for _, line := range r.lines(expression) {
		r.T.Errorf("%s (%s): %s", page, r.Language, line)
	}
}

// load puts axe-core and the audit on the page.
func (r *Reader) load() {
	r.T.Helper()
	r.WaitFor("body")
	if !drive.Evaluate[bool](r.Tab, "'axe' in window") {
		drive.Evaluate[bool](r.Tab, r.script)
	}
}

// What axe is asked for: all once, and what depends on widths and colours again.
const (
	everything = `{type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}`
	looks      = `{type: "rule", values: ["color-contrast", "target-size"]}`
)

// What a person may change about a text, by WCAG 2.2: 1.4.12 and 1.4.4.
const (
	spaced  = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-block-end: 2em !important }"
	doubled = "html { font-size: 200% !important }"
)

// Check fails the test for whatever is wrong with the page in the tab. Pages in English are looked at
// whole on a wide light screen, those in Arabic on a narrow dark one. What depends on width and colours alone, whatever the
// direction, is looked at in English.
func (r *Reader) Check(page string) {
	r.T.Helper()
	r.load()
	excepted, err := json.Marshal(append([]Exception{}, r.Exceptions...))
	if err != nil {
		r.T.Fatal(err)
	}
	axe := func(rules, how string) { r.ask(page+how, "audit.axe("+rules+", "+string(excepted)+")") }
	fits := func(how string) { r.ask(page+how, "audit.fits()") }
	style := func(css string) { r.ask(page, "audit.style("+drive.Quoted(css)+").then(() => [])") }

	if r.Language == "ar" {
		r.look(320, "dark", "none")
		axe(everything, " in full, dark")
		fits("")
		style(spaced)
		fits(", spaced")
		style("")
		return
	}
	r.look(1280, "light", "none")
	axe(everything, " in full, light")
	fits("")
	style(doubled)
	fits(", twice as large")
	style(spaced)
	r.look(320, "light", "active")
	fits(", spaced")
	r.ask(page, "audit.forced()")
	style("")
	r.look(320, "dark", "none")
	axe(looks, ", dark")
	fits("")
}

// Visit opens a page and checks it.
func (r *Reader) Visit(page, url string) {
	r.T.Helper()
	r.Open(url)
	r.Check(page)
}

// Named says which page fails: it must be the one that is meant.
func (r *Reader) Named(page, selector string) {
	r.T.Helper()
	r.WaitFor(selector)
	r.Check(page)
}

// Directions runs a test once for each direction of writing.
func Directions(t *testing.T, test func(t *testing.T, r *Reader)) {
	for _, language := range []string{"en", "ar"} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			r := NewReader(t, language)
			test(t, r)
			if got := drive.Evaluate[string](r.Tab, "document.documentElement.lang"); !strings.HasPrefix(got, language) {
				t.Errorf("the last page is in %q", got)
			}
		})
	}
}
