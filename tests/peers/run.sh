#!/usr/bin/env bash
# Measures how other ways of syncing do with the records of Cairn's own wire benchmark; a developer's tool, see README.md.
#   run.sh [--wire|--ingest] [peer…]     with CAIRN_BIN=…/target/release also Cairn's own programs
set -euo pipefail
cd "$(dirname "$0")"
[ -d node_modules ] || npm ci --no-audit --no-fund
exec node src/run.js "$@"
