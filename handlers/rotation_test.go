package handlers_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"
)

var (
	oldSecret = "5da874a296f5a11ff1a3671e1142a007a9f6eaa341daefbb9cffffe8d7a60fbf"
	newSecret = "2190d194d2e4e73d43bbb1adaf2964ae2a7f79ff310fc2c14d4193a5d3ef45a2"
)

// TestChangingTheSecret goes through the procedure of docs/operations.md with two
// processes that restart one after the other, on each store. At every step a
// person who is signed in, and one who signs in just then, are served by both.
func TestChangingTheSecret(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{})
		signedInBy := func(i int) *browser {
			app.only.Store(int64(i))
			defer app.only.Store(-1)
			b := app.browser()
			if page := b.signIn(profilePath, ada); page.StatusCode != http.StatusOK {
				t.Fatalf("sign-in at process %d: status %d", i, page.StatusCode)
			}
			return b
		}
		var people []*browser
		check := func(step string) {
			t.Helper()
			for i := range app.engines {
				people = append(people, signedInBy(i))
			}
			for n, b := range people {
				for i := range app.engines {
					if r := b.get(profilePath, "X-Replica", strconv.Itoa(i)); r.StatusCode != http.StatusOK {
						t.Fatalf("%s: person %d at process %d: status %d", step, n, i, r.StatusCode)
					}
				}
			}
		}
		for i := range app.engines {
			app.restart(i, map[string]string{"SESSION_SECRET": oldSecret})
		}
		check("before")
		for _, setting := range []string{oldSecret + "," + newSecret, newSecret + "," + oldSecret} {
			for i := range app.engines {
				app.restart(i, map[string]string{"SESSION_SECRET": setting})
				check("after the restart of process " + strconv.Itoa(i))
			}
		}
		// Everybody has been here since, so all is sealed under the new secret.
		for i := range app.engines {
			app.restart(i, map[string]string{"SESSION_SECRET": newSecret})
			check("without the old secret")
		}
	})
}

// TestSessionIsResealedAsItIsUsed, and that is when the old secret is done with.
func TestSessionIsResealedAsItIsUsed(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: map[string]string{"SESSION_SECRET": oldSecret}})
	used, unused := app.browser(), app.browser()
	used.signIn(profilePath, ada)
	unused.signIn(profilePath, grace)
	app.restart(0, map[string]string{"SESSION_SECRET": newSecret + "," + oldSecret})
	if r := used.get(profilePath); len(r.Cookies()) == 0 {
		t.Error("not sealed anew")
	}
	if r := used.get(profilePath); len(r.Cookies()) != 0 {
		t.Error("sealed anew though it was")
	}
	app.restart(0, map[string]string{"SESSION_SECRET": newSecret})
	if !used.signedIn() {
		t.Error("the used session is gone")
	}
	if r := unused.get(profilePath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a session under a secret that is gone: status %d, want to sign in", r.StatusCode)
	}
}

// TestChangingTheSecretAfterALeak: the new secret alone ends all sessions.
func TestChangingTheSecretAfterALeak(t *testing.T) {
	t.Parallel()
	app := startReplicas(t, 1, setup{env: map[string]string{"SESSION_SECRET": oldSecret}})
	b := app.browser()
	b.signIn(profilePath, ada)
	app.restart(0, map[string]string{"SESSION_SECRET": newSecret})
	if b.signedIn() {
		t.Error("still signed in")
	}
	if page := b.signIn(profilePath, ada); page.StatusCode != http.StatusOK {
		t.Errorf("sign-in anew: status %d", page.StatusCode)
	}
	app.clock.add(time.Minute)
	if !b.signedIn() {
		t.Error("signed out")
	}
}
