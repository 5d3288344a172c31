package underway

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"example.com/okta-gin/session/internal/cookie"
)

const (
	maxAttempts     = 12
	maxAttemptBytes = 6 << 10 // names and values of all of a browser's

	// attemptYoung is for how long an attempt is not pushed out by newer ones.
	attemptYoung = 2 * time.Minute

	// maxAttemptDeletes bounds what one answer deletes, and so its length: the next
	// answer goes on.
	maxAttemptDeletes = 10
)

// keptAttempt is an attempt that can still be taken.
type keptAttempt struct {
	name      string
	size      int // of name and value
	startedAt time.Time
	elsewhere bool
}

// fromElsewhere reports whether another site made the browser send r.
func fromElsewhere(r *http.Request) bool {
	site := r.Header.Get("Sec-Fetch-Site")
	return site == "cross-site" || site == "same-site"
}

// makeRoom deletes cookies until there is room for one more attempt of that name and
// size, and returns how long it may be at most.
func (a *Attempts) makeRoom(w http.ResponseWriter, r *http.Request, name string, size int) int {
	kept, useless := a.sent(r, name)
	deletes := 0
	drop := func(name string) {
		if deletes++; deletes <= maxAttemptDeletes {
			a.jar.Delete(w, name)
		}
	}
	left := maxAttemptBytes
	for _, attempt := range kept {
		left -= attempt.size
	}
	for len(kept) > 0 && (len(kept) >= maxAttempts || left < size) {
		victim := a.victim(kept)
		left += kept[victim].size
		drop(kept[victim].name)
		kept = slices.Delete(kept, victim, victim+1)
	}
	for _, name := range useless {
		drop(name)
	}
	return left
}

// victim is which of kept, the oldest first, makes room.
func (a *Attempts) victim(kept []keptAttempt) int {
	oldest, newest := 0, len(kept)-1
	if i := slices.IndexFunc(kept, func(k keptAttempt) bool { return k.elsewhere }); i >= 0 {
		for oldest = i; !kept[newest].elsewhere; {
			newest--
		}
	}
	if a.now().Sub(kept[oldest].startedAt) < attemptYoung {
		return newest
	}
	return oldest
}

// sent returns the attempts that the browser could finish, the oldest first, and the
// names under which there is nothing but what it couldn't; both without name.
func (a *Attempts) sent(r *http.Request, name string) (kept []keptAttempt, useless []string) {
	byName := map[string]bool{name: true} // true where there is one to keep
	for sent, value := range cookie.Of(r) {
		if byName[sent] || !strings.HasPrefix(sent, a.prefix) {
			continue
		}
		attempt, err := a.open(sent, value)
		byName[sent] = err == nil && !a.expired(attempt)
		if byName[sent] {
			kept = append(kept, keptAttempt{sent, len(sent) + len(value), attempt.StartedAt, attempt.Elsewhere})
		} else {
			useless = append(useless, sent)
		}
	}
	useless = slices.DeleteFunc(useless, func(name string) bool { return byName[name] })
	slices.Sort(useless)
	slices.SortStableFunc(kept, func(x, y keptAttempt) int { return x.startedAt.Compare(y.startedAt) })
	return kept, slices.Compact(useless)
}
