// Command release makes what is handed out of a version: the program for each system in an archive, with
// its licences, documents and files for servers; a bill of materials for each; and SHA256SUMS over all.
// The same sources, Go and arguments make the same bytes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strconv"
	"time"
)

const (
	product = "okta-gin"
	// dist is the folder of what is made, and is emptied first.
	dist = "dist"
)

// versions are what may be part of a file's name.
var versions = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._+-]{0,99}$`)

// targets are the systems that a release is for.
var targets = []target{
	{"linux", "amd64"}, {"linux", "arm64"}, {"darwin", "amd64"}, {"darwin", "arm64"}, {"windows", "amd64"}, {"windows", "arm64"},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run works in the module's root. It returns 0 when everything is there, 2 for arguments that can't work,
// 1 for anything else.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	version, date, err := parse(args)
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	if err := release(ctx, version, date, stdout); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// parse reads VERSION and the time of the sources, in seconds since 1970.
func parse(args []string) (version string, date time.Time, err error) {
	if len(args) != 2 || !versions.MatchString(args[0]) {
		return "", time.Time{}, errors.New("say which release this is: make release VERSION=v1.2.3, in the repository or with SOURCE_DATE_EPOCH=SECONDS too")
	}
	seconds, err := strconv.ParseInt(args[1], 10, 64)
	date = time.Unix(seconds, 0).UTC()
	if err != nil || date.Year() < 1980 || date.Year() > 2100 { // zip knows no other years
		return "", time.Time{}, fmt.Errorf("the time of the sources is %q; give it in seconds since 1970: make release SOURCE_DATE_EPOCH=1767225600", args[1])
	}
	return args[0], date, nil
}

func release(ctx context.Context, version string, date time.Time, stdout io.Writer) error {
	if err := os.RemoveAll(dist); err != nil {
		return fmt.Errorf("empty the folder %s: %w", dist, err)
	}
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return fmt.Errorf("make the folder %s: %w", dist, err)
	}
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return fmt.Errorf("make a folder to work in: %w", err)
	}
	defer os.RemoveAll(work)
	for _, t := range targets {
		size, err := t.release(ctx, version, date, work)
		if err != nil {
			return fmt.Errorf("%s: %w", t, err)
		}
		fmt.Fprintf(stdout, "%s  %.1f MB\n", filepath.Join(dist, t.archiveName(version)), float64(size)/1e6)
	}
	if err := writeSums(dist); err != nil {
		return fmt.Errorf("write the checksums: %w", err)
	}
	fmt.Fprintf(stdout, "%s holds all of them, and the bills of materials (*.cdx.json).\n", filepath.Join(dist, sums))
	return nil
}
