package sessions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/mockokta"
)

// TestScannersChangeNothing: whoever follows every link in a person's mail or history, by GET and by HEAD, without
// cookies, ends nothing and uses nothing up.
func TestScannersChangeNothing(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"OKTA_EVENT_HOOK_SECRET": "secret-of-the-event-hook"})
	person, other := newBrowser(t), newBrowser(t)
	person.signIn(a)
	callback := other.answered(a, drive.ProfilePath) // a sign-in that is about to end
	asked := a.Org.Count("token")

	for target, want := range map[string]int{
		callback:                                           http.StatusBadRequest,
		a.URL + drive.LogoutPath:                           http.StatusOK,
		a.URL + "/logout":                                  http.StatusOK,
		a.URL + signedOutPath:                              http.StatusOK,
		a.URL + drive.SessionsPath:                         http.StatusSeeOther,
		a.URL + "/admin/sessions/end":                      http.StatusMethodNotAllowed,
		a.URL + "/authorization-code/sessions/end":         http.StatusMethodNotAllowed,
		a.URL + "/authorization-code/language":             http.StatusMethodNotAllowed,
		a.URL + "/authorization-code/back-channel-logout":  http.StatusMethodNotAllowed,
		a.URL + "/authorization-code/universal-logout":     http.StatusMethodNotAllowed,
		a.URL + "/authorization-code/front-channel-logout": http.StatusBadRequest,
		a.URL + "/authorization-code/event-hook":           http.StatusBadRequest,
		a.URL + "/authorization-code/form?form=x":          http.StatusSeeOther,
		a.URL + callbackPath + "?otp=123456&state=x":       http.StatusBadRequest,
	} {
		if got := scanner(t).get(target).StatusCode; got != want {
			t.Errorf("GET %s: status %d, want %d", target, got, want)
		}
		if r := scanner(t).ask(http.MethodHead, target, nil); r.StatusCode >= 500 || len(r.Cookies()) > 0 {
			t.Errorf("HEAD %s: status %d, cookies %v", target, r.StatusCode, r.Cookies())
		}
	}
	if got := a.Org.Count("token") - asked; got != 0 {
		t.Errorf("scanners made the app redeem %d codes", got)
	}
	if !person.signedIn(a) {
		t.Error("a scanner has signed the person out")
	}
	if other.get(callback); !other.signedIn(a) {
		t.Error("after a scanner the answer of the org no longer signs in")
	}
}

// TestScannersOfMails: a scanner of mails does not use up the links in them, which people follow afterwards.
func TestScannersOfMails(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
	for login, send := range map[string]func(string) string{drive.Ada: a.Org.SendRecovery, "pia@acme.test": a.Org.SendActivation} {
		t.Run(login, func(t *testing.T) {
			send(login)
			link := a.Org.MailedLink(login)
			if !strings.HasPrefix(link, a.URL) {
				t.Fatalf("the mail has the link %q", link)
			}
			before := requests(a.Org)
			if r := scanner(t).ask(http.MethodHead, link, nil); r.StatusCode != http.StatusNoContent || len(r.Cookies()) > 0 {
				t.Errorf("HEAD: status %d, cookies %v", r.StatusCode, r.Cookies())
			}
			if r := scanner(t).get(link, "Purpose", "preview"); r.StatusCode != http.StatusNoContent || len(r.Cookies()) > 0 {
				t.Errorf("preview: status %d, cookies %v", r.StatusCode, r.Cookies())
			}
			if r := scanner(t).get(link); r.StatusCode != http.StatusOK {
				t.Errorf("GET: status %d", r.StatusCode)
			}
			if after := requests(a.Org); after != before {
				t.Errorf("the org was asked about the token: %s, before %s", after, before)
			}
			r := newBrowser(t).get(link)
			_, token, _ := strings.Cut(link, "_token=")
			if config := r.Find("#sign-in-widget").AttrOr("data-config", ""); !strings.Contains(config, token) {
				t.Errorf("afterwards the person's page (%d) does not know the token of the mail", r.StatusCode)
			}
		})
	}
}

// requests are how often the endpoints were asked that could use a token up.
func requests(org *mockokta.Org) string {
	var counts strings.Builder
	for _, endpoint := range []string{"token", "authn", "interact", "introspect", "idx", "authorize"} {
		counts.WriteString(strings.Repeat(endpoint[:3]+" ", org.Count(endpoint)))
	}
	return counts.String()
}

// TestLookingAhead: a browser that fetches or draws a page before its person asks for it, with all cookies, and a client
// that asks for a HEAD, begin nothing, end nothing, and use up no answer of the org.
func TestLookingAhead(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	for name, look := range map[string]func(browser, string) answer{
		"prefetch":  func(b browser, target string) answer { return b.get(target, "Sec-Purpose", "prefetch") },
		"prerender": func(b browser, target string) answer { return b.get(target, "Sec-Purpose", "prefetch;prerender") },
		"preview":   func(b browser, target string) answer { return b.get(target, "X-Purpose", "preview") },
		"HEAD":      func(b browser, target string) answer { return b.ask(http.MethodHead, target, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBrowser(t)
			callback := b.answered(a, drive.ProfilePath)
			for range 12 { // more than a browser's attempts that are kept
				for _, path := range []string{drive.LoginPath, "/login?return_to=/greet", "/authorization-code/login-custom", "/greet", drive.ProfilePath} {
					if r := look(b, a.URL+path); len(r.Cookies()) > 0 || r.StatusCode >= 400 {
						t.Fatalf("%s: status %d, cookies %v", path, r.StatusCode, r.Cookies())
					}
				}
			}
			if r := look(b, callback); r.StatusCode != http.StatusNoContent || len(r.Cookies()) > 0 {
				t.Errorf("the callback: status %d, cookies %v", r.StatusCode, r.Cookies())
			}
			if r := b.get(callback); r.Header.Get("Location") != drive.ProfilePath || !b.signedIn(a) {
				t.Fatalf("afterwards the callback answers %d and leads to %q", r.StatusCode, r.Header.Get("Location"))
			}
			for _, path := range []string{drive.LogoutPath, "/logout", signedOutPath, drive.SessionsPath, callbackPath + "?code=x&state=y"} {
				look(b, a.URL+path)
			}
			if !b.signedIn(a) {
				t.Error("signed out")
			}

			page := b.ask(http.MethodPost, a.URL+drive.LogoutPath, url.Values{}, "Origin", a.URL)
			_, onward, _ := strings.Cut(page.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""), "url=")
			_, landing := b.follow(a.URL+onward, a.URL+signedOutPath+"?")
			if r := look(b, landing); r.StatusCode != http.StatusNoContent || len(r.Cookies()) > 0 {
				t.Errorf("where sign-out lands: status %d, cookies %v", r.StatusCode, r.Cookies())
			}
			if r, _ := b.follow(landing, ""); !strings.Contains(r.Find("main").Text(), "here and at Okta") && !strings.Contains(r.Find("main").Text(), "signed out") {
				t.Errorf("in the end the page says %q", r.Find("main").Text())
			}
		})
	}
}

// TestFrontChannelIgnoresHEAD: a HEAD of Okta's own sign-out address ends nothing, a GET does.
func TestFrontChannelIgnoresHEAD(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	var sid string
	a.Org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken = func(_, claims map[string]any) { claims["sid"] = "102of-ada"; sid = "102of-ada" }
	})
	b := newBrowser(t)
	b.signIn(a)
	address := a.URL + "/authorization-code/front-channel-logout?" + url.Values{"iss": {a.Org.Issuer()}, "sid": {sid}}.Encode()
	if r := scanner(t).ask(http.MethodHead, address, nil); r.StatusCode != http.StatusOK || !b.signedIn(a) {
		t.Errorf("HEAD: status %d, still signed in: %v", r.StatusCode, b.signedIn(a))
	}
	if r := scanner(t).get(address); r.StatusCode != http.StatusOK || b.signedIn(a) {
		t.Errorf("GET: status %d, still signed in: %v", r.StatusCode, b.signedIn(a))
	}
}
