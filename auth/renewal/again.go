package renewal

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/okta-gin/session"
)

// againAfter is how long a token that came by Again is good enough: a service that takes
// no token at all would otherwise have one asked for with each request.
const againAfter = time.Minute

// Again renews s, which Current returned for r, although its access token has time left:
// for when a service does not take it. Where it was renewed meanwhile, or lately for the
// same reason, or can't be, Again returns the newest there is; it may be s itself.
// Errors: session.ErrNone, session.ErrUnavailable, and *Ended.
func (n *Renewer) Again(w http.ResponseWriter, r *http.Request, s *session.Session) (*session.Session, error) {
	if s.RefreshToken == "" || !n.memory.mayAgain(s) {
		return s, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), renewTimeout)
	defer cancel()
	v := visit{n, w, r.WithContext(ctx)}

	old := *s
	if old.Stale = s.ClaimsAt; old.Stale.IsZero() { // what was renewed since is new enough
		old.Stale = s.SignedInAt
	}
	result, err, _ := n.memory.flight.Do(s.Generation(), func() (any, error) {
		renewed, err := v.renew(&old)
		if err == nil {
			n.memory.cameAgain(renewed)
		}
		return renewed, err
	})
	var over *Ended
	switch {
	case errors.As(err, &over):
		return nil, errors.Join(over, n.Sessions.End(w, v.r))
	case errors.Is(err, session.ErrNone), errors.Is(err, session.ErrUnavailable):
		return nil, err
	case err != nil:
		n.memory.failed(s, err)
		n.Events.RenewalFailed(v.r, s, err)
		return s, nil
	}
	renewed := result.(*session.Session)
	if renewed.Generation() == s.Generation() {
		return s, nil
	}
	return v.keep(s, renewed)
}
