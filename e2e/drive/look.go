package drive

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Look sets the width of the window and the reader's colour scheme, "light" or
// "dark". Nothing moves, so that pictures don't show a change half done.
func (b *Tab) Look(width int64, scheme string) {
	b.T.Helper()
	b.Do("resize", chromedp.EmulateViewport(width, 800), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
		})
		return err
	}))
}

// Screenshot keeps a picture of the whole page as artifacts/NAME.png, for people to look at, where PICTURES=1 asks for
// it, as make pictures does. Beyond the viewport Chromium moves pages that are written from right to left and fit into it.
func (b *Tab) Screenshot(name string) {
	b.T.Helper()
	if os.Getenv("PICTURES") != "1" {
		return
	}
	ctx, cancel := context.WithTimeout(b.Ctx, Patience)
	defer cancel()
	yes, tall := true, Evaluate[bool](b, "document.documentElement.scrollHeight > innerHeight")
	picture, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &tall, OptimizeForSpeed: &yes})
	if err != nil {
		b.T.Fatalf("picture %s: %v", name, err)
	}
	folder := filepath.Join(Root, "artifacts")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		b.T.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), picture.Data, 0o644); err != nil {
		b.T.Fatal(err)
	}
}

// CheckLooks checks that the page fits on a narrow screen and can be used with a screen reader, and keeps pictures of it
// whose names begin with name.
func (b *Tab) CheckLooks(name string) {
	b.T.Helper()
	b.CheckMarkup()
	b.CheckNames()
	for _, scheme := range []string{"light", "dark"} {
		b.Look(320, scheme)
		b.CheckWidth()
		b.Look(390, scheme)
		b.Screenshot(name + "-phone-" + scheme)
		b.Look(1280, scheme)
		b.CheckWidth()
		b.Screenshot(name + "-desktop-" + scheme)
	}
}

// CheckWidth fails the test if the page has to be scrolled sideways.
func (b *Tab) CheckWidth() {
	b.T.Helper()
	wide := Evaluate[struct{ Inner, Document int }](b, "({Inner: innerWidth, Document: document.documentElement.scrollWidth})")
	if wide.Document > wide.Inner {
		b.T.Errorf("the page is %d px wide on a screen of %d", wide.Document, wide.Inner)
	}
}

// CheckMarkup looks for what screen readers rely on and browsers don't enforce.
func (b *Tab) CheckMarkup() {
	b.T.Helper()
	page := Evaluate[struct {
		Lang, Title      string
		H1, Main         int
		Header, Footer   int
		TwiceIDs, Labels []string
		Levels           []int
	}](b, `(() => {
		const all = s => [...document.querySelectorAll(s)], ids = all("[id]").map(e => e.id);
		return {
			Lang: document.documentElement.lang,
			Title: document.title,
			H1: all("h1").length,
			Main: all("main").length,
			Header: all("body > header").length,
			Footer: all("body > footer").length,
			TwiceIDs: ids.filter((id, i) => ids.indexOf(id) !== i),
			Labels: all("input:not([type=hidden]):not([type=submit]), select, textarea").filter(e => !e.labels.length).map(e => e.outerHTML),
			Levels: all("h1, h2, h3, h4, h5, h6").map(e => +e.tagName[1]),
		};
	})()`)
	if page.Lang != "en" || page.Title == "" {
		b.T.Errorf("lang is %q and the title %q", page.Lang, page.Title)
	}
	if page.H1 != 1 || page.Main != 1 || page.Header > page.Footer || page.Footer > 1 {
		b.T.Errorf("the page has %d h1, %d main, %d header, %d footer", page.H1, page.Main, page.Header, page.Footer)
	}
	if len(page.TwiceIDs) > 0 {
		b.T.Errorf("ids used twice: %q", page.TwiceIDs)
	}
	if len(page.Labels) > 0 {
		b.T.Errorf("fields without a label: %q", page.Labels)
	}
	before := 0
	for _, level := range page.Levels {
		if level > before+1 {
			b.T.Errorf("headings go from level %d to %d", before, level)
		}
		before = level
	}
}

// CheckNames fails the test if something to read, follow or press has no name in
// the tree that screen readers get.
func (b *Tab) CheckNames() {
	b.T.Helper()
	needName := []string{"button", "link", "textbox", "checkbox", "heading", "img", "image", "meter", "navigation", "region", "table", "dialog"}
	tree, err := chromedp.Run(b.Ctx, func(ctx context.Context, target *chromedp.Target) (accessibility.GetFullAXTreeResult, error) {
		return cdp.Call(ctx, target, accessibility.GetFullAXTree, accessibility.GetFullAXTreeParams{})
	})
	if err != nil {
		b.T.Fatal(err)
	}
	checked := 0
	for _, node := range tree.Nodes {
		role := axText(node.Role)
		if node.Ignored || !slices.Contains(needName, role) {
			continue
		}
		checked++
		if axText(node.Name) == "" {
			b.T.Errorf("a %s has no name", role)
		}
	}
	if checked == 0 {
		b.T.Error("the tree of names is empty")
	}
}

// axText is the text in a value of that tree, which is JSON.
func axText(value *accessibility.Value) string {
	if value == nil {
		return ""
	}
	return strings.Trim(strings.TrimSpace(value.Value.String()), `"`)
}
