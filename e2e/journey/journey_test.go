package journey_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
)

func TestJourney(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)

	if status := b.Open(a.URL); status != 200 {
		t.Errorf("the front page answers %d", status)
	}
	b.Follow("#login-button")
	b.WaitURL(a.Org.Issuer() + "/v1/authorize")
	if got := b.Text("body"); !strings.Contains(got, "Stand-in for Okta") {
		t.Errorf("the sign-in page says %q", got)
	}
	b.SignIn(drive.Ada)
	b.Until("location.href === " + drive.Quoted(a.URL+"/"))
	if got := b.Text(".text.container"); !strings.Contains(got, "Welcome, Ada Lovelace") {
		t.Errorf("home says %q, want a welcome", got)
	}

	b.Follow("#profile-button")
	b.WaitURL(a.URL + drive.ProfilePath)
	for selector, want := range map[string]string{
		"#claim-email":    drive.Ada,
		"#claim-name":     "Ada Lovelace",
		"#claim-zoneinfo": "Europe/London",
		"#claim-groups":   "Admins",
		"#claim-iss":      a.Org.Issuer(),
	} {
		if got := b.Text(selector); !strings.Contains(got, want) {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}

	b.Follow("#logout-button")
	b.WaitFor("#login-button")
	if got := b.Text("h1"); got != "You are signed out" {
		t.Errorf("after sign-out the page says %q", got)
	}
	if got := drive.Evaluate[string](b, "location.href"); got != a.URL+"/authorization-code/signed-out" {
		t.Errorf("after sign-out the address bar shows %s", got)
	}
	if cookies := b.Cookies(a.URL); drive.SessionCookie(cookies) != nil {
		t.Errorf("after sign-out the browser still has %d cookies, the session's among them", len(cookies))
	}

	b.Follow("#login-button")
	b.WaitURL(a.Org.URL()) // no session there either: it asks again
	b.SignIn(drive.Ada)
	b.WaitFor("#logout-button")
}

func TestDeepLinkIsKept(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	for _, path := range []string{"/greet?from=a%20friend&n=1", "/profile", drive.ProfilePath} {
		t.Run(path, func(t *testing.T) {
			b := drive.NewTab(t)
			b.Open(a.URL + path)
			b.SignIn(drive.Ada)
			b.Until("location.href === " + drive.Quoted(a.URL+path))
			b.WaitFor("#logout-button")
		})
	}
}

func TestWrongPasswordThenRight(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.SignInWith(drive.Ada, "not-her-password")
	if got := b.Text("[role=alert]"); got != "Unable to sign in" {
		t.Errorf("a wrong password is answered with %q", got)
	}
	if cookies := b.Cookies(a.URL); drive.SessionCookie(cookies) != nil {
		t.Error("a wrong password made a session")
	}
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + "/greet")
}

func TestNotAssigned(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + "/greet")
	b.SignIn(drive.Eve)
	b.WaitURL(a.URL)
	if got := b.Text("main"); !strings.Contains(got, "Okta did not let you in") || !strings.Contains(got, "User is not assigned to the client application.") {
		t.Errorf("the page says %q", got)
	}
	if b.Answered() != 403 {
		t.Errorf("the page answers %d, want 403", b.Answered())
	}
	if drive.SessionCookie(b.Cookies(a.URL)) != nil {
		t.Error("there is a session all the same")
	}
	b.Follow(".actions .button.plain") // Use another account
	b.WaitURL(a.Org.URL())             // it asks, although Eve has a session there
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + "/greet")
	if got := b.Text("h1"); !strings.HasSuffix(got, ", Ada") && !strings.HasSuffix(got, ", Ada Lovelace") {
		t.Errorf("the greeting is %q", got)
	}
}

func TestSwitchAccount(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + "/login")
	b.SignIn(drive.Ada)
	b.WaitFor("#logout-button")
	b.Open(a.URL + "/login?prompt=login&return_to=/profile")
	b.WaitURL(a.Org.URL())
	b.SignIn("grace@acme.test")
	b.WaitURL(a.URL + "/profile")
	if got := b.Text("#claim-email"); got != "grace@acme.test" {
		t.Errorf("signed in as %q", got)
	}
}

func TestDashboardTile(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.Org.URL())
	b.Follow("main a.button") // Sign in
	b.SignIn(drive.Ada)
	b.Follow(`[data-se="app-card"]`)
	b.Until("location.href === " + drive.Quoted(a.URL+"/"))
	if got := b.Text(".text.container"); !strings.Contains(got, "Welcome, Ada") {
		t.Errorf("home says %q, want a welcome", got)
	}
}

func TestManyGroups(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + drive.ProfilePath)
	b.SignIn(drive.Many)
	b.WaitURL(a.URL + drive.ProfilePath)
	if got := drive.Evaluate[int](b, "document.querySelectorAll('#claim-groups li').length"); got != 120 {
		t.Errorf("the profile lists %d groups, want 120", got)
	}
	for _, cookie := range b.Cookies(a.URL) {
		if size := len(cookie.Name) + len(cookie.Value); size > 4096 {
			t.Errorf("cookie %s has %d bytes; browsers need not take more than 4096", cookie.Name, size)
		}
	}
	b.Do("reload", chromedp.Reload())
	b.WaitFor("#claim-email")
	b.Follow("#logout-button")
	b.WaitFor("#login-button")
	if cookies := b.Cookies(a.URL); drive.SessionCookie(cookies) != nil {
		t.Errorf("sign-out left %d cookies, the session's among them", len(cookies))
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + "/login")
	b.SignIn(drive.Ada)
	b.WaitFor("#logout-button")
	cookies := b.Cookies(a.URL)
	cookie := drive.SessionCookie(cookies)
	if got := drive.CookieNames(cookies); got != "session person" {
		t.Fatalf("the browser has cookies %q, want the session's and who it was", got)
	}
	if !cookie.HTTPOnly || cookie.SameSite != network.CookieSameSiteLax || cookie.Path != "/" || cookie.Domain != "localhost" || cookie.Session {
		t.Errorf("the session cookie has HttpOnly %t, SameSite %s, Path %s, Domain %s, ends with the browser %t",
			cookie.HTTPOnly, cookie.SameSite, cookie.Path, cookie.Domain, cookie.Session)
	}
	if got := drive.Evaluate[string](b, "document.cookie"); got != "" {
		t.Errorf("scripts can read %q", got)
	}
	page := drive.Evaluate[string](b, "document.documentElement.outerHTML + location.href")
	if strings.Contains(page, cookie.Value) {
		t.Error("the page shows the session cookie")
	}
}

func TestCopyClaims(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	b.Open(a.URL + drive.ProfilePath)
	b.SignIn(drive.Ada)
	b.WaitURL(a.URL + drive.ProfilePath)
	for _, name := range []string{"clipboard-write", "clipboard-read"} {
		_, err := chromedp.CallBrowser(b.Ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission:       &browser.PermissionDescriptor{Name: name},
			Setting:          browser.PermissionSettingGranted,
			Origin:           a.URL,
			BrowserContextID: chromedp.FromContext(b.Ctx).BrowserContextID,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	b.Click("details.raw summary")
	b.Click("[data-copy=raw-json]")
	b.Until("document.querySelector('#raw-json-copied').textContent === 'Copied.'")
	copied, err := chromedp.Run(b.Ctx, chromedp.Evaluate[string]("navigator.clipboard.readText()", chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal([]byte(copied), &claims); err != nil {
		t.Fatalf("the clipboard holds no JSON: %v\n%s", err, copied)
	}
	if claims["email"] != drive.Ada {
		t.Errorf("email in the clipboard is %v", claims["email"])
	}
}

func TestErrorsLeadBack(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, nil)
	b := drive.NewTab(t)
	callback := a.URL + "/authorization-code/callback?" + url.Values{"code": {"x"}, "state": {"of-another-browser"}}.Encode()
	if status := b.Open(callback); status != 400 {
		t.Errorf("a foreign callback answers %d, want 400", status)
	}
	b.Follow(".actions .button") // Sign in again
	b.SignIn(drive.Ada)
	b.WaitFor("#logout-button")
	if status := b.Open(a.URL + "/no-such-page"); status != 404 {
		t.Errorf("a page that does not exist answers %d, want 404", status)
	}
	b.WaitFor("#logout-button")      // it still knows who is signed in
	b.Follow(".actions .quiet-link") // Go to the front page
	b.Until("location.href === " + drive.Quoted(a.URL+"/"))
}
