#!/usr/bin/env bash
# Milliseconds from exec to the first character of `unroll sample MODEL --length 1`, the median of 20, and the size of
# the stripped program. Without a model, one with two layers of 512 is made from a small text, with one update.
#
#     bench/cold_start.sh [build/unroll [MODEL]]
set -euo pipefail
program=$(realpath "${1:-build/unroll}")
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
model=${2:-$folder/run}
if [ $# -lt 2 ]; then
    for i in $(seq 400); do echo "$i: the quick brown fox jumps over the lazy dog, and then it sleeps."; done >"$folder/text"
    "$program" train lm "$folder/text" -o "$model" --net 'embed 64 > lstm 512 x2 > dense' --batch 4 --bptt 8 --steps 1 --quiet
fi
strip -o "$folder/stripped" "$program"
echo "stripped program: $(stat -c %s "$folder/stripped") bytes (aim: 1,500,000)"
python3 - "$folder/stripped" "$model" <<'PYTHON'
import statistics
import subprocess
import sys
import time

def first_character():
    begin = time.perf_counter()
    process = subprocess.Popen([sys.argv[1], "sample", sys.argv[2], "--length", "1"], stdout=subprocess.PIPE, bufsize=0)
    if not process.stdout.read(1):
        sys.exit("cold_start.sh: no character came")
    span = time.perf_counter() - begin
    process.stdout.read()
    if process.wait():
        sys.exit("cold_start.sh: unroll sample failed")
    return 1e3 * span

first_character()  # the file is in the page cache afterwards
spans = sorted(first_character() for _ in range(20))
print(f"first character: median {statistics.median(spans):.1f} ms, least {spans[0]:.1f} ms, most {spans[-1]:.1f} ms (aim: 20)")
PYTHON
