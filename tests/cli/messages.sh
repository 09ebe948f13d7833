#!/usr/bin/env bash
# A message names the place and the cause, whatever stands between.
. "$(dirname "$0")/lib.bash"

make_text 100 >text
done_with train lm text -o run --hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0 --steps 3 --quiet

# Paths of 740 bytes.
part=$(printf 'x%.0s' $(seq 120))
long=begin/$part/$part/$part/$part/$part/$part/end
for verb in 'train lm' 'train classify' 'eval run' 'inspect gates run'; do
    # shellcheck disable=SC2086 # words
    fails_with $verb "$long"; says "begin/xxx"; says 'xxx/end: no such file or folder'
done
fails_with info "$long"; says 'begin/xxx'; says 'xxx/end: no such model file or run folder'
fails_with inspect run "$long"; says 'begin/xxx'; says 'xxx/end: cannot open: No such file'
fails_with sample run --state-in "$long"; says 'begin/xxx'; says 'xxx/end: cannot open: No such file'
fails_with sample run --length 1 --state-out "$long"; says 'begin/xxx'; says 'No such file'
fails_with export run -o "$long"; says 'begin/xxx'; says 'xxx/end: cannot'
fails_with train lm text -o "/proc/$long" --quiet; says '/proc/begin'
