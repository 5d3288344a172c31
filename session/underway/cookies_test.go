package underway_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"example.com/okta-gin/session/underway"
)

// A neighbour host can set a cookie for the whole domain, but none whose name
// begins with __Host-. To a parser that trims more than HTTP does, a name with a
// strange blank in front looks like one.
func TestCookieNamesAreTakenAsSent(t *testing.T) {
	t.Parallel()
	o := options(newClock())
	o.Secure = true
	attempts := newAttempts(t, o)
	saved := httptest.NewRecorder()
	if _, err := attempts.Save(saved, httptest.NewRequest("GET", "/", nil), underway.Attempt{State: "s"}); err != nil {
		t.Fatal(err)
	}
	ours := saved.Result().Cookies()[0]

	tests := []struct {
		name, header string
		want         bool
	}{
		{"as sent", ours.Name + "=" + ours.Value, true},
		{"after a space", "a=b; " + ours.Name + "=" + ours.Value, true},
		{"between tabs", "a=b;\t" + ours.Name + "=" + ours.Value + "\t", true},
		{"after U+2000", "\u2000" + ours.Name + "=" + ours.Value, false},
		{"after U+00A0", "\u00a0" + ours.Name + "=" + ours.Value, false},
		{"after U+0085", "\u0085" + ours.Name + "=" + ours.Value, false},
		{"after U+3000", "\u3000" + ours.Name + "=" + ours.Value, false},
		{"after U+FEFF", "\ufeff" + ours.Name + "=" + ours.Value, false},
		{"after a form feed", "a=b;\f" + ours.Name + "=" + ours.Value, false},
		{"after a vertical tab", "a=b;\v" + ours.Name + "=" + ours.Value, false},
		{"before a blank", ours.Name + " =" + ours.Value, false},
		{"value after U+2000", ours.Name + "=\u2000" + ours.Value, false},
		{"value before U+2000", ours.Name + "=" + ours.Value + "\u2000", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Header = http.Header{"Cookie": {test.header}}
			if got := attempts.Has(r, "s"); got != test.want {
				t.Errorf("Has = %v, want %v, for the header %q", got, test.want, test.header)
			}
		})
	}
}
