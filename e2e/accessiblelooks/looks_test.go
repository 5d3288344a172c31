package accessiblelooks_test

import (
	"maps"
	"slices"
	"testing"

	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/gallery"
	"example.com/okta-gin/language"
)

// textarea: axe is never sure of a text that scrolls. Its colours are those of the page, which TestContrast compares.
var textarea = []audit.Exception{{Rule: "color-contrast", Inside: "textarea", Why: "unsure: it scrolls"}}

// TestDefaultLook looks at each of sign-in's own pages in the look that they have without an app's own, with all
// that can stand on them.
func TestDefaultLook(t *testing.T) {
	t.Parallel()
	visitAll(t, gallery.DefaultLook)
}

// TestAppLook looks at the pages that sign-in has shown in the app's look, in states that take long to reach.
func TestAppLook(t *testing.T) {
	t.Parallel()
	visitAll(t, gallery.AppLook)
}

func visitAll(t *testing.T, filled func(words *language.Words, site string) map[string]any) {
	s := gallery.NewStand(t)
	type page struct{ name, url string }
	byLanguage := map[string][]page{}
	for _, language := range []string{"en", "ar"} {
		all := filled(s.Texts.Tagged(language), s.URL)
		for _, name := range slices.Sorted(maps.Keys(all)) {
			byLanguage[language] = append(byLanguage[language], page{name, s.Page(all[name])})
		}
	}
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = textarea
		for _, page := range byLanguage[r.Language] {
			r.Visit(page.name, page.url)
		}
		r.Complained("Scripts may close only the windows that were opened by them") // the pop-up's pages, which no page has opened here
	})
}
