package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
	"example.com/okta-gin/session/redisurl"
	"example.com/okta-gin/version"
)

const usage = `Usage:
  okta-gin            serve the app until told to stop
  okta-gin check      say what is wrong with the settings, and ask nobody
  okta-gin doctor     ask Okta, Redis and the app's own address what is wrong, and change nothing:
                      --json for programs, --groups 300 for the cookies of a person of 300 groups
  okta-gin version    say which build this is
  okta-gin help       show this text

The settings are environment variables, or lines in a file .env: see .env.example.
Exit codes: 0 all is well, 1 something failed, 2 the settings or the arguments can't work.
`

// tell answers arguments, of which there is one or more, and returns the exit code.
func tell(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	switch {
	case len(args) == 1 && args[0] == "version":
		fmt.Fprintln(stdout, version.Current())
		return 0
	case len(args) == 1 && args[0] == "help":
		fmt.Fprint(stdout, usage)
		return 0
	case len(args) == 1 && args[0] == "check":
		return check(environ, stdout, stderr)
	case args[0] == "doctor":
		return examine(ctx, args[1:], environ, stdout, stderr)
	}
	fmt.Fprintf(stderr, "okta-gin takes no arguments but the words below, and not %q.\n\n%s", args, usage)
	return 2
}

// check reads the settings and says what becomes of them.
func check(environ []string, stdout, stderr io.Writer) int {
	cfg, err := config.Read(".", environ)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	for _, warning := range cfg.Warnings() {
		fmt.Fprintln(stdout, "!", warning)
	}
	fmt.Fprintln(stdout, "The settings stand. okta-gin doctor asks Okta about them.")
	return 0
}

// examine is the doctor. Its report goes to stdout, also that on settings that don't stand.
func examine(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("okta-gin doctor", flag.ContinueOnError)
	flags.SetOutput(stderr)
	asJSON := flags.Bool("json", false, "report as JSON")
	groups := flags.Int("groups", 100, "groups of the person whose cookies are measured")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *groups < 1 || *groups > 10_000 {
		fmt.Fprintf(stderr, "okta-gin doctor takes --json and --groups 1 to 10000, and not %q.\n", args)
		return 2
	}
	redisurl.Log(slog.New(slog.DiscardHandler)) // the report says it
	cfg, err := config.Read(".", environ)
	var report doctor.Report
	code := 0
	if err != nil {
		report, code = doctor.Refused(err), 2
	} else if report = doctor.Examine(ctx, cfg, doctor.Options{Groups: *groups}); report.Failed() {
		code = 1
	}
	write := report.WriteText
	if *asJSON {
		write = report.WriteJSON
	}
	if err := write(stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return code
}
