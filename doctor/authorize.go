package doctor

import (
	"context"
	"net/url"
	"slices"
	"strings"
)

// checkAuthorize looks at what every sign-in needs: the redirect URI, the grant, and PKCE.
func checkAuthorize(ctx context.Context, e *examiner) {
	const check = "redirect uri"
	if !e.hasServer(check) {
		return
	}
	got := probe(ctx, e, nil)
	switch {
	case got.fits():
		e.ok(check, e.redirectURI()+" is registered")
	case strings.Contains(got.words, "redirect_uri"):
		e.tell(check, Fail, e.redirectURI()+" is not registered", "Add it there, letter by letter, or correct BASE_URL.", atRedirects)
		return
	case strings.Contains(got.words, "client_id"):
		e.tell(check, Fail, "Okta does not know the client id", "Copy OKTA_OAUTH2_CLIENT_ID anew, and see that the app is active and of this org.", atCredentials)
		return
	case strings.Contains(got.words, "PKCE") || strings.Contains(got.words, "code_challenge"):
		e.ok(check, e.redirectURI()+" is registered")
		e.tell("pkce", Fail, "Okta does not take PKCE with S256: "+got.String(), "See that the server is Okta's; this app signs nobody in without PKCE.", atPKCE)
		return
	case strings.Contains(got.words, "pushed authorization"):
		e.tell(check, Fail, "Okta demands pushed authorization requests of this app: "+got.String(), "Set OKTA_PAR=require; or let the app send its requests by the browser.", "Applications → your app → General")
		return
	case strings.Contains(got.words, "request object"):
		e.tell(check, Fail, "Okta and OKTA_JAR="+e.cfg.JAR+" do not agree on signed requests: "+got.String(), "Set OKTA_JAR=on, with a key in OKTA_OAUTH2_CLIENT_KEY, where Okta demands them, and off where it takes none.", "Applications → your app → General")
		return
	case got.code == "unauthorized_client":
		e.ok(check, e.redirectURI()+" is registered")
		e.tell("code grant", Fail, "the client may not use Authorization Code", "Tick Authorization Code.", atGrants)
		return
	case got.code == "unsupported_response_type":
		e.ok(check, e.redirectURI()+" is registered")
		e.tell("code grant", Fail, "the client may not use Authorization Code: "+got.String(), "The app integration must be of the type OIDC - OpenID Connect, Web Application.", atGrants)
		return
	default:
		e.tell(check, Unknown, got.String(), "Sign in once, and see what the log says.", atRedirects)
		return
	}
	if without := probe(ctx, e, map[string]string{"code_challenge": "", "code_challenge_method": ""}); without.fits() {
		e.tell("pkce", Warn, "taken, and not required", "Tick Require PKCE as additional verification: a code stolen on its way is then worth nothing.", atPKCE)
		return
	}
	e.ok("pkce", "taken and required")
}

// checkResponseMode looks whether Okta answers as OKTA_RESPONSE_MODE asks.
func checkResponseMode(ctx context.Context, e *examiner) {
	const check = "response mode"
	if !e.hasServer(check) {
		return
	}
	mode := e.cfg.ResponseMode
	got := probe(ctx, e, map[string]string{"response_mode": mode})
	switch {
	case got.code == "unsupported_response_mode", !got.fits() && len(e.metadata.ResponseModes) > 0 && !slices.Contains(e.metadata.ResponseModes, mode):
		e.tell(check, Fail, "the server does not answer by "+mode, "Set OKTA_RESPONSE_MODE=query.", "")
	case got.fits():
		e.ok(check, "the server answers by "+mode)
	default:
		e.skip(check, "not looked at: the request is refused before")
	}
}

// checkScopes asks for each scope, where all of them together are refused.
func checkScopes(ctx context.Context, e *examiner) {
	const check = "scopes"
	if !e.hasServer(check) {
		return
	}
	got := probe(ctx, e, map[string]string{"scope": strings.Join(e.cfg.Scopes, " ")})
	if got.code != "invalid_scope" {
		if got.fits() {
			e.ok(check, "the server knows "+strings.Join(e.cfg.Scopes, ", "))
		} else {
			e.skip(check, "not looked at: the request is refused before")
		}
		return
	}
	var unknown []string
	for _, scope := range e.cfg.Scopes {
		if scope != "openid" && probe(ctx, e, map[string]string{"scope": "openid " + scope}).code == "invalid_scope" {
			unknown = append(unknown, scope)
		}
	}
	e.tell(check, Fail, "the server does not know "+strings.Join(unknown, ", "), "Add the scope there, or leave it out of OKTA_SCOPES.", atScopes)
}

// checkSignOut asks Okta to end nobody's session. It judges the ID token first, so that
// without a person the answer may not come as far as the URI.
func checkSignOut(ctx context.Context, e *examiner) {
	const check = "sign-out uri"
	if !e.hasServer(check) {
		return
	}
	if e.metadata.EndSessionEndpoint == "" {
		e.tell(check, Warn, "the server has no end_session_endpoint: signing out ends the session here alone", "", "")
		return
	}
	if app, found := appIntegration(ctx, e); found {
		if slices.Contains(app.Settings.Client.SignOutURIs, e.signedOutURI()) {
			e.ok(check, e.signedOutURI()+" is registered")
		} else {
			e.tell(check, Fail, e.signedOutURI()+" is not registered", "Add it there, letter by letter.", atSignOuts)
		}
		return
	}
	params := url.Values{"client_id": {e.cfg.ClientID}, "post_logout_redirect_uri": {e.signedOutURI()}}
	r := e.ask(ctx, e.metadata.EndSessionEndpoint+"?"+params.Encode(), "Accept", "text/html")
	text, _ := r.page()
	switch {
	case strings.HasPrefix(r.header("Location"), e.signedOutURI()):
		e.ok(check, e.signedOutURI()+" is registered")
	case strings.Contains(text, "post_logout_redirect_uri"):
		e.tell(check, Fail, e.signedOutURI()+" is not registered", "Add it there, letter by letter.", atSignOuts)
	default:
		e.tell(check, Unknown, "Okta asks for a person's ID token before it looks at the URI", "See that "+e.signedOutURI()+" is listed; with an OKTA_API_TOKEN that may read apps this is looked up.", atSignOuts)
	}
}
