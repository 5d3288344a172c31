package drive

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"example.com/okta-gin/mockokta"
)

// CustomPath is where the widget is.
const CustomPath = "/authorization-code/login-custom"

// What people meet in the widget, by engine.
const (
	IdxUser     = `#sign-in-widget input[name="identifier"]`
	IdxCode     = `#sign-in-widget input[name="credentials.passcode"]` // the password, too
	IdxSend     = `#sign-in-widget input[type=submit]`
	ClassicUser = `#sign-in-widget input[name="username"]`
	ClassicPass = `#sign-in-widget input[name="password"]`
	ClassicCode = `#sign-in-widget input[name="answer"]`
)

// Engines runs a test for each engine that Okta has, with an app whose closed pages lead to the widget.
func Engines(t *testing.T, test func(t *testing.T, a *App, classic bool)) {
	for name, classic := range map[string]bool{"identity": false, "classic": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := NewApp(t, map[string]string{"SIGN_IN": "widget", "ADMIN_GROUPS": "Admins"})
			a.Org.Set(func(k *mockokta.Knobs) { k.Classic = classic })
			a.Start()
			a.WaitFor("/readyz", 200)
			test(t, a, classic)
		})
	}
}

// WaitWords waits until the widget says words.
func (b *Tab) WaitWords(words string) {
	b.T.Helper()
	b.Until("document.querySelector('#sign-in-widget')?.innerText.includes(" + Quoted(words) + ")")
}

// TypeInto types text into a field of the widget, key by key: after a message it takes
// note of nothing else. It draws its form anew while it begins, so the field may be
// emptied once more.
func (b *Tab) TypeInto(selector, text string) {
	b.T.Helper()
	Await(b.T, "the widget to take "+selector, func() bool {
		b.Fill(selector, "")
		b.Press(text)
		return Evaluate[bool](b, "document.querySelector("+Quoted(selector)+")?.value === "+Quoted(text))
	})
}

// Enter types text into a field of the widget and presses Enter.
func (b *Tab) Enter(selector, text string) {
	b.T.Helper()
	b.TypeInto(selector, text)
	b.Press(kb.Enter)
}

// WidgetPassword types login and password into the widget and sends them.
func (b *Tab) WidgetPassword(classic bool, login, password string) {
	b.T.Helper()
	if !classic {
		b.Enter(IdxUser, login)
		b.Enter(IdxCode, password)
		return
	}
	const asked = "performance.getEntriesByType('resource').filter(e => e.name.endsWith('/api/v1/authn')).length"
	// Where the form is gone, the widget may only be drawing it anew.
	heard := fmt.Sprintf("%s > %d || location.href !== %s", asked, Evaluate[int](b, asked), Quoted(Evaluate[string](b, "location.href")))
	var sent time.Time
	Await(b.T, "the widget to send both", func() bool {
		if !sent.IsZero() && b.Holds(heard) {
			return true
		}
		if time.Since(sent) > 10*time.Second {
			b.TypeInto(ClassicUser, login)
			b.TypeInto(ClassicPass, password)
			if Evaluate[bool](b, "document.querySelector("+Quoted(ClassicUser)+")?.value === "+Quoted(login)) {
				b.Press(kb.Enter)
				sent = time.Now()
			}
		}
		return false
	})
}

// EnterAgain types what is right after what was wrong until it has led to target: the
// widget is deaf for a moment while it shows a message.
func (b *Tab) EnterAgain(selector, text, target string) {
	b.T.Helper()
	var tried time.Time
	Await(b.T, "the second answer to be taken", func() bool {
		if b.Holds("location.href.startsWith(" + Quoted(target) + ")") {
			return true
		}
		if time.Since(tried) > 2*time.Second {
			tried = time.Now()
			b.Holds("(e => { e?.focus(); e?.select(); return true })(document.querySelector(" + Quoted(selector) + "))")
			b.Press(text + kb.Enter)
		}
		return false
	})
}

// Push presses a button or follows a link of the widget until the condition holds: while the widget draws a form it is
// deaf. It waits long before it presses again: what was heard twice begins the sign-in anew.
func (b *Tab) Push(selector, condition string) {
	b.T.Helper()
	var pushed time.Time
	Await(b.T, "what "+selector+" leads to", func() bool {
		if b.Holds(condition) {
			return true
		}
		if time.Since(pushed) > 15*time.Second && b.Holds("(e => { const there = !!e?.checkVisibility(); if (there) e.click(); return there })(document.querySelector("+Quoted("#sign-in-widget "+selector)+"))") {
			pushed = time.Now()
		}
		return false
	})
}

// Shows is the condition that a page has something to see.
func Shows(selector string) string {
	return "!!document.querySelector(" + Quoted(selector) + ")?.checkVisibility()"
}
