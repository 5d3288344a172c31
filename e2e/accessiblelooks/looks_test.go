package accessiblelooks_test

import (
	"testing"

	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/e2e/audit"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/templates"
)

// textarea: axe is never sure of a text that scrolls. Its colours are those of the page, which TestContrast compares.
var textarea = []audit.Exception{{Rule: "color-contrast", Inside: "textarea", Why: "unsure: it scrolls"}}

// TestDefaultLook looks at each of sign-in's own pages in the look that they have without an app's own, with all
// that can stand on them.
func TestDefaultLook(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	type page struct{ name, url string }
	byLanguage := map[string][]page{}
	for _, language := range []string{"en", "ar"} {
		words := s.texts.Tagged(language)
		frame := pages.Frame{
			Person: &pages.Person{Name: "Ada Lovelace", Email: drive.Ada}, Home: onward, SignIn: onward,
			Words: words, Switch: pages.Switch{Action: onward, ReturnTo: "/"},
		}
		way := pages.Way{URL: onward, Label: words.Text("frame.front_page")}
		fields := []pages.Field{{Name: "state", Value: "x"}, {Name: "code", Value: "y"}}
		form := []pages.FormField{{Name: "title", Value: "Trip"}, {Name: "text", Value: "Dear all,\nhello", Long: true}, {Name: "password", Secret: true}, {Name: "csrf", Token: true}}
		files := []pages.FormFile{{Name: "photo", File: "photo of Ada.jpeg", Size: "300 kB"}}
		device := pages.Device{ID: "1", Browser: "Firefox on Windows", Since: "today", Seen: "now", Address: "192.0.2.1"}
		here := device
		here.This = true
		for name, p := range map[string]pages.Page{
			"error":              pages.Error{Frame: frame, Status: 403, Heading: "Refused", Message: "So it is.", Quote: "No.", Needs: []string{"Payroll", "Night shift"}, TryAgain: way, Otherwise: way, RequestID: "5f2c"},
			"sign out?":          pages.ConfirmSignOut{Frame: frame, Action: onward, ReturnTo: "/"},
			"signed out":         pages.SignedOut{Frame: frame, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
			"sessions":           pages.Sessions{Frame: frame, Action: onward, SignOut: onward, Ended: true, More: true, Devices: []pages.Device{here, device}},
			"arrived":            pages.Arrived{Frame: frame, Continue: onward},
			"onward to sign in":  pages.Onward{Frame: frame, SigningIn: true, Kept: true, URL: onward},
			"onward to sign out": pages.Onward{Frame: frame, URL: onward},
			"onward with a form": pages.Onward{Frame: frame, Action: onward, Fields: fields},
			"kept form":          pages.KeptForm{Frame: frame, Action: "/report", Marker: fields[0], Site: s.URL, From: "https://example.com", Back: onward, Minutes: 9, Fields: form, Files: files},
			"kept text":          pages.KeptForm{Frame: frame, Action: "/report", Marker: fields[0], Site: s.URL, Minutes: 1, Text: `{"a": 1}`},
			"given back":         pages.GivenBack{Frame: frame, Why: "It is too much.", Fields: form, Files: files, Cut: true},
			"sent again":         pages.Resubmit{Frame: frame, Action: onward, Fields: fields},
			"pop-up, signed in":  pages.PopupDone{Frame: frame, Origin: "-", Result: "success"},
			"pop-up, not let in": pages.PopupDone{Frame: frame, Origin: "-", Result: "error", Reason: "refused", Message: "Okta refused"},
		} {
			byLanguage[language] = append(byLanguage[language], page{name, s.defaultLook(p)})
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

// TestAppLook looks at the pages that sign-in has shown in the app's look, in states that take long to reach.
func TestAppLook(t *testing.T) {
	t.Parallel()
	s := newStand(t)
	type page struct{ name, url string }
	byLanguage := map[string][]page{}
	for _, language := range []string{"en", "ar"} {
		words := s.texts.Tagged(language)
		base := templates.Base{
			Site:   templates.Site{Brand: "okta-gin", Nav: []templates.NavItem{{Path: "/greet", Text: "frame.greeting"}, {Path: "/profile", Text: "frame.profile"}}},
			Person: &templates.Person{Name: "Ada Lovelace", Email: drive.Ada, Initials: "AL"}, Words: words, Switch: templates.Switch{Action: onward, ReturnTo: "/"},
		}
		way := templates.Way{URL: onward, Label: words.Text("frame.front_page")}
		sent := templates.Sent{
			Fields: []templates.SentField{{Name: "title", Value: "Trip"}, {Name: "text", Value: "Dear all,\nhello", Long: true}, {Name: "password", Secret: true}, {Name: "csrf", Token: true}},
			Files:  []templates.SentFile{{Name: "photo", File: "photo of Ada.jpeg", Size: "300 kB"}},
		}
		device := templates.Device{ID: "1", Browser: "Firefox on Windows", Since: "today", Seen: "now", Address: "192.0.2.1"}
		here := device
		here.This = true
		for name, p := range map[string]templates.Page{
			"error":      templates.Error{Base: base, Status: 403, Heading: "Refused", Message: "So it is.", OktaSays: "No.", NeedGroups: []string{"Payroll", "Night shift"}, TryAgain: way, Otherwise: way, RequestID: "5f2c"},
			"signed out": templates.SignedOut{Base: base, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
			"sessions":   templates.Sessions{Base: base, Action: onward, Ended: true, More: true, Devices: []templates.Device{here, device}},
			"kept form":  templates.KeptForm{Base: base, Sent: sent, Action: "/report", MarkerName: "m", MarkerValue: "v", SiteOrigin: s.URL, From: "https://example.com", Back: onward, Minutes: 9},
			"given back": templates.GivenBack{Base: base, Sent: sent, Why: "It is too much.", Cut: true, SignIn: onward},
			"notice":     templates.Home{Base: base, Notice: "Welcome back.", OtherWay: way},
		} {
			byLanguage[language] = append(byLanguage[language], page{name, s.appLook(p)})
		}
	}
	audit.Directions(t, func(t *testing.T, r *audit.Reader) {
		r.Exceptions = textarea
		for _, page := range byLanguage[r.Language] {
			r.Visit(page.name, page.url)
		}
	})
}
