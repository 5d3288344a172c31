package main

import (
	"io"
	"time"
)

// bench is a run of all measurements.
type bench struct {
	program, peer, generator string

	dir     string // of logs and settings, for this run
	pairs   int
	lasting time.Duration // of each load
	people  int           // who come by while memory is watched
	out     io.Writer

	othersIn string // the folder of what others would take
}
