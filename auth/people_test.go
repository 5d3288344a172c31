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
	"example.com/okta-gin/testkit"
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
	if r := b.Get("/"); r.Body != "front" || r.Header.Get("Cache-Control") != "" {
		t.Errorf("nobody: %q, Cache-Control %q", r.Body, r.Header.Get("Cache-Control"))
	}
	want := testkit.LoginPath + "?return_to=%2Flinks%3Fq%3D1\n" + testkit.LoginPath + "?return_to=%2Fx%3Fa%3Db\n" + testkit.LoginPath + "\n" + testkit.LoginPath + "?prompt=login&return_to=%2Fx\n/links"
	if r := b.Get("/links?q=1"); r.Body != want {
		t.Errorf("links:\n%s\nwant\n%s", r.Body, want)
	}
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for target, cache := range map[string]string{"/": "no-store", "/plain": "", "/own": "private, max-age=60", "/closed": "no-store"} {
		if got := b.Get(target).Header.Get("Cache-Control"); got != cache {
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
	if r := b.Get("/once"); r.StatusCode != http.StatusInternalServerError && r.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %d", r.StatusCode)
	}
	b.Arrive(testkit.LoginPath, testkit.Grace)
	for _, target := range []string{"/once", "/twice", "/rule"} {
		if r := b.Get(target); r.StatusCode != http.StatusForbidden || !strings.Contains(r.Body, "Admins") {
			t.Errorf("%s, outside the groups: %d %q", target, r.StatusCode, r.Body)
		}
	}
	b = h.browser()
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for _, target := range []string{"/once", "/twice", "/rule"} {
		if r := b.Get(target); r.StatusCode != http.StatusOK {
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
	h.browser().Get("/")
	h.browser().Get("/", "Authorization", "Bearer x")
	h.browser().Get("/", "Cookie", "session=x; okta=y")
}

// TestSignInWhileSignedIn holds that a link to the sign-in, wherever it is, starts no
// session for who has one, unless more is asked for.
func TestSignInWhileSignedIn(t *testing.T) {
	t.Parallel()
	ends := &endings{}
	h := start(t, setup{app: page(t), options: func(o *auth.Options) { o.Hooks.SessionEnded = ends.ended }})
	b := h.browser()
	b.Arrive("/closed", testkit.Ada)
	asked := h.org.Count("authorize")
	for _, query := range []string{"", "&prompt=none", "&login_hint=ada"} {
		if r := b.Get(testkit.LoginPath+"?return_to=/closed"+query, "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"); r.Location() != "/closed" {
			t.Errorf("%s led to %s", query, r.Location())
		}
	}
	for _, headers := range [][]string{{"Sec-Purpose", "prefetch"}, {"Sec-Fetch-Mode", "cors"}} {
		if r := h.browser().Get(testkit.LoginPath, headers...); r.Location() != "" || len(r.Cookies()) != 0 {
			t.Errorf("%v: %d to %s, cookies %v", headers, r.StatusCode, r.Location(), r.Cookies())
		}
	}
	if h.org.Count("authorize") != asked || len(ends.reasons()) != 0 {
		t.Error("Okta was asked, or the session has ended")
	}
	if r := b.Get(testkit.LoginPath + "?prompt=login"); !strings.HasPrefix(r.Location(), h.org.URL()) {
		t.Errorf("prompt=login leads to %s", r.Location())
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
		r := b.Get(b.Get("/tab/" + string(rune('a'+n))).Location())
		tabs = append(tabs, r.Location())
	}
	for n, tab := range tabs {
		if r := b.Arrive(tab, testkit.Ada); r.Body != "tab "+string(rune('a'+n)) {
			t.Errorf("tab %d ended at %s: %d", n, r.Request.URL, r.StatusCode)
		}
	}
}

// TestBrowserWithoutCookies holds that somebody whose browser keeps none learns that.
func TestBrowserWithoutCookies(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	b := h.browser()
	r := b.Get(testkit.LoginPath)
	b.Client.Jar = nil
	u, err := url.Parse(r.Location())
	if err != nil {
		t.Fatal(err)
	}
	r = b.Get(testkit.CallbackPath + "?" + url.Values{"state": {u.Query().Get("state")}, "code": {"x"}}.Encode())
	if r.StatusCode != http.StatusBadRequest || !strings.Contains(r.Body, "keeps no cookies of this site") {
		t.Errorf("%d\n%s", r.StatusCode, r.Body)
	}
}

// TestResponseModeIsAsked holds that Okta's answer counts only in the way that was
// asked for.
func TestResponseModeIsAsked(t *testing.T) {
	t.Parallel()
	for mode, method := range map[string]string{"query": "POST", "form_post": "GET"} {
		h := start(t, setup{app: page(t), env: map[string]string{"OKTA_RESPONSE_MODE": mode}})
		b := h.browser()
		u, err := url.Parse(b.Get(testkit.LoginPath).Location())
		if err != nil {
			t.Fatal(err)
		}
		answer := url.Values{"state": {u.Query().Get("state")}, "code": {"x"}}
		var r testkit.Reply
		if method == "POST" {
			r = b.Post(testkit.CallbackPath, answer)
		} else {
			r = b.Get(testkit.CallbackPath + "?" + answer.Encode())
		}
		if r.StatusCode != http.StatusBadRequest || !strings.Contains(r.Body, "did not come in the way") || h.org.Count("token") != 0 {
			t.Errorf("%s by %s: %d, %d codes taken to Okta", mode, method, r.StatusCode, h.org.Count("token"))
		}
		if r := h.browser().Arrive("/closed", testkit.Ada); mode == "query" && r.Body != "Ada Lovelace " {
			t.Errorf("%s: %d %q", mode, r.StatusCode, r.Body)
		}
	}
}

// TestOwnRoutesAnswerHEAD holds that each GET route of sign-in's answers HEAD as GET,
// without a body, and changes nothing by it.
func TestOwnRoutesAnswerHEAD(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: page(t)})
	b := h.browser()
	for path, want := range map[string]int{testkit.SignedOutPath: 200, testkit.LogoutPath: 200, testkit.CallbackPath: 204, testkit.LoginPath: 204, "/authorization-code/assets/x": 404} {
		if r := b.Do("HEAD", path, nil); r.StatusCode != want || r.Body != "" || len(r.Cookies()) != 0 {
			t.Errorf("HEAD %s: %d %q %v", path, r.StatusCode, r.Body, r.Cookies())
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
	b.Arrive("/closed", testkit.Ada)
	b.Post(testkit.LogoutPath, nil)
	b.Get(testkit.CallbackPath + "?state=x&code=y")
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
	other, err := auth.New(testkit.Load(t, testkit.Settings(h.org, h.URL, nil)), auth.Options{})
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
	if r := b.Arrive("/pay", testkit.Ada); r.Body != "open" {
		t.Fatalf("%d", r.StatusCode)
	}
	h.clock.Add(20 * time.Minute)
	r := b.Get("/pay")
	u, err := url.Parse(r.Location())
	if err != nil || !strings.HasPrefix(r.Location(), h.org.URL()) || u.Query().Get("max_age") != "300" {
		t.Errorf("led to %s", r.Location())
	}
	if r := b.Get("/pay", "Accept", "application/json"); r.StatusCode != http.StatusUnauthorized || !strings.Contains(r.Header.Get("WWW-Authenticate"), `max_age="300"`) {
		t.Errorf("a program: %d %q", r.StatusCode, r.Header.Get("WWW-Authenticate"))
	}
	if r := b.Arrive("/pay", testkit.Ada); r.Body != "open" {
		t.Errorf("after a new sign-in: %d", r.StatusCode)
	}
}
