package auth_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// TestTokensOfNoSessionAreGivenBack: where Okta gave tokens and the sign-in comes to nothing
// all the same, Okta is told to forget them, by one request. Nobody waits for that, and
// nothing is sent for a sign-in that Okta refused itself.
func TestTokensOfNoSessionAreGivenBack(t *testing.T) {
	t.Parallel()
	plain := func(k *mockokta.Knobs) {
		k.TamperToken = func(answer map[string]any) { answer["token_type"] = "Bearer" }
	}
	for name, tc := range map[string]struct {
		env  map[string]string
		hook func(context.Context, *auth.SignIn) error
		knob func(*mockokta.Knobs)
		want string // the token's kind
	}{
		"plain, though bound ones were asked for": {dpopOn(nil), nil, plain, "refresh_token"},
		"plain, without a refresh token":          {map[string]string{"OKTA_DPOP": "on"}, nil, plain, "access_token"},
		"a bad ID token": {renewing, nil, func(k *mockokta.Knobs) {
			k.TamperIDToken = func(_, claims map[string]any) { claims["aud"] = "another" }
		}, "refresh_token"},
		"no ID token": {renewing, nil, func(k *mockokta.Knobs) {
			k.TamperToken = func(answer map[string]any) { delete(answer, "id_token") }
		}, "refresh_token"},
		"refused by the app": {renewing, func(context.Context, *auth.SignIn) error { return errors.New("no") }, func(*mockokta.Knobs) {}, "refresh_token"},
		"refused by Okta": {renewing, nil, func(k *mockokta.Knobs) {
			k.Refuse = map[string]mockokta.Refusal{"token": {Status: 400, Code: "access_denied"}}
		}, ""},
		"none": {renewing, nil, func(*mockokta.Knobs) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := start(t, setup{env: tc.env, app: page(t), options: func(o *auth.Options) { o.Hooks.SignedIn = tc.hook }})
			given := map[string]string{}
			var mu sync.Mutex
			var asked []string
			h.org.Set(func(k *mockokta.Knobs) {
				tc.knob(k)
				tamper := k.TamperToken
				k.TamperToken = func(answer map[string]any) {
					mu.Lock()
					defer mu.Unlock()
					for _, kind := range []string{"refresh_token", "access_token"} {
						given[kind], _ = answer[kind].(string)
					}
					if tamper != nil {
						tamper(answer)
					}
				}
				k.Intercept = func(endpoint string, _ http.ResponseWriter, r *http.Request) bool {
					if endpoint == "revoke" {
						mu.Lock()
						defer mu.Unlock()
						asked = append(asked, r.PostFormValue("token_type_hint")+" "+r.PostFormValue("token"))
					}
					return endpoint == "revoke"
				}
			})
			h.browser().Arrive("/closed", testkit.Ada)
			if tc.want != "" {
				testkit.Await(t, "the tokens are given back", func() bool { return h.org.Count("revoke") == 1 })
			}
			mu.Lock()
			defer mu.Unlock()
			want := ""
			if tc.want != "" {
				want = tc.want + " " + given[tc.want]
			}
			if got := strings.Join(asked, ", "); got != want || strings.HasSuffix(want, " ") {
				t.Errorf("asked to revoke %q, want %q", got, want)
			}
			for _, token := range given {
				if token != "" && strings.Contains(h.logs.String(), token) {
					t.Error("a token is in the log")
				}
			}
		})
	}
}
