package shared

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"time"

	"example.com/okta-gin/okta/lastgood"
)

// disk is a lastgood.Store in memory.
type disk map[string][]byte

func (d disk) Put(name string, value []byte, _ time.Time) error { d[name] = value; return nil }
func (d disk) Get(name string) ([]byte, error)                  { return d[name], nil }

// TestOutlive holds how long what an earlier process has kept is believed, and that it is
// judged as when it was fetched.
func TestOutlive(t *testing.T) {
	t.Parallel()
	documents := lastgood.New(disk{}, [][]byte{[]byte("secret")}, slog.New(slog.DiscardHandler))
	now := time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	away := true
	open := func(decode func([]byte) (*int, error)) *Document[int] {
		d := New(func(context.Context) (*int, time.Duration, error) {
			if away {
				return nil, 0, errAway
			}
			n := 7
			return &n, time.Hour, nil
		}, time.Second, func() time.Time { return now })
		d.Outlive(documents, "a number", time.Hour, func(n *int) ([]byte, error) { return strconv.AppendInt(nil, int64(*n), 10), nil }, decode)
		return d
	}
	number := func(text []byte) (*int, error) { n, err := strconv.Atoi(string(text)); return &n, err }
	if d := open(number); d.Current() != nil {
		t.Fatal("there is a document that nobody kept")
	}
	away = false
	if _, err := open(number).Get(t.Context()); err != nil {
		t.Fatal(err)
	}
	away = true
	kept := now
	for _, step := range []struct {
		after time.Duration
		want  bool
	}{
		{-time.Minute, false}, // it would be fresh for longer than any is: some clock is wrong
		{0, true}, {time.Hour, true}, {25 * time.Hour, true}, {25*time.Hour + time.Second, false},
	} {
		now = kept.Add(step.after)
		d := open(number)
		got, err := d.Get(t.Context())
		if ok := err == nil && *got == 7; ok != step.want {
			t.Errorf("%v later: %v, %v", step.after, got, err)
		}
		if _, err := d.Confirmed(t.Context()); !errors.Is(err, errAway) {
			t.Errorf("%v later, Okta is not asked: %v", step.after, err)
		}
	}
	now = kept
	if d := open(func([]byte) (*int, error) { return nil, errors.New("it does not fit") }); d.Current() != nil {
		t.Error("what does not stand is believed")
	}
}
