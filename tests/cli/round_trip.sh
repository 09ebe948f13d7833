#!/usr/bin/env bash
# From a text to a model, and to the text that it writes: train, sample, eval, info, check.
. "$(dirname "$0")/lib.bash"
make_text 400 >input.txt

# Without -o the run is named after the text. Progress is on standard error, the summary on standard output
done_with train lm input.txt --hidden 32 --embed 8 --batch 8 --bptt 32 --steps 900 --sample-every 150 --sample-length 40
prints 'The model is runs/input/model.safetensors'
# The suggested commands can be typed as they are: they begin with the program as it was called
for try in 'sample runs/input' 'eval runs/input input.txt' 'info runs/input'; do prints "  $UNROLL $try"; done
says 'run       runs/input (-o RUN chooses another folder)'; says '---- sample after 150 steps'; says 'chars/s'
says '--net '
equal "$(ls runs/input | grep -vE '^(model.safetensors|last.safetensors|log.jsonl|events.out.tfevents.0000000001.unroll)$' || true)" ''

# Options may be anywhere. A file and its folder are the same model. Equal seeds write equal text
done_with sample --length 80 runs/input --seed 7; cp out first
done_with sample runs/input/model.safetensors --seed=7 --length=80; same out first
done_with sample runs/input --length 80 --seed 8
! cmp -s out first || fail 'another seed, the same text'
done_with sample runs/input --length 80 --prime 'the cat '; grep -q '^the cat ' out || fail 'the prime is not there'
equal "$(done_with sample runs/input --length 200 --greedy; wc -c <out)" 200

# It has learned: the fourth letter after some beginnings is certain
done_with sample runs/input --prime 'the cat se' --next 1; equal "$(cut -c 11- out)" e
done_with sample runs/input --prime 'a dog he' --complete 1; equal "$(cut -c 11- out)" hears
done_with eval runs/input input.txt
loss=$(awk '$1 == "loss" { print $2 }' out)
awk "BEGIN { exit !($loss < 0.6) }" || fail "a loss of $loss"
done_with eval runs/input input.txt --protocol windows --window 64; prints 'windows of 64 tokens'
done_with eval runs/input input.txt --tail 0.25; cp out tail
done_with eval runs/input input.txt --part 0.75:1
same <(grep -v seconds out) <(grep -v seconds tail)
done_with eval runs/input input.txt --threads 3 --part 0.75:1
same <(grep -v seconds out) <(grep -v seconds tail)

# A sentence has a higher probability than its reversed letters
printf 'the cat sees a tree.\n.eert a sees tac eht\n' >lines
done_with eval runs/input lines --per-line
equal "$(cut -f 1,3 out | tr '\t\n' ':,')" '1:the cat sees a tree.,2:.eert a sees tac eht,'
awk -F'\t' '{ p[NR] = $2 } END { exit !(p[1] > p[2] + 10) }' out || fail 'the wrong line is the likelier one'

done_with info runs/input
prints 'embed 8'; prints '> lstm 32'; prints 'rnn.weight_hh_l0'; prints '128 x 32'; prints 'input.txt'; prints 'validation'
done_with check runs/input
prints 'ok       gradients, lstm'; prints 'ok       equal bits, portable'; prints "ok       the file's values, portable"
! grep -q -e '^failed' out || fail 'a check failed'

# A folder of many texts: the first few are named
mkdir texts
for i in 1 2 3 4 5 6 7 8 9; do head -n 40 input.txt >"texts/$i.txt"; done
done_with train lm texts -o many --hidden 8 --steps 2 --batch 2 --bptt 8 --quiet
done_with info many; prints '9: {"name": "1.txt", "bytes": '; prints '(--json has all)'
! grep -qF '"5.txt"' out || fail 'a name after those that are shown'
done_with info many --json; grep -qF '"9.txt"' out || fail '--json leaves a file out'

# UNROLL_ISA restricts the instruction sets; the text stays the same
done_with sample runs/input --length 80 --seed 7; cp out best
export UNROLL_ISA=portable
done_with sample runs/input --length 80 --seed 7; same out best
export UNROLL_ISA=abacus
misused sample runs/input; says 'abacus'; says 'portable'
unset UNROLL_ISA

# A file whose recorded values are wrong: one digit of the first value is changed
for digit in 1 2; do
    sed 's/\(\\"logits\\":\[\\"-\{0,1\}0x1\.\)./\1'$digit/ runs/input/model.safetensors >changed
    cmp -s changed runs/input/model.safetensors || break
done
! cmp -s changed runs/input/model.safetensors || fail 'the file records no values'
fails_with check changed; prints "failed   the file's values, portable"; prints '1 of 8 logits differ'; says 'failed'
