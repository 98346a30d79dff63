#!/usr/bin/env bash
# Compiles the replica for browsers into client-sdk/web/pkg: small, which takes minutes, or with `--quick` as it comes. `--check`
# only says whether that is possible here. CAIRN_WEB_PKG is another folder for it.
set -euo pipefail
cd "$(dirname "$0")/../.."
target=wasm32-unknown-unknown
installed() { [ -d "$(rustc --print sysroot)/lib/rustlib/$target/lib" ]; }
if ! installed && command -v rustup >/dev/null; then
    echo "adding the Rust target $target" >&2
    rustup target add "$target" || true
fi
if ! installed; then
    echo "$target is not installed and cannot be had here: nothing can be compiled for browsers" >&2
    exit 3
fi
[ "${1:-}" != --check ] || exit 0
built="${CARGO_TARGET_DIR:-target}"
pkg="${CAIRN_WEB_PKG:-client-sdk/web/pkg}"
profile=wasm
[ "${1:-}" != --quick ] || profile=dev
if [ "$profile" = wasm ]; then
    # A panic names its place; where this machine keeps sources is nobody's business, and makes equal builds differ.
    export RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src/= --remap-path-prefix=$PWD/="
fi
cargo build --quiet --profile "$profile" --target "$target" --package cairn-web
env -u RUSTFLAGS cargo run --quiet --package cairn-bindgen -- "$built/$target/${profile/dev/debug}/cairn_web.wasm" "$pkg" cairn_web
optimiser=node_modules/.bin/wasm-opt
if [ "$profile" = wasm ] && [ -x "$optimiser" ]; then
    "$optimiser" -O3 --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int --enable-sign-ext \
        --enable-reference-types --enable-multivalue --enable-mutable-globals \
        "$pkg/cairn_web_bg.wasm" --output "$pkg/cairn_web_bg.wasm.tmp"
    mv "$pkg/cairn_web_bg.wasm.tmp" "$pkg/cairn_web_bg.wasm"
fi
