# `make` lists what there is to do.

# Without nomsgpack, Gin brings 6 MB of a codec that nothing here uses.
BUILD = CGO_ENABLED=0 go build -trimpath -tags nomsgpack -ldflags "-s -w -X example.com/okta-gin/version.release=$(VERSION)"

# What the program calls itself. Outside a repository: make build VERSION=v1.2.3
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null)

# The date of all files in a release, in seconds since 1970: that of the commit.
SOURCE_DATE_EPOCH ?= $(shell git log -1 --format=%ct 2>/dev/null)

.DEFAULT_GOAL := help
# Where make key puts the private key, and further flags: make key FILE=next.pem FLAGS=-rsa
FILE ?= client-key.pem

.PHONY: help run build test check schemas fmt bench others simulate soak pictures conformance release module widget key

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## start the app: with your .env against Okta, without one against a local stand-in
	@if [ -f .env ] || [ -f .okta.env ]; then \
		program=bin/okta-gin package=. what="Building the app; its settings come from .env and .okta.env …"; \
	else \
		program=bin/demo package=./cmd/demo what="There is no .env: building the app with a local stand-in for Okta …"; \
	fi; \
	echo "$$what"; \
	[ -x $$program ] || echo "The first time, Go fetches and compiles everything that the app is made of: a minute or two on two cores, after that seconds."; \
	$(BUILD) -o $$program $$package && exec $$program

build: ## make the program, one static file: bin/okta-gin
	$(BUILD) -o bin/okta-gin .

test: ## run all tests, with the race detector and a real browser; on Debian, what they need is installed first
	@scripts/test.sh

check: ## what CI runs: format, vet, staticcheck, tidy go.mod, known vulnerabilities, and all tests
	@unformatted=$$(gofmt -l .) && if [ -n "$$unformatted" ]; then \
		echo "Not formatted; 'make fmt' helps:"; echo "$$unformatted"; exit 1; \
	fi
	go vet -tags soak,conformance ./...
	go tool staticcheck -tags soak,conformance ./...
	go mod tidy -diff
	@scripts/vulncheck.sh
	@scripts/schemas.sh
	@$(MAKE) --no-print-directory test

schemas: ## hold the files for Kubernetes and compose against their schemas; needs Python
	@scripts/schemas.sh

fmt: ## format all Go files
	gofmt -w .

bench: ## measure the app beside a bare Gin server, and what the documents promise
	@$(BUILD) -o bin/okta-gin . && $(BUILD) -o bin/peer ./cmd/bench/peer && go build -o bin/bench ./cmd/bench
	@GOBIN="$(CURDIR)/bin" go install github.com/codesenberg/bombardier@v1.2.6
	bin/bench bin/okta-gin bin/peer bin/bombardier
	go test -run '^$$' -bench . -benchmem ./...

others: ## measure what others would take instead beside the app; fetches Okta's Gin sample, express-openid-connect and oauth2-proxy
	@$(BUILD) -o bin/okta-gin . && $(BUILD) -o bin/peer ./cmd/bench/peer && go build -o bin/bench ./cmd/bench
	@GOBIN="$(CURDIR)/bin" go install github.com/codesenberg/bombardier@v1.2.6
	@cmd/bench/others.sh

simulate: ## what an app of some size needs, and what breaks first: docs/capacity.md
	go run ./cmd/simulate

soak: ## thousands of people signing in and out for a few minutes, and a million sessions in Redis
	go test -run '^TestSoak' -tags soak -count 1 -v -timeout 20m ./e2e/program ./session

pictures: ## keep a picture of each page, in each language and look, in artifacts/
	CGO_ENABLED=0 PICTURES=1 go test -count 1 ./e2e/...

release: ## archives for Linux, macOS and Windows, bills of materials and SHA256SUMS: dist/; make release VERSION=v1.2.3
	go test -run '^TestSameBytes$$' -tags soak -count 1 -timeout 60m ./deploy
	@go run ./cmd/release "$(VERSION)" "$(SOURCE_DATE_EPOCH)"

conformance: ## the app at node-oidc-provider by FAPI 2.0; needs Node.js from 20.20 and npm
	go test -run '^TestSecondProvider$$' -tags conformance -count 1 -v ./conformance

key: ## make a private key in place of the client secret: make key FILE=client-key.pem
	@go run ./cmd/key $(FLAGS) "$(FILE)"

module: ## rename the module everywhere: make module PATH=example.org/me/app
	@exec scripts/module.sh "$(PATH)"

widget: ## renew the vendored Okta Sign-In Widget: make widget VERSION=7.49.0
	@scripts/widget.sh $(VERSION)
