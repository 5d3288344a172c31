package apptest

import (
	"maps"
	"net/http"

	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/testkit"
)

// Sign makes an access token of the org as the machine client gets it, with
// changes; nil removes a claim.
func (a *App) Sign(changes map[string]any) string { return a.Org.Sign(a.AccessClaims(changes), nil) }

// AccessClaims are the claims of such a token.
func (a *App) AccessClaims(changes map[string]any) map[string]any {
	now := a.Clock.Now().Unix()
	claims := map[string]any{
		"ver": 1, "jti": "AT.1", "iss": a.Org.Issuer(), "aud": "api://default", "iat": now, "exp": now + 3600,
		"cid": mockokta.MachineClientID, "scp": []string{"messages:read"}, "sub": mockokta.MachineClientID,
	}
	maps.Copy(claims, changes)
	maps.DeleteFunc(claims, func(_ string, value any) bool { return value == nil })
	return claims
}

// Ask asks for target as a program does, with any number of Authorization
// headers.
func (a *App) Ask(target string, authorization ...string) testkit.Reply {
	a.T.Helper()
	req, err := http.NewRequest(http.MethodGet, a.URL+target, nil)
	if err != nil {
		a.T.Fatal(err)
	}
	req.Header["Accept"], req.Header["Authorization"] = []string{"application/json"}, authorization
	return a.Browser().Send(req)
}
