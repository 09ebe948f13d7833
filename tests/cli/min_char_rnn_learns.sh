#!/usr/bin/env bash
# The preset min-char-rnn against the oracle in Python: 1,000 windows of real text followed step by step; and free runs
# of five seeds from the same first weights, whose smoothed losses are within 3 % for each seed. The system is chaotic:
# oracle runs that differ by 1e-7 at the start end 1,500 windows anywhere between 75.5 and 80.1. So each seed is run ten
# times, with rates that differ by a millionth, on both sides, and the means are compared. UNROLL_PYTHON names a Python
# that has numpy, UNROLL_DATA the folder of the text, and UNROLL_FREE_WINDOWS the length of the free runs.
. "$(dirname "$0")/lib.bash"
python=${UNROLL_PYTHON:-python3}
text=${UNROLL_DATA:-}/charlm/tinyshakespeare/input.txt
"$python" -c 'import numpy' 2>/dev/null || { echo "$python has no numpy; UNROLL_PYTHON may name one that has"; exit 77; }
[ -r "$text" ] || { echo "UNROLL_DATA names no folder with charlm/tinyshakespeare/input.txt"; exit 77; }
oracle() { "$python" "$SOURCE/tests/golden/min_char_rnn_oracle.py" "$@"; }
export OPENBLAS_NUM_THREADS=1
oracle check

# trace PRECISION WINDOWS SEED: writes trace.safetensors
trace() { "$BUILD/tests/task_both_min_char_rnn_$1" "$text" "$2" "$3" trace.safetensors; }
[ -x "$BUILD/tests/task_both_min_char_rnn_float" ] || { echo 'the tests that write traces are not built'; exit 77; }

trace float 1000 1
oracle sync "$text" trace.safetensors --tolerance 1e-4
if [ -x "$BUILD/tests/task_both_min_char_rnn_double" ]; then
    trace double 300 1
    oracle sync "$text" trace.safetensors --tolerance 1e-9
else
    left_out 'the trace in double' 'that test is not built'
fi

# The rates differ from the preset's by parts in a million. After some hundred windows this makes them different runs.
rates=$(printf '0.100000%d ' 0 1 2 3 4 5 6 7 8 9)

# run RATE SEED: trains, and prints our smoothed loss
run() {
    "$UNROLL" train lm "$text" -o run --overwrite --preset min-char-rnn --seed "$2" --steps "$windows" --sample-length 0 \
        --save-every "$windows" --lr "$1" --threads 1 --quiet >/dev/null
    sed -n 's/.*"smooth":\([^,]*\),.*/\1/p' run/log.jsonl | tail -n 1
}

windows=${UNROLL_FREE_WINDOWS:-1000}
for seed in 1 2 3 4 5; do
    trace float 1 $seed >/dev/null
    # shellcheck disable=SC2086 # a list of words
    oracle free "$text" --windows "$windows" --start trace.safetensors --rate $rates >theirs &
    for rate in $rates; do run "$rate" $seed; done >ours
    wait $!
    tail -n 1 theirs | cut -d' ' -f 2- | tr ' ' '\n' | paste -d' ' ours - | sed "s/^/$seed /" >>free
done
awk -v windows="$windows" '
    { a[$1] += $2; b[$1] += $3; aa[$1] += $2 * $2; bb[$1] += $3 * $3; n[$1]++ }
    function deviation(sum, squares, n) { return sqrt((squares - sum * sum / n) / (n - 1)) }
    END {
        for (seed = 1; seed <= 5; seed++) {
            apart = a[seed] / b[seed] - 1
            printf "seed %d, %d runs of %d windows: smoothed loss %.3f (spread %.2f), the oracle %.3f (%.2f), %+.2f %%\n", seed,
                n[seed], windows, a[seed] / n[seed], deviation(a[seed], aa[seed], n[seed]), b[seed] / n[seed],
                deviation(b[seed], bb[seed], n[seed]), 100 * apart
            if (!(n[seed] == 10 && apart < 0.03 && apart > -0.03)) wrong = 1
        }
        exit wrong
    }' free || fail 'a seed is more than 3 % apart'
