package main

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

//go:embed page.html texts
var files embed.FS

// app is served at url, by a server that listens at address.
type app struct {
	http.Handler
	url, address     string
	staff, customers *auth.Auth
}

func newApp(env map[string]string) (*app, error) {
	cfg, err := settingsOf("STAFF", env)
	if err != nil {
		return nil, err
	}
	a := &app{url: cfg.BaseURL}
	if _, a.address = cfg.ListenOn(); a.address == "" {
		return nil, fmt.Errorf("LISTEN=%s is not for this app: it listens at an address", cfg.Listen)
	}
	texts, err := fs.Sub(files, "texts")
	if err != nil {
		return nil, fmt.Errorf("find the texts: %w", err)
	}
	page, err := template.ParseFS(files, "page.html")
	if err != nil {
		return nil, fmt.Errorf("read the page: %w", err)
	}
	if a.staff, err = auth.New(cfg, auth.Options{
		Paths: auth.Paths{Prefix: "/sign-in/staff"}, CookieName: "staff", AfterSignIn: "/staff", Texts: []fs.FS{texts},
	}); err != nil {
		return nil, fmt.Errorf("staff: %w", err)
	}
	if cfg, err = settingsOf("CUSTOMERS", env); err != nil {
		return nil, err
	}
	if a.customers, err = auth.New(cfg, auth.Options{
		Paths: auth.Paths{Prefix: "/sign-in/customers"}, CookieName: "customer", AfterSignIn: "/orders",
	}); err != nil {
		return nil, fmt.Errorf("customers: %w", err)
	}

	r := gin.New()
	r.Use(gin.Recovery())
	r.SetHTMLTemplate(page)
	for _, org := range []*auth.Auth{a.staff, a.customers} {
		if err := org.Mount(r); err != nil {
			return nil, err
		}
	}
	r.GET("/", a.show("twoorgs.front"))
	r.GET("/staff", a.staff.RequireLogin(), a.show("twoorgs.staff"))
	r.GET("/orders", a.customers.RequireLogin(), a.show("twoorgs.orders"))
	r.GET("/news", a.either, a.show("twoorgs.news"))
	a.Handler = a.staff.BelowBasePath(r)
	return a, nil
}

// settingsOf are the settings for one of the orgs.
func settingsOf(org string, env map[string]string) (config.Config, error) {
	own := make(map[string]string)
	for name, value := range env {
		if !strings.HasPrefix(name, "STAFF_") && !strings.HasPrefix(name, "CUSTOMERS_") {
			own[name] = value
		}
	}
	for name, value := range env {
		if short, found := strings.CutPrefix(name, org+"_"); found {
			own[short] = value
		}
	}
	cfg, err := config.Load(own)
	if err != nil {
		return cfg, fmt.Errorf("%s_…: %w", org, err)
	}
	return cfg, nil
}

// either lets people of both orgs pass, and has all others choose.
func (a *app) either(c *gin.Context) {
	if a.staff.Caller(c) != nil || a.customers.Caller(c) != nil {
		return
	}
	choose := "/?" + url.Values{"return_to": {c.Request.URL.RequestURI()}}.Encode()
	c.Redirect(http.StatusSeeOther, a.staff.URL(choose))
	c.Abort()
}

// show answers with the app's one page, which says who is there and lets people
// choose where to sign in. They come back to return_to: a LoginURL takes nothing
// for one but a path of the app. Its words are among the staff's, in the language that
// these find: a menu would be theirs, too.
func (a *app) show(title string) gin.HandlerFunc {
	type place struct {
		Name            string // texts begin with it
		Person          *auth.Caller
		SignIn, SignOut string
	}
	return func(c *gin.Context) {
		back, staff := c.Query("return_to"), a.staff.Caller(c)
		c.HTML(http.StatusOK, "page.html", gin.H{
			"Title": title, "URL": a.staff.URL, "Words": a.staff.Words(c), "Places": []place{
				{"staff", staff, a.staff.LoginURL(back), a.staff.LogoutURL()},
				{"customer", a.customers.Caller(c), a.customers.LoginURL(back), a.customers.LogoutURL()},
			},
		})
	}
}
