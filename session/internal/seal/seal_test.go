package seal_test

import (
	"bytes"
	"strings"
	"testing"

	"example.com/okta-gin/session/internal/seal"
)

var (
	secretA = bytes.Repeat([]byte("A"), 32)
	secretB = bytes.Repeat([]byte("B"), 32)
)

func newSealer(t testing.TB, purpose string, secrets ...[]byte) *seal.Sealer {
	t.Helper()
	s, err := seal.New(secrets, purpose)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealer(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, "purpose", secretA)
	value := sealer.Seal("name", []byte("plaintext"))
	tests := []struct {
		name        string
		opener      *seal.Sealer
		openAs      string
		value       string
		want        bool
		wantCurrent bool
	}{
		{"as sealed", sealer, "name", value, true, true},
		{"same secret elsewhere", newSealer(t, "purpose", secretA), "name", value, true, true},
		{"older secret", newSealer(t, "purpose", secretB, secretA), "name", value, true, false},
		{"newer secret second", newSealer(t, "purpose", secretA, secretB), "name", value, true, true},
		{"wrong secret", newSealer(t, "purpose", secretB), "name", value, false, false},
		{"wrong purpose", newSealer(t, "other purpose", secretA), "name", value, false, false},
		{"wrong name", sealer, "other name", value, false, false},
		{"no name", sealer, "", value, false, false},
		{"empty", sealer, "name", "", false, false},
		{"unknown version", sealer, "name", "Ag" + value[2:], false, false},
		{"not base64url", sealer, "name", "!" + value[1:], false, false},
		{"padded", sealer, "name", value + "=", false, false},
		{"broken by a line", sealer, "name", value[:8] + "\n" + value[8:], false, false},
		{"too short for a nonce", sealer, "name", value[:20], false, false},
		{"too short for a tag", sealer, "name", value[:40], false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			plaintext, current, err := tt.opener.Open(tt.openAs, tt.value)
			if (err == nil) != tt.want || current != tt.wantCurrent {
				t.Fatalf("Open: %v, current %v, want %v, %v", err, current, tt.want, tt.wantCurrent)
			}
			if tt.want && string(plaintext) != "plaintext" {
				t.Errorf("plaintext %q", plaintext)
			}
		})
	}
}

// The purpose and the name must not run into each other.
func TestSealerSeparatesPurposeAndName(t *testing.T) {
	t.Parallel()
	value := newSealer(t, "a", secretA).Seal("bc", nil)
	if _, _, err := newSealer(t, "ab", secretA).Open("c", value); err == nil {
		t.Error("opened under another purpose")
	}
}

func TestSealerHidesAndVaries(t *testing.T) {
	t.Parallel()
	sealer := newSealer(t, "purpose", secretA)
	one, two := sealer.Seal("name", []byte("plaintext")), sealer.Seal("name", []byte("plaintext"))
	if one == two {
		t.Error("the same value twice: the nonce is not random")
	}
	if want := (len("plaintext")+41)*4/3 + 1; len(one) != want {
		t.Errorf("%d characters, want %d", len(one), want)
	}
}

func FuzzSealerOpen(f *testing.F) {
	sealer := newSealer(f, "purpose", secretA, secretB)
	sealed := sealer.Seal("name", []byte("plaintext"))
	f.Add("name", sealed)
	f.Add("name", sealed[:len(sealed)-1])
	f.Add("other", sealed)
	f.Add("", "")
	f.Add("name", "AQ")
	f.Add("name", strings.Repeat("A", 100))
	f.Fuzz(func(t *testing.T, name, value string) {
		plaintext, _, err := sealer.Open(name, value)
		if err == nil && (name != "name" || string(plaintext) != "plaintext") {
			t.Fatalf("opened as %q: %q", name, plaintext)
		}
	})
}
