#!/usr/bin/env bash
# Takes the inputs that target/fuzz/corpus has gathered into tests/fuzz/corpus: for each target the smallest that reach every edge that was
# reached, up to a share of what the repository holds.
#
#   tests/fuzz/minimise.sh [TARGET…]
set -euo pipefail
cd "$(dirname "$0")"
TARGETS=("$@")
[ $# -gt 0 ] || TARGETS=(frame bundle change form import api sync)
OUT=$(realpath -m ../../target/fuzz)
BYTES_MAX=64000
for target in "${TARGETS[@]}"; do
    case $target in import | api | sync) program=server ;; *) program=core ;; esac
    rm -rf "$OUT/merged"
    mkdir -p "$OUT/merged" "corpus/$target"
    CAIRN_TARGET=$target nice -n 15 "$OUT/$program/release/cairn-fuzz" -merge=1 -use_counters=0 -max_len=16384 "$OUT/merged" "corpus/$target" "$OUT/corpus/$target" \
        >"$OUT/logs/$target-merge.log" 2>&1
    # The smallest first: many small inputs are worth more than a few large ones, and are replayed faster.
    rm -rf "corpus/$target"
    mkdir "corpus/$target"
    sum=0
    while read -r size name; do
        sum=$((sum + size))
        [ $sum -le $BYTES_MAX ] || break
        cp "$OUT/merged/$name" "corpus/$target/${name:0:16}"
    done < <(find "$OUT/merged" -type f -printf '%s %f\n' | sort -n)
    echo "$target: $(ls "corpus/$target" | wc -l) inputs, $(cat "corpus/$target"/* | wc -c) bytes"
done
