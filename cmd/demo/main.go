// Demo is the app and a local stand-in for Okta in one process: what `make run`
// starts where no Okta org is configured.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	_ "time/tzdata" // greetings know the time where people are

	"example.com/okta-gin/config"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
)

const (
	orgAddress = "127.0.0.1:7777"
	appPort    = "8080"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Environ(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, environ []string, out *os.File) error {
	settings := environment(environ)
	port := cmp.Or(settings["PORT"], appPort)
	base := "http://localhost:" + port
	org, err := mockokta.Start(mockokta.Options{Addr: orgAddress, Clients: []mockokta.Client{mockokta.WebClient(base), mockokta.MachineClient()}})
	if err != nil {
		return err
	}
	defer org.Close()
	cfg, err := config.Load(fitTo(org, settings))
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", net.JoinHostPort("localhost", strconv.Itoa(cfg.Port)))
	if err != nil {
		return fmt.Errorf("listen for the app; PORT=8081 make run uses another port: %w", err)
	}
	welcome(out, cfg, org)

	return handlers.Run(ctx, cfg, listener, handlers.NewLogger(cfg, out))
}

// environment is environ as a map. The demo reads no .env: that is for an org of
// one's own.
func environment(environ []string) map[string]string {
	settings := make(map[string]string)
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		settings[name] = value
	}
	return settings
}

// fitTo points the settings to the stand-in.
func fitTo(org *mockokta.Org, settings map[string]string) map[string]string {
	settings["OKTA_OAUTH2_ISSUER"] = org.Issuer()
	settings["OKTA_OAUTH2_CLIENT_ID"] = mockokta.DefaultClientID
	settings["OKTA_OAUTH2_CLIENT_SECRET"] = mockokta.DefaultClientSecret
	settings["OKTA_API_TOKEN"] = mockokta.DefaultAPIToken
	settings["LOG_LEVEL"] = cmp.Or(settings["LOG_LEVEL"], "warn")
	return settings
}

func welcome(out io.Writer, cfg config.Config, org *mockokta.Org) {
	fmt.Fprintf(out, "\nThe app:             %s\nThe stand-in Okta:   %s\n\nSample people:\n", cfg.BaseURL, org.URL())
	for _, person := range org.People() {
		fmt.Fprintf(out, "  %-16s %s\n", person.Login, person.Password)
	}
	fmt.Fprintf(out, "\nCtrl-C stops both.\n\n")
}
