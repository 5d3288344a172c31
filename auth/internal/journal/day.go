package journal

import (
	"sync"
	"time"
)

// hours are how many LastDay returns.
const hours = 24

// Hour is how many sign-ins and refusals there were in the hour that began at Began.
type Hour struct {
	Began             time.Time
	SignIns, Refusals int
}

// day counts by hours, and forgets what is a day old. It is safe for concurrent use.
type day struct {
	now func() time.Time

	mu    sync.Mutex
	hours [hours]Hour // by the hour of the day
}

func (d *day) count(event string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := d.now().UTC().Truncate(time.Hour)
	hour := &d.hours[began.Hour()]
	if !hour.Began.Equal(began) {
		*hour = Hour{Began: began}
	}
	switch event {
	case SignedIn:
		hour.SignIns++
	case Refused:
		hour.Refusals++
	}
}

// last returns the last 24 hours, the oldest first.
func (d *day) last() []Hour {
	d.mu.Lock()
	defer d.mu.Unlock()
	began := d.now().UTC().Truncate(time.Hour).Add(-(hours - 1) * time.Hour)
	var last []Hour
	for range hours {
		hour := d.hours[began.Hour()]
		if !hour.Began.Equal(began) {
			hour = Hour{Began: began}
		}
		last, began = append(last, hour), began.Add(time.Hour)
	}
	return last
}
