package conformance_test

import (
	"net/http"
	"testing"
)

// oidcc-client-test-form-post-error, which is in the suite's plan of all modules but certifies nothing: the
// provider posts the error login_required, and the client must show it. The suite wants max_age=0 beside
// prompt=none; this app never sends both, and prompt=none alone has the same answer.
func TestFormPostError(t *testing.T) {
	t.Parallel()
	for _, p := range providers {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, "form_post", p)
			a := r.browser.open(initiatePath + "?prompt=none")
			if a.Request.Method != http.MethodPost {
				t.Errorf("the error came by %s", a.Request.Method)
			}
			r.refused(a, http.StatusUnauthorized, "Okta needs to ask you something")
			r.asked(0, 0)
		})
	}
}
