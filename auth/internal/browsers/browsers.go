// Package browsers says in words which browser a person uses, and when.
package browsers

import (
	"strings"
	"time"

	"github.com/mileusna/useragent"

	"example.com/okta-gin/language"
)

// longest is how many bytes of User-Agent are read.
const longest = 512

// What stands for a browser that is not known, and before the system.
const (
	unknown   = "A browser"
	separator = " on "
)

// Describe names browser and system by the User-Agent header, such as "Firefox on
// Windows": words that people recognize, and no more than that of what the header tells.
// Only names that the parser knows come out of it, never what the header says itself. They
// are in English; sessions keep them, and Name says them in a person's language.
func Describe(userAgent string) string {
	ua := useragent.Parse(userAgent[:min(len(userAgent), longest)])
	browser, system := names[ua.Name], systems[ua.OS]
	switch {
	case browser == "" && system == "":
		return ""
	case browser == "":
		return unknown + separator + system
	case system == "":
		return browser
	default:
		return browser + separator + system
	}
}

// names are the browsers that are told apart, in people's words.
var names = map[string]string{
	useragent.Opera: "Opera", useragent.OperaMini: "Opera Mini", useragent.OperaTouch: "Opera", useragent.Chrome: "Chrome",
	useragent.HeadlessChrome: "Chrome", useragent.Firefox: "Firefox", useragent.InternetExplorer: "Internet Explorer",
	useragent.Safari: "Safari", useragent.MobileSafari: "Safari", useragent.Edge: "Edge", useragent.Vivaldi: "Vivaldi",
	useragent.SamsungBrowser: "Samsung Internet", useragent.FacebookApp: "the Facebook app", useragent.InstagramApp: "the Instagram app",
}

// systems are the systems that are told apart.
var systems = map[string]string{
	useragent.Windows: "Windows", useragent.WindowsPhone: "Windows Phone", useragent.Android: "Android", useragent.MacOS: "a Mac",
	useragent.IOS: "iPhone or iPad", useragent.Linux: "Linux", useragent.FreeBSD: "FreeBSD", useragent.ChromeOS: "ChromeOS",
	useragent.BlackBerry: "BlackBerry", useragent.Harmony: "HarmonyOS",
}

// Name is a browser in words, as Describe has described it.
func Name(words *language.Words, described string) string {
	browser, system, both := strings.Cut(described, separator)
	browser = word(words, browser)
	switch {
	case described == "":
		return ""
	case !both:
		return browser
	default:
		return words.Text("browser.on", "Browser", browser, "System", word(words, system))
	}
}

// word is a name in words; most are the same in all languages.
func word(words *language.Words, name string) string {
	if id := ids[name]; id != "" {
		return words.Text(id)
	}
	return name
}

// ids are the texts for names that are no product's.
var ids = map[string]string{
	unknown: "browser.unknown", "the Facebook app": "browser.facebook", "the Instagram app": "browser.instagram",
	"a Mac": "browser.mac", "iPhone or iPad": "browser.ios",
}

// Ago says roughly how long before now it was: nobody is to be watched by it.
func Ago(words *language.Words, t, now time.Time) string {
	switch past := now.Sub(t); {
	case past < 10*time.Minute:
		return words.Text("devices.minutes", "Count", 10)
	case past < time.Hour:
		return words.Text("devices.minutes", "Count", int(past.Minutes())/10*10+10)
	case past < 24*time.Hour:
		return words.Text("devices.hours", "Count", int(past.Hours())+1)
	default:
		return words.Text("devices.on", "Day", words.Date(t))
	}
}
