package hosted

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"time"

	"example.com/okta-gin/mockokta/dpop"
	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// pushedMemory is for how long a request_uri that has died is still known, so that the app can be told.
const pushedMemory = time.Hour

var errRequestURI = wire.BadRequest("invalid_request_uri", "The authorize request_uri is invalid.")

// Push answers POST /v1/par: a request_uri for a request that would be good at /v1/authorize. Okta answers with
// 200 where RFC 9126 has 201.
func (o *Pages) Push(as *state.AuthServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		knobs := o.Knobs()
		if !knobs.PAR {
			wire.WriteAPIError(w, wire.NotFound(r.URL.Path))
			return
		}
		if !oauth.ReadForm(o.Org, w, r) {
			return
		}
		client, params, fault := o.checkPush(as, w, r)
		if fault != nil {
			wire.WriteOAuthError(w, fault)
			return
		}
		uri := "urn:okta:" + base64.RawURLEncoding.EncodeToString([]byte(state.RandomID()+":"+client.ID))
		expires := o.Now().Add(knobs.PushedLifetime)
		o.Pushed.Put(uri, &state.Pushed{Server: as, Client: client, Params: params, Expires: expires}, expires.Add(pushedMemory))
		answer := map[string]any{"request_uri": uri, "expires_in": int(knobs.PushedLifetime.Seconds())}
		if knobs.TamperPush != nil {
			knobs.TamperPush(answer)
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, answer)
	}
}

// checkPush judges a pushed request as the authorize endpoint will, and returns its parameters. A proof binds the code
// to its key (RFC 9449 section 10.1).
func (o *Pages) checkPush(as *state.AuthServer, w http.ResponseWriter, r *http.Request) (*state.Client, url.Values, *wire.OAuthError) {
	client, _, fault := oauth.AuthenticateClient(o.Org, r)
	switch {
	case fault != nil:
		return nil, nil, fault
	case o.Knobs().DenyPush:
		return nil, nil, &wire.OAuthError{Status: http.StatusForbidden, Code: "access_denied", Description: "Policy evaluation failed for this request, please check the policy configurations."}
	case r.PostForm.Has("request_uri"):
		return nil, nil, wire.BadRequest("invalid_request", "The 'request_uri' parameter must not be present in the request.")
	}
	thumbprint, fault := dpop.AtServer(o.Org, as, w, r)
	if fault != nil {
		return nil, nil, fault
	}
	params := maps.Clone(r.PostForm)
	for _, name := range []string{"client_secret", "client_assertion", "client_assertion_type"} {
		params.Del(name)
	}
	if params, fault = oauth.RequestObject(r.Context(), o.Org, as, client, params); fault != nil {
		return nil, nil, fault
	}
	if !slices.Contains(client.RedirectURIs, params.Get("redirect_uri")) {
		return nil, nil, o.errRedirectURI(client)
	}
	if _, fault = o.checkAuthorize(as, client, params); fault != nil {
		return nil, nil, fault
	}
	switch {
	case thumbprint == "":
	case params.Has("dpop_jkt") && params.Get("dpop_jkt") != thumbprint:
		return nil, nil, wire.BadRequest("invalid_dpop_proof", "The key of the DPoP proof is not the one that 'dpop_jkt' names.")
	default:
		params.Set("dpop_jkt", thumbprint)
	}
	return client, params, nil
}

func (o *Pages) errRedirectURI(client *state.Client) *wire.OAuthError {
	return wire.BadRequest("invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+o.SettingsURL(client))
}

// pulled returns the parameters that a request_uri stands for. A fault that is not the URI's own gets a page; where
// the URI has merely died, the parameters come with it, so that the app can be told.
func (o *Pages) pulled(as *state.AuthServer, client *state.Client, uri string) (url.Values, *wire.OAuthError) {
	pushed, found := o.Pushed.Get(uri)
	switch {
	case !o.Knobs().PAR || !found:
		return nil, errRequestURI
	case pushed.Client != client:
		return nil, &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_client", Description: "The 'client_id' parameter does not match the expected value for the provided request_uri."}
	case pushed.Server != as:
		return nil, wire.BadRequest("invalid_request_uri", "The request_uri was issued for another authorization server.")
	case !pushed.Use(o.Now()):
		return pushed.Params, errRequestURI
	}
	return pushed.Params, nil
}
