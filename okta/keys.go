package okta

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/okta/shared"
)

const (
	// keysFreshest and keysOldest bound what Okta's Cache-Control says, which is
	// up to weeks: a key withdrawn in an emergency is forgotten within the hour.
	keysFreshest = 5 * time.Minute
	keysOldest   = time.Hour
	// minModulusBits: RFC 7518 section 3.3 forbids RS256 with less.
	// maxModulusBits bounds what one verification can cost.
	minModulusBits = 2048
	maxModulusBits = 8192
	// maxKeys bounds a key set. Okta publishes two or three.
	maxKeys = 100
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

// keyFor finds the key for kid, and the set it is from. When the set at hand
// lacks it, Okta is asked again, at most once in retryInterval: a rotated key is
// picked up by the first token that it signed.
func keyFor(ctx context.Context, keys *shared.Document[keySet], kid string) (*rsa.PublicKey, *keySet, error) {
	set, err := keys.Get(ctx)
	if err != nil {
		return nil, nil, err
	}
	if key, ok := set.find(kid); ok {
		return key, set, nil
	}
	if kid == "" {
		return nil, nil, badToken("it names no key and Okta publishes %d", len(*set))
	}
	set, err = keys.Newer(ctx, set)
	if err != nil {
		return nil, nil, err
	}
	if key, ok := set.find(kid); ok {
		return key, set, nil
	}
	return nil, nil, badToken("%w", errUnknownKey)
}

// fetchKeys fetches the key set that meta names.
func fetchKeys(client *http.Client, meta *shared.Document[metadata]) func(context.Context) (*keySet, time.Duration, error) {
	return func(ctx context.Context) (*keySet, time.Duration, error) {
		m, err := meta.Get(ctx)
		if err != nil {
			return nil, 0, err
		}
		return fetchKeysAt(client, m.JWKSURI)(ctx)
	}
}

// fetchKeysAt fetches the key set at address.
func fetchKeysAt(client *http.Client, address string) func(context.Context) (*keySet, time.Duration, error) {
	return func(ctx context.Context) (*keySet, time.Duration, error) {
		var document json.RawMessage
		header, err := oktahttp.GetJSON(oktahttp.WithEndpoint(ctx, "keys"), client, address, "", &document)
		if err != nil {
			return nil, 0, fmt.Errorf("fetch the key set: %w", err)
		}
		set, err := parseKeySet(document)
		if err != nil {
			return nil, 0, err
		}
		return &set, min(max(maxAge(header), keysFreshest), keysOldest), nil
	}
}

// parseKeySet returns the keys of a JWK set that can have signed with RS256.
// A set without one, or with more than maxKeys of any kind, is ErrUntrusted.
func parseKeySet(document []byte) (keySet, error) {
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		return nil, oktahttp.Untrusted("the key set is of another form: %w", err)
	}
	if len(doc.Keys) > maxKeys {
		return nil, oktahttp.Untrusted("the key set has over %d keys", maxKeys)
	}
	var set keySet
	for _, raw := range doc.Keys {
		if key, ok := parseSigningKey(raw); ok {
			set = append(set, key)
		}
	}
	if len(set) == 0 {
		return nil, oktahttp.Untrusted("the key set has no RS256 signing key")
	}
	return set, nil
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
	if err := key.Raw(&public); err != nil {
		return signingKey{}, false
	}
	if bits := public.N.BitLen(); bits < minModulusBits || bits > maxModulusBits {
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
