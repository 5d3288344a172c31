// Package proxyroute says which paths of the app lead to which other services, and reads
// that from settings.
package proxyroute

import (
	"cmp"
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.com/okta-gin/config/weburl"
)

// Route leads from a path of the app, and all below it, to a service.
type Route struct {
	Path string // such as /api/orders
	To   Upstream
}

// Upstream is a service that is called with the access token of the person who is signed
// in. Only URL is needed.
type Upstream struct {
	// URL is where the service is: https, or http on a loopback host; with or without a path,
	// and nothing after that.
	URL string
	// Scopes are what the access token must allow.
	Scopes []string
	// Cookies are the names of those that the service may see and set. Others pass neither way.
	Cookies []string
	// MaxBody is how many bytes a request may have. 0 means 10 MB.
	MaxBody int64
	// Wait is how long the service may take until it begins to answer. 0 means 30 s.
	Wait time.Duration
	// Idle is how long an answer or a WebSocket may be silent. 0 means 2 min.
	Idle time.Duration
}

// The defaults and bounds of an Upstream.
const (
	defaultBody = 10 << 20 // bytes
	defaultWait = 30 * time.Second
	defaultIdle = 2 * time.Minute

	maxWait = 10 * time.Minute
	maxIdle = 24 * time.Hour
)

// Settled returns u with its defaults filled in.
func (u Upstream) Settled() Upstream {
	u.MaxBody, u.Wait, u.Idle = cmp.Or(u.MaxBody, defaultBody), cmp.Or(u.Wait, defaultWait), cmp.Or(u.Idle, defaultIdle)
	return u
}

// Check says what is wrong with u, in words that follow its name.
func (u Upstream) Check() error {
	at, err := weburl.Parse(u.URL)
	if err != nil {
		return errors.New("leads to a URL that " + err.Error())
	}
	escaped := at.EscapedPath()
	if strings.Contains(strings.TrimSuffix(escaped, "/"), "//") || weburl.HasDotSegment(at.Path) || strings.ContainsAny(escaped, `\%;*`) {
		return errors.New("leads to a URL whose path must be plain: no empty segments, dots alone, %, ; or *")
	}
	for _, scope := range u.Scopes {
		if !scopeToken.MatchString(scope) {
			return errors.New("has a scope that is not one word of ASCII characters")
		}
	}
	for _, name := range u.Cookies {
		if !cookieName.MatchString(name) {
			return errors.New("has a cookie name that is not one word of letters, digits, - and _")
		}
	}
	if u.Wait != 0 && (u.Wait < time.Second || u.Wait > maxWait) {
		return errors.New("has a length of wait that must be from 1s to 10m")
	}
	if u.Idle != 0 && (u.Idle < time.Second || u.Idle > maxIdle) {
		return errors.New("has a length of idle that must be from 1s to 24h")
	}
	return nil
}

// CheckPath says what is wrong with a path of the app that is to lead to a service, in
// words that follow its name.
func CheckPath(p string) error {
	if p == "" || !weburl.IsPlain(p) {
		return errors.New("must begin with a path of this app such as /api/orders: letters, digits, - . _ ~, and no slash at the end")
	}
	return nil
}

// Parse reads PATH=URL, and words after it. Its errors are in words that follow the
// entry's name, and quote nothing of it.
func Parse(entry string) (Route, error) {
	words := strings.Fields(entry)
	if len(words) == 0 || !strings.Contains(words[0], "=") {
		return Route{}, errors.New("must be PATH=URL, such as /api/orders=https://api.example.com/v1/orders")
	}
	from, to, _ := strings.Cut(words[0], "=")
	if err := CheckPath(from); err != nil {
		return Route{}, err
	}
	route := Route{from, Upstream{URL: to}}
	for _, word := range words[1:] {
		if err := route.To.add(word); err != nil {
			return Route{}, err
		}
	}
	return route, route.To.Check()
}

// add reads a word such as scope:orders.read.
func (u *Upstream) add(word string) (err error) {
	name, value, _ := strings.Cut(word, ":")
	switch {
	case value == "":
	case name == "scope":
		u.Scopes = append(u.Scopes, value)
		return nil
	case name == "cookie":
		u.Cookies = append(u.Cookies, value)
		return nil
	case name == "body" && u.MaxBody == 0:
		u.MaxBody, err = parseSize(value)
		return err
	case name == "wait" && u.Wait == 0:
		u.Wait, err = parseWord(name, value)
		return err
	case name == "idle" && u.Idle == 0:
		u.Idle, err = parseWord(name, value)
		return err
	}
	return errors.New("has a word after its URL that is none of scope:NAME, cookie:NAME, body:100MB, wait:30s and idle:2m, or is there twice")
}

func parseWord(name, value string) (time.Duration, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return 0, errors.New("has a length of " + name + ` that must be a length of time with its unit, such as "30s"`)
	}
	return d, nil
}

var (
	scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)                // RFC 6749, section 3.3
	cookieName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$") // RFC 6265, section 4.1.1
)

var size = regexp.MustCompile(`^([0-9]{1,9})(KB|MB|GB)$`)

// parseSize reads a number of bytes such as 100MB, in powers of 1024.
func parseSize(text string) (int64, error) {
	wrong := errors.New(`has a body that must be a size such as "500KB", "100MB" or "2GB"`)
	parts := size.FindStringSubmatch(text)
	if parts == nil {
		return 0, wrong
	}
	n, err := strconv.ParseInt(parts[1], 10, 64)
	unit := map[string]int64{"KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[parts[2]]
	if err != nil || n == 0 || n > math.MaxInt64/unit {
		return 0, wrong
	}
	return n * unit, nil
}
