package keptform

import (
	"fmt"
	"sync"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"example.com/okta-gin/session/kept"
)

// Anybody can send forms. So much may be kept of one person at once, and that once more in
// each kept.Lifetime; as much from one address of which nobody is known, and a little more
// of all of those together.
const (
	bytesOfPerson  = 8 << 20
	bytesOfNobody  = 256 << 10
	bytesOfNobodys = 4 << 20
	formPrice      = 1 << 10 // of each form, however short
	remembered     = 10_000  // persons and addresses
)

// budget is how much may still be kept, by this process. It is safe for concurrent use.
type budget struct {
	now     func() time.Time
	nobodys *rate.Limiter

	mu  sync.Mutex
	own *lru.Cache[string, *rate.Limiter]
}

func newBudget(now func() time.Time) (*budget, error) {
	own, err := lru.New[string, *rate.Limiter](remembered)
	if err != nil {
		return nil, fmt.Errorf("set up the memory of how much was kept: %w", err)
	}
	return &budget{now: now, nobodys: limiter(bytesOfNobodys), own: own}, nil
}

func limiter(bytes int) *rate.Limiter {
	return rate.NewLimiter(rate.Limit(float64(bytes)/kept.Lifetime.Seconds()), bytes)
}

// spend reports whether a form of size bytes may be kept. An empty client is anybody, such
// as behind a Unix socket.
func (b *budget) spend(person kept.Person, client string, size int) bool {
	size += formPrice
	if person != kept.Nobody {
		return b.of("person "+string(person), bytesOfPerson).AllowN(b.now(), size)
	}
	if client != "" && !b.of("address "+client, bytesOfNobody).AllowN(b.now(), size) {
		return false
	}
	return b.nobodys.AllowN(b.now(), size)
}

func (b *budget) of(who string, bytes int) *rate.Limiter {
	b.mu.Lock()
	defer b.mu.Unlock()
	l, ok := b.own.Get(who)
	if !ok {
		l = limiter(bytes)
		b.own.Add(who, l)
	}
	return l
}
