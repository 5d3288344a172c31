package front_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"example.com/okta-gin/e2e/drive"
	"example.com/okta-gin/examples/spa"
	"example.com/okta-gin/mockokta"
)

// TestServiceAskedByFrontEnd: the page asks another service through the app, in the
// person's name, and has no token and no cookie for that.
func TestServiceAskedByFrontEnd(t *testing.T) {
	t.Parallel()
	var api atomic.Pointer[mockokta.Resource]
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { api.Load().ServeHTTP(w, r) }))
	t.Cleanup(service.Close)
	listener := listenLocal(t)
	origin := originOf(t, listener)
	a := drive.StartApp(t, map[string]string{
		"CORS_ALLOWED_ORIGINS": origin, "OKTA_SCOPES": "openid profile email offline_access",
		"PROXY_ROUTES": spa.ServicePath + "=" + service.URL + "/v1 scope:email",
	})
	api.Store(mockokta.NewResource(a.Org, mockokta.ResourceRules{Scope: "email"}))
	serveFrontEnd(t, listener, a)

	b := drive.NewTab(t)
	openFrontEnd(b, origin)
	b.Popup("#sign-in-button").SignInAndClose(drive.Ada)
	waitStatus(b, "You are signed in.")
	b.Click("#service-button")
	waitStatus(b, "The service has answered.")
	said := b.Text("#service")
	if !strings.HasPrefix(said, "The service knows you as "+drive.Ada+", and was asked for=127.0.0.1;host=") {
		t.Errorf("the page says %q", said)
	}
	if kept := drive.Evaluate[int](b, "localStorage.length + sessionStorage.length"); kept != 0 {
		t.Errorf("the page keeps %d things", kept)
	}

	b.LoseSession(a.URL)
	b.Click("#service-button")
	waitStatus(b, "Your session has ended. Sign in again to go on.")
	if left := b.Text("#service"); left != "" {
		t.Errorf("the page still says %q", left)
	}
}
