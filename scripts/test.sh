#!/bin/sh
# Runs all tests in random order, with the race detector where it sees the app: what drives the built program from outside
# has no use for it.
#
# Some tests drive Chromium, some a real redis-server, nginx, Caddy, systemd's own examination or
# Prometheus' promtool, and the race detector needs a C compiler.
# What is missing is installed where that is possible: on Debian and its kin, as root or with a sudo
# that asks for no password. Elsewhere the command to do it is named, everything else runs, and the
# last line says what did not. With CI=true a test that did not run is a failure.
set -eu
cd "$(dirname "$0")/.."

has() { command -v "$1" >/dev/null 2>&1; }
known() { apt-cache show "$1" >/dev/null 2>&1; }
# Chromium's shell without windows needs half the time of a whole Chromium. Either will do.
has_quick_chromium() { [ -n "${CHROME:-}" ] || has chromium-headless-shell; }
has_chromium() { has_quick_chromium || has chromium || has chromium-browser || has google-chrome; }
has_nginx() { has nginx || [ -x /usr/sbin/nginx ]; }
has_font() { ! has fc-list || [ -n "$(fc-list "$1" family)" ]; } # without fc-list it can't be told
has_flags() { for flag; do grep -qw "$flag" /proc/cpuinfo 2>/dev/null || return 1; done; }
has_compiler() { cc=$(go env CC) && has "${cc%% *}"; }

# missing_packages prints the Debian packages of all that is missing.
missing_packages() {
	if ! has_chromium || { ! has_quick_chromium && known chromium-headless-shell; }; then
		echo chromium-headless-shell fonts-dejavu-core fonts-droid-fallback fonts-noto-color-emoji
	fi
	has_font :lang=ja || echo fonts-droid-fallback
	has_font :charset=1f98a || echo fonts-noto-color-emoji
	has redis-server || echo redis-server
	has_nginx || echo nginx-light
	has caddy || echo caddy
	has systemd-analyze || echo systemd
	has promtool || echo prometheus
	has_compiler || echo gcc libc6-dev
}

# install installs packages, or says how to.
install() {
	if ! has apt-get; then
		echo "==> The tests lack something. Install what Debian calls: $*"
		return
	fi
	root=
	if [ "$(id -u)" -ne 0 ]; then
		root="sudo -n"
		if ! sudo -n true 2>/dev/null; then
			echo "==> The tests lack something. Install it with: sudo apt-get install $*"
			return
		fi
	fi
	echo "==> The tests lack something. Installing: $*"
	if ! { $root apt-get update -qq && $root env DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends "$@"; }; then
		echo "==> The installation failed."
	fi
}

packages=$(missing_packages | tr '\n' ' ')
# shellcheck disable=SC2086 # one word for each package
[ -z "$packages" ] || install $packages

race=-race
not_run=
has_chromium || not_run="$not_run, browser tests (no Chromium)"
has redis-server || not_run="$not_run, Redis tests (no redis-server)"
has_nginx && has caddy && has systemd-analyze && has promtool || not_run="$not_run, tests of the files in deploy/ (no nginx, Caddy, systemd-analyze or promtool)"
if ! has_compiler; then
	not_run="$not_run, the race detector (no C compiler)"
	race=
fi
not_run=${not_run#, }

# For x86-64-v3, which are processors from 2013 on, Go has a race detector that takes less time to link. What the
# tests themselves build is for what it would be without.
usual=$(go env GOAMD64)
level=$usual
if [ -n "$race" ] && [ "$usual" = v1 ] && has_flags avx avx2 bmi1 bmi2 f16c fma abm movbe; then
	level=v3
fi

# test_group NAME ARGUMENT... tests packages, no two of the same name. What it links is kept: it takes a fifth of all time, and
# is not done again for packages in which nothing changed.
test_group() {
	linked=bin/tests/$1/
	shift
	mkdir -p "$linked"
	go test -o "$linked" -ldflags "-s -w" -shuffle=on -timeout 15m "$@"
}

# run_tests runs all tests, with more packages at a time than there are processors: they wait a lot. More browsers than that
# stand in each other's way.
run_tests() {
	failed=0
	processors=$(getconf _NPROCESSORS_ONLN)
	export GOFLAGS="${GOFLAGS:-} -tags=nomsgpack" PROGRAM="$PWD/bin/e2e/okta-gin" # as make build builds it
	export GORACE="atexit_sleep_ms=100 ${GORACE:-}" # for what still runs when a package is done, in place of a second
	# What all tests share is built first: some count on an answer within a second, and would run beside the compiler.
	CGO_ENABLED=0 go build -buildvcs=false -ldflags "-s -w" -o "$PROGRAM" . || failed=$?
	(
		export GOAMD64="$level"
		# shellcheck disable=SC2086 # empty without a C compiler
		set -- "$@" $race -exec "env GOAMD64=$usual" -p "$((2 * processors))"
		# shellcheck disable=SC2086
		go build $race ./handlers/apptest || failed=$?
		# shellcheck disable=SC2046 # many packages
		test_group packages "$@" $(go list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}' ./... | grep -v -e /e2e/ -e /cmd/) || failed=$?
		test_group commands "$@" ./cmd/... || failed=$?
		exit "$failed"
	) || failed=$?
	CGO_ENABLED=0 test_group browsers "$@" -p "$((processors + processors / 2))" ./e2e/... || failed=$?
	return "$failed"
}

if [ "${CI:-}" = true ]; then
	if [ -n "$not_run" ]; then
		echo "==> FAILED: cannot run $not_run"
		exit 1
	fi
	export PICTURES=1 # of the pages, into artifacts
	mkdir -p artifacts
	log=artifacts/test.log
	{ run_tests -v 2>&1 || echo "==> go test failed"; } | tee "$log"
	if grep -q '^==> go test failed$' "$log"; then
		exit 1
	fi
	if grep -E '^ *--- SKIP' "$log"; then
		echo "==> FAILED: the tests above were skipped"
		exit 1
	fi
	exit 0
fi

[ -z "$not_run" ] || export ALLOW_MISSING_TOOLS=1
status=0
run_tests || status=$?
[ -z "$not_run" ] || echo "==> DID NOT RUN: $not_run"
exit $status
