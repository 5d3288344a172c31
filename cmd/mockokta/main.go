// Command mockokta runs the stand-in for an Okta org on its own: start it, paste the settings it prints into
// .env, and start the app.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"example.com/okta-gin/mockokta"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("mockokta", flag.ContinueOnError)
	flags.SetOutput(stderr)
	addr := flags.String("addr", "127.0.0.1:7777", "loopback `host:port` to listen on")
	app := flags.String("app", "http://localhost:8080", "base `URL` of the app")
	prefix := flags.String("prefix", "/authorization-code", "`path` of the app's sign-in, its Options.Paths.Prefix")
	classic := flags.Bool("classic", false, "be a Classic Engine org, without Identity Engine")
	widget := flags.Bool("widget-pages", false, "give the sign-in pages the markup of the Sign-In Widget")
	onePage := flags.Bool("one-page", false, "let Identity Engine ask for username and password on one page")
	par := flags.Bool("par", false, "offer pushed authorization requests")
	dpop := flags.Bool("dpop", false, "demand DPoP proofs of the app")
	api := flags.String("api", "", "loopback `host:port` of a sample API that takes the app's access tokens (none)")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return 0
	} else if err != nil {
		return 2
	}
	base := strings.TrimSuffix(*app, "/")
	client := mockokta.WebClient(base)
	signIn := base + *prefix
	client.RedirectURIs, client.LogoutURIs = []string{signIn + "/callback"}, []string{signIn + "/signed-out", base}
	client.RecoveryURI, client.InitiateLoginURI = signIn+"/login-custom", signIn+"/login-redirect"
	client.RequireDPoP = *dpop
	org, err := mockokta.Start(mockokta.Options{
		Addr:           *addr,
		Clients:        []mockokta.Client{client, mockokta.MachineClient()},
		TrustedOrigins: []string{base},
	})
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	defer org.Close()
	org.Set(func(k *mockokta.Knobs) {
		k.Classic, k.WidgetPages, k.IdentifyByPassword, k.PAR = *classic, *widget, *onePage, *par
	})
	further := ""
	if *api != "" {
		server, err := mockokta.StartResource(org, *api, mockokta.ResourceRules{BoundOnly: *dpop})
		if err != nil {
			fmt.Fprintln(stderr, err)
			return 1
		}
		defer server.Close()
		further = "Sample API at " + server.URL() + "\n"
	}
	printSettings(stdout, org)
	fmt.Fprintf(stdout, "%s\nCtrl-C stops it.\n", further)
	<-ctx.Done()
	return 0
}

func printSettings(w io.Writer, org *mockokta.Org) {
	fmt.Fprintf(w, "Stand-in for Okta at %s\n\nPaste into .env:\n\n", org.URL())
	fmt.Fprintf(w, "OKTA_OAUTH2_ISSUER=%s\nOKTA_OAUTH2_CLIENT_ID=%s\nOKTA_OAUTH2_CLIENT_SECRET=%s\n", org.Issuer(), mockokta.DefaultClientID, mockokta.DefaultClientSecret)
	fmt.Fprintf(w, "# OKTA_API_TOKEN=%s\n\nSample people (username, password):\n\n", mockokta.DefaultAPIToken)
	for _, p := range org.People() {
		fmt.Fprintf(w, "  %-20s %s\n", p.Login, p.Password)
	}
	fmt.Fprintf(w, "\nCodes by mail, and those of authenticator apps: %s/mail\n", org.URL())
}
