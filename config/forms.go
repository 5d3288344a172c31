package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func oneOf(value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	var quoted []string
	for _, each := range allowed {
		if each != "" {
			quoted = append(quoted, strconv.Quote(each))
		}
	}
	last := len(quoted) - 1
	return invalid("must be " + strings.Join(quoted[:last], ", ") + " or " + quoted[last])
}

// visible matches the characters of client ids and tokens (RFC 6749, appendix A).
var visible = regexp.MustCompile(`^[!-~]+$`)

func checkCredential(value string) error {
	switch {
	case value == "":
		return invalid("is missing")
	case !visible.MatchString(value):
		return invalid("must be one word of ASCII characters")
	}
	return nil
}

// scopeToken is what RFC 6749, section 3.3 allows in a scope.
var scopeToken = regexp.MustCompile(`^[!#-\[\]-~]+$`)

func checkScopes(scopes []string) error {
	for _, scope := range scopes {
		if !scopeToken.MatchString(scope) || strings.Contains(scope, ",") {
			return invalid("must be scopes separated by spaces, without commas or quotes")
		}
	}
	return nil
}

func checkDuration(value, least, most time.Duration) error {
	if value < least || value > most {
		return invalid("must be from " + spelled(least) + " to " + spelled(most))
	}
	return nil
}

// spelled is d without minutes and seconds that are zero.
func spelled(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
