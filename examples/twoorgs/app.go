package main

import (
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"example.com/okta-gin/auth"
	"example.com/okta-gin/config"
)

//go:embed page.html
var page string

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
	if a.staff, err = auth.New(cfg, auth.Options{
		Paths: auth.Paths{Prefix: "/sign-in/staff"}, CookieName: "staff", AfterSignIn: "/staff",
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
	r.SetHTMLTemplate(template.Must(template.New("page.html").Parse(page)))
	for _, org := range []*auth.Auth{a.staff, a.customers} {
		if err := org.Mount(r); err != nil {
			return nil, err
		}
	}
	r.GET("/", a.show("Welcome"))
	r.GET("/staff", a.staff.RequireLogin(), a.show("The staff room"))
	r.GET("/orders", a.customers.RequireLogin(), a.show("Your orders"))
	r.GET("/news", a.either, a.show("News for everybody with an account"))
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
// for one but a path of the app.
func (a *app) show(title string) gin.HandlerFunc {
	type place struct {
		Name            string
		Person          *auth.Caller
		SignIn, SignOut string
	}
	return func(c *gin.Context) {
		back := c.Query("return_to")
		c.HTML(http.StatusOK, "page.html", gin.H{
			"Title": title, "URL": a.staff.URL, "Places": []place{
				{"staff", a.staff.Caller(c), a.staff.LoginURL(back), a.staff.LogoutURL()},
				{"customer", a.customers.Caller(c), a.customers.LoginURL(back), a.customers.LogoutURL()},
			},
		})
	}
}
