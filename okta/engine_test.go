package okta_test

import (
	"errors"
	"net/http"
	"testing"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
)

func TestInteractionCodeIsRedeemed(t *testing.T) {
	t.Parallel()
	p := startProvider(t, "")
	rp, a := p.relyingParty(nil), attempt()
	p.answer(nil)
	id, err := rp.SignInByInteraction(t.Context(), "the interaction", a)
	if err != nil || id.Subject() != "ada" {
		t.Fatalf("got %+v, %v", id, err)
	}
	form := p.forms["/token"]
	if form.Get("grant_type") != "interaction_code" || form.Get("interaction_code") != "the interaction" || form.Get("code") != "" || form.Get("code_verifier") != a.Verifier {
		t.Errorf("asked with %v", form)
	}
	p.answer(map[string]any{"id_token": p.idToken(map[string]any{"nonce": "another"})})
	if _, err := rp.SignInByInteraction(t.Context(), "the interaction", a); !errors.Is(err, okta.ErrBadToken) {
		t.Errorf("with another nonce: %v", err)
	}
}

func TestIsClassic(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		status  int
		body    string
		setting string
		want    bool
		err     error
	}{
		"classic":             {status: 200, body: `{"pipeline":"v1"}`, want: true},
		"identity":            {status: 200, body: `{"pipeline":"idx"}`},
		"says nothing":        {status: 200, body: `{}`},
		"no such document":    {status: 404},
		"no JSON":             {status: 200, body: "<html>"},
		"another type":        {status: 200, body: `{"pipeline":7}`},
		"away":                {status: 503, err: okta.ErrUnreachable},
		"overruled":           {status: 200, body: `{"pipeline":"v1"}`, setting: "identity"},
		"overruled, and away": {status: 503, setting: "classic", want: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startProvider(t, "/oauth2/default")
			p.answers["/.well-known/okta-organization"] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tc.status)
				w.Write([]byte(tc.body))
			}
			rp := p.relyingParty(func(cfg *config.Config) { cfg.Engine = tc.setting })
			got, err := rp.IsClassic(t.Context())
			if got != tc.want || !errors.Is(err, tc.err) || (tc.err == nil) != (err == nil) {
				t.Errorf("got %t, %v", got, err)
			}
		})
	}
}
