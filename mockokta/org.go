package mockokta

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultAPIToken is the API token (scheme SSWS) of an org whose Options name none.
const DefaultAPIToken = "00mockApiTokenForTheDemoOnly_0000000000000"

// OrgID is the org's own id: the idp claim of everyone who signs in with a password.
const OrgID = "00o1mockOrgId00005d7"

// customScopes are the scopes an administrator has added to the custom authorization server.
var customScopes = []string{"messages:read", "messages:write"}

// Options says what an org is made of. The zero value is a working org: DefaultClient, MachineClient
// and the SamplePeople.
type Options struct {
	URL            string           // the org's base URL, "http://host:port"; Start takes it from the listener, New from Addr
	Addr           string           // host:port to listen on, loopback only; default "127.0.0.1:0"
	Clients        []Client         // app integrations; none means the two defaults
	People         []Person         // the directory; nil means SamplePeople()
	Now            func() time.Time // the clock; default time.Now
	Log            *slog.Logger     // one line per request, without query or body; default none
	APIToken       string           // accepted with the SSWS scheme; default DefaultAPIToken
	TrustedOrigins []string         // browser origins that CORS answers name, e.g. "http://localhost:8080"
}

// Org is an Okta org in miniature. It is an http.Handler, and safe for concurrent use.
type Org struct {
	url            string
	now            func() time.Time
	log            *slog.Logger
	apiToken       string
	trustedOrigins []string
	clients        map[string]*Client
	clientOrder    []string
	custom         *authServer
	orgAS          *authServer
	unpublished    signingKey
	mux            *http.ServeMux
	counts         counters
	directory      *directory

	knobsMu sync.Mutex // serialises Set; readers use the pointer
	knobs   atomic.Pointer[Knobs]

	sessions      *expiring[string, *ssoSession]
	transactions  *expiring[string, *authRequest]
	logouts       *expiring[string, url.Values]
	codes         *expiring[string, *authCode]
	accessTokens  *expiring[tokenHash, *accessToken]
	refreshTokens *expiring[tokenHash, *refreshToken]
	sessionTokens *expiring[string, string]
	assertionIDs  *expiring[string, struct{}]
	consents      *expiring[[2]string, struct{}]

	listening listening
}

// New returns an org that listens nowhere: serve it as an http.Handler. Without Options.URL it believes
// to be at "http://" + Options.Addr, or http://127.0.0.1:7777.
func New(o Options) (*Org, error) {
	if o.URL == "" {
		o.URL = "http://" + defaultTo(o.Addr, "127.0.0.1:7777")
	}
	base, err := url.Parse(o.URL)
	if err != nil {
		return nil, fmt.Errorf("mockokta: read the org URL: %w", err)
	}
	if (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" || base.Path != "" || base.RawQuery != "" || base.Fragment != "" {
		return nil, fmt.Errorf("mockokta: org URL %q: want scheme://host:port and nothing more", o.URL)
	}
	if len(o.Clients) == 0 {
		o.Clients = []Client{DefaultClient(), MachineClient()}
	}
	if o.People == nil {
		o.People = SamplePeople()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}

	org := &Org{
		url:            o.URL,
		now:            o.Now,
		log:            o.Log,
		apiToken:       defaultTo(o.APIToken, DefaultAPIToken),
		trustedOrigins: o.TrustedOrigins,
		clients:        make(map[string]*Client),
		directory:      newDirectory(o.Now),
		sessions:       newExpiring[string, *ssoSession](o.Now),
		transactions:   newExpiring[string, *authRequest](o.Now),
		logouts:        newExpiring[string, url.Values](o.Now),
		codes:          newExpiring[string, *authCode](o.Now),
		accessTokens:   newExpiring[tokenHash, *accessToken](o.Now),
		refreshTokens:  newExpiring[tokenHash, *refreshToken](o.Now),
		sessionTokens:  newExpiring[string, string](o.Now),
		assertionIDs:   newExpiring[string, struct{}](o.Now),
		consents:       newExpiring[[2]string, struct{}](o.Now),
	}
	knobs := defaultKnobs()
	org.knobs.Store(&knobs)
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
	org.unpublished = newSigningKey(0)
	org.custom = &authServer{id: "default", issuer: o.URL + "/oauth2/default", base: "/oauth2/default", audience: "api://default", keys: newKeyring(1)}
	org.orgAS = &authServer{issuer: o.URL, base: "/oauth2", audience: o.URL, keys: newKeyring(2)}
	org.mux = org.routes()
	return org, nil
}

// authServer is one authorization server of the org. The org's own has no id.
type authServer struct {
	id       string
	issuer   string
	base     string // path of the endpoints, without the "/v1"
	audience string // aud of its access tokens
	keys     *keyring
}

func (as *authServer) isOrg() bool { return as.id == "" }

// URL is the org's base URL, without a trailing slash.
func (o *Org) URL() string { return o.url }

// Issuer is the issuer of the custom authorization server "default".
func (o *Org) Issuer() string { return o.custom.issuer }

// OrgIssuer is the issuer of the org authorization server: the org's base URL.
func (o *Org) OrgIssuer() string { return o.orgAS.issuer }

// Clients returns a copy of the app integrations, in the order they were given.
func (o *Org) Clients() []Client {
	list := make([]Client, 0, len(o.clientOrder))
	for _, id := range o.clientOrder {
		list = append(list, *o.clients[id])
	}
	return list
}

func defaultTo[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// originOf is scheme://host of an absolute URL, or scheme: of one without a host (com.example:/callback).
func originOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	if u.Host == "" || net.ParseIP(u.Hostname()).To4() == nil && net.ParseIP(u.Hostname()) != nil {
		return u.Scheme + ":" // a content security policy cannot name an IPv6 address either
	}
	return u.Scheme + "://" + u.Host
}
