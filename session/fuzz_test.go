package session_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"example.com/okta-gin/session/underway"
)

// FuzzPlanted: whatever cookies stand around ours, ours is found, and nothing else.
func FuzzPlanted(f *testing.F) {
	clock := newClock()
	sessions := newCookies(f, options(clock))
	a := newApp(sessions)
	small, large := newBrowser(), newBrowser()
	small.signIn(f, a, ann())
	large.signIn(f, a, annWithRandom(12<<10))
	state := map[*browser]string{}
	for _, b := range []*browser{small, large} {
		b.mustBegin(f, sessions.Attempts(), "state")
		w := httptest.NewRecorder()
		state[b], _ = sessions.SignOuts().Begin(w, underway.SignOut{Everywhere: true})
		b.keep(w.Result().Cookies())
	}
	sealed := large.cookies["okta_session"]
	for _, planted := range []string{
		"", ";", "=", "a=b", "okta_session=", "okta_session", "okta_session=1.", "okta_session=5." + strings.Repeat("A", 3898),
		"okta_session=" + sealed, "okta_session=1" + sealed[1:], "okta_session_1=AAAAAAAA.x; okta_session_4=" + sealed[2:10],
		"okta_session_signout=AQ", "okta_session_attempt_=x; okta_session_attempt_AAAAAAAAAAAAAAAA=AQ", "\u2000okta_session=x", "okta_session=\x00\r\n",
		"okta_session=" + small.cookies["okta_session"][:100],
	} {
		f.Add(planted, true)
		f.Add(planted, false)
	}
	f.Fuzz(func(t *testing.T, planted string, isLarge bool) {
		b := small
		if isLarge {
			b = large
		}
		if strings.Contains(planted, b.cookies["okta_session"][2:10]) {
			return // nobody else knows the tag of ours
		}
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
		r.Header.Set("Cookie", planted+"; "+b.request(t.Context()).Header.Get("Cookie")+"; "+planted)
		w := httptest.NewRecorder()
		if s, err := sessions.Current(w, r); err != nil || s.Subject != "00uann" {
			t.Errorf("Current: %v", err)
		}
		if !sessions.Attempts().Has(r, "state") {
			t.Error("the attempt is hidden")
		}
		if _, err := sessions.Attempts().Save(w, r, attempt("next")); err != nil {
			t.Error(err)
		}
		if out, ok := sessions.SignOuts().Finish(w, r, state[b]); !ok || !out.Everywhere {
			t.Error("the sign-out is hidden")
		}
		for _, line := range w.Header()["Set-Cookie"] {
			name, _, _ := strings.Cut(line, "=")
			if strings.ContainsAny(line, "\r\n\x00") || name == "okta_session" {
				t.Errorf("Set-Cookie %q", line)
			}
			if _, ours := b.cookies[name]; ours && !slices.Contains([]string{"okta_session_signout"}, name) {
				t.Errorf("%s was touched", name)
			}
		}
	})
}
