package underway_test

import (
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/session/underway"
)

// FuzzSignOutFinish: only the state that Begin returned, with the cookie that it set.
func FuzzSignOutFinish(f *testing.F) {
	o := options(newClock())
	o.Secrets = [][]byte{make([]byte, 32)}
	rand.Read(o.Secrets[0]) // of this process alone: each that fuzzes has a genuine state of its own
	sessions, b := newCookies(f, o), newBrowser()
	w := httptest.NewRecorder()
	genuine, _ := sessions.SignOuts().Begin(w, underway.SignOut{})
	b.keep(w.Result().Cookies())
	header := b.request(f.Context()).Header.Get("Cookie")
	f.Add(header, genuine)
	f.Add(header, "")
	f.Add(header, genuine[1:])
	f.Add("okta_session_signout=", genuine)
	f.Add(header[:len(header)-1], genuine)
	f.Fuzz(func(t *testing.T, header, state string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", header)
		if _, ok := sessions.SignOuts().Finish(httptest.NewRecorder(), r, state); ok && state != genuine {
			t.Errorf("finished with %q", state)
		}
	})
}
