package language

import (
	"strconv"
	"time"
)

// Date is the day of t in UTC, such as "2 January 2006".
func (w *Words) Date(t time.Time) string {
	year, month, day := t.UTC().Date()
	return w.Text("date.day", "Day", phrase(strconv.Itoa(day)), "Month", phrase(w.months[month-1]), "Year", phrase(strconv.Itoa(year)))
}

// Moment is t in UTC to the second, such as "2 January 2006, 15:04:05 UTC".
func (w *Words) Moment(t time.Time) string { return w.moment(t, "15:04:05") }

// Minute is t in UTC to the minute.
func (w *Words) Minute(t time.Time) string { return w.moment(t, "15:04") }

func (w *Words) moment(t time.Time, layout string) string {
	return w.Text("date.moment", "Day", phrase(w.Date(t)), "Time", phrase(t.UTC().Format(layout)))
}

// Span says how long d is, to the nearest minute and in the two largest units that
// matter: "2 hours 5 minutes".
func (w *Words) Span(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	days, hours := minutes/(24*60), minutes/60%24
	switch {
	case minutes < 1:
		return w.Text("span.moment")
	case days > 0:
		return w.both("span.days", days, "span.hours", hours)
	case hours > 0:
		return w.both("span.hours", hours, "span.minutes", minutes%60)
	}
	return w.Text("span.minutes", "Count", minutes)
}

// both joins two units, of which the shorter may be none.
func (w *Words) both(long string, n int, short string, m int) string {
	first := w.Text(long, "Count", n)
	if m == 0 {
		return first
	}
	return w.Text("span.both", "Long", phrase(first), "Short", phrase(w.Text(short, "Count", m)))
}
