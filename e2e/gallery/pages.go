package gallery

import (
	"time"

	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/templates"
)

const (
	name  = "Ada Lovelace"
	email = "ada@acme.test"
)

// then is when people have signed in.
func then() time.Time { return time.Date(2026, 3, 2, 15, 4, 5, 0, time.UTC) }

// DefaultLook are sign-in's pages in the look that they have without an app's own, by their names. Site is their origin.
func DefaultLook(words *language.Words, site string) map[string]any {
	frame := pages.Frame{
		Person: &pages.Person{Name: name, Email: email}, Home: Onward, SignIn: Onward,
		Words: words, Switch: pages.Switch{Action: Onward, ReturnTo: "/"},
	}
	nobody := frame
	nobody.Person = nil
	again, other := pages.Way{URL: Onward, Label: words.Text("problem.way_try")}, pages.Way{URL: Onward, Label: words.Text("problem.way_account")}
	fields := []pages.Field{{Name: "state", Value: "x"}, {Name: "code", Value: "y"}}
	form := []pages.FormField{{Name: "title", Value: "Trip"}, {Name: "text", Value: "Dear all,\nhello", Long: true}, {Name: "password", Secret: true}, {Name: "csrf", Token: true}}
	files := []pages.FormFile{{Name: "photo", File: "photo of Ada.jpeg", Size: "300 kB"}}
	device := pages.Device{ID: "1", Browser: words.Text("browser.on", "Browser", "Safari", "System", words.Text("browser.mac")), Since: words.Minute(then()), Seen: words.Text("devices.minutes", "Count", 20), Address: "192.0.2.1"}
	here := device
	here.This = true
	return map[string]any{
		"error": pages.Error{Frame: frame, Status: 403, Heading: words.Text("problem.not_allowed"), Message: words.Text("problem.not_allowed_about", "Name", name),
			Quote: "No.", Needs: []string{"Payroll", "Night shift"}, TryAgain: again, Otherwise: other, RequestID: "5f2c"},
		"sign out?":          pages.ConfirmSignOut{Frame: frame, Action: Onward, ReturnTo: "/"},
		"sign out, nobody":   pages.ConfirmSignOut{Frame: nobody, Action: Onward},
		"signed out":         pages.SignedOut{Frame: nobody, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
		"still signed in":    pages.SignedOut{Frame: frame},
		"sessions":           pages.Sessions{Frame: frame, Action: Onward, SignOut: Onward, Ended: true, More: true, Devices: []pages.Device{here, device}},
		"arrived":            pages.Arrived{Frame: frame, Continue: Onward},
		"onward to sign in":  pages.Onward{Frame: frame, SigningIn: true, Kept: true, URL: Onward},
		"onward to sign out": pages.Onward{Frame: frame, URL: Onward},
		"onward with a form": pages.Onward{Frame: frame, Action: Onward, Fields: fields},
		"kept form":          pages.KeptForm{Frame: frame, Action: "/report", Marker: fields[0], Site: site, From: "https://example.com", Back: Onward, Minutes: 9, Fields: form, Files: files},
		"kept text":          pages.KeptForm{Frame: frame, Action: "/report", Marker: fields[0], Site: site, Minutes: 1, Text: `{"a": 1}`},
		"given back":         pages.GivenBack{Frame: frame, Why: words.Text("given.why_form_too_large"), Fields: form, Files: files, Cut: true},
		"sent again":         pages.Resubmit{Frame: frame, Action: Onward, Fields: fields},
		"pop-up, signed in":  pages.PopupDone{Frame: frame, Origin: "-", Result: "success"},
		"pop-up, not let in": pages.PopupDone{Frame: frame, Origin: "-", Result: "error", Reason: "refused", Message: words.Text("problem.denied")},
	}
}

// AppLook are pages in the app's look, in states that take long to reach. Site is their origin.
func AppLook(words *language.Words, site string) map[string]any {
	base := templates.Base{
		Site:   templates.Site{Brand: "okta-gin", Nav: []templates.NavItem{{Path: "/greet", Text: "frame.greeting"}, {Path: "/profile", Text: "frame.profile"}}},
		Person: &templates.Person{Name: name, Email: email, Initials: "AL"}, Words: words, Switch: templates.Switch{Action: Onward, ReturnTo: "/"},
	}
	again, other := templates.Way{URL: Onward, Label: words.Text("problem.way_try")}, templates.Way{URL: Onward, Label: words.Text("problem.way_account")}
	sent := templates.Sent{
		Fields: []templates.SentField{{Name: "title", Value: "Trip"}, {Name: "text", Value: "Dear all,\nhello", Long: true}, {Name: "password", Secret: true}, {Name: "csrf", Token: true}},
		Files:  []templates.SentFile{{Name: "photo", File: "photo of Ada.jpeg", Size: "300 kB"}},
	}
	device := templates.Device{ID: "1", Browser: words.Text("browser.on", "Browser", "Safari", "System", words.Text("browser.ios")), Since: words.Minute(then()), Seen: words.Text("devices.hours", "Count", 5), Address: "192.0.2.1"}
	here := device
	here.This = true
	return map[string]any{
		"error": templates.Error{Base: base, Status: 401, Heading: words.Text("problem.stronger"), Message: words.Text("problem.stronger_about"),
			OktaSays: "No.", NeedGroups: []string{"Payroll", "Night shift"}, TryAgain: again, Otherwise: other, RequestID: "5f2c"},
		"signed out": templates.SignedOut{Base: base, Ended: true, Everywhere: true, HereOnly: true, Unsure: true},
		"sessions":   templates.Sessions{Base: base, Action: Onward, Ended: true, More: true, Devices: []templates.Device{here, device}},
		"kept form":  templates.KeptForm{Base: base, Sent: sent, Action: "/report", MarkerName: "m", MarkerValue: "v", SiteOrigin: site, From: "https://example.com", Back: Onward, Minutes: 9},
		"given back": templates.GivenBack{Base: base, Sent: sent, Why: words.Text("given.why_form_quota"), Cut: true, SignIn: Onward},
		"notice":     templates.Home{Base: base, Notice: "Welcome back.", OtherWay: other},
	}
}
