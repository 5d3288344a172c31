package proxy

import (
	"context"
	"errors"
	"time"

	"example.com/okta-gin/session"
)

const (
	// DefaultLook is how often a call that goes on asks whether the person's session is over.
	DefaultLook = 5 * time.Second
	// blind is how many looks in a row may find nobody who knows.
	blind = 6
)

var errOver = errors.New("the session is over")

// guard has cut told to break a call off when the session s is over, whoever has ended it
// and wherever, or where nobody can say for a while. It looks at each interval until ctx is
// done, and costs a call that is stopped before the first nothing.
func guard(ctx context.Context, sessions *session.Sessions, s *session.Session, interval time.Duration, cut func(why error)) (stop func() bool) {
	return time.AfterFunc(interval, func() { lookOn(ctx, sessions, s, interval, cut) }).Stop
}

func lookOn(ctx context.Context, sessions *session.Sessions, s *session.Session, interval time.Duration, cut func(why error)) {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for missed := 0; ; {
		over, err := sessions.Over(ctx, s)
		if missed++; err == nil {
			missed = 0
		}
		switch {
		case over:
			cut(errOver)
			return
		case missed == blind:
			cut(err)
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
