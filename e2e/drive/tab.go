package drive

import (
	"context"
	"fmt"
	"os"
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
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Tab is one tab of a browser.
type Tab struct {
	T   testing.TB
	Ctx context.Context

	MayRefuse   string // begins the addresses that may answer a script with 4xx
	MayComplain bool   // what is wrong is what the test is about

	mu         sync.Mutex
	complaints []string
	status     int64       // of the page's own response
	windows    []target.ID // all that the page has opened, closed ones too
}

// NewTab opens a tab in a browser that shares no cookies with any other test's. A
// script that fails, a broken content security policy, a missing file or any other
// complaint of the browser fails the test.
func NewTab(t testing.TB) *Tab {
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

// Another opens a second tab of the same browser: it shares all cookies.
func (b *Tab) Another() *Tab {
	b.T.Helper()
	return openTab(b.T, b.Ctx)
}

func openTab(t testing.TB, parent context.Context, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	b := &Tab{T: t}
	ctx, cancel := chromedp.NewContext(parent, append(options, chromedp.WithListener(b.hear))...)
	b.Ctx = ctx
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the browser is at %s", b.Where())
		}
		cancel()
		b.mu.Lock()
		defer b.mu.Unlock()
		for _, complaint := range b.complaints {
			if b.MayComplain {
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
func (b *Tab) hear(event any) {
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
		} else if e.Response.Status >= 400 && (b.MayRefuse == "" || e.Response.Status >= 500 || !strings.HasPrefix(e.Response.URL, b.MayRefuse)) {
			b.complaints = append(b.complaints, fmt.Sprintf("%d for %s", e.Response.Status, e.Response.URL))
		}
	}
}

// Complained drops the complaints that hold text, and reports whether there was one.
func (b *Tab) Complained(text string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.complaints)
	b.complaints = slices.DeleteFunc(b.complaints, func(complaint string) bool { return strings.Contains(complaint, text) })
	return len(b.complaints) < before
}

// Answered is the status of the page's own response.
func (b *Tab) Answered() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(b.status)
}

// Do takes steps; what says them in messages.
func (b *Tab) Do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.T.Fatalf("%s: %v\nat %s", what, err, b.Where())
	}
}

// Evaluate returns the value of a JavaScript expression on the page. It works also
// where the page's own scripts don't run.
func Evaluate[T any](b *Tab, expression string) T {
	b.T.Helper()
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		b.T.Fatalf("evaluate %s: %v\nat %s", expression, err, b.Where())
	}
	return value
}

// Holds reports whether a JavaScript condition holds. While a page makes room for the next, none does.
func (b *Tab) Holds(condition string) bool {
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](condition))
	return err == nil && holds
}

// Where says which page the tab shows, for messages.
func (b *Tab) Where() string {
	ctx, cancel := context.WithTimeout(b.Ctx, time.Second)
	defer cancel()
	page, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.href + "\n" + (document.body ? document.body.innerText.slice(0, 500) : "")`))
	if err != nil {
		return err.Error()
	}
	return page
}

// Until waits until a JavaScript condition holds on a page that has loaded.
func (b *Tab) Until(condition string) {
	b.T.Helper()
	expression := `document.readyState === "complete" && !!(` + condition + `)`
	deadline := time.Now().Add(Patience)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		ctx, cancel := context.WithDeadline(b.Ctx, deadline)
		holds, err := chromedp.Run(ctx, chromedp.Evaluate[bool](expression))
		cancel()
		if err == nil && holds { // while a page makes room for the next, evaluation fails
			return
		}
		if time.Now().After(deadline) || b.Ctx.Err() != nil {
			b.T.Fatalf("waited in vain for %s (%v)\nat %s", condition, err, b.Where())
		}
		<-tick.C
	}
}

// Open goes to an address and returns the status of the page it ends on.
func (b *Tab) Open(url string) int {
	b.T.Helper()
	b.Do("open "+url, chromedp.Navigate(url))
	b.WaitFor("body")
	return b.Answered()
}

// WaitURL waits for a loaded page whose address begins with prefix.
func (b *Tab) WaitURL(prefix string) {
	b.T.Helper()
	b.Until("location.href.startsWith(" + strconv.Quote(prefix) + ")")
}

// WaitFor waits for an element on a loaded page.
func (b *Tab) WaitFor(selector string) {
	b.T.Helper()
	b.Until("document.querySelector(" + Quoted(selector) + ")")
}

// Has reports whether the page has an element.
func (b *Tab) Has(selector string) bool {
	b.T.Helper()
	return Evaluate[bool](b, "document.querySelector("+Quoted(selector)+") !== null")
}

// Text is what an element says.
func (b *Tab) Text(selector string) string {
	b.T.Helper()
	b.WaitFor(selector)
	return strings.TrimSpace(Evaluate[string](b, "document.querySelector("+Quoted(selector)+").innerText"))
}

// Click clicks on an element, with the mouse.
func (b *Tab) Click(selector string) {
	b.T.Helper()
	b.Do("click "+selector, chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Follow clicks on what leads to another page, and waits until that has loaded.
func (b *Tab) Follow(selector string) {
	b.T.Helper()
	b.Leave(func() { b.Click(selector) })
}

// Leave does what leads to another page, and waits until that has loaded.
func (b *Tab) Leave(act func()) {
	b.T.Helper()
	Evaluate[bool](b, "window.left = true")
	act()
	b.Until("!window.left")
}

// Fill puts text into a field, in place of what is there, as a password manager does.
func (b *Tab) Fill(selector, text string) {
	b.T.Helper()
	b.Until("(field => field && (field.value = '', true))(document.querySelector(" + Quoted(selector) + "))") // in one step: the widget may draw it anew at any moment
	b.Do("fill "+selector, chromedp.Focus(chromedp.CSS(selector), chromedp.NodeVisible), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// WithoutScripts stops the pages' own scripts from running.
func (b *Tab) WithoutScripts() {
	b.T.Helper()
	if _, err := chromedp.Call(b.Ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		b.T.Fatal(err)
	}
}

// Withhold has the browser get nothing for addresses that match a URL pattern, such as "*://*:*/go-on.js".
func (b *Tab) Withhold(pattern string) {
	b.T.Helper()
	blocked := network.SetBlockedURLsParams{URLPatterns: []*network.BlockPattern{{URLPattern: pattern, Block: true}}}
	if _, err := chromedp.Call(b.Ctx, network.SetBlockedURLs, blocked); err != nil {
		b.T.Fatal(err)
	}
}

// Quoted makes a selector a JavaScript string.
func Quoted(selector string) string { return strconv.Quote(selector) }

// Forgive drops the browser's complaints that begin with prefix, and returns how
// many there were.
func (b *Tab) Forgive(prefix string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := len(b.complaints)
	b.complaints = slices.DeleteFunc(b.complaints, func(each string) bool { return strings.HasPrefix(each, prefix) })
	return before - len(b.complaints)
}

// Choose has a file field hold file.
func (b *Tab) Choose(selector, file string) {
	b.T.Helper()
	b.Do("choose "+file, chromedp.SetUploadFiles(chromedp.CSS(selector), []string{file}))
}
