package language_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"

	"example.com/okta-gin/language"
)

func texts(t testing.TB) *language.Texts {
	t.Helper()
	all, err := language.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		texts(b)
	}
}

// file reads the texts of a language as they are written.
func file(t *testing.T, tag string) map[string]*i18n.Message {
	t.Helper()
	content, err := os.ReadFile("texts/" + tag + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := i18n.ParseMessageBytes(content, toml.Unmarshal)
	if err != nil {
		t.Fatal(err)
	}
	byID := make(map[string]*i18n.Message)
	for _, message := range parsed {
		byID[message.ID] = message
	}
	return byID
}

// TestEveryTextIsUsed: no text is missing, and none is there for nothing.
func TestEveryTextIsUsed(t *testing.T) {
	t.Parallel()
	english, code := file(t, "en"), readSource(t)
	sections := map[string]bool{}
	problems := map[string]string{}
	for id, message := range english {
		section, _, _ := strings.Cut(id, ".")
		sections[section] = true
		if section == "problem" {
			if other := problems[message.Other]; other != "" {
				t.Errorf("%s and %s are the same words", id, other)
			}
			problems[message.Other] = id
		}
	}
	for id, where := range code.ids {
		if section, _, _ := strings.Cut(id, "."); sections[section] && english[id] == nil {
			t.Errorf("%s wants the text %s, which is not there", where, id)
		}
	}
	for words, where := range code.problems {
		if problems[words] == "" {
			t.Errorf("%s says %q, which is no text of the section problem", where, words)
		}
	}
	for id, message := range english {
		used := code.ids[id] != "" || code.problems[message.Other] != ""
		for family := range code.families {
			used = used || strings.HasPrefix(id, family)
		}
		if !used {
			t.Errorf("nothing uses the text %s", id)
		}
	}
}

// TestTranslatorsAreTold: each text has a note.
func TestTranslatorsAreTold(t *testing.T) {
	t.Parallel()
	english := file(t, "en")
	for _, id := range slices.Sorted(maps.Keys(english)) {
		if len(strings.Fields(english[id].Description)) == 0 {
			t.Errorf("%s has no description", id)
		}
	}
}
