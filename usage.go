package main

import (
	"fmt"
	"io"

	"example.com/okta-gin/version"
)

const usage = `Usage:
  okta-gin            serve the app until told to stop
  okta-gin version    say which build this is
  okta-gin help       show this text

The settings are environment variables, or lines in a file .env: see .env.example.
`

// tell answers arguments, of which there is one or more, and returns the exit code.
func tell(args []string, stdout, stderr io.Writer) int {
	if len(args) == 1 {
		switch args[0] {
		case "version":
			fmt.Fprintln(stdout, version.Current())
			return 0
		case "help":
			fmt.Fprint(stdout, usage)
			return 0
		}
	}
	fmt.Fprintf(stderr, "okta-gin takes no arguments but the words below, and not %q.\n\n%s", args, usage)
	return 2
}
