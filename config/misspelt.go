package config

import (
	"regexp"
	"slices"
	"strings"
)

const (
	// shortest is the least length of a name that can be a misspelling of another: PORT and HOST
	// are not.
	shortest = 8
	// From longName letters on, two may be wrong.
	longName = 10
)

// ourPrefixes begin names that nobody else has a use for.
var ourPrefixes = []string{"OKTA_OAUTH2_", "OKTA_API_", "OKTA_UNIVERSAL_LOGOUT_", "OKTA_EVENT_HOOK_"}

// foreign matches names that begin like ours but are set by others: Okta's Terraform provider, and
// Kubernetes and Docker for a service called session-store or okta-api.
var foreign = regexp.MustCompile(`^OKTA_API_PRIVATE_KEY(_ID)?$|_(SERVICE|PORT)(_|$)`)

// misspelt returns the setting that name must have meant. A REQUIRE_GROUP that is passed over in
// silence leaves an app open. Names that are short or unlike any setting belong to somebody else.
func misspelt(name string) (meant string, ok bool) {
	settings := Names()
	if slices.Contains(settings, strings.ToUpper(name)) {
		return "", false
	}
	name = strings.ToUpper(strings.TrimSuffix(name, twinSuffix))
	if len(name) < shortest || slices.Contains(settings, name) || foreign.MatchString(name) {
		return "", false
	}
	nearest := slices.MinFunc(settings, func(a, b string) int { return editDistance(name, a) - editDistance(name, b) })
	switch {
	case isNear(name, nearest):
		return nearest, true
	case slices.ContainsFunc(ourPrefixes, func(prefix string) bool { return strings.HasPrefix(name, prefix) }):
		return nearest, true
	}
	i := slices.IndexFunc(settings, func(setting string) bool { return isPartOf(name, setting) })
	if i < 0 {
		return "", false
	}
	return settings[i], true
}

// isNear reports whether name has a letter or two wrong.
func isNear(name, setting string) bool {
	farthest := 1
	if len(setting) >= longName {
		farthest = 2
	}
	return len(setting) >= shortest && editDistance(name, setting) <= farthest
}

// isPartOf reports whether name leaves out words at the end of one of the longer settings, or has
// more of them.
func isPartOf(name, setting string) bool {
	if !strings.HasPrefix(setting, "OKTA_") && !strings.HasPrefix(setting, "SESSION_") && !strings.HasPrefix(setting, "REQUIRE_") {
		return false
	}
	return strings.HasPrefix(setting, name+"_") || strings.HasPrefix(name, setting+"_")
}

// editDistance is the number of letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
