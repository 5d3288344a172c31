package outside

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

const (
	maxDelivery  = 1 << 20 // bytes of a body
	maxChallenge = 1 << 10

	// hookPatience is for how long the answer to a delivery takes at most: Okta waits for
	// a few seconds. What is not done by then is done when Okta repeats it.
	hookPatience = 800 * time.Millisecond
	// repeats is for how long an event is known to be done. Okta repeats within minutes.
	repeats = 24 * time.Hour
)

// VerifyHook serves GET PREFIX/event-hook: it hands Okta's challenge back, which is how
// Okta makes sure that the address is meant for its events.
func (r *Receivers) VerifyHook(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	challenge := c.GetHeader("X-Okta-Verification-Challenge")
	if challenge == "" || len(challenge) > maxChallenge {
		return r.refuse(c, journal.EventHook, web.BadRequest("The header X-Okta-Verification-Challenge is missing or too long."))
	}
	r.Journal.Outside(journal.EventHook, "verification")
	c.JSON(http.StatusOK, map[string]string{"verification": challenge})
	return nil
}

// TakeEvents serves POST PREFIX/event-hook: each event that says so ends the sessions of
// the people it is about, or makes their claims out of date, once. 200 says that there is
// nothing left to do, for what is none of this app's business too; 401 is for a wrong
// secret, 400 for what is no delivery of events; 503 asks Okta to come again.
func (r *Receivers) TakeEvents(c *gin.Context) error {
	c.Header("Cache-Control", "no-store")
	if err := r.takeEvents(c); err != nil {
		return r.refuse(c, journal.EventHook, err)
	}
	c.JSON(http.StatusOK, map[string]string{})
	return nil
}

func (r *Receivers) takeEvents(c *gin.Context) error {
	if !sameText(c.GetHeader("Authorization"), r.hookSecret.Load().Reveal()) {
		return &web.Problem{
			Status: http.StatusUnauthorized, Heading: "The request does not prove that it is Okta's", Detail: "The secret in the header Authorization is another.",
			Reason: "wrong_secret",
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, maxDelivery))
	if err != nil {
		return web.BadRequest("The body can't be read, or is too large.")
	}
	events, err := parseEvents(body)
	if err != nil {
		return &web.Problem{
			Status: http.StatusBadRequest, Heading: "That is no delivery of events", Detail: "The body is not of the form that Okta documents.",
			Cause: err, Reason: "bad_request",
		}
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), hookPatience)
	defer cancel()
	for _, e := range events {
		if err := r.takeEvent(ctx, c, e); err != nil {
			return later(err)
		}
	}
	return nil
}

// sameText compares in a time that tells nothing of want.
func sameText(got, want string) bool {
	a, b := sha256.Sum256([]byte(got)), sha256.Sum256([]byte(want))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}

// takeEvent does what e asks for, unless that was done before, and counts what it came
// to.
func (r *Receivers) takeEvent(ctx context.Context, c *gin.Context, e event) error {
	do := e.action()
	people, reason := e.people(r.Config.ClientID)
	switch {
	case do == nothing:
		reason = "unknown_event"
	case reason == "":
		done, err := r.Sessions.Done(ctx, e.name())
		if err != nil {
			return err
		}
		if done {
			reason = "repeated"
		}
	}
	if reason != "" {
		r.Journal.Outside(journal.EventHook, reason)
		return nil
	}
	for _, person := range people {
		if err := r.apply(ctx, c, do, person, e.Type); err != nil {
			return err
		}
	}
	now := r.Now()
	return r.Sessions.MarkDone(ctx, e.name(), now, now.Add(repeats))
}

func (r *Receivers) apply(ctx context.Context, c *gin.Context, do action, person, eventType string) error {
	if do == end {
		sessions, err := r.Sessions.EndAll(ctx, person)
		return r.ended(c, journal.EventHook, person, eventType, sessions, err)
	}
	sessions, err := r.Sessions.RenewPerson(ctx, person)
	r.Revoker.AllLater(c.Request.Context(), sessions)
	if err != nil {
		return err
	}
	r.Journal.Event(c.Request, journal.OutOfDate, person, eventType)
	r.Journal.Outside(journal.EventHook, "renewed")
	if len(sessions) > 0 {
		r.Ended(c.Request.Context(), person, eventType)
	}
	return nil
}

// later is the answer to a delivery that is not done yet.
func later(cause error) error {
	if !errors.Is(cause, session.ErrUnavailable) && !errors.Is(cause, context.DeadlineExceeded) {
		return cause
	}
	return &web.Problem{
		Status: http.StatusServiceUnavailable, Heading: "Not all of it is done", Detail: "Please send it again.",
		Cause: cause, Reason: "session_store_unavailable", RetryAfter: 5 * time.Second,
	}
}
