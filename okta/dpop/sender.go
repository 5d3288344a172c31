package dpop

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// Scheme is that of bound tokens in the header Authorization, Header the one with the
// proof, and NonceHeader that of an answer with the nonce that the next proof must have.
const (
	Scheme      = "DPoP"
	Header      = "DPoP"
	NonceHeader = "DPoP-Nonce"
)

const (
	proofType = "dpop+jwt"

	// maxNonce bounds a nonce in bytes. Okta's have about 32.
	maxNonce = 512
	// maxServers bounds of how many servers the last nonce is remembered.
	maxServers = 1000
	// maxKeys bounds how many keys are remembered, at about 1 KB each.
	maxKeys = 512
)

// Sender makes proofs, and remembers the last nonce of each server that wants one in
// them, and the keys that it was asked for last. It is safe for concurrent use.
type Sender struct {
	now    func() time.Time
	nonces *lru.Cache[string, string] // by serverOf
	keys   *lru.Cache[string, *Key]   // by what Reveal returns
}

// NewSender returns a Sender with the clock now.
func NewSender(now func() time.Time) (*Sender, error) {
	nonces, err := lru.New[string, string](maxServers)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of DPoP nonces: %w", err)
	}
	keys, err := lru.New[string, *Key](maxKeys)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of DPoP keys: %w", err)
	}
	return &Sender{now: now, nonces: nonces, keys: keys}, nil
}

// Key is [ParseKey], for keys that are asked for again with each request of a session:
// to read one costs as much as to sign with it.
func (s *Sender) Key(text string) (*Key, error) {
	if key, known := s.keys.Get(text); known {
		return key, nil
	}
	key, err := ParseKey(text)
	if key != nil {
		s.keys.Add(text, key)
	}
	return key, err
}

// Keys says how many keys are remembered, and how many may be.
func (s *Sender) Keys() (used, most int) { return s.keys.Len(), maxKeys }

// Proof returns a fresh proof that the sender of one request of method to address has
// key (RFC 9449 section 4.2). Without an accessToken the request is to an authorization
// server, to get one. A proof is good once, for minutes.
func (s *Sender) Proof(key *Key, method string, address *url.URL, accessToken string) (string, error) {
	claims := struct {
		ID       string `json:"jti"`
		Method   string `json:"htm"`
		URL      string `json:"htu"`
		IssuedAt int64  `json:"iat"`
		Hash     string `json:"ath,omitempty"`
		Nonce    string `json:"nonce,omitempty"`
	}{ID: rand.Text(), Method: method, URL: bare(address), IssuedAt: s.now().Unix()}
	if accessToken != "" {
		claims.Hash = hashed(accessToken)
	}
	claims.Nonce, _ = s.nonces.Get(serverOf(address, accessToken))
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode a DPoP proof: %w", err)
	}
	return key.sign(payload)
}

// Heard takes the nonce of an answer to a request of Proof's (RFC 9449 section 8.2), and
// reports whether there is one: a request that was refused with use_dpop_nonce is worth
// trying once more then.
func (s *Sender) Heard(address *url.URL, accessToken string, answer http.Header) bool {
	nonces := answer.Values(NonceHeader)
	if len(nonces) != 1 || !isNonce(nonces[0]) {
		return false
	}
	s.nonces.Add(serverOf(address, accessToken), nonces[0])
	return true
}

// serverOf is whose nonces they are: those of an authorization server's endpoint, or of
// a resource server's origin.
func serverOf(address *url.URL, accessToken string) string {
	if accessToken == "" {
		return bare(address)
	}
	return originOf(address)
}

// bare is an address without query and fragment.
func bare(address *url.URL) string {
	path := address.EscapedPath()
	if path == "" {
		path = "/"
	}
	return originOf(address) + path
}

func originOf(address *url.URL) string { return address.Scheme + "://" + address.Host }

// isNonce holds a nonce against section 8.1.
func isNonce(nonce string) bool {
	if nonce == "" || len(nonce) > maxNonce {
		return false
	}
	for i := range len(nonce) {
		if c := nonce[i]; c <= ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}
