package directory

import (
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

const (
	// recordFresh is how long a person's record is shown without asking again.
	recordFresh = 5 * time.Minute
	// failureFresh is for how long nobody asks again after a failure.
	failureFresh = 10 * time.Second
	// recordCount bounds how many records are kept, at about 4 KB each.
	recordCount = 5_000
)

// records remembers how look-ups went.
type records struct {
	now       func() time.Time
	entries   *lru.Cache[string, kept]
	forgotten atomic.Int64 // how many had to go before their time
}

// kept is how a look-up went: the record, or the error.
type kept struct {
	record Record
	err    error
	until  time.Time
}

func newRecords(now func() time.Time) (*records, error) {
	r := &records{now: now}
	var err error
	r.entries, err = lru.NewWithEvict(recordCount, func(_ string, gone kept) {
		if r.now().Before(gone.until) {
			r.forgotten.Add(1)
		}
	})
	return r, err
}

func (r *records) get(userID string) (kept, bool) {
	entry, ok := r.entries.Get(userID)
	return entry, ok && r.now().Before(entry.until)
}

func (r *records) add(userID string, record Record, err error) {
	fresh := recordFresh
	if err != nil {
		fresh = failureFresh
	}
	r.entries.Add(userID, kept{record, err, r.now().Add(fresh)})
}
