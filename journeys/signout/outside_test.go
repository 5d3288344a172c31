package signout_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

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

func TestUniversalLogoutAnswers(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	claim := func(name string, value any) apptest.Tampering {
		return func(_, claims map[string]any) { claims[name] = value }
	}
	now := app.Clock.Now().Unix()
	iss := app.Org.OrgIssuer()
	for i, test := range []struct {
		name, body string
		change     apptest.Tampering
		headers    []string
		status     int
		reason     string
	}{
		{"no token", byEmail, nil, []string{"Authorization", ""}, 401, "no_token"},
		{"another scheme", byEmail, nil, []string{"Authorization", "Basic YTpi"}, 401, "no_token"},
		{"no JWT", byEmail, nil, []string{"Authorization", "Bearer x"}, 401, "bad_token"},
		{"another type", byEmail, func(header, _ map[string]any) { header["typ"] = "JWT" }, nil, 401, "bad_token"},
		{"unsigned", byEmail, func(header, _ map[string]any) { header["alg"] = "none" }, nil, 401, "bad_token"},
		{"HMAC with the public key", byEmail, func(header, _ map[string]any) { header["alg"] = "HS256" }, nil, 401, "bad_token"},
		{"PSS", byEmail, func(header, _ map[string]any) { header["alg"] = "PS256" }, nil, 401, "bad_token"},
		{"another issuer", byEmail, claim("iss", "https://evil.example"), nil, 401, "bad_token"},
		{"the custom server as issuer", byEmail, claim("iss", app.Org.Issuer()), nil, 401, "bad_token"},
		{"another endpoint", byEmail, claim("aud", app.URL+apptest.BackPath), nil, 401, "bad_token"},
		{"with a query", byEmail, claim("aud", app.URL+apptest.UniversalPath+"?x"), nil, 401, "bad_token"},
		{"expired", byEmail, claim("exp", now-121), nil, 401, "bad_token"},
		{"not valid yet", byEmail, claim("nbf", now+180), nil, 401, "bad_token"},
		{"from the future", byEmail, claim("iat", now+180), nil, 401, "bad_token"},
		{"without jti", byEmail, claim("jti", nil), nil, 401, "bad_token"},
		{"another client", byEmail, claim("sub", mockokta.MachineClientID), nil, 403, "other_client"},
		{"no body", "", nil, nil, 400, "bad_request"},
		{"no JSON", "sub_id=x", nil, nil, 400, "bad_request"},
		{"a list", "[]", nil, nil, 400, "bad_request"},
		{"nobody", "{}", nil, nil, 400, "bad_request"},
		{"an unknown format", `{"sub_id":{"format":"opaque","id":"x"}}`, nil, nil, 400, "bad_request"},
		{"no email address", `{"sub_id":{"format":"email","email":"ada"}}`, nil, nil, 400, "bad_request"},
		{"an email that is no text", `{"sub_id":{"format":"email","email":["a@b"]}}`, nil, nil, 400, "bad_request"},
		{"no sub", `{"sub_id":{"format":"iss_sub","iss":"` + iss + `"}}`, nil, nil, 400, "bad_request"},
		{"no iss", `{"sub_id":{"format":"iss_sub","sub":"` + apptest.AdaID + `"}}`, nil, nil, 400, "bad_request"},
		{"two documents", byEmail + byEmail, nil, nil, 400, "bad_request"},
		{"a form", byEmail, nil, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "bad_request"},
		{"a large body", `{"x":"` + strings.Repeat("a", 17<<10) + `"}`, nil, nil, 400, "bad_request"},
		{"a person of another issuer", `{"sub_id":{"format":"iss_sub","iss":"https://evil.example","sub":"` + apptest.AdaID + `"}}`, nil, nil, 404, "other_issuer"},
		{"somebody who was never here", `{"sub_id":{"format":"iss_sub","iss":"` + iss + `","sub":"00unobody"}}`, nil, nil, 204, ""},
	} {
		headers := append(test.headers, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		r := o.Universal(test.body, test.change, headers...)
		if r.StatusCode != test.status || reason(r) != test.reason || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, reason %q", test.name, r.StatusCode, reason(r))
		}
		if (r.StatusCode == 401) != (r.Header.Get("WWW-Authenticate") != "") || r.StatusCode != 204 && !strings.Contains(r.Header.Get("Content-Type"), "json") {
			t.Errorf("%s: headers %v", test.name, r.Header)
		}
	}
	if !b.SignedIn() {
		t.Error("signed out by a request that was refused")
	}
	if r := o.Send(http.MethodGet, apptest.UniversalPath, ""); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", r.StatusCode)
	}
}

// TestTokensCountOnce, also when several replicas get them at once.
func TestTokensCountOnce(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: withSID})
		o, b := apptest.Outsider{T: t, App: app.App}, app.Browser()
		revocation := app.Org.LogoutToken(app.URL+apptest.UniversalPath, nil)
		if r := o.Universal(byIssSub(app.App), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusNoContent {
			t.Fatalf("status %d", r.StatusCode)
		}
		logout := app.Org.BackChannelToken(apptest.AdaID, "102sid", nil)
		if r := o.Back(logout); r.StatusCode != http.StatusOK {
			t.Fatalf("status %d", r.StatusCode)
		}
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		for range app.Engines {
			if r := o.Universal(byIssSub(app.App), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusUnauthorized || reason(r) != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.Body)
			}
			if r := o.Back(logout); r.StatusCode != http.StatusBadRequest || reason(r) != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.Body)
			}
		}
		if !b.SignedIn() {
			t.Error("a token that was sent again has signed out")
		}
	}, onHooks)
}

func TestUniversalLogoutWithoutEmails(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_SCOPES": "openid profile"}})
	if r := (apptest.Outsider{T: t, App: app}).Universal(byEmail, nil); r.StatusCode != http.StatusUnprocessableEntity || reason(r) != "no_emails" {
		t.Errorf("status %d: %s", r.StatusCode, r.Body)
	}
}

func TestUniversalLogoutOfAnOrgThatWasNeverSetUp(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env    map[string]string
		status int
		reason string
	}{
		"not an issuer of Okta's": {nil, 403, "not_set_up"},
		"with an issuer":          {map[string]string{"OKTA_UNIVERSAL_LOGOUT_ISSUER": "org"}, 204, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var org string
			s := apptest.Setup{Org: func(o *mockokta.Options) { o.IssuerPath = "/realms/demo"; org = "http://" + o.Addr }, Env: map[string]string{}}
			s.Late = func(env map[string]string) {
				if test.env != nil {
					env["OKTA_UNIVERSAL_LOGOUT_ISSUER"] = org
				}
			}
			app := apptest.Start(t, s)
			r := (apptest.Outsider{T: t, App: app}).Universal(byEmail, nil)
			if r.StatusCode != test.status || reason(r) != test.reason || test.status == 403 && !strings.Contains(r.Body, "OKTA_UNIVERSAL_LOGOUT_ISSUER") {
				t.Errorf("status %d: %s", r.StatusCode, r.Body)
			}
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

func TestFrontChannelAnswers(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: withSID, Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	sid := b.Me()["sid"].(string)
	iss := app.Org.Issuer()
	for i, query := range []string{
		"", "iss=" + url.QueryEscape(iss), "sid=" + sid, "iss=" + url.QueryEscape(iss) + "&sid=",
		"iss=https://evil.example&sid=" + sid, "iss=" + url.QueryEscape(app.Org.OrgIssuer()) + "&sid=" + sid, "iss=" + url.QueryEscape(iss+"/") + "&sid=" + sid,
		"iss=" + url.QueryEscape(iss) + "&sid=" + sid + "&sid=" + sid, "iss=" + url.QueryEscape(iss) + "&sid=" + strings.Repeat("a", 321), "iss=%zz&sid=" + sid,
	} {
		r := o.Send(http.MethodGet, apptest.FrontPath+"?"+query, "", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: status %d", query, r.StatusCode)
		}
	}
	form := url.Values{"iss": {iss}, "sid": {sid}}.Encode()
	if r := o.Send(http.MethodPost, apptest.FrontPath+"?sid="+sid, form, "Content-Type", "application/x-www-form-urlencoded"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("sid twice: status %d", r.StatusCode)
	}
	known := o.Front(http.MethodGet, iss, "102unknown000000000000000")
	if !b.SignedIn() {
		t.Fatal("signed out by a request that was refused, or by another sid")
	}
	r := o.Front(http.MethodGet, iss, sid)
	if r.StatusCode != http.StatusOK || b.SignedIn() {
		t.Errorf("status %d, signed in %v", r.StatusCode, b.SignedIn())
	}
	if r.Body != known.Body || r.StatusCode != known.StatusCode {
		t.Error("the answer tells whether a sid is known")
	}
	csp := r.Header.Get("Content-Security-Policy")
	if csp != "default-src 'none'; base-uri 'none'; frame-ancestors "+app.Org.URL() || r.Header.Get("X-Frame-Options") != "" {
		t.Errorf("framed by the issuer alone: %q, %q", csp, r.Header.Get("X-Frame-Options"))
	}
	if r := o.Send(http.MethodGet, apptest.ProfilePath, ""); !strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("another page can be framed")
	}
}

// TestUnknownSIDsCostNoMemory: anybody may name a sid.
func TestUnknownSIDsCostNoMemory(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: withSID})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	for i := range 50 {
		if r := o.Front(http.MethodGet, app.Org.Issuer(), "102"+strconv.Itoa(i)); r.StatusCode != http.StatusOK {
			t.Fatalf("status %d", r.StatusCode)
		}
	}
	if series := b.Metrics(); series[`okta_outside_total{kind="front_channel_logout",outcome="unknown_session"}`] != "50" {
		t.Errorf("series %v", series)
	}
}

func TestBackChannelAnswers(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: withSID, Env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	sid := b.Me()["sid"].(string)
	good := app.Org.BackChannelToken(apptest.AdaID, sid, nil)
	tampered := func(change apptest.Tampering) string { return app.Org.BackChannelToken(apptest.AdaID, sid, change) }
	for i, body := range []string{
		"", "logout_token=", "logout_token=x.y.z", "logout_token=" + good + "&logout_token=" + good, "logout_token=" + good[:len(good)-4],
		"logout_token=" + tampered(func(header, _ map[string]any) { header["alg"] = "none" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["iss"] = app.Org.OrgIssuer() }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["aud"] = "other" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["nonce"] = "x" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { delete(claims, "events") }),
		"logout_token=" + strings.Repeat("a", 70<<10),
	} {
		r := o.Send(http.MethodPost, apptest.BackPath, body, "Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%.60q: status %d", body, r.StatusCode)
		}
	}
	if r := o.Send(http.MethodPost, apptest.BackPath, good, "Content-Type", "application/jwt"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("no form: status %d", r.StatusCode)
	}
	if !b.SignedIn() {
		t.Fatal("signed out by a token that was refused")
	}
	if r := o.Back(good); r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" || b.SignedIn() {
		t.Errorf("status %d", r.StatusCode)
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

// TestOutsideIsFast: a second is what Okta's event hooks may take, though Okta itself
// does not answer.
func TestOutsideIsFast(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: onHooks(apptest.Renewing("SESSION_STORE", server.URL()))})
	o := apptest.Outsider{T: t, App: app}
	for range 3 {
		app.Browser().SignIn(apptest.ProfilePath, testkit.Ada)
	}
	app.Org.Set(func(k *mockokta.Knobs) {
		k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
			if endpoint != "revoke" {
				return false
			}
			io.Copy(io.Discard, r.Body)
			<-r.Context().Done()
			return true
		}
	})
	began := time.Now()
	if r := o.Hook(app.Org.Event("user.session.clear", testkit.Ada)); r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
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
