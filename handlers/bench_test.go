package handlers_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/handlers/apptest"
	"example.com/okta-gin/language"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
	"example.com/okta-gin/testkit"
)

// BenchmarkProfile compares the signed-in profile page with a bare Gin handler
// that has the claims in memory and renders them with the same template, both
// over HTTP from the same browser: what sessions, access rules, headers and log
// lines cost. The limit is 1.11 x-gin, which is 0.9 of the requests per second.
func BenchmarkProfile(b *testing.B) {
	app := apptest.Start(b, apptest.Setup{})
	browser := app.Browser()
	if page := browser.SignIn(apptest.ProfilePath, testkit.Ada); page.StatusCode != http.StatusOK {
		b.Fatalf("sign-in: status %d", page.StatusCode)
	}
	bare := httptest.NewServer(bareProfile(b, browser))
	defer bare.Close()
	bareURL := strings.Replace(bare.URL, "127.0.0.1", "localhost", 1) // the same cookies go there

	get := func(url string) func(int) error {
		return func(int) error {
			if r := browser.Get(url); r.StatusCode != http.StatusOK {
				return fmt.Errorf("status %d", r.StatusCode)
			}
			return nil
		}
	}
	compare(b, "x-gin", get(bareURL+apptest.ProfilePath), get(app.URL+apptest.ProfilePath))
}

// bareProfile renders the page that the browser's person sees, and does nothing
// else.
func bareProfile(b *testing.B, browser *apptest.Browser) http.Handler {
	assets, err := static.New()
	if err != nil {
		b.Fatal(err)
	}
	texts, err := language.New()
	if err != nil {
		b.Fatal(err)
	}
	pages, err := templates.Parse(templates.URLs{
		Asset: assets.URL, Path: func(path string) string { return path },
		SignIn: testkit.LoginPath, SignOut: testkit.LogoutPath,
	}, texts)
	if err != nil {
		b.Fatal(err)
	}
	words := texts.English()
	raw := []byte(browser.Get("/api/me").Body)
	var claims map[string]any
	if err := json.Unmarshal(raw, &claims); err != nil {
		b.Fatal(err)
	}
	engine := gin.New()
	engine.GET(apptest.ProfilePath, func(c *gin.Context) {
		var indented bytes.Buffer
		if err := json.Indent(&indented, raw, "", "  "); err != nil {
			b.Error(err)
		}
		now := time.Now()
		c.Header("Content-Type", "text/html; charset=utf-8")
		shown, err := pages.Claims(words, templates.DescribeClaims(words, claims), indented.String())
		if err != nil {
			b.Error(err)
		}
		err = pages.Render(c.Writer, templates.Profile{
			Base:                 templates.Base{Person: &templates.Person{Name: "Ada Lovelace", Email: testkit.Ada, Initials: "AL"}, Path: apptest.ProfilePath},
			Claims:               shown,
			Session:              templates.SessionTimes{Now: now, SignedInAt: now, IdleEnds: now.Add(time.Hour), Ends: now.Add(12 * time.Hour), IdleTimeout: time.Hour},
			CanSignOutEverywhere: true,
			UserID:               "00u9mockAdaLove1a5d7",
		})
		if err != nil {
			b.Error(err)
		}
	})
	return engine
}
