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

// Networks that are named twice, in other words or inside one another, count once.
func TestProxiesCountOnce(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]string{
		"the same in other words": pieces("11.%d.0.0/8", 64),
		"one inside another":      pieces("%d.0.0.0/8", 40) + "," + pieces("%d.0.0.0/9", 40) + "," + pieces("%d.128.0.0/9", 40),
	} {
		if _, err := config.Load(required(map[string]string{"TRUSTED_PROXIES": list})); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
