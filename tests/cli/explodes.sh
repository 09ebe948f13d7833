#!/usr/bin/env bash
# A network whose weights are finite but whose states grow without bound. Every verb that runs it ends with status 1 and
# says which layer grows and after how many tokens, instead of printing meaningless numbers.
. "$(dirname "$0")/lib.bash"

make_text 300 >text
done_with train lm text -o wild --net 'onehot > rnn 16 relu > dense' --init-scale 3 --batch 1 --bptt 4 --steps 1 \
    --val-fraction 0 --lr 0.001 --threads 1 --sample-length 0 --quiet
head -c 3000 text | tr -d '\n' >line

# grows ARGUMENT…: only the reason is printed
grows() {
    fails_with "$@"
    says 'cell layer 1 of "onehot > rnn 16 relu > dense" grows without bound: not finite after'
    ! grep -qi 'nan\|null' out || fail "$called: prints what is no number"
}
grows eval wild line
grows eval wild line --json
grows eval wild line --protocol windows
grows eval wild line --per-line; says 'line 1: '
grows eval wild line --per-line --json
prime=$(head -c 200 line)
grows sample wild --prime "$prime"
grows sample wild --prime "$prime" --next 3 --json
grows sample wild --prime "$prime" --length 0 --state-out state
grows sample wild --prime "$(head -c 20 line)" --beam 2 --length 200
grows inspect saliency wild "$prime"
grows inspect saliency wild "$prime" --json
grows inspect gates wild line
grows inspect gates wild line --json
grows inspect gradient wild line
[ ! -e state ] || fail 'a state that is not finite was kept'

# Blamed correctly: cells of the first layer are not blamed for the second.
done_with train lm text -o second --net 'onehot > lstm 8 > rnn 16 relu > dense' --init-scale 3 --batch 1 --bptt 4 --steps 1 \
    --val-fraction 0 --lr 0.001 --threads 1 --sample-length 0 --quiet
fails_with eval second line; says 'cell layer 2 of'

# A classifier.
awk 'BEGIN { for (i = 0; i < 200; i++) printf "%s\t%s %d\n", i % 2 ? "a" : "b", i % 2 ? "warm" : "cold", i }' >labelled.tsv
done_with train classify labelled.tsv -o labels --net 'embed 8 > rnn 16 relu > last > dense' --init-scale 3 --token char \
    --batch 4 --steps 1 --lr 0.0001 --threads 1 --quiet
printf 'a\t%s\nb\t%s\n' "$prime" "$prime" >long.tsv
fails_with predict labels line; says 'cell layer 1 of'; says 'line 1'; is_silent
fails_with predict labels line --json; says 'cell layer 1 of'; is_silent
fails_with eval labels long.tsv; says 'cell layer 1 of'; is_silent
fails_with inspect saliency labels "$prime"; says 'cell layer 1 of'
