# The front door. `make` alone tells what there is.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
CARGO := cargo
# Where two recipes run at a time, cargo would take make's flags for an invitation to share jobs that nobody offers.
ALONE := env -u MAKEFLAGS -u MFLAGS
PROOF := $(CURDIR)/target/proof
BENCH := $(CURDIR)/target/bench
BENCHES := wire_bytes micro ingest storm device
MUTATED := 'sync-core/src/gate/**' 'sync-core/src/merge/**' 'sync-core/src/replica/**' 'sync-core/src/wire/**' 'sync-core/src/crdt/present.rs'
SIZES := 10000 100000 1000000 5000000

.PHONY: help run test web engine lint unit rigs wasm browser browsers screenshots fuzz fuzz-api bench bench-growth bench-read bench-console bench-browser simulation proof mutants

help: ## what there is
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

run: web ## build, play the demonstration into a fresh store, print its table, and serve it
	$(CARGO) run --release --quiet --package cairn-server -- demo

test: ## everything that must hold
	@$(MAKE) --no-print-directory --jobs 2 --output-sync engine lint
	@server/web/build.sh --apps
	@$(MAKE) --no-print-directory unit
	@CAIRN_PROGRAMS=built $(MAKE) --no-print-directory --jobs 2 rigs browsers

web: ## the logbook: the engine as WebAssembly, and the app that the server takes in when it is built
	@server/web/build.sh

engine: ## the engine alone, as WebAssembly
	@$(ALONE) server/web/build.sh --engine

lint: ## format and lints
	$(CARGO) fmt --all --check
	$(ALONE) $(CARGO) clippy --workspace --all-targets --quiet -- -D warnings

unit: ## every test in Rust, the ones against a live server among them
	@tests/unit.sh

rigs: ## 2,000 simulated worlds, and a minute of hostile input for each of its targets; at the lowest priority
	@$(ALONE) tests/rigs.sh

# One after the other: while both wait for pages, the rigs have work for the processors.
browsers:
	@$(ALONE) $(MAKE) --no-print-directory wasm
	@$(ALONE) $(MAKE) --no-print-directory browser

wasm: ## what is compiled for browsers: lints, the store's suite and the core's properties in Chromium
	@tests/wasm-check.sh
	@tests/wasm-test.sh

browser: ## the logbook in a real browser against a real server; needs Node and Chromium
	@tests/browser/run.sh

screenshots: web ## pictures of every screen, in every language, light and dark, into tests/browser/shots
	$(CARGO) build --quiet --package cairn-server --package cairn-cli
	node tests/browser/screenshots.js

fuzz: ## libFuzzer asks everything that takes bytes from strangers, a minute each; needs a C++ compiler
	@tests/fuzz/run.sh

fuzz-api: ## schemathesis asks a live server all that server/openapi.json describes, on both databases; needs Python
	@tests/api-check.sh sqlite
	@tests/api-check.sh postgres

simulation: ## 2,000 worlds of 500 steps in which everything that can fail does, each played twice
	$(CARGO) run --release --quiet --package cairn-simulation

# All rigs in one build; a package at a time would be one for each.
proof: TRY := $(CARGO) test --release --quiet --workspace
proof: web ## every rig in its long form, hours of it; what they count is written to tests/PROOF.md
	@mkdir -p $(PROOF)
	CAIRN_SEEDS=20000 CAIRN_REPORT=$(PROOF)/simulation.json $(CARGO) run --release --quiet --package cairn-simulation
	CAIRN_STATES=20000 CAIRN_FAULTS=100 CAIRN_REPORT=$(PROOF)/power.json $(TRY) --test power
	CAIRN_CUTS=all CAIRN_REPORT=$(PROOF)/network.json $(TRY) --test network
	CAIRN_KILLS=1000 CAIRN_ACKNOWLEDGED=200000 CAIRN_LIFE_MS=1500 CAIRN_REPORT=$(PROOF)/kills.json $(TRY) --test kills
	CAIRN_CHANGES=200000 CAIRN_REPORT=$(PROOF)/postgres.json $(TRY) --test nodes
	CAIRN_DEATHS=all CAIRN_REPORT=$(PROOF)/migrations.json $(TRY) --test migrations
	CAIRN_REPORT=$(PROOF)/golden.json $(TRY) --test golden
	CAIRN_EXECUTIONS=200000 CAIRN_REPORT=$(PROOF)/hostile.json $(TRY) --test replay
	CAIRN_RUNS=10050000 CAIRN_REPORT=$(PROOF)/fuzz.json tests/fuzz/run.sh
	CAIRN_REPORT=$(PROOF)/bombs.json $(TRY) --test bombs
	CAIRN_ORPHANS=100000 CAIRN_REPORT=$(PROOF)/orphans.json $(TRY) --test orphans
	CAIRN_BROWSER_KILLS=100 CAIRN_REPORT=$(PROOF)/chromium.json node --test tests/browser/specs/kill.test.js
	$(CARGO) run --quiet --package cairn-tests --bin proof -- $(PROOF)

# The server's apart: they are tried by other tests.
mutants: ## one thing changed in the code that decides, and a test that notices: an hour of it; needs cargo-mutants
	CARGO_TARGET_DIR=target/mutants/tool $(CARGO) build --quiet --release --manifest-path tests/mutants/Cargo.toml
	target/mutants/tool/release/cairn-mutants $(MUTATED)
	target/mutants/tool/release/cairn-mutants 'server/src/auth/**'

# As the rigs, all benchmarks in one build.
bench bench-growth bench-read: MEASURE := $(CARGO) bench --quiet --workspace
bench: ## sync on the wire, each step of a change's way, ingest, storms, a device: measured, an hour of it; written to tests/BENCH.md
	@mkdir -p $(BENCH)
	$(CARGO) build --quiet --release --workspace --bins
	for bench in $(BENCHES); do \
	    CAIRN_PROGRAMS=built CAIRN_REPORT=$(BENCH)/$$bench.json $(MEASURE) --bench $$bench; \
	done
	$(CARGO) run --quiet --package cairn-tests --bin bench -- $(BENCH)

bench-growth: ## what bench-read measures, in stores of SIZES records; written to tests/BENCH.md
	@mkdir -p $(BENCH)
	for size in $(SIZES); do \
	    CAIRN_REPORT=$(BENCH)/read-$$size.json $(MEASURE) --bench read -- $$size; \
	done
	$(CARGO) run --quiet --package cairn-tests --bin bench -- $(BENCH)

bench-read: ## lists, totals and attention at a million records, measured; FOLDER=… keeps the store for the next run
	$(MEASURE) --bench read -- $(if $(FOLDER),$(abspath $(FOLDER)))

bench-console: web ## from opening a page of the console until it can be used, in Chromium, before the store of bench-read FOLDER=…
	$(CARGO) build --quiet --release --package cairn-server --package cairn-cli
	@mkdir -p $(BENCH)
	CAIRN_PROFILE=release CAIRN_REPORT=$(BENCH)/console.json node tests/browser/bench/console.js $(if $(FOLDER),$(abspath $(FOLDER)))

bench-browser: web ## the figures of the field, measured in Chromium
	$(CARGO) build --quiet --release --package cairn-server --package cairn-cli
	@mkdir -p $(BENCH)
	CAIRN_PROFILE=release CAIRN_REPORT=$(BENCH)/phone.json node tests/browser/bench/phone.js
