// Package doctor finds out what keeps an app from working with its Okta org: it asks
// Okta, Redis and the app's own address what can be asked without a person, and says of
// each what was seen and what to do next.
//
// It changes nothing anywhere: no code is redeemed, no token issued or revoked, no key
// of Redis read or written. What it pushes to Okta as the app pushes its sign-ins is
// forgotten there unused. Only where [Options].Invite asks somebody to sign in does it redeem
// that one code, and has Okta forget the refresh token. What it tells holds no secret.
package doctor

import (
	"context"
	"errors"
	"net/http"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

// Options are what the settings do not say of an examination.
type Options struct {
	// HTTP asks Okta and the app's own address; nil means as the app does, with its
	// limits and proxies. Redirects are never followed.
	HTTP *http.Client
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Groups is of how many groups a person is whose cookies are measured; 0 means 100.
	Groups int
	// Reach is whom the checks may ask.
	Reach Reach
	// Invite, where it is set, is told an address at which somebody is to sign in within
	// five minutes, for the checks that need a person. The doctor listens in the app's place
	// meanwhile, so the app must not run.
	Invite func(address string)
}

// Reach is how far an examination goes.
type Reach int

// The reaches that there are.
const (
	Everywhere Reach = iota // all checks: Okta, Redis, the app's own address
	TheWay                  // Redis; and Okta for its metadata and keys alone, which say what of the way is broken
	Here                    // Redis
)

// Examine makes every check on cfg, one after the other, each bounded in time. The
// findings are in the order of the checks, whose names never change.
func Examine(ctx context.Context, cfg config.Config, o Options) Report {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Groups == 0 {
		o.Groups = 100
	}
	client := oktahttp.NewClient(cfg.OktaTimeout)
	if o.HTTP != nil {
		client.Transport = o.HTTP.Transport
	}
	e := &examiner{cfg: cfg, http: client, now: o.Now, groups: o.Groups, invite: o.Invite}
	for _, check := range e.checks() {
		if o.Reach <= check.reach {
			check.make(ctx)
		}
	}
	return Report{Checks: e.findings}
}

// check is one look at something: made where the examination reaches that far.
type check struct {
	reach Reach
	make  func(context.Context)
}

func (e *examiner) checks() []check {
	return []check{
		{Here, e.settings}, {TheWay, e.network}, {TheWay, e.clock}, {TheWay, e.server}, {TheWay, e.keys},
		{Everywhere, e.fits}, {Everywhere, e.client}, {Everywhere, e.otherSecret}, {Everywhere, e.push}, {Everywhere, e.proofs}, {Everywhere, e.refresh},
		{Everywhere, e.authorize}, {Everywhere, e.responseMode}, {Everywhere, e.scopes}, {Everywhere, e.signOut},
		{Everywhere, e.signIn}, {Everywhere, e.apiToken}, {Everywhere, e.accessPolicy}, {Everywhere, e.groupsClaim}, {Everywhere, e.trustedOrigin},
		{Here, e.redis}, {Here, e.stateFile}, {Everywhere, e.cookies}, {Here, e.certificate}, {Everywhere, e.listen}, {Everywhere, e.baseURL},
	}
}

// Refused is the report on settings that do not stand: err is that of [config.Read].
func Refused(err error) Report {
	return Report{Checks: []Finding{{Check: "settings", Mark: Fail, Seen: err.Error(), Next: "Correct them; okta-gin check looks at the settings alone."}}}
}

// examiner is one examination under way.
type examiner struct {
	cfg    config.Config
	http   *http.Client
	now    func() time.Time
	groups int
	invite func(address string)

	first    first
	metadata metadata       // of no issuer where there is none to rely on
	claims   map[string]any // of who has signed in, nil for nobody
	findings []Finding
}

// tell adds a finding. next is what to do, and where in the Admin Console, if there.
func (e *examiner) tell(check string, mark Mark, seen, next, where string) {
	e.findings = append(e.findings, Finding{check, mark, seen, next, where})
}

// ok adds that all is well.
func (e *examiner) ok(check, seen string) { e.tell(check, OK, seen, "", "") }

// skip adds that there is nothing to look at.
func (e *examiner) skip(check, why string) { e.tell(check, Skipped, why, "", "") }

// hasServer reports whether there is an authorization server to ask further, and adds
// that a check could not be made where there is none.
func (e *examiner) hasServer(check string) bool {
	if e.metadata.Issuer == "" {
		e.skip(check, "not looked at: there are no metadata to rely on")
	}
	return e.metadata.Issuer != ""
}

// settings says what config warns of.
func (e *examiner) settings(context.Context) {
	warnings := e.cfg.Warnings()
	if len(warnings) == 0 {
		e.ok("settings", "all settings stand")
	}
	for _, warning := range warnings {
		e.tell("settings", Warn, warning, "", "")
	}
}

// cause is the last of the errors that err wraps, which says most in the fewest words.
func cause(err error) string {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return plain(err.Error())
		}
		err = next
	}
}
