// Package nanos keeps times as nanoseconds since 1970, and 0 for the zero time.
package nanos

import "time"

// Of returns t in nanoseconds.
func Of(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixNano()
}

// Time is the reverse of Of, in UTC.
func Time(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}
