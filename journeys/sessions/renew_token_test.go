package sessions_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// TestRenewedIDTokenIsVerified: OpenID Connect Core section 12.2, and the rules of
// sign-in.
func TestRenewedIDTokenIsVerified(t *testing.T) {
	t.Parallel()
	for name, tamper := range map[string]func(header, claims map[string]any){
		"other iss":        func(_, claims map[string]any) { claims["iss"] = "https://other.okta.com" },
		"other sub":        func(_, claims map[string]any) { claims["sub"] = "00u9mockGraceHop0125d" },
		"other aud":        func(_, claims map[string]any) { claims["aud"] = "0oaother" },
		"more aud":         func(_, claims map[string]any) { claims["aud"] = []string{mockokta.DefaultClientID, "0oaother"} },
		"azp that was not": func(_, claims map[string]any) { claims["azp"] = mockokta.DefaultClientID },
		"azp and more aud": func(_, claims map[string]any) {
			claims["aud"], claims["azp"] = []string{mockokta.DefaultClientID, "0oaother"}, mockokta.DefaultClientID
		},
		"other auth_time":      func(_, claims map[string]any) { claims["auth_time"] = claims["iat"] },
		"other nonce":          func(_, claims map[string]any) { claims["nonce"] = "other" },
		"expired":              func(_, claims map[string]any) { claims["exp"] = 1 },
		"from the future":      func(_, claims map[string]any) { claims["iat"] = float64(1 << 33) },
		"of another token":     func(_, claims map[string]any) { claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" },
		"of another algorithm": func(header, _ map[string]any) { header["alg"] = "none" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			app.Org.Set(func(k *mockokta.Knobs) { k.TamperIDToken = tamper })
			app.Clock.Add(time.Hour)
			if r := b.Get(apptest.ProfilePath); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("status %d", r.StatusCode)
			}
			if b.SignedIn() || app.Events("renewed") != 0 || app.Events("renewal_refused") != 1 {
				t.Error("the session goes on")
			}
		})
	}
}

// TestRenewalThatSaysLess: what a response may leave out does not end a session.
func TestRenewalThatSaysLess(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		knobs      func(*mockokta.Knobs)
		wantGroups string
	}{
		"no ID token": {func(k *mockokta.Knobs) { k.RefreshOmitsIDToken = true }, "Crew"},
		"same nonce":  {func(k *mockokta.Knobs) {}, "Crew"},
		"no auth_time": {func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { delete(claims, "auth_time") }
		}, "Crew"},
		"no expires_in": {func(k *mockokta.Knobs) { k.TamperToken = func(resp map[string]any) { delete(resp, "expires_in") } }, "Crew"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Grace)
			before := b.Me()
			app.Org.Set(c.knobs)
			app.Org.SetGroups(testkit.Grace, "Crew")
			app.Clock.Add(time.Hour)
			after := b.Me()
			b.Me()
			if got := fmt.Sprint(after["groups"]); !strings.Contains(got, c.wantGroups) {
				t.Errorf("groups %v, want %s", got, c.wantGroups)
			}
			for _, claim := range []string{"iss", "sub", "aud", "email", "name", "amr"} {
				if fmt.Sprint(after[claim]) != fmt.Sprint(before[claim]) {
					t.Errorf("%s: %v, was %v", claim, after[claim], before[claim])
				}
			}
			if app.Renewals() != 1 {
				t.Errorf("%d renewals, want 1", app.Renewals())
			}
		})
	}
}

// TestRenewalThatCouldNotAsk: what a rule decides by is not carried over as if it had
// been renewed. The session goes on as it is for the grace, and with the new refresh
// token.
func TestRenewalThatCouldNotAsk(t *testing.T) {
	t.Parallel()
	someone := func(claims map[string]any) { claims["sub"] = "someone" }
	for name, knobs := range map[string]func(*mockokta.Knobs){
		"userinfo broken":               func(k *mockokta.Knobs) { k.TamperUserinfo = someone },
		"neither ID token nor userinfo": func(k *mockokta.Knobs) { k.RefreshOmitsIDToken, k.TamperUserinfo = true, someone },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing("SESSION_RENEW_GRACE", "10m")})
			b, late := app.Browser(), app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Grace)
			late.SignIn(apptest.ProfilePath, testkit.Grace)
			app.Org.Set(knobs)
			app.Org.SetGroups(testkit.Grace, "Crew")
			app.Clock.Add(time.Hour)
			b.Me()
			late.Me()
			if app.Events("renewed") != 0 || app.Events("renewal_failed") != 2 {
				t.Errorf("%d renewals, %d failures", app.Events("renewed"), app.Events("renewal_failed"))
			}
			app.Org.Set(func(k *mockokta.Knobs) { k.RefreshOmitsIDToken, k.TamperUserinfo = false, nil })
			app.Clock.Add(time.Minute)
			if got := fmt.Sprint(b.Me()["groups"]); !strings.Contains(got, "Crew") || strings.Contains(got, "Engineers") {
				t.Errorf("groups %v, want Crew", got)
			}
			app.Org.Set(knobs)
			app.Clock.Add(11 * time.Minute)
			if r := late.Get(apptest.ProfilePath); r.StatusCode != http.StatusUnauthorized {
				t.Errorf("after the grace: status %d", r.StatusCode)
			}
		})
	}
}

func TestRenewalAfterAKeyRotation(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Client: apptest.Rotating, Env: apptest.Renewing()})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for i := range 2 { // the second while Okta may not be asked for its keys again
		app.Org.RotateKeys()
		app.Clock.Add(time.Hour)
		if !b.SignedIn() {
			t.Fatalf("signed out by rotation %d", i+1)
		}
		app.Org.RotateKeys()
	}
	app.Clock.Add(time.Hour)
	if !b.SignedIn() || app.Events("renewal_refused") != 0 {
		t.Error("signed out")
	}
}

// TestRenewedAudience: an audience that would do at sign-in must be the one of
// sign-in.
func TestRenewedAudience(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		aud  any
		want int
	}{
		"same": {mockokta.DefaultClientID, http.StatusOK},
		"more": {[]string{mockokta.DefaultClientID, "0oaother"}, http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := apptest.StartReplicas(t, 1, apptest.Setup{Env: apptest.Renewing()})
			audience := func(aud any) {
				app.Org.Set(func(k *mockokta.Knobs) {
					k.TamperIDToken = func(_, claims map[string]any) { claims["aud"], claims["azp"] = aud, mockokta.DefaultClientID }
				})
			}
			audience(mockokta.DefaultClientID)
			b := app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			audience(c.aud)
			app.Clock.Add(time.Hour)
			if r := b.Get(apptest.ProfilePath); r.StatusCode != c.want {
				t.Errorf("status %d, want %d", r.StatusCode, c.want)
			}
		})
	}
}
