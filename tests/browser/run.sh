#!/usr/bin/env bash
# Checks the TypeScript and the words, and runs every test in the browser. The apps and the programs are built first, unless
# CAIRN_PROGRAMS=built says that they are. Where there is no Node or no Chromium it says so; with CAIRN_SKIP=never that is a failure.
set -euo pipefail
cd "$(dirname "$0")/../.."
skip() {
    echo "NOT TESTED: $1, so nothing was tried in a browser" >&2
    [ "${CAIRN_SKIP:-}" != never ]
    exit
}
if [ "${CAIRN_PROGRAMS:-}" != built ]; then
    server/web/build.sh
    cargo build --quiet --package cairn-server --package cairn-cli
fi
[ -e server/web/dist/field/index.html ] && [ -e server/web/dist/console/index.html ] || skip "the apps are not built"
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || skip "Chromium is not installed"
npm run --silent check --workspace @cairn/client
for workspace in kit field console; do
    npm run --silent check --workspace "@cairn/$workspace"
    npm test --silent --workspace "@cairn/$workspace"
done
npm test --silent --workspace @cairn/browser-tests
