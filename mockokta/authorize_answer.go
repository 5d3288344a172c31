package mockokta

import (
	"net/http"
	"net/url"
	"strings"
)

// sendCode ends the request well: with a code.
func (o *Org) sendCode(w http.ResponseWriter, r *http.Request, req *authRequest, s *ssoSession) {
	code := randomID()
	o.codes.put(code, &authCode{
		grant: &grant{
			as: req.as, client: req.client, userID: s.userID, scopes: req.scopes, nonce: req.nonce, acr: req.acr,
			authTime: s.authTime, amr: s.amr, sessionID: s.id, began: o.now(),
		},
		redirectURI: req.redirectURI, challenge: req.challenge, expires: o.now().Add(codeLifetime),
	}, o.now().Add(2*codeLifetime)) // kept longer so that a late second use is noticed
	o.respond(w, r, req, url.Values{"code": {code}})
}

// sendBack ends the request with an error.
func (o *Org) sendBack(w http.ResponseWriter, r *http.Request, req *authRequest, fault *oauthError) {
	o.respond(w, r, req, url.Values{"error": {fault.code}, "error_description": {fault.description}})
}

// respond delivers answer parameters in the response mode asked for.
func (o *Org) respond(w http.ResponseWriter, r *http.Request, req *authRequest, answer url.Values) {
	if req.state != "" {
		answer.Set("state", req.state)
	}
	if req.responseMode == "form_post" {
		o.writePage(w, page{status: http.StatusOK, name: "form_post.html", targets: []string{req.redirectURI}, data: map[string]any{"Action": req.redirectURI, "Fields": answer}})
		return
	}
	target := appendQuery(req.redirectURI, answer)
	if req.responseMode == "fragment" {
		target = req.redirectURI + "#" + answer.Encode()
	}
	noStore(w)
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, target, http.StatusFound)
}

func appendQuery(uri string, params url.Values) string {
	separator := "?"
	if strings.Contains(uri, "?") {
		separator = "&"
	}
	return uri + separator + params.Encode()
}
