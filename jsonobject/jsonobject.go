// Package jsonobject decodes JSON objects of which nobody knows the members before, such
// as claims.
package jsonobject

import (
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// Decode returns the members of the one JSON object that document holds (RFC 8259), as
// encoding/json decodes them into a map[string]any, but for numbers: they are json.Number
// at any depth and so keep their digits, however many they are. Of members with the same
// name the last one counts. Anything but one object is an error.
//
// It takes two thirds of the time of a json.Decoder: encoding/json says whether document is
// valid, and what is known to be valid is short to read.
func Decode(document []byte) (map[string]any, error) {
	if !json.Valid(document) {
		return nil, json.Unmarshal(document, new(any)) // says why
	}
	valid := skip(string(document))
	if valid[0] != '{' {
		return nil, errors.New("it is JSON, but not an object")
	}
	members, _ := object(valid)
	return members, nil
}

// value decodes the value that valid begins with, and returns what follows it. Here and
// below, valid is the rest of a valid document, from a value or a name on, so that the sign
// that is looked for is there.
func value(valid string) (decoded any, rest string) {
	switch valid[0] {
	case '{':
		return object(valid)
	case '[':
		return list(valid)
	case '"':
		return text(valid)
	case 't':
		return true, valid[len("true"):]
	case 'f':
		return false, valid[len("false"):]
	case 'n':
		return nil, valid[len("null"):]
	default:
		return number(valid)
	}
}

func object(valid string) (members map[string]any, rest string) {
	members = make(map[string]any)
	for rest = skip(valid[1:]); rest[0] != '}'; rest = skip(rest) {
		var name string
		name, rest = text(rest)
		members[name], rest = value(skip(rest))
	}
	return members, rest[1:]
}

func list(valid string) (values []any, rest string) {
	values = []any{}
	for rest = skip(valid[1:]); rest[0] != ']'; rest = skip(rest) {
		var next any
		next, rest = value(rest)
		values = append(values, next)
	}
	return values, rest[1:]
}

// text decodes a string. One with escapes, or that is not UTF-8, is left to encoding/json.
func text(valid string) (decoded, rest string) {
	end := 1 + strings.IndexByte(valid[1:], '"')
	if plain := valid[1:end]; strings.IndexByte(plain, '\\') < 0 && utf8.ValidString(plain) {
		return plain, valid[end+1:]
	}
	for end = 1; valid[end] != '"'; end++ {
		if valid[end] == '\\' {
			end++
		}
	}
	_ = json.Unmarshal([]byte(valid[:end+1]), &decoded) // it is valid
	return decoded, valid[end+1:]
}

func number(valid string) (decoded json.Number, rest string) {
	end := strings.IndexAny(valid, ",]} \t\r\n")
	return json.Number(valid[:end]), valid[end:]
}

// skip drops white space, and the signs between names and values.
func skip(valid string) string { return strings.TrimLeft(valid, " \t\r\n,:") }
