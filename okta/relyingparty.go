package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	jwtverifier "github.com/okta/okta-jwt-verifier-golang/v2"
	"golang.org/x/oauth2"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

// leeway is how far Okta's clock and ours may be apart, the default of Okta's
// own verifier.
const leeway = 2 * time.Minute

// RelyingParty is this app towards one Okta authorization server. It is safe
// for concurrent use.
type RelyingParty struct {
	cfg      config.Config
	redirect string
	now      func() time.Time
	http     *http.Client
	metadata *shared[metadata]
	keys     *shared[keySet]
	verifier *jwtverifier.JwtVerifier
	bearers  *bearerCache
}

// Options are what the settings do not say of a relying party.
type Options struct {
	// RedirectURI is where Okta sends people back to, an absolute URL without a
	// fragment (RFC 6749 section 3.1.2). The app integration in Okta must list it.
	RedirectURI string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// New returns the relying party that cfg and o describe. It asks Okta nothing:
// the metadata and keys are fetched when first needed, or by Ready. An
// Options.RedirectURI that is no absolute URL is an error.
func New(cfg config.Config, o Options) (*RelyingParty, error) {
	if u, err := url.Parse(o.RedirectURI); err != nil || u.Scheme == "" || u.Host == "" || strings.Contains(o.RedirectURI, "#") {
		return nil, fmt.Errorf("redirect URI %q: it must be an absolute URL without a fragment", o.RedirectURI)
	}
	now := o.Now
	if now == nil {
		now = time.Now
	}
	bearers, err := newBearerCache(now)
	if err != nil {
		return nil, fmt.Errorf("set up the memory for bearer tokens: %w", err)
	}
	rp := &RelyingParty{cfg: cfg, redirect: o.RedirectURI, now: now, http: oktahttp.NewClient(), bearers: bearers}
	rp.metadata = &shared[metadata]{fetch: fetchMetadata(rp.http, cfg.Issuer), now: now}
	rp.keys = &shared[keySet]{fetch: rp.fetchKeys, now: now}
	if rp.verifier, err = newVerifier(cfg.Issuer, rp.http); err != nil {
		return nil, fmt.Errorf("set up Okta's token verifier: %w", err)
	}
	return rp, nil
}

// Ready reports whether people can sign in, fetching metadata and keys if that
// has not succeeded yet. It returns ErrUnreachable or ErrUntrusted otherwise.
func (rp *RelyingParty) Ready(ctx context.Context) error {
	_, err := rp.keys.get(ctx)
	return err
}

// oauth2Config is the client in the terms of x/oauth2, and ctx carrying our
// HTTP client, which that library takes from there.
func (rp *RelyingParty) oauth2Config(ctx context.Context) (context.Context, *oauth2.Config, error) {
	meta, err := rp.metadata.get(ctx)
	if err != nil {
		return nil, nil, err
	}
	return context.WithValue(ctx, oauth2.HTTPClient, rp.http), &oauth2.Config{
		ClientID:     rp.cfg.ClientID,
		ClientSecret: rp.cfg.ClientSecret.Reveal(),
		RedirectURL:  rp.redirect,
		Scopes:       rp.cfg.Scopes,
		Endpoint: oauth2.Endpoint{
			AuthURL:   meta.AuthorizationEndpoint,
			TokenURL:  meta.TokenEndpoint,
			AuthStyle: meta.authStyle(),
		},
	}, nil
}

// authStyle names the way to send the client secret, so that x/oauth2 need not
// find out by failing: client_secret_basic, which is also the default where the
// metadata is silent, unless the server takes only client_secret_post.
func (m *metadata) authStyle() oauth2.AuthStyle {
	if !slices.Contains(m.TokenAuthMethods, "client_secret_basic") && slices.Contains(m.TokenAuthMethods, "client_secret_post") {
		return oauth2.AuthStyleInParams
	}
	return oauth2.AuthStyleInHeader
}

// tokenError turns what x/oauth2 says of a failed token request into one of
// this package's errors.
func tokenError(doing string, err error) error {
	var answer *oauth2.RetrieveError
	var transport *url.Error
	switch {
	case errors.As(err, &transport):
		return oktahttp.Unreachable(doing, transport)
	case !errors.As(err, &answer):
		return oktahttp.Untrusted("%s: %w", doing, err)
	}
	if oktahttp.Temporary(answer.Response.StatusCode) {
		return fmt.Errorf("%s: %w: status %d", doing, ErrUnreachable, answer.Response.StatusCode)
	}
	if answer.ErrorCode == "" {
		return fmt.Errorf("%s: %w", doing, &StatusError{Status: answer.Response.StatusCode})
	}
	return fmt.Errorf("%s: %w", doing, &Refusal{Code: answer.ErrorCode, Description: answer.ErrorDescription})
}
