package underway

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/nanos"
	"example.com/okta-gin/session/internal/packed"
	"example.com/okta-gin/session/internal/seal"
)

var (
	// ErrNone says that this browser has no sign-in under way with that
	// state: it was started elsewhere, never, or its cookie is gone after use.
	ErrNone = errors.New("underway: no such sign-in attempt")

	// ErrExpired says that the sign-in took longer than ten minutes.
	ErrExpired = errors.New("underway: sign-in attempt expired")

	// ErrUsed says that the answer to this sign-in came before.
	ErrUsed = errors.New("underway: sign-in attempt already used")

	// ErrTooLarge says that a sign-in has more to keep than its cookie may.
	ErrTooLarge = packed.ErrTooLarge
)

const (
	attemptLifetime = 10 * time.Minute
	attemptKept     = time.Hour // an expired attempt still says what to start over

	maxReturnTo    = 2 << 10 // bytes
	maxAttemptSize = 4000    // bytes of a cookie's name and value
	maxBareAttempt = 1 << 10 // the same: others make room for so much
)

// Attempt is one sign-in on its way, from the redirect to Okta until the answer.
type Attempt struct {
	// State, Nonce and Verifier (RFC 7636) are random, made for this attempt.
	State, Nonce, Verifier string

	// ReturnTo is the path that the person asked for.
	ReturnTo string

	// StartedAt is set by Save, and Elsewhere: that another site had the browser begin it,
	// as far as the browser says (Fetch Metadata).
	StartedAt time.Time
	Elsewhere bool

	// MaxAge is the max_age that was asked for, -1 for none.
	MaxAge time.Duration

	// ACR is the acr_values that was asked for.
	ACR string

	// PopupOrigin is the origin of the page that opened a pop-up.
	PopupOrigin string

	// LoginHint and Prompt are what was asked for.
	LoginHint, Prompt string

	// DPoPKey is what the tokens are to be bound to, base64url, if to anything.
	DPoPKey string

	// Extra is the caller's own, a few hundred bytes at most.
	Extra string

	// Restarts counts how often this sign-in was started over.
	Restarts int
}

// Attempts keeps each sign-in attempt in a sealed cookie of its own, named for a
// hash of its state, so that tabs don't disturb each other. It is safe for
// concurrent use.
type Attempts struct {
	jar    cookie.Jar
	prefix string
	sealer *seal.Sealer
	packer packed.Packer
	claim  Claim
	now    func() time.Time
	skew   time.Duration
}

// NewAttempts returns the sign-ins on their way of one app.
func NewAttempts(o Options) (*Attempts, error) {
	sealer, err := o.Sealer("sign-in attempt")
	if err != nil {
		return nil, err
	}
	return &Attempts{jar: o.Jar, prefix: o.Jar.Name(attemptSuffix + "_"), sealer: sealer, claim: o.Claim, now: o.Now, skew: o.Skew}, nil
}

// Save gives the browser a cookie for the attempt, good for ten minutes and kept
// for an hour. A browser has twelve at most, and 6 KB of them. To make room, unreadable
// and expired ones go first, then those that began elsewhere, and of these or all the
// oldest of those that are two minutes old, then the newest: other sites can have a browser
// begin any number of sign-ins, but not push out the one that the person is about to finish.
//
// A ReturnTo of more than 2 KB, or with which there is more than 1 KB and no room for it, is
// given up, and dropped says so unless it was "/". It returns ErrTooLarge when all the rest
// has more than 1 KB.
func (a *Attempts) Save(w http.ResponseWriter, r *http.Request, attempt Attempt) (dropped bool, err error) {
	if attempt.State == "" {
		return false, errors.New("underway: attempt without state")
	}
	attempt.StartedAt, attempt.Elsewhere = a.now().UTC(), fromElsewhere(r)
	name, returnTo := a.name(attempt.State), attempt.ReturnTo
	if len(returnTo) > maxReturnTo {
		attempt.ReturnTo, dropped = "", true
	}
	value, err := a.seal(name, attempt)
	if err != nil {
		return false, err
	}
	bare := value
	if len(name)+len(value) > maxBareAttempt {
		attempt.ReturnTo = ""
		if bare, err = a.seal(name, attempt); err != nil {
			return false, err
		}
	}
	size := len(name) + len(bare)
	if size > maxBareAttempt {
		return false, fmt.Errorf("%w: a sign-in attempt of %d bytes without its path, may have %d", ErrTooLarge, size, maxBareAttempt)
	}
	left := a.makeRoom(w, r, name, size)
	if len(name)+len(value) > min(left, maxAttemptSize) {
		value, dropped = bare, true
	}
	a.jar.Set(w, name, value, attemptKept)
	return dropped && returnTo != "/", nil
}

// Take returns this browser's attempt with that state and deletes its cookie. It
// works once, also for a copy of the cookie.
//
// With ErrExpired and ErrUsed it returns what starting over takes,
// such as ReturnTo, LoginHint and Restarts, and nothing that could be redeemed. It
// returns ErrNone, also for an empty state, and the error of its Claim, which leaves the
// attempt as it was.
func (a *Attempts) Take(w http.ResponseWriter, r *http.Request, state string) (Attempt, error) {
	attempt, ok := a.find(r, state)
	if !ok {
		return Attempt{}, ErrNone
	}
	name := a.name(state)
	if a.expired(attempt) {
		a.jar.Delete(w, name)
		return remains(attempt), ErrExpired
	}
	first, err := a.claim(r.Context(), state, attempt.StartedAt.Add(attemptLifetime+a.skew))
	if err != nil {
		return Attempt{}, fmt.Errorf("take sign-in attempt: %w", err)
	}
	a.jar.Delete(w, name)
	if !first {
		return remains(attempt), ErrUsed
	}
	return attempt, nil
}

// remains is what starting over takes of an attempt that can't be redeemed.
func remains(attempt Attempt) Attempt {
	attempt.State, attempt.Nonce, attempt.Verifier, attempt.DPoPKey = "", "", "", ""
	return attempt
}

// Peek returns this browser's attempt with that state and leaves it as it was, for a step
// on the way to its answer. It tells nothing of whether a copy was taken. Errors and what
// comes with them are those of Take, but for ErrUsed.
func (a *Attempts) Peek(r *http.Request, state string) (Attempt, error) {
	attempt, ok := a.find(r, state)
	if !ok {
		return Attempt{}, ErrNone
	}
	if a.expired(attempt) {
		return remains(attempt), ErrExpired
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
	for sent, value := range cookie.Of(r) {
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

func (a *Attempts) expired(attempt Attempt) bool {
	now := a.now()
	return !now.Before(attempt.StartedAt.Add(attemptLifetime)) || attempt.StartedAt.After(now.Add(a.skew))
}

func (a *Attempts) name(state string) string {
	hash := sha256.Sum256([]byte(state))
	return a.prefix + base64.RawURLEncoding.EncodeToString(hash[:12])
}

// sealedAttempt is an Attempt as it is sealed. State, Nonce and Verifier are base64url
// in URLs, and bytes here.
type sealedAttempt struct {
	State       packed.Token  `cbor:"1,keyasint"`
	Nonce       packed.Token  `cbor:"2,keyasint,omitzero"`
	Verifier    packed.Token  `cbor:"3,keyasint,omitzero"`
	ReturnTo    string        `cbor:"4,keyasint,omitempty"`
	StartedAt   int64         `cbor:"5,keyasint"`
	MaxAge      time.Duration `cbor:"6,keyasint"`
	ACR         string        `cbor:"7,keyasint,omitempty"`
	PopupOrigin string        `cbor:"8,keyasint,omitempty"`
	Restarts    int           `cbor:"9,keyasint,omitempty"`
	LoginHint   string        `cbor:"10,keyasint,omitempty"`
	Prompt      string        `cbor:"11,keyasint,omitempty"`
	Extra       string        `cbor:"12,keyasint,omitempty"`
	DPoPKey     packed.Token  `cbor:"13,keyasint,omitzero"`
	Elsewhere   bool          `cbor:"14,keyasint,omitempty"`
}

func (a *Attempts) seal(name string, t Attempt) (string, error) {
	b, err := a.packer.Pack(sealedAttempt{
		State: packed.NewToken(t.State), Nonce: packed.NewToken(t.Nonce), Verifier: packed.NewToken(t.Verifier),
		ReturnTo: t.ReturnTo, StartedAt: nanos.Of(t.StartedAt), MaxAge: t.MaxAge, ACR: t.ACR, PopupOrigin: t.PopupOrigin,
		Restarts: t.Restarts, LoginHint: t.LoginHint, Prompt: t.Prompt, Extra: t.Extra, DPoPKey: packed.NewToken(t.DPoPKey), Elsewhere: t.Elsewhere,
	})
	if err != nil {
		return "", fmt.Errorf("encode attempt: %w", err)
	}
	return a.sealer.Seal(name, b), nil
}

func (a *Attempts) open(name, value string) (Attempt, error) {
	if len(name)+len(value) > maxAttemptSize || !strings.HasPrefix(name, a.prefix) {
		return Attempt{}, seal.ErrUnreadable
	}
	b, _, err := a.sealer.Open(name, value)
	if err != nil {
		return Attempt{}, err
	}
	var t sealedAttempt
	if err := a.packer.Unpack(b, &t); err != nil {
		return Attempt{}, fmt.Errorf("decode attempt: %w", err)
	}
	return Attempt{
		State: t.State.String(), Nonce: t.Nonce.String(), Verifier: t.Verifier.String(),
		ReturnTo: t.ReturnTo, StartedAt: nanos.Time(t.StartedAt), MaxAge: t.MaxAge, ACR: t.ACR, PopupOrigin: t.PopupOrigin,
		Restarts: t.Restarts, LoginHint: t.LoginHint, Prompt: t.Prompt, Extra: t.Extra, DPoPKey: t.DPoPKey.String(), Elsewhere: t.Elsewhere,
	}, nil
}
