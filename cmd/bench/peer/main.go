// Peer is the bare Gin server that cmd/bench compares with: what somebody writes who has
// the same pages and data at hand and does nothing else. PEER says what it has: the app's
// pages, the app's sign-in without any of its rules, or else a closed page of an app that
// takes package auth in.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
	"example.com/okta-gin/language"
	"example.com/okta-gin/static"
	"example.com/okta-gin/templates"
)

func main() {
	if err := serve(); err != nil {
		fmt.Fprintln(os.Stderr, "peer:", err)
		os.Exit(1)
	}
}

func serve() error {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/readyz", func(c *gin.Context) { c.Status(http.StatusOK) })
	var add func(*gin.Engine) error
	switch os.Getenv("PEER") {
	case "pages":
		add = pages
	case "sign-ins":
		add = signIns
	default:
		add = closed
	}
	if err := add(engine); err != nil {
		return err
	}
	return http.ListenAndServe("localhost:"+os.Getenv("PORT"), engine)
}

// closed adds a page that needs a sign-in, and the same without.
func closed(engine *gin.Engine) error {
	cfg, err := config.Read(".", os.Environ())
	if err != nil {
		return err
	}
	okta, err := auth.New(cfg, auth.Options{})
	if err != nil {
		return err
	}
	if err := okta.Mount(engine); err != nil {
		return err
	}
	text := strings.Repeat("A kilobyte. ", 86)[:1024]
	page := func(c *gin.Context) { c.String(http.StatusOK, text) }
	engine.GET("/open", page)
	engine.GET("/closed", okta.RequireLogin(), page)
	return nil
}

// data is what the peer has at hand: the claims, and the app's headers by path.
type data struct {
	Claims  json.RawMessage
	Headers map[string]http.Header
}

// read reads the data from the file PEER_DATA.
func read() (known data, err error) {
	content, err := os.ReadFile(os.Getenv("PEER_DATA"))
	if err != nil {
		return known, err
	}
	return known, json.Unmarshal(content, &known)
}

// pages adds the app's pages.
func pages(engine *gin.Engine) error {
	known, err := read()
	if err != nil {
		return err
	}
	var claims map[string]any
	decoder := json.NewDecoder(bytes.NewReader(known.Claims))
	decoder.UseNumber()
	if err := decoder.Decode(&claims); err != nil {
		return err
	}
	assets, err := static.New()
	if err != nil {
		return err
	}
	texts, err := language.New()
	if err != nil {
		return err
	}
	words := texts.English()
	pages, err := templates.Parse(templates.URLs{
		Asset: assets.URL, Path: func(path string) string { return path },
		SignIn: "/authorization-code/login-redirect", SignOut: "/authorization-code/logout",
	}, texts)
	if err != nil {
		return err
	}
	indented, err := json.MarshalIndent(claims, "", "  ")
	if err != nil {
		return err
	}
	described := templates.DescribeClaims(words, claims)
	base := templates.Base{
		Site: templates.Site{Brand: "okta-gin", Version: "bench", Nav: []templates.NavItem{
			{Path: "/greet", Text: "frame.greeting"}, {ID: "profile-button", Path: "/profile", Text: "frame.profile"},
		}},
		Words:  words,
		Switch: templates.Switch{Action: "/authorization-code/language", ReturnTo: "/"},
		Person: &templates.Person{Name: "Ada Lovelace", Email: "ada@acme.test", Initials: "AL"},
	}
	show := func(path string, page func(templates.Base) (templates.Page, error)) {
		base, headers := base, known.Headers[path]
		base.Path = path
		engine.GET(path, func(c *gin.Context) {
			maps.Copy(c.Writer.Header(), headers)
			filled, err := page(base)
			if err == nil {
				err = pages.Render(c.Writer, filled)
			}
			if err != nil {
				c.String(http.StatusInternalServerError, err.Error())
			}
		})
	}
	show("/", func(base templates.Base) (templates.Page, error) { return templates.Home{Base: base}, nil })
	show("/greet", func(base templates.Base) (templates.Page, error) {
		return templates.Greet{Base: base, Name: "Ada Lovelace", TimeOfDay: "morning"}, nil
	})
	show("/profile", func(base templates.Base) (templates.Page, error) {
		shown, err := pages.Claims(words, described, string(indented))
		now := time.Now()
		return templates.Profile{
			Base: base, Claims: shown, CanSignOutEverywhere: true, UserID: "00u9mockAdaLove1a5d7", SessionsURL: "/authorization-code/sessions",
			Session: templates.SessionTimes{Now: now, SignedInAt: now, IdleEnds: now.Add(time.Hour), Ends: now.Add(12 * time.Hour), IdleTimeout: time.Hour},
		}, err
	})
	engine.GET("/api/me", func(c *gin.Context) {
		maps.Copy(c.Writer.Header(), known.Headers["/api/me"])
		c.Data(http.StatusOK, "application/json; charset=utf-8", known.Claims)
	})
	return nil
}
