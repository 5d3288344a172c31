package mockokta

import (
	"net/http"

	"example.com/okta-gin/mockokta/classic"
	"example.com/okta-gin/mockokta/hosted"
	"example.com/okta-gin/mockokta/idx"
	"example.com/okta-gin/mockokta/management"
	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// routes is the table of contents.
func routes(org *state.Org) http.Handler {
	pages, engine, identity := hosted.New(org), classic.New(org), idx.New(org)
	var table []route
	for _, as := range []*state.AuthServer{org.Custom, org.OwnServer} {
		v1 := as.Base + "/v1/"
		issuer := as.IssuerPath(org.URL())
		if as == org.Custom || issuer != org.Custom.IssuerPath(org.URL()) { // a custom issuer of path "/" hides the org's
			table = append(table,
				route{"discovery", issuer + "/.well-known/openid-configuration", "GET", wire.Everyone, oauth.Discovery(org, as, true)},
				route{"discovery", issuer + "/.well-known/oauth-authorization-server", "GET", wire.Everyone, oauth.Discovery(org, as, false)},
			)
		}
		table = append(table,
			route{"keys", v1 + "keys", "GET", wire.Everyone, oauth.Keys(org, as)},
			route{"authorize", v1 + "authorize", "GET POST", wire.Private, pages.Authorize(as)},
			route{"par", v1 + "par", "POST", wire.Tokens, pages.Push(as)},
			route{"token", v1 + "token", "POST", wire.Tokens, oauth.Token(org, as)},
			route{"userinfo", v1 + "userinfo", "GET POST", wire.Trusted, oauth.Userinfo(org, as)},
			route{"introspect", v1 + "introspect", "POST", wire.Trusted, oauth.Introspect(org, as)},
			route{"revoke", v1 + "revoke", "POST", wire.Trusted, oauth.Revoke(org, as)},
			route{"interact", v1 + "interact", "POST", wire.Trusted, identity.Interact(as)},
			route{"logout", v1 + "logout", "GET POST", wire.Private, pages.Logout(as)},
		)
	}
	table = append(table,
		route{"discovery", "/.well-known/oauth-authorization-server/oauth2/{as}", "GET", wire.Everyone, oauth.DiscoveryByID(org)},
		route{"other", "/oauth2/{as}/", "GET POST", wire.Private, unknownServer(org)},
		route{"users", "/api/v1/users", "GET", wire.Trusted, management.Users(org)},
		route{"users", "/api/v1/users/{id}", "GET", wire.Trusted, management.User(org)},
		route{"groups", "/api/v1/users/{id}/groups", "GET", wire.Trusted, management.UserGroups(org)},
		route{"sessions", "/api/v1/users/{id}/sessions", "DELETE", wire.Trusted, management.EndUserSessions(org)},
		route{"roles", "/api/v1/users/{id}/roles", "GET", wire.Trusted, management.Roles(org)},
		route{"tokens", "/api/v1/api-tokens", "GET", wire.Trusted, management.Tokens(org)},
		route{"apps", "/api/v1/apps/{id}", "GET", wire.Trusted, management.App(org)},
		route{"servers", "/api/v1/authorizationServers/{as}/policies", "GET", wire.Trusted, management.Policies(org)},
		route{"servers", "/api/v1/authorizationServers/{as}/claims", "GET", wire.Trusted, management.Claims(org)},
		route{"organization", "/.well-known/okta-organization", "GET", wire.Everyone, identity.Organization},
		route{"idx", "/idp/idx/introspect", "POST", wire.Trusted, identity.Introspect()},
		route{"idx", "/idp/idx/identify", "POST", wire.Trusted, identity.Identify()},
		route{"idx", "/idp/idx/challenge", "POST", wire.Trusted, identity.Challenge()},
		route{"idx", "/idp/idx/challenge/answer", "POST", wire.Trusted, identity.Answer()},
		route{"idx", "/idp/idx/challenge/resend", "POST", wire.Trusted, identity.Resend()},
		route{"idx", "/idp/idx/challenge/poll", "POST", wire.Trusted, identity.Introspect()},
		route{"idx", "/idp/idx/cancel", "POST", wire.Trusted, identity.Cancel},
		route{"idx", "/idp/idx/recover", "POST", wire.Trusted, identity.Recover()},
		route{"idx", "/idp/idx/credential/enroll", "POST", wire.Trusted, identity.Enroll()},
		route{"idx", "/idp/idx/skip", "POST", wire.Trusted, identity.Skip()},
		route{"idx", "/idp/idx/enroll", "POST", wire.Trusted, identity.Refuse()},
		route{"idx", "/idp/idx/unlock-account", "POST", wire.Trusted, identity.Refuse()},
		route{browserEndpoint, "/login/token/redirect", "GET", wire.Private, identity.TokenRedirect},
		route{"revocation", "/oauth2/v1/global-token-revocation", "POST", wire.Private, management.RevokeEverything(org)},
		route{"authn", "/api/v1/authn", "POST", wire.Trusted, engine.Authn},
		route{"authn", "/api/v1/authn/factors/{id}/verify", "POST", wire.Trusted, engine.Verify},
		route{"authn", "/api/v1/authn/credentials/change_password", "POST", wire.Trusted, engine.ChangePassword},
		route{"authn", "/api/v1/authn/factors/{id}/verify/resend", "POST", wire.Trusted, engine.Resend},
		route{"authn", "/api/v1/authn/recovery/password", "POST", wire.Trusted, engine.RecoverPassword},
		route{"authn", "/api/v1/authn/recovery/unlock", "POST", wire.Trusted, engine.Unlock},
		route{"authn", "/api/v1/authn/factors", "POST", wire.Trusted, engine.Enroll},
		route{"authn", "/api/v1/authn/factors/{id}/lifecycle/activate", "POST", wire.Trusted, engine.Activate},
		route{"authn", "/api/v1/authn/factors/{id}/lifecycle/resend", "POST", wire.Trusted, engine.ResendActivation},
		route{"authn", "/api/v1/users/{user}/factors/{id}/qr/{picture}", "GET", wire.Private, engine.Picture},
		route{"authn", "/api/v1/authn/recovery/token", "POST", wire.Trusted, engine.VerifyRecovery},
		route{"authn", "/api/v1/authn/credentials/reset_password", "POST", wire.Trusted, engine.ResetPassword},
		route{"authn", "/api/v1/authn/skip", "POST", wire.Trusted, engine.Skip},
		route{"authn", "/api/v1/authn/previous", "POST", wire.Trusted, engine.Previous},
		route{"authn", "/api/v1/authn/cancel", "POST", wire.Trusted, engine.Cancel},
		route{"sessions", "/api/v1/sessions", "POST", wire.Trusted, engine.CreateSession},
		route{"sessions", "/api/v1/sessions/me", "GET DELETE", wire.Trusted, engine.MySession},
		route{browserEndpoint, "/{$}", "GET", wire.Private, pages.Dashboard},
		route{browserEndpoint, "/login/login.htm", "GET", wire.Private, pages.SignInPage},
		route{browserEndpoint, "/login/signin", "POST", wire.Private, pages.TakeSignIn},
		route{browserEndpoint, "/login/factor", "POST", wire.Private, pages.TakeFactor},
		route{browserEndpoint, "/login/enroll", "POST", wire.Private, pages.TakeEnrolment},
		route{browserEndpoint, "/login/consent", "POST", wire.Private, pages.TakeConsent},
		route{browserEndpoint, "/login/signout", "POST", wire.Private, pages.TakeSignOut},
		route{browserEndpoint, "/people/status", "POST", wire.Private, pages.TakeStatus},
		route{browserEndpoint, "/mail", "GET", wire.Private, pages.Mail},
		route{browserEndpoint, "/pages/{file}", "GET", wire.Private, hosted.Asset},
		route{browserEndpoint, "/favicon.ico", "GET", wire.Private, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) }},
		route{"other", "/", "GET POST", wire.Private, notFound},
	)
	mux, limits := http.NewServeMux(), newRateLimits(org.Now)
	for _, rt := range table {
		mux.HandleFunc(rt.path, enter(org, limits, rt))
	}
	return common(org, mux)
}

// unknownServer answers for authorization servers and endpoints that do not exist.
func unknownServer(org *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if id := r.PathValue("as"); id != org.Custom.ID && id != "v1" {
			wire.WriteAPIError(w, wire.NotFound(id+" (AuthorizationServer)"))
			return
		}
		notFound(w, r)
	}
}

func notFound(w http.ResponseWriter, r *http.Request) {
	wire.WriteAPIError(w, wire.NotFound(r.URL.Path))
}
