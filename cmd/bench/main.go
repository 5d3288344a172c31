// Bench measures what the app costs beside a bare Gin server that answers with the same
// bytes: programs under load in processes of their own, each on a core, the load
// generator on another. `make bench` runs it. It needs Linux, taskset, two cores and
// redis-server.
//
//	bench [-pairs 5] [-lasting 3s] [-people 10000] [-only PART] PROGRAM PEER GENERATOR
//
// PROGRAM is okta-gin, PEER is cmd/bench/peer, GENERATOR is bombardier.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func measure(ctx context.Context, args []string, out io.Writer) (err error) {
	b := &bench{out: out}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&b.pairs, "pairs", 5, "pairs of loads, by turns")
	flags.DurationVar(&b.lasting, "lasting", 3*time.Second, "how long each load lasts")
	flags.IntVar(&b.people, "people", 10000, "people who come by while memory is watched")
	flags.StringVar(&b.othersIn, "others", "", "the `folder` in which others.sh has put what others would take instead")
	var only []string
	flags.Func("only", "a part to measure, of pages, adopter, stores, logs, latency, sign-ins, memory and others; may be there several times", func(name string) error {
		only = append(only, name)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 3 {
		return errors.New("it takes the app's program, the peer's and the load generator's")
	}
	for i, program := range []*string{&b.program, &b.peer, &b.generator} {
		if *program, err = filepath.Abs(flags.Arg(i)); err != nil {
			return err
		}
	}
	if b.othersIn != "" {
		if b.othersIn, err = filepath.Abs(b.othersIn); err != nil {
			return err
		}
	}
	if b.dir, err = os.MkdirTemp("", "okta-gin-bench-"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)

	o, err := newOrg()
	if err != nil {
		return err
	}
	defer o.close()
	for _, part := range b.parts() {
		if len(only) > 0 && !slices.Contains(only, part.name) {
			continue
		}
		if err := part.measure(ctx, o); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// part is one of the measurements.
type part struct {
	name    string
	measure func(context.Context, *org) error
}

func (b *bench) parts() []part {
	return []part{{"pages", b.pages}, {"adopter", b.adopter}, {"stores", b.stores}, {"logs", b.logs}, {"latency", b.latency}, {"sign-ins", b.signIns}, {"memory", b.memory}, {"others", b.compareOthers}}
}
