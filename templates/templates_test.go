package templates_test

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/language"
	"example.com/okta-gin/templates"
)

func assetURL(name string) string { return "/static/" + name }

// urls are those of an app at the root of its host.
func urls(asset func(string) string) templates.URLs {
	return templates.URLs{
		Asset: asset, Path: func(path string) string { return path },
		SignIn: "/authorization-code/login-redirect", SignOut: "/authorization-code/logout",
	}
}

var site = templates.Site{Brand: "okta-gin", Nav: []templates.NavItem{
	{Path: "/greet", Text: "frame.greeting"}, {ID: "profile-button", Path: "/authorization-code/profile", Text: "frame.profile"},
}}

func texts(t testing.TB) *language.Texts {
	t.Helper()
	all, err := language.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(t testing.TB) *templates.Pages {
	t.Helper()
	pages, err := templates.Parse(urls(assetURL), texts(t))
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

// shown are claims as the profile page shows them.
func shown(t testing.TB, claims map[string]any, json string) template.HTML {
	t.Helper()
	html, err := parse(t).Claims(texts(t).English(), templates.DescribeClaims(texts(t).English(), claims), json)
	if err != nil {
		t.Fatal(err)
	}
	return html
}

func render(t testing.TB, pages *templates.Pages, page templates.Page) *goquery.Document {
	t.Helper()
	var buf bytes.Buffer
	if err := pages.Render(&buf, page); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(buf.String(), "ZgotmplZ") {
		t.Errorf("html/template refused a value:\n%s", buf.String())
	}
	doc, err := goquery.NewDocumentFromReader(&buf)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

var (
	now     = time.Date(2026, 9, 21, 14, 0, 0, 0, time.UTC)
	session = templates.SessionTimes{
		Now: now, SignedInAt: now.Add(-85 * time.Minute),
		IdleEnds: now.Add(45 * time.Minute), Ends: now.Add(12*time.Hour - 85*time.Minute), IdleTimeout: time.Hour,
	}
)

// everyPage fills every page with one value wherever text goes.
func everyPage(t testing.TB, text string) []templates.Page {
	t.Helper()
	base := templates.Base{
		Site:   templates.Site{Brand: text, Version: text, Nav: []templates.NavItem{{ID: "x", Path: "/" + text, Text: "frame.profile"}}},
		Person: &templates.Person{Name: text, Email: text, Initials: text}, Path: text,
	}
	groups := make([]string, 120)
	for i := range groups {
		groups[i] = text
	}
	claims := map[string]any{
		text: text, "name": text, "website": text, "picture": text, "amr": []any{text}, "groups": groups,
		"address": map[string]any{text: text}, "exp": text,
	}
	directory := &templates.Directory{Status: text, Created: now, Groups: groups, GroupsTruncated: true}
	return []templates.Page{
		templates.Home{Base: base, Notice: text, OtherWay: templates.Way{URL: "/" + text, Label: text}},
		templates.SignIn{Base: base, Head: `<link rel="stylesheet" href="/widget.css">`, Body: `<div id="sign-in-widget"></div>`},
		templates.Profile{
			Base: base, Claims: shown(t, claims, text), Session: session,
			Directory: directory, CanSignOutEverywhere: true, UserID: text, SessionsURL: "/" + text,
		},
		templates.Profile{Base: base, Directory: &templates.Directory{Unavailable: text}},
		templates.Greet{Base: base, Name: text, TimeOfDay: text},
		templates.Sessions{
			Base: base, Action: "/" + text, Ended: true,
			Devices: []templates.Device{{ID: text, This: true, Browser: text, Since: text, Seen: text, Address: text}, {ID: text, Browser: text, Since: text, Seen: text, Address: text}},
		},
		templates.AdminSessions{
			Base: base, Now: now, Count: 2, Counted: true, Search: "/" + text, Action: "/" + text, Query: text, Subject: text, Done: "okta",
			Day:      []templates.Hour{{Began: now, SignIns: 3, Refusals: 1}, {Began: now}},
			Sessions: []templates.AdminSession{{ID: text, Subject: text, Email: text, Browser: text, SignedInAt: now, SeenAt: now, Ends: now}},
		},
		templates.AdminSessions{
			Base: base, Search: "/" + text, Query: text, ByName: true,
			People: []templates.AdminPerson{{ID: text, Name: text, Email: text, Status: text}, {ID: text}},
		},
		templates.AdminSessions{Base: base, Query: text, ByName: true, Unavailable: text},
		templates.SignedOut{Base: base, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
		templates.ConfirmSignOut{Base: base},
		templates.KeptForm{
			Base: base, Action: "/" + text, MarkerName: text, MarkerValue: text, SiteOrigin: text, From: text, Back: "/" + text, Minutes: 3, Sent: sent(text),
		},
		templates.GivenBack{Base: base, Why: text, Cut: true, SignIn: "/" + text, Sent: sent(text)},
		templates.Error{
			Base: base, Status: http.StatusForbidden, Heading: text, Message: text, OktaSays: text, RequestID: text,
			TryAgain: templates.Way{URL: "/" + text, Label: text}, Otherwise: templates.Way{URL: "/" + text, Label: text}, NeedGroups: groups,
		},
	}
}

func sent(text string) templates.Sent {
	return templates.Sent{
		Fields: []templates.SentField{{Name: text, Value: text}, {Name: text, Value: text, Long: true}, {Name: text, Secret: true}, {Name: text, Value: text, Token: true}},
		Files:  []templates.SentFile{{Name: text, File: text, Size: text}}, Text: text,
	}
}

var emptyPages = []templates.Page{
	templates.Home{}, templates.Profile{}, templates.Greet{}, templates.SignedOut{}, templates.Sessions{}, templates.AdminSessions{}, templates.ConfirmSignOut{},
	templates.KeptForm{}, templates.GivenBack{},
	templates.Error{}, templates.SignIn{},
}

func TestEveryPageIsSoundAndSafe(t *testing.T) {
	t.Parallel()
	pages := parse(t)
	for name, set := range map[string][]templates.Page{
		"empty":       emptyPages,
		"plain":       everyPage(t, "Ada"),
		"script":      everyPage(t, `<script>alert(1)</script>`),
		"attribute":   everyPage(t, `"' onmouseover=alert(1) style="x`),
		"javascript":  everyPage(t, `javascript:alert(1)`),
		"end of tags": everyPage(t, `</title></textarea></style></pre><img src=x onerror=alert(1)>{{.}}-->`),
		"odd bytes":   everyPage(t, "\x00\r\n\u202e\u2028\xff"+strings.Repeat("長", 10_000)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, page := range set {
				t.Run(fmt.Sprintf("%T", page), func(t *testing.T) {
					checkSound(t, render(t, pages, page))
				})
			}
		})
	}
}

// checkSound looks for what every page must have, and for what the Content-Security-Policy would block.
func checkSound(t *testing.T, doc *goquery.Document) {
	t.Helper()
	for selector, want := range map[string]int{"html[lang]": 1, "head title": 1, "main": 1, "h1": 1, "img": 0, "style": 0, "iframe": 0} {
		if got := doc.Find(selector).Length(); got != want {
			t.Errorf("%d of %q, want %d", got, selector, want)
		}
	}
	for _, selector := range []string{"h1", "title", "h2", "h3", "button", "summary"} {
		doc.Find(selector).Each(func(_ int, s *goquery.Selection) {
			if strings.TrimSpace(s.Text()) == "" {
				t.Errorf("an empty %s", selector)
			}
		})
	}
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
			if (attr.Key == "href" || attr.Key == "src" || attr.Key == "action") && strings.HasPrefix(attr.Val, "javascript:") {
				t.Errorf("%s=%q", attr.Key, attr.Val)
			}
		}
	})
	doc.Find("[aria-labelledby]").Each(func(_ int, s *goquery.Selection) {
		if target := s.AttrOr("aria-labelledby", ""); !ids[target] {
			t.Errorf("aria-labelledby names %q, which isn't there", target)
		}
	})
	doc.Find("script").Each(func(_ int, s *goquery.Selection) {
		if !strings.HasPrefix(s.AttrOr("src", ""), "/static/") || s.Text() != "" {
			t.Error("an inline or foreign script")
		}
	})
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		if s.AttrOr("method", "") != "post" && s.AttrOr("role", "") != "search" || s.Find("button[type=submit]").Length() != 1 {
			t.Error("a form without POST or without one submit button")
		}
	})
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		if doc.Find(`label[for="`+s.AttrOr("id", "")+`"]`).Length() != 1 {
			t.Error("a form field without a label")
		}
	})
	level := 0
	doc.Find("h1, h2, h3, h4").Each(func(_ int, s *goquery.Selection) {
		next := int(s.Nodes[0].Data[1] - '0')
		if next > level+1 {
			t.Errorf("<h%d> %q follows <h%d>", next, s.Text(), level)
		}
		level = next
	})
}

func TestMarkers(t *testing.T) {
	t.Parallel()
	pages := parse(t)
	ada := templates.Base{Site: site, Person: &templates.Person{Name: "Ada Lovelace", Email: "ada@acme.test", Initials: "AL"}, Path: "/"}
	out := templates.Base{Site: site, Path: "/"}
	claims := shown(t, map[string]any{"email": "ada@acme.test", "groups": []any{"Admins", "Everyone"}}, "")
	tests := []struct {
		name     string
		page     templates.Page
		selector string
		want     int
		text     string // of the first match
	}{
		{"sign in", templates.Home{Base: out}, `a#login-button[href="/authorization-code/login-redirect"]`, 1, "Sign in"},
		{"no sign-out for nobody", templates.Home{Base: out}, "#logout-button, #profile-button", 0, ""},
		{"the sample page", templates.Home{Base: out}, `main a[href="/greet"]`, 1, "Try a page that is closed"},
		{"welcome", templates.Home{Base: ada}, ".text.container h1", 1, "Welcome, Ada Lovelace"},
		{"no second sign-in", templates.Home{Base: ada}, "#login-button", 0, ""},
		{"profile", templates.Home{Base: ada}, `a#profile-button[href="/authorization-code/profile"]`, 1, "Profile"},
		{"sign out", templates.Home{Base: ada}, `form[method=post][action="/authorization-code/logout"] button#logout-button[type=submit]`, 1, "Sign out"},
		{"notice", templates.Home{Base: ada, Notice: "Hello."}, ".notice", 1, "Hello."},
		{"claim", templates.Profile{Base: ada, Claims: claims}, "td#claim-email", 1, "ada@acme.test"},
		{"groups", templates.Profile{Base: ada, Claims: claims}, "td#claim-groups li", 2, "Admins"},
		{"initials", templates.Profile{Base: ada}, ".avatar", 1, "AL"},
		{"everywhere", templates.Profile{Base: ada, CanSignOutEverywhere: true}, `form[action="/authorization-code/logout"]:has(input[name=everywhere][value="1"]) #sign-out-everywhere`, 1, "Sign out everywhere"},
		{"not everywhere", templates.Profile{Base: ada}, "#sign-out-everywhere", 0, ""},
		{"confirm", templates.ConfirmSignOut{Base: ada}, `main form[method=post][action="/authorization-code/logout"] #confirm-sign-out`, 1, "Sign out"},
		{"nothing to confirm", templates.ConfirmSignOut{Base: out}, "form", 0, ""},
		{"standard heading", templates.Error{Status: http.StatusNotFound}, "h1", 1, "Not Found"},
		{"unknown status", templates.Error{Status: 999}, "h1", 1, "Something went wrong"},
		{"request ID", templates.Error{RequestID: "r-1"}, ".request code", 1, "r-1"},
		{"try again", templates.Error{TryAgain: templates.Way{URL: "/login?return_to=%2Fgreet"}}, `a.button[href="/login?return_to=%2Fgreet"]`, 1, "Try again"},
		{"other account", templates.Error{Otherwise: templates.Way{URL: "/login?prompt=login", Label: "Use another account"}}, `a[href="/login?prompt=login"]`, 1, "Use another account"},
		{"Okta's words", templates.Error{OktaSays: "No <b>way</b>."}, "blockquote", 1, "No <b>way</b>."},
		{"group needed", templates.Error{NeedGroups: []string{"Admins"}}, "main .chips li", 1, "Admins"},
		{"partial sign-out", templates.SignedOut{Ended: true, HereOnly: true}, ".notice", 1, ""},
		{"whole sign-out", templates.SignedOut{}, ".notice", 0, ""},
		{"current page", templates.Greet{Base: templates.Base{Site: site, Person: ada.Person, Path: "/greet"}}, "[aria-current=page]", 1, "Greeting"},
		{"directory away", templates.Profile{Directory: &templates.Directory{Unavailable: "Okta is slow today."}}, ".card p", 1, "Okta is slow today."},
		{"directory status", templates.Profile{Directory: &templates.Directory{Status: "PASSWORD_EXPIRED"}}, ".badge", 1, "Password expired"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := render(t, pages, test.page).Find(test.selector)
			if found.Length() != test.want {
				t.Fatalf("%d of %s, want %d", found.Length(), test.selector, test.want)
			}
			if got := strings.TrimSpace(found.First().Text()); test.text != "" && got != test.text {
				t.Errorf("text %q, want %q", got, test.text)
			}
		})
	}
}

func TestLongListsFold(t *testing.T) {
	t.Parallel()
	pages := parse(t)
	for groups, folded := range map[int]int{1: 0, 12: 0, 13: 3, 120: 110} {
		var names []string
		for i := range groups {
			names = append(names, fmt.Sprintf("Group %d", i))
		}
		doc := render(t, pages, templates.Profile{Claims: shown(t, map[string]any{"groups": names}, "")})
		if got := doc.Find("#claim-groups li").Length(); got != groups {
			t.Errorf("%d groups, want %d", got, groups)
		}
		if got := doc.Find("#claim-groups details li").Length(); got != folded {
			t.Errorf("of %d groups %d are folded away, want %d", groups, got, folded)
		}
	}
}

func TestSessionTimes(t *testing.T) {
	t.Parallel()
	doc := render(t, parse(t), templates.Profile{Session: session})
	texts := doc.Find("[data-since], [data-until]").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	if want := []string{"1 hour 25 minutes", "45 minutes", "10 hours 35 minutes"}; !slices.Equal(texts, want) {
		t.Errorf("spans %q, want %q", texts, want)
	}
	meters := doc.Find("meter").Map(func(_ int, s *goquery.Selection) string {
		return s.AttrOr("value", "") + "/" + s.AttrOr("max", "")
	})
	if want := []string{"2700/3600", "38100/43200"}; !slices.Equal(meters, want) {
		t.Errorf("meters %q, want %q", meters, want)
	}
	if got := doc.Find(`time[datetime="2026-09-21T14:45:00Z"]`).Text(); got != "21 September 2026, 14:45:00 UTC" {
		t.Errorf("idle end reads %q", got)
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	pages := parse(t)
	for left, want := range map[time.Duration]string{
		-time.Hour:                   "less than a minute",
		29 * time.Second:             "less than a minute",
		time.Hour - 1:                "1 hour",
		time.Minute:                  "1 minute",
		time.Hour:                    "1 hour",
		2*time.Hour + 5*time.Minute:  "2 hours 5 minutes",
		25 * time.Hour:               "1 day 1 hour",
		7*24*time.Hour + time.Second: "7 days",
	} {
		times := templates.SessionTimes{Now: now, SignedInAt: now, IdleEnds: now.Add(left), Ends: now.Add(left)}
		doc := render(t, pages, templates.Profile{Session: times})
		if got := doc.Find("[data-until]").First().Text(); got != want {
			t.Errorf("%v reads %q, want %q", left, got, want)
		}
		if got := doc.Find("meter").First().AttrOr("value", ""); strings.HasPrefix(got, "-") {
			t.Errorf("%v gives a meter of %s", left, got)
		}
	}
}

func TestPagesNeedEveryAsset(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{"app.css", "app.js", "favicon.svg"} {
		pages, err := templates.Parse(urls(func(name string) string {
			if name == missing {
				return ""
			}
			return assetURL(name)
		}), texts(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := pages.Render(io.Discard, templates.Home{}); err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("without %s: error %v", missing, err)
		}
	}
}

// A page that a test does not fill in is one that nobody has looked at.
func TestEveryPageIsTested(t *testing.T) {
	t.Parallel()
	var tested []string
	for _, page := range emptyPages {
		tested = append(tested, page.Template())
	}
	slices.Sort(tested)
	if names := parse(t).Names(); !slices.Equal(names, tested) {
		t.Errorf("pages %q, tested %q", names, tested)
	}
}

func TestAPageThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	if err := parse(t).Check(templates.Plain{File: "about.html"}); err == nil || !strings.Contains(err.Error(), "templates/about.html") {
		t.Errorf("error %v, want one that names the file", err)
	}
}

func TestRenderIsAllOrNothing(t *testing.T) {
	t.Parallel()
	var broken atomic.Bool
	pages, err := templates.Parse(urls(func(name string) string {
		if broken.Load() && name == "app.js" {
			return ""
		}
		return assetURL(name)
	}), texts(t))
	if err != nil {
		t.Fatal(err)
	}
	broken.Store(true)
	var buf bytes.Buffer
	if err := pages.Render(&buf, templates.Home{}); err == nil {
		t.Error("no error")
	}
	if buf.Len() != 0 {
		t.Errorf("%d bytes of half a page were sent", buf.Len())
	}
	broken.Store(false)
	if err := pages.Render(&buf, templates.Home{}); err != nil || !regexp.MustCompile(`(?s)^<!doctype html>.*</html>\s*$`).Match(buf.Bytes()) {
		t.Errorf("afterwards: error %v, page %.200q", err, buf.String())
	}
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestRenderReportsAWriteError(t *testing.T) {
	t.Parallel()
	gone := errors.New("gone")
	if err := parse(t).Render(brokenWriter{gone}, templates.Home{}); !errors.Is(err, gone) {
		t.Errorf("error %v, want %v", err, gone)
	}
}
