package proxy

import (
	"errors"
	"time"
)

const (
	// DefaultLook is how often a call that goes on asks whether the person's session is over.
	DefaultLook = 5 * time.Second
	// blind is how many looks in a row may find nobody who knows.
	blind = 6
)

var errOver = errors.New("the session is over")

// guard ends the call when the person's session is over, whoever has ended it and
// wherever, or where nobody can say for a while. It costs a short call nothing.
func (x *call) guard() (stop func() bool) {
	return time.AfterFunc(x.proxy.look, x.lookOn).Stop
}

func (x *call) lookOn() {
	s, sessions := x.person.began, x.proxy.renewer.Sessions
	ticker := time.NewTicker(x.proxy.look)
	defer ticker.Stop()
	for missed := 0; ; {
		over, err := sessions.Over(x.ctx, s)
		if missed++; err == nil {
			missed = 0
		}
		switch {
		case over:
			x.cut(errOver)
			return
		case missed == blind:
			x.cut(err)
			return
		}
		select {
		case <-ticker.C:
		case <-x.ctx.Done():
			return
		}
	}
}

// cut breaks the call off, both ways.
func (x *call) cut(why error) {
	x.end(why)
	x.upload.stop()
}
