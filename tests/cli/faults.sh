#!/usr/bin/env bash
# Faults that someone has met, each with the right behaviour.
. "$(dirname "$0")/lib.bash"

make_text 300 >text
small=(--hidden 16 --layers 1 --embed 8 --batch 4 --bptt 16 --threads 1 --sample-length 0 --quiet)

# Weights that are no longer finite are never written: the last good state stays, and can be opened.
fails_with train lm text -o wild "${small[@]}" --steps 200 --lr 1000 --momentum 0.99 --optimizer sgd --clip-norm 0 \
    --save-every 1 --eval-every 1000
says 'not finite'; says '--lr or --clip-norm'
fails_with train lm text -o wild "${small[@]}" --steps 200 --lr 1000 --momentum 0.99 --optimizer sgd --clip-norm 0 \
    --save-every 1 --eval-every 1000 --resume
says 'not finite'
done_with info wild/last.safetensors

# A validation loss that is not finite is reported as such.
fails_with train lm text -o zero "${small[@]}" --steps 1 --epsilon 0; says 'the validation loss is not finite at step 1'

# A model whose checkpoint is missing is not overwritten by a new run.
done_with train lm text -o lost "${small[@]}" --steps 2
rm lost/last.safetensors
cp lost/model.safetensors kept
fails_with train lm text -o lost "${small[@]}" --steps 2 --resume; says '--overwrite'; says '--init-from'
same lost/model.safetensors kept

# A log of someone else's is not emptied.
mkdir theirs
echo 'my notes' >theirs/log.jsonl
misused train lm text -o theirs "${small[@]}" --steps 2; says 'log.jsonl'
equal "$(cat theirs/log.jsonl)" 'my notes'

# Most of --minutes is spent on updates. If there is no time for an update, this is an error.
done_with train lm text -o short "${small[@]}" --minutes 0.05 --json
steps=$(sed -n 's/.*"steps": *\([0-9]*\).*/\1/p' out)
[ "$steps" -gt 20 ] || fail "--minutes 0.05 made $steps steps"
misused train lm text -o none --hidden 200 --layers 1 --batch 16 --threads 1 --quiet --minutes 0.0001; says '--minutes 0.0001'

# A run that is stopped before its first step names no model, and says that nothing is saved. If the signal comes after
# the first step, there is a checkpoint, and another run is tried.
stop_early() {
    for _ in {1..20}; do
        rm -rf stopped
        "$UNROLL" train lm text -o stopped --hidden 64 --threads 1 --minutes 5 "$@" >out 2>err &
        pid=$!
        until_true 60 test -d stopped
        kill -INT $pid
        wait $pid || fail 'an interrupted training failed'
        [ -e stopped/last.safetensors ] || break
    done
    [ ! -e stopped/last.safetensors ] || fail 'no run was stopped before its first step'
    ! grep -q 'is saved in\|The model is' err out || fail 'what is not there is named'
    says 'nothing is saved yet'
}
stop_early; prints 'There is no model yet'
stop_early --json --quiet; prints '"model":null'

# A finished run without its model.
done_with train lm text -o gone "${small[@]}" --steps 20
rm gone/model.safetensors
loud=("${small[@]}")
unset 'loud[-1]'
done_with train lm text -o gone "${loud[@]}" --steps 20 --resume
prints 'holds no model.safetensors'; prints 'last.safetensors'; says 'Nothing is left to do: the run has made 20 steps, and 20'
! grep -q 'The model is' out || fail 'a model is named that is not there'
done_with train lm text -o gone "${loud[@]}" --steps 20 --resume --json; prints '"model":null'

# Fewer steps are asked for than were made.
done_with train lm text -o gone "${loud[@]}" --steps 10 --resume; says 'the run has made 20 steps, and 10 are asked for'
! grep -q '20/10\|s/s' err || fail "a step of fewer, a speed of nothing: $(cat err)"

# Each prediction of a text is made once per epoch, and each prediction of the validation set counts.
head -c 1999 text >odd
done_with train lm odd -o odd-run --val-fraction 0 --batch 1 --bptt 999 --hidden 8 --layers 1 --embed 4 --threads 1 \
    --sample-length 0 --quiet --json --epochs 3
grep -q '"steps":6,"epochs":3.0,"units":5994,' out || fail "an epoch of 1999 characters: $(cat out)"
done_with train lm odd -o odd-tail --batch 3 --bptt 16 --hidden 8 --layers 1 --embed 4 --threads 1 --sample-length 0 --quiet \
    --json --epochs 2
grep -q '"units":3596,' out || fail "two epochs of 1799 characters: $(cat out)"
done_with info odd-tail --json
grep -Eq '"validation":\{[^}]*"units":199[,}]' out || fail "not all of the validation counts: $(cat out)"

# A text of 20 characters needs no option.
head -c 20 text >tiny
done_with train lm tiny -o tiny-run --quiet --json; grep -q '"units":170,' out || fail "ten epochs: $(cat out)"
fails_with train lm tiny -o tiny-not --quiet --batch 32; says 'lower --batch'
done_with train lm tiny -o tiny-17 --quiet --batch 17
fails_with train lm tiny -o tiny-not --quiet --bptt 18; says 'lower --bptt'
done_with train lm tiny -o tiny-bptt --quiet --bptt 17
printf x >one
fails_with train lm text -o not --quiet --val one; says 'one: '; says 'too short to validate on'

# A terminal that goes away, a limit of time, and other signals that end a program: the run is saved, as after SIGTERM.
for signal in HUP XCPU USR1; do
    "$UNROLL" train lm text -o "hung-$signal" "${small[@]}" --steps 10000000 --save-every 1000000 --eval-every 100000 >out 2>err &
    pid=$!
    until_true 60 test -s "hung-$signal/log.jsonl"
    kill -s $signal $pid
    [ $signal != HUP ] || kill -s $signal $pid # a terminal may send SIGHUP twice
    wait $pid || fail "SIG$signal ended a training with an error: $(cat err)"
    [ -e "hung-$signal/last.safetensors" ] || fail "SIG$signal: nothing is saved"
    says 'everything is saved'
done

# Closed standard streams: progress is not written into the run's own files.
status=0
"$UNROLL" train lm text -o closed "${loud[@]}" --steps 30 >&- 2>&- <&- || status=$?
equal "$status" 0
[ -e closed/model.safetensors ] || fail 'a training with closed files did not end'
! grep -v '^{' closed/log.jsonl || fail 'something else is in the log'
! head -c 8 closed/model.safetensors | grep -q data || fail 'progress is in the model'
"$UNROLL" export closed -o closed.safetensors >&- 2>&- <&-
same closed.safetensors closed/model.safetensors
"$UNROLL" sample closed --length 5 --state-out closed.state >&- 2>&- <&-
done_with sample closed --length 5 --state-in closed.state

# The first reading of a large text can be interrupted, and reports its progress.
truncate -s 40G sparse
yes 'the cat sees a tree' | head -c 200000000 >large
for verb in 'train lm sparse --token byte -o large-run --threads 1' 'train classify large --form lines -o large-run'; do
    # shellcheck disable=SC2086 # several words
    "$UNROLL" $verb >out 2>err &
    pid=$!
    sleep 0.4
    begin=$(date +%s%N)
    kill -INT $pid
    status=0
    wait $pid || status=$?
    took=$((($(date +%s%N) - begin) / 1000000))
    called=$verb; ends 1; says 'interrupted while '
    [ $took -lt 3000 ] || fail "$verb: took $took ms to hear an interrupt"
    [ ! -e large-run ] || fail "$verb: left a folder behind"
done
rm large sparse

# A run that was killed between its first model and its first checkpoint can still go on.
"$UNROLL" train lm text -o killed "${small[@]}" --steps 10000000 --save-every 1000000 --eval-every 5 >out 2>err &
until_true 60 test -e killed/model.safetensors
kill -KILL $!
wait $! 2>/dev/null || true
done_with train lm text -o killed "${small[@]}" --steps 20 --save-every 1000000 --eval-every 5 --resume

# After a run whose weights have left all bounds, the remedy that the message names works.
wild=("${small[@]}" --optimizer sgd --clip-norm 0 --save-every 3 --eval-every 1000 --momentum 0.99)
fails_with train lm text -o bounds "${wild[@]}" --steps 400 --lr 1000
says 'not finite'; says '--init-from bounds/last.safetensors'; says '--overwrite'
fails_with train lm text -o bounds "${wild[@]}" --steps 400 --lr 1000 --resume
says 'not finite'; says '--init-from bounds/last.safetensors'; says '--overwrite'
done_with train lm text -o within "${small[@]}" --steps 5 --lr 1e-6 --init-from bounds/last.safetensors

# The log is missing: the checkpoint is sound without it.
done_with train lm text -o logless "${loud[@]}" --steps 20
rm logless/log.jsonl logless/events*
done_with train lm text -o logless "${loud[@]}" --steps 30 --resume; says 'log.jsonl is gone, a new one begins'
done_with inspect run logless; prints 'updates     30'
done_with train lm text -o logless "${loud[@]}" --steps 40 --resume
! grep -q 'is gone' err || fail 'the new log is taken for lost'

# One flipped bit of a checkpoint, wherever it is.
done_with train lm text -o bits "${small[@]}" --steps 6
size=$(stat -c %s bits/last.safetensors)
cp bits/last.safetensors sound
for place in 9 25 90 300 $((size / 3)) $((size / 2)) $((size - 1)); do
    cp sound bits/last.safetensors
    byte=$(od -An -tu1 -j "$place" -N 1 sound | tr -d ' ')
    printf "\\$(printf %03o $((byte ^ 1)))" | dd of=bits/last.safetensors bs=1 seek="$place" conv=notrunc 2>dd
    fails_with train lm text -o bits "${small[@]}" --steps 8 --resume; says 'bits/last.safetensors: '
done
says 'damaged: its checksum is '
cp sound bits/last.safetensors
done_with train lm text -o bits "${small[@]}" --steps 8 --resume
