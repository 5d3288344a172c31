// Package directory is people's records and sessions at Okta, by its management
// API.
package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

// Errors besides those that this package shares with package okta: ErrUnreachable,
// ErrUntrusted and *StatusError.
var (
	// ErrSlow says that the directory has not answered yet, or that too many
	// look-ups are under way to begin another.
	ErrSlow = errors.New("the directory has not answered yet")
	// ErrRateLimited says that Okta allows no more questions for up to a minute.
	ErrRateLimited = errors.New("the directory's rate limit is used up")
	// ErrNoUser says that what was asked for is no Okta user id.
	ErrNoUser = errors.New("this is not an Okta user id")
)

// Directory is the org's directory, opened by an API token. The token goes to the
// org's own origin and nowhere else. It is safe for concurrent use.
type Directory struct {
	http    *http.Client
	users   string // https://ORG/api/v1/users
	token   atomic.Pointer[config.Secret]
	now     func() time.Time
	records *records
	flight  singleflight.Group
	lookups chan struct{} // holds one for each look-up under way
	// pausedUntil is the Unix time before which a used-up rate limit forbids to ask.
	pausedUntil atomic.Int64
}

// New returns the directory that cfg's API token opens. It asks Okta nothing. A nil
// now means time.Now. watch, where it is not nil, wraps what carries requests to Okta,
// for those who count.
func New(cfg config.Config, now func() time.Time, watch func(http.RoundTripper) http.RoundTripper) (*Directory, error) {
	if now == nil {
		now = time.Now
	}
	records, err := newRecords(now)
	if err != nil {
		return nil, fmt.Errorf("set up the memory for directory records: %w", err)
	}
	client := oktahttp.NewClient(cfg.OktaTimeout)
	if watch != nil {
		client.Transport = watch(client.Transport)
	}
	d := &Directory{
		http:    client,
		users:   cfg.OrgURL() + "/api/v1/users",
		now:     now,
		records: records,
		lookups: make(chan struct{}, maxLookups),
	}
	d.TakeToken(cfg.APIToken)
	return d, nil
}

// TakeToken has requests from now on made with token.
func (d *Directory) TakeToken(token config.Secret) { d.token.Store(&token) }

// EndSessions ends all sessions at Okta of the person with Okta user id userID, and
// revokes the tokens that apps have for that person (Okta's Users API, clear user
// sessions). It waits for Okta, at most OKTA_TIMEOUT; doing it twice is no
// error. Errors: ErrNoUser, ErrRateLimited, ErrUnreachable, *StatusError (404 for
// somebody unknown).
func (d *Directory) EndSessions(ctx context.Context, userID string) error {
	if _, _, err := d.ask(oktahttp.WithEndpoint(ctx, "user_sessions"), http.MethodDelete, userID, "/sessions?oauthTokens=true", http.StatusNoContent); err != nil {
		return fmt.Errorf("end the sessions at okta: %w", err)
	}
	return nil
}

// userIDs are 20 letters and digits. Okta takes logins and "me" in their place, and
// a path would take dots and slashes; none of them may get there.
var userIDs = regexp.MustCompile(`^[0-9A-Za-z]{20}$`)

// ask sends a request about one person; path is what follows the user id.
func (d *Directory) ask(ctx context.Context, method, userID, path string, want int) (http.Header, []byte, error) {
	if !userIDs.MatchString(userID) {
		return nil, nil, ErrNoUser
	}
	return d.send(ctx, method, "/"+userID+path, want)
}

// send sends a request; path is what follows d.users. While a rate limit is used up,
// Okta is not asked.
func (d *Directory) send(ctx context.Context, method, path string, want int) (http.Header, []byte, error) {
	if d.now().Unix() < d.pausedUntil.Load() {
		return nil, nil, ErrRateLimited
	}
	req, err := http.NewRequestWithContext(ctx, method, d.users+path, nil)
	if err != nil {
		return nil, nil, fmt.Errorf("build request: %w", err)
	}
	req.Header.Set("Authorization", "SSWS "+d.token.Load().Reveal())
	header, body, err := oktahttp.Do(d.http, req, want)
	var status *oktahttp.StatusError
	if errors.As(err, &status) && status.Status == http.StatusTooManyRequests {
		d.pausedUntil.Store(d.now().Add(oktahttp.Pause(header)).Unix())
		return nil, nil, ErrRateLimited
	}
	return header, body, err
}
