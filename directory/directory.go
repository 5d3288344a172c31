// Package directory is people's records at Okta, by its management API.
package directory

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/config"
	"example.com/okta-gin/okta/oktahttp"
)

const (
	// recordFresh is how long a person's record is shown without asking again.
	recordFresh = 5 * time.Minute
	// failureFresh is for how long nobody asks again after a failure.
	failureFresh = 10 * time.Second
	// recordCount bounds how many records are kept, at about 4 KB each.
	recordCount = 5_000
	// lookupWait is the longest a page waits for a record.
	lookupWait = 300 * time.Millisecond
	// groupsPage is Okta's largest page of groups.
	groupsPage = 200
)

// Errors of Directory.Lookup besides ErrUnreachable and *oktahttp.StatusError.
var (
	ErrSlow        = errors.New("the directory has not answered yet")
	ErrRateLimited = errors.New("the directory's rate limit is used up")
)

// Record is a person's entry in Okta's directory. A zero time means never.
type Record struct {
	Status          string // such as ACTIVE or SUSPENDED
	Created         time.Time
	LastLogin       time.Time
	PasswordChanged time.Time
	Groups          []string
	MoreGroups      bool // there are more than Groups lists
}

// Directory looks people up in the org's directory with an API token (Okta's
// Users API). The token goes to the org's own origin and nowhere else. It is
// safe for concurrent use.
type Directory struct {
	http    *http.Client
	users   string // https://ORG/api/v1/users/
	token   config.Secret
	now     func() time.Time
	records *lru.Cache[string, kept]
	flight  singleflight.Group
	// pausedUntil is the Unix time before which a used-up rate limit forbids to ask.
	pausedUntil atomic.Int64
}

// kept is how a look-up went: the record, or the error.
type kept struct {
	record Record
	err    error
	until  time.Time
}

// New returns the directory that cfg's API token opens.
func New(cfg config.Config, now func() time.Time) (*Directory, error) {
	records, err := lru.New[string, kept](recordCount)
	if err != nil {
		return nil, fmt.Errorf("set up the memory for directory records: %w", err)
	}
	return &Directory{
		http:    oktahttp.NewClient(),
		users:   cfg.OrgURL() + "/api/v1/users/",
		token:   cfg.APIToken,
		now:     now,
		records: records,
	}, nil
}

// Prefetch begins to look sub up, whose record has just changed by a sign-in, so
// that a later Lookup need not wait. It returns at once.
func (d *Directory) Prefetch(ctx context.Context, sub string) {
	d.start(ctx, sub)
}

// Lookup returns the record of the person with Okta user id sub, at most five
// minutes old. It waits at most 300 ms; a look-up that takes longer goes on
// behind and serves the next call. A failure is the answer for ten seconds; while
// a rate limit is used up, Okta is not asked. Errors: ErrSlow, ErrRateLimited,
// ErrUnreachable, ErrUntrusted, *oktahttp.StatusError.
func (d *Directory) Lookup(ctx context.Context, sub string) (Record, error) {
	if entry, ok := d.records.Get(sub); ok && d.now().Before(entry.until) {
		return entry.record, entry.err
	}
	wait := time.NewTimer(lookupWait)
	defer wait.Stop()
	select {
	case result := <-d.start(ctx, sub):
		record, _ := result.Val.(Record)
		return record, result.Err
	case <-wait.C:
		return Record{}, ErrSlow
	case <-ctx.Done():
		return Record{}, ctx.Err()
	}
}

// start joins the look-up of sub that is under way or begins one that outlives
// the request.
func (d *Directory) start(ctx context.Context, sub string) <-chan singleflight.Result {
	return d.flight.DoChan(sub, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), oktahttp.Timeout)
		defer cancel()
		record, err := d.fetch(ctx, sub)
		fresh := recordFresh
		if err != nil {
			fresh = failureFresh
		}
		d.records.Add(sub, kept{record, err, d.now().Add(fresh)})
		return record, err
	})
}

func (d *Directory) fetch(ctx context.Context, sub string) (Record, error) {
	var user struct {
		ID              string    `json:"id"`
		Status          string    `json:"status"`
		Created         time.Time `json:"created"`
		LastLogin       time.Time `json:"lastLogin"`
		PasswordChanged time.Time `json:"passwordChanged"`
	}
	if _, err := d.get(ctx, url.PathEscape(sub), &user); err != nil {
		return Record{}, err
	}
	if user.ID != sub {
		return Record{}, oktahttp.Untrusted("the directory answers with another person")
	}
	var groups []struct {
		Profile struct {
			Name string `json:"name"`
		} `json:"profile"`
	}
	header, err := d.get(ctx, url.PathEscape(sub)+"/groups?limit="+strconv.Itoa(groupsPage), &groups)
	if err != nil {
		return Record{}, err
	}
	record := Record{
		Status:          user.Status,
		Created:         user.Created,
		LastLogin:       user.LastLogin,
		PasswordChanged: user.PasswordChanged,
		MoreGroups:      hasNextPage(header),
	}
	for _, group := range groups {
		record.Groups = append(record.Groups, group.Profile.Name)
	}
	return record, nil
}

func (d *Directory) get(ctx context.Context, path string, v any) (http.Header, error) {
	if d.now().Unix() < d.pausedUntil.Load() {
		return nil, ErrRateLimited
	}
	header, err := oktahttp.GetJSON(ctx, d.http, d.users+path, "SSWS "+d.token.Reveal(), v)
	var status *oktahttp.StatusError
	if errors.As(err, &status) && status.Status == http.StatusTooManyRequests {
		d.pausedUntil.Store(d.now().Add(rateLimitPause(header)).Unix())
		return header, ErrRateLimited
	}
	return header, err
}

// rateLimitPause returns how long Okta asks to wait after a 429: from Date to
// X-Rate-Limit-Reset, both by Okta's clock, and a second more. The windows are
// a minute long, which also bounds an answer that makes no sense.
func rateLimitPause(header http.Header) time.Duration {
	const window = time.Minute
	sent, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return window
	}
	reset, err := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	if err != nil {
		return window
	}
	return min(max(time.Unix(reset, 0).Sub(sent), 0), window) + time.Second
}

func hasNextPage(header http.Header) bool {
	for _, link := range header.Values("Link") {
		if strings.Contains(link, `rel="next"`) {
			return true
		}
	}
	return false
}
