package main

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/examples/existing/internal/habits"
	"example.com/okta-gin/mockokta"
)

// places are the ways to reach the shop: alone on its host, or below a path, behind a
// proxy that takes the path off requests or one that leaves it.
var places = map[string]struct {
	base  string
	strip bool
}{
	"alone":             {},
	"proxy that strips": {"/portal", true},
	"proxy that keeps":  {"/portal", false},
}

// opened is a shop on the network, with an Okta beside it.
type opened struct {
	*shop
	URL string
	log *habits.Log
	org *mockokta.Org
}

func open(t *testing.T, base string, strip bool) opened {
	t.Helper()
	front := httptest.NewUnstartedServer(nil)
	site := "http://" + front.Listener.Addr().(*net.TCPAddr).String() + base
	org, err := mockokta.Start(mockokta.Options{Clients: []mockokta.Client{mockokta.WebClient(site)}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { org.Close() })
	shop, log := openShopAt(t, site, org.Issuer())
	front.Config.Handler = shop
	if base != "" {
		behind := httptest.NewServer(shop)
		t.Cleanup(behind.Close)
		front.Config.Handler = proxy(t, behind.URL, base, strip)
	}
	front.Start()
	t.Cleanup(front.Close)
	return opened{shop, site, log, org}
}

// proxy serves target below base, and nothing beside it.
func proxy(t *testing.T, target, base string, strip bool) http.Handler {
	t.Helper()
	to, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(base+"/", &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		if strip {
			r.Out.URL.Path, r.Out.URL.RawPath = strings.TrimPrefix(r.Out.URL.Path, base), ""
		}
	}})
	return mux
}

// visitor is a browser.
type visitor struct {
	t *testing.T
	opened
	client *http.Client
}

func (o opened) visitor(t *testing.T) visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return visitor{t, o, &http.Client{Jar: jar}}
}

// seen is where a visitor has come to.
type seen struct {
	*goquery.Document
	*http.Response
}

// at is the page's address, from the shop's on.
func (v visitor) at(s seen) string { return strings.TrimPrefix(s.Request.URL.String(), v.URL) }

func (v visitor) get(path string) seen {
	v.t.Helper()
	r, err := v.client.Get(v.URL + path)
	return v.read(r, err)
}

// read reads an answer, and goes on where a page does so by itself.
func (v visitor) read(r *http.Response, err error) seen {
	v.t.Helper()
	if err != nil {
		v.t.Fatal(err)
	}
	defer r.Body.Close()
	page, err := goquery.NewDocumentFromReader(r.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	if _, target, onward := strings.Cut(page.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""), "url="); onward {
		next, err := r.Request.URL.Parse(target)
		if err != nil {
			v.t.Fatal(err)
		}
		r, err := v.client.Get(next.String())
		return v.read(r, err)
	}
	return seen{page, r}
}

// submit sends the form that selector finds, with values in place of its own.
func (v visitor) submit(s seen, selector string, values url.Values) seen {
	v.t.Helper()
	form := s.Find(selector).First()
	if form.Length() == 0 {
		v.t.Fatalf("%s has no %s", s.Request.URL, selector)
	}
	fields := url.Values{}
	form.Find("input[name]").Each(func(_ int, input *goquery.Selection) {
		fields.Set(input.AttrOr("name", ""), input.AttrOr("value", ""))
	})
	for name, value := range values {
		fields[name] = value
	}
	action, err := s.Request.URL.Parse(form.AttrOr("action", ""))
	if err != nil {
		v.t.Fatal(err)
	}
	r, err := v.client.PostForm(action.String(), fields)
	return v.read(r, err)
}

// proveAt signs in at Okta's page.
func (v visitor) proveAt(s seen, login string) seen {
	v.t.Helper()
	if !strings.HasPrefix(s.Request.URL.String(), v.org.URL()) {
		v.t.Fatalf("%s is not Okta's page", s.Request.URL)
	}
	name, _, _ := strings.Cut(login, "@")
	return v.submit(s, "form", url.Values{"username": {login}, "password": {"correct-horse-" + name}})
}

// want reports where s is not the page at path, in the shop's layout, with text.
func (v visitor) want(s seen, path string, status int, texts ...string) {
	v.t.Helper()
	if got := v.at(s); got != path || s.StatusCode != status {
		v.t.Errorf("%d at %s, want %d at %s", s.StatusCode, got, status, path)
	}
	if s.Find("nav .brand").Text() != "Corner Shop" {
		v.t.Errorf("%s is not in the shop's layout", path)
	}
	for _, text := range texts {
		if body := strings.Join(strings.Fields(s.Find("body").Text()), " "); !strings.Contains(body, text) {
			v.t.Errorf("%s has no %q:\n%s", path, text, body)
		}
	}
}

func TestJourney(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, place.base, place.strip)
			v := shop.visitor(t)

			page := v.get("/")
			v.want(page, "/", 200, "Sign in", "Cart (0)")
			page = v.submit(page, `form:contains("Sencha")`, nil)
			v.want(page, "/cart", 200, "Sencha", "Cart (1)")

			page = v.proveAt(v.get("/checkout?from=letter"), "ada@acme.test")
			v.want(page, "/checkout?from=letter", 200, "Welcome, Ada Lovelace", "Your name: Ada Lovelace", "Cart (1)", "Sencha")
			v.want(v.get("/"), "/", 200, "Welcome, Ada Lovelace", "Cart (1)")
			var subject, issuer string
			if err := shop.db.QueryRow(`SELECT subject, issuer FROM users`).Scan(&subject, &issuer); err != nil || subject != "00u9mockAdaLove1a5d7" || issuer != shop.org.Issuer() {
				t.Errorf("the row of Ada: %s of %s, %v", subject, issuer, err)
			}
			v.want(v.submit(page, `main form`, nil), "/checkout", 200, "Your tea is on its way.", "Cart (0)")
			page = v.get("/admin/orders")
			v.want(page, "/admin/orders", 200, "1: Sencha for Ada Lovelace, customer 1", "Customers: 1")
			if got := page.Header.Get("X-Robots-Tag"); got != "noindex" {
				t.Errorf("the group's middleware: X-Robots-Tag %q", got)
			}

			page = v.submit(v.get("/"), `form:contains("Assam")`, nil)
			page = v.submit(page, "nav form", nil)
			v.want(page, "/authorization-code/signed-out", 200, "Your session with this app has ended, and so has the one at Okta.", "Sign in", "Cart (1)")
			v.want(v.get("/cart"), "/cart", 200, "Assam", "Sign in")
			if page = v.get("/checkout"); !strings.HasPrefix(page.Request.URL.String(), shop.org.URL()) {
				t.Errorf("after sign-out the checkout is at %s", page.Request.URL)
			}

			page = v.proveAt(v.get("/admin/orders"), "grace@acme.test")
			v.want(page, "/admin/orders", 403, "Welcome, Grace Hopper", "but not allowed to see this", "You need to be in this group: Admins", "Cart (1)")
			if page.Header.Get("X-Robots-Tag") != "noindex" || page.Find("main").Text() == "" || strings.Contains(page.Text(), "Sencha") {
				t.Errorf("the refusal: %v\n%s", page.Header, page.Text())
			}
			v.want(v.get("/authorization-code/logout"), "/authorization-code/logout", 200, "Sign out?")

			checkLog(t, shop.log, "/authorization-code/callback")
		})
	}
}

// TestNotLetIn: what Okta refuses is said in the shop's layout, and the page, which
// has a code or a state in its address, leads nowhere with it.
func TestNotLetIn(t *testing.T) {
	t.Parallel()
	shop := open(t, "", false)
	v := shop.visitor(t)
	page := v.proveAt(v.get("/checkout"), "eve@acme.test")
	if page.StatusCode != 403 || page.Find("nav .brand").Length() == 0 || page.Find("blockquote").Text() == "" {
		t.Errorf("%d:\n%s", page.StatusCode, page.Text())
	}
	page.Find("a[href]").Each(func(_ int, link *goquery.Selection) {
		if href := link.AttrOr("href", ""); strings.Contains(href, "state") || strings.Contains(href, "callback") {
			t.Errorf("the page leads to %s", href)
		}
	})
	checkLog(t, shop.log, "/authorization-code/callback")
}

// checkLog reports secrets in the shop's own log, and where the line for path is
// missing.
func checkLog(t *testing.T, log *habits.Log, path string) {
	t.Helper()
	text := log.String()
	for _, secret := range []string{"code=", "state=", "?"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q:\n%s", secret, text)
		}
	}
	if !strings.Contains(text, `"`+path+`"`) {
		t.Errorf("the log lacks %s:\n%s", path, text)
	}
}

// TestHabitsBelowAPath holds the shop behind a proxy to what it did before.
func TestHabitsBelowAPath(t *testing.T) {
	t.Parallel()
	for name, place := range places {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := open(t, place.base, place.strip)
			v := shop.visitor(t)
			habits.Check(t, habits.Shop{URL: shop.URL, Base: place.base, Client: v.client, Log: shop.log, Closed: true})

			page := v.get("/")
			style, err := page.Request.URL.Parse(page.Find(`link[rel="stylesheet"]`).AttrOr("href", ""))
			if err != nil {
				t.Fatal(err)
			}
			r, err := v.client.Get(style.String())
			if err != nil {
				t.Fatal(err)
			}
			defer r.Body.Close()
			if css, err := io.ReadAll(r.Body); err != nil || r.StatusCode != 200 || !strings.Contains(string(css), ".teas") {
				t.Errorf("the stylesheet at %s: %d, %v", style, r.StatusCode, err)
			}
		})
	}
}
