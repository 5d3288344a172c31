// Package display is how sign-in answers: with its pages, in the app's look or the
// default one, and with problems.
package display

import (
	"cmp"
	"errors"
	"log/slog"
	"math"
	"net/http"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth/internal/caller"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/timeleft"
	"example.com/okta-gin/auth/internal/tongue"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/language"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/web"
)

// ErrDefaultLook says that a Look leaves a page to the default one.
var ErrDefaultLook = errors.New("auth: this page is shown in the default look")

// Look shows pages in the app's own layout. It returns ErrDefaultLook, having written
// nothing, for those that it leaves to the default look.
type Look interface {
	Show(c *gin.Context, status int, page pages.Page) error
}

// NoLook leaves every page to the default look.
type NoLook struct{}

// Show returns ErrDefaultLook.
func (NoLook) Show(*gin.Context, int, pages.Page) error { return ErrDefaultLook }

// Options are what a Display goes by.
type Options struct {
	Links   links.Links
	Journal journal.Journal
	Look    Look
	Known   func(*gin.Context) *caller.Caller // who has been found already; nil for nobody
	Tongue  *tongue.Tongue
	Time    *timeleft.Teller
	Log     *slog.Logger
}

// Display is how sign-in answers: its pages, and problems. It is safe for concurrent use.
type Display struct {
	Options
	Answers *web.Answers
	Headers web.Headers // what pages in the default look carry
	plain   *pages.Look // the default look
}

// New returns a Display.
func New(o Options) (*Display, error) {
	plain, err := pages.New(o.Links.Site.URL(o.Links.AssetsPath()), o.Tongue.Texts)
	if err != nil {
		return nil, err
	}
	d := &Display{Options: o, Headers: web.StrictHeaders(false), plain: plain}
	d.Answers = web.NewAnswers(o.Links.Site, o.Log, Explain, d.problem)
	d.Answers.AllowLongQuery(o.Links.Paths.Callback) // Okta's words
	return d, nil
}

// Asset is what pages in the default look are made of.
func (d *Display) Asset(file string) (pages.Asset, bool) { return d.plain.Asset(file) }

// Page answers with page. Every page of sign-in may hold personal data, so none is
// stored.
func (d *Display) Page(c *gin.Context, status int, page pages.Page) error {
	c.Header("Cache-Control", "no-store")
	before := len(c.Errors)
	if shown, ok := page.(pages.Widget); ok { // a Look may allow its own page more
		c.Header("Content-Security-Policy", shown.Policy)
	}
	if shown, ok := page.(pages.SignedOut); ok { // other tabs are to look again
		shown.Script = d.SessionScript(c)
		page = shown
	}
	err := d.inLook(c, status, page)
	if err == nil && len(c.Errors) > before && !c.Writer.Written() {
		err = c.Errors.Last() // of c.HTML, which returns none
	}
	if err == nil || c.Writer.Written() {
		return err
	}
	if !errors.Is(err, ErrDefaultLook) {
		d.Journal.Warn(c.Request.Context(), "the app's look failed; the default look answers", err)
	}
	body, err := d.plain.Render(page)
	if err != nil {
		return err
	}
	d.ownHeaders(c, page)
	c.Writer.Header().Del("Content-Type") // that of a look which failed
	c.Data(status, "text/html; charset=utf-8", body)
	return nil
}

// inLook has the app's look show page. A look that panics has failed like any other: else
// nobody would see what is wrong, and the page for panics would be its next.
func (d *Display) inLook(c *gin.Context, status int, page pages.Page) (err error) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if r == http.ErrAbortHandler {
			panic(r) // net/http's own way to drop a connection
		}
		d.Log.ErrorContext(c.Request.Context(), "panic in the app's look", "request_id", web.RequestID(c), "panic", r, "stack", string(debug.Stack()))
		err = errors.New("panic")
	}()
	return d.Look.Show(c, status, page)
}

// ownHeaders gives a page in the default look the headers that it needs, whatever
// the host's are. An opener is kept where one waits for its pop-up.
func (d *Display) ownHeaders(c *gin.Context, page pages.Page) {
	h := d.Headers
	switch page := page.(type) {
	case pages.Widget:
		h.ContentSecurityPolicy = page.Policy
	case pages.KeptForm: // the app may redirect to wherever it likes
		h.ContentSecurityPolicy = formAnywhere
	case pages.Onward:
		if page.URL == "" { // the form leads through Okta to wherever that hands on to
			h.ContentSecurityPolicy = formAnywhere
		}
	}
	if c.GetBool(hasOpener{}) {
		h.OpenerPolicy = ""
	}
	h.Middleware()(c)
}

// hasOpener is the key in a context whose window is a pop-up, perhaps.
type hasOpener struct{}

// KeepOpener leaves a pop-up its connection with the window that waits for it.
func KeepOpener(c *gin.Context) {
	c.Set(hasOpener{}, true)
	c.Writer.Header().Del("Cross-Origin-Opener-Policy")
}

// keptForm is the key in a context whose form waits until its person has signed in.
type keptForm struct{}

// NoteKept has Leave say that the form of c's request is kept.
func NoteKept(c *gin.Context) { c.Set(keptForm{}, true) }

// Leave sends a browser on its way to Okta, with the status redirect. A form that was
// posted is answered with a page that goes on by itself, with the status page:
// browsers apply the form-action of the page that the form was on to every redirect
// behind it, and Okta may hand on to hosts that nobody here knows.
func (d *Display) Leave(c *gin.Context, target string, redirect, page int) error {
	if c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		if page == http.StatusUnauthorized {
			c.Writer.Header().Add("WWW-Authenticate", links.CookieChallenge)
		}
		return d.Page(c, page, pages.Onward{Frame: d.Frame(c), SigningIn: true, Kept: c.GetBool(keptForm{}), URL: target})
	}
	c.Header("Cache-Control", "no-store")
	web.Redirect(c, redirect, target)
	return nil
}

// formAnywhere is the policy of a page whose one form is redirected from host to
// host: browsers apply form-action to each.
const formAnywhere = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; base-uri 'none'"

// Nobody is the frame of a page on which nobody is signed in.
func (d *Display) Nobody(c *gin.Context) pages.Frame {
	return pages.Frame{Home: d.Links.Home(), SignIn: d.Links.Login("", ""), Words: d.Words(c), Switch: d.Tongue.Switch(c.Request)}
}

// Words are in the language of whoever sent c's request. Their claims count where they
// have been found already.
func (d *Display) Words(c *gin.Context) *language.Words {
	return cmp.Or(d.Preferred(c), d.Tongue.Texts.English())
}

// Preferred is Words, and nil for somebody who prefers languages that there are not.
func (d *Display) Preferred(c *gin.Context) *language.Words {
	locale := ""
	if caller := d.Known(c); caller != nil {
		locale = caller.Text("locale")
	}
	return d.Tongue.Of(c.Request, locale)
}

// Frame is what each page knows of where it stands.
func (d *Display) Frame(c *gin.Context) pages.Frame {
	f := d.Nobody(c)
	if caller := d.Known(c); caller != nil && caller.SignedIn() {
		f.Script = d.SessionScript(c)
		f.Person = &pages.Person{Name: caller.Name(), Email: caller.Email()}
	}
	return f
}

// SessionScript is what the answer to c's request may have on its page. It is for whoever
// has been found already to have sent the request.
func (d *Display) SessionScript(c *gin.Context) pages.SessionScript {
	data, err := d.Time.Data(c, d.Words(c))
	if err != nil {
		d.Journal.Warn(c.Request.Context(), "a page goes without the script of its session", err)
		return pages.SessionScript{}
	}
	return pages.SessionScript{Src: d.plain.SessionScript(), Data: data}
}

// problem shows a problem to a person. It does not ask who they are: the session
// may be what failed.
func (d *Display) problem(c *gin.Context, p *web.Problem) error {
	frame := d.Frame(c)
	words := frame.Words
	return d.Page(c, p.Status, pages.Error{
		Frame: frame, Status: p.Status, Heading: words.Problem(p.Heading, p.Args), Message: words.Problem(p.Detail, p.Args),
		Reason: p.Reason, Quote: p.Quote, Needs: p.Needs, RequestID: web.RequestID(c),
		TryAgain:  pages.Way{URL: p.TryAgain.URL, Label: words.Problem(p.TryAgain.Label, nil)},
		Otherwise: pages.Way{URL: p.Otherwise.URL, Label: words.Problem(p.Otherwise.Label, nil)},
	})
}

// Explain finds the problem in the errors of the packages below.
func Explain(err error) *web.Problem {
	var resting *okta.Resting
	switch {
	case errors.Is(err, session.ErrNone):
		return &web.Problem{
			Status: http.StatusUnauthorized, Heading: "Not signed in", Detail: "Sign in and try again.",
			Cause: err, Reason: "not_signed_in", Challenge: links.CookieChallenge,
		}
	case errors.Is(err, session.ErrUnavailable):
		return &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "We can't check your session right now",
			Detail: "The place where sessions are kept does not answer. You have not been signed out. Please try again in a moment.",
			Cause:  err, Reason: "session_store_unavailable", RetryAfter: 5 * time.Second,
		}
	case errors.As(err, &resting):
		seconds := strconv.Itoa(int(math.Ceil(resting.Wait.Seconds())))
		return &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "Okta can't be reached",
			Detail: "Sign-in happens at Okta, and Okta takes no requests at the moment. Please try again in {{.Seconds}} s.",
			Args:   map[string]string{"Seconds": seconds},
			Cause:  err, Reason: "okta_unreachable", RetryAfter: resting.Wait,
		}
	case errors.Is(err, okta.ErrUnreachable):
		return &web.Problem{
			Status: http.StatusServiceUnavailable, Heading: "Okta can't be reached",
			Detail: "Sign-in happens at Okta, and Okta does not answer at the moment. Please try again in a minute.",
			Cause:  err, Reason: "okta_unreachable", RetryAfter: 5 * time.Second,
		}
	case errors.Is(err, okta.ErrBadToken):
		p := untrusted(err)
		p.Status, p.Challenge = http.StatusUnauthorized, links.CookieChallenge
		return p
	case errors.Is(err, okta.ErrPlain):
		p := untrusted(err)
		p.Reason = "token_not_bound"
		return p
	case errors.Is(err, okta.ErrUntrusted) || errors.As(err, new(*okta.StatusError)):
		return untrusted(err)
	default:
		return nil
	}
}

func untrusted(cause error) *web.Problem {
	return &web.Problem{
		Status: http.StatusBadGateway, Heading: "Okta's answer could not be verified",
		Detail: "Okta, or something in its place, answered in a way that this app must not believe. Nobody has been signed in. " +
			"If it happens again, tell the people who run this app.",
		Cause: cause, Reason: "untrusted",
	}
}
