package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/joho/godotenv"
)

const (
	twinSuffix  = "_FILE"
	maxFileSize = 64 << 10 // bytes
)

// Environment returns the variables of environ ("NAME=value" each, as from os.Environ), filled up
// from dir/.env and then from dir/.okta.env, the file that Okta's tools write. Either file may be
// missing. An empty value in a file leaves the name to the next one; in environ it counts.
//
// An error names the file and the line and never holds a value.
func Environment(dir string, environ []string) (map[string]string, error) {
	env := make(map[string]string, len(environ))
	for _, entry := range environ {
		if name, value, ok := strings.Cut(entry, "="); ok {
			env[name] = value
		}
	}
	var errs []error
	for _, name := range []string{".env", ".okta.env"} {
		file, err := readEnvFile(filepath.Join(dir, name))
		errs = append(errs, err)
		env = fillUp(env, file)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return env, nil
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

func twin(name string) string {
	if base, ok := strings.CutSuffix(name, twinSuffix); ok {
		return base
	}
	return name + twinSuffix
}

// readEnvFile parses a file of NAME=value lines. A missing file has none.
func readEnvFile(path string) (map[string]string, error) {
	source, err := readSmallFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, err)
	}
	source = bytes.TrimPrefix(source, []byte("\ufeff"))
	if values, ok := parseEnv(source); ok {
		return values, checkNames(path, values)
	}
	return nil, fmt.Errorf("%s, line %d: expected NAME=value; a value that begins with a quote must end with one", path, wrongLine(source))
}

// checkNames reports names that look like a setting but are none.
func checkNames(path string, values map[string]string) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if meant, ok := misspelt(name); ok {
			errs = append(errs, fmt.Errorf("%s: there is no setting %s; is it %s?", path, name, meant))
		}
	}
	return errors.Join(errs...)
}

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// parseEnv drops godotenv's error, which quotes the rest of the file.
func parseEnv(source []byte) (map[string]string, bool) {
	values, err := godotenv.UnmarshalBytes(source)
	if err != nil {
		return nil, false
	}
	for name := range values {
		if !validName.MatchString(name) {
			return nil, false
		}
	}
	return values, true
}

// wrongLine returns the number of the line after the longest beginning that parses.
func wrongLine(source []byte) int {
	lines := bytes.SplitAfter(source, []byte("\n"))
	for n := len(lines) - 1; n > 0; n-- {
		if _, ok := parseEnv(bytes.Join(lines[:n], nil)); ok {
			return n + 1
		}
	}
	return 1
}

// readSmallFile reads at most maxFileSize and refuses more.
func readSmallFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, withoutPath(err)
	}
	defer func() { _ = file.Close() }()
	content, err := io.ReadAll(io.LimitReader(file, maxFileSize+1))
	if err != nil {
		return nil, withoutPath(err)
	}
	if len(content) > maxFileSize {
		return nil, fmt.Errorf("it is larger than %d KiB", maxFileSize>>10)
	}
	return content, nil
}

// withoutPath returns the cause alone: a secret pasted where its file's name belongs is not told.
func withoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}

// readValues picks the settings out of env, trimmed, with secrets read from their files.
func readValues(env map[string]string, found *problems) map[string]string {
	values := make(map[string]string)
	for field := range configFields() {
		name := field.Tag.Get("env")
		value := strings.TrimSpace(env[name])
		if holdsSecret(field) {
			value = readTwin(env, name, value, found)
		}
		if !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
			found.add(name, invalid("must be plain text, without control characters or line breaks"))
			continue
		}
		values[name] = value
	}
	return values
}

// readTwin returns value, or the content of the file that the _FILE twin of name names.
func readTwin(env map[string]string, name, value string, found *problems) string {
	path := strings.TrimSpace(env[name+twinSuffix])
	if path == "" {
		return value
	}
	if value != "" {
		found.add(name, invalid("is given twice: remove it or "+name+twinSuffix))
		return value
	}
	content, err := readSmallFile(path)
	if err != nil {
		found.add(name, invalid("the file that "+name+twinSuffix+" names cannot be read: "+err.Error()))
		return ""
	}
	value = strings.TrimSpace(string(content))
	if value == "" {
		found.add(name, invalid("the file that "+name+twinSuffix+" names is empty"))
	}
	return value
}

func holdsSecret(field reflect.StructField) bool {
	return field.Type == reflect.TypeFor[Secret]() || field.Type == reflect.TypeFor[[]Secret]()
}
