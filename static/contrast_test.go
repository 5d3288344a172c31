package static_test

import (
	"cmp"
	"fmt"
	"math"
	"os"
	"regexp"
	"strings"
	"testing"
)

// Text needs a contrast of 4.5 to 1, borders and icons that carry meaning 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
func TestContrast(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	light, rest, _ := strings.Cut(string(css), "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "/* Ground */")
	for theme, block := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]string{}
		for _, found := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6});`).FindAllStringSubmatch(block, -1) {
			colours[found[1]] = found[2]
		}
		for _, pair := range []struct {
			front, back string
			least       float64
		}{
			{"ink", "paper", 7}, {"ink", "card", 7}, {"quiet", "paper", 4.5}, {"quiet", "card", 4.5},
			{"needle", "paper", 4.5}, {"needle", "card", 4.5}, {"needle-strong", "wash", 4.5}, {"on-needle", "needle", 4.5},
			{"on-needle", "needle-strong", 4.5}, {"berry", "paper", 4.5}, {"berry", "card", 4.5}, {"on-warn", "warn", 4.5},
			{"leaf", "card", 3},
		} {
			if got := contrast(t, colours[pair.front], colours[pair.back]); got < pair.least {
				t.Errorf("%s: %s on %s is %.2f to 1, want %.1f", theme, pair.front, pair.back, got, pair.least)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	high, low := luminance(t, a), luminance(t, b)
	if high < low {
		high, low = low, high
	}
	return (high + 0.05) / (low + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	var r, g, b int
	if _, err := fmt.Sscanf(colour, "#%02x%02x%02x", &r, &g, &b); err != nil {
		t.Fatalf("colour %q: %v", colour, err)
	}
	linear := func(channel int) float64 {
		c := float64(channel) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

// TestGreetingOverItsPicture: the greeting is large text, over every colour that its sky
// and its sun or moon may have behind it. The night's own text keeps clear of the moon.
func TestGreetingOverItsPicture(t *testing.T) {
	t.Parallel()
	css, err := os.ReadFile("app.css")
	if err != nil {
		t.Fatal(err)
	}
	screen, _, _ := strings.Cut(string(css), "@media (forced-colors: active)")
	hex := regexp.MustCompile(`#[0-9a-f]{6}`)
	suns := map[string]string{}
	for _, found := range regexp.MustCompile(`(?m)^(?:\.sky(\.\w+) )?\.sun \{.* background: (#[0-9a-f]{6})`).FindAllStringSubmatch(screen, -1) {
		suns[found[1]] = found[2]
	}
	ink := ""
	skies := regexp.MustCompile(`(?m)^\.sky(\.\w+)? \{(.*)\}$`).FindAllStringSubmatch(screen, -1)
	if len(skies) != 4 {
		t.Fatalf("found %d skies, want 4", len(skies))
	}
	for _, sky := range skies {
		_, background, _ := strings.Cut(sky[2], "background: ")
		background, _, _ = strings.Cut(background, ";")
		if own := regexp.MustCompile(`[ ;]color: (#[0-9a-f]{6})`).FindStringSubmatch(sky[2]); own != nil {
			ink = own[1]
		}
		behind := hex.FindAllString(background, -1)
		if sky[1] != ".night" {
			behind = append(behind, cmp.Or(suns[sky[1]], suns[""]))
		}
		for _, colour := range behind {
			if got := contrast(t, ink, colour); got < 4.5 {
				t.Errorf("sky%s: %s on %s is %.2f to 1, want 4.5", sky[1], ink, colour, got)
			}
		}
	}
}
