// Package okta makes this app an OpenID Connect relying party of one Okta
// authorization server, or of another OpenID provider's: discovery, the authorize
// URL, the code exchange, token verification, refresh, revocation and sign-out.
//
// Every token is judged by Okta's own verifier
// (github.com/okta/okta-jwt-verifier-golang). The package supplies what that
// library leaves to its user: keys and metadata that are fetched once and
// shared, an HTTP client with limits, and the checks of OpenID Connect Core it
// does not make.
package okta
