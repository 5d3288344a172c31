package state

import "slices"

// ProfileClaims are the claims about a person that an ID token (thin unless full) or userinfo (always full) carries.
func (o *Org) ProfileClaims(as *AuthServer, entry Entry, scopes []string, full bool) map[string]any {
	all := entry.allClaims()
	claims := make(map[string]any)
	for _, scope := range scopes {
		for _, name := range ScopeClaims[scope] {
			value, has := all[name]
			if has && (full || slices.Contains(thinClaims, name)) {
				claims[name] = value
			}
		}
	}
	if as.IsOrg() {
		if full && slices.Contains(scopes, "groups") {
			claims["groups"] = NotNil(entry.Groups)
		}
		return claims
	}
	if !o.Knobs().OmitGroups {
		claims["groups"] = NotNil(entry.Groups)
	}
	return claims
}
