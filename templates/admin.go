package templates

import "time"

// AdminSessions is the operator's console.
type AdminSessions struct {
	Base
	Now            time.Time
	Count          int64 // of all active sessions, if Counted
	Counted        bool
	Day            []Hour // 24, the oldest first
	Search, Action string // where to look for a person, and to end sessions
	Query          string // who was looked for; empty before
	Subject        string // the person's id at Okta, where it is known
	Sessions       []AdminSession
	From, Next     string // which page of Sessions this is, and the next: empty for the first, and after the last
	ByName         bool   // the directory may be asked
	People         []AdminPerson
	MorePeople     bool   // than the directory names
	Unavailable    string // why the directory gave no answer, a sentence
	Unlisted       bool   // only the browsers know
	AtOkta         bool   // ending all ends those at Okta too
	Done           string // what was just done: "one", "all", "okta" or nothing
}

// Template names the page's file.
func (AdminSessions) Template() string { return "admin-sessions.html" }

// AdminSession is one session of somebody.
type AdminSession struct {
	ID, Subject, Email, Browser string
	Address                     string // may be empty
	SignedInAt, SeenAt, Ends    time.Time
}

// AdminPerson is somebody in the directory. All but ID may be empty.
type AdminPerson struct{ ID, Name, Email, Status string }

// Hour is how many sign-ins and refusals there were in an hour.
type Hour struct {
	Began             time.Time
	SignIns, Refusals int
}

// ByDirectory reports whether Query is to be looked for in the directory: it is nobody
// who has sessions here.
func (a AdminSessions) ByDirectory() bool {
	return a.Query != "" && a.ByName && a.Subject == "" && a.From == "" && a.Next == ""
}

// SignIns are those of the day.
func (a AdminSessions) SignIns() (n int) {
	for _, hour := range a.Day {
		n += hour.SignIns
	}
	return n
}

// Refusals are those of the day.
func (a AdminSessions) Refusals() (n int) {
	for _, hour := range a.Day {
		n += hour.Refusals
	}
	return n
}

// Bar is a rectangle of the picture of the day.
type Bar struct {
	Class        string
	X, Y, Height int
}

// tall is how high the picture is.
const tall = 60

// Bars draw the day: sign-ins from the ground up, refusals on top of them.
func (a AdminSessions) Bars() []Bar {
	most := 1
	for _, hour := range a.Day {
		most = max(most, hour.SignIns+hour.Refusals)
	}
	var bars []Bar
	for i, hour := range a.Day {
		in, refused := hour.SignIns*tall/most, hour.Refusals*tall/most
		bars = append(bars, Bar{"in", 10*i + 1, tall - in, in}, Bar{"refused", 10*i + 1, tall - in - refused, refused})
	}
	return bars
}
