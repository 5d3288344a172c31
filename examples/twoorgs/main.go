// Twoorgs is an app for two kinds of people: staff sign in at one Okta org, customers
// at another.
//
// Settings are those of any app, for both orgs alike, but for the ones that begin
// with STAFF_ or CUSTOMERS_, such as STAFF_OKTA_OAUTH2_ISSUER: these are for one of
// the orgs, and go before.
package main

import (
	"log"
	"net/http"
	"os"
	"time"

	"example.com/okta-gin/config"
)

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	env, err := config.Environment(".", os.Environ())
	if err != nil {
		return err
	}
	app, err := newApp(env)
	if err != nil {
		return err
	}
	log.Println("The app is at", app.url)
	server := &http.Server{
		Addr: app.address, Handler: app,
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
	}
	return server.ListenAndServe()
}
