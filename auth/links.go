package auth

import (
	"net/http"
	"net/url"
	"strings"

	"example.com/okta-gin/web"
)

const promptLogin = "login" // the prompt that asks for a password again

// cookieChallenge names, for programs, what a closed page wants; there is no
// registered scheme for a session cookie.
const cookieChallenge = `Cookie realm="session"`

// links know where sign-in's routes are.
type links struct {
	site         web.Site
	paths        Paths
	afterSignIn  string
	afterSignOut string // empty: the page that says what has ended
	widget       bool   // sign-ins begin on our own page
}

func (l links) loginPath() string      { return l.paths.Prefix + "/login-redirect" }
func (l links) customPath() string     { return l.paths.Prefix + "/login-custom" }
func (l links) problemPath() string    { return l.customPath() + "/problem" }
func (l links) widgetPath() string     { return l.paths.Prefix + "/widget/" }
func (l links) logoutPath() string     { return l.paths.Prefix + "/logout" }
func (l links) signedOutPath() string  { return l.paths.Prefix + "/signed-out" }
func (l links) assetsPath() string     { return l.paths.Prefix + "/assets/" }
func (l links) sessionsPath() string   { return l.paths.Prefix + "/sessions" }
func (l links) clientKeysPath() string { return l.paths.Prefix + "/jwks.json" }
func (l links) endSessionPath() string { return l.sessionsPath() + "/end" }

func (l links) universalLogoutPath() string { return l.paths.Prefix + "/universal-logout" }
func (l links) frontChannelPath() string    { return l.paths.Prefix + "/front-channel-logout" }
func (l links) backChannelPath() string     { return l.paths.Prefix + "/back-channel-logout" }
func (l links) eventHookPath() string       { return l.paths.Prefix + "/event-hook" }

// startPath is where sign-ins begin.
func (l links) startPath() string {
	if l.widget {
		return l.customPath()
	}
	return l.loginPath()
}

// redirectURI is where Okta sends people back to.
func (l links) redirectURI() string { return l.site.Absolute(l.paths.Callback) }

// home is the front page.
func (l links) home() string { return l.site.URL("/") }

// login is the URL that starts a sign-in which comes back to returnTo, a URL of
// this site. What can't be a way back is left out.
func (l links) login(returnTo, prompt string) string {
	query := url.Values{}
	if local, ok := l.site.Local(returnTo); ok && local != l.landing() {
		query.Set("return_to", local)
	}
	if prompt != "" {
		query.Set("prompt", prompt)
	}
	return l.to(l.startPath(), query)
}

// to is the URL of a path of ours with a query, if there is any.
func (l links) to(path string, query url.Values) string {
	if len(query) == 0 {
		return l.site.URL(path)
	}
	return l.site.URL(path) + "?" + query.Encode()
}

// loginFor is login for the page that r asks for. Where that can't be kept in mind,
// the sign-in says so in the end.
func (l links) loginFor(r *http.Request) string {
	returnTo, ok := l.back(r)
	if ok {
		return l.login(returnTo, "")
	}
	return l.to(l.startPath(), url.Values{lostParam: {"1"}})
}

// lostParam says that the page that was asked for could not be kept in mind.
const lostParam = "return_to_lost"

// movedParam says that a browser has been sent to the app's own name once. If it seems
// to come under another all the same, a proxy hides the name, and goes on doing so.
const movedParam = "moved"

// onSite makes local, a URL of this site, absolute where r came under another name.
func (l links) onSite(r *http.Request, local string) string {
	if l.site.Here(r) {
		return local
	}
	return l.site.Origin() + local
}

// otherAccount leads to a sign-in as somebody else.
func (l links) otherAccount(returnTo string) web.Way {
	return web.Way{URL: l.login(returnTo, promptLogin), Label: "Use another account"}
}

// targetLink is the URL of this site that a target_link_uri names (OpenID Connect Core
// section 4): a URL with scheme and host, or a path. ok is false for a page of another
// site, or of another app on the same host.
func (l links) targetLink(uri string) (local string, ok bool) {
	p, absolute := strings.CutPrefix(uri, l.site.Origin())
	if absolute && p == "" {
		p = "/"
	}
	local, ok = l.site.Local(p)
	return local, ok && (!absolute || local == p)
}

// notSignedIn tells a program that nobody is signed in.
func (l links) notSignedIn(challenge string) *web.Problem {
	return &web.Problem{
		Status: http.StatusUnauthorized, Heading: "Not signed in",
		Detail: "Sign in at " + l.login("", "") + " and try again.", Reason: "not_signed_in", Challenge: challenge,
	}
}

// landing is where a sign-in ends that was for no page.
func (l links) landing() string { return l.site.URL(l.afterSignIn) }

// back is the page to show after sign-in: the one that r asks for or, for a form
// whose session had ended, the page that the form was on. ok is false where that
// can't be kept: it is too long, or no path that is safe to send anybody to.
func (l links) back(r *http.Request) (returnTo string, ok bool) {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return l.site.Local(l.site.Asked(r))
	}
	u, err := url.Parse(r.Referer())
	if err != nil || u.Scheme+"://"+u.Host != l.site.Origin() {
		return l.landing(), true
	}
	if local, ok := l.site.Local(u.RequestURI()); ok {
		return local, true
	}
	return l.landing(), true
}

// backOrLanding is back where that can be kept.
func (l links) backOrLanding(r *http.Request) string {
	if returnTo, ok := l.back(r); ok {
		return returnTo
	}
	return l.landing()
}

// ownRoute reports whether a URL of this site names one of sign-in's own steps:
// to come back to one would start it over.
func (l links) ownRoute(local string) bool {
	u, err := url.Parse(local)
	if err != nil {
		return false
	}
	p := l.site.Path(&http.Request{URL: u})
	for _, own := range []string{
		l.loginPath(), l.customPath(), l.paths.Callback, l.logoutPath(), l.signedOutPath(), l.endSessionPath(), l.paths.Login, l.paths.Logout,
		l.universalLogoutPath(), l.frontChannelPath(), l.backChannelPath(), l.eventHookPath(),
	} {
		if own != "" && p == own {
			return true
		}
	}
	return false
}
