package doctor

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Mark is how a check ended.
type Mark string

// The marks that there are.
const (
	OK      Mark = "ok"
	Warn    Mark = "warn"    // works, and deserves a look
	Fail    Mark = "fail"    // people cannot sign in, or something that was asked for does not work
	Unknown Mark = "unknown" // cannot be told from here; Next says how to find out
	Skipped Mark = "skip"    // is not used, or another check must pass first
)

// Finding is what one check has seen. None of it holds a secret.
type Finding struct {
	Check string `json:"check"` // a name that stays
	Mark  Mark   `json:"mark"`
	Seen  string `json:"seen"`
	Next  string `json:"next,omitempty"`  // what to do
	Where string `json:"where,omitempty"` // the place in Okta's Admin Console
}

// Report is all that was found.
type Report struct {
	Checks []Finding `json:"checks"`
}

// Failed reports whether a check failed.
func (r Report) Failed() bool {
	for _, finding := range r.Checks {
		if finding.Mark == Fail {
			return true
		}
	}
	return false
}

// WriteJSON writes the report as one JSON object, with "ok" beside "checks".
func (r Report) WriteJSON(w io.Writer) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(struct {
		OK bool `json:"ok"`
		Report
	}{!r.Failed(), r})
}

// signs are what marks look like to people.
var signs = map[Mark]string{OK: "✓", Warn: "!", Fail: "✗", Unknown: "?", Skipped: "–"}

// WriteText writes the report for people.
func (r Report) WriteText(w io.Writer) error {
	var text strings.Builder
	counts := map[Mark]int{}
	for _, finding := range r.Checks {
		counts[finding.Mark]++
		fmt.Fprintf(&text, "%s %-21s %s\n", signs[finding.Mark], finding.Check, finding.Seen)
		if finding.Next != "" {
			fmt.Fprintf(&text, "    → %s\n", finding.Next)
		}
		if finding.Where != "" {
			fmt.Fprintf(&text, "    Okta Admin Console: %s\n", finding.Where)
		}
	}
	fmt.Fprintf(&text, "\n%d ok, %d failed, %d to look at, %d not to be told from here, %d skipped. Nothing was changed.\n",
		counts[OK], counts[Fail], counts[Warn], counts[Unknown], counts[Skipped])
	_, err := io.WriteString(w, text.String())
	return err
}
