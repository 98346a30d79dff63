#!/usr/bin/env bash
# The store's suite and the core's property tests, compiled for browsers and run in Chromium; then the module's own face, and what
# browsers of earlier versions kept, against a real server. Where the target, Node or Chromium cannot be had it says so.
set -euo pipefail
cd "$(dirname "$0")/.."
target=wasm32-unknown-unknown
skip() {
    echo "NOT TESTED: $1, so nothing was run in a browser" >&2
    [ "${CAIRN_SKIP:-}" != never ]
    exit
}
client-sdk/web/build.sh --check || skip "nothing can be compiled for one here"
command -v npm >/dev/null || skip "Node is not installed"
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip "Chromium is not installed"
built="$(realpath --no-symlinks "${CARGO_TARGET_DIR:-target}")"
suites="$built/wasm-suites"
rm -rf "$suites"
modules() { # name and path of each test module that cargo makes
    cargo test --quiet --no-run --target "$target" --message-format json "$@" |
        node -e 'for (const line of require("fs").readFileSync(0, "utf8").split("\n")) {
            const said = line.startsWith("{") ? JSON.parse(line) : {};
            if (said.executable) console.log(said.target.name, said.executable);
        }'
}
cargo build --quiet --package cairn-bindgen
[ "${CAIRN_PROGRAMS:-}" = built ] || cargo build --quiet --package cairn-server
{
    modules --package sync-core --lib --test convergence --test hostile
    modules --package cairn-client --no-default-features --features browser,conformance --test browser
} | while read -r name module; do
    "$built/debug/cairn-bindgen" --tests "$module" "$suites" "$name"
done
# Of what was built for the apps, the very package that phones get; else of one of its own, so that what is tested is what stands here.
if [ "${CAIRN_PROGRAMS:-}" != built ]; then
    export CAIRN_WEB_PKG="$built/wasm-pkg"
    client-sdk/web/build.sh --quick
fi
[ -d node_modules/playwright-core ] || npm ci --no-progress
SUITES="$suites" node --test tests/browser/wasm/*.test.js
