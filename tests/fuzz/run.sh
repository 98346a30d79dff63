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
# | CAIRN_RUNS | so many executions of all targets together instead of so many seconds, shared out by how fast they are | |
# | CAIRN_SEED | what libFuzzer draws from | drawn |
# | CAIRN_MUTATOR | `bytes`: without the grammar, to see what it is worth | the grammar |
# | CAIRN_AFRESH | `1`: begins with the seeds alone, and gathers nothing | with all that was gathered and kept |
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
program() { case $1 in import | api | sync) echo server ;; *) echo core ;; esac; }
# Of 10,000 executions of all targets.
share() { case $1 in form) echo 6680 ;; frame) echo 2400 ;; change) echo 450 ;; bundle) echo 350 ;; *) echo 40 ;; esac; }
SHARES=0
for target in "${TARGETS[@]}"; do
    SHARES=$((SHARES + $(share "$target")))
    case $(program "$target") in
    server) build server --features server ;;
    *) build core ;;
    esac
done
FIGURES=() FAILED=0 EXECUTIONS=0 BEGUN=$(date +%s)
for target in "${TARGETS[@]}"; do
    gathered=$OUT/corpus/$target kept=(../corpus/"$target")
    if [ "${CAIRN_AFRESH:-}" = 1 ]; then
        gathered=$OUT/afresh/$target kept=()
        rm -rf "$gathered"
    fi
    mkdir -p "$gathered" "${kept[@]}" "$OUT/artifacts/$target" "$OUT/logs"
    log=$OUT/logs/$target.log
    limit=(-max_total_time="$SECONDS_EACH")
    [ -z "${CAIRN_RUNS:-}" ] || limit=(-runs=$((CAIRN_RUNS * $(share "$target") / SHARES)))
    [ -z "${CAIRN_SEED:-}" ] || limit+=(-seed="$CAIRN_SEED")
    # Bytes of the longest input. A file of changes costs as much as all of them, and says nothing more when it is long.
    case $target in form) max=16384 ;; bundle | change) max=3072 ;; *) max=8192 ;; esac
    begun=$(date +%s%3N)
    CAIRN_TARGET=$target CAIRN_SEEDS=$gathered CAIRN_JOURNAL=$OUT/journal/$target \
        nice -n 15 "$OUT/$(program "$target")/release/cairn-fuzz" \
        "${limit[@]}" -max_len=$max -len_control=0 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$OUT/artifacts/$target/" "$gathered" "${kept[@]}" >"$log" 2>&1 || FAILED=1
    took=$(($(date +%s%3N) - begun))
    last=$(grep -aE '^#[0-9]+.* cov: ' "$log" | tail -1 || true)
    executions=$(sed -nE 's/^stat::number_of_executed_units: +([0-9]+).*/\1/p' "$log" | tail -1)
    edges=$(sed -nE 's/.* cov: ([0-9]+).*/\1/p' <<<"$last")
    features=$(sed -nE 's/.* ft: ([0-9]+).*/\1/p' <<<"$last")
    found=$(grep -acE 'Test unit written to' "$log" || true)
    EXECUTIONS=$((EXECUTIONS + ${executions:-0}))
    echo "$target: ${executions:-0} executions, $((${executions:-0} * 1000 / (took + 1))) a second, ${edges:-0} edges, ${features:-0} features, $found found"
    [ "$found" = 0 ] || grep -aE "panicked at|Test unit written|ERROR: libFuzzer" -A2 "$log" | head -20
    for pair in "executions:${executions:-0}" "edges of the code reached:${edges:-0}" "features reached:${features:-0}" "inputs that broke something:$found"; do
        FIGURES+=("{\"name\": \"$target: ${pair%%:*}\", \"value\": ${pair##*:}}")
    done
done
FIGURES+=("{\"name\": \"executions of all targets\", \"value\": $EXECUTIONS}")
if [ -n "${CAIRN_REPORT:-}" ]; then
    {
        printf '{"rig": "fuzz", "title": "Coverage-guided fuzzing of all that takes bytes from strangers", "figures": ['
        (IFS=,; printf '%s' "${FIGURES[*]}")
        printf '], "commit": "%s", "seconds": %s.0}\n' "$(git describe --always --dirty --exclude '*')" "$(($(date +%s) - BEGUN))"
    } >"$CAIRN_REPORT"
fi
exit "$FAILED"
