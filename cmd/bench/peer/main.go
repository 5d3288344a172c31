// Peer is the bare Gin server that cmd/bench compares with: what somebody writes who has
// the same pages and data at hand and does nothing else. With settings for a sign-in it
// has a closed page too, as an app that takes package auth in.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
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
	if file := os.Getenv("PEER_DATA"); file != "" {
		if err := pages(engine, file); err != nil {
			return err
		}
	} else if err := closed(engine); err != nil {
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
	engine.GET("/ask", ask(cfg))
	engine.GET("/closed", okta.RequireLogin(), page)
	return nil
}

// ask asks the issuer for tokens and for somebody's claims, as a sign-in does, and takes
// whatever comes.
func ask(cfg config.Config) gin.HandlerFunc {
	client := http.Client{Timeout: 10 * time.Second}
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {strings.Repeat("c", 43)}, "code_verifier": {strings.Repeat("v", 43)},
		"redirect_uri": {cfg.BaseURL + "/authorization-code/callback"},
	}.Encode()
	return func(c *gin.Context) {
		token, err := http.NewRequestWithContext(c, http.MethodPost, cfg.Issuer+"/v1/token", strings.NewReader(form))
		if err != nil {
			_ = c.AbortWithError(http.StatusInternalServerError, err)
			return
		}
		token.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		token.SetBasicAuth(cfg.ClientID, cfg.ClientSecret.Reveal())
		claims, err := http.NewRequestWithContext(c, http.MethodGet, cfg.Issuer+"/v1/userinfo", nil)
		if err != nil {
			_ = c.AbortWithError(http.StatusInternalServerError, err)
			return
		}
		claims.Header.Set("Authorization", "Bearer "+strings.Repeat("t", 900))
		for _, r := range []*http.Request{token, claims} {
			resp, err := client.Do(r)
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if err != nil {
				_ = c.AbortWithError(http.StatusBadGateway, err)
				return
			}
		}
		c.Status(http.StatusOK)
	}
}

// data is what the peer has at hand: the claims, and the app's headers by path.
type data struct {
	Claims  json.RawMessage
	Headers map[string]http.Header
}

// pages adds the app's pages.
func pages(engine *gin.Engine, file string) error {
	content, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var known data
	if err := json.Unmarshal(content, &known); err != nil {
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
			for name, values := range headers {
				c.Writer.Header()[name] = values
			}
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
		for name, values := range known.Headers["/api/me"] {
			c.Writer.Header()[name] = values
		}
		c.Data(http.StatusOK, "application/json; charset=utf-8", known.Claims)
	})
	return nil
}
