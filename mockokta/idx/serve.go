package idx

import (
	"encoding/json"
	"mime"
	"net/http"

	"example.com/okta-gin/mockokta/wire"
)

// serve makes a handler of a step. It finds the transaction, which no other request touches meanwhile, and answers
// with where it stands after the step.
func (e *Engine) serve(do func(tx *transaction, in input) reply) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		in, fault := read(r)
		if fault != nil {
			wire.WriteAPIError(w, *fault)
			return
		}
		tx := e.find(in)
		if tx == nil {
			write(w, http.StatusUnauthorized, object{"version": "1.0.0", "messages": errExpired.list()})
			return
		}
		tx.mu.Lock()
		defer tx.mu.Unlock()
		answer := do(tx, in)
		e.keep(tx)
		write(w, answer.status, e.view(tx, answer.problem, answer.atField))
	}
}

// read reads a request's body.
func read(r *http.Request) (in input, fault *wire.APIError) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" && kind != "application/ion+json" {
		return in, &wire.ErrMediaType
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		return in, &wire.ErrMalformed
	}
	return in, nil
}
