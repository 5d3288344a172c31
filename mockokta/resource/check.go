package resource

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/mockokta/dpop"
	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

// Caller is for whom a request was made, as its access token says.
type Caller struct {
	Subject string   `json:"sub"`
	UserID  string   `json:"uid,omitempty"`
	Client  string   `json:"cid"`
	Scopes  []string `json:"scp"`
	Scheme  string   `json:"scheme"` // Bearer or DPoP
}

// accessClaims are the claims of an access token that are checked.
type accessClaims struct {
	Caller
	Issuer       string  `json:"iss"`
	Audience     any     `json:"aud"`
	Expires      float64 `json:"exp"`
	AuthTime     float64 `json:"auth_time"`
	ACR          string  `json:"acr"`
	Confirmation struct {
		Thumbprint string `json:"jkt"`
	} `json:"cnf"`
}

// refusal is why a request is not answered.
type refusal struct {
	status      int
	code        string // empty means that there was no token at all
	description string
	boundOnly   bool   // only the DPoP scheme would do
	further     string // parameters of the challenge
}

// check judges a request's access token and the proof that comes with it.
func (s *Server) check(w http.ResponseWriter, r *http.Request) (Caller, *refusal) {
	rules := s.Rules()
	scheme, raw, ok := wire.PresentedToken(r)
	switch {
	case !ok:
		return Caller{}, &refusal{status: http.StatusUnauthorized, boundOnly: rules.BoundOnly}
	case rules.RefuseAll:
		return Caller{}, invalidToken("The access token is not welcome.", scheme)
	}
	claims, problem := s.verify(raw, rules)
	if problem != "" {
		return Caller{}, invalidToken(problem, scheme)
	}
	claims.Scheme = scheme
	if problem := s.checkPossession(w, r, scheme, raw, claims.Confirmation.Thumbprint, rules); problem != nil {
		return Caller{}, problem
	}
	if rules.Scope != "" && !slices.Contains(claims.Scopes, rules.Scope) {
		return Caller{}, &refusal{http.StatusForbidden, "insufficient_scope", "The access token lacks a scope.", scheme == wire.DPoP, fmt.Sprintf("scope=%q", rules.Scope)}
	}
	if rules.ACR != "" && claims.ACR != rules.ACR {
		return Caller{}, stepUp(scheme, fmt.Sprintf("acr_values=%q", rules.ACR))
	}
	if rules.MaxAge > 0 && s.org.Now().Sub(time.Unix(int64(claims.AuthTime), 0)) > rules.MaxAge {
		return Caller{}, stepUp(scheme, fmt.Sprintf("max_age=%d", int(rules.MaxAge.Seconds())))
	}
	return claims.Caller, nil
}

func invalidToken(description, scheme string) *refusal {
	return &refusal{status: http.StatusUnauthorized, code: "invalid_token", description: description, boundOnly: scheme == wire.DPoP}
}

// stepUp asks for another sign-in (RFC 9470 section 3).
func stepUp(scheme, want string) *refusal {
	return &refusal{http.StatusUnauthorized, "insufficient_user_authentication", "The sign-in is not good enough for this.", scheme == wire.DPoP, want}
}

// verify checks a token by itself. It returns what is wrong, or nothing.
func (s *Server) verify(raw string, rules Rules) (accessClaims, string) {
	var claims accessClaims
	payload, ok := s.org.Custom.Keys.VerifyPublished(raw)
	if !ok || json.Unmarshal(payload, &claims) != nil {
		return claims, "The access token is no JWT of the authorization server."
	}
	switch {
	case claims.Issuer != s.org.Issuer():
		return claims, "The access token is of another issuer."
	case !hasAudience(claims.Audience, rules.Audience):
		return claims, "The access token is for another audience."
	case claims.Client == "" || claims.Scopes == nil: // an ID token has neither
		return claims, "The token is no access token."
	case float64(s.org.Now().Unix()) >= claims.Expires:
		return claims, "The access token has expired."
	}
	if token, found := s.org.AccessTokens.Get(state.HashToken(raw)); found && s.org.Refusal(token) != "" {
		return claims, "The access token has been revoked."
	}
	return claims, ""
}

func hasAudience(aud any, want string) bool {
	if list, ok := aud.([]any); ok {
		return slices.Contains(list, any(want))
	}
	return aud == want
}

// checkPossession holds that bound tokens, and none but those, come with a proof (RFC 9449 section 7).
func (s *Server) checkPossession(w http.ResponseWriter, r *http.Request, scheme, raw, thumbprint string, rules Rules) *refusal {
	switch {
	case scheme == wire.Bearer && thumbprint != "":
		return &refusal{status: http.StatusUnauthorized, code: "invalid_token", description: "The access token is bound to a key and must come with a proof.", boundOnly: true}
	case scheme == wire.Bearer && rules.BoundOnly:
		return &refusal{status: http.StatusUnauthorized, code: "invalid_token", description: "The access token must be bound to a key.", boundOnly: true}
	case scheme == wire.Bearer:
		return nil
	case thumbprint == "":
		return invalidToken("The access token is bound to no key.", scheme)
	}
	refuse := func(code, description string) *refusal {
		return &refusal{status: http.StatusUnauthorized, code: code, description: description, boundOnly: true}
	}
	proof, fault := dpop.Read(r, s.urlOf(r), s.org.Now())
	switch {
	case fault != nil:
		return refuse(fault.Code, fault.Description)
	case subtle.ConstantTimeCompare([]byte(proof.TokenHash), []byte(dpop.HashToken(raw))) != 1:
		return refuse("invalid_dpop_proof", "The proof is for another access token.")
	case subtle.ConstantTimeCompare([]byte(proof.Thumbprint), []byte(thumbprint)) != 1:
		return refuse("invalid_token", "The access token is bound to another key.")
	case rules.Nonces && !s.takeNonce(w, proof.Nonce, rules):
		return refuse("use_dpop_nonce", "Resource server requires nonce in DPoP proof")
	case proof.ID == "" || !s.proofs.PutNew(proof.Thumbprint+" "+proof.ID, struct{}{}, proof.Dies):
		return refuse("invalid_dpop_proof", "The proof has no id, or was here before.")
	}
	return nil
}

func (s *Server) takeNonce(w http.ResponseWriter, nonce string, rules Rules) bool {
	now := s.org.Now()
	good := s.nonces.Good(nonce, now)
	next := ""
	if rules.FreshNonces {
		next = s.nonces.Another(now)
	} else {
		next = s.nonces.Current(now, time.Hour)
	}
	w.Header().Set("DPoP-Nonce", next)
	return good
}

// urlOf is the URL that a request's proof must name.
func (s *Server) urlOf(r *http.Request) string {
	if s.url != "" {
		return s.url + r.URL.EscapedPath()
	}
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	return scheme + "://" + r.Host + r.URL.EscapedPath()
}

// write answers with challenges for the schemes that would do.
func (f *refusal) write(w http.ResponseWriter) {
	parameters := []string{}
	if f.code != "" {
		parameters = append(parameters, fmt.Sprintf("error=%q", f.code), fmt.Sprintf("error_description=%q", f.description))
	}
	if f.further != "" {
		parameters = append(parameters, f.further)
	}
	algorithms := fmt.Sprintf("algs=%q", strings.Join(state.KeyAlgorithms(), " "))
	w.Header().Add("WWW-Authenticate", wire.DPoP+" "+strings.Join(append(slices.Clone(parameters), algorithms), ", "))
	if !f.boundOnly {
		w.Header().Add("WWW-Authenticate", strings.TrimSpace(wire.Bearer+" "+strings.Join(parameters, ", ")))
	}
	wire.JSON(w, f.status, map[string]string{"error": f.code, "error_description": f.description})
}

type callerKey struct{}

func withCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
