#!/usr/bin/env bash
# Builds the web apps: the engine as WebAssembly and the logbook into server/web/dist/field, the console into server/web/dist/console.
# Prints sizes, and fails beyond the budget of a first load. Where Node or the Rust target cannot be had it says so: all that is Rust is
# still built. `--quick` leaves out what makes the WebAssembly small, for work on the app; then nothing is said about the budget.
# `--engine` builds the engine alone, and `--apps` the apps around the engine that is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
skip() {
    echo "NOT BUILT: $1, so the server has no web apps" >&2
    [ "${CAIRN_SKIP:-}" != never ]
    exit
}
client-sdk/web/build.sh --check || skip "nothing can be compiled to WebAssembly here"
command -v node >/dev/null && command -v npm >/dev/null || skip "Node is not installed"
node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 20 || (major === 20 && minor >= 19) ? 0 : 1)' ||
    skip "Node $(node --version) is too old (20.19 or later is needed)"
[ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --no-progress
case "${1:-}" in
--engine) exec client-sdk/web/build.sh ;;
--apps) ;;
--quick)
    export CAIRN_NO_BUDGET=1
    client-sdk/web/build.sh --quick
    ;;
*) client-sdk/web/build.sh ;;
esac
npm run --silent build --workspace @cairn/field
npm run --silent build --workspace @cairn/console
