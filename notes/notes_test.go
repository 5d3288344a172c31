package notes_test

import (
	"net/http/httptest"
	"sync"
	"testing"

	"example.com/okta-gin/notes"
)

type key struct{ of int }

func TestNotesOfOneRequest(t *testing.T) {
	t.Parallel()
	first := httptest.NewRequest("GET", "/", nil)
	if n := notes.In(first.Context()); n != nil || n.Get(key{1}) != nil {
		t.Error("a request has notes before they were begun")
	}
	r, n := notes.Begin(first)
	again, same := notes.Begin(r)
	if again != r || same != n || notes.In(r.Context()) != n {
		t.Error("notes are begun twice")
	}
	for i := range 9 {
		n.Put(key{i}, i)
	}
	n.Put(key{3}, "three")
	n.Put(key{4}, nil)
	for i := range 9 {
		want := any(i)
		switch i {
		case 3:
			want = "three"
		case 4:
			want = nil
		}
		if got := n.Get(key{i}); got != want {
			t.Errorf("%d: %v", i, got)
		}
	}
	if n.Get(key{9}) != nil || n.Get(9) != nil {
		t.Error("there is what nobody has put")
	}
	if _, other := notes.Begin(first); other == n || other.Get(key{1}) != nil {
		t.Error("another request has the notes of the first")
	}
}

func TestNotesByGoroutinesOfOneRequest(t *testing.T) {
	t.Parallel()
	_, n := notes.Begin(httptest.NewRequest("GET", "/", nil))
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			n.Put(key{i}, i)
			if n.Get(key{i}) != i {
				t.Errorf("%d is not there", i)
			}
		})
	}
	all.Wait()
}
