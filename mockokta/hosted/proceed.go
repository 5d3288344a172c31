package hosted

import (
	"net/http"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// proceed takes a request as far as it goes: to the sign-in page, the consent page, or back to the app.
// fresh means that the person has just signed in for this very request.
func (o *Pages) proceed(w http.ResponseWriter, r *http.Request, req *authRequest, s *state.Session, fresh bool) {
	if s == nil || !fresh && req.needsSignIn(s, o.Now()) {
		if !req.prompts("none") {
			o.showSignIn(w, r, req, s)
			return
		}
		description := "The client specified not to prompt, but the user is not logged in."
		if s != nil {
			description = "The client specified not to prompt, but the client app requires re-authentication or MFA."
		}
		o.sendBack(w, r, req, wire.BadRequest("login_required", description))
		return
	}
	entry, _ := o.Find(s.UserID)
	if fault := o.checkAccess(req, entry); fault != nil {
		o.sendBack(w, r, req, fault)
		return
	}
	if o.needsConsent(req, s) {
		if req.prompts("none") {
			o.sendBack(w, r, req, wire.BadRequest("consent_required", "The following scopes require user consent: ["+strings.Join(req.scopes, ", ")+"]."))
			return
		}
		o.showConsent(w, r, req, s, entry)
		return
	}
	o.sendCode(w, r, req, s)
}

// checkAccess is what the org's settings say about this person and this app.
func (o *Pages) checkAccess(req *authRequest, entry state.Entry) *wire.OAuthError {
	knobs := o.Knobs()
	switch {
	case !entry.Assigned:
		return wire.BadRequest("access_denied", "User is not assigned to the client application.")
	case knobs.NoPolicy && !req.as.IsOrg():
		return wire.BadRequest("access_denied", "Policy evaluation failed for this request, please check the policy configurations.")
	case knobs.UnmetACR && state.Assurance(req.acr) > 1:
		return wire.BadRequest("unmet_authentication_requirements", "Unable to meet the authentication requirements imposed by 'acr_values' parameter.")
	case knobs.DenyConsent:
		return wire.BadRequest("access_denied", "The resource owner or authorization server denied the request.")
	case knobs.GroupsExpression && len(entry.Groups) > 100:
		return wire.BadRequest("server_error", "The groups claim matched too many groups and must be configured to match fewer groups.")
	}
	return nil
}
