package directory

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/singleflight"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	// lookupWait is the longest a page waits for a record.
	lookupWait = 300 * time.Millisecond
	// maxLookups bounds the look-ups under way at one time.
	maxLookups = 50
	// groupsPage is Okta's largest page of groups, and all that are looked up.
	groupsPage = 200
)

// Record is a person's entry in Okta's directory. A zero time means never.
type Record struct {
	Status          string // such as ACTIVE or SUSPENDED
	Created         time.Time
	LastLogin       time.Time
	PasswordChanged time.Time
	Groups          []string // at most 200
	MoreGroups      bool     // there are more than Groups lists
}

// Prefetch begins to look up the person with Okta user id userID, whose record has
// just changed by a sign-in, so that a later Lookup need not wait. It returns at once.
func (d *Directory) Prefetch(ctx context.Context, userID string) {
	d.start(ctx, userID)
}

// Lookup returns the record of the person with Okta user id userID, at most five
// minutes old. It waits at most 300 ms; a look-up that takes longer goes on
// behind and serves the next call. A failure is the answer for ten seconds; while
// a rate limit is used up, Okta is not asked. Errors: ErrSlow, ErrRateLimited,
// ErrNoUser, ErrUnreachable, ErrUntrusted, *StatusError.
func (d *Directory) Lookup(ctx context.Context, userID string) (Record, error) {
	if entry, ok := d.records.get(userID); ok {
		return entry.record, entry.err
	}
	wait := time.NewTimer(lookupWait)
	defer wait.Stop()
	select {
	case result := <-d.start(ctx, userID):
		record, _ := result.Val.(Record)
		return record, result.Err
	case <-wait.C:
		return Record{}, ErrSlow
	case <-ctx.Done():
		return Record{}, ctx.Err()
	}
}

// RecordsForgotten counts the records that were forgotten before their time because
// more than recordCount came. They are looked up again.
func (d *Directory) RecordsForgotten() int64 { return d.records.forgotten.Load() }

// Records says how many records are remembered, and how many may be.
func (d *Directory) Records() (used, most int) { return d.records.entries.Len(), recordCount }

// Lookups says how many look-ups are under way, and how many may be.
func (d *Directory) Lookups() (used, most int) { return len(d.lookups), maxLookups }

// start joins the look-up of userID that is under way or begins one that outlives
// the request, unless maxLookups are under way: that is ErrSlow.
func (d *Directory) start(ctx context.Context, userID string) <-chan singleflight.Result {
	return d.flight.DoChan(userID, func() (any, error) {
		select {
		case d.lookups <- struct{}{}:
			defer func() { <-d.lookups }()
		default:
			return Record{}, ErrSlow
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), d.http.Timeout)
		defer cancel()
		record, err := d.fetch(ctx, userID)
		if !errors.Is(err, ErrNoUser) {
			d.records.add(userID, record, err)
		}
		return record, err
	})
}

func (d *Directory) fetch(ctx context.Context, userID string) (Record, error) {
	var user struct {
		ID              string    `json:"id"`
		Status          string    `json:"status"`
		Created         time.Time `json:"created"`
		LastLogin       time.Time `json:"lastLogin"`
		PasswordChanged time.Time `json:"passwordChanged"`
	}
	if _, err := d.get(oktahttp.WithEndpoint(ctx, "user"), userID, "", &user); err != nil {
		return Record{}, err
	}
	if user.ID != userID {
		return Record{}, oktahttp.Untrusted("the directory answers with another person")
	}
	var groups []struct {
		Profile struct {
			Name string `json:"name"`
		} `json:"profile"`
	}
	header, err := d.get(oktahttp.WithEndpoint(ctx, "user_groups"), userID, "/groups?limit="+strconv.Itoa(groupsPage), &groups)
	if err != nil {
		return Record{}, err
	}
	more := hasNextPage(header) || len(groups) > groupsPage
	groups = groups[:min(len(groups), groupsPage)]
	record := Record{
		Status:          user.Status,
		Created:         user.Created,
		LastLogin:       user.LastLogin,
		PasswordChanged: user.PasswordChanged,
		MoreGroups:      more,
	}
	for _, group := range groups {
		record.Groups = append(record.Groups, group.Profile.Name)
	}
	return record, nil
}

func (d *Directory) get(ctx context.Context, userID, path string, v any) (http.Header, error) {
	header, body, err := d.ask(ctx, http.MethodGet, userID, path, http.StatusOK)
	if err != nil {
		return nil, err
	}
	if err := oktahttp.DecodeJSON(body, v); err != nil {
		return nil, oktahttp.Untrusted("the directory's answer: %w", err)
	}
	return header, nil
}

func hasNextPage(header http.Header) bool {
	for _, link := range header.Values("Link") {
		if strings.Contains(link, `rel="next"`) {
			return true
		}
	}
	return false
}
