package front_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/e2e/drive"
)

// TestFrontEndPages looks at the front end in each of its states, as TestPages does
// at the app's own pages.
func TestFrontEndPages(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	for _, state := range []struct {
		name string
		goTo func(*drive.Tab)
		h1   string
	}{
		{"signed-out", func(*drive.Tab) {}, "Sign in from another origin"},
		{"refused", func(b *drive.Tab) {
			b.Popup("#sign-in-button").SignInAndClose(drive.Eve)
			b.WaitFor("#other-account-button:not([hidden])")
		}, "Sign in from another origin"},
		{"blocked", func(b *drive.Tab) {
			drive.Evaluate[bool](b, "window.open = () => null, true")
			b.Click("#sign-in-button")
			waitStatus(b, "The browser did not open the sign-in window.")
		}, "Sign in from another origin"},
		{"signed-in", func(b *drive.Tab) {
			b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
			waitStatus(b, "You are signed in.")
		}, "Welcome, Ada Lovelace"},
		{"long-name", func(b *drive.Tab) {
			b.Popup("#sign-in-button").SignInAndClose(drive.Many)
			waitStatus(b, "You are signed in.")
		}, "Welcome, กิตติพิชญ์"},
	} {
		t.Run(state.name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			openFrontEnd(b, f.URL)
			state.goTo(b)
			if h1 := b.Text("h1"); !strings.HasPrefix(h1, state.h1) {
				t.Errorf("the heading is %q, want %q", h1, state.h1)
			}
			b.CheckLooks("front-end-" + state.name)
		})
	}
}

func TestFrontEndByKeyboard(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)

	popup := b.PopupAfter(func() { b.TabTo("#sign-in-button"); b.Press(kb.Enter) })
	popup.WaitFor(drive.UsernameField + ":focus")
	popup.Press(drive.Ada)
	popup.Press(kb.Tab)
	popup.Press(drive.PasswordOf(drive.Ada))
	popup.Press(kb.Enter)
	waitStatus(b, "You are signed in.")
	if !drive.Evaluate[bool](b, "document.activeElement.matches('h1')") {
		t.Error("the focus is not where the news is")
	}
	b.TabTo("#reload-button")
	b.Press(kb.Enter)
	waitStatus(b, "Loaded again.")
}

func TestFrontEndWithBlockedWindows(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)
	drive.Evaluate[bool](b, "window.open = () => null, true")
	b.Click("#sign-in-button")

	b.Follow("#blocked a")
	b.SignIn(drive.Ada)
	b.WaitURL(f.app.URL)
	b.Open(f.URL) // the person comes back
	b.WaitFor("#message-1")
}

func TestFrontEndSignOut(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)
	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	b.WaitFor("#message-1")

	popup := b.Popup("#sign-out-button")
	waitStatus(b, "You are signed out.")
	popup.WaitURL(f.app.URL + "/authorization-code/signed-out")
	popup.Close()

	b.Popup("#sign-in-button").WaitFor(drive.SignInButton) // Okta asks again: its session is over too
}

func TestFrontEndSessionEndedElsewhere(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	openFrontEnd(b, f.URL)
	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	b.WaitFor("#message-1")

	other := b.Another()
	other.Open(f.app.URL)
	other.Follow("#logout-button")
	other.WaitURL(f.app.URL + "/authorization-code/signed-out")

	b.Click("#reload-button")
	waitStatus(b, "Your session has ended. Sign in again to go on.")
	if got := b.Text("#sign-in-button"); got != "Sign in again" {
		t.Errorf("the button says %q", got)
	}
	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	b.WaitFor("#message-1")
}

// Safari, and Chromium if told to, withhold cookies from requests between sites.
// The front end and the app are two origins of one site: it works there too.
func TestFrontEndWithoutThirdPartyCookies(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	b := drive.NewTab(t)
	withoutThirdPartyCookies(b)

	openFrontEnd(b, f.URL)
	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	waitStatus(b, "You are signed in.")
	popup := b.Popup("#sign-out-button")
	waitStatus(b, "You are signed out.")
	popup.WaitURL(f.app.URL + "/authorization-code/signed-out")
}

// withoutThirdPartyCookies has the browser block cookies between sites, and makes
// sure that it does.
func withoutThirdPartyCookies(b *drive.Tab) {
	b.T.Helper()
	_, err := chromedp.Call(b.Ctx, network.SetCookieControls, network.SetCookieControlsParams{EnableThirdPartyCookieRestriction: true})
	if err != nil {
		b.T.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(serveCookieProbe))
	b.T.Cleanup(server.Close)
	foreign := server.URL
	own := strings.Replace(foreign, "127.0.0.1", "localhost", 1)
	if got := askTwice(b, own, own); got != "with a cookie" {
		b.T.Fatalf("a site's second request to itself came %s", got)
	}
	if got := askTwice(b, own, foreign); got != "without a cookie" {
		b.T.Fatalf("a site's second request to another came %s: the browser blocks nothing", got)
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
func askTwice(b *drive.Tab, page, target string) string {
	b.T.Helper()
	b.Open(page)
	request := "fetch(" + drive.Quoted(target) + ", {credentials: 'include'}).then((answer) => answer.text())"
	drive.Evaluate[bool](b, request+".then(() => "+request+").then((text) => { window.answer = text }), true")
	b.Until("window.answer")
	return drive.Evaluate[string](b, "answer")
}

// TestFrontEndInAllLanguages: the page goes by the browser's languages, with all that it says, and looks right.
func TestFrontEndInAllLanguages(t *testing.T) {
	t.Parallel()
	f := startFrontEnd(t)
	visitor := drive.NewVisitor(t, f.app)
	visitor.SignIn("/", drive.Ada)
	for language, said := range map[string]struct{ out, in, loaded string }{
		"ar": {"تسجيل الدخول من أصل آخر", "مرحبًا، Ada Lovelace", "أُعيد التحميل."},
		"de": {"Von einem anderen Ursprung aus anmelden", "Willkommen, Ada Lovelace", "Neu geladen."},
		"en": {"Sign in from another origin", "Welcome, Ada Lovelace", "Loaded again."},
		"es": {"Iniciar sesión desde otro origen", "Le damos la bienvenida, Ada Lovelace", "Cargado de nuevo."},
		"fr": {"Se connecter depuis une autre origine", "Bienvenue, Ada Lovelace", "Rechargé."},
		"ja": {"別のオリジンからサインイン", "ようこそ、Ada Lovelace さん", "再読み込みしました。"},
		"pt": {"Iniciar sessão a partir de outra origem", "Boas-vindas, Ada Lovelace", "Carregado novamente."},
	} {
		t.Run(language, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Speak("nl," + language)
			openFrontEnd(b, f.URL)
			look := func(state, h1 string) {
				t.Helper()
				if got := b.Text("h1"); got != h1 {
					t.Errorf("%s says %q, want %q", state, got, h1)
				}
				if got := drive.Evaluate[string](b, "document.documentElement.lang + getComputedStyle(document.body).direction"); got != language+drive.Direction(language) {
					t.Errorf("%s is in %s", state, got)
				}
				b.Look(320, "light")
				b.CheckWidth()
				b.Screenshot("language-" + language + "-front-end-" + state)
			}
			drive.Evaluate[bool](b, "window.open = () => null, true")
			b.Click("#sign-in-button")
			b.WaitFor("#blocked:not([hidden])")
			look("blocked", said.out)
			b.TakeCookies(visitor.Client.Jar, f.app.URL)
			drive.Evaluate[bool](b, "dispatchEvent(new Event('focus'))")
			b.WaitFor("#message-1")
			b.Click("#reload-button")
			waitStatus(b, said.loaded)
			look("signed-in", said.in)
		})
	}
}
