package state

import (
	"maps"
)

// ScopeClaims are the claims each scope opens (OpenID Connect Core 5.4).
var ScopeClaims = map[string][]string{
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
	for name, value := range map[string]string{"name": p.FullName(), "given_name": p.FirstName, "family_name": p.LastName, "email": p.Email} {
		if value != "" {
			claims[name] = value
		}
	}
	maps.Copy(claims, p.Profile)
	return claims
}

// NotNil is list, or an empty list instead of none, for JSON.
func NotNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
