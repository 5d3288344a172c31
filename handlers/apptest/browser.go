package apptest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"example.com/okta-gin/testkit"
)

// ProfilePath shows the claims of whoever is signed in.
const ProfilePath = "/authorization-code/profile"

// Browser is somebody's browser at an App.
type Browser struct {
	*testkit.Browser
	App *App
}

// Browser returns one without any cookie.
func (a *App) Browser() *Browser {
	a.T.Helper()
	b := testkit.NewBrowser(a.T, a.URL)
	b.Client.Transport = a.transport
	return &Browser{b, a}
}

// ToCallback starts a sign-in at path and goes as far as Okta's answer, which it returns
// unvisited: the URL of the callback.
func (b *Browser) ToCallback(path, login string) string {
	b.T.Helper()
	return b.Until(b.App.URL+testkit.CallbackPath, path, login)
}

// SignIn signs login in by way of path and returns the page it ends on.
func (b *Browser) SignIn(path, login string) testkit.Reply {
	b.T.Helper()
	return b.Follow(b.Get(b.ToCallback(path, login)))
}

// SignedIn reports whether the app takes the browser for somebody's.
func (b *Browser) SignedIn() bool {
	b.T.Helper()
	return b.Get("/greet").StatusCode == http.StatusOK // a closed page that costs little
}

// Me is what the app knows of the browser's person.
func (b *Browser) Me() map[string]any {
	b.T.Helper()
	r := b.Get("/api/me")
	if r.StatusCode != http.StatusOK {
		b.T.Fatalf("/api/me: status %d\n%s", r.StatusCode, r.Body)
	}
	var claims map[string]any
	if err := json.Unmarshal([]byte(r.Body), &claims); err != nil {
		b.T.Fatal(err)
	}
	return claims
}

// Copy returns a browser with the cookies that b has at the moment.
func (b *Browser) Copy() *Browser {
	b.T.Helper()
	other := b.App.Browser()
	other.Set(b.Cookies()...)
	return other
}

// Attempts are the cookies of the sign-ins that b has under way.
func (b *Browser) Attempts() []*http.Cookie {
	b.T.Helper()
	return slices.DeleteFunc(b.Cookies(), func(c *http.Cookie) bool {
		return !strings.HasPrefix(c.Name, "okta_session_attempt_")
	})
}

// TakeAttempts gives b the sign-ins that another browser has under way.
func (b *Browser) TakeAttempts(from *Browser) {
	b.T.Helper()
	b.Set(from.Attempts()...)
}

// Metrics are this app's own series of GET /metrics, by their names with their labels.
func (b *Browser) Metrics() map[string]string {
	b.T.Helper()
	r := b.Get("/metrics")
	if r.StatusCode != http.StatusOK {
		b.T.Fatalf("/metrics: status %d", r.StatusCode)
	}
	series := make(map[string]string)
	for line := range strings.Lines(r.Body) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), " "); found && strings.HasPrefix(name, "okta_") {
			series[name] = value
		}
	}
	return series
}
