package kept

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/fxamacker/cbor/v2"

	"example.com/okta-gin/session/internal/cookie"
)

const (
	keySize = 32
	// maxRefs is how many forms a browser may have kept at a time, some 200 bytes of
	// cookies each.
	maxRefs = 4
	maxRef  = 512 // bytes of a cookie's value
)

// reference is what a form's cookie holds: the key to it, and whose it is.
type reference struct {
	Key    []byte    `cbor:"1,keyasint"`
	Person string    `cbor:"2,keyasint,omitempty"`
	Until  time.Time `cbor:"3,keyasint"`
}

// name tells the browser's forms apart and does not lead to the key.
func (ref reference) name() string { return hashed("name of " + string(ref.Key))[:16] }

func (f *Forms) set(w http.ResponseWriter, ref reference) {
	plaintext, err := cbor.Marshal(ref)
	if err != nil { // no field of it can fail
		return
	}
	name := f.refPrefix + ref.name()
	f.jar.Set(w, name, f.refs.Seal(name, plaintext), ref.Until.Sub(f.now()))
}

// find returns the reference of that name which the browser sent.
func (f *Forms) find(r *http.Request, name string) (reference, bool) {
	for sent, value := range cookie.Of(r) {
		if sent != f.refPrefix+name {
			continue
		}
		if ref, ok := f.openRef(sent, value); ok {
			return ref, true
		}
	}
	return reference{}, false
}

// openRef also holds that a reference stands under its own name, and is not too old.
func (f *Forms) openRef(name, value string) (reference, bool) {
	if len(value) > maxRef {
		return reference{}, false
	}
	plaintext, _, err := f.refs.Open(name, value)
	if err != nil {
		return reference{}, false
	}
	var ref reference
	if err := cbor.Unmarshal(plaintext, &ref); err != nil || len(ref.Key) != keySize {
		return reference{}, false
	}
	return ref, f.now().Before(ref.Until)
}

// makeRoom has the browser drop references until one more fits: those that are of no
// use, then the oldest. Their forms expire by themselves.
func (f *Forms) makeRoom(w http.ResponseWriter, r *http.Request) {
	type kept struct {
		name  string
		until time.Time
	}
	var all []kept
	for name, value := range cookie.Of(r) {
		if !strings.HasPrefix(name, f.refPrefix) {
			continue
		}
		ref, ok := f.openRef(name, value)
		if !ok {
			f.jar.Delete(w, name)
			continue
		}
		all = append(all, kept{name, ref.Until})
	}
	slices.SortStableFunc(all, func(x, y kept) int { return x.until.Compare(y.until) })
	for len(all) >= maxRefs {
		f.jar.Delete(w, all[0].name)
		all = all[1:]
	}
}
