package config

import (
	"errors"
	"log/slog"
	"maps"
	"net/netip"
	"reflect"
	"slices"
	"time"

	"github.com/caarlos0/env/v11"

	"example.com/okta-gin/config/proxyroute"
)

// Read is [Environment] and [Load] in one, with one message about everything that is wrong. Where
// a file cannot be read, the message is about the files alone.
func Read(dir string, environ []string) (Config, error) {
	var found problems
	env := readEnvironment(dir, environ, &found)
	if len(found.files) > 0 {
		return Config{}, found.err()
	}
	cfg, err := load(env, &found)
	cfg.source = &source{dir, environ}
	return cfg, err
}

// Load reads the settings from env, usually the result of [Environment]. Surrounding white space
// is dropped, but for secrets, of which only a line end is, and an empty value counts as none. Each
// secret may instead be given as the name of a file that holds it, in a variable of the same name
// with _FILE added. A name that is no setting but much like one is a problem too.
//
// The error lists every problem at once, formatted for a terminal. It never holds a value.
func Load(env map[string]string) (Config, error) { return load(env, &problems{}) }

func load(env map[string]string, found *problems) (Config, error) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if meant, ok := misspelt(name); ok && env[name] != "" {
			found.addUnknown(name, meant)
		}
	}
	values := readValues(env, found)
	cfg := parse(values, found)
	cfg.check(values, found)
	if err := found.err(); err != nil {
		return Config{}, err
	}
	return cfg, nil
}

// parse puts values into a Config, with defaults for those not given.
func parse(values map[string]string, found *problems) Config {
	var cfg Config
	err := env.ParseWithOptions(&cfg, env.Options{
		Environment: values,
		FuncMap: map[reflect.Type]env.ParserFunc{
			reflect.TypeFor[[]netip.Prefix]():     parseProxies,
			reflect.TypeFor[[]Secret]():           parseSessionSecrets,
			reflect.TypeFor[[]proxyroute.Route](): parseProxyRoutes,
			reflect.TypeFor[List]():               func(text string) (any, error) { return splitList(text) },
		},
	})
	var all env.AggregateError
	if !errors.As(err, &all) {
		return cfg
	}
	for _, err := range all.Errors {
		var bad env.ParseError
		if errors.As(err, &bad) {
			found.add(nameOf(bad.Name), describe(bad))
		}
	}
	return cfg
}

// describe says what a value that could not be parsed should have been, without its text.
func describe(bad env.ParseError) error {
	var ours invalid
	switch {
	case errors.As(bad.Err, &ours):
		return ours
	case bad.Type == reflect.TypeFor[time.Duration]():
		return invalid(`must be a length of time with its unit, such as "90s", "15m" or "12h"`)
	case bad.Type == reflect.TypeFor[slog.Level]():
		return invalid(`must be "debug", "info", "warn" or "error"`)
	case bad.Type == reflect.TypeFor[bool]():
		return invalid("must be true or false")
	default:
		return invalid("must be a whole number")
	}
}
