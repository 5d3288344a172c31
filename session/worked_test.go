//go:build !linux

package session_test

import "time"

// worked is how long work takes: only Linux tells what of that was others' work.
func worked(work func()) time.Duration {
	began := time.Now()
	work()
	return time.Since(began)
}
