package okta

import "time"

// strength orders Okta's acr values: a value satisfies every request of its own
// rank or below. "1fa:pwd" is left out because it names a method, not a rank.
var strength = map[string]int{
	"urn:okta:loa:1fa:any":            1,
	"urn:okta:loa:2fa:any:ifpossible": 1, // granted to people without a second factor too
	"urn:okta:loa:2fa:any":            2,
	"phr":                             3, // phishing-resistant
	"phrh":                            4, // and hardware-protected
}

// SatisfiesACR reports whether an authentication of class got fulfils a demand
// for class want: the same value, or one of Okta's that is stronger.
func SatisfiesACR(got, want string) bool {
	if got == want {
		return want != ""
	}
	rank, known := strength[got]
	least, comparable := strength[want]
	return known && comparable && rank >= least
}

// AuthenticatedAt returns when the person authenticated at Okta, by the auth_time claim
// in whole seconds of Okta's clock. ok is false where there is none.
func AuthenticatedAt(claims map[string]any) (at time.Time, ok bool) {
	return numericDate(claims["auth_time"])
}

// AuthenticatedWithin reports whether the person authenticated at Okta no longer
// than maxAge before now, by the auth_time claim, give or take two minutes that
// the clocks may be apart. A time further ahead than that is not believed.
func AuthenticatedWithin(claims map[string]any, maxAge time.Duration, now time.Time) bool {
	at, ok := AuthenticatedAt(claims)
	return ok && now.Sub(at) <= maxAge+leeway && at.Sub(now) <= leeway
}
