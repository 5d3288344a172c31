package translations_test

import (
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

// timedApp starts the app in this process, with a clock that later is ahead by.
func timedApp(t *testing.T, later *atomic.Int64) *drive.App {
	t.Helper()
	now := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	port := drive.FreePort(t)
	a := &drive.App{T: t, URL: "http://localhost:" + port}
	var err error
	a.Org, err = mockokta.Start(mockokta.Options{Addr: "127.0.0.1:" + drive.FreePort(t), Clients: []mockokta.Client{mockokta.WebClient(a.URL)}, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Org.Close() })
	cfg, err := config.Load(map[string]string{
		"PORT": port, "BASE_URL": a.URL, "OKTA_OAUTH2_ISSUER": a.Org.Issuer(), "OKTA_OAUTH2_CLIENT_ID": mockokta.DefaultClientID,
		"OKTA_OAUTH2_CLIENT_SECRET": mockokta.DefaultClientSecret, "SESSION_IDLE_TIMEOUT": "40m", "SESSION_MAX_AGE": "2h",
		"SESSION_SECRET": "a58484f50b66706058bb7e9e86eeff7eecd6dde01f4a433f076c6965c318c09d",
	})
	if err != nil {
		t.Fatal(err)
	}
	app, err := handlers.New(cfg, slog.New(slog.DiscardHandler), now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { app.Close() })
	server := &http.Server{Addr: "127.0.0.1:" + port, Handler: app}
	go server.ListenAndServe()
	t.Cleanup(func() { server.Close() })
	drive.Await(t, "the app to listen", func() bool {
		r, err := http.Get(a.URL + "/healthz")
		if err == nil {
			r.Body.Close()
		}
		return err == nil
	})
	return a
}

// TestTimeLeft looks at the dialogue before a session's end, and at what stands after it, in every language: one session is
// shown in a browser each.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	var later atomic.Int64
	a := timedApp(t, &later)
	visitor := drive.NewVisitor(t, a)
	visitor.SignIn("/", drive.Ada)
	tabs := make(map[string]*drive.Tab)
	for _, language := range drive.Languages() {
		b := drive.NewTab(t)
		b.Speak(language)
		b.TakeCookies(visitor.Client.Jar, a.URL)
		b.Look(320, "light")
		b.Open(a.URL + "/")
		drive.Evaluate[bool](b, "window.trueNow = Date.now.bind(Date), true")
		tabs[language] = b
	}
	for _, moment := range []struct {
		name     string
		passed   time.Duration
		selector string
	}{
		{"dialogue", 37 * time.Minute, "dialog.session-time[open]"},
		{"session-over", 47 * time.Minute, "main.session-over"},
	} {
		later.Store(int64(moment.passed))
		for language, b := range tabs {
			drive.Evaluate[bool](b, "Date.now = () => trueNow() + "+strconv.FormatInt(moment.passed.Milliseconds(), 10)+", document.dispatchEvent(new Event('visibilitychange')), true")
			b.WaitFor(moment.selector)
			box := "document.querySelector(" + drive.Quoted(moment.selector) + ")"
			if got := drive.Evaluate[string](b, box+".closest('[lang]').lang + getComputedStyle("+box+").direction"); got != language+drive.Direction(language) {
				t.Errorf("%s is in %q, want %s", moment.name, got, language)
			}
			b.CheckWidth()
			b.Screenshot("language-" + language + "-" + moment.name + "-phone")
		}
	}
}
