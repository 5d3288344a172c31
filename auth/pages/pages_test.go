package pages_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
)

const prefix = "/authorization-code/assets/"

func texts(t testing.TB) *language.Texts {
	t.Helper()
	all, err := language.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func look(t testing.TB) *pages.Look {
	t.Helper()
	l, err := pages.New(prefix, texts(t))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// everyPage fills every page with one value wherever text goes.
func everyPage(text string) []pages.Page {
	frame := pages.Frame{Person: &pages.Person{Name: text, Email: text}, Home: text, SignIn: text}
	nobody := pages.Frame{Home: text, SignIn: text}
	way := pages.Way{URL: text, Label: text}
	fields := []pages.Field{{Name: text, Value: text}, {Name: "code", Value: text}}
	return []pages.Page{
		pages.Error{
			Frame: frame, Status: 403, Heading: text, Message: text, Reason: text, Quote: text, Needs: []string{text, text},
			TryAgain: way, Otherwise: way, RequestID: text,
		},
		pages.ConfirmSignOut{Frame: frame, Action: text, ReturnTo: text},
		pages.ConfirmSignOut{Frame: nobody, Action: text},
		pages.SignedOut{Frame: frame},
		pages.SignedOut{Frame: nobody, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
		pages.Sessions{
			Frame: frame, Action: text, SignOut: text, Ended: true, More: true,
			Devices: []pages.Device{{ID: text, This: true, Browser: text, Since: text, Seen: text, Address: text}, {ID: text, Browser: text, Since: text, Seen: text, Address: text}},
		},
		pages.Arrived{Frame: frame, Continue: text},
		pages.Onward{Frame: nobody, SigningIn: true, URL: text},
		pages.Onward{Frame: nobody, URL: text},
		pages.Onward{Frame: nobody, Action: text, Fields: fields},
		pages.Onward{Frame: nobody, SigningIn: true, Kept: true, URL: text},
		pages.KeptForm{
			Frame: frame, Action: text, Marker: fields[1], Site: text, From: text + "x", Back: text, Minutes: 2, Fields: formFields(text),
			Files: []pages.FormFile{{Name: text, File: text, Size: text}}, Text: text,
		},
		pages.KeptForm{Frame: frame, Action: text, Marker: fields[1], Site: text, Minutes: 1},
		pages.GivenBack{Frame: nobody, Why: text, Fields: formFields(text), Files: []pages.FormFile{{Name: text, File: text, Size: text}}, Text: text, Cut: true},
		pages.Resubmit{Frame: nobody, Action: text, Fields: fields},
		pages.PopupDone{Frame: frame, Origin: text, Result: "success"},
		pages.PopupDone{Frame: nobody, Origin: text, Result: "error", Reason: text, Message: text},
	}
}

// TestSessionsSayThatThereAreMore: a list that is cut says so, and no other does.
func TestSessionsSayThatThereAreMore(t *testing.T) {
	t.Parallel()
	for _, more := range []bool{true, false} {
		body, err := look(t).Render(pages.Sessions{Devices: []pages.Device{{This: true}}, More: more})
		if err != nil || bytes.Contains(body, []byte("There are more")) != more {
			t.Errorf("more %v: %v\n%s", more, err, body)
		}
	}
}

func formFields(text string) []pages.FormField {
	return []pages.FormField{{Name: text, Value: text}, {Name: text, Value: text, Long: true}, {Name: text, Secret: true}, {Name: text, Value: text, Token: true}}
}

var emptyPages = []pages.Page{
	pages.Error{}, pages.ConfirmSignOut{}, pages.SignedOut{}, pages.Sessions{}, pages.Arrived{}, pages.Onward{}, pages.KeptForm{}, pages.GivenBack{}, pages.Resubmit{}, pages.PopupDone{}, pages.Widget{},
}

// A page that a test does not fill in is one that nobody has looked at.
func TestEveryPageIsTested(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("[^_]*.html")
	if err != nil || len(names) != len(emptyPages) {
		t.Errorf("there are the pages %q, and %d are tested: %v", names, len(emptyPages), err)
	}
}

func TestEveryPageIsSoundAndSafe(t *testing.T) {
	t.Parallel()
	l := look(t)
	for name, set := range map[string][]pages.Page{
		"empty":       emptyPages,
		"plain":       everyPage("/Ada"),
		"script":      everyPage(`<script>alert(1)</script>`),
		"attribute":   everyPage(`"' onmouseover=alert(1) style="x`),
		"javascript":  everyPage(`javascript:alert(1)`),
		"data":        everyPage(`data:text/html,<script>alert(1)</script>`),
		"end of tags": everyPage(`</title></textarea></style></pre><img src=x onerror=alert(1)>{{.}}-->`),
		"odd bytes":   everyPage("\x00\r\n\u202e\u2028\xff" + strings.Repeat("長", 10_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, page := range set {
				t.Run(fmt.Sprintf("%T", page), func(t *testing.T) { checkSound(t, l, page) })
			}
		})
	}
}

// checkSound looks for what every page must have, and for what the
// Content-Security-Policy would block.
func checkSound(t *testing.T, l *pages.Look, page pages.Page) {
	t.Helper()
	body, err := l.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	checkNesting(t, body)
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for selector, want := range map[string]int{
		"html[lang]": 1, "head title": 1, "main": 1, "h1": 1, "head meta[charset]": 1, "img": 0, "style": 0, "iframe": 0, "base": 0, "object": 0,
	} {
		if got := doc.Find(selector).Length(); got != want {
			t.Errorf("%d of %q, want %d", got, selector, want)
		}
	}
	doc.Find("h1, title, button").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" {
			t.Errorf("an empty %s", s.Nodes[0].Data)
		}
	})
	ids := map[string]bool{}
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, attr := range s.Nodes[0].Attr {
			if attr.Key == "style" || strings.HasPrefix(attr.Key, "on") {
				t.Errorf("inline %s on <%s>", attr.Key, s.Nodes[0].Data)
			}
			if attr.Key == "id" && ids[attr.Val] {
				t.Errorf("two elements with the id %q", attr.Val)
			}
			if attr.Key == "id" {
				ids[attr.Val] = true
			}
			value := strings.ToLower(strings.TrimSpace(attr.Val))
			if (attr.Key == "href" || attr.Key == "src" || attr.Key == "action") && (strings.HasPrefix(value, "javascript:") || strings.HasPrefix(value, "data:text")) {
				t.Errorf("%s=%q", attr.Key, attr.Val)
			}
		}
	})
	doc.Find("script, link[rel=stylesheet]").Each(func(_ int, s *goquery.Selection) {
		file := s.AttrOr("src", s.AttrOr("href", ""))
		if _, ok := l.Asset(strings.TrimPrefix(file, prefix)); !ok || s.Text() != "" {
			t.Errorf("an inline or foreign file: %q", file)
		}
	})
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("method", "") != "post" || s.Find("button[type=submit]").Length() != 1 || s.Find("input:not([type=hidden])").Length() != 0 {
			t.Error("a form without POST, without one submit button or with a field that has no label")
		}
	})
}

// checkNesting holds that each element that opens is closed, in order: a parser mends
// what is wrong, and says nothing.
func checkNesting(t *testing.T, body []byte) {
	t.Helper()
	void := map[string]bool{"meta": true, "link": true, "input": true, "br": true}
	var open []string
	for z := html.NewTokenizer(bytes.NewReader(body)); ; {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			if z.Err() != io.EOF || len(open) > 0 {
				t.Errorf("the page ends with %v open: %v", open, z.Err())
			}
			return
		case html.StartTagToken:
			if name, _ := z.TagName(); !void[string(name)] {
				open = append(open, string(name))
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			if len(open) == 0 || open[len(open)-1] != string(name) {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// TestFieldsAreSentUnchanged holds that what a form carries arrives as it came.
func TestFieldsAreSentUnchanged(t *testing.T) {
	t.Parallel()
	l := look(t)
	for _, value := range []string{"plain", `"quoted" & <tagged>`, "a+b%20c", "ünï", "{{.}}", "a\nb"} {
		fields := []pages.Field{{Name: "code", Value: value}}
		for _, page := range []pages.Page{pages.Resubmit{Action: "/callback", Fields: fields}, pages.Onward{Action: "/callback", Fields: fields}} {
			body, err := l.Render(page)
			if err != nil {
				t.Fatal(err)
			}
			doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			form := doc.Find("form#go-on")
			if got := form.Find("input[name=code]").AttrOr("value", ""); got != value || form.AttrOr("action", "") != "/callback" {
				t.Errorf("%T sends %q for %q to %s", page, got, value, form.AttrOr("action", ""))
			}
		}
	}
}

// TestOnwardGoesOn holds that the page leads to its URL, whatever that holds, by itself
// and by its link.
func TestOnwardGoesOn(t *testing.T) {
	t.Parallel()
	l := look(t)
	for _, target := range []string{
		"/authorization-code/logout?state=abc", "https://acme.okta.com/authorize?a=1&b=2", "/x?q='\"><script>", "/x;url=https://evil.example", "/x?a= b", "/é?ü=ß", "/x?q=%22%3E",
	} {
		body, err := l.Render(pages.Onward{URL: target})
		if err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		_, refresh, _ := strings.Cut(doc.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""), "0; url=")
		if refresh != target {
			t.Errorf("the page goes on to %q, want %q", refresh, target)
		}
		if doc.Find("script").Length() != 0 {
			t.Error("a script where none is needed")
		}
		if got := doc.Find("a#go-on").Length(); got != 1 {
			t.Errorf("%d links to go on", got)
		}
	}
}

func TestErrorAlwaysHasATitle(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		page pages.Error
		want string
	}{
		{pages.Error{Heading: "Odd", Status: 404}, "Odd"},
		{pages.Error{Status: 404}, "Not Found"},
		{pages.Error{Status: 599}, "Something went wrong"},
		{pages.Error{}, "Something went wrong"},
	} {
		if got := tt.page.Title(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt.page, got, tt.want)
		}
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	l := look(t)
	for _, name := range []string{"", "sign-in.css", "../look.go", "sign-in.0000000000000000.css"} {
		if _, ok := l.Asset(name); ok {
			t.Errorf("there is an asset %q", name)
		}
	}
}

// TestSessionScriptIsSmall: hosts put it on every page, with policies that allow nothing inline.
func TestSessionScriptIsSmall(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("assets/session.js")
	if err != nil {
		t.Fatal(err)
	}
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	w.Write(source)
	w.Close()
	if compressed.Len() >= 3<<10 {
		t.Errorf("session.js has %d bytes compressed, may have 3 KB", compressed.Len())
	}
	for _, never := range []string{"innerHTML", "import ", "eval(", ".style", "http:", "https:"} {
		if strings.Contains(string(source), never) {
			t.Errorf("session.js says %s", never)
		}
	}
}
