package journey_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestSignInLandsWhereItWasPromised follows what leads to a sign-in from each page, signs Ada in, and looks where she is.
func TestSignInLandsWhereItWasPromised(t *testing.T) {
	t.Parallel()
	app := hosts.App(t, nil)
	widget := hosts.App(t, map[string]string{"SIGN_IN": "widget"})
	const grace = "grace@acme.test" // no operator
	for name, tc := range map[string]struct {
		host   *hosts.Host
		before string // who is signed in before, if anybody
		later  time.Duration
		page   string // what is opened
		follow string // the link on it; empty where the page itself leads to Okta
		want   string // where Ada is in the end, with its query
	}{
		"button of the front page":              {page: "/", follow: "#login-button", want: "/"},
		"the closed page, from the front page":  {page: "/", follow: `main a[href="/greet"]`, want: "/greet"},
		"greeting":                              {page: "/greet?n=1", want: "/greet?n=1"},
		"profile":                               {page: "/profile", want: "/profile"},
		"sessions":                              {page: drive.SessionsPath, want: drive.SessionsPath},
		"console, with a question":              {page: "/admin/sessions?q=" + grace, want: "/admin/sessions?q=" + grace},
		"header of a page that is not there":    {page: "/no-such-page?x=1", follow: "header nav a", want: "/"},
		"nothing to sign out":                   {page: drive.LogoutPath, follow: "main a.button", want: "/"},
		"signed out":                            {page: "/authorization-code/signed-out", follow: "#login-button", want: "/"},
		"answer of Okta's from the history":     {page: "/authorization-code/callback?code=x&state=y", follow: "main a.button", want: "/"},
		"another account, after Okta's refusal": {before: drive.Eve, page: "/greet?n=1", follow: `main a[href*="prompt=login"]`, want: "/greet?n=1"},
		"another account, in the wrong group":   {before: grace, page: "/admin/sessions?q=x", follow: `main a[href*="prompt=login"]`, want: "/admin/sessions?q=x"},
		"a newer sign-in, for the console":      {before: drive.Ada, later: 30 * time.Minute, page: "/admin/sessions?q=x", want: "/admin/sessions?q=x"},
		"Okta's own page, from the widget's":    {host: widget, page: "/greet?n=1", follow: "#hosted-sign-in", want: "/greet?n=1"},
		"the widget, from a page that is not":   {host: widget, page: "/no-such-page?x=1", follow: "header nav a", want: "/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := tc.host
			if host == nil {
				host = app
			}
			if tc.later > 0 { // its clock is for this test alone
				host = hosts.App(t, nil)
			}
			v := host.Visitor(t)
			if tc.before != "" && tc.before != drive.Eve {
				v.SignIn("/", tc.before)
			}
			host.Ahead(tc.later)
			r := v.Get(tc.page)
			if tc.before == drive.Eve {
				r = v.SignIn(tc.page, drive.Eve)
			}
			if tc.follow != "" {
				r = follow(t, v, r, tc.follow)
			}
			if r.Request.URL.Path == drive.CustomPath { // the widget is a script's work: Okta's own page will do
				r = follow(t, v, r, "#hosted-sign-in")
			}
			doc := parsed(t, r)
			transaction, asked := doc.Find("input[name=transaction]").Attr("value")
			if !asked {
				t.Fatalf("nobody asks for a password at %s", r.Request.URL)
			}
			r, err := v.Send(host.Org.URL()+"/login/signin", url.Values{"transaction": {transaction}, "username": {drive.Ada}, "password": {drive.PasswordOf(drive.Ada)}})
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(r.Request.URL.String(), host.URL); got != tc.want || !v.SignedIn() {
				t.Errorf("Ada is at %s (%d), want %s", got, r.StatusCode, tc.want)
			}
		})
	}
}

func parsed(t *testing.T, r drive.Reply) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// follow follows a link of a page.
func follow(t *testing.T, v *drive.Visitor, r drive.Reply, selector string) drive.Reply {
	t.Helper()
	href, found := parsed(t, r).Find(selector).First().Attr("href")
	if !found {
		t.Fatalf("%s has no %s", r.Request.URL, selector)
	}
	target, err := r.Request.URL.Parse(href)
	if err != nil {
		t.Fatal(err)
	}
	next, err := v.Send(target.String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return next
}
