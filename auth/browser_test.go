package auth_test

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
	base   string // what a target that begins with "/" is below
	client *http.Client
}

func (h *host) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{h.t, h.URL, &http.Client{
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

// do sends a request. Headers come as name, value, name, value.
func (b *browser) do(method, target string, form url.Values, headers ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.base + target
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

// visit goes to target and on to wherever that leads, typing in at Okta's page who
// login is where it asks. It returns what comes in the end, and every URL on the way.
func (b *browser) visit(target, login string) (reply, []string) {
	b.t.Helper()
	r := b.get(target)
	var way []string
	for range 16 {
		way = append(way, r.Request.URL.String())
		switch onward := r.onward(b.t); {
		case onward != "":
			next, err := r.Request.URL.Parse(onward)
			if err != nil {
				b.t.Fatal(err)
			}
			r = b.get(next.String())
		case r.page(b.t).Find(`[data-type="save"]`).Length() > 0:
			name, _, _ := strings.Cut(login, "@")
			r = b.submit(r, url.Values{"username": {login}, "password": {"correct-horse-" + name}})
		default:
			return r, way
		}
	}
	b.t.Fatalf("no end in sight: %s", strings.Join(way, "\n"))
	return reply{}, nil
}

// signIn is visit for those who want the last page alone.
func (b *browser) signIn(target, login string) reply {
	b.t.Helper()
	r, _ := b.visit(target, login)
	return r
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

// cookies are the names of the browser's cookies for the host.
func (b *browser) cookies() []string {
	b.t.Helper()
	origin, err := url.Parse(b.base)
	if err != nil {
		b.t.Fatal(err)
	}
	var names []string
	for _, c := range b.client.Jar.Cookies(origin) {
		names = append(names, c.Name)
	}
	return names
}
