package sessionend_test

import (
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
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
	requests []string      // to sessionPath, by their methods
	refuse   bool          // break off what asks for sessionPath
	release  chan struct{} // unless nil, answers about the session wait for it
}

func startTimedApp(t *testing.T, env map[string]string) *timedApp {
	t.Helper()
	port := drive.FreePort(t)
	a := &timedApp{t: t, URL: "http://localhost:" + port}
	org, err := mockokta.Start(mockokta.Options{Addr: "127.0.0.1:" + drive.FreePort(t), Clients: []mockokta.Client{mockokta.WebClient(a.URL)}, Now: a.now})
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
			refuse, release := a.refuse, a.release
			a.mu.Unlock()
			if refuse {
				panic(http.ErrAbortHandler)
			}
			if release != nil {
				defer func() { <-release }() // net/http sends so short an answer after that
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

// hold holds back the answers about the session until release is called.
func (a *timedApp) hold() (release func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	held := make(chan struct{})
	a.release = held
	return func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.release = nil
		close(held)
	}
}

// pass lets time pass: for the app, and for the pages that the tabs show.
func (a *timedApp) pass(d time.Duration, tabs ...*drive.Tab) {
	a.t.Helper()
	a.mu.Lock()
	a.offset += d
	a.mu.Unlock()
	for _, b := range tabs {
		drive.Evaluate[bool](b, "(now => { Date.now = () => now() + "+strconv.FormatInt(d.Milliseconds(), 10)+"; return true })(Date.now.bind(Date))")
	}
}

const (
	dialogue = "dialog.session-time[open]"
	goOn     = dialogue + " button"
	over     = "main.session-over"
)

// hurried is a tab whose pages look at their clock far more often than once a second.
func hurried(b *drive.Tab) *drive.Tab {
	b.T.Helper()
	script := page.AddScriptToEvaluateOnNewDocumentParams{Source: "(every => { window.setInterval = (act, ms) => every(act, ms / 20) })(setInterval)"}
	if _, err := chromedp.Call(b.Ctx, page.AddScriptToEvaluateOnNewDocument, script); err != nil {
		b.T.Fatal(err)
	}
	return b
}

func (a *timedApp) signedIn(path string) *drive.Tab {
	b := hurried(drive.NewTab(a.t))
	b.Open(a.URL + "/login?return_to=" + path)
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + path)
	return b
}

func hasNot(b *drive.Tab, selector string) {
	b.T.Helper()
	b.Until("!document.querySelector(" + drive.Quoted(selector) + ")")
}

// ticked waits until the page has looked at its clock.
func ticked(b *drive.Tab) {
	b.T.Helper()
	drive.Evaluate[bool](b, `document.addEventListener("session-time", () => (window.ticked = true), { once: true }), window.ticked = false, true`)
	b.Until("window.ticked")
}

func TestTimeLeftDialogue(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn(drive.ProfilePath)
	ticked(b)
	if asked := a.asked(); asked != "" || b.Has(dialogue) {
		t.Errorf("before anything is due the page asks %q", asked)
	}
	b.TabTo("details.raw summary")
	a.pass(36*time.Minute, b)
	b.WaitFor(dialogue)
	if asked := a.asked(); asked != "GET" {
		t.Errorf("the dialogue came after %q, want one question", asked)
	}
	if text := b.Text(dialogue); !strings.Contains(text, "Are you still there?") || !strings.Contains(text, "In 4 minutes you will be signed out") {
		t.Errorf("the dialogue says %q", text)
	}
	if title := drive.Evaluate[string](b, "document.title"); !strings.HasPrefix(title, "Are you still there? · ") {
		t.Errorf("the tab says %q", title)
	}
	said := drive.Evaluate[[]string](b, `(box => [box.getAttribute("role"), box.lang, box.dir, document.getElementById(box.getAttribute("aria-labelledby")).textContent, String(box.contains(document.getElementById(box.getAttribute("aria-describedby")))), String(box.matches(":modal")), document.activeElement.tagName])(document.querySelector("`+dialogue+`"))`)
	if got := strings.Join(said, "|"); got != "alertdialog|en|ltr|Are you still there?|true|true|BUTTON" {
		t.Errorf("assistive technology is told %s", got)
	}
	b.CheckNames()
	b.Click(goOn)
	hasNot(b, "dialog")
	ticked(b)
	if asked := a.asked(); asked != "POST" || b.Has("dialog") {
		t.Errorf("going on asked %q", asked)
	}
	if focus := drive.Evaluate[string](b, "document.activeElement.tagName"); focus != "SUMMARY" {
		t.Errorf("the focus is on %s, want where it was", focus)
	}
	if title := drive.Evaluate[string](b, "document.title"); strings.Contains(title, "there") {
		t.Errorf("the tab still says %q", title)
	}
	if text := b.Text(`[data-until="idleEnds"]`); !strings.HasPrefix(text, "40 ") {
		t.Errorf("the profile's clock says %q, want 40 minutes", text)
	}

	a.pass(36*time.Minute, b)
	b.WaitFor(dialogue)
	b.Press(kb.Escape)
	hasNot(b, "dialog")
	ticked(b)
	if asked := a.asked(); asked != "GET POST" {
		t.Errorf("Escape asked %q, want to go on", asked)
	}

	a.pass(36*time.Minute, b) // within ten minutes of the end: nothing moves that
	b.WaitFor(dialogue)
	if text := b.Text(dialogue); !strings.Contains(text, "Are you still there?") && !strings.Contains(text, "Please save your work") {
		t.Errorf("the dialogue says %q", text)
	}
}

func TestTimeLeftIsUp(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn(drive.ProfilePath + "?page=2")
	ticked(b)
	a.pass(41*time.Minute, b)
	b.WaitFor(over)
	if text := drive.Evaluate[string](b, "document.documentElement.textContent"); strings.Contains(text, "Lovelace") || strings.Contains(text, drive.Ada) {
		t.Errorf("the page goes on showing %q", text)
	}
	if asked := a.asked(); asked != "GET" {
		t.Errorf("it asked %q, want one question", asked)
	}
	if got := b.Text("h1"); got != "Your session has ended" || !drive.Evaluate[bool](b, "document.activeElement.tagName === 'H1' && document.title === 'Your session has ended'") {
		t.Errorf("the page says %q", got)
	}
	b.CheckMarkup()
	b.CheckNames()
	b.Follow(over + " a") // to Okta, whose own session goes on
	b.WaitURL(a.URL + drive.ProfilePath + "?page=2")
	if got := b.Text("h1"); got != "Ada Lovelace" {
		t.Errorf("the way back ends at %q", got)
	}
}

// TestTimeLeftInTwoTabs: each tab knows what the other does.
func TestTimeLeftInTwoTabs(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	one := a.signedIn(drive.ProfilePath)
	two := hurried(one.Another())
	two.Open(a.URL + "/greet")
	both := []*drive.Tab{one, two}
	a.asked()

	a.pass(30*time.Minute, both...)
	one.Open(a.URL + drive.ProfilePath) // its page's clock is the true one again
	drive.Evaluate[bool](one, "(now => { Date.now = () => now() + 1800000; return true })(Date.now.bind(Date))")
	a.pass(8*time.Minute, both...)
	ticked(two)
	if asked := a.asked(); two.Has("dialog") || strings.Contains(asked, "POST") {
		t.Errorf("a dialogue although the other tab was in use; asked %q", asked)
	}

	a.pass(29*time.Minute, both...)
	one.WaitFor(dialogue)
	two.WaitFor(dialogue)
	one.Click(goOn)
	hasNot(one, "dialog")
	hasNot(two, "dialog")
	ticked(two)
	if asked := a.asked(); strings.Count(asked, "POST") != 1 || two.Has("dialog") {
		t.Errorf("one button in one tab: %q", asked)
	}

	drive.Evaluate[bool](two, `(main => { const field = document.createElement("textarea"); field.id = "typed"; main.append(field); field.value = "half a poem"; return true })(document.querySelector("main"))`)
	one.Follow("#logout-button")
	two.WaitFor(over)
	if two.Has("#typed") || strings.Contains(drive.Evaluate[string](two, "document.documentElement.textContent"), "Ada") {
		t.Error("the other tab goes on showing things after the sign-out")
	}
	one.Open(a.URL + "/login?return_to=/greet")
	one.SignIn(drive.Ada)
	hasNot(two, over)
	if got := drive.Evaluate[string](two, "document.querySelector('#typed').value"); got != "half a poem" {
		t.Errorf("what was typed came back as %q", got)
	}
	one.Open(a.URL + "/login?prompt=login&return_to=/greet")
	one.SignIn("grace@acme.test")
	two.WaitFor(over)
}

// TestTimeLeftBeforeTheEnd: where nothing helps, the person is told to save.
func TestTimeLeftBeforeTheEnd(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, map[string]string{"SESSION_IDLE_TIMEOUT": "1h", "SESSION_MAX_AGE": "1h"})
	b := a.signedIn(drive.ProfilePath)
	ticked(b)
	a.pass(51*time.Minute, b)
	b.WaitFor(dialogue)
	if text := b.Text(dialogue); !strings.Contains(text, "Please save your work") || !strings.Contains(text, "In 9 minutes your session ends") {
		t.Errorf("the dialogue says %q", text)
	}
	b.Press(" ") // of somebody who is typing
	ticked(b)
	if !b.Has(dialogue) {
		t.Fatal("closed by a key that was meant for something else")
	}
	b.Press(kb.Tab)
	b.Press(kb.Enter)
	hasNot(b, "dialog")
	ticked(b)
	if asked := a.asked(); b.Has("dialog") || asked != "GET" {
		t.Errorf("closing it asked %q", asked)
	}
	b.Do("load again", chromedp.Reload())
	ticked(b)
	if b.Has("dialog") {
		t.Error("the next page says it again")
	}
}

// TestTimeLeftWithoutTheServer: a button without effect says so; a session that is over
// by its clock is over.
func TestTimeLeftWithoutTheServer(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn("/greet")
	ticked(b)
	a.setAway(true)
	b.MayComplain = true // of connections that break
	a.pass(37*time.Minute, b)
	b.WaitFor(dialogue)
	b.Click(goOn)
	b.Until(`document.querySelector(` + drive.Quoted(dialogue) + `)?.innerText.includes("could not be reached")`)
	a.setAway(false)
	b.Click(goOn)
	hasNot(b, "dialog")
	ticked(b) // which waits for the answer
	a.setAway(true)
	a.pass(45*time.Minute, b)
	b.WaitFor(over)
}

// TestTimeLeftComesBack: a page that was in the background, asleep or left sees at once
// what happened meanwhile elsewhere.
func TestTimeLeftComesBack(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn("/greet")
	ticked(b)
	if _, err := chromedp.Call(b.Ctx, network.ClearBrowserCookies, cdp.Empty{}); err != nil {
		t.Fatal(err)
	}
	a.pass(time.Minute, b)
	ticked(b)
	if b.Has(over) || a.asked() != "" {
		t.Fatal("the page asks without a reason")
	}
	drive.Evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	b.WaitFor(over)
	drive.Evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	if asked := a.asked(); asked != "GET" {
		t.Errorf("it asked %q, want one question", asked)
	}
}

// TestTimeLeftAsleepWhileAsking: the answer of before the computer slept is not taken for one of after.
func TestTimeLeftAsleepWhileAsking(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	b := a.signedIn("/greet")
	a.pass(time.Minute, b)
	ticked(b)
	release := a.hold()
	drive.Evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	drive.Await(t, "the page to ask", func() bool { return a.asked() == "GET" })
	a.pass(36*time.Minute, b)
	release()
	b.WaitFor(dialogue)
}

// TestTimeLeftLooks keeps pictures of the dialogue and of what comes after the end.
func TestTimeLeftLooks(t *testing.T) {
	t.Parallel()
	a := startTimedApp(t, nil)
	for _, language := range []string{"en", "ar", "ja"} {
		b := hurried(drive.NewTab(t))
		b.Speak(language)
		b.Open(a.URL + "/login?return_to=" + drive.ProfilePath)
		b.SignIn(drive.Ada)
		b.WaitURL(a.URL + drive.ProfilePath)
		ticked(b)
		a.pass(37*time.Minute, b)
		b.WaitFor(dialogue)
		pictures := func(name string) {
			for _, scheme := range []string{"light", "dark"} {
				b.Look(320, scheme)
				b.CheckWidth()
				b.Look(390, scheme)
				b.Screenshot("time-left-" + name + "-" + language + "-phone-" + scheme)
				b.Look(1280, scheme)
				b.Screenshot("time-left-" + name + "-" + language + "-desktop-" + scheme)
			}
		}
		if got := drive.Evaluate[string](b, "document.querySelector('"+dialogue+"').lang"); got != language {
			t.Errorf("the dialogue is in %q, want %q", got, language)
		}
		pictures("dialogue")
		a.pass(10*time.Minute, b)
		b.WaitFor(over)
		pictures("over")
	}
}
