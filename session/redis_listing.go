package session

import (
	"context"
	"net/http"
	"slices"

	"example.com/okta-gin/session/internal/rediscall"
)

func (s *redisStore) listOf(ctx context.Context, name, from string, max int) (alive []Session, next string, err error) {
	place, err := rediscall.ParsePlace(from)
	if err != nil {
		return nil, "", err
	}
	ids, place, err := place.Read(ctx, s.client, listKey(name), s.now().UnixMilli(), max)
	if err != nil || len(ids) == 0 {
		return nil, "", err
	}
	kept, err := s.readIDs(ctx, s.realm.sessionKey, ids)
	if err != nil {
		return nil, "", err
	}
	for _, read := range kept {
		if read.session != nil && s.alive(read.session) && slices.Contains(s.realm.of(read.session), name) {
			alive = append(alive, withoutTokens(read.session))
		}
	}
	return alive, place.String(), nil
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
