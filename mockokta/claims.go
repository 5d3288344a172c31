package mockokta

import (
	"maps"
	"slices"
)

// scopeClaims are the claims each scope opens (OpenID Connect Core 5.4).
var scopeClaims = map[string][]string{
	"profile": {
		"name", "nickname", "preferred_username", "given_name", "middle_name", "family_name", "profile", "picture",
		"website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
	},
	"email":   {"email", "email_verified"},
	"phone":   {"phone_number"},
	"address": {"address"},
}

// thinClaims are the only profile claims of a thin ID token.
var thinClaims = []string{"name", "preferred_username", "email"}

// allClaims are a person's profile claims. Empty attributes are absent.
func (p Person) allClaims() map[string]any {
	claims := map[string]any{"preferred_username": p.Login, "email_verified": true}
	for name, value := range map[string]string{"name": p.name(), "given_name": p.FirstName, "family_name": p.LastName, "email": p.Email} {
		if value != "" {
			claims[name] = value
		}
	}
	maps.Copy(claims, p.Profile)
	return claims
}

// profileClaims are the claims about a person that an ID token (thin unless full) or userinfo (always full) carries.
func (o *Org) profileClaims(as *authServer, entry directoryEntry, scopes []string, full bool) map[string]any {
	all := entry.allClaims()
	claims := make(map[string]any)
	for _, scope := range scopes {
		for _, name := range scopeClaims[scope] {
			value, has := all[name]
			if has && (full || slices.Contains(thinClaims, name)) {
				claims[name] = value
			}
		}
	}
	if as.isOrg() {
		if full && slices.Contains(scopes, "groups") {
			claims["groups"] = notNil(entry.Groups)
		}
		return claims
	}
	if !o.knobs.Load().OmitGroups {
		claims["groups"] = notNil(entry.Groups)
	}
	return claims
}

func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
