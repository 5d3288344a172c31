package auth_test

import (
	"encoding/json"
	"html"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/session/redistest"
	"example.com/okta-gin/testkit"
)

const sessionPath = "/authorization-code/session"

// timeLeft is what scripts are told of a session.
type timeLeft struct {
	SignedIn bool      `json:"signed_in"`
	Subject  string    `json:"subject"`
	Name     string    `json:"name"`
	Since    time.Time `json:"since"`
	Ends     time.Time `json:"ends"`
	IdleEnds time.Time `json:"idle_ends"`
	Now      time.Time `json:"now"`
}

func readTimeLeft(t testing.TB, r testkit.Reply) timeLeft {
	t.Helper()
	var left timeLeft
	if err := json.Unmarshal([]byte(r.Body), &left); err != nil {
		t.Fatalf("%d %s: %v", r.StatusCode, r.Body, err)
	}
	if r.Header.Get("Cache-Control") != "no-store" || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		t.Errorf("headers %v", r.Header)
	}
	return left
}

// TestTimeLeft: asking changes nothing, going on moves the idle end, and never the end.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"cookies", "redis"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			env := map[string]string{"SESSION_IDLE_TIMEOUT": "30m", "SESSION_MAX_AGE": "2h"}
			if store == "redis" {
				env["SESSION_STORE"] = redistest.Start(t).URL()
			}
			h := start(t, setup{env: env})
			b := h.browser()
			b.Arrive(testkit.LoginPath, testkit.Ada)

			first := readTimeLeft(t, b.Get(sessionPath))
			if !first.SignedIn || first.Name != "Ada Lovelace" || first.Subject != "00u9mockAdaLove1a5d7" {
				t.Errorf("told of %+v", first)
			}
			if idle, all := first.IdleEnds.Sub(first.Since), first.Ends.Sub(first.Since); idle != 30*time.Minute || all != 2*time.Hour {
				t.Errorf("it lasts %v, and %v at most", idle, all)
			}
			h.clock.Add(20 * time.Minute)
			for range 2 {
				asked := b.Get(sessionPath)
				if left := readTimeLeft(t, asked); !left.IdleEnds.Equal(first.IdleEnds) || len(asked.Cookies()) > 0 || left.Now.Sub(first.Now) < 20*time.Minute {
					t.Errorf("asking: %+v after %+v, and cookies %v", left, first, asked.Cookies())
				}
			}
			on := readTimeLeft(t, b.Post(sessionPath, nil))
			if moved := on.IdleEnds.Sub(first.IdleEnds); !on.SignedIn || moved < 20*time.Minute || !on.Ends.Equal(first.Ends) || !on.Since.Equal(first.Since) {
				t.Errorf("going on moves the idle end by %v: %+v after %+v", moved, on, first)
			}
			if left := readTimeLeft(t, b.Get(sessionPath)); !left.IdleEnds.Equal(on.IdleEnds) {
				t.Errorf("then %+v, want what was answered: %+v", left, on)
			}
			for range 4 {
				h.clock.Add(20 * time.Minute)
				b.Post(sessionPath, nil)
			}
			if left := readTimeLeft(t, b.Get(sessionPath)); !left.IdleEnds.Equal(first.Ends) {
				t.Errorf("near the end: %+v, want the idle end at the end", left)
			}
			h.clock.Add(20 * time.Minute)
			if left := b.Get(sessionPath); left.StatusCode != http.StatusOK || readTimeLeft(t, left).SignedIn || strings.Contains(left.Body, "Ada") {
				t.Errorf("after the end: %d %s", left.StatusCode, left.Body)
			}
		})
	}
}

// TestTimeLeftIdle: asking again and again keeps no session alive.
func TestTimeLeftIdle(t *testing.T) {
	t.Parallel()
	h := start(t, setup{env: map[string]string{"SESSION_IDLE_TIMEOUT": "10m"}})
	b := h.browser()
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for range 3 {
		h.clock.Add(3 * time.Minute)
		if !readTimeLeft(t, b.Get(sessionPath)).SignedIn {
			t.Fatal("over too early")
		}
	}
	h.clock.Add(2 * time.Minute)
	if readTimeLeft(t, b.Get(sessionPath)).SignedIn {
		t.Error("asking has kept the session alive")
	}
}

func TestTimeLeftRefusals(t *testing.T) {
	t.Parallel()
	h := start(t, setup{})
	nobody := h.browser()
	if left := readTimeLeft(t, nobody.Get(sessionPath)); left.SignedIn || left.Now.IsZero() || left.Name != "" {
		t.Errorf("nobody is told %+v", left)
	}
	b := h.browser()
	b.Arrive(testkit.LoginPath, testkit.Ada)
	for _, tt := range []struct {
		name    string
		b       *testkit.Browser
		headers []string
		status  int
		reason  string
	}{
		{"nobody", nobody, nil, http.StatusUnauthorized, "not_signed_in"},
		{"another site", b, []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}, http.StatusForbidden, "cross_origin"},
		{"a neighbour", b, []string{"Origin", "http://sub.localhost", "Sec-Fetch-Site", "same-site"}, http.StatusForbidden, "cross_origin"},
		{"nobody on another site", nobody, []string{"Origin", "https://evil.example"}, http.StatusForbidden, "cross_origin"},
	} {
		h.clock.Add(4 * time.Minute)
		before := readTimeLeft(t, b.Get(sessionPath))
		r := tt.b.Post(sessionPath, nil, tt.headers...)
		if r.StatusCode != tt.status || r.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(r.Body, `"reason":"`+tt.reason+`"`) {
			t.Errorf("%s: got %d %s", tt.name, r.StatusCode, r.Body)
		}
		if after := readTimeLeft(t, b.Get(sessionPath)); !after.IdleEnds.Equal(before.IdleEnds) {
			t.Errorf("%s moved the idle end", tt.name)
		}
	}
}

// TestSessionScript: a page has the script for whoever is known, with all that it needs.
func TestSessionScript(t *testing.T) {
	t.Parallel()
	h := start(t, setup{app: func(okta *auth.Auth, engine *gin.Engine) http.Handler {
		mount(t, okta, engine)
		show := func(c *gin.Context) {
			script := okta.SessionScript(c)
			c.Data(http.StatusOK, "text/html", []byte(`<script type="module" src="`+script.Src+`" data-session="`+html.EscapeString(script.Data)+`"></script>`))
		}
		engine.GET("/public", show)
		engine.GET("/closed", okta.RequireLogin(), show)
		return nil
	}})
	b := h.browser()
	closed := b.Arrive("/closed?page=2", testkit.Ada).Page(t).Find("script[data-session]")
	var data struct {
		URL, SignIn, Lang, Dir string
		State                  timeLeft
		IdleNotice, EndNotice  int
		Texts                  map[string]string
	}
	if err := json.Unmarshal([]byte(closed.AttrOr("data-session", "")), &data); err != nil {
		t.Fatal(err)
	}
	if data.URL != sessionPath || data.SignIn != testkit.LoginPath+"?return_to=%2Fclosed%3Fpage%3D2" || data.Lang != "en" || data.Dir != "ltr" || !data.State.SignedIn || data.IdleNotice <= 0 || data.EndNotice <= 0 {
		t.Errorf("the script begins with %+v", data)
	}
	for name, text := range data.Texts {
		if text == "" || strings.HasPrefix(text, "time_left.") {
			t.Errorf("the text %s is %q", name, text)
		}
	}
	if left := b.Get("/public"); strings.Contains(left.Body, "Ada") {
		t.Errorf("where nobody has asked who it is: %s", left.Body)
	}
	if own := b.Get("/authorization-code/sessions").Page(t).Find("script[data-session]"); own.Length() != 1 || !strings.Contains(own.AttrOr("data-session", ""), `"signed_in":true`) {
		t.Errorf("a page of the default look has %d scripts, %s", own.Length(), own.AttrOr("data-session", ""))
	}
	out := h.browser().Get(testkit.SignedOutPath).Page(t).Find("script[data-session]").AttrOr("data-session", "")
	if !strings.Contains(out, `"signed_in":false`) || strings.Contains(out, "texts") {
		t.Errorf("the page after a sign-out has the script with %s", out)
	}
	script := b.Get(closed.AttrOr("src", ""))
	if script.StatusCode != http.StatusOK || !strings.HasPrefix(script.Header.Get("Content-Type"), "text/javascript") || !strings.Contains(script.Header.Get("Cache-Control"), "immutable") {
		t.Errorf("the script: %d %v", script.StatusCode, script.Header)
	}
}
