package handlers

import (
	"context"
	"errors"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/language"
	"example.com/okta-gin/templates"
)

// profile serves GET /authorization-code/profile and /profile: who is signed in,
// every verified claim, and how long the session lasts. It asks Okta nothing
// unless directory look-ups are on and the record at hand is minutes old.
func (a *App) profile(c *gin.Context) (templates.Profile, error) {
	caller := a.okta.Caller(c)
	claims, err := a.claims.of(a.okta.Words(c), caller)
	if err != nil {
		return templates.Profile{}, err
	}
	return templates.Profile{
		Base:   a.base(c),
		Claims: claims,
		Session: templates.SessionTimes{
			Now: a.now(), SignedInAt: caller.SignedInAt, IdleEnds: caller.IdleEnds, Ends: caller.Ends,
			IdleTimeout: a.cfg.SessionIdleTimeout,
		},
		Directory:            a.record(c, caller.Subject),
		CanSignOutEverywhere: true,
		UserID:               caller.Subject,
		SessionsURL:          a.okta.SessionsURL(),
	}, nil
}

// prefetchRecord begins to look up a person who signs in, so that their profile
// need not wait.
func (a *App) prefetchRecord(ctx context.Context, s *auth.SignIn) error {
	if a.directory != nil {
		a.directory.Prefetch(ctx, s.Subject)
	}
	return nil
}

// record is the person's directory record, nil where look-ups are off.
func (a *App) record(c *gin.Context, sub string) *templates.Directory {
	if a.directory == nil {
		return nil
	}
	record, err := a.directory.Lookup(c.Request.Context(), sub)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "directory look-up failed", "request_id", auth.RequestID(c), "error", err)
		return &templates.Directory{Unavailable: whyNoRecord(a.okta.Words(c), err)}
	}
	return &templates.Directory{
		Status: record.Status, Created: record.Created, LastLogin: record.LastLogin,
		PasswordChanged: record.PasswordChanged, Groups: record.Groups, GroupsTruncated: record.MoreGroups,
	}
}

func whyNoRecord(words *language.Words, err error) string {
	switch {
	case errors.Is(err, directory.ErrSlow):
		return words.Text("directory.slow")
	case errors.Is(err, directory.ErrRateLimited):
		return words.Text("directory.limited")
	default:
		return words.Text("directory.unavailable")
	}
}
