package oauth

import (
	"context"
	"crypto"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwa"
	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/mockokta/state"
)

const (
	// clientKeysFresh is for how long keys from a jwks_uri are believed while all that come are among them.
	clientKeysFresh = time.Hour
	// clientKeysTimeout and maxClientKeys bound fetching them.
	clientKeysTimeout = 5 * time.Second
	maxClientKeys     = 64 << 10
)

// What may be wrong with a client's keys.
var (
	errNoClientKeys = errors.New("the client has no keys")
	errKeysAway     = errors.New("the client's keys cannot be fetched")
	errClientKeys   = errors.New("the client's keys are no key set")
	errKeyID        = errors.New("the client has no key with this kid")
)

// clientKey returns the client's key with this kid. A JWT without kid fits only a client with one key.
func clientKey(ctx context.Context, o *state.Org, c *state.Client, kid string) (jwk.Key, error) {
	set, err := clientKeys(ctx, o, c, kid)
	if err != nil {
		return nil, err
	}
	if key, found := set.LookupKeyID(kid); found {
		return key, nil
	}
	if key, ok := set.Key(0); ok && kid == "" && set.Len() == 1 {
		return key, nil
	}
	return nil, errKeyID
}

// clientKeys returns the client's public keys from where its settings have them. Those of a jwks_uri are fetched
// again when kid is not among them.
func clientKeys(ctx context.Context, o *state.Org, c *state.Client, kid string) (jwk.Set, error) {
	switch {
	case c.JWKSURI != "":
		if set, found := o.ClientKeys.Get(c.ID); found {
			if _, found := set.LookupKeyID(kid); found {
				return set, nil
			}
		}
		set, err := fetchClientKeys(ctx, c.JWKSURI)
		if err != nil {
			o.Log().Warn("mockokta: fetch a client's keys", "client", c.ID, "error", err)
			return nil, errKeysAway
		}
		o.ClientKeys.Put(c.ID, set, o.Now().Add(clientKeysFresh))
		return set, nil
	case c.JWKS != "":
		set, err := jwk.ParseString(c.JWKS)
		if err != nil || set.Len() == 0 {
			return nil, errClientKeys
		}
		return set, nil
	case c.PublicKey != nil:
		return setOf(c.PublicKey)
	}
	return nil, errNoClientKeys
}

// setOf is a set of one key, with its thumbprint for a kid.
func setOf(public crypto.PublicKey) (jwk.Set, error) {
	key, err := jwk.FromRaw(public)
	if err != nil {
		return nil, errClientKeys
	}
	thumbprint, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, errClientKeys
	}
	set := jwk.NewSet()
	if key.Set(jwk.KeyIDKey, base64.RawURLEncoding.EncodeToString(thumbprint)) != nil || set.AddKey(key) != nil {
		return nil, errClientKeys
	}
	return set, nil
}

func fetchClientKeys(ctx context.Context, uri string) (jwk.Set, error) {
	ctx, cancel := context.WithTimeout(ctx, clientKeysTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %d", resp.StatusCode)
	}
	return jwk.ParseReader(io.LimitReader(resp.Body, maxClientKeys))
}

// takes says whether a key may verify signatures of an algorithm.
func takes(key jwk.Key, alg jwa.SignatureAlgorithm) bool {
	if own := key.Algorithm().String(); own != "" && own != alg.String() {
		return false
	}
	if strings.HasPrefix(alg.String(), "ES") {
		return key.KeyType() == jwa.EC
	}
	return key.KeyType() == jwa.RSA
}
