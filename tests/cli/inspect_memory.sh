#!/usr/bin/env bash
# unroll inspect memory trains what it is asked to, prints the longest gap mastered, and refuses what is impossible.
. "$(dirname "$0")/lib.bash"
needs_python
is_true() { equal "$(json "$1")" True; }

# A plain RNN learns to copy over 5 steps, but not with a window that does not reach back so far
short=(inspect memory --task copy --cells rnn --gaps 5:5 --windows full,3 --clip 1 --updates 300 --hidden 24 --seeds 1)
done_with "${short[@]}"
prints 'Longest gap mastered, of 5'
grep -qE '^rnn +full +1 +5\+$' out || fail "no such row: $(cat out)"
grep -qE '^rnn +3 +1 +-$' out || fail "no such row: $(cat out)"
prints 'copy: mastered where at least 95 % of the answers are right; guessing has 12.5 %'
says 'window full  clip 1    seed 1: mastered after'
says 'window 3     clip 1    seed 1: not mastered after 300 updates'
equal "$(wc -l <err)" 2

done_with "${short[@]}" --quiet --json --html page.html; equal "$(wc -l <out) $(wc -c <err)" '1 0'
equal "$(json 'sorted(o)')" "['batch', 'gaps', 'hidden', 'left_out', 'rows', 'seconds', 'tasks', 'updates']"
equal "$(json 'o["tasks"], o["gaps"], o["hidden"], o["left_out"]')" \
    "([{'task': 'copy', 'chance': 0.125, 'mastered': 0.95}], [5], 24, 0)"
equal "$(json 'sorted(o["rows"][0])')" "['cell', 'clip', 'complete', 'longest', 'task', 'trainings', 'window']"
equal "$(json '[(r["window"], r["longest"], r["complete"]) for r in o["rows"]]')" '[(None, 5, True), (3, None, True)]'
equal "$(json 'sorted(o["rows"][0]["trainings"][0])')" \
    "['exploded', 'gap', 'largest_norm', 'mastered', 'score', 'seed', 'updates']"
grep -q '<svg' page.html && ! grep -qE 'https?://[^w]|<script' page.html || fail 'page.html is not what it should be'

# The numbers are the same for any number of threads and any instruction set
tiny=(inspect memory --cells rnn,gru --hidden 8 --gaps 10:12 --windows full,4 --clip 1 --updates 4 --seeds 2 --seed 7
    --batch 16 --quiet --json)
numbers='[[r["cell"], r["clip"], r["task"]] + [list(t.values()) for t in r["trainings"]] for r in o["rows"]]'
done_with "${tiny[@]}" --threads 1; json "$numbers" >one
equal "$(json 'len(o["rows"]), o["gaps"], o["rows"][-1]["trainings"][1]["seed"]')" '(12, [10, 12], 8)'
is_true 'all(t["updates"] == 4 and t["gap"] == 10 for r in o["rows"] for t in r["trainings"])'
done_with "${tiny[@]}" --threads 3; json "$numbers" >three; same one three
UNROLL_ISA=portable unroll "${tiny[@]}"; ends 0; json "$numbers" >portable; same one portable
done_with "${tiny[@]}" --seed 8; json "$numbers" >other
cmp -s one other && fail 'another seed gives the same numbers'

# Trainings for which there was no time are reported
done_with inspect memory --cells lstm --task adding --minutes 0.00001 --quiet
prints '?: 18 of 18 series did not finish (--minutes)'
done_with inspect memory --cells lstm --task adding --minutes 0.00001 --quiet --json
is_true 'o["left_out"] == 18 and not any(r["complete"] or r["trainings"] for r in o["rows"])'

for gap in 10:100 10-100 10..100 10...100 10…100 10,20,50,100; do
    done_with inspect memory --gaps "$gap" --minutes 0.00001 --quiet; prints 'mastered, of 10 20 50 100 '
done
done_with inspect memory --gaps 7:30 --minutes 0.00001 --quiet; prints 'mastered, of 7 10 20 30 '

misused inspect memory --gaps 5 --task who; says '--gaps: 5 is too short for the task who, whose shortest gap is 10'
for gap in 1:5 9:8 x 10,10 10: 10:99999 '' 10,x; do
    misused inspect memory "--gaps=$gap"; says "is not allowed; give LOW:HIGH or rising numbers from 2 to 10000"
done
misused inspect memory --windows full,0; says "--windows: '0' is not allowed; give full or a number of steps"
misused inspect memory --clip 1,none; says "--clip: 'none' is not allowed; give off or a number above 0"
misused inspect memory --cells lstm,lsmt; says "--cells: 'lsmt' is not allowed"
misused inspect memory --task copy,; says "--task: '' is not allowed; give copy, adding or who"
misused inspect memory --windows 1,2,3,4,5,6,7,8,9,1,2,3,4,5,6,7,8; says '--windows: more than 16 entries'
misused inspect memory --seeds 0; says '--seeds'
misused inspect memory model; says "'model' is one argument too many"
misused inspect memory --html page.html; says 'page.html exists; --overwrite replaces it'
fails_with inspect memory --gaps 10 --minutes 0.00001 --quiet --html none/page.html; prints 'Longest gap mastered'
