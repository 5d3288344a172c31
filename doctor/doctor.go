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
	for _, step := range steps() {
		if o.Reach <= step.reach {
			step.check(ctx, e)
		}
	}
	return Report{Checks: e.findings}
}

// step is one check of an examination, made where that reaches as far.
type step struct {
	reach Reach
	check func(context.Context, *examiner)
}

func steps() []step {
	return []step{
		{Here, checkSettings}, {TheWay, checkNetwork}, {TheWay, checkClock}, {TheWay, checkServer}, {TheWay, checkKeys},
		{Everywhere, checkFits}, {Everywhere, checkClient}, {Everywhere, checkOtherSecret}, {Everywhere, checkPush}, {Everywhere, checkProofs}, {Everywhere, checkRefresh},
		{Everywhere, checkAuthorize}, {Everywhere, checkResponseMode}, {Everywhere, checkScopes}, {Everywhere, checkSignOut},
		{Everywhere, checkSignIn}, {Everywhere, checkAPIToken}, {Everywhere, checkAccessPolicy}, {Everywhere, checkGroupsClaim}, {Everywhere, checkTrustedOrigin},
		{Here, checkRedis}, {Here, checkStateFile}, {Everywhere, checkCookies}, {Here, checkCertificate}, {Everywhere, checkListen}, {Everywhere, checkBaseURL},
	}
}

// Refused is the report on settings that do not stand: err is that of [config.Read].
func Refused(err error) Report {
	return Report{Checks: []Finding{{Check: "settings", Mark: Fail, Seen: err.Error(), Next: "Correct them; okta-gin check looks at the settings alone."}}}
}

// checkSettings says what config warns of.
func checkSettings(_ context.Context, e *examiner) {
	warnings := e.cfg.Warnings()
	if len(warnings) == 0 {
		e.ok("settings", "all settings stand")
	}
	for _, warning := range warnings {
		e.tell("settings", Warn, warning, "", "")
	}
}
