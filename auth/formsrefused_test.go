package auth_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/testkit"
)

// TestFormIsCheckedWhenSent holds that the click is worth no more than the form itself
// would be: rules, origin and address.
func TestFormIsCheckedWhenSent(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(testkit.Grace) // not of Admins
	page := after(b, send(b, "/admins", urlencoded, "a=1"), testkit.Grace)
	if r := confirm(b, page); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
		t.Errorf("who may not send it: %d", r.StatusCode)
	}
	h.clock.Add(2 * time.Hour)
	page = after(b, send(b, "/notes", urlencoded, "a=1"), testkit.Grace)
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}} {
		if r := confirm(b, page, headers...); r.StatusCode != http.StatusForbidden || len(got.list()) != 0 {
			t.Errorf("from %v: %d", headers, r.StatusCode)
		}
	}
	name := page.Request.URL.Query().Get("form")
	for _, target := range []string{"/other", "/notes?x=1"} {
		if r := send(b, target, urlencoded, "okta_kept_form="+name); r.StatusCode != http.StatusBadRequest || len(got.list()) != 0 {
			t.Errorf("to %s: %d", target, r.StatusCode)
		}
	}
	if r := confirm(b, page); r.Location() != "/saved" {
		t.Errorf("it does not wait on: %d %s", r.StatusCode, r.Body)
	}
	for _, marker := range []string{"okta_kept_form=", "okta_kept_form=" + strings.Repeat("x", 65), "okta_kept_form", "x=1&okta_kept_form=" + name} {
		before := len(got.list())
		if r := send(b, "/notes", urlencoded, marker); r.Location() != "/saved" || got.list()[before].body != marker {
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
		b := h.expired(testkit.Ada)
		r := send(b, "/notes", urlencoded, "a=1", tt.headers...)
		if r.StatusCode != tt.status || !strings.Contains(r.Body, tt.reason) || tt.reason == "" && !strings.Contains(r.Body, "another site") {
			t.Errorf("%s: %d %s", tt.name, r.StatusCode, r.Body)
		}
		if slices.ContainsFunc(cookieNames(b), func(name string) bool { return strings.Contains(name, "_form_") }) {
			t.Errorf("%s: kept", tt.name)
		}
	}
	if r := h.expired(testkit.Ada).Get("/notes"); r.StatusCode != http.StatusSeeOther || !strings.Contains(r.Location(), "return_to=%2Fnotes") {
		t.Errorf("GET: %d to %s", r.StatusCode, r.Location())
	}
}

// TestSecretsInForms holds that passwords are on no page, and are sent all the same; and
// that what frameworks add against requests from elsewhere goes along, unseen.
func TestSecretsInForms(t *testing.T) {
	t.Parallel()
	h, got := formHost(t, nil, nil)
	b := h.expired(testkit.Ada)
	const body = "name=Ada&new_password=hunter2&user%5Bpassword2%5D=hunter3&pinCode=1234&API-Token=tok-en&csrf_token=c-s-r-f&spinner=shown&secretary=Eve"
	page := after(b, send(b, "/notes", urlencoded, body), testkit.Ada)
	for _, hidden := range []string{"hunter2", "hunter3", "1234", "tok-en"} {
		if strings.Contains(page.Body, hidden) {
			t.Errorf("%q is on the page", hidden)
		}
	}
	if text := page.Page(t).Find("main").Text(); strings.Contains(text, "c-s-r-f") || !strings.Contains(text, "new_password") || !strings.Contains(text, "shown") || !strings.Contains(text, "Eve") {
		t.Errorf("shown: %s", text)
	}
	if page.Page(t).Find(`input[name="csrf_token"]`).AttrOr("value", "") != "c-s-r-f" {
		t.Error("the host's middleware would miss its token")
	}
	if r := confirm(b, page); r.Location() != "/saved" || got.list()[0].body != body {
		t.Errorf("sending: %d %v", r.StatusCode, got.list())
	}
}

// TestStepsOfSignInAreNotKept holds that sign-in's own buttons lead back to the page that
// they are on: to see what they send would help nobody.
func TestStepsOfSignInAreNotKept(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, nil, nil)
	const sessions = "/authorization-code/sessions"
	r := send(h.expired(testkit.Ada), sessions+"/end", urlencoded, "others=1", "Referer", h.URL+sessions)
	if u, err := url.Parse(r.Onward(t)); err != nil || u.Query().Get("return_to") != sessions {
		t.Errorf("%d leads to %s", r.StatusCode, u)
	}
}

// TestFormFromATrustedFrontEnd holds that the page says where a form was filled in.
func TestFormFromATrustedFrontEnd(t *testing.T) {
	t.Parallel()
	h, _ := formHost(t, map[string]string{"CORS_ALLOWED_ORIGINS": "https://spa.example"}, nil)
	b := h.expired(testkit.Ada)
	page := after(b, send(b, "/notes", urlencoded, "a=1", "Origin", "https://spa.example"), testkit.Ada)
	if text := page.Page(t).Find(".notice").Text(); !strings.Contains(text, "https://spa.example") {
		t.Errorf("it says %q", text)
	}
	page = after(b, func() testkit.Reply {
		h.clock.Add(2 * time.Hour)
		return send(b, "/notes", urlencoded, "a=1", "Origin", h.URL, "Referer", h.URL+"/notes?new")
	}(), testkit.Ada)
	if p := page.Page(t); p.Find(".notice").Length() != 0 || p.Find(`main a[href="/notes?new"]`).Length() != 1 {
		t.Errorf("one of its own: %s", page.Body)
	}
}

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
		b := h.expired(testkit.Ada)
		kind, body := withFile(t, map[string]string{"a": "1"}, "b.txt", []byte("text"))
		page := after(b, send(b, "/notes?x=1", kind, body), testkit.Ada)
		action := page.Page(t).Find("form").AttrOr("action", "")
		if action != base+"/notes?x=1" {
			t.Fatalf("the button posts to %q: %s", action, page.Body)
		}
		b.Base = strings.TrimSuffix(h.URL, base)
		if r := confirm(b, page); r.Location() != "/saved" || len(got.list()) != 1 || got.list()[0].body != body {
			t.Errorf("sending: %d %s %v", r.StatusCode, r.Body, got.list())
		}
	}
}
