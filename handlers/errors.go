package handlers

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

// problem is an error with an answer: what people and programs are told, and
// the cause that only the log sees.
type problem struct {
	status  int
	heading string // a few words, for people
	detail  string // what happened and what to do, in plain sentences
	cause   error  // may be nil

	oktaSays     string // Okta's error_description
	tryAgain     string // path that may work better
	tryLabel     string
	otherAccount string // path to sign in as someone else
	needGroups   []string
	challenge    string // WWW-Authenticate, for programs
	reason       string // one word for counters, log lines and pop-ups
	retryAfter   bool   // trying again later may help
}

func (p *problem) Error() string {
	if p.cause != nil {
		return p.heading + ": " + p.cause.Error()
	}
	return p.heading
}

// Unwrap returns the cause.
func (p *problem) Unwrap() error { return p.cause }

// problemOf finds the answer to err. An error that brings none of its own is
// this app's fault: 500 with a fixed text.
func problemOf(err error) *problem {
	var own *problem
	switch {
	case errors.As(err, &own):
		return own
	case errors.Is(err, session.ErrUnavailable):
		return &problem{
			status:     http.StatusServiceUnavailable,
			heading:    "We can't check your session right now",
			detail:     "The place where sessions are kept does not answer. You have not been signed out. Please try again in a moment.",
			cause:      err,
			reason:     "session_store_unavailable",
			retryAfter: true,
		}
	case errors.Is(err, okta.ErrUnreachable):
		return &problem{
			status:     http.StatusServiceUnavailable,
			heading:    "Okta can't be reached",
			detail:     "Sign-in happens at Okta, and Okta does not answer at the moment. Please try again in a minute.",
			cause:      err,
			reason:     "okta_unreachable",
			retryAfter: true,
		}
	case errors.Is(err, okta.ErrUntrusted) || errors.As(err, new(*okta.StatusError)):
		return &problem{
			status:  http.StatusBadGateway,
			heading: "Okta's answer could not be verified",
			detail: "Okta, or something in its place, answered in a way that this app must not believe. Nobody has been signed in. " +
				"If it happens again, tell the people who run this app.",
			cause: err, reason: "untrusted",
		}
	default:
		return &problem{
			status:  http.StatusInternalServerError,
			heading: "Something went wrong here",
			detail:  "It is not your fault. If it keeps happening, tell the people who run this app the request id below.",
			cause:   err,
			reason:  "internal",
		}
	}
}

// badRequest is the answer to input that no page of ours sends.
func badRequest(detail string) *problem {
	return &problem{status: http.StatusBadRequest, heading: "That request can't be understood", detail: detail, reason: "bad_request"}
}

// handle adapts a handler that returns its error. The error has been answered
// when the adapter returns, and the chain is aborted.
func (a *Auth) handle(h func(*gin.Context) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			a.fail(c, err)
		}
	}
}

// fail turns err into the response, for people or for programs, and ends the
// chain of handlers. The cause goes to the request's log line.
func (a *Auth) fail(c *gin.Context, err error) {
	c.Abort()
	p := problemOf(err)
	noteProblem(c, p)
	if p.retryAfter {
		c.Header("Retry-After", "5")
	}
	if p.challenge != "" {
		c.Writer.Header().Add("WWW-Authenticate", p.challenge)
	}
	if isProgram(c.Request) {
		a.problemJSON(c, p)
		return
	}
	a.errorPage(c, p)
}
