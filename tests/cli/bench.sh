#!/usr/bin/env bash
# unroll bench: lists its works, counts what it should, learns while it measures, and refuses what it does not know.
set -eu
UNROLL=${UNROLL:-build/unroll}

fail() { echo "$*" >&2; exit 1; }
field() { python3 -c 'import json, sys; print(json.loads(sys.argv[1])[sys.argv[2]])' "$1" "$2"; }
holds() { python3 -c 'import json, math, sys; r = json.loads(sys.argv[1]); sys.exit(not eval(sys.argv[2]))' "$1" "$2"; }

[ "$("$UNROLL" bench --list | wc -l)" -eq 14 ] || fail "not 14 works"

train=$("$UNROLL" bench --work train-lstm-2x128 --seconds 0.05 --threads 2 --phases --json)
[ "$(field "$train" work)" = train-lstm-2x128 ] || fail "another work: $train"
for condition in \
    'abs(r["first_loss"] - math.log(65)) < 0.1' \
    'r["last_loss"] < r["first_loss"]' \
    'abs(r["gflops"] * r["seconds"] - 6 * 2500 * (2 * 4 * 128 * 256 + 128 * 65) / 1e9) < 1e-3' \
    'r["executed_gflops"] == r["gflops"]' \
    'abs(r["fraction"] - r["executed_gflops"] / r["peak_gflops"]) < 1e-3' \
    '0 < r["least_seconds"] <= r["seconds"]' \
    'r["passes"] >= 5 and r["threads"] == 2 and r["peak_resident_bytes"] > 1e6' \
    '{"input products", "recurrent sweep", "backward sweep", "weight gradients", "loss"} <= {p["phase"] for p in r["phases"]}'; do
    holds "$train" "$condition" || fail "does not hold: $condition: $train"
done

lines=$("$UNROLL" bench --work step-gru-64,step-lstm-64 --seconds 0.05 --json)
[ "$(wc -l <<<"$lines")" -eq 2 ] || fail "not two lines: $lines"
step=$(head -n 1 <<<"$lines")
holds "$step" 'r["work"] == "step-lstm-64" and r["threads"] == 1 and "first_loss" not in r' || fail "$step"
portable=$(UNROLL_ISA=portable "$UNROLL" bench --work step-lstm-64 --seconds 0.05 --json)
[ "$(field "$portable" isa)" = portable ] || fail "UNROLL_ISA is not read: $portable"

status=0
said=$("$UNROLL" bench --work step-lstm-63 2>&1) || status=$?
[ $status -eq 2 ] || fail "status $status for an unknown work"
grep -q "no work 'step-lstm-63'; the nearest one is step-lstm-64" <<<"$said" || fail "$said"
