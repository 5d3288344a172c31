package auth

import (
	"net/http"

	"example.com/okta-gin/auth/internal/seam"
	"example.com/okta-gin/okta"
)

// ForTests is for package authtest, which signs people in without Okta, and opens to
// the key that it alone has. It panics for any other.
func (a *Auth) ForTests(key seam.Key) seam.Seam {
	if !key.Opens() {
		panic("auth: ForTests is for package authtest")
	}
	return seam.Seam{
		Issuer: a.issuer, GroupsClaim: a.people.GroupsClaim,
		Secure: a.links.Site.Secure(), Now: a.people.Now, Owner: a.people,
		SignIn: func(w http.ResponseWriter, r *http.Request, claims map[string]any) error {
			return a.signIns.StartSession(w, r, okta.Identity{Claims: claims})
		},
	}
}
