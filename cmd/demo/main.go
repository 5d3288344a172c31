// Demo is the app, a local stand-in for Okta, a sample front end on another origin and
// a sample service that the app calls for people, in one process: what `make run` starts where no Okta org is configured.
package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	_ "time/tzdata" // greetings know the time where people are

	"golang.org/x/sync/errgroup"

	"example.com/okta-gin/examples/spa"
	"example.com/okta-gin/handlers"
	"example.com/okta-gin/mockokta"
	"example.com/okta-gin/web"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Environ(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// run serves all of them until ctx is done, or until one of them fails.
func run(ctx context.Context, environ []string, out *os.File) error {
	s, err := readSettings(environ)
	if err != nil {
		return err
	}
	if s.app.StateFile == "" && !s.app.HasRedis() {
		dir, err := os.MkdirTemp("", "okta-gin-demo-")
		if err != nil {
			return fmt.Errorf("make a folder for what is over: %w", err)
		}
		defer os.RemoveAll(dir)
		s.app.StateFile = filepath.Join(dir, "state.db")
	}
	appListener, err := listen(ctx, s.appPort(), "PORT")
	if err != nil {
		return err
	}
	defer appListener.Close()
	spaListener, err := listen(ctx, s.spaPort, "DEMO_SPA_PORT")
	if err != nil {
		return err
	}
	defer spaListener.Close()
	org, err := mockokta.Start(mockokta.Options{
		Addr:       s.orgAddr,
		Clients:    []mockokta.Client{s.client(), mockokta.MachineClient()},
		EventHooks: []mockokta.EventHook{{URL: s.app.BaseURL + "/authorization-code/event-hook", Secret: s.app.EventHookSecret.Reveal()}},

		TrustedOrigins: []string{s.app.BaseURL}, // for the Sign-In Widget on the app's page
	})
	if err != nil {
		return fmt.Errorf("%w; with DEMO_OKTA_PORT=… before `make run` it takes another port", err)
	}
	defer org.Close()
	api, err := mockokta.StartResource(org, s.apiAddr, mockokta.ResourceRules{Scope: "email"})
	if err != nil {
		return fmt.Errorf("%w; with DEMO_API_PORT=… before `make run` it takes another port", err)
	}
	defer api.Close()
	frontEnd, err := spa.Handler(s.app.BaseURL, org.URL())
	if err != nil {
		return err
	}
	welcome(out, s, org, api)

	log, flush := web.NewLogger(s.app, out)
	defer flush()
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return handlers.Run(ctx, s.app, appListener, log) })
	group.Go(func() error { return web.Serve(ctx, spaListener, frontEnd, log) })
	return group.Wait()
}

func welcome(out io.Writer, s settings, org *mockokta.Org, api *mockokta.Resource) {
	fmt.Fprintf(out, "\nThe app:             %s\n", s.app.BaseURL)
	fmt.Fprintf(out, "A front end for it:  %s\n", s.spaOrigin())
	fmt.Fprintf(out, "A service behind it: %s\n", api.URL())
	fmt.Fprintf(out, "The stand-in Okta:   %s\n\nSample people:\n", org.URL())
	for _, person := range org.People() {
		fmt.Fprintf(out, "  %-20s %-24s %s\n", person.Login, cmp.Or(person.Password, "-"), person.Note)
	}
	fmt.Fprintf(out, "\nDeactivate one of them at %s, under People, and their browser is out of the app.\n", org.URL())
	fmt.Fprintf(out, "Ada is an operator: %s/admin/sessions shows her everybody's sessions.\n", s.app.BaseURL)
	fmt.Fprint(out, "\nCtrl-C stops them all.\n\n")
}
