package okta

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/clientauth"
	"example.com/okta-gin/okta/dpop"
	"example.com/okta-gin/okta/lastgood"
	"example.com/okta-gin/okta/oktahttp"
	"example.com/okta-gin/okta/shared"
)

// RelyingParty is this app towards one Okta authorization server. It is safe
// for concurrent use.
type RelyingParty struct {
	cfg      config.Config
	shape    issuerShape
	redirect string
	now      func() time.Time
	http     *http.Client
	metadata *shared.Document[metadata]
	keys     *shared.Document[keySet]

	organization *shared.Document[organization]

	verifier *verifier
	bearers  *bearerCache

	revocations *verifier // nil where Universal Logout is not set up
	credential  atomic.Pointer[clientauth.Credential]
	sender      *dpop.Sender
}

// Options are what the settings do not say of a relying party.
type Options struct {
	// RedirectURI is where Okta sends people back to, an absolute URL without a
	// fragment (RFC 6749 section 3.1.2). The app integration in Okta must list it.
	RedirectURI string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Watch, where it is set, wraps what carries requests to Okta, for those who count.
	Watch func(http.RoundTripper) http.RoundTripper
	// LastGood, where it is set, keeps metadata and keys for the next start, and has
	// those of the last one.
	LastGood *lastgood.Documents
}

// New returns the relying party that cfg and o describe. It asks Okta nothing:
// the metadata and keys are fetched when first needed, or by Ready. An
// Options.RedirectURI of another form is an error.
func New(cfg config.Config, o Options) (*RelyingParty, error) {
	if u, err := url.Parse(o.RedirectURI); err != nil || u.Scheme == "" || u.Host == "" || strings.Contains(o.RedirectURI, "#") {
		return nil, fmt.Errorf("redirect URI %q: it must be an absolute URL without a fragment", o.RedirectURI)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	bearers, err := newBearerCache(o.Now)
	if err != nil {
		return nil, fmt.Errorf("set up the memory for bearer tokens: %w", err)
	}
	credential, err := clientauth.New(cfg, o.Now)
	if err != nil {
		return nil, err
	}
	sender, err := dpop.NewSender(o.Now)
	if err != nil {
		return nil, err
	}
	rp := &RelyingParty{
		cfg: cfg, shape: shapeOf(cfg.Issuer), redirect: o.RedirectURI, now: o.Now, http: oktahttp.NewClient(cfg.OktaTimeout), bearers: bearers, sender: sender,
	}
	rp.credential.Store(credential)
	if o.Watch != nil {
		rp.http.Transport = o.Watch(rp.http.Transport)
	}
	rp.metadata = shared.New(fetchMetadata(rp.http, cfg.Issuer, rp.fits), rp.http.Timeout, o.Now)
	rp.organization = shared.New(fetchOrganization(rp.http, cfg.OrgURL()), rp.http.Timeout, o.Now)
	rp.keys = shared.New(fetchKeys(rp.http, rp.metadata), rp.http.Timeout, o.Now)
	if rp.verifier, err = newVerifier(cfg.Issuer, rp.http, rp.keys, o.Now); err != nil {
		return nil, fmt.Errorf("set up Okta's token verifier: %w", err)
	}
	if rp.revocations, err = newRevocations(cfg, rp.http, o.Now); err != nil {
		return nil, fmt.Errorf("set up the verifier of Universal Logout: %w", err)
	}
	rp.outlive(o.LastGood)
	return rp, nil
}

// Ready reports whether people can sign in, fetching metadata and keys if that
// has not succeeded yet or was too long ago. Errors: ErrUnreachable, ErrUntrusted,
// and *StatusError, with 404 where OKTA_OAUTH2_ISSUER is no authorization server.
func (rp *RelyingParty) Ready(ctx context.Context) error {
	_, err := rp.keys.Get(ctx)
	return err
}

// Confirm is Ready, asking Okta also where an earlier process has kept what it said. Errors
// are those of Ready; people may be able to sign in all the same.
func (rp *RelyingParty) Confirm(ctx context.Context) error {
	if _, err := rp.metadata.Confirmed(ctx); err != nil {
		return err
	}
	_, err := rp.keys.Confirmed(ctx)
	return err
}

// Fits says which setting can't work with what the authorization server's metadata offer,
// fetching them if they are not there yet. Errors are those of Ready.
func (rp *RelyingParty) Fits(ctx context.Context) error {
	_, err := rp.metadata.Get(ctx)
	return err
}

// fits says which setting can't work with what the authorization server offers.
func (rp *RelyingParty) fits(meta *metadata) error {
	return errors.Join(rp.credential.Load().Check(meta.tokenEndpoint()), checkPush(rp.cfg.PAR, meta), checkProofs(rp.cfg.DPoP, meta), rp.checkSigned(meta))
}

// CheckResponseIssuer holds the iss parameter of an authorization response against
// RFC 9207 section 2.4. The parameter must be our issuer where it is present, and
// present where the metadata say that the server sends it. Errors:
// ErrResponseIssuer, and those of fetching the metadata.
func (rp *RelyingParty) CheckResponseIssuer(ctx context.Context, iss string, present bool) error {
	if present {
		if iss != rp.cfg.Issuer {
			return oktahttp.Untrusted("%w: %q", ErrResponseIssuer, oktahttp.Quoted(iss))
		}
		return nil
	}
	meta, err := rp.metadata.Get(ctx)
	if err != nil {
		return err
	}
	if meta.ResponseIssuer {
		return oktahttp.Untrusted("%w: it has no iss, and this server sends it", ErrResponseIssuer)
	}
	return nil
}
