package drive

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Sheet shows pages side by side, each as wide as a narrow phone and as high as it is, without what makes them move.
type Sheet struct {
	url    string
	titles []string
	pages  []string
}

// frameWidth is how wide a page of a sheet is, in pixels.
const frameWidth = 320

// NewSheet is a sheet of pages whose style sheets and pictures assets has.
func NewSheet(t testing.TB, assets http.Handler) *Sheet {
	t.Helper()
	s := new(Sheet)
	mux := http.NewServeMux()
	mux.Handle("/", assets)
	mux.HandleFunc("/sheet", s.showAll)
	mux.HandleFunc("/sheet/{page}", s.showOne)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL + "/sheet"
	return s
}

// moving is what makes a page do something by itself.
var moving = regexp.MustCompile(`(?s)<script.*?</script>|<meta http-equiv="refresh"[^>]*>| autofocus`)

// Add adds a page. Title is for messages.
func (s *Sheet) Add(title, html string) {
	s.titles, s.pages = append(s.titles, title), append(s.pages, moving.ReplaceAllString(html, ""))
}

func (s *Sheet) showAll(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, `<!doctype html><html lang="en"><title>Sheet</title><link rel="icon" href="data:,"><style>
		body { display: flex; flex-wrap: wrap; gap: 8px; align-items: flex-start; margin: 8px; background: #888 } iframe { border: 0; background: #fff }</style>`)
	for i, title := range s.titles {
		fmt.Fprintf(w, `<iframe sandbox="allow-same-origin" width="%d" src="/sheet/%d" title="%s"></iframe>`, frameWidth, i, title)
	}
}

func (s *Sheet) showOne(w http.ResponseWriter, r *http.Request) {
	i, err := strconv.Atoi(r.PathValue("page"))
	if err != nil || i >= len(s.pages) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprint(w, s.pages[i])
}

// CheckSheet checks that each page of s is in that language and fits, with nothing in it cut off, and keeps a picture of
// them all as artifacts/NAME.png.
func (b *Tab) CheckSheet(s *Sheet, name, language string) {
	b.T.Helper()
	b.Do("resize", chromedp.EmulateViewport(8*(frameWidth+8)+8, 800))
	b.Open(s.url)
	faults := Evaluate[[]string](b, `[...document.querySelectorAll("iframe")].flatMap(frame => {
		const page = frame.contentDocument, root = page.documentElement, faults = [];
		frame.height = root.scrollHeight;
		if (root.lang + " " + getComputedStyle(page.body).direction !== `+strconv.Quote(language+" "+Direction(language))+`) faults.push("is in " + root.lang);
		if (root.scrollWidth > `+strconv.Itoa(frameWidth)+`) faults.push("is " + root.scrollWidth + " px wide");
		for (const e of page.querySelectorAll("h1, h2, p, a, button, summary, label, dt, dd, li, td, th")) {
			if (e.checkVisibility() && getComputedStyle(e).display !== "inline" && e.scrollWidth > e.clientWidth + 1) faults.push("cuts off " + e.outerHTML.slice(0, 120));
		}
		return faults.map(fault => frame.title + " " + fault);
	})`)
	if len(faults) > 0 {
		b.T.Errorf("in %s:\n%s", language, strings.Join(faults, "\n"))
	}
	b.Screenshot(name)
}

// Speak makes the tab's browser one of a person who prefers these languages, such as "nl,de".
func (b *Tab) Speak(languages string) {
	b.T.Helper()
	preferred := emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 Chrome", AcceptLanguage: languages}
	if _, err := chromedp.Call(b.Ctx, emulation.SetUserAgentOverride, preferred); err != nil {
		b.T.Fatal(err)
	}
}

// Direction is how a language is written: ltr or rtl.
func Direction(language string) string {
	if language == "ar" {
		return "rtl"
	}
	return "ltr"
}

// Languages are those that the app ships.
func Languages() []string { return []string{"ar", "de", "en", "es", "fr", "ja", "pt"} }
