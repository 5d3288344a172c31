package web

import (
	"net/http"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxLocal bounds a path that somebody is to be sent to: 2 KB of deep link, and
// what percent-encoding makes of a little more.
const maxLocal = 4 << 10

// Site is where the app is, as its visitors see it. The zero Site is at the root
// of an unknown host.
//
// A proxy in front may strip the site's path from requests or leave it in place:
// each method takes both.
type Site struct {
	scheme, host string
	base         string // "" or "/portal"
	proxies      []netip.Prefix
}

// NewSite returns the site at baseURL: scheme, host, and a path where the app has
// a host's root to share, without a slash at the end. The proxies in front of it
// are believed about who their client is.
func NewSite(baseURL string, proxies []netip.Prefix) (Site, error) {
	u, err := url.Parse(baseURL)
	if err != nil {
		return Site{}, err
	}
	return Site{scheme: u.Scheme, host: u.Host, base: strings.TrimSuffix(u.Path, "/"), proxies: proxies}, nil
}

// Secure reports whether the site is on https.
func (s Site) Secure() bool { return s.scheme == "https" }

// Base is the site's path: empty, or such as "/portal".
func (s Site) Base() string { return s.base }

// Origin is the site's scheme and host.
func (s Site) Origin() string { return s.scheme + "://" + s.host }

// Path returns the path of this app that r asks for, without the site's own.
func (s Site) Path(r *http.Request) string { return s.trim(r.URL.Path) }

func (s Site) trim(p string) string {
	rest, found := strings.CutPrefix(p, s.base)
	switch {
	case !found || rest != "" && rest[0] != '/':
		return p
	case rest == "":
		return "/"
	default:
		return rest
	}
}

// Strip returns a handler that takes the site's path off requests before next sees
// them, where a proxy has left it.
func (s Site) Strip(next http.Handler) http.Handler {
	if s.base == "" {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if short := s.trim(r.URL.Path); short != r.URL.Path {
			u := *r.URL
			u.Path, u.RawPath = short, s.trim(u.RawPath)
			r = r.WithContext(r.Context())
			r.URL = &u
		}
		next.ServeHTTP(w, r)
	})
}

// URL returns what leads a browser to p, a path of this app: it begins with the
// site's path, once.
func (s Site) URL(p string) string {
	if s.base == "" || s.within(p) {
		return p
	}
	return s.base + p
}

// Absolute is URL with scheme and host. They come from the configuration, never
// from the request.
func (s Site) Absolute(p string) string { return s.Origin() + s.URL(p) }

// Asked returns the URL of what r asks for, as the browser sees it: path and query.
func (s Site) Asked(r *http.Request) string {
	asked := r.RequestURI
	if !strings.HasPrefix(asked, "/") { // an absolute-form target, or a request made by a test
		asked = r.URL.RequestURI()
	}
	return s.URL(asked)
}

// Here reports whether r came under the site's own name and, as far as a trusted
// proxy says, by its own scheme. Nothing is opened by it: it only decides whether
// to send somebody to the right name first.
func (s Site) Here(r *http.Request) bool {
	if s.host == "" {
		return true
	}
	if s.Secure() && strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "http") && s.trusts(peer(r)) {
		return false
	}
	return strings.EqualFold(r.Host, s.host)
}

// Client is the address that r comes from: the peer's or, behind proxies that are
// trusted, the last in X-Forwarded-For that is none of them. It is empty where
// there is none, as on a Unix socket.
func (s Site) Client(r *http.Request) string { return text(s.client(r)) }

// Network is what tells r's sender from others that send too much: Client or, of an IPv6
// address, the /64 that it is in, for whoever has one of those addresses has them all.
func (s Site) Network(r *http.Request) string {
	address := s.client(r)
	if !address.Is6() {
		return text(address)
	}
	network, _ := address.Prefix(64) // every such address has one
	return network.String()
}

func (s Site) client(r *http.Request) netip.Addr {
	address := peer(r)
	if !s.trusts(address) {
		return address
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := hopAddress(strings.Trim(hops[i], " \t"))
		if !ok {
			break
		}
		address = hop
		if !s.trusts(address) {
			break
		}
	}
	return address
}

// hopAddress reads an address as proxies write them: some add the port.
func hopAddress(hop string) (netip.Addr, bool) {
	if address, err := netip.ParseAddr(hop); err == nil {
		return address.Unmap(), true
	}
	address, err := netip.ParseAddrPort(hop)
	return address.Addr().Unmap(), err == nil
}

// FromProxy reports whether a trusted proxy sent r.
func (s Site) FromProxy(r *http.Request) bool { return s.trusts(peer(r)) }

func (s Site) trusts(address netip.Addr) bool {
	return slices.ContainsFunc(s.proxies, func(proxy netip.Prefix) bool { return proxy.Contains(address) })
}

func peer(r *http.Request) netip.Addr {
	address, _ := netip.ParseAddrPort(r.RemoteAddr)
	return address.Addr().Unmap()
}

func text(address netip.Addr) string {
	if !address.IsValid() {
		return ""
	}
	return address.String()
}

// within reports whether p is the site's path or below it.
func (s Site) within(p string) bool {
	rest, found := strings.CutPrefix(p, s.base)
	return found && (rest == "" || strings.ContainsRune("/?#", rune(rest[0])))
}

// Local returns the URL for p if p is a path of this site, with or without a query
// and a fragment, that no browser or proxy could take for another place: no
// scheme, no host, no control character, nothing that begins with two slashes, or
// with backslashes that pass for them, once escapes and dots are resolved, and
// nothing that climbs out of the site's own path.
func (s Site) Local(p string) (string, bool) {
	if len(p) > maxLocal || !strings.HasPrefix(p, "/") || HasControl(p) || !utf8.ValidString(p) {
		return "", false
	}
	sent, fragment, _ := strings.Cut(p, "#")
	bare, _, _ := strings.Cut(sent, "?")
	if strings.Contains(bare, `\`) { // a browser reads it as a slash
		return "", false
	}
	resolved, err := url.PathUnescape(bare)
	if err != nil { // net/http could not serve it
		return "", false
	}
	if _, err := url.PathUnescape(fragment); err != nil { // net/url could not read it, and so not tell what it names
		return "", false
	}
	if HasControl(resolved) || leavesHost(resolved) {
		return "", false
	}
	p = s.URL(p)
	if s.base != "" && !s.within(path.Clean(s.URL(resolved))) {
		return "", false
	}
	return p, true
}

// leavesHost reports whether a path, read with backslashes as slashes, begins with two
// slashes, as it is or once some of its dot segments are resolved.
func leavesHost(p string) bool {
	p = strings.ReplaceAll(p, `\`, "/")
	if strings.HasPrefix(p, "//") { // a host, whatever dots follow
		return true
	}
	var kept []string
	for segment := range strings.SplitSeq(strings.TrimPrefix(p, "/"), "/") {
		switch segment {
		case ".":
		case "..":
			if len(kept) > 0 {
				kept = kept[:len(kept)-1]
			}
		default:
			if kept = append(kept, segment); len(kept) > 1 && kept[0] == "" {
				return true
			}
		}
	}
	return false
}

// HasControl reports whether one of values holds a control character.
func HasControl(values ...string) bool {
	for _, value := range values {
		if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return true
		}
	}
	return false
}
