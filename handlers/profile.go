package handlers

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/directory"
	"example.com/okta-gin/templates"
)

// profile serves GET /authorization-code/profile and /profile: who is signed in,
// every verified claim, and how long the session lasts. It asks Okta nothing
// unless directory look-ups are on and the record at hand is minutes old.
func (a *Auth) profile(c *gin.Context) error {
	caller, _ := CallerFrom(c)
	return a.render(c, http.StatusOK, templates.Profile{
		Base:    a.base(c),
		Claims:  caller.decoded.table(),
		RawJSON: caller.decoded.json,
		Session: templates.SessionTimes{
			Now:         a.now(),
			SignedInAt:  caller.session.SignedInAt,
			IdleEnds:    a.store.IdleEnds(caller.session),
			Ends:        a.store.Ends(caller.session),
			IdleTimeout: a.cfg.SessionIdleTimeout,
		},
		Directory:            a.record(c, caller.Subject),
		CanSignOutEverywhere: true,
		UserID:               caller.Subject,
	})
}

// record is the person's directory record, nil where look-ups are off.
func (a *Auth) record(c *gin.Context, sub string) *templates.Directory {
	if a.directory == nil {
		return nil
	}
	record, err := a.directory.Lookup(c.Request.Context(), sub)
	if err != nil {
		a.log.WarnContext(c.Request.Context(), "directory look-up failed", "request_id", requestID(c), "error", err)
		return &templates.Directory{Unavailable: whyNoRecord(err)}
	}
	return &templates.Directory{
		Status: record.Status, Created: record.Created, LastLogin: record.LastLogin,
		PasswordChanged: record.PasswordChanged, Groups: record.Groups, GroupsTruncated: record.MoreGroups,
	}
}

func whyNoRecord(err error) string {
	switch {
	case errors.Is(err, directory.ErrSlow):
		return "Okta's directory is slow at the moment. Reload the page in a few seconds."
	case errors.Is(err, directory.ErrRateLimited):
		return "Okta's directory allows no more questions right now. Try again in a minute."
	default:
		return "Okta's directory could not be asked."
	}
}
