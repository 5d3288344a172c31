package session_test

import (
	"testing"

	"example.com/okta-gin/session"
)

// TestTakeSecrets replaces the secrets of sessions in use: what both open goes on, and
// is sealed anew; what is sealed under a secret that is gone is nobody's, also where it
// was opened before; secrets that can't be used change nothing.
func TestTakeSecrets(t *testing.T) {
	t.Parallel()
	onBothStores(t, func(t *testing.T, open func(session.Options) *session.Sessions) {
		sessions := open(options(newClock()))
		a := newApp(sessions)
		b, before := newBrowser(), newBrowser()
		b.signIn(t, a, ann())
		copied := b.copied()
		take := func(secrets ...[]byte) {
			t.Helper()
			if err := sessions.TakeSecrets(secrets); err != nil {
				t.Fatal(err)
			}
		}
		b.wantSignedIn(t, a)
		take(secretB, secretA)
		copied.copied().wantSignedIn(t, a) // remembered as opened by the old one
		if _, cookies, err := b.get(a); err != nil || len(cookies) != 1 {
			t.Fatalf("with both secrets: %v, cookies %v", err, cookies)
		}
		for _, bad := range [][][]byte{nil, {[]byte("short")}, {secretA, []byte("short")}} {
			if sessions.TakeSecrets(bad) == nil {
				t.Errorf("%q is taken", bad)
			}
		}
		before.signIn(t, a, ann())
		take(secretB)
		b.wantSignedIn(t, a)
		before.wantSignedIn(t, a)
		copied.wantSignedOut(t, a)
		take(secretA)
		b.wantSignedOut(t, a)
	})
}
