package seal

import "sync"

// Ring makes Sealers of the same secrets, which can be replaced for all of them while they
// are in use. It is safe for concurrent use.
type Ring struct {
	mu      sync.Mutex
	secrets [][]byte
	sealers []*Sealer
}

// NewRing returns a Ring of secrets, 32 bytes or more each: the first seals, all open.
func NewRing(secrets [][]byte) *Ring { return &Ring{secrets: secrets} }

// Sealer returns a Sealer for one purpose, a text that no other use of the secrets has. It
// is an error if there is no secret, or one is too short.
func (r *Ring) Sealer(purpose string) (*Sealer, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	keys, err := derive(r.secrets, purpose)
	if err != nil {
		return nil, err
	}
	s := &Sealer{purpose: purpose, context: append([]byte{sealVersion}, purpose+"\x00"...)}
	s.keys.Store(keys)
	r.sealers = append(r.sealers, s)
	return s, nil
}

// Replace has all Sealers seal and open under secrets alone. Its errors are those of
// Sealer: nothing has changed then.
func (r *Ring) Replace(secrets [][]byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	next := make([]*Keys, len(r.sealers))
	for i, s := range r.sealers {
		var err error
		if next[i], err = derive(secrets, s.purpose); err != nil {
			return err
		}
	}
	r.secrets = secrets
	for i, s := range r.sealers {
		s.keys.Store(next[i])
	}
	return nil
}
