package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"example.com/okta-gin/mockokta"
)

// other is a program that somebody could take in place of this app.
type other struct {
	name    string
	dir     string // below the folder of others; its files are looked for there
	command []string
	port    int // 0 for any
	ready   string
	login   string // where its sign-in begins, and where it ends
	landing string
	page    string
	env     func(o *org, url string, port int, dir string) []string
}

// others are those that cmd/bench/others.sh fetches, after the app itself.
func (b *bench) others() []other {
	return []other{
		{name: "package auth", command: []string{b.peer}, ready: "/readyz", login: "/closed", landing: "/closed", page: "/closed", env: settings},
		{name: "Okta's Gin sample", dir: "gin", command: []string{"gin-sample"}, port: samplePort, ready: "/", login: "/login", landing: "/", page: "/profile", env: settings},
		{name: "express-openid-connect", dir: "express", command: []string{"node", "server.js"}, ready: "/ready", login: "/closed", landing: "/closed", page: "/closed", env: settings},
		{name: "oauth2-proxy", dir: "proxy", command: []string{
			"oauth2-proxy", "--provider=oidc", "--proxy-prefix=/authorization-code", "--email-domain=*", "--skip-provider-button", "--cookie-secure=false",
			"--code-challenge-method=S256", "--insecure-oidc-allow-unverified-email", "--scope=openid profile email", "--silence-ping-logging",
		}, ready: "/ping", login: "/closed/page.txt", landing: "/closed/page.txt", page: "/closed/page.txt", env: proxySettings},
	}
}

func settings(o *org, url string, port int, _ string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "PORT=" + strconv.Itoa(port), "BASE_URL=" + url, "OKTA_OAUTH2_ISSUER=" + o.Issuer(),
		"OKTA_OAUTH2_CLIENT_ID=" + mockokta.DefaultClientID, "OKTA_OAUTH2_CLIENT_SECRET=" + mockokta.DefaultClientSecret,
		"SESSION_SECRET=" + sessionSecret, "GIN_MODE=release", "NODE_ENV=production",
	}
}

func proxySettings(o *org, url string, port int, dir string) []string {
	return []string{
		"OAUTH2_PROXY_HTTP_ADDRESS=localhost:" + strconv.Itoa(port), "OAUTH2_PROXY_REDIRECT_URL=" + url + "/authorization-code/callback", "OAUTH2_PROXY_OIDC_ISSUER_URL=" + o.Issuer(),
		"OAUTH2_PROXY_CLIENT_ID=" + mockokta.DefaultClientID, "OAUTH2_PROXY_CLIENT_SECRET=" + mockokta.DefaultClientSecret,
		"OAUTH2_PROXY_COOKIE_SECRET=" + sessionSecret[:32], "OAUTH2_PROXY_UPSTREAMS=file://" + dir + "/#/closed/",
	}
}

// compareOthers says of each of the others what a view and a sign-in cost, here and at
// the provider.
func (b *bench) compareOthers(ctx context.Context, o *org) error {
	if b.othersIn == "" {
		fmt.Fprintln(b.out, "what people would take instead: cmd/bench/others.sh")
		return nil
	}
	for _, other := range b.others() {
		if err := b.lookAt(ctx, o, other); err != nil {
			return fmt.Errorf("%s: %w", other.name, err)
		}
	}
	return nil
}

func (b *bench) lookAt(ctx context.Context, o *org, other other) error {
	port := other.port
	if port == 0 {
		port, o.ports = o.ports[0], o.ports[1:]
	}
	url := "http://localhost:" + strconv.Itoa(port)
	dir := filepath.Join(b.othersIn, other.dir)
	program := other.command[0]
	if own := filepath.Join(dir, program); exists(own) {
		program = own
	}
	s, err := startIn(ctx, dir, b.dir, program, other.command[1:], other.ready, port, other.env(o, url, port, dir))
	if err != nil {
		return err
	}
	defer s.stop()
	var headers []string
	var signIn string
	for range 2 { // the first fetches what is then known
		o.ResetCounts()
		v, err := newVisitor()
		if err != nil {
			return err
		}
		if _, _, err := v.signInTo(url+other.login, url+other.landing, login, password); err != nil {
			return err
		}
		signIn = asked(o)
		if headers, err = v.headers(url + other.page); err != nil {
			return err
		}
	}
	const views = 20
	o.ResetCounts()
	var page answer
	for range views {
		if page, err = ask(url+other.page, headers); err != nil {
			return err
		}
	}
	perView := float64(o.Count("")) / views
	fmt.Fprintf(b.out, "%-24s page of %5d bytes; requests to the provider: per view %.0f, per sign-in %s\n", other.name, len(page.body), perView, signIn)
	r, err := b.load(ctx, target{s, other.page, headers}, b.lasting, 0)
	if err != nil {
		return err
	}
	size, err := s.memory()
	if err != nil {
		return err
	}
	fmt.Fprintf(b.out, "%-24s %6.0f requests per second, %5.0f µs of CPU each, p99 %v; %v\n", "", r.perSecond, float64(r.cpu)/1000, r.p99, size)
	return nil
}

// asked are the requests to the org so far.
func asked(o *org) string {
	var each []string
	for _, endpoint := range []string{"discovery", "keys", "token", "userinfo"} {
		if n := o.Count(endpoint); n > 0 {
			each = append(each, fmt.Sprintf("%s %d", endpoint, n))
		}
	}
	return fmt.Sprintf("%d (%s)", o.Count(""), strings.Join(each, ", "))
}

func exists(file string) bool {
	info, err := os.Stat(file)
	return err == nil && !info.IsDir()
}
