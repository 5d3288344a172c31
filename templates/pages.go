package templates

import (
	"net/http"
	"time"
)

// allPages lists every page there is, empty.
func allPages() []Page {
	return []Page{
		Home{}, Profile{}, Greet{}, SignedOut{}, ConfirmSignOut{}, Error{}, Resubmit{}, PopupDone{},
	}
}

// Base is what the frame around a page shows.
type Base struct {
	Person  *Person // nil when nobody is signed in
	Path    string  // of this request, to mark the page in the navigation
	Version string  // of the app, may be empty
}

// Person is the one who is signed in.
type Person struct {
	Name, Email string
	Initials    string // one or two letters for the round badge beside the name
}

// Home is the public front page, GET /.
type Home struct {
	Base
	Notice string // a sentence above everything else, may be empty
}

func (Home) file() string { return "home.html" }

// Profile shows who is signed in and every verified claim.
type Profile struct {
	Base
	Claims               []Claim // from DescribeClaims
	RawJSON              string  // the same claims, indented
	Session              SessionTimes
	Directory            *Directory // nil when directory look-ups are off
	CanSignOutEverywhere bool
	UserID               string // the sub claim
}

func (Profile) file() string { return "profile.html" }

// SessionTimes says since when a session lasts and how long it may go on.
type SessionTimes struct {
	Now         time.Time
	SignedInAt  time.Time
	IdleEnds    time.Time     // if nothing more is asked of the app
	Ends        time.Time     // at the latest
	IdleTimeout time.Duration // the full length of the idle bar; 0 means the time from Now to IdleEnds
}

// IdleStart is when the idle time-out that ends at IdleEnds began.
func (s SessionTimes) IdleStart() time.Time {
	if s.IdleTimeout == 0 {
		return s.Now
	}
	return s.IdleEnds.Add(-s.IdleTimeout)
}

// Directory is the person's own record at Okta. Zero times are shown as not recorded.
type Directory struct {
	Unavailable                         string // why there is no record to show; the other fields are then ignored
	Status                              string // as Okta words it: ACTIVE, PASSWORD_EXPIRED…
	Created, LastLogin, PasswordChanged time.Time
	Groups                              []string
	GroupsTruncated                     bool // there may be more groups than these
}

// Greet is the sample closed page.
type Greet struct {
	Base
	Greeting  string // "Good morning, Ada"
	TimeOfDay string // morning, afternoon, evening or night
}

func (Greet) file() string { return "greet.html" }

// SignedOut is what a person sees after signing out.
type SignedOut struct {
	Base
	Everywhere bool // on all of the person's devices
	Partial    bool // here only: Okta's own session may still be open
}

func (SignedOut) file() string { return "signed-out.html" }

// ConfirmSignOut asks before signing out; a GET must not do it.
type ConfirmSignOut struct{ Base }

func (ConfirmSignOut) file() string { return "confirm-sign-out.html" }

// Error explains what went wrong, and the way on.
type Error struct {
	Base
	Status        int
	Heading       string // empty: the standard text of Status
	Message       string
	OktaSays      string // Okta's own words, shown as a quotation; may be empty
	RequestID     string
	TryAgain      string // path of this origin, or "" when trying again is no use
	TryAgainLabel string // empty: "Try again"
	OtherAccount  string // path that starts a sign-in with another account, or ""
	NeedGroups    []string
}

func (Error) file() string { return "error.html" }

// Title is the heading of the page.
func (e Error) Title() string {
	if e.Heading != "" {
		return e.Heading
	}
	if text := http.StatusText(e.Status); text != "" {
		return text
	}
	return "Something went wrong"
}

// Resubmit posts a form once more, from our own origin. Okta's form_post answer arrives as a cross-site request, which
// comes without our SameSite cookies; the second post has them.
type Resubmit struct {
	Action string // path of this origin
	Fields []Field
}

func (Resubmit) file() string { return "resubmit.html" }

// Field is one form field, sent on unchanged.
type Field struct{ Name, Value string }

// PopupDone ends a sign-in that ran in a pop-up window: it tells the window that opened it, and closes.
type PopupDone struct {
	Origin  string // the only origin that is told; empty: nobody is
	Result  string // "success" or "error"
	Reason  string // why not, one word for the window that is told; may be empty
	Message string // why not, in a few words for the person; may be empty
}

func (PopupDone) file() string { return "popup-done.html" }
