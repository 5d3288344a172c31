// Package advice says of what Okta refuses which setting of this app, and which place in
// Okta's Admin Console, do not fit together.
package advice

import (
	"strings"

	"example.com/okta-gin/config"
)

// Places in the Admin Console.
const (
	AtDPoP = atGeneral + " → General Settings → Proof of possession: Require Demonstrating Proof of Possession (DPoP) header in token requests"

	atGeneral     = "Applications → your app → General"
	atCredentials = atGeneral + " → Client Credentials → Client authentication"
	atGrants      = atGeneral + " → Grant type"
	atRedirects   = atGeneral + " → Sign-in redirect URIs"
	atScopes      = "Security → API → Authorization Servers → your server → Scopes"
)

// For returns what to look at where Okta refuses something with an OAuth error of that
// code and description, for the operator and not for people. It is empty where the settings
// have nothing to do with it. bound says that the request carried a DPoP proof.
func For(cfg config.Config, code, description string, bound bool) string {
	switch code {
	case "invalid_client":
		return client(cfg)
	case "unauthorized_client":
		return "tick Authorization Code at " + atGrants + further(cfg)
	case "unsupported_response_mode":
		return "set OKTA_RESPONSE_MODE=query"
	case "invalid_scope":
		return "OKTA_SCOPES asks for a scope that is not at " + atScopes + ": add it there, or leave it out"
	case "invalid_target":
		return "OKTA_RESOURCE names a service that the authorization server gives no tokens for"
	case "use_dpop_nonce", "invalid_dpop_proof":
		return proof(code, bound)
	case "invalid_request_object", "request_not_supported":
		return signed(cfg)
	case "invalid_request":
		return request(cfg, strings.ToLower(description))
	default:
		return ""
	}
}

func proof(code string, bound bool) string {
	switch {
	case !bound:
		return "OKTA_DPOP is off, and Okta demands DPoP of this app: set it to on, or untick " + AtDPoP
	case code == "invalid_dpop_proof":
		return "OKTA_DPOP is on, and Okta does not take this app's proofs: see that this machine's clock is right"
	default:
		return ""
	}
}

func client(cfg config.Config) string {
	if cfg.ClientKeys.IsSet() {
		return "see that Okta has the public half of the first key in OKTA_OAUTH2_CLIENT_KEY, active, or fetches it from here, at " + atCredentials + ": Public key / Private key"
	}
	return "see that OKTA_OAUTH2_CLIENT_ID and OKTA_OAUTH2_CLIENT_SECRET are those of this app, and the secret active, at " + atCredentials + ": Client secret"
}

// further are the grants beside Authorization Code.
func further(cfg config.Config) string {
	var grants string
	if cfg.WantsRenewal() {
		grants += ", and Refresh Token for offline_access in OKTA_SCOPES"
	}
	if cfg.SignIn == "widget" {
		grants += ", and Interaction Code for SIGN_IN=widget"
	}
	return grants
}

func signed(cfg config.Config) string {
	if cfg.JAR != "on" {
		return ""
	}
	return "OKTA_JAR is on, and Okta does not take the signed request: set it to off, or see that Okta has the public half of the first key in OKTA_OAUTH2_CLIENT_KEY at " + atCredentials + ": Public key / Private key"
}

// request goes by Okta's words, for its code says nothing.
func request(cfg config.Config, description string) string {
	switch {
	case strings.Contains(description, "pushed authorization"):
		return "Okta demands pushed authorization requests of this app: set OKTA_PAR=require, or change that at " + atGeneral
	case strings.Contains(description, "request object") && cfg.JAR != "on":
		return "OKTA_JAR is off, and Okta demands signed requests of this app: set it to on, with a key in OKTA_OAUTH2_CLIENT_KEY, or change that at " + atGeneral
	case strings.Contains(description, "request object"):
		return signed(cfg)
	case strings.Contains(description, "redirect_uri"):
		return "add this app's callback address at " + atRedirects + ", letter by letter, or correct BASE_URL"
	default:
		return ""
	}
}
