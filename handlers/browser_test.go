package handlers_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// browser keeps cookies, follows no redirect by itself and asks for HTML.
type browser struct {
	t      testing.TB
	app    *app
	client *http.Client
}

func (a *app) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		a.t.Fatal(err)
	}
	return &browser{a.t, a, &http.Client{
		Jar:           jar,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// reply is a response with its body read.
type reply struct {
	*http.Response
	body string
}

func (r reply) location() string { return r.Header.Get("Location") }

// page parses the body.
func (r reply) page(t testing.TB) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// do sends a request; a target that begins with "/" is at the app. Headers come
// as name, value, name, value.
func (b *browser) do(method, target string, form url.Values, headers ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.app.URL + target
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	req, err := http.NewRequest(method, target, body)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Host = req.Header.Get("Host") // net/http sends no Host from the map
	return b.send(req)
}

// send sends req as it is, with the browser's cookies.
func (b *browser) send(req *http.Request) reply {
	b.t.Helper()
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return reply{resp, string(read)}
}

func (b *browser) get(target string, headers ...string) reply {
	b.t.Helper()
	return b.do(http.MethodGet, target, nil, headers...)
}

func (b *browser) post(target string, form url.Values, headers ...string) reply {
	b.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	return b.do(http.MethodPost, target, form, headers...)
}

// follow goes where r redirects to, again and again.
func (b *browser) follow(r reply) reply {
	b.t.Helper()
	for range 10 {
		target := r.onward(b.t)
		if target == "" {
			return r
		}
		next, err := r.Request.URL.Parse(target)
		if err != nil {
			b.t.Fatal(err)
		}
		r = b.get(next.String())
	}
	b.t.Fatal("redirected in circles")
	return r
}

// onward is where r leads by itself: by a redirect, or by a page that goes on.
func (r reply) onward(t testing.TB) string {
	t.Helper()
	if r.location() != "" || !strings.Contains(r.Header.Get("Content-Type"), "html") {
		return r.location()
	}
	content := r.page(t).Find(`meta[http-equiv="refresh"]`).AttrOr("content", "")
	_, target, _ := strings.Cut(content, "url=")
	return target
}

// submit posts the first form of a page, with values over its own.
func (b *browser) submit(r reply, values url.Values) reply {
	b.t.Helper()
	form := r.page(b.t).Find("form").First()
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	maps.Copy(fields, values)
	action, err := r.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		b.t.Fatal(err)
	}
	return b.post(action.String(), fields)
}

// toCallback starts a sign-in at path and goes as far as Okta's answer, which it
// returns unvisited: the URL of the callback.
func (b *browser) toCallback(path, login string) string {
	b.t.Helper()
	r := b.get(path)
	for range 10 {
		switch {
		case strings.HasPrefix(r.location(), b.app.URL+callbackPath):
			return r.location()
		case r.location() != "":
			next, err := r.Request.URL.Parse(r.location())
			if err != nil {
				b.t.Fatal(err)
			}
			r = b.get(next.String())
		case r.page(b.t).Find(`[data-type="save"]`).Length() > 0:
			r = b.submit(r, url.Values{"username": {login}, "password": {passwordOf(login)}})
		default:
			b.t.Fatalf("no way on from %s: status %d\n%s", r.Request.URL, r.StatusCode, r.body)
		}
	}
	b.t.Fatal("redirected in circles")
	return ""
}

// signIn signs login in by way of path and returns the page it ends on.
func (b *browser) signIn(path, login string) reply {
	b.t.Helper()
	return b.follow(b.get(b.toCallback(path, login)))
}

// cookie returns the value of a cookie for the app, "" if there is none.
func (b *browser) cookie(name string) string {
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(origin) {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// set gives the browser a cookie for the app.
func (b *browser) set(name, value string) {
	origin, err := url.Parse(b.app.URL)
	if err != nil {
		b.t.Fatal(err)
	}
	b.client.Jar.SetCookies(origin, []*http.Cookie{{Name: name, Value: value}})
}

// signedIn reports whether the app takes the browser for somebody's.
func (b *browser) signedIn() bool {
	b.t.Helper()
	return b.get(profilePath).StatusCode == http.StatusOK
}

func passwordOf(login string) string {
	name, _, _ := strings.Cut(login, "@")
	return "correct-horse-" + name
}
