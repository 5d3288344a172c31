package session

import (
	"context"
	"errors"
	"time"

	"example.com/okta-gin/session/internal/rediscall"
	"example.com/okta-gin/session/internal/seal"
	"github.com/redis/go-redis/v9"
)

// renewedMemory is for how long replicas find what a session was renewed to. A
// browser's late request with the cookies from before comes within seconds.
const renewedMemory = 10 * time.Minute

// sharedRenewals is where replicas with cookie stores find the sessions that one
// of them has renewed, sealed, by what they were before: whoever gets the old
// cookies does not spend the old refresh token again.
type sharedRenewals struct {
	client redis.UniversalClient
	realm  realm
	sealer *seal.Sealer
	codec  codec
}

func newSharedRenewals(o Options) (*sharedRenewals, error) {
	sealer, err := o.sealer("renewed session")
	if err != nil {
		return nil, err
	}
	return &sharedRenewals{client: o.Replicas, realm: newRealm(o.Realm), sealer: sealer}, nil
}

// put keeps what old was renewed to.
func (r *sharedRenewals) put(ctx context.Context, old, renewed *Session) error {
	if old.Generation() == renewed.Generation() {
		return nil
	}
	plaintext, err := r.codec.encode(renewed)
	if err != nil {
		return err
	}
	key := r.realm.renewedKey(old.Generation())
	return rediscall.Unavailable(r.client.Set(ctx, key, r.sealer.SealBytes(key, plaintext), renewedMemory).Err())
}

// newest returns what session was renewed to, and that again, or session itself.
// What is not one of ours, or sealed under a secret that is gone, is not there.
func (r *sharedRenewals) newest(ctx context.Context, session *Session) (*Session, error) {
	for {
		key := r.realm.renewedKey(session.Generation())
		sealed, err := r.client.Get(ctx, key).Bytes()
		if errors.Is(err, redis.Nil) || rediscall.IsJunk(err) {
			return session, nil
		}
		if err != nil {
			return nil, rediscall.Unavailable(err)
		}
		plaintext, _, err := r.sealer.OpenBytes(key, sealed)
		if err != nil {
			return session, nil
		}
		renewed, err := r.codec.decode(plaintext)
		if err != nil || renewed.ID != session.ID || renewed.Generation() == session.Generation() {
			return session, nil
		}
		session = renewed
	}
}
