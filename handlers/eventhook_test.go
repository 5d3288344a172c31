package handlers_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/session/redistest"
)

func TestEventHookNeedsItsSecret(t *testing.T) {
	t.Parallel()
	without := outsider{t, start(t, setup{})}
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if r := without.send(method, hookPath, "", "X-Okta-Verification-Challenge", "x"); r.StatusCode != http.StatusNotFound {
			t.Errorf("%s without a secret in the settings: status %d", method, r.StatusCode)
		}
	}
	app := start(t, setup{env: onHooks(map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"})})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	body := delivery(t, app.org.Event("user.lifecycle.deactivate", ada))
	for i, secret := range []string{"", hookSecret[:len(hookSecret)-1], hookSecret + "x", strings.ToLower(hookSecret), "of-the-event-hook", "Bearer"} {
		r := o.send(http.MethodPost, hookPath, body, "Authorization", secret, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != http.StatusUnauthorized || r.reason() != "wrong_secret" || r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%q: status %d", secret, r.StatusCode)
		}
	}
	if !b.signedIn() {
		t.Error("signed out without the secret")
	}
}

func TestEventHookVerification(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: onHooks(nil)})
	if ok, err := app.org.VerifyEventHook(t.Context(), mockokta.EventHook{URL: app.URL + hookPath, Secret: hookSecret}); err != nil || !ok {
		t.Errorf("%v, %v", ok, err)
	}
	o := outsider{t, app}
	for _, challenge := range []string{"", strings.Repeat("a", 1025)} {
		if r := o.send(http.MethodGet, hookPath, "", "X-Okta-Verification-Challenge", challenge); r.StatusCode != http.StatusBadRequest {
			t.Errorf("%d bytes: status %d", len(challenge), r.StatusCode)
		}
	}
	if r := o.send(http.MethodGet, hookPath, "", "X-Okta-Verification-Challenge", `"<b>&`); !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") || strings.Contains(r.body, "<b>") {
		t.Errorf("%s: %s", r.Header.Get("Content-Type"), r.body)
	}
}

func TestEventHookBodies(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: onHooks(map[string]string{"TRUSTED_PROXIES": "127.0.0.1,::1"})})
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
		r := (outsider{t, app}).send(http.MethodPost, hookPath, test.body, "Authorization", hookSecret, "X-Forwarded-For", "203.0.113."+strconv.Itoa(i))
		if r.StatusCode != test.status {
			t.Errorf("%.60q: status %d, want %d", test.body, r.StatusCode, test.status)
		}
	}
}

// TestEventsThatEndSessions, and what of an event makes it nobody's business here.
func TestEventsThatEndSessions(t *testing.T) {
	t.Parallel()
	app := start(t, setup{env: onHooks(nil)})
	o, b := outsider{t, app}, app.browser()
	app1 := map[string]any{"id": mockokta.DefaultClientID, "type": "AppInstance"}
	other := map[string]any{"id": mockokta.MachineClientID, "type": "AppInstance"}
	group := map[string]any{"id": "00g1", "type": "UserGroup"}
	failed := app.org.Event("user.lifecycle.deactivate", ada)
	failed["outcome"] = map[string]any{"result": "FAILURE"}
	nobody := app.org.Event("user.lifecycle.deactivate", ada)
	nobody["target"] = []any{group}
	withoutID := app.org.Event("user.session.clear", ada)
	delete(withoutID, "uuid")
	counted := map[string]int{}
	for _, test := range []struct {
		event   map[string]any
		outcome string
	}{
		{app.org.Event("user.lifecycle.deactivate", ada), "ended"},
		{app.org.Event("user.lifecycle.suspend", ada), "ended"},
		{app.org.Event("user.lifecycle.delete.initiated", ada), "ended"},
		{app.org.Event("user.lifecycle.delete.completed", ada), "ended"},
		{app.org.Event("user.session.clear", ada), "ended"},
		{app.org.Event("user.account.update_password", ada), "ended"},
		{app.org.Event("user.account.reset_password", ada), "ended"},
		{app.org.Event("user.account.expire_password", ada), "ended"},
		{app.org.Event("user.mfa.factor.reset_all", ada), "ended"},
		{withoutID, "ended"},
		{app.org.Event("group.user_membership.remove", ada, group), "renewed"}, // no refresh token: the end
		{app.org.Event("application.user_membership.remove", ada, app1), "renewed"},
		{app.org.Event("application.user_membership.remove", ada, other), "foreign"},
		{app.org.Event("user.lifecycle.deactivate", grace), "ended somebody else"},
		{app.org.Event("user.session.start", ada), "unknown_event"},
		{app.org.Event("", ada), "unknown_event"},
		{failed, "no_success"},
		{nobody, "no_person"},
	} {
		if !b.signedIn() {
			b.signIn(profilePath, ada)
		}
		if r := o.hook(test.event); r.StatusCode != http.StatusOK {
			t.Errorf("%v: status %d", test.event["eventType"], r.StatusCode)
		}
		if out := test.outcome == "ended" || test.outcome == "renewed"; b.signedIn() == out {
			t.Errorf("%v, %s: signed in %v", test.event["eventType"], test.outcome, !out)
		}
		outcome, _, _ := strings.Cut(test.outcome, " ")
		counted[outcome]++
	}
	series := b.metrics()
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
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		o, b, other := outsider{t, app.app}, app.browser(), app.browser()
		b.signIn(profilePath, ada)
		other.signIn(profilePath, grace)
		late, first := app.org.Event("user.account.update_password", ada), app.org.Event("user.account.reset_password", ada)
		graces := app.org.Event("user.session.clear", grace)
		unknown := app.org.Event("user.session.start", ada)
		if r := o.hook(unknown, first, late); r.StatusCode != http.StatusOK || b.signedIn() || !other.signedIn() {
			t.Fatalf("status %d, signed in %v and %v", r.StatusCode, b.signedIn(), other.signedIn())
		}
		b.signIn(profilePath, ada)
		for range app.engines {
			if r := o.hook(late, unknown, first); r.StatusCode != http.StatusOK || !b.signedIn() {
				t.Fatalf("again: status %d, signed in %v", r.StatusCode, b.signedIn())
			}
		}
		if r := o.hook(late, graces); r.StatusCode != http.StatusOK || !b.signedIn() || other.signedIn() {
			t.Errorf("a new one among old ones: status %d, signed in %v and %v", r.StatusCode, b.signedIn(), other.signedIn())
		}
	}, onHooks)
}

// TestRemovedFromAGroup: what the next page knows is what Okta says by then, in each of
// the person's browsers, with one request to Okta each.
func TestRemovedFromAGroup(t *testing.T) {
	t.Parallel()
	onStores(t, func(t *testing.T, start func(setup) *replicas) {
		app := start(setup{client: rotating})
		o := outsider{t, app.app}
		laptop, phone, other := app.browser(), app.browser(), app.browser()
		laptop.signIn(profilePath, ada)
		phone.signIn(profilePath, ada)
		other.signIn(profilePath, grace)
		groups := func(b *browser) string { return strings.Join(textsOf(b.me()["groups"]), " ") }
		if got := groups(laptop); got != "Everyone Admins Engineers" {
			t.Fatalf("groups %s", got)
		}
		app.org.SetGroups(ada, "Everyone")
		group := map[string]any{"id": "00g1", "type": "UserGroup"}
		for range 2 {
			event := app.org.Event("group.user_membership.remove", ada, group)
			before := app.renewals()
			if r := o.hook(event); r.StatusCode != http.StatusOK {
				t.Fatalf("status %d", r.StatusCode)
			}
			for range 2 * len(app.engines) {
				if got := groups(laptop) + groups(phone); got != "EveryoneEveryone" {
					t.Errorf("groups %s", got)
				}
			}
			if o.hook(event); app.renewals() != before+2 {
				t.Errorf("%d renewals, want 2", app.renewals()-before)
			}
			app.clock.add(time.Second)
		}
		if groups(other); app.renewals() != 4 {
			t.Error("somebody else's claims were asked for")
		}
	}, onHooks)
}

// TestRemovedFromTheApp: where Okta no longer vouches, the session ends at the next page.
func TestRemovedFromTheApp(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: rotating, env: onHooks(renewing("SESSION_STORE", redistest.Start(t).URL()))})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	app.org.RevokeRefreshTokens(ada)
	o.hook(app.org.Event("application.user_membership.remove", ada))
	if b.signedIn() {
		t.Error("still signed in")
	}
}

// TestRemovedFromAGroupWhileOktaIsAway: old claims live on for the grace, and not for as
// long as the access token.
func TestRemovedFromAGroupWhileOktaIsAway(t *testing.T) {
	t.Parallel()
	app := start(t, setup{client: rotating, env: onHooks(renewing("SESSION_RENEW_GRACE", "1m"))})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	event := app.org.Event("group.user_membership.remove", ada)
	app.org.Stop()
	o.hook(event)
	if !b.signedIn() {
		t.Error("out at once")
	}
	app.clock.add(2 * time.Minute)
	if b.signedIn() {
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
	app := start(t, setup{client: rotating, env: onHooks(renewing())})
	o, b := outsider{t, app}, app.browser()
	b.signIn(profilePath, ada)
	old := copyOf(b)
	app.clock.add(time.Hour)
	b.me()
	app.org.SetGroups(ada, "Everyone")
	app.clock.add(time.Second)
	o.hook(app.org.Event("group.user_membership.remove", ada))
	if got := textsOf(old.me()["groups"]); len(got) != 1 {
		t.Errorf("groups %v", got)
	}
}
