#!/bin/sh
# Fetches what others would take in place of this app, into bin/.others, and measures all of it
# at the stand-in: `make others`. It needs git, npm with Node.js from 20.19, redis-server and
# two cores. Nothing of it becomes part of this module.
set -eu
cd "$(dirname "$0")/../.."
others=bin/.others
mkdir -p "$others"

# Okta's sample for Gin, as it is. Its port is fixed: 8080 must be free.
sample=b8ea698d7ff472b74d13ac0656215f7b9cb43ac0
if [ ! -d "$others/gin" ]; then
	git clone -q "${GIN_SAMPLE:-https://github.com/okta-samples/okta-go-gin-sample}" "$others/gin"
	git -C "$others/gin" checkout -q "$sample"
fi
(cd "$others/gin" && go build -o gin-sample .)

# express-openid-connect
mkdir -p "$others/express"
cp cmd/bench/others/express/* "$others/express/"
(cd "$others/express" && npm install --silent --no-audit --no-fund)

# oauth2-proxy, in front of a file
mkdir -p "$others/proxy"
GOBIN="$PWD/$others/proxy" go install github.com/oauth2-proxy/oauth2-proxy/v7@v7.15.6
awk 'BEGIN { while (n++ < 86) text = text "A kilobyte. "; printf "%s", substr(text, 1, 1024) }' > "$others/proxy/page.txt"

exec bin/bench -only others -others "$others" "$@" bin/okta-gin bin/peer bin/bombardier
