package handlers_test

import (
	"net/http"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

func TestKeysRotate(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	signIn := func(what string) {
		t.Helper()
		if r := app.browser().signIn("/greet", ada); r.StatusCode != http.StatusOK {
			t.Errorf("%s: status %d", what, r.StatusCode)
		}
	}
	keys := func(what string, want int) {
		t.Helper()
		if got := app.org.Count("keys"); got != want {
			t.Errorf("%s: the keys have been fetched %d times, want %d", what, got, want)
		}
	}
	signIn("at first")
	keys("at first", 1)
	app.org.RotateKeys()
	signIn("after a surprise rotation")
	signIn("and again")
	keys("after a surprise rotation", 2)

	app.clock.add(10 * time.Second)
	app.org.PublishNextKey()
	signIn("while the next key is published")
	keys("while the next key is published", 2)
	app.org.UseNextKey()
	signIn("with the published key")
	keys("with the published key", 3)
}

// Tokens with key ids that nobody knows cause one request at most in the five
// seconds after each.
func TestUnknownKeysAreAskedForSeldom(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	b := app.browser()
	b.signIn("/greet", ada)
	before := app.org.Count("keys")
	app.org.Set(func(k *mockokta.Knobs) {
		k.ReplaceIDToken = func(raw string) string { return app.org.Forge(part(raw, 1), object{"kid": part(raw, 1)["jti"]}) }
	})
	b = app.browser()
	for range 50 {
		if r := b.get(b.toCallback("/greet", ada)); r.StatusCode != http.StatusUnauthorized {
			t.Fatalf("status %d", r.StatusCode)
		}
	}
	if got := app.org.Count("keys") - before; got != 1 {
		t.Errorf("50 tokens with unknown keys caused %d requests, want 1", got)
	}
	app.clock.add(5 * time.Second)
	b.get(b.toCallback("/greet", ada))
	if got := app.org.Count("keys") - before; got != 2 {
		t.Errorf("then: %d requests, want 2", got)
	}
}

func TestKeysAreAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	earlier := app.browser()
	earlier.signIn("/greet", ada)

	for name, knob := range map[string]func(*mockokta.Knobs){
		"failure": answer("keys", 500, jsonType, `{"keys":[]}`),
		"limit":   func(k *mockokta.Knobs) { k.RateLimited = func(e string) bool { return e == "keys" } },
	} {
		app.org.Set(func(k *mockokta.Knobs) {
			wellAgain(k)
			knob(k)
			k.ReplaceIDToken = func(raw string) string { return app.org.Forge(part(raw, 1), object{"kid": "new"}) }
		})
		b := app.browser()
		r := b.get(b.toCallback("/greet", ada))
		t.Log(name)
		checkRefused(t, b, r, http.StatusServiceUnavailable, unreachable)
		app.org.Set(func(k *mockokta.Knobs) { k.ReplaceIDToken = nil })
		if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
			t.Errorf("%s: the old keys are gone: status %d", name, r.StatusCode)
		}
		app.clock.add(62 * time.Second) // Okta is asked again
	}
	app.org.RotateKeys()
	b := app.browser()
	checkRefused(t, b, b.get(b.toCallback("/greet", ada)), http.StatusServiceUnavailable, unreachable)
	app.org.Set(wellAgain)
	app.clock.add(62 * time.Second) // Okta is asked again
	if r := b.signIn("/greet", ada); r.StatusCode != http.StatusOK {
		t.Errorf("then: status %d", r.StatusCode)
	}
	if !earlier.signedIn() {
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
		change func(set object)
		status int
	}{
		{"others beside ours", func(set object) {
			others := keys{object{"kty": "EC"}, object{"kty": "oct", "k": "AAAA"}, "text", nil, object{}}
			set["keys"] = append(others, set["keys"].(keys)...)
		}, 200},
		{"none", func(set object) { set["keys"] = keys{} }, 502},
		{"no keys at all", func(set object) { delete(set, "keys") }, 502},
		{"keys of another type", func(set object) { set["keys"] = "text" }, 502},
		{"for encryption", func(set object) { eachKey(set, "use", "enc") }, 502},
		{"for another algorithm", func(set object) { eachKey(set, "alg", "RS512") }, 502},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			app := start(t, setup{})
			app.org.Set(func(k *mockokta.Knobs) { k.TamperKeys = test.change })
			b := app.browser()
			r := b.signIn("/greet", ada)
			if test.status != http.StatusOK {
				checkRefused(t, b, r, test.status, unverified)
				if ready := b.get("/readyz"); ready.StatusCode != http.StatusServiceUnavailable {
					t.Errorf("/readyz answers %d", ready.StatusCode)
				}
			} else if r.StatusCode != http.StatusOK {
				t.Errorf("status %d", r.StatusCode)
			}
		})
	}
}

func eachKey(set object, name string, value any) {
	for _, key := range set["keys"].([]any) {
		key.(object)[name] = value
	}
}
