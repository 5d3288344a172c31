package auth

import (
	"errors"
	"net/http"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/revoke"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

// renewalEvents tells the log, the counters and the app how renewals go.
type renewalEvents struct {
	journal journal.Journal
	revoker *revoke.Revoker
	hooks   hooked
}

var _ renewal.Events = renewalEvents{}

func (e renewalEvents) Renewed(r *http.Request, s *session.Session) error {
	e.journal.Event(r, journal.Renewed, s.Subject, "")
	if err := e.hooks.renewed(r.Context(), s); err != nil {
		e.revoker.Later(r.Context(), s.RefreshToken)
		return err
	}
	return nil
}

func (e renewalEvents) RenewalFailed(r *http.Request, s *session.Session, err error) {
	reason := "internal"
	if p := display.Explain(err); p != nil {
		reason = p.Reason
	}
	var refusal *okta.Refusal
	if errors.As(err, &refusal) {
		reason = refusals.Code(refusal.Code)
	}
	e.journal.Event(r, journal.RenewalFailed, s.Subject, reason)
}

func (e renewalEvents) AccessEnded(r *http.Request, s *session.Session, over *renewal.Ended) {
	e.journal.Event(r, journal.RenewalRefused, s.Subject, over.Reason)
	e.hooks.ended(r.Context(), s.Subject, over.Reason)
}

func (e renewalEvents) TooLate(r *http.Request, s *session.Session) {
	e.revoker.Now(r.Context(), []session.Session{*s})
}
