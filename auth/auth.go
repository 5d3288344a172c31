package auth

import (
	"log/slog"
	"sync/atomic"

	"example.com/okta-gin/auth/internal/display"
	"example.com/okta-gin/auth/internal/journal"
	"example.com/okta-gin/auth/internal/keptform"
	"example.com/okta-gin/auth/internal/links"
	"example.com/okta-gin/auth/internal/people"
	"example.com/okta-gin/auth/internal/signin"
	"example.com/okta-gin/auth/internal/signout"
	"example.com/okta-gin/auth/internal/timeleft"
	"example.com/okta-gin/auth/internal/tongue"
	"example.com/okta-gin/auth/outside"
	"example.com/okta-gin/auth/renewal"
	"example.com/okta-gin/directory"
	"example.com/okta-gin/okta"
	"example.com/okta-gin/okta/guard"
	"example.com/okta-gin/okta/lastgood"
	"example.com/okta-gin/session"
	"example.com/okta-gin/session/marks"
	"example.com/okta-gin/watch"
	"example.com/okta-gin/web"
)

// Auth is Okta sign-in for one Gin engine. It is safe for concurrent use.
type Auth struct {
	links           links.Links
	issuer          string
	people          *people.People
	gate            *gate
	signIns         *signin.SignIns
	signOuts        *signout.SignOuts
	outside         *outside.Receivers
	takesEventHooks bool
	tongue          *tongue.Tongue
	timeLeft        *timeleft.Teller
	display         *display.Display
	forms           *keptform.Keeper // nil where none are kept
	log             *slog.Logger
	journal         journal.Journal
	watch           *watch.Watch
	guard           *guard.Guard
	okta            *okta.RelyingParty
	directory       *directory.Directory // nil without OKTA_API_TOKEN
	sessions        *session.Sessions
	state           *marks.File         // nil without STATE_FILE
	documents       *lastgood.Documents // nil without STATE_FILE
	renewer         *renewal.Renewer
	renews          bool // sessions keep access tokens
	headers         web.Headers
	origins         []string // front ends elsewhere
	mounted         atomic.Bool
}

// Close lets another process open STATE_FILE. Call it when the last request has been
// answered; after it, sessions can't be ended.
func (a *Auth) Close() error {
	if a.state == nil {
		return nil
	}
	return a.state.Close()
}
