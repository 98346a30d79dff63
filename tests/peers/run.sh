#!/usr/bin/env bash
# Measures how other ways of syncing do with the records of Cairn's own wire benchmark; a developer's tool, see README.md.
#   run.sh [--wire|--ingest] [peer…]     with CAIRN_BIN=…/target/release also Cairn's own programs
set -euo pipefail
cd "$(dirname "$0")"
# Not `npm ci`: it wants optional packages for other systems that no lock made here names.
[ -d node_modules ] || npm install --no-save --no-audit --no-fund
exec node src/run.js "$@"
