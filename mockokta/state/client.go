package state

import (
	"cmp"
	"crypto"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// Grant types a Client may be given.
const (
	GrantCode              = "authorization_code"
	GrantRefresh           = "refresh_token"
	GrantClientCredentials = "client_credentials"
	GrantInteraction       = "interaction_code"
)

// AuthMethods are the ways in which a Client may authenticate.
func AuthMethods() []string {
	return []string{"client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"}
}

// SecretAlgorithms are those by which a Client signs with its secret.
func SecretAlgorithms() []string { return []string{"HS256", "HS384", "HS512"} }

// KeyAlgorithms are those by which a Client signs with a key, DPoP proofs too.
func KeyAlgorithms() []string { return []string{"RS256", "RS384", "RS512", "ES256", "ES384", "ES512"} }

// RequestObjectAlgorithms are those by which a Client may sign request objects.
func RequestObjectAlgorithms() []string { return append(SecretAlgorithms(), KeyAlgorithms()...) }

// Client is an app integration. One with a Secret or keys is confidential; one with neither is
// public (auth method "none") and must use PKCE.
type Client struct {
	ID           string
	Secret       string // client_secret_basic, client_secret_post, and from 32 characters client_secret_jwt
	Name         string
	RedirectURIs []string // sign-in redirect URIs, compared exactly
	LogoutURIs   []string // sign-out redirect URIs, compared exactly
	Grants       []string // authorization_code, refresh_token, client_credentials, interaction_code; nil means the first
	AuthMethod   string   // the one token_endpoint_auth_method it may use; empty means any that it has credentials for
	RequirePKCE  bool
	Consent      bool // people are asked for consent once

	RefreshRotation string        // "STATIC" (default) or "ROTATE"
	RefreshLeeway   time.Duration // how long a rotated refresh token still works, up to 60 s; 0 means Okta's default of 30 s, negative means not at all

	InitiateLoginURI       string           // where the dashboard's tile leads
	FrontChannelLogoutURI  string           // loaded in a hidden frame when another app signs the person out; ID tokens then carry sid
	BackChannelLogoutURI   string           // told when a session that the app took part in ends by sign-out; ID tokens then carry sid (no org of Okta's has this)
	UniversalLogoutURI     string           // called when a person is signed out everywhere
	RequirePAR             bool             // "Require pushed authorization requests"; Knobs.PAR offers them
	RecoveryURI            string           // where links for a new or a first password lead, with recovery_token or activation_token
	RequireDPoP            bool             // "Require Demonstrating Proof of Possession (DPoP) header in token requests"
	RequireRequestObject   bool             // authorize requests must come as a signed request object, and nothing outside of it counts
	RequestObjectAlg       string           // the one algorithm of its request objects; empty means any
	UniversalLogoutByEmail bool             // the subject is an email address instead of issuer and sub
	OktaScopes             []string         // okta.* scopes granted to the app on the org server
	PublicKey              crypto.PublicKey // for private_key_jwt; RSA or P-256, with its thumbprint for a kid
	JWKS                   string           // in its place, a JWK set of several public keys ("Save keys in Okta")
	JWKSURI                string           // or where the app publishes one ("Use a URL to fetch keys dynamically")
}

func (c *Client) check() error {
	if c.ID == "" {
		return fmt.Errorf("mockokta: client %q has no ID", c.Name)
	}
	for _, raw := range slices.Concat(c.RedirectURIs, c.LogoutURIs) {
		u, err := url.Parse(raw)
		if err != nil || !u.IsAbs() || u.Fragment != "" {
			return fmt.Errorf("mockokta: client %s: %q is not an absolute URI without a fragment", c.ID, raw)
		}
	}
	for _, grant := range c.Grants {
		if !slices.Contains([]string{GrantCode, GrantRefresh, GrantClientCredentials, GrantInteraction}, grant) {
			return fmt.Errorf("mockokta: client %s: unknown grant type %q", c.ID, grant)
		}
	}
	if c.AuthMethod != "" && !slices.Contains(AuthMethods(), c.AuthMethod) {
		return fmt.Errorf("mockokta: client %s: unknown auth method %q", c.ID, c.AuthMethod)
	}
	if !slices.Contains([]string{"", "STATIC", "ROTATE"}, c.RefreshRotation) {
		return fmt.Errorf("mockokta: client %s: refresh rotation %q: want STATIC or ROTATE", c.ID, c.RefreshRotation)
	}
	if c.RequestObjectAlg != "" && !slices.Contains(RequestObjectAlgorithms(), c.RequestObjectAlg) {
		return fmt.Errorf("mockokta: client %s: unknown request object algorithm %q", c.ID, c.RequestObjectAlg)
	}
	if c.RefreshLeeway > time.Minute {
		return fmt.Errorf("mockokta: client %s: refresh leeway %s: want 60s at the most", c.ID, c.RefreshLeeway)
	}
	return nil
}

// Confidential says whether the client has credentials.
func (c *Client) Confidential() bool {
	return c.Secret != "" || c.PublicKey != nil || c.JWKS != "" || c.JWKSURI != ""
}

// GrantTypes is Grants with its default.
func (c *Client) GrantTypes() []string {
	if c.Grants == nil {
		return []string{GrantCode}
	}
	return c.Grants
}

// May says whether the client has a grant type.
func (c *Client) May(grant string) bool { return slices.Contains(c.GrantTypes(), grant) }

// Leeway is RefreshLeeway with its default and without negative values.
func (c *Client) Leeway() time.Duration {
	if c.RefreshLeeway == 0 {
		return 30 * time.Second
	}
	return max(c.RefreshLeeway, 0)
}

// Title is what people call the app: its name, or else its id.
func (c *Client) Title() string { return cmp.Or(c.Name, c.ID) }
