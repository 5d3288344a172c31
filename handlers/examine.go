package handlers

import (
	"context"
	"slices"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
)

// What failed is looked at again after a minute, and ever more seldom, up to an hour.
const (
	examineAgain  = time.Minute
	examineSeldom = time.Hour
)

// followFindings has the doctor look at the running app until ctx is done: at once, when secrets
// were taken up, and again after wait and ever longer times while something fails. The
// log has a line for each finding that is new.
func (a *App) followFindings(ctx context.Context, wait time.Duration) {
	if a.cfg.DoctorAtStart == "off" {
		return
	}
	cfg := a.cfg
	for next := wait; ; next = min(2*next, examineSeldom) {
		var again <-chan time.Time
		if a.examine(ctx, cfg) {
			again = time.After(next)
		}
		select {
		case <-ctx.Done():
			return
		case cfg = <-a.findings.renewed:
			next = wait
		case <-again:
		}
	}
}

// examine reports whether something fails. Okta is asked by the doctor where people can't
// sign in, or where DOCTOR_AT_START is full; else no more than the app itself asks.
func (a *App) examine(ctx context.Context, cfg config.Config) (failed bool) {
	o := doctor.Options{Now: a.now, Reach: doctor.Here}
	switch {
	case cfg.DoctorAtStart == "full":
		o.Reach = doctor.Everywhere
	case a.Warm(ctx) != nil:
		o.Reach = doctor.TheWay
	}
	report := doctor.Examine(ctx, cfg, o)
	if ahead, known := a.okta.Watch().ClockAhead(); known && o.Reach == doctor.Here {
		report.Checks = append(report.Checks, doctor.Clock(ahead))
	}
	if ctx.Err() != nil {
		return false
	}
	found := examined{at: a.now().UTC().Truncate(time.Second), list: slices.DeleteFunc(report.Checks, func(f doctor.Finding) bool {
		return f.Mark == doctor.OK || f.Mark == doctor.Skipped
	})}
	before := a.findings.last.Swap(&found)
	for _, f := range found.list {
		if f.Mark == doctor.Unknown || f.Check == "settings" || before != nil && slices.Contains(before.list, f) { // Run warns of settings
			continue
		}
		line := []any{"check", f.Check, "mark", f.Mark, "seen", f.Seen, "next", f.Next}
		if f.Where != "" {
			line = append(line, "where", f.Where)
		}
		a.log.Warn("finding", line...)
	}
	if before != nil && !report.Failed() && anyFails(before.list) {
		a.log.Info("nothing fails that the doctor looks at")
	}
	return report.Failed()
}

func anyFails(list []doctor.Finding) bool { return doctor.Report{Checks: list}.Failed() }
