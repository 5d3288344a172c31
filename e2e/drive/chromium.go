package drive

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync"

	"github.com/chromedp/chromedp"
)

// chromium is the one browser process of all tests of one binary. The first test that needs it
// starts it, Run stops it.
var chromium struct {
	start sync.Once
	ctx   context.Context
	err   error
	stop  func()
}

// startChromium starts executable so that it works little for a page: pages of one test share a process where a browser
// lets them, painting has none of its own, no script runs for long enough to be worth a compiler that optimizes, and
// memory is cheaper than collecting garbage.
func startChromium(executable string) {
	profile, err := os.MkdirTemp("", "okta-gin-chromium-")
	if err != nil {
		chromium.err = err
		return
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable),
		chromedp.UserDataDir(profile),
		chromedp.Flag("headless", "new"),
		chromedp.Flag("disable-gpu", true),
		chromedp.Flag("in-process-gpu", true),
		chromedp.Flag("renderer-process-limit", "1"),
		chromedp.Flag("js-flags", "--no-opt,--no-maglev,--min-semi-space-size=32,--max-semi-space-size=64"),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, stop := chromedp.NewContext(allocator)
	chromium.ctx = ctx
	chromium.stop = func() {
		stop()
		stopAllocator()
		os.RemoveAll(profile)
	}
	chromium.err = chromedp.Do(ctx)
}

func closeChromium() {
	if chromium.stop != nil {
		chromium.stop()
	}
}

// findChromium prefers the browser that is built to have no window: the same pages cost
// it half the work. CHROME=/usr/bin/chromium runs the tests in one that people use.
func findChromium() (string, error) {
	if path := os.Getenv("CHROME"); path != "" {
		return path, nil
	}
	for _, name := range []string{"chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no Chromium found: install the Debian package chromium-headless-shell, or name a browser in CHROME")
}
