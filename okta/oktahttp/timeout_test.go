package oktahttp_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"example.com/okta-gin/okta/oktahttp"
)

// TestTimeout holds that a request comes to an end, wherever its answer stops.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, begin := range map[string]func(http.ResponseWriter) error{
		"before the answer":   func(http.ResponseWriter) error { return nil },
		"in the answer":       func(w http.ResponseWriter) error { w.Header().Set("Content-Length", "9"); return send(w) },
		"in one of no length": send,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := begin(w); err != nil {
					t.Error(err)
				}
				<-r.Context().Done()
			}))
			defer server.Close()
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = oktahttp.Do(oktahttp.NewClient(20*time.Millisecond), req, http.StatusOK)
			if timeout := net.Error(nil); !errors.Is(err, oktahttp.ErrUnreachable) || !errors.As(err, &timeout) || !timeout.Timeout() {
				t.Errorf("got %v", err)
			}
		})
	}
}

func send(w http.ResponseWriter) error {
	_, err := w.Write([]byte("x"))
	return errors.Join(err, http.NewResponseController(w).Flush())
}
