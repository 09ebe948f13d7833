#!/usr/bin/env bash
# unroll bench lists its works, counts what it should, learns while it measures, and refuses what it does not know.
. "$(dirname "$0")/lib.bash"
needs_python

done_with bench --list; equal "$(wc -l <out)" 16; prints train-lstm-2x512
is_true() { equal "$(json "$1")" True; }

done_with bench --work train-lstm-2x128 --seconds 0.05 --threads 2 --phases --json
equal "$(json 'o["peer"], o["work"], o["precision"], o["threads"]')" "('unroll', 'train-lstm-2x128', 'f32', 2)"
is_true 'abs(o["first_loss"] - math.log(65)) < 0.1 and o["last_loss"] < o["first_loss"]'
is_true 'abs(o["gflops"] * o["seconds"] / (6 * 2500 * (2 * 4 * 128 * 256 + 128 * 65) / 1e9) - 1) < 1e-3'
is_true 'abs(o["tokens_per_s"] * o["seconds"] / 2500 - 1) < 1e-3'
is_true 'o["executed_gflops"] == o["gflops"]'
is_true 'abs(o["fraction"] * o["peak_gflops"] / o["executed_gflops"] - 1) < 1e-3'
is_true 'o["passes"] >= 5 and 0 < o["least_seconds"] <= o["seconds"]'
is_true 'o["peak_resident_bytes"] > 1e6 and o["arena_allocations_first"] > 0 and o["arena_allocations_later"] >= 0'
is_true '{"input products", "recurrent sweep", "backward sweep", "weight gradients"} < {p["phase"] for p in o["phases"]}'
is_true 'all(p["seconds"] > 0 for p in o["phases"])'
# Each product once: 6 operations for the sum of them
is_true 'abs(sum(p.get("gflops", 0) * p["seconds"] for p in o["phases"]) / (o["gflops"] * o["seconds"]) - 1) < 1e-2'

done_with bench --work step-lstm-64 --seconds 0.05 --json
is_true 'o["threads"] == 1 and o["passes"] >= 5 and "first_loss" not in o and "phases" not in o'
export UNROLL_ISA=portable
done_with bench --work step-lstm-64 --seconds 0.05 --json; equal "$(json 'o["isa"]')" portable
unset UNROLL_ISA

done_with bench --work step-gru-64,step-lstm-64 --seconds 0.05
equal "$(grep -c '^step-' out)" 2

misused bench --work step-lstm-63; says "no work 'step-lstm-63'; the nearest one is step-lstm-64"
misused bench --work=; says "no work ''"
misused bench --precision f16; says '--precision'
misused bench --seconds 0; says '--seconds'
misused bench fast; says "'fast' is one argument too many"
UNROLL_ISA=sse unroll bench --work step-lstm-64; says 'unknown instruction set "sse"'
