package signout_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

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
