package web

import (
	"errors"
	"net/http"
	"time"
)

// Problem is an error with an answer: what people and programs are told, and the
// cause that only the log sees.
type Problem struct {
	Status  int
	Heading string // a few words, for people
	Detail  string // what happened and what to do, in plain sentences

	// Args are put in the places of Heading and Detail, which have them as {{.Name}}.
	// Programs get the words as they are here. People get them in their language, where
	// package language has the same words.
	Args map[string]string

	Reason string // one word for counters, log lines and programs; it stays the same
	Cause  error  // may be nil

	Quote      string        // somebody else's words, to be shown as theirs
	Needs      []string      // what the visitor lacks, such as groups
	TryAgain   Way           // what may work better
	Otherwise  Way           // and what else
	Challenge  string        // WWW-Authenticate, for programs
	RetryAfter time.Duration // when trying again may help; 0 says nothing of it
}

// Way is a link with its words. The zero Way is none.
type Way struct{ URL, Label string }

func (p *Problem) Error() string {
	if p.Cause != nil {
		return p.Heading + ": " + p.Cause.Error()
	}
	return p.Heading
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Cause }

// BadRequest is the answer to input that no page of the app sends. The log has detail too, so
// it holds nothing of the request.
func BadRequest(detail string) *Problem {
	return &Problem{Status: http.StatusBadRequest, Heading: "That request can't be understood", Detail: detail, Reason: "bad_request", Cause: errors.New(detail)}
}

// NotFound is the answer where there is nothing.
func NotFound() *Problem {
	return &Problem{
		Status: http.StatusNotFound, Heading: "There is no such page",
		Detail: "The address may be mistyped or out of date.", Reason: "not_found",
	}
}

// WrongMethod is the answer where the address exists for other methods.
func WrongMethod(method string) *Problem {
	return &Problem{
		Status: http.StatusMethodNotAllowed, Heading: "This page can't be used that way",
		Detail: "The address exists, but not for {{.Method}} requests.", Args: map[string]string{"Method": method},
		Reason: "method_not_allowed",
	}
}

// statusClientGone is what the log shows for a request whose client did not wait.
const statusClientGone = 499

// clientGone is for a request that was given up: whatever failed, it failed for that.
func clientGone(cause error) *Problem {
	return &Problem{
		Status: statusClientGone, Heading: "The client has gone", Detail: "The request was given up before it was answered.",
		Reason: "client_gone", Cause: cause,
	}
}

// Unexpected is the answer to an error that brings none of its own.
func Unexpected(cause error) *Problem {
	return &Problem{
		Status: http.StatusInternalServerError, Heading: "Something went wrong here",
		Detail: "It is not your fault. If it keeps happening, tell the people who run this app the request id below.",
		Reason: "internal", Cause: cause,
	}
}
