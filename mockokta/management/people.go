package management

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"example.com/okta-gin/mockokta/state"
	"example.com/okta-gin/mockokta/wire"
)

const (
	// usersFound is how many users q lists when the caller sets no limit.
	usersFound = 10
	// usersMost is the largest page of users.
	usersMost = 200
)

// Users answers GET /api/v1/users: people whose first name, last name or email address begins with q, without regard
// to case; everybody without q. As at Okta it leaves out those who are deactivated, and there is no second page.
// Other ways to choose people are refused.
func Users(o *state.Org) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		caller, ok := identify(o, w, r, scopeRead)
		if !ok {
			return
		}
		if caller.selfOnly {
			wire.WriteAPIError(w, wire.ErrForbidden)
			return
		}
		query := r.URL.Query()
		for _, name := range []string{"search", "filter", "after"} {
			if query.Has(name) {
				wire.WriteAPIError(w, wire.Invalid(name), name+": this org knows q alone")
				return
			}
		}
		limit := usersMost
		if query.Has("q") {
			limit = usersFound
		}
		if raw := query.Get("limit"); raw != "" {
			n, err := strconv.Atoi(raw)
			if err != nil || n < 1 {
				wire.WriteAPIError(w, wire.Invalid("limit"), "limit: must be a positive number")
				return
			}
			limit = min(n, usersMost)
		}
		list := []any{}
		for _, person := range o.People() {
			if len(list) < limit && person.Status != state.StatusDeprovisioned && begins(person, query.Get("q")) {
				entry, _ := o.Find(person.ID)
				list = append(list, userRecord(o, entry))
			}
		}
		wire.NoStore(w)
		wire.JSON(w, http.StatusOK, list)
	}
}

func begins(person state.Person, q string) bool {
	q = strings.ToLower(q)
	return slices.ContainsFunc([]string{person.FirstName, person.LastName, person.Email}, func(value string) bool {
		return strings.HasPrefix(strings.ToLower(value), q)
	})
}
