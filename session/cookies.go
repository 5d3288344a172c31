package session

import (
	"fmt"
	"iter"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// What the names of cookies beside the session's end with. An attempt's goes on with
// a hash.
const (
	attemptSuffix = "_attempt"
	signOutSuffix = "_signout"
)

var chunkSuffix = regexp.MustCompile(`_[0-9]$`)

// cookieJar sets and deletes all cookies of this package, so that they all
// have the same attributes.
type cookieJar struct {
	base   string
	secure bool
}

// checkCookieName refuses names that are no tokens, leave no room for a value, have
// a prefix that means something to browsers, or are what another app's cookies
// beside its session may be called.
func checkCookieName(base string) error {
	const longest = 64
	lower := strings.ToLower(base)
	switch {
	case !isToken(base) || len(base) > longest:
		return fmt.Errorf("session: cookie name %q: want 1 to %d characters of a token (RFC 9110)", base, longest)
	case strings.HasPrefix(lower, "__host-") || strings.HasPrefix(lower, "__secure-"):
		return fmt.Errorf("session: cookie name %q: leave out the prefix, https adds it", base)
	case strings.Contains(base, attemptSuffix) || strings.HasSuffix(base, signOutSuffix) || chunkSuffix.MatchString(base):
		return fmt.Errorf("session: cookie name %q: another app's sign-ins or chunks may be called that", base)
	default:
		return nil
	}
}

// name is the app's cookie name and suffix. Where the origin is https it has
// the __Host- prefix: a browser then takes the cookie from this host alone
// (RFC 6265bis, section 4.1.3.2).
func (j cookieJar) name(suffix string) string {
	if j.secure {
		return "__Host-" + j.base + suffix
	}
	return j.base + suffix
}

// set gives the browser a cookie for the time left, in place of one of that
// name which this response has set or deleted before.
func (j cookieJar) set(w http.ResponseWriter, name, value string, left time.Duration) {
	j.write(w, name, value, max(1, int(math.Ceil(left.Seconds()))))
}

func (j cookieJar) delete(w http.ResponseWriter, name string) {
	j.write(w, name, "", -1)
}

func (j cookieJar) write(w http.ResponseWriter, name, value string, maxAge int) {
	header := w.Header()
	header["Set-Cookie"] = slices.DeleteFunc(header["Set-Cookie"], func(line string) bool {
		return strings.HasPrefix(line, name+"=")
	})
	http.SetCookie(w, &http.Cookie{
		Name:     name,
		Value:    value,
		Path:     "/",
		MaxAge:   maxAge,
		Secure:   j.secure,
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

// requestCookies yields the cookies of a request as they were sent. It looks
// at names only, where net/http would also read through all 16 KB of values:
// ours are checked when they are opened.
//
// Only space and tab are trimmed (RFC 6265, section 5.2), and a name that is no
// token is nobody's: whoever trims Unicode's white space takes "\u2000__Host-x",
// which any neighbour host may set, for "__Host-x", which only this one may.
func requestCookies(r *http.Request) iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		for _, line := range r.Header["Cookie"] {
			for pair := range strings.SplitSeq(line, ";") {
				name, value, ok := strings.Cut(strings.Trim(pair, " \t"), "=")
				if ok && isToken(name) && !yield(name, value) {
					return
				}
			}
		}
	}
}

// isToken reports whether name is a token (RFC 9110, section 5.6.2).
func isToken(name string) bool {
	for i := range len(name) {
		if c := name[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`()<>@,;:\"/[]?={}`, c) >= 0 {
			return false
		}
	}
	return name != ""
}
