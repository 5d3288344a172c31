package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Environment returns the variables of environ ("NAME=value" each, as from os.Environ), filled up
// from dir/.env and then from dir/.okta.env, the file that Okta's tools write. Either file may be
// missing. An empty value in a file leaves the name to the next one; in environ it counts.
// Variables inside values are not expanded: a $ that asks for it is an error.
//
// The error lists every problem at once, formatted for a terminal, with file and line. It never
// holds a value.
func Environment(dir string, environ []string) (map[string]string, error) {
	var found problems
	env := readEnvironment(dir, environ, &found)
	if err := found.err(); err != nil {
		return nil, err
	}
	return env, nil
}

func readEnvironment(dir string, environ []string, found *problems) map[string]string {
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	for _, name := range []string{".env", ".okta.env"} {
		path := filepath.Join(dir, name)
		lines, err := readEnvFile(path)
		if err != nil {
			found.addFile(err)
			continue
		}
		env = fillUp(env, valuesOf(path, lines, found))
	}
	return env
}

// valuesOf reports the lines whose value would not be taken as it stands. They are no values.
func valuesOf(path string, lines []envLine, found *problems) map[string]string {
	values := make(map[string]string)
	for _, line := range lines {
		values[line.name] = line.value
		if !line.expands {
			continue
		}
		const wrong = "has a $ that would be taken for a variable; put the value between 'single quotes'"
		if setting := strings.TrimSuffix(line.name, twinSuffix); slices.Contains(Names(), setting) {
			found.add(setting, invalid(fmt.Sprintf("in %s, line %d, %s", path, line.line, wrong)))
		} else {
			found.addFile(fmt.Errorf("%s, line %d: the value %s", path, line.line, wrong))
		}
	}
	return values
}

// fillUp adds to over what only under has. A secret and its _FILE twin stand for each other.
func fillUp(over, under map[string]string) map[string]string {
	merged := maps.Clone(over)
	for name, value := range under {
		_, taken := over[name]
		if !taken && over[twin(name)] == "" && value != "" {
			merged[name] = value
		}
	}
	return merged
}
