package config

import (
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that prints as "[redacted]" in every fmt verb, JSON, text and log. Only
// [Secret.Reveal] gives it away. The zero Secret is not set.
type Secret struct {
	// A pointer, so that fmt prints an address and not the text where it cannot call Format:
	// inside another package's unexported field.
	value *string
}

// NewSecret returns a Secret of value. An empty value gives one that is not set.
func NewSecret(value string) Secret {
	if value == "" {
		return Secret{}
	}
	return Secret{value: &value}
}

// Reveal returns the text itself, empty if not set.
func (s Secret) Reveal() string {
	if s.value == nil {
		return ""
	}
	return *s.value
}

// IsSet reports whether there is a text.
func (s Secret) IsSet() bool { return s.value != nil }

// Format implements [fmt.Formatter] for all verbs.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// String implements [fmt.Stringer].
func (s Secret) String() string { return redacted }

// LogValue implements [slog.LogValuer].
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText implements [encoding.TextMarshaler], which encoding/json uses too.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *Secret) UnmarshalText(text []byte) error {
	*s = NewSecret(string(text))
	return nil
}
