# The front door. `make` alone tells what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo

.PHONY: help run test lint wasm test-wasm unit web test-browser screenshots fuzz-api bench bench-browser

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

run: ## build, play the demonstration into a fresh store, print its table, and serve it
	$(CARGO) run --release --quiet --package cairn-server -- demo

test: lint wasm unit test-wasm ## everything that must hold

lint: ## format and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

wasm: ## the core and the engine compile for browsers
	@tests/wasm-check.sh

test-wasm: ## the store's suite, the core's property tests and the engine's face, compiled for browsers, in Chromium
	@tests/wasm-test.sh

unit: ## every test, the ones against a live server among them
	CAIRN_PROGRAMS=built $(CARGO) test --workspace

web: ## the logbook: the engine as WebAssembly, and the app
	@server/web/build.sh

test-browser: web ## the logbook in a real browser against a real server; needs Node and Chromium
	$(CARGO) build --quiet --package cairn-server --package cairn-cli
	@tests/browser/run.sh

screenshots: web ## pictures of every screen, in every language, light and dark, into tests/browser/shots
	$(CARGO) build --quiet --package cairn-server --package cairn-cli
	node tests/browser/screenshots.js

fuzz-api: ## schemathesis asks a live server all that server/openapi.json describes, on both databases; needs Python
	@tests/api-check.sh sqlite
	@tests/api-check.sh postgres

bench: ## the figures of the wire, measured
	$(CARGO) bench --quiet --package cairn-tests --bench wire_bytes

bench-browser: web ## the figures of the field, measured in Chromium
	$(CARGO) build --quiet --release --package cairn-server --package cairn-cli
	CAIRN_PROFILE=release node tests/browser/wasm/bench.js
	CAIRN_PROFILE=release node tests/browser/bench/phone.js
