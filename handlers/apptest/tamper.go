package apptest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"example.com/okta-gin/mockokta"
)

// Object is the header or the claims of a JWT, or another JSON object.
type Object = map[string]any

// TokenTest is one ID token: made by the org as always, then changed.
type TokenTest struct {
	Name    string
	Tamper  func(a *App, header, claims Object) // before it is signed
	Replace func(a *App, raw string) string     // afterwards
	Answer  func(tokenResponse Object)          // what it comes in
	Cause   string                              // why it is refused
}

// Apply has the org make its ID tokens so.
func (test TokenTest) Apply(a *App) {
	a.Org.Set(func(k *mockokta.Knobs) {
		k.TamperIDToken, k.ReplaceIDToken, k.TamperToken = nil, nil, test.Answer
		if test.Tamper != nil {
			k.TamperIDToken = func(header, claims Object) { test.Tamper(a, header, claims) }
		}
		if test.Replace != nil {
			k.ReplaceIDToken = func(raw string) string { return test.Replace(a, raw) }
		}
	})
}

// Claim sets a claim.
func Claim(name string, value any) func(*App, Object, Object) {
	return func(_ *App, _, claims Object) { claims[name] = value }
}

// Without removes a claim.
func Without(name string) func(*App, Object, Object) {
	return func(_ *App, _, claims Object) { delete(claims, name) }
}

// Header sets a member of the header.
func Header(name string, value any) func(*App, Object, Object) {
	return func(_ *App, header, _ Object) { header[name] = value }
}

// In sets a claim to the time so far from now, by the clock of the app.
func In(d time.Duration, name string) func(*App, Object, Object) {
	return func(a *App, _, claims Object) { claims[name] = a.Clock.Now().Add(d).Unix() }
}

// Part decodes the header (0) or the claims (1) of a JWT.
func Part(raw string, i int) Object {
	decoded, err := base64.RawURLEncoding.DecodeString(strings.Split(raw, ".")[i])
	var o Object
	if err != nil || json.Unmarshal(decoded, &o) != nil {
		panic("not a JWT of the org: " + raw)
	}
	return o
}
