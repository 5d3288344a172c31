// Package state is what an org knows and remembers: its people, clients, keys, knobs, sessions and grants.
//
// It answers no requests. Everything in it is safe for concurrent use.
package state

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"
)

// OrgID is the org's own id: the idp claim of everyone who signs in with a password.
const OrgID = "00o1mockOrgId00005d7"

// Options says what an org is made of.
type Options struct {
	URL            string           // the org's base URL, "http://host:port"; Start takes it from the listener, New from Addr
	IssuerPath     string           // path of a custom authorization server that is not Okta-shaped, e.g. "/realms/demo" or "/a/b/"; default "/oauth2/default"
	Addr           string           // host:port to listen on, loopback only; default "127.0.0.1:0"
	Clients        []Client         // app integrations; none means DefaultClient and MachineClient
	People         []Person         // the directory; nil means SamplePeople()
	Now            func() time.Time // the clock; default time.Now
	Log            *slog.Logger     // one line per request, without query or body; default none
	APIToken       string           // accepted with the SSWS scheme; default DefaultAPIToken
	EventHooks     []EventHook      // who is told what happens to people
	TrustedOrigins []string         // browser origins that CORS answers name, e.g. "http://localhost:8080"
}

// EventHook is an endpoint that is told what happens to people, with Secret as its Authorization header.
type EventHook struct{ URL, Secret string }

// Org is the state of one org.
type Org struct {
	*Directory
	Counters
	KnobSet
	Mailbox

	Custom      *AuthServer       // the custom authorization server
	OwnServer   *AuthServer       // the org's own
	Unpublished func() SigningKey // signs what nobody shall be able to verify

	Sessions         *Expiring[string, *Session]
	Codes            *Expiring[string, *AuthCode]
	AccessTokens     *Expiring[TokenHash, *AccessToken]
	RefreshTokens    *Expiring[TokenHash, *RefreshToken]
	SessionTokens    *Expiring[string, Proof] // of the Classic Engine
	InteractionCodes *Expiring[string, *AuthCode]
	AssertionIDs     *Expiring[string, struct{}]
	RecoveryTokens   *Expiring[string, string] // person by token
	ActivationTokens *Expiring[string, string]
	RequestIDs       *Expiring[string, struct{}] // of request objects
	ProofIDs         *Expiring[string, struct{}] // of DPoP proofs
	ClientKeys       *Expiring[string, jwk.Set]  // what a jwks_uri said, by client id
	Pushed           *Expiring[string, *Pushed]  // authorize requests by request_uri

	totpUsed    *Expiring[string, struct{}] // person and code
	offered     *Expiring[string, string]   // secrets that are set up, by person
	options     Options
	clients     map[string]*Client
	clientOrder []string
}

// New makes an org's state. Every option but Addr must be set.
func New(o Options) (*Org, error) {
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("mockokta: read the org URL: %w", err)
	}
	if (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.Path != "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("mockokta: org URL %q: want scheme://host:port and nothing more", o.URL)
	}
	custom, err := newCustomServer(o.URL, o.IssuerPath)
	if err != nil {
		return nil, err
	}
	org := &Org{
		Directory:        newDirectory(o.Now),
		Custom:           custom,
		OwnServer:        &AuthServer{Issuer: o.URL, Base: "/oauth2", Audience: o.URL, Keys: newKeyring(2), Nonces: new(Nonces)},
		Unpublished:      func() SigningKey { return newSigningKey(0) },
		Sessions:         NewExpiring[string, *Session](o.Now),
		Codes:            NewExpiring[string, *AuthCode](o.Now),
		AccessTokens:     NewExpiring[TokenHash, *AccessToken](o.Now),
		RefreshTokens:    NewExpiring[TokenHash, *RefreshToken](o.Now),
		SessionTokens:    NewExpiring[string, Proof](o.Now),
		AssertionIDs:     NewExpiring[string, struct{}](o.Now),
		RecoveryTokens:   NewExpiring[string, string](o.Now),
		ActivationTokens: NewExpiring[string, string](o.Now),
		RequestIDs:       NewExpiring[string, struct{}](o.Now),
		ProofIDs:         NewExpiring[string, struct{}](o.Now),
		ClientKeys:       NewExpiring[string, jwk.Set](o.Now),
		Pushed:           NewExpiring[string, *Pushed](o.Now),
		InteractionCodes: NewExpiring[string, *AuthCode](o.Now),
		offered:          NewExpiring[string, string](o.Now),
		totpUsed:         NewExpiring[string, struct{}](o.Now),
		options:          o,
		clients:          make(map[string]*Client),
	}
	for _, c := range o.Clients {
		if err := c.check(); err != nil {
			return nil, err
		}
		if org.clients[c.ID] != nil {
			return nil, fmt.Errorf("mockokta: client %q is listed twice", c.ID)
		}
		org.clients[c.ID] = &c
		org.clientOrder = append(org.clientOrder, c.ID)
	}
	for _, p := range o.People {
		if p.Login == "" {
			return nil, errors.New("mockokta: a person has no login")
		}
		org.AddPerson(p)
	}
	return org, nil
}

// URL is the org's base URL, without a trailing slash.
func (o *Org) URL() string { return o.options.URL }

// Issuer is the issuer of the custom authorization server "default".
func (o *Org) Issuer() string { return o.Custom.Issuer }

// OrgIssuer is the issuer of the org authorization server: the org's base URL.
func (o *Org) OrgIssuer() string { return o.OwnServer.Issuer }

// Now is the org's time.
func (o *Org) Now() time.Time { return o.options.Now() }

// Log is where the org says what happens.
func (o *Org) Log() *slog.Logger { return o.options.Log }

// APIToken is the token that the management API takes with the SSWS scheme.
func (o *Org) APIToken() string { return o.options.APIToken }

// EventHooks are who is told what happens to people.
func (o *Org) EventHooks() []EventHook { return o.options.EventHooks }

// TrustedOrigins are the browser origins that may read the org's answers.
func (o *Org) TrustedOrigins() []string { return o.options.TrustedOrigins }

// Clients returns a copy of the app integrations, in the order they were given.
func (o *Org) Clients() []Client {
	list := make([]Client, 0, len(o.clientOrder))
	for _, id := range o.clientOrder {
		list = append(list, *o.clients[id])
	}
	return list
}

// Client returns the app integration with the id, or nil.
func (o *Org) Client(id string) *Client { return o.clients[id] }

// SettingsURL is the page Okta names when a URI is not registered.
func (o *Org) SettingsURL(c *Client) string {
	return o.URL() + "/admin/app/oidc_client/instance/" + c.ID + "#tab-general"
}

// DeactivateUser ends a person's time in the org: sessions go, renewals are refused, tokens stop working
// where Okta is asked about them. Unknown logins change nothing.
func (o *Org) DeactivateUser(login string) {
	if id, found := o.change(login, func(p *Person) { p.Status = StatusDeprovisioned }); found {
		o.EndSessionsOf(id)
	}
}

// ActivateUser lets a person who was deactivated sign in again.
func (o *Org) ActivateUser(login string) {
	o.change(login, func(p *Person) { p.Status = StatusActive })
}

// EndSessions signs a person out of the org in every browser. Tokens stay valid.
func (o *Org) EndSessions(login string) {
	if id, found := o.change(login, func(*Person) {}); found {
		o.EndSessionsOf(id)
	}
}

// RevokeRefreshTokens makes every refresh token given for a person invalid.
func (o *Org) RevokeRefreshTokens(login string) {
	if id, found := o.change(login, func(*Person) {}); found {
		o.RefreshTokens.DeleteIf(func(t *RefreshToken) bool { return t.Grant.UserID == id })
	}
}

// RevokeAccessTokens makes every access token given for a person invalid where the org is asked about it. Refresh tokens
// go on working.
func (o *Org) RevokeAccessTokens(login string) {
	id, found := o.change(login, func(*Person) {})
	for _, t := range o.AccessTokens.Values() {
		if found && t.Grant.UserID == id {
			t.Revoked.Store(true)
		}
	}
}

// EndSessionsOf signs the person with the id out of the org in every browser.
func (o *Org) EndSessionsOf(id string) {
	o.Sessions.DeleteIf(func(s *Session) bool { return s.UserID == id })
}

// RevokeGrantsOf makes every token given for the person with the id invalid.
func (o *Org) RevokeGrantsOf(id string) {
	for _, t := range o.RefreshTokens.Values() {
		if t.Grant.UserID == id {
			t.Grant.Revoke()
		}
	}
	for _, t := range o.AccessTokens.Values() {
		if t.Grant.UserID == id {
			t.Grant.Revoke()
		}
	}
}

// RotateKeys is the surprise rotation, on both authorization servers: a new key signs from now on and the
// old ones are withdrawn. It returns the new key id of the custom server.
func (o *Org) RotateKeys() string {
	o.OwnServer.Keys.replace()
	o.Custom.Keys.replace()
	return o.Custom.Keys.Signing().ID
}

// PublishNextKey is the first half of a planned rotation, on both servers: a key that nothing is signed with
// yet joins the published ones.
func (o *Org) PublishNextKey() {
	o.OwnServer.Keys.publish()
	o.Custom.Keys.publish()
}

// UseNextKey is the second half: the newest published key signs from now on, the others stay published.
func (o *Org) UseNextKey() {
	o.OwnServer.Keys.useNewest()
	o.Custom.Keys.useNewest()
}
