package auth_test

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"example.com/okta-gin/auth"
)

// TestCallerOnPublicPages holds that a public page may say who is there, and that its
// answer is kept out of caches then, and only then.
func TestCallerOnPublicPages(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/", say(okta, "front"))
		r.GET("/plain", open)
		r.GET("/own", okta.RequireLogin(), func(c *gin.Context) { c.Header("Cache-Control", "private, max-age=60"); open(c) })
		r.GET("/closed", okta.RequireLogin(), open)
		r.GET("/links", func(c *gin.Context) {
			c.String(http.StatusOK, strings.Join([]string{okta.LoginHere(c), okta.LoginURL("/x?a=b"), okta.LoginURL("//evil.example"), okta.SwitchAccountURL("/x"), okta.Path(c)}, "\n"))
		})
		return nil
	}})
	b := h.browser()
	if r := b.get("/"); r.body != "front" || r.Header.Get("Cache-Control") != "" {
		t.Errorf("nobody: %q, Cache-Control %q", r.body, r.Header.Get("Cache-Control"))
	}
	want := loginPath + "?return_to=%2Flinks%3Fq%3D1\n" + loginPath + "?return_to=%2Fx%3Fa%3Db\n" + loginPath + "\n" + loginPath + "?prompt=login&return_to=%2Fx\n/links"
	if r := b.get("/links?q=1"); r.body != want {
		t.Errorf("links:\n%s\nwant\n%s", r.body, want)
	}
	b.signIn(loginPath, ada)
	for target, cache := range map[string]string{"/": "no-store", "/plain": "", "/own": "private, max-age=60", "/closed": "no-store"} {
		if got := b.get(target).Header.Get("Cache-Control"); got != cache {
			t.Errorf("%s, signed in: Cache-Control %q, want %q", target, got, cache)
		}
	}
}

// TestIdentifyAsksForTheGroups holds that a person outside REQUIRE_GROUPS is refused
// whatever has asked before who they are.
func TestIdentifyAsksForTheGroups(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: map[string]string{"REQUIRE_GROUPS": "Admins"}, app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		own := func(c *gin.Context) error {
			person, err := okta.Identify(c)
			if err != nil {
				return err
			}
			c.String(http.StatusOK, person.Name())
			return nil
		}
		r.GET("/once", okta.Handle(own))
		r.GET("/twice", func(c *gin.Context) { okta.Caller(c) }, okta.Handle(own))
		r.GET("/rule", okta.RequireLogin(), open)
		return nil
	}})
	b := h.browser()
	if r := b.get("/once"); r.StatusCode != http.StatusInternalServerError && r.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %d", r.StatusCode)
	}
	b.signIn(loginPath, grace)
	for _, target := range []string{"/once", "/twice", "/rule"} {
		if r := b.get(target); r.StatusCode != http.StatusForbidden || !strings.Contains(r.body, "Admins") {
			t.Errorf("%s, outside the groups: %d %q", target, r.StatusCode, r.body)
		}
	}
	b = h.browser()
	b.signIn(loginPath, ada)
	for _, target := range []string{"/once", "/twice", "/rule"} {
		if r := b.get(target); r.StatusCode != http.StatusOK {
			t.Errorf("%s, inside: %d", target, r.StatusCode)
		}
	}
}

func TestIdentifyNobody(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/", func(c *gin.Context) {
			person, err := okta.Identify(c)
			if person != nil || !errors.Is(err, auth.ErrNobody) || okta.Known(c) != nil || okta.Caller(c) != nil {
				t.Errorf("%v, %v", person, err)
			}
		})
		return nil
	}})
	h.browser().get("/")
	h.browser().get("/", "Authorization", "Bearer x")
	h.browser().get("/", "Cookie", "session=x; okta=y")
}

// TestSignInWhileSignedIn holds that a link to the sign-in, wherever it is, starts no
// session for who has one, unless more is asked for.
func TestSignInWhileSignedIn(t *testing.T) {
	t.Parallel()
	ends := &endings{}
	h := start(t, setup{app: page(t), options: func(o *auth.Options) { o.Hooks.SessionEnded = ends.ended }})
	b := h.browser()
	b.signIn("/closed", ada)
	asked := h.org.Count("authorize")
	for _, query := range []string{"", "&prompt=none", "&login_hint=ada"} {
		if r := b.get(loginPath+"?return_to=/closed"+query, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"); r.location() != "/closed" {
			t.Errorf("%s led to %s", query, r.location())
		}
	}
	for _, headers := range [][]string{{"Sec-Purpose", "prefetch"}, {"Sec-Fetch-Mode", "cors"}} {
		if r := h.browser().get(loginPath, headers...); r.location() != "" || len(r.Cookies()) != 0 {
			t.Errorf("%v: %d to %s, cookies %v", headers, r.StatusCode, r.location(), r.Cookies())
		}
	}
	if h.org.Count("authorize") != asked || len(ends.reasons()) != 0 {
		t.Error("Okta was asked, or the session has ended")
	}
	if r := b.get(loginPath + "?prompt=login"); !strings.HasPrefix(r.location(), h.org.URL()) {
		t.Errorf("prompt=login leads to %s", r.location())
	}
}

// TestManyTabs holds that twelve tabs which begin a sign-in at once all arrive.
func TestManyTabs(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/tab/:n", okta.RequireLogin(), func(c *gin.Context) { c.String(http.StatusOK, "tab "+c.Param("n")) })
		return nil
	}})
	b := h.browser()
	var tabs []string
	for n := range 12 {
		r := b.get(b.get("/tab/" + string(rune('a'+n))).location())
		tabs = append(tabs, r.location())
	}
	for n, tab := range tabs {
		if r := b.signIn(tab, ada); r.body != "tab "+string(rune('a'+n)) {
			t.Errorf("tab %d ended at %s: %d", n, r.Request.URL, r.StatusCode)
		}
	}
}

// TestBrowserWithoutCookies holds that somebody whose browser keeps none learns that.
func TestBrowserWithoutCookies(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	b := h.browser()
	r := b.get(loginPath)
	b.client.Jar = nil
	u, err := url.Parse(r.location())
	if err != nil {
		t.Fatal(err)
	}
	r = b.get(callbackPath + "?" + url.Values{"state": {u.Query().Get("state")}, "code": {"x"}}.Encode())
	if r.StatusCode != http.StatusBadRequest || !strings.Contains(r.body, "keeps no cookies of this site") {
		t.Errorf("%d\n%s", r.StatusCode, r.body)
	}
}

// TestResponseModeIsAsked holds that Okta's answer counts only in the way that was
// asked for.
func TestResponseModeIsAsked(t *testing.T) {
	t.Parallel()
	for mode, method := range map[string]string{"query": "POST", "form_post": "GET"} {
		h := start(t, setup{app: page(t), env: map[string]string{"OKTA_RESPONSE_MODE": mode}})
		b := h.browser()
		u, err := url.Parse(b.get(loginPath).location())
		if err != nil {
			t.Fatal(err)
		}
		answer := url.Values{"state": {u.Query().Get("state")}, "code": {"x"}}
		var r reply
		if method == "POST" {
			r = b.post(callbackPath, answer)
		} else {
			r = b.get(callbackPath + "?" + answer.Encode())
		}
		if r.StatusCode != http.StatusBadRequest || !strings.Contains(r.body, "did not come in the way") || h.org.Count("token") != 0 {
			t.Errorf("%s by %s: %d, %d codes taken to Okta", mode, method, r.StatusCode, h.org.Count("token"))
		}
		if r := h.browser().signIn("/closed", ada); mode == "query" && r.body != "Ada Lovelace " {
			t.Errorf("%s: %d %q", mode, r.StatusCode, r.body)
		}
	}
}

// TestOwnRoutesAnswerHEAD holds that each GET route of sign-in's answers HEAD as GET,
// without a body, and changes nothing by it.
func TestOwnRoutesAnswerHEAD(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	b := h.browser()
	for path, want := range map[string]int{signedOutPath: 200, logoutPath: 200, callbackPath: 204, loginPath: 204, "/authorization-code/assets/x": 404} {
		if r := b.do("HEAD", path, nil); r.StatusCode != want || r.body != "" || len(r.Cookies()) != 0 {
			t.Errorf("HEAD %s: %d %q %v", path, r.StatusCode, r.body, r.Cookies())
		}
	}
}

// TestOperation holds what an app's operation has of Auth: readiness and counters.
func TestOperation(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	if err := h.auth.Warm(t.Context()); err != nil {
		t.Errorf("warm: %v", err)
	}
	for name, err := range h.auth.Ready(t.Context()) {
		if err != nil || name != "okta" && name != "sessions" {
			t.Errorf("%s: %v", name, err)
		}
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(h.auth.Metrics()); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	b.signIn("/closed", ada)
	b.post(logoutPath, nil)
	b.get(callbackPath + "?state=x&code=y")
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counted := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += " " + label.GetValue()
			}
			counted[name] = m.GetCounter().GetValue()
		}
	}
	for _, name := range []string{"okta_sign_ins_total success", "okta_sign_ins_total expired", "okta_sign_outs_total"} {
		if counted[name] != 1 {
			t.Errorf("%s: %v in %v", name, counted[name], counted)
		}
	}
	h.org.Stop()
	other, err := auth.New(settings(t, h.org, h.URL, nil), auth.Options{})
	if err != nil {
		t.Fatalf("an Okta that is away keeps the app from starting: %v", err)
	}
	if err := other.Ready(t.Context())["okta"]; err == nil {
		t.Error("ready although Okta is away")
	}
}

// TestRecentLogin holds that a page asks for a newer sign-in, and is shown after it.
func TestRecentLogin(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, r *gin.Engine) http.Handler {
		mount(t, okta, r)
		r.GET("/pay", okta.RequireRecentLogin(5*time.Minute), open)
		return nil
	}})
	b := h.browser()
	if r := b.signIn("/pay", ada); r.body != "open" {
		t.Fatalf("%d", r.StatusCode)
	}
	h.clock.add(20 * time.Minute)
	r := b.get("/pay")
	u, err := url.Parse(r.location())
	if err != nil || !strings.HasPrefix(r.location(), h.org.URL()) || u.Query().Get("max_age") != "300" {
		t.Errorf("led to %s", r.location())
	}
	if r := b.get("/pay", "Accept", "application/json"); r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Header.Get("WWW-Authenticate"), `max_age="300"`) {
		t.Errorf("a program: %d %q", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
	if r := b.signIn("/pay", ada); r.body != "open" {
		t.Errorf("after a new sign-in: %d", r.StatusCode)
	}
}
