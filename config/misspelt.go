package config

import (
	"slices"
	"strings"
)

// misspelt returns the setting that name, found in one of our files, must have
// meant. A REQUIRE_GROUP that is passed over in silence leaves an app open.
// Names that are short or unlike any setting belong to somebody else.
func misspelt(name string) (meant string, ok bool) {
	const shortest, farthest = 8, 2
	name = strings.TrimSuffix(name, twinSuffix)
	settings := Names()
	if len(name) < shortest || slices.Contains(settings, name) {
		return "", false
	}
	for _, setting := range settings {
		if len(setting) >= shortest && editDistance(strings.ToUpper(name), setting) <= farthest {
			return setting, true
		}
	}
	return "", false
}

// editDistance is the number of letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
