package language

import (
	"cmp"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	tags "golang.org/x/text/language"
)

//go:embed texts/*.toml
var shipped embed.FS

// Texts are the words of all languages. They are safe for concurrent use.
type Texts struct {
	languages []*Words // in the order of their names
	english   *Words
	matcher   tags.Matcher
	matched   []*Words // what the matcher's answers stand for
	problems  map[string]string
	accepted  *lru.Cache[string, *Words] // by header; nil where none fits
}

// New reads the texts of this module, and then those of each of more: the files
// TAG.toml at its top, where TAG is a language tag (BCP 47), in the same format. They
// add languages and texts, and overrule what was there before. What a language lacks is
// in English.
//
// It returns an error for a file that can't be read, a text that is not formed as texts
// are or has other places to fill in than in English, and a language without a name.
func New(more ...fs.FS) (*Texts, error) {
	if len(more) == 0 {
		return shippedTexts()
	}
	return read(more)
}

// shippedTexts are read once: they are the same for everybody.
var shippedTexts = sync.OnceValues(func() (*Texts, error) { return read(nil) })

func read(more []fs.FS) (*Texts, error) {
	own, err := fs.Sub(shipped, "texts")
	if err != nil {
		return nil, fmt.Errorf("find the texts: %w", err)
	}
	all := make(messages)
	t := &Texts{problems: make(map[string]string)}
	for _, from := range append([]fs.FS{own}, more...) {
		if err := all.add(from); err != nil {
			return nil, err
		}
		for id, message := range all["en"] { // before others overrule it: code goes by what stands here
			if strings.HasPrefix(id, ofProblems) {
				t.problems[message.Other] = id
			}
		}
	}
	return t, t.build(all)
}

// ofProblems is how the ids begin of texts that are found by their English.
const ofProblems = "problem."

// messages are by the tag of their language, and by id.
type messages map[string]map[string]*i18n.Message

// add reads the texts of a folder.
func (m messages) add(from fs.FS) error {
	if from == nil {
		return errors.New("one of the folders is nil")
	}
	names, err := fs.Glob(from, "*.toml")
	if err != nil {
		return fmt.Errorf("list the texts: %w", err)
	}
	if len(names) == 0 {
		return errors.New("a folder has no file such as pt-BR.toml in it: fs.Sub finds one within embedded files")
	}
	for _, name := range names {
		content, err := fs.ReadFile(from, name)
		if err != nil {
			return fmt.Errorf("read the texts: %w", err)
		}
		tag, err := tags.Parse(strings.TrimSuffix(name, ".toml"))
		if err != nil {
			return fmt.Errorf("the texts in %s: the name is to be a language tag such as pt-BR.toml: %w", name, err)
		}
		parsed, err := i18n.ParseMessageBytes(content, toml.Unmarshal)
		if err != nil {
			return fmt.Errorf("read the texts in %s: %w", name, err)
		}
		if m[tag.String()] == nil {
			m[tag.String()] = make(map[string]*i18n.Message)
		}
		for _, message := range parsed {
			m[tag.String()][message.ID] = message
		}
	}
	return nil
}

func (t *Texts) build(all messages) (err error) {
	if t.accepted, err = lru.New[string, *Words](256); err != nil {
		return fmt.Errorf("set up the memory of languages: %w", err)
	}
	if t.english, err = newWords(t, tags.English, all["en"], nil); err != nil {
		return err
	}
	t.languages = []*Words{t.english}
	var faults []error
	for tag, own := range all {
		if tag == "en" {
			continue
		}
		words, err := newWords(t, tags.MustParse(tag), own, t.english)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		t.languages = append(t.languages, words)
	}
	slices.SortFunc(t.languages, func(a, b *Words) int { return cmp.Compare(a.Name(), b.Name()) })
	t.matched = append([]*Words{t.english}, slices.DeleteFunc(slices.Clone(t.languages), func(w *Words) bool { return w == t.english })...)
	known := make([]tags.Tag, len(t.matched))
	for i, words := range t.matched {
		known[i] = words.tag
	}
	t.matcher = tags.NewMatcher(known)
	return errors.Join(faults...)
}

// All are the languages, in the order of their names.
func (t *Texts) All() []*Words { return t.languages }

// English is what there is in any case.
func (t *Texts) English() *Words { return t.english }

// Tagged returns the language of exactly that tag, nil where there is none.
func (t *Texts) Tagged(tag string) *Words {
	for _, words := range t.languages {
		if words.name == tag {
			return words
		}
	}
	return nil
}

// longestHeader is how many bytes of an Accept-Language header are read.
const longestHeader = 256

// Accepting returns the language that fits an Accept-Language header best (RFC 9110
// section 12.5.4), nil where none fits.
func (t *Texts) Accepting(header string) *Words {
	if len(header) > longestHeader {
		header = header[:longestHeader]
		header = header[:max(0, strings.LastIndexByte(header, ','))]
	}
	if header == "" {
		return nil
	}
	if words, known := t.accepted.Get(header); known {
		return words
	}
	words := t.match(header)
	t.accepted.Add(strings.Clone(header), words)
	return words
}

func (t *Texts) match(header string) *Words {
	wanted := preferred(header)
	_, i, confidence := t.matcher.Match(wanted...)
	if confidence < tags.Low || len(wanted) == 0 {
		return nil
	}
	return t.matched[i]
}

// preferred are the tags of an Accept-Language header, the best first. It leaves out what
// is no tag: one odd entry is not to spoil the others.
func preferred(header string) []tags.Tag {
	type wish struct {
		tag    tags.Tag
		weight float32
	}
	var wishes []wish
	for entry := range strings.SplitSeq(header, ",") {
		if tag, weight, err := tags.ParseAcceptLanguage(strings.TrimSpace(entry)); err == nil && len(tag) == 1 {
			wishes = append(wishes, wish{tag[0], weight[0]})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	wanted := make([]tags.Tag, len(wishes))
	for i, wish := range wishes {
		wanted[i] = wish.tag
	}
	return wanted
}

// Choose returns a person's language: the tag that they have chosen, else what their
// browser accepts, else the locale of their profile, such as de_CH. Each may be empty. It
// returns nil where none of these is a language that there is.
func (t *Texts) Choose(chosen, accept, locale string) *Words {
	if words := t.Tagged(chosen); words != nil {
		return words
	}
	if words := t.Accepting(accept); words != nil {
		return words
	}
	return t.Accepting(strings.ReplaceAll(locale, "_", "-"))
}
