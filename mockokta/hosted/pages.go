// Package hosted is what people's browsers meet at the org: the authorize endpoint with the sign-in and consent
// pages behind it, the dashboard, and sign-out.
package hosted

import (
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
)

// Pages are the pages of one org, with what they remember from one form to the next.
type Pages struct {
	*state.Org

	transactions *state.Expiring[string, *authRequest]
	pending      *state.Expiring[string, *pendingSignIn]
	logouts      *state.Expiring[string, url.Values]
	consents     *state.Expiring[[2]string, struct{}]
}

// New makes the pages of an org.
func New(org *state.Org) *Pages {
	return &Pages{
		Org:          org,
		transactions: state.NewExpiring[string, *authRequest](org.Now),
		pending:      state.NewExpiring[string, *pendingSignIn](org.Now),
		logouts:      state.NewExpiring[string, url.Values](org.Now),
		consents:     state.NewExpiring[[2]string, struct{}](org.Now),
	}
}

// lacksCookies reports a form post from another site. Browsers leave SameSite=Lax cookies out of it, where
// Okta's own (SameSite=None, which needs https) are sent; coming back with a GET brings them.
func lacksCookies(r *http.Request) bool {
	_, err := r.Cookie(state.SessionCookie)
	return r.Method == http.MethodPost && err != nil && r.Header.Get("Sec-Fetch-Site") == "cross-site"
}
