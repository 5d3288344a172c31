package auth_test

import (
	"bytes"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
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
func send(b *testkit.Browser, target, contentType, body string, headers ...string) testkit.Reply {
	b.T.Helper()
	if strings.HasPrefix(target, "/") {
		target = b.Base + target
	}
	req, err := http.NewRequest(http.MethodPost, target, strings.NewReader(body))
	if err != nil {
		b.T.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	req.Host = req.Header.Get("Host")
	return b.Send(req)
}

// after signs login in where r, the answer to a form, leads to.
func after(b *testkit.Browser, r testkit.Reply, login string) testkit.Reply {
	b.T.Helper()
	if r.StatusCode != http.StatusUnauthorized || r.Header.Get("WWW-Authenticate") == "" || r.Onward(b.T) == "" {
		b.T.Fatalf("the form was answered with %d, leads to %q: %s", r.StatusCode, r.Onward(b.T), r.Body)
	}
	return b.Arrive(r.Onward(b.T), login)
}

// confirm clicks on the one button of the page that shows a form, as a browser does:
// with all of the form's fields, in order.
func confirm(b *testkit.Browser, r testkit.Reply, headers ...string) testkit.Reply {
	b.T.Helper()
	form := r.Page(b.T).Find("form#kept-form")
	if form.Length() != 1 || form.Find("button").Length() != 1 {
		b.T.Fatalf("%d of %s is no page with a form: %s", r.StatusCode, r.Request.URL, r.Body)
	}
	var pairs []string
	form.Find("input[name], textarea[name]").Each(func(_ int, field *goquery.Selection) {
		value := field.AttrOr("value", field.Text())
		pairs = append(pairs, url.QueryEscape(field.AttrOr("name", ""))+"="+url.QueryEscape(value))
	})
	return send(b, form.AttrOr("action", ""), urlencoded, strings.Join(pairs, "&"), append([]string{"Origin", strings.TrimSuffix(r.Request.URL.String(), r.Request.URL.RequestURI())}, headers...)...)
}

// expired is a browser in which login was signed in until the idle time ended.
func (h *host) expired(login string) *testkit.Browser {
	h.t.Helper()
	b := h.browser()
	if r := b.Arrive("/notes", login); r.StatusCode != http.StatusOK {
		h.t.Fatalf("signing in: %d %s", r.StatusCode, r.Body)
	}
	h.clock.Add(2 * time.Hour)
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

func first(h *host, _ *arrivals) *host { return h }

// cookiesOf are the cookies of b for the host.
func (h *host) cookiesOf(b *testkit.Browser) []*http.Cookie {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	return b.Client.Jar.Cookies(u)
}

func (h *host) give(b *testkit.Browser, name, value string) {
	u, err := url.Parse(h.URL)
	if err != nil {
		h.t.Fatal(err)
	}
	b.Client.Jar.SetCookies(u, []*http.Cookie{{Name: name, Value: value, Path: "/"}})
}
