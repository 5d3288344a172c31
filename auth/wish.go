package auth

import (
	"cmp"
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

const (
	maxLoginHint = 256 // bytes
	maxToken     = 512
	displayPopup = "popup"
	onWidget     = "widget" // the mark of an attempt on our own page
)

// wish is what one sign-in is for.
type wish struct {
	returnTo    string // a URL of this site
	lost        bool   // returnTo is not what was asked for: that could not be kept
	loginHint   string
	prompt      string // overrides the configured one
	maxAge      *time.Duration
	acr         string
	popupOrigin string
	fromOkta    bool // Okta's dashboard began it
	moved       bool // the browser has been sent to the app's own name
	restarts    int

	widget bool // it takes place on our own page

	// These are of the request alone.
	state                          string // of a sign-in to go on with
	recoveryToken, activationToken string // of a link in Okta's mail
}

// stepsUp reports whether the session at hand is not good enough for the page.
func (w wish) stepsUp() bool { return w.maxAge != nil || w.acr != "" }

// wantsMore reports whether somebody who is signed in already goes to Okta all the
// same: prompt=none would start a new session without a click.
func (w wish) wantsMore() bool {
	return w.fromOkta || w.prompt != "" && w.prompt != "none" || w.stepsUp() || w.recoveryToken+w.activationToken != ""
}

// mayRestart reports whether the sign-in may begin anew by itself. On our own page
// that would ask for the password again without a word.
func (w wish) mayRestart() bool { return w.restarts == 0 && !w.widget }

// query asks for the same again, or goes on with the sign-in of that state as long as
// this browser has it.
func (w wish) query(landing, state string) url.Values {
	query := url.Values{"state": {state}}
	for name, value := range map[string]string{"login_hint": w.loginHint, "prompt": w.prompt, "origin": w.popupOrigin} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if w.popupOrigin != "" {
		query.Set("display", displayPopup)
	}
	if w.lost {
		query.Set(lostParam, "1")
	} else if w.returnTo != landing {
		query.Set("return_to", w.returnTo)
	}
	return query
}

// wishes reads what people and pages ask of a sign-in.
type wishes struct {
	links        links
	issuers      []string // what a third party may call the provider
	popupOrigins []string
}

// initiators are what the iss of a sign-in that a third party starts may be: the
// issuer, and the org's URL, which is what Okta's dashboard sends whatever the
// authorization server. Elsewhere that may be another provider's.
func initiators(cfg config.Config) []string {
	if !cfg.OktaShaped() {
		return []string{cfg.Issuer}
	}
	return []string{cfg.Issuer, cfg.OrgURL()}
}

func (ws wishes) read(r *http.Request) (wish, error) {
	p, err := web.QueryParams(r)
	if err != nil {
		return wish{}, err
	}
	w := wish{
		lost: p.Get(lostParam) == "1", fromOkta: p.Has("iss"), moved: p.Has(movedParam),
		loginHint: p.Get("login_hint"), prompt: p.Get("prompt"), state: p.Get("state"),
		recoveryToken: p.Get("recovery_token"), activationToken: p.Get("activation_token"),
	}
	if w.returnTo, err = ws.readTarget(p); err != nil {
		return w, err
	}
	switch {
	case len(w.loginHint) > maxLoginHint:
		return w, web.BadRequest("login_hint is too long.")
	case len(w.recoveryToken) > maxToken || len(w.activationToken) > maxToken:
		return w, web.BadRequest("The token from the mail is too long.")
	case !slices.Contains([]string{"", "none", "login", "consent", "login consent", "consent login"}, w.prompt):
		return w, web.BadRequest("prompt must be none, login, consent or \"login consent\".")
	case w.fromOkta && !slices.Contains(ws.issuers, p.Get("iss")):
		return w, web.BadRequest("This sign-in was started for another Okta organization.")
	}
	w.popupOrigin, err = ws.readPopup(p)
	return w, err
}

// readTarget returns the page to come back to: return_to or, where a third party
// names one, target_link_uri. Neither leads anybody to another site.
func (ws wishes) readTarget(p web.Params) (string, error) {
	local, ok := ws.links.landing(), true
	switch {
	case p.Has("return_to"):
		if local, ok = ws.links.site.Local(p.Get("return_to")); !ok {
			return "", web.BadRequest("return_to must be a path of this app, such as /profile.")
		}
	case p.Has("target_link_uri"):
		if local, ok = ws.links.targetLink(p.Get("target_link_uri")); !ok {
			return "", web.BadRequest("target_link_uri must be a page of this app.")
		}
	}
	if ws.links.ownRoute(local) {
		return ws.links.landing(), nil
	}
	return local, nil
}

// readPopup returns the origin to tell how the sign-in went; only origins that
// the configuration names are ever told anything.
func (ws wishes) readPopup(p web.Params) (string, error) {
	switch {
	case !p.Has("display"):
		return "", nil
	case p.Get("display") != displayPopup:
		return "", web.BadRequest("display must be popup.")
	case !slices.Contains(ws.popupOrigins, p.Get("origin")):
		return "", web.BadRequest("origin is not one of the front ends that this app serves.")
	default:
		return p.Get("origin"), nil
	}
}

// sealed is the attempt as its cookie keeps it.
func sealed(attempt okta.Attempt, w wish) session.Attempt {
	maxAge := time.Duration(-1)
	if attempt.MaxAge != nil {
		maxAge = *attempt.MaxAge
	}
	if w.lost {
		w.returnTo = ""
	}
	extra := ""
	if w.widget {
		extra = onWidget
	}
	return session.Attempt{
		Extra: extra,
		State: attempt.State, Nonce: attempt.Nonce, Verifier: attempt.Verifier, MaxAge: maxAge, ACR: attempt.ACR,
		ReturnTo: w.returnTo, PopupOrigin: w.popupOrigin, Restarts: w.restarts, LoginHint: w.loginHint, Prompt: w.prompt,
	}
}

// unsealed is the reverse of sealed. An attempt without a way back had one that could
// not be kept; landing stands in for it.
func unsealed(s session.Attempt, landing string) (okta.Attempt, wish) {
	attempt := okta.Attempt{State: s.State, Nonce: s.Nonce, Verifier: s.Verifier, ACR: s.ACR}
	if s.MaxAge >= 0 {
		attempt.MaxAge = &s.MaxAge
	}
	return attempt, wish{
		returnTo: cmp.Or(s.ReturnTo, landing), lost: s.ReturnTo == "", popupOrigin: s.PopupOrigin, restarts: s.Restarts,
		maxAge: attempt.MaxAge, acr: s.ACR, loginHint: s.LoginHint, prompt: s.Prompt, widget: s.Extra == onWidget,
	}
}
