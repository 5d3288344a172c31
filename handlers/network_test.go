package handlers_test

import (
	"context"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

// counted is a connection whose bytes are counted, both ways.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}

// TestBytesOnTheWire measures what a page and a sign-in take between a browser and the
// app, and holds it to what docs/capacity.md reckons with. Of the sign-in, what goes
// between the browser and Okta is not the app's.
func TestBytesOnTheWire(t *testing.T) {
	t.Parallel()
	for store, most := range map[string]struct{ signIn, page int64 }{"cookie": {16_000, 6_000}, "redis": {13_000, 4_500}} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{}
			if store == "redis" {
				env["SESSION_STORE"] = redistest.Start(t).URL()
			}
			app := apptest.Start(t, apptest.Setup{Env: env})
			b, bytes := app.Browser(), new(atomic.Int64)
			host := strings.TrimPrefix(app.URL, "http://")
			b.Client.Transport = &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				conn, err := new(net.Dialer).DialContext(ctx, network, address)
				if err != nil || address != host {
					return conn, err
				}
				return counted{conn, bytes}, nil
			}}
			b.SignIn(apptest.ProfilePath, testkit.Ada)
			signIn := bytes.Swap(0)
			b.Get("/greet")
			page := bytes.Load()
			t.Log("a sign-in to the profile page: " + strconv.FormatInt(signIn, 10) + " bytes, a page: " + strconv.FormatInt(page, 10))
			if signIn > most.signIn || page > most.page {
				t.Errorf("a sign-in takes %d bytes and a page %d, want at most %d and %d", signIn, page, most.signIn, most.page)
			}
		})
	}
}
