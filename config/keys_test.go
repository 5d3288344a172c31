package config_test

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"testing"

	"example.com/okta-gin/config"
)

// What refuses keys that are not random must not refuse those that are. The seeds are fixed.
func TestRandomKeysAreAccepted(t *testing.T) {
	t.Parallel()
	random := rand.NewChaCha8([32]byte{1})
	for range 300 {
		key := make([]byte, 32)
		_, _ = random.Read(key)
		for _, text := range []string{hex.EncodeToString(key), base64.StdEncoding.EncodeToString(key), base64.RawURLEncoding.EncodeToString(key)} {
			if _, err := config.Load(required(map[string]string{"SESSION_SECRET": text})); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
		}
	}
}
