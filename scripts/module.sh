#!/bin/sh
# Renames the module everywhere: go.mod, imports, documents, examples, scripts.
#
#   make module PATH=example.org/me/app
set -eu
cd "${0%/*}/.."
new=${1:-}

# make hands its variable PATH on in place of the shell's. The real one is that of make itself.
if [ "$PATH" = "$new" ]; then
	PATH=/usr/local/go/bin:/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin
	real=$(tr '\0' '\n' 2>/dev/null <"/proc/$PPID/environ" | sed -n 's/^PATH=//p') || real=
	[ -z "$real" ] || [ "$real" = "$new" ] || PATH=$real
	export PATH
fi

fail() {
	echo "$*" >&2
	exit 2
}

command -v go >/dev/null || fail "There is no go in $PATH. Try: scripts/module.sh $new"
old=$(go list -m)

# What imports can be told from other words by, and sed from its own signs.
case $new in
"" | *[!A-Za-z0-9._~/-]* | /* | */ | *//*) fail "Usage: make module PATH=example.org/me/app" ;;
*.*/*) ;;
*) fail "A module's path begins with a host and goes on, such as example.org/me/app; got $new." ;;
esac
case ${new%%/*} in
*.*) ;;
*) fail "A module's path begins with a host, such as example.org; got $new." ;;
esac
[ "$new" != "$old" ] || fail "The module is called $new already."

go mod edit -module "$new"
signs=$(printf '%s' "$old" | sed 's/\./\\./g')
grep -rlIF --null --exclude-dir=.git --exclude-dir=bin --exclude-dir=artifacts --exclude-dir=dist "$old" . |
	xargs -0 sed -E -i.renamed "s#(^|[^A-Za-z0-9._~/-])$signs(\$|[^A-Za-z0-9_~-])#\\1$new\\2#g" # -i alone is not the same everywhere
find . -name '*.renamed' -exec rm {} +
gofmt -w . # the new path may stand elsewhere among imports
go list ./... >/dev/null
echo "The module is $new. 'make check' runs all tests."
