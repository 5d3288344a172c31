package okta

import (
	"encoding/json"
	"fmt"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/okta/lastgood"
)

// outlive keeps what Okta says of itself for the next start. The names hold the issuer:
// another's is not even looked at.
func (rp *RelyingParty) outlive(documents *lastgood.Documents) {
	rp.metadata.Outlive(documents, "metadata of "+rp.cfg.Issuer, metadataFresh, encodeJSON[metadata], func(document []byte) (*metadata, error) {
		var m metadata
		if err := json.Unmarshal(document, &m); err != nil {
			return nil, err
		}
		if err := m.check(rp.cfg.Issuer); err != nil {
			return nil, err
		}
		return &m, rp.fits(&m)
	})
	rp.keys.Outlive(documents, "keys of "+rp.cfg.Issuer, keysOldest, encodeKeys, decodeKeys)
	if rp.revocations != nil {
		rp.revocations.keys.Outlive(documents, "keys for universal logout of "+rp.cfg.OrgURL(), keysOldest, encodeKeys, decodeKeys)
	}
}

func encodeJSON[T any](value *T) ([]byte, error) { return json.Marshal(value) }

func encodeKeys(set *keySet) ([]byte, error) {
	encoded := jwk.NewSet()
	for _, key := range *set {
		public, err := jwk.FromRaw(key.public)
		if err != nil {
			return nil, fmt.Errorf("encode a key: %w", err)
		}
		if key.id != "" {
			if err := public.Set(jwk.KeyIDKey, key.id); err != nil {
				return nil, fmt.Errorf("encode a key: %w", err)
			}
		}
		if err := encoded.AddKey(public); err != nil {
			return nil, fmt.Errorf("encode a key: %w", err)
		}
	}
	return json.Marshal(encoded)
}

func decodeKeys(document []byte) (*keySet, error) {
	set, err := parseKeySet(document)
	return &set, err
}
