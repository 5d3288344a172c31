package okta_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

// renewing is a session of somebody who was in the group Admins when it began, at
// a provider whose userinfo answers with what it is told.
type renewing struct {
	*provider
	rp     *okta.RelyingParty
	before okta.Previous
}

func startRenewing(t *testing.T, userinfo string) *renewing {
	t.Helper()
	p := startProvider(t, "/realms/demo")
	p.metadata["userinfo_endpoint"] = p.server.URL + "/userinfo"
	r := &renewing{provider: p, rp: p.relyingParty(nil)}
	r.userinfo(http.StatusOK, userinfo)
	r.before = okta.Previous{
		Claims: map[string]any{
			"iss": p.issuer, "sub": "ada", "aud": []any{clientID}, "nonce": nonce, "auth_time": float64(p.time.Unix()), "acr": "phr",
			"amr": []any{"hwk"}, "sid": "s", "idp": "00o", "groups": []any{"Admins"}, "name": "Ada", "tier": "gold",
		},
		IDToken: "the old ID token", RefreshToken: "the old refresh token",
	}
	return r
}

func (r *renewing) userinfo(status int, body string) {
	r.set(func() {
		r.answers["/userinfo"] = func(w http.ResponseWriter, _ *http.Request) {
			if status == http.StatusForbidden || status == http.StatusUnauthorized {
				w.Header().Set("WWW-Authenticate", body)
			}
			w.WriteHeader(status)
			fmt.Fprint(w, body)
		}
	})
}

// forServices has tokens asked for that are for services.
func (r *renewing) forServices() {
	r.rp = r.relyingParty(func(cfg *config.Config) { cfg.Resources = []string{"https://api.example"} })
}

func shown(t *testing.T, claims map[string]any, names ...string) string {
	t.Helper()
	picked := map[string]any{}
	for _, name := range names {
		if value, ok := claims[name]; ok {
			picked[name] = value
		}
	}
	text, err := json.Marshal(picked)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestRenewCarriesNothingOver: what the person was before is not what the person is.
func TestRenewCarriesNothingOver(t *testing.T) {
	t.Parallel()
	type changes = map[string]any
	person := []string{"groups", "name", "tier"}
	for name, tc := range map[string]struct {
		tokens   changes // over good ones; the ID token without a nonce is the default
		userinfo string
		want     string
	}{
		"all from userinfo":                                   {nil, `{"sub":"ada","groups":["Staff"],"name":"Ada L."}`, `{"groups":["Staff"],"name":"Ada L."}`},
		"userinfo has no groups":                              {nil, `{"sub":"ada","name":"Ada L."}`, `{"name":"Ada L."}`},
		"no ID token":                                         {changes{"id_token": nil}, `{"sub":"ada","groups":["Staff"]}`, `{"groups":["Staff"]}`},
		"no ID token, nothing to tell":                        {changes{"id_token": nil}, `{"sub":"ada"}`, `{}`},
		"an ID token of null":                                 {changes{"id_token": json.RawMessage("null")}, `{"sub":"ada"}`, `{}`},
		"userinfo states protocol":                            {changes{"id_token": nil}, `{"sub":"ada","acr":"0","amr":["x"],"auth_time":1}`, `{}`},
		"userinfo states protocol that the ID token does not": {nil, `{"sub":"ada","azp":"x","sid":"x","idp":"x","name":"Ada"}`, `{"name":"Ada"}`},
		"userinfo with digits of its own":                     {nil, `{"sub":"ada","name":281674916028284931}`, `{"name":281674916028284931}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRenewing(t, tc.userinfo)
			r.answer(changes{"id_token": r.idToken(changes{"nonce": nil, "acr": "phr"}), "refresh_token": "the new refresh token"})
			r.set(func() { r.overlay(r.tokens, tc.tokens) })
			id, err := r.rp.Renew(t.Context(), r.before)
			if err != nil || id.UserinfoError != nil {
				t.Fatal(err, id.UserinfoError)
			}
			if got := shown(t, id.Claims, person...); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			if _, sent := tc.tokens["id_token"]; !sent && shown(t, id.Claims, "azp", "sid", "idp") != "{}" {
				t.Errorf("got %v", id.Claims)
			}
			if id.Subject() != "ada" || id.Claims["acr"] != "phr" || id.RefreshToken != "the new refresh token" {
				t.Errorf("got %+v", id)
			}
			if _, sent := tc.tokens["id_token"]; sent != (id.IDToken == r.before.IDToken) {
				t.Errorf("ID token %s", id.IDToken)
			}
			if got, ok := id.Claims["auth_time"]; !ok || got == json.Number("1") {
				t.Errorf("auth_time %v", got)
			}
		})
	}
}

// TestRenewFailsButKeepsTheTokens: the refresh token may have been rotated.
func TestRenewFailsButKeepsTheTokens(t *testing.T) {
	t.Parallel()
	type changes = map[string]any
	for name, tc := range map[string]struct {
		tokens   changes
		prepare  func(r *renewing)
		is       error
		isStatus bool
	}{
		"userinfo away":    {prepare: func(r *renewing) { r.userinfo(503, "") }, is: okta.ErrUnreachable, isStatus: true},
		"userinfo refuses": {prepare: func(r *renewing) { r.userinfo(401, `Bearer error="invalid_token"`) }, isStatus: true},
		"userinfo refuses a token for a service, for another reason": {prepare: func(r *renewing) {
			r.forServices()
			r.userinfo(401, `DPoP error="invalid_dpop_proof"`)
		}, isStatus: true},
		"no ID token, and the access token is for a service": {tokens: changes{"id_token": nil}, prepare: func(r *renewing) {
			r.forServices()
			r.userinfo(401, `Bearer error="invalid_token"`)
		}, is: okta.ErrUntrusted},
		"userinfo forbids":           {prepare: func(r *renewing) { r.userinfo(403, `Bearer error="invalid_token"`) }, isStatus: true},
		"userinfo is HTML":           {prepare: func(r *renewing) { r.userinfo(200, "<html>") }, is: okta.ErrUntrusted},
		"userinfo of another person": {prepare: func(r *renewing) { r.userinfo(200, `{"sub":"grace"}`) }, is: okta.ErrUntrusted},
		"userinfo of nobody":         {prepare: func(r *renewing) { r.userinfo(200, `null`) }, is: okta.ErrUntrusted},
		"no ID token, userinfo away": {tokens: changes{"id_token": nil}, prepare: func(r *renewing) { r.userinfo(503, "") }, is: okta.ErrUnreachable, isStatus: true},
		"no ID token, no userinfo for these scopes": {tokens: changes{"id_token": nil}, prepare: func(r *renewing) {
			r.userinfo(403, `Bearer error="insufficient_scope"`)
		}, is: okta.ErrUntrusted},
		"no ID token, no userinfo at all": {tokens: changes{"id_token": nil}, prepare: func(r *renewing) { r.metadata["userinfo_endpoint"] = nil }, is: okta.ErrUntrusted},
		"token_type missing":              {tokens: changes{"token_type": nil}, is: okta.ErrUntrusted},
		"token_type DPoP":                 {tokens: changes{"token_type": "DPoP"}, is: okta.ErrUntrusted},
		"keys away": {prepare: func(r *renewing) {
			r.answers["/keys"] = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }
		}, is: okta.ErrUnreachable, isStatus: true},
		"an ID token that is none": {tokens: changes{"id_token": "x"}, is: okta.ErrForeign},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRenewing(t, `{"sub":"ada"}`)
			r.answer(changes{"id_token": r.idToken(changes{"nonce": nil}), "refresh_token": "the new refresh token"})
			r.set(func() { r.overlay(r.tokens, tc.tokens) })
			if tc.prepare != nil {
				tc.prepare(r)
			}
			id, err := r.rp.Renew(t.Context(), r.before)
			if err == nil || tc.is != nil && !errors.Is(err, tc.is) || tc.isStatus != errors.As(err, new(*okta.StatusError)) {
				t.Errorf("got %v", err)
			}
			if id.Claims != nil || id.RefreshToken != "the new refresh token" || id.AccessToken != "access" || id.IDToken != r.before.IDToken {
				t.Errorf("got %+v", id)
			}
			if want := r.time.Add(5 * time.Minute); !id.AccessTokenExpiry.Equal(want) {
				t.Errorf("expires %v, want %v", id.AccessTokenExpiry, want)
			}
		})
	}
}

// TestUserinfoThatHasNothingToTell is no error: Okta refuses it for the scope openid
// alone, and others have none, or none for a token that is for other services.
func TestUserinfoThatHasNothingToTell(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(r *renewing){
		"insufficient_scope": func(r *renewing) {
			r.userinfo(403, `Bearer error="insufficient_scope", error_description="The access token must provide access to more"`)
		},
		"no endpoint": func(r *renewing) { r.metadata["userinfo_endpoint"] = nil },
		"a token for a service": func(r *renewing) {
			r.forServices()
			r.userinfo(401, `Bearer error="invalid_token", error_description="token audience prevents accessing the userinfo endpoint"`)
		},
	} {
		r := startRenewing(t, "")
		prepare(r)
		r.answer(nil)
		if id, err := r.rp.SignIn(t.Context(), "code", attempt()); err != nil || id.UserinfoError != nil {
			t.Errorf("%s: sign in: %v, %v", name, err, id.UserinfoError)
		}
		id, err := r.rp.Renew(t.Context(), r.before)
		if got := shown(t, id.Claims, "groups", "name", "sub"); err != nil || got != `{"sub":"ada"}` {
			t.Errorf("%s: renew: %s, %v", name, got, err)
		}
	}
}

func TestRenewIsOfTheSameSignIn(t *testing.T) {
	t.Parallel()
	type changes = map[string]any
	now := time.Now().Unix()
	for name, tc := range map[string]struct {
		claims changes
		ok     bool
	}{
		"the same":                    {nil, true},
		"no nonce":                    {changes{"nonce": nil}, true},
		"no auth_time":                {changes{"auth_time": nil}, true},
		"another nonce":               {changes{"nonce": "x"}, false},
		"a nonce of null":             {changes{"nonce": json.RawMessage("null")}, true},
		"another sub":                 {changes{"sub": "grace"}, false},
		"a sub of another type":       {changes{"sub": 1}, false},
		"another aud as well":         {changes{"aud": []string{clientID, "x"}, "azp": clientID}, false},
		"an azp that was not there":   {changes{"azp": clientID}, false},
		"another auth_time":           {changes{"auth_time": now - 3600}, false},
		"an auth_time that is a word": {changes{"auth_time": "now"}, false},
		"an exponent in auth_time":    {changes{"auth_time": json.RawMessage(fmt.Sprintf("%d.0e0", now))}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := startRenewing(t, `{"sub":"ada"}`)
			r.time = time.Unix(now, 0)
			r.before.Claims["auth_time"] = float64(now) // as a session may have decoded it
			r.answer(changes{"id_token": r.idToken(tc.claims)})
			if azp, ok := tc.claims["azp"]; ok && strings.HasPrefix(name, "another aud") {
				r.before.Claims["azp"] = azp
			}
			id, err := r.rp.Renew(t.Context(), r.before)
			if tc.ok != (err == nil) || !tc.ok && !errors.Is(err, okta.ErrForeign) || !tc.ok && id.Claims != nil {
				t.Errorf("got %v, %+v", err, id.Claims)
			}
		})
	}
}
