package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	// nobody has the form of a person's id and is none.
	nobody = "00u00000000000000000"

	// oldToken is the age at which an API token is better replaced, and tokenSoon how long
	// before its end it is worth a word: Okta ends it after 30 days without use.
	oldToken  = 365 * 24 * time.Hour
	tokenSoon = 10 * 24 * time.Hour
)

// checkAPIToken looks for somebody who is not there: who may read people is told so. Then it
// looks at what more the token may, and how old it is.
func checkAPIToken(ctx context.Context, e *examiner) {
	const check = "api token"
	if !e.cfg.APIToken.IsSet() {
		e.skip(check, "OKTA_API_TOKEN is not set: people's records are not looked up")
		return
	}
	if !e.hasServer(check) {
		return
	}
	var person any
	status, _ := manage(ctx, e, "/users/"+nobody, &person)
	switch status {
	case http.StatusNotFound, http.StatusOK:
		e.ok(check, "it may read people's records")
		checkTokenMaker(ctx, e)
	case http.StatusUnauthorized:
		e.tell(check, Fail, "Okta does not take it: it was revoked, is of another org, or nobody used it for 30 days", "Create a new one and set OKTA_API_TOKEN.", atTokens+" → Create token")
	case http.StatusForbidden:
		e.tell(check, Fail, "whoever made it may not read people's records", "Have it made by an administrator of a role that may view users.", atAdmins)
	default:
		e.tell(check, Unknown, fmt.Sprintf("Okta answers with status %d", status), "Try again in a minute.", "")
	}
}

// checkTokenMaker looks at the administrator whose rights the token has.
func checkTokenMaker(ctx context.Context, e *examiner) {
	var maker struct {
		ID string `json:"id"`
	}
	if _, ok := manage(ctx, e, "/users/me", &maker); !ok || maker.ID == "" {
		e.tell("api token rights", Unknown, "Okta does not say whose it is", "See who made it, and with which role.", atTokens)
		return
	}
	checkTokenRights(ctx, e, maker.ID)
	checkTokenAge(ctx, e, maker.ID)
}

// checkTokenRights judges the roles of its maker: it should read people and end their
// sessions, and no more.
func checkTokenRights(ctx context.Context, e *examiner, maker string) {
	const check = "api token rights"
	var roles []struct {
		Type   string `json:"type"`
		Status string `json:"status"`
	}
	status, ok := manage(ctx, e, "/users/"+url.PathEscape(maker)+"/roles", &roles)
	var names []string
	for _, role := range roles {
		if role.Status == "ACTIVE" {
			names = append(names, plain(role.Type))
		}
	}
	seen := "its maker is " + strings.Join(names, ", ")
	switch {
	case !ok || len(names) == 0:
		e.tell(check, Unknown, fmt.Sprintf("Okta does not say which roles its maker has (status %d)", status), "See that they may view users and groups and end sessions, and no more.", atAdmins)
	case slices.Contains(names, "SUPER_ADMIN"):
		e.tell(check, Warn, seen+": whoever has the token has the whole org", "Have it made by an administrator who may view users and groups and end their sessions, and no more.", atAdmins)
	case !slices.ContainsFunc(names, func(name string) bool { return name != "READ_ONLY_ADMIN" && name != "REPORT_ADMIN" }):
		e.tell(check, Warn, seen+": Sign out everywhere and the console end no sessions at Okta", "Have it made by an administrator who may end people's sessions, too; a custom role can have just that.", atAdmins)
	default:
		e.ok(check, seen)
	}
}

// checkTokenAge judges the tokens of its maker. Okta does not say which of several this is.
func checkTokenAge(ctx context.Context, e *examiner, maker string) {
	const check = "api token age"
	type token struct {
		UserID  string    `json:"userId"`
		Created time.Time `json:"created"`
		Expires time.Time `json:"expiresAt"`
	}
	var all []token
	status, ok := manage(ctx, e, "/api-tokens", &all)
	own := slices.DeleteFunc(all, func(t token) bool { return t.UserID != maker })
	if !ok || len(own) == 0 {
		e.tell(check, Unknown, fmt.Sprintf("its maker may not list tokens (status %d)", status), "See when it was made, and replace it once a year.", atTokens)
		return
	}
	oldest := slices.MinFunc(own, func(a, b token) int { return a.Created.Compare(b.Created) })
	ends := slices.MinFunc(own, func(a, b token) int { return a.Expires.Compare(b.Expires) }).Expires
	seen := "made on " + oldest.Created.UTC().Format(time.DateOnly)
	if len(own) > 1 {
		seen = fmt.Sprintf("its maker has %d tokens, the oldest made on %s", len(own), oldest.Created.UTC().Format(time.DateOnly))
	}
	switch {
	case e.now().Sub(oldest.Created) > oldToken:
		e.tell(check, Warn, seen, "Create a new one, set OKTA_API_TOKEN, and revoke the old one.", atTokens)
	case !ends.IsZero() && ends.Sub(e.now()) < tokenSoon:
		e.tell(check, Warn, seen+"; one ends on "+ends.UTC().Format(time.DateOnly)+" unless it is used", "Okta ends a token that nobody uses for 30 days.", atTokens)
	default:
		e.ok(check, seen)
	}
}
