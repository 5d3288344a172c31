package keptform

import (
	"slices"
	"strings"
	"unicode"
)

// isToken reports whether a field is one of those that frameworks add against requests from
// elsewhere, and of which no person knows.
func isToken(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"csrf", "xsrf", "authenticity_token", "requestverificationtoken"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return name == "_token"
}

// isSecret reports whether a field is one that nobody should read over a person's shoulder,
// such as a password, as far as its name tells.
func isSecret(name string) bool {
	all := words(name)
	joined := strings.Join(all, "")
	for _, part := range []string{"password", "passwort", "passphrase", "passcode", "kennwort", "contraseña", "contrasena", "motdepasse", "apikey", "cardnumber", "securitycode"} {
		if strings.Contains(joined, part) {
			return true
		}
	}
	return slices.ContainsFunc(all, func(word string) bool {
		return slices.Contains([]string{
			"pass", "passwd", "pwd", "pw", "pin", "tan", "otp", "totp", "mfa", "cvv", "cvc", "ssn", "secret", "token", "credential", "credentials", "senha",
		}, word)
	})
}

// words are those that name is made of, in small letters: newPassword has two.
func words(name string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all, word = append(all, strings.ToLower(string(word))), nil
		}
	}
	small := false
	for _, r := range name {
		if !unicode.IsLetter(r) || small && unicode.IsUpper(r) {
			end()
		}
		if unicode.IsLetter(r) {
			word = append(word, r)
		}
		small = unicode.IsLower(r)
	}
	end()
	return all
}
