#!/usr/bin/env bash
# Input from outside (texts, names of files and folders, labels) does not reach a terminal unchanged: an escape sequence
# in it is shown as text. Commands that are printed can be typed: they are quoted for the shell and for the program's
# own parser.
. "$(dirname "$0")/lib.bash"

small=(--hidden 8 --layers 1 --embed 4 --batch 4 --bptt 16 --threads 1 --sample-length 0)
esc=$(printf '\033')
make_text 100 >text

no_escape() {
    ! grep -q "$esc" out || fail "$called: an escape reaches standard output"
    ! grep -q "$esc" err || fail "$called: an escape reaches standard error"
}

# Texts, and their lines.
printf 'the cat\033[31msees\ta \\ tree.\nit sees.\n' >red
cat text red >both
done_with train lm both -o run "${small[@]}" --steps 5; no_escape
done_with eval run red --per-line; no_escape; prints 'the cat\x1b[31msees\ta \\ tree.'

# Names.
odd=$(printf 'a\033[2Jb')
cp text "$odd"
done_with train lm "$odd" "${small[@]}" --steps 5; no_escape; says 'runs/a\x1b[2Jb'; prints 'runs/a\x1b[2Jb/model.safetensors'
prints "\$'runs/a\\033[2Jb'"
done_with info "runs/$odd"; no_escape
done_with export "runs/$odd" -o "$odd.safetensors"; no_escape; prints 'a\x1b[2Jb.safetensors: f32'
done_with inspect run "runs/$odd"; no_escape
fails_with eval run "$odd-none"; no_escape; says 'a\x1b[2Jb-none'
mkdir names
for label in one two; do for i in $(seq 60); do echo "word $label $i" >>"names/$label$odd.txt"; done; done
printf 'x' >"names/readme$odd"
done_with train classify names -o classes --steps 3 --threads 1; no_escape
echo 'word one' >lines
done_with predict classes lines; no_escape
done_with predict classes lines --json; no_escape
printf '%s\tword one 1\n%s\tword two 2\n' "one$odd" "two$odd" >judged.tsv
done_with eval classes judged.tsv; no_escape

# A text whose name looks like an option.
cp text ./-x
done_with train lm ./-x -o dashed "${small[@]}" --steps 5
done_with train lm -o dashed --overwrite "${small[@]}" --steps 5 -- -x
line=$(grep ' eval ' out | sed 's/^ *//'); eval "$line" >out 2>err || fail "'$line' cannot be typed: $(cat err)"
done_with train lm text -o ./-r --overwrite "${small[@]}" --steps 5
done_with train lm text -o -r --overwrite "${small[@]}" --steps 5
grep -E '^  ' out >commands
equal "$(wc -l <commands)" 3
while read -r line; do
    eval "$line" </dev/null >printed 2>err || fail "'$line' cannot be typed: $(cat err)"
done <commands

# The command to go on, if the text comes after "--".
"$UNROLL" train lm -o stopped "${small[@]}" --steps 1000000 --save-every 10 -- -x >out 2>err &
until_true 60 test -e stopped/last.safetensors
kill -INT $!
wait $! || fail "an interrupted training failed: $(cat err)"
line=$(sed -n 's/^To go on:  //p' err)
equal "${line%% train *}" "$UNROLL"
case $line in *" --resume -- -x") ;; *) fail "cannot be typed: $line" ;; esac
