package front_test

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/examples/spa"
	"example.com/okta-gin/mockokta"
)

// frontEnd is examples/spa on an origin of its own, and the app it belongs to.
type frontEnd struct {
	app *drive.App
	URL string
}

// startFrontEnd starts the front end, and an app that allows its origin.
func startFrontEnd(t testing.TB) frontEnd {
	t.Helper()
	listener := listenLocal(t)
	origin := originOf(t, listener)
	a := drive.StartApp(t, map[string]string{"CORS_ALLOWED_ORIGINS": origin})
	serveFrontEnd(t, listener, a)
	return frontEnd{app: a, URL: origin}
}

// startForeignFrontEnd starts the front end of a on an origin that a does not allow.
func startForeignFrontEnd(t testing.TB, a *drive.App) (origin string) {
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

func serveFrontEnd(t testing.TB, listener net.Listener, a *drive.App) {
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
func openFrontEnd(b *drive.Tab, url string) {
	b.T.Helper()
	b.T.Cleanup(func() { b.Forgive("401 for ") })
	b.Open(url)
	b.WaitFor("#signed-out:not([hidden])")
}

func TestPopupSignsIn(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)

	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)

	waitStatus(b, "You are signed in.")
	if got := b.Text("h1"); got != "Welcome, Ada Lovelace" {
		t.Errorf("the front end says %q", got)
	}
	if got := b.Text("#message-1"); !strings.Contains(got, "I am a robot.") {
		t.Errorf("the first message is %q", got)
	}
	if !b.Has("#message-2") || b.Has("#message-3") {
		t.Error("want the two messages that the app has")
	}
}

func TestPopupClosedByThePerson(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)

	popup := b.Popup("#sign-in-button")
	popup.WaitFor(drive.SignInButton)
	popup.Close()
	waitStatus(b, "The window was closed before you were signed in.")

	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	b.WaitFor("#message-1")
}

func TestPopupRefusedByOkta(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)

	b.Popup("#sign-in-button").SignInAndClose(drive.Eve)
	waitStatus(b, "Okta did not let you in. Your account may not be assigned to this app.")

	b.Popup("#other-account-button").SignInAndClose(drive.Ada)
	waitStatus(b, "You are signed in.")
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
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)

	popup := b.Popup("#sign-in-button")
	waitStatus(b, "The window was closed before you were signed in.")
	popup.SignInAndClose(drive.Ada)
	drive.Await(t, "a session", func() bool {
		return drive.SessionCookie(b.Cookies(f.app.URL)) != nil
	})
	drive.Evaluate[bool](b, "dispatchEvent(new Event('focus'))")
	b.WaitFor("#message-1")
}

func TestPopupTellsNobodyElse(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	foreign := startForeignFrontEnd(t, f.app)

	t.Run("a front end that is not allowed", func(t *testing.T) {
		t.Parallel()
		b := drive.NewTab(t)
		openForeign(b, foreign)
		popup := b.Popup("#sign-in-button")
		if got := popup.Text("h1"); got != "That request can't be understood" {
			t.Errorf("the window says %q", got)
		}
		popup.Close()
		waitStatus(b, "does not answer")
		checkHeard(b)
	})
	t.Run("one that claims to be another", func(t *testing.T) {
		t.Parallel()
		b := drive.NewTab(t)
		openForeign(b, foreign)
		address := f.app.URL + drive.LoginPath + "?display=popup&origin=" + url.QueryEscape(f.URL)
		drive.Evaluate[bool](b, "document.body.onclick = () => { window.opened = open("+drive.Quoted(address)+") }, true")
		b.Popup("h1").SignInAndClose(drive.Ada)
		b.Until("opened.closed")
		drive.Await(t, "the browser to withhold the message", func() bool {
			return b.Forgive("security: Failed to execute 'postMessage' on 'DOMWindow': The target origin provided ('"+f.URL) > 0
		})
		checkHeard(b)
	})
}

// Only the window that the front end opened, and only while it shows the app, may
// say how the sign-in went.
func TestPopupIsNotImpersonated(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)
	drive.Evaluate[bool](b, "addEventListener('message', (event) => { window.last = event.data }), true")
	page := f.app.URL + drive.LoginPath + "?display=popup&origin=" + url.QueryEscape(f.URL) // which keeps its opener
	drive.Evaluate[bool](b, "document.querySelector('h1').onclick = () => { open("+drive.Quoted(page)+") }, true")
	anotherWindow := b.Popup("h1")
	anotherWindow.WaitFor("h1")
	popupAtOkta := b.Popup("#sign-in-button")
	popupAtOkta.WaitFor(drive.SignInButton)

	const forged = "{type: 'okta-sign-in', result: 'error', reason: 'access_denied'}"
	for name, window := range map[string]*drive.Tab{"another window": anotherWindow, "Okta's page": popupAtOkta} {
		drive.Evaluate[bool](window, "opener.postMessage("+forged+", '*'), opener.postMessage("+drive.Quoted(name)+", '*'), true")
		b.Until("window.last === " + drive.Quoted(name))
	}
	if got := b.Text("#status"); got != "Please go on in the window that has opened." {
		t.Errorf("a forged message was believed: %q", got)
	}
}

// openForeign opens a front end that may not use the app, and has it note what it
// is told.
func openForeign(b *drive.Tab, origin string) {
	b.T.Helper()
	b.T.Cleanup(func() {
		b.Forgive("401 for ")
		b.Forgive("javascript: Access to fetch at ")
	})
	b.Open(origin)
	b.WaitFor("#signed-out:not([hidden])")
	drive.Evaluate[bool](b, "window.heard = [], addEventListener('message', (event) => heard.push(event.data)), true")
}

func checkHeard(b *drive.Tab) {
	b.T.Helper()
	if got := drive.Evaluate[string](b, "JSON.stringify(heard)"); got != "[]" {
		b.T.Errorf("it was told %s", got)
	}
}

// waitStatus waits until the front end's status line holds words.
func waitStatus(b *drive.Tab, words string) {
	b.T.Helper()
	b.Until("document.querySelector('#status').textContent.includes(" + drive.Quoted(words) + ")")
}
