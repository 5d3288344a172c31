package sessions_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/testkit"
)

const (
	callbackPath  = "/authorization-code/callback"
	signedOutPath = "/authorization-code/signed-out"
)

// browser stops at each redirect.
type browser struct{ *testkit.Browser }

func newBrowser(t *testing.T) browser { return browser{testkit.NewBrowser(t, "")} }

// scanner is what follows the links of mails and messages without being anybody: it keeps no cookies.
func scanner(t *testing.T) browser {
	b := newBrowser(t)
	b.Client.Jar = nil
	return b
}

// answer is a response with its page.
type answer struct {
	*http.Response
	*goquery.Document
}

func (a answer) h1() string { return strings.TrimSpace(a.Find("h1").Text()) }

// ask asks as for a page; header are names and values.
func (b browser) ask(method, target string, form url.Values, header ...string) answer {
	b.T.Helper()
	r := b.Do(method, target, form, header...)
	return answer{r.Response, r.Page(b.T)}
}

func (b browser) get(target string, header ...string) answer {
	b.T.Helper()
	return b.ask(http.MethodGet, target, nil, header...)
}

// follow follows redirects until it comes to a page, or is to go to an address that begins with stop, which it returns
// unvisited.
func (b browser) follow(target, stop string) (answer, string) {
	b.T.Helper()
	for range 12 {
		if stop != "" && strings.HasPrefix(target, stop) {
			return answer{}, target
		}
		r := b.get(target)
		next, err := r.Location()
		if refresh := r.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""); err != nil && strings.Contains(refresh, "url=") {
			_, path, _ := strings.Cut(refresh, "url=")
			next, err = r.Request.URL.Parse(path)
		}
		if err != nil {
			return r, target
		}
		target = next.String()
	}
	b.T.Fatalf("sent round and round, to %s", target)
	return answer{}, ""
}

// answered signs Ada in at the org on the way to path, and returns the address that the org sends her to.
func (b browser) answered(a *hosts.Host, path string) (callback string) {
	b.T.Helper()
	page, at := b.follow(a.URL+drive.LoginPath+"?return_to="+path, a.URL+callbackPath)
	if page.Response == nil { // the org knows her already
		return at
	}
	transaction := page.Find("input[name=transaction]").AttrOr("value", "")
	r := b.ask(http.MethodPost, a.Org.URL()+"/login/signin", url.Values{
		"transaction": {transaction}, "username": {drive.Ada}, "password": {drive.PasswordOf(drive.Ada)},
	})
	location := r.Header.Get("Location")
	if !strings.HasPrefix(location, a.URL+callbackPath) {
		b.T.Fatalf("the org sends Ada to %q (%d)", location, r.StatusCode)
	}
	return location
}

// signIn signs Ada in.
func (b browser) signIn(a *hosts.Host) {
	b.T.Helper()
	b.get(b.answered(a, "/greet"))
	if !b.signedIn(a) {
		b.T.Fatal("Ada is not signed in")
	}
}

// signedIn reports whether the app takes b for somebody, which prolongs nothing.
func (b browser) signedIn(a *hosts.Host) bool {
	b.T.Helper()
	return b.get(a.URL+drive.ProfilePath, "Sec-Purpose", "prefetch").StatusCode == http.StatusOK
}
