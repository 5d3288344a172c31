// Package pages holds the pages of sign-in: a struct each, and a default look that
// needs nothing of its host.
package pages

import (
	"html/template"
	"net/http"

	"example.com/okta-gin/language"
)

// Page is one of this package's pages: Error, ConfirmSignOut, SignedOut, Sessions,
// Arrived, Onward, KeptForm, GivenBack, Resubmit, PopupDone or Widget.
type Page interface {
	file() string
	words() *language.Words
}

// Frame is what each page knows of where it stands.
type Frame struct {
	Person *Person // who is signed in; nil for nobody
	Home   string  // URL of the front page
	SignIn string  // URL that starts a sign-in

	Script SessionScript // says on the page when its session is about to end

	Words  *language.Words // in the person's language; nil is English in the default look
	Switch Switch          // to another language
}

func (f Frame) words() *language.Words { return f.Words }

// Switch is what a menu of languages posts to Action: language, the tag of one of
// Words.All, and return_to, which is ReturnTo.
type Switch struct{ Action, ReturnTo string }

// SessionScript is what a page has as <script type="module" src="{{.Src}}"
// data-session="{{.Data}}">, once: it tells the person that the session is about to end,
// has it go on, and hides the page when the session is over. The zero one is none.
type SessionScript struct{ Src, Data string }

// Person is the one who is signed in.
type Person struct{ Name, Email string }

// Way is a link with its words. The zero Way is none: templates ask {{if .TryAgain.URL}}.
type Way struct{ URL, Label string }

// Sessions shows a person where they are signed in.
type Sessions struct {
	Frame
	Action        string // where to post id, or others=1, to end sessions
	SignOut       string // where to post, to sign out here
	Devices       []Device
	More          bool // sessions than Devices
	OthersUnknown bool // Devices is this browser alone, for only the browsers know
	Ended         bool // something has just been ended
}

func (Sessions) file() string { return "sessions.html" }

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

// Error explains what went wrong, and the way on, in the person's language.
type Error struct {
	Frame
	Status    int
	Heading   string // empty: the standard text of Status
	Message   string
	Reason    string // one word that stays the same
	Quote     string // Okta's own words; may be empty
	Needs     []string
	TryAgain  Way
	Otherwise Way
	RequestID string
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
	if e.Words == nil {
		return "Something went wrong"
	}
	return e.Words.Text("error.unnamed")
}

// ConfirmSignOut asks before signing out; a GET must not do it.
type ConfirmSignOut struct {
	Frame
	Action   string // where to post the form
	ReturnTo string // to be posted as return_to where it is not empty
}

func (ConfirmSignOut) file() string { return "confirm-sign-out.html" }

// SignedOut says what has ended, and what has not.
type SignedOut struct {
	Frame
	Ended      bool // by this browser, just now; else the page was merely visited
	Everywhere bool // on all of the person's devices
	AtOkta     bool // all of the person's sessions at Okta have ended too
	HereOnly   bool // Okta's own session may still be open
	Unsure     bool // the cookies are gone, but it could not be kept that the session is over
}

func (SignedOut) file() string { return "signed-out.html" }

// Arrived says that the sign-in is done but that the page that was asked for could
// not be kept in mind.
type Arrived struct {
	Frame
	Continue string
}

func (Arrived) file() string { return "arrived.html" }

// Onward leads on to Okta, to sign in or to end its session too: by itself, and with
// one click where the browser holds still.
type Onward struct {
	Frame
	SigningIn bool
	Kept      bool   // what was posted waits for the person to sign in
	URL       string // to go to; empty where the form is to be posted

	Action string // where to post Fields: what is too long for a URL
	Fields []Field
}

func (Onward) file() string { return "onward.html" }

// KeptForm shows a person, who has signed in again, what they sent before, and sends it with
// one click. Its form posts Marker, then those of Fields that have a value, to Action. Where the
// app answers forms with redirects to other sites, a form-action in the policy of the page must
// allow those.
type KeptForm struct {
	Frame
	Action  string // where it goes: path and query
	Marker  Field  // names what was kept, which goes in place of all that the form posts
	Site    string // the origin of Action
	From    string // the origin of the page that it was filled in on; empty where that is not known
	Back    string // URL of that page, where it is this site's
	Minutes int    // for how much longer it is kept
	Fields  []FormField
	Files   []FormFile
	Text    string // all of it, where it has no fields
}

func (KeptForm) file() string { return "kept-form.html" }

// Elsewhere reports whether the form was filled in on another site.
func (k KeptForm) Elsewhere() bool { return k.From != "" && k.From != k.Site }

// Empty reports whether there is nothing to show.
func (k KeptForm) Empty() bool { return len(k.Fields)+len(k.Files) == 0 && k.Text == "" }

// GivenBack gives a person what they sent and what could not be kept until they have signed
// in again, to be copied. SignIn leads on.
type GivenBack struct {
	Frame
	Why    string // a sentence
	Fields []FormField
	Files  []FormFile
	Text   string // all of it, where it has no fields
	Cut    bool   // this is not all of it
}

func (GivenBack) file() string { return "given-back.html" }

// FormField is what a form says under one name.
type FormField struct {
	Name, Value string
	Long        bool // Value needs more than a line
	Secret      bool // such as a password: there is no Value
	Token       bool // no person has filled it in, and none should read it
}

// FormFile is a file that came with a form.
type FormFile struct{ Name, File, Size string }

// Resubmit posts a form once more, from our own origin. Okta's form_post answer
// arrives as a cross-site request, which comes without our SameSite cookies; the
// second post has them.
type Resubmit struct {
	Frame
	Action string
	Fields []Field
}

func (Resubmit) file() string { return "resubmit.html" }

// Field is one form field, sent on unchanged.
type Field struct{ Name, Value string }

// PopupDone ends a sign-in that ran in a pop-up window: it tells the window that
// opened it, and closes.
type PopupDone struct {
	Frame
	Origin  string // the only origin that is told
	Result  string // "success" or "error"
	Reason  string // why not, one word for the window that is told; may be empty
	Message string // why not, in a few words for the person; may be empty
}

func (PopupDone) file() string { return "popup-done.html" }

// Widget signs people in with the Okta Sign-In Widget. A page shows Head in its head and
// Body in its body, and gives Nonce to scripts and styles of its own: Policy, which its
// answer has as Content-Security-Policy, allows no other.
type Widget struct {
	Frame
	Head, Body template.HTML
	Nonce      string
	Policy     string
	Popup      bool // its opener waits
}

func (Widget) file() string { return "widget.html" }
