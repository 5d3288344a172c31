package config

import "strings"

// splitClientSecret returns the client secret and, where two are given, the other. A secret that
// holds a comma is written as a JSON list of one.
func splitClientSecret(given Secret) (first, other Secret, err error) {
	text := given.Reveal()
	if !strings.HasPrefix(text, "[") && !strings.Contains(text, ",") {
		return given, Secret{}, nil
	}
	list, err := splitList(text)
	switch {
	case err != nil:
		return given, Secret{}, err
	case len(list) > 2:
		return given, Secret{}, invalid("has more than two entries; the client has one secret, or two while one is being replaced")
	case len(list) == 2:
		other = NewSecret(list[1])
	}
	return NewSecret(list[0]), other, nil
}
