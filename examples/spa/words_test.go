package spa_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// read returns a file of the front end.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// wordsOf are the words by language and name. In words.js they are JSON.
func wordsOf(t *testing.T) map[string]map[string]string {
	t.Helper()
	_, text, _ := strings.Cut(read(t, "words.js"), "const all = ")
	text, _, _ = strings.Cut(text, ";\n")
	var all map[string]map[string]string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestEveryLanguageHasTheSameWords: none is missing, with places to fill in that are those of English.
func TestEveryLanguageHasTheSameWords(t *testing.T) {
	t.Parallel()
	all, place := wordsOf(t), regexp.MustCompile(`{\w+}`)
	for _, tag := range []string{"en", "de", "fr", "es", "pt", "ja", "ar"} {
		if len(all[tag]) != len(all["en"]) {
			t.Errorf("%s has %d words, en has %d", tag, len(all[tag]), len(all["en"]))
		}
		for name, english := range all["en"] {
			own := place.FindAllString(all[tag][name], -1)
			slices.Sort(own)
			want := place.FindAllString(english, -1)
			slices.Sort(want)
			if all[tag][name] == "" || !slices.Equal(own, want) {
				t.Errorf("%s: %s is %q, in English %q", tag, name, all[tag][name], english)
			}
		}
	}
	if len(all) != 7 {
		t.Errorf("there are %d languages", len(all))
	}
}

// TestWordsAreUsed: the page and its scripts use each of the words, and no others; the page has the English ones.
func TestWordsAreUsed(t *testing.T) {
	t.Parallel()
	english := wordsOf(t)["en"]
	page, scripts := read(t, "index.html"), read(t, "app.js")+read(t, "signin.js")+read(t, "api.js")
	used := map[string]bool{"sign_in": true}
	for _, found := range regexp.MustCompile(`data-words="(\w+)"[^>]*>([^<]*)`).FindAllStringSubmatch(page, -1) {
		used[found[1]] = true
		if want, _, _ := strings.Cut(english[found[1]], "{"); found[2] != want {
			t.Errorf("the page says %q for %s, want %q", found[2], found[1], want)
		}
	}
	for _, found := range regexp.MustCompile(`(?:words|pieces)\((?:outWords \?\? )?"(\w+)"|(?:in|out)Words: "(\w+)"`).FindAllStringSubmatch(scripts, -1) {
		used[found[1]+found[2]] = true
	}
	for name := range used {
		if english[name] == "" {
			t.Errorf("there are no words %s", name)
		}
	}
	for name := range english {
		if !used[name] && !strings.HasPrefix(name, "reason_") {
			t.Errorf("nothing uses the words %s", name)
		}
	}
}
