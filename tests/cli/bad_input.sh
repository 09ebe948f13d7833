#!/usr/bin/env bash
# Every kind of bad data and of bad model gives an error with its own message, and leaves nothing behind.
. "$(dirname "$0")/lib.bash"
make_text 100 >text

# Texts
fails_with train lm nothing; says 'unroll: train lm: nothing: no such file or folder'
: >empty
fails_with train lm empty; says 'empty: the text is empty'
mkdir folder
fails_with train lm folder; says 'folder: no text files in this folder; a text file has no zero byte among its first'
printf 'x' >one
fails_with train lm one; says 'too short'
printf 'ab' >two
fails_with train lm two; says 'too short'
head -c 3000 text | tr 'e' '\000' >binary
fails_with train lm binary; says 'binary: not a text (a zero byte'; says '--token byte'
fails_with train lm text --batch 64 --bptt 4000; says 'the text is too short'; says '--bptt'
printf 'good\n\xff\xfebad' >invalid
fails_with train lm invalid; says 'invalid: invalid UTF-8 at byte 5'; says '--invalid replace'
mkfifo pipe
fails_with train lm pipe; says 'pipe: neither a file nor a folder'
: | fails_with train lm -; says 'standard input: the text is empty'
[ ! -e runs ] || fail 'failed trainings left a folder'
[ -z "$(ls tmp)" ] || fail 'standard input was left in TMPDIR'

# Sizes that do not fit
fails_with train lm text --hidden 1048576 --layers 60; says 'memory'
fails_with train lm text -o /dev/null/run; says '/dev/null'

# Models
fails_with sample nothing; says 'nothing: no such model file or run folder'
fails_with sample folder; says 'folder: not a run folder: it has no model.safetensors'
fails_with info text; says 'text: '; says 'this is not a safetensors file'
train text run
misused eval run; says "which text?"
file=run/model.safetensors
head -c 1000 $file >cut; fails_with sample cut; says 'cut: '; says 'cut off'
head -c 4 $file >cut; fails_with sample cut; says 'cut: '
: >cut; fails_with sample cut; says 'cut: '
size=$(wc -c <$file)
head -c $((size - 7)) $file >cut; fails_with sample cut; says 'cut: '
{ cat $file; echo more; } >longer; fails_with sample longer; says 'longer: '
sed 's/embed\.weight/embed.weighs/' $file >renamed; fails_with sample renamed; says 'renamed: '; says 'embed.weigh'
sed 's/"F32"/"F64"/' $file >retyped; fails_with sample retyped; says 'retyped: '
sed 's/\\"task\\":\\"lm\\"/\\"task\\":\\"xy\\"/' $file >other
fails_with sample other; says 'other: a model for xy, not a language model'
fails_with eval other text; says 'the model is of the task "xy", which this library does not have'
sed 's/\\"version\\":1/\\"version\\":9/' $file >future
! cmp -s future $file || fail 'the file does not name its version as this test thinks'
fails_with sample future; says 'future: '; says 'version 9'

# A missing model is reported before anything is computed
fails_with check nothing; says 'nothing: no such model file or run folder'; is_silent

# A run folder of another version, and one with a damaged checkpoint
cp -r run newer
sed 's/\\"version\\":1/\\"version\\":9/g' run/last.safetensors >newer/last.safetensors
fails_with train lm text -o newer --resume; says 'newer/last.safetensors: not a checkpoint of this version'
cp -r run damaged
head -c 2000 run/last.safetensors >damaged/last.safetensors
fails_with train lm text -o damaged --resume; says 'damaged/last.safetensors: '
fails_with train lm text -o run --init-from nothing --overwrite; says 'nothing'

# Text with tokens that the model does not know
train text strict --no-unknown
fails_with sample strict --prime 'Ж'; says 'U+0416'
fails_with eval strict binary; says 'binary'
printf 'the cat \xd0\x96\n' >foreign
fails_with eval strict foreign; says 'U+0416'
done_with eval run foreign; prints '1 never seen in training'

# A full disk
if has_full_disk; then
    status=0
    "$UNROLL" sample run --length 10 >/dev/full 2>err || status=$?
    equal $status 1
    called=sample; says 'standard output: cannot write'
fi
