#!/usr/bin/env bash
# Compiles the core, and the engine without files and sockets, for browsers. Where the target cannot be had it says so: all that
# does not need it is still built and tested.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-unknown-unknown
if ! client-sdk/web/build.sh --check; then
    echo "NOT CHECKED: nothing was compiled for browsers" >&2
    [ "${CAIRN_SKIP:-}" != never ]
    exit
fi
cargo clippy --quiet --target "$target" --package sync-core --all-targets -- -D warnings
cargo check --quiet --target "$target" --package cairn-client --no-default-features
cargo clippy --quiet --target "$target" --package cairn-client --no-default-features --features browser,conformance --lib --test browser -- -D warnings
cargo clippy --quiet --target "$target" --package cairn-web -- -D warnings
echo "wasm: sync-core and the engine compile for browsers"
