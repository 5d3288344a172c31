package mockokta_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"example.com/okta-gin/mockokta"
)

func logoutParams(hint any, changes map[string]string) url.Values {
	params := url.Values{"post_logout_redirect_uri": {signOut}, "state": {"bye"}}
	if hint != nil {
		params.Set("id_token_hint", hint.(string))
	}
	for name, value := range changes {
		params.Del(name)
		if value != "" {
			params.Set(name, value)
		}
	}
	return params
}

func (b *browser) signedIn() bool {
	return b.authorize(map[string]string{"prompt": "none"}).redirect(b.t, callback).Has("code")
}

func TestLogout(t *testing.T) {
	t.Parallel()
	for name, method := range map[string]string{"by link": http.MethodGet, "by form": http.MethodPost} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := newClock()
			b := newBrowser(t, start(t, mockokta.Options{Now: now.Now}))
			hint := b.tokens("ada@acme.test", "openid")["id_token"]
			now.add(90 * time.Minute) // the hint has expired
			if !b.signedIn() {
				t.Fatal("no session")
			}
			call := func() reply {
				if method == http.MethodPost {
					return b.post(b.as+"/v1/logout", logoutParams(hint, nil))
				}
				return b.get(b.as + "/v1/logout?" + logoutParams(hint, nil).Encode())
			}
			if answer := call().redirect(t, signOut); answer.Get("state") != "bye" {
				t.Errorf("state %v", answer)
			}
			if b.signedIn() {
				t.Error("the session goes on")
			}
			call().redirect(t, signOut) // without a session too
		})
	}
}

func TestLogoutVariants(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	hint := b.tokens("ada@acme.test", "openid")["id_token"]
	b.org.RotateKeys()
	if got := b.get(b.as + "/v1/logout?" + logoutParams(hint, map[string]string{"state": ""}).Encode()); got.Header.Get("Location") != signOut {
		t.Errorf("without state: %d %q", got.StatusCode, got.Header.Get("Location"))
	}
	if got := b.get(b.as + "/v1/logout?" + url.Values{"id_token_hint": {hint.(string)}}.Encode()); got.Header.Get("Location") != "/login/login.htm" {
		t.Errorf("without a URI: %q", got.Header.Get("Location"))
	}
	b.signIn("ada@acme.test", nil)
	crossSite := http.Header{"Sec-Fetch-Site": {"cross-site"}}
	other := newBrowser(t, b.org) // as a browser that keeps its cookies out of a cross-site post
	bounced := other.do(http.MethodPost, b.org.URL()+b.as+"/v1/logout", logoutParams(hint, nil), crossSite)
	location := bounced.Header.Get("Location")
	if bounced.StatusCode != http.StatusSeeOther || strings.Contains(location, hint.(string)) {
		t.Fatalf("bounced: %d %q", bounced.StatusCode, location)
	}
	b.get(location).redirect(t, signOut)
	if b.signedIn() {
		t.Error("the session outlived a posted sign-out")
	}
	b.org.Set(func(k *mockokta.Knobs) { k.Interstitial = true })
	page := b.get(b.as + "/v1/logout?" + logoutParams(hint, nil).Encode())
	if page.StatusCode != http.StatusOK || page.doc(t).Find("a#continue").AttrOr("href", "") != signOut+"?state=bye" {
		t.Errorf("interstitial: %d %s", page.StatusCode, page.body)
	}
}

func TestLogoutErrors(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	tokens := b.tokens("ada@acme.test", "openid")
	claims := claimsOf(t, tokens["id_token"])
	with := func(name string, value any) map[string]any {
		changed := map[string]any{}
		for k, v := range claims {
			changed[k] = v
		}
		changed[name] = value
		return changed
	}
	for name, tt := range map[string]struct {
		hint    any
		changes map[string]string
		code    string
		text    string
	}{
		"no hint":           {nil, nil, "invalid_token", "The id token is invalid."},
		"client_id alone":   {nil, map[string]string{"client_id": mockokta.DefaultClientID}, "invalid_token", "The id token is invalid."},
		"garbage":           {"x", nil, "invalid_token", "The id token is invalid."},
		"forged":            {b.org.Forge(claims, nil), nil, "invalid_token", "The id token is invalid."},
		"unsigned":          {b.org.Sign(claims, map[string]any{"alg": "none"}), nil, "invalid_token", "The id token is invalid."},
		"access token":      {tokens["access_token"], nil, "invalid_token", "The id token is invalid."},
		"of another issuer": {b.org.Sign(with("iss", "https://other.example"), nil), nil, "invalid_token", "The id token is invalid."},
		"of another AS":     {b.org.Sign(with("iss", b.org.OrgIssuer()), nil), nil, "invalid_token", "The id token is invalid."},
		"unregistered URI":  {tokens["id_token"], map[string]string{"post_logout_redirect_uri": "https://evil.example"}, "invalid_request", "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings: "},
		"someone else's":    {b.org.Sign(with("sub", "00u9mockGraceHop15d7"), nil), nil, "id_token_does_not_match_session", "The ID token subject does not match the current session's user."},
	} {
		t.Run(name, func(t *testing.T) {
			got := b.get(b.as + "/v1/logout?" + logoutParams(tt.hint, tt.changes).Encode())
			doc := got.doc(t)
			if got.StatusCode != http.StatusBadRequest || doc.Find("#error-code").Text() != tt.code || !strings.HasPrefix(doc.Find("#error-description").Text(), tt.text) {
				t.Errorf("got %d %s", got.StatusCode, doc.Find("dl").Text())
			}
			if !b.signedIn() {
				t.Error("the session is over")
			}
		})
	}
}

func TestLogoutRefusesDuplicates(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	params := logoutParams(b.tokens("ada@acme.test", "openid")["id_token"], nil)
	params.Add("state", "again")
	if got := b.get(b.as + "/v1/logout?" + params.Encode()); got.StatusCode != http.StatusBadRequest || !b.signedIn() {
		t.Errorf("got %d", got.StatusCode)
	}
}

func TestFrontChannelLogout(t *testing.T) {
	t.Parallel()
	app := func(id string) mockokta.Client {
		return mockokta.Client{ID: id, FrontChannelLogoutURI: "http://localhost:9090/" + id, RedirectURIs: []string{callback}, Secret: "x"}
	}
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{mockokta.DefaultClient(), app("custom"), app("own"), app("elsewhere"), app("idle")}}))
	hint := b.tokens("ada@acme.test", "openid")["id_token"]
	if claimsOf(t, hint)["sid"] != nil {
		t.Error("sid for an app without front-channel logout")
	}
	join := func(b *browser, client string) any {
		code := b.authorize(map[string]string{"client_id": client}).redirect(t, callback).Get("code")
		return claimsOf(t, b.token(tokenParams(code, map[string]string{"client_id": client, "client_secret": "x"})).json(t)["id_token"])["sid"]
	}
	sids := map[string]any{b.org.Issuer(): join(b, "custom"), b.org.OrgIssuer(): join(b.atOrg(), "own")}
	other := newBrowser(t, b.org) // another session of the same person
	other.signIn("ada@acme.test", nil)
	if sid := join(other, "elsewhere"); sid == sids[b.org.Issuer()] || len(sid.(string)) != 25 {
		t.Errorf("sid %v of another session", sid)
	}

	page := b.get(b.as + "/v1/logout?" + logoutParams(hint, nil).Encode())
	var called []string
	page.doc(t).Find("iframe").Each(func(_ int, frame *goquery.Selection) {
		u, err := url.Parse(frame.AttrOr("src", ""))
		if err != nil || u.Query().Get("sid") == "" || u.Query().Get("sid") != sids[u.Query().Get("iss")] {
			t.Errorf("frame %v, sids %v, error %v", u, sids, err)
		}
		called = append(called, u.Path+" "+u.Query().Get("iss"))
	})
	if want := []string{"/custom " + b.org.Issuer(), "/own " + b.org.OrgIssuer()}; !slices.Equal(called, want) {
		t.Errorf("called %v, want %v", called, want)
	}
	if csp := page.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "frame-src http://localhost:9090") {
		t.Errorf("policy %q", csp)
	}
}

func TestFrontChannelLogoutLeavesOutWhoAsked(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.FrontChannelLogoutURI = "http://localhost:8080/front"
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	hint := b.tokens("ada@acme.test", "openid")["id_token"]
	b.get(b.as+"/v1/logout?"+logoutParams(hint, nil).Encode()).redirect(t, signOut) // and no page with frames
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	b := newBrowser(t, start(t, mockokta.Options{}))
	doc := b.get("/").doc(t)
	tile, err := url.Parse(doc.Find("[data-se=app-card]").AttrOr("href", ""))
	if err != nil || tile.Host != "localhost:8080" || tile.Query().Get("iss") != b.org.OrgIssuer() || doc.Find("#person").Length() != 0 {
		t.Errorf("tile %v: %v", tile, err)
	}
	page := b.get("/login/login.htm")
	if got := b.submit(page, "grace@acme.test", "correct-horse-grace"); got.Header.Get("Location") != "/" {
		t.Errorf("signed in to %q", got.Header.Get("Location"))
	}
	if person := b.get("/").doc(t).Find("#person").Text(); person != "Grace Hopper" {
		t.Errorf("person %q", person)
	}
	b.post("/login/signout", url.Values{})
	if b.signedIn() {
		t.Error("still signed in")
	}
}
