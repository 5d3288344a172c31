package browsers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"example.com/okta-gin/auth/internal/browsers"
	"example.com/okta-gin/language"
)

var described = map[string]string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0":                                                        "Firefox on Windows",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15":                   "Safari on a Mac",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari on iPhone or iPad",
	"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36":                   "Chrome on Android",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0":           "Edge on Windows",
	"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36":                                   "Chrome on Linux",
	"":                        "",
	"curl/8.5.0":              "",
	"Sign in at evil.example": "",
}

func TestDescribe(t *testing.T) {
	t.Parallel()
	for header, want := range described {
		if got := browsers.Describe(header); got != want {
			t.Errorf("%q: %q, want %q", header, got, want)
		}
	}
}

// FuzzDescribe holds that nothing of the header itself comes out, whatever it is.
func FuzzDescribe(f *testing.F) {
	for header := range described {
		f.Add(header)
	}
	f.Add(strings.Repeat("(;", 5000))
	f.Add("Mozilla/5.0 (<script>alert(1)</script>) \x00\xff")
	words := strings.Fields("A browser on Opera Mini Chrome Firefox Internet Explorer Safari Edge Vivaldi Samsung the Facebook Instagram app" +
		" Windows Phone Android a Mac iPhone or iPad Linux FreeBSD ChromeOS BlackBerry HarmonyOS")
	f.Fuzz(func(t *testing.T, header string) {
		for _, word := range strings.Fields(browsers.Describe(header)) {
			if !slices.Contains(words, word) {
				t.Errorf("%q says %q", header, word)
			}
		}
	})
}

func TestAgo(t *testing.T) {
	t.Parallel()
	texts, err := language.New()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 1, 2, 15, 4, 5, 0, time.UTC)
	for ago, want := range map[time.Duration]string{
		-time.Minute: "in the last 10 minutes", 0: "in the last 10 minutes", 11 * time.Minute: "in the last 20 minutes",
		59 * time.Minute: "in the last 60 minutes", time.Hour: "in the last 2 hours", 23 * time.Hour: "in the last 24 hours",
		24 * time.Hour: "on 1 January 2026",
	} {
		if got := browsers.Ago(texts.English(), now.Add(-ago), now); got != want {
			t.Errorf("%v: %q, want %q", ago, got, want)
		}
	}
}
