package proxy

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"
)

// FuzzTarget holds that what a service is asked for is below its path, however often,
// and however leniently, that is decoded, and that an answer's Location leads back to
// what was asked for.
func FuzzTarget(f *testing.F) {
	for _, seed := range []string{
		"", "/", "/7", "/../x", "/%2e%2e/x", "/%252e%252e%2fx", `/..\x`, "/..;/x", "//evil.test", "/a%2fb", "/%00", "/\u2025/x", "?x=/../", "/#/../x", "/%u002e", "@evil.test", "?#", "/x?a#b",
	} {
		f.Add("/v1/orders", seed)
		f.Add("", seed)
	}
	f.Fuzz(func(t *testing.T, folder, asked string) {
		if folder != "" && folder != "/v1/orders" {
			return
		}
		at, err := newTarget("https://api.example.com" + folder)
		if err != nil {
			t.Fatal(err)
		}
		in, err := url.ParseRequestURI("/orders" + asked) // as net/http does
		if err != nil {
			return
		}
		u, ok := at.below("/orders", in)
		if !ok {
			return
		}
		if u.Scheme != "https" || u.Host != "api.example.com" || u.User != nil || u.Opaque != "" {
			t.Fatalf("%q leads to %v", asked, u)
		}
		sent, err := url.Parse(u.String())
		if err != nil || sent.Host != "api.example.com" || u.RequestURI() != sent.RequestURI() {
			t.Fatalf("%q leads to %v and %v", asked, sent, err)
		}
		if back, ok := at.back("/orders", sent); !ok || back != in.EscapedPath()+strings.TrimSuffix("?"+in.RawQuery, "?") {
			t.Errorf("%q leads back to %q", asked, back)
		}
		p := u.EscapedPath()
		for range 5 {
			p = norm.NFKC.String(strings.ReplaceAll(p, `\`, "/"))
			if clean := path.Clean("/" + p); clean != path.Clean("/"+folder) && !strings.HasPrefix(clean, folder+"/") || strings.HasPrefix(p, "//") {
				t.Fatalf("%q leads to %q, which is %q to some", asked, u, clean)
			}
			p = decodeLeniently(p)
		}
	})
}

// decodeLeniently decodes what it can, as browsers and some servers do.
func decodeLeniently(s string) string {
	const digits = "0123456789abcdef"
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			high, low := strings.IndexByte(digits, s[i+1]|0x20), strings.IndexByte(digits, s[i+2]|0x20)
			if high >= 0 && low >= 0 {
				out.WriteByte(byte(high<<4 | low))
				i += 2
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}
