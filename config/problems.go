package config

import (
	"errors"
	"fmt"
	"strings"
)

// invalid says what is wrong with a value, or what was expected. It never quotes the value: a
// secret pasted into the wrong line would be in the log.
type invalid string

func (e invalid) Error() string { return string(e) }

// problems collects what is wrong with the settings: the first thing for each of them.
type problems struct {
	byName map[string]error
}

func (p *problems) add(name string, err error) {
	if err == nil || p.has(name) {
		return
	}
	if p.byName == nil {
		p.byName = make(map[string]error)
	}
	p.byName[name] = err
}

func (p *problems) has(name string) bool { return p.byName[name] != nil }

// err returns everything in one message, or nil.
func (p *problems) err() error {
	if len(p.byName) == 0 {
		return nil
	}
	var text strings.Builder
	text.WriteString(heading(len(p.byName)))
	for _, name := range Names() {
		if !p.has(name) {
			continue
		}
		fmt.Fprintf(&text, "\n  • %s %s.\n", name, p.byName[name])
		if place := whereInOkta(name); place != "" {
			fmt.Fprintf(&text, "    Okta Admin Console: %s\n", place)
		}
	}
	text.WriteString("\nSettings come from the environment, .env and .okta.env; .env.example explains each of them.\n")
	text.WriteString("No Okta org yet? Without a .env or .okta.env, `make run` starts the app with a local stand-in.")
	return errors.New(text.String())
}

func heading(n int) string {
	if n == 1 {
		return "The app cannot start: there is a problem with one setting.\n"
	}
	return fmt.Sprintf("The app cannot start: there are problems with %d settings.\n", n)
}

// whereInOkta says where Okta's Admin Console shows the value of a setting, if it does.
func whereInOkta(name string) string {
	switch name {
	case "OKTA_OAUTH2_ISSUER":
		return "Security → API → Authorization Servers → Issuer URI"
	case "OKTA_OAUTH2_CLIENT_ID", "OKTA_OAUTH2_CLIENT_SECRET":
		return "Applications → your app → General → Client Credentials"
	case "BASE_URL":
		return "Applications → your app → General → Sign-in redirect URIs"
	case "OKTA_SCOPES", "OKTA_API_SCOPES":
		return "Security → API → Authorization Servers → your server → Scopes"
	case "REQUIRE_GROUPS":
		return "Directory → Groups"
	case "OKTA_API_AUDIENCE":
		return "Security → API → Authorization Servers → your server → Audience"
	case "OKTA_API_CLIENT_IDS":
		return "Applications → the calling app → General → Client ID"
	case "OKTA_API_TOKEN":
		return "Security → API → Tokens → Create token"
	default:
		return ""
	}
}
