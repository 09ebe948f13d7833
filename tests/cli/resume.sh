#!/usr/bin/env bash
# Trainings that are stopped by signals, refused if they would destroy something, and resumed to the same bits.
. "$(dirname "$0")/lib.bash"
make_text 300 >text
options=(--hidden 24 --embed 8 --batch 8 --bptt 16 --dropout 0.2 --eval-every 100 --save-every 50 --sample-length 0)
long=("${options[@]}" --steps 600 --lr 0.01)
lines() { [ -e "$1/log.jsonl" ] && [ "$(wc -l <"$1/log.jsonl")" -ge "$2" ]; }

done_with train lm text -o whole "${long[@]}" --quiet
equal "$(cat out)" whole/model.safetensors

# stop SIGNAL RUN LINES: starts or resumes a run, and stops it once its log has LINES lines
stop() {
    "$UNROLL" train lm text -o "$2" "${long[@]}" --resume >out 2>err &
    local pid=$!
    until_true 60 lines "$2" "$3"
    kill -"$1" $pid 2>/dev/null || true
    status=0
    wait $pid || status=$?
    called="train, stopped by $1"; ends 0
}
stop TERM parts 10
says 'everything is saved in parts'; says "To go on:  $UNROLL train lm text -o parts"; says ' --resume'
stop INT parts 60
done_with train lm text -o parts "${options[@]}" --resume # neither --steps nor --lr is given again
same parts/model.safetensors whole/model.safetensors
same <(sed 's/"seconds":[^,}]*//' parts/log.jsonl) <(sed 's/"seconds":[^,}]*//' whole/log.jsonl)

# Already done: another resume changes nothing
cp parts/model.safetensors before
done_with train lm text -o parts "${long[@]}" --resume --quiet
same parts/model.safetensors before

# An existing run is not overwritten unasked
misused train lm text -o parts "${long[@]}"; says 'parts already holds a run'; says '--resume'; says '--overwrite'
same parts/model.safetensors before
done_with train lm text -o parts "${options[@]}" --steps 20 --overwrite --quiet
! cmp -s parts/model.safetensors before || fail '--overwrite did not begin anew'

# Another text is refused
make_text 301 >another
fails_with train lm another -o whole "${long[@]}" --resume; says 'whole'
# Nothing to resume: a new run begins
done_with train lm text -o fresh "${options[@]}" --steps 20 --resume --quiet
[ -e fresh/model.safetensors ] || fail 'did not begin'
# With more steps it goes on from there
done_with train lm text -o fresh "${options[@]}" --schedule constant --steps 20 --overwrite --json
done_with train lm text -o fresh "${options[@]}" --schedule constant --steps 40 --resume --json
grep -q '"steps":40,' out || fail "did not go on to 40 steps: $(cat out)"
# Settings that are not given are taken from the run, whether given or chosen then: the whole line may be left out, or a
# chosen dropout
done_with train lm text -o fresh --resume --steps 45 --threads 1 --json
grep -q '"steps":45,' out || fail "did not go on to 45 steps: $(cat out)"
done_with train lm text -o chosen --hidden 40 --batch 4 --bptt 8 --steps 3 --sample-length 0 --json
net=$(grep -o '> lstm 40 > dropout [^"]*' out | head -1)
done_with train lm text -o chosen --hidden 40 --batch 4 --bptt 8 --steps 6 --sample-length 0 --resume --json; grep -qF "$net" out || fail "chose anew: $(head -1 out)"
fails_with train lm text -o chosen --hidden 30 --resume; says 'lstm 40'; says 'lstm 30'
fails_with train lm text -o chosen --dropout 0.05 --resume; says 'dropout 0.05 same'

# A folder that is in use
"$UNROLL" train lm text -o busy "${options[@]}" --steps 1000000 >/dev/null 2>&1 &
pid=$!
until_true 60 lines busy 5
fails_with train lm text -o busy "${options[@]}" --resume; says 'busy'; says 'use'
kill -TERM $pid
wait $pid || fail 'the first training did not end well'

# Only the weights are taken over
done_with train lm text -o warm "${options[@]}" --steps 5 --init-from whole --quiet
done_with train lm text -o warm "${options[@]}" --steps 5 --init-from whole/model.safetensors --overwrite --json
awk -F'"loss":' 'NF > 1 { low = $2 + 0 < 2.5 } END { exit !low }' out || fail 'the weights were not taken over'
misused train lm text -o warm2 --hidden 5 --init-from nothing --init-scale -1; says '--init-scale'

# Initial biases: kept with the run, and refused if the cell has no gate for them
misused train lm text -o forgets --cell rnn --remember 20; says 'remember 20'
misused train lm text -o forgets --cell lstm --remember 1; says '--remember'
misused train lm text -o forgets --init-from whole --remember 9; says '--init-from'; [ ! -e forgets ] || fail 'a run was begun'
done_with train lm text -o keeps "${options[@]}" --cell gru --remember 20 --steps 5 --quiet
fails_with train lm text -o keeps "${options[@]}" --cell gru --remember 21 --steps 6 --resume; says '--remember 20'
