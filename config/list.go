package config

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// List is a setting of several values, none of them empty or there twice. It is written with
// commas between them, or, for values that hold a comma, a quote or blanks at an end, as a JSON
// array of strings.
type List []string

// splitList reads either form of a List.
func splitList(text string) (List, error) {
	if strings.HasPrefix(text, "[") {
		return parseJSONList(text)
	}
	var list List
	for item := range strings.SplitSeq(text, ",") {
		item = strings.TrimSpace(item)
		if strings.Contains(item, `"`) || quotedAtAnEnd(item) {
			return nil, invalid(`must be without quotes, or be a JSON list such as ["Sales, North","R&D"]`)
		}
		list = append(list, item)
	}
	return list, checkList(list)
}

func parseJSONList(text string) (List, error) {
	var list List
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, invalid(`begins with [ and so must be a JSON list of texts, such as ["Sales, North","R&D"]`)
	}
	for _, item := range list {
		// U+FFFD is what half a \u escape becomes.
		if !isPlain(item) || strings.ContainsRune(item, utf8.RuneError) {
			return nil, invalid("must be plain text, without control characters or line breaks")
		}
	}
	return list, checkList(list)
}

// maxEntries bounds a list of any kind.
const maxEntries = 1000

func checkList(list List) error {
	if len(list) > maxEntries {
		return invalid(fmt.Sprintf("has more than %d entries", maxEntries))
	}
	for i, item := range list {
		if item == "" {
			return invalid("has an empty entry; entries are separated by single commas")
		}
		if slices.Contains(list[:i], item) {
			return invalid("has the same entry twice")
		}
	}
	if len(list) == 0 {
		return invalid("is a list without entries; leave it out")
	}
	return nil
}

func dropEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(item string) bool { return item == "" })
}
