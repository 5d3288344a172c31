package kept

import (
	"crypto/subtle"
	"net/http"
	"time"

	"github.com/fxamacker/cbor/v2"

	"example.com/okta-gin/session/internal/cookie"
)

// Person stands for one person in one realm: a hash, from which nobody learns who.
type Person string

// Nobody is the Person of whom nothing is known.
const Nobody Person = ""

// Person returns who has that `sub`.
func (f *Forms) Person(subject string) Person {
	if subject == "" {
		return Nobody
	}
	return Person(hashed(f.realm + " person " + subject)[:22])
}

func (p Person) is(other Person) bool {
	return p != Nobody && subtle.ConstantTimeCompare([]byte(p), []byte(other)) == 1
}

// lastPerson is who signed in last in a browser.
type lastPerson struct {
	Person string    `cbor:"1,keyasint"`
	Until  time.Time `cbor:"2,keyasint"`
}

// Remember has the browser know that person signed in last. The cookie outlives the
// session, also one that is signed out: what is sent from a page that was open all the
// while stays that person's.
func (f *Forms) Remember(w http.ResponseWriter, person Person) {
	until := f.now().Add(f.remembered).UTC().Truncate(time.Second)
	plaintext, err := cbor.Marshal(lastPerson{string(person), until})
	if err != nil { // no field of it can fail
		return
	}
	f.jar.Set(w, f.personName, f.refs.Seal(f.personName, plaintext), f.remembered)
}

// Remembered returns who signed in last in the browser that sent r, or Nobody.
func (f *Forms) Remembered(r *http.Request) Person {
	for name, value := range cookie.Of(r) {
		if name != f.personName || len(value) > maxRef {
			continue
		}
		plaintext, _, err := f.refs.Open(name, value)
		if err != nil {
			continue
		}
		var last lastPerson
		if err := cbor.Unmarshal(plaintext, &last); err == nil && f.now().Before(last.Until) {
			return Person(last.Person)
		}
	}
	return Nobody
}
