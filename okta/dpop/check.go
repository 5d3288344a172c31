package dpop

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// ErrProof says that a proof proves nothing. The wrapped text says why and holds nothing
// secret.
var ErrProof = errors.New("the DPoP proof is not accepted")

// Window is how far from now a proof may have been made, either way: minutes, for clocks
// are apart.
const Window = 2 * time.Minute

// maxID bounds a jti in bytes.
const maxID = 256

// Once reports whether it is the first call for name, and remembers it until then.
type Once func(ctx context.Context, name string, until time.Time) (first bool, err error)

// Checker checks the proofs of requests to this app. It is safe for concurrent use.
type Checker struct {
	now  func() time.Time
	once Once
}

// NewChecker returns a Checker with the clock now. What once remembers may be shared by
// several processes.
func NewChecker(now func() time.Time, once Once) *Checker { return &Checker{now, once} }

// Proof is a proof that has been verified.
type Proof struct {
	// Thumbprint names the key that has signed it (RFC 7638). A token that comes with it
	// must be bound to that key, by its cnf.jkt.
	Thumbprint string

	id    string
	until time.Time
}

// Verify makes the checks of RFC 9449 section 4.3 on the DPoP headers of a request of
// method for address, this app's URL as the world sees it, that came with accessToken. It
// leaves two to the caller: that the token is bound to the proof's key, and then, by
// Spend, that the proof is new. Error: ErrProof.
func (c *Checker) Verify(headers []string, method, address, accessToken string) (Proof, error) {
	if len(headers) != 1 {
		return Proof{}, fmt.Errorf("%w: there are %d of them", ErrProof, len(headers))
	}
	p, err := parse(headers[0])
	if err == nil {
		err = p.fits(method, address, accessToken, c.now())
	}
	if err == nil && !p.signed() {
		err = errors.New("its signature is wrong")
	}
	if err != nil {
		return Proof{}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	at, _ := p.issuedAt()
	return Proof{Thumbprint: p.thumbprint, id: p.claim("jti"), until: at.Add(Window)}, nil
}

// Spend makes p good for nothing more. Of several processes those see it that share the
// memory. Errors: ErrProof if it was spent before, and those of the memory.
func (c *Checker) Spend(ctx context.Context, p Proof) error {
	first, err := c.once(ctx, "dpop "+p.Thumbprint+" "+p.id, p.until)
	if err != nil {
		return fmt.Errorf("remember a DPoP proof: %w", err)
	}
	if !first {
		return fmt.Errorf("%w: it was used before", ErrProof)
	}
	return nil
}

// fits holds the claims against the request.
func (p *parsed) fits(method, address, accessToken string, now time.Time) error {
	id := p.claim("jti")
	at, dated := p.issuedAt()
	switch {
	case id == "" || len(id) > maxID:
		return fmt.Errorf("its jti is no text of 1 to %d bytes", maxID)
	case p.claim("htm") != method:
		return errors.New("its htm is not the request's method")
	case !sameURL(p.claim("htu"), address):
		return errors.New("its htu is not the request's address")
	case !dated:
		return errors.New("its iat is no time")
	case now.Sub(at) > Window:
		return errors.New("it is too old")
	case at.Sub(now) > Window:
		return errors.New("it is of the future")
	case subtle.ConstantTimeCompare([]byte(p.claim("ath")), []byte(hashed(accessToken))) != 1:
		return errors.New("its ath is not the access token's")
	}
	return nil
}

// claim is a text among the claims, empty where there is none.
func (p *parsed) claim(name string) string {
	value, _ := p.claims[name].(string)
	return value
}

func (p *parsed) issuedAt() (time.Time, bool) {
	seconds, ok := p.claims["iat"].(float64)
	if !ok || !(seconds >= 0 && seconds <= 1<<40) {
		return time.Time{}, false
	}
	return time.Unix(int64(seconds), 0), true
}

// sameURL compares without query and fragment, after the normalization of RFC 3986
// section 6.2 in the case of letters, escapes and default ports.
func sameURL(a, b string) bool {
	one, ok := normal(a)
	other, alsoOK := normal(b)
	return ok && alsoOK && one == other
}

func normal(raw string) (string, bool) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || u.User != nil {
		return "", false
	}
	host := strings.ToLower(u.Host)
	switch u.Scheme {
	case "https":
		host = strings.TrimSuffix(host, ":443")
	case "http":
		host = strings.TrimSuffix(host, ":80")
	default:
		return "", false
	}
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return u.Scheme + "://" + host + normalEscapes(path), true
}

// normalEscapes has each escape of a well-formed path in capitals, and none that is
// needless (RFC 3986 section 2.3).
func normalEscapes(path string) string {
	var out strings.Builder
	for i := 0; i < len(path); i++ {
		if path[i] != '%' || i+2 >= len(path) {
			out.WriteByte(path[i])
			continue
		}
		escape := path[i : i+3]
		i += 2
		if letter, err := url.PathUnescape(escape); err == nil && isUnreserved(letter[0]) {
			out.WriteString(letter)
			continue
		}
		out.WriteString(strings.ToUpper(escape))
	}
	return out.String()
}

func isUnreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-._~", c) >= 0
}
