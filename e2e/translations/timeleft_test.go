package translations_test

import (
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/e2e/hosts"
)

// TestTimeLeft looks at the dialogue before a session's end, and at what stands after it, in every language: one session is
// shown in a browser each.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	a := hosts.App(t, nil)
	visitor := drive.NewVisitor(t, &drive.App{T: t, URL: a.URL, Org: a.Org})
	visitor.SignIn("/", drive.Ada)
	tabs := make(map[string]*drive.Tab)
	for _, language := range drive.Languages() {
		b := drive.NewTab(t)
		b.Speak(language)
		b.TakeCookies(visitor.Client.Jar, a.URL)
		b.Look(320, "light")
		b.Open(a.URL + "/")
		drive.Evaluate[bool](b, "window.trueNow = Date.now.bind(Date), true")
		tabs[language] = b
	}
	for _, moment := range []struct {
		name     string
		passed   time.Duration
		selector string
	}{
		{"dialogue", 37 * time.Minute, "dialog.session-time[open]"},
		{"session-over", 47 * time.Minute, "main.session-over"},
	} {
		a.Ahead(moment.passed)
		for language, b := range tabs {
			drive.Evaluate[bool](b, "Date.now = () => trueNow() + "+strconv.FormatInt(moment.passed.Milliseconds(), 10)+", document.dispatchEvent(new Event('visibilitychange')), true")
			b.WaitFor(moment.selector)
			box := "document.querySelector(" + drive.Quoted(moment.selector) + ")"
			if got := drive.Evaluate[string](b, box+".closest('[lang]').lang + getComputedStyle("+box+").direction"); got != language+drive.Direction(language) {
				t.Errorf("%s is in %q, want %s", moment.name, got, language)
			}
			b.CheckWidth()
			b.Screenshot("language-" + language + "-" + moment.name + "-phone")
		}
	}
}
