package signout_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

func byIssSub(app *apptest.App) string {
	return `{"sub_id":{"format":"iss_sub","iss":"` + app.Org.OrgIssuer() + `","sub":"` + apptest.AdaID + `"}}`
}

const byEmail = `{"sub_id":{"format":"email","email":"Ada@acme.test"}}`

// withSID has ID tokens carry the session at Okta.
func withSID(c *mockokta.Client) {
	apptest.Rotating(c)
	c.FrontChannelLogoutURI = c.LogoutURIs[0]
}

func onHooks(env map[string]string) map[string]string {
	if env == nil {
		env = map[string]string{}
	}
	env["OKTA_EVENT_HOOK_SECRET"] = apptest.HookSecret
	return env
}

// reason is the word in a problem's JSON.
func reason(r testkit.Reply) string {
	var p struct{ Reason string }
	json.Unmarshal([]byte(r.Body), &p)
	return p.Reason
}

// TestSignedOutFromOutside: each way ends the sessions it should and no others, at every
// store, for the next request to any replica, for copies of the cookies too, and a new
// sign-in works.
func TestSignedOutFromOutside(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		act    func(o apptest.Outsider, sid string) testkit.Reply
		status int
		all    bool // Ada's other browser is out too
	}{
		"Universal Logout by issuer and subject": {func(o apptest.Outsider, _ string) testkit.Reply { return o.Universal(byIssSub(o.App), nil) }, 204, true},
		"Universal Logout by email":              {func(o apptest.Outsider, _ string) testkit.Reply { return o.Universal(byEmail, nil) }, 204, true},
		"front channel": {func(o apptest.Outsider, sid string) testkit.Reply {
			return o.Front(http.MethodGet, o.App.Org.Issuer(), sid)
		}, 200, false},
		"front channel by form": {func(o apptest.Outsider, sid string) testkit.Reply {
			return o.Front(http.MethodPost, o.App.Org.Issuer(), sid)
		}, 200, false},
		"back channel": {func(o apptest.Outsider, sid string) testkit.Reply {
			return o.Back(o.App.Org.BackChannelToken(apptest.AdaID, sid, nil))
		}, 200, false},
		"back channel, a person": {func(o apptest.Outsider, _ string) testkit.Reply {
			return o.Back(o.App.Org.BackChannelToken(apptest.AdaID, "", func(_, claims map[string]any) { delete(claims, "sid") }))
		}, 200, true},
		"back channel, a session": {func(o apptest.Outsider, sid string) testkit.Reply {
			return o.Back(o.App.Org.BackChannelToken("", sid, func(_, claims map[string]any) { delete(claims, "sub") }))
		}, 200, false},
		"back channel, an unknown session of a person": {func(o apptest.Outsider, _ string) testkit.Reply {
			return o.Back(o.App.Org.BackChannelToken(apptest.AdaID, "102unknown", nil))
		}, 200, true},
		"event hook": {func(o apptest.Outsider, _ string) testkit.Reply {
			return o.Hook(o.App.Org.Event("user.lifecycle.deactivate", testkit.Ada))
		}, 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
				app := start(apptest.Setup{Client: withSID})
				o := apptest.Outsider{T: t, App: app.App}
				hers, second, other := app.Browser(), app.Browser(), app.Browser()
				hers.SignIn(apptest.ProfilePath, testkit.Ada)
				second.SignIn(apptest.ProfilePath, testkit.Ada)
				other.SignIn(apptest.ProfilePath, testkit.Grace)
				copied := hers.Copy()
				sid, _ := hers.Me()["sid"].(string)
				if sid == "" {
					t.Fatal("no sid")
				}
				revoked := countRevoked(app.App)
				if r := way.act(o, sid); r.StatusCode != way.status || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") || len(r.Cookies()) > 0 {
					t.Fatalf("status %d, headers %v: %s", r.StatusCode, r.Header, r.Body)
				}
				for range app.Engines {
					if hers.SignedIn() || copied.SignedIn() {
						t.Error("still signed in")
					}
					if second.SignedIn() == way.all {
						t.Errorf("her other browser: signed in %v", !way.all)
					}
				}
				if !other.SignedIn() {
					t.Error("somebody else was signed out")
				}
				if app.Env["SESSION_STORE"] != "" { // only Redis knows the tokens
					want := int64(1)
					if way.all {
						want = 2
					}
					testkit.AwaitBeside(t, strconv.FormatInt(want, 10)+" refresh tokens revoked", func() bool { return revoked.Load() == want })
				}
				if hers.SignIn(apptest.ProfilePath, testkit.Ada); !hers.SignedIn() {
					t.Error("a new sign-in does not last")
				}
			}, onHooks)
		})
	}
}

// TestJunkFromOutsideIsBounded: junk is answered shortly after a few, costs Okta nothing,
// and never holds up what is good.
func TestJunkFromOutsideIsBounded(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: onHooks(nil)})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	before := app.Org.Count("keys")
	statuses := map[int]int{}
	for range 40 {
		statuses[o.Universal(byEmail, func(header, _ map[string]any) { header["kid"] = "junk" }).StatusCode]++
		statuses[o.Send(http.MethodPost, apptest.HookPath, "{}", "Authorization", "guess").StatusCode]++
	}
	if statuses[http.StatusUnauthorized] > 15 || statuses[http.StatusTooManyRequests] < 60 {
		t.Errorf("statuses %v", statuses)
	}
	if got := app.Org.Count("keys") - before; got > 2 {
		t.Errorf("%d requests for keys", got)
	}
	if r := o.Universal(byEmail, nil); r.StatusCode != http.StatusNoContent || b.SignedIn() {
		t.Errorf("a good one after that: status %d", r.StatusCode)
	}
}

// TestOutsideWhileRedisIsAway: nobody is told that sessions have ended which may go on.
func TestOutsideWhileRedisIsAway(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"SESSION_STORE", "REDIS_URL"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			server := redistest.Start(t)
			app := apptest.Start(t, apptest.Setup{Client: withSID, Env: onHooks(map[string]string{setting: server.URL()})})
			o, b := apptest.Outsider{T: t, App: app}, app.Browser()
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			sid := b.Me()["sid"].(string)
			event := app.Org.Event("user.session.clear", testkit.Ada)
			server.Kill()
			for name, r := range map[string]testkit.Reply{"universal": o.Universal(byEmail, nil), "front": o.Front("GET", app.Org.Issuer(), sid), "hook": o.Hook(event)} {
				if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
					t.Errorf("%s: status %d: %s", name, r.StatusCode, r.Body)
				}
			}
			if r := o.Back(app.Org.BackChannelToken(apptest.AdaID, sid, nil)); r.StatusCode != http.StatusBadRequest {
				t.Errorf("back: status %d", r.StatusCode)
			}
			server.Restart()
			testkit.AwaitBeside(t, "/readyz to recover", func() bool { return b.Get("/readyz").StatusCode == http.StatusOK })
			if r := o.Hook(event); r.StatusCode != http.StatusOK || b.SignedIn() {
				t.Errorf("the event again: status %d, signed in %v", r.StatusCode, b.SignedIn())
			}
		})
	}
}

// TestOutsideIsFast: an event hook is answered while Okta leaves the app waiting, for it is in a hurry itself.
func TestOutsideIsFast(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: onHooks(apptest.Renewing("SESSION_STORE", server.URL()))})
	o := apptest.Outsider{T: t, App: app}
	for range 3 {
		app.Browser().SignIn(apptest.ProfilePath, testkit.Ada)
	}
	asked := make(chan struct{}, 3)
	app.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			if endpoint != "revoke" {
				return false
			}
			asked <- struct{}{}
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return true
		}
	})
	if r := o.Hook(app.Org.Event("user.session.clear", testkit.Ada)); r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	if strings.Contains(app.Logs.String(), "token not revoked") { // which the app says when it gives up
		t.Error("the answer has waited for Okta")
	}
	testkit.Receive(t, asked)
}

// TestOutsideIsNoted: the log says who was signed out and by what, and holds no token.
func TestOutsideIsNoted(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: withSID, Env: onHooks(nil)})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	sid := b.Me()["sid"].(string)
	o.Universal(byIssSub(app), nil)
	o.Front(http.MethodGet, app.Org.Issuer(), sid)
	o.Back(app.Org.BackChannelToken(apptest.AdaID, sid, nil))
	o.Hook(app.Org.Event("user.lifecycle.suspend", testkit.Ada))
	o.Universal("", nil)
	for _, reason := range []string{"universal_logout", "front_channel_logout", "back_channel_logout", "user.lifecycle.suspend"} {
		if got := bytes.Count([]byte(app.Logs.String()), []byte(`"reason":"`+reason+`"`)); got != 1 {
			t.Errorf("%d lines for %s", got, reason)
		}
	}
	for _, secret := range []string{"eyJ", sid, apptest.HookSecret, "of-the-event-hook"} {
		if strings.Contains(app.Logs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	series := b.Metrics()
	for _, name := range []string{
		`{kind="universal_logout",outcome="ended"}`, `{kind="front_channel_logout",outcome="ended"}`, `{kind="back_channel_logout",outcome="ended"}`,
		`{kind="event_hook",outcome="ended"}`, `{kind="universal_logout",outcome="bad_request"}`,
	} {
		if series["okta_outside_total"+name] != "1" {
			t.Errorf("okta_outside_total%s %q", name, series["okta_outside_total"+name])
		}
	}
}
