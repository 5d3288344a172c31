package state

import (
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// Knobs change how the org behaves while it serves. Set changes them; the functions among them are called
// by many requests at once.
type Knobs struct {
	AccessTokenLifetime time.Duration // default 1h
	IDTokenLifetime     time.Duration // default 1h
	RefreshTokenIdle    time.Duration // a refresh token unused for this long ends; default 7 days
	KeysMaxAge          time.Duration // Cache-Control max-age of the keys; default 24h
	PushedLifetime      time.Duration // of a request_uri; default 1h
	GroupsPageSize      int           // groups per page of /users/{id}/groups when the caller sets no limit; default 200

	LockAfter int // wrong passwords and codes in a row that lock a person out; default 10

	Classic             bool // the org is a Classic Engine one: no Interaction Code flow
	NoInteractionCode   bool // Identity Engine, but the Interaction Code flow is switched off
	IdentifyByPassword  bool // Identity Engine asks for username and password on one page
	RevealUnknownUser   bool // Identity Engine tells people that there is no such account
	WidgetPages         bool // the hosted sign-in pages have the markup of the Sign-In Widget, of the engine that Classic says
	MagicLink           bool // Identity Engine's mails carry a link to the app with the code in it, beside the code
	RequireFactor       bool // people without a second factor set one up before they are signed in
	EnrollForACR        bool // so do those of whom an app asks for more than one factor; else their password counts for every factor
	NoRecovery          bool // people may not help themselves to a new password
	RevealLockout       bool // a locked out person is told so, instead of "Unable to sign in"
	FatIDToken          bool // ID tokens of the code flow carry the whole profile
	OmitGroups          bool // the custom server has no groups claim in its ID tokens and userinfo
	OmitAccessGroups    bool // the custom server has no groups claim in its access tokens
	GroupsExpression    bool // the groups claim is an expression: over 100 groups fail with server_error
	NoPolicy            bool // the custom server has no access policy
	DenyConsent         bool // people refuse what the app asks for
	UnmetACR            bool // a requested assurance above one factor cannot be had
	Interstitial        bool // sign-out shows a page before it goes back to the app
	RefreshOmitsIDToken bool // renewals give no ID token
	PAR                 bool // the org offers pushed authorization requests
	DenyPush            bool // and refuses each: access_denied
	NoRequestObjects    bool // signed request objects are not supported
	IgnoreResource      bool // the resource parameter is ignored, as by servers that do not know it

	AdminRoles   []string  // of the administrator who made the API token; default USER_ADMIN, which may read people and end their sessions
	APITokenMade time.Time // default when the org began

	NonceLifetime     time.Duration // after which there is another DPoP nonce; default 24h, and each works for three days
	FreshNonces       bool          // every DPoP nonce works once: each answer tells another
	RefuseNonces      bool          // no DPoP nonce is accepted: always use_dpop_nonce
	NoncesAtResources bool          // the org's own resources ask for a DPoP nonce too
	IgnoreProofs      bool          // DPoP proofs are ignored: tokens come back as Bearer, bound to nothing
	RefuseProofs      bool          // every DPoP proof is refused: invalid_dpop_proof
	Resources         []string      // audiences that apps may ask the custom server for, beside its own (RFC 8707)

	// Refuse makes endpoints for programs (names as in Count: "token", "par", "introspect", "revoke", "interact") answer
	// every request with an OAuth error, whichever Okta's catalogue has.
	Refuse map[string]Refusal

	// The functions below bend what the org says, each right before it is said: they may change, add and
	// delete members of what they are given. Together they make the org misbehave as any test of a relying
	// party asks: nothing is checked after them.

	// TamperIDToken changes an ID token before it is signed, at sign-in and renewal. Without "kid" the token
	// names no key; "alg" decides how it is signed, as in Sign ("none" leaves the signature empty).
	TamperIDToken func(header, claims map[string]any)
	// ReplaceIDToken has the last word on the id_token of a token response: for a broken signature, or a token
	// of Forge or SignRaw.
	ReplaceIDToken func(raw string) string
	// TamperAccessToken changes an access token before it is signed, as TamperIDToken does: its cnf, aud, scp.
	TamperAccessToken func(header, claims map[string]any)
	// TamperToken changes a successful token response: token_type, scope, expires_in, missing tokens.
	TamperToken func(resp map[string]any)
	// TamperUserinfo changes the claims of userinfo: sub is among them.
	TamperUserinfo func(claims map[string]any)
	// ReplaceUserinfo answers userinfo with a body of another kind, such as "application/jwt" and what Sign
	// makes of the claims.
	ReplaceUserinfo func(claims map[string]any) (contentType, body string)
	// TamperPush changes a successful answer to a pushed request: request_uri, expires_in.
	TamperPush func(resp map[string]any)
	// TamperAuthorize changes what the authorize endpoint sends back to the app, a code or an error: it may add
	// iss (RFC 9207), put any text into error_description, or swap the one for the other.
	TamperAuthorize func(params url.Values)
	// TamperDiscovery changes either metadata document: issuer, endpoints, what is supported.
	TamperDiscovery func(doc map[string]any)
	// TamperKeys changes the key set: its "keys" is a []any of map[string]any, one for each published key.
	TamperKeys func(set map[string]any)

	// TamperLogoutToken changes a back-channel logout token before it is signed, and ReplaceLogoutToken has the
	// last word on it.
	TamperLogoutToken  func(header, claims map[string]any)
	ReplaceLogoutToken func(raw string) string
	// TamperFrontChannel changes iss and sid of a front-channel logout frame.
	TamperFrontChannel func(params url.Values)
	// TamperEvents changes the body of a delivery to event hooks.
	TamperEvents func(delivery map[string]any)

	// Intercept sees every request to an endpoint first (names as in Count). True means it has answered,
	// or has waited for as long as it wanted the caller to wait.
	Intercept func(endpoint string, w http.ResponseWriter, r *http.Request) bool
	// RateLimited says which endpoints answer 429 E0000047, with a reset RateLimitReset from now (default 1m).
	RateLimited    func(endpoint string) bool
	RateLimitReset time.Duration
}

// Refusal is an OAuth error: its status, code and description.
type Refusal struct {
	Status            int
	Code, Description string
}

func defaultKnobs() Knobs {
	return Knobs{
		AccessTokenLifetime: time.Hour,
		IDTokenLifetime:     time.Hour,
		RefreshTokenIdle:    7 * 24 * time.Hour,
		KeysMaxAge:          24 * time.Hour,
		PushedLifetime:      time.Hour,
		NonceLifetime:       24 * time.Hour,
		GroupsPageSize:      200,
		AdminRoles:          []string{"USER_ADMIN"},
		LockAfter:           10,
		RateLimitReset:      time.Minute,
	}
}

// KnobSet holds the knobs of an org that serves.
type KnobSet struct {
	mu      sync.Mutex // serialises Set; readers use the pointer
	current atomic.Pointer[Knobs]
}

// Set changes knobs atomically: requests see all of a change or nothing of it.
func (k *KnobSet) Set(change func(*Knobs)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	knobs := *k.Knobs()
	change(&knobs)
	k.current.Store(&knobs)
}

// Knobs returns the knobs as they stand. The caller must not change them.
func (k *KnobSet) Knobs() *Knobs {
	if knobs := k.current.Load(); knobs != nil {
		return knobs
	}
	knobs := defaultKnobs()
	return &knobs
}
