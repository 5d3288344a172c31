package answers_test

import (
	"net/http"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	signIn := func(what string) {
		t.Helper()
		if r := app.Browser().SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", what, r.StatusCode)
		}
	}
	keys := func(what string, want int) {
		t.Helper()
		if got := app.Org.Count("keys"); got != want {
			t.Errorf("%s: the keys have been fetched %d times, want %d", what, got, want)
		}
	}
	signIn("at first")
	keys("at first", 1)
	app.Org.RotateKeys()
	signIn("after a surprise rotation")
	signIn("and again")
	keys("after a surprise rotation", 2)

	app.Clock.Add(10 * time.Second)
	app.Org.PublishNextKey()
	signIn("while the next key is published")
	keys("while the next key is published", 2)
	app.Org.UseNextKey()
	signIn("with the published key")
	keys("with the published key", 3)
}

// Tokens with key ids that nobody knows cause one request at most in the five
// seconds after each.
func TestUnknownKeysAreAskedForSeldom(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	app.Clock.Stop()
	b := app.Browser()
	b.SignIn("/greet", testkit.Ada)
	before := app.Org.Count("keys")
	app.Org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string {
			return app.Org.Forge(apptest.Part(raw, 1), apptest.Object{"kid": apptest.Part(raw, 1)["jti"]})
		}
	})
	b = app.Browser()
	for range 50 {
		if r := b.Get(b.ToCallback("/greet", testkit.Ada)); r.StatusCode != http.StatusUnauthorized {
			t.Fatalf("status %d", r.StatusCode)
		}
	}
	if got := app.Org.Count("keys") - before; got != 1 {
		t.Errorf("50 tokens with unknown keys caused %d requests, want 1", got)
	}
	app.Clock.Add(5 * time.Second)
	b.Get(b.ToCallback("/greet", testkit.Ada))
	if got := app.Org.Count("keys") - before; got != 2 {
		t.Errorf("then: %d requests, want 2", got)
	}
}

func TestKeysAreAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	earlier := app.Browser()
	earlier.SignIn("/greet", testkit.Ada)

	for name, knob := range map[string]func(*mockokta.Knobs){
		"failure": apptest.Answer("keys", 500, jsonType, `{"keys":[]}`),
		"limit":   func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "keys" } },
	} {
		app.Org.Set(func(k *mockokta.Knobs) {
			wellAgain(k)
			knob(k)
			k.ReplaceIDToken = func(raw string) string { return app.Org.Forge(apptest.Part(raw, 1), apptest.Object{"kid": "new"}) }
		})
		b := app.Browser()
		r := b.Get(b.ToCallback("/greet", testkit.Ada))
		t.Log(name)
		apptest.CheckRefused(t, b, r, http.StatusServiceUnavailable, unreachable)
		app.Org.Set(func(k *mockokta.Knobs) { k.ReplaceIDToken = nil })
		if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
			t.Errorf("%s: the old keys are gone: status %d", name, r.StatusCode)
		}
		app.Clock.Add(62 * time.Second) // Okta is asked again
	}
	app.Org.RotateKeys()
	b := app.Browser()
	apptest.CheckRefused(t, b, b.Get(b.ToCallback("/greet", testkit.Ada)), http.StatusServiceUnavailable, unreachable)
	app.Org.Set(wellAgain)
	app.Clock.Add(62 * time.Second) // Okta is asked again
	if r := b.SignIn("/greet", testkit.Ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
	if !earlier.SignedIn() {
		t.Error("somebody was signed out by it")
	}
}

// Keys that are none of Okta's RS256 signing keys are passed over, and a set
// without any is not believed.
func TestKeySets(t *testing.T) {
	t.Parallel()
	type keys = []any
	tests := []struct {
		name   string
		change func(set apptest.Object)
		status int
	}{
		{"others beside ours", func(set apptest.Object) {
			others := keys{apptest.Object{"kty": "EC"}, apptest.Object{"kty": "oct", "k": "AAAA"}, "text", nil, apptest.Object{}}
			set["keys"] = append(others, set["keys"].(keys)...)
		}, 200},
		{"none", func(set apptest.Object) { set["keys"] = keys{} }, 502},
		{"no keys at all", func(set apptest.Object) { delete(set, "keys") }, 502},
		{"keys of another type", func(set apptest.Object) { set["keys"] = "text" }, 502},
		{"for encryption", func(set apptest.Object) { eachKey(set, "use", "enc") }, 502},
		{"for another algorithm", func(set apptest.Object) { eachKey(set, "alg", "RS512") }, 502},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := apptest.Start(t, apptest.Setup{})
			app.Org.Set(func(k *mockokta.Knobs) { k.TamperKeys = test.change })
			b := app.Browser()
			r := b.SignIn("/greet", testkit.Ada)
			if test.status != http.StatusOK {
				apptest.CheckRefused(t, b, r, test.status, apptest.Unverified)
				if ready := b.Get("/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("/readyz answers %d", ready.StatusCode)
				}
			} else if r.StatusCode != http.StatusOK {
				t.Errorf("status %d", r.StatusCode)
			}
		})
	}
}

func eachKey(set apptest.Object, name string, value any) {
	for _, key := range set["keys"].([]any) {
		key.(apptest.Object)[name] = value
	}
}
