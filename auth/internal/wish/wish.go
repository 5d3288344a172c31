// Package wish is what people and pages ask of a sign-in.
package wish

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

const (
	maxLoginHint = 256 // bytes
	maxToken     = 512
	displayPopup = "popup"
	onWidget     = "widget" // the mark of an attempt on our own page
)

// Wish is what one sign-in is for.
type Wish struct {
	ReturnTo    string // a URL of this site
	Lost        bool   // returnTo is not what was asked for: that could not be kept
	LoginHint   string
	Prompt      string // overrides the configured one
	MaxAge      *time.Duration
	ACR         string
	PopupOrigin string
	FromOkta    bool // Okta's dashboard began it
	Moved       bool // the browser has been sent to the app's own name
	Restarts    int

	Widget bool // it takes place on our own page

	// These are of the request alone.
	State                          string // of a sign-in to go on with
	RecoveryToken, ActivationToken string // of a link in Okta's mail
}

// StepsUp reports whether the session at hand is not good enough for the page.
func (w Wish) StepsUp() bool { return w.MaxAge != nil || w.ACR != "" }

// WantsMore reports whether somebody who is signed in already goes to Okta all the
// same: prompt=none would start a new session without a click.
func (w Wish) WantsMore() bool {
	return w.FromOkta || w.Prompt != "" && w.Prompt != "none" || w.StepsUp() || w.RecoveryToken+w.ActivationToken != ""
}

// MayRestart reports whether the sign-in may begin anew by itself. On our own page
// that would ask for the password again without a word.
func (w Wish) MayRestart() bool { return w.Restarts == 0 && !w.Widget }

// Query asks for the same again, or goes on with the sign-in of that state as long as
// this browser has it.
func (w Wish) Query(landing, state string) url.Values {
	query := url.Values{"state": {state}}
	for name, value := range map[string]string{"login_hint": w.LoginHint, "prompt": w.Prompt, "origin": w.PopupOrigin} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if w.PopupOrigin != "" {
		query.Set("display", displayPopup)
	}
	if w.Lost {
		query.Set(links.LostParam, "1")
	} else if w.ReturnTo != landing {
		query.Set("return_to", w.ReturnTo)
	}
	return query
}

// Reader reads what people and pages ask of a sign-in.
type Reader struct {
	Links        links.Links
	Issuers      []string // what a third party may call the provider
	PopupOrigins []string
}

// Initiators are what the iss of a sign-in that a third party starts may be: the
// issuer, and the org's URL, which is what Okta's dashboard sends whatever the
// authorization server. Elsewhere that may be another provider's.
func Initiators(cfg config.Config) []string {
	if !cfg.OktaShaped() {
		return []string{cfg.Issuer}
	}
	return []string{cfg.Issuer, cfg.OrgURL()}
}

// Read returns what r asks for, or the *web.Problem of what it may not ask for.
func (ws Reader) Read(r *http.Request) (Wish, error) {
	p, err := web.QueryParams(r)
	if err != nil {
		return Wish{}, err
	}
	w := Wish{
		Lost: p.Get(links.LostParam) == "1", FromOkta: p.Has("iss"), Moved: p.Has(links.MovedParam),
		LoginHint: p.Get("login_hint"), Prompt: p.Get("prompt"), State: p.Get("state"),
		RecoveryToken: p.Get("recovery_token"), ActivationToken: p.Get("activation_token"),
	}
	if w.ReturnTo, err = ws.readTarget(p); err != nil {
		return w, err
	}
	switch {
	case len(w.LoginHint) > maxLoginHint:
		return w, web.BadRequest("login_hint is too long.")
	case len(w.RecoveryToken) > maxToken || len(w.ActivationToken) > maxToken:
		return w, web.BadRequest("The token from the mail is too long.")
	case !slices.Contains([]string{"", "none", "login", "consent", "login consent", "consent login"}, w.Prompt):
		return w, web.BadRequest("prompt must be none, login, consent or \"login consent\".")
	case w.FromOkta && !slices.Contains(ws.Issuers, p.Get("iss")):
		return w, web.BadRequest("This sign-in was started for another Okta organization.")
	}
	w.PopupOrigin, err = ws.readPopup(p)
	return w, err
}

// readTarget returns the page to come back to: return_to or, where a third party
// names one, target_link_uri. Neither leads anybody to another site.
func (ws Reader) readTarget(p web.Params) (string, error) {
	local, ok := ws.Links.Landing(), true
	switch {
	case p.Has("return_to"):
		if local, ok = ws.Links.Site.Local(p.Get("return_to")); !ok {
			return "", web.BadRequest("return_to must be a path of this app, such as /profile.")
		}
	case p.Has("target_link_uri"):
		if local, ok = ws.Links.TargetLink(p.Get("target_link_uri")); !ok {
			return "", web.BadRequest("target_link_uri must be a page of this app.")
		}
	}
	if ws.Links.OwnRoute(local) {
		return ws.Links.Landing(), nil
	}
	return local, nil
}

// readPopup returns the origin to tell how the sign-in went; only origins that
// the configuration names are ever told anything.
func (ws Reader) readPopup(p web.Params) (string, error) {
	switch {
	case !p.Has("display"):
		return "", nil
	case p.Get("display") != displayPopup:
		return "", web.BadRequest("display must be popup.")
	case !slices.Contains(ws.PopupOrigins, p.Get("origin")):
		return "", web.BadRequest("origin is not one of the front ends that this app serves.")
	default:
		return p.Get("origin"), nil
	}
}

// Sealed is the attempt as its cookie keeps it.
func Sealed(attempt okta.Attempt, w Wish) underway.Attempt {
	maxAge := time.Duration(-1)
	if attempt.MaxAge != nil {
		maxAge = *attempt.MaxAge
	}
	if w.Lost {
		w.ReturnTo = ""
	}
	extra := ""
	if w.Widget {
		extra = onWidget
	}
	return underway.Attempt{
		Extra: extra,
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: maxAge, ACR: attempt.ACR,
		ReturnTo: w.ReturnTo, PopupOrigin: w.PopupOrigin, Restarts: w.Restarts, LoginHint: w.LoginHint, Prompt: w.Prompt,
		DPoPKey: attempt.Key.Reveal(),
	}
}

// Unsealed is the reverse of Sealed. An attempt without a way back had one that could
// not be kept; landing stands in for it.
func Unsealed(s underway.Attempt, landing string) (okta.Attempt, Wish) {
	attempt := okta.Attempt{State: s.State, Nonce: s.Nonce, Verifier: s.Verifier, ACR: s.ACR}
	attempt.Key, _ = dpop.ParseKey(s.DPoPKey) // sealed as it was made
	if s.MaxAge >= 0 {
		attempt.MaxAge = &s.MaxAge
	}
	return attempt, Wish{
		ReturnTo: cmp.Or(s.ReturnTo, landing), Lost: s.ReturnTo == "", PopupOrigin: s.PopupOrigin, Restarts: s.Restarts,
		MaxAge: attempt.MaxAge, ACR: s.ACR, LoginHint: s.LoginHint, Prompt: s.Prompt, Widget: s.Extra == onWidget,
	}
}
