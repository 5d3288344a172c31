package handlers

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
)

// Problem is an error with an answer: what people and programs are told, and
// the cause that only the log sees.
type Problem struct {
	Status  int
	Heading string // a few words, for people
	Detail  string // what happened and what to do, in plain sentences
	Cause   error  // may be nil

	oktaSays     string // Okta's error_description
	tryAgain     string // path that may work better
	tryLabel     string
	otherAccount string // path to sign in as someone else
	needGroups   []string
	challenge    string // WWW-Authenticate, for programs
	reason       string // one word for counters, log lines and pop-ups
	retryAfter   bool   // trying again later may help
}

func (p *Problem) Error() string {
	if p.Cause != nil {
		return p.Heading + ": " + p.Cause.Error()
	}
	return p.Heading
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// problemOf finds the answer to err. An error that brings none of its own is
// this app's fault: 500 with a fixed text.
func problemOf(err error) *Problem {
	var problem *Problem
	switch {
	case errors.As(err, &problem):
		return problem
	case errors.Is(err, session.ErrUnavailable):
		return &Problem{
			Status:     http.StatusServiceUnavailable,
			Heading:    "We can't check your session right now",
			Detail:     "The place where sessions are kept does not answer. You have not been signed out. Please try again in a moment.",
			Cause:      err,
			reason:     "session_store_unavailable",
			retryAfter: true,
		}
	case errors.Is(err, okta.ErrUnreachable):
		return &Problem{
			Status:     http.StatusServiceUnavailable,
			Heading:    "Okta can't be reached",
			Detail:     "Sign-in happens at Okta, and Okta does not answer at the moment. Please try again in a minute.",
			Cause:      err,
			reason:     "okta_unreachable",
			retryAfter: true,
		}
	case errors.Is(err, okta.ErrUntrusted) || errors.As(err, new(*okta.StatusError)):
		return &Problem{
			Status:  http.StatusBadGateway,
			Heading: "Okta's answer could not be verified",
			Detail: "Okta, or something in its place, answered in a way that this app must not believe. Nobody has been signed in. " +
				"If it happens again, tell the people who run this app.",
			Cause: err, reason: "untrusted",
		}
	default:
		return &Problem{
			Status:  http.StatusInternalServerError,
			Heading: "Something went wrong here",
			Detail:  "It is not your fault. If it keeps happening, tell the people who run this app the request id below.",
			Cause:   err,
			reason:  "internal",
		}
	}
}

// badRequest is the answer to input that no page of ours sends.
func badRequest(detail string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Heading: "That request can't be understood", Detail: detail, reason: "bad_request"}
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
