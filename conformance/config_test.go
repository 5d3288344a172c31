package conformance_test

import (
	"net/http"
	"net/url"
	"strings"
)

// oidcc-client-test-discovery-openid-config: the client must fetch the metadata and go by them.
func testDiscovery(r *run) {
	r.bendDiscovery(func(doc map[string]any) {
		doc["authorization_endpoint"] = doc["authorization_endpoint"].(string) + "?tenant=a%26b"
	})
	r.accepted(r.browser.open(closedPath), closedPath)
	for _, req := range r.record.of("authorize") {
		if req.query.Get("tenant") != "a&b" {
			r.Errorf("authorize was found elsewhere than in the metadata: %v", req.query)
		}
	}
	r.asked(1, 1)
}

// oidcc-client-test-discovery-jwks-uri-keys: the keys are at an address that only the metadata know. The client
// must fetch them there before it uses an access token.
func testDiscoveredKeys(r *run) {
	const suffix = "uTqhAexWzB"
	r.bendDiscovery(func(doc map[string]any) { doc["jwks_uri"] = doc["jwks_uri"].(string) + suffix })
	r.intercept(func(endpoint string, w http.ResponseWriter, req *http.Request) bool {
		path, found := strings.CutSuffix(req.URL.Path, suffix)
		if !found {
			return false
		}
		moved := req.Clone(req.Context())
		moved.URL, moved.RequestURI = &url.URL{Path: path}, path
		r.org.ServeHTTP(w, moved)
		return true
	})
	r.accepted(r.browser.open(closedPath), closedPath)
	var order []string
	for _, req := range r.record.all() {
		order = append(order, req.endpoint)
	}
	got := strings.Join(order, " ")
	if !strings.HasPrefix(got, "discovery ") || !strings.Contains(got, " other keys ") || !strings.HasSuffix(got, " userinfo") || strings.Count(got, "keys") != 1 {
		r.Errorf("asked: %s", got)
	}
	r.asked(1, 1)
}

// oidcc-client-test-discovery-issuer-mismatch: the metadata speak for another issuer. The client must stop.
func testDiscoveryOfAnother(r *run) {
	r.bendDiscovery(func(doc map[string]any) { doc["issuer"] = doc["issuer"].(string) + "INVALID" })
	r.refused(r.browser.open(closedPath), http.StatusBadGateway, unverified)
	if got := len(r.record.of("authorize")); got != 0 {
		r.Errorf("%d people were sent to authorize", got)
	}
	r.asked(0, 0)
}

// oidcc-client-test-signing-key-rotation: between two sign-ins all keys are replaced. The client must fetch the
// new ones.
func testKeyRotation(r *run) {
	r.accepted(r.browser.open(closedPath), closedPath)
	r.org.RotateKeys()
	r.browser = newBrowser(r, r.URL)
	r.accepted(r.browser.open(closedPath), closedPath)
	if got := len(r.record.of("keys")); got != 2 {
		r.Errorf("%d requests for keys, want 2", got)
	}
	r.asked(2, 2)
}

// oidcc-client-test-signing-key-rotation-just-before-signing: all keys are replaced when the code is redeemed.
// The client, which has the keys of before, must fetch the new ones.
func testKeyRotationAtOnce(r *run) {
	r.accepted(r.browser.open(closedPath), closedPath)
	r.intercept(func(endpoint string, _ http.ResponseWriter, _ *http.Request) bool {
		if endpoint == "token" {
			r.org.RotateKeys()
		}
		return false
	})
	r.browser = newBrowser(r, r.URL)
	r.accepted(r.browser.open(closedPath), closedPath)
	if got := len(r.record.of("keys")); got != 2 {
		r.Errorf("%d requests for keys, want 2", got)
	}
	r.asked(2, 2)
}
