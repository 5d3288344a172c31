// Package browsers says in words which browser a person uses, and when.
package browsers

import (
	"fmt"
	"time"

	"github.com/mileusna/useragent"
)

// longest is how many bytes of User-Agent are read.
const longest = 512

// Describe names browser and system by the User-Agent header, such as "Firefox on
// Windows": words that people recognize, and no more than that of what the header tells.
// Only names that the parser knows come out of it, never what the header says itself.
func Describe(userAgent string) string {
	ua := useragent.Parse(userAgent[:min(len(userAgent), longest)])
	browser, system := names[ua.Name], systems[ua.OS]
	switch {
	case browser == "" && system == "":
		return ""
	case browser == "":
		return "A browser on " + system
	case system == "":
		return browser
	default:
		return browser + " on " + system
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

// readable is how a time reads.
const readable = "2 January 2006, 15:04 UTC"

// Moment is a time in words.
func Moment(t time.Time) string { return t.UTC().Format(readable) }

// Ago says roughly how long before now it was: nobody is to be watched by it.
func Ago(t, now time.Time) string {
	switch past := now.Sub(t); {
	case past < 10*time.Minute:
		return "in the last 10 minutes"
	case past < time.Hour:
		return fmt.Sprintf("in the last %d minutes", int(past.Minutes())/10*10+10)
	case past < 24*time.Hour:
		return fmt.Sprintf("in the last %d hours", int(past.Hours())+1)
	default:
		return "on " + t.UTC().Format("2 January 2006")
	}
}
