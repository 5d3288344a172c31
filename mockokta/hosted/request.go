package hosted

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"example.com/okta-gin/mockokta/oauth"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// authRequest is a checked request to the authorize endpoint.
type authRequest struct {
	as           *state.AuthServer
	client       *state.Client
	redirectURI  string
	responseMode string
	state        string
	nonce        string
	challenge    string
	thumbprint   string // dpop_jkt: the key that the code will be bound to, or nothing
	resources    []string
	scopes       []string
	prompt       []string
	maxAge       time.Duration // -1 when not asked for
	acr          string        // the value that will be in the tokens, "" when none was asked for
	loginHint    string
	uiLocales    string

	sessionID string // at the consent page: who is being asked
}

func (q *authRequest) prompts(value string) bool { return slices.Contains(q.prompt, value) }

// pendingSignIn is a sign-in whose password was right and whose second factor is still to come.
type pendingSignIn struct {
	req       *authRequest // nil on a sign-in to the dashboard
	person    state.Entry
	challenge *state.Challenge // nil until a factor is chosen
	secret    string           // of the authenticator app that is set up, if one is
	failed    bool             // the last code was wrong
}

const (
	codeLifetime        = 300 * time.Second
	transactionLifetime = time.Hour
)

var supportedPrompts = []string{"none", "login", "consent", "login consent", "consent login"}

// formOrQuery returns the parameters of a GET's query or a POST's form; a POST may have no query. Otherwise it
// returns what to tell the person.
func formOrQuery(r *http.Request) (params url.Values, problem string) {
	if err := r.ParseForm(); err != nil {
		return nil, "The request cannot be read."
	}
	if r.Method != http.MethodPost {
		return r.Form, ""
	}
	if r.URL.RawQuery != "" {
		return nil, "A POST request takes no query parameters."
	}
	return r.PostForm, ""
}

// validState says whether a state is there and can be sent back as it came.
func validState(state string) bool {
	return state != "" && len(state) <= 4096 && !strings.ContainsFunc(state, unicode.IsControl)
}

// only returns the parameter's value if it is there exactly once.
func only(params url.Values, name string) string {
	if len(params[name]) != 1 {
		return ""
	}
	return params[name][0]
}

// checkAuthorize reads a request whose client and redirect URI are good. The returned request is fit for
// sendBack also when there is a fault.
func (o *Pages) checkAuthorize(as *state.AuthServer, client *state.Client, params url.Values) (*authRequest, *wire.OAuthError) {
	req := &authRequest{
		as: as, client: client, redirectURI: params.Get("redirect_uri"), responseMode: "query",
		nonce: params.Get("nonce"), challenge: params.Get("code_challenge"), loginHint: params.Get("login_hint"), uiLocales: params.Get("ui_locales"), maxAge: -1,
	}
	if state := only(params, "state"); validState(state) {
		req.state = state
	}
	mode := only(params, "response_mode")
	if slices.Contains([]string{"query", "fragment", "form_post"}, mode) {
		req.responseMode = mode
	}
	if names := oauth.Duplicated(params); names != nil {
		return req, wire.BadRequest("invalid_request", "Duplicate parameter provided in request. Duplicated parameters: ["+strings.Join(names, ", ")+"].")
	}
	if req.state == "" {
		return req, wire.BadRequest("invalid_request", "The authentication request has an invalid 'state' parameter.")
	}
	if params.Get("request_uri") != "" {
		return req, wire.BadRequest("request_uri_not_supported", "The authorize request uri is not supported by this client.")
	}
	if params.Get("response_type") != "code" {
		return req, wire.BadRequest("unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [code].")
	}
	if mode == "okta_post_message" {
		return req, wire.BadRequest("unsupported_response_mode", "'okta_post_message' response mode cannot be used with the 'code' response type.")
	}
	if mode != "" && mode != req.responseMode {
		return req, wire.BadRequest("unsupported_response_mode", "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].")
	}
	if !client.May(state.GrantCode) && client.May(state.GrantInteraction) {
		return req, wire.BadRequest("interaction_required", "Your client is configured to use the interaction code flow and user interaction is required to complete the request.")
	}
	if !client.May(state.GrantCode) {
		return req, oauth.UnauthorizedGrant(client)
	}
	var fault *wire.OAuthError
	if req.scopes, fault = oauth.CheckScopes(as, client, params.Get("scope")); fault != nil {
		return req, fault
	}
	if fault := oauth.CheckChallenge(client, params); fault != nil {
		return req, fault
	}
	if req.resources, fault = oauth.CheckResources(o.Org, as, params["resource"]); fault != nil {
		return req, fault
	}
	if req.thumbprint, fault = oauth.CheckThumbprint(params); fault != nil {
		return req, fault
	}
	return req, req.checkAuthentication(params)
}

// checkAuthentication reads what the app wants to know about the person's authentication.
func (q *authRequest) checkAuthentication(params url.Values) *wire.OAuthError {
	if prompt := params.Get("prompt"); prompt != "" {
		if !slices.Contains(supportedPrompts, prompt) {
			return wire.BadRequest("invalid_request", "Invalid value for 'prompt' parameter. Supported values: ["+strings.Join(supportedPrompts, ", ")+"]")
		}
		q.prompt = strings.Fields(prompt)
	}
	if raw := params.Get("max_age"); params.Has("max_age") {
		seconds, err := strconv.ParseUint(raw, 10, 31)
		if err != nil {
			return wire.BadRequest("invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.")
		}
		q.maxAge = time.Duration(seconds) * time.Second
		if seconds == 0 && q.prompts("none") {
			return wire.BadRequest("invalid_request", "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.")
		}
	}
	if idp := params.Get("idp"); idp != "" && idp != state.OrgID {
		return wire.BadRequest("invalid_request", "Identity provider is not valid.")
	}
	q.acr = state.ChooseACR(params.Get("acr_values"))
	return nil
}

// needsSignIn says whether a session is not enough for what the app asked.
func (q *authRequest) needsSignIn(s *state.Session, now time.Time) bool {
	return q.prompts("login") || s.Level < state.Assurance(q.acr) || q.maxAge >= 0 && now.Sub(s.AuthTime) > q.maxAge || q.maxAge == 0
}
