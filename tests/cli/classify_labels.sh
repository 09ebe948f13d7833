#!/usr/bin/env bash
# Labels that are joined, left out, weighted, smoothed or decided in two steps; phrases of a sentence.
. "$(dirname "$0")/lib.bash"

small=(--threads 1 --hidden 12 --embed 12 --quiet)
for i in $(seq 1 30); do
    echo "(4 (2 film $i) (4 (2 is) (4 great)))"
    echo "(1 (2 film $i) (1 (2 is) (1 dull)))"
    echo "(2 (2 film $i) (2 (2 is) (2 seen)))"
done >trees

# Joined and left out
done_with train classify trees -o two --phrases all --relabel '0=neg, 1=neg,2=,4=pos' --steps 40 "${small[@]}" --sentence-weight 3
done_with train classify trees -o told --relabel '1=neg,2=,4=pos' --threads 1 --steps 2
says '2 labels (30 left out by their label)'
done_with eval two trees --json; prints '"labels":["neg","pos"]'; prints '"examples":60'
printf '0 a dull film\n1 a great film\n' >lines
done_with eval two lines --relabel '0=neg,1=pos' --json; prints '"examples":2'
echo '9 a new film' >nine
fails_with eval two nine; says 'the label 9 does not occur in the training data, which have 2 labels: neg, pos'
misused train classify trees -o none --relabel '1=neg,2'; says '"2" is not a rule'
fails_with train classify trees -o none --relabel '1=,2=,4='; says 'leaves out all 90 examples'

# In two steps
sides=(--relabel '1=neg,2=neutral,4=pos' --hierarchy)
done_with train classify trees -o sides --phrases all "${sides[@]}" --epochs 60 --lr 0.02 "${small[@]}"
units() { grep -o '"units":[0-9]*' "$1/log.jsonl"; }
done_with train classify trees -o asked --phrases all "${sides[@]}" --steps 3 "${small[@]}"
done_with train classify trees -o labelled --phrases all "${sides[@]:0:2}" --steps 3 "${small[@]}"
[ -n "$(units asked)" ] && [ "$(units asked)" = "$(units labelled)" ] || fail 'an example with two questions is counted twice'
printf 'film 3 is great\nfilm 5 is dull\nfilm 7 is seen\n' >texts
done_with predict sides texts
equal "$(cut -f 1 out | paste -sd ' ')" 'pos neg neutral'
[[ $(head -1 out) =~ ^pos.neutral\ 0\.[0-9]{4}.polar\ 0\.[0-9]{4}.neg\ 0\.[0-9]{4}.pos\ 0\.[0-9]{4}$ ]] || fail "$(head -1 out)"
done_with predict sides texts --json; prints '"polar":0.'; prints '"positive":0.'
done_with eval sides trees --json; prints '"labels":["neg","neutral","pos"]'
fails_with inspect saliency sides 'film 3 is great'; says 'not one label that could be explained'
done_with inspect gradient sides trees --back 3
done_with inspect gates sides trees
misused train classify trees -o none --relabel '2=,1=neg' --hierarchy; says '--hierarchy needs three labels: negative, neutral and positive; the data have 2'
misused train classify trees -o none "${sides[@]}" --net 'embed 8 > gru 8 > last > dense 3'; says 'then dense 2'

# Weighted and smoothed
done_with train classify trees -o weighed --class-weights sqrt --label-smoothing 0.1 --steps 5 "${small[@]}"
done_with train classify trees -o full --class-weights full --steps 5 "${small[@]}"
misused train classify trees -o none --class-weights cubic; says 'none'; says 'sqrt'; says 'full'
misused train classify trees -o none --label-smoothing 1; says 'label-smoothing'

# Phrase by phrase
done_with train classify trees -o five --phrases all --steps 60 "${small[@]}"
head -1 trees >one
done_with predict five one --tree
equal "$(wc -l <out)" 6
prints '(4)  film 1 is great'
echo 'film 1 is great' >plain
done_with predict five plain --tree
equal "$(grep -c . out)" 10
done_with predict five plain --tree --json; prints '"phrases":[{"begin":0,"end":4,"words":["film","1","is","great"]'
done_with predict five one --tree --json; prints '"given":"4"'
done_with predict five one plain --tree --html page.html
grep -q '<th>in the tree</th>' page.html || fail 'no tree in the page'
misused predict five one --tree --html page.html; says 'page.html'
done_with predict five one --tree --html page.html --overwrite
printf '(3 (2 a) (4 film)\n(3 (2 a) ())\n(3 a) (4 b)\n\n' >bad
for line in 1 2 3; do
    sed -n "${line}p" bad >one.bad
    fails_with predict five one.bad --tree; says 'one.bad: line 1'
done
printf '\n' >empty
done_with predict five empty --tree; is_silent
misused predict five one --html x.html; says '--html goes with --tree'
misused predict five one --tree --whole; says '--tree and --whole exclude each other'
