package e2e_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// The stand-in's sign-in form, by the markers of Okta's classic widget.
const (
	usernameField = `[data-se="o-form-input-username"] input`
	passwordField = `[data-se="o-form-input-password"] input`
	signInButton  = `[data-type="save"]`
)

// tab is one tab of a browser.
type tab struct {
	t   testing.TB
	ctx context.Context

	mu         sync.Mutex
	complaints []string
	status     int64  // of the page's own response
	mayRefuse  string // begins the addresses that may answer a script with 4xx

	mayComplain bool // what is wrong is what the test is about

	windows []target.ID // all that the page has opened, closed ones too
}

// newTab opens a tab in a browser that shares no cookies with any other test's. A
// script that fails, a broken content security policy, a missing file or any other
// complaint of the browser fails the test.
func newTab(t testing.TB) *tab {
	t.Helper()
	executable, err := findChromium()
	if err != nil && os.Getenv("ALLOW_MISSING_TOOLS") == "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	chromium.start.Do(func() { startChromium(executable) })
	if chromium.err != nil {
		t.Fatalf("start %s: %v", executable, chromium.err)
	}
	return openTab(t, chromium.ctx, chromedp.WithNewBrowserContext())
}

// another opens a second tab of the same browser: it shares all cookies.
func (b *tab) another() *tab {
	b.t.Helper()
	return openTab(b.t, b.ctx)
}

func openTab(t testing.TB, parent context.Context, options ...chromedp.ContextOption) *tab {
	t.Helper()
	b := &tab{t: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.hear))...)
	b.ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the browser is at %s", b.where())
		}
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, complaint := range b.complaints {
			if b.mayComplain {
				break
			}
			t.Errorf("the browser complains: %s", complaint)
		}
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	focused := emulation.SetFocusEmulationEnabledParams{Enabled: true} // as the window in front is
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, focused); err != nil {
		t.Fatalf("focus a tab: %v", err)
	}
	return b
}

// hear takes note of what the browser reports.
func (b *tab) hear(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		problem := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			problem += " " + e.ExceptionDetails.Exception.Description
		}
		b.complaints = append(b.complaints, problem)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" || e.Type == "assert" {
			b.complaints = append(b.complaints, fmt.Sprintf("console %s: %v", e.Type, e.Args))
		}
	case *log.EventEntryAdded:
		serious := e.Entry.Level == "error" || e.Entry.Level == "warning"
		if serious && e.Entry.Source != "network" { // a page may be a 404; see below for what it loads
			b.complaints = append(b.complaints, fmt.Sprintf("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL))
		}
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			b.status = e.Response.Status
		} else if e.Response.Status >= 400 && (b.mayRefuse == "" || e.Response.Status >= 500 || !strings.HasPrefix(e.Response.URL, b.mayRefuse)) {
			b.complaints = append(b.complaints, fmt.Sprintf("%d for %s", e.Response.Status, e.Response.URL))
		}
	}
}

// complained drops the complaints that hold text, and reports whether there was one.
func (b *tab) complained(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.complaints)
	b.complaints = slices.DeleteFunc(b.complaints, func(complaint string) bool { return strings.Contains(complaint, text) })
	return len(b.complaints) < before
}

// answered is the status of the page's own response.
func (b *tab) answered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.status)
}

func (b *tab) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.t.Fatalf("%s: %v\nat %s", what, err, b.where())
	}
}

// evaluate returns the value of a JavaScript expression on the page. It works also
// where the page's own scripts don't run.
func evaluate[T any](b *tab, expression string) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.t.Fatalf("evaluate %s: %v\nat %s", expression, err, b.where())
	}
	return value
}

// where says which page the tab shows, for messages.
func (b *tab) where() string {
	ctx, cancel := context.WithTimeout(b.ctx, time.Second)
	defer cancel()
	page, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body ? document.body.innerText.slice(0, 500) : "")`))
	if err != nil {
		return err.Error()
	}
	return page
}

// until waits until a JavaScript condition holds on a page that has loaded.
func (b *tab) until(condition string) {
	b.t.Helper()
	expression := `document.readyState === "complete" && !!(` + condition + `)`
	deadline := time.Now().Add(patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithDeadline(b.ctx, deadline)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && holds { // while a page makes room for the next, evaluation fails
			return
		}
		if time.Now().After(deadline) || b.ctx.Err() != nil {
			b.t.Fatalf("waited in vain for %s (%v)\nat %s", condition, err, b.where())
		}
		<-tick.C
	}
}

// open goes to an address and returns the status of the page it ends on.
func (b *tab) open(url string) int {
	b.t.Helper()
	b.do("open "+url, chromedp.Navigate(url))
	b.waitFor("body")
	return b.answered()
}

// waitURL waits for a loaded page whose address begins with prefix.
func (b *tab) waitURL(prefix string) {
	b.t.Helper()
	b.until("location.href.startsWith(" + strconv.Quote(prefix) + ")")
}

// waitFor waits for an element on a loaded page.
func (b *tab) waitFor(selector string) {
	b.t.Helper()
	b.until("document.querySelector(" + quoted(selector) + ")")
}

// has reports whether the page has an element.
func (b *tab) has(selector string) bool {
	b.t.Helper()
	return evaluate[bool](b, "document.querySelector("+quoted(selector)+") !== null")
}

// text is what an element says.
func (b *tab) text(selector string) string {
	b.t.Helper()
	b.waitFor(selector)
	return strings.TrimSpace(evaluate[string](b, "document.querySelector("+quoted(selector)+").innerText"))
}

// click clicks on an element, with the mouse.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// follow clicks on what leads to another page, and waits until that has loaded.
func (b *tab) follow(selector string) {
	b.t.Helper()
	b.leave(func() { b.click(selector) })
}

// leave does what leads to another page, and waits until that has loaded.
func (b *tab) leave(act func()) {
	b.t.Helper()
	evaluate[bool](b, "window.left = true")
	act()
	b.until("!window.left")
}

// fill puts text into a field, in place of what is there, as a password manager does.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.waitFor(selector)
	evaluate[string](b, "document.querySelector("+quoted(selector)+").value = ''")
	b.do("fill "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// signIn fills in the stand-in's sign-in page, which the tab must be on or on the
// way to, and sends it.
func (b *tab) signIn(login string) {
	b.t.Helper()
	b.signInWith(login, passwordOf(login))
}

func (b *tab) signInWith(login, password string) {
	b.t.Helper()
	b.waitFor(signInButton)
	b.fill(usernameField, login)
	b.fill(passwordField, password)
	b.follow(signInButton)
}

// withoutScripts stops the pages' own scripts from running.
func (b *tab) withoutScripts() {
	b.t.Helper()
	if _, err := chromedp.Call(b.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.t.Fatal(err)
	}
}

// cookies are those that the browser would send to url.
func (b *tab) cookies(url string) []*network.Cookie {
	b.t.Helper()
	got, err := chromedp.Call(b.ctx, network.GetCookies, network.GetCookiesParams{URLs: []string{url}})
	if err != nil {
		b.t.Fatal(err)
	}
	return got.Cookies
}

// look sets the width of the window and the reader's colour scheme, "light" or
// "dark". Nothing moves, so that pictures don't show a change half done.
func (b *tab) look(width int64, scheme string) {
	b.t.Helper()
	b.do("resize", chromedp.EmulateViewport(width, 800), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// screenshot keeps a picture of the whole page as artifacts/NAME.png.
func (b *tab) screenshot(name string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	yes := true
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &yes, OptimizeForSpeed: &yes})
	if err != nil {
		b.t.Fatalf("picture %s: %v", name, err)
	}
	folder := filepath.Join(root, "artifacts")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quoted makes a selector a JavaScript string.
func quoted(selector string) string { return strconv.Quote(selector) }
