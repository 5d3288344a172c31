package conformance_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

const (
	logoutPath    = "/authorization-code/logout"
	signedOutPath = "/authorization-code/signed-out"
	frontPath     = "/authorization-code/front-channel-logout"
	backPath      = "/authorization-code/back-channel-logout"
)

const logoutEvent = "http://schemas.openid.net/event/backchannel-logout"

// oidcc-client-test-rp-init-logout: the client signs in, then calls the end session endpoint. The provider comes
// back to the post-logout redirect URI with the client's state.
func testLogout(r *run) {
	a := r.signsOut(nil)
	if a.Request.URL.String() != r.URL+signedOutPath || !strings.Contains(a.body, "so has the one at Okta") {
		r.Errorf("it ends at %s: %s", a.Request.URL, a.body)
	}
}

// oidcc-client-test-rp-init-logout-other-state: the provider comes back with another state. The client must notice:
// this one says of nothing that it has ended.
func testLogoutOtherState(r *run) {
	r.comesBack(func(query url.Values) { query.Set("state", query.Get("state")+"1") })
}

// oidcc-client-test-rp-init-logout-no-state: the provider comes back without the state. The client must notice.
func testLogoutNoState(r *run) { r.comesBack(func(query url.Values) { query.Del("state") }) }

func (r *run) comesBack(bend func(url.Values)) {
	r.Helper()
	a := r.signsOut(bend)
	if a.StatusCode != http.StatusOK || a.Request.URL.String() != r.URL+signedOutPath || strings.Contains(a.body, "so has the one at Okta") {
		r.Errorf("status %d at %s: %s", a.StatusCode, a.Request.URL, a.body)
	}
}

// oidcc-client-test-rp-frontchannel-rpinitlogout: while it ends the session, the provider loads the client's
// front-channel logout URI in a frame, with iss and sid.
func testFrontChannel(r *run) {
	r.accepted(r.browser.open(closedPath), closedPath)
	query := url.Values{"iss": {r.org.Issuer()}, "sid": {r.claim("sid")}}
	resp, err := http.Get(r.URL + frontPath + "?" + query.Encode()) // without cookies, as in a frame
	if err != nil {
		r.Fatal(err)
	}
	defer resp.Body.Close()
	csp := resp.Header.Get("Content-Security-Policy")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Cache-Control") != "no-store" || resp.Header.Get("X-Frame-Options") != "" || !strings.HasSuffix(csp, "frame-ancestors "+r.org.URL()) {
		r.Errorf("status %d, headers %v", resp.StatusCode, resp.Header)
	}
	r.isOut()
	r.signsOut(nil)
}

// oidcc-client-test-rp-backchannel-rpinitlogout: while it ends the session, the provider posts a logout token. The
// client must answer 200, and end the session.
func testBackChannel(r *run) {
	r.accepted(r.browser.open(closedPath), closedPath)
	if status := r.postsLogout(nil); status != http.StatusOK {
		r.Errorf("status %d", status)
	}
	r.isOut()
	r.signsOut(nil)
}

// oidcc-client-test-rp-backchannel-rpinitlogout-alg-none: the logout token is not signed. The client must answer 400,
// as it must in the modules below.
func testBackChannelUnsigned(r *run) {
	r.refusesLogout(func(header, _ map[string]any) { header["alg"] = "none" })
}

// …-no-event: the logout token has no events.
func testBackChannelNoEvent(r *run) {
	r.refusesLogout(func(_, claims map[string]any) { delete(claims, "events") })
}

// …-wrong-event: the logout token's events are others.
func testBackChannelWrongEvent(r *run) {
	r.refusesLogout(func(_, claims map[string]any) { claims["events"] = map[string]any{logoutEvent + "1": map[string]any{}} })
}

// …-with-nonce: the logout token has a nonce.
func testBackChannelWithNonce(r *run) {
	r.refusesLogout(func(_, claims map[string]any) { claims["nonce"] = "a nonce" })
}

// …-wrong-alg: the logout token is signed with another algorithm than ID tokens are.
func testBackChannelWrongAlgorithm(r *run) {
	r.refusesLogout(func(header, _ map[string]any) { header["alg"] = "PS256" })
}

// …-wrong-aud: the logout token is for another client.
func testBackChannelWrongAudience(r *run) {
	r.refusesLogout(func(_, claims map[string]any) { claims["aud"] = claims["aud"].(string) + "1" })
}

// …-wrong-iss: the logout token is of another issuer.
func testBackChannelWrongIssuer(r *run) {
	r.refusesLogout(func(_, claims map[string]any) { claims["iss"] = claims["iss"].(string) + "1" })
}

// refusesLogout demands a 400 for a bent logout token, and that the session goes on until the person ends it.
func (r *run) refusesLogout(bend func(header, claims map[string]any)) {
	r.Helper()
	r.accepted(r.browser.open(closedPath), closedPath)
	if status := r.postsLogout(bend); status != http.StatusBadRequest {
		r.Errorf("status %d, want 400", status)
	}
	r.accepted(r.browser.open(closedPath), closedPath)
	r.signsOut(nil)
}

// postsLogout posts a logout token to the app and returns the status.
func (r *run) postsLogout(bend func(header, claims map[string]any)) int {
	r.Helper()
	status, err := r.org.BackChannelLogout(r.Context(), r.URL+backPath, r.org.BackChannelToken(subject, r.claim("sid"), bend))
	if err != nil {
		r.Fatal(err)
	}
	return status
}

// isOut demands that nobody is signed in to the app.
func (r *run) isOut() {
	r.Helper()
	if a := r.browser.get(profilePath); a.StatusCode == http.StatusOK {
		r.Errorf("somebody is signed in: %s", a.body)
	}
}

// signsOut signs in where nobody is, out again, and returns the page where that ends. bend changes the provider's way
// back. It demands that the end session endpoint is asked as OpenID Connect RP-Initiated Logout 1.0 section 2 has it.
func (r *run) signsOut(bend func(url.Values)) answer {
	r.Helper()
	r.accepted(r.browser.open(closedPath), closedPath)
	action, err := url.Parse(r.URL + logoutPath)
	if err != nil {
		r.Fatal(err)
	}
	a := r.browser.post(r.URL, action, url.Values{})
	for range 8 {
		next := a.Header.Get("Location")
		if next == "" {
			next = refresh(r, a)
		}
		if next == "" {
			break
		}
		to := a.resolve(r, next)
		if bend != nil && strings.HasPrefix(to.String(), r.URL+signedOutPath+"?") {
			query := to.Query()
			bend(query)
			to.RawQuery = query.Encode()
		}
		a = r.browser.get(to.String())
	}
	asked := r.record.of("logout")
	if len(asked) != 1 {
		r.Fatalf("%d requests to the end session endpoint", len(asked))
	}
	query := asked[0].query
	if query.Get("id_token_hint") == "" || query.Get("post_logout_redirect_uri") != r.URL+signedOutPath || query.Get("state") == "" {
		r.Errorf("end session: %v", query)
	}
	r.isOut()
	return a
}

// refresh is where a page goes on by itself.
func refresh(t testing.TB, a answer) string {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil && err != io.EOF {
		t.Fatal(err)
	}
	_, target, _ := strings.Cut(doc.Find(`meta[http-equiv="refresh"]`).AttrOr("content", ""), "url=")
	return target
}
