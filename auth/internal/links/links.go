// Package links knows where sign-in's routes are, and the links that lead there.
package links

import (
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/web"
)

// PromptLogin is the prompt that asks for a password again.
const PromptLogin = "login"

// CookieChallenge names, for programs, what a closed page wants; there is no
// registered scheme for a session cookie.
const CookieChallenge = `Cookie realm="session"`

// Paths are those of package auth.
type Paths struct{ Prefix, Callback, Login, Logout string }

// Links know where sign-in's routes are.
type Links struct {
	Site         web.Site
	Paths        Paths
	AfterSignIn  string
	AfterSignOut string // empty: the page that says what has ended
	Widget       bool   // sign-ins begin on our own page
}

// The paths of the routes, below BASE_URL.
func (l Links) LoginPath() string      { return l.Paths.Prefix + "/login-redirect" }
func (l Links) CustomPath() string     { return l.Paths.Prefix + "/login-custom" }
func (l Links) ProblemPath() string    { return l.CustomPath() + "/problem" }
func (l Links) WidgetPath() string     { return l.Paths.Prefix + "/widget/" }
func (l Links) LogoutPath() string     { return l.Paths.Prefix + "/logout" }
func (l Links) SignedOutPath() string  { return l.Paths.Prefix + "/signed-out" }
func (l Links) AssetsPath() string     { return l.Paths.Prefix + "/assets/" }
func (l Links) FormPath() string       { return l.Paths.Prefix + "/form" }
func (l Links) SessionsPath() string   { return l.Paths.Prefix + "/sessions" }
func (l Links) ClientKeysPath() string { return l.Paths.Prefix + "/jwks.json" }
func (l Links) EndSessionPath() string { return l.SessionsPath() + "/end" }
func (l Links) LanguagePath() string   { return l.Paths.Prefix + "/language" }
func (l Links) SessionPath() string    { return l.Paths.Prefix + "/session" }

// The paths that Okta calls.
func (l Links) UniversalLogoutPath() string { return l.Paths.Prefix + "/universal-logout" }
func (l Links) FrontChannelPath() string    { return l.Paths.Prefix + "/front-channel-logout" }
func (l Links) BackChannelPath() string     { return l.Paths.Prefix + "/back-channel-logout" }
func (l Links) EventHookPath() string       { return l.Paths.Prefix + "/event-hook" }

// StartPath is where sign-ins begin.
func (l Links) StartPath() string {
	if l.Widget {
		return l.CustomPath()
	}
	return l.LoginPath()
}

// RedirectURI is where Okta sends people back to.
func (l Links) RedirectURI() string { return l.Site.Absolute(l.Paths.Callback) }

// Home is the front page.
func (l Links) Home() string { return l.Site.URL("/") }

// Login is the URL that starts a sign-in which comes back to returnTo, a URL of
// this site. What can't be a way back is left out.
func (l Links) Login(returnTo, prompt string) string {
	query := url.Values{}
	if local, ok := l.Site.Local(returnTo); ok && local != l.Landing() {
		query.Set("return_to", local)
	}
	if prompt != "" {
		query.Set("prompt", prompt)
	}
	return l.To(l.StartPath(), query)
}

// LoginHere is Login for the page that answers r. A step of sign-in itself, whose address
// may hold an authorization code, is no page to come back to.
func (l Links) LoginHere(r *http.Request) string {
	here := l.BackOrLanding(r)
	if l.OwnRoute(here) {
		here = ""
	}
	return l.Login(here, "")
}

// To is the URL of a path of ours with a query, if there is any.
func (l Links) To(path string, query url.Values) string {
	if len(query) == 0 {
		return l.Site.URL(path)
	}
	return l.Site.URL(path) + "?" + query.Encode()
}

// LoginFor is login for the page that r asks for. Where that can't be kept in mind,
// the sign-in says so in the end.
func (l Links) LoginFor(r *http.Request) string {
	returnTo, ok := l.Back(r)
	if ok {
		return l.Login(returnTo, "")
	}
	return l.To(l.StartPath(), url.Values{LostParam: {"1"}})
}

// LostParam says that the page that was asked for could not be kept in mind.
const LostParam = "return_to_lost"

// MovedParam says that a browser has been sent to the app's own name once. If it seems
// to come under another all the same, a proxy hides the name, and goes on doing so.
const MovedParam = "moved"

// OnSite makes local, a URL of this site, absolute where r came under another name.
func (l Links) OnSite(r *http.Request, local string) string {
	if l.Site.Here(r) {
		return local
	}
	return l.Site.Origin() + local
}

// OtherAccount leads to a sign-in as somebody else.
func (l Links) OtherAccount(returnTo string) web.Way {
	return web.Way{URL: l.Login(returnTo, PromptLogin), Label: "Use another account"}
}

// TargetLink is the URL of this site that a target_link_uri names (OpenID Connect Core
// section 4): a URL with scheme and host, or a path. ok is false for a page of another
// site, or of another app on the same host.
func (l Links) TargetLink(uri string) (local string, ok bool) {
	p, absolute := strings.CutPrefix(uri, l.Site.Origin())
	if absolute && p == "" {
		p = "/"
	}
	local, ok = l.Site.Local(p)
	return local, ok && (!absolute || local == p)
}

// NotSignedIn tells a program that nobody is signed in.
func (l Links) NotSignedIn(challenge string) *web.Problem {
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "Not signed in",
		Detail: "Sign in at " + l.Login("", "") + " and try again.", Reason: "not_signed_in", Challenge: challenge,
	}
}

// Landing is where a sign-in ends that was for no page.
func (l Links) Landing() string { return l.Site.URL(l.AfterSignIn) }

// Back is the page to show after sign-in: the one that r asks for or, for a form
// whose session had ended, the page that the form was on. ok is false where that
// can't be kept: it is too long, or no path that is safe to send anybody to.
func (l Links) Back(r *http.Request) (returnTo string, ok bool) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return l.Site.Local(l.Site.Asked(r))
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Scheme+"://"+u.Host != l.Site.Origin() {
		return l.Landing(), true
	}
	if local, ok := l.Site.Local(u.RequestURI()); ok {
		return local, true
	}
	return l.Landing(), true
}

// BackOrLanding is back where that can be kept.
func (l Links) BackOrLanding(r *http.Request) string {
	if returnTo, ok := l.Back(r); ok {
		return returnTo
	}
	return l.Landing()
}

// Stays reports whether a URL of this site names a page of sign-in's own that may be
// shown again.
func (l Links) Stays(local string) bool {
	u, err := url.Parse(local)
	if err != nil {
		return false
	}
	p := l.Site.Path(&http.Request{URL: u})
	return p == l.CustomPath() || p == l.LogoutPath() || p == l.SignedOutPath() || p == l.Paths.Logout
}

// OwnRoute reports whether a URL of this site names one of sign-in's own steps:
// to come back to one would start it over.
func (l Links) OwnRoute(local string) bool {
	u, err := url.Parse(local)
	if err != nil {
		return false
	}
	p := l.Site.Path(&http.Request{URL: u})
	for _, own := range []string{
		l.LoginPath(), l.CustomPath(), l.Paths.Callback, l.LogoutPath(), l.SignedOutPath(), l.EndSessionPath(), l.LanguagePath(), l.SessionPath(), l.Paths.Login, l.Paths.Logout,
		l.UniversalLogoutPath(), l.FrontChannelPath(), l.BackChannelPath(), l.EventHookPath(),
	} {
		if own != "" && p == own {
			return true
		}
	}
	return false
}
