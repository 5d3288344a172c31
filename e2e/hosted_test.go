package e2e_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

// TestHostedPagesWithTheWidgetsMarkup finds its way by the widget's marks alone, as
// browser tests written for Okta's hosted page do.
func TestHostedPagesWithTheWidgetsMarkup(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		knobs          func(*mockokta.Knobs)
		user, password string
		after          bool // the password has a page of its own
		factor, code   string
	}{
		"identity": {
			func(*mockokta.Knobs) {}, `input[name="identifier"]`, `input[name="credentials.passcode"]`, true,
			`[data-se="google_otp"] .select-factor`, `input[name="credentials.passcode"]`,
		},
		"identity on one page": {
			func(k *mockokta.Knobs) { k.IdentifyByPassword = true }, `input[name="identifier"]`, `input[name="credentials.passcode"]`, false,
			`[data-se="google_otp"] .select-factor`, `input[name="credentials.passcode"]`,
		},
		"classic": {
			func(k *mockokta.Knobs) { k.Classic = true }, `#okta-signin-username`, `#okta-signin-password`, false,
			`.factor-option[value="totp"]`, `input[name="answer"]`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const hedy = "hedy@acme.test"
			a := newApp(t, nil)
			a.Org.Set(func(k *mockokta.Knobs) { k.WidgetPages = true })
			a.Org.Set(tc.knobs)
			a.start()
			a.waitFor("/readyz", 200)
			b := newTab(t)
			b.withoutScripts()
			picture := func(what string) {
				b.look(320, "dark")
				b.screenshot("hosted-" + strings.ReplaceAll(name, " ", "-") + "-" + what)
				if wide := evaluate[int64](b, "document.documentElement.scrollWidth"); wide > 320 {
					t.Errorf("%s: the page is %d pixels wide", what, wide)
				}
			}

			b.open(a.URL + "/greet?n=1")
			b.waitFor("#okta-sign-in")
			picture("username")
			b.fill(tc.user, hedy)
			if tc.after {
				b.follow(signInButton)
			}
			b.fill(tc.password, "not-her-password")
			b.follow(signInButton)
			if got := b.text(".infobox-error"); got != "Unable to sign in" {
				t.Errorf("a wrong password is answered with %q", got)
			}
			picture("wrong")
			b.fill(tc.password, passwordOf(hedy))
			b.follow(signInButton)
			picture("factors")
			b.follow(tc.factor)
			b.fill(tc.code, a.Org.TOTPCode(hedy))
			picture("code")
			b.follow(signInButton)
			b.until("location.href === " + quoted(a.URL+"/greet?n=1"))
			b.waitFor("#logout-button")
		})
	}
}
