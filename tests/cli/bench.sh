#!/usr/bin/env bash
# unroll bench lists its workloads, reports the right amounts of arithmetic, learns while it measures, and refuses
# unknown names.
. "$(dirname "$0")/lib.bash"
needs_python

done_with bench --list; equal "$(wc -l <out)" 20; prints train-lstm-2x512
is_true() { equal "$(json "$1")" True; }

done_with bench --work train-lstm-2x128 --seconds 0.05 --threads 2 --phases --json
equal "$(json 'o["peer"], o["work"], o["precision"], o["threads"]')" "('unroll', 'train-lstm-2x128', 'f32', 2)"
is_true 'abs(o["first_loss"] - math.log(65)) < 0.1 and o["last_loss"] < o["first_loss"]'
is_true 'abs(o["gflops"] * o["seconds"] / (6 * 2500 * (2 * 4 * 128 * 256 + 128 * 65) / 1e9) - 1) < 1e-3'
is_true 'abs(o["tokens_per_s"] * o["seconds"] / 2500 - 1) < 1e-3'
# The input products of the first layer (there are three) are computed once for each of the 65 symbols
executed='6 * (2500 * (4 * 128 * (128 + 256) + 128 * 65) + 65 * 4 * 128 * 128) / 1e9'
is_true "abs(o['executed_gflops'] * o['seconds'] / ($executed) - 1) < 1e-3"
is_true 'abs(o["fraction"] * o["peak_gflops"] / o["executed_gflops"] - 1) < 1e-3'
is_true 'o["passes"] >= 5 and 0 < o["least_seconds"] <= o["seconds"]'
is_true 'o["peak_resident_bytes"] > 1e6 and o["arena_allocations_first"] > 0 and o["arena_allocations_later"] == 0'
is_true '{"input products", "recurrent sweep", "backward sweep", "weight gradients"} < {p["phase"] for p in o["phases"]}'
is_true 'all(p["seconds"] > 0 for p in o["phases"])'
# Each phase is counted once
is_true "abs(sum(p.get('gflops', 0) * p['seconds'] for p in o['phases']) / ($executed) - 1) < 1e-2"

done_with bench --work infer-rnn-2x64 --seconds 0.05 --json
is_true 'o["arena_allocations_first"] > 0 and o["arena_allocations_later"] == 0 and "first_loss" not in o'

done_with bench --work step-lstm-64 --seconds 0.05 --threads 1 --json
is_true 'o["threads"] == 1 and o["passes"] >= 5 and "first_loss" not in o and "phases" not in o'
export UNROLL_ISA=portable
done_with bench --work step-lstm-64 --seconds 0.05 --threads 1 --json; equal "$(json 'o["isa"]')" portable
unset UNROLL_ISA

for kind in bf16 int8; do
    done_with bench --work step-lstm-64 --weights $kind --seconds 0.05 --json; equal "$(json 'o["weights"]')" $kind
done
misused bench --work train-rnn-2x512 --weights int8; says 'cannot be trained'

done_with bench --work step-gru-64,step-lstm-64 --seconds 0.05
equal "$(grep -c '^step-' out)" 2

# Any name of the right form is a workload
done_with bench --work infer-rnn-1x17-b3-t5,train-gru-2x20-b2-t7-v2k,step-rnn-5,train-lstm-2x128 --list
prints 'infer-rnn-1x17-b3-t5 inference of rnn 17 x1, 3 lanes, 5 steps'
prints 'training  of gru 20 x2, 2 lanes, 7 steps'
prints 'step-rnn-5         one step  of rnn 5 x1, 1 lane, 1 step'
prints 'of lstm 128 x2, 50 lanes, 50 steps'
done_with bench --work train-gru-2x20-b2-t7-v2k --seconds 0.01 --json
is_true 'abs(o["first_loss"] - math.log(2000)) < 0.3 and o["work"] == "train-gru-2x20-b2-t7-v2k"'
is_true 'abs(o["gflops"] * o["seconds"] / (6 * 14 * (2 * 3 * 20 * 40 + 20 * 2000) / 1e9) - 1) < 1e-3'

misused bench --work step-lstn-64; says "no workload 'step-lstn-64'; the nearest one is step-lstm-64"
for name in step-lstm-64-b2 infer-gru-64-v9 train-lstm train-lstm- train-lstm-0 train-lstm-9x64 train-gru-64-b \
    train-gru-64-t0 train-gru-64-t12-b3 train-gru-64-b65537 train-gru-99999999999999999999 train-gru-64x \
    train-gru-064 train-gru-64-bb train-rnn-64,,all train-lstm-1x64-b000000000000000000000000000000000000000000001; do
    misused bench --work "$name"; says 'no workload '
done
misused bench --work=; says "no workload ''"
misused bench --precision f16; says '--precision'
misused bench --seconds 0; says '--seconds'

# A training of any task, begun again; a network that can be stepped, and one that cannot
done_with train recall -o gap --hidden 6 --steps 1 --quiet
done_with bench gap --seconds 0.01 --threads 1 --json
is_true 'o["task"] == "recall" and o["updates"] >= 5 and o["threads"] == 1 and 0 < o["step_seconds"] < o["update_seconds"]'
is_true 'o["answer_seconds"] is None'
printf '%s fine\n%s dull\n' a b c d e f g h i j >labels
done_with train classify labels --form lines -o labelled --hidden 4 --embed 3 --steps 1 --quiet
done_with bench labelled labels --form lines --seconds 0.01
prints 'task         classify: '; prints 'examples/s'; prints 'evaluation '; prints 'the network reads whole sequences'
prints ' examples, each alone on one thread and judged'
equal "$(ls)" "$(printf '%s\n' err gap labelled labels out tmp)"
misused bench gap --work step-lstm-64; says '--work is for the standard workloads'
misused bench labelled labels --form lines --gap 3; says '--gap'
fails_with bench fast; says 'fast'
UNROLL_ISA=sse unroll bench --work step-lstm-64; says 'unknown instruction set "sse"'
