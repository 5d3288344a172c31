#!/bin/sh
# Looks for known vulnerabilities in what the program calls (govulncheck). It asks a database on the
# internet, GOVULNDB or Go's own. Where that cannot be reached, this says so and is no failure.
set -u
cd "$(dirname "$0")/.."

echo "go tool govulncheck ./..."
output=$(go tool govulncheck ./... 2>&1)
status=$?
echo "$output"
[ $status -ne 0 ] || exit 0
case $output in
*"fetching vulnerabilities:"*)
	echo "==> NOT CHECKED for known vulnerabilities: the database above could not be reached. Run 'make check' where it can."
	exit 0
	;;
esac
exit $status
