package config

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

const (
	minKeySize = 32 // bytes
	makeKey    = "make one with `openssl rand -hex 32`"
)

// parseSessionSecrets reads a list of keys in hex or base64.
func parseSessionSecrets(text string) (any, error) {
	items, err := splitList(text)
	if err != nil {
		return nil, err
	}
	var secrets []Secret
	for _, item := range items {
		key, err := parseKey(item)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, NewSecret(string(key)))
	}
	return secrets, nil
}

func parseKey(text string) ([]byte, error) {
	key, ok := decodeKey(text)
	switch {
	case !ok:
		return nil, invalid("must be hex or base64, several separated by commas; " + makeKey)
	case len(key) < minKeySize:
		return nil, invalid(fmt.Sprintf("must be %d bytes or more, but one has %d; %s", minKeySize, len(key), makeKey))
	case isRegular(text) || isRegular(string(key)) || distinctBytes(key) < minKeySize/2:
		return nil, invalid("must be random, but one is regular; " + makeKey)
	case looksLikeWords(text) || looksLikeWords(string(key)):
		return nil, invalid("must be random, but one looks like words; " + makeKey)
	}
	return key, nil
}

var hexDigits = regexp.MustCompile(`^[0-9A-Fa-f]+$`)

// decodeKey reads whatever looks like hex as hex: the same letters taken for base64 would make a
// key seem longer than it is.
func decodeKey(text string) ([]byte, bool) {
	if hexDigits.MatchString(text) {
		key, err := hex.DecodeString(text)
		return key, err == nil
	}
	text = strings.TrimRight(text, "=")
	encoding := base64.RawStdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.RawURLEncoding
	}
	key, err := encoding.DecodeString(text)
	return key, err == nil && text != ""
}

// isRegular reports whether text repeats a shorter one, or goes up or down in the same steps for
// more than half of its length. Of random keys fewer than one in 2^50 does.
func isRegular(text string) bool {
	for period := 1; period <= len(text)/2; period++ {
		if text[period:] == text[:len(text)-period] {
			return true
		}
	}
	var steps [256]int
	for i := 1; i < len(text); i++ {
		step := text[i] - text[i-1]
		steps[step]++
		if steps[step] > len(text)/2 {
			return true
		}
	}
	return false
}

// distinctBytes counts the different bytes. Random keys of 32 bytes have 30 on average, and fewer
// than one in 2^50 has less than 16.
func distinctBytes(key []byte) int {
	var seen [256]bool
	count := 0
	for _, b := range key {
		if !seen[b] {
			seen[b] = true
			count++
		}
	}
	return count
}

// looksLikeWords reports whether text reads like words, with or without capitals, digits and
// separators: most letters come after one of the same case, or vowels and consonants alternate. Of
// random keys in base64 one in 500,000 does.
func looksLikeWords(text string) bool {
	var sameCase, alternating int
	upper := strings.ToUpper(text) == text
	for i := 1; i < len(text); i++ {
		before, letter := text[i-1], text[i]
		if !isLetter(before) || !isLetter(letter) || isUpper(letter) && !upper {
			continue
		}
		if isUpper(before) == isUpper(letter) {
			sameCase++
		}
		if isVowel(before) != isVowel(letter) {
			alternating++
		}
	}
	pairs := len(text) - 1
	return sameCase > pairs*12/20 || alternating > pairs*9/20
}

func isUpper(b byte) bool  { return 'A' <= b && b <= 'Z' }
func isLetter(b byte) bool { return isUpper(b) || 'a' <= b && b <= 'z' }
func isVowel(b byte) bool  { return strings.IndexByte("aeiouyAEIOUY", b) >= 0 }

func generateKey() Secret {
	key := make([]byte, minKeySize)
	_, _ = rand.Read(key) // never fails
	return NewSecret(string(key))
}
