package handlers

import (
	"slices"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
)

// findings are what the doctor saw last of a running app.
type findings struct {
	last    atomic.Pointer[examined]
	renewed chan config.Config // settings with secrets that were taken up
}

// examined is one examination: what is not as it should be, or can't be told.
type examined struct {
	at   time.Time
	list []doctor.Finding
}

func newFindings() findings { return findings{renewed: make(chan config.Config, 1)} }

// lookAnew has the doctor look at once, with the secrets of cfg.
func (f *findings) lookAnew(cfg config.Config) {
	select {
	case <-f.renewed: // nobody has taken it yet
	default:
	}
	f.renewed <- cfg
}

// public is what anybody may know: the names of the checks that fail. The rest
// tells of weaknesses, and is for whoever reaches METRICS_LISTEN or this machine.
func (f *findings) public() gin.H {
	found := f.last.Load()
	if found == nil {
		return nil
	}
	names := []string{}
	for _, each := range found.list {
		if each.Mark == doctor.Fail && !slices.Contains(names, each.Check) {
			names = append(names, each.Check)
		}
	}
	return gin.H{"at": found.at, "failed": names}
}

// inner is all findings, with what was seen and what to do.
func (f *findings) inner() gin.H {
	found := f.last.Load()
	if found == nil {
		return nil
	}
	return gin.H{"at": found.at, "checks": found.list}
}
