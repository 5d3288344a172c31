package drive

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Visitor is a browser without a window: it keeps cookies and follows redirects.
type Visitor struct {
	T      testing.TB
	App    *App
	Client *http.Client
}

// NewVisitor is one without any cookie.
func NewVisitor(t testing.TB, a *App) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return &Visitor{t, a, &http.Client{Jar: jar, Transport: transport, Timeout: Patience}}
}

// Reply is a response with its body read.
type Reply struct {
	*http.Response
	Body string
}

// Send sends a request as a browser does that asks for a page, and reads the
// answer to its end. A nil form makes it a GET.
func (v *Visitor) Send(target string, form url.Values) (Reply, error) {
	method, body := http.MethodGet, ""
	if form != nil {
		method, body = http.MethodPost, form.Encode()
	}
	req, err := http.NewRequest(method, target, strings.NewReader(body))
	if err != nil {
		return Reply{}, err
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := v.Client.Do(req)
	if err != nil {
		return Reply{}, err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return Reply{resp, string(read)}, err
}

// Get asks the app for a path.
func (v *Visitor) Get(path string) Reply {
	v.T.Helper()
	r, err := v.Send(v.App.URL+path, nil)
	if err != nil {
		v.T.Fatal(err)
	}
	return r
}

// SignIn signs login in on the way to path, and returns the page it ends on.
func (v *Visitor) SignIn(path, login string) Reply {
	v.T.Helper()
	r, err := v.TrySignIn(path, login)
	if err != nil {
		v.T.Fatal(err)
	}
	return r
}

// TrySignIn is SignIn for what may go wrong, or runs beside the test.
func (v *Visitor) TrySignIn(path, login string) (Reply, error) {
	r, err := v.Send(v.App.URL+LoginPath+"?"+url.Values{"return_to": {path}}.Encode(), nil)
	if err != nil {
		return r, err
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
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
		"password":    {PasswordOf(login)},
	}
	return v.Send(v.App.Org.URL()+"/login/signin", form)
}

// SignedIn reports whether the app takes the visitor for somebody.
func (v *Visitor) SignedIn() bool {
	v.T.Helper()
	r := v.Get("/api/me")
	if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusUnauthorized {
		v.T.Fatalf("/api/me answers %d", r.StatusCode)
	}
	return r.StatusCode == http.StatusOK
}

// Heading is the h1 of a page.
func (r Reply) Heading(t testing.TB) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(doc.Find("h1").Text())
}
