package sessions_test

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/testkit"
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
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{})
		signedInBy := func(i int) *apptest.Browser {
			app.Only.Store(int64(i))
			defer app.Only.Store(-1)
			b := app.Browser()
			if page := b.SignIn(apptest.ProfilePath, testkit.Ada); page.StatusCode != http.StatusOK {
				t.Fatalf("sign-in at process %d: status %d", i, page.StatusCode)
			}
			return b
		}
		var people []*apptest.Browser
		check := func(step string) {
			t.Helper()
			for i := range app.Engines {
				people = append(people, signedInBy(i))
			}
			for n, b := range people {
				for i := range app.Engines {
					if r := b.Get(apptest.ProfilePath, "X-Replica", strconv.Itoa(i)); r.StatusCode != http.StatusOK {
						t.Fatalf("%s: person %d at process %d: status %d", step, n, i, r.StatusCode)
					}
				}
			}
		}
		for i := range app.Engines {
			app.Replace(i, map[string]string{"SESSION_SECRET": oldSecret})
		}
		check("before")
		for _, setting := range []string{oldSecret + "," + newSecret, newSecret + "," + oldSecret} {
			for i := range app.Engines {
				app.Replace(i, map[string]string{"SESSION_SECRET": setting})
				check("after the restart of process " + strconv.Itoa(i))
			}
		}
		// Everybody has been here since, so all is sealed under the new secret.
		for i := range app.Engines {
			app.Replace(i, map[string]string{"SESSION_SECRET": newSecret})
			check("without the old secret")
		}
	})
}

// TestSessionIsResealedAsItIsUsed, and that is when the old secret is done with.
func TestSessionIsResealedAsItIsUsed(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: map[string]string{"SESSION_SECRET": oldSecret}})
	used, unused := app.Browser(), app.Browser()
	used.SignIn(apptest.ProfilePath, testkit.Ada)
	unused.SignIn(apptest.ProfilePath, testkit.Grace)
	app.Replace(0, map[string]string{"SESSION_SECRET": newSecret + "," + oldSecret})
	if r := used.Get(apptest.ProfilePath); len(r.Cookies()) == 0 {
		t.Error("not sealed anew")
	}
	if r := used.Get(apptest.ProfilePath); len(r.Cookies()) != 0 {
		t.Error("sealed anew though it was")
	}
	app.Replace(0, map[string]string{"SESSION_SECRET": newSecret})
	if !used.SignedIn() {
		t.Error("the used session is gone")
	}
	if r := unused.Get(apptest.ProfilePath); r.StatusCode != http.StatusSeeOther {
		t.Errorf("a session under a secret that is gone: status %d, want to sign in", r.StatusCode)
	}
}

// TestChangingTheSecretAfterALeak: the new secret alone ends all sessions.
func TestChangingTheSecretAfterALeak(t *testing.T) {
	t.Parallel()
	app := apptest.StartReplicas(t, 1, apptest.Setup{Env: map[string]string{"SESSION_SECRET": oldSecret}})
	b := app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Replace(0, map[string]string{"SESSION_SECRET": newSecret})
	if b.SignedIn() {
		t.Error("still signed in")
	}
	if page := b.SignIn(apptest.ProfilePath, testkit.Ada); page.StatusCode != http.StatusOK {
		t.Errorf("sign-in anew: status %d", page.StatusCode)
	}
	app.Clock.Add(time.Minute)
	if !b.SignedIn() {
		t.Error("signed out")
	}
}
