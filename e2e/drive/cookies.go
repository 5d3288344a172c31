package drive

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// Cookies are those that the browser would send to url.
func (b *Tab) Cookies(url string) []*network.Cookie {
	b.T.Helper()
	got, err := chromedp.Call(b.Ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{url}})
	if err != nil {
		b.T.Fatal(err)
	}
	return got.Cookies
}

// TakeCookies has the browser keep what jar would send to address.
func (b *Tab) TakeCookies(jar http.CookieJar, address string) {
	b.T.Helper()
	site, err := url.Parse(address)
	if err != nil {
		b.T.Fatal(err)
	}
	for _, c := range jar.Cookies(site) {
		b.Do("keep "+c.Name, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, network.SetCookie, network.SetCookieParams{Name: c.Name, Value: c.Value, URL: address})
			return err
		}))
	}
}

// sessionName is the name of the session's cookie, or of a part of it.
var sessionName = regexp.MustCompile(`^(__Host-)?okta_session_[0-9a-z]{8}(_[1-9])?$`)

// SessionCookie finds the session among the cookies of the app, or returns nil.
func SessionCookie(cookies []*network.Cookie) *network.Cookie {
	for _, cookie := range cookies {
		if sessionName.MatchString(cookie.Name) {
			return cookie
		}
	}
	return nil
}

// LoseSession is what the browser does at a session's end: it drops its cookie.
func (b *Tab) LoseSession(url string) {
	b.T.Helper()
	for _, c := range b.Cookies(url) {
		if strings.HasPrefix(c.Name, "okta_session_") && !strings.HasSuffix(c.Name, "_person") {
			b.Do("drop "+c.Name, chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
				_, err := cdp.Call(ctx, t, network.DeleteCookies, network.DeleteCookiesParams{Name: c.Name, URL: url})
				return err
			}))
		}
	}
}

// CookieNames says in a word for each what cookies are for, from "session" to "person"; another goes by its name.
func CookieNames(cookies []*network.Cookie) string {
	var names []string
	for _, cookie := range cookies {
		switch {
		case sessionName.MatchString(cookie.Name):
			names = append(names, "session")
		case strings.HasPrefix(cookie.Name, "okta_session_") && strings.HasSuffix(cookie.Name, "_person"):
			names = append(names, "person")
		default:
			names = append(names, cookie.Name)
		}
	}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(b, a) })
	return strings.Join(names, " ")
}
