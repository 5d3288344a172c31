package e2e_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

func TestJourney(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)

	if status := b.open(a.URL); status != 200 {
		t.Errorf("the front page answers %d", status)
	}
	b.follow("#login-button")
	b.waitURL(a.Org.Issuer() + "/v1/authorize")
	if got := b.text("body"); !strings.Contains(got, "Stand-in for Okta") {
		t.Errorf("the sign-in page says %q", got)
	}
	b.signIn(ada)
	b.until("location.href === " + quoted(a.URL+"/"))
	if got := b.text(".text.container"); !strings.Contains(got, "Welcome, Ada Lovelace") {
		t.Errorf("home says %q, want a welcome", got)
	}

	b.follow("#profile-button")
	b.waitURL(a.URL + profilePath)
	for selector, want := range map[string]string{
		"#claim-email":    ada,
		"#claim-name":     "Ada Lovelace",
		"#claim-zoneinfo": "Europe/London",
		"#claim-groups":   "Admins",
		"#claim-iss":      a.Org.Issuer(),
	} {
		if got := b.text(selector); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}

	b.follow("#logout-button")
	b.waitFor("#login-button")
	if got := b.text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
	if got := evaluate[string](b, "location.href"); got != a.URL+"/authorization-code/signed-out" {
		t.Errorf("after sign-out the address bar shows %s", got)
	}
	if cookies := b.cookies(a.URL); sessionCookie(cookies) != nil {
		t.Errorf("after sign-out the browser still has %d cookies, the session's among them", len(cookies))
	}

	b.follow("#login-button")
	b.waitURL(a.Org.URL()) // no session there either: it asks again
	b.signIn(ada)
	b.waitFor("#logout-button")
}

func TestDeepLinkIsKept(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	for _, path := range []string{"/greet?from=a%20friend&n=1", "/profile", profilePath} {
		t.Run(path, func(t *testing.T) {
			b := newTab(t)
			b.open(a.URL + path)
			b.signIn(ada)
			b.until("location.href === " + quoted(a.URL+path))
			b.waitFor("#logout-button")
		})
	}
}

func TestWrongPasswordThenRight(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + "/greet")
	b.signInWith(ada, "not-her-password")
	if got := b.text("[role=alert]"); got != "Unable to sign in" {
		t.Errorf("a wrong password is answered with %q", got)
	}
	if cookies := b.cookies(a.URL); sessionCookie(cookies) != nil {
		t.Error("a wrong password made a session")
	}
	b.signIn(ada)
	b.waitURL(a.URL + "/greet")
}

func TestNotAssigned(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + "/greet")
	b.signIn(eve)
	b.waitURL(a.URL)
	if got := b.text("main"); !strings.Contains(got, "Okta did not let you in") || !strings.Contains(got, "User is not assigned to the client application.") {
		t.Errorf("the page says %q", got)
	}
	if b.answered() != 403 {
		t.Errorf("the page answers %d, want 403", b.answered())
	}
	if sessionCookie(b.cookies(a.URL)) != nil {
		t.Error("there is a session all the same")
	}
	b.follow(".actions .button.plain") // Use another account
	b.waitURL(a.Org.URL())             // it asks, although Eve has a session there
	b.signIn(ada)
	b.waitURL(a.URL + "/greet")
	if got := b.text("h1"); !strings.HasSuffix(got, ", Ada") && !strings.HasSuffix(got, ", Ada Lovelace") {
		t.Errorf("the greeting is %q", got)
	}
}

func TestSwitchAccount(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + "/login")
	b.signIn(ada)
	b.waitFor("#logout-button")
	b.open(a.URL + "/login?prompt=login&return_to=/profile")
	b.waitURL(a.Org.URL())
	b.signIn("grace@acme.test")
	b.waitURL(a.URL + "/profile")
	if got := b.text("#claim-email"); got != "grace@acme.test" {
		t.Errorf("signed in as %q", got)
	}
}

func TestDashboardTile(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.Org.URL())
	b.follow("main a.button") // Sign in
	b.signIn(ada)
	b.follow(`[data-se="app-card"]`)
	b.until("location.href === " + quoted(a.URL+"/"))
	if got := b.text(".text.container"); !strings.Contains(got, "Welcome, Ada") {
		t.Errorf("home says %q, want a welcome", got)
	}
}

func TestManyGroups(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + profilePath)
	b.signIn(many)
	b.waitURL(a.URL + profilePath)
	if got := evaluate[int](b, "document.querySelectorAll('#claim-groups li').length"); got != 120 {
		t.Errorf("the profile lists %d groups, want 120", got)
	}
	for _, cookie := range b.cookies(a.URL) {
		if size := len(cookie.Name) + len(cookie.Value); size > 4096 {
			t.Errorf("cookie %s has %d bytes; browsers need not take more than 4096", cookie.Name, size)
		}
	}
	b.do("reload", chromedp.Reload())
	b.waitFor("#claim-email")
	b.follow("#logout-button")
	b.waitFor("#login-button")
	if cookies := b.cookies(a.URL); sessionCookie(cookies) != nil {
		t.Errorf("sign-out left %d cookies, the session's among them", len(cookies))
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + "/login")
	b.signIn(ada)
	b.waitFor("#logout-button")
	cookies := b.cookies(a.URL)
	cookie := sessionCookie(cookies)
	if len(cookies) != 1 || cookie == nil {
		t.Fatalf("the browser has %d cookies, want the session's alone", len(cookies))
	}
	if !cookie.HTTPOnly || cookie.SameSite != network.CookieSameSiteLax || cookie.Path != "/" || cookie.Domain != "localhost" || cookie.Session {
		t.Errorf("the session cookie has HttpOnly %t, SameSite %s, Path %s, Domain %s, ends with the browser %t",
			cookie.HTTPOnly, cookie.SameSite, cookie.Path, cookie.Domain, cookie.Session)
	}
	if got := evaluate[string](b, "document.cookie"); got != "" {
		t.Errorf("scripts can read %q", got)
	}
	page := evaluate[string](b, "document.documentElement.outerHTML + location.href")
	if strings.Contains(page, cookie.Value) {
		t.Error("the page shows the session cookie")
	}
}

// sessionName is the name of the session's cookie, or of a part of it.
var sessionName = regexp.MustCompile(`^(__Host-)?okta_session_[0-9a-z]{8}(_[1-9])?$`)

// sessionCookie finds the session among the cookies of the app, or returns nil.
func sessionCookie(cookies []*network.Cookie) *network.Cookie {
	for _, cookie := range cookies {
		if sessionName.MatchString(cookie.Name) {
			return cookie
		}
	}
	return nil
}

func TestCopyClaims(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	b.open(a.URL + profilePath)
	b.signIn(ada)
	b.waitURL(a.URL + profilePath)
	for _, name := range []string{"clipboard-write", "clipboard-read"} {
		_, err := chromedp.CallBrowser(b.ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission:       &browser.PermissionDescriptor{Name: name},
			Setting:          browser.PermissionSettingGranted,
			Origin:           a.URL,
			BrowserContextID: chromedp.FromContext(b.ctx).BrowserContextID,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	b.click("details.raw summary")
	b.click("[data-copy=raw-json]")
	b.until("document.querySelector('#raw-json-copied').textContent === 'Copied.'")
	copied, err := chromedp.Run(b.ctx, chromedp.Evaluate[string]("navigator.clipboard.readText()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal([]byte(copied), &claims); err != nil {
		t.Fatalf("the clipboard holds no JSON: %v\n%s", err, copied)
	}
	if claims["email"] != ada {
		t.Errorf("email in the clipboard is %v", claims["email"])
	}
}

func TestErrorsLeadBack(t *testing.T) {
	t.Parallel()
	a := startApp(t, nil)
	b := newTab(t)
	callback := a.URL + "/authorization-code/callback?" + url.Values{"code": {"x"}, "state": {"of-another-browser"}}.Encode()
	if status := b.open(callback); status != 400 {
		t.Errorf("a foreign callback answers %d, want 400", status)
	}
	b.follow(".actions .button") // Sign in again
	b.signIn(ada)
	b.waitFor("#logout-button")
	if status := b.open(a.URL + "/no-such-page"); status != 404 {
		t.Errorf("a page that does not exist answers %d, want 404", status)
	}
	b.waitFor("#logout-button")      // it still knows who is signed in
	b.follow(".actions .quiet-link") // Go to the front page
	b.until("location.href === " + quoted(a.URL+"/"))
}
