package mockokta

import (
	"crypto"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// DefaultClientID and DefaultClientSecret belong to DefaultClient. The secret is public: it guards nothing.
const (
	DefaultClientID     = "0oa7mockWebC1ient5d7"
	DefaultClientSecret = "not-a-secret_mockokta-demo-client-only_0001"
	MachineClientID     = "0oa7mockMach1ine05d7"
	MachineClientSecret = "not-a-secret_mockokta-machine-client_00001"
)

// Grant types a Client may be given.
const (
	grantCode              = "authorization_code"
	grantRefresh           = "refresh_token"
	grantClientCredentials = "client_credentials"
)

// Client is an app integration. One with a Secret or a PublicKey is confidential; one with neither is
// public (auth method "none") and must use PKCE.
type Client struct {
	ID           string
	Secret       string // client_secret_basic, client_secret_post, and from 32 characters client_secret_jwt
	Name         string
	RedirectURIs []string // sign-in redirect URIs, compared exactly
	LogoutURIs   []string // sign-out redirect URIs, compared exactly
	Grants       []string // authorization_code, refresh_token, client_credentials; nil means the first
	RequirePKCE  bool
	Consent      bool // people are asked for consent once

	RefreshRotation string        // "STATIC" (default) or "ROTATE"
	RefreshLeeway   time.Duration // how long a rotated refresh token still works; 0 means Okta's default of 30 s, negative means not at all

	InitiateLoginURI      string           // where the dashboard's tile leads
	FrontChannelLogoutURI string           // loaded in a hidden frame when another app signs the person out; ID tokens then carry sid
	OktaScopes            []string         // okta.* scopes granted to the app on the org server
	PublicKey             crypto.PublicKey // for private_key_jwt; RSA or P-256
}

// DefaultClient is the sample web app at http://localhost:8080: a confidential client that renews.
func DefaultClient() Client {
	return WebClient("http://localhost:8080")
}

// WebClient is DefaultClient for an app at another base URL.
func WebClient(base string) Client {
	return Client{
		ID:               DefaultClientID,
		Secret:           DefaultClientSecret,
		Name:             "Sample web app",
		RedirectURIs:     []string{base + "/authorization-code/callback"},
		LogoutURIs:       []string{base},
		Grants:           []string{grantCode, grantRefresh},
		RefreshRotation:  "STATIC",
		InitiateLoginURI: base + "/authorization-code/login-redirect",
	}
}

// MachineClient is a program without people: it gets access tokens of the custom server by client_credentials.
func MachineClient() Client {
	return Client{ID: MachineClientID, Secret: MachineClientSecret, Name: "Sample machine", Grants: []string{grantClientCredentials}}
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
		if !slices.Contains([]string{grantCode, grantRefresh, grantClientCredentials}, grant) {
			return fmt.Errorf("mockokta: client %s: unknown grant type %q", c.ID, grant)
		}
	}
	if !slices.Contains([]string{"", "STATIC", "ROTATE"}, c.RefreshRotation) {
		return fmt.Errorf("mockokta: client %s: refresh rotation %q: want STATIC or ROTATE", c.ID, c.RefreshRotation)
	}
	return nil
}

func (c *Client) confidential() bool { return c.Secret != "" || c.PublicKey != nil }

func (c *Client) grants() []string {
	if c.Grants == nil {
		return []string{grantCode}
	}
	return c.Grants
}

func (c *Client) may(grant string) bool { return slices.Contains(c.grants(), grant) }

func (c *Client) leeway() time.Duration {
	if c.RefreshLeeway == 0 {
		return 30 * time.Second
	}
	return max(c.RefreshLeeway, 0)
}

// settingsURL is the page Okta names when a URI is not registered.
func (o *Org) settingsURL(c *Client) string {
	return o.url + "/admin/app/oidc_client/instance/" + c.ID + "#tab-general"
}
