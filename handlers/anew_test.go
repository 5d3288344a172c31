package handlers_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
)

const othersStay = "Your other browsers may still be signed in at Okta"

// asksForPassword reports whether r is Okta's form.
func (r reply) asksForPassword(t testing.TB) bool {
	return r.page(t).Find(`[data-type="save"]`).Length() > 0
}

// TestEverywhereAsksForAPassword: a browser that is signed in at Okta still does not come
// back without a password once its person has signed out everywhere, and with one it
// does. Nobody else is asked.
func TestEverywhereAsksForAPassword(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{})
		laptop, phone, other := app.browser(), app.browser(), app.browser()
		laptop.signIn(profilePath, ada)
		phone.signIn(profilePath, ada)
		other.signIn(profilePath, grace)
		app.clock.add(10 * time.Minute)
		done := laptop.follow(laptop.post(logoutPath, url.Values{"everywhere": {"1"}}))
		if !strings.Contains(done.body, othersStay) {
			t.Errorf("the page does not say what is left\n%s", done.body)
		}
		app.clock.add(time.Minute)
		r := phone.follow(phone.get(profilePath))
		if !r.asksForPassword(t) || phone.signedIn() {
			t.Fatalf("status %d: no password was asked for\n%s", r.StatusCode, r.body)
		}
		r = phone.follow(phone.submit(r, url.Values{"username": {ada}, "password": {passwordOf(ada)}}))
		if r.StatusCode != http.StatusOK || !phone.signedIn() {
			t.Errorf("with the password: status %d\n%s", r.StatusCode, r.body)
		}
		phone.post(logoutPath, nil)
		other.post(logoutPath, nil) // and no further: Okta's own session is there still
		if r := other.follow(other.get(profilePath)); r.StatusCode != http.StatusOK || r.asksForPassword(t) {
			t.Errorf("somebody else was asked too: status %d", r.StatusCode)
		}
	})
}

// TestEverywhereIsNotTalkedOutOfThePassword: whoever takes the demand for a password off
// the way to Okta is not let in.
func TestEverywhereIsNotTalkedOutOfThePassword(t *testing.T) {
	t.Parallel()
	app := start(t, setup{})
	laptop, phone := app.browser(), app.browser()
	laptop.signIn(profilePath, ada)
	phone.signIn(profilePath, ada)
	app.clock.add(10 * time.Minute)
	laptop.post(logoutPath, url.Values{"everywhere": {"1"}})
	begun := phone.get(phone.toCallback(profilePath, ada))
	target, err := url.Parse(begun.location())
	if err != nil || target.Query().Get("prompt") != "login" {
		t.Fatalf("sent to %s, %v", begun.location(), err)
	}
	query := target.Query()
	query.Del("prompt")
	query.Del("max_age")
	target.RawQuery = query.Encode()
	if r := phone.follow(phone.get(target.String())); r.StatusCode != http.StatusForbidden || phone.signedIn() {
		t.Errorf("status %d\n%s", r.StatusCode, r.body)
	}
	quiet := phone.follow(phone.get(loginPath + "?prompt=none"))
	if quiet.StatusCode != http.StatusUnauthorized || phone.signedIn() {
		t.Errorf("without being asked: status %d\n%s", quiet.StatusCode, quiet.body)
	}
}

// TestEverywhereIsAtOktaToo: with an API token the sessions at Okta end as well, and
// where Okta does not do it, the page does not say so.
func TestEverywhereIsAtOktaToo(t *testing.T) {
	t.Parallel()
	for _, works := range []bool{true, false} {
		app := start(t, setup{env: map[string]string{"OKTA_API_TOKEN": mockokta.DefaultAPIToken}})
		laptop, phone := app.browser(), app.browser()
		laptop.signIn(profilePath, ada)
		phone.signIn(profilePath, ada)
		app.org.Set(func(k *mockokta.Knobs) {
			k.Intercept = func(endpoint string, w http.ResponseWriter, r *http.Request) bool {
				if works || r.Method != http.MethodDelete {
					return false
				}
				w.WriteHeader(http.StatusInternalServerError)
				return true
			}
		})
		app.clock.add(10 * time.Minute)
		done := laptop.follow(laptop.post(logoutPath, url.Values{"everywhere": {"1"}}))
		if got := strings.Contains(done.body, "and so have all those at Okta"); got != works || strings.Contains(done.body, othersStay) == works {
			t.Errorf("Okta does it %t: the page says\n%s", works, done.body)
		}
		if strings.Contains(app.logs.String(), "were not ended") == works {
			t.Errorf("Okta does it %t, and the log says otherwise", works)
		}
		if app.org.Count("sessions") == 0 {
			t.Error("Okta was not asked")
		}
		if r := phone.follow(phone.get(profilePath)); !r.asksForPassword(t) {
			t.Errorf("Okta does it %t: no password was asked for: status %d", works, r.StatusCode)
		}
	}
}
