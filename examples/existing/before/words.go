package main

import (
	"fmt"

	"github.com/gin-gonic/gin"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/pelletier/go-toml/v2"
	"golang.org/x/text/language"
)

// words are what the shop says, in each language.
type words struct {
	bundle  *i18n.Bundle
	matcher language.Matcher
}

func readWords() (*words, error) {
	bundle := i18n.NewBundle(language.English)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	names, err := files.ReadDir("words")
	if err != nil {
		return nil, fmt.Errorf("list the words: %w", err)
	}
	for _, name := range names {
		if _, err := bundle.LoadMessageFileFS(files, "words/"+name.Name()); err != nil {
			return nil, fmt.Errorf("read the words: %w", err)
		}
	}
	return &words{bundle, language.NewMatcher(bundle.LanguageTags())}, nil
}

// language is that of whoever asks.
func (s *shop) language(c *gin.Context) string {
	_, i := language.MatchStrings(s.words.matcher, c.GetHeader("Accept-Language"))
	return s.words.bundle.LanguageTags()[i].String()
}

// say says what has that name. A value, if there is one, goes into its place.
type say func(name string, value ...any) (string, error)

func (w *words) in(language string) say {
	own := i18n.NewLocalizer(w.bundle, language)
	return func(name string, value ...any) (string, error) {
		config := &i18n.LocalizeConfig{MessageID: name}
		if len(value) > 0 {
			config.TemplateData = value[0]
		}
		return own.Localize(config)
	}
}

// orElse says what has that name, or else the name itself.
func (say say) orElse(name string) string {
	if text, err := say(name); err == nil {
		return text
	}
	return name
}
