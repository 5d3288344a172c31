package session

import (
	"fmt"
	"hash/maphash"
	"strings"

	lru "github.com/hashicorp/golang-lru/v2"

	"example.com/okta-gin/session/internal/seal"
)

const (
	// openedCount bounds how many opened sessions are remembered, and openedSize how
	// large each may be, in bytes of claims and tokens.
	openedCount = 512
	openedSize  = 16 << 10
)

// opener opens sealed sessions. It remembers those that it opened last: people go from
// page to page with the same, and opening one takes ten times as long as finding it.
// What it finds is what was sealed, byte for byte, under the secrets of this moment;
// whether that is over is asked each time. It is safe for concurrent use.
type opener struct {
	sealer *seal.Sealer
	codec  *codec
	realm  realm
	seed   maphash.Seed
	memory *lru.Cache[openedKey, opened]
}

// openedKey is the hash of a sealed session. Nobody knows its seed, so nobody makes two
// values with one hash, or learns from how long a comparison takes: only what has the
// hash is compared.
type openedKey uint64

// opened is a session as it was sealed.
type opened struct {
	session      *Session
	current      bool // sealed under the first secret
	key          openedKey
	by           *seal.Keys
	name, sealed string // what it was opened from
}

func newOpener(sealer *seal.Sealer, codec *codec, realm realm) (opener, error) {
	memory, err := lru.New[openedKey, opened](openedCount)
	if err != nil {
		return opener{}, fmt.Errorf("set up the memory of opened sessions: %w", err)
	}
	return opener{sealer, codec, realm, maphash.MakeSeed(), memory}, nil
}

// text opens what Seal returned for name.
func (o opener) text(name, sealed string) (opened, bool) {
	return o.open(name, sealed, o.sealer.Open)
}

// bytes opens what SealBytes returned for name.
func (o opener) bytes(name, sealed string) (opened, bool) {
	return o.open(name, sealed, func(name, sealed string) ([]byte, bool, error) {
		return o.sealer.OpenBytes(name, []byte(sealed))
	})
}

func (o opener) open(name, sealed string, unseal func(name, sealed string) ([]byte, bool, error)) (opened, bool) {
	key := openedKey(maphash.String(o.seed, sealed))
	by := o.sealer.Keys() // asked first: what is opened while they change is opened again
	if known, ok := o.memory.Get(key); ok && known.by == by && known.sealed == sealed && known.name == name {
		return known.copied(), true
	}
	plaintext, current, err := unseal(name, sealed)
	if err != nil {
		return opened{}, false
	}
	session, err := o.codec.decode(plaintext)
	if err != nil {
		return opened{}, false
	}
	found := opened{session: session, current: current, key: key, by: by}
	if len(session.Claims)+len(session.IDToken)+len(session.AccessToken)+len(session.RefreshToken) <= openedSize {
		session.derived = newDerived(session, o.realm)
		found.name, found.sealed = name, strings.Clone(sealed) // not all that the browser sent with it
		o.memory.Add(key, found)
	}
	return found.copied(), true
}

// copied returns o with a session of its own: each request notes in it what it finds.
func (o opened) copied() opened {
	session := *o.session
	o.session = &session
	return o
}

// remembered says how many opened sessions there are, and how many may be.
func (o opener) remembered() (used, most int) { return o.memory.Len(), openedCount }

// forget drops a session whose end has come, and its tokens with it.
func (o opener) forget(key openedKey) { o.memory.Remove(key) }
