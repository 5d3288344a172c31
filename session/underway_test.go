package session_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/session/underway"
)

// attempt is a sign-in that another package's tests look into.
func attempt(state string) underway.Attempt {
	return underway.Attempt{State: state, Nonce: "nonce of " + state, Verifier: "verifier of " + state, ReturnTo: "/" + state, MaxAge: -1}
}

func (b *browser) mustBegin(t testing.TB, a *underway.Attempts, state string) {
	t.Helper()
	w := httptest.NewRecorder()
	if _, err := a.Save(w, b.request(context.Background()), attempt(state)); err != nil {
		t.Fatalf("Save: %v", err)
	}
	b.keep(w.Result().Cookies())
}

func (b *browser) wantTake(t testing.TB, a *underway.Attempts, state string, want error) {
	t.Helper()
	w := httptest.NewRecorder()
	got, err := a.Take(w, b.request(context.Background()), state)
	b.keep(w.Result().Cookies())
	if !errors.Is(err, want) || want == nil && got.Verifier != "verifier of "+state {
		t.Fatalf("Take(%q): %+v, %v, want %v", state, got, err, want)
	}
}
