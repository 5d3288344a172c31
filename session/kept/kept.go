// Package kept keeps forms that people sent when their session was over, until they
// have signed in again: sealed, for a quarter of an hour, for one use, for the browser
// that sent them and for one person.
//
// The browser has a sealed cookie for each form, with the key to it and whose it is;
// the form itself is in a Store. Another cookie remembers who signed in here last: a
// browser drops a session's cookie when the session ends, and a form that comes then
// must still be that person's.
package kept

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fxamacker/cbor/v2"

	"example.com/okta-gin/session"
	"example.com/okta-gin/session/internal/cookie"
	"example.com/okta-gin/session/internal/seal"
)

// Lifetime is for how long a form is kept.
const Lifetime = 15 * time.Minute

var (
	// ErrGone says that this browser has no such form: it was sent, it is too old, or
	// it never was.
	ErrGone = errors.New("kept: no such form")

	// ErrNotYours says that the form is another person's.
	ErrNotYours = errors.New("kept: another person's form")

	// ErrNobodys says that it is not known yet whose the form is: Bind decides.
	ErrNobodys = errors.New("kept: nobody's form yet")

	// ErrFull says that the store has no room for another form.
	ErrFull = errors.New("kept: no room")
)

// Store keeps values under names that nobody can guess. Its methods return
// session.ErrUnavailable when it can't be asked. It is safe for concurrent use.
type Store interface {
	// Put keeps value until then. It returns ErrFull rather than drop another.
	Put(ctx context.Context, name string, value []byte, until time.Time) error

	// Get returns the value, nil where there is none.
	Get(ctx context.Context, name string) ([]byte, error)

	// Take is Get, and deletes it: of any number of calls at once, by all who share
	// the store, one gets the value.
	Take(ctx context.Context, name string) ([]byte, error)
}

// Form is a form as a browser sent it.
type Form struct {
	Target      string    `cbor:"1,keyasint"` // path and query, as the browser sees them
	ContentType string    `cbor:"2,keyasint"`
	Origin      string    `cbor:"3,keyasint,omitempty"` // of the page that it was on, where the browser says so
	Back        string    `cbor:"4,keyasint,omitempty"` // that page, where it is this site's
	Body        []byte    `cbor:"5,keyasint"`
	Until       time.Time `cbor:"6,keyasint"` // Keep sets it
}

// Forms keep the forms of one app. They are safe for concurrent use.
type Forms struct {
	jar        cookie.Jar
	refPrefix  string
	personName string
	ring       *seal.Ring
	refs       *seal.Sealer
	forms      *seal.Sealer
	store      Store
	realm      string
	now        func() time.Time
	remembered time.Duration
}

// New returns forms in store. Of o it takes the realm, the secrets, the clock, and what
// concerns cookies; MaxAge, and a day more, is for how long a browser knows who signed
// in last.
func New(o session.Options, store Store) (*Forms, error) {
	f := &Forms{
		jar: cookie.Jar{Base: o.CookieName, Secure: o.Secure}, store: store, realm: hashed(o.Realm)[:16], now: o.Now,
		remembered: o.MaxAge + 24*time.Hour, ring: seal.NewRing(o.Secrets),
	}
	f.refPrefix, f.personName = f.jar.Name("_form_"), f.jar.Name("_person")
	var err error
	if f.refs, err = f.ring.Sealer("key of a kept form in " + f.realm); err != nil {
		return nil, fmt.Errorf("keep forms: %w", err)
	}
	if f.forms, err = f.ring.Sealer("kept form in " + f.realm); err != nil {
		return nil, fmt.Errorf("keep forms: %w", err)
	}
	return f, nil
}

// TakeSecrets replaces the secrets from now on: what none of them opens is gone. It is an
// error if there is none, or one is too short: nothing has changed then.
func (f *Forms) TakeSecrets(secrets [][]byte) error { return f.ring.Replace(secrets) }

// Keep keeps form for person, who may be Nobody, and gives the browser its cookie. A
// browser has four at most: the oldest make room. The name is for Find, Take and Bind;
// knowing it gives nothing. It returns ErrFull and session.ErrUnavailable.
func (f *Forms) Keep(w http.ResponseWriter, r *http.Request, form Form, person Person) (name string, err error) {
	form.Until = f.now().Add(Lifetime).UTC().Truncate(time.Second)
	ref := reference{Key: make([]byte, keySize), Person: string(person), Until: form.Until}
	rand.Read(ref.Key) // never fails, see crypto/rand
	plaintext, err := cbor.Marshal(form)
	if err != nil {
		return "", fmt.Errorf("encode form: %w", err)
	}
	at := f.storeName(ref)
	if err := f.store.Put(r.Context(), at, f.forms.SealBytes(at, plaintext), form.Until); err != nil {
		return "", fmt.Errorf("keep form: %w", err)
	}
	f.makeRoom(w, r)
	f.set(w, ref)
	return ref.name(), nil
}

// Find returns the form of that name, which stays. It returns ErrGone, ErrNotYours,
// ErrNobodys, and session.ErrUnavailable.
func (f *Forms) Find(r *http.Request, name string, person Person) (Form, error) {
	return f.open(r, name, person, f.store.Get)
}

// Take is Find for one call: the form is gone by it, for all browsers and processes.
func (f *Forms) Take(w http.ResponseWriter, r *http.Request, name string, person Person) (Form, error) {
	form, err := f.open(r, name, person, f.store.Take)
	if _, sent := f.find(r, name); sent && (err == nil || errors.Is(err, ErrGone)) {
		f.jar.Delete(w, f.refPrefix+name)
	}
	return form, err
}

func (f *Forms) open(r *http.Request, name string, person Person, get func(context.Context, string) ([]byte, error)) (Form, error) {
	ref, ok := f.find(r, name)
	switch {
	case !ok:
		return Form{}, ErrGone
	case ref.Person == string(Nobody):
		return Form{}, ErrNobodys
	case !person.is(Person(ref.Person)):
		return Form{}, ErrNotYours
	}
	at := f.storeName(ref)
	sealed, err := get(r.Context(), at)
	if err != nil {
		return Form{}, fmt.Errorf("read kept form: %w", err)
	}
	plaintext, _, err := f.forms.OpenBytes(at, sealed)
	if err != nil {
		return Form{}, ErrGone
	}
	var form Form
	if err := cbor.Unmarshal(plaintext, &form); err != nil || !f.now().Before(form.Until) {
		return Form{}, ErrGone
	}
	form.Until = form.Until.UTC()
	return form, nil
}

// Bind makes the form of that name person's, if it is nobody's yet: call it when a
// sign-in that the form began has ended.
func (f *Forms) Bind(w http.ResponseWriter, r *http.Request, name string, person Person) {
	ref, ok := f.find(r, name)
	if !ok || ref.Person != string(Nobody) {
		return
	}
	ref.Person = string(person)
	f.set(w, ref)
}

// storeName is where a form is kept.
func (f *Forms) storeName(ref reference) string {
	return f.realm + ":form:" + hashed(string(ref.Key))
}

func hashed(text string) string {
	hash := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(hash[:])
}
