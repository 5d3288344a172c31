package signin

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/refusals"
	"example.com/okta-gin/auth/internal/wish"
	"example.com/okta-gin/okta"
)

// A session at Okta of before its person ended all sessions here counts no more: some
// browser may still have it, and would come back without a password.

const (
	// clocksApart is how far Okta's clock may be behind this one.
	clocksApart = 2 * time.Minute
	// timeToAnswer is how long a person may take to answer Okta.
	timeToAnswer = 10 * time.Minute
)

// checkFresh returns since when the person must have authenticated at Okta and did not,
// zero if they did. Where a password was asked for, only clocks can be why.
func (s *SignIns) checkFresh(ctx context.Context, w wish.Wish, identity okta.Identity) (since time.Time, err error) {
	from, err := s.Sessions.AuthenticatedFrom(ctx, identity.Subject())
	if err != nil || from.IsZero() {
		return time.Time{}, err
	}
	earliest := from
	if s.asksAnew(w) {
		earliest = from.Add(-clocksApart)
	}
	if at, ok := okta.AuthenticatedAt(identity.Claims); ok && !at.Before(earliest) {
		return time.Time{}, nil
	}
	return from, nil
}

func (s *SignIns) asksAnew(w wish.Wish) bool {
	return strings.Contains(cmp.Or(w.Prompt, s.Prompt), links.PromptLogin)
}

// askAnew begins the sign-in again so that Okta asks for a password, unless it was to
// have done so already, or must not ask.
func (s *SignIns) askAnew(c *gin.Context, w wish.Wish, since time.Time) error {
	switch {
	case s.asksAnew(w):
		return s.failed(c, w, "session", refusals.Unmet(fmt.Errorf("somebody came by a session at Okta from before %s, though a password was asked for", since)))
	case w.Prompt == "none":
		return s.failed(c, w, "session", okta.NewRefusal("login_required", "all sessions of this person have been ended"))
	}
	w.Prompt = links.PromptLogin
	if w.MaxAge == nil { // so that Okta says when
		maxAge := s.Now().Sub(since) + timeToAnswer
		w.MaxAge = &maxAge
	}
	return s.restart(c, w)
}
