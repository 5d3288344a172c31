package signout_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

func TestEventHookNeedsItsSecret(t *testing.T) {
	t.Parallel()
	without := apptest.Outsider{T: t, App: apptest.Start(t, apptest.Setup{})}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if r := without.Send(method, apptest.HookPath, "", "X-Okta-Verification-Challenge", "x"); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s without a secret in the settings: status %d", method, r.StatusCode)
		}
	}
	app := apptest.Start(t, apptest.Setup{Env: onHooks(map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"})})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	body := apptest.Delivery(t, app.Org.Event("user.lifecycle.deactivate", testkit.Ada))
	for i, secret := range []string{"", apptest.HookSecret[:len(apptest.HookSecret)-1], apptest.HookSecret + "x", strings.ToLower(apptest.HookSecret), "of-the-event-hook", "Bearer"} {
		r := o.Send(http.MethodPost, apptest.HookPath, body, "Authorization", secret, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusUnauthorized || reason(r) != "wrong_secret" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: status %d", secret, r.StatusCode)
		}
	}
	if !b.SignedIn() {
		t.Error("signed out without the secret")
	}
}

func TestEventHookVerification(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: onHooks(nil)})
	if ok, err := app.Org.VerifyEventHook(t.Context(), mockokta.EventHook{URL: app.URL + apptest.HookPath, Secret: apptest.HookSecret}); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	o := apptest.Outsider{T: t, App: app}
	for _, challenge := range []string{"", strings.Repeat("a", 1025)} {
		if r := o.Send(http.MethodGet, apptest.HookPath, "", "X-Okta-Verification-Challenge", challenge); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%d bytes: status %d", len(challenge), r.StatusCode)
		}
	}
	if r := o.Send(http.MethodGet, apptest.HookPath, "", "X-Okta-Verification-Challenge", `"<b>&`); !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || strings.Contains(r.Body, "<b>") {
		t.Errorf("%s: %s", r.Header.Get("Content-Type"), r.Body)
	}
}

func TestEventHookBodies(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: onHooks(map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"})})
	for i, test := range []struct {
		body   string
		status int
	}{
		{"", 400}, {"x", 400}, {"[]", 400}, {"{}", 400}, {"null", 400}, {`{"eventType":"com.okta.event_hook"}`, 400}, {`{"data":{"events":[]}}`, 400},
		{`{"eventType":"com.okta.event_hook","data":{"events":{}}}`, 400}, {`{"eventType":"com.okta.event_hook","data":[]}`, 400},
		{`{"x":"` + strings.Repeat("a", 1<<20) + `"}`, 400},
		{`{"eventType":"com.okta.event_hook","data":{"events":[]}}`, 200}, {`{"eventType":"com.okta.event_hook","data":{}}`, 200},
		{`{"eventType":"com.okta.other","data":{}}`, 200}, {`{"eventType":"com.okta.event_hook","data":{"events":[1,null,"x",{"target":7},{"eventType":[]}]}}`, 200},
	} {
		r := (apptest.Outsider{T: t, App: app}).Send(http.MethodPost, apptest.HookPath, test.body, "Authorization", apptest.HookSecret, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != test.status {
			t.Errorf("%.60q: status %d, want %d", test.body, r.StatusCode, test.status)
		}
	}
}

// TestEventsThatEndSessions, and what of an event makes it nobody's business here.
func TestEventsThatEndSessions(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Env: onHooks(nil)})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	app1 := map[string]any{"id": mockokta.DefaultClientID, "type": "AppInstance"}
	other := map[string]any{"id": mockokta.MachineClientID, "type": "AppInstance"}
	group := map[string]any{"id": "00g1", "type": "UserGroup"}
	failed := app.Org.Event("user.lifecycle.deactivate", testkit.Ada)
	failed["outcome"] = map[string]any{"result": "FAILURE"}
	nobody := app.Org.Event("user.lifecycle.deactivate", testkit.Ada)
	nobody["target"] = []any{group}
	withoutID := app.Org.Event("user.session.clear", testkit.Ada)
	delete(withoutID, "uuid")
	counted := map[string]int{}
	for _, test := range []struct {
		event   map[string]any
		outcome string
	}{
		{app.Org.Event("user.lifecycle.deactivate", testkit.Ada), "ended"},
		{app.Org.Event("user.lifecycle.suspend", testkit.Ada), "ended"},
		{app.Org.Event("user.lifecycle.delete.initiated", testkit.Ada), "ended"},
		{app.Org.Event("user.lifecycle.delete.completed", testkit.Ada), "ended"},
		{app.Org.Event("user.session.clear", testkit.Ada), "ended"},
		{app.Org.Event("user.account.update_password", testkit.Ada), "ended"},
		{app.Org.Event("user.account.reset_password", testkit.Ada), "ended"},
		{app.Org.Event("user.account.expire_password", testkit.Ada), "ended"},
		{app.Org.Event("user.mfa.factor.reset_all", testkit.Ada), "ended"},
		{withoutID, "ended"},
		{app.Org.Event("group.user_membership.remove", testkit.Ada, group), "renewed"}, // no refresh token: the end
		{app.Org.Event("application.user_membership.remove", testkit.Ada, app1), "renewed"},
		{app.Org.Event("application.user_membership.remove", testkit.Ada, other), "foreign"},
		{app.Org.Event("user.lifecycle.deactivate", testkit.Grace), "ended somebody else"},
		{app.Org.Event("user.session.start", testkit.Ada), "unknown_event"},
		{app.Org.Event("", testkit.Ada), "unknown_event"},
		{failed, "no_success"},
		{nobody, "no_person"},
	} {
		if !b.SignedIn() {
			b.SignIn(apptest.ProfilePath, testkit.Ada)
		}
		if r := o.Hook(test.event); r.StatusCode != http.StatusOK {
			t.Errorf("%v: status %d", test.event["eventType"], r.StatusCode)
		}
		if out := test.outcome == "ended" || test.outcome == "renewed"; b.SignedIn() == out {
			t.Errorf("%v, %s: signed in %v", test.event["eventType"], test.outcome, !out)
		}
		outcome, _, _ := strings.Cut(test.outcome, " ")
		counted[outcome]++
	}
	series := b.Metrics()
	for outcome, want := range counted {
		if got := series[`okta_outside_total{kind="event_hook",outcome="`+outcome+`"}`]; got != strconv.Itoa(want) {
			t.Errorf("%s: %s, want %d", outcome, got, want)
		}
	}
}

// TestEventsOnce: an event that comes again, to whichever replica, alone or with others
// and in whatever order, ends no session that began since.
func TestEventsOnce(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		o, b, other := apptest.Outsider{T: t, App: app.App}, app.Browser(), app.Browser()
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		other.SignIn(apptest.ProfilePath, testkit.Grace)
		late, first := app.Org.Event("user.account.update_password", testkit.Ada), app.Org.Event("user.account.reset_password", testkit.Ada)
		graces := app.Org.Event("user.session.clear", testkit.Grace)
		unknown := app.Org.Event("user.session.start", testkit.Ada)
		if r := o.Hook(unknown, first, late); r.StatusCode != http.StatusOK || b.SignedIn() || !other.SignedIn() {
			t.Fatalf("status %d, signed in %v and %v", r.StatusCode, b.SignedIn(), other.SignedIn())
		}
		b.SignIn(apptest.ProfilePath, testkit.Ada)
		for range app.Engines {
			if r := o.Hook(late, unknown, first); r.StatusCode != http.StatusOK || !b.SignedIn() {
				t.Fatalf("again: status %d, signed in %v", r.StatusCode, b.SignedIn())
			}
		}
		if r := o.Hook(late, graces); r.StatusCode != http.StatusOK || !b.SignedIn() || other.SignedIn() {
			t.Errorf("a new one among old ones: status %d, signed in %v and %v", r.StatusCode, b.SignedIn(), other.SignedIn())
		}
	}, onHooks)
}

// TestRemovedFromAGroup: what the next page knows is what Okta says by then, in each of
// the person's browsers, with one request to Okta each.
func TestRemovedFromAGroup(t *testing.T) {
	t.Parallel()
	apptest.OnStores(t, func(t *testing.T, start func(apptest.Setup) *apptest.Replicas) {
		app := start(apptest.Setup{Client: apptest.Rotating})
		o := apptest.Outsider{T: t, App: app.App}
		laptop, phone, other := app.Browser(), app.Browser(), app.Browser()
		laptop.SignIn(apptest.ProfilePath, testkit.Ada)
		phone.SignIn(apptest.ProfilePath, testkit.Ada)
		other.SignIn(apptest.ProfilePath, testkit.Grace)
		groups := func(b *apptest.Browser) string { return strings.Join(textsOf(b.Me()["groups"]), " ") }
		if got := groups(laptop); got != "Everyone Admins Engineers" {
			t.Fatalf("groups %s", got)
		}
		app.Org.SetGroups(testkit.Ada, "Everyone")
		group := map[string]any{"id": "00g1", "type": "UserGroup"}
		for range 2 {
			event := app.Org.Event("group.user_membership.remove", testkit.Ada, group)
			before := app.Renewals()
			if r := o.Hook(event); r.StatusCode != http.StatusOK {
				t.Fatalf("status %d", r.StatusCode)
			}
			for range 2 * len(app.Engines) {
				if got := groups(laptop) + groups(phone); got != "EveryoneEveryone" {
					t.Errorf("groups %s", got)
				}
			}
			if o.Hook(event); app.Renewals() != before+2 {
				t.Errorf("%d renewals, want 2", app.Renewals()-before)
			}
			app.Clock.Add(time.Second)
		}
		if groups(other); app.Renewals() != 4 {
			t.Error("somebody else's claims were asked for")
		}
	}, onHooks)
}

// TestRemovedFromTheApp: where Okta no longer vouches, the session ends at the next page.
func TestRemovedFromTheApp(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: onHooks(apptest.Renewing("SESSION_STORE", redistest.Start(t).URL()))})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	app.Org.RevokeRefreshTokens(testkit.Ada)
	o.Hook(app.Org.Event("application.user_membership.remove", testkit.Ada))
	if b.SignedIn() {
		t.Error("still signed in")
	}
}

// TestRemovedFromAGroupWhileOktaIsAway: old claims live on for the grace, and not for as
// long as the access token.
func TestRemovedFromAGroupWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: onHooks(apptest.Renewing("SESSION_RENEW_GRACE", "1m"))})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	event := app.Org.Event("group.user_membership.remove", testkit.Ada)
	app.Org.Stop()
	o.Hook(event)
	if !b.SignedIn() {
		t.Error("out at once")
	}
	app.Clock.Add(2 * time.Minute)
	if b.SignedIn() {
		t.Error("the old claims live on")
	}
}

// textsOf is a list of texts as JSON has it.
func textsOf(v any) []string {
	list, _ := v.([]any)
	texts := make([]string, len(list))
	for i := range list {
		texts[i], _ = list[i].(string)
	}
	return slices.Clip(texts)
}

// TestRemovedFromAGroupWithOldCookies: a tab that still has the cookies from before a
// renewal is not served what that renewal knew.
func TestRemovedFromAGroupWithOldCookies(t *testing.T) {
	t.Parallel()
	app := apptest.Start(t, apptest.Setup{Client: apptest.Rotating, Env: onHooks(apptest.Renewing())})
	o, b := apptest.Outsider{T: t, App: app}, app.Browser()
	b.SignIn(apptest.ProfilePath, testkit.Ada)
	old := b.Copy()
	app.Clock.Add(time.Hour)
	b.Me()
	app.Org.SetGroups(testkit.Ada, "Everyone")
	app.Clock.Add(time.Second)
	o.Hook(app.Org.Event("group.user_membership.remove", testkit.Ada))
	if got := textsOf(old.Me()["groups"]); len(got) != 1 {
		t.Errorf("groups %v", got)
	}
}
