package session

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

var (
	// ErrNoAttempt says that this browser has no sign-in under way with that
	// state: it was started elsewhere, never, or its cookie is gone after use.
	ErrNoAttempt = errors.New("session: no such sign-in attempt")

	// ErrAttemptExpired says that the sign-in took longer than ten minutes.
	ErrAttemptExpired = errors.New("session: sign-in attempt expired")

	// ErrAttemptUsed says that the answer to this sign-in came before.
	ErrAttemptUsed = errors.New("session: sign-in attempt already used")
)

const (
	attemptLifetime = 10 * time.Minute
	attemptKept     = time.Hour // an expired attempt still says what to start over
	maxAttempts     = 5
	maxAttemptSize  = 2048 // bytes of a cookie's name and value

	// maxAttemptDeletes bounds what one response deletes of unreadable cookies.
	maxAttemptDeletes = 20
)

// Attempt is one sign-in on its way, from the redirect to Okta until the answer.
type Attempt struct {
	// State, Nonce and Verifier (RFC 7636) are random, made for this attempt.
	State    string `cbor:"1,keyasint"`
	Nonce    string `cbor:"2,keyasint"`
	Verifier string `cbor:"3,keyasint"`

	// ReturnTo is the path that the person asked for.
	ReturnTo string `cbor:"4,keyasint,omitempty"`

	// StartedAt is set by Save.
	StartedAt time.Time `cbor:"5,keyasint"`

	// MaxAge is the max_age that was asked for, -1 for none.
	MaxAge time.Duration `cbor:"6,keyasint"`

	// ACR is the acr_values that was asked for.
	ACR string `cbor:"7,keyasint,omitempty"`

	// PopupOrigin is the origin of the page that opened a pop-up.
	PopupOrigin string `cbor:"8,keyasint,omitempty"`

	// LoginHint and Prompt are what was asked for.
	LoginHint string `cbor:"10,keyasint,omitempty"`
	Prompt    string `cbor:"11,keyasint,omitempty"`

	// Extra is the caller's own, a few hundred bytes at most.
	Extra string `cbor:"12,keyasint,omitempty"`

	// Restarts counts how often this sign-in was started over.
	Restarts int `cbor:"9,keyasint,omitempty"`
}

// Attempts keeps each sign-in attempt in a sealed cookie of its own, named for a
// hash of its state, so that tabs don't disturb each other. It is safe for
// concurrent use.
type Attempts struct {
	jar    cookieJar
	prefix string
	sealer *Sealer
	ended  Ended
	realm  realm
	now    func() time.Time
}

func newAttempts(o Options) (*Attempts, error) {
	sealer, err := o.sealer("sign-in attempt")
	if err != nil {
		return nil, err
	}
	jar := o.jar()
	return &Attempts{
		jar: jar, prefix: jar.name(attemptSuffix + "_"), sealer: sealer, ended: o.Ended, realm: newRealm(o.Realm), now: o.Now,
	}, nil
}

// Save gives the browser a cookie for the attempt, good for ten minutes and kept
// for an hour. A browser has five at most: unreadable and expired ones go first,
// then the oldest. It returns ErrTooLarge when the cookie would have more than 2 KB, which
// takes a ReturnTo of about 1,000 bytes.
func (a *Attempts) Save(w http.ResponseWriter, r *http.Request, attempt Attempt) (dropped bool, err error) {
	if attempt.State == "" {
		return false, errors.New("session: attempt without state")
	}
	attempt.StartedAt = a.now().UTC()
	plaintext, err := encoding.Marshal(attempt)
	if err != nil {
		return false, fmt.Errorf("encode attempt: %w", err)
	}
	name := a.name(attempt.State)
	value := a.sealer.Seal(name, plaintext)
	if len(name)+len(value) > maxAttemptSize {
		return false, ErrTooLarge
	}
	a.makeRoom(w, r)
	a.jar.set(w, name, value, attemptKept)
	return false, nil
}

// makeRoom deletes cookies until there are fewer than maxAttempts.
func (a *Attempts) makeRoom(w http.ResponseWriter, r *http.Request) {
	type kept struct {
		name      string
		startedAt time.Time
	}
	var attempts []kept
	deleted := 0
	for name, value := range requestCookies(r) {
		if !strings.HasPrefix(name, a.prefix) {
			continue
		}
		attempt, err := a.open(name, value)
		if err == nil && !a.expired(attempt) {
			attempts = append(attempts, kept{name, attempt.StartedAt})
			continue
		}
		if deleted++; deleted > maxAttemptDeletes {
			break
		}
		a.jar.delete(w, name)
	}
	slices.SortFunc(attempts, func(x, y kept) int { return x.startedAt.Compare(y.startedAt) })
	for len(attempts) >= maxAttempts {
		a.jar.delete(w, attempts[0].name)
		attempts = attempts[1:]
	}
}

// Take returns this browser's attempt with that state and deletes its cookie. It
// works once, also for a copy of the cookie.
//
// With ErrAttemptExpired and ErrAttemptUsed it returns what starting over takes,
// such as ReturnTo and Restarts, and nothing that could be redeemed. It
// returns ErrNoAttempt, also for an empty state, and ErrUnavailable, which leaves
// the attempt as it was.
func (a *Attempts) Take(w http.ResponseWriter, r *http.Request, state string) (Attempt, error) {
	attempt, ok := a.find(r, state)
	if !ok {
		return Attempt{}, ErrNoAttempt
	}
	name := a.name(state)
	remains := attempt
	remains.State, remains.Nonce, remains.Verifier = "", "", ""
	if a.expired(attempt) {
		a.jar.delete(w, name)
		return remains, ErrAttemptExpired
	}
	first, err := a.claim(r.Context(), attempt)
	if err != nil {
		return Attempt{}, fmt.Errorf("take sign-in attempt: %w", err)
	}
	a.jar.delete(w, name)
	if !first {
		return remains, ErrAttemptUsed
	}
	return attempt, nil
}

// Has reports whether this browser sent a readable attempt with that state,
// expired or used though it may be. A form that Okta's page posts here comes
// without: SameSite=Lax cookies don't travel with cross-site posts.
func (a *Attempts) Has(r *http.Request, state string) bool {
	_, ok := a.find(r, state)
	return ok
}

func (a *Attempts) find(r *http.Request, state string) (Attempt, bool) {
	if state == "" {
		return Attempt{}, false
	}
	name := a.name(state)
	for sent, value := range requestCookies(r) {
		if sent != name {
			continue
		}
		attempt, err := a.open(name, value)
		if err == nil && subtle.ConstantTimeCompare([]byte(attempt.State), []byte(state)) == 1 {
			return attempt, true
		}
	}
	return Attempt{}, false
}

func (a *Attempts) open(name, value string) (Attempt, error) {
	var attempt Attempt
	if len(value) > maxAttemptSize {
		return attempt, errUnreadable
	}
	plaintext, _, err := a.sealer.Open(name, value)
	if err != nil {
		return attempt, err
	}
	if err := strict.Unmarshal(plaintext, &attempt); err != nil {
		return Attempt{}, fmt.Errorf("decode attempt: %w", err)
	}
	return attempt, nil
}

func (a *Attempts) expired(attempt Attempt) bool {
	now := a.now()
	return !now.Before(attempt.StartedAt.Add(attemptLifetime)) || attempt.StartedAt.After(now.Add(clockTolerance))
}

// claim remembers the state, hashed, for as long as the attempt could be taken.
func (a *Attempts) claim(ctx context.Context, attempt Attempt) (bool, error) {
	return a.ended.Claim(ctx, a.realm.attempt(attempt.State), attempt.StartedAt.Add(attemptLifetime+clockTolerance))
}

func (a *Attempts) name(state string) string {
	hash := sha256.Sum256([]byte(state))
	return a.prefix + base64.RawURLEncoding.EncodeToString(hash[:12])
}
