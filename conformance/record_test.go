package conformance_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// request is one that the provider got.
type request struct {
	endpoint, method string
	header           http.Header
	query, form      url.Values
}

// record is what the provider was asked, in order.
type record struct {
	mu   sync.Mutex
	seen []request
}

// note keeps r, whose body can be read again.
func (rec *record) note(endpoint string, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		body = nil
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	form, err := url.ParseQuery(string(body))
	if err != nil {
		form = nil
	}
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.seen = append(rec.seen, request{endpoint, r.Method, r.Header.Clone(), r.URL.Query(), form})
}

// all returns what was asked so far.
func (rec *record) all() []request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return slices.Clone(rec.seen)
}

// of returns the requests to one endpoint.
func (rec *record) of(endpoint string) []request {
	return slices.DeleteFunc(rec.all(), func(r request) bool { return r.endpoint != endpoint })
}
