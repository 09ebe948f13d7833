#!/usr/bin/env bash
# - is standard input as data: the same model as from a file, and nothing left behind.
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

# A signal while it is read
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
