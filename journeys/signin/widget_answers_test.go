package signin_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
)

func TestWidgetAnswersByQueryWhateverTheMode(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: map[string]string{"SIGN_IN": "widget", "OKTA_RESPONSE_MODE": "form_post"}})
	b := app.Browser()
	if r := b.Get(b.Interact(b.Widget(b.Get(apptest.CustomPath+"?return_to="+apptest.CustomPath)), testkit.Ada)); r.Location() != "/" || !b.SignedIn() {
		t.Errorf("status %d to %q", r.StatusCode, r.Location())
	}
}

func TestBadAnswersOfTheWidget(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	good := func(b *apptest.Browser) (callback string, w apptest.ShownWidget) {
		w = b.Widget(b.Get(apptest.CustomPath + "?return_to=%2Fgreet"))
		return b.Interact(w, testkit.Ada), w
	}
	with := func(callback, name, value string) string {
		u, err := url.Parse(callback)
		if err != nil {
			t.Fatal(err)
		}
		q := u.Query()
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	for name, visit := range map[string]func(b *apptest.Browser) testkit.Reply{
		"a spent code": func(b *apptest.Browser) testkit.Reply {
			other := app.Browser()
			callback, w := good(other)
			other.Get(callback)
			mine := b.Widget(b.Get(apptest.CustomPath))
			return b.Get(strings.Replace(callback, w.Widget.State, mine.Widget.State, 1))
		},
		"another browser's code": func(b *apptest.Browser) testkit.Reply {
			callback, w := good(app.Browser())
			mine := b.Widget(b.Get(apptest.CustomPath))
			return b.Get(strings.Replace(callback, w.Widget.State, mine.Widget.State, 1))
		},
		"a made-up code": func(b *apptest.Browser) testkit.Reply {
			return b.Get(testkit.CallbackPath + "?interaction_code=made-up&state=" + b.Widget(b.Get(apptest.CustomPath)).Widget.State)
		},
		"no attempt of this browser": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(app.Browser())
			return b.Get(callback)
		},
		"no state": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			return b.Get(with(callback, "state", ""))
		},
		"two codes": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			return b.Get(with(callback, "code", "x"))
		},
		"no code": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			return b.Get(with(callback, "interaction_code", ""))
		},
		"another issuer": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			return b.Get(with(callback, "iss", "https://evil.example"))
		},
		"posted": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			u, err := url.Parse(callback)
			if err != nil {
				t.Fatal(err)
			}
			return b.Post(testkit.CallbackPath, u.Query())
		},
		"an attempt at the hosted page": func(b *apptest.Browser) testkit.Reply {
			callback, w := good(b)
			return b.Get(strings.Replace(callback, w.Widget.State, apptest.AuthorizeQuery(t, app, b.Get(testkit.LoginPath)).Get("state"), 1))
		},
		"too late": func(b *apptest.Browser) testkit.Reply {
			late := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
			b.App, b.Base = late, late.URL
			callback, _ := good(b)
			late.Clock.Add(11 * time.Minute)
			return b.Get(callback)
		},
		"a link without state": func(b *apptest.Browser) testkit.Reply { good(b); return b.Get(testkit.CallbackPath + "?otp=123456") },
		"a link of another browser": func(b *apptest.Browser) testkit.Reply {
			_, w := good(app.Browser())
			return b.Get(testkit.CallbackPath + "?otp=123456&state=" + w.Widget.State)
		},
		"a link to the hosted page": func(b *apptest.Browser) testkit.Reply {
			return b.Get(testkit.CallbackPath + "?otp=123456&state=" + apptest.AuthorizeQuery(t, app, b.Get(testkit.LoginPath)).Get("state"))
		},
		"a long link": func(b *apptest.Browser) testkit.Reply {
			_, w := good(b)
			return b.Get(testkit.CallbackPath + "?otp=" + strings.Repeat("1", 65) + "&state=" + w.Widget.State)
		},
		"a link with a code": func(b *apptest.Browser) testkit.Reply {
			callback, _ := good(b)
			return b.Get(callback + "&otp=123456")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := app.Browser()
			r := visit(b)
			if r.StatusCode != http.StatusBadRequest || b.SignedIn() {
				t.Errorf("status %d to %q, signed in %t", r.StatusCode, r.Location(), b.SignedIn())
			}
			if got := r.Page(t).Find(".actions a.button").First().AttrOr("href", ""); !strings.HasPrefix(got, apptest.CustomPath) {
				t.Errorf("the new start is at %q", got)
			}
		})
	}
}

func TestInteractionRequiredShowsTheWidgetAgain(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: apptest.WithWidget})
	b := app.Browser()
	w := b.Widget(b.Get(apptest.CustomPath + "?return_to=%2Fgreet"))
	for _, query := range []string{"error=interaction_required&error_description=x", "otp=123456"} {
		again := b.Widget(b.Get(testkit.CallbackPath + "?" + query + "&state=" + w.Widget.State))
		if again.Widget.State != w.Widget.State || again.Widget.CodeChallenge != w.Widget.CodeChallenge || again.Widget.Nonce != w.Widget.Nonce {
			t.Errorf("%s: another sign-in is shown", query)
		}
		if want := map[bool]string{true: "123456"}[strings.HasPrefix(query, "otp")]; again.Widget.OTP != want {
			t.Errorf("%s: the widget is given the code %q", query, again.Widget.OTP)
		}
	}
	if again := b.Widget(b.Get(w.Resume)); again.Widget.State != w.Widget.State {
		t.Error("a reload shows another sign-in")
	}
	app.Clock.Add(8 * time.Minute)
	stale := b.Widget(b.Get(w.Resume))
	if stale.Widget.State == w.Widget.State || stale.Widget.CodeChallenge == w.Widget.CodeChallenge {
		t.Error("a stale sign-in is shown again")
	}
	if r := b.Get(b.Interact(stale, testkit.Ada)); r.Location() != "/greet" {
		t.Errorf("then: status %d to %q", r.StatusCode, r.Location())
	}

	r := app.Browser().Get(testkit.CallbackPath + "?error=interaction_required&state=unknown")
	if r.StatusCode != http.StatusBadRequest {
		t.Errorf("of an unknown sign-in: status %d", r.StatusCode)
	}
}

func TestTokensOfMailsArePassedOn(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	b := app.Browser()
	b.SignIn("/login", testkit.Ada)
	w := b.Widget(b.Get(apptest.CustomPath + "?recovery_token=rrr"))
	if w.Widget.RecoveryToken != "rrr" || strings.Contains(w.Resume, "rrr") {
		t.Errorf("the widget is given %+v", w)
	}
	if w := b.Widget(b.Get(apptest.CustomPath + "?activation_token=aaa")); w.Widget.AuthParams["activationToken"] != "aaa" {
		t.Errorf("the widget is given %+v", w)
	}
}
