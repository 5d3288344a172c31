package e2e_test

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

const sessionPath = "/authorization-code/session"

// timedApp is the app in this process, with a clock that tests move.
type timedApp struct {
	t   *testing.T
	URL string

	mu       sync.Mutex
	offset   time.Duration
	requests []string // to sessionPath, by their methods
	refuse   bool     // break off what asks for sessionPath
}

func startTimedApp(t *testing.T, env map[string]string) *timedApp {
	t.Helper()
	port := freePort(t)
	a := &timedApp{t: t, URL: "http://localhost:" + port}
	org, err := mockokta.Start(mockokta.Options{Addr: "127.0.0.1:" + freePort(t), Clients: []mockokta.Client{mockokta.WebClient(a.URL)}, Now: a.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	all := map[string]string{
		"PORT": port, "BASE_URL": a.URL, "OKTA_OAUTH2_ISSUER": org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret,
		"SESSION_SECRET":            "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
		"SESSION_IDLE_TIMEOUT":      "40m", "SESSION_MAX_AGE": "2h",
	}
	for name, value := range env {
		all[name] = value
	}
	cfg, err := config.Load(all)
	if err != nil {
		t.Fatal(err)
	}
	app, err := handlers.New(cfg, slog.New(slog.DiscardHandler), a.now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: a.noting(app)}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	return a
}

// noting notes what asks for sessionPath before next answers.
func (a *timedApp) noting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == sessionPath {
			a.mu.Lock()
			a.requests = append(a.requests, r.Method)
			refuse := a.refuse
			a.mu.Unlock()
			if refuse {
				panic(http.ErrAbortHandler)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (a *timedApp) now() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return time.Now().Add(a.offset)
}

// asked are the methods of the requests to sessionPath since it was called last.
func (a *timedApp) asked() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	asked := strings.Join(a.requests, " ")
	a.requests = nil
	return asked
}

func (a *timedApp) setAway(away bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.refuse = away
}

// pass lets time pass: for the app, and for the pages that the tabs show.
func (a *timedApp) pass(d time.Duration, tabs ...*tab) {
	a.t.Helper()
	a.mu.Lock()
	a.offset += d
	a.mu.Unlock()
	for _, b := range tabs {
		evaluate[bool](b, "(now => { Date.now = () => now() + "+strconv.FormatInt(d.Milliseconds(), 10)+"; return true })(Date.now.bind(Date))")
	}
}

const (
	dialogue = "dialog.session-time[open]"
	goOn     = dialogue + " button"
	over     = "main.session-over"
)

func (a *timedApp) signedIn(path string) *tab {
	b := newTab(a.t)
	b.open(a.URL + "/login?return_to=" + path)
	b.signIn(ada)
	b.waitURL(a.URL + path)
	return b
}

func (b *tab) hasNot(selector string) {
	b.t.Helper()
	b.until("!document.querySelector(" + quoted(selector) + ")")
}

// ticked waits until the page has looked at its clock.
func (b *tab) ticked() {
	b.t.Helper()
	evaluate[bool](b, `document.addEventListener("session-time", () => (window.ticked = true), { once: true }), window.ticked = false, true`)
	b.until("window.ticked")
}

func TestTimeLeftDialogue(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn(profilePath)
	b.ticked()
	if asked := a.asked(); asked != "" || b.has(dialogue) {
		t.Errorf("before anything is due the page asks %q", asked)
	}
	b.tabTo("details.raw summary")
	a.pass(36*time.Minute, b)
	b.waitFor(dialogue)
	if asked := a.asked(); asked != "GET" {
		t.Errorf("the dialogue came after %q, want one question", asked)
	}
	if text := b.text(dialogue); !strings.Contains(text, "Are you still there?") || !strings.Contains(text, "In 4 minutes you will be signed out") {
		t.Errorf("the dialogue says %q", text)
	}
	if title := evaluate[string](b, "document.title"); !strings.HasPrefix(title, "Are you still there? · ") {
		t.Errorf("the tab says %q", title)
	}
	said := evaluate[[]string](b, `(box => [box.getAttribute("role"), box.lang, box.dir, document.getElementById(box.getAttribute("aria-labelledby")).textContent, String(box.contains(document.getElementById(box.getAttribute("aria-describedby")))), String(box.matches(":modal")), document.activeElement.tagName])(document.querySelector("`+dialogue+`"))`)
	if got := strings.Join(said, "|"); got != "alertdialog|en|ltr|Are you still there?|true|true|BUTTON" {
		t.Errorf("assistive technology is told %s", got)
	}
	b.checkNames()
	b.click(goOn)
	b.hasNot("dialog")
	b.ticked()
	if asked := a.asked(); asked != "POST" || b.has("dialog") {
		t.Errorf("going on asked %q", asked)
	}
	if focus := evaluate[string](b, "document.activeElement.tagName"); focus != "SUMMARY" {
		t.Errorf("the focus is on %s, want where it was", focus)
	}
	if title := evaluate[string](b, "document.title"); strings.Contains(title, "there") {
		t.Errorf("the tab still says %q", title)
	}
	if text := b.text(`[data-until="idleEnds"]`); !strings.HasPrefix(text, "40 ") {
		t.Errorf("the profile's clock says %q, want 40 minutes", text)
	}

	a.pass(36*time.Minute, b)
	b.waitFor(dialogue)
	b.press(kb.Escape)
	b.hasNot("dialog")
	b.ticked()
	if asked := a.asked(); asked != "GET POST" {
		t.Errorf("Escape asked %q, want to go on", asked)
	}

	a.pass(36*time.Minute, b) // within ten minutes of the end: nothing moves that
	b.waitFor(dialogue)
	if text := b.text(dialogue); !strings.Contains(text, "Are you still there?") && !strings.Contains(text, "Please save your work") {
		t.Errorf("the dialogue says %q", text)
	}
}

func TestTimeLeftIsUp(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn(profilePath + "?page=2")
	b.ticked()
	a.pass(41*time.Minute, b)
	b.waitFor(over)
	if text := evaluate[string](b, "document.documentElement.textContent"); strings.Contains(text, "Lovelace") || strings.Contains(text, ada) {
		t.Errorf("the page goes on showing %q", text)
	}
	if asked := a.asked(); asked != "GET" {
		t.Errorf("it asked %q, want one question", asked)
	}
	if got := b.text("h1"); got != "Your session has ended" || !evaluate[bool](b, "document.activeElement.tagName === 'H1' && document.title === 'Your session has ended'") {
		t.Errorf("the page says %q", got)
	}
	b.checkMarkup()
	b.checkNames()
	b.follow(over + " a") // to Okta, whose own session goes on
	b.waitURL(a.URL + profilePath + "?page=2")
	if got := b.text("h1"); got != "Ada Lovelace" {
		t.Errorf("the way back ends at %q", got)
	}
}

// TestTimeLeftInTwoTabs: each tab knows what the other does.
func TestTimeLeftInTwoTabs(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	one := a.signedIn(profilePath)
	two := one.another()
	two.open(a.URL + "/greet")
	both := []*tab{one, two}
	a.asked()

	a.pass(30*time.Minute, both...)
	one.open(a.URL + profilePath) // its page's clock is the true one again
	evaluate[bool](one, "(now => { Date.now = () => now() + 1800000; return true })(Date.now.bind(Date))")
	a.pass(8*time.Minute, both...)
	two.ticked()
	if asked := a.asked(); two.has("dialog") || strings.Contains(asked, "POST") {
		t.Errorf("a dialogue although the other tab was in use; asked %q", asked)
	}

	a.pass(29*time.Minute, both...)
	one.waitFor(dialogue)
	two.waitFor(dialogue)
	one.click(goOn)
	one.hasNot("dialog")
	two.hasNot("dialog")
	two.ticked()
	if asked := a.asked(); strings.Count(asked, "POST") != 1 || two.has("dialog") {
		t.Errorf("one button in one tab: %q", asked)
	}

	evaluate[bool](two, `(main => { const field = document.createElement("textarea"); field.id = "typed"; main.append(field); field.value = "half a poem"; return true })(document.querySelector("main"))`)
	one.follow("#logout-button")
	two.waitFor(over)
	if two.has("#typed") || strings.Contains(evaluate[string](two, "document.documentElement.textContent"), "Ada") {
		t.Error("the other tab goes on showing things after the sign-out")
	}
	one.open(a.URL + "/login?return_to=/greet")
	one.signIn(ada)
	two.hasNot(over)
	if got := evaluate[string](two, "document.querySelector('#typed').value"); got != "half a poem" {
		t.Errorf("what was typed came back as %q", got)
	}
	one.open(a.URL + "/login?prompt=login&return_to=/greet")
	one.signIn("grace@acme.test")
	two.waitFor(over)
}

// TestTimeLeftBeforeTheEnd: where nothing helps, the person is told to save.
func TestTimeLeftBeforeTheEnd(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, map[string]string{"SESSION_IDLE_TIMEOUT": "1h", "SESSION_MAX_AGE": "1h"})
	b := a.signedIn(profilePath)
	b.ticked()
	a.pass(51*time.Minute, b)
	b.waitFor(dialogue)
	if text := b.text(dialogue); !strings.Contains(text, "Please save your work") || !strings.Contains(text, "In 9 minutes your session ends") {
		t.Errorf("the dialogue says %q", text)
	}
	b.press(" ") // of somebody who is typing
	b.ticked()
	if !b.has(dialogue) {
		t.Fatal("closed by a key that was meant for something else")
	}
	b.press(kb.Tab)
	b.press(kb.Enter)
	b.hasNot("dialog")
	b.ticked()
	if asked := a.asked(); b.has("dialog") || asked != "GET" {
		t.Errorf("closing it asked %q", asked)
	}
	b.do("load again", chromedp.Reload())
	b.ticked()
	if b.has("dialog") {
		t.Error("the next page says it again")
	}
}

// TestTimeLeftWithoutTheServer: a button without effect says so; a session that is over
// by its clock is over.
func TestTimeLeftWithoutTheServer(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn("/greet")
	b.ticked()
	a.setAway(true)
	b.mayComplain = true // of connections that break
	a.pass(37*time.Minute, b)
	b.waitFor(dialogue)
	b.click(goOn)
	b.until(`document.querySelector(` + quoted(dialogue) + `)?.innerText.includes("could not be reached")`)
	a.setAway(false)
	b.click(goOn)
	b.hasNot("dialog")
	a.setAway(true)
	a.pass(45*time.Minute, b)
	b.waitFor(over)
}

// TestTimeLeftComesBack: a page that was in the background, asleep or left sees at once
// what happened meanwhile elsewhere.
func TestTimeLeftComesBack(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn("/greet")
	b.ticked()
	if _, err := chromedp.Call(b.ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	a.pass(time.Minute, b)
	b.ticked()
	if b.has(over) || a.asked() != "" {
		t.Fatal("the page asks without a reason")
	}
	evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	b.waitFor(over)
	evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	if asked := a.asked(); asked != "GET" {
		t.Errorf("it asked %q, want one question", asked)
	}
}

// TestTimeLeftLooks keeps pictures of the dialogue and of what comes after the end.
func TestTimeLeftLooks(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	for _, language := range []string{"en", "ar", "ja"} {
		b := newTab(t)
		b.do("language", chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: "Mozilla/5.0 Chrome", AcceptLanguage: language})
			return err
		}))
		b.open(a.URL + "/login?return_to=" + profilePath)
		b.signIn(ada)
		b.waitURL(a.URL + profilePath)
		b.ticked()
		a.pass(37*time.Minute, b)
		b.waitFor(dialogue)
		pictures := func(name string) {
			for _, scheme := range []string{"light", "dark"} {
				b.look(320, scheme)
				b.checkWidth()
				b.look(390, scheme)
				b.screenshot("time-left-" + name + "-" + language + "-phone-" + scheme)
				b.look(1280, scheme)
				b.screenshot("time-left-" + name + "-" + language + "-desktop-" + scheme)
			}
		}
		if got := evaluate[string](b, "document.querySelector('"+dialogue+"').lang"); got != language {
			t.Errorf("the dialogue is in %q, want %q", got, language)
		}
		pictures("dialogue")
		a.pass(10*time.Minute, b)
		b.waitFor(over)
		pictures("over")
	}
}
