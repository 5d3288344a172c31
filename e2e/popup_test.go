package e2e_test

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/examples/spa"
	"example.com/okta-gin/mockokta"
)

// frontEnd is examples/spa on an origin of its own, and the app it belongs to.
type frontEnd struct {
	app *app
	URL string
}

// startFrontEnd starts the front end, and an app that allows its origin.
func startFrontEnd(t testing.TB) frontEnd {
	t.Helper()
	listener := listenLocal(t)
	origin := originOf(t, listener)
	a := startApp(t, map[string]string{"CORS_ALLOWED_ORIGINS": origin})
	serveFrontEnd(t, listener, a)
	return frontEnd{app: a, URL: origin}
}

// startForeignFrontEnd starts the front end of a on an origin that a does not allow.
func startForeignFrontEnd(t testing.TB, a *app) (origin string) {
	t.Helper()
	listener := listenLocal(t)
	serveFrontEnd(t, listener, a)
	return originOf(t, listener)
}

func listenLocal(t testing.TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

func originOf(t testing.TB, listener net.Listener) string {
	t.Helper()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return "http://localhost:" + port
}

func serveFrontEnd(t testing.TB, listener net.Listener, a *app) {
	t.Helper()
	handler, err := spa.Handler(a.URL, a.Org.URL())
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
}

// openFrontEnd opens the front end in tab b, where nobody is signed in yet. The
// app's answers to that are no reason to complain.
func openFrontEnd(b *tab, url string) {
	b.t.Helper()
	b.t.Cleanup(func() { b.forgive("401 for ") })
	b.open(url)
	b.waitFor("#signed-out:not([hidden])")
}

// forgive drops the browser's complaints that begin with prefix, and returns how
// many there were.
func (b *tab) forgive(prefix string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.complaints)
	b.complaints = slices.DeleteFunc(b.complaints, func(each string) bool { return strings.HasPrefix(each, prefix) })
	return before - len(b.complaints)
}

// popup clicks on what opens a window and returns that window.
func (b *tab) popup(selector string) *tab {
	b.t.Helper()
	return b.popupAfter(func() { b.click(selector) })
}

// popupAfter does what opens a window and returns that window.
func (b *tab) popupAfter(act func()) *tab {
	b.t.Helper()
	self := chromedp.FromContext(b.ctx).Target.TargetID
	opened := chromedp.WaitNewTarget(b.ctx, func(info *target.Info) bool {
		return info.Type == "page" && info.OpenerID == self && !slices.Contains(b.windows, info.TargetID)
	})
	act()
	select {
	case id := <-opened:
		b.windows = append(b.windows, id)
		return openTab(b.t, b.ctx, chromedp.WithTargetID(id))
	case <-time.After(patience):
		b.t.Fatalf("no window opened\nat %s", b.where())
		return nil
	}
}

// signInAndClose fills in the stand-in's sign-in page in a window that closes
// itself when the sign-in is over.
func (b *tab) signInAndClose(login string) {
	b.t.Helper()
	b.waitFor(signInButton)
	b.fill(usernameField, login)
	b.fill(passwordField, passwordOf(login))
	b.click(signInButton)
}

// waitStatus waits until the front end's status line holds words.
func (b *tab) waitStatus(words string) {
	b.t.Helper()
	b.until("document.querySelector('#status').textContent.includes(" + quoted(words) + ")")
}

func TestPopupSignsIn(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)

	b.popup("#sign-in-button").signInAndClose(ada)

	b.waitStatus("You are signed in.")
	if got := b.text("h1"); got != "Welcome, Ada Lovelace" {
		t.Errorf("the front end says %q", got)
	}
	if got := b.text("#message-1"); !strings.Contains(got, "I am a robot.") {
		t.Errorf("the first message is %q", got)
	}
	if !b.has("#message-2") || b.has("#message-3") {
		t.Error("want the two messages that the app has")
	}
}

func TestPopupClosedByThePerson(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)

	popup := b.popup("#sign-in-button")
	popup.waitFor(signInButton)
	popup.close()
	b.waitStatus("The window was closed before you were signed in.")

	b.popup("#sign-in-button").signInAndClose(ada)
	b.waitFor("#message-1")
}

// close closes the window, as a person does.
func (b *tab) close() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, page.Close, cdp.Empty{}); err != nil {
		b.t.Fatal(err)
	}
}

func TestPopupRefusedByOkta(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)

	b.popup("#sign-in-button").signInAndClose(eve)
	b.waitStatus("Okta did not let you in. Your account may not be assigned to this app.")

	b.popup("#other-account-button").signInAndClose(ada)
	b.waitStatus("You are signed in.")
}

// Okta's pages may isolate themselves from the window that opened them, which
// then takes theirs for closed and never hears from it.
func TestPopupCutOffByOkta(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	f.app.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(_ string, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Cross-Origin-Opener-Policy", "same-origin")
			return false
		}
	})
	b := newTab(t)
	openFrontEnd(b, f.URL)

	popup := b.popup("#sign-in-button")
	b.waitStatus("The window was closed before you were signed in.")
	popup.signInAndClose(ada)
	await(t, "a session", func() bool {
		return sessionCookie(b.cookies(f.app.URL)) != nil
	})
	evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	b.waitFor("#message-1")
}

func TestPopupTellsNobodyElse(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	foreign := startForeignFrontEnd(t, f.app)

	t.Run("a front end that is not allowed", func(t *testing.T) {
		t.Parallel()
		b := newTab(t)
		openForeign(b, foreign)
		popup := b.popup("#sign-in-button")
		if got := popup.text("h1"); got != "That request can't be understood" {
			t.Errorf("the window says %q", got)
		}
		popup.close()
		b.waitStatus("does not answer")
		checkHeard(b)
	})
	t.Run("one that claims to be another", func(t *testing.T) {
		t.Parallel()
		b := newTab(t)
		openForeign(b, foreign)
		address := f.app.URL + loginPath + "?display=popup&origin=" + url.QueryEscape(f.URL)
		evaluate[bool](b, "document.body.onclick = () => { window.opened = open("+quoted(address)+") }, true")
		b.popup("h1").signInAndClose(ada)
		b.until("opened.closed")
		await(t, "the browser to withhold the message", func() bool {
			return b.forgive("security: Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('"+f.URL) > 0
		})
		checkHeard(b)
	})
}

// Only the window that the front end opened, and only while it shows the app, may
// say how the sign-in went.
func TestPopupIsNotImpersonated(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)
	evaluate[bool](b, "addEventListener('message', (event) => { window.last = event.data }), true")
	page := f.app.URL + loginPath + "?display=popup&origin=" + url.QueryEscape(f.URL) // which keeps its opener
	evaluate[bool](b, "document.querySelector('h1').onclick = () => { open("+quoted(page)+") }, true")
	anotherWindow := b.popup("h1")
	anotherWindow.waitFor("h1")
	popupAtOkta := b.popup("#sign-in-button")
	popupAtOkta.waitFor(signInButton)

	const forged = "{type: 'okta-sign-in', result: 'error', reason: 'access_denied'}"
	for name, window := range map[string]*tab{"another window": anotherWindow, "Okta's page": popupAtOkta} {
		evaluate[bool](window, "opener.postMessage("+forged+", '*'), opener.postMessage("+quoted(name)+", '*'), true")
		b.until("window.last === " + quoted(name))
	}
	if got := b.text("#status"); got != "Please go on in the window that has opened." {
		t.Errorf("a forged message was believed: %q", got)
	}
}

// openForeign opens a front end that may not use the app, and has it note what it
// is told.
func openForeign(b *tab, origin string) {
	b.t.Helper()
	b.t.Cleanup(func() {
		b.forgive("401 for ")
		b.forgive("javascript: Access to fetch at ")
	})
	b.open(origin)
	b.waitFor("#signed-out:not([hidden])")
	evaluate[bool](b, "window.heard = [], addEventListener('message', (event) => heard.push(event.data)), true")
}

func checkHeard(b *tab) {
	b.t.Helper()
	if got := evaluate[string](b, "JSON.stringify(heard)"); got != "[]" {
		b.t.Errorf("it was told %s", got)
	}
}
