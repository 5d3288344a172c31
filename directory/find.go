package directory

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"example.com/okta-gin/okta/oktahttp"
)

const (
	// maxWords bounds in bytes what is looked for. An email address fits (RFC 5321).
	maxWords = 254
	// foundPage is how many people Okta is asked for, which gives no second page of people
	// found so. Its largest page could go over oktahttp.MaxBody.
	foundPage = 100
)

// Person is somebody in Okta's directory.
type Person struct {
	ID     string // the Okta user id
	Name   string // may be empty
	Email  string // may be empty
	Status string // such as ACTIVE or SUSPENDED
}

// Find returns people of whom each of words is the beginning of a name or of the email
// address, without regard to case. It finds nobody for no words and for over 254 bytes of
// them. Okta chooses by the first word, gives at most 100 people, and may leave out those
// who are deactivated: more says that there were 100, so that others may fit as well. Find waits for Okta, at most
// oktahttp.Timeout. Errors: ErrSlow, ErrRateLimited, ErrUnreachable, ErrUntrusted,
// *StatusError; none of them holds the words.
func (d *Directory) Find(ctx context.Context, words string) (found []Person, more bool, err error) {
	wanted := strings.Fields(strings.ToLower(words))
	if len(wanted) == 0 || len(words) > maxWords {
		return nil, false, nil
	}
	select {
	case d.lookups <- struct{}{}:
		defer func() { <-d.lookups }()
	default:
		return nil, false, ErrSlow
	}
	query := url.Values{"q": {wanted[0]}, "limit": {strconv.Itoa(foundPage)}}
	_, body, err := d.send(oktahttp.WithEndpoint(ctx, "users"), http.MethodGet, "?"+query.Encode(), http.StatusOK)
	if err != nil {
		return nil, false, err
	}
	var users []user
	if err := oktahttp.DecodeJSON(body, &users); err != nil {
		return nil, false, oktahttp.Untrusted("the directory's answer: %w", err)
	}
	more = len(users) >= foundPage
	for _, u := range users[:min(len(users), foundPage)] {
		if !userIDs.MatchString(u.ID) {
			return nil, false, oktahttp.Untrusted("the directory answers with somebody without an id")
		}
		if u.is(wanted) {
			found = append(found, u.person())
		}
	}
	return found, more, nil
}

// user is a person as Okta's Users API lists them.
type user struct {
	ID      string `json:"id"`
	Status  string `json:"status"`
	Profile struct {
		FirstName   string `json:"firstName"`
		LastName    string `json:"lastName"`
		DisplayName string `json:"displayName"`
		Email       string `json:"email"`
		Login       string `json:"login"`
	} `json:"profile"`
}

// is is whether each word begins a name, or a part of one, or the email address.
func (u user) is(words []string) bool {
	p := u.Profile
	parts := strings.Fields(strings.ToLower(p.FirstName + " " + p.LastName + " " + p.Email))
	for _, word := range words {
		if !slices.ContainsFunc(parts, func(part string) bool { return strings.HasPrefix(part, word) }) {
			return false
		}
	}
	return true
}

func (u user) person() Person {
	p := Person{ID: u.ID, Name: u.Profile.DisplayName, Email: u.Profile.Email, Status: u.Status}
	if p.Name == "" {
		p.Name = strings.TrimSpace(u.Profile.FirstName + " " + u.Profile.LastName)
	}
	if p.Email == "" {
		p.Email = u.Profile.Login
	}
	return p
}
