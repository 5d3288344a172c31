package handlers_test

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

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

const (
	universalPath = "/authorization-code/universal-logout"
	frontPath     = "/authorization-code/front-channel-logout"
	backPath      = "/authorization-code/back-channel-logout"
	hookPath      = "/authorization-code/event-hook"

	adaID      = "00u9mockAdaLove1a5d7"
	hookSecret = "Bearer of-the-event-hook"
)

// outsider is Okta, or whoever poses as it: no browser, and no cookies.
type outsider struct {
	t   testing.TB
	app *app
}

// send sends a request. Headers come as name, value; an empty value removes one.
func (o outsider) send(method, path, body string, headers ...string) reply {
	o.t.Helper()
	req, err := http.NewRequest(method, o.app.URL+path, strings.NewReader(body))
	if err != nil {
		o.t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Del(headers[i])
		if headers[i+1] != "" {
			req.Header.Set(headers[i], headers[i+1])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	return reply{resp, string(read)}
}

type tampering = func(header, claims map[string]any)

func (o outsider) universal(body string, change tampering, headers ...string) reply {
	o.t.Helper()
	token := o.app.org.LogoutToken(o.app.URL+universalPath, change)
	return o.send(http.MethodPost, universalPath, body, append([]string{"Authorization", "Bearer " + token, "Content-Type", "application/json"}, headers...)...)
}

func (o outsider) back(token string) reply {
	o.t.Helper()
	return o.send(http.MethodPost, backPath, url.Values{"logout_token": {token}}.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func (o outsider) front(method, iss, sid string) reply {
	o.t.Helper()
	params := url.Values{"iss": {iss}, "sid": {sid}}.Encode()
	if method == http.MethodPost {
		return o.send(method, frontPath, params, "Content-Type", "application/x-www-form-urlencoded", "Origin", o.app.org.URL(), "Sec-Fetch-Site", "cross-site")
	}
	return o.send(method, frontPath+"?"+params, "", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Dest", "iframe", "Sec-Fetch-Mode", "navigate")
}

// hook delivers events.
func (o outsider) hook(events ...map[string]any) reply {
	o.t.Helper()
	return o.send(http.MethodPost, hookPath, delivery(o.t, events...), "Authorization", hookSecret, "Content-Type", "application/json")
}

func delivery(t testing.TB, events ...map[string]any) string {
	t.Helper()
	body, err := json.Marshal(map[string]any{"eventType": "com.okta.event_hook", "data": map[string]any{"events": events}})
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func byIssSub(app *app) string {
	return `{"sub_id":{"format":"iss_sub","iss":"` + app.org.OrgIssuer() + `","sub":"` + adaID + `"}}`
}

const byEmail = `{"sub_id":{"format":"email","email":"Ada@acme.test"}}`

// withSID has ID tokens carry the session at Okta.
func withSID(c *mockokta.Client) {
	rotating(c)
	c.FrontChannelLogoutURI = c.LogoutURIs[0]
}

func onHooks(env map[string]string) map[string]string {
	if env == nil {
		env = map[string]string{}
	}
	env["OKTA_EVENT_HOOK_SECRET"] = hookSecret
	return env
}

// reason is the word in a problem's JSON.
func (r reply) reason() string {
	var p struct{ Reason string }
	json.Unmarshal([]byte(r.body), &p)
	return p.Reason
}

// TestSignedOutFromOutside: each way ends the sessions it should and no others, at every
// store, for the next request to any replica, for copies of the cookies too, and a new
// sign-in works.
func TestSignedOutFromOutside(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct {
		act    func(o outsider, sid string) reply
		status int
		all    bool // Ada's other browser is out too
	}{
		"Universal Logout by issuer and subject": {func(o outsider, _ string) reply { return o.universal(byIssSub(o.app), nil) }, 204, true},
		"Universal Logout by email":              {func(o outsider, _ string) reply { return o.universal(byEmail, nil) }, 204, true},
		"front channel":                          {func(o outsider, sid string) reply { return o.front(http.MethodGet, o.app.org.Issuer(), sid) }, 200, false},
		"front channel by form":                  {func(o outsider, sid string) reply { return o.front(http.MethodPost, o.app.org.Issuer(), sid) }, 200, false},
		"back channel":                           {func(o outsider, sid string) reply { return o.back(o.app.org.BackChannelToken(adaID, sid, nil)) }, 200, false},
		"back channel, a person": {func(o outsider, _ string) reply {
			return o.back(o.app.org.BackChannelToken(adaID, "", func(_, claims map[string]any) { delete(claims, "sid") }))
		}, 200, true},
		"back channel, a session": {func(o outsider, sid string) reply {
			return o.back(o.app.org.BackChannelToken("", sid, func(_, claims map[string]any) { delete(claims, "sub") }))
		}, 200, false},
		"back channel, an unknown session of a person": {func(o outsider, _ string) reply { return o.back(o.app.org.BackChannelToken(adaID, "102unknown", nil)) }, 200, true},
		"event hook": {func(o outsider, _ string) reply { return o.hook(o.app.org.Event("user.lifecycle.deactivate", ada)) }, 200, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			onStores(t, func(t *testing.T, start func(setup) *replicas) {
				app := start(setup{client: withSID})
				o := outsider{t, app.app}
				hers, second, other := app.browser(), app.browser(), app.browser()
				hers.signIn(profilePath, ada)
				second.signIn(profilePath, ada)
				other.signIn(profilePath, grace)
				copied := copyOf(hers)
				sid, _ := hers.me()["sid"].(string)
				if sid == "" {
					t.Fatal("no sid")
				}
				revoked := app.countRevoked()
				if r := way.act(o, sid); r.StatusCode != way.status || !strings.Contains(r.Header.Get("Cache-Control"), "no-store") || len(r.Cookies()) > 0 {
					t.Fatalf("status %d, headers %v: %s", r.StatusCode, r.Header, r.body)
				}
				for range app.engines {
					if hers.signedIn() || copied.signedIn() {
						t.Error("still signed in")
					}
					if second.signedIn() == way.all {
						t.Errorf("her other browser: signed in %v", !way.all)
					}
				}
				if !other.signedIn() {
					t.Error("somebody else was signed out")
				}
				if app.env["SESSION_STORE"] != "" { // only Redis knows the tokens
					want := int64(1)
					if way.all {
						want = 2
					}
					await(t, strconv.FormatInt(want, 10)+" refresh tokens revoked", func() bool { return revoked.Load() == want })
				}
				if hers.signIn(profilePath, ada); !hers.signedIn() {
					t.Error("a new sign-in does not last")
				}
			}, onHooks)
		})
	}
}

func TestUniversalLogoutAnswers(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	claim := func(name string, value any) tampering {
		return func(_, claims map[string]any) { claims[name] = value }
	}
	now := app.clock.Now().Unix()
	iss := app.org.OrgIssuer()
	for i, test := range []struct {
		name, body string
		change     tampering
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
		{"the custom server as issuer", byEmail, claim("iss", app.org.Issuer()), nil, 401, "bad_token"},
		{"another endpoint", byEmail, claim("aud", app.URL+backPath), nil, 401, "bad_token"},
		{"with a query", byEmail, claim("aud", app.URL+universalPath+"?x"), nil, 401, "bad_token"},
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
		{"no iss", `{"sub_id":{"format":"iss_sub","sub":"` + adaID + `"}}`, nil, nil, 400, "bad_request"},
		{"two documents", byEmail + byEmail, nil, nil, 400, "bad_request"},
		{"a form", byEmail, nil, []string{"Content-Type", "application/x-www-form-urlencoded"}, 400, "bad_request"},
		{"a large body", `{"x":"` + strings.Repeat("a", 17<<10) + `"}`, nil, nil, 400, "bad_request"},
		{"a person of another issuer", `{"sub_id":{"format":"iss_sub","iss":"https://evil.example","sub":"` + adaID + `"}}`, nil, nil, 404, "other_issuer"},
		{"somebody who was never here", `{"sub_id":{"format":"iss_sub","iss":"` + iss + `","sub":"00unobody"}}`, nil, nil, 204, ""},
	} {
		headers := append(test.headers, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		r := o.universal(test.body, test.change, headers...)
		if r.StatusCode != test.status || r.reason() != test.reason || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, reason %q", test.name, r.StatusCode, r.reason())
		}
		if (r.StatusCode == 401) != (r.Header.Get("WWW-Authenticate") != "") || r.StatusCode != 204 && !strings.Contains(r.Header.Get("Content-Type"), "json") {
			t.Errorf("%s: headers %v", test.name, r.Header)
		}
	}
	if !b.signedIn() {
		t.Error("signed out by a request that was refused")
	}
	if r := o.send(http.MethodGet, universalPath, ""); r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: status %d", r.StatusCode)
	}
}

// TestTokensCountOnce, also when several replicas get them at once.
func TestTokensCountOnce(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: withSID})
		o, b := outsider{t, app.app}, app.browser()
		revocation := app.org.LogoutToken(app.URL+universalPath, nil)
		if r := o.universal(byIssSub(app.app), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusNoContent {
			t.Fatalf("status %d", r.StatusCode)
		}
		logout := app.org.BackChannelToken(adaID, "102sid", nil)
		if r := o.back(logout); r.StatusCode != http.StatusOK {
			t.Fatalf("status %d", r.StatusCode)
		}
		b.signIn(profilePath, ada)
		for range app.engines {
			if r := o.universal(byIssSub(app.app), nil, "Authorization", "Bearer "+revocation); r.StatusCode != http.StatusUnauthorized || r.reason() != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.body)
			}
			if r := o.back(logout); r.StatusCode != http.StatusBadRequest || r.reason() != "token_used" {
				t.Errorf("again: status %d, %s", r.StatusCode, r.body)
			}
		}
		if !b.signedIn() {
			t.Error("a token that was sent again has signed out")
		}
	}, onHooks)
}

func TestUniversalLogoutWithoutEmails(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: map[string]string{"OKTA_SCOPES": "openid profile"}})
	if r := (outsider{t, app}).universal(byEmail, nil); r.StatusCode != http.StatusUnprocessableEntity || r.reason() != "no_emails" {
		t.Errorf("status %d: %s", r.StatusCode, r.body)
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
			s := setup{org: func(o *mockokta.Options) { o.IssuerPath = "/realms/demo"; org = "http://" + o.Addr }, env: map[string]string{}}
			s.late = func(env map[string]string) {
				if test.env != nil {
					env["OKTA_UNIVERSAL_LOGOUT_ISSUER"] = org
				}
			}
			app := start(t, s)
			r := (outsider{t, app}).universal(byEmail, nil)
			if r.StatusCode != test.status || r.reason() != test.reason || test.status == 403 && !strings.Contains(r.body, "OKTA_UNIVERSAL_LOGOUT_ISSUER") {
				t.Errorf("status %d: %s", r.StatusCode, r.body)
			}
		})
	}
}

// TestJunkFromOutsideIsBounded: junk is answered shortly after a few, costs Okta nothing,
// and never holds up what is good.
func TestJunkFromOutsideIsBounded(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: onHooks(nil)})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	before := app.org.Count("keys")
	statuses := map[int]int{}
	for range 40 {
		statuses[o.universal(byEmail, func(header, _ map[string]any) { header["kid"] = "junk" }).StatusCode]++
		statuses[o.send(http.MethodPost, hookPath, "{}", "Authorization", "guess").StatusCode]++
	}
	if statuses[http.StatusUnauthorized] > 15 || statuses[http.StatusTooManyRequests] < 60 {
		t.Errorf("statuses %v", statuses)
	}
	if got := app.org.Count("keys") - before; got > 2 {
		t.Errorf("%d requests for keys", got)
	}
	if r := o.universal(byEmail, nil); r.StatusCode != http.StatusNoContent || b.signedIn() {
		t.Errorf("a good one after that: status %d", r.StatusCode)
	}
}

func TestFrontChannelAnswers(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: withSID, env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	sid := b.me()["sid"].(string)
	iss := app.org.Issuer()
	for i, query := range []string{
		"", "iss=" + url.QueryEscape(iss), "sid=" + sid, "iss=" + url.QueryEscape(iss) + "&sid=",
		"iss=https://evil.example&sid=" + sid, "iss=" + url.QueryEscape(app.org.OrgIssuer()) + "&sid=" + sid, "iss=" + url.QueryEscape(iss+"/") + "&sid=" + sid,
		"iss=" + url.QueryEscape(iss) + "&sid=" + sid + "&sid=" + sid, "iss=" + url.QueryEscape(iss) + "&sid=" + strings.Repeat("a", 321), "iss=%zz&sid=" + sid,
	} {
		r := o.send(http.MethodGet, frontPath+"?"+query, "", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: status %d", query, r.StatusCode)
		}
	}
	form := url.Values{"iss": {iss}, "sid": {sid}}.Encode()
	if r := o.send(http.MethodPost, frontPath+"?sid="+sid, form, "Content-Type", "application/x-www-form-urlencoded"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("sid twice: status %d", r.StatusCode)
	}
	known := o.front(http.MethodGet, iss, "102unknown000000000000000")
	if !b.signedIn() {
		t.Fatal("signed out by a request that was refused, or by another sid")
	}
	r := o.front(http.MethodGet, iss, sid)
	if r.StatusCode != http.StatusOK || b.signedIn() {
		t.Errorf("status %d, signed in %v", r.StatusCode, b.signedIn())
	}
	if r.body != known.body || r.StatusCode != known.StatusCode {
		t.Error("the answer tells whether a sid is known")
	}
	csp := r.Header.Get("Content-Security-Policy")
	if csp != "default-src 'none'; base-uri 'none'; frame-ancestors "+app.org.URL() || r.Header.Get("X-Frame-Options") != "" {
		t.Errorf("framed by the issuer alone: %q, %q", csp, r.Header.Get("X-Frame-Options"))
	}
	if r := o.send(http.MethodGet, profilePath, ""); !strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Error("another page can be framed")
	}
}

// TestUnknownSIDsCostNoMemory: anybody may name a sid.
func TestUnknownSIDsCostNoMemory(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: withSID})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	for i := range 50 {
		if r := o.front(http.MethodGet, app.org.Issuer(), "102"+strconv.Itoa(i)); r.StatusCode != http.StatusOK {
			t.Fatalf("status %d", r.StatusCode)
		}
	}
	if series := b.metrics(); series[`okta_outside_total{kind="front_channel_logout",outcome="unknown_session"}`] != "50" {
		t.Errorf("series %v", series)
	}
}

func TestBackChannelAnswers(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: withSID, env: map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"}})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	sid := b.me()["sid"].(string)
	good := app.org.BackChannelToken(adaID, sid, nil)
	tampered := func(change tampering) string { return app.org.BackChannelToken(adaID, sid, change) }
	for i, body := range []string{
		"", "logout_token=", "logout_token=x.y.z", "logout_token=" + good + "&logout_token=" + good, "logout_token=" + good[:len(good)-4],
		"logout_token=" + tampered(func(header, _ map[string]any) { header["alg"] = "none" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["iss"] = app.org.OrgIssuer() }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["aud"] = "other" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { claims["nonce"] = "x" }),
		"logout_token=" + tampered(func(_, claims map[string]any) { delete(claims, "events") }),
		"logout_token=" + strings.Repeat("a", 70<<10),
	} {
		r := o.send(http.MethodPost, backPath, body, "Content-Type", "application/x-www-form-urlencoded", "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusBadRequest || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%.60q: status %d", body, r.StatusCode)
		}
	}
	if r := o.send(http.MethodPost, backPath, good, "Content-Type", "application/jwt"); r.StatusCode != http.StatusBadRequest {
		t.Errorf("no form: status %d", r.StatusCode)
	}
	if !b.signedIn() {
		t.Fatal("signed out by a token that was refused")
	}
	if r := o.back(good); r.StatusCode != http.StatusOK || r.Header.Get("Cache-Control") != "no-store" || b.signedIn() {
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
			app := start(t, setup{client: withSID, env: onHooks(map[string]string{setting: server.URL()})})
			o, b := outsider{t, app}, app.browser()
			b.signIn(profilePath, ada)
			sid := b.me()["sid"].(string)
			event := app.org.Event("user.session.clear", ada)
			server.Kill()
			for name, r := range map[string]reply{"universal": o.universal(byEmail, nil), "front": o.front("GET", app.org.Issuer(), sid), "hook": o.hook(event)} {
				if r.StatusCode != http.StatusServiceUnavailable || r.Header.Get("Retry-After") == "" {
					t.Errorf("%s: status %d: %s", name, r.StatusCode, r.body)
				}
			}
			if r := o.back(app.org.BackChannelToken(adaID, sid, nil)); r.StatusCode != http.StatusBadRequest {
				t.Errorf("back: status %d", r.StatusCode)
			}
			server.Restart()
			await(t, "/readyz to recover", func() bool { return b.get("/readyz").StatusCode == http.StatusOK })
			if r := o.hook(event); r.StatusCode != http.StatusOK || b.signedIn() {
				t.Errorf("the event again: status %d, signed in %v", r.StatusCode, b.signedIn())
			}
		})
	}
}

// TestOutsideIsFast: a second is what Okta's event hooks may take, though Okta itself
// does not answer.
func TestOutsideIsFast(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	app := start(t, setup{client: rotating, env: onHooks(renewing("SESSION_STORE", server.URL()))})
	o := outsider{t, app}
	for range 3 {
		app.browser().signIn(profilePath, ada)
	}
	app.org.Set(func(k *mockokta.Knobs) {
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
	if r := o.hook(app.org.Event("user.session.clear", ada)); r.StatusCode != http.StatusOK {
		t.Errorf("status %d", r.StatusCode)
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
}

// TestOutsideIsNoted: the log says who was signed out and by what, and holds no token.
func TestOutsideIsNoted(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: withSID, env: onHooks(nil)})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	sid := b.me()["sid"].(string)
	o.universal(byIssSub(app), nil)
	o.front(http.MethodGet, app.org.Issuer(), sid)
	o.back(app.org.BackChannelToken(adaID, sid, nil))
	o.hook(app.org.Event("user.lifecycle.suspend", ada))
	o.universal("", nil)
	for _, reason := range []string{"universal_logout", "front_channel_logout", "back_channel_logout", "user.lifecycle.suspend"} {
		if got := bytes.Count([]byte(app.logs.String()), []byte(`"reason":"`+reason+`"`)); got != 1 {
			t.Errorf("%d lines for %s", got, reason)
		}
	}
	for _, secret := range []string{"eyJ", sid, hookSecret, "of-the-event-hook"} {
		if strings.Contains(app.logs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	series := b.metrics()
	for _, name := range []string{
		`{kind="universal_logout",outcome="ended"}`, `{kind="front_channel_logout",outcome="ended"}`, `{kind="back_channel_logout",outcome="ended"}`,
		`{kind="event_hook",outcome="ended"}`, `{kind="universal_logout",outcome="bad_request"}`,
	} {
		if series["okta_outside_total"+name] != "1" {
			t.Errorf("okta_outside_total%s %q", name, series["okta_outside_total"+name])
		}
	}
}
