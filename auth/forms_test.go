package auth_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/session/redistest"
)

const (
	formPath   = "/authorization-code/form"
	urlencoded = "application/x-www-form-urlencoded"
)

// arrivals are the forms that a host has been sent.
type arrivals struct {
	mu  sync.Mutex
	all []arrival
}

type arrival struct{ path, contentType, body, person string }

func (a *arrivals) take(okta *auth.Auth) gin.HandlerFunc {
	return func(c *gin.Context) {
		body, err := io.ReadAll(c.Request.Body)
		if err != nil || c.Request.ContentLength != int64(len(body)) {
			c.String(http.StatusInternalServerError, "%v, %d of %d bytes", err, len(body), c.Request.ContentLength)
			return
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		a.all = append(a.all, arrival{c.Request.URL.String(), c.ContentType(), string(body), okta.Caller(c).Name()})
		c.Redirect(http.StatusSeeOther, "/saved")
	}
}

func (a *arrivals) list() []arrival {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.all)
}

// formHost has closed routes that take forms.
func formHost(t testing.TB, env map[string]string, options func(*auth.Options)) (*host, *arrivals) {
	t.Helper()
	got := &arrivals{}
	h := start(t, setup{env: env, options: options, app: formApp(t, got)})
	return h, got
}

func formApp(t testing.TB, got *arrivals) func(*auth.Auth, *gin.Engine) http.Handler {
	return func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/", say(okta, "front"))
		r.GET("/saved", say(okta, "saved"))
		r.GET("/notes", okta.RequireLogin(), say(okta, "notes"))
		r.POST("/notes", okta.RequireLogin(), got.take(okta))
		r.POST("/other", okta.RequireLogin(), got.take(okta))
		r.POST("/admins", okta.RequireGroup("Admins"), got.take(okta))
		r.POST("/strong", okta.RequireLogin(), okta.RequireRecentLogin(5*time.Minute), got.take(okta))
		r.POST("/read-before", func(c *gin.Context) { c.PostForm("x") }, okta.RequireLogin(), got.take(okta))
		return nil
	}
}

// send posts body as it is, as a person's browser would.
func (b *browser) send(target, contentType, body string, headers ...string) reply {
	b.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.base + target
	}
	req, err := http.NewRequest(http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Host = req.Header.Get("Host")
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

// after signs login in where r, the answer to a form, leads to.
func (b *browser) after(r reply, login string) reply {
	b.t.Helper()
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" || r.onward(b.t) == "" {
		b.t.Fatalf("the form was answered with %d, leads to %q: %s", r.StatusCode, r.onward(b.t), r.body)
	}
	return b.signIn(r.onward(b.t), login)
}

// confirm clicks on the one button of the page that shows a form, as a browser does:
// with all of the form's fields, in order.
func (b *browser) confirm(r reply, headers ...string) reply {
	b.t.Helper()
	form := r.page(b.t).Find("form#kept-form")
	if form.Length() != 1 || form.Find("button").Length() != 1 {
		b.t.Fatalf("%d of %s is no page with a form: %s", r.StatusCode, r.Request.URL, r.body)
	}
	var pairs []string
	form.Find("input[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		value := field.AttrOr("value", field.Text())
		pairs = append(pairs, url.QueryEscape(field.AttrOr("name", ""))+"="+url.QueryEscape(value))
	})
	return b.send(form.AttrOr("action", ""), urlencoded, strings.Join(pairs, "&"), append([]string{"Origin", strings.TrimSuffix(r.Request.URL.String(), r.Request.URL.RequestURI())}, headers...)...)
}

// expired is a browser in which login was signed in until the idle time ended.
func (h *host) expired(login string) *browser {
	h.t.Helper()
	b := h.browser()
	if r := b.signIn("/notes", login); r.StatusCode != http.StatusOK {
		h.t.Fatalf("signing in: %d %s", r.StatusCode, r.body)
	}
	h.clock.add(2 * time.Hour)
	return b
}

// withFile is a multipart form.
func withFile(t testing.TB, fields map[string]string, file string, content []byte) (contentType, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if err := w.WriteField(name, fields[name]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("attachment", file)
	if err != nil {
		t.Fatal(err)
	}
	part.Write(content)
	w.Close()
	return w.FormDataContentType(), b.String()
}

// formStores are the places where forms are kept.
var formStores = map[string]func(testing.TB) map[string]string{
	"memory": func(testing.TB) map[string]string { return nil },
	"state file": func(t testing.TB) map[string]string {
		return map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}
	},
	"Redis": func(t testing.TB) map[string]string {
		return map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
	},
	"cookies with Redis": func(t testing.TB) map[string]string { return map[string]string{"REDIS_URL": redistest.Start(t).URL()} },
}

// TestFormSurvivesANewSignIn holds that what a person sends after their session's end
// waits for them, is shown, is sent by their click as it came, once, and by nothing else.
func TestFormSurvivesANewSignIn(t *testing.T) {
	t.Parallel()
	const long = "line one\r\nline two <b>&amp;</b> ünï 長\r\n"
	small, smallBody := withFile(t, map[string]string{"title": "Trip", "text": long}, "photo.bin", bytes.Repeat([]byte{0, 1, 0xff, '\r', '\n'}, 2000))
	large, largeBody := withFile(t, map[string]string{"title": "Trip"}, "large.bin", bytes.Repeat([]byte{0, 1, 0xff}, 300_000))
	for store, env := range formStores {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			h, got := formHost(t, env(t), nil)
			b := h.expired(ada)
			for _, tt := range []struct {
				name, target, contentType, body string
				shown                           []string
			}{
				{"fields", "/notes?folder=1&a=%20b", urlencoded, "title=Trip&text=" + url.QueryEscape(long) + "&tag=a&tag=b&&empty=", []string{"title", "Trip", "text", long, "tag", "b", "(empty)"}},
				{"a text", "/notes", "text/plain", "title=Trip\r\nmore", []string{"title=Trip", "more"}},
				{"nothing", "/notes", "", "", []string{"There was nothing to fill in."}},
				{"a button alone", "/notes", urlencoded, "delete=7", []string{"delete", "7"}},
				{"a file", "/notes", small, smallBody, []string{"title", "Trip", "photo.bin, 10 kB"}},
				{"a large file", "/notes", large, largeBody, []string{"large.bin, 900 kB"}},
				{"odd bytes", "/notes", urlencoded, "a=%ff%00&b=%zz;c&%=1", []string{"\uFFFD\uFFFD", "%zz;c"}},
			} {
				if tt.name == "a large file" && store == "memory" {
					continue
				}
				before := len(got.list())
				r := b.send(tt.target, tt.contentType, tt.body)
				if !strings.Contains(r.page(t).Find("main").Text(), "kept for you") {
					t.Fatalf("%s: the person is not told: %s", tt.name, r.body)
				}
				page := b.after(r, ada)
				if page.StatusCode != http.StatusOK || page.Request.URL.Path != formPath || page.Header.Get("Cache-Control") != "no-store" {
					t.Fatalf("%s: %d at %s %v", tt.name, page.StatusCode, page.Request.URL, page.Header)
				}
				text := strings.ReplaceAll(page.page(t).Find("main").Text(), "\n", "\r\n")
				for _, want := range append(tt.shown, strings.ReplaceAll(h.URL+tt.target, "\n", "")) {
					if !strings.Contains(text, want) {
						t.Errorf("%s: %q is not shown in %s", tt.name, want, text)
					}
				}
				if len(got.list()) != before {
					t.Fatalf("%s: sent by itself", tt.name)
				}
				if r := b.confirm(page); r.location() != "/saved" {
					t.Fatalf("%s: sending: %d %s", tt.name, r.StatusCode, r.body)
				}
				kind, _, _ := strings.Cut(tt.contentType, ";")
				if last := got.list()[before]; last != (arrival{tt.target, kind, tt.body, "Ada Lovelace"}) {
					t.Errorf("%s: arrived as %.300q", tt.name, last)
				}
				if r := b.confirm(page); r.StatusCode != http.StatusGone || len(got.list()) != before+1 {
					t.Errorf("%s: sent twice: %d", tt.name, r.StatusCode)
				}
				if r := b.get(page.Request.URL.String()); r.StatusCode != http.StatusGone || strings.Contains(r.body, "Trip") {
					t.Errorf("%s: back at the page: %d", tt.name, r.StatusCode)
				}
				h.clock.add(2 * time.Hour)
			}
			for _, secret := range []string{"Trip", "line one", "photo.bin"} {
				if strings.Contains(h.logs.String(), secret) {
					t.Errorf("the log knows %q", secret)
				}
			}
		})
	}
}

// TestKeptFormIsItsPersons holds that nobody else sees it or sends it, in whatever
// browser and with whatever cookies.
func TestKeptFormIsItsPersons(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(ada)
	r := b.send("/notes", urlencoded, "diary=private")
	other := b.after(r, grace)
	if other.StatusCode != http.StatusForbidden || strings.Contains(other.body, "private") || strings.Contains(other.body, "diary") {
		t.Fatalf("another person: %d %s", other.StatusCode, other.body)
	}
	address := other.Request.URL
	name := address.Query().Get("form")
	if r := b.send("/notes", urlencoded, "okta_kept_form="+name); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
		t.Errorf("another person sends it: %d", r.StatusCode)
	}
	elsewhere := h.browser()
	if r := elsewhere.signIn(address.RequestURI(), ada); r.StatusCode != http.StatusGone {
		t.Errorf("another browser of the person: %d", r.StatusCode)
	}
	for _, cookie := range h.cookiesOf(b) {
		if strings.Contains(cookie.Name, "_form_") {
			for _, value := range []string{cookie.Value[:len(cookie.Value)-2] + "xx", "", "x", strings.Repeat("x", 3000)} {
				h.give(elsewhere, cookie.Name, value)
				if r := elsewhere.get(address.RequestURI()); r.StatusCode != http.StatusGone {
					t.Errorf("with a tampered cookie: %d", r.StatusCode)
				}
			}
		}
	}
	page := b.signIn("/authorization-code/login-redirect?prompt=login&return_to="+url.QueryEscape(address.RequestURI()), ada)
	if r := b.confirm(page); r.location() != "/saved" || got.list()[0].person != "Ada Lovelace" {
		t.Errorf("the person themselves: %d %s", r.StatusCode, r.body)
	}
}

// TestFormOfNobody holds that a form of a browser of which nothing is known is for whoever
// signs in by the sign-in that it began, and for nobody who was signed in otherwise.
func TestFormOfNobody(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.browser()
	r := b.send("/notes", urlencoded, "a=1")
	b.signIn("/saved", grace)
	b.signIn("/notes", grace) // in another tab
	tab := b.signIn(r.onward(t), grace)
	if tab.StatusCode != http.StatusUnauthorized || strings.Contains(tab.page(t).Find("main").Text(), "a=1") {
		t.Fatalf("signed in otherwise: %d %s", tab.StatusCode, tab.body)
	}
	again := tab.page(t).Find("main a.button").AttrOr("href", "")
	if page := b.signIn(again, ada); page.StatusCode != http.StatusOK {
		t.Fatalf("signed in by it: %d %s", page.StatusCode, page.body)
	} else if r := b.confirm(page); r.location() != "/saved" || got.list()[0].person != "Ada Lovelace" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormAndStepUp holds that a form survives that a page asks for a newer sign-in, also
// between the page that shows it and the click.
func TestFormAndStepUp(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.browser()
	b.signIn("/notes", ada)
	h.clock.add(10 * time.Minute)
	page := b.after(b.send("/strong", urlencoded, "amount=5"), ada)
	if page.Request.URL.Path != formPath {
		t.Fatalf("%d at %s", page.StatusCode, page.Request.URL)
	}
	h.clock.add(10 * time.Minute)
	page = b.after(b.confirm(page), ada)
	if page.Request.URL.Path != formPath || len(got.list()) != 0 {
		t.Fatalf("asked once more: %d at %s", page.StatusCode, page.Request.URL)
	}
	if r := b.confirm(page); r.location() != "/saved" || got.list()[0].body != "amount=5" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestSessionEndsBeforeTheClick holds that the form waits on where its person has to sign
// in once more, and no longer than it says.
func TestSessionEndsBeforeTheClick(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, map[string]string{"SESSION_IDLE_TIMEOUT": "5m"}, nil)
	b := h.expired(ada)
	page := b.after(b.send("/notes", urlencoded, "a=1"), ada)
	h.clock.add(10 * time.Minute)
	r := b.confirm(page)
	page = b.after(r, ada)
	if r := b.confirm(page); r.location() != "/saved" || len(got.list()) != 1 || got.list()[0].body != "a=1" {
		t.Fatalf("sending: %d %s", r.StatusCode, r.body)
	}
	h.clock.add(10 * time.Minute)
	page = b.after(b.send("/notes", urlencoded, "a=2"), ada)
	if text := page.page(t).Text(); !strings.Contains(text, "15 more minutes") {
		t.Errorf("how long it is kept: %s", text)
	}
	for range 4 { // the session lives on
		h.clock.add(4 * time.Minute)
		b.get("/notes")
	}
	if r := b.confirm(page); r.StatusCode != http.StatusGone || len(got.list()) != 1 {
		t.Errorf("after a quarter of an hour: %d", r.StatusCode)
	}
}

// TestFormIsCheckedWhenSent holds that the click is worth no more than the form itself
// would be: rules, origin and address.
func TestFormIsCheckedWhenSent(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(grace) // not of Admins
	page := b.after(b.send("/admins", urlencoded, "a=1"), grace)
	if r := b.confirm(page); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
		t.Errorf("who may not send it: %d", r.StatusCode)
	}
	h.clock.add(2 * time.Hour)
	page = b.after(b.send("/notes", urlencoded, "a=1"), grace)
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}} {
		if r := b.confirm(page, headers...); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
			t.Errorf("from %v: %d", headers, r.StatusCode)
		}
	}
	name := page.Request.URL.Query().Get("form")
	for _, target := range []string{"/other", "/notes?x=1"} {
		if r := b.send(target, urlencoded, "okta_kept_form="+name); r.StatusCode != http.StatusBadRequest || len(got.list()) != 0 {
			t.Errorf("to %s: %d", target, r.StatusCode)
		}
	}
	if r := b.confirm(page); r.location() != "/saved" {
		t.Errorf("it does not wait on: %d %s", r.StatusCode, r.body)
	}
	for _, marker := range []string{"okta_kept_form=", "okta_kept_form=" + strings.Repeat("x", 65), "okta_kept_form", "x=1&okta_kept_form=" + name} {
		before := len(got.list())
		if r := b.send("/notes", urlencoded, marker); r.location() != "/saved" || got.list()[before].body != marker {
			t.Errorf("%q is a form like any other: %d", marker, r.StatusCode)
		}
	}
}

// TestForeignFormIsNotKept holds that no other site plants a form, that programs are
// answered as programs, and that other requests go as they went.
func TestForeignFormIsNotKept(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, nil, nil)
	for _, tt := range []struct {
		name    string
		headers []string
		status  int
		reason  string
	}{
		{"another site", []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, http.StatusForbidden, ""},
		{"a neighbour", []string{"Origin", "http://sub.localhost", "Sec-Fetch-Site", "same-site", "Sec-Fetch-Mode", "navigate"}, http.StatusForbidden, ""},
		{"no origin", []string{"Origin", "null"}, http.StatusForbidden, ""},
		{"a script", []string{"Sec-Fetch-Mode", "cors", "Sec-Fetch-Site", "same-origin"}, http.StatusUnauthorized, `"reason":"not_signed_in"`},
		{"XMLHttpRequest", []string{"X-Requested-With", "XMLHttpRequest"}, http.StatusUnauthorized, `"reason":"not_signed_in"`},
		{"JSON", []string{"Accept", "application/json"}, http.StatusUnauthorized, `"reason":"not_signed_in"`},
	} {
		b := h.expired(ada)
		r := b.send("/notes", urlencoded, "a=1", tt.headers...)
		if r.StatusCode != tt.status || !strings.Contains(r.body, tt.reason) || tt.reason == "" && !strings.Contains(r.body, "another site") {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.body)
		}
		if slices.ContainsFunc(b.cookies(), func(name string) bool { return strings.Contains(name, "_form_") }) {
			t.Errorf("%s: kept", tt.name)
		}
	}
	if r := h.expired(ada).get("/notes"); r.StatusCode != http.StatusSeeOther || !strings.Contains(r.location(), "return_to=%2Fnotes") {
		t.Errorf("GET: %d to %s", r.StatusCode, r.location())
	}
}

// TestFormIsGivenBack holds that a form that can't be kept is shown before the trip to
// Okta, with the text to be copied, and that nothing goes on by itself.
func TestFormIsGivenBack(t *testing.T) {
	t.Parallel()
	large, largeBody := withFile(t, map[string]string{"title": "Trip to Rome", "password": "hunter2"}, "large.bin", make([]byte, 70<<10))
	truncated := largeBody[:len(largeBody)-200]
	many := strings.Repeat("a=1&", 600) + "z=2"
	text := "letter=" + strings.Repeat("Dear all ", 10_000)
	for _, tt := range []struct {
		name, target, contentType, body string
		headers                         []string
		status                          int
		shown, hidden                   []string
	}{
		{"a long text", "/notes", urlencoded, text, nil, http.StatusRequestEntityTooLarge, []string{"too large", strings.Repeat("Dear all ", 10_000)}, nil},
		{"a very long text", "/notes", urlencoded, text + text + text + text, nil, http.StatusRequestEntityTooLarge, []string{"too large", "Dear all Dear all"}, nil},
		{"a large file", "/notes", large, largeBody, nil, http.StatusRequestEntityTooLarge, []string{"Trip to Rome", "large.bin", "choose the files again", "not shown"}, []string{"hunter2"}},
		{"half a form", "/notes", large, truncated[:60<<10], nil, http.StatusRequestEntityTooLarge, []string{"Trip to Rome", "not all of it"}, nil},
		{"too many fields", "/notes", urlencoded, many, nil, http.StatusRequestEntityTooLarge, []string{"more fields", "not all of it"}, nil},
		{"another kind", "/notes", "application/xml", "<a>Rome</a>", nil, http.StatusUnsupportedMediaType, []string{"of a kind", "<a>Rome</a>"}, nil},
		{"no kind", "/notes", "", "a=Rome", nil, http.StatusUnsupportedMediaType, []string{"Rome"}, nil},
		{"a kind that can't be read", "/notes", "text/;;", "Rome", nil, http.StatusUnsupportedMediaType, []string{"Rome"}, nil},
		{"another name of the app", "/notes", urlencoded, "a=Rome", []string{"Host", "other.example"}, http.StatusUnauthorized, []string{"Rome"}, nil},
		{"an address that leads away", "//evil.example/notes", urlencoded, "a=Rome", nil, http.StatusUnauthorized, []string{"Rome"}, nil},
		{"read before, with a file", "/read-before", large, largeBody, nil, http.StatusUnsupportedMediaType, []string{"Trip to Rome"}, []string{"hunter2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := &arrivals{}
			h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
				formApp(t, got)(okta, r)
				r.NoRoute(okta.RequireLogin())
				return nil
			}})
			b := h.expired(ada)
			target := tt.target
			if strings.HasPrefix(target, "//") {
				target = h.URL + target
			}
			r := b.send(target, tt.contentType, tt.body, tt.headers...)
			p := r.page(t)
			if r.StatusCode != tt.status || p.Find("h1").Text() != "Please copy what you sent" || r.onward(t) != "" {
				t.Fatalf("%d, leads to %q: %.2000s", r.StatusCode, r.onward(t), r.body)
			}
			if (r.StatusCode == http.StatusUnauthorized) != (r.Header.Get("WWW-Authenticate") != "") {
				t.Errorf("WWW-Authenticate %q", r.Header.Get("WWW-Authenticate"))
			}
			for _, want := range tt.shown {
				if !strings.Contains(p.Find("main").Text(), want) {
					t.Errorf("%q is not shown in %.2000s", want, r.body)
				}
			}
			for _, hidden := range tt.hidden {
				if strings.Contains(r.body, hidden) {
					t.Errorf("%q is shown", hidden)
				}
			}
			if u, err := url.Parse(p.Find("a#go-on").AttrOr("href", "")); err != nil || !strings.HasPrefix(u.Path, loginPath) {
				t.Errorf("the button leads to %s", u)
			}
			if slices.ContainsFunc(b.cookies(), func(name string) bool { return strings.Contains(name, "_form_") }) {
				t.Error("kept all the same")
			}
			if strings.Contains(h.logs.String(), "Rome") || strings.Contains(h.logs.String(), "Dear all") {
				t.Error("the log knows what was sent")
			}
		})
	}
}

// TestFormReadBefore holds that a form which the host's middleware has read is kept too.
func TestFormReadBefore(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(ada)
	page := b.after(b.send("/read-before", urlencoded, "a=1&b=2"), ada)
	if r := b.confirm(page); r.location() != "/saved" || got.list()[0].body != "a=1&b=2" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestSecretsInForms holds that passwords are on no page, and are sent all the same; and
// that what frameworks add against requests from elsewhere goes along, unseen.
func TestSecretsInForms(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(ada)
	const body = "name=Ada&new_password=hunter2&user%5Bpassword2%5D=hunter3&pinCode=1234&API-Token=tok-en&csrf_token=c-s-r-f&spinner=shown&secretary=Eve"
	page := b.after(b.send("/notes", urlencoded, body), ada)
	for _, hidden := range []string{"hunter2", "hunter3", "1234", "tok-en"} {
		if strings.Contains(page.body, hidden) {
			t.Errorf("%q is on the page", hidden)
		}
	}
	if text := page.page(t).Find("main").Text(); strings.Contains(text, "c-s-r-f") || !strings.Contains(text, "new_password") || !strings.Contains(text, "shown") || !strings.Contains(text, "Eve") {
		t.Errorf("shown: %s", text)
	}
	if page.page(t).Find(`input[name="csrf_token"]`).AttrOr("value", "") != "c-s-r-f" {
		t.Error("the host's middleware would miss its token")
	}
	if r := b.confirm(page); r.location() != "/saved" || got.list()[0].body != body {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFilesOfNobody holds that files take knowing whose they are: anybody could fill the
// store with them.
func TestFilesOfNobody(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}, nil)
	kind, body := withFile(t, nil, "large.bin", make([]byte, 70<<10))
	if r := h.browser().send("/notes", kind, body); r.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("of nobody: %d", r.StatusCode)
	}
	if r := h.expired(ada).send("/notes", kind, body); r.onward(t) == "" {
		t.Errorf("of somebody: %d", r.StatusCode)
	}
}

// TestStepsOfSignInAreNotKept holds that sign-in's own buttons lead back to the page that
// they are on: to see what they send would help nobody.
func TestStepsOfSignInAreNotKept(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, nil, nil)
	const sessions = "/authorization-code/sessions"
	r := h.expired(ada).send(sessions+"/end", urlencoded, "others=1", "Referer", h.URL+sessions)
	if u, err := url.Parse(r.onward(t)); err != nil || u.Query().Get("return_to") != sessions {
		t.Errorf("%d leads to %s", r.StatusCode, u)
	}
}

// TestFormFromATrustedFrontEnd holds that the page says where a form was filled in.
func TestFormFromATrustedFrontEnd(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"}, nil)
	b := h.expired(ada)
	page := b.after(b.send("/notes", urlencoded, "a=1", "Origin", "https://spa.example"), ada)
	if text := page.page(t).Find(".notice").Text(); !strings.Contains(text, "https://spa.example") {
		t.Errorf("it says %q", text)
	}
	page = b.after(func() reply {
		h.clock.add(2 * time.Hour)
		return b.send("/notes", urlencoded, "a=1", "Origin", h.URL, "Referer", h.URL+"/notes?new")
	}(), ada)
	if p := page.page(t); p.Find(".notice").Length() != 0 || p.Find(`main a[href="/notes?new"]`).Length() != 1 {
		t.Errorf("one of its own: %s", page.body)
	}
}

// TestFormsAreCounted holds how many a browser has, and how much is kept of one person and
// of browsers of which nobody is known.
func TestFormsAreCounted(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}, nil)
	b := h.expired(ada)
	first := b.send("/notes", urlencoded, "a=first").onward(t)
	for i := range 4 {
		h.clock.add(time.Second)
		b.send("/notes", urlencoded, fmt.Sprintf("a=%d", i))
	}
	kept := 0
	for _, name := range b.cookies() {
		if strings.Contains(name, "_form_") {
			kept++
		}
	}
	if kept != 4 {
		t.Errorf("%d forms, want 4", kept)
	}
	if r := b.signIn(first, ada); r.StatusCode != http.StatusGone {
		t.Errorf("the first of five: %d", r.StatusCode)
	}
	h.clock.add(2 * time.Hour)
	body := "a=" + strings.Repeat("x", 60<<10)
	limit := func(b *browser, most int) {
		t.Helper()
		for i := range most + 1 {
			if r := b.send("/notes", urlencoded, body); (r.onward(t) == "") != (i == most) {
				t.Errorf("form %d: %d leads to %q", i+1, r.StatusCode, r.onward(t))
				return
			}
		}
	}
	limit(h.browser(), 4)
	h.clock.add(15 * time.Minute)
	limit(h.browser(), 4)
}

// TestFormsAreDropped holds that a host can have it the old way.
func TestFormsAreDropped(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]*host{
		"by option":  first(formHost(t, nil, func(o *auth.Options) { o.DropForms = true })),
		"by setting": first(formHost(t, map[string]string{"KEPT_FORM_MAX": "0"}, nil)),
	} {
		b := h.expired(ada)
		r := b.send("/notes", urlencoded, "a=1", "Referer", h.URL+"/notes")
		if u, err := url.Parse(r.onward(t)); err != nil || u.Query().Get("return_to") != "/notes" || strings.Contains(r.body, "kept") {
			t.Errorf("%s: leads to %s: %s", name, u, r.body)
		}
		b.signIn("/notes", ada)
		if r := b.get(formPath); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s: the page: %d", name, r.StatusCode)
		}
		if slices.ContainsFunc(b.cookies(), func(name string) bool { return strings.Contains(name, "_person") }) {
			t.Errorf("%s: the browser knows who was here", name)
		}
	}
}

func first(h *host, _ *arrivals) *host { return h }

// TestFormWithEverythingClosed holds that it works where rules stand before the engine,
// and below a path.
func TestFormWithEverythingClosed(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "/portal"} {
		got := &arrivals{}
		h := start(t, setup{base: base, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
			mount(t, okta, r)
			r.POST("/notes", got.take(okta))
			r.GET("/notes", say(okta, "notes"))
			closed, err := okta.CloseAll(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			return okta.BelowBasePath(closed)
		}})
		b := h.expired(ada)
		kind, body := withFile(t, map[string]string{"a": "1"}, "b.txt", []byte("text"))
		page := b.after(b.send("/notes?x=1", kind, body), ada)
		action := page.page(t).Find("form").AttrOr("action", "")
		if action != base+"/notes?x=1" {
			t.Fatalf("the button posts to %q: %s", action, page.body)
		}
		b.base = strings.TrimSuffix(h.URL, base)
		if r := b.confirm(page); r.location() != "/saved" || len(got.list()) != 1 || got.list()[0].body != body {
			t.Errorf("sending: %d %s %v", r.StatusCode, r.body, got.list())
		}
	}
}

// TestFormWhenOktaEndedTheSession holds that a form survives that its session turns out to
// be over.
func TestFormWhenOktaEndedTheSession(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, renewing, nil)
	b := h.browser()
	b.signIn("/notes", ada)
	h.clock.add(2 * time.Hour)
	h.org.RevokeRefreshTokens(ada)
	r := b.send("/notes", urlencoded, "a=1")
	again := r.page(t).Find("main a.button").AttrOr("href", "")
	if r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.page(t).Text(), "kept for you") {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	page := b.signIn(again, ada)
	if r := b.confirm(page); r.location() != "/saved" || got.list()[0].body != "a=1" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormWhileOktaIsAway holds that a form which comes while Okta has yet to confirm the
// session is kept, and shown and sent when it has.
func TestFormWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, renewing, nil)
	b := h.browser()
	b.signIn("/notes", ada)
	h.org.Stop()
	h.clock.add(2 * time.Hour)
	r := b.send("/notes", urlencoded, "a=1")
	again := r.page(t).Find("main a.button").AttrOr("href", "")
	if r.StatusCode != http.StatusServiceUnavailable || !strings.Contains(r.page(t).Text(), "is kept for a quarter of an hour") {
		t.Fatalf("%d %s", r.StatusCode, r.body)
	}
	if r := b.get(again); r.StatusCode != http.StatusServiceUnavailable || strings.Contains(r.body, "a=1") {
		t.Errorf("while Okta is away the form answers %d %s", r.StatusCode, r.body)
	}
	if err := h.org.Restart(); err != nil {
		t.Fatal(err)
	}
	h.clock.add(2 * time.Minute)
	if r := b.confirm(b.get(again)); r.location() != "/saved" || got.list()[0].body != "a=1" {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestFormOfReplicas holds that a form which one process has kept is shown and sent by
// another, and that of many clicks at once, at both, one sends it.
func TestFormOfReplicas(t *testing.T) {
	t.Parallel()
	got, env := &arrivals{}, map[string]string{"SESSION_STORE": redistest.Start(t).URL()}
	other := gin.New()
	h := start(t, setup{env: env, app: formApp(t, got), front: func(app *url.URL) http.Handler {
		first := proxy("")(app)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Replica") == "2" {
				other.ServeHTTP(w, r)
				return
			}
			first.ServeHTTP(w, r)
		})
	}})
	formApp(t, got)(newAuth(t, h, setup{env: env}), other)
	b := h.expired(ada)
	page := b.after(b.send("/notes", urlencoded, "a=1"), ada)
	page = b.get(page.Request.URL.String(), "X-Replica", "2")
	var sent, gone atomic.Int64
	var wait sync.WaitGroup
	for i := range 20 {
		wait.Go(func() {
			switch r := b.confirm(page, "X-Replica", strconv.Itoa(1+i%2)); r.StatusCode {
			case http.StatusSeeOther:
				sent.Add(1)
			case http.StatusGone:
				gone.Add(1)
			default:
				t.Errorf("%d %s", r.StatusCode, r.body)
			}
		})
	}
	wait.Wait()
	if sent.Load() != 1 || gone.Load() != 19 || len(got.list()) != 1 {
		t.Errorf("sent %d times, gone %d, arrived %d", sent.Load(), gone.Load(), len(got.list()))
	}
}

// TestFormOutlivesARestart holds that a single process with STATE_FILE shows and sends what
// it kept before it was started anew.
func TestFormOutlivesARestart(t *testing.T) {
	t.Parallel()
	got, env := &arrivals{}, map[string]string{"STATE_FILE": filepath.Join(t.TempDir(), "state")}
	var now atomic.Pointer[gin.Engine]
	h := start(t, setup{env: env, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		formApp(t, got)(okta, r)
		now.Store(r)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { now.Load().ServeHTTP(w, r) })
	}})
	b := h.expired(ada)
	r := b.send("/notes", urlencoded, "a=1")
	if err := h.auth.Close(); err != nil {
		t.Fatal(err)
	}
	next, again := gin.New(), newAuth(t, h, setup{env: env})
	t.Cleanup(func() { again.Close() })
	formApp(t, got)(again, next)
	now.Store(next)
	page := b.after(r, ada)
	if r := b.confirm(page); r.location() != "/saved" || len(got.list()) != 1 {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

// TestFormAndWidget holds that a form leads to the app's own sign-in page where that is
// where people sign in, and comes back from there.
func TestFormAndWidget(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, nil, func(o *auth.Options) { o.Widget = true })
	b := h.browser()
	r := b.send("/notes", urlencoded, "a=1")
	u, err := url.Parse(r.onward(t))
	if err != nil || u.Path != "/authorization-code/login-custom" || !strings.HasPrefix(u.Query().Get("return_to"), formPath+"?form=") {
		t.Errorf("leads to %s", u)
	}
	page := b.signIn(loginPath+"?"+u.RawQuery, ada) // "sign in at Okta" on that page
	if page.StatusCode != http.StatusOK || page.Request.URL.Path != formPath {
		t.Errorf("%d at %s", page.StatusCode, page.Request.URL)
	}
}

// TestFormWithoutItsStore holds that what can't be written down is given back.
func TestFormWithoutItsStore(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h, _ := formHost(t, map[string]string{"REDIS_URL": server.URL()}, nil)
	b := h.browser()
	server.Kill()
	r := b.send("/notes", urlencoded, "a=precious")
	if r.StatusCode != http.StatusUnauthorized || r.onward(t) != "" || !strings.Contains(r.body, "precious") {
		t.Errorf("%d %s", r.StatusCode, r.body)
	}
}

// cookiesOf are the cookies of b for the host.
func (h *host) cookiesOf(b *browser) []*http.Cookie {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	return b.client.Jar.Cookies(u)
}

func (h *host) give(b *browser, name, value string) {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	b.client.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}
