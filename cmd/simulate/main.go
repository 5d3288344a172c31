// Simulate computes what an app of some size needs and what breaks first, from measured
// parts and named assumptions. It asks nobody and always says the same.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	l := small
	flag.Float64Var(&l.token, "token-limit", l.token, "Okta's rate limit of the token endpoint, in requests a minute")
	flag.Float64Var(&l.userinfo, "userinfo-limit", l.userinfo, "that of the userinfo endpoint")
	flag.Parse()
	if err := write(os.Stdout, l); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// sizes are what the table has: people, and processes of one core each.
var sizes = []struct {
	people   float64
	replicas int
}{
	{1_000, 1}, {10_000, 1}, {100_000, 2}, {1_000_000, 10}, {1_000_000, 100}, {10_000_000, 100}, {10_000_000, 1_000},
}

func write(w io.Writer, l limits) error {
	if _, err := fmt.Fprintf(w, "Okta's limits: %.0f token and %.0f userinfo requests a minute\n\n"+
		"| people | replicas | signed in | pages/s | sign-ins/s | renewals/s | token/min | core of each | memory of each | Redis | Redis round trips/s | network | first to break |\n"+
		"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n", l.token, l.userinfo); err != nil {
		return err
	}
	for _, size := range sizes {
		n := need(size.people, size.replicas)
		if _, err := fmt.Fprintf(w, "| %.0f | %d | %.0f | %.1f | %.2f | %.2f | %.0f | %.1f %% | %.0f MB | %.1f GB | %.0f | %.1f Mbit/s | %s |\n",
			size.people, size.replicas, n.signedIn, n.pages, n.signIns, n.renewals, n.token, n.core*100, n.memory/1e6, n.redis/1e9, n.trips, n.network*8/1e6, n.first(l)); err != nil {
			return err
		}
	}
	return nil
}
