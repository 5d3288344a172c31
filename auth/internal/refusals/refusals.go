// Package refusals has the words for sign-ins that did not succeed.
package refusals

import (
	"errors"
	"net/http"
	"slices"
	"time"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// ByApp is the reason of a sign-in that the app itself did not want.
const ByApp = "refused_by_app"

// needsPerson are the errors with which Okta answers prompt=none.
var needsPerson = []string{"login_required", "consent_required", "interaction_required", "account_selection_required"}

// OfOkta explains an OAuth error from the authorize or the token endpoint.
func OfOkta(w wish.Wish, l links.Links, refusal *okta.Refusal, cause error) *web.Problem {
	p := &web.Problem{Cause: cause, Quote: refusal.Description, Reason: Code(refusal.Code)}
	switch {
	case refusal.Code == "access_denied":
		p.Status, p.Heading = http.StatusForbidden, "Okta did not let you in"
		p.Detail = "Your account may not be assigned to this app, or a policy of your organization forbids it. " +
			"Ask your Okta administrator, or sign in with another account."
		p.Otherwise = l.OtherAccount(w.ReturnTo)
	case slices.Contains(needsPerson, refusal.Code):
		p.Status, p.Heading = http.StatusUnauthorized, "Okta needs to ask you something"
		p.Detail = "You could not be signed in without being asked. Please sign in at Okta."
		p.TryAgain = web.Way{URL: l.Login(w.ReturnTo, links.PromptLogin), Label: "Sign in at Okta"}
		p.Challenge = links.CookieChallenge
	case refusal.Code == "unmet_authentication_requirements":
		p = Unmet(cause)
		p.Quote = refusal.Description
	case refusal.Code == "temporarily_unavailable" || refusal.Code == "server_error":
		p.Status, p.Heading = http.StatusServiceUnavailable, "Okta has a problem"
		p.Detail = "Okta could not finish the sign-in. Please try again in a minute."
		p.RetryAfter = 5 * time.Second
	default:
		p.Status, p.Heading = http.StatusBadGateway, "Okta refused the sign-in"
		p.Detail = "This app and its settings in Okta do not fit together. Tell the people who run this app what Okta says below."
	}
	return p
}

// Unmet explains a step-up that did not succeed.
func Unmet(cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusForbidden, Heading: "A stronger or more recent sign-in is needed",
		Detail: "The page asks you to prove again who you are, perhaps with another factor, and that did not happen. Please try again.",
		Cause:  cause, Reason: "unmet_authentication_requirements",
	}
}

// TooLarge explains that no session could be made of what Okta says of a person.
func TooLarge(cause error) *web.Problem {
	detail := "Okta sends more about you than this app keeps of anybody. The people who run it can have Okta send fewer groups."
	if errors.Is(cause, session.ErrTooLargeForCookies) {
		detail = "Okta sends more about you than fits into cookies. The people who run this app can keep sessions in Redis, " +
			"or have Okta send fewer groups."
	}
	return &web.Problem{
		Status: http.StatusInternalServerError, Heading: "Your profile is too large for this app's session",
		Detail: detail, Cause: cause, Reason: "session_too_large",
	}
}

// Expired explains that the sign-in is not under way in this browser.
func Expired(w wish.Wish, l links.Links, cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusBadRequest, Heading: "This sign-in has expired or was started elsewhere",
		Detail: "It took too long, was finished already, or began in another browser. " +
			"Nobody has been signed in. Please start again.",
		Cause: cause, Reason: "expired", TryAgain: signInAgain(w, l),
	}
}

// StrayLink answers a link from one of Okta's mails in a browser that does not know
// the sign-in.
func StrayLink(w wish.Wish, l links.Links, cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusBadRequest, Heading: "This link belongs to a sign-in elsewhere",
		Detail: "It works in the browser where the sign-in began, for ten minutes. There you can also type the code from the mail. " +
			"Nobody has been signed in here.",
		Cause: cause, Reason: "link_elsewhere", TryAgain: signInAgain(w, l),
	}
}

// NoCookies explains that the browser brought no sign-in at all.
func NoCookies(w wish.Wish, l links.Links, cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusBadRequest, Heading: "Your browser keeps no cookies of this site",
		Detail: "Signing in needs cookies. Allow them for this site in your browser's settings and start again. " +
			"It may also be that the sign-in began in another browser.",
		Cause: cause, Reason: "no_cookies", TryAgain: signInAgain(w, l),
	}
}

// OtherIssuer explains an answer of another provider (RFC 9207). What is not known
// because Okta can't be reached stays that.
func OtherIssuer(w wish.Wish, l links.Links, cause error) error {
	if errors.Is(cause, okta.ErrUnreachable) {
		return cause
	}
	return &web.Problem{
		Status: http.StatusBadRequest, Heading: "That answer came from someone else",
		Detail: "Another provider answered the sign-in. Nobody has been signed in.",
		Cause:  cause, Reason: "wrong_issuer", TryAgain: signInAgain(w, l),
	}
}

// TooMany asks to wait: too many exchanges of codes have failed.
func TooMany(wait time.Duration) *web.Problem {
	return &web.Problem{
		Status: http.StatusTooManyRequests, Heading: "Too many sign-ins have failed",
		Detail: "Sign-ins from your network have failed too often in the last minutes. Please wait a moment and try again.",
		Reason: "too_many_failures", RetryAfter: wait,
	}
}

func signInAgain(w wish.Wish, l links.Links) web.Way {
	return web.Way{URL: l.Login(w.ReturnTo, ""), Label: "Sign in again"}
}

// Code returns an error code fit for counters: what the RFCs define, and one
// word for anything else that came.
func Code(code string) string {
	known := append([]string{
		"access_denied", "invalid_request", "invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client",
		"unsupported_response_type", "unsupported_response_mode", "server_error", "temporarily_unavailable",
		"unmet_authentication_requirements",
	}, needsPerson...)
	if slices.Contains(known, code) {
		return code
	}
	return "oauth_error"
}
