package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"time"

	"example.com/okta-gin/config"
	"example.com/okta-gin/doctor"
	"example.com/okta-gin/operator"
	"example.com/okta-gin/session/redisurl"
	"example.com/okta-gin/version"
	"example.com/okta-gin/web"
)

const usage = `Usage:
  okta-gin            serve the app until told to stop
  okta-gin check      say what is wrong with the settings, and ask nobody
  okta-gin doctor     ask Okta, Redis and the app's own address what is wrong, and change nothing:
                      --json for programs, --groups 300 for the cookies of a person of 300 groups,
                      --sign-in for what only a sign-in shows: it listens in the app's place for one
  okta-gin sessions list PERSON
                      where the person with that email address or Okta user id is signed in
  okta-gin sessions end PERSON [ID]
                      end that session or, without ID, all of theirs, at Okta too with OKTA_API_TOKEN:
                      beside the app with Redis, while it is stopped with STATE_FILE; --json for programs
  okta-gin version    say which build this is
  okta-gin help       show this text

The settings are environment variables, or lines in a file .env: see .env.example.
Exit codes: 0 all is well, 1 something failed, 2 the settings or the arguments can't work.
`

// tell answers arguments, of which there is one or more, and returns the exit code.
func tell(ctx context.Context, args, environ []string, stdout io.Writer, stderr *os.File) int {
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
	case args[0] == "sessions":
		return operate(ctx, args[1:], environ, stdout, stderr)
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
	signIn := flags.Bool("sign-in", false, "watch a sign-in")
	if err := flags.Parse(args); err != nil || flags.NArg() > 0 || *groups < 1 || *groups > 10_000 {
		fmt.Fprintf(stderr, "okta-gin doctor takes --json, --sign-in and --groups 1 to 10000, and not %q.\n", args)
		return 2
	}
	options := doctor.Options{Groups: *groups}
	if *signIn {
		options.Invite = func(address string) {
			fmt.Fprintf(stderr, "Open %s in a browser and sign in. The doctor watches for five minutes.\n", address)
		}
	}
	redisurl.Log(slog.New(slog.DiscardHandler)) // the report says it
	cfg, err := config.Read(".", environ)
	var report doctor.Report
	code := 0
	if err != nil {
		report, code = doctor.Refused(err), 2
	} else if report = doctor.Examine(ctx, cfg, options); report.Failed() {
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

// operate is the operator's console. The log, where it names the user of this shell, goes
// to stderr.
func operate(ctx context.Context, args, environ []string, stdout io.Writer, stderr *os.File) int {
	order, err := operator.Parse(args)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	cfg, err := config.Read(".", environ)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	order.By = userName()
	log, flush := web.NewLogger(cfg, stderr)
	defer flush()
	redisurl.Log(log)
	switch err := operator.Carry(ctx, cfg, order, time.Now, stdout, log); {
	case errors.Is(err, operator.ErrSettings):
		fmt.Fprintln(stderr, err)
		return 2
	case err != nil:
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// userName is who runs this process, by name or, where the machine has none, by number.
func userName() string {
	if who, err := user.Current(); err == nil {
		return who.Username
	}
	return fmt.Sprint("uid ", os.Getuid())
}
