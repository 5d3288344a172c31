// Package cookie reads and sets cookies: all with the same attributes, and such as are
// longer than a cookie.
package cookie

import (
	"iter"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Jar sets and deletes all cookies of an app, so that they all
// have the same attributes.
type Jar struct {
	Base   string // of every name
	Secure bool
}

// Name is the app's cookie name and suffix. Where the origin is https it has
// the __Host- prefix: a browser then takes the cookie from this host alone
// (RFC 6265bis, section 4.1.3.2).
func (j Jar) Name(suffix string) string {
	if j.Secure {
		return "__Host-" + j.Base + suffix
	}
	return j.Base + suffix
}

// Set gives the browser a cookie for the time left, in place of one of that
// name which this response has set or deleted before.
func (j Jar) Set(w http.ResponseWriter, name, value string, left time.Duration) {
	j.write(w, name, value, max(1, int(math.Ceil(left.Seconds()))))
}

// Delete has the browser drop a cookie.
func (j Jar) Delete(w http.ResponseWriter, name string) {
	j.write(w, name, "", -1)
}

func (j Jar) write(w http.ResponseWriter, name, value string, maxAge int) {
	header := w.Header()
	header["Set-Cookie"] = slices.DeleteFunc(header["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(line, name+"=")
	})
	http.SetCookie(w, &http.Cookie{
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   j.Secure,
		HttpOnly: true,
		SameSite: http.SameSiteLaxMode,
	})
}

// sets reports whether this response sets a cookie of that name already.
func sets(w http.ResponseWriter, name string) bool {
	return slices.ContainsFunc(w.Header()["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(line, name+"=")
	})
}

// Of yields the cookies of a request as they were sent. It looks
// at names only, where net/http would also read through all 16 KB of values:
// ours are checked when they are opened.
//
// Only space and tab are trimmed (RFC 6265, section 5.2), and a name that is no
// token is nobody's: whoever trims Unicode's white space takes "\u2000__Host-x",
// which any neighbour host may set, for "__Host-x", which only this one may.
func Of(r *http.Request) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, line := range r.Header["Cookie"] {
			for pair := range strings.SplitSeq(line, ";") {
				name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
				if ok && IsToken(name) && !yield(name, value) {
					return
				}
			}
		}
	}
}

// IsToken reports whether name is a token (RFC 9110, section 5.6.2).
func IsToken(name string) bool {
	for i := range len(name) {
		switch c := name[i]; c {
		case '(', ')', '<', '>', '@', ',', ';', ':', '\\', '"', '/', '[', ']', '?', '=', '{', '}':
			return false
		default:
			if c <= ' ' || c >= 0x7f {
				return false
			}
		}
	}
	return name != ""
}
