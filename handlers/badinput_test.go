package handlers_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func TestBadInput(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	const (
		tooLong     = "That address is too long"
		manyCookies = "Your browser sent too many cookies"
		noPage      = "There is no such page"
		wrongMethod = "This page can't be used that way"
	)
	cookies := strings.TrimSuffix(strings.Repeat("c="+strings.Repeat("a", 4000)+"; ", 10), "; ")
	tests := []struct {
		name, method, target string
		headers              []string
		status               int
		heading              string
	}{
		{"long query", "GET", "/?a=" + strings.Repeat("a", 9000), nil, 414, tooLong},
		{"long query of the API", "GET", "/greet?a=" + strings.Repeat("a", 9000), nil, 414, tooLong},
		{"NUL in the query", "GET", "/?a=%00", nil, 400, apptest.NotUnderstood},
		{"bad escape for a sign-in", "GET", testkit.LoginPath + "?return_to=%zz", nil, 400, apptest.NotUnderstood},
		{"semicolon for a sign-in", "GET", testkit.LoginPath + "?prompt=login;x", nil, 400, apptest.NotUnderstood},
		{"line break for a sign-in", "GET", testkit.LoginPath + "?login_hint=a%0d%0aSet-Cookie:x=y", nil, 400, apptest.NotUnderstood},
		{"line break in a name for a sign-in", "GET", testkit.LoginPath + "?%0aa=b", nil, 400, apptest.NotUnderstood},
		{"NUL in the path", "GET", "/greet%00", nil, 400, apptest.NotUnderstood},
		{"line break in the path", "GET", "/greet%0d%0aX-Injected:1", nil, 400, apptest.NotUnderstood},
		{"NUL in a static file's path", "GET", "/static/app.css%00", nil, 400, apptest.NotUnderstood},
		{"16 KB cookie", "GET", "/", []string{"Cookie", "a=" + strings.Repeat("a", 16<<10)}, 431, manyCookies},
		{"40 KB of cookies", "GET", "/", []string{"Cookie", cookies}, 431, manyCookies},
		{"wrong method", "DELETE", "/", nil, 405, wrongMethod},
		{"form to a page", "POST", "/greet", nil, 405, wrongMethod},
		{"form to the sign-in", "POST", testkit.LoginPath, nil, 400, apptest.NotUnderstood},
		{"odd method", "BREW", "/greet", nil, 405, wrongMethod},
		{"no page", "GET", "/nowhere", nil, 404, noPage},
		{"no page at a form's address", "POST", "/nowhere", nil, 404, noPage},
		{"above the root", "GET", "/../../etc/passwd", nil, 404, noPage},
		{"above the root, escaped", "GET", "/%2e%2e/%2e%2e/etc/passwd", nil, 404, noPage},
		{"slash at the end", "GET", "/greet/", nil, 404, noPage},
		{"two slashes", "GET", "//evil.example/greet", nil, 404, noPage},
		{"other case", "GET", "/GREET", nil, 404, noPage},
		{"not UTF-8", "GET", "/%ff%fe", nil, 404, noPage},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			b := app.Browser()
			r := b.Do(test.method, app.URL+test.target, nil, test.headers...)
			if r.StatusCode != test.status || r.Page(t).Find(".problem h1").Text() != test.heading {
				t.Fatalf("status %d, want %d %q: %s", r.StatusCode, test.status, test.heading, r.Body)
			}
			if (r.Header.Get("Allow") != "") != (test.status == http.StatusMethodNotAllowed) {
				t.Errorf("Allow %q", r.Header.Get("Allow"))
			}
			if len(r.Cookies()) > 0 || r.Header.Get("X-Injected") != "" {
				t.Errorf("header %v", r.Header)
			}
			line := app.Line(r)
			if line["status"] != float64(test.status) || line["level"] != "WARN" || line["reason"] == "" {
				t.Errorf("logged %v", line)
			}
			if len(app.Lines(r)) != 1 {
				t.Errorf("logged %d times", len(app.Lines(r)))
			}

			p := b.Do(test.method, app.URL+test.target, nil, append(test.headers, "Accept", "application/json")...)
			if got := apptest.ProblemJSON(t, p)["title"]; p.StatusCode != test.status || got != test.heading {
				t.Errorf("programs get %d %q", p.StatusCode, got)
			}
		})
	}
}

// A query is the page's own: only what no browser sends is refused.
func TestOddQueries(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	for _, query := range []string{"a=%zz", "a=%f", "100%", "a=b;c", "a=%0d%0aSet-Cookie:x=y", "%0aa=b"} {
		r := b.Get("/?" + query)
		if r.StatusCode != http.StatusOK || len(r.Cookies()) > 0 {
			t.Errorf("%s: status %d, %v", query, r.StatusCode, r.Header)
		}
	}
}

// Cookies that are not ours, or no longer, change nothing: pages are served as
// to anybody.
func TestGarbageCookies(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	values := map[string]string{
		"empty": "", "text": "garbage", "long": strings.Repeat("A", 4000), "binary": "\x80\xff", "quoted": `"a"`,
		"numbers": "1.2.3", "dashes": "-----", "JSON": `{"sub":"ada"}`,
	}
	names := []string{
		"okta_session", "okta_session_0", "okta_session_1", "okta_session.0", "okta_session.1", "okta_session0", "okta_session1",
		"okta_session_attempt_AAAAAAAAAAAAAAAA", "okta_session_attempt_", "okta_session_signout", "__Host-okta_session", "",
	}
	for what, value := range values {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			var all []string
			for _, name := range names {
				all = append(all, name+"="+value)
			}
			if len(value) > 100 {
				all = all[:6]
			}
			for path, want := range map[string]int{
				"/": 200, "/greet": 303, apptest.ProfilePath: 303, testkit.LoginPath: 302, testkit.CallbackPath + "?state=AAAA&code=c": 400, "/?state=AAAA": 200, testkit.LogoutPath: 200, "/healthz": 200,
			} {
				if r := app.Browser().Get(path, "Cookie", strings.Join(all, "; ")); r.StatusCode != want {
					t.Errorf("%s: status %d, want %d", path, r.StatusCode, want)
				}
			}
			if r := app.Browser().Post(testkit.LogoutPath, nil, "Cookie", strings.Join(all, "; ")); r.StatusCode != http.StatusSeeOther || r.Location() != testkit.SignedOutPath {
				t.Errorf("sign-out: status %d to %q", r.StatusCode, r.Location())
			}
		})
	}
}

// What net/http refuses by itself gets a 4xx as well, and the next request is
// served.
func TestBadRequestsOnTheWire(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	host := strings.TrimPrefix(app.URL, "http://")
	tests := map[string]string{
		"bad escape in the path": "GET /%zz HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"NUL in the path":        "GET /\x00 HTTP/1.1\r\nHost: " + host + "\r\n\r\n",
		"NUL in a header":        "GET / HTTP/1.1\r\nHost: " + host + "\r\nX-A: \x00\r\n\r\n",
		"no host":                "GET / HTTP/1.1\r\n\r\n",
		"two lengths":            "POST /logout HTTP/1.1\r\nHost: " + host + "\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
		"no protocol":            "GET / \r\n\r\n",
		"huge header":            "GET / HTTP/1.1\r\nHost: " + host + "\r\nX-A: " + strings.Repeat("a", 2<<20) + "\r\n\r\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			go io.WriteString(conn, text) // may fail half-way: the answer comes before the end
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode < 400 || resp.StatusCode >= 500 {
				t.Errorf("status %d", resp.StatusCode)
			}
		})
	}
	if r := app.Browser().Get("/"); r.StatusCode != http.StatusOK {
		t.Errorf("afterwards: status %d", r.StatusCode)
	}
}

// FuzzRequest holds that no request line and no cookie makes the app fail.
func FuzzRequest(f *testing.F) {
	app := apptest.Start(f, apptest.Setup{})
	if err := app.Warm(f.Context()); err != nil {
		f.Fatal(err)
	}
	app.Org.Stop()
	for _, seed := range [][3]string{
		{"GET", "/", ""}, {"GET", "/greet?a=b", "okta_session=x"}, {"POST", "/logout", "okta_session=1.2.3; okta_session="},
		{"GET", "/login?return_to=//x", "okta_session_attempt_x=y"}, {"DELETE", "/static/../x", "=;=;;"}, {"HEAD", "/static/app.css", ""},
		{"GET", "/api/me", "okta_session.1=x"}, {"GET", "/%00", "\x00"}, {"GET", "/?state=x", "okta_session_signout=x"}, {"POST", testkit.CallbackPath, "a"},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, method, target, cookie string) {
		r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(method + " " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n")))
		if err != nil {
			return // net/http refuses it before the app sees it
		}
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		app.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("status %d", w.Code)
		}
	})
}
