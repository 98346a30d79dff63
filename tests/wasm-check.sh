#!/usr/bin/env bash
# Compiles the core, and the engine without files and sockets, for browsers. Where the target cannot be had it says so: all that
# does not need it is still built and tested.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-unknown-unknown
installed() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
if ! installed && command -v rustup >/dev/null; then
    echo "adding the Rust target $target"
    rustup target add "$target" || echo "the target could not be added"
fi
if ! installed; then
    echo "NOT CHECKED: $target is not installed and cannot be had here, so nothing was compiled for browsers" >&2
    exit 0
fi
cargo clippy --quiet --target "$target" --package sync-core --all-targets -- -D warnings
cargo check --quiet --target "$target" --package cairn-client --no-default-features
cargo clippy --quiet --target "$target" --package cairn-client --no-default-features --features browser,conformance --lib --test browser -- -D warnings
cargo clippy --quiet --target "$target" --package cairn-web -- -D warnings
echo "wasm: sync-core and the engine compile for browsers"
