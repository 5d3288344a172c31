package oauth

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// errClientAuth is the answer where nothing more exact fits.
var errClientAuth = invalidClient("Client authentication failed. Either the client or the client credentials are invalid.")

func invalidClient(description string) *wire.OAuthError {
	return &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_client", Description: description}
}

// ReadForm reads the form of a back-channel endpoint and refuses credentials in the query and duplicates. It
// answers itself when something is wrong.
func ReadForm(o *state.Org, w http.ResponseWriter, r *http.Request) bool {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		wire.WriteAPIError(w, wire.ErrMediaType)
		return false
	}
	if err := r.ParseForm(); err != nil {
		wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "Invalid request"))
		return false
	}
	query := r.URL.Query()
	for _, name := range []string{"client_id", "client_secret", "client_assertion"} {
		if query.Has(name) {
			wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "Client credentials cannot be supplied via query parameters."))
			return false
		}
	}
	if Duplicated(r.PostForm) != nil {
		wire.WriteOAuthError(w, wire.BadRequest("invalid_request", "The request contained multiple parameters with the same name."))
		return false
	}
	return true
}

// AuthenticateClient finds out who calls a back-channel endpoint, and by which token_endpoint_auth_method.
func AuthenticateClient(o *state.Org, r *http.Request) (client *state.Client, method string, fault *wire.OAuthError) {
	form := r.PostForm
	header := r.Header.Get("Authorization")
	inHeader, inBody, inAssertion := header != "", form.Has("client_secret"), form.Has("client_assertion")
	if inHeader && inBody || inHeader && inAssertion || inBody && inAssertion {
		return nil, "", &wire.OAuthError{Status: http.StatusUnauthorized, Code: "invalid_request", Description: "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body."}
	}
	switch {
	case inHeader:
		id, secret, ok := r.BasicAuth()
		if !ok {
			return nil, "", invalidClient("Found Authentication header but was not valid client credentials.")
		}
		method = "client_secret_basic"
		client, fault = checkSecret(o, formDecoded(id), formDecoded(secret))
	case inBody:
		method = "client_secret_post"
		client, fault = checkSecret(o, form.Get("client_id"), form.Get("client_secret"))
	case inAssertion:
		client, method, fault = checkAssertion(r.Context(), o, form, o.URL()+r.URL.Path)
	case form.Get("client_id") != "":
		method = "none"
		client, fault = checkPublic(o, form.Get("client_id"))
	default:
		fault = invalidClient("No client credentials found.")
	}
	switch {
	case fault != nil:
		return nil, "", fault
	case form.Has("client_id") && form.Get("client_id") != client.ID:
		return nil, "", invalidClient("Invalid value for 'client_id' parameter.")
	case client.AuthMethod != "" && client.AuthMethod != method:
		return nil, "", errClientAuth
	}
	return client, method, nil
}

// formDecoded undoes the encoding RFC 6749 section 2.3.1 asks for in the Authorization header.
func formDecoded(s string) string {
	decoded, err := url.QueryUnescape(s)
	if err != nil {
		return s
	}
	return decoded
}

func checkSecret(o *state.Org, id, secret string) (*state.Client, *wire.OAuthError) {
	client := o.Client(id)
	switch {
	case client == nil:
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case client.Secret == "":
		return nil, errClientAuth
	case subtle.ConstantTimeCompare([]byte(secret), []byte(client.Secret)) != 1:
		return nil, invalidClient("The client secret supplied for a confidential client is invalid.")
	}
	return client, nil
}

func checkPublic(o *state.Org, id string) (*state.Client, *wire.OAuthError) {
	client := o.Client(id)
	switch {
	case client == nil:
		return nil, invalidClient("Invalid value for 'client_id' parameter.")
	case client.Confidential():
		return nil, errClientAuth
	}
	return client, nil
}
