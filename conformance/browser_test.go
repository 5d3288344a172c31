package conformance_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// browser does what a person's browser does: it keeps cookies, and sends none of them with a form that one site
// posts to another, because the app's and the stand-in's are SameSite=Lax.
type browser struct {
	t      testing.TB
	app    string // the app's URL
	client *http.Client
}

func newBrowser(t testing.TB, app string) *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, app, &http.Client{
		Jar:           jar,
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a response with its body read.
type answer struct {
	*http.Response
	body string
}

func (a answer) page(t testing.TB) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// resolve is target as the page that has it means it.
func (a answer) resolve(t testing.TB, target string) *url.URL {
	t.Helper()
	u, err := a.Request.URL.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// get asks for one page; target is a URL, or a path of the app.
func (b *browser) get(target string) answer {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.app + target
	}
	req, err := http.NewRequest(http.MethodGet, target, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(req, b.client)
}

// post sends a form that stands on a page of origin.
func (b *browser) post(origin string, target *url.URL, form url.Values) answer {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodPost, target.String(), strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", origin)
	if origin == originOf(target) {
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		return b.send(req, b.client)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	withoutCookies := *b.client
	withoutCookies.Jar = nil
	a := b.send(req, &withoutCookies)
	b.client.Jar.SetCookies(target, a.Cookies())
	return a
}

func (b *browser) send(req *http.Request, client *http.Client) answer {
	b.t.Helper()
	req.Header.Set("Accept", "text/html")
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	resp, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp, string(body)}
}

// goOn goes where a leads: along redirects, through the provider's sign-in page, and by the forms that post
// themselves to the app's callback. It returns the page where that ends.
func (b *browser) goOn(a answer) answer {
	b.t.Helper()
	for range 20 {
		if location := a.Header.Get("Location"); location != "" {
			a = b.get(a.resolve(b.t, location).String())
			continue
		}
		form := a.page(b.t).Find("form[action]").First()
		if form.Length() == 0 {
			return a
		}
		action := a.resolve(b.t, form.AttrOr("action", ""))
		fields := url.Values{}
		form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
			fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
		})
		switch {
		case fields.Has("username") && fields.Has("password"):
			fields.Set("username", login)
			fields.Set("password", password)
		case originOf(action)+action.Path != b.app+callbackPath:
			return a
		}
		a = b.post(originOf(a.Request.URL), action, fields)
	}
	b.t.Fatalf("round and round, at last at %s", a.Request.URL)
	return a
}

// open is goOn from target.
func (b *browser) open(target string) answer {
	b.t.Helper()
	return b.goOn(b.get(target))
}

func originOf(u *url.URL) string { return u.Scheme + "://" + u.Host }
