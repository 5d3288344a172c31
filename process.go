package main

import (
	"runtime/debug"
	"slices"
	"strings"
	_ "time/tzdata" // greetings know the time where people are, on machines without a zone database too

	_ "golang.org/x/crypto/x509roots/fallback" // authorities to trust Okta by, on machines that have none
)

// gcPercent is GOGC where the environment says nothing of it: the garbage collector works a
// third less, for a few MB more. docs/performance.md has what it takes.
const gcPercent = 150

func collectLess(environ []string) {
	if !slices.ContainsFunc(environ, func(variable string) bool { return strings.HasPrefix(variable, "GOGC=") }) {
		debug.SetGCPercent(gcPercent)
	}
}
