package handlers

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/okta"
	"example.com/okta-gin/session"
	"example.com/okta-gin/templates"
)

// Caller is who a request comes from: a person signed in here, or the bearer of
// an access token.
type Caller struct {
	// Subject is the `sub` claim. Together with the issuer it identifies a
	// person signed in here; an access token's is the login, or a client's id.
	Subject string
	// Claims are the verified claims. Do not change them.
	Claims map[string]any
	// Scopes are what an access token allows its bearer; nil for a person
	// signed in here, whom no scope limits.
	Scopes []string

	session *session.Session // nil for a bearer
	decoded *decodedClaims   // nil for a bearer
}

// CallerFrom returns who the request comes from. ok is false on a public route
// and before an access rule of Auth has let the request pass.
func CallerFrom(c *gin.Context) (caller *Caller, ok bool) {
	value, _ := c.Get(callerKey{})
	caller, ok = value.(*Caller)
	return caller, ok
}

// SignedIn reports whether the caller is a person with a session of this app,
// and not the bearer of a token.
func (c *Caller) SignedIn() bool { return c.session != nil }

// AccessToken returns the person's access token at Okta, to ask other services
// on their behalf: never show or log it. It has half a minute left or more, unless
// Okta is away. It is empty without offline_access, and for a bearer.
func (c *Caller) AccessToken() string {
	if c.session == nil {
		return ""
	}
	return c.session.AccessToken
}

// Groups returns the names in the `groups` claim.
func (c *Caller) Groups() []string {
	switch groups := c.Claims["groups"].(type) {
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

func (a *Auth) callerOfSession(s *session.Session) (*Caller, error) {
	claims, err := a.claims.decode(s)
	if err != nil {
		return nil, err
	}
	return &Caller{Subject: s.Subject, Claims: claims.values, session: s, decoded: claims}, nil
}

func callerOfBearer(b *okta.Bearer) *Caller {
	return &Caller{Subject: b.Subject, Claims: b.Claims, Scopes: b.Scopes}
}

// known reports whether the request has been found to come from somebody.
func known(c *gin.Context) bool {
	_, ok := CallerFrom(c)
	return ok
}

// knownPerson is who the page's header names: nil unless the request has already
// been found to come from somebody signed in.
func knownPerson(c *gin.Context) *templates.Person {
	caller, ok := CallerFrom(c)
	if !ok || !caller.SignedIn() {
		return nil
	}
	name := caller.name()
	email, _ := caller.Claims["email"].(string)
	return &templates.Person{Name: name, Email: email, Initials: initials(name)}
}

// name is how to address the caller: the first of these claims that is there.
func (c *Caller) name() string {
	for _, claim := range []string{"name", "preferred_username", "email"} {
		if name, _ := c.Claims[claim].(string); strings.TrimSpace(name) != "" {
			return name
		}
	}
	return c.Subject
}

// initials are the first letters of the first and the last word of name.
func initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
	if len(words) == 0 {
		return "?"
	}
	letters := firstLetter(words[0])
	if len(words) > 1 {
		letters += firstLetter(words[len(words)-1])
	}
	return letters
}

func firstLetter(word string) string {
	r, _ := utf8.DecodeRuneInString(word)
	return string(unicode.ToUpper(r))
}
