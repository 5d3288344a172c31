package oktahttp_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/okta-gin/okta/oktahttp"
)

// TestGetJSON: an answer that breaks off is Okta away, and may be had another
// time; one that is whole and no JSON object, or endless, is not to be believed.
func TestGetJSON(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, length, body string
		want               error
	}{
		{"an object", "", `{"issuer":"x"}`, nil},
		{"breaks off", "100", `{"issuer":`, oktahttp.ErrUnreachable},
		{"no JSON", "", `<html>`, oktahttp.ErrUntrusted},
		{"half an object", "", `{"issuer":`, oktahttp.ErrUntrusted},
		{"an object and more", "", `{"issuer":"x"}{}`, oktahttp.ErrUntrusted},
		{"endless", "", `{"issuer":"` + strings.Repeat("x", oktahttp.MaxBody) + `"}`, oktahttp.ErrUntrusted},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if test.length != "" {
					w.Header().Set("Content-Length", test.length)
				}
				w.Write([]byte(test.body))
			}))
			defer server.Close()
			var doc struct{ Issuer string }
			_, err := oktahttp.GetJSON(t.Context(), oktahttp.NewClient(0), server.URL, "", &doc)
			if !errors.Is(err, test.want) || (test.want == nil && doc.Issuer != "x") {
				t.Errorf("%v, %+v; want %v", err, doc, test.want)
			}
		})
	}
}
