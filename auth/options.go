package auth

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"path"
	"regexp"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"go.opentelemetry.io/otel/trace"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/pages"
	"example.com/okta-gin/config"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/underway"
	"example.com/okta-gin/web"
)

// Options are what an app may have otherwise. All of it may be left out.
type Options struct {
	// Log takes what the operator should know. Nil means slog.Default().
	Log *slog.Logger
	// Now is the clock. Nil means time.Now.
	Now func() time.Time
	// Traces takes OpenTelemetry spans of requests: to sign-in's own routes and those behind
	// CountRequests, to Okta and to Redis. Nil means none.
	Traces trace.TracerProvider

	// Paths are where sign-in's own routes are.
	Paths Paths
	// CookieName replaces COOKIE_NAME. Two Auth values that serve one host need
	// different ones; the default differs with BASE_URL, issuer and client id.
	CookieName string

	// AfterSignIn and AfterSignOut are paths of the app to land on where nobody asked
	// for another: "/", and sign-in's own page that says what has ended.
	AfterSignIn, AfterSignOut string

	// Widget has people sign in with the Okta Sign-In Widget on a page of the app's own, as
	// SIGN_IN=widget does: links, closed pages and Paths.Login lead there. Okta must be set
	// up for it, see docs/widget.md.
	Widget bool

	// AuthorizeParams are sent along with every sign-in at Okta's hosted page, such as idp or ui_locales.
	// Those that the protocol itself uses are refused.
	AuthorizeParams url.Values

	// GroupsClaim is where people's groups or roles are in the claims: the name of a
	// claim, or names that lead into nested ones. Nil means "groups".
	GroupsClaim []string
	// KeepClaim says which claims the session keeps, by name. Nil keeps all. Those that
	// the protocol needs, and GroupsClaim's first, are kept in any case.
	KeepClaim func(name string) bool

	// DropForms has forms be lost that come to a closed page without a session, or with one
	// that is not good enough. Else they are kept until their person has signed in again and
	// sends them once more; see docs/sessions.md.
	DropForms bool

	// Hooks are told of what happens to people's sessions.
	Hooks Hooks

	// Look shows sign-in's pages. Nil means the default look.
	Look Look

	// Texts are folders with files such as pt-BR.toml, whose texts add a language or
	// overrule what sign-in's pages say, see docs/languages.md. The last one counts.
	Texts []fs.FS
}

// Paths are where sign-in's own routes are. The zero value puts them below
// /authorization-code.
type Paths struct {
	// Prefix is in front of all of sign-in's routes. Empty: "/authorization-code".
	Prefix string
	// Callback is where Okta sends people back to: BASE_URL + Callback must be one of
	// the app integration's sign-in redirect URIs. Empty: Prefix + "/callback".
	Callback string
	// Login and Logout are second, short names such as "/login". Empty: none.
	Login, Logout string
}

// Look shows sign-in's pages in the app's own layout.
type Look interface {
	// Show answers with page and status, whole or not at all. It returns
	// ErrDefaultLook, having written nothing, for a page that it leaves to the default
	// look. Another error, or a panic, is logged and answered with the default look too.
	Show(c *gin.Context, status int, page Page) error
}

// ErrDefaultLook says that a Look leaves a page to the default one.
var ErrDefaultLook = display.ErrDefaultLook

// Page is a page of sign-in: one of the types below.
type Page = pages.Page

// FormField and FormFile are parts of a form that pages show.
type (
	FormField = pages.FormField
	FormFile  = pages.FormFile
)

// The pages that a Look is given.
type (
	ErrorPage          = pages.Error
	ConfirmSignOutPage = pages.ConfirmSignOut
	SignedOutPage      = pages.SignedOut
	SessionsPage       = pages.Sessions
	ArrivedPage        = pages.Arrived
	OnwardPage         = pages.Onward
	KeptFormPage       = pages.KeptForm
	GivenBackPage      = pages.GivenBack
	ResubmitPage       = pages.Resubmit
	PopupDonePage      = pages.PopupDone
	WidgetPage         = pages.Widget
)

const defaultPrefix = "/authorization-code"

// settle fills in what was left out, and says what can't be meant.
func (o Options) settle(cfg config.Config) (Options, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Paths.Prefix == "" {
		o.Paths.Prefix = defaultPrefix
	}
	if o.Paths.Callback == "" {
		o.Paths.Callback = o.Paths.Prefix + "/callback"
	}
	if o.CookieName == "" {
		o.CookieName = cfg.SessionCookieName()
	}
	if o.AfterSignIn == "" {
		o.AfterSignIn = "/"
	}
	o.Widget = o.Widget || cfg.SignIn == "widget"
	if len(o.GroupsClaim) == 0 {
		o.GroupsClaim = []string{"groups"}
	}
	if o.Look == nil {
		o.Look = display.NoLook{}
	}
	return o, o.check(cfg)
}

func (o Options) check(cfg config.Config) error {
	if cfg.Issuer == "" {
		return errors.New("auth: the configuration is empty: take one from config.Read or config.Load, which check it")
	}
	if err := underway.CheckSessionName(o.CookieName); err != nil {
		return fmt.Errorf("auth: Options.CookieName: %w", err)
	}
	if slices.Contains(o.GroupsClaim, "") {
		return fmt.Errorf("auth: Options.GroupsClaim: one of the names in %q is empty", o.GroupsClaim)
	}
	if why := cfg.AgainstWidget(); o.Widget && why != "" {
		return fmt.Errorf("auth: Options.Widget: %s", why)
	}
	return o.checkPaths()
}

func (o Options) checkPaths() error {
	at := links.Links{Paths: links.Paths(o.Paths)}
	own := map[string]string{ // path → what puts it there
		at.LoginPath():      "the start of a sign-in",
		at.LogoutPath():     "the sign-out",
		at.SignedOutPath():  "the page after sign-out",
		at.SessionsPath():   "the page of a person's sessions",
		at.FormPath():       "the page of a form that was kept",
		at.ClientKeysPath(): "the app's public keys",
		at.LanguagePath():   "the switch of languages",
		at.SessionPath():    "the time that a session has left",

		at.UniversalLogoutPath(): "Universal Logout",
		at.FrontChannelPath():    "front-channel logout",
		at.BackChannelPath():     "back-channel logout",
		at.EventHookPath():       "event hooks",
	}
	for _, option := range []struct{ name, path string }{
		{"Paths.Prefix", o.Paths.Prefix},
		{"Paths.Callback", o.Paths.Callback},
		{"Paths.Login", o.Paths.Login},
		{"Paths.Logout", o.Paths.Logout},
	} {
		if option.path == "" {
			continue
		}
		if !plainPath.MatchString(option.path) || path.Clean(option.path) != option.path {
			return fmt.Errorf("auth: Options.%s: %q must be a plain path such as /sign-in: letters, digits, - . _ ~, and no slash at the end", option.name, option.path)
		}
		if other, taken := own[option.path]; taken {
			return fmt.Errorf("auth: Options.%s: %q is %s already", option.name, option.path, other)
		}
		own[option.path] = "Options." + option.name
	}
	delete(own, o.Paths.Prefix) // no route
	for name, landing := range map[string]string{"AfterSignIn": o.AfterSignIn, "AfterSignOut": o.AfterSignOut} {
		if landing == "" {
			continue
		}
		if local, ok := (web.Site{}).Local(landing); !ok || local != landing {
			return fmt.Errorf("auth: Options.%s: %q is not a path of this app, such as /welcome", name, landing)
		}
		if at.OwnRoute(landing) && (name != "AfterSignOut" || landing != at.SignedOutPath()) {
			return fmt.Errorf("auth: Options.%s: %q is a step of sign-in itself (%s), not a page to land on", name, landing, own[landing])
		}
	}
	return nil
}

// plainPath holds characters that mean nothing to routers and proxies.
var plainPath = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)

// realm is what sealed things are bound to.
func realm(cfg config.Config) string { return cfg.Issuer + "\n" + cfg.ClientID }

func (o Options) sessionOptions(cfg config.Config) session.Options {
	return session.Options{
		Secrets:     cfg.SessionKeys(),
		Secure:      cfg.Secure(),
		IdleTimeout: cfg.SessionIdleTimeout,
		MaxAge:      cfg.SessionMaxAge,
		Now:         o.Now,
		CookieName:  o.CookieName,
		Realm:       realm(cfg),
		Log:         o.Log,
	}
}
