package state

import (
	"net/url"
	"sync/atomic"
	"time"
)

// Pushed is an authorize request that a client has pushed (RFC 9126). It works once.
type Pushed struct {
	Server  *AuthServer
	Client  *Client
	Params  url.Values
	Expires time.Time

	used atomic.Bool
}

// Use reports whether the request is still good, which it is once.
func (p *Pushed) Use(now time.Time) bool { return now.Before(p.Expires) && !p.used.Swap(true) }
