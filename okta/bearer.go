package okta

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// bearerMemory bounds how long a verified access token is believed without
	// verifying it again, and so how long a withdrawn key's tokens live on.
	bearerMemory = time.Minute
	// bearerCount bounds how many are remembered, at about 1 KB each.
	bearerCount = 10_000
)

// ErrOpaque says that access tokens of the org authorization server are for
// Okta alone: their signing key is not published.
var ErrOpaque = errors.New("access tokens of the org authorization server cannot be verified by anyone but Okta")

// Bearer is what a verified access token says of its bearer.
type Bearer struct {
	Claims map[string]any // not to be changed: shared by all who present the token
	Scopes []string
}

// VerifyAccessToken returns what a bearer token says if it is a valid access
// token of this issuer for this API: Okta's verifier accepts it with the
// configured audience, and cid is one of the configured client ids where there
// are any. ID tokens and logout tokens, which the same keys sign, are refused.
// Errors: ErrBadToken, ErrUnreachable, ErrUntrusted, ErrOpaque.
func (rp *RelyingParty) VerifyAccessToken(ctx context.Context, raw string) (*Bearer, error) {
	if rp.cfg.IsOrgServer() {
		return nil, ErrOpaque
	}
	hash := sha256.Sum256([]byte(raw))
	if bearer, ok := rp.bearers.get(hash); ok {
		return bearer, nil
	}
	claims, err := rp.verify(ctx, accessToken, raw, map[string]string{"aud": rp.cfg.APIAudience})
	if err != nil {
		return nil, err
	}
	bearer, err := rp.bearer(claims)
	if err != nil {
		return nil, badToken("access token: %w", err)
	}
	exp, _ := numericDate(claims["exp"])
	rp.bearers.add(hash, bearer, exp)
	return bearer, nil
}

// bearer tells an access token from the other tokens of the issuer by the cid
// and scp claims, which Okta puts into access tokens and into nothing else.
func (rp *RelyingParty) bearer(claims map[string]any) (*Bearer, error) {
	cid, _ := claims["cid"].(string)
	if cid == "" {
		return nil, errors.New("it is no access token: cid is missing")
	}
	if allowed := rp.cfg.APIClientIDs; len(allowed) > 0 && !slices.Contains(allowed, cid) {
		return nil, errors.New("cid is not one of the configured clients")
	}
	if _, id := claims["nonce"]; id {
		return nil, errors.New("it is an ID token")
	}
	if _, logout := claims["events"]; logout {
		return nil, errors.New("it is a logout token")
	}
	if err := checkSubject(claims); err != nil {
		return nil, err
	}
	var scopes []string
	list, ok := claims["scp"].([]any)
	if !ok {
		return nil, errors.New("it is no access token: scp is not a list")
	}
	for _, scope := range list {
		if name, ok := scope.(string); ok {
			scopes = append(scopes, name)
		}
	}
	return &Bearer{Claims: claims, Scopes: scopes}, nil
}

// bearerCache remembers verified tokens by their SHA-256, so that it holds no
// token and its look-up leaks no timing of one.
type bearerCache struct {
	now     func() time.Time
	entries *lru.Cache[[sha256.Size]byte, remembered]
}

type remembered struct {
	bearer *Bearer
	until  time.Time
}

func newBearerCache(now func() time.Time) (*bearerCache, error) {
	entries, err := lru.New[[sha256.Size]byte, remembered](bearerCount)
	return &bearerCache{now: now, entries: entries}, err
}

func (c *bearerCache) get(hash [sha256.Size]byte) (*Bearer, bool) {
	entry, ok := c.entries.Get(hash)
	if !ok || !c.now().Before(entry.until) {
		return nil, false
	}
	return entry.bearer, true
}

func (c *bearerCache) add(hash [sha256.Size]byte, bearer *Bearer, exp time.Time) {
	until := c.now().Add(bearerMemory)
	if exp.Before(until) {
		until = exp
	}
	c.entries.Add(hash, remembered{bearer, until})
}
