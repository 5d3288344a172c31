package templates

import (
	"html/template"
	"net/http"
	"time"

	"example.com/okta-gin/language"
)

// Page is a page's struct, filled in. Template names its file.
type Page interface {
	Template() string
	words() *language.Words
}

// Base is what the frame around a page shows.
type Base struct {
	Site
	Person *Person // nil when nobody is signed in
	Path   string  // of this request, to mark the page in the navigation
	Nonce  string  // of scripts, where the Content-Security-Policy asks for one
	Script Script  // says when the session is about to end; none where its Src is empty

	Words  *language.Words // in the person's language; nil is English
	Switch Switch          // to another language; none where its Action is empty
}

func (b Base) words() *language.Words { return b.Words }

// Switch is what the menu of languages posts to Action to come back to ReturnTo.
type Switch struct{ Action, ReturnTo string }

// Script is a script by its URL and its attribute data-session.
type Script struct{ Src, Data string }

// Site is what is the same on every page.
type Site struct {
	Brand   string
	Nav     []NavItem
	Version string // of the app, may be empty
}

// App is the app's name and version.
func (s Site) App() string {
	if s.Version == "" {
		return s.Brand
	}
	return s.Brand + " " + s.Version
}

// NavItem is an entry of the navigation, for people who are signed in.
type NavItem struct{ ID, Path, Text string } // Text is the id of its words

// Plain is a page that knows nothing but its frame.
type Plain struct {
	Base
	File string
}

// Template names the page's file.
func (p Plain) Template() string { return p.File }

// Person is the one who is signed in.
type Person struct {
	Name, Email string
	Initials    string // one or two letters for the round badge beside the name
}

// Home is the public front page, GET /.
type Home struct {
	Base
	Notice   string // a sentence above everything else, may be empty
	OtherWay Way    // another way to sign in; none where its URL is empty
}

// Template names the page's file.
func (Home) Template() string { return "home.html" }

// Profile shows who is signed in and every verified claim.
type Profile struct {
	Base
	Claims               template.HTML // from Pages.Claims
	Session              SessionTimes
	Directory            *Directory // nil when directory look-ups are off
	CanSignOutEverywhere bool
	UserID               string // the sub claim
	SessionsURL          string // of the page that Sessions is
}

// Template names the page's file.
func (Profile) Template() string { return "profile.html" }

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
	Name      string // to greet
	TimeOfDay string // morning, afternoon, evening or night
}

// Template names the page's file.
func (Greet) Template() string { return "greet.html" }

// Text is the id of the greeting.
func (g Greet) Text() string {
	switch g.TimeOfDay {
	case "afternoon", "evening", "night":
		return "greet." + g.TimeOfDay
	default:
		return "greet.morning"
	}
}

// SignIn shows Okta's Sign-In Widget, by the parts that package auth makes.
type SignIn struct {
	Base
	Head, Body template.HTML
}

// Template names the page's file.
func (SignIn) Template() string { return "sign-in.html" }

// SignedOut says what has ended, and what has not.
type SignedOut struct {
	Base
	Ended      bool // by this browser, just now; else the page was merely visited
	Everywhere bool // on all of the person's devices
	AtOkta     bool // all of the person's sessions at Okta have ended too
	HereOnly   bool // Okta's own session may still be open
	Unsure     bool // the cookies are gone, but it could not be kept that the session is over
}

// Template names the page's file.
func (SignedOut) Template() string { return "signed-out.html" }

// Sessions shows a person where they are signed in.
type Sessions struct {
	Base
	Action        string // where to post id, or others=1, to end sessions
	Devices       []Device
	More          bool // there are more than Devices
	OthersUnknown bool // Devices is this browser alone, for only the browsers know
	Ended         bool // something has just been ended
}

// Template names the page's file.
func (Sessions) Template() string { return "sessions.html" }

// Others reports whether there may be other sessions to end.
func (s Sessions) Others() bool { return s.OthersUnknown || s.More || len(s.Devices) > 1 }

// Device is one session of a person, in words.
type Device struct {
	ID      string // to be posted as id, to end it
	This    bool   // the one that asks
	Browser string // "Firefox on Windows"; may be empty
	Since   string // when the person signed in there
	Seen    string // roughly when it was there last: part of the text devices.about
	Address string // from where the person signed in; empty where that is not kept
}

// KeptForm shows a person, who has signed in again, what they sent before, and sends it with
// one click.
type KeptForm struct {
	Base
	Sent
	Action                  string // where it goes: path and query
	MarkerName, MarkerValue string // the first field to post
	SiteOrigin              string // of Action
	From                    string // the origin of another site on which it was filled in; else empty
	Back                    string // URL of the page that it was filled in on; may be empty
	Minutes                 int    // for how much longer it is kept
}

// Template names the page's file.
func (KeptForm) Template() string { return "kept-form.html" }

// GivenBack gives a person what they sent and what could not be kept, to be copied.
type GivenBack struct {
	Base
	Sent
	Why    string // a sentence
	Cut    bool   // this is not all of it
	SignIn string // URL that leads on
}

// Template names the page's file.
func (GivenBack) Template() string { return "given-back.html" }

// Sent is what a form said.
type Sent struct {
	Fields []SentField
	Files  []SentFile
	Text   string // all of it, where it has no fields
}

// Empty reports whether there is nothing to show.
func (s Sent) Empty() bool { return len(s.Fields)+len(s.Files) == 0 && s.Text == "" }

// SentField is what a form said under one name.
type SentField struct {
	Name, Value string
	Long        bool // Value needs more than a line
	Secret      bool // such as a password: there is no Value
	Token       bool // no person has filled it in, and none should read it
}

// SentFile is a file that came with a form.
type SentFile struct{ Name, File, Size string }

// ConfirmSignOut asks before signing out; a GET must not do it.
type ConfirmSignOut struct {
	Base
	ReturnTo string // where to land afterwards; may be empty
}

// Template names the page's file.
func (ConfirmSignOut) Template() string { return "confirm-sign-out.html" }

// Error explains what went wrong, and the way on.
type Error struct {
	Base
	Status     int
	Heading    string // empty: the standard text of Status
	Message    string
	OktaSays   string // Okta's own words, shown as a quotation; may be empty
	RequestID  string
	TryAgain   Way
	Otherwise  Way
	NeedGroups []string
}

// Template names the page's file.
func (Error) Template() string { return "error.html" }

// Way is a link with its words. The zero Way is none.
type Way struct{ URL, Label string }

// Title is the heading of the page.
func (e Error) Title() string {
	if e.Heading != "" {
		return e.Heading
	}
	if text := http.StatusText(e.Status); text != "" {
		return text
	}
	if e.Words == nil {
		return "Something went wrong"
	}
	return e.Words.Text("error.unnamed")
}
