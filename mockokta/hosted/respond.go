package hosted

import (
	"net/http"
	"net/url"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// sendCode ends the request well: with a code.
func (o *Pages) sendCode(w http.ResponseWriter, r *http.Request, req *authRequest, s *state.Session) {
	s.Join(req.client, req.as)
	code := state.RandomID()
	o.Codes.Put(code, &state.AuthCode{
		Grant: &state.Grant{
			Server: req.as, Client: req.client, UserID: s.UserID, Scopes: req.scopes, Nonce: req.nonce, ACR: req.acr,
			AuthTime: s.AuthTime, AMR: s.AMR, SessionID: s.ID, Began: o.Now(), Resources: req.resources,
		},
		RedirectURI: req.redirectURI, Challenge: req.challenge, Thumbprint: req.thumbprint, Expires: o.Now().Add(codeLifetime),
	}, o.Now().Add(2*codeLifetime)) // kept longer so that a late second use is noticed
	o.respond(w, r, req, url.Values{"code": {code}})
}

// sendBack ends the request with an error.
func (o *Pages) sendBack(w http.ResponseWriter, r *http.Request, req *authRequest, fault *wire.OAuthError) {
	o.respond(w, r, req, url.Values{"error": {fault.Code}, "error_description": {fault.Description}})
}

// respond delivers parameters in the response mode asked for.
func (o *Pages) respond(w http.ResponseWriter, r *http.Request, req *authRequest, params url.Values) {
	if req.state != "" {
		params.Set("state", req.state)
	}
	if tamper := o.Knobs().TamperAuthorize; tamper != nil {
		tamper(params)
	}
	if req.responseMode == "form_post" {
		o.writePage(w, r, page{status: http.StatusOK, name: "form_post.html", req: req, data: map[string]any{"Action": req.redirectURI, "Fields": params}})
		return
	}
	target := wire.AppendQuery(req.redirectURI, params)
	if req.responseMode == "fragment" {
		target = req.redirectURI + "#" + params.Encode()
	}
	wire.NoStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target, http.StatusFound)
}
