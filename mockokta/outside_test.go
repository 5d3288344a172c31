package mockokta_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"example.com/okta-gin/mockokta"
)

// received is one request to an app.
type received struct {
	path, secret, body string
	challenge          string
}

// startApp is an app that answers with what answer returns.
func startApp(t *testing.T, answer func(received) string) (string, chan received) {
	t.Helper()
	calls := make(chan received, 8)
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		call := received{r.URL.Path, r.Header.Get("Authorization"), string(body), r.Header.Get("X-Okta-Verification-Challenge")}
		calls <- call
		io.WriteString(w, answer(call))
	}))
	t.Cleanup(app.Close)
	return app.URL, calls
}

func TestBackChannelLogout(t *testing.T) {
	t.Parallel()
	app, calls := startApp(t, func(received) string { return "" })
	client := mockokta.DefaultClient()
	client.BackChannelLogoutURI = app + "/back"
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	hint := b.tokens("ada@acme.test", "openid")["id_token"]
	b.post("/login/signout", url.Values{})
	form, err := url.ParseQuery((<-calls).body)
	if err != nil {
		t.Fatal(err)
	}
	claims := claimsOf(t, form.Get("logout_token"))
	events, _ := claims["events"].(map[string]any)
	if part(t, form.Get("logout_token"), 0)["typ"] != "logout+jwt" || claims["iss"] != b.org.Issuer() || claims["aud"] != client.ID || claims["sub"] != "00u9mockAdaLove1a5d7" ||
		claims["sid"] != claimsOf(t, hint)["sid"] || claims["sid"] == nil || events["http://schemas.openid.net/event/backchannel-logout"] == nil || claims["jti"] == nil {
		t.Errorf("logout token %v", claims)
	}
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperLogoutToken = func(_, claims map[string]any) { claims["nonce"] = "x" }
		k.ReplaceLogoutToken = func(raw string) string { return raw + "A" }
	})
	b.tokens("ada@acme.test", "openid")
	b.post("/login/signout", url.Values{})
	if form, err = url.ParseQuery((<-calls).body); err != nil || claimsOf(t, form.Get("logout_token"))["nonce"] != "x" || !strings.HasSuffix(form.Get("logout_token"), "A") {
		t.Errorf("bent: %v, %v", form, err)
	}
	status, err := b.org.BackChannelLogout(t.Context(), app+"/own", b.org.BackChannelToken("00u", "102", nil))
	if err != nil || status != http.StatusOK || (<-calls).path != "/own" {
		t.Errorf("%d, %v", status, err)
	}
}

func TestFrontChannelLogoutFromTheDashboard(t *testing.T) {
	t.Parallel()
	client := mockokta.DefaultClient()
	client.FrontChannelLogoutURI = "http://localhost:8080/front"
	b := newBrowser(t, start(t, mockokta.Options{Clients: []mockokta.Client{client}}))
	b.tokens("ada@acme.test", "openid")
	b.org.Set(func(k *mockokta.Knobs) {
		k.TamperFrontChannel = func(params url.Values) { params.Set("iss", "https://evil.example") }
	})
	frame := b.post("/login/signout", url.Values{}).doc(t).Find("iframe").AttrOr("src", "")
	if u, err := url.Parse(frame); err != nil || u.Path != "/front" || u.Query().Get("iss") != "https://evil.example" || len(u.Query().Get("sid")) != 25 {
		t.Errorf("frame %q, %v", frame, err)
	}
}

func TestEventHooks(t *testing.T) {
	t.Parallel()
	app, calls := startApp(t, func(c received) string { return `{"verification":"` + c.challenge + `"}` })
	hook := mockokta.EventHook{URL: app + "/hook", Secret: "a secret"}
	org := start(t, mockokta.Options{EventHooks: []mockokta.EventHook{hook}})
	if ok, err := org.VerifyEventHook(t.Context(), hook); err != nil || !ok || len((<-calls).challenge) != 43 {
		t.Errorf("%v, %v", ok, err)
	}
	b := newBrowser(t, org)
	for _, kind := range []string{"user.lifecycle.deactivate", "user.lifecycle.activate"} {
		b.post("/people/status", url.Values{"login": {"ada@acme.test"}})
		call := <-calls
		var delivery struct {
			EventType string
			Data      struct {
				Events []struct {
					UUID, EventType string
					Target          []struct{ ID, Type string }
				}
			}
		}
		if err := json.Unmarshal([]byte(call.body), &delivery); err != nil || len(delivery.Data.Events) != 1 {
			t.Fatalf("%v: %s", err, call.body)
		}
		event := delivery.Data.Events[0]
		if call.secret != "a secret" || delivery.EventType != "com.okta.event_hook" || event.EventType != kind || len(event.UUID) != 32 ||
			event.Target[0].ID != "00u9mockAdaLove1a5d7" || event.Target[0].Type != "User" {
			t.Errorf("got %s with %q", call.body, call.secret)
		}
		status := map[bool]string{true: "Activate again", false: "Deactivate"}[kind == "user.lifecycle.deactivate"]
		if got := b.get("/").doc(t).Find(`button[data-login="ada@acme.test"]`).Text(); got != status {
			t.Errorf("the button says %q", got)
		}
	}
	if got := b.post("/people/status", url.Values{"login": {"nobody"}}); got.StatusCode != http.StatusBadRequest || len(calls) != 0 {
		t.Errorf("nobody: %d", got.StatusCode)
	}
	org.Set(func(k *mockokta.Knobs) {
		k.TamperEvents = func(delivery map[string]any) { delivery["eventType"] = "other" }
	})
	if got := org.SendEvents(t.Context(), org.Event("x", "ada@acme.test")); len(got) != 1 || got[0] != http.StatusOK || !strings.Contains((<-calls).body, `"other"`) {
		t.Errorf("bent: %v", got)
	}
}
