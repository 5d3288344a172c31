package mockokta

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// authRequest is a checked request to the authorize endpoint.
type authRequest struct {
	as           *authServer
	client       *Client
	redirectURI  string
	responseMode string
	state        string
	nonce        string
	challenge    string
	scopes       []string
	prompt       []string
	maxAge       time.Duration // -1 when not asked for
	acr          string        // the value that will be in the tokens, "" when none was asked for
	loginHint    string

	sessionID string // at the consent page: who is being asked
}

func (q *authRequest) prompts(value string) bool { return slices.Contains(q.prompt, value) }

// authCode is what an authorization code stands for.
type authCode struct {
	grant       *grant
	redirectURI string
	challenge   string
	expires     time.Time
}

const (
	codeLifetime        = 300 * time.Second
	transactionLifetime = time.Hour
)

// assurance ranks the acr_values the org knows.
var assurance = map[string]int{
	"urn:okta:loa:1fa:any":            1,
	"urn:okta:loa:1fa:pwd":            1,
	"urn:okta:loa:2fa:any":            2,
	"urn:okta:loa:2fa:any:ifpossible": 2,
	"phr":                             3,
	"phrh":                            4,
}

var (
	challengePattern = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)
	supportedPrompts = []string{"none", "login", "consent", "login consent", "consent login"}
)

// serveAuthorize answers GET and POST /v1/authorize. A fault of client_id or redirect_uri gets a page,
// everything else goes back to the app.
func (o *Org) serveAuthorize(as *authServer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		params, problem := formOrQuery(r)
		if problem != "" {
			o.errorPage(w, "invalid_request", problem)
			return
		}
		if lacksCookies(r) {
			http.Redirect(w, r, r.URL.Path+"?"+params.Encode(), http.StatusSeeOther)
			return
		}
		client := o.clients[only(params, "client_id")]
		if client == nil {
			o.errorPage(w, "invalid_client", "Invalid value for 'client_id' parameter.")
			return
		}
		if !slices.Contains(client.RedirectURIs, only(params, "redirect_uri")) {
			o.errorPage(w, "invalid_request", "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings: "+o.settingsURL(client))
			return
		}
		req, fault := o.checkAuthorize(as, client, params)
		if fault != nil {
			o.sendBack(w, r, req, fault)
			return
		}
		session := o.session(r)
		if token := params.Get("sessionToken"); session == nil && token != "" {
			if userID, found := o.sessionTokens.take(token); found {
				session = o.startSession(w, r, userID, 1)
			}
		}
		o.proceed(w, r, req, session, false)
	}
}

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

// duplicated lists the parameters that are there more than once.
func duplicated(params url.Values) []string {
	var names []string
	for name, values := range params {
		if len(values) > 1 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// checkAuthorize reads a request whose client and redirect URI are good. The returned request is fit for
// sendBack also when there is a fault.
func (o *Org) checkAuthorize(as *authServer, client *Client, params url.Values) (*authRequest, *oauthError) {
	req := &authRequest{
		as: as, client: client, redirectURI: params.Get("redirect_uri"), responseMode: "query",
		nonce: params.Get("nonce"), challenge: params.Get("code_challenge"), loginHint: params.Get("login_hint"), maxAge: -1,
	}
	if state := only(params, "state"); validState(state) {
		req.state = state
	}
	mode := only(params, "response_mode")
	if slices.Contains([]string{"query", "fragment", "form_post"}, mode) {
		req.responseMode = mode
	}
	if names := duplicated(params); names != nil {
		return req, badRequest("invalid_request", "Duplicate parameter provided in request. Duplicated parameters: ["+strings.Join(names, ", ")+"].")
	}
	if req.state == "" {
		return req, badRequest("invalid_request", "The authentication request has an invalid 'state' parameter.")
	}
	if params.Get("request") != "" {
		return req, badRequest("request_not_supported", "The authorize request object is not supported by this client.")
	}
	if params.Get("request_uri") != "" {
		return req, badRequest("request_uri_not_supported", "The authorize request uri is not supported by this client.")
	}
	if params.Get("response_type") != "code" {
		return req, badRequest("unsupported_response_type", "The response type is not supported by the authorization server. Configured response types: [code].")
	}
	if mode == "okta_post_message" {
		return req, badRequest("unsupported_response_mode", "'okta_post_message' response mode cannot be used with the 'code' response type.")
	}
	if mode != "" && mode != req.responseMode {
		return req, badRequest("unsupported_response_mode", "The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].")
	}
	if !client.may(grantCode) {
		return req, unauthorizedGrant(client)
	}
	var fault *oauthError
	if req.scopes, fault = o.checkScopes(as, client, params.Get("scope")); fault != nil {
		return req, fault
	}
	if fault := checkChallenge(client, params); fault != nil {
		return req, fault
	}
	return req, req.checkAuthentication(params)
}

func checkChallenge(client *Client, params url.Values) *oauthError {
	challenge := params.Get("code_challenge")
	if challenge == "" {
		if client.RequirePKCE || !client.confidential() {
			return badRequest("invalid_request", "PKCE code challenge is required by the application.")
		}
		return nil
	}
	if params.Get("code_challenge_method") != "S256" {
		return badRequest("invalid_request", "PKCE code challenge method is not supported. Valid values: [S256]")
	}
	if !challengePattern.MatchString(challenge) {
		return badRequest("invalid_request", "PKCE code challenge contains illegal characters.")
	}
	return nil
}

// checkAuthentication reads what the app wants to know about the person's authentication.
func (q *authRequest) checkAuthentication(params url.Values) *oauthError {
	if prompt := params.Get("prompt"); prompt != "" {
		if !slices.Contains(supportedPrompts, prompt) {
			return badRequest("invalid_request", "Invalid value for 'prompt' parameter. Supported values: ["+strings.Join(supportedPrompts, ", ")+"]")
		}
		q.prompt = strings.Fields(prompt)
	}
	if raw := params.Get("max_age"); params.Has("max_age") {
		seconds, err := strconv.ParseUint(raw, 10, 31)
		if err != nil {
			return badRequest("invalid_request", "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.")
		}
		q.maxAge = time.Duration(seconds) * time.Second
		if seconds == 0 && q.prompts("none") {
			return badRequest("invalid_request", "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.")
		}
	}
	if idp := params.Get("idp"); idp != "" && idp != OrgID {
		return badRequest("invalid_request", "Identity provider is not valid.")
	}
	for _, value := range strings.Fields(params.Get("acr_values")) {
		if assurance[value] > 0 {
			q.acr = value
			break
		}
	}
	return nil
}

// needsSignIn says whether a session is not enough for what the app asked.
func (q *authRequest) needsSignIn(s *ssoSession, now time.Time) bool {
	return q.prompts("login") || s.level < assurance[q.acr] || q.maxAge >= 0 && now.Sub(s.authTime) > q.maxAge || q.maxAge == 0
}

// proceed takes a request as far as it goes: to the sign-in page, the consent page, or back to the app.
// fresh means that the person has just signed in for this very request.
func (o *Org) proceed(w http.ResponseWriter, r *http.Request, req *authRequest, s *ssoSession, fresh bool) {
	if s == nil || !fresh && req.needsSignIn(s, o.now()) {
		if !req.prompts("none") {
			o.showSignIn(w, req, s)
			return
		}
		description := "The client specified not to prompt, but the user is not logged in."
		if s != nil {
			description = "The client specified not to prompt, but the client app requires re-authentication or MFA."
		}
		o.sendBack(w, r, req, badRequest("login_required", description))
		return
	}
	entry, _ := o.directory.find(s.userID)
	if fault := o.checkAccess(req, entry); fault != nil {
		o.sendBack(w, r, req, fault)
		return
	}
	if o.needsConsent(req, s) {
		if req.prompts("none") {
			o.sendBack(w, r, req, badRequest("consent_required", "The following scopes require user consent: ["+strings.Join(req.scopes, ", ")+"]."))
			return
		}
		o.showConsent(w, req, s, entry)
		return
	}
	o.sendCode(w, r, req, s)
}

// checkAccess is what the org's settings say about this person and this app.
func (o *Org) checkAccess(req *authRequest, entry directoryEntry) *oauthError {
	knobs := o.knobs.Load()
	switch {
	case !entry.Assigned:
		return badRequest("access_denied", "User is not assigned to the client application.")
	case knobs.NoPolicy && !req.as.isOrg():
		return badRequest("access_denied", "Policy evaluation failed for this request, please check the policy configurations.")
	case knobs.UnmetACR && assurance[req.acr] > 1:
		return badRequest("unmet_authentication_requirements", "Unable to meet the authentication requirements imposed by 'acr_values' parameter.")
	case knobs.DenyConsent:
		return badRequest("access_denied", "The resource owner or authorization server denied the request.")
	case knobs.GroupsExpression && len(entry.Groups) > 100:
		return badRequest("server_error", "The groups claim matched too many groups and must be configured to match fewer groups.")
	}
	return nil
}
