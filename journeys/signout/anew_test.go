package signout_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

const othersStay = "Your other browsers may still be signed in at Okta"

// TestEverywhereAsksForAPassword: a browser that is signed in at Okta still does not come
// back without a password once its person has signed out everywhere, and with one it
// does. Nobody else is asked.
func TestEverywhereAsksForAPassword(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{})
		laptop, phone, other := app.Browser(), app.Browser(), app.Browser()
		laptop.SignIn(apptest.ProfilePath, testkit.Ada)
		phone.SignIn(apptest.ProfilePath, testkit.Ada)
		other.SignIn(apptest.ProfilePath, testkit.Grace)
		app.Clock.Add(10 * time.Minute)
		done := laptop.Follow(laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}}))
		if !strings.Contains(done.Body, othersStay) {
			t.Errorf("the page does not say what is left\n%s", done.Body)
		}
		app.Clock.Add(time.Minute)
		r := phone.Follow(phone.Get(apptest.ProfilePath))
		if !r.AsksWho(t) || phone.SignedIn() {
			t.Fatalf("status %d: no password was asked for\n%s", r.StatusCode, r.Body)
		}
		r = phone.Follow(phone.Submit(r, url.Values{"username": {testkit.Ada}, "password": {testkit.PasswordOf(testkit.Ada)}}))
		if r.StatusCode != http.StatusOK || !phone.SignedIn() {
			t.Errorf("with the password: status %d\n%s", r.StatusCode, r.Body)
		}
		phone.Post(testkit.LogoutPath, nil)
		other.Post(testkit.LogoutPath, nil) // and no further: Okta's own session is there still
		if r := other.Follow(other.Get(apptest.ProfilePath)); r.StatusCode != http.StatusOK || r.AsksWho(t) {
			t.Errorf("somebody else was asked too: status %d", r.StatusCode)
		}
	})
}

// TestEverywhereIsNotTalkedOutOfThePassword: whoever takes the demand for a password off
// the way to Okta is not let in.
func TestEverywhereIsNotTalkedOutOfThePassword(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{})
	laptop, phone := app.Browser(), app.Browser()
	laptop.SignIn(apptest.ProfilePath, testkit.Ada)
	phone.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Clock.Add(10 * time.Minute)
	laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}})
	begun := phone.Get(phone.ToCallback(apptest.ProfilePath, testkit.Ada))
	target, err := url.Parse(begun.Location())
	if err != nil || target.Query().Get("prompt") != "login" {
		t.Fatalf("sent to %s, %v", begun.Location(), err)
	}
	query := target.Query()
	query.Del("prompt")
	query.Del("max_age")
	target.RawQuery = query.Encode()
	if r := phone.Follow(phone.Get(target.String())); r.StatusCode != http.StatusForbidden || phone.SignedIn() {
		t.Errorf("status %d\n%s", r.StatusCode, r.Body)
	}
	quiet := phone.Follow(phone.Get(testkit.LoginPath + "?prompt=none"))
	if quiet.StatusCode != http.StatusUnauthorized || phone.SignedIn() {
		t.Errorf("without being asked: status %d\n%s", quiet.StatusCode, quiet.Body)
	}
}

// TestEverywhereIsAtOktaToo: with an API token the sessions at Okta end as well, and
// where Okta does not do it, the page does not say so.
func TestEverywhereIsAtOktaToo(t *testing.T) {
	t.Parallel()
	for _, works := range []bool{true, false} {
		app := apptest.Start(t, apptest.Setup{Env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken}})
		laptop, phone := app.Browser(), app.Browser()
		laptop.SignIn(apptest.ProfilePath, testkit.Ada)
		phone.SignIn(apptest.ProfilePath, testkit.Ada)
		app.Org.Set(func(k *mockokta.Knobs) {
			k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
				if works || r.Method != http.MethodDelete {
					return false
				}
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
		})
		app.Clock.Add(10 * time.Minute)
		done := laptop.Follow(laptop.Post(testkit.LogoutPath, url.Values{"everywhere": {"1"}}))
		if got := strings.Contains(done.Body, "and so have all those at Okta"); got != works || strings.Contains(done.Body, othersStay) == works {
			t.Errorf("Okta does it %t: the page says\n%s", works, done.Body)
		}
		if strings.Contains(app.Logs.String(), "were not ended") == works {
			t.Errorf("Okta does it %t, and the log says otherwise", works)
		}
		if app.Org.Count("sessions") == 0 {
			t.Error("Okta was not asked")
		}
		if r := phone.Follow(phone.Get(apptest.ProfilePath)); !r.AsksWho(t) {
			t.Errorf("Okta does it %t: no password was asked for: status %d", works, r.StatusCode)
		}
	}
}
