#!/usr/bin/env bash
# Coverage-guided fuzzing of everything that takes bytes from strangers, on stable Rust: libFuzzer comes with a package of the
# registry, and is compiled here with the C++ compiler.
#
#   tests/fuzz/run.sh [SECONDS] [TARGET…]      60 seconds for each of all targets, if not said otherwise
#
# Inputs that reach something new go to target/fuzz/corpus; what breaks something goes to target/fuzz/artifacts, and the run ends with a
# failure. `tests/fuzz/minimise.sh` then takes into tests/fuzz/corpus what is worth keeping.
#
# | variable | what it says | default |
# |---|---|---|
# | CAIRN_REPORT | where the figures are written, as JSON | nowhere |
# | CAIRN_RUNS | so many executions of each target instead of so many seconds | |
# | CAIRN_SEED | what libFuzzer draws from | drawn |
# | CAIRN_MUTATOR | `bytes`: without the grammar, to see what it is worth | the grammar |
set -euo pipefail
cd "$(dirname "$0")/driver"
SECONDS_EACH=${1:-60}
[ $# -eq 0 ] || shift
TARGETS=("$@")
[ $# -gt 0 ] || TARGETS=(frame bundle change form import api sync)
if ! command -v c++ >/dev/null; then
    apt-get update && apt-get install -y --no-install-recommends g++
fi
OUT=$(realpath -m ../../../target/fuzz)
export RUSTC_WRAPPER=$PWD/rustc.sh
# Two programs: with the server there is a hundred times as much to watch, and what is fast would be slow.
build() { cargo build --quiet --release --target-dir "$OUT/$1" "${@:2}"; }
for target in "${TARGETS[@]}"; do
    case $target in
    import | api | sync) build server --features server ;;
    *) build core ;;
    esac
done
case " ${TARGETS[*]} " in
*" import "* | *" api "* | *" sync "*) "$OUT/server/release/seed" "$OUT/corpus" ;;
*) "$OUT/core/release/seed" "$OUT/corpus" ;;
esac
FIGURES=() FAILED=0 BEGUN=$(date +%s)
for target in "${TARGETS[@]}"; do
    case $target in import | api | sync) program=server ;; *) program=core ;; esac
    mkdir -p "$OUT/corpus/$target" "$OUT/artifacts/$target" "$OUT/logs"
    log=$OUT/logs/$target.log
    limit=(-max_total_time="$SECONDS_EACH")
    [ -z "${CAIRN_RUNS:-}" ] || limit=(-runs="$CAIRN_RUNS")
    [ -z "${CAIRN_SEED:-}" ] || limit+=(-seed="$CAIRN_SEED")
    max=8192
    [ "$target" != form ] || max=16384
    CAIRN_TARGET=$target CAIRN_JOURNAL=$OUT/journal/$target nice -n 15 "$OUT/$program/release/cairn-fuzz" \
        "${limit[@]}" -max_len=$max -len_control=0 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$OUT/artifacts/$target/" "$OUT/corpus/$target" "../corpus/$target" >"$log" 2>&1 || FAILED=1
    last=$(grep -aE '^#[0-9]+.* cov: ' "$log" | tail -1)
    executions=$(sed -nE 's/^stat::number_of_executed_units: +([0-9]+).*/\1/p' "$log" | tail -1)
    edges=$(sed -nE 's/.* cov: ([0-9]+).*/\1/p' <<<"$last")
    features=$(sed -nE 's/.* ft: ([0-9]+).*/\1/p' <<<"$last")
    found=$(grep -acE 'Test unit written to' "$log" || true)
    echo "$target: ${executions:-0} executions, ${edges:-0} edges, ${features:-0} features, $found found"
    [ "$found" = 0 ] || grep -aE "panicked at|Test unit written|ERROR: libFuzzer" -A2 "$log" | head -20
    for pair in "executions:${executions:-0}" "edges of the code reached:${edges:-0}" "features reached:${features:-0}" "inputs that broke something:$found"; do
        FIGURES+=("{\"name\": \"$target: ${pair%%:*}\", \"value\": ${pair##*:}}")
    done
done
if [ -n "${CAIRN_REPORT:-}" ]; then
    {
        printf '{"rig": "fuzz", "title": "Coverage-guided fuzzing of all that takes bytes from strangers", "figures": ['
        (IFS=,; printf '%s' "${FIGURES[*]}")
        printf '], "seconds": %s.0}\n' "$(($(date +%s) - BEGUN))"
    } >"$CAIRN_REPORT"
fi
exit "$FAILED"
