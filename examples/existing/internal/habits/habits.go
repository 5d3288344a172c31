// Package habits is what the shop does, with sign-in or without: its tests before and
// after hold it to the same list.
package habits

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// WebhookSecret is what the shop under test must know.
const WebhookSecret = "the bank's"

// Shop is a shop under test.
type Shop struct {
	URL    string // without a slash at the end
	Base   string // the part of URL that is the path of BASE_URL
	Client *http.Client
	Log    *Log
	// Closed says that Client may not see the closed pages: those are left out.
	Closed bool
	// SignedIn says that Client is somebody's: no cache may keep pages with a name on.
	SignedIn bool
}

// Log is what the shop has written to its own log.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String is all that was written.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// last is the last line, which is there once a request was answered: the shop writes
// it before the answer is finished.
func (l *Log) last() string {
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	return lines[len(lines)-1]
}

// habit is a request and what comes of it.
type habit struct {
	name, method, path string
	form               url.Values
	json               string
	header             http.Header // of the request
	closed             bool        // for people who are signed in, once there is sign-in

	status      int
	contentType string
	want        string // in the body
	also        http.Header
	asset       bool // the same for everybody
}

const html = "text/html; charset=utf-8"

var list = []habit{
	{name: "front page", method: "GET", path: "/", status: 200, contentType: html, want: "<h1>Tea for everyone</h1>"},
	{name: "empty cart", method: "GET", path: "/cart", status: 200, contentType: html, want: "It is empty."},
	{name: "add to cart", method: "POST", path: "/cart", form: url.Values{"item": {"Sencha"}}, status: 303, also: http.Header{"Location": {"/cart"}}},
	{name: "cart", method: "GET", path: "/cart", status: 200, contentType: html, want: "<li>Sencha</li>"},
	{name: "count in the layout", method: "GET", path: "/", status: 200, contentType: html, want: "Cart (1)"},
	{name: "no such tea", method: "POST", path: "/cart", form: url.Values{"item": {"Coffee"}}, status: 400, contentType: html, want: "We have no such tea"},
	{name: "checkout", method: "GET", path: "/checkout", closed: true, status: 200, contentType: html, want: "<li>Sencha</li>"},
	{name: "order", method: "POST", path: "/checkout", closed: true, form: url.Values{"customer": {"Ada"}}, status: 200, contentType: html, want: "Your tea is on its way."},
	{name: "orders", method: "GET", path: "/admin/orders", closed: true, status: 200, contentType: html, want: "1: Sencha for Ada", also: http.Header{"X-Robots-Tag": {"noindex"}}},
	{name: "webhook of a stranger", method: "POST", path: "/webhooks/paid", json: `{"order":1}`, status: 403},
	{name: "webhook of another site", method: "POST", path: "/webhooks/paid", json: `{"order":1}`, header: http.Header{
		"X-Webhook-Secret": {WebhookSecret}, "Origin": {"https://bank.example"}, "Sec-Fetch-Site": {"cross-site"}}, status: 204},
	{name: "webhook without JSON", method: "POST", path: "/webhooks/paid", json: `{`, header: http.Header{"X-Webhook-Secret": {WebhookSecret}},
		status: 400},
	{name: "paid", method: "GET", path: "/admin/orders", closed: true, status: 200, contentType: html, want: ", paid</li>", also: http.Header{"X-Robots-Tag": {"noindex"}}},
	{name: "stylesheet", method: "GET", path: "/static/style.css", status: 200, contentType: "text/css; charset=utf-8", want: ".teas", asset: true},
	{name: "no such file", method: "GET", path: "/static/other.css", status: 404, contentType: html, want: "We have looked on every shelf"},
	{name: "no such page", method: "GET", path: "/no-such-page", status: 404, contentType: html, want: "<h1>We have looked on every shelf</h1>"},
	{name: "another method", method: "DELETE", path: "/cart", status: 404, contentType: html, want: "We have looked on every shelf"},
	{name: "HEAD", method: "HEAD", path: "/", status: 404, contentType: html},
	{name: "trailing slash", method: "GET", path: "/cart/", status: 301, contentType: html, also: http.Header{"Location": {"/cart"}}},
}

// Check reports where shop does otherwise than it always did: its answers, all of
// their headers, and the lines of its log.
func Check(t *testing.T, shop Shop) {
	t.Helper()
	client := *shop.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, h := range list {
		if h.closed && shop.Closed {
			continue
		}
		answer, body := send(t, client, shop.URL, h)
		if answer.StatusCode != h.status || !strings.Contains(body, h.want) {
			t.Errorf("%s: %d, want %d with %q:\n%s", h.name, answer.StatusCode, h.status, h.want, body)
		}
		if got := answer.Header.Get("Content-Type"); h.contentType != "" && got != h.contentType {
			t.Errorf("%s: Content-Type %q, want %q", h.name, got, h.contentType)
		}
		for name := range h.also {
			want := h.also.Get(name)
			if name == "Location" && h.status != http.StatusMovedPermanently { // those are gin's own, of what the proxy left
				want = shop.Base + want
			}
			if got := answer.Header.Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", h.name, name, got, want)
			}
		}
		checkHeaders(t, h, answer.Header, shop.SignedIn)
		line := regexp.MustCompile(`^\[GIN\] \d{4}/\d\d/\d\d - \d\d:\d\d:\d\d \| ` + answer.Status[:3] +
			` \| +[0-9.]+[a-zµ]+ \| +127\.0\.0\.1 \| ` + h.method + ` +"` + regexp.QuoteMeta(h.path) + `"$`)
		if h.status != http.StatusMovedPermanently && !line.MatchString(withoutNotes(shop.Log)) {
			t.Errorf("%s: logged %q", h.name, shop.Log.last())
		}
	}
}

// withoutNotes is the last line of a request: errors that handlers noted follow it.
func withoutNotes(l *Log) string {
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	for _, line := range slices.Backward(lines) {
		if strings.HasPrefix(line, "[GIN]") {
			return line
		}
	}
	return ""
}

// checkHeaders reports headers that the shop does not send.
func checkHeaders(t *testing.T, h habit, header http.Header, signedIn bool) {
	t.Helper()
	known := []string{"Content-Type", "Content-Length", "Date", "Set-Cookie", "Location", "X-Robots-Tag", "Accept-Ranges", "Last-Modified"}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		switch {
		case slices.Contains(known, name):
		case name == "Cache-Control" && signedIn && !h.asset && header.Get(name) == "no-store":
		default:
			t.Errorf("%s: the shop never sent %s: %s", h.name, name, header.Get(name))
		}
	}
	for _, cookie := range header["Set-Cookie"] {
		if !strings.HasPrefix(cookie, "session=") {
			t.Errorf("%s: the shop never set %s", h.name, cookie)
		}
	}
}

func send(t *testing.T, client http.Client, at string, h habit) (*http.Response, string) {
	t.Helper()
	var body io.Reader = strings.NewReader(h.json)
	contentType := "application/json"
	if h.form != nil {
		body, contentType = strings.NewReader(h.form.Encode()), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequest(h.method, at+h.path, body)
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(r.Header, h.header)
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Content-Type", contentType)
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}
