package okta

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	// keysFreshest and keysOldest bound what Okta's Cache-Control says, which is
	// up to weeks: a key withdrawn in an emergency is forgotten within the hour.
	keysFreshest = 5 * time.Minute
	keysOldest   = time.Hour
	// minModulusBits: RFC 7518 section 3.3 forbids RS256 with less.
	minModulusBits = 2048
)

// errUnknownKey may be Okta's fault as well as the token's: just after a surprise
// rotation, keys that were fetched a moment ago are old.
var errUnknownKey = errors.New("the token is signed with a key that Okta does not publish")

// signingKey is one of the authorization server's RS256 keys.
type signingKey struct {
	id     string
	public *rsa.PublicKey
}

type keySet []signingKey

// find returns the key that a token naming kid must be signed with. A token
// without a kid fits only a set of a single key.
func (k keySet) find(kid string) (*rsa.PublicKey, bool) {
	if kid == "" {
		if len(k) == 1 {
			return k[0].public, true
		}
		return nil, false
	}
	for _, key := range k {
		if key.id == kid {
			return key.public, true
		}
	}
	return nil, false
}

// keyFor finds the key for kid. When the set at hand lacks it, Okta is asked
// again, at most once in retryInterval: a rotated key is picked up by the first
// token that it signed.
func (rp *RelyingParty) keyFor(ctx context.Context, kid string) (*rsa.PublicKey, error) {
	set, err := rp.keys.get(ctx)
	if err != nil {
		return nil, err
	}
	if key, ok := set.find(kid); ok {
		return key, nil
	}
	if kid == "" {
		return nil, badToken("it names no key and Okta publishes %d", len(*set))
	}
	set, err = rp.keys.newer(ctx, set)
	if err != nil {
		return nil, err
	}
	if key, ok := set.find(kid); ok {
		return key, nil
	}
	return nil, badToken("%w", errUnknownKey)
}

func (rp *RelyingParty) fetchKeys(ctx context.Context) (*keySet, time.Duration, error) {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return nil, 0, err
	}
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	header, err := oktahttp.GetJSON(ctx, rp.http, meta.JWKSURI, "", &doc)
	if err != nil {
		return nil, 0, err
	}
	var set keySet
	for _, raw := range doc.Keys {
		if key, ok := parseSigningKey(raw); ok {
			set = append(set, key)
		}
	}
	if len(set) == 0 {
		return nil, 0, oktahttp.Untrusted("the key set has no RS256 signing key")
	}
	return &set, min(max(maxAge(header), keysFreshest), keysOldest), nil
}

// parseSigningKey reads one entry of the key set. Entries for other algorithms
// or uses are not ours to understand and are passed over (RFC 7517 section 5).
func parseSigningKey(raw []byte) (signingKey, bool) {
	key, err := jwk.ParseKey(raw)
	if err != nil {
		return signingKey{}, false
	}
	if use := key.KeyUsage(); use != "" && use != "sig" {
		return signingKey{}, false
	}
	if alg := key.Algorithm().String(); alg != "" && alg != "RS256" {
		return signingKey{}, false
	}
	var public rsa.PublicKey
	if err := key.Raw(&public); err != nil || public.N.BitLen() < minModulusBits {
		return signingKey{}, false
	}
	return signingKey{id: key.KeyID(), public: &public}, true
}

// maxAge reads max-age from Cache-Control; 0 when there is none.
func maxAge(h http.Header) time.Duration {
	for directive := range strings.SplitSeq(h.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
			return time.Duration(seconds) * time.Second
		}
	}
	return 0
}
