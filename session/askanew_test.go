package session_test

import (
	"testing"
	"time"

	"example.com/okta-gin/session"
)

// TestAskAnew: from when on a person must have authenticated is remembered for as long
// as a session at Okta may be there, for that person alone.
func TestAskAnew(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		clock := newClock()
		sessions := open(options(clock))
		if from, err := sessions.AuthenticatedFrom(t.Context(), "00uann"); err != nil || !from.IsZero() {
			t.Errorf("before: %v, %v", from, err)
		}
		asked := clock.Now()
		if err := sessions.AskAnew(t.Context(), "00uann"); err != nil {
			t.Fatal(err)
		}
		clock.Add(300 * 24 * time.Hour)
		if from, err := sessions.AuthenticatedFrom(t.Context(), "00uann"); err != nil || from.Before(asked) || from.After(asked.Add(time.Microsecond)) {
			t.Errorf("afterwards: %v, %v, want %v", from, err, asked)
		}
		if from, err := sessions.AuthenticatedFrom(t.Context(), "00ubob"); err != nil || !from.IsZero() {
			t.Errorf("of somebody else: %v, %v", from, err)
		}
	})
}
