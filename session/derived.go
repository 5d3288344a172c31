package session

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sync"
)

// derived is what follows from a session as it was opened. It is worked out once for all
// requests that bring the same session, and gone when the opener forgets that.
type derived struct {
	from       *Session // never changed
	values     func() (map[string]any, error)
	names      func() []string
	generation func() string
}

func newDerived(from *Session, realm realm) *derived {
	return &derived{
		from:       from,
		values:     sync.OnceValues(func() (map[string]any, error) { return decodeClaims(from.Claims) }),
		names:      sync.OnceValue(func() []string { return realm.marks(from) }),
		generation: sync.OnceValue(func() string { return generation(from) }),
	}
}

// known returns what follows from s, nil where that is not known: s is none that was
// opened, or a copy of one that was changed.
func (s *Session) known() *derived {
	d := s.derived
	if d == nil || s.ID != d.from.ID || s.Subject != d.from.Subject || s.Email != d.from.Email || s.OktaSession != d.from.OktaSession ||
		s.RefreshToken != d.from.RefreshToken || !s.AccessTokenExpiry.Equal(d.from.AccessTokenExpiry) || !same(s.Claims, d.from.Claims) {
		return nil
	}
	return d
}

// same reports whether a and b are one piece of memory.
func same(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// Values are the claims. Numbers keep their digits: they are json.Number. The result is
// shared by all requests of the session: do not change it.
func (s *Session) Values() (map[string]any, error) {
	if d := s.known(); d != nil {
		return d.values()
	}
	return decodeClaims(s.Claims)
}

func decodeClaims(object json.RawMessage) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	decoder.UseNumber()
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, fmt.Errorf("session: decode claims: %w", err)
	}
	return values, nil
}
