#!/usr/bin/env bash
# Every test in Rust, as `cargo test --workspace` runs them, but three programs of tests at a time: many of them wait for a disk, a server
# or a clock. What each printed is shown when it has ended, one never amid another; all are run whatever fails, and who failed stands last.
#
# | variable | what it says | default |
# |---|---|---|
# | CAIRN_LANES | programs at a time | 3 |
set -euo pipefail
cd "$(dirname "$0")/.."
# Those that take longest begin, or all would wait for them in the end.
FIRST='/(kills|demonstration|power|cairn_server|restore|nodes)-[0-9a-f]+$'

ran=$(mktemp -d)
trap 'rm -rf "$ran"' EXIT
# The programs that tests start are made with them.
export CAIRN_PROGRAMS=built
cargo test --workspace --no-run --message-format json-render-diagnostics >"$ran/messages"
# Of each program of tests the folder of its package, where cargo would run it, a tab, and its path.
sed -nE '/"profile":\{[^}]*"test":true\}/ s/.*"manifest_path":"([^"]*)\/Cargo\.toml".*"executable":"([^"]+)".*/\1\t\2/p' "$ran/messages" >"$ran/programs"
[ -s "$ran/programs" ] || { echo "no programs of tests were made" >&2; exit 1; }

cat >"$ran/one.sh" <<'ONE'
ran=$1 folder=${2%%$'\t'*} program=${2#*$'\t'}
name=$(basename "$program") begun=$SECONDS code=0
cd "$folder"
CARGO_MANIFEST_DIR=$folder "$program" >"$ran/$name.log" 2>&1 || code=$?
exec 9>"$ran/lock"
flock 9
echo "     Running $program"
cat "$ran/$name.log"
echo "$((SECONDS - begun)) s: $name" >>"$ran/times"
[ "$code" = 0 ] || echo "$name: exit code $code" >>"$ran/failed"
ONE
{
    grep -E "$FIRST" "$ran/programs"
    grep -vE "$FIRST" "$ran/programs"
} | xargs -d '\n' -n 1 -P "${CAIRN_LANES:-3}" bash "$ran/one.sh" "$ran"
sort -rn "$ran/times" | head -12
if [ -e "$ran/failed" ]; then
    cat "$ran/failed" >&2
    exit 1
fi
# Nothing is left out without a word.
[ "$(wc -l <"$ran/times")" = "$(wc -l <"$ran/programs")" ] || { echo "not every program of tests was run" >&2; exit 1; }
echo "$(wc -l <"$ran/programs") programs of tests, none failed"
