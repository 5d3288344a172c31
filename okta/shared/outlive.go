package shared

import (
	"time"

	"example.com/okta-gin/okta/lastgood"
)

// Outlive has s kept in documents under name, and begin with what was kept there. That
// is believed as long as it would be by a process that had gone on: decode judges it as
// a fetch would, what claims to be fresh for longer than most is left out, and Okta is asked
// behind the first request.
func (s *Document[T]) Outlive(documents *lastgood.Documents, name string, most time.Duration, encode func(*T) ([]byte, error), decode func([]byte) (*T, error)) {
	if documents == nil {
		return
	}
	s.keep = func(value *T, freshUntil time.Time) {
		if document, err := encode(value); err == nil {
			documents.Keep(name, document, freshUntil, freshUntil.Add(longestSilence))
		}
	}
	document, freshUntil, ok := documents.Last(name)
	if !ok || freshUntil.Sub(s.now()) > most {
		return
	}
	if value, err := decode(document); err == nil {
		s.value, s.freshUntil, s.unconfirmed = value, freshUntil, true
	}
}
