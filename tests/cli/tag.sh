#!/usr/bin/env bash
# unroll train tag, eval and predict: what they find, print and refuse; scores against those of a script.
. "$(dirname "$0")/lib.bash"

"$SOURCE/tools/tagged" 300 >all.conllu
quick=(--threads 1 --hidden 24 --embed 16 --dropout 0.2 --epochs 12 --lr 0.01 --quiet)
few=(--val-fraction 0 --threads 1 --hidden 8 --embed 8 --lr 0.02 --steps 60 --quiet)
word() { printf '%s\t%s\t_\t%s\t%s\t_\t_\t_\t_\t%s\n' "$1" "$2" "$3" "${4:-_}" "${5:-_}"; }

# Trained
done_with train tag all.conllu -o run "${quick[@]}"
done_with train tag all.conllu -o told --threads 1 --hidden 8 --steps 2 --also xpos
says 'CoNLL-U, '; says ' labels in column upos, '; says ' in xpos; '
says 'chars: embed 32 > lstm 64 bi > last; words: embed 64 > join chars > dropout 0.5 > lstm 8 bi > dropout 0.5; also: join words > dense; join words > dense'
gzip -c all.conllu >packed.conllu.gz
done_with train tag packed.conllu.gz -o packed --threads 1 --hidden 8 --steps 2 --column 5 --characters none
says ' labels in column xpos'; says 'network   embed '
read_units() { grep -o '"units":[0-9]*' "$1/log.jsonl"; }
[ -n "$(read_units told)" ] && [ "$(read_units told)" = "$(read_units packed)" ] || fail 'a word with two labels is counted twice'
done_with train tag all.conllu -o crf --threads 1 --steps 3 --quiet \
    --net 'chars: embed 8 > gru 4 bi > last; embed 8 > join chars > gru 8 bi > dense > crf'
done_with info crf --json; prints 'dense > crf'
word 1 집에서 NOUN >korean.conllu; word 2 온다 VERB >>korean.conllu; echo >>korean.conllu
word 1 왔 VERB >>korean.conllu
done_with train tag korean.conllu -o jamo --characters jamo --val-fraction 0 --threads 1 --steps 2 --quiet
done_with predict jamo korean.conllu --inline; prints '집에서/'

# Refused
misused train tag; says 'give a file of CoNLL-U'
misused train tag all.conllu -o none --column tags; says 'no column "tags"; CoNLL-U has 1 id, 2 form'
misused train tag all.conllu -o none --column form; says 'no label of a word'
misused train tag all.conllu -o none --also upos; says 'give two columns'
fails_with train tag all.conllu -o none --column feats; says 'all.conllu: column feats is empty: every word has _'
{ word 1 a X; echo; word 1 b X; } >one.conllu
fails_with train tag one.conllu -o none --val-fraction 0; says 'all words have the label "X"; there is nothing to learn'
printf '# nothing\n# more\n\n' >empty.conllu
fails_with train tag empty.conllu -o none; says 'empty.conllu: line 1: a sentence without words'
printf '# text\nThe cat sat.\n' >text
fails_with train tag text -o none; says 'text: line 2: not CoNLL-U: a word has 10 fields separated by tabs; this line has 1'
{ word 1 a X; word 2 $'\377' Y; } >bytes.conllu
fails_with train tag bytes.conllu -o none; says 'bytes.conllu: line 2: byte 3: invalid UTF-8'
fails_with train tag nothing.conllu -o none; says 'nothing.conllu'
misused train tag all.conllu -o none --net 'embed 8 > lstm 8 > dense'; says 'chars: embed 32 > lstm 64 bi > last'
misused train tag all.conllu -o none --characters none --net 'embed 8 > lstm 8 > last > dense'; says 'for each word in line 1'
misused train tag all.conllu -o none --characters none --net 'embed 8 > lstm 8 > dense' --also xpos; says 'needs a line of that name'
misused train tag all.conllu -o none --characters none --net 'lstm 8 > dense'; says 'line 1 takes numbers'
misused train tag all.conllu -o none --net 'chars: embed 8 > lstm 8 bi > last > dense'; says 'no line begins with embed'

# Evaluated
done_with eval run all.conllu; prints 'accuracy'; prints 'words_per_second'
awk '$1 == "accuracy" { learnt = $2 >= 0.9 } END { exit !learnt }' out || fail "it has not learnt: $(cat out)"
{ word 1 The DET; word 2 cat BEAST; word 3 sees BEAST; } >unseen.conllu
done_with eval run unseen.conllu; prints 'words_with_unseen_labels  2'
word 1 The _ >bare.conllu
fails_with eval run bare.conllu; says 'bare.conllu: column upos is empty: every word has _'
fails_with eval run text; says 'text: line 2: not CoNLL-U'
misused eval run all.conllu --tail 0.1; says '--tail is for language models; this model is of the task tag'
make_text 50 >lines
done_with train lm lines -o lm --hidden 8 --layers 1 --embed 4 --threads 1 --steps 2 --quiet
fails_with predict lm all.conllu; says 'gives no answers'; says 'unroll sample'
misused eval lm lines --on test; says '--on: a model of the task lm does not take it'
misused eval lm lines --inline; says '--inline: a model of the task lm does not take it'
mkdir -p folder/a-run; cp all.conllu folder; cp run/* folder/a-run
done_with train tag folder -o of-folder --threads 1 --hidden 4 --steps 1
says 'left out: a-run (a run)'
misused predict lm all.conllu --inline; says 'a model of the task lm does not take it'
fails_with sample run; says 'not a language model'
fails_with train tag all.conllu -o none --init-from lm/model.safetensors; says 'lm/model.safetensors: a model for lm; a training of tag can only begin with a model for tag'

# Answered: CoNLL-U passes byte for byte, except for the column of labels.
{ echo '# a comment'; printf '1-2\tcannot\t_\t_\t_\t_\t_\t_\t_\t_\n'; word 1 can ? MD SpaceAfter=No; word 2 not ? RB
  printf '2.1\tempty\t_\t_\t_\t_\t_\t_\t_\t_\n'; printf '3\tsee\tsee\t?\tVB\tA=B\t0\troot\t0:root\t_\r\n'; printf '\r\n\n'
  echo '# only a comment'; echo; word 1 Fine ?; } >in.conllu
done_with predict run in.conllu
cp out filled
sed -E 's/^([0-9]+\t[^\t]*\t[^\t]*\t)[^\t]*/\1?/' filled >asked
same asked in.conllu
equal "$(grep -c $'\t?\t' filled || true)" 0
done_with predict told in.conllu
sed -E 's/^([0-9]+\t[^\t]*\t[^\t]*\t)[^\t]*\t[^\t]*/\1?\t?/' out >asked
sed -E 's/^([0-9]+\t[^\t]*\t[^\t]*\t)[^\t]*\t[^\t]*/\1?\t?/' in.conllu >want
same asked want
done_with predict run in.conllu --inline; equal "$(wc -l <out)" 2; prints 'can/'
done_with predict run in.conllu --json; equal "$(wc -l <out)" 2; prints '{"words":["can","not","see"],"labels":['

# Plain text, and one word per line
echo 'Anna sees the light.' >text
done_with predict run text; prints '# text = Anna sees the light.'; prints $'4\tlight\t_\t'; prints $'SpaceAfter=No\n5\t.\t_'
equal "$(wc -l <out)" 7
done_with predict run text --inline; cp out first
grep -qE '^Anna/[A-Z]+ sees/[A-Z]+ the/DET light/[A-Z]+ \./PUNCT$' out || fail "$(cat out)"
done_with predict run text --whole --inline; same out first
{ printf '\357\273\277'; cat text; } >marked; done_with predict run marked --inline; same out first
printf '%s\n' Anna sees the light . '' '' Anna sees >tokens
done_with predict run tokens --lines tokens --inline; head -n 1 out >again; same again first; equal "$(wc -l <out)" 2
printf '#one\n\n' >hash
done_with predict run hash --inline; prints '#one/'
printf 'fine\nbad \377\n' >bad
fails_with predict run bad; says 'bad: line 2: byte 5: invalid UTF-8'
{ word 1 a X; word 3 b X; } >gap
fails_with predict run gap; says 'gap: line 2: expected word 2, found "3"'
printf 'a\tb\n' >few
fails_with predict run few; says 'few: line 1: not CoNLL-U'
fails_with predict run few --lines tokens; says 'few: line 1: a tab'

# A sentence is written before the next one is sent.
mkfifo questions answers
"$UNROLL" predict run --inline <questions >answers 2>err &
exec 3>questions 4<answers
for line in 'Tom may call.' 'We plan.'; do
    echo "$line" >&3
    read -r -t 20 answer <&4 || fail "no answer to: $line"
    [[ $answer == */* ]] || fail "to '$line' it answers '$answer'"
done
exec 3>&- 4<&-
wait

# A resumed training gives the same bits
same_bits=("${quick[@]}" --schedule constant --eval-every 4 --save-every 4)
done_with train tag all.conllu -o whole "${same_bits[@]}" --steps 20
done_with train tag all.conllu -o parts "${same_bits[@]}" --steps 8
done_with train tag all.conllu -o parts "${same_bits[@]}" --steps 20 --resume
same parts/model.safetensors whole/model.safetensors
same parts/last.safetensors whole/last.safetensors

# Scores against those of a script
needs_python
spans='NF == 10 { n++; $10 = $4 == "ADJ" ? "B-N" : $4 != "NOUN" ? "O" : before == "ADJ" ? "I-N" : n % 3 ? "B-V" : "I-N"; before = $4 } 1'
awk -F'\t' -v OFS='\t' "$spans" all.conllu >spans.conllu
done_with train tag spans.conllu -o spans --column misc "${few[@]}"
"$SOURCE/tools/tagged" 420 | sed -n '/sent_id = 301/,$p' | sed 's/\tsee\t/\tzee\t/' |
    awk -F'\t' -v OFS='\t' "$spans" >test.conllu
cat >oracle.py <<'END'
import json, sys
column, train, gold, got, result = int(sys.argv[1]), *sys.argv[2:]
read = lambda path: [[line.split("\t") for line in block.split("\n") if line and line[0] != "#"]
                     for block in open(path).read().strip().split("\n\n")]
train, gold, got, result = read(train), read(gold), read(got), json.load(open(result))
known = {w[1].lower() for s in train for w in s}
seen = {w[column] for s in train for w in s}
pairs = [(a[1], a[column], b[column]) for s, t in zip(gold, got) for a, b in zip(s, t) if a[column] != "_"]
unknown = [p for p in pairs if p[0].lower() not in known]
share = lambda pairs: sum(a == b for _, a, b in pairs) / len(pairs) if pairs else 0
def spans(sentences):
    found = set()
    for i, s in enumerate(sentences):
        begin = None
        for t, label in enumerate([w[column] for w in s] + ["O"]):
            mark, kind = label[0], label[2:]
            if begin and (mark != "I" or kind != begin[1]):
                found.add((i, begin[0], t, begin[1]))
                begin = None
            if mark in "BI" and not begin and label != "O":
                begin = (t, kind)
    return found
want = {"words": len(pairs), "sentences": len(gold), "unknown_words": len(unknown), "accuracy": share(pairs),
        "unknown_accuracy": share(unknown),
        "sentences_right": sum(all(a[column] == b[column] for a, b in zip(s, t)) for s, t in zip(gold, got)) / len(gold)}
if column == 9:
    a, b = spans(gold), spans(got)
    want["span_f1"] = 2 * len(a & b) / (len(a) + len(b))
for key, value in want.items():
    assert abs(result[key] - value) < 1e-12, (key, result[key], value)
assert len(pairs) > 500 and 0 < want["accuracy"] < 1
assert len(unknown) > 3 and column == 3 or 0 < want["span_f1"] < 1
mistakes = result["commonest_mistakes"]
assert 0 < len(mistakes) <= 10 and all(a[2] >= b[2] for a, b in zip(mistakes, mistakes[1:]))
for a, b, n in mistakes:
    assert n == sum((x, y) == (a, b) for _, x, y in pairs), (a, b, n)
assert {"sentences", "words", "accuracy", "unknown_accuracy", "words_per_second"} <= set(result)
END
done_with train tag all.conllu -o all "${few[@]}"
for model in all:3:all.conllu spans:9:spans.conllu; do
    IFS=: read -r run column train <<<"$model"
    done_with predict "$run" test.conllu; cp out got
    done_with eval "$run" test.conllu --json; cp out result
    python3 oracle.py "$column" "$train" test.conllu got result || fail "the figures of $run are not those of the script"
done

# Smoothed labels, which a crf does not support
done_with train tag all.conllu -o smooth --label-smoothing 0.1 --steps 3 --threads 1 --hidden 8 --embed 8
misused train tag all.conllu -o none --label-smoothing 0.1 --steps 3 --threads 1 --net 'embed 8 > gru 8 > dense > crf' --characters none
says 'label smoothing works with softmax and sigmoid, not with the loss "crf"'

# Inspected: each line of the network has its own steps
sed '/sent_id = 6$/,$d' all.conllu >few.conllu
done_with inspect gates run few.conllu
prints 'layer 1: lstm, 64 neurons, line chars, '; prints 'layer 3: lstm, 24 neurons'
words=$(grep -cP '^\d+\t' few.conllu)
prints "$words steps. Open"
done_with inspect gates told few.conllu --json
grep -q '"line":"chars"' out && grep -q '"line":"words"' out || fail "lines have no names: $(cut -c1-300 out)"
done_with inspect gradient run few.conllu; prints "layer 1: lstm, 64 neurons, line chars"; prints "layer 4: "
done_with inspect gradient told few.conllu --back 3 --places 2 --json --no-jacobian
grep -q '"steps":3' out || fail "$(cut -c1-300 out)"
done_with inspect cells run test.conllu --threads 1 --where 'the=\bthe\b'; cp out table
grep -Eq '^NOUN .* (3|4)\.[0-9]+ +(rises|falls) AUC 0\.[0-9]' table || fail "no cell of the words follows NOUN: $(cat table)"
grep -q '^capital ' table && grep -q '^the ' table && grep -q 'nats a label' table || fail "$(cat table)"
done_with inspect cells run test.conllu --threads 1 --show NOUN --length 30; [ "$(wc -w <out)" -ge 30 ] || fail "$(cat out)"
misused inspect cells run test.conllu --show NONE; says "'NONE' is not a predicate; there are quote, "; says 'NOUN'
misused inspect cells run test.conllu --part 0:0.5; says '--part is for language models; this model is of the task tag'
printf '# of a corpus\n\n# text = We see.\n1\tWe\t_\tX\t_\t_\t_\t_\t_\tA=1\n2\tsee\t_\t_\t_\t_\t_\t_\t_\t_\n\n' >apart
done_with predict run apart; equal "$(cut -f 1-3,5- out)" "$(cut -f 1-3,5- apart)"
done_with inspect saliency run 'The cat can see the light.' --at 2
prints "label of number 2, with probability"; prints "'cat', number 2"
done_with inspect saliency run 'The cat can see the light.' --target NOUN --json
prints '"at":7'; prints '"target":"NOUN"'; prints '"unit":"light"'
done_with inspect saliency crf 'The cat.' --html tagged.html; [ -s tagged.html ] || fail 'no page'
misused inspect saliency run 'The cat.' --at 4; says '--at 4: there are 3'
misused inspect saliency run ' '; says 'the text is empty'
fails_with inspect saliency run $'\xff'; says 'invalid UTF-8'
