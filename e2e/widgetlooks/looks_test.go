package widgetlooks_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/mockokta"
)

func TestWidgetWithoutScripts(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	b := drive.NewTab(t)
	b.WithoutScripts()
	b.Open(a.URL + "/greet?n=1")
	b.WaitURL(a.URL + drive.CustomPath)
	if got := b.Text("main"); !strings.Contains(got, "needs JavaScript") {
		t.Errorf("the page says %q", got)
	}
	b.Look(320, "light")
	b.Screenshot("widget-without-scripts")
	b.Follow("#hosted-sign-in")
	b.SignIn(drive.Ada)
	b.Until("location.href === " + drive.Quoted(a.URL+"/greet?n=1"))
}

func TestWidgetThatOktaRefuses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		trusted bool
		knobs   func(*mockokta.Knobs)
		log     string
		classic bool
	}{
		"origin not trusted":          {log: "Security → API → Trusted Origins"},
		"origin not trusted, classic": {log: "Security → API → Trusted Origins", classic: true},
		"interaction code off":        {trusted: true, knobs: func(k *mockokta.Knobs) { k.NoInteractionCode = true }, log: "Embedded widget sign-in support"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := drive.NewAppAt(t, map[string]string{"SIGN_IN": "widget"}, func(o *mockokta.Options) {
				if !tc.trusted {
					o.TrustedOrigins = nil
				}
			})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = tc.classic })
			if tc.knobs != nil {
				a.Org.Set(tc.knobs)
			}
			a.Start()
			a.WaitFor("/readyz", 200)
			b := drive.NewTab(t)
			b.MayComplain = true
			b.Open(a.URL + "/greet?n=1")
			if tc.classic {
				b.WidgetPassword(true, drive.Ada, drive.PasswordOf(drive.Ada))
			}
			b.Until("document.querySelector('#sign-in-problem') && !document.querySelector('#sign-in-problem').hidden")
			drive.Await(t, "the log to name the place", func() bool { return strings.Contains(a.Logs.String(), tc.log) })
			b.Look(320, "dark")
			b.Screenshot("widget-" + strings.ReplaceAll(strings.ReplaceAll(name, ",", ""), " ", "-"))
			b.Follow("#hosted-sign-in")
			b.SignIn(drive.Ada)
			b.Until("location.href === " + drive.Quoted(a.URL+"/greet?n=1"))
		})
	}
}

func TestWidgetWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	a := drive.StartApp(t, map[string]string{"SIGN_IN": "widget"})
	a.Org.Close()
	b := drive.NewTab(t)
	b.MayComplain = true
	b.Open(a.URL + "/greet")
	b.Until("document.querySelector('#sign-in-problem') && !document.querySelector('#sign-in-problem').hidden")
	drive.Await(t, "the log to say so", func() bool { return strings.Contains(a.Logs.String(), "could not reach Okta") })
}

// TestWidgetInArabic: the widget speaks the page's language, from right to left, though Okta has no labels in it.
func TestWidgetInArabic(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		b.Speak("ar")
		b.Look(320, "light")
		b.Open(a.URL + drive.CustomPath)
		b.WaitFor(drive.IdxSend)
		b.Click(drive.IdxSend)
		b.WaitFor(".o-form-input-error")
		name := map[bool]string{false: "identity", true: "classic"}[classic]
		look := func(state, words string) {
			t.Helper()
			b.WaitWords(words)
			b.Until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
			if got := drive.Evaluate[string](b, "getComputedStyle(document.querySelector('#okta-sign-in')).direction"); got != "rtl" {
				t.Errorf("%s: it is written %s", state, got)
			}
			if english := drive.Evaluate[string](b, `document.querySelector('#sign-in-widget').innerText.replace(/\S*@\S*|Google Authenticator|Okta/g, "").match(/[A-Za-z]{3,}.*/)?.[0] ?? ""`); english != "" {
				t.Errorf("%s says %q", state, english)
			}
			b.CheckWidth()
			b.Screenshot("language-ar-widget-" + name + "-" + state)
		}
		look("empty", "اسم المستخدم")
		b.Open(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, drive.Ada, "not-her-password")
		b.WaitFor(".infobox-error")
		look("wrong", "تعذر تسجيل الدخول")
		b.Open(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, "hedy@acme.test", drive.PasswordOf("hedy@acme.test"))
		look("factors", map[bool]string{false: "تأكيد هويتك", true: "العامل المختار"}[classic])
	})
}

// TestWidgetLooks keeps pictures of the widget for people to look at.
func TestWidgetLooks(t *testing.T) {
	t.Parallel()
	drive.Engines(t, func(t *testing.T, a *drive.App, classic bool) {
		name := map[bool]string{false: "identity", true: "classic"}[classic]
		b := drive.NewTab(t)
		b.MayRefuse = a.Org.URL()
		pictures := func(state string) {
			t.Helper()
			for _, scheme := range []string{"light", "dark"} {
				for _, screen := range []struct {
					name  string
					width int64
				}{{"phone", 320}, {"desktop", 1280}} {
					look := "widget-" + name + "-" + scheme + "-" + screen.name + "-" + state
					b.Look(screen.width, scheme)
					b.CheckWidth()
					b.Screenshot(look)
				}
			}
		}
		b.Open(a.URL + drive.CustomPath)
		b.WaitFor(drive.IdxSend)
		b.Click(drive.IdxSend)
		b.WaitFor(".o-form-input-error")
		pictures("empty")
		b.Open(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, drive.Ada, "not-her-password")
		b.WaitFor(".infobox-error")
		pictures("wrong")
		b.Open(a.URL + drive.CustomPath)
		b.WidgetPassword(classic, "hedy@acme.test", drive.PasswordOf("hedy@acme.test"))
		b.WaitFor(map[bool]string{false: `[data-se="okta_email"]`, true: `.mfa-verify-totp, .mfa-verify, .mfa-verify-email`}[classic])
		b.Until("document.querySelectorAll('#sign-in-widget form').length === 1") // and not on the way
		pictures("factors")
	})
}
