package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/joho/godotenv"
)

const (
	maxFileSize   = 64 << 10 // bytes
	maxValueLines = 100      // of a quoted value; a private key has some 30
)

// envLine is a NAME=value of a file, and the line it ends on.
type envLine struct {
	name, value string
	line        int
	// expands is true where godotenv would put the value of a variable in place of a $, or drop
	// a backslash before it.
	expands bool
}

// badLine is where a file cannot be understood. It does not say what stands there.
type badLine int

func (n badLine) Error() string {
	return fmt.Sprintf("line %d: expected NAME=value in UTF-8; a value that begins with a quote must end with one", int(n))
}

// readEnvFile parses a file of NAME=value lines. A missing file has none.
func readEnvFile(path string) ([]envLine, error) {
	source, err := readSmallFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be read: %w", path, err)
	}
	parsed, err := parseEnvFile(bytes.TrimPrefix(source, []byte("\ufeff")))
	if err != nil {
		return nil, fmt.Errorf("%s, %w", path, err)
	}
	return parsed, nil
}

// parseEnvFile hands godotenv a line at a time, and more of them only where a quoted value goes on,
// so that each value has its line.
func parseEnvFile(source []byte) ([]envLine, error) {
	var parsed []envLine
	lines := bytes.SplitAfter(source, []byte("\n"))
	for first := 0; first < len(lines); {
		next, found, ok := parseStatement(lines, first)
		if !ok {
			return nil, badLine(first + 1)
		}
		if found.name != "" {
			parsed = append(parsed, found)
		}
		first = next
	}
	return parsed, nil
}

// parseStatement parses what begins at the line of index first, and returns the index of the line
// after it. A comment or an empty line has no name.
func parseStatement(lines [][]byte, first int) (next int, found envLine, ok bool) {
	for next = first + 1; next <= min(first+maxValueLines, len(lines)); next++ {
		if found, ok = parseOne(string(bytes.Join(lines[first:next], nil))); ok {
			found.line = next
			return next, found, true
		}
	}
	return first, envLine{}, false
}

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_.]*$`)

// dollar stands in for the $ of a value where nothing is to be expanded. It means nothing to
// godotenv, and nobody writes it.
const dollar = "\ue000"

// parseOne drops godotenv's errors, which quote the file.
func parseOne(source string) (found envLine, ok bool) {
	if !utf8.ValidString(source) {
		return envLine{}, false
	}
	expanded, err := godotenv.Unmarshal(source)
	if err != nil || len(expanded) > 1 {
		return envLine{}, false
	}
	literal, err := godotenv.Unmarshal(strings.ReplaceAll(source, "$", dollar))
	if err != nil {
		return envLine{}, false
	}
	for name, value := range expanded {
		if !validName.MatchString(name) {
			return envLine{}, false
		}
		expands := value != strings.ReplaceAll(literal[name], dollar, "$")
		return envLine{name: name, value: value, expands: expands}, true
	}
	return envLine{}, true
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
