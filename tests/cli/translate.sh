#!/usr/bin/env bash
# unroll train translate, eval and predict: what they find, print and refuse.
. "$(dirname "$0")/lib.bash"

"$SOURCE/tools/dates" 1200 >dates.tsv
cut -f 1 dates.tsv >dates.text
cut -f 2 dates.tsv | gzip -c >dates.iso.gz
quick=(--threads 1 --hidden 24 --embed 12 --quiet)

# Trained
done_with train translate dates.tsv -o run "${quick[@]}" --hidden 48 --token char --dropout 0 --batch 16 --lr 0.015 --epochs 9 --average 0.98
done_with train translate dates.text dates.iso.gz -o files --threads 1 --hidden 8 --embed 8 --steps 2
says 'two files, line by line; '; says ' tokens to read, '; says '--vocab-limit 1000'; says '--joint no'
says 'encoder: embed 8 > dropout 0.4 > lstm 4 bi; decoder: embed 8 > dropout 0.4 > lstm 8 from encoder > attend encoder 8 > dropout 0.4 > dense tied'
done_with train translate dates.text dates.iso.gz -o val --val dates.text dates.iso.gz --threads 1 --hidden 8 --embed 8 --steps 2 \
    --token word --attend none --layers 2 --joint yes
says '1200 pairs to train on, 1200 to validate on'; says ' tokens for both sides'; says ' from encoder > dropout 0.4 > dense'
printf 'Q,A,label\r\n"Hi, ""you""",안녕,0\r\nBye,잘 가,1\r\n' >chat.csv
done_with train translate chat.csv --source-column Q --target-column A --val-fraction 0 -o chat --threads 1 --hidden 8 --embed 8 --steps 2 \
    --teacher-forcing 0.5
says 'CSV with a header; source in column 1, target in column 2; 2 pairs to train on'; says '--joint no'
says '--teacher-forcing 0.5 --forcing-steps 3'
printf 'a\tb\n\tc\nd\t\ne f\tg\n' >some.tsv
done_with train translate some.tsv -o some --threads 1 --hidden 8 --embed 8 --steps 1 --val-fraction 0 --token char --max-length 2
says '1 pairs to train on, 0 to validate on; 2 with an empty text left out; 1 longer than 2 tokens left out'

done_with train translate some.tsv -o fed --threads 1 --hidden 8 --embed 8 --steps 2 --val-fraction 0 --token char --attend additive --input-feed
says '> attend encoder 8 additive feed > dropout 0.4 > dense tied'

# Refused
misused train translate some.tsv -o none --attend none --input-feed; says '--input-feed: with --attend none there is nothing to feed; leave one out'
misused train translate; says 'give two files, line by line, or a table of two columns'
head -n 7 dates.text >fewer
fails_with train translate dates.text fewer -o none; says 'dates.text has 1200 lines, '; says 'fewer has 7; line N of one must be the translation of line N of the other'
misused train translate dates.text dates.iso.gz --val dates.text -o none; says '--val dates.text, then the target'
misused train translate chat.csv --source-column question -o none; says 'no column "question"; its columns are Q, A, label'
fails_with train translate dates.text -o none; says 'dates.text: line 1: only 1 column, but the target is column 2'
printf '\n\n' >nothing
fails_with train translate nothing nothing -o none; says 'no pair of two texts is left to train on'
fails_with train translate dates.tsv -o none --max-length 1; says 'all pairs are longer than 1 tokens; give a larger --max-length'
misused train translate dates.tsv -o none --vocab-limit 100; says 'a vocabulary of pieces has the 256 bytes first; a limit of 100 is too small'
misused train translate dates.tsv -o none --hidden 8,8; says 'give one width, or the whole network as --net'
misused train translate dates.tsv -o none --net 'embed 8 > lstm 8 > dense'; says 'a line that reads the source, and the decoder after it'
misused train translate dates.tsv -o none --net 'a: embed 8 > lstm 8; lstm 8 from a > dense'; says 'line 2 takes numbers'
misused train translate dates.tsv -o none --net 'a: embed 8 > lstm 8; embed 8 > lstm 8 from a > last > dense'; says 'leave out last, mean and max'
misused train translate dates.tsv -o none --net 'a: embed 8 > lstm 8; embed 8 > lstm 8 from a > dense 5'; says 'numbers for each: end it in dense'

# Evaluated
done_with eval run dates.tsv --threads 1; prints 'bleu_lower'; prints 'perplexity'; prints 'own_loss'; prints 'sentences_per_second'
prints 'nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp'; prints 'nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no'
awk '$1 == "exact" { learnt = $2 >= 0.9 } END { exit !learnt }' out || fail "it has not learnt: $(cat out)"
done_with eval run dates.text dates.iso.gz --threads 1 --json --beam 1
done_with eval run dates.tsv --threads 1 --max-length 12; prints 'sources_cut'
{ head -3 dates.tsv; printf '\t2001-01-01\n'; } >gaps.tsv
done_with eval run gaps.tsv --threads 1; awk '$1 == "sources_empty" { one = $2 == 1 } END { exit !one }' out || fail "$(cat out)"
misused eval run dates.tsv --threads 1 --tail 0.1; says '--tail is for language models; this model is of the task translate'
fails_with eval run dates.text fewer; says 'fewer has 7'

# Answered, line by line
printf '\357\273\2774.11.1987\r\n\n  January 2, 2003  \n' >lines
done_with predict run lines; equal "$(cat out)" $'1987-11-04\n\n2003-01-02'
done_with predict run lines --n-best 2 --beam 3; equal "$(wc -l <out)" 7
done_with predict run lines --json; equal "$(head -c 20 out)" '{"text":"1987-11-04"'
equal "$(sed -n 2p out)" '{"text":""}'
mkfifo in answers
"$UNROLL" predict run <in >answers & # an answer is written before the next line comes
exec 3>in 4<answers
echo '4.11.1987' >&3; read -r answer <&4; equal "$answer" 1987-11-04
echo '5.11.1987' >&3; read -r answer <&4; equal "$answer" 1987-11-05
exec 3>&- 4<&-
wait
printf 'ab\377\n' >bytes
fails_with predict run bytes; says 'bytes: line 1: byte 3: invalid UTF-8'
done_with predict run lines --max-length 3; says '2 of what was answered are longer than the model reads'

# A letter and its accent, or the letters of a Hangul syllable, as one character or several, are read as the same
if ! "$UNROLL" --version | grep -q '^normal form C  *utf8proc'; then
    left_out 'normal form C' 'this build has no utf8proc'
else
    printf 'caf\303\251\t\355\225\234\ncafe\314\201\t\341\204\222\341\205\241\341\206\253\n' >forms.tsv # café, 한
    forms=(--val-fraction 0 --token char --min-count 1 "${quick[@]}" --steps 2)
    done_with train translate forms.tsv -o form "${forms[@]}"; cut -f 1 forms.tsv >forms
    done_with info form; prints 'NFC'
    prints '"vocab": "5 tokens (--json has all)"'
    done_with predict form forms --n-best 2; equal "$(sed -n 1,3p out)" "$(sed -n 4,6p out)"
    done_with train translate forms.tsv -o as-it-is "${forms[@]}" --nfc no
    done_with predict as-it-is forms --n-best 2; [ "$(sed -n 1,3p out)" != "$(sed -n 4,6p out)" ] || fail 'the two are the same'
    done_with eval form forms.tsv; prints 'exact'
fi

# Attention
done_with predict run lines --attention --html page.html; prints '1987-11-04'; prints '(end)'
grep -q '<table class="attention">' page.html || fail 'the page has no table'
equal "$(grep -c 'each column one that was read' page.html)" 1
done_with predict run lines --attention --json; prints '"attention":[['; prints '"source":["4","."'
fails_with predict val lines --attention; says 'attends to no line'
misused predict run lines --html other.html; says '--html goes with --tree, --attention or a forecast'

# Forcing: the decoder is fed the target tokens, and then its own
done_with inspect forcing run dates.tsv --threads 1 --html forcing.html --examples 3
prints 'wanted '; prints 'Wrong tokens, per cent'; prints 'its own fed'
grep -q 'written twice' forcing.html || fail 'the page says nothing'
equal "$(grep -c '^  wanted' out)" 3
done_with inspect forcing val dates.text dates.iso.gz --threads 1 --examples 2; prints 'own: first wrong at token'
if ! command -v python3 >/dev/null; then
    left_out 'the losses of eval and inspect forcing' 'python3 is missing, so JSON cannot be checked'
else
    done_with eval run dates.tsv --threads 1 --beam 1 --json
    losses=$(json '"%.5f %.5f" % (o["loss"], o["own_loss"])')
    done_with inspect forcing run dates.tsv --threads 1 --json
    equal "$(json '"%.5f %.5f" % (o["loss"], o["own_loss"])')" "$losses"
    equal "$(json '[len(o["examples"]), o["sentences"], sum(s["tokens"] for s in o["steps"]) == o["tokens"]]')" '[5, 1200, True]'
fi
for verb in forcing gates gradient; do
    misused inspect $verb run; says 'no data; give what unroll eval takes for this model'
done
make_text 50 >lines
done_with train lm lines -o lm --hidden 8 --layers 1 --embed 4 --threads 1 --steps 2 --quiet
fails_with inspect forcing lm lines; says 'this model of the task lm has no decoder'
