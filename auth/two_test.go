package auth_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// twoOrgs is an app whose people come from two orgs, told apart by their paths.
func twoOrgs(t *testing.T, first, second func(*auth.Options)) (h *host, other *mockokta.Org) {
	t.Helper()
	paths := func(o *auth.Options, name string) {
		o.Paths.Prefix = "/" + name
		o.AfterSignOut = "/"
	}
	redirects := func(name string) func(*mockokta.Client) {
		return func(c *mockokta.Client) {
			base := strings.TrimSuffix(c.RedirectURIs[0], testkit.CallbackPath)
			c.RedirectURIs, c.LogoutURIs = []string{base + "/" + name + "/callback"}, []string{base + "/" + name + "/signed-out"}
		}
	}
	h = start(t, setup{
		options: func(o *auth.Options) { paths(o, "staff"); first(o) },
		client:  redirects("staff"),
		app:     func(*auth.Auth, *gin.Engine) http.Handler { return nil },
	})
	other = testkit.StartOrg(t, h.URL, h.clock, redirects("partners"), nil)
	options := auth.Options{Log: slog.New(slog.NewJSONHandler(h.logs, nil)), Now: h.clock.Now}
	paths(&options, "partners")
	second(&options)
	partners, err := auth.New(testkit.Load(t, testkit.Settings(other, h.URL, nil)), options)
	if err != nil {
		t.Fatal(err)
	}
	staff, r := h.auth, h.engine
	mount(t, staff, r)
	mount(t, partners, r)
	r.GET("/", func(c *gin.Context) {
		for name, okta := range map[string]*auth.Auth{"staff": staff, "partners": partners} {
			if person := okta.Caller(c); person != nil {
				c.Header("X-"+name, person.Name())
			}
		}
		c.Status(http.StatusOK)
	})
	r.GET("/for-staff", staff.RequireLogin(), say(staff, "staff"))
	r.GET("/for-partners", partners.RequireLogin(), say(partners, "partners"))
	r.GET("/for-both", staff.RequireLogin(), partners.RequireLogin(), say(partners, "both"))
	return h, other
}

// TestTwoAuthsWithOneCookieName holds that a session of one org is none of the
// other's, although both share a cookie's name and the secret.
func TestTwoAuthsWithOneCookieName(t *testing.T) {
	t.Parallel()
	same := func(o *auth.Options) { o.CookieName = "acme" }
	h, _ := twoOrgs(t, same, same)
	b := h.browser()
	b.Arrive("/for-staff", testkit.Ada)
	if r := b.Get("/for-partners"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("the partners' rule took the staff's session: %d %q", r.StatusCode, r.Body)
	}
}

// TestTwoAppsOnOneHost holds that apps on two ports, to which a browser sends the same
// cookies, leave each other's sessions and attempts alone.
func TestTwoAppsOnOneHost(t *testing.T) {
	t.Parallel()
	one, two := start(t, setup{app: page(t)}), start(t, setup{app: page(t)})
	b := one.browser()
	attempt := b.Get(two.URL + testkit.LoginPath)
	b.Arrive("/closed", testkit.Ada)
	if r := b.Arrive(attempt.Location(), testkit.Grace); r.Body != "front for Grace Hopper" {
		t.Errorf("the second app's attempt is gone: %d\n%s", r.StatusCode, r.Body)
	}
	if r := b.Get("/closed"); r.Body != "Ada Lovelace " {
		t.Errorf("the first app, after a sign-in at the second: %d %q", r.StatusCode, r.Body)
	}
	b.Post(two.URL+testkit.LogoutPath, nil)
	if r := b.Get("/closed"); r.Body != "Ada Lovelace " {
		t.Errorf("the first app, after a sign-out of the second: %d %q", r.StatusCode, r.Body)
	}
	if r := b.Get(two.URL + "/closed"); r.StatusCode != http.StatusSeeOther {
		t.Errorf("the second app, after its sign-out: %d %q", r.StatusCode, r.Body)
	}
}

// TestTwoAuthsCollide holds that the second Auth on an engine with the first's paths
// is an error that names the route.
func TestTwoAuthsCollide(t *testing.T) {
	t.Parallel()
	h := start(t, setup{})
	second := newAuth(t, h, setup{})
	if err := second.Mount(h.engine); err == nil || !strings.Contains(err.Error(), testkit.LoginPath) || !strings.Contains(err.Error(), "Options.Paths") {
		t.Errorf("mounted: %v", err)
	}
}
