package okta

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lestrrat-go/jwx/v2/jwk"

	"example.com/okta-gin/okta/lastgood"
)

// outlive has s kept in documents under name, and begin with what was kept there. That
// is believed as long as it would be by a process that had gone on: decode judges it as
// a fetch would, what has been silent for too long or claims to be fresh for longer than
// most is left out, and Okta is asked behind the first request.
func (s *shared[T]) outlive(documents *lastgood.Documents, name string, most time.Duration, encode func(*T) ([]byte, error), decode func([]byte) (*T, error)) {
	if documents == nil {
		return
	}
	s.keep = func(value *T, freshUntil time.Time) {
		if document, err := encode(value); err == nil {
			documents.Keep(name, document, freshUntil, freshUntil.Add(longestSilence))
		}
	}
	document, freshUntil, ok := documents.Last(name)
	if left := freshUntil.Sub(s.now()); !ok || left > most || -left > longestSilence {
		return
	}
	if value, err := decode(document); err == nil {
		s.value, s.freshUntil, s.unconfirmed = value, freshUntil, true
	}
}

// outlive keeps what Okta says of itself for the next start. The names hold the issuer:
// another's is not even looked at.
func (rp *RelyingParty) outlive(documents *lastgood.Documents) {
	rp.metadata.outlive(documents, "metadata of "+rp.cfg.Issuer, metadataFresh, encodeJSON[metadata], func(document []byte) (*metadata, error) {
		var m metadata
		if err := json.Unmarshal(document, &m); err != nil {
			return nil, err
		}
		if err := m.check(rp.cfg.Issuer); err != nil {
			return nil, err
		}
		return &m, rp.fits(&m)
	})
	rp.keys.outlive(documents, "keys of "+rp.cfg.Issuer, keysOldest, encodeKeys, decodeKeys)
	if rp.revocations != nil {
		rp.revocations.keys.outlive(documents, "keys for universal logout of "+rp.cfg.OrgURL(), keysOldest, encodeKeys, decodeKeys)
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
