// Package claims says what of a person's claims a session keeps, and which groups they name.
package claims

import "example.com/okta-gin/okta"

// Groups returns the names that the claim at path holds: one or more, that lead into nested claims.
func Groups(values map[string]any, path []string) []string {
	for _, name := range path[:len(path)-1] {
		values, _ = values[name].(map[string]any)
	}
	switch groups := values[path[len(path)-1]].(type) {
	case string:
		return []string{groups}
	case []any:
		names := make([]string, 0, len(groups))
		for _, group := range groups {
			if name, ok := group.(string); ok {
				names = append(names, name)
			}
		}
		return names
	default:
		return nil
	}
}

// Keeper says what of the claims a session keeps.
type Keeper struct {
	GroupsClaim string                 // is kept in any case, as those are that the protocol needs
	Keep        func(name string) bool // nil keeps all
}

// Kept returns what a session keeps of values, which may be values themselves.
func (k Keeper) Kept(values map[string]any) map[string]any {
	if k.Keep == nil {
		return values
	}
	kept := make(map[string]any)
	for name, value := range values {
		if okta.IsProtocolClaim(name) || name == k.GroupsClaim || k.Keep(name) {
			kept[name] = value
		}
	}
	return kept
}
