// Package notes keeps what is found out while one request is answered, by whoever needs it
// again: in one place of the request's context, so that a further note costs no further
// context, and outlives one engine's hands.
package notes

import (
	"context"
	"net/http"
	"sync"
)

// Notes are those of one request. They are safe for concurrent use.
type Notes struct {
	mu    sync.Mutex
	notes []note
	room  [4]note // for as many as there usually are
}

type note struct{ key, value any }

type contextKey struct{}

// Begin returns r with notes in its context: r itself where it has them already.
func Begin(r *http.Request) (*http.Request, *Notes) {
	if n := In(r.Context()); n != nil {
		return r, n
	}
	n := new(Notes)
	n.notes = n.room[:0]
	return r.WithContext(context.WithValue(r.Context(), contextKey{}, n)), n
}

// In returns the notes in ctx, nil where there are none.
func In(ctx context.Context) *Notes {
	n, _ := ctx.Value(contextKey{}).(*Notes)
	return n
}

// Get returns what was put last under key, nil for nothing. Keys are compared as values
// of a map are: use a pointer, or a type of your own. There may be no Notes.
func (n *Notes) Get(key any) any {
	if n == nil {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, noted := range n.notes {
		if noted.key == key {
			return noted.value
		}
	}
	return nil
}

// Put keeps value under key, in place of what was there.
func (n *Notes) Put(key, value any) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := range n.notes {
		if n.notes[i].key == key {
			n.notes[i].value = value
			return
		}
	}
	n.notes = append(n.notes, note{key, value})
}
