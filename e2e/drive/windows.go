package drive

import (
	"slices"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Popup clicks on what opens a window and returns that window.
func (b *Tab) Popup(selector string) *Tab {
	b.T.Helper()
	return b.PopupAfter(func() { b.Click(selector) })
}

// PopupAfter does what opens a window and returns that window.
func (b *Tab) PopupAfter(act func()) *Tab {
	b.T.Helper()
	self := chromedp.FromContext(b.Ctx).Target.TargetID
	opened := chromedp.WaitNewTarget(b.Ctx, func(info *target.Info) bool {
		return info.Type == "page" && info.OpenerID == self && !slices.Contains(b.windows, info.TargetID)
	})
	act()
	select {
	case id := <-opened:
		b.windows = append(b.windows, id)
		return openTab(b.T, b.Ctx, chromedp.WithTargetID(id))
	case <-time.After(Patience):
		b.T.Fatalf("no window opened\nat %s", b.Where())
		return nil
	}
}

// Close closes the window, as a person does.
func (b *Tab) Close() {
	b.T.Helper()
	if _, err := chromedp.Call(b.Ctx, page.Close, cdp.Empty{}); err != nil {
		b.T.Fatal(err)
	}
}
