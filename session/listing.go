package session

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/okta-gin/session/internal/seal"
)

// maxReads bounds how often one List reads on where it finds little that is alive.
const maxReads = 10

// Index remembers which sessions have a name, where the browsers keep the sessions
// themselves. Names and ids come from this package, without anything personal in them,
// and values are sealed. Its methods return an error when it can't be asked.
type Index interface {
	// Put keeps value under id, and id under each of names, until then. A later Put of
	// the id replaces an earlier one.
	Put(ctx context.Context, names []string, id string, value []byte, until time.Time) error

	// List returns the values under name that were to be kept until now or later, at most
	// max, and from where the next List goes on: empty at the end. from is empty for the
	// start; where no List has returned it, ErrNoPart is.
	List(ctx context.Context, name, from string, max int) (values [][]byte, next string, err error)

	// Holds reports whether id is under name.
	Holds(ctx context.Context, name, id string) (bool, error)
}

// Part is a part of a list of sessions.
type Part struct {
	// Sessions are without tokens, the one that was seen last first. There may be none,
	// also where parts follow.
	Sessions []Session

	// Next is from where the next part goes on. It is empty in the last one.
	Next string
}

// List returns a part of the sessions of subject that begins at from: empty, or the Next
// of another part. It has some max of them where there are as many, and never twice as
// many. It returns ErrNoPart, errors.ErrUnsupported where only the browsers know, and
// ErrUnavailable.
func (s *Sessions) List(ctx context.Context, subject, from string, max int) (Part, error) {
	return s.list(ctx, s.realm.person(subject), from, max)
}

// ListEmail is List for whoever has that email address, in any case of letters.
func (s *Sessions) ListEmail(ctx context.Context, address, from string, max int) (Part, error) {
	return s.list(ctx, s.realm.email(address), from, max)
}

func (s *Sessions) list(ctx context.Context, name, from string, max int) (Part, error) {
	part := Part{Next: from}
	for range maxReads {
		alive, next, err := s.store.listOf(ctx, name, part.Next, max)
		if err != nil {
			return Part{}, fmt.Errorf("list sessions: %w", err)
		}
		part.Sessions, part.Next = append(part.Sessions, alive...), next
		if next == "" || len(part.Sessions) >= (max+1)/2 {
			break
		}
	}
	slices.SortStableFunc(part.Sessions, func(a, b Session) int { return b.SeenAt.Compare(a.SeenAt) })
	return part, nil
}

// EndOne ends the session of that ID if it is listed as subject's, and returns it where
// the store knows it, so that its refresh token can be revoked. One that has ended, never
// was, or is not listed, is no error. It returns ErrUnavailable.
func (s *Sessions) EndOne(ctx context.Context, subject, id string) ([]Session, error) {
	if raw, err := seal.DecodeBase64(id); err != nil || len(raw) != 32 {
		return nil, nil // none of ours
	}
	ended, err := s.store.endOne(ctx, subject, id)
	if err != nil {
		return ended, fmt.Errorf("end a session: %w", err)
	}
	return ended, nil
}

// EndOthers ends the sessions of this browser's person but its own, listed or not, and
// returns those that the store knows. With cookies, requests that this browser has under
// way may find nobody signed in, once. It returns ErrNone and ErrUnavailable.
func (s *Sessions) EndOthers(w http.ResponseWriter, r *http.Request) ([]Session, error) {
	e, err := s.entry(r)
	if err != nil {
		return nil, err
	}
	if e.err != nil {
		return nil, e.err
	}
	ended, err := s.store.endOthers(w, r, e)
	if err != nil {
		return ended, fmt.Errorf("end the other sessions: %w", err)
	}
	return ended, nil
}

// withoutTokens is what is listed of a session.
func withoutTokens(s *Session) Session {
	listed := *s
	listed.IDToken, listed.AccessToken, listed.RefreshToken, listed.Data = "", "", "", nil
	return listed
}
