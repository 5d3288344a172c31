package config

import (
	"reflect"
	"strings"
)

// readValues picks the settings out of env, with secrets read from their files.
func readValues(env map[string]string, found *problems) map[string]string {
	values := make(map[string]string)
	for field := range configFields() {
		name := field.Tag.Get("env")
		value, err := readSetting(env, name, holdsSecret(field))
		if err != nil {
			found.add(name, err)
			continue
		}
		values[name] = value
	}
	return values
}

func readSetting(env map[string]string, name string, secret bool) (string, error) {
	if name == clientKeyName { // of several lines, and perhaps of several files
		return readClientKeys(env)
	}
	return readValue(env, name, secret)
}

// readValue returns one value, trimmed. Of a secret nothing is dropped but a line end.
func readValue(env map[string]string, name string, secret bool) (string, error) {
	value := env[name]
	if secret {
		var err error
		if value, err = readTwin(env, name); err != nil {
			return "", err
		}
		value = strings.TrimSuffix(strings.TrimSuffix(value, "\n"), "\r")
	}
	trimmed := strings.TrimSpace(value)
	isJSON := strings.HasPrefix(trimmed, "[")
	switch {
	case trimmed == "":
		return "", nil
	case secret && !isPlain(value), !isPlain(trimmed):
		return "", invalid("must be plain text, without control characters or line breaks")
	case secret && value != trimmed:
		return "", invalid("has blanks at an end; remove them")
	case wrapped(trimmed), !secret && !isJSON && quotedAtAnEnd(trimmed):
		return "", invalid("begins or ends with a quote; leave out the quotes")
	case !isJSON && isPlaceholder(trimmed, secret):
		return "", invalid("is still the placeholder of an example; put the real value in its place")
	}
	return trimmed, nil
}

func holdsSecret(field reflect.StructField) bool {
	return field.Type == reflect.TypeFor[Secret]() || field.Type == reflect.TypeFor[[]Secret]()
}
