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

func (x cookieIndex) list(ctx context.Context, name, from string, max int) (listed []*Session, next string, err error) {
	if x.index == nil {
		return nil, "", errors.ErrUnsupported
	}
	values, next, err := x.index.List(ctx, name, from, max)
	if err != nil {
		return nil, "", unavailable(err)
	}
	for _, value := range values {
		plaintext, _, err := x.sealer.OpenBytes("listed", value)
		if err != nil {
			continue
		}
		if session, err := x.codec.decode(plaintext); err == nil && slices.Contains(x.realm.of(session), name) {
			listed = append(listed, session)
		}
	}
	return listed, next, nil
}

func (x cookieIndex) has(ctx context.Context, subject, id string) (bool, error) {
	if x.index == nil {
		return false, nil
	}
	has, err := x.index.Holds(ctx, x.realm.person(subject), x.realm.session(id))
	return has, unavailable(err)
}

func unavailable(err error) error {
	if err == nil || errors.Is(err, ErrUnavailable) || errors.Is(err, ErrNoPart) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}

func (s *cookieStore) listOf(ctx context.Context, name, from string, max int) (alive []Session, next string, err error) {
	listed, next, err := s.index.list(ctx, name, from, max)
	if err != nil {
		return nil, "", err
	}
	listed = slices.DeleteFunc(listed, func(session *Session) bool { return !s.alive(session) })
	over, err := s.overEach(ctx, listed)
	if err != nil {
		return nil, "", err
	}
	for i, session := range listed {
		if !over[i] {
			alive = append(alive, *session)
		}
	}
	return alive, next, nil
}

func (s *cookieStore) endOne(ctx context.Context, subject, id string) ([]Session, error) {
	if listed, err := s.index.has(ctx, subject, id); err != nil || !listed {
		return nil, err
	}
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
