package templates

import (
	"html/template"
	"strconv"
	"strings"
	"time"
)

// readableTime is how a time reads before JavaScript turns it into the reader's own time zone.
const readableTime = "2 January 2006, 15:04:05 UTC"

// iso is a time for machines, RFC 3339 in UTC.
func iso(t time.Time) string {
	return t.UTC().Format(time.RFC3339)
}

// moment is a time as an HTML element; the zero time reads "not recorded".
func moment(t time.Time) template.HTML {
	if t.IsZero() {
		return `<span class="quiet">not recorded</span>`
	}
	// Both formats are made of digits, letters, spaces and ":,-" only.
	return template.HTML(`<time datetime="` + iso(t) + `">` + t.UTC().Format(readableTime) + `</time>`)
}

// span says how long it is from one time to another, to the nearest minute and in the two largest units that matter:
// "2 hours 5 minutes".
func span(from, to time.Time) string {
	minutes := int(to.Sub(from).Round(time.Minute) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case minutes < 1:
		return "less than a minute"
	case days > 0:
		return count(days, "day") + andCount(hours, "hour")
	case hours > 0:
		return count(hours, "hour") + andCount(minutes%60, "minute")
	}
	return count(minutes, "minute")
}

func count(n int, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return strconv.Itoa(n) + " " + unit + "s"
}

func andCount(n int, unit string) string {
	if n == 0 {
		return ""
	}
	return " " + count(n, unit)
}

// seconds is the whole number of seconds from one time to another, never below zero.
func seconds(from, to time.Time) int {
	return max(0, int(to.Sub(from)/time.Second))
}

// words makes a constant such as PASSWORD_EXPIRED readable.
func words(constant string) string {
	return strings.ToLower(strings.ReplaceAll(constant, "_", " "))
}
