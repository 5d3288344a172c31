package e2e_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestFrontEndPages looks at the front end in each of its states, as TestPages does
// at the app's own pages.
func TestFrontEndPages(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	for _, state := range []struct {
		name string
		goTo func(*tab)
		h1   string
	}{
		{"signed-out", func(*tab) {}, "Sign in from another origin"},
		{"refused", func(b *tab) {
			b.popup("#sign-in-button").signInAndClose(eve)
			b.waitFor("#other-account-button:not([hidden])")
		}, "Sign in from another origin"},
		{"blocked", func(b *tab) {
			evaluate[bool](b, "window.open = () => null, true")
			b.click("#sign-in-button")
			b.waitStatus("The browser did not open the sign-in window.")
		}, "Sign in from another origin"},
		{"signed-in", func(b *tab) {
			b.popup("#sign-in-button").signInAndClose(ada)
			b.waitStatus("You are signed in.")
		}, "Welcome, Ada Lovelace"},
		{"long-name", func(b *tab) {
			b.popup("#sign-in-button").signInAndClose(many)
			b.waitStatus("You are signed in.")
		}, "Welcome, กิตติพิชญ์"},
	} {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t)
			openFrontEnd(b, f.URL)
			state.goTo(b)
			if h1 := b.text("h1"); !strings.HasPrefix(h1, state.h1) {
				t.Errorf("the heading is %q, want %q", h1, state.h1)
			}
			b.checkMarkup()
			b.checkNames()
			for _, scheme := range []string{"light", "dark"} {
				b.look(320, scheme)
				b.checkWidth()
				b.look(390, scheme)
				b.screenshot("front-end-" + state.name + "-phone-" + scheme)
				b.look(1280, scheme)
				b.checkWidth()
				b.screenshot("front-end-" + state.name + "-desktop-" + scheme)
			}
		})
	}
}

func TestFrontEndByKeyboard(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)

	popup := b.popupAfter(func() { b.tabTo("#sign-in-button"); b.press(kb.Enter) })
	popup.waitFor(usernameField + ":focus")
	popup.press(ada)
	popup.press(kb.Tab)
	popup.press(passwordOf(ada))
	popup.press(kb.Enter)
	b.waitStatus("You are signed in.")
	if !evaluate[bool](b, "document.activeElement.matches('h1')") {
		t.Error("the focus is not where the news is")
	}
	b.tabTo("#reload-button")
	b.press(kb.Enter)
	b.waitStatus("Loaded again.")
}

func TestFrontEndWithBlockedWindows(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)
	evaluate[bool](b, "window.open = () => null, true")
	b.click("#sign-in-button")

	other := b.popup("#blocked a")
	other.signIn(ada)
	other.waitURL(f.app.URL)
	evaluate[bool](b, "dispatchEvent(new Event('focus'))") // the person comes back
	b.waitFor("#message-1")
}

func TestFrontEndSignOut(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)
	b.popup("#sign-in-button").signInAndClose(ada)
	b.waitFor("#message-1")

	popup := b.popup("#sign-out-button")
	b.waitStatus("You are signed out.")
	popup.waitURL(f.app.URL + "/authorization-code/signed-out")
	popup.close()

	b.popup("#sign-in-button").waitFor(signInButton) // Okta asks again: its session is over too
}

func TestFrontEndSessionEndedElsewhere(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	openFrontEnd(b, f.URL)
	b.popup("#sign-in-button").signInAndClose(ada)
	b.waitFor("#message-1")

	other := b.another()
	other.open(f.app.URL)
	other.follow("#logout-button")
	other.waitURL(f.app.URL + "/authorization-code/signed-out")

	b.click("#reload-button")
	b.waitStatus("Your session has ended. Sign in again to go on.")
	if got := b.text("#sign-in-button"); got != "Sign in again" {
		t.Errorf("the button says %q", got)
	}
	b.popup("#sign-in-button").signInAndClose(ada)
	b.waitFor("#message-1")
}

// Safari, and Chromium if told to, withhold cookies from requests between sites.
// The front end and the app are two origins of one site: it works there too.
func TestFrontEndWithoutThirdPartyCookies(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := newTab(t)
	withoutThirdPartyCookies(b)

	openFrontEnd(b, f.URL)
	b.popup("#sign-in-button").signInAndClose(ada)
	b.waitStatus("You are signed in.")
	popup := b.popup("#sign-out-button")
	b.waitStatus("You are signed out.")
	popup.waitURL(f.app.URL + "/authorization-code/signed-out")
}

// withoutThirdPartyCookies has the browser block cookies between sites, and makes
// sure that it does.
func withoutThirdPartyCookies(b *tab) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, network.SetCookieControls, network.SetCookieControlsParams{EnableThirdPartyCookieRestriction: true})
	if err != nil {
		b.t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(serveCookieProbe))
	b.t.Cleanup(server.Close)
	foreign := server.URL
	own := strings.Replace(foreign, "127.0.0.1", "localhost", 1)
	if got := askTwice(b, own, own); got != "with a cookie" {
		b.t.Fatalf("a site's second request to itself came %s", got)
	}
	if got := askTwice(b, own, foreign); got != "without a cookie" {
		b.t.Fatalf("a site's second request to another came %s: the browser blocks nothing", got)
	}
}

// serveCookieProbe gives a cookie to pages of any site, and says whether the
// request brought it.
func serveCookieProbe(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	w.Header().Set("Access-Control-Allow-Credentials", "true")
	w.Header().Set("Content-Type", "text/html")
	http.SetCookie(w, &http.Cookie{Name: "probe", Value: "1", Secure: true, SameSite: http.SameSiteNoneMode})
	if _, err := r.Cookie("probe"); err != nil {
		io.WriteString(w, "without a cookie")
		return
	}
	io.WriteString(w, "with a cookie")
}

// askTwice has a page send two requests to target and returns the second answer.
func askTwice(b *tab, page, target string) string {
	b.t.Helper()
	b.open(page)
	request := "fetch(" + quoted(target) + ", {credentials: 'include'}).then((answer) => answer.text())"
	evaluate[bool](b, request+".then(() => "+request+").then((text) => { window.answer = text }), true")
	b.until("window.answer")
	return evaluate[string](b, "answer")
}
