#!/usr/bin/env bash
# Stands before rustc and gives the crates of interest the coverage that libFuzzer watches: ours, and the readers of what strangers
# send. Everything else is as it is, and so fast; the merge engine, too: nothing that could break it may come near it.
set -euo pipefail
NAME=""
previous=""
for argument in "$@"; do
    [ "$previous" = --crate-name ] && NAME=$argument
    previous=$argument
done
case "$NAME" in
sync_core | cairn_server | cairn_fuzz_targets | minicbor | csv | csv_core)
    exec "$@" -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares
    ;;
*) exec "$@" ;;
esac
