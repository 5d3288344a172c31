package light_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestPagesAreDrawnWhole: who has a slow line does not see half a page, which would move when the rest comes.
func TestPagesAreDrawnWhole(t *testing.T) {
	t.Parallel()
	app, plain := hosts.App(t, nil), hosts.Plain(t, nil)
	for name, page := range map[string]string{"app": app.URL + "/", "default look": plain.URL + "/authorization-code/signed-out"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rest := make(chan struct{})
			server := httptest.NewServer(inHalves(t, page, rest))
			t.Cleanup(server.Close)
			b := drive.NewTab(t)
			drive.Evaluate[bool](b, "setTimeout(() => { location = "+drive.Quoted(server.URL)+" }), true")
			drive.Await(t, "half a page", func() bool { return b.Holds("!!document.querySelector('main h1')") })
			if drawnSoon(b) {
				t.Error("half a page is drawn")
			}
			close(rest)
			b.Until(drawn)
		})
	}
}

// inHalves serves page, the second half of it when rest is closed, and what belongs to it.
func inHalves(t *testing.T, page string, rest <-chan struct{}) http.Handler {
	at, err := url.Parse(page)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(&url.URL{Scheme: at.Scheme, Host: at.Host}) }}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			proxy.ServeHTTP(w, r)
			return
		}
		resp, err := http.Get(page)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		whole, err := io.ReadAll(resp.Body)
		first, second, found := strings.Cut(string(whole), "</h1>")
		if err != nil || !found {
			t.Errorf("%s has no heading, %v", page, err)
		}
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		io.WriteString(w, first+"</h1>")
		w.(http.Flusher).Flush()
		select {
		case <-rest:
			io.WriteString(w, second)
		case <-r.Context().Done():
		}
	})
}

// drawnSoon reports whether the page shows something within a dozen frames.
func drawnSoon(b *drive.Tab) bool {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, drive.Patience)
	defer cancel()
	soon, err := chromedp.Run(ctx, chromedp.Evaluate[bool]("new Promise(done => setTimeout(() => done("+drawn+"), 200))", chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatal(err)
	}
	return soon
}
