package testkit

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// Browser keeps cookies, follows no redirect by itself and asks for HTML.
type Browser struct {
	T      testing.TB
	Base   string // what a target that begins with "/" is below
	Client *http.Client
}

// NewBrowser is one without any cookie.
func NewBrowser(t testing.TB, base string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Browser{t, base, &http.Client{
		Jar:           jar,
		Transport:     Transport(t),
		Timeout:       Patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Transport is one for browsers, which closes its connections when the test ends. Bodies
// come as they are: they are to be read, not to be small.
func Transport(t testing.TB) *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// Do sends a request. Headers come as name, value, name, value.
func (b *Browser) Do(method, target string, form url.Values, headers ...string) Reply {
	b.T.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.Base + target
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, target, body)
	if err != nil {
		b.T.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Host = req.Header.Get("Host") // net/http sends no Host from the map
	return b.Send(req)
}

// Send sends req as it is, with the browser's cookies.
func (b *Browser) Send(req *http.Request) Reply {
	b.T.Helper()
	resp, err := b.Client.Do(req)
	if err != nil {
		b.T.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.T.Fatal(err)
	}
	return Reply{resp, string(read)}
}

// Get asks for target. Headers come as in Do.
func (b *Browser) Get(target string, headers ...string) Reply {
	b.T.Helper()
	return b.Do(http.MethodGet, target, nil, headers...)
}

// Post posts a form, an empty one for nil. Headers come as in Do.
func (b *Browser) Post(target string, form url.Values, headers ...string) Reply {
	b.T.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.Do(http.MethodPost, target, form, headers...)
}

// Submit posts the first form of a page, with values over its own.
func (b *Browser) Submit(r Reply, values url.Values) Reply {
	b.T.Helper()
	form := r.Page(b.T).Find("form").First()
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	maps.Copy(fields, values)
	action, err := r.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Post(action.String(), fields)
}

// Follow goes where r leads by itself, again and again.
func (b *Browser) Follow(r Reply) Reply {
	b.T.Helper()
	for range 10 {
		target := r.Onward(b.T)
		if target == "" {
			return r
		}
		r = b.next(r, target)
	}
	b.T.Fatal("redirected in circles")
	return r
}

// next gets what r links to.
func (b *Browser) next(r Reply, link string) Reply {
	b.T.Helper()
	target, err := r.Request.URL.Parse(link)
	if err != nil {
		b.T.Fatal(err)
	}
	return b.Get(target.String())
}

// Visit goes to target and on to wherever that leads, typing in at Okta's page who login
// is, as often as it asks. It returns what comes in the end, and every URL on the way.
func (b *Browser) Visit(target, login string) (end Reply, way []string) {
	b.T.Helper()
	r := b.Get(target)
	for range 16 {
		way = append(way, r.Request.URL.String())
		switch onward := r.Onward(b.T); {
		case onward != "":
			r = b.next(r, onward)
		case r.AsksWho(b.T):
			r = b.TypeIn(r, login)
		default:
			return r, way
		}
	}
	b.T.Fatalf("no end in sight: %s", strings.Join(way, "\n"))
	return Reply{}, nil
}

// Arrive is Visit for those who want the last page alone.
func (b *Browser) Arrive(target, login string) Reply {
	b.T.Helper()
	end, _ := b.Visit(target, login)
	return end
}

// Until goes to target and on, typing in at Okta's page who login is, until a redirect
// begins with prefix, which it returns unvisited.
func (b *Browser) Until(prefix, target, login string) string {
	b.T.Helper()
	r := b.Get(target)
	for range 10 {
		switch {
		case strings.HasPrefix(r.Location(), prefix):
			return r.Location()
		case r.Location() != "":
			r = b.next(r, r.Location())
		case r.AsksWho(b.T):
			r = b.TypeIn(r, login)
		default:
			b.T.Fatalf("no way on from %s: status %d\n%s", r.Request.URL, r.StatusCode, r.Body)
		}
	}
	b.T.Fatal("redirected in circles")
	return ""
}

// TypeIn answers Okta's page r with the name and the password of login.
func (b *Browser) TypeIn(r Reply, login string) Reply {
	b.T.Helper()
	return b.Submit(r, url.Values{"username": {login}, "password": {PasswordOf(login)}})
}

// Cookies are those that the browser sends to Base.
func (b *Browser) Cookies() []*http.Cookie {
	b.T.Helper()
	return b.Client.Jar.Cookies(b.origin())
}

// Cookie returns the value of a cookie for Base, "" if there is none.
func (b *Browser) Cookie(name string) string {
	b.T.Helper()
	for _, c := range b.Cookies() {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// Set gives the browser cookies for Base.
func (b *Browser) Set(cookies ...*http.Cookie) {
	b.T.Helper()
	b.Client.Jar.SetCookies(b.origin(), cookies)
}

// Forget deletes a cookie for Base.
func (b *Browser) Forget(name string) {
	b.T.Helper()
	b.Set(&http.Cookie{Name: name, Path: "/", MaxAge: -1})
}

func (b *Browser) origin() *url.URL {
	b.T.Helper()
	origin, err := url.Parse(b.Base)
	if err != nil {
		b.T.Fatal(err)
	}
	return origin
}

// Reply is a response with its body read.
type Reply struct {
	*http.Response
	Body string
}

// Location is the target of a redirect, as it was written; empty without one.
func (r Reply) Location() string { return r.Header.Get("Location") }

// Page parses the body.
func (r Reply) Page(t testing.TB) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// Onward is where r leads by itself: by a redirect, or by a page that goes on.
func (r Reply) Onward(t testing.TB) string {
	t.Helper()
	if r.Location() != "" || !strings.Contains(r.Header.Get("Content-Type"), "html") {
		return r.Location()
	}
	if !strings.Contains(r.Body, `http-equiv="refresh"`) { // to parse a page takes long
		return ""
	}
	content := r.Page(t).Find(`meta[http-equiv="refresh"]`).AttrOr("content", "")
	_, target, _ := strings.Cut(content, "url=")
	return target
}

// AsksWho reports whether r is Okta's page that asks for a name and a password.
func (r Reply) AsksWho(t testing.TB) bool {
	t.Helper()
	return strings.Contains(r.Body, `data-type="save"`) && r.Page(t).Find(`[data-type="save"]`).Length() > 0
}
