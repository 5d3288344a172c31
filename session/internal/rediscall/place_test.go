package rediscall_test

import (
	"errors"
	"testing"

	"example.com/okta-gin/session/internal/rediscall"
)

// FuzzParsePlace: what is no place is ErrNoPlace, and a place leads to itself.
func FuzzParsePlace(f *testing.F) {
	for _, text := range []string{"", "1767323045678.3", "0.1", "0.0", "1", ".", "-1.1", "999999999999999.9999999", "9999999999999999.1", "1.1\n", "\xff"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		place, err := rediscall.ParsePlace(text)
		if err != nil {
			if !errors.Is(err, rediscall.ErrNoPlace) {
				t.Fatalf("%q: %v", text, err)
			}
			return
		}
		same, err := rediscall.ParsePlace(place.String())
		if err != nil || same != place && place.String() != "" {
			t.Fatalf("%q is %+v, and %q is %+v, %v", text, place, place, same, err)
		}
	})
}
