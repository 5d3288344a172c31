package session

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"example.com/okta-gin/session/internal/seal"
)

// maxListed is how many sessions of one person are shown.
const maxListed = 200

// Index remembers which sessions have a name, where the browsers keep the sessions
// themselves. Names and ids come from this package, without anything personal in them,
// and values are sealed. Its methods return an error when it can't be asked.
type Index interface {
	// Put keeps value under id, and id under each of names, until then. A later Put of
	// the id replaces an earlier one.
	Put(ctx context.Context, names []string, id string, value []byte, until time.Time) error

	// List returns the values under name that were to be kept until now or later, at most
	// max.
	List(ctx context.Context, name string, max int) ([][]byte, error)
}

// List returns the sessions of subject, the one that was seen last first, 200 at most,
// without tokens. It returns errors.ErrUnsupported where only the browsers know, and
// ErrUnavailable.
func (s *Sessions) List(ctx context.Context, subject string) ([]Session, error) {
	return s.list(ctx, s.realm.person(subject))
}

// ListEmail is List for whoever has that email address, in any case of letters.
func (s *Sessions) ListEmail(ctx context.Context, address string) ([]Session, error) {
	return s.list(ctx, s.realm.email(address))
}

func (s *Sessions) list(ctx context.Context, name string) ([]Session, error) {
	listed, err := s.store.listOf(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	slices.SortStableFunc(listed, func(a, b Session) int { return b.SeenAt.Compare(a.SeenAt) })
	return listed, nil
}

// EndOne ends the session of that ID if it is subject's, and returns it where the store
// knows it, so that its refresh token can be revoked. One that has ended, or never was,
// is no error. It returns ErrUnavailable.
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

// cookieIndex is what a cookie store lists its sessions in.
type cookieIndex struct {
	index  Index // nil lists nothing
	sealer *seal.Sealer
	codec  *codec
	realm  realm
}

func newCookieIndex(o Options, codec *codec) (cookieIndex, error) {
	sealer, err := o.sealer("listed session")
	return cookieIndex{o.Index, sealer, codec, newRealm(o.Realm)}, err
}

func (x cookieIndex) put(ctx context.Context, session *Session, until time.Time) error {
	if x.index == nil {
		return nil
	}
	listed := withoutTokens(session)
	listed.Claims = nil
	plaintext, err := x.codec.encode(&listed)
	if err != nil {
		return err
	}
	id := x.realm.session(session.ID)
	return unavailable(x.index.Put(ctx, x.realm.of(session), id, x.sealer.SealBytes("listed", plaintext), until))
}

func (x cookieIndex) list(ctx context.Context, name string) ([]*Session, error) {
	if x.index == nil {
		return nil, errors.ErrUnsupported
	}
	values, err := x.index.List(ctx, name, maxListed)
	if err != nil {
		return nil, unavailable(err)
	}
	var listed []*Session
	for _, value := range values {
		plaintext, _, err := x.sealer.OpenBytes("listed", value)
		if err != nil {
			continue
		}
		if session, err := x.codec.decode(plaintext); err == nil && slices.Contains(x.realm.of(session), name) {
			listed = append(listed, session)
		}
	}
	return listed, nil
}

func unavailable(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func (s *cookieStore) listOf(ctx context.Context, name string) ([]Session, error) {
	listed, err := s.index.list(ctx, name)
	if err != nil {
		return nil, err
	}
	var alive []Session
	for _, session := range listed {
		if !s.alive(session) {
			continue
		}
		over, err := s.over(ctx, session)
		if err != nil {
			return nil, err
		}
		if !over {
			alive = append(alive, *session)
		}
	}
	return alive, nil
}

// endOne believes that id is subject's: 256 random bits are known to whoever was shown
// them.
func (s *cookieStore) endOne(ctx context.Context, _, id string) ([]Session, error) {
	now := s.now().UTC()
	return nil, s.ended.End(ctx, Mark{Name: s.realm.session(id), UpTo: now, Until: now.Add(longestAge + clockTolerance)})
}

// endOthers marks the person, and lets the entry's session begin after that. It ends no
// later for it.
func (s *cookieStore) endOthers(w http.ResponseWriter, r *http.Request, e *entry) ([]Session, error) {
	now := s.now().UTC()
	mark := Mark{Name: s.realm.person(e.session.Subject), UpTo: now, Until: now.Add(longestAge + clockTolerance)}
	next := *e.session
	next.EndsAt, next.SignedInAt = s.Ends(e.session), now.Add(time.Microsecond) // to which RedisEnded rounds
	if err := s.write(w, r, &next); err != nil {
		return nil, err
	}
	e.session = &next
	if err := s.ended.End(r.Context(), mark); err != nil {
		return nil, err
	}
	return nil, s.index.put(r.Context(), &next, s.IdleEnds(&next))
}

func (s *redisStore) listOf(ctx context.Context, name string) ([]Session, error) {
	ids, err := s.listed(ctx, name, maxListed)
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	kept, err := s.readIDs(ctx, s.realm.sessionKey, ids)
	if err != nil {
		return nil, err
	}
	var alive []Session
	for _, read := range kept {
		if read.session != nil && s.alive(read.session) && slices.Contains(s.realm.of(read.session), name) {
			alive = append(alive, withoutTokens(read.session))
		}
	}
	return alive, nil
}

func (s *redisStore) endOne(ctx context.Context, subject, id string) ([]Session, error) {
	return s.endListed(ctx, s.realm.person(subject), []string{id})
}

func (s *redisStore) endOthers(_ http.ResponseWriter, r *http.Request, e *entry) ([]Session, error) {
	name := s.realm.person(e.session.Subject)
	var ended []Session
	for {
		ids, err := s.listed(r.Context(), name, endBatch)
		if err != nil {
			return ended, err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == e.session.ID })
		if len(ids) == 0 {
			return ended, nil
		}
		batch, err := s.endListed(r.Context(), name, ids)
		ended = append(ended, batch...)
		if err != nil {
			return ended, err
		}
	}
}
