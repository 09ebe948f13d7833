#!/usr/bin/env bash
# unroll train classify, eval and predict: what they find, print and refuse.
. "$(dirname "$0")/lib.bash"

"$SOURCE/tools/sentences" 400 >all.tsv
quick=(--threads 1 --hidden 24 --embed 16 --dropout 0.2 --epochs 40 --lr 0.01 --quiet)

# Tables
done_with train classify all.tsv -o run "${quick[@]}"
done_with train classify all.tsv -o told --threads 1 --hidden 8 --steps 2 --seed 3
says 'TSV with a header; text in column text, label in column sentiment; 400 examples, 2 labels'
says 'words'; says 'network   embed '
tail -n +2 all.tsv | awk -F'\t' '{ print ($2 == "pos") " " $1 }' >lines
done_with train classify lines -o lines.run --threads 1 --hidden 8 --steps 2; says 'lines, a label and a text in each'
misused train classify all.tsv -o none --label-column sentimental; says 'text'; says 'sentiment'
printf 'text\tlabel\nfine\tpos\ndull\n' >short.tsv
fails_with train classify short.tsv -o none; says 'short.tsv'; says 'line 3'
awk -F'\t' 'NR == 1 || $2 == "pos"' all.tsv >one.tsv
fails_with train classify one.tsv -o none --text-column text --label-column sentiment; says 'pos'
: >empty.tsv
fails_with train classify empty.tsv -o none; says 'empty.tsv'
fails_with train classify nothing.tsv -o none; says 'nothing.tsv'
misused train classify; says 'which data?'
misused train classify all.tsv --bptt 5; says 'unknown option --bptt'

# The network of the lectures, as written there
done_with train classify all.tsv -o keras --threads 1 --steps 3 --net 'embed 20 > lstm 8 > last > dense 1 sigmoid' --json
done_with check keras; prints 'ok       gradients of the network'; prints 'ok       equal bits of the network, portable'
done_with eval keras all.tsv --json
misused train classify all.tsv -o none --net 'embed 20 > lstm 8 > dense'; says 'ends in one step (last, mean or max)'

# A single logit becomes a probability, too
done_with train classify all.tsv -o bare --threads 1 --steps 60 --lr 0.02 --net 'embed 20 > lstm 8 > last > dense 1'
cut -f 1 all.tsv >texts
done_with predict bare texts; equal "$(wc -l <out)" "$(wc -l <texts)"
awk -F'\t' '$2 < 0.5 || $2 > 1 { exit 1 }' out || fail "no probability: $(head -3 out)"

# Evaluated
done_with eval run all.tsv --json
equal "$(sed 's/[{,]"\([a-z_0-9]*\)":/\n\1\n/g' out | grep -cxE 'examples|accuracy|macro_f1|loss|ece|confusion|mistakes')" 7
done_with eval run all.tsv; prints 'accuracy'; prints 'macro_f1'
prints 'confusion matrix'; grep -qE '^ 1 +[0-9]+ +[0-9]+  neg$' out || fail "no row of the matrix: $(cat out)"
awk '$1 == "accuracy" { learnt = $2 >= 0.9 } END { exit !learnt }' out || fail "it has not learnt: $(cat out)"
misused eval run all.tsv --tail 0.1; says '--tail is for language models; this model is of the task classify'
awk -F'\t' -v OFS='\t' 'NR > 1 { $2 = $2 == "pos" ? "neg" : "pos" } NR < 30' all.tsv >turned.tsv
done_with eval run turned.tsv; prints 'surest mistakes'
equal "$(grep -cE '^[01]\.[0-9]{4}  (pos taken for neg|neg taken for pos)  turned.tsv: line [0-9]+  ' out)" 10
printf 'text\tsentiment\nfine indeed\tneutral\ndull\tneg\n' >other.tsv
fails_with eval run other.tsv; says 'neutral'; says 'neg, pos'
make_text 50 >text
done_with train lm text -o lm --hidden 8 --layers 1 --embed 4 --threads 1 --steps 2 --quiet
fails_with sample run; says 'not a language model'
fails_with predict lm text; says 'gives no answers'; says 'unroll sample'
printf 'a fine film\n\377\n' >bad
fails_with predict run bad; says 'bad: line 2: byte 1: invalid UTF-8'
fails_with predict run bad --whole; says 'bad: byte 13: invalid UTF-8'

# Answers come line by line: each is written before the next line is sent.
mkfifo questions answers
"$UNROLL" predict run <questions >answers 2>err &
exec 3>questions 4<answers
for line in 'the film was not good.' 'a great play'; do
    echo "$line" >&3
    read -r -t 20 label share <&4 || fail "no answer to: $line"
    [[ $label =~ ^(pos|neg)$ && $share =~ ^[01]\.[0-9]{4}$ ]] || fail "to '$line' it answers '$label $share'"
done
exec 3>&- 4<&-
wait

echo 'the book was not bad.' >one
done_with predict run one --json; prints '"label":"'; prints '"probabilities":{"neg":'
cp out first
done_with predict run one one; equal "$(wc -l <out)" 2
done_with predict run one --whole --json; same out first
printf 'not UTF-8: \377\n' >bad
fails_with predict run bad; says 'UTF-8'
fails_with predict run 'a fine film'; says 'a fine film: no such file'; says "echo 'a text' | unroll predict MODEL"
if has_full_disk; then
    status=0
    "$UNROLL" predict run one >/dev/full 2>err || status=$?
    [ $status -eq 1 ] || fail "a full disk: status $status"
fi

# Saliency, word by word
done_with inspect saliency run 'the film was not good.'; prints 'label, with probability'; prints "' not'"
done_with inspect saliency run 'The film was not good.' --target pos --json; prints '"target":"pos"'
done_with inspect saliency run 'The zzgoodzz was good'; prints "' zzgoodzz'"; prints 'the zzgoodzz was good'
misused inspect saliency run 'fine' --target neutral; says "the model has no label 'neutral'"
done_with inspect saliency keras 'the film was good' --target neg

# A token holds 128 bytes: longer words are cut
awk 'BEGIN { for (i = 0; i < 128; i++) w = w "w"; for (i = 0; i < 40; i++) printf "%s\tword %s, \"%s\" %s%d\n", i % 2 ? "a" : "b", w, w, w, i }' >wide.tsv
done_with train classify wide.tsv -o wide --token word --threads 1 --hidden 8 --embed 6 --steps 2
done_with eval wide wide.tsv

# Words with their characters: an unknown word is still spelled
done_with train classify all.tsv -o spelled --characters char --threads 1 --hidden 8 --embed 6 --steps 20
says 'chars: embed 32 > lstm 64 bi > last; embed 6 > join chars > '
done_with eval spelled all.tsv; prints accuracy
printf 'the film was zzgoodzz\nthe film was zzbadzz\n' >unknown
done_with predict spelled unknown --json
equal "$(sort -u out | wc -l)" 2
done_with predict run unknown --json
equal "$(sort -u out | wc -l)" 1
done_with inspect saliency spelled 'the film was good'
done_with train classify all.tsv -o spelled2 --characters char --threads 1 --hidden 8 --embed 6 --steps 10 --save-every 5 --eval-every 5 --schedule constant
done_with train classify all.tsv -o spelled3 --characters char --threads 1 --hidden 8 --embed 6 --steps 5 --save-every 5 --eval-every 5 --schedule constant
done_with train classify all.tsv -o spelled3 --characters char --threads 1 --hidden 8 --embed 6 --steps 10 --save-every 5 --eval-every 5 --schedule constant --resume
same spelled2/model.safetensors spelled3/model.safetensors
misused train classify all.tsv -o none --characters char --token char; says '--characters are read beside words'
misused train classify all.tsv -o none --characters jamo --net 'embed 8 > lstm 8 > last > dense'; says 'chars: embed 32 > lstm 64 bi > last'

# Gates of the model, over sentences of its own kind
done_with inspect gates run all.tsv; prints "layer 1: lstm, 24 neurons"; prints "layer 2: lstm, 24 neurons"
done_with inspect gates run all.tsv --json; prints "\"steps\":"
done_with inspect gates run all.tsv --html gates.html; [ -s gates.html ] || fail "no page"
done_with inspect cells run all.tsv --threads 1 --html cells.html; prints 'nats a label'; [ -s cells.html ] || fail "no page"
misused inspect gates run all.tsv --part 0:0.5; says "--part is for language models"
misused eval run all.tsv --per-line; says "--per-line is for language models"
misused inspect gates run all.tsv --dump a.npz; says "--dump is for language models"

# A resumed training gives the same bits
same_bits=("${quick[@]}" --schedule constant --eval-every 4 --save-every 4)
done_with train classify all.tsv -o whole "${same_bits[@]}" --steps 20
done_with train classify all.tsv -o parts "${same_bits[@]}" --steps 8
done_with train classify all.tsv -o parts "${same_bits[@]}" --steps 20 --resume
same parts/model.safetensors whole/model.safetensors
same parts/last.safetensors whole/last.safetensors

# Several trainings
done_with train classify all.tsv -o seeds --seeds 3 --seed 5 --threads 1 --hidden 8 --steps 4 --quiet
prints '3 trainings, each with a seed of its own'
grep -q '"by": "seed"' seeds/summary.json || fail "$(cat seeds/summary.json)"
done_with train classify all.tsv -o six --seed 6 --threads 1 --hidden 8 --steps 4 --quiet; same six/model.safetensors seeds/2/model.safetensors
misused train classify all.tsv -o seeds --seeds 3 --threads 1 --steps 4 --quiet; says 'seeds/1 already holds a run'
done_with train classify all.tsv -o folds --folds 4 --threads 1 --hidden 8 --steps 4 --json; prints '"by":"fold"'
fails_with predict folds; says 'folds: it contains several runs; name one of them, such as folds/1'
held=0
for i in 1 2 3 4; do
    done_with train classify all.tsv -o "fold$i" --val-fold "$i/4" --threads 1 --hidden 8 --steps 4
    part=$(sed -n 's/.* to train on, \([0-9]*\) to validate on.*/\1/p' err)
    held=$((held + part))
    same "fold$i/model.safetensors" "folds/$i/model.safetensors"
done
equal "$held" 400
misused train classify all.tsv -o none --folds 1; says '--folds 1: give at least 2'
misused train classify all.tsv -o none --folds 2 --seeds 2; says '--seeds and --folds exclude each other'
misused train classify all.tsv -o none --val-fold 5/4; says '5/4: give part I of K parts'
misused train classify all.tsv -o none --val-fold 1/4 --val all.tsv; says 'exclude other validation data'
misused train lm text -o none --folds 2; says 'this task holds out no folds'
misused eval folds/1; says 'no data to judge'

# How far back the gradient of a label reaches, in a network that ends in `last`
done_with inspect gradient keras all.tsv; prints 'layer 1'
done_with inspect gradient keras all.tsv --back 4 --places 10 --json; prints '"steps":4'
done_with inspect gradient --compare keras bare all.tsv --html back.html; [ -s back.html ] || fail 'no page'
done_with inspect gradient run all.tsv --back 3; prints 'layer 2'
fails_with inspect gradient keras all.tsv --back 500; says 'no example has 501 steps'
# If examples are longer than what is read, a message says so.
awk 'BEGIN { for (i = 0; i < 60; i++) { printf "%s\t", i % 2 ? "a" : "b"; for (k = 0; k < 9; k++) printf "word%d ", (i + k) % 7; print "" } }' >nine.tsv
done_with train classify nine.tsv -o nine --token word --max-length 5 --steps 2 --threads 1
says 'of 60 only the first 5 steps are read'
done_with eval nine nine.tsv --json; grep -q '"cut":60' out || fail "eval does not say what it cut: $(cat out)"
printf 'word1 word2 word3 word4 word5\nword1 word2 word3 word4 word5 word6\n' >long
done_with predict nine long; says '1 of what was answered is longer than the model reads'
head -1 long >short
done_with predict nine short; [ ! -s err ] || fail "nothing was cut: $(cat err)"
done_with train classify nine.tsv -o nine-all --token word --max-length 9 --steps 2 --threads 1
! grep -q 'only the first' err || fail 'nothing was cut'
