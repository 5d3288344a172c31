package light_test

import (
	"bytes"
	"context"
	"image/color"
	"image/png"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
	"example.com/okta-gin/handlers"
)

// tour opens the pages of an app, first as nobody and then as somebody, and has look look at each.
func tour(b *drive.Tab, app, plain *hosts.Host, look func(name string)) {
	open := func(h *hosts.Host, paths ...string) {
		for _, path := range paths {
			b.Open(h.URL + path)
			look(path)
		}
	}
	open(app, "/", "/no-such-page", drive.LogoutPath, "/authorization-code/signed-out", "/authorization-code/callback?code=x&state=y")
	open(plain, drive.LogoutPath, "/authorization-code/callback?code=x&state=y")
	b.Open(app.URL + "/login?return_to=/greet")
	look("the stand-in's sign-in")
	b.SignIn(drive.Ada)
	b.WaitURL(app.URL + "/greet")
	look("/greet, after the sign-in")
	open(app, "/", drive.ProfilePath, drive.SessionsPath, "/admin/sessions?q=grace", drive.LogoutPath)
}

// late brings scripts when the page without them has been drawn.
func late(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".js") {
			select {
			case <-time.After(60 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
		next.ServeHTTP(w, r)
	})
}

// TestNothingJumps: nothing on a page moves once it is drawn, although scripts come late.
func TestNothingJumps(t *testing.T) {
	t.Parallel()
	plain := hosts.Plain(t, nil)
	app := hosts.Start(t, nil, func(h *hosts.Host, cfg config.Config) http.Handler {
		app, err := handlers.New(cfg, slog.New(slog.DiscardHandler), h.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { app.Close() })
		return late(app)
	})
	for name, width := range map[string]int64{"phone": 320, "desktop": 1280} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Look(width, "light")
			if _, err := chromedp.Call(b.Ctx, network.SetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}); err != nil {
				t.Fatal(err)
			}
			tour(b, app, plain, func(name string) {
				if shift := shifts(b); shift != 0 {
					t.Errorf("%s: what has been drawn moves, by %v", name, shift)
				}
			})
		})
	}
}

// TestJumpsAreFound: a page whose content moves when a picture comes is found out.
func TestJumpsAreFound(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!doctype html><title>Jump</title><link rel="icon" href="data:,"><div id="late"></div><h1>Here</h1><p>Text</p>
<script>requestAnimationFrame(() => setTimeout(() => { late.style.height = "200px"; document.title = "Done" }, 50))</script>`)
	}))
	t.Cleanup(server.Close)
	b := drive.NewTab(t)
	b.Look(320, "light")
	b.Open(server.URL)
	b.Until(`document.title === "Done"`)
	if shifts(b) == 0 {
		t.Error("it is not")
	}
}

// shifts adds up how far what was drawn has moved on the page in the tab.
func shifts(b *drive.Tab) float64 {
	b.T.Helper()
	b.Until("true")
	ctx, cancel := context.WithTimeout(b.Ctx, drive.Patience)
	defer cancel()
	sum, err := chromedp.Run(ctx, chromedp.Evaluate[float64](`new Promise(done => {
		let sum = 0;
		new PerformanceObserver(list => { for (const entry of list.getEntries()) sum += entry.value }).observe({ type: "layout-shift", buffered: true });
		requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
	})`, chromedp.EvalAwaitPromise))
	if err != nil {
		b.T.Fatal(err)
	}
	return sum
}

// TestDarkFromTheStart: for who reads in the dark a page is dark before its stylesheet has come, before its scripts have, and
// then.
func TestDarkFromTheStart(t *testing.T) {
	t.Parallel()
	app, plain := hosts.App(t, nil), hosts.Plain(t, nil)
	for name, withheld := range map[string]string{"stylesheets": "*://*:*/*.css", "scripts": "*://*:*/*.js", "nothing": "*://*:*/nothing"} {
		t.Run("without "+name, func(t *testing.T) {
			t.Parallel()
			b := drive.NewTab(t)
			b.Look(320, "dark")
			b.Withhold(withheld)
			tour(b, app, plain, func(name string) {
				if light := lightness(t, b); light > 0x40 {
					t.Errorf("%s: the edge of the page has a lightness of %d of 255", name, light)
				}
				if !drive.Evaluate[bool](b, `performance.getEntriesByName("first-contentful-paint").length === 1`) {
					t.Errorf("%s: nothing is drawn", name)
				}
			})
		})
	}
}

// lightness is that of the page's left edge, below what stands at its top.
func lightness(t *testing.T, b *drive.Tab) uint8 {
	t.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, 10*time.Second)
	defer cancel()
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &page.Viewport{X: 0, Y: 700, Width: 4, Height: 4, Scale: 1}})
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := png.Decode(bytes.NewReader(picture.Data))
	if err != nil {
		t.Fatal(err)
	}
	return color.GrayModel.Convert(decoded.At(1, 1)).(color.Gray).Y
}
