package oktahttp_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"example.com/okta-gin/okta/oktahttp"
)

// TestBounds of an answer: just at each the answer is whole, beyond it there is
// none, and whether to ask again depends on which it was.
func TestBounds(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		answer func(w http.ResponseWriter)
		body   int
		is     error
	}{
		"a body of MaxBody":           {func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat("x", oktahttp.MaxBody)) }, oktahttp.MaxBody, nil},
		"a byte more":                 {func(w http.ResponseWriter) { fmt.Fprint(w, strings.Repeat("x", oktahttp.MaxBody+1)) }, 0, oktahttp.ErrUntrusted},
		"a body that breaks off":      {func(w http.ResponseWriter) { w.Header().Set("Content-Length", "9"); fmt.Fprint(w, "x") }, 0, oktahttp.ErrUnreachable},
		"headers of nearly MaxHeader": {func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", oktahttp.MaxHeader-1<<10)) }, 0, nil},
		"headers of more":             {func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", oktahttp.MaxHeader)) }, 0, oktahttp.ErrUnreachable},
		"no answer":                   {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, 0, oktahttp.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { tc.answer(w) }))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL+"/path?secret=x", nil)
			if err != nil {
				t.Fatal(err)
			}
			_, body, err := oktahttp.Do(oktahttp.NewClient(0), req, http.StatusOK)
			if !errors.Is(err, tc.is) || tc.is == nil && err != nil || len(body) != tc.body {
				t.Errorf("%d bytes, %v", len(body), err)
			}
			if err != nil && (strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "/path")) {
				t.Errorf("the error says %q", err)
			}
		})
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		http.Redirect(w, r, "/elsewhere", http.StatusTemporaryRedirect)
	}))
	defer server.Close()
	var status *oktahttp.StatusError
	_, err := oktahttp.GetJSON(t.Context(), oktahttp.NewClient(0), server.URL+"/", "Bearer x", new(any))
	if !errors.As(err, &status) || status.Status != http.StatusTemporaryRedirect || errors.Is(err, oktahttp.ErrUnreachable) {
		t.Errorf("got %v", err)
	}
}

func TestDecodeJSON(t *testing.T) {
	t.Parallel()
	for document, want := range map[string]string{
		`281674916028284931`:                    `281674916028284931`,
		` {"a":[1e400,{"b":0.10}]} `:            `{"a":[1e400,{"b":0.10}]}`,
		`{"a":1,"a":2}`:                         `{"a":2}`,
		`null`:                                  `null`,
		``:                                      "",
		`{}{}`:                                  "",
		`{} x`:                                  "",
		`{"a":01}`:                              "",
		strings.Repeat("[", 1_000_000):          "",
		`{"a":` + strings.Repeat("9", 40) + `}`: `{"a":` + strings.Repeat("9", 40) + `}`,
	} {
		var v any
		err := oktahttp.DecodeJSON([]byte(document), &v)
		if want == "" {
			if err == nil {
				t.Errorf("%.40q is decoded", document)
			}
			continue
		}
		if got, encodeErr := json.Marshal(v); err != nil || encodeErr != nil || string(got) != want {
			t.Errorf("%.40q: got %s, %v", document, got, err)
		}
	}
}
