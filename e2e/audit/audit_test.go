package audit

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
)

func TestMain(m *testing.M) { os.Exit(drive.Run(m)) }

// TestAuditFindsFaults: what the other tests rely on finds what is wrong with a page that is wrong.
func TestAuditFindsFaults(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!doctype html><html><head><title>Faults</title><link rel="icon" href="data:,"></head><body style="margin: 0">
<main><h1>Faults</h1><h3>Too deep</h3><img src="data:," width="9" height="9"><input name="unnamed"><p style="color: #aaa; background: #fff">too pale</p>
<button style="border: 0; padding: 0; width: 12px; height: 12px" aria-label="small">x</button><button style="border: 0; width: 12px; height: 12px" aria-label="another">y</button>
<div style="width: 400px">wide</div><div style="height: 1em; overflow: hidden">one<br>two<br>three</div></main></body></html>`)
	}))
	t.Cleanup(server.Close)
	r := NewReader(t, "en")
	r.Open(server.URL)
	r.load()
	r.look(320, "light", "active")
	for expression, faults := range map[string][]string{
		"audit.axe(" + everything + ", [])": {"html-has-lang", "image-alt", "label", "color-contrast", "heading-order", "target-size"},
		"audit.axe(" + looks + ", [])":      {"color-contrast", "target-size"},
		"audit.fits()":                      {"px wide on a screen of 320", "cut off: div"},
		"audit.forced()":                    {"no edge in forced colours: button"},
		"audit.style('h1 { width: 900px }').then(() => audit.fits())":       {"the page is 900 px wide"},
		"audit.axe(" + looks + `, [{rule: "target-size", inside: "main"}])`: {"color-contrast"},
	} {
		found := strings.Join(r.lines(expression), "\n")
		for _, fault := range faults {
			if !strings.Contains(found, fault) {
				t.Errorf("%s does not find %q but\n%s", expression, fault, found)
			}
		}
	}
	if found := strings.Join(r.lines("audit.axe("+looks+`, [{rule: "target-size", inside: "main"}])`), "\n"); strings.Contains(found, "target-size") {
		t.Errorf("an exception is held against the page:\n%s", found)
	}
}
