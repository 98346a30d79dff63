#!/usr/bin/env bash
# What takes minutes of processor time and waits for nothing: 2,000 worlds in which everything that can fail does, each played twice,
# and hostile input drawn for a minute for each of its targets. `make test` has it run beside the browsers' suites, which leave a part
# of the machine idle, at the lowest priority.
#
# | variable | what it says | default |
# |---|---|---|
# | CAIRN_SEEDS | worlds | 2000 |
# | CAIRN_SECONDS | seconds for each target of hostile input | 60 |
set -euo pipefail
cd "$(dirname "$0")/.."
export CAIRN_SECONDS=${CAIRN_SECONDS:-60}
built=${CARGO_TARGET_DIR:-target}
# `worlds` is the simulation's own test, and brings its program along. Asked for alone, that would be compiled anew with all it stands on:
# without what tests want of libraries these are others.
cargo test --quiet --workspace --test replay --test worlds --no-run
nice -n 19 "$built/debug/cairn-simulation" &
worlds=$!
failed=0
nice -n 19 cargo test --workspace --test replay -- --nocapture || failed=1
wait "$worlds" || failed=1
exit "$failed"
