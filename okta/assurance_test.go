package okta_test

import (
	"testing"
	"time"

	"example.com/okta-gin/okta"
)

func TestSatisfiesACR(t *testing.T) {
	t.Parallel()
	const (
		one, password = "urn:okta:loa:1fa:any", "urn:okta:loa:1fa:pwd"
		two, perhaps  = "urn:okta:loa:2fa:any", "urn:okta:loa:2fa:any:ifpossible"
	)
	tests := []struct {
		got, want string
		ok        bool
	}{
		{one, one, true}, {two, one, true}, {"phr", two, true}, {"phrh", "phr", true}, {two, perhaps, true}, {password, password, true},
		{one, two, false}, {two, "phr", false}, {"phr", "phrh", false},
		{perhaps, two, false}, // granted to people without a second factor too
		{"", one, false}, {"", "", false}, {one, "", false},
		{"unknown", one, false}, {two, "unknown", false}, {"unknown", "unknown", true}, {two, password, false},
	}
	for _, test := range tests {
		if ok := okta.SatisfiesACR(test.got, test.want); ok != test.ok {
			t.Errorf("%q for %q: %v, want %v", test.got, test.want, ok, test.ok)
		}
	}
}

func TestAuthenticatedWithin(t *testing.T) {
	t.Parallel()
	now := time.Unix(1790000000, 0)
	at := func(d time.Duration) any { return float64(now.Add(d).Unix()) }
	for name, test := range map[string]struct {
		authTime any
		maxAge   time.Duration
		want     bool
	}{
		"now":                        {at(0), 0, true},
		"within":                     {at(-4 * time.Minute), 5 * time.Minute, true},
		"within the leeway":          {at(-7 * time.Minute), 5 * time.Minute, true},
		"too long ago":               {at(-7*time.Minute - time.Second), 5 * time.Minute, false},
		"ahead within the leeway":    {at(2 * time.Minute), 0, true},
		"too far ahead":              {at(2*time.Minute + time.Second), time.Hour, false},
		"missing":                    {nil, time.Hour, false},
		"text":                       {"1790000000", time.Hour, false},
		"before 1970":                {-1.0, 1 << 62, false},
		"beyond any calendar":        {1e300, time.Hour, false},
		"list":                       {[]any{at(0)}, time.Hour, false},
		"a fraction of a second ago": {1789999999.5, time.Second, true},
	} {
		if got := okta.AuthenticatedWithin(map[string]any{"auth_time": test.authTime}, test.maxAge, now); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
