#!/usr/bin/env bash
# - stands for standard input as data. It gives the same model as a file, and leaves nothing behind.
. "$(dirname "$0")/lib.bash"
make_text 200 >stdin
train stdin file
options=(--hidden 24 --embed 8 --batch 8 --bptt 16 --steps 60)
done_with train lm - "${options[@]}" --sample-length 0 <stdin
prints 'The model is runs/stdin/model.safetensors'
same runs/stdin/model.safetensors file/model.safetensors
done_with eval file stdin; cp out direct
done_with eval file - <stdin; same <(grep -v seconds out) <(grep -v seconds direct)
done_with train lm - "${options[@]}" --resume --quiet <stdin
printf 'good\377' | fails_with eval file -; says 'standard input: invalid UTF-8 at byte 4'
[ -z "$(ls tmp)" ] || fail 'something was left in TMPDIR'
TMPDIR=$work/missing fails_with eval file - <stdin; says "$work/missing"; says 'TMPDIR'

# A signal while standard input is read
mkfifo pipe
exec 3<>pipe
"$UNROLL" train lm - <pipe >out 2>err &
pid=$!
until_true 20 compgen -G 'tmp/*/stdin' >/dev/null
kill -INT $pid
status=0
wait $pid || status=$?
called='train lm -'; ends 1; says 'interrupted while reading standard input'
[ -z "$(ls tmp)" ] || fail 'something was left in TMPDIR'
wait_for_text() { until_true 20 compgen -G 'tmp/*/stdin' >/dev/null; }

# The copy of standard input is readable by its owner only, and is removed however a verb that reads it ends.
for verb in 'eval file' 'inspect gates file' 'inspect cells file' 'inspect gradient file'; do
    for signal in INT TERM HUP; do
        # shellcheck disable=SC2086 # several words
        "$UNROLL" $verb - <pipe >out 2>err &
        pid=$!
        wait_for_text
        equal "$(stat -c %a tmp/*/stdin)" 600
        kill -s $signal $pid
        status=0
        wait $pid 2>/dev/null || status=$?
        [ $status -gt 128 ] || fail "$verb: status $status after SIG$signal"
        [ -z "$(ls tmp)" ] || fail "$verb: SIG$signal left the text in TMPDIR"
    done
done

# Standard input that cannot be read or stored.
status=0
"$UNROLL" eval file - >out 2>err <&- || status=$?
called='eval file - <&-'; ends 1; says 'standard input: cannot read: Bad file descriptor'
(ulimit -f 64 && yes | head -c 1000000 | "$UNROLL" eval file - >out 2>err) && fail 'more was kept than may be'
called='eval file -'; says 'cannot keep standard input (TMPDIR names another place): File too large'
[ -z "$(ls tmp)" ] || fail 'something was left in TMPDIR'
