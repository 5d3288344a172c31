// Package lastgood keeps what Okta said last, so that a process which starts while Okta
// is away knows it.
package lastgood

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"sync/atomic"
	"time"
)

// Store keeps values on disk until they may be forgotten. Get returns nil where there is
// none.
type Store interface {
	Put(name string, value []byte, until time.Time) error
	Get(name string) ([]byte, error)
}

// Documents are what Okta said, by name. Each is kept with an HMAC: whoever can write
// the store, and does not know the secrets, makes nobody believe anything. A nil
// Documents keeps none. It is safe for concurrent use.
type Documents struct {
	store Store
	keys  atomic.Pointer[[][]byte]
	log   *slog.Logger
}

// New returns the documents in store. The first secret vouches for what is kept; what any
// of them vouches for is believed.
func New(store Store, secrets [][]byte, log *slog.Logger) *Documents {
	d := &Documents{store: store, log: log}
	d.TakeSecrets(secrets)
	return d
}

// TakeSecrets replaces the secrets, of which there is one or more. What is kept already
// stays as it is until Okta is heard again.
func (d *Documents) TakeSecrets(secrets [][]byte) {
	if d == nil {
		return
	}
	keys := make([][]byte, len(secrets))
	for i, secret := range secrets {
		keys[i] = sum(secret, []byte("okta-gin: what Okta said last"))
	}
	d.keys.Store(&keys)
}

const timeSize = 8

// Keep writes a document down that is fresh until freshUntil, and may be forgotten at
// until. A disk that fails is logged: nobody waits for it to do better.
func (d *Documents) Keep(name string, document []byte, freshUntil, until time.Time) {
	if d == nil {
		return
	}
	value := binary.BigEndian.AppendUint64(nil, uint64(freshUntil.UnixNano()))
	value = append(value, document...)
	value = append(value, vouch((*d.keys.Load())[0], name, value)...)
	if err := d.store.Put(name, value, until); err != nil {
		d.log.Warn("what Okta said can't be kept for the next start", "document", name, "error", err)
	}
}

// Last returns the document that was kept last, and until when it is or was fresh. ok is
// false where there is none, or none that a secret vouches for.
func (d *Documents) Last(name string) (document []byte, freshUntil time.Time, ok bool) {
	if d == nil {
		return nil, time.Time{}, false
	}
	value, err := d.store.Get(name)
	if err != nil {
		d.log.Warn("what Okta said before this start can't be read", "document", name, "error", err)
		return nil, time.Time{}, false
	}
	end := len(value) - sha256.Size
	if end < timeSize {
		return nil, time.Time{}, false
	}
	for _, key := range *d.keys.Load() {
		if hmac.Equal(vouch(key, name, value[:end]), value[end:]) {
			return value[timeSize:end], time.Unix(0, int64(binary.BigEndian.Uint64(value))), true
		}
	}
	return nil, time.Time{}, false
}

// vouch covers the name too, whose length keeps it apart from the value.
func vouch(key []byte, name string, value []byte) []byte {
	return sum(key, binary.BigEndian.AppendUint64(nil, uint64(len(name))), []byte(name), value)
}

func sum(key []byte, parts ...[]byte) []byte {
	mac := hmac.New(sha256.New, key)
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}
