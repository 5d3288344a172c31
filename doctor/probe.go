package doctor

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/clientauth"
	"example.com/okta-gin/okta/oktahttp"
)

// response is what Okta makes of an authorize request by a browser in which nobody is
// signed in: it goes back to the app with a code of error, or stops with a page.
type response struct {
	back   bool
	code   string
	words  string
	status int
}

// fits reports whether the request itself was found right: all that is missing is a
// person.
func (r response) fits() bool {
	return r.back && slices.Contains([]string{"login_required", "consent_required", "interaction_required", "access_denied"}, r.code)
}

func (r response) String() string {
	if r.back {
		return plain(r.code + " (" + r.words + ")")
	}
	return plain(fmt.Sprintf("status %d, a page that says: %s", r.status, r.words))
}

// probe sends an authorize request that nobody is to be asked for (prompt=none), with
// changes: an empty value removes the parameter. It goes as the app's own do: signed where
// OKTA_JAR is on, and pushed where Okta offers that and OKTA_PAR allows it.
func probe(ctx context.Context, e *examiner, changes map[string]string) response {
	attempt := okta.NewAttempt()
	params := url.Values{
		"client_id": {e.cfg.ClientID}, "redirect_uri": {e.redirectURI()}, "response_type": {"code"}, "response_mode": {"query"},
		"scope": {"openid"}, "state": {attempt.State}, "nonce": {attempt.Nonce}, "prompt": {"none"},
		"code_challenge": {attempt.Challenge()}, "code_challenge_method": {"S256"},
	}
	for name, value := range changes {
		params.Del(name)
		if value != "" {
			params.Set(name, value)
		}
	}
	params, refused := asTheApp(ctx, e, params)
	if refused != nil {
		return *refused
	}
	joint := "?"
	if strings.Contains(e.metadata.AuthorizationEndpoint, "?") {
		joint = "&"
	}
	r := e.ask(ctx, e.metadata.AuthorizationEndpoint+joint+params.Encode(), "Accept", "text/html")
	if r.answer == nil {
		return response{words: cause(r.err)}
	}
	if target, query, found := strings.Cut(r.answer.Header.Get("Location"), "?"); found && target == e.redirectURI() {
		values, _ := url.ParseQuery(query)
		return response{back: true, code: values.Get("error"), words: values.Get("error_description"), status: r.status()}
	}
	text, fields := r.page()
	if r.status() == http.StatusOK && fields.Get("state") == attempt.State {
		return response{back: true, code: fields.Get("error"), words: fields.Get("error_description"), status: r.status()}
	}
	return response{words: text, status: r.status()}
}

// asTheApp returns what the app would send a browser with for params, or what Okta refuses
// at the push. A push that fails for the client goes on without one: whether the client
// may push is another check's.
func asTheApp(ctx context.Context, e *examiner, params url.Values) (url.Values, *response) {
	credential, err := clientauth.New(e.cfg, e.now)
	if err != nil {
		return params, nil
	}
	if e.cfg.JAR == "on" {
		object, err := credential.RequestObject(params, e.metadata.RequestAlgorithms)
		if err != nil {
			return nil, &response{words: err.Error()}
		}
		params = url.Values{"client_id": {e.cfg.ClientID}, "request": {object}}
	}
	if e.metadata.PushEndpoint == "" || e.cfg.PAR == "off" {
		return params, nil
	}
	request, err := credential.Request(ctx, e.metadata.pushEndpoint(), maps.Clone(params))
	if err != nil {
		return params, nil
	}
	r := e.send(request)
	var pushed struct {
		URI string `json:"request_uri"`
	}
	if r.status()/100 == 2 && oktahttp.DecodeJSON(r.body, &pushed) == nil && pushed.URI != "" {
		return url.Values{"client_id": {e.cfg.ClientID}, "request_uri": {pushed.URI}}, nil
	}
	switch refusal := r.refusal(); refusal.Code {
	case "", "invalid_client", "access_denied", "unauthorized_client":
		return params, nil
	default:
		return nil, &response{back: true, code: refusal.Code, words: refusal.Description, status: r.status()}
	}
}
