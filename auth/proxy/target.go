package proxy

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.com/okta-gin/web"
)

// target is where a service is: an origin and a path, without a slash at the end.
type target struct {
	scheme, host string
	path, raw    string // decoded, and as it is sent
}

func newTarget(raw string) (target, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return target{}, err
	}
	return target{u.Scheme, u.Host, strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.EscapedPath(), "/")}, nil
}

// below returns the URL of the service for what asked asks for below prefix, a path of
// the app. ok is false where that is not below prefix, or where some server might take
// it for a place that is not below the service's path.
func (t target) below(prefix string, asked *url.URL) (u *url.URL, ok bool) {
	rest, below := cutPath(prefix, asked.Path)
	rawRest, rawBelow := cutPath(prefix, asked.EscapedPath())
	if !below || !rawBelow || !straight(rest) || strings.Contains(asked.RawQuery, "#") { // net/http takes # for a part of the query, others for its end
		return nil, false
	}
	return &url.URL{
		Scheme: t.scheme, Host: t.host, Path: t.path + rest, RawPath: t.raw + rawRest, RawQuery: asked.RawQuery,
	}, true
}

// back returns the path of the app below prefix, with query and fragment, that leads to
// u, an absolute URL of the service. ok is false where u is not below the target.
func (t target) back(prefix string, u *url.URL) (local string, ok bool) {
	if u.Scheme != t.scheme || !strings.EqualFold(u.Host, t.host) || u.User != nil || u.Opaque != "" {
		return "", false
	}
	rest, below := cutPath(t.path, u.Path)
	rawRest, rawBelow := cutPath(t.raw, u.EscapedPath())
	if !below || !rawBelow || !straight(rest) {
		return "", false
	}
	local = prefix + rawRest
	if u.RawQuery != "" {
		local += "?" + u.RawQuery
	}
	if u.Fragment != "" {
		local += "#" + u.EscapedFragment()
	}
	return local, true
}

// cutPath returns what follows folder in path: nothing, or what begins with a slash.
func cutPath(folder, path string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(path, folder)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// maxEncodings is how often a path may be percent-encoded: once for HTTP, and for what
// a name holds that is an address itself.
const maxEncodings = 3

// straight reports whether rest, a decoded path or nothing, means the same place below
// a folder to every server: to those too that decode once more, that take a backslash
// for a slash, that drop what follows a semicolon, dots or blanks at an end, that merge
// slashes, and that fold characters which look alike.
func straight(rest string) bool {
	for range maxEncodings {
		if !isStraight(rest) {
			return false
		}
		decoded := unescape(rest)
		if decoded == rest {
			return true
		}
		rest = decoded
	}
	return false
}

func isStraight(rest string) bool {
	if !utf8.ValidString(rest) || web.HasControl(rest) {
		return false
	}
	rest = norm.NFKC.String(rest) // for ASCII, rest itself
	rest = strings.ReplaceAll(strings.TrimPrefix(rest, "/"), `\`, "/")
	for rest != "" {
		segment, after, more := strings.Cut(rest, "/")
		segment, _, _ = strings.Cut(segment, ";")
		switch {
		case segment == "" && more:
			return false
		case segment != "" && strings.Trim(segment, ". ") == "":
			return false
		}
		rest = after
	}
	return true
}

// unescape decodes what is percent-encoded in s, and leaves the rest of it as it is, as
// lenient servers do.
func unescape(s string) string {
	if !strings.Contains(s, "%") {
		return s
	}
	var decoded strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := url.PathUnescape(s[i : i+3]); err == nil {
				decoded.WriteString(c)
				i += 2
				continue
			}
		}
		decoded.WriteByte(s[i])
	}
	return decoded.String()
}
