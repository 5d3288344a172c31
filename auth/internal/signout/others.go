package signout

import (
	"context"
	"errors"
	"time"

	"example.com/okta-gin/session"
)

// EndOf ends session id of a person or, for an empty id, all that they have, and then
// those at Okta where there is an API token: atOkta is whether that was done. In any case
// the next sign-in asks for a password.
func (s *SignOuts) EndOf(ctx context.Context, subject, id string) (atOkta bool, err error) {
	var ended []session.Session
	if id != "" {
		if err = s.Sessions.AskAnew(ctx, subject); err == nil {
			ended, err = s.Sessions.EndOne(ctx, subject, id)
		}
	} else {
		ended, err = s.endAll(ctx, subject)
		atOkta = s.endAtOkta(ctx, subject)
	}
	s.Revoker.Now(ctx, ended)
	if err != nil {
		return atOkta, err
	}
	s.Ended(ctx, subject, "ended_by_operator")
	return atOkta, nil
}

// endAll ends all sessions of a person here, and has the next sign-ins ask for a
// password.
func (s *SignOuts) endAll(ctx context.Context, subject string) ([]session.Session, error) {
	askErr := s.Sessions.AskAnew(ctx, subject)
	ended, err := s.Sessions.EndAll(ctx, subject)
	return ended, errors.Join(askErr, err)
}

// oktaTimeout bounds the wait for Okta to end somebody's sessions there.
const oktaTimeout = 2 * time.Second

// endAtOkta ends all sessions of a person at Okta, and all tokens, and reports whether
// that was done.
func (s *SignOuts) endAtOkta(ctx context.Context, subject string) bool {
	if s.Directory == nil {
		return false
	}
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), oktaTimeout)
	defer cancel()
	if err := s.Directory.EndSessions(bounded, subject); err != nil {
		s.Journal.Warn(ctx, "the sessions at Okta were not ended", err)
		return false
	}
	return true
}
