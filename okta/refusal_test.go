package okta_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"example.com/okta-gin/okta"
)

func TestNewRefusal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ code, description, wantCode, wantDescription, says string }{
		"as Okta says it":        {"access_denied", "User is not assigned.", "access_denied", "User is not assigned.", "okta refused: access_denied (User is not assigned.)"},
		"no description":         {"access_denied", "", "access_denied", "", "okta refused: access_denied"},
		"line breaks":            {"a\r\nb", "one\r\n\r\ntwo\tthree\u2028four\u2029five\u0085six", "ab", "one two three four five six", ""},
		"controls":               {"\x00a\x7f", "\x1b[31mred\x1b[0m\x00", "a", "[31mred [0m", ""},
		"quotes and backslashes": {`a"b\c`, `say "no\yes"`, "abc", `say "no\yes"`, ""},
		"another language":       {"запрещено", "Доступ запрещён", "", "Доступ запрещён", ""},
		"turned around":          {"a\u202e", "\u202eabc\u2066d\u200fe\u061c", "a", "abcde", ""},
		"no UTF-8":               {"a\xff", "a\xff\xfeb", "a", "a\uFFFDb", ""},
		"HTML":                   {"a<b>", "<script>", "a<b>", "<script>", ""},
		"spaces":                 {"  a b  ", "  a   b  ", "a b", "a b", ""},
		"too long":               {strings.Repeat("c", 4096), strings.Repeat("ü", 4096), strings.Repeat("c", 100), strings.Repeat("ü", 499) + "…", ""},
		"just not too long":      {"c", strings.Repeat("ü", 500), "c", strings.Repeat("ü", 500), ""},
	} {
		got := okta.NewRefusal(tc.code, tc.description)
		if got.Code != tc.wantCode || got.Description != tc.wantDescription || got.Status != 0 {
			t.Errorf("%s: %q, %q", name, got.Code, got.Description)
		}
		if tc.says != "" && got.Error() != tc.says {
			t.Errorf("%s: says %q", name, got)
		}
	}
	if got := (&okta.Refusal{Code: "invalid_grant", Description: "Spent.", Status: 400}).Error(); got != "okta refused: invalid_grant (Spent.), status 400" {
		t.Errorf("with a status: %q", got)
	}
}

func FuzzNewRefusal(f *testing.F) {
	for _, seed := range []string{"", "invalid_grant", "a\r\nb", "\u202e\u2066", "\xff\xfe", strings.Repeat("\u0301", 3000), "\x00\x1b[2J", "<b>", `"\`} {
		f.Add(seed, seed)
	}
	f.Fuzz(func(t *testing.T, code, description string) {
		r := okta.NewRefusal(code, description)
		if len(r.Code) > 100 || strings.ContainsFunc(r.Code, func(c rune) bool { return c < ' ' || c > '~' || c == '"' || c == '\\' }) {
			t.Errorf("code %q", r.Code)
		}
		bad := func(c rune) bool {
			return unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == '\u2028' || c == '\u2029'
		}
		if utf8.RuneCountInString(r.Description) > 500 || !utf8.ValidString(r.Description) || strings.ContainsFunc(r.Error(), bad) {
			t.Errorf("description %q", r.Description)
		}
		again := okta.NewRefusal(r.Code, r.Description)
		if again.Description != r.Description {
			t.Errorf("cleaned twice: %q, once: %q", again.Description, r.Description)
		}
	})
}
