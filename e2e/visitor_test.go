package e2e_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// visitor is a browser without a window: it keeps cookies and follows redirects.
type visitor struct {
	t      testing.TB
	app    *app
	client *http.Client
}

func newVisitor(t testing.TB, a *app) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return &visitor{t, a, &http.Client{Jar: jar, Transport: transport, Timeout: patience}}
}

// reply is a response with its body read.
type reply struct {
	*http.Response
	body string
}

// send sends a request as a browser does that asks for a page, and reads the
// answer to its end. A nil form makes it a GET.
func (v *visitor) send(target string, form url.Values) (reply, error) {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return reply{}, err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return reply{resp, string(read)}, err
}

// get asks the app for a path.
func (v *visitor) get(path string) reply {
	v.t.Helper()
	r, err := v.send(v.app.URL+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

// signIn signs login in on the way to path, and returns the page it ends on.
func (v *visitor) signIn(path, login string) reply {
	v.t.Helper()
	r, err := v.trySignIn(path, login)
	if err != nil {
		v.t.Fatal(err)
	}
	return r
}

func (v *visitor) trySignIn(path, login string) (reply, error) {
	r, err := v.send(v.app.URL+loginPath+"?"+url.Values{"return_to": {path}}.Encode(), nil)
	if err != nil {
		return r, err
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		return r, err
	}
	transaction, asked := doc.Find("input[name=transaction]").Attr("value")
	if !asked { // Okta knows the person already
		return r, nil
	}
	form := url.Values{
		"transaction": {transaction},
		"username":    {login},
		"password":    {passwordOf(login)},
	}
	return v.send(v.app.Org.URL()+"/login/signin", form)
}

// signedIn reports whether the app takes the visitor for somebody.
func (v *visitor) signedIn() bool {
	v.t.Helper()
	r := v.get("/api/me")
	if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusUnauthorized {
		v.t.Fatalf("/api/me answers %d", r.StatusCode)
	}
	return r.StatusCode == http.StatusOK
}

// heading is the h1 of a page.
func (r reply) heading(t testing.TB) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(doc.Find("h1").Text())
}
