package config

import (
	"errors"
	"fmt"
	"strings"
)

// problems collects what is wrong: with the files, with names that are no settings, and with the
// settings, the first thing for each of them.
type problems struct {
	files  []error
	others []error
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

// addFile adds what is wrong with a file of settings.
func (p *problems) addFile(err error) { p.files = append(p.files, err) }

// addUnknown adds a name that is no setting but must have meant one.
func (p *problems) addUnknown(name, meant string) {
	p.others = append(p.others, fmt.Errorf("%s is no setting; is it %s?", name, meant))
}

func (p *problems) has(name string) bool { return p.byName[name] != nil }

// err returns everything in one message, or nil.
func (p *problems) err() error {
	if len(p.files)+len(p.others)+len(p.byName) == 0 {
		return nil
	}
	var text strings.Builder
	text.WriteString(p.heading())
	for _, err := range p.files {
		fmt.Fprintf(&text, "\n  • %s.\n", err)
	}
	for _, err := range p.others {
		fmt.Fprintf(&text, "\n  • %s\n", err)
	}
	for _, name := range Names() {
		if !p.has(name) {
			continue
		}
		fmt.Fprintf(&text, "\n  • %s %s.\n", name, p.byName[name])
		if place := whereInOkta(name); place != "" {
			fmt.Fprintf(&text, "    Okta Admin Console: %s\n", place)
		}
	}
	text.WriteString("\nSettings come from the environment, .env and .okta.env; .env.example of okta-gin explains each of them.\n")
	text.WriteString("No Okta org yet? `make run` in okta-gin's folder, without a .env or .okta.env, starts it with a local stand-in.")
	return errors.New(text.String())
}

func (p *problems) heading() string {
	switch n := len(p.others) + len(p.byName); {
	case len(p.files) > 0:
		return "The app cannot start: there are problems with its settings.\n"
	case n == 1:
		return "The app cannot start: there is a problem with one setting.\n"
	default:
		return fmt.Sprintf("The app cannot start: there are problems with %d settings.\n", n)
	}
}

// whereInOkta says where Okta's Admin Console shows the value of a setting, if it does.
func whereInOkta(name string) string {
	switch name {
	case "OKTA_OAUTH2_ISSUER":
		return "Security → API → Authorization Servers → Issuer URI"
	case "OKTA_OAUTH2_CLIENT_ID", "OKTA_OAUTH2_CLIENT_SECRET":
		return "Applications → your app → General → Client Credentials"
	case clientKeyName, "OKTA_JAR":
		return "Applications → your app → General → Client Credentials → Client authentication: Public key / Private key"
	case "OKTA_DPOP":
		return "Applications → your app → General → General Settings → Proof of possession: Require Demonstrating Proof of Possession (DPoP) header in token requests"
	case "BASE_URL":
		return "Applications → your app → General → Sign-in redirect URIs"
	case "PROXY_ROUTES":
		return "Applications → your app → General → Grant type: Refresh Token"
	case "OKTA_SCOPES", "OKTA_API_SCOPES":
		return "Security → API → Authorization Servers → your server → Scopes"
	case "SIGN_IN":
		return "Security → API → Trusted Origins"
	case "REQUIRE_GROUPS":
		return "Directory → Groups"
	case "OKTA_API_AUDIENCE":
		return "Security → API → Authorization Servers → your server → Audience"
	case "OKTA_API_CLIENT_IDS":
		return "Applications → the calling app → General → Client ID"
	case "OKTA_API_TOKEN":
		return "Security → API → Tokens → Create token"
	case "OKTA_UNIVERSAL_LOGOUT_ISSUER", "OKTA_UNIVERSAL_LOGOUT_KEYS":
		return "Applications → your app → General → Logout"
	case "OKTA_EVENT_HOOK_SECRET":
		return "Workflow → Event Hooks → your hook → Authentication secret"
	default:
		return ""
	}
}
