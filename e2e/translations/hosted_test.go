package translations_test

import (
	"strings"
	"testing"

	"example.com/okta-gin/e2e/drive"
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
			a := drive.NewApp(t, nil)
			a.Org.Set(func(k *mockokta.Knobs) { k.WidgetPages = true })
			a.Org.Set(tc.knobs)
			a.Start()
			a.WaitFor("/readyz", 200)
			b := drive.NewTab(t)
			b.WithoutScripts()
			picture := func(what string) {
				b.Look(320, "dark")
				b.Screenshot("hosted-" + strings.ReplaceAll(name, " ", "-") + "-" + what)
				if wide := drive.Evaluate[int64](b, "document.documentElement.scrollWidth"); wide > 320 {
					t.Errorf("%s: the page is %d pixels wide", what, wide)
				}
			}

			b.Open(a.URL + "/greet?n=1")
			b.WaitFor("#okta-sign-in")
			picture("username")
			b.Fill(tc.user, hedy)
			if tc.after {
				b.Follow(drive.SignInButton)
			}
			b.Fill(tc.password, "not-her-password")
			b.Follow(drive.SignInButton)
			if got := b.Text(".infobox-error"); got != "Unable to sign in" {
				t.Errorf("a wrong password is answered with %q", got)
			}
			picture("wrong")
			b.Fill(tc.password, drive.PasswordOf(hedy))
			b.Follow(drive.SignInButton)
			picture("factors")
			b.Follow(tc.factor)
			b.Fill(tc.code, a.Org.TOTPCode(hedy))
			picture("code")
			b.Follow(drive.SignInButton)
			b.Until("location.href === " + drive.Quoted(a.URL+"/greet?n=1"))
			b.WaitFor("#logout-button")
		})
	}
}
